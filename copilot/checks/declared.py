"""What did the request declare about a subject's values: which may vanish, which come back under another name or type?

This is the oracle of `replay`: a written value must come back under its own path, or as declared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from copilot.checks.turned import Asked
from copilot.domain.fieldtype import full_name, named_types, parsed
from copilot.domain.operation import (
    AddSymbol,
    ChangeLevel,
    ChangeMeaning,
    ChangeType,
    ChangeUnit,
    Operation,
    RemoveField,
    RemoveSymbol,
    RenameField,
    RenameRecord,
    RenameSymbol,
    TopicOperation,
    old_names,
)
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.ports import Case


@dataclass(frozen=True, slots=True)
class Declared:
    """The declared paths of one subject, as called in the base.

    `replaced` are paths of every other operation: their value may move to a field that is new beside them.
    """

    removed: frozenset[str] = frozenset()
    renamed: tuple[tuple[str, str], ...] = ()
    retyped: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    removed_symbols: frozenset[str] = frozenset()
    units: tuple[tuple[str, Asked], ...] = ()
    """Paths whose values are to come in another unit, so that the same number under the same name is another value."""

    @property
    def paths(self) -> frozenset[str]:
        return self.removed | {old for old, _ in self.renamed} | self.replaced


def named_operations(case: Case) -> tuple[Operation, ...]:
    """Returns the request's operations with the outermost record named, so that other subjects of that record are met too."""
    names = {subject.name: subject.latest.name for subject in case.base.subjects}
    return tuple(
        operation
        if isinstance(operation, TopicOperation | ChangeLevel)
        else replace(operation, record=operation.record or names.get(operation.subject, ""))
        for operation in case.request.operations
    )


def declared_about(subject: str, base: SchemaVersion | None, operations: Iterable[Operation]) -> Declared:
    """Returns what the operations declare about the subject, and about other subjects that hold the same record."""
    removed: set[str] = set()
    renamed: set[tuple[str, str]] = set()
    retyped: set[str] = set()
    replaced: set[str] = set()
    symbols: set[str] = set()
    units: list[tuple[str, Asked]] = []
    for operation in operations:
        if isinstance(operation, AddSymbol | RemoveSymbol | RenameSymbol):
            replaced.update(_sharing(operation, subject, base))
        for path in paths_of(operation, subject, base):
            match operation:
                case RemoveField():
                    removed.add(path)
                case RenameField():
                    renamed.add((path, sibling(path, operation.field, operation.to)))
                case ChangeType():
                    retyped.add(path)
                    replaced.add(path)
                case RemoveSymbol():
                    symbols.add(path)
                    replaced.add(path)
                case ChangeUnit() | ChangeMeaning():
                    units.append((path, operation))
                    replaced.add(path)
                case _:
                    replaced |= {sibling(path, operation.field, name) for name in old_names(operation)}
    return Declared(
        frozenset(removed),
        tuple(sorted(renamed)),
        frozenset(retyped),
        frozenset(replaced),
        frozenset(symbols),
        tuple(units),
    )


def paths_of(operation: Operation, subject: str, base: SchemaVersion | None) -> tuple[str, ...]:
    """Returns every path at which the operation's field stands in that version; empty where it stands nowhere.

    Where a named type gets another name, these are the fields that hold it.
    """
    if base is None:
        return ()
    if isinstance(operation, RenameRecord):
        return tuple(field.path for field in base.fields if operation.record in _types_in(field))
    record = operation.record or (base.name if operation.subject == subject else "")
    return tuple(field.path for field in base.fields if field.record == record and field.name == operation.field)


def _types_in(field: SchemaField) -> frozenset[str]:
    space = field.record.rpartition(".")[0]
    return frozenset(full for full, _ in named_types(parsed(field.type), space))


def _sharing(operation: Operation, subject: str, base: SchemaVersion | None) -> Iterator[str]:
    """Yields the other fields of the same enum, which the schema defines once and names where it stands again."""
    own = set(paths_of(operation, subject, base))
    fields = base.fields if base else ()
    enums = {full for it in fields if it.path in own for full in _types_in(it)}
    for field in fields:
        space = field.record.rpartition(".")[0]
        if field.path not in own and {full_name(it, space) for it in _texts(parsed(field.type))} & enums:
            yield field.path


def _texts(kind: Any) -> Iterator[str]:
    if isinstance(kind, str):
        yield kind
    inner = kind.values() if isinstance(kind, dict) else kind if isinstance(kind, list) else ()
    for part in inner:
        yield from _texts(part)


def record_after(operation: Operation, base: SchemaVersion, after: SchemaVersion) -> str:
    """Returns the record that an operation is about; the outermost one as the new version calls it."""
    return operation.record if operation.record and operation.record != base.name else after.name


def sibling(path: str, name: str, other: str) -> str:
    """Returns the path of another field of the same record."""
    return path[: len(path) - len(name)] + other


def parent(path: str) -> str:
    """Returns the path of the record that declares the field, "" for the outermost one."""
    return path.rpartition(".")[0]


def beside(path: str, others: Iterable[str]) -> frozenset[str]:
    """Returns the names of those fields that are declared in the same record as the one at `path`."""
    return frozenset(it.rpartition(".")[2] for it in others if parent(it) == parent(path))


def at_or_below(path: str, top: str) -> bool:
    """Tells whether a path is `top` or lies inside it."""
    return path == top or (path.startswith(top) and path[len(top)] in ".[{")


def stand_ins(path: str, version: SchemaVersion, base: Mapping[str, str] | frozenset[str]) -> tuple[str, ...]:
    """Returns the fields beside `path` that the base did not have: one of them may carry its value."""
    return tuple(
        field.path for field in version.fields if parent(field.path) == parent(path) and field.path not in base
    )
