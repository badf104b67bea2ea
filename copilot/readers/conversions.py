"""What stays the same record while it changes its shape? Objects made of dicts, dicts made of objects, tables and their rows.

A record that becomes a dataclass, a pydantic model or a row of a table keeps its fields under the same names, so the value that
comes out is followed like the one that went in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from copilot.readers.flow import Origin
from copilot.readers.query_uses import note_expressions
from copilot.readers.reading import Reader
from copilot.readers.scope import NOTHING, Seen

_FROM_RECORD = frozenset(
    {
        "model_validate",
        "parse_obj",
        "from_dict",
        "from_mapping",
        "from_record",
        "validate_python",
        "structure",
        "convert",
        "SimpleNamespace",
    }
)
_RECORD_ARGUMENTS = frozenset({"data", "obj", "record", "value", "d", "kvs"})
_TO_RECORD = frozenset(
    {"asdict", "vars", "model_dump", "dict", "to_dict", "_asdict", "as_dict", "unstructure", "to_builtins"}
)
SAME_TABLE = frozenset(
    {
        "reset_index",
        "head",
        "tail",
        "sample",
        "query",
        "eval",
        "cache",
        "persist",
        "distinct",
        "dropDuplicates",
        "limit",
        "where",
        "sort",
        "sort_index",
        "unique",
        "lazy",
        "collect",
        "toPandas",
        "to_pandas",
        "with_columns",
        "withColumns",
        "apply",
    }
)
ROWS = frozenset({"iterrows", "itertuples", "iter_rows", "to_dicts", "toLocalIterator"})
CELL_ACCESSORS = frozenset({"loc", "at", "iloc", "iat"})
_ROW_METHODS = frozenset(
    {"apply", "map", "filter", "transform", "pipe", "assign", "foreach", "flatMap", "sort", "key_by"}
)
_GETTERS = {"operator.itemgetter": "subscript", "operator.attrgetter": "attribute"}
_ITEM_CALLS = frozenset({"map", "filter", "sorted", "min", "max", "itertools.groupby"})


def converted(reader: Reader, node: ast.Call, base: Seen, arguments: list[Seen]) -> Origin | None:
    """Returns the record that a call gives back in another shape, None where it does no such thing."""
    function = node.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if name[:1].isupper() and not node.args and len(node.keywords) == 1 and node.keywords[0].arg is None:
        return reader.see(node.keywords[0].value).origin
    if name in _FROM_RECORD:
        named = [reader.see(it.value).origin for it in node.keywords if it.arg in _RECORD_ARGUMENTS]
        return next((it for it in [*(seen.origin for seen in arguments), *named] if it is not None), None)
    if name in _TO_RECORD:
        return arguments[0].origin if arguments else base.origin
    return None


def rows_of(base: Seen, method: str) -> Seen | None:
    """Returns what a method of a table gives: the table again, or its rows; None for any other method."""
    if base.origin is None:
        return None
    if method in ROWS:
        return Seen(None, base.origin.wrapped())
    return base if method in SAME_TABLE else None


@contextmanager
def rows_named(reader: Reader, node: ast.Call, base: Seen, dotted: str) -> Iterator[None]:
    """Lets the argument of a lambda stand for a row, or an item, of what it is applied to, while the call is read."""
    origin: Origin | None = None
    if isinstance(node.func, ast.Attribute) and node.func.attr in _ROW_METHODS and base.origin is not None:
        origin = base.origin.item() if base.origin.lists or node.func.attr == "sort" else base.origin
    elif dotted in _ITEM_CALLS:
        sources = [reader.see(argument) for argument in node.args if isinstance(argument, ast.Name | ast.Subscript)]
        found = next((seen.origin for seen in sources if seen.origin is not None), None)
        origin = found.item() if found is not None else None
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    if origin is not None:
        _see_getters(reader, node, values, origin)
    lambdas = [value for value in values if isinstance(value, ast.Lambda) and len(value.args.args) == 1]
    if origin is None or not lambdas:
        yield
        return
    names = {value.args.args[0].arg for value in lambdas}
    before = {name: reader.scope.names.get(name) for name in names}
    reader.scope.names.update(dict.fromkeys(names, Seen(None, origin)))
    yield
    for name, seen in before.items():
        if seen is None:
            reader.scope.names.pop(name, None)
        else:
            reader.scope.names[name] = seen


def _see_getters(reader: Reader, node: ast.Call, values: list[ast.expr], item: Origin) -> None:
    """Adds the uses of `itemgetter("jd")` and `attrgetter("jd")`, which is applied to each item of what is called."""
    by_key = {id(keyword.value) for keyword in node.keywords if keyword.arg == "key"}
    for value in values:
        form = _GETTERS.get(reader.scope.dotted(value.func)) if isinstance(value, ast.Call) else None
        for name in value.args if form is not None and isinstance(value, ast.Call) else ():
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                reader.sheet.add_use(name.value, name, "keys" if id(value) in by_key else "reads", form or "", "", item)


def cell_holder(node: ast.Subscript) -> ast.expr | None:
    """Returns the table of `table.loc[rows, "column"]`, None for any other subscript."""
    holder = node.value
    is_cell = isinstance(holder, ast.Attribute) and holder.attr in CELL_ACCESSORS and isinstance(node.slice, ast.Tuple)
    return holder.value if is_cell and isinstance(holder, ast.Attribute) else None


_SPARK_FUNCTIONS = "pyspark.sql.functions"
_NO_COLUMNS = frozenset({"col", "column", "lit", "expr", "udf", "pandas_udf", "window", "broadcast", "when"})


def column_call(reader: Reader, node: ast.Call, dotted: str, mode: str) -> Seen | None:
    """Reads `col("x")`, `sum("x")` and `expr("sum(x)")` of Spark and Polars: columns of the table whose method takes them."""
    module, _, name = dotted.rpartition(".")
    if module == _SPARK_FUNCTIONS and name == "expr":
        note_expressions(reader, node, name, reader.scope.table)
    if module == _SPARK_FUNCTIONS and name not in _NO_COLUMNS and node.args and isinstance(node.args[0], ast.Constant):
        reader.columns(node.args[0], "computes", "", reader.scope.table)
        for argument in node.args[1:]:
            reader.see(argument)
        return NOTHING
    if not dotted.endswith((".col", ".column", ".Col")) or not node.args:
        return None
    for argument in node.args:
        reader.columns(argument, mode, "", reader.scope.table)
    return Seen(None, None) if node.args else NOTHING
