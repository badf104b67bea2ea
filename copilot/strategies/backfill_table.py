"""The statement that fills a new column in the rows that a table has from before; "" where SQL can't say what Python says."""

from __future__ import annotations

import ast
import re

from copilot.domain.sinks import Sink
from copilot.strategies.backfill_job import Fill

_PLAIN_TABLE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_PLAIN_COLUMN = re.compile(r"[A-Za-z_]\w*")
_OPERATORS: dict[type, str] = {ast.Mult: "*", ast.Div: "/", ast.Add: "+", ast.Sub: "-"}
_NOTES = {
    "bigquery": "BigQuery refuses to update rows that are in the streaming buffer still: run it again an hour and a half later.",
    "delta": "Readers of the change data feed get each of these rows once more.",
    "iceberg": "It writes the files with these rows anew (copy-on-write), or delete files (merge-on-read): compact afterwards.",
    "snowflake": "Streams on the table get each of these rows once more.",
}


def table_text(sink: Sink, fills: tuple[Fill, ...]) -> str:
    """Returns a file of SQL for a table whose columns are called as the fields are; "" where a name or a value is not plain."""
    values = [sql_of(fill.written) for fill in fills]
    names = [name for fill in fills for name in (fill.name, *fill.sources)]
    if not all(values) or not _PLAIN_TABLE.fullmatch(sink.name) or not all(map(_PLAIN_COLUMN.fullmatch, names)):
        return ""
    new = ", ".join(fill.name for fill in fills)
    lines = [
        f"-- Fills {new} in the rows that {sink.name} has from before, to be taken away once none is left.",
        "-- Run it once the column is there and every producer writes both. It can be run again: filled rows stay as they are.",
        f"-- {_NOTES[sink.loader]}",
    ]
    for fill, value in zip(fills, values, strict=True):
        have = " AND ".join((f"{fill.name} IS NULL", *(f"{name} IS NOT NULL" for name in fill.sources)))
        lines += ["", f"UPDATE {sink.name}", f"SET {fill.name} = {value}", f"WHERE {have};"]
        lines += ["", f"SELECT COUNT(*) AS missing FROM {sink.name}", f"WHERE {have};"]
    return "\n".join(lines) + "\n"


def sql_of(written: str) -> str:
    """Returns the expression in SQL, "" where it is more than arithmetic of fields and numbers."""
    bare = re.sub(r"\{(\w+)\}", r"\1", written)
    guarded = re.fullmatch(r"None if (\w+) is None else (.+)", bare)
    try:
        return _sql(ast.parse(guarded[2] if guarded else bare, mode="eval").body)
    except SyntaxError:
        return ""


def _sql(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return repr(number)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            sides = [_sql(left), _sql(right)]
            sides = [
                f"({side})" if isinstance(it, ast.BinOp) else side
                for it, side in zip((left, right), sides, strict=True)
            ]
            if isinstance(op, ast.Div):
                # 7 / 2 is 3 in some engines and 3.5 in others; 2e0 is a floating-point number in all of them.
                sides[1] = f"{sides[1]}e0" if isinstance(right, ast.Constant) and type(right.value) is int else ""
            return f"{sides[0]} {_OPERATORS[type(op)]} {sides[1]}" if all(sides) else ""
    return ""
