"""Reads a repository together with its clones: each by itself first, then those that consume what another one writes once more.

The clones are read around the base commit of a line once, and joined with the map of each state of the repository: nothing that a
patch changes here changes what they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from copilot.domain.clones import Clone
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import Gap
from copilot.errors import CopilotError
from copilot.ports import Mapper, Tree
from copilot.readers.beyond import NOTHING, Beyond, beyond
from copilot.readers.consumers import with_consumers
from copilot.readers.joining import joined
from copilot.readers.moving import given_to, moved, names_of
from copilot.settings import Settings

Reader = Callable[[Beyond], Mapper]
"""Gives the mapper of one repository that knows what is written beyond it."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A clone that can be read: its tree at the commit that counts, its own settings, and who reads it."""

    clone: Clone
    tree: Tree
    settings: Settings
    reader: Reader


@dataclass(frozen=True, slots=True)
class _Around:
    """What was read around the base: clones with their maps under the names that they have here, and what they write."""

    clones: tuple[Clone, ...]
    maps: tuple[PipelineMap, ...]
    gaps: tuple[Gap, ...]
    beyond: Beyond


class JoinedMapper:
    """Maps states of one repository together with what lies beyond it.

    `base` is the tree that the clones are read around; `gaps` tell of clones that could not be opened.
    """

    def __init__(self, base: Tree, reader: Reader, neighbours: Sequence[Neighbour], gaps: Sequence[Gap]) -> None:
        self._base = base
        self._reader = reader
        self._neighbours = tuple(neighbours)
        self._gaps = tuple(gaps)
        self._around: dict[Settings, _Around] = {}

    def map(self, tree: Tree, settings: Settings) -> PipelineMap:
        """Returns the map of the tree and all that lies around it."""
        if settings not in self._around:
            self._around[settings] = self._read_around(settings)
        around = self._around[settings]
        own = self._reader(around.beyond).map(tree, settings)
        return with_consumers(joined(own, around.maps, around.clones, around.gaps), settings.consumers)

    def _read_around(self, settings: Settings) -> _Around:
        own = self._reader(NOTHING).map(self._base, settings)
        gaps = list(self._gaps)
        read: list[tuple[Neighbour, dict[str, str], PipelineMap]] = []
        for neighbour in self._neighbours:
            problem = _name_problem(neighbour.clone, own, self._base)
            pipeline = problem or _read(neighbour, NOTHING)
            if isinstance(pipeline, Gap):
                gaps.append(pipeline)
                continue
            subjects = [subject for one in (own, *(it[2] for it in read)) for subject in one.subjects]
            names = names_of(pipeline, neighbour.clone.name, subjects)
            read.append((neighbour, names, moved(pipeline, neighbour.clone, names)))
        maps = [it[2] for it in read]
        again = [_again(*it, [own, *(one for one in maps if one is not it[2])]) for it in read]
        known = {it[0].clone.name: replace(it[0].clone, files_read=it[2].files_read) for it in read}
        clones = tuple(known.get(clone.name, clone) for clone in settings.clones)
        return _Around(clones, tuple(again), tuple(gaps), beyond(own, maps))


def _again(neighbour: Neighbour, names: dict[str, str], first: PipelineMap, others: list[PipelineMap]) -> PipelineMap:
    """Returns a clone's map read with what others write to the topics that it consumes; the first one where nobody does."""
    written = given_to(beyond(first, others), names)
    pipeline = _read(neighbour, written) if written.links else None
    return moved(pipeline, neighbour.clone, names) if isinstance(pipeline, PipelineMap) else first


def _read(neighbour: Neighbour, written: Beyond) -> PipelineMap | Gap:
    try:
        return neighbour.reader(written).map(neighbour.tree, neighbour.settings)
    except CopilotError as error:
        clone = neighbour.clone
        return Gap(clone.span, f"the clone {clone.name} could not be read at {clone.commit[:9]}: {error.what}")


def _name_problem(clone: Clone, own: PipelineMap, base: Tree) -> Gap | None:
    """Returns why a clone's places could be taken for this repository's own, None where they can't."""
    start = f"{clone.name}:"
    paths = (entry.path for entry in base.snapshot.entries)
    names = (it.name for those in (own.subjects, own.jobs) for it in those)
    taken = next((name for name in (*paths, *names) if name.startswith(start)), "")
    if not taken:
        return None
    return Gap(clone.span, f'the clone {clone.name} is not read: "{taken}" of this repository begins like its places')
