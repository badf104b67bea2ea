"""What do the variables of a shell script hold, line by line? `topic="${survey}-alerts"` after `survey="${3:-ztf}"`.

A variable that is set in a branch or a loop has its old value or the new one. What a command prints, and an argument without a
default, stays unknown under the variable's own name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from copilot.readers.interpolation import shell_text
from copilot.readers.values import Value, either

MAX_PIECES = 32
"""Parts that a value is put together from; a name that doubles itself line by line would have no end."""
_ASSIGNED = re.compile(
    r"""\s*(?:(?:export|local|readonly|declare|typeset)\s+(?:-\w+\s+)?)?([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s"'()`;&|]*)\s*(?:\#.*|;\s*)?\Z"""
)
_OPENS = re.compile(r"(?:^|;|&&|\bthen|\bdo|\belse)\s*(?:if|for|while|until|case|select)\b")
_CLOSES = re.compile(r"(?:^|;|\s)(?:fi|done|esac)\b")
_ARGUMENT = re.compile(r"(?<!\$)\$([1-9])")
_COMMAND = re.compile(r"\$\(|`")


@dataclass(slots=True)
class ShellVariables:
    """The variables of one script, as far as its lines were noted."""

    values: dict[str, Value] = field(default_factory=dict)
    depth: int = 0

    def note(self, line: str, number: int) -> None:
        """Takes in what a line sets."""
        assigned = _ASSIGNED.match(line)
        if assigned is not None:
            name, text = assigned[1], assigned[2]
            value = self._value(name, text, number)
            self.values[name] = either(self.values[name], value) if self.depth and name in self.values else value
            return
        self.depth = max(0, self.depth + len(_OPENS.findall(line)) - len(_CLOSES.findall(line)))

    def read(self, text: str, line: int) -> Value:
        """Returns the value of a text, with what its variables hold here in their place."""
        return self._filled(shell_text(_ARGUMENT.sub(r"${\1}", text), line))

    def plain(self, text: str) -> str:
        """Returns a text with the first value that each variable may have, "" for what isn't known."""
        return _plain(self.read(text, 0)) if "$" in text else text

    def _value(self, name: str, text: str, number: int) -> Value:
        if text[:1] == "'":
            return ("s", text[1:-1], number)
        if _COMMAND.search(text):
            return ("env", name, None, number)
        value = self.read(text.strip('"'), number)
        if _pieces(value) > MAX_PIECES:
            return ("env", name, None, number)
        return ("s", value[1], number) if value is not None and value[0] == "s" else value

    def _filled(self, value: Value) -> Value:
        if value is None:
            return None
        if value[0] == "cat":
            return ("cat", tuple(map(self._filled, value[1])))
        if value[0] != "env":
            return value
        name, default, *line = value[1:]
        if name in self.values:
            return self.values[name]
        return ("env", f"${name}" if name.isdigit() else name, self._filled(default), *line)


def _pieces(value: Value) -> int:
    if value is None:
        return 1
    if value[0] in ("cat", "any"):
        return sum(map(_pieces, value[1]))
    return 1 + (_pieces(value[2]) if value[0] == "env" and value[2] is not None else 0)


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if value[0] == "cat":
        return "".join(map(_plain, value[1]))
    if value[0] == "any":
        return next((text for text in map(_plain, value[1]) if text), "")
    return _plain(value[2]) if value[0] == "env" else str(value[1]) if value[0] == "s" else ""
