"""A definition must stay when the field that holds it goes: it moves to the first place that still refers to it by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copilot.formats.avro.documents import Definition, Document, definitions_in, items_of, scalar
from copilot.formats.avro.names import PRIMITIVES, RECORD_KINDS, candidates, full_name, namespace_of, short_name
from copilot.formats.json_text import Node
from copilot.formats.splices import Splice


def moved_definitions(document: Document, splices: Sequence[Splice]) -> list[Splice]:
    """Returns the splices that put definitions which the given ones delete where they are still referred to."""
    gone = [splice for splice in splices if splice.end > splice.start]
    lost = [
        definition
        for definition in definitions_in(document.root, document.namespace)
        if _deleting(definition.node, gone)
    ]
    if not lost:
        return []
    references = [
        entry for entry in references_in(document.root, document.namespace) if _deleting(entry[0], gone) is None
    ]
    moved: list[Splice] = []
    rescued: list[Node] = []
    for definition in lost:
        node = definition.node
        if any(outer.start <= node.start and node.end <= outer.end for outer in rescued):
            continue
        place = next((ref for ref, enclosing in references if _may_hold(ref, enclosing, definition)), None)
        splice = _deleting(node, gone)
        is_written_anew = splice is not None and short_name(definition.name) in splice.text
        if place is not None and not is_written_anew:
            moved.append(Splice(place.start, place.end, document.text[node.start : node.end]))
            rescued.append(node)
    return moved


def _may_hold(reference: Node, enclosing: str, definition: Definition) -> bool:
    """The definition must keep its full name in the new place."""
    if definition.name not in candidates(str(reference.value), enclosing):
        return False
    node = definition.node
    return full_name(str(scalar(node, "name")), scalar(node, "namespace"), enclosing) == definition.name


def _deleting(node: Node, gone: Sequence[Splice]) -> Splice | None:
    return next((splice for splice in gone if splice.start <= node.start and node.end <= splice.end), None)


def references_in(node: Node, enclosing: str) -> Iterator[tuple[Node, str]]:
    """Yields every name by which a type is referred to, each with the namespace around it."""
    if isinstance(node.value, str):
        if node.value not in PRIMITIVES:
            yield node, enclosing
    elif isinstance(node.value, list):
        for branch in node.value:
            yield from references_in(branch, enclosing)
    elif isinstance(node.value, dict):
        kind = scalar(node, "type")
        if kind in ("array", "map"):
            yield from references_in(node.value["items" if kind == "array" else "values"], enclosing)
        elif kind in RECORD_KINDS:
            full = full_name(str(scalar(node, "name")), scalar(node, "namespace"), enclosing)
            for field in items_of(node, "fields"):
                yield from references_in(field.value["type"], namespace_of(full))
