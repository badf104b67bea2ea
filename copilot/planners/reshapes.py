"""Sentences that bring values into other fields: split, merge, nest, flatten, list, money. What only the person knows is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from copilot.domain import fieldtype
from copilot.domain.mapping import camel, mapping_of
from copilot.domain.naming import next_of
from copilot.domain.operation import (
    ChangeMeaning,
    FlattenField,
    MakeArray,
    MergeFields,
    NestFields,
    Operation,
    SplitField,
    new_names,
    old_names,
)
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.errors import WrongUsage
from copilot.planners.avrotypes import check_name
from copilot.planners.forms import Said
from copilot.planners.names import best_matches, listed, nearest
from copilot.planners.whole import names_in

MANY = ("merge_fields", "nest_fields")
OPS = (*MANY, "split_field", "flatten_field", "make_array", "make_money")
_SPACE = " "
_WORDS = {
    "space": _SPACE,
    "spaces": _SPACE,
    "blank": _SPACE,
    "whitespace": _SPACE,
    "comma": ",",
    "dash": "-",
    "hyphen": "-",
    "slash": "/",
    "colon": ":",
    "semicolon": ";",
    "underscore": "_",
    "dot": ".",
    "tab": "\t",
    "nothing": "",
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_AT_LENGTH_LIMIT = 40


def reshape_of(said: Said, others: Sequence[str], place: tuple[str, str, str], siblings: Sequence[str]) -> Operation:
    """Returns the operation of such a sentence; `others` are the names beside the first, `siblings` those of the record."""
    where = f'"{said.part.said[:160]}"'
    names = tuple(_sibling(name, siblings, where) for name in others)
    to = said.part.name(said.to)
    match said.op:
        case "split_field":
            return SplitField(*place, names_in(said, said.names), _separator(said, "", where))
        case "merge_fields":
            return MergeFields(*place, names, to, _separator(said, _SPACE, where))
        case "nest_fields":
            return NestFields(*place, names, to, (place[2], *names))
        case "flatten_field":
            return FlattenField(*place, ())
        case "make_array":
            return MakeArray(*place, to)
    return _money(said, place, siblings, where)


def checked_meaning(
    operation: ChangeMeaning, field: SchemaField, siblings: list[SchemaField], where: str
) -> ChangeMeaning:
    """Returns the operation with a name for the new field; raises WrongUsage where it says nothing new."""
    if not operation.doc or operation.doc == field.doc:
        raise WrongUsage(
            f'What "{field.name}" is to mean is not said, or is what its doc says already.',
            where=where,
            next=f'Say it in quotes: change the meaning of {field.name} to "...".',
        )
    return replace(operation, to=operation.to or next_of(field.name, {it.name for it in siblings}))


def check_reshape(operation: Operation, siblings: list[SchemaField], latest: SchemaVersion, where: str) -> Operation:
    """Returns the operation with the names that it leaves out; raises WrongUsage where fields don't fit it."""
    known = {field.name: field for field in siblings}
    missing = [name for name in old_names(operation) if name not in known]
    if missing:
        close = nearest(missing[0], known) or tuple(known)[:8]
        raise WrongUsage(f'There is no field "{missing[0]}".', where=where, next=f"Did you mean {listed(close)}?")
    if len(set(old_names(operation))) < len(old_names(operation)):
        raise WrongUsage("The request names a field twice.", where=where)
    kinds = {name: fieldtype.parsed(known[name].type) for name in old_names(operation)}
    match operation:
        case SplitField():
            _check_texts(kinds, where)
            _check_split(operation, where)
        case MergeFields():
            _check_texts(kinds, where)
            if not operation.others:
                raise WrongUsage("Merging needs two fields or more.", where=where, next='Say "merge A and B into C".')
        case NestFields():
            _check_nest(operation, latest, where)
        case FlattenField():
            operation = _flattened(operation, kinds[operation.field], known, where)
        case MakeArray():
            if fieldtype.base_kind(fieldtype.without_null(kinds[operation.field])) == "array":
                raise WrongUsage(f'"{operation.field}" is an array already.', where=where)
            operation = replace(operation, to=operation.to or _plural(operation.field, known))
    if len(set(new_names(operation))) < len(new_names(operation)):
        raise WrongUsage("The request gives two new fields one name.", where=where, next="Give each its own.")
    assert mapping_of(operation, kinds) is not None, "the fields were checked"
    return operation


def _sibling(said: str, siblings: Sequence[str], where: str) -> str:
    found = best_matches(said, siblings)
    if len(found) == 1:
        return found[0]
    close = found or nearest(said, siblings) or tuple(siblings)[:8]
    raise WrongUsage(f'There is no field "{said}" beside it.', where=where, next=f"Did you mean {listed(close)}?")


