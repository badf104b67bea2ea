"""What YAML does a Helm template give, with holes where only the values are missing?

Actions become tokens that stay in the YAML's texts until they are read as references to values; lines that only steer (`if`,
`end`, `range`) go away. What stands in a `range` or `with` keeps the path that its dot means, and what stands in a branch the
condition that it hangs on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from copilot.readers.templates import TOKEN_END, TOKEN_START, Template
from copilot.readers.values import Value

MAX_ACTIONS = 2000
MAX_NESTING = 30
VALUES = ".Values"
INCLUDE = "include "
"""Starts the name of the variable that stands for a named template."""
FILES = "file "
"""Starts the name of the variable that stands for a file of the chart."""
_ACTION = re.compile(r"\{\{-?\s*(/\*.*?\*/|.*?)\s*-?\}\}", re.DOTALL)
_STEERING = re.compile(r"(if|else|end|range|with|define|block|break|continue)\b|\$\w+\s*:?=")
_ALONE = re.compile(rf"\s*{TOKEN_START}(\d+){TOKEN_END}\s*\Z")
_RANGE = re.compile(r"(?:range|with)\s+(?:(?:(\$\w+)\s*,\s*)?(\$\w+)\s*:=\s*)?(.*)", re.DOTALL)
_ASSIGNED = re.compile(r"(\$\w+)\s*:?=\s*(.*)", re.DOTALL)
_PATH = re.compile(r"(\$\w*)?((?:\.[A-Za-z_][\w-]*)*)\.?\Z")
_WORDS = re.compile(r"""\(|\)|\||"(?:[^"\\]|\\.)*"|`[^`]*`|[^\s()|]+""")
_INDENT = re.compile(r"n?indent\s+(\d+)")
_PASSING = frozenset(
    {
        "quote",
        "squote",
        "toString",
        "trim",
        "trimSuffix",
        "tpl",
        "toYaml",
        "nindent",
        "indent",
        "upper",
        "lower",
        "trunc",
    }
)
_EMPTY_DOTS = ("", "$")


@dataclass
class _Block:
    """An open block: what the dot means before it, the variables, the range that it repeats, and what its branches hang on.

    `line` is where the block opens, `since` where its branch does; `before` are the conditions of the branches above.
    """

    dot: str
    variables: dict[str, str]
    each: str = ""
    line: int = 0
    since: int = 0
    condition: tuple[Any, ...] | None = None
    before: tuple[tuple[Any, ...], ...] = ()

    def branch(self, line: int) -> list[tuple[int, int, tuple[Any, ...]]]:
        """Returns the region of the branch that ends at a line, with all that it hangs on."""
        parts = [("not", one) for one in self.before] + ([self.condition] if self.condition else [])
        # What begins and ends within one line is a part of a text, not a setting.
        return [(self.since, line, ("and", tuple(parts)))] if parts and line > self.since else []

    def other(self, line: int, condition: tuple[Any, ...] | None) -> None:
        """Starts the next branch."""
        self.before = (*self.before, *([self.condition] if self.condition else []))
        self.since, self.condition = line, condition


