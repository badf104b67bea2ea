"""The syntax tree of a Python file, or nothing: what can't be parsed here may be of another version, or no Python at all."""

from __future__ import annotations

import ast
import warnings


def parsed_python(text: str) -> ast.Module | None:
    """Returns the tree of a file's text, with or without a byte-order mark; None where it can't be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
