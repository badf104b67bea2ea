"""What one deployment file says: units of settings, each with the names by which its job may be known.

A unit is a service of a compose file, a chart's values (or one service in them), a container of a manifest, an env file, a
process of a Procfile, and the like. Files are read with the line of every setting; templated text that is no YAML is read line by
line. Values whose name or look smells of a secret are dropped here, before anything could keep them.
"""

from __future__ import annotations

import marshal
import re
from typing import Any, NamedTuple

from copilot.readers.facts import Config
from copilot.readers.values import Value

DEPLOYMENT_KIND = "deployment-facts-27"
MARK = "\0"
"""Stands before the path, and each key, in the name of a setting that is a value of a file."""
MAX_VALUE = 400
MAX_UNITS = 500
MAX_SETTINGS = 1000
MAX_VARIABLES = 2000
MAX_CONDITIONS = 200
_SECRET = re.compile(r"passw|secret|token|key|credential|private", re.IGNORECASE)
_NAMES_A_PLACE = re.compile(r"(?:topics?|queue|schema|serializer|converter|secretname)\Z", re.IGNORECASE)
_NAMES_A_PLACES_KEY = re.compile(
    r"(?:topics?|queue)(?:[_.-]?\d+|[_.-](?:in|out|input|output|name))?[_.-]?key\Z", re.IGNORECASE
)
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)+\Z|\ue000\d+\ue001\Z")
_SECRET_VALUE = re.compile(
    r"://[^/\s:@]*:[^/\s@]+@|-----BEGIN |\bAKIA[0-9A-Z]{16}\b|\beyJ[\w-]{20,}|\bxox[bpars]-|\bgh[pousr]_\w{20,}|\bsk-[\w-]{20,}"
    r"|password\s*=\s*\S|\A\$ANSIBLE_VAULT",
    re.IGNORECASE,
)

Setting = tuple[str, Value, int]
"""A name, its value and its line; the value is None where it is set to something that nobody here knows or may keep."""


Mount = tuple[str, str]
"""A path of a container, and what lies there: "configmap/NAME/KEY", "configmap/NAME/" for all keys, or a path beside the file."""


class Unit(NamedTuple):
    """Settings that run together; `hints` are names to find the job by, best first.

    `kind` is "" for what runs, "source" for what only others take their settings from, "file" for
    a file that a config map holds (or, in `takes`, generates from one of the tree), "image" for a Dockerfile, "patch" for
    what a kustomization lays over another unit. `programs` are the modules ("-m pkg.job") and scripts ("app/job.py") that it
    starts, `image` is the name of its image. `takes` are paths of env files, and config maps as "configmap/NAME", lowest
    first; for an image, what is copied into it. `base` is the compose service that this one extends ("file#service"), the
    address of a Terraform resource, or where a module lies. `each` is the list or mapping of a chart's values that gives one
    copy for each of its items; `conditions` are (first line, last line, condition) of what is there only if that holds. `mounts`
    are the files that it is given.
    """

    name: str
    hints: tuple[str, ...]
    line: int
    settings: tuple[Setting, ...] = ()
    configs: tuple[Config, ...] = ()
    kind: str = ""
    context: str = ""
    dockerfile: str = ""
    programs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    base: str = ""
    each: str = ""
    image: Value = None
    conditions: tuple[tuple[int, int, tuple[Any, ...]], ...] = ()
    mounts: tuple[Mount, ...] = ()


class DeploymentFacts(NamedTuple):
    """All that one file says.

    `chart` is the name in a Chart.yaml. `variables` are what the file defines for references in others: a chart's values by
    dotted path, Ansible's and Terraform's variables. `refers` are (kind, path) of the files that a kustomization is made of.
    `family` is the kind of file that it turns out to be whatever its name, "" for the one that its name says.
    """

    units: tuple[Unit, ...] = ()
    chart: str = ""
    variables: tuple[Setting, ...] = ()
    refers: tuple[tuple[str, str], ...] = ()
    gap: tuple[int, str] | None = None
    family: str = ""


def is_secret(name: str) -> bool:
    """Tells whether a setting's name says that its value is nobody's business."""
    return _SECRET.search(name) is not None and _NAMES_A_PLACE.search(name) is None


def may_keep(name: str, text: str) -> bool:
    """Tells whether a setting's value may be kept: it is no secret, by name or by look, and not huge."""
    # The key of a topic may be a password, or, in a config map, what is called like a topic.
    is_place = _NAMES_A_PLACES_KEY.search(name) is not None and _PLAIN_NAME.match(text) is not None
    return len(text) <= MAX_VALUE and (is_place or not is_secret(name)) and _SECRET_VALUE.search(text) is None


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
