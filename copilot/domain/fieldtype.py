"""What a field's type says, read from its JSON text: branches, null, enums, neutral values, and whether a default fits.

Pure functions over JSON values of Avro's shape, for those who plan changes. Whether a whole schema is valid is the format's
own question (`formats`); references that can't be seen here count as fitting.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from copilot.domain.codec import canonical

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
_PLAIN = {f'"{name}"': name for name in PRIMITIVES}
_NAMED = ("record", "error", "enum", "fixed")
_NEUTRAL: dict[str, Any] = {
    "boolean": False,
    "int": 0,
    "long": 0,
    "float": 0.0,
    "double": 0.0,
    "bytes": "",
    "string": "",
}
_DEPTH_LIMIT = 64
_UNKNOWN = re.compile(r"(?:.*_)?(?:UNKNOWN|UNSPECIFIED|UNDEFINED|UNRECOGNI[SZ]ED|OTHER)", re.IGNORECASE)


_DECODED = frozenset(
    {"type", "name", "namespace", "fields", "items", "values", "symbols", "size", "default", "aliases", "order"}
    | {"logicalType", "precision", "scale"}
)


def branches(kind: Any) -> tuple[Any, ...]:
    """Returns the branches of a union, or the type itself as the only one."""
    return tuple(kind) if isinstance(kind, list) else (kind,)


def is_nullable(kind: Any) -> bool:
    """Tells whether null is one of the values."""
    return any(_bare(branch) == "null" for branch in branches(kind))


def without_null(kind: Any) -> Any:
    """Returns the type without its null branch; a union of one branch becomes that branch."""
    rest = [branch for branch in branches(kind) if _bare(branch) != "null"]
    return rest[0] if len(rest) == 1 else rest


def null_first(kind: Any) -> list[Any]:
    """Returns the union of null and the type, null as its first branch, so that a default of null is valid everywhere."""
    return ["null", *branches(without_null(kind))]


def value_first(kind: Any, default: Any) -> Any:
    """Returns the union with the branch that `default` fits moved to the front, as a default must fit the first branch."""
    if not isinstance(kind, list):
        return kind
    for branch in kind:
        if fits(default, branch):
            return [branch, *(other for other in kind if other is not branch)]
    return kind


def null_where_it_was(kind: Any, old: Any) -> Any:
    """Returns a union with null where the old one has it: a branch keeps its number, and bytes stay what they were."""
    if not (isinstance(kind, list) and isinstance(old, list) and "null" in kind and "null" in old):
        return kind
    others = [branch for branch in kind if branch != "null"]
    at = min(old.index("null"), len(others))
    return [*others[:at], "null", *others[at:]]


def base_kind(kind: Any) -> str:
    """Returns the name of the type that carries the bytes: "string", "array", "record", or a reference's own name."""
    if isinstance(kind, list):
        return "union"
    inner = kind.get("type", "") if isinstance(kind, dict) else kind
    return base_kind(inner) if isinstance(inner, dict | list) else str(inner)


def logical_kind(kind: Any) -> str:
    """Returns the logical type's name, "" where there is none."""
    return str(kind.get("logicalType", "")) if isinstance(kind, dict) else ""


def enum_of(kind: Any) -> dict[str, Any] | None:
    """Returns the enum that a field's type holds, through null, arrays and maps; None where there is none, or several."""
    found = [inner for inner in _parts(kind) if isinstance(inner, dict) and inner.get("type") == "enum"]
    return found[0] if len(found) == 1 else None


def neutral_value(kind: Any) -> Any:
    """Returns the value that says the least (0, "", false, [], {}, an enum's default or first symbol).

    Raises ValueError where the type has no such value (a record, a fixed, a reference, a time).
    """
    first = branches(kind)[0] if branches(kind) else "null"
    bare = base_kind(first)
    if bare == "null":
        return None
    if bare in _NEUTRAL and not logical_kind(first):
        return _NEUTRAL[bare]
    if bare == "array":
        return []
    if bare == "map":
        return {}
    if bare == "enum" and isinstance(first, dict) and first.get("symbols"):
        return first.get("default", first["symbols"][0])
    raise ValueError(f"no neutral value for {canonical(first)}")


