"""Which value stands where in a Python literal: the tree of `json_text`, from a dict or list display in code.

Only constants, lists and dicts with string keys have a value without running the code; anything else is refused with its place.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from functools import lru_cache
from typing import Any

from copilot.formats.json_text import JSON_DEPTH_MAX, InvalidText, Node

_CACHED_LITERALS_MAX = 64
_EXCERPT_CHARACTERS = 40


@lru_cache(maxsize=_CACHED_LITERALS_MAX)
def scan_python(text: str) -> Node:
    """Returns the tree of a Python literal; offsets are those of the text; raises InvalidText."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise InvalidText(_offset_of_error(text, error), f"not a Python expression: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InvalidText(0, f"not a Python expression: {error}") from None
    return _Places(text).node(tree.body, 1)


class _Places:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
        self._is_ascii = text.isascii()

    def node(self, expression: ast.expr, depth: int) -> Node:
        start, end = self._start(expression), self._end(expression)
        if depth > JSON_DEPTH_MAX:
            raise InvalidText(start, f"values nested deeper than {JSON_DEPTH_MAX} levels (JSON_DEPTH_MAX)")
        if isinstance(expression, ast.Dict):
            return self._dict(expression, start, end, depth)
        if isinstance(expression, ast.List):
            return Node(start, end, [self.node(item, depth + 1) for item in expression.elts])
        return Node(start, end, self._scalar(expression, start, end))

    def _dict(self, expression: ast.Dict, start: int, end: int, depth: int) -> Node:
        members: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        for key, value in zip(expression.keys, expression.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                place = self._start(key or value)
                raise InvalidText(place, "a key that is not a plain string, so only the running code knows the schema")
            if key.value in members:
                raise InvalidText(self._start(key), f'the key "{key.value}" stands twice in one dict')
            members[key.value] = self.node(value, depth + 1)
            keys[key.value] = (self._start(key), self._end(key))
        return Node(start, end, members, keys)

    def _scalar(self, expression: ast.expr, start: int, end: int) -> Any:
        sign = 1
        if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
            expression, sign = expression.operand, -1
        value = expression.value if isinstance(expression, ast.Constant) else ...
        if isinstance(value, str | bool | None) and sign == 1:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return sign * value
        excerpt = " ".join(self._text[start:end].split())[:_EXCERPT_CHARACTERS]
        raise InvalidText(start, f"`{excerpt}` is not a literal, so only the running code knows the schema")

    def _start(self, expression: ast.expr) -> int:
        return self._offset(expression.lineno, expression.col_offset)

    def _end(self, expression: ast.expr) -> int:
        assert expression.end_lineno is not None
        assert expression.end_col_offset is not None
        return self._offset(expression.end_lineno, expression.end_col_offset)

    def _offset(self, line: int, column_bytes: int) -> int:
        start = self._lines[line - 1]
        if self._is_ascii:
            return start + column_bytes
        following = self._text[start : start + column_bytes]
        return start + len(following.encode("utf-8")[:column_bytes].decode("utf-8", "ignore"))


def _offset_of_error(text: str, error: SyntaxError) -> int:
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    line = min(max(error.lineno or 1, 1), len(lines))
    return min(lines[line - 1] + max((error.offset or 1) - 1, 0), len(text))
