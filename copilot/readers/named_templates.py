"""What do the named templates of a chart (`define` in `_helpers.tpl`) give: a text, or settings that are put in as a block?

Other templates put them in by their name, which stands for them as the variable "include NAME". Which value they get there is
told by the chart's values, as everywhere; what a template is handed instead of the chart's own root stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from copilot.readers.conditions import standing
from copilot.readers.deployment_facts import MAX_UNITS, MAX_VARIABLES, DeploymentFacts, Setting, Unit
from copilot.readers.deployment_scopes import Layer, Scope
from copilot.readers.go_template import INCLUDE, read_template
from copilot.readers.manifests import BLOCK, SPREAD, environment_keys, environment_of
from copilot.readers.templates import Template
from copilot.readers.values import Value
from copilot.readers.yaml_text import Entry, NotYaml, read_yaml

MAX_INCLUDES = 4
"""How deep named templates put in each other."""
_DEFINED = re.compile(r'\{\{-?\s*define\s+"([^"]+)"\s*-?\}\}')
_BLOCK = re.compile(r"\{\{-?\s*(if|range|with|define|block|end)\b", re.DOTALL)


def read_named_templates(text: str) -> DeploymentFacts:
    """Returns the named templates of a file: the texts they are as variables, the settings they give as sources."""
    variables: list[Setting] = []
    units: list[Unit] = []
    for name, body, line in _defined(text):
        # The lines of the body are those of the file.
        template = read_template("\n" * (line - 1) + body)
        label = f"{INCLUDE}{name}"
        value = _text(template, line)
        if value is not None:
            variables.append((label, value, line))
            continue
        for ending, block in _blocks(template):
            settings = tuple(environment_of(block, template.read, template.plain))
            units.append(template.placed(Unit(label + ending, (), 0, settings, kind="source")))
    return DeploymentFacts(tuple(units[:MAX_UNITS]), variables=tuple(variables[:MAX_VARIABLES]))


def _defined(text: str) -> Iterator[tuple[str, str, int]]:
    """Yields (name, body, line of the body's start) of each `define`."""
    for opening in _DEFINED.finditer(text):
        depth = 1
        for mark in _BLOCK.finditer(text, opening.end()):
            depth += -1 if mark[1] == "end" else 1
            if depth == 0:
                yield opening[1], text[opening.end() : mark.start()], text.count("\n", 0, opening.end()) + 1
                break


def _text(template: Template, line: int) -> Value:
    """Returns the text that a template gives in one line, None where it gives more, or hangs on conditions."""
    body = template.text.strip()
    is_one = body and "\n" not in body and not template.conditions and not template.ranges
    return template.read(body, line) if is_one and not re.match(r"- |[\w.-]+:(\s|\Z)", body) else None


def _blocks(template: Template) -> Iterator[tuple[str, Entry]]:
    """Yields the environments in a template: those under the usual keys of a container, else all of it."""
    try:
        documents = read_yaml(template.text)
    except NotYaml:
        return
    for document in documents:
        inner = environment_keys(document)
        yield from ((BLOCK, document.value[key]) for key in inner)
        if not inner:
            yield "", document


def with_included(
    path: str, settings: Sequence[Setting], included: Mapping[str, tuple[str, Unit]], scope: Scope
) -> list[Layer]:
    """Returns the layers that settings are, those of named templates in the place where they are put in."""
    return list(_layers(path, settings, included, scope, 0))


def _layers(
    path: str, settings: Sequence[Setting], included: Mapping[str, tuple[str, Unit]], scope: Scope, depth: int
) -> Iterator[Layer]:
    plain: list[Setting] = []
    for setting in settings:
        name, value, _ = setting
        found = included.get(str(value[1])) if name == SPREAD and value is not None else None
        there = standing(found[1], scope) if found is not None else None
        if found is None or depth >= MAX_INCLUDES:
            plain.append(setting)
        elif there is not None:
            yield (path, tuple(plain))
            yield from _layers(found[0], there.settings, included, scope, depth + 1)
            plain = []
    if plain:
        yield (path, tuple(plain))
