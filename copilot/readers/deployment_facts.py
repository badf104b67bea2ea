"""What one deployment file says: units of settings, each with the names by which its job may be known.

A unit is a service of a compose file, a chart's values (or one service in them), a container of a manifest, an env file. YAML is
read as nodes, so that every setting keeps its line; templated text that is no YAML is read line by line. Values whose name
smells of a secret are dropped here, before anything could keep them.
"""

from __future__ import annotations

import marshal
import re
from typing import Any, NamedTuple

from copilot.readers.facts import Config
from copilot.readers.values import Value

DEPLOYMENT_KIND = "deployment-facts-2"
MAX_VALUE = 400
_SECRET = re.compile(r"passw|secret|token|key|credential|private", re.IGNORECASE)


class Unit(NamedTuple):
    """Settings that run together. `settings` are (name, value, line); `hints` names to find the job by, best first."""

    name: str
    hints: tuple[str, ...]
    line: int
    settings: tuple[tuple[str, Value, int], ...]
    configs: tuple[Config, ...]
    context: str = ""
    dockerfile: str = ""
    command: str = ""
    env_files: tuple[str, ...] = ()


class DeploymentFacts(NamedTuple):
    """All that one file says. `chart` is the name in a Chart.yaml, `scalars` a values file's texts by dotted path."""

    units: tuple[Unit, ...] = ()
    chart: str = ""
    scalars: tuple[tuple[str, str], ...] = ()
    gap: tuple[int, str] | None = None


def is_secret(name: str) -> bool:
    """Tells whether a setting's name says that its value is nobody's business."""
    return _SECRET.search(name) is not None


def dump_deployment(facts: DeploymentFacts) -> bytes:
    """Returns the facts as bytes for the cache."""
    units = tuple((*unit[:4], tuple(tuple(config) for config in unit.configs), *unit[5:]) for unit in facts.units)
    return marshal.dumps((units, *facts[1:]))


def load_deployment(data: bytes) -> DeploymentFacts | None:
    """Returns the facts that `dump_deployment` wrote, None where the bytes are no such thing."""
    try:
        units, *rest = marshal.loads(data)
        return DeploymentFacts(tuple(_unit(row) for row in units), *rest)
    except (EOFError, ValueError, TypeError):
        return None


def _unit(row: tuple[Any, ...]) -> Unit:
    return Unit._make((*row[:4], tuple(map(Config._make, row[4])), *row[5:]))
