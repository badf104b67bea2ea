"""Which jobs have to move at once, because a consumer takes its own schema for the writer's and the bytes change under it?

Such a consumer reads with one local schema for both sides: its text and the bytes have to match at every moment, so no order of
deploys is right. Its writers stop, it reads to the end, and both start again with the new text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Edit, SchemaEdit
from copilot.domain.codec import canonical
from copilot.domain.pipeline import Link
from copilot.domain.schema import SchemaSource
from copilot.strategies.drift import single_copies, single_links
from copilot.strategies.ground import Ground, version_at
from copilot.strategies.words import named

_MOVES_BYTES = ("add_field", "remove_field", "remove_symbol", "rename_symbol", "reorder_fields", "reorder_symbols")
_ON_THE_WIRE = {"int": "number", "long": "number", "string": "bytes", "bytes": "bytes"}


@dataclass(frozen=True, slots=True)
class Cutover:
    """The jobs that move together, and what a person does for each such consumer, as "path:line  what"."""

    jobs: frozenset[str]
    manual: tuple[str, ...]


def cutover_of(ground: Ground, changed: Iterable[Edit]) -> Cutover | None:
    """Returns what has to move at once where these edits go out; None where every consumer can bear an order.

    A field that is added in the same place and type as before, with another default, is none that moves.
    """
    edits = [edit for edit in changed if isinstance(edit, SchemaEdit)]
    added = Counter(_added(edit) for edit in edits if edit.action == "add_field")
    moving = [it for it in edits if _moves_bytes(ground, it) and (it.action != "add_field" or added[_added(it)] == 1)]
    if not moving:
        return None
    jobs: set[str] = set()
    manual: list[str] = []
    for link in single_links(ground):
        if _reads_what_moves(ground, link, moving):
            writers = {it.job for it in ground.impact.producers if it.endpoint == link.endpoint} - {link.job}
            jobs |= {link.job} | writers
            manual.append(_instruction(link, writers))
    return Cutover(frozenset(jobs), tuple(dict.fromkeys(manual))) if jobs else None


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


def _instruction(link: Link, writers: set[str]) -> str:
    place = str(link.proof[0]) if link.proof else link.job
    who = named(writers) if writers else "whoever writes it"
    return (
        f"{place}  {link.job}: takes its own schema for the writer's, so stop {who}, let it read {link.endpoint} to the end, then"
        " deploy both at once; it can't read older records again afterwards"
    )
