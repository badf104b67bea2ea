"""Mutations that leave what was asked as it is, and break something else in the record that the patch touches, or in its code.

They need nothing but a record with other fields, so they can be made of the smallest patch in the smallest repository.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from copilot.checks.mutant import Mutant, Mutants, edits_of, fields_of_record, with_more
from copilot.domain.alternative import CodeEdit, SchemaAction, SchemaEdit
from copilot.domain.fieldtype import base_kind, enum_of, parsed, without_null
from copilot.domain.schema import SchemaField, SchemaSource
from copilot.ports import Case, Tree

NEW_FIELD = "unasked"
_Other = Callable[[SchemaField], tuple[SchemaAction, str] | None]
"""Gives the action and value of an edit that breaks a field; None where that can't be done to it."""


def field_dropped(field: SchemaField) -> tuple[SchemaAction, str] | None:
    """The field is gone."""
    return "remove_field", ""


def field_renamed(field: SchemaField) -> tuple[SchemaAction, str] | None:
    """The field has another name, and nothing says so."""
    return "rename_field", json.dumps(f"{field.name}_{NEW_FIELD}")


def field_retyped(field: SchemaField) -> tuple[SchemaAction, str] | None:
    """The field has a type that takes none of its values; one that other fields may name is left alone."""
    kind = without_null(parsed(field.type))
    if isinstance(kind, list) or enum_of(kind) is not None or base_kind(kind) in ("record", "fixed"):
        return None
    return "set_type", json.dumps("boolean" if base_kind(kind) != "boolean" else "string")


def symbol_dropped(field: SchemaField) -> tuple[SchemaAction, str] | None:
    """The field's enum lacks its last symbol."""
    enum = enum_of(parsed(field.type))
    symbols = list(enum.get("symbols", ())) if enum else []
    return ("remove_symbol", json.dumps(symbols[-1])) if len(symbols) > 1 else None


def beside(other: _Other) -> Mutants:
    """Returns the mutation that also breaks another field of each record that is edited, wherever that record is edited."""

    def mutants(case: Case, tree: Tree) -> Iterator[Mutant]:
        for record, fields in _beside(case):
            for field in fields:
                broken = other(field)
                if broken is not None:
                    yield _too(case, record, field.name, broken[0], field.name, broken[1])

    return mutants


def required_field_added(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A field that nobody asked for, without a default."""
    value = json.dumps({"name": NEW_FIELD, "type": "string"})
    for record, fields in _beside(case):
        if fields:
            yield _too(case, record, NEW_FIELD, "add_field", NEW_FIELD, value)


def record_renamed(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The record has another name, and nothing says so."""
    for record, fields in _beside(case):
        if fields:
            yield _too(case, record, record, "rename_type", "", json.dumps(f"{record}{NEW_FIELD.title()}"))


def use_renamed(*, is_write: bool) -> Mutants:
    """Returns the mutation that writes, or reads, another field under a new name, in one certain place of code."""

    def mutants(case: Case, tree: Tree) -> Iterator[Mutant]:
        subjects = _subjects(case)
        asked = _asked(case)
        for use in sorted(case.base.uses, key=lambda it: (it.span.path, it.offset)):
            is_meant = use.subject in subjects and use.name not in asked and use.is_write == is_write
            if (
                is_meant
                and use.form in ("literal", "subscript", "get")
                and use.certainty == "certain"
                and not use.is_test
            ):
                edit = CodeEdit(use.span.path, use.offset, "rename_key", use.name, f"{use.name}_{NEW_FIELD}")
                yield Mutant(f"{use.span}: {use.name} too", with_more(case.alternative, [edit]))

    return mutants


def _beside(case: Case) -> Iterator[tuple[str, list[SchemaField]]]:
    """Yields the records that are edited, each with its fields that no edit and no word of the request is about.

    Where no schema is edited, these are the records that the request is about.
    """
    asked = _asked(case)
    for record in dict.fromkeys(_records(case)):
        yield record, [it for it in fields_of_record(record, case) if it.name not in asked]


def _records(case: Case) -> list[str]:
    edited = [it.record for it in _edits(case) if it.record and it.action != "rename_type"]
    return edited or [it.latest.name for it in case.base.subjects if it.name in _subjects(case)]


def _subjects(case: Case) -> set[str]:
    return {it.subject for it in (*case.request.operations, *case.impacts)} - {""}


def _asked(case: Case) -> set[str]:
    return {it.field for it in (*_edits(case), *case.request.operations)}


def _edits(case: Case) -> list[SchemaEdit]:
    return [it for it in edits_of(case.alternative) if isinstance(it, SchemaEdit)]


def _sources(record: str, case: Case) -> list[SchemaSource]:
    """Returns the texts in which a record is edited, or all that declare it where none is."""
    edited = [it.source for it in _edits(case) if it.record == record]
    subjects = [it for it in case.base.subjects if it.name in _subjects(case) and it.latest.name == record]
    known = [source for it in subjects for source in (it.latest.source, *it.copies)]
    return list(dict.fromkeys(edited or known))


def _too(case: Case, record: str, what: str, action: SchemaAction, field: str, value: str) -> Mutant:
    """Returns the alternative with one edit more in each of the record's texts."""
    edits = [SchemaEdit(source, action, record, field, "", value) for source in _sources(record, case)]
    return Mutant(f"{edits[0].source.path}: {what} too", with_more(case.alternative, edits))
