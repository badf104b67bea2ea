"""Kinds of values that code writes: what is known of one, and what it is called in words a person understands.

Kinds are "boolean", "int", "float", "decimal", "string", "bytes", "datetime" (with a time zone), "naive-datetime", "date", "time",
"timedelta", "uuid", "array", "set", "map" and "enum-member".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from copilot.domain.fieldtype import base_kind, branches, is_nullable, logical_kind, without_null

SYMBOLS_SHOWN = 6
NullChance = Literal["no", "maybe", "yes"]
"""maybe: a lookup without a default, or an annotation, allows it. yes: the code itself writes None."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """The kinds of value that an expression may give; `is_open` where it may also be of others that are not known.

    `texts` are the very texts, where all are known. `items` are the kinds in a list. `is_declared` tells that it rests on an
    annotation, which nothing holds the code to.
    """

    kinds: frozenset[str] = frozenset()
    null: NullChance = "no"
    is_open: bool = False
    texts: frozenset[str] | None = None
    items: Inferred | None = None
    is_declared: bool = False

    def __or__(self, other: Inferred) -> Inferred:
        null: NullChance = (
            "yes" if "yes" in (self.null, other.null) else "maybe" if "maybe" in (self.null, other.null) else "no"
        )
        texts = self.texts | other.texts if self.texts is not None and other.texts is not None else None
        items = self.items | other.items if self.items and other.items else self.items or other.items
        return Inferred(
            self.kinds | other.kinds,
            null,
            self.is_open or other.is_open,
            texts,
            items,
            self.is_declared or other.is_declared,
        )


UNKNOWN = Inferred(is_open=True)
NULL = Inferred(null="yes", texts=frozenset())


def of_kind(*kinds: str) -> Inferred:
    """Returns that a value is of one of these kinds."""
    return Inferred(frozenset(kinds))


def of_constant(value: object) -> Inferred:
    """Returns the kind of a literal's value."""
    if value is None:
        return NULL
    for kind, types in (("boolean", bool), ("int", int), ("float", float), ("bytes", bytes)):
        if isinstance(value, types):
            return of_kind(kind)
    return Inferred(frozenset({"string"}), texts=frozenset({value})) if isinstance(value, str) else UNKNOWN


def united(parts: Iterable[Inferred]) -> Inferred:
    """Returns what one of several values may be; nothing at all for none."""
    every = list(parts)
    if not every:
        return Inferred()
    found = every[0]
    for part in every[1:]:
        found = found | part
    return found


_WORDS = {
    "boolean": "a boolean",
    "int": "a whole number",
    "float": "a floating-point number",
    "decimal": "a Decimal",
    "string": "a text",
    "bytes": "bytes",
    "datetime": "a datetime with a time zone",
    "naive-datetime": "a datetime without a time zone",
    "date": "a date",
    "time": "a time of day",
    "timedelta": "a timedelta",
    "uuid": "a UUID object",
    "array": "a list",
    "set": "a set",
    "map": "a dict",
    "enum-member": "a member of an Enum class, not its value",
}
_TEXTS_SHOWN = 3


def in_words(kinds: Iterable[str], texts: frozenset[str] | None = None) -> str:
    """Returns kinds in words, texts as they are where there are few: "a text or a whole number", 'the text "NEW"'."""
    if texts and len(texts) <= _TEXTS_SHOWN:
        return "the text " + " or ".join(f'"{text}"' for text in sorted(texts))
    return " or ".join(_WORDS.get(kind, kind) for kind in sorted(kinds))


def described(kind: Any) -> str:
    """Returns a schema's type in words: "long or null", "timestamp-millis", "decimal(10,2)", "an enum of A, B and 3 more"."""
    if isinstance(kind, list):
        parts = [described(branch) for branch in branches(without_null(kind))]
        return " or ".join([*parts, "null"] if is_nullable(kind) else parts)
    logical = logical_kind(kind)
    if logical == "decimal":
        return f"decimal({kind.get('precision')},{kind.get('scale', 0)})"
    base = base_kind(kind)
    if base == "enum" and isinstance(kind, dict):
        symbols = [str(symbol) for symbol in kind.get("symbols", ())]
        more = f" and {len(symbols) - SYMBOLS_SHOWN} more" if len(symbols) > SYMBOLS_SHOWN else ""
        return f"an enum of {', '.join(symbols[:SYMBOLS_SHOWN])}{more}"
    if base in ("array", "map") and isinstance(kind, dict) and "type" in kind:
        return f"{base} of {described(kind.get('items', kind.get('values', 'null')))}"
    if base in ("record", "error") and isinstance(kind, dict):
        return f"the record {kind.get('name', '')}".rstrip()
    return logical or base


def read_as(kind: Any) -> Inferred:
    """Returns the kinds of what an Avro library gives for a value of that type; both where libraries differ."""
    if isinstance(kind, list):
        parts = [read_as(branch) for branch in kind if branch != "null"]
        return united([*parts, Inferred(null="maybe")] if is_nullable(kind) else parts)
    logical, base = logical_kind(kind), base_kind(kind)
    for start, kinds in _READ_LOGICAL.items():
        if logical == start or logical.startswith(f"{start}-"):
            return of_kind(*kinds)
    return of_kind(_READ[base]) if base in _READ else UNKNOWN


_READ_LOGICAL = {
    "timestamp": ("datetime",),
    "local-timestamp": ("naive-datetime", "int"),
    "date": ("date",),
    "time": ("time",),
    "decimal": ("decimal",),
    "uuid": ("uuid", "string"),
}
_READ = {
    "boolean": "boolean",
    "int": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "string": "string",
    "enum": "string",
    "bytes": "bytes",
    "array": "array",
    "map": "map",
    "record": "map",
}
