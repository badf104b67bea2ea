"""What does a Terraform file set? Environments of tasks and functions, and the variables and locals that they refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from copilot.readers.commands import setting
from copilot.readers.deployment_facts import (
    MAX_SETTINGS,
    MAX_UNITS,
    MAX_VARIABLES,
    DeploymentFacts,
    Setting,
    Unit,
    is_secret,
)
from copilot.readers.facts import Config
from copilot.readers.hcl_text import FROM, LABELS, TEMPLATE, blocks_of, labels_of, read_hcl
from copilot.readers.interpolation import terraform_reference, terraform_text
from copilot.readers.manifests import SPREAD
from copilot.readers.values import Value
from copilot.readers.yaml_text import Entry, text_of

_ENVIRONMENTS = frozenset(
    {"environment", "env", "environment_variables", "env_vars", "environment_vars", "variables", "env_variables"}
)
_IMAGES = frozenset({"image", "image_uri", "container_image"})
_FUNCTIONS = frozenset({"aws_lambda_function", "google_cloudfunctions_function", "google_cloudfunctions2_function"})
_DYNAMIC = f"{LABELS}dynamic"
_MODULE_FOLDER = "${path.module}/"


def read_terraform(text: str) -> DeploymentFacts:
    """Returns the facts of a Terraform file, or of a file of variables.

    A resource is a unit with its own address as `base`, a module one of kind "module" with its source as `base` and its
    arguments as settings. The variables of a template that a resource is filled in from go by "template.", address and name.
    """
    body = read_hcl(text)
    variables: list[Setting] = []
    units: list[Unit] = []
    for name, entry in body.value.items():
        if not name.startswith(LABELS):
            variables += _variables(f"var.{name}", entry)
    for block in blocks_of(body, "locals"):
        for name, entry in _attributes(block):
            variables += _variables(f"local.{name}", entry)
    for kind, key, prefix in (("variable", "default", "var"), ("output", "value", "output")):
        for block in blocks_of(body, kind):
            if key in block.value:
                variables += _variables(f"{prefix}.{''.join(labels_of(block)[:1])}", block.value[key])
    for kind, count in (("resource", 2), ("data", 2), ("module", 1)):
        for block in blocks_of(body, kind):
            if len(labels_of(block)) == count:
                unit, told = _unit(kind, labels_of(block), block)
                units += [unit] if unit is not None else []
                variables += told
    units.sort(key=lambda unit: unit.line)
    return DeploymentFacts(tuple(units[:MAX_UNITS]), variables=tuple(variables[:MAX_VARIABLES]))


def _attributes(body: Entry) -> Iterator[tuple[str, Entry]]:
    return ((name, entry) for name, entry in body.value.items() if not name.startswith(LABELS))


def _variables(name: str, entry: Entry) -> Iterator[Setting]:
    """Yields what an expression gives by dotted names: of mappings by key, of lists by number, of other mappings as a whole."""
    if isinstance(entry.value, str):
        yield setting(name, entry.value, entry.line, _text)
        return
    parts = (
        entry.value.items() if isinstance(entry.value, dict) else ((str(at), it) for at, it in enumerate(entry.value))
    )
    for key, item in parts:
        if key.startswith(FROM):
            yield f"{name}.{SPREAD}", _text(text_of(item), item.line), item.line
        elif not key.startswith(LABELS) and (isinstance(item.value, str) or not is_secret(key)):
            yield from _variables(f"{name}.{key}", item)


@dataclass
class _Found:
    """What a block says that runs: its environment, its image, what feeds it, and the template that it is filled in from."""

    environment: list[Setting] = field(default_factory=list)
    image: Value = None
    fed: tuple[Config, ...] = ()
    template: Entry | None = None

    def walk(self, body: Entry, around: str) -> None:
        """Reads a body or expression, and all in it."""
        if isinstance(body.value, list):
            for item in body.value:
                self.walk(item, around)
            return
        if not isinstance(body.value, dict):
            return
        if TEMPLATE in body.value:
            self.template = self.template or body
            return
        for key, entry in body.value.items():
            name = key.removeprefix(LABELS)
            if key == _DYNAMIC:
                for block in entry.value:
                    self._dynamic(block)
            elif name in _ENVIRONMENTS:
                self._environment(entry)
            elif name in _IMAGES and text_of(entry):
                self.image = self.image or _text(_image(entry.value), entry.line)
            elif name == "pubsub_topic" or (name == "resource" and around == "event_trigger"):
                self.fed = (
                    Config("event:topic", "consumes", _text(text_of(entry), entry.line), None, None, entry.line),
                )
            else:
                self.walk(entry, name)

    def _dynamic(self, block: Entry) -> None:
        repeated = block.value.get("for_each")
        if repeated is not None and not _ENVIRONMENTS.isdisjoint(labels_of(block)):
            self._environment(repeated)
        else:
            self.walk(block, "")

    def _environment(self, entry: Entry) -> None:
        if isinstance(entry.value, str):
            self._whole(entry)
        elif isinstance(entry.value, list):
            for item in entry.value:
                self._environment(item)
        elif not _ENVIRONMENTS.isdisjoint(key.removeprefix(LABELS) for key in entry.value):
            self.walk(entry, "")
        elif "name" in entry.value and text_of(entry.value["name"]).startswith('"'):
            name, value = text_of(entry.value["name"]).strip('"'), entry.value.get("value")
            self.environment.append(setting(name, text_of(value), (value or entry).line, _text))
        else:
            for key, item in entry.value.items():
                if key.startswith(FROM):
                    self._whole(item)
                elif not key.startswith(LABELS) and isinstance(item.value, str):
                    self.environment.append(setting(key, item.value, item.line, _text))

    def _whole(self, entry: Entry) -> None:
        """Notes an environment that is another mapping."""
        value = _text(text_of(entry), entry.line)
        if value is not None and value[0] == "env":
            self.environment.append((SPREAD, value, entry.line))


def _unit(kind: str, labels: tuple[str, ...], block: Entry) -> tuple[Unit | None, list[Setting]]:
    """Returns the unit that a block is, None where it runs nothing, and the variables that it defines."""
    found, address = _Found(), ".".join(labels)
    found.walk(block, "")
    attributes = {name: entry for name, entry in _attributes(block) if name != "for_each"}
    variables: list[Setting] = []
    each = ""
    if (repeated := block.value.get("for_each")) is not None:
        reference = _text(text_of(repeated), repeated.line)
        each = str(reference[1]) if reference is not None and reference[0] == "env" else f"each.{address}"
        if isinstance(repeated.value, list):
            repeated = Entry(
                {text_of(item).strip('"'): item for item in repeated.value if text_of(item)}, repeated.line
            )
        variables += _variables(each, repeated) if isinstance(repeated.value, dict) else ()
    source = text_of(attributes.get("source")).strip('"')
    if kind == "module" and source.startswith("."):
        given = [
            one for name, entry in attributes.items() if name != "source" for one in _variables(f"var.{name}", entry)
        ]
        base, settings, kept = source, given, "module"
    else:
        if kind == "resource":
            plain = ((name, entry) for name, entry in attributes.items() if isinstance(entry.value, str))
            variables += (setting(f"{address}.{name}", entry.value, entry.line, _text) for name, entry in plain)
        base, settings, kept = address, found.environment, ""
        if not (settings or found.image or found.template) and labels[0] not in _FUNCTIONS:
            return None, variables
    takes: tuple[str, ...] = ()
    if found.template is not None and not kept:
        takes = (text_of(found.template.value[TEMPLATE]).strip('"').replace(_MODULE_FOLDER, ""),)
        given_to = Entry({key: one for key, one in found.template.value.items() if key != TEMPLATE}, block.line)
        variables += _variables(f"template.{address}", given_to)
    repeated_for = [(name, _of_each(value, each), line) for name, value, line in settings[:MAX_SETTINGS]]
    variables = [(name, _of_each(value, each), line) for name, value, line in variables]
    unit = Unit(
        labels[-1], labels[-1:], block.line, tuple(repeated_for), () if kept else found.fed, kind=kept, base=base
    )
    return unit._replace(image=_of_each(found.image, each), each=each, takes=takes), variables


def _of_each(value: Value, each: str) -> Value:
    """Returns a value in which `each.key` and `each.value` are those of an item of what the block is repeated for."""
    if value is None or not each:
        return value
    if value[0] == "cat":
        return ("cat", tuple(_of_each(part, each) for part in value[1]))
    if value[0] != "env" or not str(value[1]).startswith(("each.key", "each.value")):
        return value
    name = str(value[1])
    item = f"{each}.*#" if name == "each.key" else f"{each}.*{name.removeprefix('each.value')}"
    return ("env", item, *value[2:])


def _text(text: str, line: int) -> Value:
    """Returns the value of an expression: a text with references, a reference alone, or None."""
    text = text.strip()
    if len(text) > 1 and text[0] == '"' == text[-1] and '"' not in text[1:-1].replace('\\"', ""):
        return terraform_text(text[1:-1], line)
    if re.fullmatch(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+", text):
        return terraform_reference(text, line)
    return ("s", text) if re.fullmatch(r"-?\d+(\.\d+)?|true|false", text) else None


def _image(text: str) -> str:
    """Returns an image as written, without registry and tag."""
    if not text.startswith('"'):
        return text
    plain = text.strip('"')
    return '"' + plain.rpartition("/")[2].partition(":")[0].partition("@")[0] + '"'
