"""How much hangs on the chosen alternative? High asks the person for more than a keystroke, and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from copilot.domain.decision import Claim, Stakes
from copilot.domain.evidence import Evidence, Finding
from copilot.reasons.words import counted, with_place

MANY_CONSUMERS = 5
_LOSSES = ("replay.value-", "replay.leftover-bytes", "replay.wire-", "replay.default-moved", "replay.stand-in")


def stakes_of(evidence: Mapping[str, Evidence]) -> tuple[Stakes, tuple[Claim, ...]]:
    """Returns the stakes of an alternative with this evidence, and the reasons; low stakes have none."""
    reasons = tuple(claim for reason in _REASONS for claim in reason(evidence))
    return ("high" if reasons else "low"), reasons


def _unknown(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    for check in sorted(evidence):
        if evidence[check].verdict == "unknown" and check != "commands":
            yield Claim(f"What {check} asks is not settled.", (evidence[check].id,))


def _undone(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    usage = evidence.get("usage")
    asked, done = (usage.measure(name) if usage else None for name in ("operations", "operations_done"))
    if usage and asked is not None and done is not None and done < asked:
        yield Claim(f"By itself it does {done} of {counted(asked, 'operation')}; people do the rest.", (usage.id,))


def _losses(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    yield from _first(evidence.get("replay"), _is_loss, "Some reader gets another value")


def _windows(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    in_flight = "A reader breaks in a wrong order of deploys"
    rollout = evidence.get("rollout")
    yield from _first(rollout, lambda it: it.rule == "rollout.story" and it.severity == "warning", in_flight)


def _is_loss(finding: Finding) -> bool:
    is_told = finding.severity != "note"
    return is_told and finding.rule.startswith(_LOSSES) and not finding.rule.endswith(("-before", "wire-leftover"))


def _one_way(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    rollout = evidence.get("rollout")
    count = rollout.measure("one_way_phases") if rollout else None
    if rollout and count:
        text = f"{counted(count, 'phase')} can't simply be taken back: old readers fail on data written after."
        yield Claim(text, (rollout.id,))


def _stored(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    yield from _first(evidence.get("rollout"), lambda it: it.rule == "rollout.stored", "A reader loses what is stored")


def _keys(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    usage = evidence.get("usage")
    count = usage.measure("key_uses") if usage else None
    if usage and count and any(finding.rule == "usage.key" for finding in usage.findings):
        yield Claim(f"{counted(count, 'use')} of the field as a key or partition.", (usage.id,))


def _blind_spots(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    yield from _first(
        evidence.get("usage"),
        lambda it: it.rule == "usage.blind-spot" and it.severity == "warning",
        "A concerned job has blind spots",
    )


def _handed_on(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    yield from _first(
        evidence.get("usage"), lambda it: it.rule == "usage.handed-on", "Whole records go where no field is named"
    )


def _no_reader(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    """Readers get something else, or refuse what comes, and none is known: that nothing was seen to break shows little."""
    usage, replay = evidence.get("usage"), evidence.get("replay")
    found = next((it for it in usage.findings if it.rule == "usage.no-consumer"), None) if usage else None
    if usage is None or found is None:
        return
    if found.severity == "warning":
        yield Claim(f"Readers would get something else, and none is known: {found.message}", (usage.id,))
    elif replay is not None and replay.measure("refused"):
        text = f"Readers that do not move with it refuse records, and none is known: {found.message}"
        yield Claim(text, (usage.id, replay.id))


def _meanings(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    compatibility = evidence.get("compatibility")
    count = compatibility.measure("meaning_changes") if compatibility else None
    if compatibility and count:
        text = f"{counted(count, 'change')} of meaning that compatibility rules don't see."
        yield Claim(text, (compatibility.id,))


def _topics(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    yield from _first(
        evidence.get("usage"), lambda it: it.rule == "usage.topic-history", "A topic is left for another one"
    )


def _order(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    yield from _first(
        evidence.get("usage"),
        lambda it: it.rule.startswith(("usage.key-", "usage.order-")),
        "Order, state and joins hang on the key",
    )


def _clear(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    yield from _first(
        evidence.get("usage"),
        lambda it: it.rule.startswith("usage.clear-value"),
        "Clear values are left in other places",
    )


def _levels(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    loose = "A looser level leaves readers without a guard"
    yield from _first(evidence.get("compatibility"), lambda it: it.rule == "compatibility.level-lets-through", loose)


def _free_form(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    yield from _first(
        evidence.get("scope"), lambda it: it.rule == "scope.free-form", "No rule of the catalogue made it"
    )


def _many(evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    usage = evidence.get("usage")
    count = usage.measure("consumers") if usage else None
    if usage and count and count > MANY_CONSUMERS:
        yield Claim(f"{counted(count, 'consumer')} read what changes.", (usage.id,))


def _first(evidence: Evidence | None, wanted: Callable[[Finding], bool], text: str) -> Iterator[Claim]:
    found = [finding for finding in evidence.findings if wanted(finding)] if evidence else []
    if evidence and found:
        yield Claim(f"{text}: {with_place(found[0])}", (evidence.id,))


_REASONS = (
    _unknown,
    _undone,
    _losses,
    _windows,
    _one_way,
    _stored,
    _keys,
    _blind_spots,
    _handed_on,
    _no_reader,
    _meanings,
    _topics,
    _order,
    _clear,
    _levels,
    _free_form,
    _many,
)
