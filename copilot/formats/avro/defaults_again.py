"""Which default does Avro for Java refuse when it looks at it for the second time? Asked only of recursive schemas.

Source: `ParseContext.resolveAllSchemas` and `SchemaResolver.ResolvingVisitor` of 1.12. A schema is read with open references, and
then copied with all of them followed, the types that ended first before the others. A record's copy gets its fields, and each
default is looked at again, once the types of all its fields are copied; one that is still on the way has no fields to be asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from copilot.formats.avro.defaults import UNFINISHED, UnfinishedRecord, fits_field
from copilot.formats.avro.types import NO_DEFAULT, Field, Type


def unfinished_default(graph: Type, done: Mapping[str, Type]) -> tuple[Type, Field] | None:
    """Returns the first record and field of which the default is refused.

    `graph` has an "awaited" type where a reference is open, and is of no use afterwards; `done` are its named types in order.
    """
    copying = _Copying(done)
    for start in (*done.values(), graph):
        copying.visit(start, set())
    return copying.refused


class _Copying:
    def __init__(self, done: Mapping[str, Type]) -> None:
        self.refused: tuple[Type, Field] | None = None
        self._done = done
        self._begun: set[int] = set()
        self._fields: dict[int, tuple[Field, ...]] = {}
        for type in done.values():
            if type.kind == "record":
                self._fields[id(type)] = type.fields
                type.fields = UNFINISHED

    def visit(self, type: Type, visited: set[int]) -> None:
        if self.refused or id(type) in visited:
            return
        visited.add(id(type))
        if type.kind == "awaited":
            target = type.inner = self._done[type.name]
            if id(target) not in self._begun:
                self.visit(target, set())
        elif type.kind == "record":
            self._record(type, visited)
        elif type.inner is not None:
            self.visit(type.inner, visited)
        else:
            for branch in reversed(type.branches):
                self.visit(branch, visited)

    def _record(self, record: Type, visited: set[int]) -> None:
        self._begun.add(id(record))
        fields = self._fields.get(id(record), record.fields)
        for field in fields:
            self.visit(field.type, visited)
        if record.fields is not UNFINISHED or self.refused:
            return
        for field in fields:
            if not _is_taken(field):
                self.refused = record, field
                return
        record.fields = fields


def _is_taken(field: Field) -> bool:
    try:
        return field.default is NO_DEFAULT or fits_field(field.default, field.type)
    except UnfinishedRecord:
        return False
