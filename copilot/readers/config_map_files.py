"""What do the files say that a config map holds under its keys, and where does a container have which of them?

A file is a unit of kind "file" with one setting for each value in it, named by its keys with `MARK` before each; items of lists
go by "#" and their number. All of it may be what a template puts in, under a name without keys.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping

from copilot.readers.commands import ReadText
from copilot.readers.config_files import is_config, read_config
from copilot.readers.deployment_facts import MARK, MAX_SETTINGS, Mount, Setting, Unit, is_secret, may_keep
from copilot.readers.deployment_kinds import deployment_kind
from copilot.readers.go_template import FILES
from copilot.readers.values import Value
from copilot.readers.yaml_text import Entry, items_of, name_in, text_of

CONFIG_MAP = "configmap/"
ITEM = "#"
_Plain = Callable[[str], str]
_Volumes = Mapping[str, tuple[Mount, ...]]


def file_unit(source: str, key: str, entry: Entry, read: ReadText) -> Unit | None:
    """Returns the file that a config map holds under a key, None where it holds a plain value."""
    text = text_of(entry)
    if not (is_config(key) or is_env_file(key) or "\n" in text):
        return None
    # The text of a block begins below its key.
    unit = content_unit("lines.ini" if is_env_file(key) else key, text, entry.line - ("\n" not in text), read)
    return unit._replace(name=f"{source}/{key}", line=entry.line) if unit is not None else None


def content_unit(path: str, text: str, above: int, read: ReadText) -> Unit | None:
    """Returns what a configuration file says whose text stands below a line, None where it can't be read."""
    content = read_config(path, text)
    if content is None or (isinstance(content.value, str) and not is_config(path)):
        return None
    if content.value == text.strip() and (whole := _file_of_chart(read(text, above + 1))):
        return Unit("", (), above + 1, kind="file", takes=(whole,))
    values = tuple(_values(content, "", posixpath.basename(path), above, read))[:MAX_SETTINGS]
    return Unit("", (), above + 1, values, kind="file")


def _file_of_chart(value: Value) -> str:
    """Returns the path in the chart of the file that a template puts in, "" where it puts in something else."""
    name = str(value[1]) if value is not None and value[0] == "env" else ""
    return name.removeprefix(FILES) if name.startswith(FILES) else ""


def is_env_file(path: str) -> bool:
    """Tells whether a file holds variables of the environment, by its name."""
    return deployment_kind(path) == "env"


def _values(entry: Entry, name: str, key: str, above: int, read: ReadText) -> Iterator[Setting]:
    if isinstance(entry.value, str):
        text, line = entry.value.strip("\"'"), above + entry.line
        if text and may_keep(key, text):
            yield name, read(text, line), line
        return
    is_list = isinstance(entry.value, list)
    parts: Iterable[tuple[str, Entry]] = (
        ((f"{ITEM}{number}", item) for number, item in enumerate(entry.value)) if is_list else entry.value.items()
    )
    for part, item in parts:
        if isinstance(item.value, str) or not is_secret(part):
            yield from _values(item, f"{name}{MARK}{part}", key if is_list else part, above, read)


def volumes_in(entry: Entry, plain: _Plain) -> dict[str, tuple[Mount, ...]]:
    """Returns the volumes of a pod that hold config maps, by name: (path in the volume, what lies there)."""
    volumes = {plain(name_in(volume)): volume for volume in items_of(entry)}
    return {name: mounts for name, volume in volumes.items() if (mounts := tuple(_held(volume, plain)))}


def _held(volume: Entry, plain: _Plain) -> Iterator[Mount]:
    projected = volume.value.get("projected")
    several = projected.value.get("sources") if projected is not None and isinstance(projected.value, dict) else None
    for holder in (volume, *items_of(several)):
        config_map = holder.value.get("configMap")
        name = plain(name_in(config_map))
        if config_map is None or not name:
            continue
        items = items_of(config_map.value.get("items"))
        for item in items:
            key, path = text_of(item.value.get("key")), text_of(item.value.get("path"))
            yield path or key, f"{CONFIG_MAP}{name}/{key}"
        if not items:
            yield "", f"{CONFIG_MAP}{name}/"


def mounts_in(container: Entry, volumes: _Volumes, plain: _Plain) -> Iterator[Mount]:
    """Yields the files of config maps that a container (or a Spark driver) has, by their paths there."""
    parts = container.value if isinstance(container.value, dict) else {}
    for one in items_of(parts.get("configMaps")):
        yield text_of(one.value.get("path")), f"{CONFIG_MAP}{plain(name_in(one))}/"
    for mount in items_of(parts.get("volumeMounts")):
        at, part = text_of(mount.value.get("mountPath")), text_of(mount.value.get("subPath"))
        for path, source in volumes.get(plain(name_in(mount)), ()) if at else ():
            if part and not path:
                yield at, source + part
            elif not part:
                yield (posixpath.join(at, path) if path else at), source
            elif path == part:
                yield at, source
