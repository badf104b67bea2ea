"""What does a Terraform file set? Environments of tasks and functions, and the variables and locals that they refer to.

The text is read by line and bracket, no more than needed: blocks with a name, assignments in them, lists of {name, value}.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from copilot.readers.commands import setting
from copilot.readers.deployment_facts import MAX_SETTINGS, MAX_UNITS, MAX_VARIABLES, DeploymentFacts, Setting, Unit
from copilot.readers.facts import Config
from copilot.readers.interpolation import terraform_reference, terraform_text
from copilot.readers.values import Value

MAX_LINES = 20_000
MAX_DEPTH = 40
_OPENS = re.compile(r'\s*"?([\w-]+)"?((?:\s+"[^"]+")*)\s*(?:=\s*)?(?:jsonencode\()?\s*([{\[(]+)\s*(?:#.*)?$')
_ASSIGNED = re.compile(r'\s*"?([\w.-]+)"?\s*[=:]\s*(.+?),?\s*$')
_PAIR = re.compile(r'"?name"?\s*[=:]\s*"([^"]+)"\s*,?\s*"?value"?\s*[=:]\s*((?:"[^"]*")|[\w.\[\]"-]+)', re.DOTALL)
_ENVIRONMENTS = frozenset(
    {"environment", "env", "environment_variables", "env_vars", "environment_vars", "variables", "env_variables"}
)
_TOP = frozenset({"resource", "module", "data"})
_FUNCTIONS = frozenset({"aws_lambda_function", "google_cloudfunctions_function", "google_cloudfunctions2_function"})


def read_terraform(text: str) -> DeploymentFacts:
    """Returns the facts of a Terraform file, or of a file of variables.

    A resource is a unit with its own address as `base`, a module one of kind "module" with its source as `base` and its
    arguments as settings.
    """
    blocks: dict[tuple[str, ...], _Block] = {}
    variables: list[Setting] = []
    for path, name, value, line in _assignments(text):
        if not path or path == ("locals",):
            variables.append(setting(f"{'local' if path else 'var'}.{name}", value, line, _text))
        elif path[0] == "variable" and name == "default":
            variables.append(setting(f"var.{path[-1]}", value, line, _text))
        elif path[0] == "output" and name == "value":
            variables.append(setting(f"output.{path[-1]}", value, line, _text))
        elif path[0] in _TOP and len(path) > 1:
            unit = path[: 3 if path[0] != "module" else 2]
            blocks.setdefault(unit, _Block(line)).add(path[len(unit) :], name, value, line)
            if path == unit and path[0] == "resource":
                variables.append(setting(f"{'.'.join(unit[1:])}.{name}", value, line, _text))
    found = [one for path, block in blocks.items() if (one := block.unit(path)) is not None]
    return DeploymentFacts(tuple(found[:MAX_UNITS]), variables=tuple(variables[:MAX_VARIABLES]))


@dataclass
class _Block:
    """What a resource or module says: its environment, its image, and what it is given."""

    line: int
    environment: list[Setting] = field(default_factory=list)
    given: list[Setting] = field(default_factory=list)
    image: Value = None
    source: str = ""
    fed: tuple[Config, ...] = ()

    def add(self, inside: tuple[str, ...], name: str, value: str, line: int) -> None:
        """Adds an assignment that stands in these blocks of it."""
        if not _ENVIRONMENTS.isdisjoint(inside):
            self.environment.append(setting(name, value, line, _text))
        elif name in ("image", "image_uri", "container_image"):
            self.image = self.image or _text(_image(value), line)
        elif name == "pubsub_topic" or (name == "resource" and inside[-1:] == ("event_trigger",)):
            self.fed = (Config("event:topic", "consumes", _text(value, line), None, None, line),)
        elif not inside and name == "source":
            self.source = value.strip('"')
        elif not inside:
            self.given.append(setting(f"var.{name}", value, line, _text))

    def unit(self, path: tuple[str, ...]) -> Unit | None:
        """Returns the unit that the block is, None where it runs nothing."""
        settings = tuple(self.environment[:MAX_SETTINGS])
        if path[0] == "module" and self.source.startswith("."):
            given = tuple(self.given[:MAX_SETTINGS])
            return Unit(path[1], (path[1],), self.line, given, kind="module", image=self.image, base=self.source)
        if not settings and self.image is None and path[1] not in _FUNCTIONS:
            return None
        return Unit(path[-1], (path[-1],), self.line, settings, self.fed, image=self.image, base=".".join(path[1:]))


def _assignments(text: str) -> Iterator[tuple[tuple[str, ...], str, str, int]]:
    """Yields (names of the blocks around, name, value as written, line) of assignments; {name, value} pairs become one."""
    stack: list[tuple[str, ...]] = []
    name_waiting = ""
    for number, raw in enumerate(text.splitlines()[:MAX_LINES], 1):
        line = raw.strip()
        if not line or line.startswith(("#", "//")):
            continue
        path = tuple(name for names in stack for name in names)
        pairs = list(_PAIR.finditer(line))
        for pair in pairs:
            yield path, pair[1], pair[2], number
        assigned = _ASSIGNED.match(line)
        opened = _OPENS.match(line)
        if pairs:
            pass
        elif opened:
            stack.append((opened[1], *re.findall(r'"([^"]+)"', opened[2])))
            stack += [()] * (len(opened[3]) - 1)
            if line.count("jsonencode("):
                stack.append(())
            continue
        elif assigned and not line.endswith(("{", "[")):
            if assigned[1] == "name" and _in_environment(path):
                name_waiting = assigned[2].strip('",')
            elif assigned[1] == "value" and name_waiting:
                yield path, name_waiting, assigned[2], number
                name_waiting = ""
            else:
                yield path, assigned[1], assigned[2], number
        balance = sum(line.count(mark) for mark in "{[(") - sum(line.count(mark) for mark in "}])")
        if "${" in line or '"' in line:
            bare = re.sub(r'"[^"]*"', "", line)
            balance = sum(bare.count(mark) for mark in "{[(") - sum(bare.count(mark) for mark in "}])")
        for _ in range(-balance):
            if stack:
                stack.pop()
        stack += [()] * max(0, balance)
        del stack[MAX_DEPTH:]


def _in_environment(path: tuple[str, ...]) -> bool:
    return not _ENVIRONMENTS.isdisjoint(path)


def _text(text: str, line: int) -> Value:
    """Returns the value of an expression: a text with references, a reference alone, or None."""
    text = text.strip().rstrip(",")
    if len(text) > 1 and text[0] == '"' == text[-1] and '"' not in text[1:-1].replace('\\"', ""):
        return terraform_text(text[1:-1], line)
    if re.fullmatch(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+", text):
        return terraform_reference(text, line)
    return ("s", text) if re.fullmatch(r"-?\d+(\.\d+)?|true|false", text) else None


def _image(text: str) -> str:
    """Returns an image as written, without registry and tag."""
    if not text.startswith('"'):
        return text
    plain = text.strip('",')
    return '"' + plain.rpartition("/")[2].partition(":")[0].partition("@")[0] + '"'
