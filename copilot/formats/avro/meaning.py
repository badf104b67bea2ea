"""What changes although the compatibility rules allow it: units, scales, defaults, logical types, precision, names.

Errors change values in at least one real reader for certain, warnings where data or readers are of the kind named, notes inform.
Compares two versions only: a name that an earlier version used and that comes back needs the whole history.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from copilot.domain.evidence import Finding
from copilot.domain.units import name_unit_changes, unit_changes
from copilot.formats.avro.rules import Walk, source_fields
from copilot.formats.avro.type_changes import (
    Change,
    logical_type_changes,
    name_changes,
    promotion_changes,
    symbol_changes,
)
from copilot.formats.avro.types import NO_DEFAULT, Field, Type, graph_of

SIMILAR_NAMES_MIN = 0.5
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


def changes_of(old: Type, new: Type) -> Iterator[Change]:
    """Yields what reading with `new` what `old` wrote changes in meaning, some of it more than once."""
    return _Comparison().types(old, new, "")


class _Comparison:
    def __init__(self) -> None:
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
        yield from name_changes(old, new, path)
        if old.kind == "enum":
            yield from symbol_changes(old, new, path)
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
                yield from _default_of_new(field, field_path)
                continue
            fed.add(sources[0].name)
            if sources[0] is not field:
                yield from _field(sources[0], field, field_path)
            yield from self.types(sources[0].type, field.type, field_path)
        removed = [field for field in old.fields if field.name not in fed]
        yield from _silent_renames(removed, added, old, new, path)
        yield from _laid_elsewhere(removed, added, path)
        yield from _reused_names(new, path)


def _field(old: Field, new: Field, path: str) -> Iterator[Change]:
    if old.name != new.name:
        message = f'"{path}" takes its values from "{old.name}" by alias; readers that ignore aliases don\'t see them.'
        fix = "Check that every consumer decodes with an implementation that honours aliases."
        yield "avro.alias-needed", "note", path, message, fix
        yield from _name_units(old.name, new.name, path)
    lost = [alias for alias in old.aliases if alias not in new.aliases and alias != new.name]
    if lost:
        message = (
            f'"{path}" no longer has the alias {", ".join(lost)}: values of older data under that name are not found.'
        )
        yield "avro.alias-removed", "warning", path, message, "Keep all earlier names as aliases."
    yield from _default(old, new, path)
    for dimension, before, after in unit_changes(old.doc, new.doc) if old.doc != new.doc else ():
        message = f'The doc of "{path}" changes its {dimension} from {before} to {after}; data that is there keeps the old one, '
        message += "which no decoder notices."
        fix = "Add a new field with the unit in its name instead of giving the old name a new meaning."
        yield "avro.doc-unit-changed", "warning", path, message, fix


def _name_units(old: str, new: str, path: str) -> Iterator[Change]:
    for dimension, before, after in name_unit_changes(old, new):
        message = f'"{old}" gives its values to "{path}" as they are, whose name says {after} instead of {before} ({dimension}), '
        message += "whichever decoder reads it."
        yield "avro.name-unit-changed", "warning", path, message, "Write a field of its own in the new unit."


def _default(old: Field, new: Field, path: str) -> Iterator[Change]:
    if old.default is NO_DEFAULT:
        if new.default is not NO_DEFAULT:
            yield from _default_of_new(new, path)
        return
    before = _json(old.default)
    if new.default is NO_DEFAULT:
        message = f'"{path}" loses its default {before}: data from before the field can no longer be read.'
        yield "avro.default-removed", "warning", path, message, "Keep the default as long as such data is there."
    elif _json(new.default) != before:
        message = f'Data without "{path}" now reads as {_json(new.default)}, before as {before}.'
        fix = "Check what consumers do with the value for data that never had the field."
        yield "avro.default-changed", "warning", path, message, fix
        yield from _default_of_new(new, path)


def _default_of_new(field: Field, path: str) -> Iterator[Change]:
    if field.default is NO_DEFAULT:
        return
    value = _json(field.default)
    if value in _SENTINELS:
        message = (
            f'The default of "{path}" is {value}, a value by which people mean "missing": it enters sums and averages.'
        )
        yield "avro.default-is-sentinel", "warning", path, message, "Use a union with null, and null as the default."
    elif value in _PLAIN_VALUES:
        message = f'The default of "{path}" is {value}; readers can\'t tell it from a value that was written.'
        yield "avro.default-looks-written", "note", path, message, "Use a union with null where the difference matters."
    first = field.type.branches[0] if field.type.branches else None
    if first is not None and (first.kind == "null") != (field.default is None):
        message = f'The default {value} of "{path}" is not of the first branch of its union ({first.label}).'
        fix = "Put the branch of the default first; Avro for Java and for JavaScript may refuse the schema otherwise."
        yield "avro.default-not-of-first-branch", "warning", path, message, fix


def _silent_renames(removed: list[Field], added: list[Field], old: Type, new: Type, path: str) -> Iterator[Change]:
    earlier = _likely_renames(removed, added, old, new) if removed and added else {}
    for field in added:
        gone = earlier.get(field.name)
        if gone is None or field.default is NO_DEFAULT:
            continue
        field_path = f"{path}.{field.name}" if path else field.name
        message = (
            f'"{gone}" goes and "{field.name}" comes with a default: if it is a rename, '
            f"old data reads as {_json(field.default)} instead of its value, whichever decoder reads it."
        )
        fix = f'Add "{gone}" to the aliases of "{field.name}", or write both until old data is gone.'
        yield "avro.rename-loses-values", "warning", field_path, message, fix


def _likely_renames(removed: list[Field], added: list[Field], old: Type, new: Type) -> dict[str, str]:
    """Returns the earlier name of each field that another one may have become: the most alike first, and each in one pair only."""
    # Most pairs have no such fields, and start without it.
    from difflib import SequenceMatcher

    places = {field.name: place for place, field in enumerate(old.fields)}
    likely = []
    for field in added:
        place = new.fields.index(field)
        names = SequenceMatcher(None, "", field.name.lower())
        for gone in removed:
            names.set_seq1(gone.name.lower())
            is_same_place = places[gone.name] == place
            if not is_same_place and names.quick_ratio() < SIMILAR_NAMES_MIN:
                continue
            ratio = names.ratio()
            if (is_same_place or ratio >= SIMILAR_NAMES_MIN) and not Walk().reasons(field.type, gone.type, ""):
                likely.append((ratio, is_same_place, gone.name, field.name))
    found: dict[str, str] = {}
    paired: set[str] = set()
    for _, _, was, now in sorted(likely, key=lambda it: it[:2], reverse=True):
        if now not in found and was not in paired:
            found[now] = was
            paired.add(was)
    return found


def _laid_elsewhere(removed: list[Field], added: list[Field], path: str) -> Iterator[Change]:
    """A field that goes into a record, or comes out of one: to decoders it is another field, which has its default in old data."""
    for field in added:
        if field.default is NO_DEFAULT:
            continue
        for gone in removed:
            out = [
                (f"{gone.name}.{it.name}", field.name)
                for it in _inner(gone)
                if _is_called_after(field, gone, it) and not Walk().reasons(field.type, it.type, "")
            ]
            into = [
                (gone.name, f"{field.name}.{it.name}")
                for it in _inner(field)
                if _is_called_after(gone, field, it) and not Walk().reasons(it.type, gone.type, "")
            ]
            for was, now in (*out, *into):
                field_path = f"{path}.{field.name}" if path else field.name
                message = (
                    f'"{was}" goes and "{now}" comes with a default: if it is the same value in another place, '
                    f"old data reads as {_json(field.default)} instead of it, whichever decoder reads it."
                )
                fix = "Write both shapes until old data is gone; an alias reaches no field of another record."
                yield "avro.move-loses-values", "warning", field_path, message, fix


def _inner(field: Field) -> list[Field]:
    """The fields of the record that a field is, or can be."""
    kinds = field.type.branches if field.type.kind == "union" else (field.type,)
    return [inner for kind in kinds if kind.kind == "record" for inner in kind.fields]


def _is_called_after(beside: Field, holder: Field, inner: Field) -> bool:
    """Tells whether a field beside a record has the name of one inside it: "x", "part_x" or "partX" for `part.x`."""
    plain, around, within = (it.name.lower().replace("_", "") for it in (beside, holder, inner))
    return plain in (within, around + within)


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
        fitting = named or same or [after for after in branches if not Walk().reasons(after, before, "")]
        if fitting:
            yield before, fitting[0]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
