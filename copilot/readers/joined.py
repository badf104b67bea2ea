"""Reads a repository together with its clones: each by itself first, then once more with what the others write and hold.

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
from copilot.readers.beyond import NOTHING, Beyond, beyond, lacks_schemas
from copilot.readers.consumers import with_consumers
from copilot.readers.joining import joined
from copilot.readers.moving import given_to, moved, names_of
from copilot.settings import Settings

ROUNDS_MAX = 3
"""One finds the schemas that producers name in other repositories, one what consumers read by their topics, one proves the end."""
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
        others: list[_Other] = []
        for neighbour in self._neighbours:
            pipeline = _name_problem(neighbour.clone, own, self._base) or _read(neighbour, NOTHING)
            if isinstance(pipeline, Gap):
                gaps.append(pipeline)
                continue
            subjects = [subject for one in (own, *(it.pipeline for it in others)) for subject in one.subjects]
            names = names_of(pipeline, neighbour.clone.name, subjects)
            others.append(_Other(neighbour, names, moved(pipeline, neighbour.clone, names), lacks_schemas(pipeline)))
        known = {it.neighbour.clone.name: it for it in others}
        clones = tuple(known[it.name].clone if it.name in known else it for it in settings.clones)
        seen, others = self._rounds(own, others, settings)
        return _Around(clones, tuple(it.pipeline for it in others), tuple(gaps), seen)

    def _rounds(self, own: PipelineMap, others: list[_Other], settings: Settings) -> tuple[Beyond, list[_Other]]:
        """Reads each repository again with what the others were found to hold, until nothing new is found."""
        is_lacking = lacks_schemas(own)
        seen = NOTHING
        for _ in range(ROUNDS_MAX):
            maps = [it.pipeline for it in others]
            now = beyond(own, maps, with_files=is_lacking)
            again = [it.again([own, *(one for one in maps if one is not it.pipeline)]) for it in others]
            if now == seen and again == others:
                break
            if now != seen:
                own = self._reader(now).map(self._base, settings)
            seen, others = now, again
        return seen, others


@dataclass(frozen=True, slots=True)
class _Other:
    """A clone as read last: the names of its subjects here, its map under them, and what was known of the others then."""

    neighbour: Neighbour
    names: dict[str, str]
    pipeline: PipelineMap
    is_lacking: bool
    seen: Beyond = NOTHING

    @property
    def clone(self) -> Clone:
        return replace(self.neighbour.clone, files_read=self.pipeline.files_read)

    def again(self, others: Sequence[PipelineMap]) -> _Other:
        """Returns it as it reads with what the others hold now."""
        now = given_to(beyond(self.pipeline, others, with_files=self.is_lacking), self.names)
        if now == self.seen:
            return self
        pipeline = _read(self.neighbour, now)
        if isinstance(pipeline, Gap):
            return self
        return replace(self, pipeline=moved(pipeline, self.neighbour.clone, self.names), seen=now)


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
