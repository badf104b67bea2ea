"""Which settings say what a framework consumes or produces? The idiom {"TOPICS": ..., "SCHEMA_PATH": ..., "CLASS": ...}.

A step that inherits its consuming and producing from a framework shows no call of a client library; the dict that configures
it, in a settings module or in a deployment's YAML, is then the proof of the link. Whether it consumes or produces is told by
the name the dict stands under, its class, a group id, or a schema path, in this order.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from copilot.readers.facts import Config
from copilot.readers.flow import Origin
from copilot.readers.values import Value, either

MAX_NESTING = 4
_TOPIC_KEYS = ("TOPICS", "TOPIC", "TOPIC_NAME", "TOPIC_STRATEGY", "TOPIC_FORMAT")
_SCHEMA_KEYS = ("SCHEMA_PATH", "SCHEMA_FILE", "SCHEMA", "AVRO_SCHEMA")
_SIGNS = frozenset(
    {"TOPICS", "TOPIC_NAME", "TOPIC_STRATEGY", "TOPIC_FORMAT", "SCHEMA_PATH", "BOOTSTRAP_SERVERS", "GROUP_ID"}
)
_NOT_WORD = re.compile(r"[^A-Z0-9]+")


@dataclass
class _Table:
    line: int
    role: str
    parent: int
    entries: dict[str, tuple[Value, int]] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)


class ConfigTable:
    """The dicts of settings of one file; ("dict", index) is the value of one."""

    def __init__(self) -> None:
        self._tables: list[_Table] = []

    def open(self, node: ast.Dict, names: tuple[str, ...], receiver: str) -> int | None:
        """Starts a table for a dict literal with settings in it, None for any other dict."""
        keys = {key_word(name) for name in names}
        is_settings = (
            not keys.isdisjoint(_SIGNS)
            or {"CLASS", "PARAMS"} <= keys
            or any(key.endswith("_CONFIG") for key in keys)
            or ("TOPIC" in keys and (_role_direction(receiver) != "" or "CLASS" in keys))
            or (key_word(receiver).endswith("_CONFIG") and _role_direction(receiver) != "")
        )
        return self.add(node.lineno, receiver) if is_settings else None

    def add(self, line: int, role: str) -> int:
        """Starts a table and returns its index."""
        self._tables.append(_Table(line, role, -1))
        return len(self._tables) - 1

    def put(self, table: int, name: str, value: Value, line: int, origin: Origin | None = None) -> None:
        """Sets an entry; one that is set twice has either value, and the later origin."""
        if origin is not None:
            self._tables[table].origins[name] = origin
        entries = self._tables[table].entries
        before = entries.get(name)
        entries[name] = (either(before[0], value) if before else value, before[1] if before and before[0] else line)
        if value is not None and value[0] == "dict" and value[1] != table:
            self._tables[value[1]].parent = table

    def name(self, table: int, role: str) -> None:
        """Gives a table the name it is assigned to, unless it has one."""
        self._tables[table].role = self._tables[table].role or role

    def entry(self, table: int, name: str) -> Value:
        """Returns the value of an entry."""
        return self._tables[table].entries.get(name, (None, 0))[0]

    def as_map(self, table: int, depth: int = 0) -> Value:
        """Returns a table as a value of its own: ("map", entries by name)."""
        entries = []
        for name, (value, _) in self._tables[table].entries.items():
            if value is not None and value[0] == "dict":
                value = self.as_map(value[1], depth + 1) if depth < MAX_NESTING else None
            entries.append((name, value))
        return ("map", tuple(entries))

    def origin(self, table: int, name: str) -> Origin | None:
        """Returns where the value of an entry comes from."""
        return self._tables[table].origins.get(name)

    def configs(self) -> list[Config]:
        """Returns what the tables say about consuming and producing."""
        used: set[int] = set()
        found: list[Config] = []
        for index, table in enumerate(self._tables):
            if index in used or table.parent in used:
                continue
            config = self._config(table, used)
            if config is not None:
                found.append(config)
                used.add(index)
        return found

    def _config(self, table: _Table, used: set[int]) -> Config | None:
        entries = self._flat(table, used_by := set[int](), 0)
        topics, line = self._topics(entries)
        library_class = entries.get("CLASS", (None, 0))[0]
        schema = next((entries[key][0] for key in _SCHEMA_KEYS if key in entries), None)
        direction = _role_direction(table.role) or _role_direction(_class_text(library_class))
        direction = direction or ("consumes" if "GROUP_ID" in entries else "produces" if schema is not None else "")
        if not direction or line == 0:
            return None
        used |= used_by
        return Config(table.role, direction, topics, schema, library_class, line)

    def _flat(self, table: _Table, used: set[int], depth: int) -> dict[str, tuple[Value, int]]:
        """Returns the entries of a table, and of its nested parameters where the table itself lacks them."""
        flat: dict[str, tuple[Value, int]] = {}
        nested: list[int] = []
        for name, (value, line) in table.entries.items():
            flat[key_word(name)] = (value, line)
            if (
                value is not None
                and value[0] == "dict"
                and key_word(name) in ("PARAMS", "PARAMETERS", "TOPIC_STRATEGY")
            ):
                nested.append(value[1])
        for index in nested:
            if depth < MAX_NESTING:
                used.add(index)
                for name, entry in self._flat(self._tables[index], used, depth + 1).items():
                    flat.setdefault(name, entry)
        return flat

    def _topics(self, entries: dict[str, tuple[Value, int]]) -> tuple[Value, int]:
        topics: Value = None
        line = 0
        for key in _TOPIC_KEYS:
            value, at = entries.get(key, (None, 0))
            line = line or at
            if value is not None and value[0] != "dict":
                topics = either(topics, value)
        return topics, line


def key_word(name: str) -> str:
    """Returns a key as one upper-case word: "group.id" is "GROUP_ID"."""
    return _NOT_WORD.sub("_", name.upper()).strip("_")


def _role_direction(role: str) -> str:
    lower = role.lower()
    if "consum" in lower and "produc" not in lower:
        return "consumes"
    return "produces" if "produc" in lower else ""


def _class_text(value: Value) -> str:
    if value is None:
        return ""
    if value[0] == "s":
        return str(value[1]).rpartition(".")[2]
    if value[0] == "env":
        return _class_text(value[2]) or str(value[1])
    if value[0] == "any":
        return next((text for text in map(_class_text, value[1]) if text), "")
    return str(value[2]) if value[0] == "name" else ""
