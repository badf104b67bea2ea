"""What people must do in other repositories to reach a state: no edit goes there, but each place is named, and when it has to move.

A place in a clone gets its owner and its turn among the deploys here. Besides the uses that the map found there, these are the
clone's own texts of the schema; and where something is taken away, a job elsewhere whose uses are not known.
"""

from __future__ import annotations

import json

from copilot.domain.alternative import SchemaEdit
from copilot.domain.pipeline import Link
from copilot.domain.schema import SchemaSource
from copilot.strategies.ground import Ground, Side
from copilot.strategies.roles import Role, owner_of, path_in, role_of_job
from copilot.strategies.words import named
from copilot.strategies.work import ByHand, Work

_TAKING = frozenset({"remove_field", "rename_field", "set_type", "remove_property", "remove_symbol", "add_symbol"})
"""What a reader or writer may fail on that was not changed; an added field or a changed text is not."""


def with_elsewhere(ground: Ground, work: Work, order: tuple[Role, ...]) -> Work:
    """Returns the work that leads to a state with all that it leaves to people of other repositories.

    `order` is who moves first here, () where nobody here moves.
    """
    by_hand = [_addressed(ground, item, order) for item in work.by_hand]
    by_hand += [_addressed(ground, item, order) for item in _schemas(ground, work)]
    if any(isinstance(edit, SchemaEdit) and edit.action in _TAKING for edit in work.edits):
        known = {owner_of(ground, path_in(item)) for item in by_hand} | {use.job for use in ground.impact.uses}
        by_hand += [_addressed(ground, item, order) for item in _others(ground, known)]
    return Work(work.edits, tuple(dict.fromkeys(by_hand)))


def asks_elsewhere(ground: Ground, work: Work, before: Work) -> bool:
    """Tells whether people of other repositories have something to do that they had not to do before."""
    items = (item for item in work.by_hand if item not in before.by_hand)
    return any(ground.pipeline.clone_of(path_in(item)) for item in items)


def _addressed(ground: Ground, item: ByHand, order: tuple[Role, ...]) -> ByHand:
    path = path_in(item)
    clone = next((it for it in ground.pipeline.clones if it.name == ground.pipeline.clone_of(path)), None)
    if clone is None:
        return item
    turn = _turn(ground, owner_of(ground, path), order)
    owner = f" (owner {clone.owner})" if clone.owner else ""
    return ByHand(item.side, f"{item.text}; in another repository{turn}{owner}")


def _turn(ground: Ground, job: str, order: tuple[Role, ...]) -> str:
    """Returns when a job elsewhere is deployed, seen from the jobs here."""
    links = (*ground.impact.producers, *ground.impact.consumers)
    here = {link.job for link in links if not ground.pipeline.clone_of(link.job)}
    if not job or not here or not order:
        return ""
    own = order.index(role_of_job(ground, job, order))
    later = {other for other in here if order.index(role_of_job(ground, other, order)) > own}
    earlier = {other for other in here if order.index(role_of_job(ground, other, order)) < own}
    if later:
        return f", deploy {job} before {named(later)}"
    return f", deploy {job} after {named(earlier)}" if earlier else ""


def _schemas(ground: Ground, work: Work) -> list[ByHand]:
    """The texts of the schema elsewhere, with what is done to the own one."""
    own = ground.subject.latest.source
    done = [_words(edit) for edit in work.edits if isinstance(edit, SchemaEdit) and edit.source == own]
    if not done:
        return []
    what = ", ".join(dict.fromkeys(done))
    return [
        ByHand(_side(ground, place), f"{place.path}:{place.span.first_line}  holds the schema: {what}")
        for place in ground.foreign
    ]


def _side(ground: Ground, place: SchemaSource) -> Side:
    clone = ground.pipeline.clone_of(place.path)
    produces = any(ground.pipeline.clone_of(link.job) == clone for link in ground.impact.producers)
    return "producers" if clone and produces else "consumers"


def _others(ground: Ground, known: set[str]) -> list[ByHand]:
    notes: dict[str, ByHand] = {}
    sides: tuple[tuple[Side, tuple[Link, ...]], ...] = (
        ("producers", ground.impact.producers),
        ("consumers", ground.impact.consumers),
    )
    for side, links in sides:
        for link in links:
            if link.proof and link.job not in known and ground.pipeline.clone_of(link.job):
                verb = "writes" if side == "producers" else "reads"
                text = f"{link.proof[0]}  {link.job} {verb} this: see that it works with the new schema"
                notes.setdefault(link.job, ByHand(side, text))
    return list(notes.values())


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
