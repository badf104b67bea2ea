"""Which files will a change touch? Answers before anything is proposed, from one commit and what came before it."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.adapters.tree import CommitTree
from copilot.domain.impacted import ImpactList
from copilot.errors import WrongUsage
from copilot.planners.asked import asked_from_json, asked_from_text
from copilot.plugins import build_impact_finder
from copilot.proposals.reading import Place


def read_impact(place: Place, text: str, operations: Sequence[str]) -> ImpactList:
    """Returns the ranked files for sentences and operations in JSON; raises WrongUsage for what is not understood."""
    asked = list(asked_from_text(text)) if text.strip() else []
    for operation in operations:
        asked += asked_from_json(operation)
    if not asked:
        raise WrongUsage("Nothing was asked for.", next='Write for example: impact "remove coupon from order".')
    find = build_impact_finder(place.repository, CommitTree(place.repository, place.commit), place.index)
    return find(tuple(dict.fromkeys(asked)))