def value_kind(kind: Any) -> str:
    """Returns the kind of value that code gets: "number", "text", "time", and so on; null is another question."""
    kinds = sorted({_value_kind(branch) for branch in branches(without_null(kind))})
    return "|".join(kinds)


def _value_kind(kind: Any) -> str:
    logical, base = logical_kind(kind), base_kind(kind)
    if logical and logical != "uuid":
        return "decimal" if logical == "decimal" else "time"
    if base in ("int", "long", "float", "double"):
        return "number"
    if base in ("array", "map") and isinstance(kind, dict):
        return f"{base} of {value_kind(kind.get('items', kind.get('values', 'null')))}"
    if base in ("record", "error") and isinstance(kind, dict):
        return str(kind.get("name", base))
    return "text" if base in ("string", "enum") else base


def says_unknown(value: Any) -> bool:
    """Tells whether a value says by itself that nothing is known: null, or a name such as UNKNOWN or STATUS_UNSPECIFIED."""
    return value is None or (isinstance(value, str) and _UNKNOWN.fullmatch(value) is not None)


def fits(value: Any, kind: Any) -> bool:
    """Tells whether a default's JSON value fits a type; of a union, whether it fits one of the branches."""
    if isinstance(kind, list):
        return any(fits(value, branch) for branch in kind)
    bare = base_kind(kind)
    if bare == "null":
        return value is None
    if bare == "boolean":
        return isinstance(value, bool)
    if bare in ("int", "long"):
        bits = 31 if bare == "int" else 63
        return isinstance(value, int) and not isinstance(value, bool) and -(2**bits) <= value < 2**bits
    if bare in ("float", "double"):
        # Compared, not asked for being finite: that would fail itself for a whole number of some hundred digits.
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and -sys.float_info.max <= value <= sys.float_info.max
    if bare in ("string", "bytes", "fixed"):
        return isinstance(value, str)
    return _fits_complex(value, bare, kind)


def _fits_complex(value: Any, bare: str, kind: Any) -> bool:
    inner = kind if isinstance(kind, dict) else {}
    if bare == "enum":
        return isinstance(value, str) and value in inner.get("symbols", ())
    if bare == "array":
        return isinstance(value, list) and all(fits(item, inner.get("items", "null")) for item in value)
    if bare == "map":
        return isinstance(value, dict) and all(fits(item, inner.get("values", "null")) for item in value.values())
    if bare in ("record", "error"):
        fields = {field["name"]: field for field in inner.get("fields", ())}
        return isinstance(value, dict) and all(
            fits(value[name], field["type"]) if name in value else "default" in field for name, field in fields.items()
        )
    return True


def python_literal(value: Any) -> str:
    """Returns a JSON value as a Python expression."""
    return repr(value)


def record_of(schema: Any, name: str) -> dict[str, Any] | None:
    """Returns the record of that full name inside a schema, the outermost one for ""; None where there is none."""
    records = [(full, kind) for full, kind in named_types(schema) if kind.get("type") in ("record", "error")]
    if not name and records:
        return records[0][1]
    return next((kind for full, kind in records if full == name), None)


def field_of(schema: Any, record: str, field: str) -> dict[str, Any] | None:
    """Returns the field's object in that record; None where there is none."""
    fields = (record_of(schema, record) or {}).get("fields", ())
    return next((entry for entry in fields if isinstance(entry, dict) and entry.get("name") == field), None)


