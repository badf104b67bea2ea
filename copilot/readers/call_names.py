"""Which methods take a name of a field as an argument? `get` and `pop` of dicts, columns of tables, keys of messages."""

from __future__ import annotations

import ast

from copilot.readers.arguments import keyword_use, see_arguments, see_keywords
from copilot.readers.query_uses import note_expressions
from copilot.readers.reading import Reader
from copilot.readers.scope import NOTHING, Seen, receiver_name
from copilot.readers.things import value_of
from copilot.readers.values import is_text, with_default

_KEYED = {"get": "reads", "pop": "reads", "setdefault": "writes"}
_COLUMN_METHODS = {
    "groupby": "keys",
    "groupBy": "keys",
    "rollup": "keys",
    "cube": "keys",
    "set_index": "keys",
    "partition_by": "keys",
    "partitionBy": "keys",
    "key_by": "keys",
    "group_by": "keys",
    "sort_values": "reads",
    "drop_duplicates": "reads",
    "drop": "writes",
    "dropna": "reads",
    "pivot": "reads",
    "pivot_table": "reads",
    "explode": "reads",
    "select": "reads",
    "filter": "reads",
    "reindex": "reads",
    "isin": "compares",
    "nlargest": "reads",
    "nsmallest": "reads",
    "with_column": "writes",
    "withColumn": "writes",
    "withColumnRenamed": "writes",
    "col": "reads",
    "alias": "writes",
    "orderBy": "keys",
    "order_by": "keys",
    "sort": "keys",
    "with_columns": "reads",
    "withColumns": "reads",
    "dropDuplicates": "reads",
    "value_counts": "reads",
    "unpivot": "reads",
}
_COLUMN_KEYWORDS = {
    "by": "keys",
    "on": "keys",
    "left_on": "keys",
    "right_on": "keys",
    "subset": "reads",
    "columns": "reads",
    "index": "reads",
    "values": "reads",
    "usecols": "reads",
    "keys": "keys",
    "key": "keys",
    "key_field": "keys",
    "partition_key": "keys",
}
_FINDING = frozenset(
    {
        "find",
        "find_one",
        "find_one_and_update",
        "find_one_and_replace",
        "find_one_and_delete",
        "count_documents",
        "update_one",
        "update_many",
        "replace_one",
        "delete_one",
        "delete_many",
    }
)
_NAMING = frozenset({"assign", "with_columns", "agg", "aggregate"})
_COLUMN_DICTS = frozenset({"rename", "astype", "agg", "aggregate", "fillna", "replace", "transform", "assign"})


def see_names(reader: Reader, node: ast.Call, function: ast.Attribute, base: Seen, mode: str) -> Seen | None:
    """Reads a call of a method whose arguments are names of fields, None where the method is none of these."""
    name = function.attr
    first = node.args[0] if node.args else None
    if name in _KEYED and isinstance(first, ast.Constant) and isinstance(first.value, str):
        used = _KEYED[name] if name != "get" else mode
        found = reader.key_use(first, first.value, used, "get", function.value, base)
        defaults = [reader.see(argument).value for argument in node.args[1:]]
        see_keywords(reader, node)
        if base.thing is not None and base.thing[0] == "kwargs":
            handed = ("param", f"{base.thing[1]}:{first.value}", defaults[0] if defaults else None)
            return found._replace(value=handed if defaults and is_text(handed) else None, thing=handed)
        is_record = base.origin is not None and base.origin.root[0] != "param"
        if found.value is None and defaults and not is_record:
            return found._replace(value=with_default(found.thing or ("var", first.value, None), defaults[0]))
        return found
    if name in _KEYED and isinstance(first, ast.Name):
        used = _KEYED[name] if name != "get" else mode
        known = reader.see(first).value
        if reader.sheet.add_listed_uses(known, used, receiver_name(function.value), base.origin):
            see_arguments(reader, node)
            return NOTHING
    table = base.thing or base.value
    if name == "get" and first is not None and table is not None and table[0] in ("map", "dict"):
        return _picked(reader, node, base)
    if name in _FINDING and isinstance(first, ast.Dict):
        reader.see_as(first, receiver_name(function.value), "compares")
        see_arguments(reader, node)
        return NOTHING
    note_expressions(reader, node, name, base.origin)
    if name == "update" and isinstance(first, ast.Dict):
        seen = reader.see_as(first, receiver_name(function.value))
        if seen.origin is not None and base.origin is not None and not base.origin.path:
            reader.sheet.flow.flows(seen.origin, base.origin.root)
            reader.sheet.flow.flows(base.origin, seen.origin.root)
        see_keywords(reader, node)
        return NOTHING
    if (
        "key" in name.lower()
        and name not in ("keys", "fromkeys")
        and isinstance(first, ast.Constant)
        and isinstance(first.value, str)
    ):
        reader.sheet.add_use(first.value, first, "keys", "string", name, base.origin)
        return NOTHING
    has_names = any(keyword.arg in _COLUMN_KEYWORDS for keyword in node.keywords)
    # Nothing of a table takes names by keywords alone, other than those of columns.
    is_own = bool(node.keywords) and not node.args and not has_names and name not in _NAMING
    if (
        (name in _COLUMN_METHODS and not is_own)
        or name in _COLUMN_DICTS
        or (has_names and name in ("merge", "join", "to_csv", "melt"))
    ):
        return _columns(reader, node, function, base)
    return None


def _picked(reader: Reader, node: ast.Call, base: Seen) -> Seen:
    """Reads `TABLE.get(key, default)` with a key that is no text of its own."""
    key = node.args[0]
    default = value_of(reader, node.args[1]) if len(node.args) > 1 else None
    see_keywords(reader, node)
    return Seen(None, None, reader.picked(base, key, reader.see(key), default))


def _columns(reader: Reader, node: ast.Call, function: ast.Attribute, base: Seen) -> Seen:
    receiver = receiver_name(function.value)
    used = _COLUMN_METHODS.get(function.attr, "reads")
    outer, reader.scope.table = reader.scope.table, base.origin or reader.scope.table
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            _column_dict(reader, argument, receiver, base)
        else:
            reader.columns(argument, used, receiver, base.origin)
    for keyword in node.keywords:
        if isinstance(keyword.value, ast.Dict):
            _column_dict(reader, keyword.value, receiver, base)
        elif keyword.arg in _COLUMN_KEYWORDS:
            reader.columns(keyword.value, _COLUMN_KEYWORDS[keyword.arg], receiver, base.origin)
        else:
            if function.attr in _NAMING and keyword.arg:
                keyword_use(reader, keyword, receiver, base.origin)
            reader.see(keyword.value)
    reader.scope.table = outer
    return Seen(None, base.origin)


def _column_dict(reader: Reader, node: ast.Dict, receiver: str, base: Seen) -> None:
    """Reads {column: what becomes of it}; the new name of a renamed column is written."""
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            reader.columns(key, "reads", receiver, base.origin)
        if isinstance(value, ast.Constant):
            reader.columns(value, "writes", receiver, base.origin)
        else:
            reader.see(value)
