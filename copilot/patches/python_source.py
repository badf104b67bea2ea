"""One Python file as bytes and tree: what stands at an offset, in which role, and where its parts begin and end.

All places are UTF-8 byte offsets, as `ast` counts them. What cannot be told apart with certainty has no role.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Literal

from copilot.domain.source import Span
from copilot.patches.splices import CannotEdit, line_of

Role = Literal[
    "subscript", "get", "dict-key", "keyword", "attribute", "declared", "element", "compared", "text", "word"
]
BOM = b"\xef\xbb\xbf"
GETTERS = ("get", "pop", "setdefault")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_TRIVIA = re.compile(rb"(?:[ \t\f\r\n]|\\\r?\n|#[^\r\n]*)*")
_COMMENT = re.compile(rb"#[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Use:
    """What stands at an offset: its node, the bytes of the name's token, and the role.

    `holder` is the node that gives the role: the subscript, call, dict, comparison, declaration.
    """

    role: Role
    node: ast.AST
    holder: ast.AST
    start: int
    end: int


class PythonSource:
    """A parsed file; raises CannotEdit where it does not parse."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.data = text.encode()
        bom = len(BOM) if self.data.startswith(BOM) else 0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.tree = ast.parse(self.data[bom:].decode())
        except (SyntaxError, ValueError, RecursionError) as error:
            line = getattr(error, "lineno", None) or 1
            raise CannotEdit(
                f"{path} does not parse as Python: {error}.",
                Span(path, line, line),
                "Mend the file first, and ask again.",
            ) from None
        self._lines = [bom, *(found.end() for found in _LINE_END.finditer(self.data))]
        self._parents = _parents(self.tree)

    def start(self, node: ast.AST) -> int:
        """Returns where a node begins."""
        return self._lines[_position(node).lineno - 1] + _position(node).col_offset

    def end(self, node: ast.AST) -> int:
        """Returns where a node ends; parentheses around it are outside."""
        place = _position(node)
        assert place.end_lineno is not None
        assert place.end_col_offset is not None
        return self._lines[place.end_lineno - 1] + place.end_col_offset

    def parent(self, node: ast.AST) -> ast.AST:
        """Returns the node around; the module is its own."""
        return self._parents.get(node, node)

    def statement(self, node: ast.AST) -> ast.stmt:
        """Returns the statement that a node stands in."""
        while not isinstance(node, ast.stmt):
            node = self._parents[node]
        return node

    def line_start(self, offset: int) -> int:
        """Returns where the line of an offset begins."""
        return max((start for start in self._lines if start <= offset), default=0)

    def line_end(self, offset: int) -> int:
        """Returns where the line of an offset ends, before its line end."""
        found = _LINE_END.search(self.data, offset)
        return found.start() if found else len(self.data)

    def next_line(self, offset: int) -> int:
        """Returns where the line after the one of an offset begins."""
        found = _LINE_END.search(self.data, offset)
        return found.end() if found else len(self.data)

    def newline(self, offset: int) -> str:
        """Returns the line end in use at an offset."""
        found = _LINE_END.search(self.data, offset) or _LINE_END.search(self.data)
        return found.group().decode() if found else "\n"

    def after_trivia(self, offset: int) -> int:
        """Returns the next place that is neither space, line end nor comment."""
        found = _TRIVIA.match(self.data, offset)
        return found.end() if found else offset

    def opened(self, start: int, end: int) -> int:
        """Returns how many parentheses open between two places that hold only punctuation, spaces and comments."""
        return _COMMENT.sub(b"", self.data[start:end]).count(b"(")

    def span(self, start: int, end: int | None = None) -> Span:
        """Returns the lines of a range."""
        return Span(self.path, line_of(self.data, start), line_of(self.data, end or start))

    def use_at(self, offset: int, name: str) -> Use:
        """Returns the use of `name` whose token begins at `offset`; raises CannotEdit where there is none."""
        found = [use for node in self._parents if (use := self._use(node, offset, name)) is not None]
        # The pieces of an f-string stand, as Python before 3.12 has it, where the whole string does, and what it holds too.
        exact = [use for use in found if use.role != "word"]
        if found:
            return (exact or found)[0]
        raise CannotEdit(
            f'There is no "{name}" to edit at {self.path}:{line_of(self.data, offset)}.',
            self.span(min(offset, len(self.data))),
            "Look the place up and change it by hand.",
        )

    def _use(self, node: ast.AST, offset: int, name: str) -> Use | None:
        token = name.encode()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and self._covers(node, offset):
            return self._use_of_string(node, offset, name)
        is_argument = isinstance(node, ast.keyword) and isinstance(self.parent(node), ast.Call)
        if is_argument and getattr(node, "arg", None) == name and self._is_at(node, offset, token):
            return Use("keyword", node, self.parent(node), offset, offset + len(token))
        if isinstance(node, ast.Attribute) and node.attr == name and self.end(node) == offset + len(token):
            return Use("attribute", node, node, offset, offset + len(token)) if self._reads(offset, token) else None
        if isinstance(node, ast.AnnAssign) and isinstance(self.parent(node), ast.ClassDef):
            is_name = isinstance(node.target, ast.Name) and node.target.id == name
            return (
                Use("declared", node, node, offset, offset + len(token))
                if is_name and self._is_at(node, offset, token)
                else None
            )
        return None

    def _use_of_string(self, node: ast.Constant, offset: int, name: str) -> Use | None:
        start, end = self.start(node), self.end(node)
        if start == offset and literal(self.data[start:end].decode()) == node.value == name:
            role, holder = self._role(node)
            return Use(role, node, holder, start, end)
        word = self._word(start if start == offset else offset, end, name)
        return None if word is None else Use("word", node, node, word, word + len(name.encode()))

    def _word(self, start: int, end: int, name: str) -> int | None:
        found = list(re.finditer(rb"(?<![\w])" + re.escape(name.encode()) + rb"(?![\w])", self.data[start:end]))
        is_exact = bool(found) and found[0].start() == 0
        return start + found[0].start() if len(found) == 1 or is_exact else None

    def _role(self, node: ast.Constant) -> tuple[Role, ast.AST]:
        parent = self.parent(node)
        if isinstance(parent, ast.Subscript) and parent.slice is node:
            return "subscript", parent
        if isinstance(parent, ast.Dict) and node in parent.keys:
            return "dict-key", parent
        if isinstance(parent, ast.List | ast.Tuple | ast.Set):
            return "element", parent
        if isinstance(parent, ast.Compare):
            return "compared", parent
        if isinstance(parent, ast.Call) and _is_getter(parent) and parent.args[:1] == [node]:
            return "get", parent
        return "text", node

    def _covers(self, node: ast.AST, offset: int) -> bool:
        return self.start(node) <= offset < self.end(node)

    def _is_at(self, node: ast.AST, offset: int, token: bytes) -> bool:
        return self.start(node) == offset and self._reads(offset, token)

    def _reads(self, offset: int, token: bytes) -> bool:
        return self.data[offset : offset + len(token)] == token


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Returns each node below a tree with the one around it, the outer ones first, as `ast.walk` has them."""
    found: dict[ast.AST, ast.AST] = {}
    layer = [tree]
    while layer:
        inner = [(child, node) for node in layer for child in ast.iter_child_nodes(node)]
        found.update(inner)
        layer = [child for child, _ in inner]
    return found


def _position(node: ast.AST) -> ast.expr | ast.stmt | ast.keyword:
    assert isinstance(node, ast.expr | ast.stmt | ast.keyword), "only these stand somewhere"
    return node


def _is_getter(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in GETTERS


def literal(token: str) -> object:
    """Returns the value of a literal's text, None where it is none."""
    try:
        return ast.literal_eval(token)
    except (SyntaxError, ValueError):
        return None
