"""Which scripts of one folder are jobs by themselves? Those that people start, and that read or write endpoints of their own.

A folder is one job unless at least two of its files are started: they say what to do when run, or act as soon as they are imported
and nobody imports them, or a deployment starts them. In a folder that an image is built from, a file that only says what to do when
run may be an aid for debugging, and is no job unless a deployment starts it. What one script alone reaches is its own, what several
reach is their library.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from copilot.readers.jobs import is_test_path
from copilot.readers.modules import Modules
from copilot.readers.outlines import Outline
from copilot.readers.store import FactStore
from copilot.readers.words import read_words

IMPORTS_KIND = "python-imports-1"
MAX_REACHED = 2000
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^()]*\)|[^\n#]*)|import[ \t]+([^\n#]*))", re.MULTILINE
)
_NAME = re.compile(r"([.\w]+)(?:[ \t]+as[ \t]+\w+)?")


@dataclass(frozen=True, slots=True)
class Entries:
    """The scripts that are jobs by themselves: `root_of` has the new root of each file whose root changes, `split` the folders.

    `shared` has, by file of such a folder that several scripts reach or test, those scripts; `folder_of` each script's folder.
    """

    root_of: Mapping[str, str] = field(default_factory=dict)
    split: frozenset[str] = frozenset()
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folder_of: Mapping[str, str] = field(default_factory=dict)


class Folder(NamedTuple):
    """The Python files of one root; `is_image` tells that it is built as one thing.

    `started` are those that deployments start, with whether they say there what the file consumes or produces.
    """

    root: str
    paths: tuple[str, ...]
    started: Mapping[str, bool]
    is_image: bool


class EntryReader:
    """Finds the scripts of one tree."""

    def __init__(self, store: FactStore, modules: Modules, outlines: Mapping[str, Outline]) -> None:
        self._store = store
        self._modules = modules
        self._outlines = outlines

    def read(self, folders: Iterable[Folder]) -> Entries:
        """Returns which folders are several jobs, and whose their files are then."""
        root_of: dict[str, str] = {}
        split: set[str] = set()
        shared: dict[str, tuple[str, ...]] = {}
        folder_of: dict[str, str] = {}
        for folder in folders:
            candidates = self._candidates(folder)
            if len(candidates) < 2 or not any(self._is_busy(path, folder) for path in folder.paths):
                continue
            imported = self.imported(folder.paths, frozenset(folder.paths))
            scripts = self._scripts(folder, candidates, imported)
            if len(scripts) < 2:
                continue
            split.add(folder.root)
            folder_of.update(dict.fromkeys(scripts, folder.root))
            for path, users in _users(folder.paths, scripts, imported).items():
                if len(users) == 1 and not is_test_path(path):
                    root_of[path] = users[0]
                elif users:
                    shared[path] = users
        return Entries(root_of, frozenset(split), shared, folder_of)

    def beside(self, scripts: frozenset[str], paths: Iterable[str]) -> frozenset[str]:
        """Returns the files of the top folder that act as soon as they are run, and that nobody there imports.

        Beside a script, whose job all of the top folder would be, they are jobs of their own.
        """
        flat = frozenset(path for path in paths if "/" not in path)
        if not scripts & flat:
            return frozenset()
        acting = {path for path in flat - scripts if self._is_busy(path) and self._outlines[path].acts_at_once}
        imported = self.imported(sorted(flat), flat) if acting else {}
        return frozenset(acting.difference(*(files - {path} for path, files in imported.items())))

    def idle(
        self, scripts: Iterable[str], root_of: Mapping[str, str], imports: Collection[tuple[str, str]]
    ) -> frozenset[str]:
        """Returns the scripts of packages that others use which run nothing of their package, or which other scripts run.

        `imports` are (importing file, imported file).
        """
        listed = frozenset(scripts)
        crossing = [(path, file) for path, file in imports if root_of.get(path) != root_of.get(file)]
        run_elsewhere = {file for path, file in crossing if path in listed}
        used = {root_of[file] for _, file in crossing if file in root_of}
        asked = [path for path in sorted(listed) if root_of.get(path) in used and not self._is_busy(path)]
        if not asked:
            return frozenset(run_elsewhere & listed)
        root_files: dict[str, list[str]] = {}
        for path, root in root_of.items():
            root_files.setdefault(root, []).append(path)
        alone = {path for path in asked if not self._imported_by(path, root_files[root_of[path]])}
        return frozenset(alone | (run_elsewhere & listed))

    def _candidates(self, folder: Folder) -> list[str]:
        """Returns the files that somebody may start, others' wishes not yet asked."""
        return [
            path
            for path in folder.paths
            if (path in folder.started or self._says_what_to_do(path, folder.is_image)) and not is_test_path(path)
        ]

    def _says_what_to_do(self, path: str, is_image: bool) -> bool:
        outline = self._outlines.get(path)
        if is_image:
            return outline is not None and outline.acts_at_once and not path.endswith("__init__.py")
        return outline is not None and not path.endswith("__init__.py") and (outline.is_script or outline.acts_at_once)

    def _is_busy(self, path: str, folder: Folder | None = None) -> bool:
        outline = self._outlines.get(path)
        if folder is not None and folder.started.get(path):
            return True
        return outline is not None and outline.has_endpoints and not is_test_path(path)

    def _scripts(self, folder: Folder, candidates: list[str], imported: Mapping[str, frozenset[str]]) -> list[str]:
        """Returns the candidates that nobody imports, and that reach an endpoint which not all of them share."""
        taken = {file for path, files in imported.items() for file in files if file != path and not is_test_path(path)}
        free = [path for path in candidates if path in folder.started or path not in taken]
        reached = {
            path: frozenset(one for one in _reached(path, imported) if self._is_busy(one, folder)) for path in free
        }
        common = frozenset.intersection(*reached.values()) if reached else frozenset()
        return [
            path
            for path in free
            if reached[path] and (path in folder.started or self._is_busy(path, folder) or reached[path] - common)
        ]

    def _imported_by(self, path: str, others: Collection[str]) -> frozenset[str]:
        return self.imported([path], frozenset(others) - {path})[path]

    def imported(self, paths: Collection[str], among: frozenset[str]) -> dict[str, frozenset[str]]:
        """Returns the files, among those, that each file imports; what was not parsed is searched for its imports."""
        parsed = {path for path in paths if path in self._outlines and self._outlines[path].is_parsed}
        facts = self._store.python(parsed)
        found = {path: self._modules.imported(path, one) & among for path, one in facts.items()}
        unparsed = sorted(set(paths) - facts.keys())
        for path, modules in self._store.derive(IMPORTS_KIND, unparsed, imports_of, read_words).items():
            found[path] = frozenset(self._modules.file_of(path, module) for module in modules - {""}) & among
        return {path: found.get(path, frozenset()) for path in paths}

    def import_line(self, path: str, file: str) -> int:
        """Returns the line on which the file at `path` imports another, 1 where it can't be told."""
        text = self._store.text([path]).get(path, "")
        for offset, names in imports_at(text):
            if any(self._modules.file_of(path, name) == file for name in names):
                return text.count("\n", 0, offset) + 1
        return 1


