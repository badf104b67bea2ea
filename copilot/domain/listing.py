"""The files of a tree by path; those of a large one by column, because few of a hundred thousand entries are ever asked for."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count, repeat
from typing import Protocol, overload

from copilot.domain.source import TreeEntry

FILE_MODE = "100644"
SUBMODULE_MODE = "160000"
ID_BYTES = 20
_AS_TUPLE = tuple.__new__


class Files(Protocol):
    """The entries of a tree by path."""

    def __getitem__(self, path: str, /) -> TreeEntry: ...

    def __contains__(self, path: object, /) -> bool: ...

    def __iter__(self) -> Iterator[str]: ...

    def __len__(self) -> int: ...

    def get(self, path: str, /) -> TreeEntry | None:
        """Returns the entry of a path, None where it isn't listed."""
        ...

    def digests(self, paths: Iterable[str]) -> dict[str, str]:
        """Returns the digests of paths that are listed."""
        ...


class FewFiles(dict[str, TreeEntry]):
    """Entries that are there one by one."""

    def digests(self, paths: Iterable[str]) -> dict[str, str]:
        """Returns the digests of paths that are listed."""
        return {path: self[path].digest for path in paths}


class Columns(Sequence[TreeEntry]):
    """Entries sorted by path, of which each is made when it is asked for; `digests` are binary, all of one length.

    `odd_modes` are those that are no plain file's.
    """

    def __init__(
        self,
        paths: list[str],
        digests: bytearray,
        sizes: array[int],
        odd_modes: Mapping[str, str],
        id_bytes: int = ID_BYTES,
    ) -> None:
        self.paths = paths
        self.sizes = sizes
        self.binary = digests
        self.odd_modes = odd_modes
        self.id_bytes = id_bytes

    @overload
    def __getitem__(self, at: int) -> TreeEntry: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[TreeEntry, ...]: ...

    def __getitem__(self, at: int | slice) -> TreeEntry | tuple[TreeEntry, ...]:
        if isinstance(at, slice):
            return tuple(map(self.__getitem__, range(*at.indices(len(self)))))
        path = self.paths[at]
        return TreeEntry(path, self.digest(at), self.sizes[at], self.odd_modes.get(path, FILE_MODE))

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[TreeEntry]:
        # Not one by one, and not by `TreeEntry._make`, which is Python: this takes a third of the time for a hundred thousand.
        text, width = self.binary.hex(), 2 * self.id_bytes
        digests = [text[at : at + width] for at in range(0, len(text), width)]
        modes = map(self.odd_modes.get, self.paths, repeat(FILE_MODE))
        return map(_AS_TUPLE, repeat(TreeEntry), zip(self.paths, digests, self.sizes, modes, strict=True))

    def digest(self, at: int) -> str:
        """Returns the digest of one entry as git writes it."""
        start = (at % len(self.paths)) * self.id_bytes
        return self.binary[start : start + self.id_bytes].hex()

    @cached_property
    def by_path(self) -> ColumnsByPath:
        """The same entries by path."""
        return ColumnsByPath(self)


class ColumnsByPath(Mapping[str, TreeEntry]):
    """The entries of columns by path."""

    def __init__(self, entries: Columns) -> None:
        self._entries = entries
        self._places = dict(zip(entries.paths, count()))

    def __getitem__(self, path: str) -> TreeEntry:
        return self._entries[self._places[path]]

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def digests(self, paths: Iterable[str]) -> dict[str, str]:
        """Returns the digests of paths that are listed."""
        places, text, width = self._places, self._hexadecimal, 2 * self._entries.id_bytes
        starts = ((path, places[path] * width) for path in paths)
        return {path: text[start : start + width] for path, start in starts}

    @cached_property
    def _hexadecimal(self) -> str:
        # Cutting one long text takes a third of the time of turning each digest into a text of its own.
        return self._entries.binary.hex()


def files_by_path(entries: Sequence[TreeEntry]) -> Files:
    """Returns the entries of a snapshot by path."""
    if isinstance(entries, Columns):
        return entries.by_path
    return FewFiles(zip(map(_path_of, entries), entries, strict=True))


def paths_with_mode(entries: Sequence[TreeEntry], mode: str) -> list[str]:
    """Returns the paths of the entries that have a mode which is no plain file's."""
    if isinstance(entries, Columns):
        return [path for path, odd in entries.odd_modes.items() if odd == mode]
    return [entry.path for entry in entries if entry.mode == mode]


def place_in(paths: Sequence[str], path: str) -> tuple[int, bool]:
    """Returns where a path stands among sorted ones, or would stand, and whether it is there."""
    at = bisect_left(paths, path)
    return at, at < len(paths) and paths[at] == path


def entry_in(entries: Sequence[TreeEntry], path: str) -> TreeEntry | None:
    """Returns the entry of a path in a sorted listing, without looking at all of them; None where it isn't listed."""
    if isinstance(entries, Columns):
        at, is_there = place_in(entries.paths, path)
    else:
        at = bisect_left(entries, path, key=_path_of)
        is_there = at < len(entries) and entries[at].path == path
    return entries[at] if is_there else None


def _path_of(entry: TreeEntry) -> str:
    return entry.path
