"""A change by its names alone, in JSON or in sentences, that no map has to know: what is named is found later, or not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

from copilot.domain.codec import canonical
from copilot.domain.impacted import AskedChange
from copilot.domain.operation import Operation
from copilot.errors import WrongUsage
from copilot.planners.forms import FORMS, Said, leading_scope, readings_of, said_better
from copilot.planners.guesses import guessed
from copilot.planners.names import listed, nearest
from copilot.planners.plainly import bare_field, bare_scope, sayings_of
from copilot.planners.sentences import Part, parts_of
from copilot.planners.several import each_of
from copilot.planners.structured import OPERATIONS_LIMIT, TEXT_LENGTH_LIMIT
from copilot.planners.typewords import type_of
from copilot.planners.whole import full_to
from copilot.planners.wishes import without_wishes

OPS: tuple[str, ...] = tuple(kind.op for kind in get_args(Operation))
_SAID_APART = {"make_money": "nest_fields", "change_namespace": "rename_record"}
"""Sentences of their own for what is one of the operations."""
_NAMES = ("subject", "record", "field", "to", "symbol")


def asked_from_json(text: str) -> tuple[AskedChange, ...]:
    """Returns the changes of a JSON object or list; raises WrongUsage for what is neither, or names no operation."""
    if len(text) > TEXT_LENGTH_LIMIT:
        raise WrongUsage(f"The operations have {len(text)} characters; the limit is {TEXT_LENGTH_LIMIT}.")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongUsage(
            "The operation is not valid JSON.",
            where=f"{error}",
            next='Write {"op": "rename_field", "subject": "order", "field": "amount", "to": "total"}.',
        ) from None
    entries = value if isinstance(value, list) else [value]
    if not entries or len(entries) > OPERATIONS_LIMIT:
        raise WrongUsage(
            f"There are {len(entries)} operations.", next=f"Give between 1 and {OPERATIONS_LIMIT} of them."
        )
    return tuple(_from_entry(entry, f"operation {number}") for number, entry in enumerate(entries, 1))


def asked_from_text(text: str) -> tuple[AskedChange, ...]:
    """Returns the changes that sentences ask for; raises WrongUsage with the part that is not understood."""
    return tuple(change for change, _ in asked_and_doubts(text))


def asked_and_doubts(text: str) -> tuple[tuple[AskedChange, str], ...]:
    """Returns the changes that sentences ask for, each with what was only guessed of it, "" where nothing was.

    Raises WrongUsage with the part that is not understood at all.
    """
    found: list[tuple[AskedChange, str]] = []
    scope = ("", "")
    idle: list[Part] = []
    for part in (one for whole in without_wishes(parts_of(text)) for one in each_of(whole)):
        said, named = _reading(part), leading_scope(part)
        if named and said is None:
            scope = bare_scope(part.name(named))
            continue
        change = _from_said(said, scope) if said else guessed(part)
        if change is None:
            idle.append(part)
            continue
        scope = (change.subject, change.record) if change.subject else scope
        if not change.subject:
            change = replace(change, subject=scope[0], record=scope[1])
        found.append(
            (change, "" if said else f'"{part.said[:160]}" is taken for {_in_words(change)}, by its names alone.')
        )
    if not found:
        raise _not_understood((idle or parts_of(text))[0])
    passed = "".join(f' "{part.said[:160]}" is passed over: it has no name to look for.' for part in idle)
    return (*found[:-1], (found[-1][0], f"{found[-1][1]}{passed}".strip()))


def _in_words(change: AskedChange) -> str:
    what = f"{change.op} {change.field}".strip() + (f" to {change.to}" if change.to else "")
    return what + (f" in {change.record or change.subject}" if change.subject else "")


def _from_entry(entry: Any, where: str) -> AskedChange:
    if not isinstance(entry, dict):
        raise WrongUsage(
            "An operation must be a JSON object.", where=where, next="Give it the keys op, subject and field."
        )
    op = entry.get("op")
    if op not in OPS:
        close = nearest(str(op), OPS) or OPS
        raise WrongUsage(f'"{str(op)[:80]}" is not an operation.', where=where, next=f"Use {listed(close)}.")
    for key in _NAMES:
        if not isinstance(entry.get(key, ""), str | None):
            raise WrongUsage(f'"{key}" must be a string.', where=where)
    names = {key: entry.get(key) or "" for key in _NAMES}
    if not any(names[key] for key in ("subject", "record", "field")):
        raise WrongUsage("The operation names nothing.", where=where, next="Give it the keys subject and field.")
    return AskedChange(op=op, type=canonical(entry["type"]) if "type" in entry else "", **names)


def _reading(part: Part) -> Said | None:
    """Returns what the sentence says by a form, the reading of which the type is one before others; None where none fits."""
    readings = next((found for saying in sayings_of(part) if (found := readings_of(saying))), ())
    named = [said for said in readings if bare_field(part.name(said.field))] or list(readings)
    typed = [
        said for said in named if type_of(part.restored(said.type), part.name(said.field), frozenset()) is not None
    ]
    return next(iter(typed or named), None)


def _not_understood(part: Part) -> WrongUsage:
    forms = "\n        ".join(FORMS)
    return WrongUsage(
        f'This part is not understood: "{part.said[:160]}".',
        next=said_better(part) or f"Say it in one of these forms:\n        {forms}",
    )


def _from_said(said: Said, carried: tuple[str, str]) -> AskedChange:
    part = said.part
    subject, record = bare_scope(part.name(said.scope)) if said.scope else carried
    field = bare_field(part.name(said.field)) or part.name(said.field)
    if said.op in ("rename_topic", "merge_topics"):
        return AskedChange(said.op, field, "", "", part.name(said.to))
    if said.op in ("tag_field", "protect_field"):
        return AskedChange(said.op, subject, record, field)
    symbol = part.name(said.symbol)
    if symbol and not said.scope:
        # "add symbol LATE to OrderStatus": the enum itself is named, and its symbols are what others call fields.
        (subject, record), field = bare_scope(field), symbol
    elif not said.scope and "." in field and not field.startswith("."):
        subject, _, field = field.rpartition(".")
        record = ""
    op, to = _SAID_APART.get(said.op, said.op), part.name(said.to)
    if said.op == "change_namespace" and "/" not in subject:
        to = full_to(subject, to, said.op)
    if said.op == "rename_field" and "." in to:
        to = to.removeprefix(f"{subject}.")
    return AskedChange(op, subject, record, field, to, part.restored(said.type), symbol)