def imports_of(text: str) -> bytes:
    """Returns the names that a Python text imports, modules and what is taken from them, as they are kept."""
    found = {name for _, names in imports_at(text) for name in names}
    return " ".join(sorted(found)).encode("utf-8", "surrogatepass")


def imports_at(text: str) -> Iterator[tuple[int, set[str]]]:
    """Yields where each import of a Python text begins, as an offset, and the names that it imports."""
    for one in _IMPORT.finditer(text):
        module, names, plain = one.groups()
        if plain is not None:
            yield one.start(), {name[1] for name in _NAME.finditer(plain)}
            continue
        dot = "" if module.endswith(".") else "."
        yield one.start(), {module, *(f"{module}{dot}{name[1]}" for name in _NAME.finditer(names))}


def _reached(path: str, imported: Mapping[str, frozenset[str]]) -> set[str]:
    """Returns a file with all that it imports, directly or not."""
    found, waiting = {path}, [path]
    while waiting and len(found) < MAX_REACHED:
        fresh = imported.get(waiting.pop(), frozenset()) - found
        found |= fresh
        waiting += fresh
    return found


def _users(
    paths: Iterable[str], scripts: list[str], imported: Mapping[str, frozenset[str]]
) -> dict[str, tuple[str, ...]]:
    """Returns the scripts that each file works for: those that reach it, for a test those that it tests."""
    reach: dict[str, set[str]] = {script: _reached(script, imported) for script in scripts}
    users: dict[str, tuple[str, ...]] = {}
    for path in paths:
        if path in reach:
            users[path] = (path,)
        elif is_test_path(path):
            users[path] = tuple(one for one in scripts if imported.get(path, frozenset()) & reach[one])
        else:
            users[path] = tuple(one for one in scripts if path in reach[one])
    return users
