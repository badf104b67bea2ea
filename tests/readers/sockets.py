"""Second implementations of the sockets that readers ask: a tree, its history and a cache, all in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import Gap, PastFile, Snapshot, SourceFile, Span, TreeEntry
from copilot.formats.avro import AvroFormat
from copilot.ports import Index
from copilot.readers.mapper import PipelineMapper
from copilot.settings import Settings


def blob(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogatepass")).hexdigest()


class MemoryTree:
    """A tree of texts; `paths_read` counts what was asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)
        self.paths_read: list[str] = []
        entries = (TreeEntry(path, blob(text), len(text.encode()), "100644") for path, text in texts.items())
        self.snapshot = Snapshot("c0ffee", tuple(sorted(entries, key=lambda entry: entry.path)))

    @property
    def commit(self) -> str:
        return self.snapshot.commit

    @property
    def digest(self) -> str:
        return blob(repr(self.snapshot))

    def read_bytes(self, paths: Iterable[str]) -> Mapping[str, bytes | Gap]:
        return {path: Gap(Span(path, 1, 1), "is not there") for path in paths}

    def read(self, paths: Iterable[str]) -> Mapping[str, SourceFile | Gap]:
        wanted = list(paths)
        self.paths_read += wanted
        return {
            path: SourceFile(path, self._texts[path], blob(self._texts[path]))
            if path in self._texts
            else Gap(Span(path, 1, 1), "is not there")
            for path in wanted
        }


class MemoryHistory:
    """A history given as the texts that each path had, oldest first; those in `without` are known by name only."""

    def __init__(self, past: Mapping[str, Sequence[str]] | None = None, without: Sequence[str] = ()) -> None:
        self._past = past or {}
        self._texts = {blob(text): text for texts in self._past.values() for text in texts if text not in without}

    def versions(self, paths: Sequence[str]) -> Mapping[str, tuple[PastFile, ...]]:
        return {
            path: tuple(
                PastFile(path, blob(text), f"commit{number}", f"2026-01-0{number}T00:00:00Z")
                for number, text in enumerate(self._past.get(path, ()), 1)
            )
            for path in paths
        }

    def texts(self, digests: Iterable[str]) -> Mapping[str, str]:
        return {digest: self._texts[digest] for digest in digests if digest in self._texts}


class MemoryIndex:
    """A cache in a dict."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], bytes] = {}

    def get(self, kind: str, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self.entries[kind, key] for key in keys if (kind, key) in self.entries}

    def put(self, kind: str, entries: Mapping[str, bytes]) -> None:
        self.entries.update({(kind, key): value for key, value in entries.items()})


def map_of(
    texts: Mapping[str, str],
    past: Mapping[str, Sequence[str]] | None = None,
    index: Index | None = None,
    settings: Settings | None = None,
) -> PipelineMap:
    """Maps texts by path."""
    mapper = PipelineMapper({"avro": AvroFormat()}, MemoryHistory(past), index or MemoryIndex())
    return mapper.map(MemoryTree(texts), settings or Settings())
