"""What was asked of files, kept under what they hold: one changed file is read again, with its group, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from copilot.domain.codec import digest_of_text
from copilot.domain.source import ABSENT, Gap, SourceFile
from copilot.ports import OF_TREES, Index

ANSWER_KIND = f"{OF_TREES}audit-answer-1"
GROUP_FILES = 200
"""How many files a group of a listing has on average."""
READ_FILES_MAX = 4000
Texts = Mapping[str, str]
Read = Callable[[Sequence[str]], Mapping[str, SourceFile | Gap]]
Answer = Callable[[str, Texts], Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are asked together; `digest` names all that they hold."""

    paths: tuple[str, ...]
    digest: str


class Answers:
    """Asks texts that `read` gives, and keeps what they answer; without an index, nothing is kept."""

    def __init__(self, read: Read, index: Index | None = None, stamp: str = "") -> None:
        self._read = read
        self._index = index
        self._stamp = stamp

    def ask(self, questions: Sequence[str], groups: Mapping[str, Group], answer: Answer) -> dict[str, dict[str, Any]]:
        """Returns, by question and name of a group, what `answer` makes of it and of the texts: something that JSON holds."""
        keys = {(it, name): self._key(it, group) for it in questions for name, group in groups.items()}
        kept = self._index.get(ANSWER_KIND, list(keys.values())) if self._index is not None else {}
        found = {
            it: {name: json.loads(kept[keys[it, name]]) for name in groups if keys[it, name] in kept}
            for it in questions
        }
        missing = [name for name in groups if any(name not in found[it] for it in questions)]
        fresh: dict[str, bytes] = {}
        for names in _portions(missing, groups):
            texts, absent = self._texts(path for name in names for path in groups[name].paths)
            for name in names:
                own = {path: texts[path] for path in groups[name].paths if path in texts}
                is_whole = absent.isdisjoint(groups[name].paths)
                for it in questions:
                    if name not in found[it]:
                        found[it][name] = answer(it, own)
                        fresh.update({keys[it, name]: json.dumps(found[it][name]).encode()} if is_whole else {})
        if self._index is not None:
            self._index.put(ANSWER_KIND, fresh)
        return found

    def _key(self, question: str, group: Group) -> str:
        return digest_of_text(f"{self._stamp}\0{question}\0{group.digest}")

    def _texts(self, paths: Iterable[str]) -> tuple[dict[str, str], set[str]]:
        """Returns the texts of files, and the files that this clone lacks today and may have tomorrow."""
        read = self._read(list(dict.fromkeys(paths)))
        texts = {path: file.text for path, file in read.items() if isinstance(file, SourceFile)}
        return texts, {path for path, file in read.items() if isinstance(file, Gap) and ABSENT in file.reason}


def group_of(files: Iterable[tuple[str, str]]) -> Group:
    """Returns the group of some files: (path, digest)."""
    rows = sorted(files)
    return Group(tuple(path for path, _ in rows), digest_of_text("\n".join(map("\0".join, rows))))


def groups_along(files: Iterable[tuple[str, str]]) -> dict[str, Group]:
    """Returns sorted files in groups whose bounds hang on names, so that a file more or less changes one group alone."""
    portions: list[list[tuple[str, str]]] = [[]]
    for file in files:
        if crc32(file[0].encode("utf-8", "surrogatepass")) % GROUP_FILES == 0:
            portions.append([])
        portions[-1].append(file)
    return {portion[0][0]: group_of(portion) for portion in portions if portion}


def _portions(names: Iterable[str], groups: Mapping[str, Group]) -> Iterator[list[str]]:
    """Yields names of groups whose files are few enough to be held together."""
    portion: list[str] = []
    held = 0
    for name in names:
        if portion and held + len(groups[name].paths) > READ_FILES_MAX:
            yield portion
            portion, held = [], 0
        portion.append(name)
        held += len(groups[name].paths)
    if portion:
        yield portion
