"""Does a logical type have any effect where it stands? A library that finds it unknown or unfit ignores it in silence."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, TypeGuard

from copilot.domain.evidence import Finding
from copilot.formats.avro.types import decimal_digits

_BASES: dict[str, tuple[str, ...]] = {
    "decimal": ("bytes", "fixed"),
    "big-decimal": ("bytes",),
    "uuid": ("string", "fixed"),
    "date": ("int",),
    "time-millis": ("int",),
    "time-micros": ("long",),
    "timestamp-millis": ("long",),
    "timestamp-micros": ("long",),
    "timestamp-nanos": ("long",),
    "local-timestamp-millis": ("long",),
    "local-timestamp-micros": ("long",),
    "local-timestamp-nanos": ("long",),
    "duration": ("fixed",),
}
LOGICAL_TYPES = frozenset(_BASES)
"""Those that the specification knows."""
_SIZES = {"uuid": 16, "duration": 12}
_SIMILAR_MIN = 0.8


def logical_findings(schema: dict[str, Any], path: str) -> Iterator[Finding]:
    """Yields why the logical type of a schema object has no effect, or not the one that it seems to have."""
    name, base = schema.get("logicalType"), schema["type"]
    if not isinstance(name, str):
        return
    if name not in _BASES:
        near = difflib.get_close_matches(name.lower(), _BASES, n=1, cutoff=_SIMILAR_MIN)
        if near:
            message = f'"{name}" is no logical type that the specification knows, so it is ignored.'
            yield _finding("logical-type-unknown", path, message, f"Did you mean {near[0]}?")
        return
    if base not in _BASES[name]:
        message = f"{name} on {base} is ignored: it goes with {' or '.join(_BASES[name])}."
        yield _finding("logical-type-unfit", path, message, f"Use {_BASES[name][0]}, in a new field where data exists.")
    elif base == "fixed" and name in _SIZES and schema.get("size") != _SIZES[name]:
        message = f"{name} on fixed needs {_SIZES[name]} bytes, so it is ignored."
        yield _finding("logical-type-unfit", path, message, f"Use a fixed of {_SIZES[name]} bytes.")
    elif name == "decimal":
        yield from _decimal(schema, path)


def _decimal(schema: dict[str, Any], path: str) -> Iterator[Finding]:
    precision, scale = schema.get("precision"), schema.get("scale", 0)
    if not _is_whole(precision) or precision < 1:
        message = "A decimal without a precision is ignored by Java, and fastavro reads none of its data."
        yield _finding("decimal-without-precision", path, message, 'Give it "precision", the number of digits.')
    elif not _is_whole(scale) or not 0 <= scale <= precision:
        message = f"The scale {scale} does not fit the precision {precision}, so the decimal is ignored."
        yield _finding("decimal-scale", path, message, "Give it a scale from 0 to the precision.")
    elif schema["type"] == "fixed" and _is_whole(schema.get("size")):
        digits = decimal_digits(schema["size"])
        if precision > digits:
            message = (
                f"A fixed of {schema['size']} bytes holds {digits} digits, not {precision}: Java ignores the decimal, "
            )
            message += "and fastavro refuses the schema."
            yield _finding("decimal-too-wide", path, message, "Use a wider fixed, or bytes.")


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _finding(rule: str, path: str, message: str, fix: str) -> Finding:
    return Finding(f"avro.{rule}", "warning", message, path=path, fix=fix)
