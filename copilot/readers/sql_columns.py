"""Which columns does a SQL text in the code name, and what does it do with each?

The text is read as it stands in the source, so that every name keeps its place. Light and tolerant on purpose: what a name is
(a column, an alias, a function) is told by its neighbours, and what is done with it by the clause that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_NAMES = 400
_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.|'')*'|\{[^{}\n]*\}"
    r"|%\((\w+)\)s|(?<![:\w]):([A-Za-z_]\w*)|[`\"]?\b([A-Za-z_]\w*)\b[`\"]?|[(),.=;]",
    re.DOTALL,
)
_PARAMETER, _COLON, _WORD = 1, 2, 3
_VERBS = frozenset({"SELECT", "INSERT", "REPLACE", "CREATE", "UPDATE", "DELETE", "MERGE"})
_LISTING = frozenset({"INSERT", "REPLACE", "CREATE"})
_CLAUSES = {
    "SELECT": "reads",
    "RETURNING": "reads",
    "VALUES": "reads",
    "FROM": "table",
    "JOIN": "table",
    "INTO": "table",
    "UPDATE": "table",
    "TABLE": "table",
    "ON": "compares",
    "USING": "keys",
    "WHERE": "compares",
    "HAVING": "compares",
    "WHEN": "compares",
    "BY": "keys",
    "SET": "writes",
    "CONFLICT": "keys",
}
_RESERVED = re.compile(
    r"ALL|AND|ANY|AS|ASC|BEGIN|BETWEEN|BIGINT|BOOLEAN|BYTEA|CASE|CAST|CHECK|COLUMN|CREATE|CROSS|CURRENT"
    r"|DATE|DECIMAL|DEFAULT|DELETE|DESC|DISTINCT|DO|DOUBLE|DROP|ELSE|END|EXCEPT|EXISTS|EXPLAIN|FALSE|FIRST"
    r"|FLOAT|FOLLOWING|FOR|FULL|GROUP|IF|IGNORE|ILIKE|IN|INDEX|INNER|INSERT|INT|INTEGER|INTERSECT|INTERVAL"
    r"|IS|JSON|JSONB|KEY|LAST|LATERAL|LEFT|LIKE|LIMIT|MATCHED|MERGE|NATURAL|NOT|NOTHING|NULL|NULLS|NUMERIC"
    r"|OFFSET|OR|ORDER|OUTER|OVER|OVERWRITE|PARTITION|PRECEDING|PRECISION|PRIMARY|RANGE|REAL|RECURSIVE"
    r"|REFERENCES|REPLACE|RIGHT|ROW|ROWS|SMALLINT|STRING|TEMPORARY|TEXT|THEN|TIME|TIMESTAMP|TIMESTAMPTZ"
    r"|TRUE|UNBOUNDED|UNION|UNIQUE|UUID|VARCHAR|VIEW|WINDOW|WITH|WITHIN|ZONE"
)


class Column(NamedTuple):
    """A name in a SQL text: where it starts in the text, what is done with it, and the table that the clause is about."""

    name: str
    start: int
    mode: str
    table: str


def columns_in(text: str) -> Iterator[Column]:
    """Yields the columns, and the parameters by name, of a SQL text as it stands in the source."""
    tokens = list(_TOKEN.finditer(text))[:MAX_NAMES]
    clause, table, verb, depth, listed = "", "", "", 0, 0
    for at, found in enumerate(tokens):
        mark = found.group()
        if mark in "()":
            depth += 1 if mark == "(" else -1
            # The list of a table's columns, which an INSERT fills and a CREATE declares.
            before = _text(tokens, at - 1)
            is_named = before.startswith("{") or (before == table and table != "")
            is_list = mark == "(" and clause == "table" and verb in _LISTING and is_named
            listed = depth if is_list else listed if depth >= listed else 0
            continue
        if found.lastindex in (_PARAMETER, _COLON):
            yield Column(found[found.lastindex], found.start(found.lastindex), "reads", table)
            continue
        if found.lastindex != _WORD:
            continue
        word, before, after = found[_WORD].upper(), _text(tokens, at - 1), _text(tokens, at + 1)
        if word in _VERBS:
            verb = word
        if word in _CLAUSES:
            clause = _CLAUSES[word]
        elif _RESERVED.fullmatch(word) or after in ("(", ".") or before.upper() == "AS":
            is_reserved = _RESERVED.fullmatch(word) is not None
            table = found[_WORD] if after == "(" and clause == "table" and not is_reserved and not listed else table
        elif clause == "table" and not listed:
            table = found[_WORD] if before.upper() in _CLAUSES or before in (",", ".", "EXISTS") else table
        elif listed:
            is_first = before in ("(", ",")
            if is_first and depth == listed:
                yield Column(found[_WORD], found.start(_WORD), "writes", table)
        elif clause and not (clause == "writes" and before == "="):
            yield Column(found[_WORD], found.start(_WORD), clause, table)


def names_in(expression: str) -> Iterator[tuple[str, int]]:
    """Yields the names of an expression such as those of `DataFrame.query`, each with its start; none that it gives itself."""
    before = ""
    for found in _TOKEN.finditer(expression):
        is_given, before = before.upper() == "AS", found.group()
        is_called = expression[found.end() :].lstrip().startswith("(")
        is_marked = found.start() > 0 and expression[found.start() - 1] == "@"
        if (
            found.lastindex == _WORD
            and _RESERVED.fullmatch(found[_WORD].upper()) is None
            and found[_WORD].upper() not in _CLAUSES
            and not (is_called or is_marked or is_given)
        ):
            yield found[_WORD], found.start(_WORD)


def _text(tokens: list[re.Match[str]], at: int) -> str:
    return tokens[at].group() if 0 <= at < len(tokens) else ""
