"""From an alternative to one patch a phase, in memory: every edit becomes splices of the base text, or the reason why not.

A phase states its whole target, so all its edits find their places in the base, and edits of one file (a schema literal and
the code around it) combine as splices of one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from copilot.domain.alternative import (
    Alternative,
    CodeEdit,
    Edit,
    FileText,
    ImportEdit,
    NewFile,
    Phase,
    Replacement,
    SchemaEdit,
    SignalEdit,
    TextEdit,
)
from copilot.domain.patch import FileChange, Patch, Refused
from copilot.domain.source import Gap, SourceFile, Span
from copilot.errors import SchemaUnreadable
from copilot.patches.diff import make_patch
from copilot.patches.fit import fitted
from copilot.patches.python_edits import edit_python
from copilot.patches.python_siblings import add_imports
from copilot.patches.python_source import PythonSource
from copilot.patches.python_verify import verify_python
from copilot.patches.replacements import replace_texts
from copilot.patches.splices import CannotEdit, Splices, line_of, splice_between
from copilot.patches.text_edits import edit_words
from copilot.ports import SchemaFormat, Tree

EDITED_KEPT_MAX = 512
"""Edited files that are kept: phases and alternatives share most of their edits, and what was fitted is compiled after that."""
PLACES_SHOWN = 5
Kind = TypeVar("Kind", SchemaEdit, CodeEdit, TextEdit, Replacement, ImportEdit, NewFile, FileText)


class PatchCompiler:
    """Compiles alternatives; `formats` edit the schema texts."""

    def __init__(self, formats: Mapping[str, SchemaFormat]) -> None:
        self._formats = formats
        self._kept = lru_cache(EDITED_KEPT_MAX)(self._made)

    def compile(self, alternative: Alternative, tree: Tree) -> tuple[Patch, ...] | Refused:
        """Returns the patch from the base to each phase, or what stands against the first phase that can't be compiled."""
        patches: list[Patch] = []
        for number, phase in enumerate(alternative.phases):
            changes, problems = self._changes(phase, tree)
            if problems:
                return _refused(alternative.id, problems)
            patches.append(make_patch(alternative.id, number, tree.snapshot.commit, changes))
        return tuple(patches)

    def fitted(self, alternative: Alternative, tree: Tree) -> Alternative:
        """Returns the alternative with each code edit that can't be made here as a step by hand."""
        edits = (edit for phase in alternative.phases for edit in phase.edits if isinstance(edit, CodeEdit | TextEdit))
        files = tree.read(sorted({edit.path for edit in edits if is_inside(edit.path)}))
        return fitted(alternative, files, lambda file, own: self._edited(file, own, tree))

    def _changes(self, phase: Phase, tree: Tree) -> tuple[list[FileChange], list[CannotEdit]]:
        changes: list[FileChange] = []
        problems: list[CannotEdit] = []
        paths = sorted({path_of(edit) for edit in phase.edits})
        files = tree.read([path for path in paths if is_inside(path)])
        for path in paths:
            try:
                changes.append(self._change(path, [edit for edit in phase.edits if path_of(edit) == path], files, tree))
            except CannotEdit as problem:
                problems.append(problem)
        return changes, problems

    def _change(self, path: str, edits: list[Edit], files: Mapping[str, SourceFile | Gap], tree: Tree) -> FileChange:
        if not is_inside(path):
            raise CannotEdit(
                f'"{path}" is no name that every file system takes for a file of this repository.',
                None,
                "Rename the file, or change it by hand.",
            )
        if any(isinstance(edit, SignalEdit) for edit in edits):
            raise CannotEdit("Signals cannot be compiled yet.", Span(path, 1, 1), "Add the signal by hand.")
        new = _of(NewFile, edits)
        if new:
            return _new_file(path, edits, new, tree)
        file = files[path]
        whole = _of(FileText, edits)
        if whole:
            return _whole_file(path, edits, whole[0], file, tree)
        if isinstance(file, Gap):
            raise CannotEdit(f"{path} cannot be edited: it {file.reason}.", file.span, "Change this file by hand.")
        return FileChange(path, file.text, self._edited(file, edits, tree))

    def _edited(self, file: SourceFile, edits: Sequence[Edit], tree: Tree) -> str:
        """Returns the text of a file after its edits; raises CannotEdit."""
        is_package = any(isinstance(edit, ImportEdit) for edit in edits) and _is_package(file.path, tree)
        made = self._kept(file, tuple(edits), is_package=is_package)
        if isinstance(made, CannotEdit):
            # A new one each time: an error that is raised again keeps the frames of all times before.
            raise CannotEdit(made.what, made.where, made.next)
        return made

    def _made(self, file: SourceFile, edits: Sequence[Edit], *, is_package: bool) -> str | CannotEdit:
        try:
            return self._spliced(file, edits, is_package=is_package)
        except CannotEdit as problem:
            return problem.with_traceback(None)

    def _spliced(self, file: SourceFile, edits: Sequence[Edit], *, is_package: bool) -> str:
        schema_edits, code_edits = _of(SchemaEdit, edits), _of(CodeEdit, edits)
        splices = Splices(file.path, file.text.encode())
        for place in dict.fromkeys(_literal_of(edit) for edit in schema_edits):
            self._edit_schema(file, splices, [edit for edit in schema_edits if _literal_of(edit) == place])
        edit_words(file.path, splices, _of(TextEdit, edits))
        replace_texts(file.path, splices, _of(Replacement, edits))
        if not file.path.endswith(".py"):
            if code_edits:
                raise _not_python(file, splices.base, code_edits[0])
            return splices.apply()
        python = PythonSource(file.path, file.text)
        edit_python(python, splices, code_edits)
        imports = _of(ImportEdit, edits)
        if imports:
            add_imports(python, splices, imports, code_edits, is_package=is_package)
        after = splices.apply()
        if after != file.text:
            verify_python(python, after, splices.all())
        return after

    def _edit_schema(self, file: SourceFile, splices: Splices, edits: list[SchemaEdit]) -> None:
        source = edits[0].source
        start, end = (0, len(splices.base)) if source.host == "file" else (source.start, source.end)
        try:
            after = self._format_of(file.path).edit(file.text, edits)
            splice = splice_between(splices.base, start, end, after.encode())
        except SchemaUnreadable as error:
            raise CannotEdit(error.what, source.span, error.next or "Change the schema by hand.") from None
        except ValueError as error:
            raise CannotEdit(
                f"The schema in {source.span} {error}.", source.span, "Change the schema by hand."
            ) from None
        if splice is not None:
            splices.replace(splice.start, splice.end, splice.text)

    def _format_of(self, path: str) -> SchemaFormat:
        for format in self._formats.values():
            if path.endswith(format.suffixes):
                return format
        # A literal inside code has no suffix of its own; the first format is the one that reads literals.
        return next(iter(self._formats.values()))


