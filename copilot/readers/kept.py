"""Keeps whole maps, so that a tree that was read before is one look-up, without even importing what reads it."""

from __future__ import annotations

from collections.abc import Callable

from copilot.domain.codec import digest_of_text
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import ABSENT
from copilot.ports import OF_TREES, Index, Mapper, Tree
from copilot.readers.packing import pack, unpack
from copilot.settings import Settings

MAP_KIND = f"{OF_TREES}map-12"


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
        key = digest_of_text(f"{self._stamp}\0{tree.commit}\0{tree.digest}\0{settings!r}")
        kept = load_map(self._index.get(MAP_KIND, [key]).get(key, b""))
        if kept is not None:
            return kept
        found = self._reader().map(tree, settings)
        # A file that this clone lacks today may be there tomorrow under the same commit.
        if not any(ABSENT in gap.reason for gap in found.gaps):
            self._index.put(MAP_KIND, {key: dump_map(found)})
        return found


def dump_map(pipeline: PipelineMap) -> bytes:
    """Returns a map as bytes, the same for equal maps."""
    return pack(pipeline)


def load_map(data: bytes) -> PipelineMap | None:
    """Returns the map that the bytes hold, None where they hold none."""
    found = unpack(data)
    return found if isinstance(found, PipelineMap) else None
