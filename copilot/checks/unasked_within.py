"""Is each line that changes inside an edited function, or at an edited setting, about what the edits there name?

A line is where it names the field of an edit, its new name or what its expression uses, stands in the same entry or statement, or
is only laid out anew. That tells a neighbour that went along, and a statement that came along, from what an edit needs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from copilot.domain.alternative import CodeEdit, Edit, ImportEdit, TextEdit
from copilot.domain.lines import Run
from copilot.domain.python_text import parsed_python

_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class About:
    """What edits of code are about: `words` that they name, and the `lines` of the base in which their places stand.

    `added` is how many lines edits of settings put in, None where others are there too.
    """

    words: frozenset[str]
    lines: frozenset[int]
    added: int | None

    @classmethod
    def of(cls, edits: list[Edit], before: str) -> About | None:
        """Returns None where other edits answer for their lines as a whole."""
        tree = parsed_python(before)
        settings = [it for it in edits if isinstance(it, TextEdit)]
        if len(settings) == len(edits):
            return cls(frozenset(), frozenset(), sum(it.after.count("\n") for it in settings))
        if tree is None or not all(isinstance(it, CodeEdit | ImportEdit) for it in edits):
            return None
        code = [it for it in edits if isinstance(it, CodeEdit)]
        said = " ".join(f"{it.name} {it.to} {it.expression}" for it in code)
        said += "".join(f" {it.name}" for it in edits if isinstance(it, ImportEdit))
        firsts = {before.encode().count(b"\n", 0, it.offset) + 1 for it in code}
        return cls(frozenset(_WORD.findall(said)), frozenset(_places(tree, firsts)), None)

    def are_told(self, run: Run, old: list[str], come: list[str]) -> bool:
        """Tells whether each line that goes or comes is about the edits, or is only laid out anew."""
        gone = old[run.old_start : run.old_end]
        if self.added is not None:
            return len(come) - len(gone) <= self.added and len(gone) <= len(come)
        known = {_bare(line) for line in gone} & {_bare(line) for line in come}
        known |= {_bare(old[line - 1]) for line in self.lines if line <= len(old)}
        strange = [[line for line in lines if not self._is_about(line, known)] for lines in (gone, come)]
        # A line that an entry goes from names it no longer: such a line may stand for each one that goes and is about it.
        told = [len(lines) - len(others) for lines, others in zip((gone, come), strange, strict=True)]
        return not strange[0] and len(strange[1]) <= max(told[0] - told[1], 0)

    def _is_about(self, line: str, known: set[str]) -> bool:
        words = set(_WORD.findall(line))
        return not words or _bare(line) in known or bool(words & self.words)


def _places(tree: ast.Module, firsts: set[int]) -> Iterator[int]:
    """Yields the lines of the innermost entry of a dict, keyword or plain statement that holds one of these lines."""
    spans = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) or (isinstance(node, ast.stmt) and not hasattr(node, "body"))
    ]
    spans += [
        (key.lineno, value.end_lineno or value.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None
    ]
    for line in firsts:
        first, last = min(
            ((start, end) for start, end in spans if start <= line <= end),
            key=lambda it: it[1] - it[0],
            default=(line, line),
        )
        yield from range(first, last + 1)


def _bare(line: str) -> str:
    """Returns a line without its layout: no blanks, and no brackets or commas at its ends."""
    return "".join(line.split()).strip("()[]{},")
