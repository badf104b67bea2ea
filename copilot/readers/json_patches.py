"""What do the operations of JSON patches make of a container's settings, or of a config map's? `/spec/…/env/0/value` and the like.

The variables of a container are counted in the order in which its manifest lists them, the containers of a resource likewise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from copilot.readers.deployment_facts import Setting, Unit
from copilot.readers.deployment_scopes import Layer

_ENVIRONMENT = re.compile(r".*/containers/(\d+)/env(?:/(\d+|-)(/value)?)?\Z")
_COMMAND = re.compile(r".*/containers/(\d+)/(?:args|command)\Z")
_DATA = re.compile(r"/data/([^/]+)\Z")
_CONFIG_MAP = "configmap/"


class Operation(NamedTuple):
    """An operation in the file at `path`, with the pattern of the name, and the kind, of the resources that it is for."""

    path: str
    unit: Unit
    name: str
    kind: str

    def is_for(self, resource: str, kind: str = "") -> bool:
        """Tells whether a resource is one of its targets; the kind of a workload isn't known here."""
        is_named = not self.name or re.fullmatch(_pattern(self.name), resource) is not None
        is_config_map = self.kind == "ConfigMap"
        return is_named and bool(resource) and (is_config_map if kind == "ConfigMap" else not is_config_map)


def patched(path: str, unit: Unit, position: int, operations: Iterable[Operation]) -> list[Layer]:
    """Returns the layers of a container's settings; `position` is its number among those of its resource."""
    settings: list[Setting] = list(unit.settings)
    above: list[Layer] = []
    variables = [name for name, _, _ in unit.settings if not name.startswith("-")]
    for operation in operations:
        if not operation.is_for(unit.hints[-1] if unit.hints else ""):
            continue
        found = _ENVIRONMENT.match(operation.unit.base)
        command = _COMMAND.match(operation.unit.base)
        if found is not None and int(found[1]) == position:
            which, is_value = found[2], bool(found[3])
            name = variables[int(which)] if which and which != "-" and int(which) < len(variables) else ""
            is_gone = which is None or (operation.unit.context in ("replace", "remove") and not is_value)
            if is_gone:
                settings = [one for one in settings if one[0].startswith("-") or (which is not None and one[0] != name)]
            given = [(own or name, value, line) for own, value, line in operation.unit.settings if own or name]
            above.append((operation.path, tuple(given)))
        elif command is not None and int(command[1]) == position:
            above.append((operation.path, operation.unit.settings))
    return [(path, tuple(settings)), *above]


def patched_source(source: Unit, operations: Iterable[Operation]) -> list[Layer]:
    """Returns the layers that operations lay over a config map."""
    name = source.name.removeprefix(_CONFIG_MAP)
    found = [(one, _DATA.match(one.unit.base)) for one in operations if one.is_for(name, "ConfigMap")]
    return [
        (one.path, tuple((_unescaped(key[1]), value, line) for _, value, line in one.unit.settings))
        for one, key in found
        if key is not None
    ]


def positions(units: Sequence[tuple[str, Unit]]) -> list[int]:
    """Returns the number of each container among those of its resource, in their order."""
    counted: dict[tuple[str, str], int] = {}
    found: list[int] = []
    for path, unit in units:
        key = (path, unit.hints[-1] if unit.hints else "")
        found.append(counted.get(key, 0))
        counted[key] = found[-1] + 1
    return found


def _unescaped(key: str) -> str:
    return key.replace("~1", "/").replace("~0", "~")


def _pattern(name: str) -> str:
    try:
        re.compile(name)
    except re.error:
        return re.escape(name)
    return name
