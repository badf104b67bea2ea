"""What changes in a schema text when a named type gets another full name: its own name, and each reference to what it renames.

A type inside the renamed one that names no namespace takes that of the type around it, so its full name changes too. A reference is
left as it is written where it still means the same type, else it gets the full name.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.formats.avro.documents import Document, definitions_in, items_of, scalar
from copilot.formats.avro.moves import references_in
from copilot.formats.avro.names import RECORD_KINDS, candidates, full_name, namespace_of, short_name
from copilot.formats.json_text import Node

Change = tuple[Node, str, str]
"""A value to replace and the new text; or, where the name between them is not "", a member of the object to set."""


def renamed_type(document: Document, definition: Node, to: str) -> Iterator[Change]:
    """Yields what to write where, so that the type defined at a node is called `to` and everything else means what it meant."""
    enclosing = {one.node.start: one.enclosing for one in definitions_in(document.root, document.namespace)}
    own, around = definition.value["name"], enclosing[definition.start]
    old = full_name(str(own.value), scalar(definition, "namespace"), around)
    yield from _own_name(definition, old, to, around)
    names = dict(renamed_names(document.root, document.namespace, old, to))
    spaces = _spaces(document.root, document.namespace, document.namespace, names)
    known = {one.name for one in definitions_in(document.root, document.namespace)}
    for reference, space in references_in(document.root, document.namespace):
        written = str(reference.value)
        meant = next((name for name in candidates(written, space) if name in known), None)
        if meant is None:
            continue
        now = names.get(meant, meant)
        after = {names.get(name, name) for name in known}
        means = next((name for name in candidates(written, spaces.get(reference.start, space)) if name in after), None)
        if means != now:
            is_near = "." not in written and namespace_of(now) == spaces.get(reference.start, space)
            yield reference, "", short_name(now) if is_near else now


def renamed_references(document: Document, old: str, to: str) -> Iterator[Change]:
    """Yields what to write in a text that refers to the type and does not define it."""
    for reference, space in references_in(document.root, document.namespace):
        if old in candidates(str(reference.value), space):
            yield reference, "", to


def renamed_names(root: Node, namespace: str, old: str, to: str) -> Iterator[tuple[str, str]]:
    """Yields the old and the new full name of the type and of every type that takes its namespace from it."""
    space, wanted = namespace_of(old), namespace_of(to)
    yield old, to
    if space == wanted:
        return
    taking = {old}
    for one in definitions_in(root, namespace):
        own = str(scalar(one.node, "name"))
        is_plain = "." not in own and not isinstance(scalar(one.node, "namespace"), str)
        holder = next((name for name in taking if _holds(root, namespace, name, one.node)), None)
        if one.name != old and is_plain and holder is not None and one.enclosing == space:
            taking.add(one.name)
            yield one.name, f"{wanted}.{short_name(one.name)}" if wanted else short_name(one.name)


def _holds(root: Node, namespace: str, name: str, node: Node) -> bool:
    holder = next(one.node for one in definitions_in(root, namespace) if one.name == name)
    return holder.start < node.start and node.end <= holder.end


def _own_name(definition: Node, old: str, to: str, around: str) -> Iterator[Change]:
    name: Node = definition.value["name"]
    if "." in str(name.value):
        yield name, "", to
        return
    if short_name(old) != short_name(to):
        yield name, "", short_name(to)
    if namespace_of(old) != namespace_of(to):
        space = definition.member("namespace")
        if space is not None:
            yield space, "", namespace_of(to)
        elif namespace_of(to) != around:
            yield definition, "namespace", namespace_of(to)


def _spaces(node: Node, before: str, after: str, names: dict[str, str]) -> dict[int, str]:
    """Returns, for each reference, the namespace around it once the types have their new names."""
    found: dict[int, str] = {}
    pending = [(node, before, after)]
    while pending:
        one, old, new = pending.pop()
        if isinstance(one.value, str):
            found[one.start] = new
        elif isinstance(one.value, list):
            pending += [(branch, old, new) for branch in one.value]
        elif isinstance(one.value, dict):
            kind = scalar(one, "type")
            if kind in ("array", "map"):
                pending.append((one.value["items" if kind == "array" else "values"], old, new))
            elif kind in RECORD_KINDS:
                full = full_name(str(scalar(one, "name")), scalar(one, "namespace"), old)
                now = namespace_of(names.get(full, full))
                pending += [(field.value["type"], namespace_of(full), now) for field in items_of(one, "fields")]
    return found