def _separator(said: Said, default: str, where: str) -> str:
    raw = said.part.restored(said.at).strip()
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "`'\"":
        return raw[1:-1]
    word = re.sub(r"^(?:(?:the|an?|first|each|every|in|single)\s+)+", "", raw.lower())
    if not word:
        if default:
            return default
        raise WrongUsage(
            "The sentence does not say where to split.", where=where, next="Say \"... at ' '\", or at a comma."
        )
    return _WORDS.get(word, raw)


def _money(said: Said, place: tuple[str, str, str], siblings: Sequence[str], where: str) -> NestFields:
    asked = said.part.name(said.currency)
    to = said.part.name(said.to) or f"{place[2]}_money"
    found = best_matches(asked, siblings) if asked else ()
    if len(found) == 1:
        return NestFields(*place, found, to, ("value", "currency"))
    if _CURRENCY.fullmatch(asked):
        return NestFields(*place, (), to, ("value",), asked)
    candidates = [name for name in siblings if "currency" in name.lower()]
    hint = f' or "with currency from {candidates[0]}"' if candidates else ""
    what = (
        f'"{asked[:40]}" is neither a field of the record nor a code such as EUR.'
        if asked
        else ("Money needs a currency, and the sentence does not say where it comes from.")
    )
    raise WrongUsage(what, where=where, next=f'Add "in EUR" where all values are in one currency{hint}.')


def _check_texts(kinds: dict[str, object], where: str) -> None:
    for name, kind in kinds.items():
        bare = fieldtype.without_null(kind)
        if fieldtype.base_kind(bare) != "string" or fieldtype.logical_kind(bare):
            raise WrongUsage(
                f'"{name}" is no plain text, and only texts are split and joined.',
                where=where,
                next="For other types, add the new fields and write the conversion by hand.",
            )


def _check_split(operation: SplitField, where: str) -> None:
    if len(operation.into) < 2:
        raise WrongUsage(
            "Splitting needs two new fields or more.", where=where, next="Say \"split A into B and C at ' '\"."
        )
    if not operation.at or len(operation.at) > _AT_LENGTH_LIMIT:
        raise WrongUsage(
            f"A text is split at 1 to {_AT_LENGTH_LIMIT} characters.", where=where, next="Say \"... at ' '\"."
        )


def _check_nest(operation: NestFields, latest: SchemaVersion, where: str) -> None:
    wanted = len(old_names(operation))
    if len(operation.inner) != wanted or len(set(operation.inner)) < wanted:
        raise WrongUsage(f"The record needs {wanted} different names inside.", where=where)
    for inner in operation.inner:
        check_name(inner, "a field", where)
    if operation.currency and not _CURRENCY.fullmatch(operation.currency):
        raise WrongUsage(
            f'"{operation.currency[:40]}" is no code of a currency.', where=where, next="Write three capitals: EUR."
        )
    if operation.currency and "currency" in operation.inner:
        raise WrongUsage(
            'The record gets a field "currency" that says the code, and another one is to be called so.',
            where=where,
            next="Give the inner field another name.",
        )
    name = camel(operation.to)
    taken = {full.rpartition(".")[2] for full, _ in fieldtype.named_types(fieldtype.parsed(latest.resolved))}
    if name in taken:
        raise WrongUsage(
            f'The schema has a type "{name}" already, as the record of `{operation.to}` would be called.',
            where=where,
            next="Give the new field another name.",
        )


def _flattened(operation: FlattenField, kind: object, known: dict[str, SchemaField], where: str) -> FlattenField:
    bare = fieldtype.without_null(kind)
    if fieldtype.is_nullable(kind) or not isinstance(bare, dict) or not isinstance(bare.get("fields"), list):
        raise WrongUsage(
            f'"{operation.field}" is no record that is always there, and only such a one can be flattened.',
            where=where,
            next="Make it required first, or add the fields that are wanted one by one.",
        )
    inner = [str(field["name"]) for field in bare["fields"]]
    into = operation.into or tuple(name if name not in known else f"{operation.field}_{name}" for name in inner)
    if len(into) != len(inner):
        raise WrongUsage(f"The record has {len(inner)} fields: {', '.join(inner)}.", where=where)
    return replace(operation, into=into)


def _plural(name: str, known: dict[str, SchemaField]) -> str:
    wanted = f"{name[:-1]}ies" if name.endswith("y") and name[-2:-1] not in "aeiou" else f"{name}s"
    wanted = f"{name}_list" if name.endswith("s") else wanted
    return wanted if wanted not in known else f"{name}_list"
