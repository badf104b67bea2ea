"""Which files does a container have from its deployment, and which of them does the code load?

The values of such a file travel with the settings of its unit, under the path and the keys with `MARK` before each, so that the
references in them are filled in like all others. A file or folder of the tree is one setting under its path in the container.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from copilot.domain.source import Span
from copilot.readers.config_map_files import CONFIG_MAP, ITEM, is_env_file
from copilot.readers.deployment_facts import MARK, Unit
from copilot.readers.deployment_files import EnvFiles, below
from copilot.readers.deployment_scopes import Layer, Scope
from copilot.readers.interpolation import shell_text
from copilot.readers.values import Value
from copilot.readers.yaml_text import Entry

_NOT_BESIDE_CODE = ("/etc/", "/var/", "/run/", "/config/", "/mnt/", "/tmp/")
"""Folders of containers whose files the code names by their whole paths."""
Files = Mapping[str, tuple[str, Unit]]
"""Files of config maps by name, with the path of what states them."""


class MountedFile(NamedTuple):
    """A file at a path of the container: what it says, or else which file or folder of the tree it is."""

    path: str
    content: Entry | None
    shown: str
    source: str = ""


def mounted(unit: Unit, path: str, files: Files, env_files: EnvFiles) -> Iterator[Layer]:
    """Yields the layers of what a unit of the file at `path` has mounted."""
    for at, source in unit.mounts:
        if not source.startswith(CONFIG_MAP):
            yield from _of_tree(at, path, source, unit.line, env_files)
        for name, (stated, file) in files.items():
            if name == source or (source.endswith("/") and name.startswith(source)):
                where = posixpath.join(at, name[len(source) :]) if name != source else at
                for written in file.takes:
                    yield from _of_tree(where, stated, written, file.line, env_files)
                yield put_at(where, stated, file)


def put_at(at: str, path: str, file: Unit) -> Layer:
    """Returns the layer of a file that lies at a path of the machine, and is stated by the file at `path`."""
    return path, tuple((_named(at, keys), value, line) for keys, value, line in file.settings)


def _of_tree(at: str, path: str, written: str, line: int, env_files: EnvFiles) -> Iterator[Layer]:
    folder = posixpath.dirname(path)
    if is_env_file(at):
        yield from env_files.layers(folder, (written,))
    else:
        yield path, ((MARK + at, ("s", below(folder, written)), line),)


def _named(at: str, keys: str) -> str:
    """Returns the name of a setting for a value of a file; those of an env file are the job's own."""
    return keys.removeprefix(MARK) if is_env_file(at) else f"{MARK}{at}{keys}"


def parted(found: Scope) -> tuple[Scope, tuple[MountedFile, ...]]:
    """Returns the settings of a running copy without those that are values of files, and the files."""
    names = [name for name in found.texts if name.startswith(MARK)]
    if not names:
        return found, ()
    kept = {name: text for name, text in found.texts.items() if not name.startswith(MARK)}
    by_path: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name in names:
        at, *keys = name[1:].split(MARK)
        by_path.setdefault(at, []).append((tuple(keys), name))
    files = (_file(at, sorted(named), found) for at, named in sorted(by_path.items()))
    return Scope(kept, {name: found.places[name] for name in kept}), tuple(files)


def _file(at: str, named: Sequence[tuple[tuple[str, ...], str]], found: Scope) -> MountedFile:
    shown = found.places[named[0][1]][0].path
    values = [(keys, name) for keys, name in named if keys]
    if not values:
        return MountedFile(at, None, shown, found.texts[named[0][1]])
    root: dict[str, Any] = {}
    for keys, name in values:
        inner = root
        for key in keys[:-1]:
            held = inner.setdefault(key, {})
            inner = held if isinstance(held, dict) else {}
        inner.setdefault(
            keys[-1], Entry(_value(keys, found.texts[name], found.places[name]), found.places[name][0].first_line)
        )
    return MountedFile(at, _entry(root), shown)


def _value(keys: Sequence[str], text: str, places: Sequence[Span]) -> Value:
    path, line = places[-1].path, places[-1].first_line
    if not text:
        return ("env", ".".join(keys), None, line)
    value = shell_text(text, line)
    return ("at", path, ("s", text, line) if value == ("s", text) else value)


def _entry(held: dict[str, Any]) -> Entry:
    """Returns the content of a file as nested entries; a mapping whose keys are numbers of items is a list."""
    parts = {key: _entry(one) if isinstance(one, dict) else one for key, one in held.items()}
    line = min(part.line for part in parts.values())
    is_list = all(key.startswith(ITEM) for key in parts)
    return Entry([parts[key] for key in sorted(parts, key=lambda key: (len(key), key))] if is_list else parts, line)


def mounted_at(files: Iterable[MountedFile], text: str, near: str) -> MountedFile | None:
    """Returns the file that a text in the code file at `near` names; of a folder of the tree, the file in it.

    A path that is relative, or beside the code, is looked for in every folder where an image may keep its code.
    """
    path = posixpath.normpath(posixpath.join("/", text))
    folder = posixpath.dirname(path).strip("/")
    is_whole = text.startswith("/") and not f"{near}/".startswith(f"{folder}/")
    parts = path.strip("/").split("/")
    tails = [] if is_whole else ["/" + "/".join(parts[start:]) for start in range(len(parts))]
    for tail in ("", *tails):
        fitting = [found for file in files if (found := _fitted(file, tail or path, is_end=bool(tail))) is not None]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _fitted(file: MountedFile, path: str, *, is_end: bool) -> MountedFile | None:
    """Returns the file that a path names: this one, or one in this folder of the tree."""
    if is_end and f"{file.path}/".startswith(_NOT_BESIDE_CODE):
        return None
    head, rest = path, ""
    while head.strip("/"):
        if file.path.rstrip("/").endswith(head) if is_end else file.path.rstrip("/") == head:
            return file if not rest else file._replace(source=posixpath.join(file.source, rest))
        if file.content is not None:
            return None
        head, _, last = head.rpartition("/")
        rest = posixpath.join(last, rest) if rest else last
    return None
