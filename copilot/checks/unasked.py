"""Which changed lines of a patch does no edit of its phase ask for?

An edit answers for the place that it names: a schema for its parts (`unasked_schema`), an edit of code for the lines about its
field in the function around its token (`unasked_within`; it may need one of its own there), a declaration for its class, or the
statement where there is none, an edit of a setting for its line. A file that can't be parsed as it was is left to the person who
reads the diff. Lines that stand there twice in a row are nobody's wish.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from copilot.checks.mutant import path_of
from copilot.checks.unasked_schema import unasked_parts
from copilot.checks.unasked_within import About
from copilot.domain.alternative import (
    Alternative,
    CodeEdit,
    Edit,
    FileText,
    NewFile,
    Replacement,
    SchemaEdit,
    TextEdit,
)
from copilot.domain.evidence import Finding, Severity
from copilot.domain.lines import Run, changed_runs, split_lines
from copilot.domain.patch import FileChange, Patch
from copilot.domain.python_text import parsed_python
from copilot.domain.source import Span

RULE = "scope.line-not-asked"
_AROUND = (ast.FunctionDef, ast.AsyncFunctionDef)
_CLASSES = (ast.ClassDef,)
_IMPORTS = (ast.Import, ast.ImportFrom)


def unasked_lines(alternative: Alternative, patch: Patch) -> Iterator[Finding]:
    """Yields the runs of lines that change though no edit is about them, each with its first line in the base.

    A warning where a person changed the patch: who typed a line asks for it.
    """
    severity: Severity = "warning" if alternative.origin == "person" else "error"
    edits = alternative.phases[patch.phase].edits
    for change in patch.changes:
        own = [edit for edit in edits if path_of(edit) == change.path]
        if change.before is None or change.after is None or not own:
            continue
        schemas = [edit for edit in own if isinstance(edit, SchemaEdit) and edit.source.host == "file"]
        for part in unasked_parts(schemas, change.before, change.after) if schemas else ():
            text = f"{part} changes in {change.path}, and no edit of the alternative asks for it."
            yield _finding(severity, text, Span(change.path, 1, 1), patch)
        for line in _unasked_in(own, change):
            text = f"{change.path}:{line} changes, and no edit of the alternative asks for it."
            yield _finding(severity, text, Span(change.path, line, line), patch)


def _finding(severity: Severity, text: str, span: Span, patch: Patch) -> Finding:
    return Finding(RULE, severity, text, span, phase=patch.phase, fix="Leave this hunk out.")


def _unasked_in(edits: list[Edit], change: FileChange) -> Iterator[int]:
    """Yields the first line, in the base, of each run of a file that no edit is about."""
    asked = _asked_lines(edits, change)
    old, new = split_lines(change.before or ""), split_lines(change.after or "")
    about = About.of(edits, change.before or "") if asked is not None else None
    for run in changed_runs(old, new):
        gone, come = old[run.old_start : run.old_end], new[run.new_start : run.new_end]
        is_told = asked is None or _is_asked(run, asked, old, come)
        if is_told and about is not None:
            is_told = about.are_told(run, old, come)
        if (_is_twice(come) and not _is_twice(gone)) or not (is_told or _is_import(change.after or "", run)):
            yield min(run.old_start + 1, max(len(old), 1))


def _is_asked(run: Run, asked: set[int], old: list[str], come: list[str]) -> bool:
    lines = range(run.old_start + 1, run.old_end + 1 + (run.old_start == run.old_end))
    # What is put in after the last line that is asked for belongs to it where it stands as deep.
    is_put_in = run.old_start == run.old_end
    follows = is_put_in and run.old_start in asked and _is_as_deep(old[run.old_start - 1], come)
    return any(line in asked for line in lines) or follows


def _is_twice(lines: list[str]) -> bool:
    """Tells whether lines are the same ones twice over, one after the other."""
    half = len(lines) // 2
    return len(lines) % 2 == 0 and lines[:half] == lines[half:] and any(re.search(r"\w", line) for line in lines)


def _asked_lines(edits: list[Edit], change: FileChange) -> set[int] | None:
    """Returns the lines of the base that the edits answer for; None where they answer for all, or nobody can tell."""
    found: set[int] = set()
    base = (change.before or "").encode()
    tree = parsed_python(change.before or "") if any(isinstance(edit, CodeEdit) for edit in edits) else None
    for edit in edits:
        match edit:
            case NewFile() | FileText():
                return None
            case SchemaEdit():
                if edit.source.host == "file":
                    return None
                found |= set(range(edit.source.span.first_line, edit.source.span.last_line + 1))
            case TextEdit():
                found.add(edit.line)
            case Replacement(before=text):
                first = base[: max(base.find(text.encode()), 0)].count(b"\n") + 1
                found |= set(range(first, first + text.count("\n") + 1))
            case CodeEdit():
                if tree is None:
                    return None
                around = _CLASSES if edit.action in ("declare", "take") else _AROUND
                found |= set(_lines_around(tree, base.count(b"\n", 0, edit.offset) + 1, around))
    return found


def _lines_around(tree: ast.Module, line: int, around: tuple[type[ast.stmt], ...]) -> range:
    """Returns the lines of the innermost node of these kinds that holds a line, or of the statement."""
    holding = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    wanted = [node for node in holding if isinstance(node, around)]
    inner = max(wanted or holding, key=lambda node: node.lineno, default=None)
    return range(inner.lineno, (inner.end_lineno or inner.lineno) + 1) if inner else range(line, line + 1)


def _is_as_deep(line: str, after: list[str]) -> bool:
    """Tells whether lines are indented as far as the line that they follow."""
    return all(_depth(it) >= _depth(line) for it in after if it.strip())


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_import(text: str, run: Run) -> bool:
    """Tells whether the new lines are imports only: a conversion may bring in what it needs."""
    tree = parsed_python(text)
    lines = {
        line
        for node in (tree.body if tree else ())
        if isinstance(node, _IMPORTS)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    blank = {number for number, line in enumerate(text.split("\n"), 1) if not line.strip()}
    new = set(range(run.new_start + 1, run.new_end + 1))
    return new <= lines | blank and bool(lines & new)
