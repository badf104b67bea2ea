"""Which endpoints do the SQL texts of a Python file read and write? Texts of one file are read together.

A statement that creates a table of Flink says what the table is connected to, and others whether it is read or written. Of Spark
and BigQuery, only what surely is a table of a catalogue counts: what is written, and names with a dot that are read.
"""

from __future__ import annotations

import ast
import re

from copilot.readers.reading import Reader
from copilot.readers.sheet import Sheet
from copilot.readers.sql_texts import Statement, flat_text, is_sql, read_sql, whole_value
from copilot.readers.values import Value

MAX_STATEMENTS = 200
TABLE_METHODS = {
    "from_path": "consume",
    "execute_insert": "produce",
    "insert_into": "produce",
    "add_insert": "produce",
}
_HOSTS = frozenset({"pyspark", "apache_beam"})
# What is filled in later is read when it is: `"... FROM %s.%s" % (...)`.
_PLACE = re.compile(r"(?:from|into|join|table)\s+`?(?:%s|\{[\w:!]*\})", re.IGNORECASE)


def note_sql(reader: Reader, node: ast.expr, value: Value) -> bool:
    """Notes a text of the code where it is SQL, and tells whether it is."""
    text, parts = flat_text(value)
    is_template = value is not None and value[0] == "s" and _PLACE.search(text) is not None
    is_statement = is_sql(text)
    if is_statement and not is_template and len(reader.sheet.statements) < MAX_STATEMENTS:
        reader.sheet.statements.append((read_sql(text), parts, node, reader.scope.qualified))
    return is_statement


def note_table(reader: Reader, node: ast.Call, method: str) -> None:
    """Notes a call of a method that reads or writes a table under its name."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        names = (first.value,)
        is_read = TABLE_METHODS[method] == "consume"
        statement = Statement((), names if is_read else (), () if is_read else names, ())
        reader.sheet.statements.append((statement, (), node, reader.scope.qualified))


def add_table_calls(sheet: Sheet, libraries: frozenset[str]) -> None:
    """Adds the calls that the file's SQL stands for; `libraries` are the packages that the file imports."""
    statements = sheet.statements
    reads = {name for statement, *_ in statements for name in statement.reads}
    writes = {name for statement, *_ in statements for name in statement.writes}
    views = {name for statement, *_ in statements for name in statement.views}
    connected = {one.table for statement, *_ in statements for one in statement.connected}
    is_host = not _HOSTS.isdisjoint(libraries) or any(name.startswith("google.cloud.bigquery") for name in libraries)
    for statement, parts, node, scope in statements:
        for table in statement.connected:
            topics = whole_value(table.name, parts) or ("var", table.table, None)
            for role, names in (("consume", reads), ("produce", writes)):
                if table.table in names or (table.direction == role and table.table not in reads | writes):
                    sheet.add_call(role, "sql", node, scope, topics=topics, endpoint=table.endpoint)
        if is_host:
            known = connected | views
            found = [("produce", name) for name in statement.writes]
            found += [("consume", name) for name in statement.reads if "." in name]
            for role, name in found:
                if name not in known and isinstance(node, ast.expr):
                    sheet.add_call(role, "sql", node, scope, topics=whole_value(name, parts), endpoint="table")
