"""Which files name which words? Reads every text of a tree once, keeps its words by blob, and answers from what is kept.

A word is looked for in any case style: `user_id`, `userId`, `UserID` and `user-id` are one.
"""

from __future__ import annotations

import math
import posixpath
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping

from copilot.domain.source import SourceFile, TreeEntry
from copilot.ports import Index, Tree

WORDS_KIND = "impact-words-1"
FILE_BYTES_MAX = 1024 * 1024
BATCH_FILES = 400
KEPT_BATCH = 4_000
WORD_LENGTH_MAX = 80
_WORD = re.compile(r"[A-Za-z_$][\w$]*(?:-\w+)*")
_PUNCTUATION = re.compile(r"[\W_]+")
_BINARY = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".ico",
        ".pdf",
        ".zip",
        ".gz",
        ".tgz",
        ".bz2",
        ".xz",
        ".zst",
        ".jar",
        ".war",
        ".class",
        ".so",
        ".dll",
        ".exe",
        ".woff",
        ".woff2",
        ".ttf",
        ".eot",
        ".otf",
        ".mp4",
        ".mov",
        ".avro",
        ".parquet",
        ".orc",
        ".pb",
        ".pkl",
        ".npy",
        ".npz",
        ".h5",
        ".bin",
        ".svg",
        ".lock",
        ".sum",
        ".pyc",
        ".whl",
        ".min.js",
        ".map",
        ".fits",
        ".bam",
    ]
)


def normal(name: str) -> str:
    """Returns a name without its case style: small letters and digits only."""
    return _PUNCTUATION.sub("", name.lower())


def words_of(text: str) -> bytes:
    """Returns the words of a text, each once, sorted, with a line end before and behind each."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        if len(word) <= WORD_LENGTH_MAX:
            found.add(word)
            if "-" in word:
                found.update(word.split("-"))
    return ("\n" + "\n".join(sorted(found)) + "\n").encode("utf-8", "replace")


def styleless(words: bytes) -> bytes:
    """Returns the words without their case styles."""
    return words.lower().translate(None, b"_-$")


class Words:
    """The words of one tree's files."""

    def __init__(self, tree: Tree, index: Index) -> None:
        self._tree = tree
        self._index = index
        self.entries: dict[str, TreeEntry] = {entry.path: entry for entry in tree.snapshot.entries if entry.digest}
        self._read = sorted(path for path, entry in self.entries.items() if _is_read(entry))

    @property
    def count(self) -> int:
        """Returns how many files are read; the others are known by their paths and their past alone."""
        return len(self._read)

    def each(self) -> Iterator[tuple[str, bytes]]:
        """Yields each path with its words, in no order that means anything; memory stays flat on any tree."""
        for start in range(0, len(self._read), KEPT_BATCH):
            yield from self._batch(self._read[start : start + KEPT_BATCH])

    def _batch(self, paths: list[str]) -> Iterator[tuple[str, bytes]]:
        digests = {path: self.entries[path].digest for path in paths}
        kept = self._index.get(WORDS_KIND, sorted(set(digests.values())))
        missing: dict[str, str] = {}
        for path, digest in digests.items():
            if digest in kept:
                yield path, zlib.decompress(kept[digest])
            else:
                missing[path] = digest
        for start in range(0, len(missing), BATCH_FILES):
            yield from self._fresh(dict(list(missing.items())[start : start + BATCH_FILES]))

    def _fresh(self, digests: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
        derived: dict[str, bytes] = {}
        for path, file in self._tree.read(digests).items():
            words = words_of(file.text) if isinstance(file, SourceFile) else b"\n"
            derived[digests[path]] = zlib.compress(words, 1)
            yield path, words
        self._index.put(WORDS_KIND, derived)


def _is_read(entry: TreeEntry) -> bool:
    return entry.size_bytes <= FILE_BYTES_MAX and posixpath.splitext(entry.path)[1].lower() not in _BINARY


def rarity(count: int, total: int) -> float:
    """Returns how telling a name is that `count` of `total` files have: 1 for one of many, towards 0 for all of them."""
    if total <= 1:
        return 1.0
    return max(0.0, math.log((total + 1) / (count + 0.5)) / math.log((total + 1) / 0.5))


def parts_of(name: str) -> list[str]:
    """Returns the words that a name consists of: user, id of `userId`."""
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def last_names(names: Iterable[str]) -> list[str]:
    """Returns the part behind the last dot of each name."""
    return [name.replace("[]", "").replace("{}", "").rsplit(".", 1)[-1] for name in names]
