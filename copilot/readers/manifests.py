"""What do the mappings of a values file or a manifest run? Containers with their environment, commands and configuration.

The walk knows no kinds of resources: whatever has an image or an environment is a unit, under the names that stand above it,
so operators' own kinds are read like Deployments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from copilot.readers.commands import ReadText, options_of, programs_of, setting, words_of
from copilot.readers.config_map_files import CONFIG_MAP, file_unit, mounts_in, volumes_in
from copilot.readers.configs import ConfigTable, key_word
from copilot.readers.deployment_facts import MAX_SETTINGS, MAX_UNITS, Mount, Setting, Unit, is_secret
from copilot.readers.go_template import INCLUDE
from copilot.readers.templates import TOKEN_START
from copilot.readers.values import Value
from copilot.readers.yaml_text import Entry, items_of, name_in, text_of

SPREAD = "*"
BLOCK = " env"
"""Ends the name of what is put in for a block with an environment in it, and not for settings."""
"""Names a setting that stands for all settings below a path of a chart's values."""
PASSED_ON: Value = ("passed on",)
"""The default of a setting that its surroundings set or leave unset."""
_ENVIRONMENT_KEYS = frozenset(
    {"ENV", "ENVIRONMENT", "ENVVARIABLES", "ENVVARS", "EXTRAENV", "EXTRAENVVARS", "VARIABLES", "ENV_VARS"}
)
_GENERIC = frozenset(
    {"services", "spec", "template", "containers", "initContainers", "config", "configYaml", "values", "global", "app"}
    | {"deployment", "deployments", "jobTemplate", "data", "main", "settings", "step", "steps", "kafka", "consumers"}
    | {
        "producers",
        "podSpec",
        "objects",
        "items",
        "jobs",
        "Resources",
        "Properties",
        "functions",
        "Environment",
        "environment",
        "envFrom",
    }
)
_SUBMITTED = "mainApplicationFile"
"""What a SparkApplication starts, with `arguments` beside it."""
_STARTING = frozenset({"image", "env", "envFrom", _SUBMITTED})
_SECRET_KINDS = frozenset({"Secret", "SealedSecret", "ExternalSecret"})


