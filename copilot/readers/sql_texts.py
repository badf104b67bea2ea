"""Which tables does a SQL text in the code read and write, and which of them are topics?

Light and tolerant on purpose: a table counts where it stands after FROM, JOIN, INSERT INTO and the like, and a table of Flink
is what its WITH clause connects it to. What else a statement says is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from copilot.readers.values import Value

MAX_SQL = 20_000
_PART = r"(?:[\w$\ue000\ue001-]+|`[^`]+`|\"[^\"]+\")"
_NAME = rf"((?>{_PART}(?:\.{_PART})*))"
_CREATED = re.compile(
    rf"\bCREATE\s+(?:OR\s+REPLACE\s+)?(TEMP(?:ORARY)?\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.IGNORECASE
)
_WRITTEN = re.compile(
    rf"\b(?:INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO|INSERT\s+OVERWRITE|MERGE\s+INTO|REPLACE\s+INTO|DELETE\s+FROM"
    rf"|UPDATE(?=\s+(?!SET\b)\S+(?:\s+(?:AS\s+)?\w+)?\s+SET\b)|COPY(?=\s+(?:INTO\s+)?[^\s(]+\s*(?:\([^()]*\)\s*)?FROM\b)(?:\s+INTO)?)"
    rf"\s+(?:TABLE\s+|ONLY\s+)?{_NAME}",
    re.IGNORECASE,
)
_DELETED = re.compile(rf"\bDELETE\s+FROM\s+(?:ONLY\s+)?{_NAME}", re.IGNORECASE)
_READ = re.compile(rf"(?:\b(?:FROM|JOIN)|\(\s*TABLE)\s+{_NAME}(?!\s*\()", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*){_NAME}\s*(?:\([^()]*\)\s*)?\bAS\s*(?:(?:NOT\s+)?MATERIALIZED\s*)?\("
    rf"|\bVIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}",
    re.IGNORECASE,
)
_OPTION = re.compile(r"'([\w.-]+)'\s*=\s*'([^']*)'")
_FILLED = re.compile(r"\s*(?:\([^()]*\)\s*)?AS\s+(?:SELECT|WITH)\b", re.IGNORECASE)
# Comments, and the FROM of what reads no table.
_NOISE = re.compile(
    r"--[^\n]*|/\*.*?\*/|\b(?:EXTRACT|TRIM|SUBSTRING|OVERLAY)\s*\([^()]*\)|\bDISTINCT\s+FROM\b"
    r"|\b(?:EXTRACT|TRIM)\s*\(\s*\w+\s+FROM\b",
    re.DOTALL | re.IGNORECASE,
)
_SIGN = re.compile(
    r"'connector'|\b(?:SELECT\s|INSERT\s+(?:INTO|OVERWRITE|IGNORE|OR\s)|CREATE\s+TABLE|MERGE\s+INTO|REPLACE\s+INTO"
    r"|DELETE\s+FROM\s|UPDATE\s+\S+\s+(?:\w+\s+){0,2}SET\s|COPY\s+\S+[^;]*\sFROM\s)",
    re.IGNORECASE,
)
_CONNECTORS = {
    "kafka": ("topic", "topic"),
    "upsert-kafka": ("topic", "topic"),
    "pulsar": ("topic", "topics"),
    "kinesis": ("stream", "stream"),
    "jdbc": ("table", "table-name"),
    "filesystem": ("file", "path"),
}


_OWN = re.compile(
    r"(?:pg_|(?:.*\.)?information_schema\.|sqlite_|sys\.|system(?:_\w+)?\.|mysql\.|performance_schema\.|syscat\.|sysibm\.|v_catalog\.)"
    r"|(?:svv_|stl_|all_tab|user_tab|v\$|\$?\d)"
    r"|(?:dual|function|lateral|only|unnest|values|select|set|stdin|stdout|the|a|an|this|your|where|as)$",
    re.IGNORECASE,
)
_OPEN, _CLOSE = "\ue000", "\ue001"


class Connected(NamedTuple):
    """A table of Flink and what it is connected to; `direction` is what its options tell, "" where they don't."""

    table: str
    endpoint: str
    name: str
    direction: str


