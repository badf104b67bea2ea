"""The hard rules, in order: what no merit makes up for, and what has to be proved before an alternative counts as good.

A check that fails refuses; the first rule that applies gives the ruling its name, later failures are told as background. A
check that is unknown or missing leaves an alternative unproved, because unknown never counts as a pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.domain.alternative import Alternative
from copilot.domain.decision import Claim
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.patch import Refused
from copilot.reasons.words import listed, with_place

MANDATORY = ("scope", "syntax", "compatibility", "replay", "usage", "contract", "sinks", "rollout", "undo")
NOT_ASKED = "does not do what was asked"
NOT_COMPILED = "can't be compiled to a patch"
_VALUE_LOSS = (
    "replay.value-",
    "replay.mapping-",
    "replay.edit-converts",
    "replay.leftover-bytes",
    "replay.wire-misread",
)


@dataclass(frozen=True, slots=True)
class HardRule:
    """A check whose failure refuses; `findings` are the starts of the finding rules that it is about, () for all."""

    name: str
    check: str
    findings: tuple[str, ...] = ()


HARD_RULES = (
    HardRule("goes beyond its scope", "scope"),
    HardRule("leaves broken syntax", "syntax"),
    HardRule("loses or changes values", "replay", _VALUE_LOSS),
    HardRule("breaks a reader while it goes out", "rollout"),
    HardRule("breaks the compatibility level", "compatibility"),
    HardRule("can't be read", "replay"),
    HardRule("breaks a contract", "contract"),
    HardRule("stops the loading of a table", "sinks"),
    HardRule("leaves uses behind", "usage"),
    HardRule("can't be undone", "undo"),
    HardRule("is a way that the request rules out", "wishes", ("wishes.not-wanted",)),
    HardRule("does not keep the old as long as wished", "wishes"),
    HardRule("presupposes what is not so", "preconditions"),
    HardRule("fails on a case that was executed", "challenge"),
    HardRule("fails the repository's own commands", "commands"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alternative stands before merits are compared: refused by `rule`, unproved, or proved (both empty)."""

    rule: str
    unproved: tuple[str, ...]
    claims: tuple[Claim, ...]


def standing_of(
    alternative: Alternative, refused: Refused | None, evidence: Mapping[str, Evidence], commands_asked: bool
) -> Standing:
    """Returns what the hard rules say; `evidence` is the alternative's, by check."""
    if refused is not None:
        return Standing(NOT_COMPILED, (), _not_compiled(refused, evidence))
    if not alternative.phases:
        return Standing(NOT_ASKED, (), _not_asked(evidence))
    broken = [(rule, _errors(rule, evidence[rule.check])) for rule in _rules(evidence) if _breaks(rule, evidence)]
    if broken:
        claims = [
            _failure(rule, found, evidence[rule.check], number > 0) for number, (rule, found) in enumerate(broken)
        ]
        return Standing(broken[0][0].name, (), tuple(claims))
    needed = (
        *MANDATORY,
        *(["commands"] if commands_asked else []),
        *(["preconditions"] if alternative.testable else []),
    )
    unproved = tuple(check for check in needed if check not in evidence or evidence[check].verdict == "unknown")
    return Standing("", unproved, tuple(_doubt(check, evidence.get(check)) for check in unproved))


def passed(evidence: Mapping[str, Evidence]) -> Claim | None:
    """Returns the claim that names the checks that pass; None where none does."""
    good = [it for it in _in_order(evidence) if it.verdict == "pass"]
    if not good:
        return None
    names = listed(it.check for it in good)
    return Claim(f"{names[0].upper()}{names[1:]} pass.", tuple(it.id for it in good))


def _in_order(evidence: Mapping[str, Evidence]) -> list[Evidence]:
    order = {check: number for number, check in enumerate((*MANDATORY, "commands"))}
    return sorted(evidence.values(), key=lambda it: (order.get(it.check, len(order)), it.check))


def _rules(evidence: Mapping[str, Evidence]) -> Sequence[HardRule]:
    """The rules above, then one for each other check, so that a check from a plug-in refuses too."""
    known = {rule.check for rule in HARD_RULES}
    return (*HARD_RULES, *(HardRule(f"fails {check}", check) for check in sorted(evidence.keys() - known)))


def _breaks(rule: HardRule, evidence: Mapping[str, Evidence]) -> bool:
    found = evidence.get(rule.check)
    if found is None or found.verdict != "fail":
        return False
    return bool(_errors(rule, found)) or not (rule.findings or any(it.severity == "error" for it in found.findings))


def _errors(rule: HardRule, evidence: Evidence) -> list[Finding]:
    """The errors that the rule is about: its own, or those that no other rule about the same check names."""
    errors = [finding for finding in evidence.findings if finding.severity == "error"]
    if rule.findings:
        return [finding for finding in errors if finding.rule.startswith(rule.findings)]
    others = tuple(start for other in HARD_RULES if other.check == rule.check for start in other.findings)
    return [finding for finding in errors if not (others and finding.rule.startswith(others))]


def _failure(rule: HardRule, errors: list[Finding], evidence: Evidence, is_background: bool) -> Claim:
    if not errors:
        return Claim(f"{evidence.check.capitalize()} fails.", (evidence.id,), is_background)
    alike = sum(1 for finding in evidence.findings if finding.severity == "error" and finding.rule == errors[0].rule)
    more = f" It is one of {alike} findings of {errors[0].rule}." if alike > 1 else ""
    return Claim(with_place(errors[0]) + more, (evidence.id,), is_background)


def _doubt(check: str, evidence: Evidence | None) -> Claim:
    if evidence is None:
        return Claim(f"There is no evidence about {check}.", (), is_background=True)
    reasons = [it for it in evidence.findings if it.severity != "note" and not it.rule.endswith("-before")]
    reason = f" {with_place(reasons[0])}" if reasons else ""
    return Claim(f"{check.capitalize()} could not be settled.{reason}", (evidence.id,))


def _not_compiled(refused: Refused, evidence: Mapping[str, Evidence]) -> tuple[Claim, ...]:
    """The refusal is a record of its own; evidence that repeats it is cited, and nothing rests on it."""
    for it in _in_order(evidence):
        if any(refused.what in finding.message for finding in it.findings):
            return (Claim(refused.what, (it.id,), is_background=True),)
    return (Claim("No patch could be compiled; the alternative says why.", (), is_background=True),)


def _not_asked(evidence: Mapping[str, Evidence]) -> tuple[Claim, ...]:
    usage = evidence.get("usage")
    return (Claim("It changes nothing.", (usage.id,) if usage else (), is_background=True),)
