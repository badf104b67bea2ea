"""Which file is a module or a schema path of the code? Names and paths as written, matched against the paths of the tree.

Where code runs is not where it stands: images copy folders and set paths. So a path is looked for beside the file, under the
job, under the repository's root, and then by its longest tail that only one file ends with.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from copilot.readers.facts import FileFacts
from copilot.readers.paths import FLASK_CONFIG
from copilot.readers.store import FactStore
from copilot.readers.values import Value

MAX_HOPS = 8
VAGUE_NAMES = frozenset({"schema", "schemas", "output", "input", "value", "key", "record", "message", "latest"})
DJANGO_SETTINGS = "django.conf.settings"
_SETTINGS_MODULES = (
    "settings/production",
    "settings/prod",
    "settings/base",
    "settings/common",
    "settings",
)


class Modules:
    """The Python modules of a tree."""

    def __init__(self, store: FactStore, paths: Iterable[str]) -> None:
        self._store = store
        self._imported: dict[str, frozenset[str]] = {}
        store.premises.answer("module", self._find)
        self._by_stem: dict[str, list[str]] = {}
        for path in sorted(paths):
            folder, _, file = path.rpartition("/")
            name = file.removesuffix(".py")
            if name == "__init__":
                name = folder.rpartition("/")[2]
            self._by_stem.setdefault(name, []).append(path)

    def file_of(self, path: str, module: str) -> str:
        """Returns the file of a module that the file at `path` imports, "" where it isn't in the tree."""
        file: str = self._store.premises.ask("module", path, module)
        return file

    def _find(self, path: str, module: str) -> str:
        if module == DJANGO_SETTINGS:
            return self._settings_of(path)
        if module == FLASK_CONFIG:
            return self._nearest(posixpath.dirname(path), "config") or self._nearest(
                posixpath.dirname(path), "settings"
            )
        dots = len(module) - len(module.lstrip("."))
        tail = module.lstrip(".").replace(".", "/")
        if dots:
            folder = posixpath.dirname(path)
            for _ in range(dots - 1):
                folder = posixpath.dirname(folder)
            exact = [posixpath.join(folder, end) for end in (f"{tail}.py", posixpath.join(tail, "__init__.py"))]
            return next((file for file in exact if file in self._store.entries), "")
        return self._nearest(posixpath.dirname(path), tail)

    def _settings_of(self, path: str) -> str:
        """Returns the settings module of the Django project that a file belongs to: the nearest, production's before others'."""
        for name in _SETTINGS_MODULES:
            found = self._nearest(posixpath.dirname(path), name)
            if found:
                return found
        return ""

    def _nearest(self, folder: str, tail: str) -> str:
        """Returns the module's file that shares most folders with the importing one, the shortest path among equals."""
        listed = self._by_stem.get(tail.rpartition("/")[2])
        if listed is None:  # as for most of what code imports
            return ""
        ends = (f"/{tail}.py", f"/{tail}/__init__.py")
        while True:
            # The list is sorted, so what lies below a folder stands together; elsewhere it is never looked at.
            below = folder + "/" if folder else ""
            at = bisect_left(listed, below)
            found = []
            while at < len(listed) and listed[at].startswith(below):
                if f"/{listed[at]}".endswith(ends):
                    found.append(listed[at])
                at += 1
            if found or not folder:
                return max(found, key=lambda file: (-len(file), file), default="")
            folder = posixpath.dirname(folder)

    def imported(self, path: str, facts: FileFacts) -> frozenset[str]:
        """Returns the files of the tree that a file imports from."""
        if path not in self._imported:
            modules = {module for _, module, _ in facts.imports}
            modules |= {
                f"{module}{'' if module.endswith('.') else '.'}{name}" for _, module, name in facts.imports if name
            }
            self._imported[path] = frozenset(self.file_of(path, module) for module in modules) - {""}
        return self._imported[path]

    def related(self, path: str, facts: Mapping[str, FileFacts]) -> list[str]:
        """Returns those of the files that a file imports from, or the other way round, or that are imported beside it, sorted."""
        near = {path, *self.imported(path, facts[path])} if path in facts else {path}
        for file, one in facts.items():
            imported = self.imported(file, one)
            if path in imported:
                near |= {file, *imported}
        return sorted(near & facts.keys())

    def lookup(self, path: str, module: str, name: str) -> tuple[str, Value] | None:
        """Returns the file and value of a module's name, re-exports followed."""
        for _ in range(MAX_HOPS):
            file = self.file_of(path, module)
            if not file:
                return None
            facts = self._store.python([file]).get(file)
            if facts is None:
                return None
            value = dict(facts.names).get(name)
            if value is not None:
                return file, value
            again = next(((origin, real) for alias, origin, real in facts.imports if alias == name and real), None)
            if again is None:
                stars = [origin for alias, origin, _ in facts.imports if alias == "*"]
                again = (stars[-1], name) if stars else None
            if again is None:
                return None
            path, (module, name) = file, again
        return None


def says_little(path: str) -> bool:
    """Tells whether a file's name alone is no name for a schema: many folders have an output.avsc."""
    return posixpath.splitext(posixpath.basename(path))[0].lower() in VAGUE_NAMES


class SchemaFiles:
    """The schema files of a tree, found by the paths that code and settings name."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = frozenset(files)
        self._by_name: dict[str, list[str]] = {}
        for file in sorted(self._files):
            self._by_name.setdefault(posixpath.basename(file), []).append(file)

    def find(self, text: str, path: str, root: str) -> str:
        """Returns the schema file that `text` names in the file at `path` of the job at `root`, "" where none or several."""
        tail = posixpath.normpath("/" + text.strip()).strip("/")
        while tail.startswith("../"):
            tail = tail[3:]
        for folder in (posixpath.dirname(path), root, ""):
            exact = posixpath.normpath(posixpath.join("/", folder, text.strip())).strip("/")
            for file in (exact, posixpath.join(folder, tail) if folder else tail):
                if file in self._files:
                    return file
        stated = tail
        while tail:
            ending = [
                file for file in self._by_name.get(posixpath.basename(tail), ()) if f"/{file}".endswith(f"/{tail}")
            ]
            inside = [file for file in ending if file.startswith(root + "/")] if root else []
            if "/" not in tail and "/" in stated and not inside and says_little(tail):
                # Another folder's output.avsc: the one that is named may lie in another repository.
                return ""
            if len(inside) == 1 or len(ending) == 1:
                return (inside or ending)[0]
            if tail in self._files:
                return tail
            if ending:
                return ""
            tail = tail.partition("/")[2]
        return ""
