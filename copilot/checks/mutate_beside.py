"""Mutations that leave what was asked as it is, and break something else in the record that the patch touches.

They need nothing but a record with other fields, so they can be made of the smallest patch in the smallest repository.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from copilot.checks.mutant import Mutant, Mutants, edits_of, fields_of_record, with_phases
from copilot.domain.alternative import Alternative, Phase, SchemaAction, SchemaEdit
from copilot.domain.fieldtype import base_kind, enum_of, parsed, without_null
from copilot.domain.schema import SchemaField
from copilot.ports import Case, Tree

NEW_FIELD = "unasked"
_Other = Callable[[SchemaField], tuple[SchemaAction, str, str] | None]
"""Gives the action, name and value of an edit that breaks a field; None where that can't be done to it."""


def field_dropped(field: SchemaField) -> tuple[SchemaAction, str, str] | None:
    """The field is gone."""
    return "remove_field", "", ""


def field_renamed(field: SchemaField) -> tuple[SchemaAction, str, str] | None:
    """The field has another name, and nothing says so."""
    return "rename_field", "", json.dumps(f"{field.name}_{NEW_FIELD}")


def field_retyped(field: SchemaField) -> tuple[SchemaAction, str, str] | None:
    """The field has a type that takes none of its values; one that other fields may name is left alone."""
    kind = without_null(parsed(field.type))
    if isinstance(kind, list) or enum_of(kind) is not None or base_kind(kind) in ("record", "fixed"):
        return None
    return "set_type", "", json.dumps("boolean" if base_kind(kind) != "boolean" else "string")


def symbol_dropped(field: SchemaField) -> tuple[SchemaAction, str, str] | None:
    """The field's enum lacks its last symbol."""
    enum = enum_of(parsed(field.type))
    symbols = list(enum.get("symbols", ())) if enum else []
    return ("remove_symbol", "", json.dumps(symbols[-1])) if len(symbols) > 1 else None


def beside(other: _Other) -> Mutants:
    """Returns the mutation that also breaks another field of each record that is edited, wherever that record is edited."""

    def mutants(case: Case, tree: Tree) -> Iterator[Mutant]:
        for record, fields in _beside(case):
            for field in fields:
                broken = other(field)
                if broken is not None:
                    action, name, value = broken
                    edits = [
                        SchemaEdit(it.source, action, record, field.name, name, value) for it in _places(case, record)
                    ]
                    yield Mutant(f"{edits[0].source.path}: {field.name} too", _with_more(case, edits))

    return mutants


def required_field_added(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A field that nobody asked for, without a default."""
    for record, fields in _beside(case):
        if fields:
            value = json.dumps({"name": NEW_FIELD, "type": "string"})
            edits = [SchemaEdit(it.source, "add_field", record, NEW_FIELD, "", value) for it in _places(case, record)]
            yield Mutant(f"{edits[0].source.path}: {NEW_FIELD} too", _with_more(case, edits))


def record_renamed(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The record has another name, and nothing says so."""
    for record, fields in _beside(case):
        if fields:
            value = json.dumps(f"{record}{NEW_FIELD.title()}")
            edits = [SchemaEdit(it.source, "rename_type", record, "", "", value) for it in _places(case, record)]
            yield Mutant(f"{edits[0].source.path}: {record} too", _with_more(case, edits))


def _beside(case: Case) -> Iterator[tuple[str, list[SchemaField]]]:
    """Yields the records that are edited, each with its fields that no edit and no word of the request is about."""
    edits = [
        it
        for it in edits_of(case.alternative)
        if isinstance(it, SchemaEdit) and it.record and it.action != "rename_type"
    ]
    asked = {it.field for it in edits} | {getattr(it, "field", "") for it in case.request.operations}
    for record in dict.fromkeys(it.record for it in edits):
        yield record, [it for it in fields_of_record(record, case) if it.name not in asked]


def _places(case: Case, record: str) -> list[SchemaEdit]:
    """Returns one edit for each text in which the record is edited."""
    edits = (it for it in edits_of(case.alternative) if isinstance(it, SchemaEdit) and it.record == record)
    return list({it.source: it for it in edits}.values())


def _with_more(case: Case, edits: list[SchemaEdit]) -> Alternative:
    def of(phase: Phase) -> Phase:
        sources = {it.source for it in phase.edits if isinstance(it, SchemaEdit)}
        return replace(phase, edits=(*phase.edits, *(it for it in edits if it.source in sources)))

    return with_phases(case.alternative, map(of, case.alternative.phases))
