"""Keeps whole maps, so that a tree that was read before is one look-up, without even importing what reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import ABSENT, Snapshot
from copilot.ports import Index, Mapper, Tree
from copilot.readers.packing import pack, unpack
from copilot.settings import Settings

MAP_KIND = "map-6"


class KeptMapper:
    """Another mapper's maps, each read once.

    `stamp` names all that a map hangs on besides the tree, its commit and the settings: the program, and what the clone knows of
    its past. `reader` is asked for only where a tree has to be read.
    """

    def __init__(self, index: Index, stamp: str, reader: Callable[[], Mapper]) -> None:
        self._index = index
        self._stamp = stamp
        self._reader = reader

    def map(self, tree: Tree, settings: Settings) -> PipelineMap:
        """Returns the map of the tree, the same one whether it was kept or is read."""
        key = self._key(tree.snapshot, settings)
        kept = load_map(self._index.get(MAP_KIND, [key]).get(key, b""))
        if kept is not None:
            return replace(kept, uncommitted_count=tree.snapshot.uncommitted_count)
        found = self._reader().map(tree, settings)
        # A file that this clone lacks today may be there tomorrow under the same commit.
        if not any(ABSENT in gap.reason for gap in found.gaps):
            self._index.put(MAP_KIND, {key: dump_map(found)})
        return found

    def _key(self, snapshot: Snapshot, settings: Settings) -> str:
        listed = "\0".join(f"{entry.path}\0{entry.digest}\0{entry.mode}" for entry in snapshot.entries)
        parts = (self._stamp, snapshot.commit, str(snapshot.is_shallow), repr(settings), listed)
        return sha256("\0\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def dump_map(pipeline: PipelineMap) -> bytes:
    """Returns a map as bytes, the same for equal maps."""
    return pack(pipeline)


def load_map(data: bytes) -> PipelineMap | None:
    """Returns the map that the bytes hold, None where they hold none."""
    found = unpack(data)
    return found if isinstance(found, PipelineMap) else None