class Statement(NamedTuple):
    """What a text of one or more statements reads and writes, by the names of tables."""

    connected: tuple[Connected, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    views: tuple[str, ...]


def is_sql(text: str) -> bool:
    """Tells whether a text seems to be SQL that reads or writes tables."""
    return len(text) <= MAX_SQL and _SIGN.search(text) is not None


def read_sql(text: str) -> Statement:
    """Returns what the statements of a text read and write."""
    connected: list[Connected] = []
    reads: list[str] = []
    writes: list[str] = []
    views: list[str] = []
    for part in _NOISE.sub(" ", text).split(";"):
        created = _CREATED.search(part)
        options = dict(_OPTION.findall(part)) if created is not None else {}
        kind, key = connector_of(options.get("connector", ""))
        if created is not None and kind:
            connected.append(Connected(_plain(created[2]), kind, options.get(key, ""), direction_of(options)))
            continue
        names = {_plain(name) for pair in _NAMED.findall(part) for name in pair if name}
        if created is not None and created[1]:
            names.add(_plain(created[2]))
        views += names
        deleted = set(_DELETED.findall(part))
        written = [_plain(name) for name in _WRITTEN.findall(part)]
        if created is not None and _FILLED.match(part, created.end()):
            written.append(_plain(created[2]))
        writes += [name for name in written if name not in names]
        reads += [_plain(name) for name in _READ.findall(part) if name not in deleted and _plain(name) not in names]
    return Statement(tuple(connected), tuple(dict.fromkeys(reads)), tuple(dict.fromkeys(writes)), tuple(views))


def connector_of(name: str) -> tuple[str, str]:
    """Returns the kind of endpoint that a connector of Flink is for, and the option that names it; "" for any other."""
    return _CONNECTORS.get(name, ("", ""))


def direction_of(options: Collection[str]) -> str:
    """Returns what the options of a table tell of it: consume, produce, or ""."""
    if any(name.startswith(("scan.", "properties.group.id")) for name in options):
        return "consume"
    return "produce" if any(name.startswith("sink.") for name in options) else ""


def _plain(name: str) -> str:
    return name.replace("`", "").replace('"', "")


def is_own_table(name: str) -> bool:
    """Tells whether a name is of a table that the database keeps about itself, or is a word of the language or of prose."""
    return _OWN.match(name) is not None


def flat_text(value: Value) -> tuple[str, tuple[Value, ...]]:
    """Returns a text with numbered marks for what isn't known of it."""
    texts: list[str] = []
    parts: list[Value] = []
    if value is not None and value[0] in ("s", "cat", "at"):
        _flatten(value, "", texts, parts)
    return "".join(texts), tuple(parts)


def _flatten(value: Value, path: str, texts: list[str], parts: list[Value]) -> None:
    if value is not None and value[0] == "s":
        texts.append(value[1])
    elif value is not None and value[0] == "cat":
        for part in value[1]:
            _flatten(part, path, texts, parts)
    elif value is not None and value[0] == "at":
        _flatten(value[2], value[1], texts, parts)
    else:
        texts.append(mark_of(len(parts)))
        parts.append(("at", path, value) if path and value is not None else value)


def mark_of(number: int) -> str:
    """Returns the mark that stands in a flat text for the part of that number."""
    return f"{_OPEN}{number}{_CLOSE}"


def whole_value(text: str, parts: tuple[Value, ...]) -> Value:
    """Returns a part of a flat text as a value again."""
    if _OPEN not in text:
        return ("s", text) if text else None
    found: list[Value] = []
    for index, piece in enumerate(text.split(_OPEN)):
        number, _, rest = piece.rpartition(_CLOSE) if index else ("", "", piece)
        if number:
            found.append(parts[int(number)])
        if rest:
            found.append(("s", rest))
    return found[0] if len(found) == 1 else ("cat", tuple(found))
