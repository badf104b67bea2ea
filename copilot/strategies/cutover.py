"""Which jobs have to move at once, because a consumer takes its own schema for the writer's and the bytes change under it?

Such a consumer reads with one local schema for both sides: its text and the bytes have to match at every moment, so no order of
deploys is right. Its writers stop, it reads to the end, and both start again with the new text. Only where bytes come or go at the
end of the record, one order is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Edit, SchemaAction, SchemaEdit
from copilot.domain.codec import canonical
from copilot.domain.pipeline import Link
from copilot.domain.schema import SchemaSource
from copilot.strategies.drift import single_copies, single_links
from copilot.strategies.ground import Ground, version_at
from copilot.strategies.roles import CONSUMERS_FIRST, PRODUCERS_FIRST, Role
from copilot.strategies.words import named

_MOVES_BYTES = ("add_field", "remove_field", "remove_symbol", "rename_symbol", "reorder_fields", "reorder_symbols")
_ON_THE_WIRE = {"int": "number", "long": "number", "string": "bytes", "bytes": "bytes"}


@dataclass(frozen=True, slots=True)
class Cutover:
    """The jobs that move together, and what a person does for each such consumer, as "path:line  what".

    `jobs` is empty where an order does instead: `order`, which is then the only one that does.
    """

    jobs: frozenset[str]
    manual: tuple[str, ...]
    order: tuple[Role, ...]


def cutover_of(
    ground: Ground, after: Iterable[Edit], before: Iterable[Edit], order: tuple[Role, ...]
) -> Cutover | None:
    """Returns who has to move at once, or in which order alone, from one state to the next; None where `order` does for all.

    `after` and `before` are all edits of the two states. A field that is added in the same place and type as before, with another
    default, is none that moves. Where bytes of the earlier state are taken back, as when a field beside takes the place of the
    old one, no order is looked for: what lay at one place lies at another.
    """
    taken_back = set(before) - set(after)
    edits = [edit for edit in set(after) ^ set(before) if isinstance(edit, SchemaEdit)]
    added = Counter(_added(edit) for edit in edits if edit.action == "add_field")
    moving = [it for it in edits if _moves_bytes(ground, it) and (it.action != "add_field" or added[_added(it)] == 1)]
    links = [link for link in single_links(ground) if _reads_what_moves(ground, link, moving)] if moving else []
    if not links:
        return None
    # A job that reads what it writes has no side that could go first.
    is_ordered = not taken_back & set(moving) and not any(_writes_own(ground, link) for link in links)
    # Consumers with a schema of their own take a longer record, too, and can do with a shorter one: if that is all, one order
    # is right for both kinds. Where more changes, the one that is planned for them has to be it.
    is_all = {link.job for link in links} >= {link.job for link in ground.impact.consumers} or len(moving) == len(edits)
    if is_ordered and (is_all or order == PRODUCERS_FIRST) and _only_at_end(ground, moving, "add_field"):
        return Cutover(frozenset(), _manual(ground, links, _wait), PRODUCERS_FIRST)
    # What was last lies inside the record where an earlier phase has put fields behind it.
    is_followed = any(_adds(ground, edit) for edit in set(after) & set(before))
    is_shorter = not is_followed and _only_at_end(ground, moving, "remove_field")
    if is_ordered and is_shorter and (is_all or order == CONSUMERS_FIRST):
        return Cutover(frozenset(), (), CONSUMERS_FIRST)
    jobs = {job for link in links for job in (link.job, *_writers(ground, link))}
    return Cutover(frozenset(jobs), _manual(ground, links, _stop), order)


def _writers(ground: Ground, link: Link) -> set[str]:
    return {it.job for it in ground.impact.producers if it.endpoint == link.endpoint} - {link.job}


def _writes_own(ground: Ground, link: Link) -> bool:
    return any(it.job == link.job and it.endpoint == link.endpoint for it in ground.impact.producers)


def _only_at_end(ground: Ground, moving: list[SchemaEdit], action: SchemaAction) -> bool:
    """Tells whether bytes only come or go at the end of a record.

    Decoders stop where their schema ends, so the side whose schema is the shorter one reads the longer record, too. It has to be
    the outermost record, and not one that it also holds inside.
    """
    root = [field for field in ground.subject.latest.fields if field.path == field.name]
    name = ground.record.rpartition(".")[2]
    if not root or root[0].record != ground.record or any(f'{name}"' in field.type for field in root):
        return False
    last = {root[-1].name}
    return all(
        edit.action == action
        and edit.record == ground.record
        and (not edit.name if action == "add_field" else edit.field in last)
        for edit in moving
    )


def _adds(ground: Ground, edit: Edit) -> bool:
    return isinstance(edit, SchemaEdit) and edit.action == "add_field" and edit.record == ground.record


def _added(edit: SchemaEdit) -> tuple[object, ...]:
    """Returns where an edit adds which bytes: two that agree are one field, before and after something else of it changed."""
    return edit.source, edit.record, edit.field, edit.name, _on_the_wire(fieldtype.parsed(edit.value).get("type"))


def _moves_bytes(ground: Ground, edit: SchemaEdit) -> bool:
    if edit.action == "set_type":
        return _on_the_wire(ground.kind) != _on_the_wire(fieldtype.parsed(edit.value))
    return edit.action in _MOVES_BYTES


def _on_the_wire(kind: Any) -> str:
    if isinstance(kind, list):
        return "|".join(_on_the_wire(branch) for branch in kind)
    base = fieldtype.base_kind(kind)
    return _ON_THE_WIRE.get(base, base if base in fieldtype.PRIMITIVES else canonical(kind))


def _reads_what_moves(ground: Ground, link: Link, moving: list[SchemaEdit]) -> bool:
    """A copy that ends before the field never reads that far, unless the edits bring the field to it."""
    copies = single_copies(ground, link.job)
    return not copies or any(_holds(ground, copy) or any(edit.source == copy for edit in moving) for copy in copies)


def _holds(ground: Ground, copy: SchemaSource) -> bool:
    version = version_at(copy, ground.pipeline)
    own = ground.operation.field
    return version is None or any(it.record == ground.record and it.name == own for it in version.fields)


def _manual(ground: Ground, links: Iterable[Link], told: Callable[[str, str], str]) -> tuple[str, ...]:
    texts = []
    for link in links:
        place = str(link.proof[0]) if link.proof else link.job
        writers = _writers(ground, link)
        who = [named(writers)] if writers else []
        who += ["its own writing"] if _writes_own(ground, link) else []
        what = told(" and ".join(who) or "whoever writes it", str(link.endpoint))
        texts.append(f"{place}  {link.job}: takes its own schema for the writer's, so {what}")
    return tuple(dict.fromkeys(texts))


def _stop(writers: str, topic: str) -> str:
    return f"stop {writers}, let it read {topic} to the end, then deploy both at once; it can't read older records again afterwards"


def _wait(writers: str, topic: str) -> str:
    return (
        f"deploy it once every instance of {writers} runs the new version and it has read {topic} past what the old ones wrote;"
        " it can't read older records again afterwards"
    )