def path_of(edit: Edit) -> str:
    """Returns the file that an edit is about."""
    return edit.source.path if isinstance(edit, SchemaEdit) else edit.path


def is_inside(path: str) -> bool:
    """Tells whether a path names a file inside the repository and outside of every git directory, on any file system."""
    parts = path.split("/")
    is_plain = all(part not in ("", ".", "..") and not part.lower().rstrip(". ").startswith(".git~") for part in parts)
    is_git = any(part.lower().rstrip(". ") in (".git", "git~1") for part in parts)
    return is_plain and not is_git and "\0" not in path and "\\" not in path and ":" not in parts[0]


def _is_package(path: str, tree: Tree) -> bool:
    marker = f"{path.rpartition('/')[0]}/__init__.py".lstrip("/")
    return any(entry.path == marker for entry in tree.snapshot.entries)


def _literal_of(edit: SchemaEdit) -> tuple[str, int, int]:
    return edit.source.host, edit.source.start, edit.source.end


def _new_file(path: str, edits: list[Edit], new: list[NewFile], tree: Tree) -> FileChange:
    where = Span(path, 1, 1)
    if len(edits) > 1:
        raise CannotEdit(f"{path} is created and edited in one phase.", where, "Create it once, with its whole text.")
    for entry in tree.snapshot.entries:
        if entry.path == path:
            raise CannotEdit(f"{path} exists already.", where, "Choose another name for the new file.")
        if path.startswith(entry.path + "/") or entry.path.startswith(path + "/"):
            raise CannotEdit(
                f"{path} cannot be created beside {entry.path}.", where, "Choose another name for the new file."
            )
    return FileChange(path, None, new[0].text)


def _whole_file(path: str, edits: list[Edit], whole: FileText, file: SourceFile | Gap, tree: Tree) -> FileChange:
    if len(edits) > 1:
        raise CannotEdit(
            f"{path} gets its whole text and is edited too.", Span(path, 1, 1), "Say what it becomes once."
        )
    if isinstance(file, SourceFile):
        return FileChange(path, file.text, whole.text)
    if whole.text is None or any(entry.path == path for entry in tree.snapshot.entries):
        raise CannotEdit(f"{path} cannot be changed: it {file.reason}.", file.span, "Change this file by hand.")
    return _new_file(path, edits, [NewFile(path, whole.text)], tree)


def _not_python(file: SourceFile, base: bytes, edit: CodeEdit) -> CannotEdit:
    line = line_of(base, edit.offset)
    what = f'"{edit.name}" is used in {file.path}, which is not Python.'
    return CannotEdit(what, Span(file.path, line, line), "Change this file by hand.")


def _of(kind: type[Kind], edits: Iterable[Edit]) -> list[Kind]:
    return [edit for edit in edits if isinstance(edit, kind)]


def _refused(alternative: str, problems: list[CannotEdit]) -> Refused:
    first = problems[0]
    others = [str(problem.where) for problem in problems[1:] if problem.where][:PLACES_SHOWN]
    more = f" The same holds for {', '.join(others)}." if others else ""
    return Refused(alternative, first.what, first.where, first.next + more)
