"""Which calls take a record whole, and hand on whatever fields it has? Dumps to bytes or text, documents and rows of a store.

None of them names a field, so whoever renames or removes one changes what they give out. What only shows a record to people is
left out.
"""

from __future__ import annotations

import ast

from copilot.readers.reading import Reader
from copilot.readers.scope import receiver_name

_FUNCTIONS = frozenset(
    f"{module}.{name}"
    for module, names in {
        "json": ("dump", "dumps"),
        "orjson": ("dumps",),
        "ujson": ("dump", "dumps"),
        "simplejson": ("dump", "dumps"),
        "msgpack": ("pack", "packb", "dumps"),
        "pickle": ("dump", "dumps"),
        "yaml": ("dump", "safe_dump"),
        "bson": ("encode",),
    }.items()
    for name in names
)
_METHODS = frozenset(
    {
        "insert",
        "insert_one",
        "insert_many",
        "insert_all",
        "insert_rows",
        "insert_rows_json",
        "replace_one",
        "upsert",
        "index",
        "put_item",
        "hset",
        "xadd",
        "writerow",
        "writerows",
    }
)
_KEYWORDS = frozenset(
    {"document", "documents", "body", "Item", "mapping", "fields", "record", "records", "row", "rows", "obj", "values"}
)
_SHOWING = frozenset({"print", "pprint", "debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
NAMES = frozenset({name.rpartition(".")[2] for name in _FUNCTIONS}) | _METHODS | _SHOWING


def see_whole_records(reader: Reader, node: ast.Call, name: str) -> None:
    """Notes each record that a call named `name` takes whole; forgets those that are only shown."""
    sheet = reader.sheet
    if name in _SHOWING:
        if sheet.wholes:
            shown = {part for argument in node.args for part in ast.walk(argument)}
            sheet.wholes = [one for one in sheet.wholes if one[0] not in shown]
        return
    is_method = isinstance(node.func, ast.Attribute) and not reader.scope.dotted(node.func)
    if not (is_method and name in _METHODS) and reader.scope.dotted(node.func) not in _FUNCTIONS:
        return
    named = [keyword.value for keyword in node.keywords if keyword.arg in _KEYWORDS]
    sheet.is_quiet = True
    for argument in (*node.args, *named):
        origin = reader.see(argument).origin if not isinstance(argument, ast.Constant) else None
        if origin is not None and not origin.path.replace("[]", ""):
            while origin.lists:
                origin = origin.item()
            sheet.wholes.append((node, name, _text(argument), origin))
            break
    sheet.is_quiet = False


def _text(node: ast.expr) -> str:
    return receiver_name(node.elts[0] if isinstance(node, ast.List | ast.Tuple) and node.elts else node)
