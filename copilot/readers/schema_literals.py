"""Which literals of a Python file are schemas? A dict with "type": "record" and "fields", or a string that holds such JSON."""

from __future__ import annotations

import ast
import json
import re

from copilot.readers.facts import Literal
from copilot.readers.sheet import Sheet

_QUOTES = re.compile(rb"[rRuUbB]{0,2}(\"\"\"|'''|\"|')")
_MIN_JSON = 30


def literal_of_dict(node: ast.Dict, names: tuple[str, ...], receiver: str, sheet: Sheet) -> int | None:
    """Adds the schema that a dict literal is, and returns its index; None where it is no schema."""
    if "fields" not in names or "type" not in names:
        return None
    entries = dict(zip(names, node.values, strict=False)) if len(names) == len(node.values) else {}
    kind, fields = entries.get("type"), entries.get("fields")
    if not (isinstance(kind, ast.Constant) and kind.value in ("record", "error") and isinstance(fields, ast.List)):
        return None
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        sheet.gaps.append(
            (node.lineno, "a schema in the code is computed, so it can't be read without running the code")
        )
        return None
    start = sheet.offset(node.lineno, node.col_offset)
    end = sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    return _add("python-dict", start, end, receiver, _full_name(value), sheet)


def literal_of_string(node: ast.Constant, text: str, sheet: Sheet) -> int | None:
    """Adds the schema that a string constant holds, and returns its index; None where it holds none."""
    if len(text) < _MIN_JSON or '"fields"' not in text or '"record"' not in text or not text.lstrip().startswith("{"):
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
        sheet.gaps.append(
            (node.lineno, "a schema in a string is written with escapes or in pieces, so it can't be edited in place")
        )
        return None
    return _add("python-string", at, at + len(body), "", _full_name(value), sheet)


def _add(host: str, start: int, end: int, name: str, root: str, sheet: Sheet) -> int:
    known = next((index for index, literal in enumerate(sheet.literals) if literal.start == start), None)
    if known is not None:
        return known
    text = sheet.data[start:end].decode("utf-8", "replace")
    sheet.literals.append(Literal(host, start, end, sheet.line_of(start), sheet.line_of(end - 1), name, root, text))
    return len(sheet.literals) - 1


def _full_name(schema: dict[str, object]) -> str:
    name, space = str(schema.get("name", "")), str(schema.get("namespace") or "")
    return f"{space}.{name}" if space and "." not in name else name
