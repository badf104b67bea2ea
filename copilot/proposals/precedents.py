"""Which decisions of the past said no to what a proposal asks again, and what differs now?

They are told beside a proposal and never enter its ranking: the evidence of today decides, and a person who knows what was said
then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from copilot.domain.proposal import Proposal
from copilot.proposals.past import Past, Way, past_of

DIFFERENCES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Precedent:
    """A past decision about what is asked again.

    `is_same` tells that all operations are the same, else they share a field and a kind of change. `refused` are ways that the
    evidence refused then and whose strategy is there again, each with its letter and outcome now ("" while undecided).
    """

    past: Past
    is_same: bool
    refused: tuple[tuple[Way, str, str], ...]
    differs: tuple[str, ...]

    @property
    def is_news(self) -> bool:
        """Tells whether the evidence of today doesn't say the same by itself: a person said no, or a way is not refused now."""
        return self.past.no is not None or any(outcome != "refused" for _, _, outcome in self.refused)


def precedents(proposal: Proposal, known: Iterable[Past]) -> tuple[Precedent, ...]:
    """Returns the past decisions that said no to what is asked again, those of people first, then the newest.

    A phase that carries an applied change on asks for nothing again.
    """
    if proposal.continued is not None:
        return ()
    now = past_of(proposal, "")
    found = []
    for past in known:
        if past.id == proposal.id or not past.keys & now.keys:
            continue
        refused = _refused_again(past, now)
        if past.no is not None or refused:
            found.append(Precedent(past, past.operations == now.operations, refused, _differences(past, now)))
    newest = sorted(found, key=lambda it: it.past.at, reverse=True)
    return tuple(_telling(sorted(newest, key=lambda it: (it.past.no is None, not it.is_same))))


def _telling(found: Iterable[Precedent]) -> Iterator[Precedent]:
    """Yields those by people, and of the others each that was refused what no earlier one was."""
    told: set[tuple[str, str]] = set()
    for it in found:
        refused = {(way.strategy, way.rule) for way, _, _ in it.refused}
        if it.past.no is not None or refused - told:
            yield it
        told |= refused


def precedent_words(precedent: Precedent) -> tuple[str, ...]:
    """Returns who said no to what, when and why, then what is different now: a first line, and lines that belong under it."""
    past = precedent.past
    what = "this" if precedent.is_same else f'"{past.asked}"'
    place = f", record {past.source}" if past.source else ""
    if past.no is not None:
        why = f": {past.no.note}" if past.no.note else ", without a note"
        by = f" by {past.no.by}" if past.no.by else ""
        first = f"{past.id}: {what} was {past.no.word}{by} on {past.no.at[:10]}{why}{place}"
    else:
        first = f"{past.id}: {what} was asked on {past.at[:10]}, and is {past.state}{place}"
    return (first, *_refused_lines(precedent.refused), f"now: {'; '.join(precedent.differs)}")


def _refused_lines(refused: tuple[tuple[Way, str, str], ...]) -> list[str]:
    """Returns a line for each outcome that ways which were refused then have now."""
    named: dict[str, list[str]] = {}
    for way, letter, outcome in refused:
        named.setdefault(outcome, []).append(f"{letter} ({way.strategy}): {way.rule}")
    heads = {"": "refused then", "refused": "refused then and now"}
    return [
        f"{heads.get(outcome, f'refused then, {outcome} now')}: {'; '.join(ways)}" for outcome, ways in named.items()
    ]


def _refused_again(past: Past, now: Past) -> tuple[tuple[Way, str, str], ...]:
    again = {it.strategy: it for it in now.ways}
    return tuple(
        (it, again[it.strategy].letter, again[it.strategy].outcome if now.chosen or now.state != "open" else "")
        for it in past.refused
        if it.strategy in again
    )


def _differences(past: Past, now: Past) -> tuple[str, ...]:
    moved = past.base != now.base
    told = [f"the base moved from {past.base[:9]} to {now.base[:9]}" if moved else f"on the same base, {now.base[:9]}"]
    if now.state == "open":
        return (*told, "not proved yet")
    then = {(it.strategy, check): verdict for it in past.ways for check, verdict in it.verdicts}
    pairs = [
        (it, check, then.get((it.strategy, check), ""), verdict) for it in now.ways for check, verdict in it.verdicts
    ]
    changed = [f"{it.letter} {check} was {old} and is {new}" for it, check, old, new in pairs if old and old != new]
    told += changed[:DIFFERENCES_SHOWN]
    told += [f"{len(changed) - DIFFERENCES_SHOWN} more verdicts differ"] if len(changed) > DIFFERENCES_SHOWN else []
    shared = any(old for _, _, old, _ in pairs)
    return tuple(
        told if changed else [*told, "the verdicts are the same" if shared else "nothing of it was proved then"]
    )
