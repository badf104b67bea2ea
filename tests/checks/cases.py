"""Cases for the checks, built by hand: a tree in memory, patches of it, and the maps around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from copilot.domain.alternative import Alternative, Edit, Phase
from copilot.domain.codec import digest_of_text
from copilot.domain.operation import ChangeRequest, Limits
from copilot.domain.patch import Patch
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import Gap, Snapshot, SourceFile, Span, TreeEntry
from copilot.ports import Case

COMMIT = "1" * 40


@dataclass(frozen=True, slots=True)
class MemoryTree:
    """A tree whose files are given."""

    snapshot: Snapshot
    files: Mapping[str, str]
    binaries: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        return self.snapshot.commit

    @property
    def digest(self) -> str:
        return digest_of_text(repr(self.snapshot))

    def read(self, paths: Iterable[str]) -> Mapping[str, SourceFile | Gap]:
        return {path: self._read(path) for path in paths}

    def read_bytes(self, paths: Iterable[str]) -> Mapping[str, bytes | Gap]:
        absent = {path: Gap(Span(path, 1, 1), "does not exist") for path in paths if path not in self.binaries}
        return {**absent, **{path: self.binaries[path] for path in paths if path in self.binaries}}

    def _read(self, path: str) -> SourceFile | Gap:
        for entry in self.snapshot.entries:
            if entry.path == path and entry.mode in ("100644", "100755"):
                return SourceFile(path, self.files[path], entry.digest)
        return Gap(Span(path, 1, 1), "does not exist")


def tree_of(
    files: Mapping[str, str], modes: Mapping[str, str] | None = None, binaries: Mapping[str, bytes] | None = None
) -> MemoryTree:
    entries = [
        TreeEntry(path, digest_of_text(text), len(text.encode()), (modes or {}).get(path, "100644"))
        for path, text in files.items()
    ]
    entries += [
        TreeEntry(path, digest_of_text(repr(data)), len(data), "100644") for path, data in (binaries or {}).items()
    ]
    return MemoryTree(Snapshot(COMMIT, tuple(sorted(entries))), files, binaries or {})


def empty_map(commit: str = COMMIT) -> PipelineMap:
    return PipelineMap(commit, (), (), (), (), (), (), (), (), (), 0)


def alternative_of(*phases: tuple[Edit, ...], id: str = "try-000001") -> Alternative:
    named = tuple(Phase(f"phase {number}", edits, ()) for number, edits in enumerate(phases, 1))
    return Alternative(id, "a try", "rules", "a try", named, "")


def case_of(
    alternative: Alternative,
    patches: tuple[Patch, ...] = (),
    commands: tuple[str, ...] = (),
    limits: Limits | None = None,
) -> Case:
    request = ChangeRequest("a try", (), COMMIT, "ada", commands=commands, limits=limits or Limits())
    return Case(request, empty_map(), (), alternative, patches, tuple(empty_map() for _ in patches))
