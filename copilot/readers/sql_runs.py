"""Which SQL texts does code hand to a database, and which tables do those read and write? By the call that runs a text.

A text counts only where it is handed to such a call, and begins as a statement does: prose in the same file does not. One that is
an argument, an attribute or a constant of another module is read when all files were: a wrapper around a cursor has no tables by
itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from copilot.readers import libraries
from copilot.readers.arguments import argument_at
from copilot.readers.reading import Reader
from copilot.readers.sql_texts import MAX_SQL, Statement, flat_text, is_own_table, is_sql, read_sql, whole_value
from copilot.readers.things import value_of
from copilot.readers.values import Value

RUN = "run"
"""The role of a call that runs a SQL text which only other functions or files tell."""
LIBRARY = "dbapi"
_KEYWORDS = ("sql", "query", "statement", "operation")
RUNNERS = {
    **dict.fromkeys(
        (
            *("execute", "executemany", "executescript", "execute_async", "exec_driver_sql"),
            *("fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one", "fetch_val", "iterate", "cursor_iter"),
            *("copy", "copy_expert", "query", "query_df", "query_np", "query_arrow", "command", "run_query"),
            *("read_sql", "read_sql_query", "scalar", "scalars", "get_first", "get_records", "get_pandas_df"),
            "execute_query",
        ),
        0,
    ),
    **dict.fromkeys(("execute_values", "execute_batch", "execute_sql_query"), 1),
}
"""Where the text stands in a call that runs it, by the name of what is called."""
_WRAPPERS = frozenset({"text", "SQL", "dedent", "cleandoc", "DDL"})
_PLANS = frozenset({"alembic", "django.db.migrations"})
_HOSTED = frozenset({"query", "query_and_wait"})
_START = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*\(?\s*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|REPLACE|WITH|COPY|CREATE)\b",
    re.IGNORECASE | re.DOTALL,
)


def note_run(reader: Reader, node: ast.Call, name: str) -> None:
    """Notes what a call that may run a SQL text reads and writes."""
    libraries_here = reader.scope.libraries
    is_hosted = name in _HOSTED and any(one.startswith("google.cloud.bigquery") for one in libraries_here)
    given = argument_at(node, RUNNERS[name], _KEYWORDS)
    if given is None or is_hosted or _plans(libraries_here) or isinstance(given, ast.Starred):
        return
    # The arguments were read before, for their uses of names; here it is only asked what they are.
    reader.sheet.is_quiet = True
    text = _inside(given)
    is_text = isinstance(text, ast.Constant) and isinstance(text.value, str)
    value: Value = ("s", text.value) if isinstance(text, ast.Constant) and is_text else value_of(reader, text)
    reader.sheet.is_quiet = False
    for one in value[1] if value is not None and value[0] == "any" else (value,):
        if one is not None and one[0] in ("s", "cat"):
            # A scratch table is of the session that makes it, and DuckDB reads data frames by the names of variables.
            scratch = {name for statement, *_ in reader.sheet.statements for name in statement.views}
            for role, table in tables_of(one, scratch):
                if role == "produce" or "duckdb" not in libraries_here:
                    reader.sheet.add_call(role, LIBRARY, node, reader.scope.qualified, topics=table, endpoint="table")
        elif _is_told_elsewhere(one):
            reader.sheet.add_call(RUN, LIBRARY, node, reader.scope.qualified, topics=one, endpoint="table")


def tables_of(text: Value, scratch: Collection[str] = ()) -> Iterator[tuple[str, Value]]:
    """Yields the role and the name of each table that a text reads or writes; nothing where it is no statement."""
    flat, parts = flat_text(text)
    if len(flat) > MAX_SQL or _START.match(flat) is None or not is_sql(flat):
        return
    statement = read_sql(flat)
    for role, name in _named(statement):
        if name not in statement.views and name not in scratch and not is_own_table(name):
            yield role, whole_value(name, parts)


def _named(statement: Statement) -> Iterator[tuple[str, str]]:
    yield from (("produce", name) for name in statement.writes)
    yield from (("consume", name) for name in statement.reads)


def _inside(node: ast.expr) -> ast.expr:
    """Returns the text that is wrapped for a database: `text("...")`, `sql.SQL("...")`."""
    while isinstance(node, ast.Call) and node.args and _called(node) in _WRAPPERS:
        node = node.args[0]
    return node


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _plans(imported: set[str]) -> bool:
    """Tells whether a file changes the shape of a database, which is no pipeline: what it fills in is filled in once."""
    return not imported.isdisjoint(_PLANS)


def _is_told_elsewhere(value: Value) -> bool:
    """Tells whether a value may be a text of another function or file of the repository."""
    while value is not None and value[0] in ("attr", "item", "call", "var"):
        value = value[2] if value[0] == "var" else value[1]
    if value is None or value[0] not in ("param", "name", "self", "local", "any"):
        return False
    return value[0] != "name" or not libraries.is_foreign(f"{value[1]}.{value[2]}")
