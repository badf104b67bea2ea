"""How the values of old fields become those of new ones and come back: Python expressions, the same that patches write into code.

In an expression "{name}" stands for the value of that field. A mapping says nothing about schemas or deploys; whether every value
really comes back is asked by `replay`, which evaluates these very expressions.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.operation import ChangeUnit, Operation

_WHOLE = ("int", "long")
_FLOATING = ("float", "double")


@dataclass(frozen=True, slots=True)
class NewField:
    """A field that takes over: its type, and the expression that gives its value from those of the old fields."""

    name: str
    kind: Any
    written: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """What leads from the old fields to the new ones, and back. `said` is what has to be said aloud of it, "" where it is exact."""

    new: tuple[NewField, ...]
    back: tuple[tuple[str, str], ...]
    """For each old field, the expression that gives its value from those of the new ones."""
    said: str = ""
    trials: tuple[dict[str, Any], ...] = ()
    """Values of the old fields that such a conversion may trip over, to be tried besides any others."""


def mapping_of(operation: Operation, kind: Any) -> Mapping | None:
    """Returns the mapping that an operation asks for; `kind` is the present type of its field. None for other operations."""
    if isinstance(operation, ChangeUnit):
        return _of_unit(operation, kind)
    return None


def scaled(kind: Any, target: Any, factor: Fraction) -> str | None:
    """Returns the expression for "{}" times a factor, from one type of numbers to another; None where a type is none.

    Whole numbers into whole ones, and anything into decimals, are computed without floating point.
    """
    old, new = number_kind(kind), number_kind(target)
    top, bottom = factor.numerator, factor.denominator
    if not old or not new:
        return None
    plain = f"{{}}{_times(top, bottom)}"
    if new == "decimal":
        exact = f"Decimal({{}}){_times(top, bottom)}" if old != "decimal" else plain
        return f"round({exact}, {fieldtype.without_null(target).get('scale', 0)})" if old == "floating" else exact
    if new == "floating":
        return f"float({plain})" if old == "decimal" else plain
    if old == "whole":
        # The nearest whole number, without a detour over floating point, which is off beyond 2^53.
        halved = f"{{}} * {top}" if top > 1 else "{}"
        return f"({halved} + {bottom // 2}) // {bottom}" if bottom > 1 else plain
    return f"round({plain})"


def number_kind(kind: Any) -> str:
    """Returns "whole", "floating" or "decimal", "" for what is no number, or a time."""
    bare = fieldtype.without_null(kind)
    logical = fieldtype.logical_kind(bare)
    if logical:
        return "decimal" if logical == "decimal" else ""
    base = fieldtype.base_kind(bare)
    return "whole" if base in _WHOLE else "floating" if base in _FLOATING else ""


def unless_null(kind: Any, expression: str, name: str) -> str:
    """Returns the expression as one that keeps null, where the type allows it; `name` is the field, "" for "{}"."""
    return f"None if {{{name}}} is None else {expression}" if fieldtype.is_nullable(kind) else expression


def _times(top: int, bottom: int) -> str:
    return (f" * {top}" if top > 1 or bottom == 1 else "") + (f" / {bottom}" if bottom > 1 else "")


def _of_unit(operation: ChangeUnit, kind: Any) -> Mapping | None:
    target, factor = fieldtype.parsed(operation.type), Fraction(operation.factor)
    there, back = scaled(kind, target, factor), scaled(target, kind, 1 / factor)
    if there is None or back is None:
        return None
    written = unless_null(kind, there.replace("{}", f"{{{operation.field}}}"), operation.field)
    read = unless_null(kind, back.replace("{}", f"{{{operation.to}}}"), operation.to)
    return Mapping(
        (NewField(operation.to, target, written),), ((operation.field, read),), _rounding(kind, target, factor)
    )


def _rounding(kind: Any, target: Any, factor: Fraction) -> str:
    old, new = number_kind(kind), number_kind(target)
    if new == "whole" and (old != "whole" or factor.denominator > 1):
        return "It is rounded to the nearest whole number, so what is finer is lost."
    if new == "floating":
        return "It is computed in floating point, so it holds 15 to 16 digits."
    if old == "floating":
        scale = fieldtype.without_null(target).get("scale", 0)
        return f"It is rounded to {scale} {'digit' if scale == 1 else 'digits'} after the point."
    return ""
