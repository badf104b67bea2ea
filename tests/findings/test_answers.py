"""What files answered an audit is kept: after a change, what changed is read, and not the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copilot.domain.source import ABSENT, Gap, SourceFile, Span
from copilot.findings.answers import Answers, Group, Texts, group_of, groups_along
from tests.readers.sockets import MemoryIndex

FILES = {f"src/file{number:04}.py": f"text {number}" for number in range(2000)}


class Reading:
    """Files that can be read, and which of them were."""

    def __init__(self, files: Mapping[str, str], absent: Sequence[str] = ()) -> None:
        self.files = files
        self.absent = absent
        self.paths: list[str] = []

    def __call__(self, paths: Sequence[str]) -> dict[str, SourceFile | Gap]:
        self.paths += paths
        return {path: self._file(path) for path in paths}

    def _file(self, path: str) -> SourceFile | Gap:
        if path in self.absent:
            return Gap(Span(path, 1, 1), f"{path} {ABSENT}")
        return SourceFile(path, self.files[path], "digest")


def holding(question: str, texts: Texts) -> list[str]:
    return [path for path, text in texts.items() if question in text]


def asked(reading: Reading, index: MemoryIndex, *questions: str) -> dict[str, list[str]]:
    found = Answers(reading, index, "program").ask(questions, _groups(reading.files), holding)
    return {question: [path for paths in told.values() for path in paths] for question, told in found.items()}


def _groups(files: Mapping[str, str]) -> dict[str, Group]:
    return groups_along(sorted(files.items()))


def test_after_one_changed_file_only_its_group_is_read() -> None:
    index = MemoryIndex()
    asked(Reading(FILES), index, "changed")
    after = Reading({**FILES, "src/file1000.py": "changed"})

    found = asked(after, index, "changed")

    assert found == {"changed": ["src/file1000.py"]}
    assert "src/file1000.py" in after.paths
    assert len(after.paths) < len(FILES) / 2


def test_a_file_more_or_less_leaves_the_groups_of_others_as_they_are() -> None:
    before = {group.digest for group in _groups(FILES).values()}

    more = {group.digest for group in _groups({**FILES, "src/file1000b.py": "new"}).values()}
    less = {
        group.digest
        for group in _groups({path: text for path, text in FILES.items() if path != "src/file1000.py"}).values()
    }

    assert len(more - before) <= 2
    assert len(less - before) <= 2


def test_a_new_question_is_asked_of_all_files_and_an_old_one_of_none() -> None:
    index = MemoryIndex()
    asked(Reading(FILES), index, "text 7")
    again = Reading(FILES)

    found = asked(again, index, "text 7")
    assert len(found["text 7"]) == 111
    assert again.paths == []

    assert asked(again, index, "text 7", "text 1999") == {**found, "text 1999": ["src/file1999.py"]}
    assert len(again.paths) == len(FILES)


def test_what_a_partial_clone_lacks_is_asked_again() -> None:
    index = MemoryIndex()
    asked(Reading(FILES, absent=["src/file0007.py"]), index, "text 7")

    found = asked(Reading(FILES), index, "text 7")

    assert "src/file0007.py" in found["text 7"]


def test_groups_of_equal_files_have_equal_digests_in_any_order() -> None:
    assert group_of([("a", "1"), ("b", "2")]) == group_of([("b", "2"), ("a", "1")])
    assert group_of([("a", "1"), ("b", "2")]).digest != group_of([("a", "2"), ("b", "1")]).digest
