"""What changes although the compatibility rules allow it: units, scales, defaults, logical types, precision, names.

Each is said of data that one schema wrote and another reads, whichever of the two is the newer; what only the course of time makes
worth saying (a default that goes, say) is left out where the older one reads.
Errors change values in at least one real reader for certain, warnings where data or readers are of the kind named, notes inform.
Compares two versions only: a name that an earlier version used and that comes back needs the whole history.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from copilot.domain.evidence import Finding
from copilot.domain.units import name_unit_changes, unit_changes
from copilot.formats.avro.fields_moved import laid_elsewhere, shown, silent_renames
from copilot.formats.avro.rules import Walk, source_fields
from copilot.formats.avro.type_changes import (
    Change,
    logical_type_changes,
    name_changes,
    promotion_changes,
    symbol_changes,
)
from copilot.formats.avro.types import NO_DEFAULT, Field, Type, graph_of

_SENTINELS = frozenset(
    {"-1", "-9", "-99", "-999", "-9999", "999", "9999", "99999", "-1.0", "-99.0", "-999.0", "-9999.0"}
    | {'"N/A"', '"n/a"', '"NA"', '"unknown"', '"UNKNOWN"', '"none"', '"null"', '"-"', '"1970-01-01"'}
)

if TYPE_CHECKING:
    from copilot.domain.schema import SchemaVersion
_PLAIN_VALUES = frozenset({"0", "0.0", '""', "false"})


def meaning_changes(old: SchemaVersion, new: SchemaVersion) -> tuple[Finding, ...]:
    """Returns what reading with `new` what `old` wrote changes in meaning; paths and lines are those of `new`."""
    if old.meaning == new.meaning:
        return ()
    changes = tuple(dict.fromkeys(changes_of(graph_of(old.resolved), graph_of(new.resolved))))
    spans = {field.path: field.span for field in reversed(new.fields)}
    return tuple(
        Finding(
            rule=rule,
            severity=severity,
            message=message,
            span=spans.get(path.rstrip("[]{}"), new.source.span),
            subject=new.subject,
            path=path,
            fix=fix,
        )
        for rule, severity, path, message, fix in changes
    )


def changes_of(written: Type, read: Type, *, is_newer: bool = True) -> Iterator[Change]:
    """Yields what reading with `read` what `written` wrote changes in meaning, some of it more than once.

    `is_newer` tells whether the schema that reads is the later one of the two.
    """
    return _Comparison(is_newer=is_newer).types(written, read, "")


class _Comparison:
    def __init__(self, *, is_newer: bool) -> None:
        self._is_newer = is_newer
        self._seen: set[tuple[int, int]] = set()

    def types(self, old: Type, new: Type, path: str) -> Iterator[Change]:
        if (old is new and old.is_plain) or (id(old), id(new)) in self._seen:
            return
        self._seen.add((id(old), id(new)))
        if old.kind == "union" or new.kind == "union":
            for before, after in _paired_branches(old, new):
                yield from self.types(before, after, path)
            return
        if old.kind != new.kind:
            yield from promotion_changes(old, new, path)
            return
        yield from logical_type_changes(old, new, path)
        yield from name_changes(old, new, path, is_newer=self._is_newer)
        if old.kind == "enum":
            yield from symbol_changes(old, new, path, is_newer=self._is_newer)
        elif old.kind == "record":
            yield from self._fields(old, new, path)
        elif old.inner is not None and new.inner is not None:
            yield from self.types(old.inner, new.inner, path + ("[]" if old.kind == "array" else "{}"))

    def _fields(self, old: Type, new: Type, path: str) -> Iterator[Change]:
        fed: set[str] = set()
        added: list[Field] = []
        for field in new.fields:
            if old.by_name.get(field.name) is field and field.type.is_plain and not field.aliases:
                fed.add(field.name)
                continue
            field_path = f"{path}.{field.name}" if path else field.name
            sources = source_fields(field, old)
            if not sources:
                added.append(field)
                yield from _filled_in(field, field_path)
                if self._is_newer:
                    yield from _misplaced_default(field, field_path)
                continue
            fed.add(sources[0].name)
            if sources[0] is not field:
                yield from _field(sources[0], field, field_path)
            if sources[0] is not field and self._is_newer:
                yield from _taken_back(sources[0], field, field_path)
            yield from self.types(sources[0].type, field.type, field_path)
        removed = [field for field in old.fields if field.name not in fed]
        yield from silent_renames(removed, added, (old, new), path, is_newer=self._is_newer)
        yield from laid_elsewhere(removed, added, path)
        yield from _reused_names(new, path)


def _field(written: Field, read: Field, path: str) -> Iterator[Change]:
    if written.name != read.name:
        message = (
            f'"{path}" takes its values from "{written.name}" by alias; readers that ignore aliases don\'t see them.'
        )
        fix = "Check that every consumer decodes with an implementation that honours aliases."
        yield "avro.alias-needed", "note", path, message, fix
    for dimension, before, after in name_unit_changes(written.name, read.name):
        message = f'"{written.name}" of the data says {before} and gives its values as they are to "{path}", which says {after} '
        message += f"({dimension}), whichever decoder reads it."
        yield "avro.name-unit-changed", "warning", path, message, "Give the other unit a field of its own."
    for dimension, before, after in unit_changes(written.doc, read.doc) if written.doc != read.doc else ():
        message = f'The doc of "{path}" says {before} in the schema of the data and {after} in the one that reads it '
        message += f"({dimension}): the values come as they were written, which no decoder notices."
        fix = "Give the other unit a field of its own, with the unit in its name."
        yield "avro.doc-unit-changed", "warning", path, message, fix


def _taken_back(old: Field, new: Field, path: str) -> Iterator[Change]:
    """What an older schema said for data that is older still, and the newer one says no longer, or otherwise."""
    lost = [alias for alias in old.aliases if alias not in new.aliases and alias != new.name]
    if lost:
        message = f'The schema that reads "{path}" lacks the alias {", ".join(lost)}, which that of the data has: data from before '
        message += "that rename is not found."
        yield "avro.alias-removed", "warning", path, message, "Keep all earlier names as aliases."
    before, now = (None if it.default is NO_DEFAULT else shown(it.default) for it in (old, new))
    if before == now:
        return
    if now is None:
        message = f'"{path}" has the default {before} in the schema of the data, and none in the one that reads it: other data, '
        message += "which lacks the field, can't be read any more."
        yield "avro.default-removed", "warning", path, message, "Keep the default as long as such data is there."
    elif before is not None:
        message = (
            f'Data without "{path}" reads as {now} with the schema that reads here, as {before} with that of this data.'
        )
        fix = "Check what consumers do with the value for data that never had the field."
        yield "avro.default-changed", "warning", path, message, fix
    yield from _filled_in(new, path)
    yield from _misplaced_default(new, path)


def _filled_in(field: Field, path: str) -> Iterator[Change]:
    value = None if field.default is NO_DEFAULT else shown(field.default)
    # A symbol that says that nothing is known is honest.
    if value in _SENTINELS and field.type.kind != "enum":
        effect = (
            "is counted and grouped as any other text" if isinstance(field.default, str) else "enters sums and averages"
        )
        message = f'Data without "{path}" reads as {value}, by which people mean "missing": it {effect}.'
        yield "avro.default-is-sentinel", "warning", path, message, "Use a union with null, and null as the default."
    elif value in _PLAIN_VALUES:
        message = f'Data without "{path}" reads as {value}, which readers can\'t tell from a value that was written.'
        yield "avro.default-looks-written", "note", path, message, "Use a union with null where the difference matters."


def _misplaced_default(field: Field, path: str) -> Iterator[Change]:
    first = field.type.branches[0] if field.type.branches else None
    if field.default is NO_DEFAULT or first is None or (first.kind == "null") == (field.default is None):
        return
    message = f'The default {shown(field.default)} of "{path}" is not of the first branch of its union ({first.label}).'
    fix = "Put the branch of the default first; Avro for Java and for JavaScript may refuse the schema otherwise."
    yield "avro.default-not-of-first-branch", "warning", path, message, fix


def _reused_names(new: Type, path: str) -> Iterator[Change]:
    for field in new.fields:
        for alias in field.aliases:
            if alias in new.by_name and alias != field.name:
                field_path = f"{path}.{field.name}" if path else field.name
                message = f'"{alias}" is an alias of "{field_path}" and a field too: readers disagree on which one gets the value.'
                yield (
                    "avro.name-reused",
                    "warning",
                    field_path,
                    message,
                    f'Drop the alias, or give the field "{alias}" another name.',
                )


def _paired_branches(old: Type, new: Type) -> Iterator[tuple[Type, Type]]:
    """Pairs the branches that readers would pair: the same kind (and name), else the first that takes it by promotion."""
    branches = new.branches if new.kind == "union" else (new,)
    for before in old.branches if old.kind == "union" else (old,):
        same = [after for after in branches if after.kind == before.kind]
        named = [after for after in same if after.short == before.short or before.name in after.aliases]
        # Of several records, none is this one under another name.
        alone = same if len(same) == 1 else []
        fitting = named or alone or [after for after in branches if not Walk().reasons(after, before, "")]
        if fitting:
            yield before, fitting[0]
