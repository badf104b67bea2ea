"""After splicing: does the file still parse, and does every statement that was not edited still stand where it stood?

Splices keep the bytes outside of them by construction; this guards against what bytes don't show: a line that slid into another
block, a comment that swallowed code, a bracket that closed too early.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from copilot.patches.python_source import PythonSource
from copilot.patches.splices import CannotEdit, Splice

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def verify_python(base: PythonSource, after: str, splices: tuple[Splice, ...]) -> None:
    """Raises CannotEdit where `after` does not parse, or where a statement without a splice changed or moved."""
    try:
        edited = PythonSource(base.path, after)
    except CannotEdit as broken:
        raise _refused(base, splices, broken.what) from None
    old_ranges = [(splice.start, splice.end) for splice in splices]
    if _untouched(base, old_ranges) != _untouched(edited, _moved(splices)):
        raise _refused(base, splices, f"The edits of {base.path} would change code beside them.")


def _moved(splices: tuple[Splice, ...]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    shift = 0
    for splice in splices:
        length = len(splice.text.encode())
        ranges.append((splice.start + shift, splice.start + shift + length))
        shift += length - (splice.end - splice.start)
    return ranges


def _untouched(source: PythonSource, ranges: list[tuple[int, int]]) -> list[tuple[int, str]]:
    """Returns depth and content of every statement whose own bytes (without its blocks) hold no splice."""
    return [
        (depth, _shape(statement))
        for depth, statement in _statements(source.tree, 0)
        if not any(_touches(source, statement, start, end) for start, end in ranges)
    ]


def _statements(node: ast.AST, depth: int) -> Iterator[tuple[int, ast.stmt]]:
    for name in _BLOCKS:
        for child in getattr(node, name, None) or ():
            if isinstance(child, ast.stmt):
                yield depth, child
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                yield from _statements(child, depth + 1)


def _touches(source: PythonSource, statement: ast.stmt, start: int, end: int) -> bool:
    """Tells whether a range overlaps a statement. At its ends it doesn't: there, statements are added."""
    decorators = getattr(statement, "decorator_list", None) or [statement]
    first, last = source.start(decorators[0]), source.end(statement)
    inner = [child for name in _BLOCKS for child in getattr(statement, name, None) or () if isinstance(child, ast.stmt)]
    if inner:
        last = min(source.start(child) for child in inner)
    elif any(getattr(statement, name, None) for name in _BLOCKS):
        return True
    return first < start < last if start == end else start < last and first < end


def _shape(statement: ast.stmt) -> str:
    fields = [(name, value) for name, value in ast.iter_fields(statement) if name not in _BLOCKS]
    dumped = [(name, _dumped(value)) for name, value in fields]
    return f"{type(statement).__name__}{dumped}"


def _dumped(value: object) -> object:
    if isinstance(value, list):
        return [_dumped(item) for item in value]
    return ast.dump(value) if isinstance(value, ast.AST) else value


def _refused(base: PythonSource, splices: tuple[Splice, ...], what: str) -> CannotEdit:
    start, end = splices[0].start, splices[-1].end
    return CannotEdit(
        what, base.span(start, end), "Change these lines by hand, and ask again on the commit that holds them."
    )