def read_template(text: str) -> Template:
    """Returns the YAML of a Helm template; never raises for what stands in it."""
    template = Template("")
    blocks: list[_Block] = []
    dot, variables = "", {"$": ""}
    pieces: list[str] = []
    at = line = 0
    for count, match in enumerate(_ACTION.finditer(text)):
        pieces.append(text[at : match.start()])
        line += pieces[-1].count("\n")
        at = match.end()
        action = match[1].strip()
        if count >= MAX_ACTIONS or action.startswith("/*"):
            pieces.append("\n" * match[0].count("\n"))
        elif steering := _STEERING.match(action):
            word = steering[1] or "="
            if word in ("if", "range", "with", "define", "block") and len(blocks) < MAX_NESTING:
                blocks.append(_Block(dot, dict(variables), line=line + 1, since=line + 1))
                if word in ("if", "with"):
                    blocks[-1].condition = _condition(_WORDS.findall(action)[1:], dot, variables, 0)
                if word in ("range", "with"):
                    dot, blocks[-1].each = _entered(action, word, dot, variables)
            elif word == "else" and blocks:
                block = blocks[-1]
                template.conditions += block.branch(line + 1)
                words = _WORDS.findall(action)[1:]
                block.other(line + 1, _condition(words[1:], dot, variables, 0) if words[:1] == ["if"] else None)
            elif word == "end" and blocks:
                block = blocks.pop()
                template.conditions += block.branch(line + 1)
                if block.line == line + 1 and word != "range" and pieces[-1].strip():
                    # A text whose parts hang on something, within one line: nobody knows it here.
                    template.values.append(None)
                    pieces.append(f"{TOKEN_START}{len(template.values) - 1}{TOKEN_END}")
                if block.each:
                    template.ranges.append((block.line, line + 1, block.each))
                dot, variables = block.dot, block.variables
            elif word == "=" and (assigned := _ASSIGNED.match(action)):
                variables[assigned[1]] = _path_of(assigned[2], dot, variables)
            pieces.append("\n" * match[0].count("\n"))
        else:
            template.values.append(_value(action, dot, variables))
            pieces.append(f"{TOKEN_START}{len(template.values) - 1}{TOKEN_END}" + "\n" * match[0].count("\n"))
        line += match[0].count("\n")
    pieces.append(text[at:])
    actions = [match[1] for match in _ACTION.finditer(text)]
    template.text = _laid_out("".join(pieces), template, actions)
    template.ranges.sort(key=lambda one: (one[0], -one[1]))
    return template


def _condition(words: list[str], dot: str, variables: dict[str, str], depth: int) -> tuple[Any, ...]:
    """Returns the condition that an expression is."""
    while len(words) > 1 and words[0] == "(" and words[-1] == ")" and len(_arguments(words)) == 1:
        words = words[1:-1]
    head = words[0] if words else ""
    given = _arguments(words[1:])
    if depth > MAX_NESTING or "|" in words:
        return ("is", _pipeline(words, dot, variables))
    if head in ("not", "empty") and len(given) == 1:
        return ("not", _condition(given[0], dot, variables, depth + 1))
    if head in ("and", "or") and given:
        return (head, tuple(_condition(one, dot, variables, depth + 1) for one in given))
    if head in ("eq", "ne") and len(given) == 2:
        left, right = (_argument(one, dot, variables) for one in given)
        return ("eq", left, right) if head == "eq" else ("not", ("eq", left, right))
    return ("is", _pipeline(words, dot, variables))


def _entered(action: str, word: str, dot: str, variables: dict[str, str]) -> tuple[str, str]:
    """Returns what the dot means inside a `range` or `with`, and the path that is repeated."""
    match = _RANGE.match(action)
    if match is None:
        return dot, ""
    path = _path_of(match[3], dot, variables)
    if not path:
        return "?", ""
    inside = f"{path}.*" if word == "range" else path
    if match[1]:
        variables[match[1]] = f"{inside}#"
    if match[2]:
        variables[match[2]] = inside
    return inside, path if word == "range" else ""


def _path_of(expression: str, dot: str, variables: dict[str, str]) -> str:
    """Returns the path of values that an expression is, "" where it is something else; filters of one path are passed."""
    value = _value(expression, dot, variables)
    while value is not None and value[0] in ("env", "yaml"):
        if value[0] == "env":
            return str(value[1])
        value = value[1]
    return ""


def _value(action: str, dot: str, variables: dict[str, str]) -> Value:
    """Returns the value of an expression with its filters."""
    words = _WORDS.findall(action)
    return _pipeline(words, dot, variables)


def _pipeline(words: list[str], dot: str, variables: dict[str, str]) -> Value:
    value: Value = None
    for position, part in enumerate(_parts(words, "|")):
        arguments = [_argument(one, dot, variables) for one in _arguments(part)]
        head = part[0] if part else ""
        value = _called(head, arguments[1:] if len(arguments) > 1 else [], arguments, value, position)
    return value


