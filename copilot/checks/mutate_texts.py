"""Mutations of which files the compiled patch changes: lost, unasked, deleted, in another place, or made for another base."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from copilot.checks.mutant import Mutant, Mutants, edits_of, is_test_place, path_of
from copilot.domain.patch import FileChange, Patch
from copilot.domain.source import SourceFile
from copilot.ports import Case, Tree

STRAY_NAME = "unasked.txt"
PROTECTED_NAME = ".github/workflows/unasked.yml"
_Changed = Callable[[FileChange, bool], FileChange | None]
"""Gives the change of a file, None where it is lost; the second tells whether it is that of the last phase."""


def at_files(what: str, changed: _Changed) -> Mutants:
    """Returns the mutation that breaks the change of one file in every phase; what tests lose only their run tells."""

    def mutants(case: Case, tree: Tree) -> Iterator[Mutant]:
        tests = {path_of(edit) for edit in edits_of(case.alternative) if is_test_place(edit, case)}
        paths = dict.fromkeys(it.path for patch in case.patches for it in patch.changes if it.path not in tests)
        for path in paths:
            texts = tuple(_broken(patch, path, changed, patch is case.patches[-1]) for patch in case.patches)
            if texts != tuple(patch.changes for patch in case.patches):
                yield Mutant(f"{path} {what}", case.alternative, texts)

    return mutants


def lost(change: FileChange, is_last: bool) -> FileChange | None:
    """The file as it was."""
    return None


def lost_at_last(change: FileChange, is_last: bool) -> FileChange | None:
    """The file as it was, after the last phase, though one before it had changed it for good."""
    return None if is_last else change


def put_elsewhere(change: FileChange, is_last: bool) -> FileChange | None:
    """The file as it was, and its new text beside it."""
    return FileChange(f"{change.path}.new", None, change.after) if change.after is not None else change


def of_another_commit(change: FileChange, is_last: bool) -> FileChange | None:
    """A file that the patch takes for another one than it is in the base."""
    return replace(change, before=f"{change.before}\n# a line that is not there\n") if change.before else change


def stray_hunk(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A hunk in a file of the repository that no edit is about."""
    for file in _others(case, tree, _used(case)):
        yield _with_file(case, FileChange(file.path, file.text, f"{file.text}\n# unasked\n"))


def stray_file(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A file that nobody asked for."""
    yield _with_file(case, FileChange(STRAY_NAME, None, "unasked\n"))


def guard_changed(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A file that decides over builds and reviews."""
    yield _with_file(case, FileChange(PROTECTED_NAME, None, "unasked\n"))


def stray_deletion(case: Case, tree: Tree) -> Iterator[Mutant]:
    """A file that no edit is about, deleted: one that uses what is asked about, and any other."""
    schemas = {source.path for it in case.base.subjects for source in (it.latest.source, *it.copies)}
    for file in (*_others(case, tree, _used(case)), *_others(case, tree, schemas)):
        yield _with_file(case, FileChange(file.path, file.text, None))


def _used(case: Case) -> set[str]:
    return {use.span.path for use in case.base.uses}


def _others(case: Case, tree: Tree, paths: set[str]) -> list[SourceFile]:
    """Returns the first of these files that the patch leaves alone, as the base has it; [] where there is none."""
    own = {change.path for patch in case.patches for change in patch.changes}
    found = tree.read(sorted(paths - own)[:1]).values()
    return [it for it in found if isinstance(it, SourceFile)]


def _with_file(case: Case, change: FileChange) -> Mutant:
    return Mutant(change.path, case.alternative, tuple(_sorted((*patch.changes, change)) for patch in case.patches))


def _broken(patch: Patch, path: str, changed: _Changed, is_last: bool) -> tuple[FileChange, ...]:
    changes = ((changed(it, is_last) if it.path == path else it) for it in patch.changes)
    return _sorted(it for it in changes if it is not None)


def _sorted(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    return tuple(sorted(changes, key=lambda it: it.path))
