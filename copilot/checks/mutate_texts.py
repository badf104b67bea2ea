"""Mutations of the compiled bytes: hunks that no edit asks for, and files that no longer parse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from copilot.checks.mutant import Mutant, edits_of, is_test_place, path_of
from copilot.domain.patch import FileChange
from copilot.domain.source import SourceFile
from copilot.ports import Case, Tree

STRAY_NAME = "unasked.txt"
PROTECTED_NAME = ".github/workflows/unasked.yml"
_CODE = (".py", ".pyi")
_BRACED = (".avsc", ".json")


def stray_hunk(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A hunk in a file of the repository that no edit is about, and files that nobody asked for."""
    own = {change.path for patch in case.patches for change in patch.changes}
    others = sorted({use.span.path for use in case.base.uses} - own)
    for path, file in tree.read(others[:1]).items():
        if isinstance(file, SourceFile):
            yield _with_file(case, FileChange(path, file.text, f"{file.text}\n# unasked\n"))
    for path in (STRAY_NAME, PROTECTED_NAME):
        yield _with_file(case, FileChange(path, None, "unasked\n"))


def stray_deletion(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A file that no edit is about, deleted: one that uses what is asked about, or any other."""
    own = {change.path for patch in case.patches for change in patch.changes}
    used = sorted({use.span.path for use in case.base.uses} - own)
    other = sorted({source.path for it in case.base.subjects for source in (it.latest.source, *it.copies)} - own)
    for path, file in tree.read(dict.fromkeys((*used[:1], *other[:1]))).items():
        if isinstance(file, SourceFile):
            yield _with_file(case, FileChange(path, file.text, None))


def change_lost(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A file whose change got lost on the way, in every phase, though the plan names it; what tests lose only their run tells."""
    tests = {path_of(edit) for edit in edits_of(case.alternative) if is_test_place(edit, case)}
    paths = dict.fromkeys(it.path for patch in case.patches for it in patch.changes if it.path not in tests)
    for path in paths:
        texts = tuple(tuple(it for it in patch.changes if it.path != path) for patch in case.patches)
        yield Mutant(f"{path} as it was", case.alternative, texts)


def stray_line(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A line that no edit asks for, in a file that the patch changes."""

    def added(change: FileChange) -> str | None:
        is_code = change.path.endswith(_CODE) and change.before is not None
        return f"{change.after}\nUNASKED = True\n" if is_code and change.after else None

    yield from _at_files(case, added, "a line more")


def syntax_broken(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A file that ends too early, or too late."""

    def broken(change: FileChange) -> str | None:
        if change.after and change.path.endswith(_CODE):
            return f"{change.after}\n)\n"
        if change.after and change.path.endswith(_BRACED):
            return change.after.rstrip()[:-1] + "\n"
        return None

    yield from _at_files(case, broken, "no longer whole")


def _with_file(case: Case, change: FileChange) -> Mutant:
    texts = tuple(tuple(sorted((*patch.changes, change), key=lambda it: it.path)) for patch in case.patches)
    return Mutant(change.path, case.alternative, texts)


def _at_files(case: Case, changed: Callable[[FileChange], str | None], what: str) -> Iterator[Mutant]:
    for path in dict.fromkeys(change.path for patch in case.patches for change in patch.changes):
        texts = tuple(tuple(_changed(it, path, changed) for it in patch.changes) for patch in case.patches)
        if texts != tuple(patch.changes for patch in case.patches):
            yield Mutant(f"{path}: {what}", case.alternative, texts)


def _changed(change: FileChange, path: str, changed: Callable[[FileChange], str | None]) -> FileChange:
    after = changed(change) if change.path == path else None
    return change if after is None else replace(change, after=after)
