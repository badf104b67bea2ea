"""Which endpoints do the SQL texts of a Python file read and write? Texts of one file are read together.

A statement that creates a table of Flink says what the table is connected to, and others whether it is read or written. Of Spark
and BigQuery, only what surely is a table of a catalogue counts: what is written, and names with a dot that are read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from copilot.readers.reading import Reader
from copilot.readers.scope import NOTHING, Seen
from copilot.readers.sheet import Sheet
from copilot.readers.sql_texts import (
    Connected,
    Statement,
    connector_of,
    direction_of,
    flat_text,
    is_own_table,
    is_sql,
    mark_of,
    read_sql,
    whole_value,
)
from copilot.readers.things import value_of
from copilot.readers.values import Value

MAX_STATEMENTS = 200
TABLE_METHODS = {
    "from_path": "consume",
    "execute_insert": "produce",
    "insert_into": "produce",
    "add_insert": "produce",
}
DESCRIBED = frozenset({"create_temporary_table", "create_table"})
"""Methods that make a table and connect it with a descriptor."""
_HOSTS = frozenset({"pyspark", "apache_beam"})
# What is filled in later is read when it is: `"... FROM %s.%s" % (...)`.
_PLACE = re.compile(r"(?:from|into|join|table)\s+`?(?:%s|\{[\w:!]*\})", re.IGNORECASE)


def note_sql(reader: Reader, node: ast.expr, value: Value) -> bool:
    """Notes a text of the code where it is SQL, and tells whether it is."""
    text, parts = flat_text(value)
    is_template = value is not None and value[0] == "s" and _PLACE.search(text) is not None
    is_statement = is_sql(text)
    if is_statement and not is_template:
        _note(reader, node, read_sql(text), parts)
    return is_statement


def forget_shown(reader: Reader, node: ast.Call) -> None:
    """Forgets the statements that a call only shows to people."""
    if reader.sheet.statements:
        reader.sheet.statements = [noted for noted in reader.sheet.statements if noted[2] not in node.args]


def note_table(reader: Reader, node: ast.Call, method: str) -> None:
    """Notes a call of a method that reads or writes a table under its name."""
    if node.args:
        name, parts = _name_given(reader, node.args[0])
        is_read = TABLE_METHODS[method] == "consume"
        statement = Statement((), (name,) if is_read else (), () if is_read else (name,), ())
        _note(reader, node, statement, parts)


def note_descriptor(reader: Reader, node: ast.Call) -> None:
    """Notes a call that makes a table of Flink and connects it with a descriptor: `.for_connector("kafka").option(...)`."""
    builder = node.args[1] if len(node.args) > 1 else None
    options: dict[str, ast.expr] = {}
    while isinstance(builder, ast.Call) and isinstance(builder.func, ast.Attribute):
        given, called = builder.args, builder.func.attr
        if called == "for_connector" and given:
            options["connector"] = given[0]
        elif called == "option" and len(given) == 2 and isinstance(given[0], ast.Constant):
            options.setdefault(str(given[0].value), given[1])
        builder = builder.func.value
    connector = options.get("connector")
    kind, key = connector_of(str(connector.value)) if isinstance(connector, ast.Constant) else ("", "")
    if kind:
        table, _ = _name_given(reader, node.args[0])
        name, parts = _name_given(reader, options[key]) if key in options else ("", ())
        connected = Connected(table, kind, name, direction_of(options))
        _note(reader, node, Statement((connected,), (), (), ()), parts)


def add_table_calls(sheet: Sheet, libraries: frozenset[str], returned: Mapping[str, Seen]) -> None:
    """Adds the calls that the file's SQL stands for.

    `libraries` are the packages that the file imports, `returned` what its functions give: those that make a table of Flink often
    give its name.
    """
    statements = [_filled(*noted, returned) for noted in sheet.statements]
    reads = {name for statement, *_ in statements for name in statement.reads}
    writes = {name for statement, *_ in statements for name in statement.writes}
    views = {name for statement, *_ in statements for name in statement.views}
    everything = {one for statement, *_ in statements for one in statement.connected}
    connected = {one.table for one in everything}
    is_host = not _HOSTS.isdisjoint(libraries) or any(name.startswith("google.cloud.bigquery") for name in libraries)
    for statement, parts, node, scope in statements:
        for table in statement.connected:
            topics = whole_value(table.name, parts) or ("var", table.table, None)
            others = {one.direction for one in everything if one.table == table.table and one != table}
            for role, names in (("consume", reads), ("produce", writes)):
                # Two tables of one name are of two sessions, or one of them is a mistake: each does what its options tell.
                is_other = role in others if not table.direction else table.direction != role
                if others and is_other:
                    continue
                if table.table in names or (table.direction == role and table.table not in reads | writes):
                    sheet.add_call(role, "sql", node, scope, topics=topics, endpoint=table.endpoint)
        if is_host:
            known = connected | views
            found = [("produce", name) for name in statement.writes]
            found += [("consume", name) for name in statement.reads if "." in name]
            for role, name in found:
                if name not in known and not is_own_table(name) and isinstance(node, ast.expr):
                    sheet.add_call(role, "sql", node, scope, topics=whole_value(name, parts), endpoint="table")


def _note(reader: Reader, node: ast.expr, statement: Statement, parts: tuple[Value, ...]) -> None:
    if len(reader.sheet.statements) < MAX_STATEMENTS:
        reader.sheet.statements.append((statement, parts, node, reader.scope.qualified))


def _name_given(reader: Reader, node: ast.expr) -> tuple[str, tuple[Value, ...]]:
    """Returns the name of a table that an expression gives, flat."""
    was_quiet, reader.sheet.is_quiet = reader.sheet.is_quiet, True
    value = value_of(reader, node)
    reader.sheet.is_quiet = was_quiet
    return flat_text(value if value is not None and value[0] in ("s", "cat") else ("cat", (value,)))


def _filled(
    statement: Statement, parts: tuple[Value, ...], node: ast.expr, scope: str, returned: Mapping[str, Seen]
) -> tuple[Statement, tuple[Value, ...], ast.expr, str]:
    """Returns a statement with the names put in that functions of the same file give."""
    given = {index: _text_given(part, returned) for index, part in enumerate(parts)}

    def plain(name: str) -> str:
        for index, text in given.items():
            name = name.replace(mark_of(index), text) if text else name
        return name

    names = (tuple(map(plain, listed)) for listed in (statement.reads, statement.writes, statement.views))
    connected = tuple(one._replace(table=plain(one.table), name=plain(one.name)) for one in statement.connected)
    return Statement(connected, *names), parts, node, scope


def _text_given(value: Value, returned: Mapping[str, Seen]) -> str:
    """Returns the text that a call of a function of the same file gives, "" where that isn't known."""
    inner = value[2] if value is not None and value[0] == "var" else value
    if inner is None or inner[0] != "call" or inner[1] is None or inner[1][0] != "local":
        return ""
    text = returned.get(str(inner[1][1]), NOTHING).value
    return str(text[1]) if text is not None and text[0] == "s" else ""
