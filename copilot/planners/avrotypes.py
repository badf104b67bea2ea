"""Is this name, or this JSON value, one that Avro allows? The edge at which types and names of a request are checked."""

from __future__ import annotations

import re
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.codec import canonical
from copilot.errors import WrongUsage

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPE_DEPTH_LIMIT = 32
_NAME_LENGTH_LIMIT = 256
_LOGICAL: dict[str, tuple[str, ...]] = {
    "date": ("int",),
    "time-millis": ("int",),
    "time-micros": ("long",),
    "timestamp-millis": ("long",),
    "timestamp-micros": ("long",),
    "timestamp-nanos": ("long",),
    "local-timestamp-millis": ("long",),
    "local-timestamp-micros": ("long",),
    "local-timestamp-nanos": ("long",),
    "uuid": ("string", "fixed"),
    "decimal": ("bytes", "fixed"),
    "duration": ("fixed",),
}


def check_name(name: str, what: str, where: str) -> None:
    """Raises WrongUsage where Avro does not allow the name."""
    if len(name) > _NAME_LENGTH_LIMIT or not _NAME.fullmatch(name):
        proposal = re.sub(r"[^A-Za-z0-9_]+", "_", name[:_NAME_LENGTH_LIMIT]).strip("_")
        proposal = f"_{proposal}" if proposal[:1].isdigit() else proposal
        raise WrongUsage(
            f'"{name}" is not a name that Avro allows for {what}.',
            where=where,
            next="Use letters, digits and _, not starting with a digit"
            + (f', such as "{proposal}".' if proposal else "."),
        )


def check_type(kind: Any, known: frozenset[str], where: str, depth: int = 0) -> None:
    """Raises WrongUsage where a JSON value is not a type of Avro. `known` are the names that the schema declares."""
    if depth > _TYPE_DEPTH_LIMIT:
        raise WrongUsage(
            "The type is nested too deeply.", where=where, next=f"Keep it under {_TYPE_DEPTH_LIMIT} levels."
        )
    if isinstance(kind, str):
        if kind not in fieldtype.PRIMITIVES and kind not in known:
            raise _not_a_type(kind, known, where)
    elif isinstance(kind, list):
        _check_union(kind, known, where, depth)
    elif isinstance(kind, dict):
        _check_object(kind, known, where, depth)
    else:
        raise _not_a_type(kind, known, where)


def _check_union(kind: list[Any], known: frozenset[str], where: str, depth: int) -> None:
    names = [fieldtype.base_kind(branch) for branch in kind]
    if not kind or any(isinstance(branch, list) for branch in kind):
        raise WrongUsage(
            "A union needs branches, none of them a union.", where=where, next='Write it as ["null","long"].'
        )
    plain = [name for name in names if name in (*fieldtype.PRIMITIVES, "array", "map")]
    if len(set(plain)) < len(plain):
        raise WrongUsage(f"A union holds each type once, but {canonical(kind)} repeats one.", where=where)
    for branch in kind:
        check_type(branch, known, where, depth + 1)


def _check_object(kind: dict[str, Any], known: frozenset[str], where: str, depth: int) -> None:
    name = kind.get("type")
    if name in ("array", "map"):
        inner = "items" if name == "array" else "values"
        if inner not in kind:
            raise WrongUsage(f'The {name} does not say its "{inner}".', where=where, next=f'Say "{name} of string".')
        check_type(kind[inner], known, where, depth + 1)
    elif name in ("enum", "fixed", "record"):
        _check_named(kind, known, where, depth)
    elif isinstance(name, str) and name not in ("error",):
        check_type(name, known, where, depth + 1)
        _check_logical(kind, where)
    else:
        raise _not_a_type(kind, known, where)


def _check_named(kind: dict[str, Any], known: frozenset[str], where: str, depth: int) -> None:
    name = str(kind.get("name", ""))
    for part in name.split("."):
        check_name(part, f"the {kind['type']}'s name", where)
    if name in known:
        raise WrongUsage(f'The schema has a type "{name}" already.', where=where, next=f'Refer to it as "{name}".')
    if kind["type"] == "fixed":
        size = kind.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise WrongUsage("A fixed needs its size in bytes.", where=where, next='Add "size".')
        _check_logical(kind, where)
    elif kind["type"] == "enum":
        _check_symbols(kind, where)
    else:
        fields = kind.get("fields")
        if not isinstance(fields, list) or not all(isinstance(f, dict) and "name" in f and "type" in f for f in fields):
            raise WrongUsage("A record needs a list of fields, each with a name and a type.", where=where)
        names = [str(field["name"]) for field in fields]
        for field in fields:
            check_name(str(field["name"]), "a field", where)
            check_type(field["type"], known | {name}, where, depth + 1)
        if len(set(names)) < len(names):
            raise WrongUsage("The record names a field twice.", where=where)


def _check_symbols(kind: dict[str, Any], where: str) -> None:
    symbols = kind.get("symbols")
    if not isinstance(symbols, list) or not symbols:
        raise WrongUsage("An enum needs symbols.", where=where, next='Say "enum A, B, C".')
    for symbol in symbols:
        check_name(str(symbol), "a symbol", where)
    if len(set(map(str, symbols))) < len(symbols):
        raise WrongUsage("The enum names a symbol twice.", where=where)
    if "default" in kind and kind["default"] not in symbols:
        raise WrongUsage("The enum's default is not one of its symbols.", where=where)


def _check_logical(kind: dict[str, Any], where: str) -> None:
    logical = kind.get("logicalType")
    if logical is None:
        return
    if isinstance(logical, str) and kind["type"] not in _LOGICAL.get(logical, (kind["type"],)):
        carriers = " or ".join(_LOGICAL[logical])
        raise WrongUsage(f'The logical type "{logical}" needs {carriers}, not {kind["type"]}.', where=where)
    if logical == "decimal":
        precision, scale = kind.get("precision"), kind.get("scale", 0)
        if not (_is_count(precision) and _is_count(scale)) or int(precision or 0) < max(int(scale), 1):
            raise WrongUsage(
                "A decimal needs a precision of at least 1 and a scale that is not greater.",
                where=where,
                next='Say "decimal(10,2)".',
            )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _not_a_type(kind: Any, known: frozenset[str], where: str) -> WrongUsage:
    shown = kind if isinstance(kind, str) else canonical(kind)
    more = f", one of the schema's own ({', '.join(sorted(known)[:5])})" if known else ""
    return WrongUsage(
        f'"{shown[:80]}" is not a type that Avro knows.',
        where=where,
        next=f"Use one of {', '.join(fieldtype.PRIMITIVES[1:])}{more},"
        ' "array of string", "map of long", "enum A, B", "timestamp-millis", "decimal(10,2)", or a type as JSON.',
    )
