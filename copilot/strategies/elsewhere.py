"""What people must do in other repositories to reach a state: no edit goes there, but each place is named, and when it has to move.

A place in a clone gets its owner and its turn among the deploys here. Besides the uses that the map found there, these are the
clone's own texts of the schema; and where something is taken away, a job elsewhere whose uses are not known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from copilot.domain.alternative import SchemaEdit
from copilot.domain.pipeline import Link
from copilot.domain.schema import SchemaSource
from copilot.strategies.ground import Ground, Side
from copilot.strategies.roles import Role, owner_of, path_in, role_of_job
from copilot.strategies.words import named
from copilot.strategies.work import ByHand, Work

_TAKING = frozenset({"remove_field", "rename_field", "set_type", "remove_property", "remove_symbol", "add_symbol"})
"""What a reader or writer may fail on that was not changed; an added field or a changed text is not."""


def with_elsewhere(ground: Ground, works: Sequence[tuple[Work, tuple[Role, ...]]]) -> list[Work]:
    """Returns the work that leads to each state with all that it leaves to people of other repositories.

    Each work comes with who moves first here, () where nobody here moves. A place that stays to be done from an earlier state
    keeps the turn that it had then.
    """
    told: dict[ByHand, ByHand] = {}
    found: list[Work] = []
    for work, order in works:
        by_hand = [*work.by_hand, *_schemas(ground, work)]
        for item in by_hand:
            if item not in told and ground.pipeline.is_foreign(path_in(item)):
                told[item] = _addressed(ground, item, owner_of(ground, path_in(item)), order)
        if any(isinstance(edit, SchemaEdit) and edit.action in _TAKING for edit in work.edits):
            known = {owner_of(ground, path_in(item)) for item in by_hand} | {use.job for use in ground.impact.uses}
            for job, item in _others(ground, known).items():
                told.setdefault(item, _addressed(ground, item, job, order))
                by_hand.append(item)
        found.append(Work(work.edits, tuple(dict.fromkeys(told.get(item, item) for item in by_hand))))
    return found


def asks_elsewhere(ground: Ground, work: Work, before: Work) -> bool:
    """Tells whether people of other repositories have something to do that they had not to do before."""
    items = (item for item in work.by_hand if item not in before.by_hand)
    return any(ground.pipeline.is_foreign(path_in(item)) for item in items)


def _addressed(ground: Ground, item: ByHand, job: str, order: tuple[Role, ...]) -> ByHand:
    """Adds who has to do it and when: the owner of the clone, or of the consumer."""
    pipeline = ground.pipeline
    clone = pipeline.clone_of(path_in(item))
    owners = {it.name: it.owner for it in pipeline.clones} if clone else {it.job: it.owner for it in pipeline.consumers}
    owner = owners.get(clone or job, "")
    told = "; ".join(filter(None, (item.text, "in another repository" if clone else "", _turn(ground, job, order))))
    return ByHand(item.side, f"{told} (owner {owner})" if owner else told)


def _turn(ground: Ground, job: str, order: tuple[Role, ...]) -> str:
    """Returns when a job elsewhere is deployed, seen from the jobs here; where only schemas are here, from the other jobs."""
    jobs = {link.job for link in (*ground.impact.producers, *ground.impact.consumers)} - {job}
    here = {other for other in jobs if not ground.pipeline.is_foreign(other)} or jobs
    if not job or not here or not order:
        return ""
    own = order.index(role_of_job(ground, job, order))
    later = {other for other in here if order.index(role_of_job(ground, other, order)) > own}
    earlier = {other for other in here if order.index(role_of_job(ground, other, order)) < own}
    if later:
        return f"deploy {job} before {named(later)}"
    return f"deploy {job} after {named(earlier)}" if earlier else ""


def _schemas(ground: Ground, work: Work) -> list[ByHand]:
    """The texts of the schema elsewhere, with what is done to the own one."""
    own = ground.subject.latest.source
    done = [_words(edit) for edit in work.edits if isinstance(edit, SchemaEdit) and edit.source == own]
    if not done:
        return []
    what = ", ".join(dict.fromkeys(done))
    readers = {it.schema: it.job for it in ground.pipeline.consumers}
    return [
        ByHand(
            _side(ground, place),
            f"{place.path}:{place.span.first_line}  "
            + (f"{readers[place.path]} reads with it" if place.path in readers else "holds the schema")
            + f": {what}",
        )
        for place in ground.foreign
    ]


def _side(ground: Ground, place: SchemaSource) -> Side:
    clone = ground.pipeline.clone_of(place.path)
    produces = any(ground.pipeline.clone_of(link.job) == clone for link in ground.impact.producers)
    return "producers" if clone and produces else "consumers"


def _others(ground: Ground, known: set[str]) -> dict[str, ByHand]:
    notes: dict[str, ByHand] = {}
    sides: tuple[tuple[Side, tuple[Link, ...]], ...] = (
        ("producers", ground.impact.producers),
        ("consumers", ground.impact.consumers),
    )
    for side, links in sides:
        for link in links:
            if link.proof and link.job not in known and ground.pipeline.is_foreign(link.job):
                verb = "writes" if side == "producers" else "reads"
                text = f"{link.proof[0]}  {link.job} {verb} this: see that it works with the new schema"
                notes.setdefault(link.job, ByHand(side, text))
    return notes


def _words(edit: SchemaEdit) -> str:
    value = json.loads(edit.value) if edit.value else None
    match edit.action:
        case "add_field":
            return f"add `{edit.field}`"
        case "remove_field":
            return f"remove `{edit.field}`"
        case "rename_field":
            return f"rename `{edit.field}` to `{value}`"
        case "set_type":
            return f"give `{edit.field}` the type {edit.value}"
        case "set_property":
            return f"set {edit.name} of `{edit.field}` to {edit.value}"
        case "remove_property":
            return f"take {edit.name} of `{edit.field}` away"
        case "add_symbol":
            return f"add the symbol {value} to `{edit.field}`"
        case "remove_symbol":
            return f"take the symbol {value} from `{edit.field}`"
    return f"set {edit.name} of the symbols of `{edit.field}` to {edit.value}"
