"""Entries of dict literals, calls and lists, and statements in blocks: where one ends, and how one comes or goes.

A new entry follows the layout of the one it comes after; an entry that goes takes its comma, and its line where it has one of
its own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from copilot.patches.python_source import PythonSource, Use
from copilot.patches.splices import CannotEdit, Splices


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry from its first to after its last byte, without the comma; the value within; `comma` is -1 where there is none."""

    start: int
    end: int
    value_start: int
    comma: int

    @property
    def after(self) -> int:
        return self.end if self.comma < 0 else self.comma + 1


def entry_of(source: PythonSource, use: Use) -> Entry:
    """Returns the entry that a dict key, a keyword argument or a list element stands in."""
    entry = _found_entry(source, use)
    if entry.comma < 0 and entry.start != entries_of(source, use.holder)[-1][0]:
        raise CannotEdit("This entry stands in parentheses of its own.", source.span(use.start), "Edit it by hand.")
    return entry


def _found_entry(source: PythonSource, use: Use) -> Entry:
    if isinstance(use.holder, ast.Dict):
        value = use.holder.values[use.holder.keys.index(_expression(use.node))]
        return _entry(source, use.start, use.end, source.start(value), source.end(value))
    if isinstance(use.node, ast.keyword):
        value_start = source.after_trivia(source.after_trivia(use.end) + 1)
        end = source.end(use.node)
        return Entry(use.start, end, value_start, _comma(source, end))
    return Entry(use.start, use.end, use.start, _comma(source, use.end))


def entries_of(source: PythonSource, holder: ast.AST) -> list[tuple[int, int]]:
    """Returns the ranges of all entries of a dict, call or list, in the order of the text.

    Parentheses around a single entry may stay outside of its range: what follows it is what counts.
    """
    if isinstance(holder, ast.Dict):
        return [
            (source.start(key) if key else source.start(value), source.end(value))
            for key, value in zip(holder.keys, holder.values, strict=True)
        ]
    nodes: list[ast.AST] = []
    if isinstance(holder, ast.Call):
        nodes = [*holder.args, *holder.keywords]
    elif isinstance(holder, ast.List | ast.Tuple | ast.Set):
        nodes = [*holder.elts]
    return sorted((source.start(node), source.end(node)) for node in nodes)


def add_entry(source: PythonSource, splices: Splices, entry: Entry, text: str) -> None:
    """Adds an entry after another one, on a line of its own where that one has one."""
    if not has_own_lines(source, entry.start, entry.after):
        splices.insert(entry.end, f", {text}")
        return
    line_end = source.line_end(entry.after)
    indent = source.data[source.line_start(entry.start) : entry.start].decode()
    own_line = f"{source.newline(entry.start)}{indent}{text}"
    if entry.comma >= 0:
        splices.insert(line_end, own_line + ",")
    elif any(splice.start == entry.end == splice.end for splice in splices.all()):
        splices.insert(line_end, "," + own_line)
    else:
        splices.insert(entry.end, ",")
        splices.insert(line_end, own_line)


def remove_entries(source: PythonSource, splices: Splices, holder: ast.AST, gone: list[Entry]) -> None:
    """Takes entries out of one dict, call or list; neighbours go together."""
    places = entries_of(source, holder)
    starts = [start for start, _ in places]
    indexes = sorted(starts.index(entry.start) for entry in gone)
    left = len(places) - len(indexes)
    if isinstance(holder, ast.Tuple | ast.Set) and left < 2:
        raise CannotEdit(
            "Taking this entry out would change the kind of what holds it.",
            source.span(gone[0].start),
            "Rewrite the tuple or set by hand.",
        )
    by_start = {entry.start: entry for entry in gone}
    for first, last in _neighbours(indexes):
        head, tail = by_start[places[first][0]], by_start[places[last][0]]
        previous_end = _end_before_comma(source, places[first - 1][1]) if first else None
        start, end = _range_to_remove(source, Entry(head.start, tail.end, head.start, tail.comma), previous_end)
        splices.replace(start, end, "")


def add_statement(source: PythonSource, splices: Splices, statement: ast.stmt, text: str) -> None:
    """Adds a statement after another one of the same block."""
    start, end = source.start(statement), source.end(statement)
    if not has_own_lines(source, start, end):
        splices.insert(end, f"; {text}")
        return
    indent = source.data[source.line_start(start) : start].decode()
    splices.insert(source.line_end(end), f"{source.newline(start)}{indent}{text}")


def remove_statements(source: PythonSource, splices: Splices, gone: list[ast.stmt]) -> None:
    """Takes statements out; a block that would be left empty gets a `pass`."""
    for statement in gone:
        block = _block_of(source.parent(statement), statement)
        is_emptied = all(other in gone for other in block) and not isinstance(source.parent(statement), ast.Module)
        start, end = source.start(statement), source.end(statement)
        if (is_emptied and block[0] is statement) or not has_own_lines(source, start, end):
            splices.replace(start, end, "pass")
        else:
            splices.replace(source.line_start(start), source.next_line(end), "")


def _entry(source: PythonSource, start: int, name_end: int, value_start: int, value_end: int) -> Entry:
    end = value_end
    for _ in range(source.opened(name_end, value_start)):
        end = source.after_trivia(end) + 1
    text_start = source.after_trivia(source.data.index(b":", source.after_trivia(name_end)) + 1)
    return Entry(start, end, text_start, _comma(source, end))


def _comma(source: PythonSource, end: int) -> int:
    at = source.after_trivia(end)
    return at if source.data[at : at + 1] == b"," else -1


def _end_before_comma(source: PythonSource, end: int) -> int:
    at = source.after_trivia(end)
    while source.data[at : at + 1] == b")":
        end = at + 1
        at = source.after_trivia(end)
    return end


def has_own_lines(source: PythonSource, start: int, end: int) -> bool:
    """Tells whether nothing but a comment stands on the lines of a range beside it."""
    before = source.data[source.line_start(start) : start]
    after = source.data[end : source.line_end(end)].strip()
    return not before.strip() and (not after or after.startswith(b"#"))


def _range_to_remove(source: PythonSource, entry: Entry, previous_end: int | None) -> tuple[int, int]:
    if has_own_lines(source, entry.start, entry.after):
        return source.line_start(entry.start), source.next_line(entry.after)
    if entry.comma < 0:
        if previous_end is None:
            return entry.start, entry.end
        between = source.data[previous_end : entry.start]
        return (entry.start if b"#" in between else previous_end), entry.end
    following = source.after_trivia(entry.after)
    ends_here = (
        source.data[following : following + 1] in (b"}", b")", b"]") or b"\n" in source.data[entry.after : following]
    )
    if ends_here and previous_end is not None and b"\n" not in source.data[previous_end : entry.start]:
        return source.data.index(b",", previous_end) + 1, entry.after
    return entry.start, (entry.after if ends_here else following)


def _neighbours(indexes: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index in indexes:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _block_of(parent: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return [statement]


def _expression(node: ast.AST) -> ast.expr:
    assert isinstance(node, ast.expr)
    return node
