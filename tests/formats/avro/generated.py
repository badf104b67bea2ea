"""Generated Avro schemas that every parser accepts, and pairs of them that share most names, so that they nearly fit."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
LOGICAL: tuple[dict[str, Any], ...] = (
    {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2},
    {"type": "int", "logicalType": "date"},
    {"type": "int", "logicalType": "time-millis"},
    {"type": "long", "logicalType": "time-micros"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "string", "logicalType": "uuid"},
    {"type": "long", "logicalType": "local-timestamp-millis"},
)
DEFAULTS = {
    "null": None,
    "boolean": True,
    "int": 1,
    "long": 1,
    "float": 1.5,
    "double": 1.5,
    "bytes": "b",
    "string": "s",
}
FIELD_NAMES = ("a", "b", "c", "d")
SYMBOLS = ("A", "B", "C", "D")


@st.composite
def schemas(draw: st.DrawFn, place: str = "Root", depth: int = 2, has_logical: bool = False, kind: str = "") -> Any:
    """A schema. The names in it come from the place where they are defined, so those of two schemas mostly match."""
    kinds = ["primitive", "primitive", "enum", "fixed"]
    kinds += ["record", "record", "array", "map", "union"] if depth else []
    kinds += ["logical"] if has_logical else []
    kind = kind or draw(st.sampled_from(kinds))
    if kind == "primitive":
        return draw(st.sampled_from(PRIMITIVES))
    if kind == "logical":
        return draw(st.sampled_from(LOGICAL))
    if kind == "array":
        return {"type": "array", "items": draw(schemas(f"{place}I", depth - 1, has_logical))}
    if kind == "map":
        return {"type": "map", "values": draw(schemas(f"{place}V", depth - 1, has_logical))}
    if kind == "union":
        return draw(unions(place, depth, has_logical))
    return draw(named(place, depth, has_logical, kind))


@st.composite
def named(draw: st.DrawFn, place: str, depth: int, has_logical: bool, kind: str) -> Any:
    suffix = draw(st.sampled_from(["", "", "", "", "", "X"]))
    schema: dict[str, Any] = {"type": kind, "name": f"{place}{kind.capitalize()}{suffix}"}
    if draw(st.integers(0, 5)) == 0:
        schema["aliases"] = [f"{place}{kind.capitalize()}"]
    if kind == "fixed":
        return {**schema, "size": draw(st.sampled_from([2, 2, 3]))}
    if kind == "enum":
        symbols = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=4, unique=True))
        default = {"default": symbols[0]} if draw(st.integers(0, 3)) == 0 else {}
        return {**schema, "symbols": symbols, **default}
    names = draw(st.lists(st.sampled_from(FIELD_NAMES), max_size=3, unique=True))
    return {**schema, "fields": [draw(fields(name, place, depth, has_logical)) for name in names]}


@st.composite
def fields(draw: st.DrawFn, name: str, place: str, depth: int, has_logical: bool) -> Any:
    type = draw(schemas(f"{place}{name.upper()}", depth - 1, has_logical))
    field: dict[str, Any] = {"name": name, "type": type}
    if isinstance(type, str) and draw(st.booleans()):
        field["default"] = DEFAULTS[type]
    if draw(st.integers(0, 4)) == 0:
        field["aliases"] = [draw(st.sampled_from(FIELD_NAMES))]
    if draw(st.integers(0, 4)) == 0:
        field["doc"] = draw(st.text("abc \"'\\é{}[],:\n", max_size=12))
    return field


@st.composite
def unions(draw: st.DrawFn, place: str, depth: int, has_logical: bool) -> Any:
    kinds = draw(
        st.lists(
            st.sampled_from([*PRIMITIVES, "array", "map", "record", "enum", "fixed"]),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    return [kind if kind in PRIMITIVES else draw(schemas(f"{place}U", depth - 1, has_logical, kind)) for kind in kinds]


def records(has_logical: bool = False) -> st.SearchStrategy[Any]:
    return schemas("Root", 3, has_logical, "record")
