"""Which literals of a Python file are schemas? A dict with "type": "record" and "fields", or a string that holds such JSON."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Container
from functools import lru_cache
from typing import TYPE_CHECKING

from copilot.readers.facts import Literal

if TYPE_CHECKING:
    from copilot.readers.sheet import Sheet
    from copilot.readers.values import Value

_NO_MAKERS = frozenset(
    {"registry", "client", "load", "read", "get", "fetch", "path", "file", "id", "parse", "register", "validate"}
)
_QUOTES = re.compile(rb"[rRuUbB]{0,2}(\"\"\"|'''|\"|')")
_MIN_JSON = 30
CANDIDATE = "python-class"
"""The host of a class that is a schema only where something names it as one."""
GUESS = "python-call"
"""The host of a call that looks as if its function gave back a schema; that it doesn't is no gap."""
_CHANGE = re.compile(
    rb"""(?:(?<![\w.])(?:self\.)?(\w+)\[["']fields["']\](?:\.(?:append|extend|insert|remove|pop)\(|\s*\+?=(?!=))"""
    rb"""|(?<![\w.])(\w+)\[[^\]\n]+\](?:\[[^\]\n]+\])*(?:\.(?:append|extend|insert)\(|\s*\+?=(?!=))|(?<![\w.])(\w+)\.update\()"""
)


