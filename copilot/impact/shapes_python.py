"""Records that Python defines: classes of annotated or column fields, StructTypes, named tuples, dicts, schemas in strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from copilot.domain.python_text import parsed_python
from copilot.impact.shapes import SYMBOL, Shape, ShapeField, within
from copilot.impact.shapes_json import json_shapes

_FIELD_CALLS = (
    "Column", "mapped_column", "Field", "relationship", "StructField", "field", "Str", "String", "Int", "Integer", "Float",
    "Boolean", "Bool", "DateTime", "Date", "List", "Nested", "Dict", "Decimal", "UUID", "Email", "Raw", "Enum", "Text",
)  # fmt: skip
_KEYS_MIN = 3
_NAME_KEYS = ("name", "field", "column", "column_name")


def python_shapes(text: str) -> tuple[Shape, ...]:
    """Returns the records of a module; none where it is not valid Python of this interpreter."""
    tree = parsed_python(text)
    return tuple(_in_body(tree.body, "")) if tree is not None else ()


def _in_body(body: list[ast.stmt], outer: str) -> Iterator[Shape]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            name = f"{outer}.{node.name}" if outer else node.name
            fields = tuple(_class_fields(node))
            if fields:
                yield Shape(name, fields, node.lineno)
            yield from _in_body(node.body, name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _in_body(node.body, f"{outer}.{node.name}" if outer else node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield from _in_value(node.value, _target(target, outer))
        elif isinstance(node, ast.Return | ast.Expr) and node.value is not None:
            yield from _in_value(node.value, outer)
        elif isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
            yield from _in_body(node.body, outer)


def _target(target: ast.expr, outer: str) -> str:
    name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
    return f"{outer}.{name}" if outer and name else name or outer


def _class_fields(node: ast.ClassDef) -> Iterator[ShapeField]:
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            yield ShapeField(item.target.id, ast.unparse(item.annotation), item.lineno)
        elif isinstance(item, ast.Assign) and len(item.targets) == 1 and isinstance(item.targets[0], ast.Name):
            if isinstance(item.value, ast.Call) and _is_field_call(item.value):
                yield ShapeField(item.targets[0].id, _call_words(item.value), item.lineno)
            elif isinstance(item.value, ast.Constant) and any("Enum" in ast.unparse(base) for base in node.bases):
                yield ShapeField(item.targets[0].id, SYMBOL, item.lineno)


def _is_field_call(call: ast.Call) -> bool:
    name = _called(call)
    return name in _FIELD_CALLS or name.endswith(("Field", "Column", "Key"))


def _called(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _call_words(call: ast.Call) -> str:
    """Returns the field's type as written: the call's name and first argument."""
    first = next((ast.unparse(arg) for arg in call.args[:2] if not isinstance(arg, ast.Constant)), "")
    return f"{_called(call)} {first}".strip()[:120]


def _in_value(value: ast.expr, name: str) -> Iterator[Shape]:
    """Yields what a literal, StructType or named tuple describes, and what stands inside of it."""
    fields: list[ShapeField] = []
    if isinstance(value, ast.Dict):
        yield from _dict_shapes(value, name)
        return
    if isinstance(value, ast.Constant):
        yield from _written(value, name)
        return
    if isinstance(value, ast.Call):
        if _called(value) in ("TypedDict", "namedtuple", "NamedTuple", "make_dataclass") and value.args:
            fields = list(_functional_fields(value))
        elif _called(value) in ("StructType", "Schema", "schema", "Table"):
            fields = list(_listed_calls(value))
        else:
            for arg in (*value.args, *(keyword.value for keyword in value.keywords)):
                if isinstance(arg, ast.Dict | ast.List | ast.Call | ast.Constant):
                    yield from _in_value(arg, name)
    elif isinstance(value, ast.List | ast.Tuple):
        fields = list(_listed(value))
        if not fields:
            for item in value.elts:
                if isinstance(item, ast.Dict | ast.Call):
                    yield from _in_value(item, name)
    if fields:
        yield Shape(name, tuple(fields), value.lineno)


def _written(value: ast.Constant, name: str) -> Iterator[Shape]:
    """Yields the records of a schema that is written as JSON in a string.

    What has a line of its own in the source only as an escape, or in another piece of the string, gets the nearest line there is.
    """
    if not isinstance(value.value, str) or not value.value.lstrip().startswith(("{", "[")):
        return
    before, last = value.lineno - 1, value.end_lineno or value.lineno
    for shape in json_shapes(name, value.value):
        fields = tuple(replace(field, line=min(before + field.line, last)) for field in shape.fields)
        yield replace(shape, fields=fields, line=min(before + shape.line, last))


def _dict_shapes(value: ast.Dict, name: str) -> Iterator[Shape]:
    pairs = [
        (key.value, key.lineno, inner)
        for key, inner in zip(value.keys, value.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    ]
    keys = {key for key, _, _ in pairs}
    listed = next((inner for key, _, inner in pairs if key == "fields" and isinstance(inner, ast.List)), None)
    if listed is not None:
        told = {key: it.value for key, _, it in pairs if isinstance(it, ast.Constant) and isinstance(it.value, str)}
        yield from within(told.get("namespace", ""), _in_value(listed, told.get("name", name)))
        return
    if len(pairs) >= _KEYS_MIN and not keys <= {"type", "name", "doc", "default", "description", "mode"}:
        yield Shape(name, tuple(ShapeField(key, _value_words(inner), line) for key, line, inner in pairs), value.lineno)
    for key, _, inner in pairs:
        yield from _in_value(inner, name if key in ("properties", "items", "schema") else f"{name}.{key}")


def _value_words(value: ast.expr) -> str:
    if isinstance(value, ast.Dict):
        for key, inner in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "type":
                return ast.unparse(inner)[:80]
        return "dict"
    if isinstance(value, ast.Name | ast.Attribute):
        return ast.unparse(value)[:80]
    return ""


def _functional_fields(call: ast.Call) -> Iterator[ShapeField]:
    for arg in call.args[1:2]:
        if isinstance(arg, ast.Dict):
            for key, inner in zip(arg.keys, arg.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield ShapeField(key.value, ast.unparse(inner)[:80], key.lineno)
        elif isinstance(arg, ast.List | ast.Tuple):
            for item in arg.elts:
                first = item.elts[0] if isinstance(item, ast.Tuple) and item.elts else item
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield ShapeField(first.value, "", first.lineno)


def _listed_calls(call: ast.Call) -> Iterator[ShapeField]:
    for arg in call.args:
        yield from _listed(arg if isinstance(arg, ast.List | ast.Tuple) else ast.List([arg]))


def _listed(value: ast.List | ast.Tuple) -> Iterator[ShapeField]:
    """Yields fields of a list of StructField(...), SchemaField(...), Column(...) calls or of {"name": ...} dicts."""
    for item in value.elts:
        if isinstance(item, ast.Call) and _is_field_call(item) and item.args:
            first = item.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                kind = ast.unparse(item.args[1])[:80] if len(item.args) > 1 else ""
                yield ShapeField(first.value, kind, item.lineno)
        elif isinstance(item, ast.Dict):
            named = _named_entry(item)
            if named is not None:
                yield named


def _named_entry(item: ast.Dict) -> ShapeField | None:
    entries = {
        key.value: inner for key, inner in zip(item.keys, item.values, strict=True) if isinstance(key, ast.Constant)
    }
    for key in _NAME_KEYS:
        value = entries.get(key)
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and ("type" in entries or key != "name"):
            return ShapeField(value.value, ast.unparse(entries["type"])[:80] if "type" in entries else "", item.lineno)
    return None