class Units:
    """Collects the units of a file: blocks of environment and configs, by the names above them."""

    def __init__(self, read: ReadText, plain: Callable[[str], str] = str) -> None:
        self._read = read
        self._plain = plain
        self._settings: dict[tuple[str, ...], list[Setting]] = {}
        self._tables: dict[tuple[str, ...], ConfigTable] = {}
        self._lines: dict[tuple[str, ...], int] = {}
        self._starts: dict[tuple[str, ...], int] = {}
        self._programs: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._takes: dict[tuple[str, ...], list[str]] = {}
        self._names: dict[tuple[str, ...], str] = {}
        self._images: dict[tuple[str, ...], Value] = {}
        self._sources: list[Unit] = []
        self._volumes: dict[str, tuple[Mount, ...]] = {}
        self._mounts: dict[tuple[str, ...], list[Mount]] = {}

    def resource(self, root: Entry) -> None:
        """Reads one document: a resource with a kind and a name, or any other mapping."""
        kind, name = text_of(root.value.get("kind")), self._plain(name_in(root.value.get("metadata")))
        if kind in _SECRET_KINDS:
            return
        if kind in ("Template", "List"):
            for key in ("objects", "items"):
                inner = root.value.get(key)
                for one in inner.value if inner is not None and isinstance(inner.value, list) else ():
                    if isinstance(one.value, dict):
                        self.resource(one)
            return
        if kind == "ConfigMap":
            self._source(f"{CONFIG_MAP}{name}", root)
        else:
            self.walk(root, (name,) if name and kind else ())

    def walk(self, entry: Entry, hints: tuple[str, ...]) -> None:
        """Reads a mapping or list and all below it."""
        if isinstance(entry.value, list):
            for item in entry.value:
                own = text_of(item.value.get("name")) if isinstance(item.value, dict) else ""
                holds_more = own and any(isinstance(part.value, dict) for part in item.value.values())
                self.walk(item, _above(hints, (own,)) if holds_more else hints)
        if not isinstance(entry.value, dict):
            return
        if "volumes" in entry.value:
            self._volumes = volumes_in(entry.value["volumes"], self._plain)
        below = hints
        if not _STARTING.isdisjoint(entry.value):
            image = image_of(entry.value.get("image"))
            value = self._read(image, entry.line)
            is_plain = value is not None and value[0] == "s"
            own = self._plain(text_of(entry.value.get("name")))
            below = _above(hints, (own, image if is_plain else ""))
            self._names[below] = next((name for name in (own, *hints) if name and "{" not in name), "")
            if image:
                self._images.setdefault(below, value)
            self._starts.setdefault(below, entry.line)
            self._started(entry, below)
        is_submitted = _SUBMITTED in entry.value
        for key, item in entry.value.items():
            # What extension fields hold is taken over elsewhere, by its anchor; a driver is what runs the file around it.
            if key.startswith("x-") or (is_submitted and key in ("driver", "executor")):
                continue
            if TOKEN_START in key and below in self._starts:
                self._put_in(item, text_of(item) or key, below)
                continue
            pairs = list(environment_of(item, self._read, self._plain)) if key_word(key) in _ENVIRONMENT_KEYS else []
            if pairs:
                self._settings.setdefault(below, []).extend(pairs)
                self._lines.setdefault(below, item.line)
            elif isinstance(item.value, dict) and _is_settings(item.value):
                self._lines.setdefault(below, item.line)
                put_config(self._tables.setdefault(below, ConfigTable()), key, item, self._read)
            else:
                self.walk(item, below if key in _GENERIC or not isinstance(item.value, dict) else (key, *below))

    def units(self) -> tuple[Unit, ...]:
        """Returns the units in the order of their lines."""
        found = [
            Unit(
                self._names.get(hints, next((hint for hint in hints if "{" not in hint), "")),
                hints,
                self._starts.get(hints, line),
                # Options may refer to the variables of the container.
                tuple(sorted(self._settings.get(hints, ()), key=lambda one: one[0].startswith("-")))[:MAX_SETTINGS],
                tuple(self._tables[hints].configs()) if hints in self._tables else (),
                programs=self._programs.get(hints, ()),
                takes=tuple(self._takes.get(hints, ())),
                image=self._images.get(hints),
                mounts=tuple(self._mounts.get(hints, ())),
            )
            for hints, line in sorted(self._lines.items(), key=lambda entry: (entry[1], entry[0]))
        ]
        # A mapping that names a topic and says nothing that runs is the configuration of something else.
        found = [unit for unit in found if _says_something(unit)]
        return tuple([*self._sources, *found][:MAX_UNITS])

    def _started(self, entry: Entry, hints: tuple[str, ...]) -> None:
        """Notes what a container starts, and which config maps it takes its environment from."""
        started = [entry.value[key] for key in (_SUBMITTED, "arguments", "command", "args") if key in entry.value]
        if _SUBMITTED in entry.value and (driver := entry.value.get("driver")) is not None:
            for key in environment_keys(driver):
                self._settings.setdefault(hints, []).extend(environment_of(driver.value[key], self._read, self._plain))
        words = [word for one in started for word in command_words(one)]
        line = started[-1].line if started else entry.line
        options = list(options_of(words, line, self._read))
        self._settings.setdefault(hints, []).extend(options)
        if programs := programs_of(words):
            self._programs.setdefault(hints, programs)
            self._lines.setdefault(hints, entry.line)
        for item in items_of(entry.value.get("envFrom")):
            if name := self._plain(name_in(item.value.get("configMapRef"))):
                self._takes.setdefault(hints, []).append(f"{CONFIG_MAP}{name}")
                self._lines.setdefault(hints, item.line)
        holders = [one for one in (entry, entry.value.get("driver")) if one is not None]
        if mounts := [mount for one in holders for mount in mounts_in(one, self._volumes, self._plain)]:
            self._mounts.setdefault(hints, []).extend(mounts)
            self._lines.setdefault(hints, entry.line)

    def _put_in(self, entry: Entry, text: str, hints: tuple[str, ...]) -> None:
        """Notes a named template among a container's own keys, which may give it an environment."""
        named = self._read(text, entry.line)
        if named is not None and named[0] == "env" and named[1].startswith(INCLUDE):
            put_in: Setting = (SPREAD, ("env", f"{named[1]}{BLOCK}", None, entry.line), entry.line)
            self._settings.setdefault(hints, []).append(put_in)
            self._lines.setdefault(hints, entry.line)

    def _source(self, name: str, root: Entry) -> None:
        kept = root.value.get("data")
        # All of it may be what one named template gives.
        settings = tuple(environment_of(kept, self._read)) if kept is not None and kept.value else ()
        self._sources.append(Unit(name, (), root.line, settings[:MAX_SETTINGS], kind="source"))
        parts = kept.value if kept is not None and isinstance(kept.value, dict) else {}
        files = (file_unit(name, self._plain(key), held, self._read) for key, held in parts.items())
        self._sources.extend(file for file in files if file is not None)


def _says_something(unit: Unit) -> bool:
    return any((unit.settings, unit.configs, unit.programs, unit.takes, unit.image, unit.mounts))


