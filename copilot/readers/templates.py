"""Templates of other languages as YAML with holes: what is filled in later is a token until it is read as a reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from copilot.readers.deployment_facts import MAX_CONDITIONS, Unit
from copilot.readers.interpolation import jinja_text, put_together, terraform_text
from copilot.readers.values import Value

TOKEN_START, TOKEN_END = "\ue000", "\ue001"
"""Two characters for private use: YAML allows them, and no repository writes them."""
_TOKEN = re.compile(rf"{TOKEN_START}(\d+){TOKEN_END}")
_JINJA_HOLE = re.compile(r"\{\{.*?\}\}")
_TERRAFORM_HOLE = re.compile(r"\$\{[^{}]*\}")
_TERRAFORM_LOOP = re.compile(r"%\{~?\s*for\s+(\w+)\s*,\s*(\w+)\s+in\s+(\w+)\s*~?\}.*?%\{~?\s*endfor", re.DOTALL)
_TERRAFORM_STEERING = re.compile(r"%\{.*?\}", re.DOTALL)
_JINJA_STEERING = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass
class Template:
    """A template as YAML with tokens, and the values that the tokens stand for.

    `ranges` are (first line, last line, path) of what is repeated, `conditions` of what is there only if a condition holds.
    """

    text: str
    values: list[Value] = field(default_factory=list)
    ranges: list[tuple[int, int, str]] = field(default_factory=list)
    conditions: list[tuple[int, int, tuple[Any, ...]]] = field(default_factory=list)

    def read(self, text: str, line: int) -> Value:
        """Returns the value of a text of the YAML."""
        if TOKEN_START not in text:
            return ("s", text)
        return put_together(text, _TOKEN, lambda match: _at_line(self.values[int(match[1])], line))

    def plain(self, text: str) -> str:
        """Returns a text with its references as the template writes them, for comparing names within a chart."""
        return _TOKEN.sub(lambda match: _written(self.values[int(match[1])]), text)

    def placed(self, unit: Unit) -> Unit:
        """Returns a unit with what it is repeated for, and what it and its settings hang on."""
        lines = {unit.line, *(line for _, _, line in unit.settings)}
        hanging = (one for one in self.conditions if any(one[0] <= line <= one[1] for line in lines))
        return unit._replace(each=self.each(unit.line), conditions=tuple(hanging)[:MAX_CONDITIONS])

    def each(self, line: int) -> str:
        """Returns the path of the list or mapping of values whose items the line is repeated for, "" where it isn't."""
        around = [path for first, last, path in self.ranges if first <= line <= last]
        return around[-1] if around else ""


def jinja_template(text: str) -> Template:
    """Returns the YAML of a template of Jinja's."""
    return _with_holes(text, _JINJA_STEERING, _JINJA_HOLE, jinja_text)


def terraform_template(text: str) -> Template:
    """Returns the YAML (or JSON) of a template of Terraform's; what goes through a mapping stands for all of it."""

    def whole(loop: re.Match[str]) -> str:
        return re.sub(rf"\$\{{\s*(?:{loop[1]}|{loop[2]})\s*\}}", f"${{{loop[3]}}}", loop[0])

    return _with_holes(_TERRAFORM_LOOP.sub(whole, text), _TERRAFORM_STEERING, _TERRAFORM_HOLE, terraform_text)


def _with_holes(
    text: str, steering: re.Pattern[str], holes: re.Pattern[str], read: Callable[[str, int], Value]
) -> Template:
    template = Template("")

    def hole(match: re.Match[str]) -> str:
        template.values.append(read(match[0], 0))
        return f"{TOKEN_START}{len(template.values) - 1}{TOKEN_END}"

    plain = steering.sub(lambda match: "\n" * match[0].count("\n"), text)
    template.text = holes.sub(hole, plain)
    return template


def _written(value: Value) -> str:
    return "{" + (str(value[1]) if value is not None and value[0] == "env" else "?") + "}"


def _at_line(value: Value, line: int) -> Value:
    """Returns a value whose references stand at a line."""
    if value is None:
        return None
    if value[0] == "env":
        return ("env", value[1], _at_line(value[2], line), line)
    if value[0] == "yaml":
        return _at_line(value[1], line)
    return ("cat", tuple(_at_line(part, line) for part in value[1])) if value[0] == "cat" else value