def named_types(schema: Any, namespace: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields every type that a schema declares with its full name, outermost first; `namespace` is the one around it."""
    yield from _named(schema, namespace, 0)


def _named(kind: Any, namespace: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    if depth > _DEPTH_LIMIT:
        return
    if isinstance(kind, list):
        for branch in kind:
            yield from _named(branch, namespace, depth + 1)
    if not isinstance(kind, dict):
        return
    if kind.get("type") in _NAMED and isinstance(kind.get("name"), str):
        full = full_name(kind["name"], str(kind.get("namespace") or namespace))
        yield full, kind
        namespace = full.rpartition(".")[0]
    fields = kind.get("fields")
    inside = [entry.get("type") for entry in fields if isinstance(entry, dict)] if isinstance(fields, list) else []
    for inner in (*inside, *(kind.get(key) for key in ("type", "items", "values"))):
        # A generator for each name among ten thousand fields would take longer than all else.
        if isinstance(inner, dict | list):
            yield from _named(inner, namespace, depth + 1)


def full_name(name: str, namespace: str) -> str:
    """Returns the full name of a type declared as `name` inside `namespace`."""
    return name if "." in name or not namespace else f"{namespace}.{name}"


def by_reference(kind: Any, defined: Any, namespace: str) -> Any:
    """Returns the type with every named type that `defined` declares replaced by its full name: a name is declared once."""
    declared = {full for full, _ in _named(defined, namespace, 0)}
    return _referring(kind, declared, namespace, 0)


def _referring(kind: Any, declared: set[str], namespace: str, depth: int) -> Any:
    if depth > _DEPTH_LIMIT:
        return kind
    if isinstance(kind, list):
        return [_referring(branch, declared, namespace, depth + 1) for branch in kind]
    if not isinstance(kind, dict):
        return kind
    if kind.get("type") in _NAMED and isinstance(kind.get("name"), str):
        full = full_name(kind["name"], str(kind.get("namespace") or namespace))
        return full if full in declared else kind
    inner = {
        key: _referring(kind[key], declared, namespace, depth + 1) for key in ("type", "items", "values") if key in kind
    }
    return {**kind, **inner}


def as_decoded(schema: Any) -> Any:
    """Returns a schema without what no decoder looks at: docs, tags, marks and other properties of its author's own."""
    if isinstance(schema, list):
        return [as_decoded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: as_decoded(value) if key in ("type", "fields", "items", "values") else value
        for key, value in schema.items()
        if key in _DECODED
    }


def parsed(text: str) -> Any:
    """Returns the JSON value of a type or a default as the map keeps it."""
    # Most fields have a type without parts, and ten thousand of them are asked about again and again.
    return _PLAIN.get(text) or json.loads(text)


def _bare(kind: Any) -> str:
    return base_kind(kind) if isinstance(kind, str | dict) else ""


def _parts(kind: Any, depth: int = 0) -> Iterator[Any]:
    if depth > _DEPTH_LIMIT:
        return
    for branch in branches(kind):
        yield branch
        if isinstance(branch, dict) and branch.get("type") in ("array", "map"):
            yield from _parts(branch.get("items", branch.get("values")), depth + 1)
        elif isinstance(branch, dict) and isinstance(branch.get("type"), dict | list):
            yield from _parts(branch["type"], depth + 1)


_VALUE_KINDS = {
    "int": 0,
    "long": 0,
    "float": 1,
    "double": 1,
    "string": 2,
    "enum": 3,
    "bytes": 4,
    "fixed": 4,
    "boolean": 5,
}
_ACCEPTED = {(0, 1), (3, 2)}


def is_another_kind(old: str, new: str) -> bool:
    """Tells whether values that fit one type (JSON text) are of the wrong kind for another: a text for bytes, a number for a text.

    Whole numbers do for floating ones, symbols for texts. Unions of several types and named types are not judged.
    """
    if old == new:
        return False
    before, after = without_null(parsed(old)), without_null(parsed(new))
    kinds = _VALUE_KINDS.get(base_kind(before)), _VALUE_KINDS.get(base_kind(after))
    if None in kinds:
        return False
    is_decimal = "decimal" in (logical_kind(before), logical_kind(after)) and logical_kind(before) != logical_kind(
        after
    )
    return is_decimal or (kinds[0] != kinds[1] and kinds not in _ACCEPTED)
