"""Which files will a change touch? Answers before anything is proposed, from one commit and what came before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from copilot.adapters.settings_file import settings_of
from copilot.adapters.tree import CommitTree
from copilot.domain.impacted import ImpactList
from copilot.errors import WrongUsage
from copilot.planners.asked import asked_and_doubts, asked_from_json
from copilot.plugins import build_impact_finder
from copilot.proposals.reading import Place, read_map


def read_impact(place: Place, text: str, operations: Sequence[str]) -> ImpactList:
    """Returns the ranked files for sentences and operations in JSON; raises WrongUsage for what is not understood."""
    said = asked_and_doubts(text) if text.strip() else ()
    asked = [change for change, _ in said]
    for operation in operations:
        asked += asked_from_json(operation)
    if not asked:
        raise WrongUsage("Nothing was asked for.", next='Write for example: impact "remove coupon from order".')
    tree = CommitTree(place.repository, place.commit, place.index)
    settings = settings_of(tree)
    found = build_impact_finder(place.repository, tree, settings, place.index)(tuple(dict.fromkeys(asked)))
    doubts = tuple(doubt for _, doubt in said if doubt)
    found = replace(found, warnings=(*doubts, *found.warnings))
    return _with_elsewhere(found, place, text, operations) if settings.clones or settings.consumers else found


def _with_elsewhere(found: ImpactList, place: Place, text: str, operations: Sequence[str]) -> ImpactList:
    """Adds what the map of all repositories knows; names that it doesn't know are told, as they may be known elsewhere."""
    from copilot.adapters.clones import tree_of_clone
    from copilot.impact.elsewhere import with_elsewhere
    from copilot.impact.fields import impact_of
    from copilot.proposals.asking import asked_of_all

    pipeline = read_map(place)
    try:
        known = asked_of_all(text, operations, pipeline)
    except WrongUsage as error:
        told = f"Other repositories were not searched: {error.what}"
        return replace(found, warnings=(*found.warnings, told))
    opened = partial(tree_of_clone, place.repository)
    return with_elsewhere(found, [impact_of(it, pipeline) for it in known], pipeline, opened, place.index)
