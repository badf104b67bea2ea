"""How the values of old fields become those of new ones and come back: Python expressions, the same that patches write into code.

In an expression "{name}" stands for the value of that field. A mapping says nothing about schemas or deploys; whether every value
really comes back is asked by `replay`, which evaluates these very expressions.
"""

from __future__ import annotations

from collections.abc import Mapping as Mapped
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.operation import (
    ChangeUnit,
    FlattenField,
    MakeArray,
    MergeFields,
    NestFields,
    Operation,
    SplitField,
)

Kinds = Mapped[str, Any]
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
    is_exact: bool = False
    """True where every value has to come back although something is said."""
    has_limits: bool = False
    """True where the largest values may be too large for the new type, as with a number that grows."""


def mapping_of(operation: Operation, kinds: Kinds) -> Mapping | None:
    """Returns the mapping that an operation asks for; `kinds` are the present types of its fields. None for other operations."""
    kind = kinds.get(operation.field)
    match operation:
        case ChangeUnit():
            return _of_unit(operation, kind)
        case SplitField():
            return _of_split(operation, kind)
        case MergeFields():
            return _of_merge(operation, kinds)
        case NestFields():
            return _of_nest(operation, kinds)
        case FlattenField():
            return _of_flatten(operation, kind)
        case MakeArray():
            return _of_array(operation, kind)
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
        (NewField(operation.to, target, written),),
        ((operation.field, read),),
        _rounding(kind, target, factor),
        has_limits=True,
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


def literal(text: str) -> str:
    """Returns a text as Python writes it, without braces, which would be taken for the places of values."""
    written = repr(text)
    written = f'"{written[1:-1]}"' if '"' not in text and written[0] == "'" else written
    return written.replace("{", "\\x7b").replace("}", "\\x7d")


def _of_split(operation: SplitField, kind: Any) -> Mapping:
    name, at, count = operation.field, literal(operation.at), len(operation.into)
    new = []
    for number, part in enumerate(operation.into):
        first = f"{{{name}}}.split({at}, {count - 1})[0]"
        later = f"({{{name}}}.split({at}, {count - 1}) + {_nulls(count - 1)})[{number}]"
        written = unless_null(kind, later if number else first, name)
        new.append(NewField(part, fieldtype.null_first("string") if number else kind, written))
    back = unless_null(kind, _joined(operation.into, at), operation.into[0])
    said = (
        f"A text without {operation.at!r} has its first part only; one with more than {count - 1} keeps what is left in"
        f" `{operation.into[-1]}`, so that joining gives every text back: which part is which is a guess for those."
    )
    return Mapping(
        tuple(new), ((name, back),), said, tuple({name: text} for text in _texts(operation.at)), is_exact=True
    )


def _nulls(count: int) -> str:
    return f"[{', '.join(['None'] * count)}]"


def _joined(parts: tuple[str, ...], at: str) -> str:
    """Returns the expression that joins parts, up to the first that is null."""
    if len(parts) == 1:
        return f"{{{parts[0]}}}"
    rest = _joined(parts[1:], at)
    return f"{{{parts[0]}}} if {{{parts[1]}}} is None else {{{parts[0]}}} + {at} + {f'({rest})' if len(parts) > 2 else rest}"


def _texts(at: str) -> tuple[str, ...]:
    return (
        "",
        at,
        at + at,
        "Ada",
        f"Ada{at}",
        f"{at}Lovelace",
        f"Ada{at}Lovelace",
        f"Ada{at}King{at}Lovelace",
        f"\u00c5sa\u00a0Berg{at}\u738b",
    )


def _of_merge(operation: MergeFields, kinds: Kinds) -> Mapping:
    names, at = (operation.field, *operation.others), literal(operation.at)
    can_be_null = any(fieldtype.is_nullable(kinds[name]) for name in names)
    nullable = [name for name in names if fieldtype.is_nullable(kinds[name])]
    written = f" + {at} + ".join(f"{{{name}}}" for name in names)
    if nullable:
        test = " or ".join(f"{{{name}}} is None" for name in nullable)
        written = f"None if {test} else {written}"
    count = len(names) - 1
    back = []
    for number, name in enumerate(names):
        part = f"({{{operation.to}}}.split({at}, {count}) + {_nulls(count)})[{number}]"
        back.append((name, f"None if {{{operation.to}}} is None else {part}" if can_be_null else part))
    kind = fieldtype.null_first("string") if can_be_null else "string"
    each: dict[str, Any] = {name: f"p{number}" for number, name in enumerate(names)}
    trials: tuple[dict[str, Any], ...] = (
        each,
        # A null beside a text is met more often than a separator inside one, and the first that changes is the one that is told.
        *({**each, name: None} for name in nullable),
        dict.fromkeys(names, f"a{operation.at}b"),
        dict.fromkeys(names, ""),
    )
    return Mapping((NewField(operation.to, kind, written),), tuple(back), trials=trials)


def _of_nest(operation: NestFields, kinds: Kinds) -> Mapping:
    names = (operation.field, *operation.others)
    fields = [{"name": inner, "type": kinds[name]} for name, inner in zip(names, operation.inner, strict=True)]
    entries = [f"{literal(inner)}: {{{name}}}" for name, inner in zip(names, operation.inner, strict=True)]
    if operation.currency:
        fields.append({"name": "currency", "type": "string"})
        entries.append(f'"currency": {literal(operation.currency)}')
    kind = {"type": "record", "name": camel(operation.to), "fields": fields}
    back = tuple(
        (name, f"{{{operation.to}}}[{literal(inner)}]") for name, inner in zip(names, operation.inner, strict=True)
    )
    return Mapping((NewField(operation.to, kind, f"{{{', '.join(entries)}}}"),), back)


def _of_flatten(operation: FlattenField, kind: Any) -> Mapping:
    fields = fieldtype.without_null(kind)["fields"]
    pairs = list(zip((str(field["name"]) for field in fields), operation.into, strict=True))
    new = tuple(
        NewField(flat, field["type"], f"{{{operation.field}}}[{literal(inner)}]")
        for field, (inner, flat) in zip(fields, pairs, strict=True)
    )
    entries = ", ".join(f"{literal(inner)}: {{{flat}}}" for inner, flat in pairs)
    return Mapping(new, ((operation.field, f"{{{entries}}}"),))


def _of_array(operation: MakeArray, kind: Any) -> Mapping:
    name, to = operation.field, operation.to
    items = fieldtype.without_null(kind)
    is_nullable = fieldtype.is_nullable(kind)
    written = f"[] if {{{name}}} is None else [{{{name}}}]" if is_nullable else f"[{{{name}}}]"
    back = f"{{{to}}}[0] if len({{{to}}}) > 0 else None" if is_nullable else f"{{{to}}}[0]"
    said = f"Where a list holds several, readers of `{name}` see its first; " + (
        "where it holds none, they see null."
        if is_nullable
        else "where it holds none they fail, so each list needs one."
    )
    return Mapping((NewField(to, {"type": "array", "items": items}, written),), ((name, back),), said, is_exact=True)


def camel(name: str) -> str:
    """Returns a field's name as that of a type."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_") if word)
