"""Mutations of schema edits: defaults, aliases, symbols, words, and the wrong field, copy or schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from copilot.checks.mutant import (
    Mutant,
    edits_of,
    field_at,
    is_words,
    place_of,
    sibling_of,
    with_edits,
    without,
)
from copilot.domain.alternative import Edit, SchemaAction, SchemaEdit
from copilot.domain.fieldtype import base_kind, enum_of, parsed
from copilot.domain.operation import ChangeDoc, ConstrainField, Deprecate, TagField
from copilot.ports import Case, Tree

_OF_WORDS = (ChangeDoc, ConstrainField, Deprecate, TagField)
"""What is asked for where a doc or a mark is the change itself."""
_SYMBOL_ACTIONS: tuple[SchemaAction, ...] = ("add_symbol", "remove_symbol", "rename_symbol")


def default_dropped(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The edit without the default that it gives."""
    if not isinstance(edit, SchemaEdit):
        return
    if _sets(edit, "default"):
        yield None
    elif edit.action == "add_field" and "default" in (written := json.loads(edit.value)):
        yield _with(edit, {key: value for key, value in written.items() if key != "default"})


def default_wrong(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """Another default that the type takes; null is left alone, as a union takes no other value there."""
    if not isinstance(edit, SchemaEdit):
        return
    if _sets(edit, "default"):
        field = field_at(edit, case)
        for other in _other_values(json.loads(edit.value), parsed(field.type) if field else None):
            yield _with(edit, other)
    elif edit.action == "add_field" and "default" in (written := json.loads(edit.value)):
        for other in _other_values(written["default"], written["type"]):
            yield _with(edit, written | {"default": other})


def default_mistyped(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The default as a text where it is none, and as a number where it is one."""
    if isinstance(edit, SchemaEdit):
        if _sets(edit, "default"):
            yield _with(edit, _mistyped(json.loads(edit.value)))
        elif edit.action == "add_field" and "default" in (written := json.loads(edit.value)):
            yield _with(edit, written | {"default": _mistyped(written["default"])})


def property_misspelt(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """A property under a name that no parser knows, and that all of them take."""
    properties = ("set_property", "set_type_property", "set_enum_property")
    if isinstance(edit, SchemaEdit) and edit.action in properties and _is_meant(edit, case):
        yield replace(edit, name=f"{edit.name}_x")


def words_wrong(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """Other words, or another mark, than was asked for; a number in them is off by one."""
    if isinstance(edit, SchemaEdit) and is_words(edit) and _is_meant(edit, case):
        yield from (_with(edit, other) for other in _other_words(json.loads(edit.value)))


def alias_dropped(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The edit without all earlier names."""
    if isinstance(edit, SchemaEdit) and _aliases(edit):
        yield None if edit.action != "add_field" else _with(edit, _without_key(edit, "aliases"))


def earlier_name_left_out(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """One name fewer where there are several."""
    if isinstance(edit, SchemaEdit) and edit.action != "add_field" and len(names := _aliases(edit)) > 1:
        yield from (_with(edit, [it for it in names if it != name]) for name in names)


def aliases_swapped(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The aliases of a field at a sibling of its type."""
    for edit in edits_of(case.alternative):
        if isinstance(edit, SchemaEdit) and edit.action == "set_property" and _aliases(edit):
            sibling = sibling_of(edit, case)
            if sibling:
                other = replace(edit, field=sibling.name)
                yield Mutant(f"{place_of(edit)}, at {sibling.name}", with_edits(case.alternative, {edit: other}))


def symbol_off_by_one(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The symbol beside the one that is meant."""
    if not isinstance(edit, SchemaEdit):
        return
    if edit.action == "add_symbol":
        yield _with(edit, json.loads(edit.value) + "_2")
    elif edit.action == "rename_symbol":
        yield from (replace(edit, name=other) for other in _neighbours(edit.name, edit, case))
    elif edit.action == "remove_symbol" or (edit.action == "set_enum_property" and edit.name == "default"):
        yield from (_with(edit, other) for other in _neighbours(json.loads(edit.value), edit, case))


def symbol_forgotten(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """No edit of the symbols at all."""
    if isinstance(edit, SchemaEdit) and edit.action in _SYMBOL_ACTIONS:
        yield None


def enum_default_dropped(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The enum without what readers fall back on."""
    if isinstance(edit, SchemaEdit) and edit.action == "set_enum_property" and edit.name == "default":
        yield None


def other_schema_edited(case: Case, tree: Tree) -> Iterator[Mutant]:
    """All edits of one schema text made in that of another subject."""
    own = _schema_edits(case)
    touched = {it.source.path for it in own}
    others = [
        it.latest
        for it in case.base.subjects
        if it.latest.source.path not in touched and it.latest.source.host == "file"
    ]
    for edit in own[:1]:
        for other in others[:1]:
            moved: dict[Edit, Edit | None] = {
                it: replace(it, source=other.source, record=other.name) for it in own if it.source == edit.source
            }
            yield Mutant(f"{edit.source.path} taken for {other.source.path}", with_edits(case.alternative, moved))


def sibling_edited(case: Case, tree: Tree) -> Iterator[Mutant]:
    """All edits of a field made at a sibling of its type."""
    for target in dict.fromkeys((it.record, it.field) for it in _schema_edits(case) if it.action != "add_field"):
        own = [it for it in _schema_edits(case) if (it.record, it.field) == target and it.action != "add_field"]
        sibling = sibling_of(own[0], case)
        # A mark that a strategy sets beside what was asked is for people to read, and breaks nothing elsewhere either.
        if sibling and not (all(map(is_words, own)) and not _is_about(target[1], case)):
            moved: dict[Edit, Edit | None] = {it: replace(it, field=sibling.name) for it in own}
            yield Mutant(f"{target[1]} taken for {sibling.name}", with_edits(case.alternative, moved))


def name_misspelt(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """Another new name than was asked for."""
    if not isinstance(edit, SchemaEdit):
        return
    if edit.action in ("rename_field", "rename_type"):
        yield _with(edit, json.loads(edit.value) + "_x")
    elif edit.action == "add_field":
        written = json.loads(edit.value)
        yield replace(edit, field=f"{edit.field}_x", value=json.dumps(written | {"name": f"{written['name']}_x"}))


def order_off_by_one(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """Two neighbours of a new order exchanged."""
    if isinstance(edit, SchemaEdit) and edit.action in ("reorder_fields", "reorder_symbols"):
        names = json.loads(edit.value)
        yield _with(edit, [names[1], names[0], *names[2:]])


def words_dropped(case: Case, tree: Tree) -> Iterator[Mutant]:
    """What a person asked to be said, forgotten at one place of the schema, or at all."""
    if any(isinstance(it, Deprecate | ChangeDoc) for it in case.request.operations):
        words = [it for it in _schema_edits(case) if is_words(it)]
        places = dict.fromkeys(it.source for it in words)
        yield from without("nothing is said", case, words)
        if len(places) > 1:
            for source in places:
                yield from without(
                    f"nothing is said in {source.path}", case, (it for it in words if it.source == source)
                )


def copy_forgotten(case: Case, tree: Tree) -> Iterator[Mutant]:
    """One of several places of the schema left as it is."""
    places = dict.fromkeys(it.source for it in _schema_edits(case))
    if len(places) > 1:
        for source in places:
            dropped = [it for it in _schema_edits(case) if it.source == source]
            yield from without(f"{source.path} left as it is", case, dropped)


def renamed_in_code_only(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The code of a new name, and the schema of the old one."""
    renames = [it for it in _schema_edits(case) if it.action == "rename_field"]
    own = {(it.record, it.field) for it in renames}
    if renames and len(case.alternative.phases) == 1:
        dropped = [it for it in _schema_edits(case) if (it.record, it.field) in own]
        yield from without(f"no schema renames {renames[0].field}", case, dropped)


def _schema_edits(case: Case) -> list[SchemaEdit]:
    return [it for it in edits_of(case.alternative) if isinstance(it, SchemaEdit)]


def _is_about(field: str, case: Case) -> bool:
    """Tells whether the request is about the words of that field."""
    return any(isinstance(it, Deprecate | ChangeDoc) and it.field == field for it in case.request.operations)


def _is_meant(edit: SchemaEdit, case: Case) -> bool:
    """Tells whether a property is what was asked for, or what readers need of it, and no mark that a strategy sets beside it."""
    is_about = any(edit.field in (it.field, "") and isinstance(it, _OF_WORDS) for it in case.request.operations)
    return not is_words(edit) or is_about


def _mistyped(value: Any) -> Any:
    return 7 if isinstance(value, str) else json.dumps(value)


def _other_words(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield f"{value} x"
    elif isinstance(value, dict):
        for key, own in value.items():
            if isinstance(own, int | float) and not isinstance(own, bool):
                yield value | {key: own + 1}


def _sets(edit: SchemaEdit, name: str) -> bool:
    return edit.action == "set_property" and edit.name == name


def _aliases(edit: SchemaEdit) -> list[str]:
    if edit.action in ("set_property", "set_type_property"):
        return json.loads(edit.value) if edit.name == "aliases" else []
    return json.loads(edit.value).get("aliases", []) if edit.action == "add_field" else []


def _with(edit: SchemaEdit, value: Any) -> SchemaEdit:
    return replace(edit, value=json.dumps(value))


def _without_key(edit: SchemaEdit, key: str) -> dict[str, Any]:
    return {name: value for name, value in json.loads(edit.value).items() if name != key}


def _neighbours(symbol: str, edit: SchemaEdit, case: Case) -> Iterable[str]:
    """Returns the symbol after this one, the one before it for the last; none where there is no other."""
    field = field_at(edit, case)
    symbols = list((enum_of(parsed(field.type)) or {}).get("symbols", ())) if field else []
    others = [it for it in symbols if it != symbol]
    if not others:
        return ()
    place = symbols.index(symbol) if symbol in symbols else -1
    return (symbols[place + 1] if place + 1 < len(symbols) else others[-1],)


def _other_values(value: Any, kind: Any) -> Iterator[Any]:
    enum = enum_of(kind) if kind is not None else None
    if enum is not None and value in enum.get("symbols", ()):
        yield from (symbol for symbol in enum["symbols"] if symbol != value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str) and (kind is None or base_kind(kind) in ("string", "bytes", "union")):
        yield f"{value}x"