def _called(head: str, rest: list[Value], whole: list[Value], piped: Value, position: int) -> Value:
    """Returns the value of a call; what is piped in comes last."""
    given = [*rest, *([piped] if position else [])]
    if head == "default" and len(given) == 2:
        fallback, value = given
        if value is None:
            return fallback
        return ("env", value[1], fallback, 0) if value[0] == "env" else value
    if head in ("toYaml", "tpl") and given:
        return ("yaml", given[0])
    if head in ("required", "coalesce") and given:
        return given[-1] if head == "required" else next((one for one in given if one is not None), None)
    if head == "printf" and given:
        return _printed(given)
    if head == "index" and len(given) > 1:
        return _indexed(given)
    if head in ("include", "template"):
        return (
            "env",
            f"{INCLUDE}{' '.join(str(one[1]) for one in given if one is not None and one[0] == 's')}",
            None,
            0,
        )
    if head.endswith(".Files.Get") and len(given) == 1 and given[0] is not None and given[0][0] == "s":
        return ("env", f"{FILES}{given[0][1]}", None, 0)
    if head in _PASSING and given:
        return given[-1]
    return whole[0] if len(whole) == 1 and not position else None


def _printed(given: list[Value]) -> Value:
    layout, *arguments = given
    if layout is None or layout[0] != "s":
        return None
    pieces = re.split(r"%[sdvq]", str(layout[1]))
    if len(pieces) != len(arguments) + 1:
        return None
    parts: list[Value] = []
    for piece, argument in zip(pieces, [*arguments, ("s", "")], strict=True):
        parts += [("s", piece), argument]
    return ("cat", tuple(part for part in parts if part != ("s", "")))


def _indexed(given: list[Value]) -> Value:
    base, *keys = given
    if base is None or base[0] != "env" or not all(key is not None and key[0] == "s" for key in keys):
        return None
    return ("env", ".".join([base[1], *(str(key[1]) for key in keys if key is not None)]), None, 0)


def _argument(words: list[str], dot: str, variables: dict[str, str]) -> Value:
    if len(words) > 1:
        return _pipeline(words[1:-1] if words[0] == "(" else words, dot, variables)
    word = words[0]
    if word[0] in '"`':
        return ("s", word[1:-1])
    if re.fullmatch(r"-?\d+(\.\d+)?|true|false", word):
        return ("s", word)
    match = _PATH.match(word)
    if match is None or not word.startswith(("$", ".")):
        return None
    start = variables.get(match[1], "?") if match[1] else dot
    path = (start if start not in _EMPTY_DOTS else "") + match[2]
    return ("env", path, None, 0) if path and not path.startswith("?") else None


def _parts(words: list[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if word == separator and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _arguments(words: list[str]) -> list[list[str]]:
    """Returns the arguments of a call, a group in parentheses as one."""
    found: list[list[str]] = []
    depth = 0
    for word in words:
        if depth == 0:
            found.append([])
        found[-1].append(word)
        depth += (word == "(") - (word == ")")
    return found


def _laid_out(text: str, template: Template, actions: list[str]) -> str:
    """Returns the text with every token that stands alone on its line where YAML takes it: as an item, a key or a text."""
    lines = text.split("\n")
    indents = {str(number): match[1] for number, match in _indented(template, actions)}
    alone = {number: match for number, line in enumerate(lines) if (match := _ALONE.match(line))}
    for number, match in alone.items():
        indent = int(indents.get(match[1], len(lines[number]) - len(lines[number].lstrip())))
        beside = _sibling(lines, number, indent, alone)
        token = match[0].strip()
        lines[number] = " " * min(indent, 80) + (f"- {token}" if beside == "-" else f"{token}: ''" if beside else token)
    return "\n".join(lines)


def _indented(template: Template, actions: list[str]) -> list[tuple[int, re.Match[str]]]:
    kept = [action for action in actions if not action.startswith("/*") and not _STEERING.match(action.strip())]
    found = ((number, _INDENT.search(action)) for number, action in enumerate(kept[: len(template.values)]))
    return [(number, match) for number, match in found if match is not None]


def _sibling(lines: list[str], number: int, indent: int, alone: dict[int, re.Match[str]]) -> str:
    """Returns "-" where the lines beside a token are items of a list, ":" where they are keys, "" where it has none."""
    for step in (-1, 1):
        at = number + step
        while 0 <= at < len(lines):
            line = lines[at].lstrip()
            if line and at not in alone and not line.startswith("#"):
                own = len(lines[at]) - len(line)
                if own == indent:
                    return "-" if line.startswith("- ") else ":"
                if own < indent:
                    break
            at += step
    return ""
