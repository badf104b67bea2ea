"""A change of unit made whole: from which unit, by which factor, into which field of which type; what can't be known is asked."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.codec import canonical
from copilot.domain.mapping import mapping_of, number_kind
from copilot.domain.naming import is_camel
from copilot.domain.operation import ChangeUnit
from copilot.domain.schema import SchemaField
from copilot.domain.units import factor_between, unit_of, units_in
from copilot.errors import WrongUsage
from copilot.planners.names import folded

_SHORT = {"ns": "ns", "us": "us", "ms": "ms", "s": "s"}
_FACTOR = re.compile(r"\d{1,18}(?:\.\d{1,18}|/0*[1-9]\d{0,17})?")
_DIGITS_OF_LONG = 19
_DIGITS_LIMIT = 38
_NUMBERED_LIMIT = 100
_UNIT_WORDS_MAX = 3


def complete(operation: ChangeUnit, field: SchemaField, siblings: list[SchemaField], where: str) -> ChangeUnit:
    """Returns the operation with every part that it leaves out; raises WrongUsage for a part that only the person can know."""
    kind = fieldtype.parsed(field.type)
    if not number_kind(kind):
        raise _no_number(field, kind, where)
    was = operation.was or _present_unit(operation.unit, field)
    factor = _factor(operation, was, field, where)
    _check_present(was, operation.unit, field, where)
    told = replace(operation, was=was, factor=str(factor))
    to = operation.to or _free_name(told, field, siblings)
    whole = replace(told, to=to, type=operation.type or canonical(_type(kind, factor, operation.unit)))
    if mapping_of(whole, {field.name: kind}) is None:
        raise WrongUsage(
            f'"{field.name}" can\'t be converted into {whole.type}, which is no number.',
            where=where,
            next='Say a type such as long, double or "decimal(18,2)", or leave it out.',
        )
    return whole


def _no_number(field: SchemaField, kind: Any, where: str) -> WrongUsage:
    logical = fieldtype.logical_kind(fieldtype.without_null(kind))
    if logical:
        return WrongUsage(
            f'"{field.name}" is a {logical}, which says its unit itself.',
            where=where,
            next=f'Say "change the type of {field.name} to ..." with the logical type of the other unit.',
        )
    return WrongUsage(
        f'"{field.name}" is of type {field.type[:80]}, and only a number has a unit.',
        where=where,
        next="Name a field that holds a number, or add a new field for the new meaning.",
    )


def _present_unit(unit: str, field: SchemaField) -> str:
    """Returns the unit that the field's doc or name says, of the dimension of the new one; "" where none or several."""
    dimension = unit_of(unit)[0]
    for text in (field.doc, re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", field.name)):
        found = units_in(text).get(dimension, frozenset())
        if len(found) == 1:
            return next(iter(found))
    return ""


def _factor(operation: ChangeUnit, was: str, field: SchemaField, where: str) -> Fraction:
    name, unit = field.name, operation.unit
    if operation.factor:
        given = Fraction(operation.factor) if _FACTOR.fullmatch(operation.factor) else Fraction(0)
        if given in (0, 1):
            raise WrongUsage(
                f'"{operation.factor[:40]}" is not a factor between two units.', where=where, next="Say 100 or 1/100."
            )
        return given
    if not was:
        raise WrongUsage(
            f'In which unit "{name}" is now is not known: neither its doc nor its name says.',
            where=where,
            next=f'Say "change the unit of {name} from ... to {unit}".',
        )
    found = factor_between(was, unit)
    if found is not None:
        return found
    if folded(was) == folded(unit):
        raise WrongUsage(f'"{name}" is in {unit} already.', where=where)
    raise WrongUsage(
        f"There is no constant factor from {was} to {unit} that is known here.",
        where=where,
        next=f'If there is one, say it: "change the unit of {name} from {was} to {unit} by 1/100". A rate that changes, or an'
        " offset as between celsius and fahrenheit, needs a field of its own that the producer fills.",
    )


def _check_present(was: str, unit: str, field: SchemaField, where: str) -> None:
    dimension, present = unit_of(was)
    said = units_in(field.doc).get(dimension, frozenset()) if dimension else frozenset()
    if said and present not in said:
        raise WrongUsage(
            f'The request says that "{field.name}" is in {was}, and its doc says {" and ".join(sorted(said))}: "{field.doc[:80]}"',
            where=where,
            next="Correct the one that is wrong first: a factor that starts from the wrong unit spoils every value.",
        )


def _free_name(operation: ChangeUnit, field: SchemaField, siblings: list[SchemaField]) -> str:
    """Returns the field's name with the new unit at its end, in the record's own way of writing; the old unit goes."""
    name, dimension = field.name, unit_of(operation.unit)[0]
    has_capitals = is_camel(name)
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name) if has_capitals else name.split("_")
    lengths = range(min(_UNIT_WORDS_MAX, len(words) - 1), 0, -1)
    said = (it for it in lengths if dimension and unit_of(" ".join(words[-it:]))[0] == dimension)
    words = words[: len(words) - next(said, 0)]
    unit = re.sub(r"\W+", "_", operation.unit.lower()).strip("_") or "converted"
    unit = _SHORT.get(unit_of(operation.unit)[1], unit)
    words = [*words, unit.capitalize() if has_capitals else unit]
    wanted = ("" if has_capitals else "_").join(words)
    taken = {it.name for it in siblings} | {alias for it in siblings for alias in it.aliases}
    names = (wanted, *(f"{wanted}_{number}" for number in range(2, _NUMBERED_LIMIT)))
    return next((it for it in names if it not in taken), wanted)


def _type(kind: Any, factor: Fraction, unit: str) -> Any:
    """Returns the type that keeps most: whole numbers where they stay whole, decimals for money, else a double."""
    is_money = unit_of(unit)[0] == "money"
    old = number_kind(kind)
    bare = fieldtype.without_null(kind)
    digits = _decimals(factor)
    if old == "decimal" or (old == "whole" and is_money and factor.denominator > 1 and digits is not None):
        scale = int(bare.get("scale", 0)) if old == "decimal" else 0
        precision = int(bare.get("precision", 0)) if old == "decimal" else _DIGITS_OF_LONG
        if old == "decimal" and factor.denominator == 1 and factor.numerator % 10**scale == 0:
            return (
                _as_nullable_as("long", kind) if precision < _DIGITS_OF_LONG else _decimal(kind, precision, 0, factor)
            )
        return _decimal(kind, precision, scale + (digits or 0), factor)
    if factor.denominator == 1 and (old == "whole" or is_money):
        return _as_nullable_as("long", kind)
    return _as_nullable_as("double", kind)


def _decimal(kind: Any, precision: int, scale: int, factor: Fraction) -> Any:
    more = len(str(factor.numerator)) if factor.numerator > 1 else 0
    digits = max(min(precision + more, _DIGITS_LIMIT), scale, 1)
    return _as_nullable_as({"type": "bytes", "logicalType": "decimal", "precision": digits, "scale": scale}, kind)


def _decimals(factor: Fraction) -> int | None:
    """Returns how many digits after the point dividing by the factor's denominator needs, None where they never end."""
    left, count = factor.denominator, 0
    while 10**count % left and count < _DIGITS_OF_LONG:
        count += 1
    return count if 10**count % left == 0 else None


def _as_nullable_as(target: Any, kind: Any) -> Any:
    return fieldtype.null_first(target) if fieldtype.is_nullable(kind) else target
