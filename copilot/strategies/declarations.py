"""Classes that stand for a record in code: a field is declared there before an object can carry it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import CodeAction, CodeEdit, Edit
from copilot.domain.pipeline import FieldUse
from copilot.strategies.ground import Ground, side_of
from copilot.strategies.work import ByHand, Work, is_of_record

_PYTHON = {
    "boolean": "bool",
    "bytes": "bytes",
    "double": "float",
    "enum": "str",
    "float": "float",
    "int": "int",
    "long": "int",
    "map": "dict",
    "array": "list",
    "record": "dict",
    "string": "str",
}


def declarations(uses: Iterable[FieldUse]) -> tuple[FieldUse, ...]:
    """Returns those uses that declare the field in a class."""
    return tuple(use for use in uses if use.is_declaration)


def _at(use: FieldUse) -> str:
    return f"{use.span.path}:{use.span.first_line}"


def annotation_of(kind: Any) -> str:
    """Returns how Python code annotates a value of a type, `object` where no short name says it."""
    inner = fieldtype.without_null(kind)
    bare = "object" if fieldtype.logical_kind(inner) else _PYTHON.get(fieldtype.base_kind(inner), "object")
    return f"{bare} | None" if fieldtype.is_nullable(kind) and bare != "object" else bare


def declared_too(ground: Ground, uses: Iterable[FieldUse], name: str, kind: Any = None) -> Work:
    """Lets classes that declare the field declare another one too, of the same type, or of `kind`."""
    annotation = "" if kind is None else annotation_of(kind)
    return _edited(ground, declarations(uses), "declare", name, annotation)


def filled_by_hand(ground: Ground, names: str) -> Work:
    """Names where a producer's class declares the field and nobody is seen to give it by name: by position, or with a whole record.

    Another field that is declared there has a default: objects that are made as before would hand that on for the value.
    """
    producers = {link.job for link in ground.impact.producers}
    own = [use for use in ground.uses if use.job in producers and not use.is_test]
    filled = {use.job for use in own if use.is_write}
    blind = [use for use in declarations(own) if use.job not in filled]
    what = f"and where it is filled is not seen by name: give {names} its value there, too"
    return Work((), tuple(ByHand("producers", f"{_at(use)}  declares `{use.name}`, {what}") for use in blind))


def declared_instead(ground: Ground, uses: Iterable[FieldUse], name: str, kind: Any = None) -> Work:
    """Lets classes declare the other field in the place of this one."""
    annotation = "" if kind is None else annotation_of(kind)
    return _edited(ground, declarations(uses), "redeclare", name, annotation)


def declarations_out(ground: Ground, *uses: Iterable[FieldUse]) -> Work:
    """Takes declarations out of their classes."""
    return _edited(ground, declarations(use for own in uses for use in own), "remove_key", "", "")


def taken_too(ground: Ground, kind: Any, *default: Any) -> Work:
    """Lets classes that consumers make of whole records take a field that is added: others would refuse it by its name."""
    value = fieldtype.python_literal(default[0]) if default and not isinstance(default[0], list | dict) else "None"
    annotation = annotation_of([*fieldtype.branches(kind), "null"] if value == "None" else kind)
    return _edited(ground, _siblings(ground), "take", ground.operation.field, f"{annotation} = {value}")


def _siblings(ground: Ground) -> list[FieldUse]:
    """Returns where consumers' classes declare the sibling that a file's classes declare most often: one place a class."""
    own = [
        use
        for use in declarations(ground.pipeline.uses)
        if is_of_record(use, ground) and side_of(use, ground.impact) == "consumers"
    ]
    chosen: list[FieldUse] = []
    for path in sorted({use.span.path for use in own}):
        here = {(use.offset, use.path): use for use in own if use.span.path == path}.values()
        counts = Counter(use.path for use in here)
        best = min(counts, key=lambda name: (-counts[name], name))
        chosen += sorted((use for use in here if use.path == best), key=lambda use: use.offset)
    return chosen


def _edited(ground: Ground, uses: Iterable[FieldUse], action: CodeAction, name: str, annotation: str) -> Work:
    edits: list[Edit] = []
    by_hand: list[ByHand] = []
    for use in uses:
        if ground.pipeline.is_foreign(use.span.path) or not use.span.path.endswith(".py"):
            text = f"{_at(use)}  declares `{use.name}`: declare `{name}` there"
            by_hand.append(ByHand(side_of(use, ground.impact), text))
        else:
            edits.append(CodeEdit(use.span.path, use.offset, action, use.name, name, annotation))
    return Work(tuple(edits), tuple(by_hand))
