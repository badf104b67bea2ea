"""The planner that needs no model: operations × strategies, several operations combined kind by kind."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.domain.alternative import Alternative, NotOffered, Plan
from copilot.domain.operation import ChangeRequest
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.planners.combine import combined, content_of
from copilot.ports import Strategy

WANTED_COUNT = 3
NOTHING = Alternative(
    "nothing",
    "Change nothing",
    "rules",
    "do nothing",
    (),
    "The row that the others are measured against: nothing breaks, and the wish stays open.",
)


class RulesPlanner:
    """Plans by the catalogue alone; equal requests about equal maps give equal plans."""

    def __init__(self, strategies: Sequence[Strategy]) -> None:
        self._strategies = tuple(strategies)

    def plan(self, request: ChangeRequest, impacts: tuple[Impact, ...], pipeline: PipelineMap) -> Plan:
        """Returns the alternatives, "change nothing" first, at most as many as the request's limits allow.

        `impacts` belong to the request's operations, in the same order. Where fewer than three changes are possible, the
        strategies that don't fit are named with their reasons, and nothing is padded.
        """
        offers: list[tuple[Alternative, ...]] = []
        refusals: list[NotOffered] = []
        for operation, impact in zip(request.operations, impacts, strict=True):
            found = [one for strategy in self._strategies for one in strategy(operation, impact, pipeline)]
            real, same = _without_repeats([one for one in found if isinstance(one, Alternative)])
            offers.append(real)
            refusals += [one for one in found if isinstance(one, NotOffered)] + same
        together, left = combined(tuple(offers))
        alternatives, same = _without_repeats(list(together))
        left += same
        limit = max(request.limits.alternatives - 1, 0)
        refusals += left + [
            NotOffered(one.strategy, f"The limit of {request.limits.alternatives} alternatives leaves it out.")
            for one in alternatives[limit:]
        ]
        return Plan((NOTHING, *alternatives[:limit]), tuple(dict.fromkeys(refusals + _too_few(alternatives))))


def _without_repeats(alternatives: list[Alternative]) -> tuple[tuple[Alternative, ...], list[NotOffered]]:
    """Leaves out what would change the same bytes in the same phases as an alternative before it."""
    seen: dict[str, Alternative] = {}
    same: list[NotOffered] = []
    for alternative in alternatives:
        first = seen.setdefault(content_of(alternative), alternative)
        if first is not alternative:
            same.append(NotOffered(alternative.strategy, f'It would make the same edits as "{first.title}".'))
    return tuple(seen.values()), same


def _too_few(alternatives: tuple[Alternative, ...]) -> list[NotOffered]:
    if len(alternatives) >= WANTED_COUNT:
        return []
    count = {0: "no way", 1: "only one way", 2: "only two ways"}[len(alternatives)]
    return [
        NotOffered(
            "catalogue", f"The catalogue has {count} to make this change that differ in effect; none is added for show."
        )
    ]
