"""What does a shell script start that a deployment starts? Its commands stand in its place, with what it sets for them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from copilot.readers.copies import Copy
from copilot.readers.deployment_facts import Unit
from copilot.readers.deployment_files import DeploymentFile
from copilot.readers.deployment_scopes import Layer

SHELL = (".sh", ".bash")


class Image(NamedTuple):
    """What a Dockerfile builds: its unit, and the layers of what it sets by itself."""

    path: str
    unit: Unit
    layers: tuple[Layer, ...]


class Wrappers:
    """The shell scripts of a tree that start programs; `taken` are those that some other deployment starts."""

    def __init__(self, files: Mapping[str, DeploymentFile]) -> None:
        self.taken: set[str] = set()
        self._units = {
            path: [unit for unit in file.facts.units if unit.programs]
            for path, file in files.items()
            if file.kind == "shell"
        }
        self._by_name: dict[str, list[str]] = {}
        for path in sorted(path for path, units in self._units.items() if units):
            self._by_name.setdefault(posixpath.basename(path), []).append(path)

    def followed(self, copy: Copy) -> Iterator[Copy]:
        """Yields a copy for each command of the script that it starts, the copy itself where it starts none that is known."""
        path = self._started(copy.unit, copy.folder if copy.folder is not None else copy.near)
        if not path or path == copy.path:
            yield copy
            return
        for inner in self._units[path]:
            unit = copy.unit._replace(programs=inner.programs)
            yield replace(copy, unit=unit, layers=(*copy.layers, (path, inner.settings)))

    def image(self, path: str, unit: Unit, folder: str) -> Image:
        """Returns an image with what it starts, by the script that it starts where that has a single command."""
        script = self._started(unit, folder)
        inner = self._units[script] if script else []
        if len(inner) != 1:
            return Image(path, unit, ((path, unit.settings),))
        layers = ((path, unit.settings), (script, inner[0].settings))
        return Image(path, unit._replace(programs=inner[0].programs), layers)

    def _started(self, unit: Unit, near: str) -> str:
        """Returns the script that a unit starts: the one below its folder, else the only one of that name."""
        for program in unit.programs:
            if not program.endswith(SHELL):
                continue
            named = self._by_name.get(posixpath.basename(program), [])
            inside = [path for path in named if not near or path.startswith(near + "/")]
            tail = program.lstrip("./")
            fitting = [path for path in inside if f"/{path}".endswith(f"/{tail}")] or inside or named
            if len(fitting) == 1:
                self.taken.add(fitting[0])
                return fitting[0]
        return ""
