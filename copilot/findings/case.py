"""What every audit works on, and what it makes: the map, the files of its tree, the formats; findings with ids that last."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.codec import digest_of_text
from copilot.domain.evidence import Severity
from copilot.domain.pipeline import FieldUse, PipelineMap
from copilot.domain.source import SourceFile, Span
from copilot.ports import SchemaFormat, Tree

ID_CHARACTERS = 10
SEARCHED_BYTES_MAX = 1_000_000
Made = TypeVar("Made")
_TEST_FOLDERS = frozenset({"tests", "test", "testing", "fixtures", "unittests", "integration_tests", "__tests__"})


class Audited:
    """A pipeline that is audited; texts are read once, when they are asked for."""

    def __init__(self, pipeline: PipelineMap, tree: Tree, formats: Mapping[str, SchemaFormat]) -> None:
        self.pipeline = pipeline
        self.formats = formats
        self._tree = tree
        self._texts: dict[str, str] = {}
        self._made: dict[tuple[str, str], Any] = {}
        self._roots = {job.name: job.root.rstrip("/") for job in pipeline.jobs}
        self._owning = frozenset(self._roots.values()) - {"", "."}

    @functools.cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files that are small enough to be searched."""
        entries = self._tree.snapshot.entries
        return tuple(entry.path for entry in entries if 0 < entry.size_bytes <= SEARCHED_BYTES_MAX)

    def texts(self, paths: Iterable[str]) -> dict[str, str]:
        """Returns the texts of files, without those that are no text."""
        wanted = list(paths)
        missing = [path for path in wanted if path not in self._texts]
        if missing:
            for path, file in self._tree.read(missing).items():
                self._texts[path] = file.text if isinstance(file, SourceFile) else ""
        return {path: self._texts[path] for path in wanted if self._texts.get(path)}

    def code_of(self, job: str) -> dict[str, str]:
        """Returns the Python texts of a job without its tests."""
        return (
            self.texts(self._python.get(self._roots.get(job, ""), ()))
            if self._roots.get(job, "") in self._owning
            else {}
        )

    def shared_code(self) -> dict[str, str]:
        """Returns the Python texts that belong to no job, and so may be any job's."""
        return self.texts(self._python.get("", ()))

    def is_of(self, job: str, path: str) -> bool:
        """Tells whether a file belongs to a job."""
        root = self._roots.get(job, "")
        return root in self._owning and self.owner_of(path) == root

    def owner_of(self, path: str) -> str:
        """Returns the root of the job, the innermost of several, that a file belongs to, "" where it belongs to none."""
        while path and path not in self._owning:
            path = path.rpartition("/")[0]
        return path

    def once(self, what: str, about: str, make: Callable[[], Made]) -> Made:
        """Returns what `make` gives, which is asked only once for each thing that it is about."""
        key = (what, about)
        if key not in self._made:
            self._made[key] = make()
        found: Made = self._made[key]
        return found

    def uses_of(self, job: str, subject: str) -> tuple[FieldUse, ...]:
        """Returns the uses that a job makes of the fields of a subject."""
        return self._uses.get((job, subject), ())

    @functools.cached_property
    def _uses(self) -> dict[tuple[str, str], tuple[FieldUse, ...]]:
        found: dict[tuple[str, str], list[FieldUse]] = {}
        for use in self.pipeline.uses:
            found.setdefault((use.job, use.subject), []).append(use)
        return {key: tuple(uses) for key, uses in found.items()}

    @functools.cached_property
    def _python(self) -> dict[str, list[str]]:
        """The Python files that are no tests, by the root of their job; all jobs' are read at once, as each audit asks for them."""
        found: dict[str, list[str]] = {}
        for path in self.paths:
            if path.endswith(".py") and not is_for_tests(path):
                found.setdefault(self.owner_of(path), []).append(path)
        self.texts(path for root, paths in found.items() if root for path in paths)
        return found


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding. `why` says what comes of such a flaw."""

    name: str
    why: str

    def finding(
        self,
        severity: Severity,
        title: str,
        proof: Iterable[Proof],
        next: str,
        *,
        subject: str = "",
        path: str = "",
        job: str = "",
        topic: str = "",
        about: str = "",
    ) -> AuditFinding:
        """Returns a finding whose id hangs on what it is about, not on lines, words or severity."""
        parts = (self.name, subject, path, job, topic, about)
        key = digest_of_text("\0".join(parts))[:ID_CHARACTERS]
        places = tuple(dict.fromkeys(proof))
        return AuditFinding(key, self.name, severity, title, places, self.why, next, subject, path, job, topic)


Find = Callable[[Audited], Iterator[AuditFinding]]


def is_for_tests(path: str) -> bool:
    """Tells whether a file is there for tests only."""
    *folders, name = path.split("/")
    is_test = name.startswith(("test_", "conftest.")) or name.endswith(("_test.py", "_tests.py"))
    return is_test or not _TEST_FOLDERS.isdisjoint(folders)


def lines_with(word: str, text: str) -> Iterator[int]:
    """Yields the numbers of the lines that hold a name as a whole word."""
    pattern = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(word)}(?![A-Za-z0-9_])")
    for number, line in enumerate(text.splitlines(), 1):
        if word in line and pattern.search(line):
            yield number


def place(path: str, line: int) -> Span:
    """Returns one line of a file."""
    return Span(path, line, line)


def listed(names: Iterable[str], shown: int = 6) -> str:
    """Returns names as words, the first few of many."""
    every = list(names)
    if len(every) > shown:
        return f"{', '.join(every[:shown])} and {len(every) - shown} more"
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)
