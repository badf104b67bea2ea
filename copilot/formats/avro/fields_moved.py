"""Which field that the data lacks may be another one of it, under a new name or in another record? Names and types tell, no proof.

A part of `meaning`: decoders know nothing of such a move, and give the default.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from copilot.formats.avro.rules import Walk
from copilot.formats.avro.type_changes import Change
from copilot.formats.avro.types import NO_DEFAULT, Field, Type

SIMILAR_NAMES_MIN = 0.5


def silent_renames(
    removed: list[Field], added: list[Field], types: tuple[Type, Type], path: str, *, is_newer: bool
) -> Iterator[Change]:
    """Yields the fields that look renamed and are read as their default; `types` are the records of data and reader."""
    earlier = _likely_renames(removed, added, *types) if removed and added else {}
    for field in added:
        gone = earlier.get(field.name)
        if gone is None or field.default is NO_DEFAULT:
            continue
        field_path = f"{path}.{field.name}" if path else field.name
        message = f'The data has "{gone}", and the schema that reads it has "{field.name}" instead, with a default: '
        message += (
            f"if it is a rename, {shown(field.default)} is read instead of the value, whichever decoder reads it."
        )
        fix = f'Add "{gone}" to the aliases of "{field.name}", or write both until no such data is left.'
        if not is_newer:
            fix = f'Write "{field.name}" too while such readers are left.'
        yield "avro.rename-loses-values", "warning", field_path, message, fix


def _between(record: Type) -> dict[str, tuple[str, str]]:
    """Returns the names before and after each field: of one that is replaced alone they stay, and of many they tell nothing."""
    names = ["", *(field.name for field in record.fields), ""]
    return {name: (names[place], names[place + 2]) for place, name in enumerate(names[1:-1])}


def laid_elsewhere(removed: list[Field], added: list[Field], path: str) -> Iterator[Change]:
    """Yields the fields that went into a record, or came out of one: to decoders it is another field, which the data lacks."""
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
                    f'The data has "{was}", and the schema that reads it has "{now}" instead, with a default: if it is '
                )
                message += f"the same value in another place, {shown(field.default)} is read instead, whichever decoder reads it."
                fix = "Write both shapes for a while; an alias reaches no field of another record."
                yield "avro.move-loses-values", "warning", field_path, message, fix


def _likely_renames(removed: list[Field], added: list[Field], old: Type, new: Type) -> dict[str, str]:
    """Returns the earlier name of each field that another one may have become: the most alike first, and each in one pair only."""
    # Most pairs have no such fields, and start without it.
    from difflib import SequenceMatcher

    before, after = _between(old), _between(new)
    likely = []
    for field in added:
        names = SequenceMatcher(None, "", field.name.lower())
        for gone in removed:
            names.set_seq1(gone.name.lower())
            is_same_place = before[gone.name] == after[field.name]
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


def _inner(field: Field) -> list[Field]:
    """The fields of the record that a field is, or can be."""
    kinds = field.type.branches if field.type.kind == "union" else (field.type,)
    return [inner for kind in kinds if kind.kind == "record" for inner in kind.fields]


def _is_called_after(beside: Field, holder: Field, inner: Field) -> bool:
    """Tells whether a field beside a record has the name of one inside it: "x", "part_x" or "partX" for `part.x`."""
    plain, around, within = (it.name.lower().replace("_", "") for it in (beside, holder, inner))
    return plain in (within, around + within)


def shown(default: Any) -> str:
    """Returns a default as JSON, as it is shown."""
    return json.dumps(default, ensure_ascii=False, sort_keys=True)
