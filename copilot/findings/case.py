"""What every audit works on, and what it makes: the map, the files of its tree, the formats; findings with ids that last."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.codec import digest_of_text
from copilot.domain.evidence import Severity
from copilot.domain.pipeline import FieldUse, PipelineMap
from copilot.domain.source import Gap, SourceFile, Span
from copilot.findings.answers import Answers, Group, Texts, group_of, groups_along
from copilot.ports import Index, SchemaFormat, Tree

ID_CHARACTERS = 10
SEARCHED_BYTES_MAX = 1_000_000
Made = TypeVar("Made")
_TEST_FOLDERS = frozenset({"tests", "test", "testing", "fixtures", "unittests", "integration_tests", "__tests__"})


class Audited:
    """A pipeline that is audited; texts are read once, when they are asked for, and what they answer is kept in `index`.

    `stamp` names the program, whose answers no other one takes for its own.
    """

    def __init__(
        self,
        pipeline: PipelineMap,
        tree: Tree,
        formats: Mapping[str, SchemaFormat],
        index: Index | None = None,
        stamp: str = "",
    ) -> None:
        self.pipeline = pipeline
        self._code_answers = Answers(self._held, index, stamp)
        # All files of a repository are too much to hold.
        self._answers = Answers(tree.read, index, stamp)
        self._groups: dict[tuple[str, ...], dict[str, Group]] = {}
        self.formats = formats
        self._tree = tree
        self._files_read: dict[str, SourceFile | Gap] = {}
        self._made: dict[tuple[str, str], Any] = {}
        self._roots = {job.name: job.root.rstrip("/") for job in pipeline.jobs}
        self._owning = frozenset(self._roots.values()) - {"", "."}

    @functools.cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files that are small enough to be searched."""
        return tuple(self._digests)

    @functools.cached_property
    def _digests(self) -> dict[str, str]:
        entries = self._tree.snapshot.entries
        return {path: digest for path, digest, size_bytes, _ in entries if 0 < size_bytes <= SEARCHED_BYTES_MAX}

    def texts(self, paths: Iterable[str]) -> dict[str, str]:
        """Returns the texts of files, without those that are no text."""
        held = self._held(list(paths))
        return {path: file.text for path, file in held.items() if isinstance(file, SourceFile) and file.text}

    def _held(self, paths: Sequence[str]) -> dict[str, SourceFile | Gap]:
        missing = [path for path in paths if path not in self._files_read]
        if missing:
            self._files_read.update(self._tree.read(missing))
        return {path: self._files_read[path] for path in paths}

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

    def told_by_code(self, question: str, answer: Callable[[Texts], Any]) -> dict[str, Any]:
        """Returns, by job, what `answer` makes of the texts of its code: something that JSON holds."""
        groups = {
            job.name: self._code[root] for job in self.pipeline.jobs if (root := self._roots[job.name]) in self._code
        }
        return self._code_answers.ask([question], groups, lambda _, texts: answer(texts))[question]

    def told_by_files(self, question: str, paths: Iterable[str], answer: Callable[[str], Any]) -> dict[str, Any]:
        """Returns, by path, what `answer` makes of a file's text: something that JSON holds."""
        groups = {path: group_of([(path, self._digests[path])]) for path in paths if path in self._digests}
        found = self._answers.ask([question], groups, lambda _, texts: [answer(text) for text in texts.values()])
        return {path: told[0] for path, told in found[question].items() if told}

    def naming(self, words: Iterable[str], ends: tuple[str, ...] = ("",)) -> dict[str, list[str]]:
        """Returns, by word, the paths with one of these ends whose texts hold it anywhere."""
        if ends not in self._groups:
            self._groups[ends] = groups_along(it for it in self._digests.items() if it[0].endswith(ends))
        asked = {f"names {word}": word for word in words}
        found = self._answers.ask(
            list(asked),
            self._groups[ends],
            lambda question, texts: [path for path, text in texts.items() if asked[question] in text],
        )
        return {
            word: [path for paths in found[question].values() for path in paths] for question, word in asked.items()
        }

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
        """The Python files that are no tests, by the root of their job."""
        found: dict[str, list[str]] = {}
        for path in self.paths:
            if path.endswith(".py") and not is_for_tests(path):
                found.setdefault(self.owner_of(path), []).append(path)
        return found

    @functools.cached_property
    def _code(self) -> dict[str, Group]:
        roots = self._python.items()
        return {root: group_of((path, self._digests[path]) for path in paths) for root, paths in roots if root}


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
