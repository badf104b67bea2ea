"""Two alternatives aspect by aspect: what each says, and whether they differ. Pure; the looks are at the end."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from textual.content import Content

from copilot.domain.evidence import Evidence, Finding
from copilot.domain.proposal import Proposal
from copilot.domain.visible import visible
from copilot.reasons.words import in_letters, letters_of, outcome_of, signed
from copilot.tui.alternatives import ruling_of
from copilot.tui.cells import origin_words, paths_changed, phase_lines
from copilot.tui.plain import plain

DIFFERS, SAME = "≠", " "
ABSENT = "—"
BESIDE_WIDTH_MIN = 100
_LABEL_WIDTH = 20


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that both alternatives have, or one of them ("" in the other), under the heading `section`."""

    section: str
    label: str
    left: str
    right: str

    @property
    def is_different(self) -> bool:
        return self.left != self.right


def aspects_of(proposal: Proposal, left: str, right: str) -> tuple[Aspect, ...]:
    """Returns everything that can be compared about two alternatives, in the order in which a person asks."""
    return (
        *_about(proposal, left, right),
        *_phases(proposal, left, right),
        *_seen(proposal, left, right),
    )


def _about(proposal: Proposal, left: str, right: str) -> Iterator[Aspect]:
    one, other = proposal.alternative(left), proposal.alternative(right)
    yield Aspect("About", "title", one.title, other.title)
    yield Aspect("About", "strategy", origin_words(one), origin_words(other))
    yield Aspect("About", "wins when", one.argument, other.argument)
    yield Aspect("About", "outcome", _outcome(proposal, left), _outcome(proposal, right))


def _phases(proposal: Proposal, left: str, right: str) -> Iterator[Aspect]:
    one, other = proposal.alternative(left).phases, proposal.alternative(right).phases
    for number, (mine, theirs) in enumerate(zip_longest(one, other), 1):
        texts = ["\n".join([phase.name, *phase_lines(phase)]) if phase else "" for phase in (mine, theirs)]
        yield Aspect("Phases", f"phase {number}", *texts)
    files = ["\n".join(paths_changed(proposal, id)) for id in (left, right)]
    yield Aspect("Phases", "files", *files)


def _seen(proposal: Proposal, left: str, right: str) -> Iterator[Aspect]:
    one, other = ({it.check: it for it in proposal.evidence_of(id)} for id in (left, right))
    checks = tuple(dict.fromkeys((*one, *other)))
    for check in checks:
        yield Aspect("Verdicts", check, _verdict(one.get(check)), _verdict(other.get(check)))
    for check in checks:
        mine, theirs = _measures(one.get(check)), _measures(other.get(check))
        for name in dict.fromkeys((*mine, *theirs)):
            yield Aspect("Measures", f"{check}: {name.replace('_', ' ')}", mine.get(name, ""), theirs.get(name, ""))
    for check in checks:
        first, second = _findings(one.get(check)), _findings(other.get(check))
        for text in dict.fromkeys((*first, *second)):
            yield Aspect("Findings", check, text if text in first else "", text if text in second else "")


def _outcome(proposal: Proposal, id: str) -> str:
    ruling = ruling_of(proposal, id)
    return f"{outcome_of(ruling)}: {in_letters(ruling.rule, letters_of(proposal))}" if ruling else "undecided"


def _verdict(evidence: Evidence | None) -> str:
    return signed(evidence.verdict) if evidence else ""


def _measures(evidence: Evidence | None) -> dict[str, str]:
    """Returns the figures; those that differ from run to run tell nothing about the alternatives."""
    return {it.name: f"{it.value:g}" for it in (evidence.measures if evidence else ()) if not it.is_volatile}


def _findings(evidence: Evidence | None) -> tuple[str, ...]:
    return tuple(map(_finding, (*evidence.findings, *evidence.likely))) if evidence else ()


def _finding(finding: Finding) -> str:
    place = f"\n{finding.span}" if finding.span else ""
    return f"{finding.severity}  {finding.message}{place}"


def differences_text(
    aspects: Sequence[Aspect], letters: tuple[str, str], width: int, *, only_different: bool
) -> Content:
    """Returns the comparison for a screen of that width: two columns where they fit, else one below the other."""
    kept = [it for it in aspects if it.is_different or not only_different]
    is_wide = width >= BESIDE_WIDTH_MIN
    lines = _beside(Aspect("", "", *letters), width, "bold") if is_wide else []
    for section, group in groupby(kept, lambda it: it.section):
        lines += [*([Content("")] if lines else []), plain(section, "bold underline")]
        for aspect in group:
            lines += _beside(aspect, width) if is_wide else _stacked(aspect, letters, width)
    return Content("\n").join(lines if kept else [plain("They differ in nothing that was looked at.")])


def _beside(aspect: Aspect, width: int, style: str = "") -> list[Content]:
    column = (width - _LABEL_WIDTH - 8) // 2
    columns = [_wrapped(aspect.label, _LABEL_WIDTH), _wrapped(aspect.left or ABSENT, column)]
    rows = zip_longest(*columns, _wrapped(aspect.right or ABSENT, column), fillvalue="")
    sign = DIFFERS if aspect.is_different and aspect.section else SAME
    style = style or ("" if aspect.is_different else "dim")
    return [
        plain(f"{sign if number == 0 else ' '} {label:{_LABEL_WIDTH}}  {left:{column}}  {right}", style)
        for number, (label, left, right) in enumerate(rows)
    ]


def _stacked(aspect: Aspect, letters: tuple[str, str], width: int) -> list[Content]:
    if not aspect.is_different:
        return _block(f"{SAME} {aspect.label}  ", aspect.left or ABSENT, width, "dim")
    lines = [plain(f"{DIFFERS} {aspect.label}", "bold")]
    for letter, text in zip(letters, (aspect.left, aspect.right), strict=True):
        lines += _block(f"    {letter}  ", text or ABSENT, width)
    return lines


def _block(head: str, text: str, width: int, style: str = "") -> list[Content]:
    lines = _wrapped(text, width - len(head))
    return [plain((head if number == 0 else " " * len(head)) + line, style) for number, line in enumerate(lines)]


def _wrapped(text: str, width: int) -> list[str]:
    """Returns the lines of a text, none wider than that; control characters are visible before anything is measured."""
    return [line for part in text.split("\n") for line in _fold(visible(part), max(width, 8))]


def _fold(line: str, width: int) -> Iterable[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, width, subsequent_indent=indent + ("  " if indent else ""), drop_whitespace=True) or [""]
