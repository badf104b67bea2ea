"""Which files outside of its own root does a job run? Those that its code imports, directly or not, and over which way.

A module that several jobs import works for each of them: what it does when it is imported, and what it does with records that
they hand it, is done by every one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

MAX_REACHED = 2000
"""Files that one job is followed into."""


class Reach:
    """The files that jobs import from beyond their roots.

    `root_of` tells the root of each file, `imports` are (importing file, imported file) as far as known, `ask` tells what other
    files import, `line` on which line one imports another. `starts` are files of jobs by the job's root.
    """

    def __init__(
        self,
        root_of: Mapping[str, str],
        imports: Iterable[tuple[str, str]],
        ask: Callable[[list[str]], Mapping[str, frozenset[str]]],
        starts: Mapping[str, Iterable[str]],
        line: Callable[[str, str], int],
    ) -> None:
        self._line = line
        self._root_of = root_of
        self._imports: dict[str, set[str]] = {}
        for path, file in imports:
            self._imports.setdefault(path, set()).add(file)
        self._importer: dict[str, dict[str, str]] = {root: dict.fromkeys(paths, "") for root, paths in starts.items()}
        self._walk(ask)
        self._users: dict[str, list[str]] = {}
        for root in sorted(self._importer):
            for path in self.beyond(root):
                self._users.setdefault(path, []).append(root)

    def beyond(self, root: str) -> tuple[str, ...]:
        """Returns the files outside of a job's root that it runs, sorted."""
        reached = self._importer.get(root, {})
        return tuple(sorted(path for path in reached if self._root_of[path] != root))

    def users(self, path: str) -> tuple[str, ...]:
        """Returns the roots of the jobs that run a file which isn't their own, sorted."""
        return tuple(self._users.get(path, ()))

    def starts(self, root: str) -> bool:
        """Tells whether a root is that of a job which is followed from here."""
        return root in self._importer

    def way(self, root: str, path: str) -> Iterator[tuple[str, int]]:
        """Yields the imports, as file and line, from a file that a job runs back to the job's own code."""
        importer = self._importer[root].get(path, "")
        while importer:
            yield importer, self._line(importer, path)
            path, importer = importer, self._importer[root].get(importer, "")

    def _walk(self, ask: Callable[[list[str]], Mapping[str, frozenset[str]]]) -> None:
        """Follows all jobs together, one import further each time, so that files are asked for their imports at once."""
        fresh = {root: sorted(reached) for root, reached in self._importer.items()}
        while fresh:
            unknown = {path for paths in fresh.values() for path in paths} - self._imports.keys()
            for path, files in ask(sorted(unknown)).items():
                self._imports[path] = set(files)
            fresh = {root: found for root, paths in fresh.items() if (found := list(self._further(root, paths)))}

    def _further(self, root: str, paths: Iterable[str]) -> Iterator[str]:
        reached = self._importer[root]
        for path in paths:
            for file in sorted(self._imports.get(path, ())):
                if file not in reached and file in self._root_of and len(reached) < MAX_REACHED:
                    reached[file] = path
                    yield file
