"""What does a configuration file of the code say under a key? YAML, JSON, TOML and INI files, found by the paths that code names.

Values of keys that name a secret are not read. References to variables in a file (`${TOPIC:-orders}`, `${oc.env:TOPIC,orders}`)
stay references.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from copilot.readers.deployment_facts import is_secret, may_keep
from copilot.readers.interpolation import shell_text
from copilot.readers.premises import Premises
from copilot.readers.values import KEYS, VALUES, Value
from copilot.readers.yaml_text import Entry, NotYaml, read_yaml

MAX_CONFIG_BYTES = 256 * 1024
_SUFFIXES = (".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".conf", ".properties")
_SECTION = re.compile(r"\s*\[([^\]]+)\]")
_OPTION = re.compile(r"\s*([\w.\-]+)\s*[=:]\s*(.*?)\s*\Z")
_OMEGA = re.compile(r"\$\{oc\.env:(\w+)(?:,\s*([^}]*))?\}")


class ConfigFiles:
    """The configuration files of a tree; `texts` reads them, `premises` notes what was asked of them."""

    def __init__(
        self, paths: Iterable[str], texts: Callable[[list[str]], Mapping[str, str]], premises: Premises
    ) -> None:
        premises.answer("config", self._read)
        self._premises = premises
        self._paths = paths
        self._texts = texts
        self._by_name: dict[str, list[str]] | None = None
        self._known: dict[str, Entry | None] = {}

    def read(self, text: str, near: str, keys: tuple[str, ...]) -> tuple[str, Value, int] | None:
        """Returns what the file that `text` names in a file at `near` holds under keys: its path, the value, the line."""
        found: tuple[str, Value, int] | None = self._premises.ask("config", text, near, *keys)
        return found

    def _read(self, text: str, near: str, *keys: str) -> tuple[str, Value, int] | None:
        found = self.at(text, near)
        held = value_at(found[1], keys) if found is not None else None
        return (found[0], *held) if found is not None and held is not None else None

    def at(self, text: str, near: str) -> tuple[str, Entry] | None:
        """Returns the path and content of the file that `text` names in a file at `near`, None where none or several."""
        path = self._find(text, near)
        if not path:
            return None
        if path not in self._known:
            found = self._texts([path]).get(path, "")
            self._known[path] = read_config(path, found) if len(found) <= MAX_CONFIG_BYTES else None
        entry = self._known[path]
        return (path, entry) if entry is not None else None

    def _find(self, text: str, near: str) -> str:
        if self._by_name is None:
            self._by_name = {}
            for path in self._paths:
                if is_config(path):
                    self._by_name.setdefault(posixpath.basename(path), []).append(path)
        named = self._by_name.get(posixpath.basename(text), [])
        tail = posixpath.normpath("/" + text).strip("/")
        folder = posixpath.dirname(near)
        while True:
            exact = posixpath.join(folder, tail) if folder else tail
            if exact in named:
                return exact
            if not folder:
                break
            folder = posixpath.dirname(folder)
        while tail:
            ending = [path for path in named if f"/{path}".endswith(f"/{tail}")]
            if ending:
                return ending[0] if len(ending) == 1 else ""
            tail = tail.partition("/")[2]
        return ""


def is_config(path: str) -> bool:
    """Tells whether a file is one of the code's configuration, by its name."""
    return path.endswith(_SUFFIXES)


def read_config(path: str, text: str) -> Entry | None:
    """Returns the content of a configuration file, None where it can't be read."""
    if path.endswith(".toml"):
        return _toml(text)
    if path.endswith((".ini", ".cfg", ".conf", ".properties")):
        return _ini(text)
    try:
        documents = read_yaml(text)
    except NotYaml:
        return None
    return documents[0] if documents else None


def value_at(entry: Entry, keys: tuple[str, ...]) -> tuple[Value, int] | None:
    """Returns the value under keys and its line, None where there is none; several texts in a list are one of them.

    An entry may hold a text, or the value that stands for one.
    """
    for index, key in enumerate(keys):
        if isinstance(entry.value, list) or (key == VALUES and isinstance(entry.value, dict)):
            rest = keys[index + (key == VALUES) :]
            named = entry.value.items() if isinstance(entry.value, dict) else (("", item) for item in entry.value)
            held = [value_at(item, rest) for name, item in named if not is_secret(name)]
            known = tuple(found[0] for found in held if found is not None)
            return (("list", known), entry.line) if known else None
        if key == KEYS and isinstance(entry.value, dict):
            names = tuple(("s", name, item.line) for name, item in entry.value.items())
            return (("list", names), entry.line) if index == len(keys) - 1 and names else None
        if is_secret(key) or not isinstance(entry.value, dict):
            return None
        found = entry.value.get(key)
        if found is None:
            return None
        entry = found
    if isinstance(entry.value, list):
        items = tuple(_text(keys, item) for item in entry.value if isinstance(item.value, str | tuple))
        return ("list", items), entry.line
    return (_text(keys, entry), entry.line) if isinstance(entry.value, str | tuple) and entry.value else None


def _text(keys: tuple[str, ...], entry: Entry) -> Value:
    if isinstance(entry.value, tuple):
        return entry.value
    if not may_keep(keys[-1] if keys else "", entry.value):
        return None
    plain = _OMEGA.sub(lambda match: "${" + match[1] + (f":-{match[2]}" if match[2] else "") + "}", entry.value)
    value = shell_text(plain, entry.line)
    return ("s", value[1], entry.line) if value is not None and value[0] == "s" else value


def _toml(text: str) -> Entry | None:
    import tomllib

    try:
        loaded = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    lines = text.splitlines()

    def entry(value: Any, line: int) -> Entry:
        if isinstance(value, dict):
            return Entry({str(key): entry(item, _line_of(lines, str(key), line)) for key, item in value.items()}, line)
        if isinstance(value, list):
            return Entry([entry(item, line) for item in value], line)
        return Entry(str(value), line)

    return entry(loaded, 1)


def _line_of(lines: list[str], key: str, after: int) -> int:
    """Returns the line that a key of a table stands on, looked for from the table's own line."""
    pattern = re.compile(rf"\s*(?:\[.*\b{re.escape(key)}\b.*\]|[\"']?{re.escape(key)}[\"']?\s*=)")
    return next((number for number in range(after, len(lines) + 1) if pattern.match(lines[number - 1])), after)


def _ini(text: str) -> Entry:
    root: dict[str, Entry] = {}
    section = root
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("#", ";")):
            continue
        opened = _SECTION.match(line)
        option = _OPTION.match(line)
        if opened:
            section = root.setdefault(opened[1].strip(), Entry({}, number)).value
        elif option:
            section[option[1]] = Entry(option[2], number)
    return Entry(root, 1)
