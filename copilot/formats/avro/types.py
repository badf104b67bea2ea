"""The types of a self-contained schema as a graph in which references are followed; what rules and samples walk on.

Recursive schemas make cycles. A graph is built once per text and shared: nothing changes it afterwards.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from copilot.formats.avro.names import PRIMITIVES, candidates, full_name, namespace_of, short_name

NO_DEFAULT: Any = object()
_CACHED_SCHEMAS_MAX = 512
_UNPARAMETERISED = {
    "string": ("uuid",),
    "int": ("date", "time-millis"),
    "long": ("time-micros", "timestamp-millis", "timestamp-micros", "local-timestamp-millis", "local-timestamp-micros"),
}


@dataclass(slots=True, eq=False)
class Field:
    """A field of a record; `default` is `NO_DEFAULT` where there is none."""

    name: str
    type: Type
    default: Any
    aliases: tuple[str, ...]
    doc: str


@dataclass(slots=True, eq=False)
class Type:
    """One type. `kind` is Avro's word ("record" also for errors, "union" for a list); `name` is full, "" for unnamed ones.

    `aliases` are full names, `short_aliases` those of them that are written without a namespace. `default` is an enum's own
    default. `inner` is an array's items or a map's values. A plain type is one of the shared ones, which read their own data
    whoever asks.
    """

    kind: str
    name: str = ""
    short: str = ""
    aliases: frozenset[str] = frozenset()
    short_aliases: frozenset[str] = frozenset()
    fields: tuple[Field, ...] = ()
    by_name: dict[str, Field] = field(default_factory=dict)
    symbols: tuple[str, ...] = ()
    default: str | None = None
    size: int = 0
    inner: Type | None = None
    branches: tuple[Type, ...] = ()
    logical: str = ""
    precision: int | None = None
    scale: int = 0
    is_plain: bool = False

    @property
    def label(self) -> str:
        """Names the type for a person: its full name, or its kind."""
        return f"{self.kind} {self.name}" if self.name else self.kind


def decimal_digits(size: int) -> int:
    """Returns how many digits of a decimal fit so many bytes, without writing out a number of a million digits."""
    return max(0, math.floor((8 * size - 1) * math.log10(2)))


PRIMITIVE_TYPES: Mapping[str, Type] = {kind: Type(kind, is_plain=True) for kind in sorted(PRIMITIVES)}
"""Those without a logical type, shared by all graphs: two fields of a plain type are compared by identity."""

NULLABLE_TYPES: Mapping[tuple[str, str], Type] = {
    (one.kind, other.kind): Type("union", branches=(one, other), is_plain=True)
    for value in PRIMITIVE_TYPES.values()
    if value.kind != "null"
    for one, other in ((PRIMITIVE_TYPES["null"], value), (value, PRIMITIVE_TYPES["null"]))
}
"""The unions of null and a primitive, by their branches in order: the commonest ones, shared as the primitives are."""

PLAIN_ARRAYS: Mapping[str, Type] = {
    kind: Type("array", inner=items, is_plain=True) for kind, items in PRIMITIVE_TYPES.items()
}
"""The arrays of primitives, by the kind of their items."""

WHOLE_DEFAULTED: Mapping[str, Type] = {kind: Type(kind, is_plain=True) for kind in ("float", "double")}
"""What stands for a floating type that is written as an object where the default is a whole number: fastavro refuses it."""

PLAIN_LOGICAL_TYPES: Mapping[tuple[str, str], Type] = {
    (kind, logical): Type(kind, logical=logical, is_plain=True)
    for kind, names in _UNPARAMETERISED.items()
    for logical in names
}
"""The logical types without parameters, by the kind that they are written as and their name."""


@lru_cache(maxsize=_CACHED_SCHEMAS_MAX)
def graph_of(resolved: str) -> Type:
    """Returns the graph of a self-contained schema, which `parse` has checked."""
    return _Builder().build(json.loads(resolved), "")


class _Builder:
    def __init__(self) -> None:
        self._known: dict[str, Type] = {}

    def build(self, schema: Any, enclosing: str) -> Type:
        if isinstance(schema, str):
            return self._reference(schema, enclosing)
        if isinstance(schema, list):
            return Type("union", branches=tuple(self.build(branch, enclosing) for branch in schema))
        kind = schema["type"]
        if kind in ("record", "error"):
            return self._record(schema, enclosing)
        type = Type(kind)
        if kind == "array":
            type.inner = self.build(schema["items"], enclosing)
        elif kind == "map":
            type.inner = self.build(schema["values"], enclosing)
        elif kind == "enum":
            self._name(type, schema, enclosing)
            type.symbols = tuple(schema["symbols"])
            default = schema.get("default")
            type.default = default if isinstance(default, str) else None
        elif kind == "fixed":
            self._name(type, schema, enclosing)
            type.size = schema["size"]
        _set_logical_type(type, schema)
        return type

    def _reference(self, name: str, enclosing: str) -> Type:
        if name in PRIMITIVES:
            return PRIMITIVE_TYPES[name]
        return next(self._known[full] for full in candidates(name, enclosing) if full in self._known)

    def _name(self, type: Type, schema: dict[str, Any], enclosing: str) -> None:
        type.name = full_name(schema["name"], schema.get("namespace"), enclosing)
        type.short = short_name(type.name)
        space = namespace_of(type.name)
        aliases = _strings(schema.get("aliases"))
        type.aliases = frozenset(full_name(alias, None, space) for alias in aliases)
        type.short_aliases = frozenset(alias for alias in aliases if "." not in alias)
        self._known[type.name] = type

    def _record(self, schema: dict[str, Any], enclosing: str) -> Type:
        type = Type("record")
        self._name(type, schema, enclosing)
        space = namespace_of(type.name)
        type.fields = tuple(
            Field(
                entry["name"],
                self.build(entry["type"], space),
                entry.get("default", NO_DEFAULT),
                _strings(entry.get("aliases")),
                entry["doc"] if isinstance(entry.get("doc"), str) else "",
            )
            for entry in schema["fields"]
        )
        type.by_name.update({entry.name: entry for entry in type.fields})
        return type


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str) and item) if isinstance(value, list) else ()


def _set_logical_type(type: Type, schema: dict[str, Any]) -> None:
    logical = schema.get("logicalType")
    if not isinstance(logical, str):
        return
    type.logical = logical
    precision, scale = schema.get("precision"), schema.get("scale", 0)
    type.precision = precision if isinstance(precision, int) else None
    type.scale = scale if isinstance(scale, int) else 0