def literal_of_dict(
    node: ast.Dict, names: tuple[str, ...], receiver: str, sheet: Sheet, imported: Container[str] = ()
) -> int | None:
    """Adds the schema that a dict literal is, and returns its index; None where it is no schema.

    A dict that is no plain literal is one that code puts together: the format tells whether it can be read.
    """
    if "fields" not in names or not ("type" in names or None in node.keys):
        return None
    entries = {
        key.value: value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    kind, fields = entries.get("type"), entries["fields"]
    if kind is None:
        spreads = [value for key, value in zip(node.keys, node.values, strict=True) if key is None]
        known = {literal.name for literal in sheet.literals if literal.name}
        is_own = any(_name_of(spread) in known for spread in spreads)
        if not is_own and not (_is_about_avro(sheet) and _adds_fields(fields, spreads, imported)):
            return None
    elif not (isinstance(kind, ast.Constant) and kind.value in ("record", "error")) or isinstance(fields, ast.Constant):
        return None
    start = sheet.offset(node.lineno, node.col_offset)
    end = sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return _add("python-code", start, end, receiver, _constant_name(entries), sheet)
    host = "python-code" if is_changed_later(receiver, sheet) else "python-dict"
    return _add(host, start, end, receiver, _full_name(value), sheet) if isinstance(fields, ast.List) else None


def literal_of_class(node: ast.ClassDef, sheet: Sheet, host: str = "python-code") -> int:
    """Adds the schema that a class stands for by its typed fields, and returns its index."""
    start = sheet.offset(node.lineno, node.col_offset)
    end = sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    return _add(host, start, end, "", node.name, sheet)


def literal_of_changed(node: ast.expr, name: str, seen: Value, sheet: Sheet) -> Value:
    """Adds the schema that a copy, or what a file holds, becomes under a name whose fields the code changes later.

    Returns what the name stands for then: that schema, or what was `seen` where the changes can't be read.
    """
    changed = {first for _, first, _ in _changes(sheet)} - {""}
    if name not in changed or seen is None or not _is_about_avro(sheet):
        return seen
    start = sheet.offset(node.lineno, node.col_offset)
    end = sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    return ("or", ("literal", _add("python-code", start, end, name, "", sheet)), seen)


def made_by_call(node: ast.Call, thing: Value, sheet: Sheet) -> Value:
    """Adds the schema that a function of the repository may make of its arguments: `order_schema("Order")`.

    Returns what the call gives: that schema, or the `thing` that it was seen to be where it is none.
    """
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    words = set(name.lower().split("_"))
    is_maker = words & {"schema", "avro"} and not words & _NO_MAKERS and (node.args or node.keywords)
    if thing is None or not is_maker or sheet.is_quiet or not _is_about_avro(sheet):
        return thing
    start = sheet.offset(node.lineno, node.col_offset)
    end = sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    return ("or", ("literal", _add(GUESS, start, end, "", "", sheet)), thing)


def _is_about_avro(sheet: Sheet) -> bool:
    return b"avro" in sheet.data or b"avsc" in sheet.data


def _adds_fields(fields: ast.expr, spreads: list[ast.expr], imported: Container[str]) -> bool:
    """Tells whether a dict is another module's schema with other fields: `{**BASE, "fields": BASE["fields"] + [...]}`."""
    is_imported = any(_name_of(spread).partition(".")[0] in imported for spread in spreads)
    parts = (part.slice for part in ast.walk(fields) if isinstance(part, ast.Subscript))
    return is_imported and any(isinstance(key, ast.Constant) and key.value == "fields" for key in parts)


def is_changed_later(name: str, sheet: Sheet) -> bool:
    """Tells whether a file puts something into what it calls by that name."""
    return bool(name) and name in {found[1] or found[2] for found in _changes(sheet)}


def changed_schemas(sheet: Sheet) -> list[tuple[int, str]]:
    """Returns the places where a schema that is no literal of the file gets other fields, as gaps."""
    if not _is_about_avro(sheet):
        return []
    known = {literal.name for literal in sheet.literals}
    found = {(sheet.line_of(place), name) for place, name, other in _changes(sheet) if name and name not in known}
    return [
        (line, f"{name} gets other fields at run time, so the schema that was read for it is not the one in use")
        for line, name in sorted(found)
    ]


def _changes(sheet: Sheet) -> tuple[tuple[int, str, str], ...]:
    """Returns the places that change a part of something, with its name: the first where its fields change, else the second."""
    return _changes_in(sheet.data) if b"fields" in sheet.data else ()


@lru_cache(maxsize=1)
def _changes_in(data: bytes) -> tuple[tuple[int, str, str], ...]:
    # Asked for each literal of a file, and the same every time.
    return tuple(
        (found.start(), (found[1] or b"").decode(), (found[2] or found[3] or b"").decode())
        for found in _CHANGE.finditer(data)
    )


def literal_of_text(node: ast.JoinedStr, sheet: Sheet) -> int | None:
    """Adds the schema that an f-string puts together as JSON, and returns its index; None where it is none."""
    parts = "".join(
        part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
    if not _looks_like_json(parts):
        return None
    start = sheet.offset(node.lineno, node.col_offset)
    end = sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    return _add("python-code", start, end, "", "", sheet)


def literal_of_template(node: ast.expr, template: ast.expr, sheet: Sheet) -> int | None:
    """Adds the schema that filling in a text gives, and returns its index; None where the text is no schema."""
    text = template.value if isinstance(template, ast.Constant) else None
    if not isinstance(text, str) or not _looks_like_json(text):
        return None
    start = sheet.offset(node.lineno, node.col_offset)
    end = sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    return _add("python-code", start, end, "", "", sheet)


def _looks_like_json(text: str) -> bool:
    return '"fields"' in text and '"record"' in text and text.lstrip().startswith("{")


def literal_of_string(node: ast.Constant, text: str, sheet: Sheet) -> int | None:
    """Adds the schema that a string constant holds, and returns its index; None where it holds none."""
    if len(text) < _MIN_JSON or not _looks_like_json(text):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not isinstance(value, dict) or value.get("type") not in ("record", "error"):
        return None
    start = sheet.offset(node.lineno, node.col_offset)
    quotes = _QUOTES.match(sheet.data, start)
    body = text.strip().encode("utf-8", "surrogatepass")
    at = sheet.data.find(body, quotes.end()) if quotes else -1
    end = sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    if at < 0 or at + len(body) > end:
        # Written with escapes, or in pieces: it can be read, but has no place of its own to be edited in.
        return _add("python-code", start, end, "", _full_name(value), sheet)
    return _add("python-string", at, at + len(body), "", _full_name(value), sheet)


def _add(host: str, start: int, end: int, name: str, root: str, sheet: Sheet) -> int:
    known = next((index for index, literal in enumerate(sheet.literals) if literal.start == start), None)
    if known is not None:
        return known
    # What code puts together is read from the whole file.
    text = sheet.data[start:end].decode("utf-8", "replace") if host not in ("python-code", CANDIDATE, GUESS) else ""
    sheet.literals.append(Literal(host, start, end, sheet.line_of(start), sheet.line_of(end - 1), name, root, text))
    return len(sheet.literals) - 1


def _constant_name(entries: dict[str, ast.expr]) -> str:
    name, space = (getattr(entries.get(key), "value", None) for key in ("name", "namespace"))
    return _full_name({"name": name, "namespace": space}) if isinstance(name, str) else ""


def _full_name(schema: dict[str, object]) -> str:
    name, space = str(schema.get("name", "")), str(schema.get("namespace") or "")
    return f"{space}.{name}" if space and "." not in name else name


def _name_of(node: ast.expr) -> str:
    """Returns the plain name that an expression begins with: `BASE` of `copy.deepcopy(BASE)` and of `BASE["a"]`."""
    while isinstance(node, ast.Subscript | ast.Call | ast.Attribute):
        node = (*node.args, node.func)[0] if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
