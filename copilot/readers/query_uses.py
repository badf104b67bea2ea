"""Which fields do queries in the code name? Columns in SQL, expressions over tables, dotted keys and `$` paths of MongoDB."""

from __future__ import annotations

import ast
import re

from copilot.readers.flow import Origin
from copilot.readers.reading import Reader
from copilot.readers.sql_columns import columns_in, names_in
from copilot.readers.sql_texts import MAX_SQL, is_sql

_OPENING = re.compile(rb"[rRuUbBfF]{0,2}(\"\"\"|'''|\"|')")
_PATH = re.compile(r"\$?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|\$[A-Za-z_]\w*")
_CHANGING = re.compile(
    r"\s*(?:UPDATE\s+[\w.]+\s+SET|DELETE\s+FROM|(?:CREATE|ALTER)\s+TABLE|INSERT\s+OR\s+\w+\s+INTO|REPLACE\s+INTO)\s",
    re.IGNORECASE,
)
_EXPRESSIONS = {
    "query": "compares",
    "eval": "compares",
    "filter": "compares",
    "where": "compares",
    "expr": "computes",
    "selectExpr": "computes",
}


def names_columns(text: str) -> bool:
    """Tells whether a text seems to be SQL that names columns."""
    return is_sql(text) or (len(text) <= MAX_SQL and _CHANGING.match(text) is not None)


def note_columns(reader: Reader, node: ast.Constant | ast.JoinedStr) -> None:
    """Adds the columns that a SQL text names; all of one text are told apart from each other by the record they fit together."""
    start, text = _source(reader, node)
    found = list(columns_in(text))
    shape = reader.sheet.new_shape(tuple(sorted({column.name for column in found}))) if found else -1
    for column in found:
        offset = start + len(text[: column.start].encode("utf-8", "surrogatepass"))
        reader.sheet.add_text_use(column.name, offset, column.mode, column.table, None, shape)


def note_expressions(reader: Reader, node: ast.Call, name: str, origin: Origin | None) -> None:
    """Adds the columns named by texts that a call takes for expressions (`"amount > 3"`, `"sum(amount) AS total"`)."""
    mode = _EXPRESSIONS.get(name)
    if mode is None:
        return
    for argument in node.args:
        for part in argument.elts if isinstance(argument, ast.List | ast.Tuple) else [argument]:
            is_text = isinstance(part, ast.JoinedStr) or (
                isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            start, text = _source(reader, part) if is_text else (0, "")
            # What pandas' filter takes is the name of a column, which is noted as such.
            for column, at in () if name == "filter" and text.isidentifier() else names_in(text):
                offset = start + len(text[:at].encode("utf-8", "surrogatepass"))
                reader.sheet.add_text_use(column, offset, mode, "", origin)


def note_path(reader: Reader, node: ast.Constant, mode: str) -> None:
    """Adds the last name of a path to a field (`"candidate.magpsf"`, `"$amount"`)."""
    text = str(node.value)
    if _PATH.fullmatch(text) is None:
        return
    start, source = _source(reader, node)
    if source == text:
        *outer, name = text.lstrip("$").split(".")
        offset = start + len(text) - len(name)
        reader.sheet.add_text_use(name, offset, mode, outer[-1] if outer else "", None)


def _source(reader: Reader, node: ast.expr) -> tuple[int, str]:
    """Returns the text of a string as it stands in the source, without its outer quotes, and where that starts in bytes."""
    data = reader.sheet.data
    start = reader.sheet.offset(node.lineno, node.col_offset)
    end = reader.sheet.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
    opening = _OPENING.match(data, start)
    if opening is None:
        return start, ""
    start, end = opening.end(), end - len(opening[1])
    return start, data[start:end].decode("utf-8", "replace")