def put_config(table: ConfigTable, role: str, entry: Entry, read: ReadText) -> int:
    """Adds a mapping of settings, with the mappings in it, to a table of configs."""
    index = table.add(entry.line, role)
    for key, item in entry.value.items():
        if is_secret(key):
            continue
        if isinstance(item.value, dict):
            table.put(index, key, ("dict", put_config(table, key, item, read)), item.line)
        elif isinstance(item.value, list):
            items = tuple(read(part.value, part.line) for part in item.value if isinstance(part.value, str))
            table.put(index, key, ("list", items), item.line)
        else:
            table.put(index, key, ("split", read(item.value, item.line), ",") if item.value else None, item.line)
    return index


def environment_keys(entry: Entry) -> list[str]:
    """Returns the keys of a mapping that hold blocks of environment."""
    keys = entry.value if isinstance(entry.value, dict) else ()
    return [key for key in keys if key_word(key) in _ENVIRONMENT_KEYS]


def environment_of(entry: Entry, read: ReadText, plain: Callable[[str], str] = str) -> Iterator[Setting]:
    """Yields the settings of a list of {name, value}, a list of "NAME=value", or a mapping."""
    if isinstance(entry.value, dict):
        yield from _mapped(entry, read)
    elif isinstance(entry.value, str):
        yield from _spread(entry.value, entry.line, read)
    else:
        for item in entry.value:
            if isinstance(item.value, dict) and "name" in item.value:
                yield named_setting(item, read, plain)
            elif isinstance(item.value, str) and item.value:
                name, equals, text = item.value.partition("=")
                if equals:
                    yield setting(name, text, item.line, read)
                elif name.isidentifier():
                    # A name alone passes on what the surroundings set it to.
                    yield name, ("env", name, PASSED_ON, item.line), item.line
                else:
                    yield from _spread(name, item.line, read)


def _mapped(entry: Entry, read: ReadText) -> Iterator[Setting]:
    for name, item in entry.value.items():
        if isinstance(item.value, str) and TOKEN_START in name:
            yield from _spread(item.value or name, item.line, read)
        elif isinstance(item.value, str):
            yield setting(name, item.value, item.line, read)


def _spread(text: str, line: int, read: ReadText) -> Iterator[Setting]:
    """Yields what a template puts in for several settings at once: all below a path of the chart's values."""
    value = read(text, line) if TOKEN_START in text else None
    if value is not None and value[0] == "env":
        yield SPREAD, ("env", value[1].partition(".*")[0], None, line), line


def named_setting(item: Entry, read: ReadText, plain: Callable[[str], str] = str) -> Setting:
    """Returns the setting of a {name, value} or {name, valueFrom}; what a secret gives has no value."""
    name = text_of(item.value["name"]).strip()
    value = item.value.get("value")
    if TOKEN_START in name:
        spread = list(_spread(text_of(value) or name, item.line, read))
        return spread[0] if spread else (SPREAD, None, item.line)
    if value is not None:
        return setting(name, text_of(value), value.line, read)
    source = item.value.get("valueFrom")
    reference = source.value.get("configMapKeyRef") if source is not None and isinstance(source.value, dict) else None
    if reference is None or not isinstance(reference.value, dict) or is_secret(name):
        return name, None, item.line
    source_name, key = plain(text_of(reference.value.get("name"))), text_of(reference.value.get("key"))
    return name, ("env", f"{CONFIG_MAP}{source_name}/{key}", None, item.line), item.line


def command_words(entry: Entry | None) -> list[str]:
    """Returns the words of a command that is a text or a list."""
    if entry is not None and isinstance(entry.value, list):
        return [item.value for item in entry.value if isinstance(item.value, str)]
    return words_of(text_of(entry))


def image_of(entry: Entry | None) -> str:
    """Returns the last name of an image, without registry and tag."""
    if entry is not None and isinstance(entry.value, dict):
        entry = entry.value.get("repository") or entry.value.get("name")
    return text_of(entry).partition("@")[0].rpartition("/")[2].partition(":")[0]


def scalars_of(entry: Entry, path: str, read: ReadText) -> Iterator[Setting]:
    """Yields all scalars of a file by their dotted paths; items of lists by number."""
    if isinstance(entry.value, str):
        if path and entry.value:
            yield setting(path, entry.value, entry.line, read)
        return
    parts: Iterable[tuple[str, Entry]] = (
        entry.value.items()
        if isinstance(entry.value, dict)
        else ((str(at), item) for at, item in enumerate(entry.value))
    )
    for key, item in parts:
        if not is_secret(key):
            yield from scalars_of(item, f"{path}.{key}" if path else key, read)


def _above(hints: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(name for name in names if name), *hints)))


def _is_settings(entries: dict[str, Entry]) -> bool:
    keys = {key_word(key) for key in entries}
    return bool(keys & {"TOPIC", "TOPICS", "TOPIC_STRATEGY", "SCHEMA_PATH"}) or {"CLASS", "PARAMS"} <= keys
