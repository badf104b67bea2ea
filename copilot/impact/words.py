"""Which files name which words? Reads every text of a tree once, keeps its words by blob, and answers from what is kept.

A word is looked for in any case style: `user_id`, `userId`, `UserID` and `user-id` are one.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping

from copilot.domain.source import ABSENT, Gap, SourceFile, TreeEntry
from copilot.ports import Index, OneByOne, Spread, Tree

WORDS_KIND = "impact-words-2"
FILE_BYTES_MAX = 1024 * 1024
BATCH_BYTES_MAX = 16 * 1024 * 1024
"""Texts that are read at once, so that memory stays flat."""
KEPT_BATCH = 4_000
HELD_BYTES_MAX = 64 * 1024 * 1024
"""What one look at the words may hold for the next one."""
WORD_LENGTH_MAX = 80
LINE_LENGTH_MAX = 10_000
"""A longer line may be data: pictures in notebooks hold more words by chance than all code around them."""
_ENCODED = re.compile(r"[A-Za-z0-9+/=]{60,}")
_WORD = re.compile(r"[A-Za-z_$][\w$]*(?:-\w+)*")
_PLAIN = re.compile(rb"^[A-Za-z_$][A-Za-z0-9_$]*$", re.MULTILINE)
_IN_WORDS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$-") | frozenset(range(128, 256))
_SPACED = bytes(byte if byte in _IN_WORDS else 32 for byte in range(256))
_PUNCTUATION = re.compile(r"[\W_]+")
_NO_WORDS = zlib.compress(b"\n", 1)
_BINARY = (
    ".png", ".jpg", ".jpeg", ".gif", ".ico", ".pdf", ".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".jar", ".war", ".class",
    ".so", ".dll", ".exe", ".woff", ".woff2", ".ttf", ".eot", ".otf", ".mp4", ".mov", ".avro", ".parquet", ".orc", ".pb", ".pkl",
    ".npy", ".npz", ".h5", ".bin", ".svg", ".lock", ".sum", ".pyc", ".whl", ".map", ".fits", ".bam",
)  # fmt: skip
COMPILED = (".pyc", ".pyo", ".class", ".so", ".dll", ".exe")


def normal(name: str) -> str:
    """Returns a name without its case style: small letters and digits only."""
    return _PUNCTUATION.sub("", name.lower())


def words_of(text: str) -> bytes:
    """Returns the words of a text, each once, sorted, with a line end before and behind each."""
    # Cutting bytes takes half of the time of the expression, which is left for pieces that are not one plain word.
    pieces = set(_without_data(text).encode("utf-8", "replace").translate(_SPACED).split())
    found = set(_PLAIN.findall(b"\n".join(pieces)))
    if len(found) < len(pieces):
        for word in map(str.encode, _WORD.findall(b"\n".join(pieces - found).decode())):
            found.update((word, *word.split(b"-")) if len(word) <= WORD_LENGTH_MAX else ())
    return b"\n" + b"\n".join(sorted(it for it in found if len(it) <= WORD_LENGTH_MAX)) + b"\n"


def _without_data(text: str) -> str:
    if len(text) <= LINE_LENGTH_MAX:
        return text
    lines = text.split("\n")
    return "\n".join(_ENCODED.sub(" ", line) if len(line) > LINE_LENGTH_MAX else line for line in lines)


def kept_words(text: str) -> bytes:
    """Returns the words as they are kept."""
    return zlib.compress(words_of(text), 1)


def styleless(words: bytes) -> bytes:
    """Returns the words without their case styles."""
    return words.lower().translate(None, b"_-$")


class Words:
    """The words of one tree's files."""

    def __init__(self, tree: Tree, index: Index, spread: Spread | None = None) -> None:
        self._tree = tree
        self._index = index
        self._spread = spread or OneByOne()
        self.entries: dict[str, TreeEntry] = {entry.path: entry for entry in tree.snapshot.entries if entry.digest}
        self._read = sorted(path for path, entry in self.entries.items() if _is_read(entry))
        self.absent: set[str] = set()
        self._held: dict[str, bytes] = {}
        self._held_bytes = 0

    @property
    def count(self) -> int:
        """Returns how many files are to be read; the others are known by their paths and their past alone.

        Those of them that the clone lacks are `absent` when all are read.
        """
        return len(self._read)

    def each(self, ends: tuple[str, ...] = ("",)) -> Iterator[tuple[str, bytes]]:
        """Yields each path with one of these ends and its words, in no order that means anything; memory stays flat on any tree."""
        wanted = [path for path in self._read if path.endswith(ends)]
        for start in range(0, len(wanted), KEPT_BATCH):
            yield from self._batch(wanted[start : start + KEPT_BATCH])

    def _batch(self, paths: list[str]) -> Iterator[tuple[str, bytes]]:
        digests = {path: self.entries[path].digest for path in paths}
        held = self._held
        kept = self._index.get(WORDS_KIND, sorted({digest for digest in digests.values() if digest not in held}))
        self._hold(kept)
        for path, digest in digests.items():
            if digest in kept or digest in held:
                yield path, zlib.decompress(kept[digest] if digest in kept else held[digest])
        for missing in self._portions([path for path, it in digests.items() if it not in kept and it not in held]):
            fresh = self._fresh({path: digests[path] for path in missing})
            for path in missing:
                yield path, zlib.decompress(fresh[digests[path]])

    def _hold(self, kept: Mapping[str, bytes]) -> None:
        self._held_bytes += sum(map(len, kept.values()))
        if self._held_bytes <= HELD_BYTES_MAX:
            self._held.update(kept)

    def _portions(self, paths: list[str]) -> Iterator[list[str]]:
        """Yields the paths in lists that are not too large to be read at once."""
        portion: list[str] = []
        size = 0
        for path in paths:
            if size + self.entries[path].size_bytes > BATCH_BYTES_MAX and portion:
                yield portion
                portion, size = [], 0
            portion.append(path)
            size += self.entries[path].size_bytes
        if portion:
            yield portion

    def _fresh(self, digests: Mapping[str, str]) -> dict[str, bytes]:
        read = self._tree.read(digests)
        texts = {digests[path]: file.text for path, file in read.items() if isinstance(file, SourceFile)}
        absent = {path for path, file in read.items() if isinstance(file, Gap) and ABSENT in file.reason}
        derived = dict.fromkeys(digests.values(), _NO_WORDS) | self._spread.begin(kept_words, texts)()
        # What the clone lacks today, it may have tomorrow.
        gone = {digests[path] for path in absent}
        self._index.put(WORDS_KIND, {digest: words for digest, words in derived.items() if digest not in gone})
        self.absent |= absent
        return derived


def _is_read(entry: TreeEntry) -> bool:
    return entry.size_bytes <= FILE_BYTES_MAX and not entry.path.lower().endswith(_BINARY)


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
