"""Schema texts, read once: alone where that suffices, with the other schema files where they refer to them, and kept by blob.

What a text means depends on it alone, or on it and the files around it; the key that it is kept under covers what it was read
with.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from operator import attrgetter
from typing import Any, cast

from copilot.domain.schema import SchemaField, SchemaHost, SchemaPart, SchemaSource, SchemaVersion
from copilot.domain.source import ABSENT, Gap, Span
from copilot.ports import History, Index, SchemaFormat
from copilot.readers.facts import LOADED_MAX, Literal
from copilot.readers.packing import built
from copilot.readers.schema_literals import GUESS
from copilot.readers.store import FactStore

SCHEMA_KIND = "schema-facts-8"


@dataclass(frozen=True, slots=True)
class Text:
    """A schema text at a place, not read yet; `is_guess` tells that it may well be none."""

    format: str
    source: SchemaSource
    text: str
    is_guess: bool = False


class SchemaTexts:
    """Reads schema texts of the present tree, whose schema files have these paths, and of the past."""

    def __init__(
        self,
        formats: Mapping[str, SchemaFormat],
        history: History,
        index: Index,
        store: FactStore,
        paths: Iterable[str],
    ) -> None:
        self._formats = formats
        self._history = history
        self._index = index
        self._store = store
        self._unread: dict[SchemaSource, str] = {}
        self._paths = {store.entries[path].digest: path for path in paths if store.entries[path].digest}

    def why_unread(self, source: SchemaSource) -> str:
        """Returns why an earlier text, which `read` was asked for, is not among its answers."""
        return self._unread.get(source, f"it {ABSENT}, or is no text")

    def is_present(self, source: SchemaSource) -> bool:
        """Tells whether a text stands in the present tree."""
        entry = self._store.entries.get(source.path)
        return entry is not None and entry.digest == source.digest

    def read_ahead(self, texts: list[Text]) -> None:
        """Reads schema texts alone, and keeps what comes of it."""
        self._read_with(texts, {text.source: {} for text in texts})

    def read(
        self, texts: list[Text], siblings_of: Callable[[SchemaSource], Mapping[str, str]]
    ) -> dict[SchemaSource, SchemaVersion]:
        """Reads schema texts: alone first, with their siblings where a reference asks for it; what fails becomes a gap."""
        read = self._read_with(texts, {text.source: {} for text in texts})
        failed = [text for text in texts if isinstance(read.get(text.source), Gap)]
        siblings = {text.source: siblings_of(text.source) for text in failed}
        read.update(self._read_with([text for text in failed if siblings[text.source]], siblings))
        guesses = {text.source for text in texts if text.is_guess}
        for source, outcome in read.items():
            if isinstance(outcome, Gap) and source in guesses:
                continue
            if isinstance(outcome, Gap) and self.is_present(source):
                self._store.gaps.add(outcome)
            elif isinstance(outcome, Gap):
                self._unread[source] = outcome.reason
        return {source: outcome for source, outcome in read.items() if isinstance(outcome, SchemaVersion)}

    def _read_with(
        self, texts: list[Text], siblings: Mapping[SchemaSource, Mapping[str, str]]
    ) -> dict[SchemaSource, SchemaVersion | Gap]:
        keys = {text.source: _key(text, siblings[text.source]) for text in texts}
        read = _outcomes(self._index.get(SCHEMA_KIND, sorted(set(keys.values()))), keys)
        missing = [text for text in texts if text.source not in read]
        blobs = {text.source.digest: text.source.path for text in missing if not text.text}
        blobs.update({blob: path for text in missing for path, blob in siblings[text.source].items()})
        found = self._blob_texts(blobs)
        fresh: dict[str, bytes] = {}
        for text in missing:
            schema = text.text or found.get(text.source.digest)
            if schema is not None and keys[text.source] not in fresh:
                others = {path: found[blob] for path, blob in siblings[text.source].items() if blob in found}
                size = len(schema.encode("utf-8", "surrogatepass"))
                source = replace(text.source, end=size) if _is_whole(text.source) else text.source
                outcome = self._formats[text.format].parse(schema, source, others)
                fresh[keys[text.source]] = _dumped(outcome, source)
        self._index.put(SCHEMA_KIND, fresh)
        return {**read, **_outcomes(fresh, keys)}

    def _blob_texts(self, blobs: Mapping[str, str]) -> dict[str, str]:
        """Returns the texts of blobs, each with a path that it stood at: from the tree where it is still there."""
        if not blobs:
            return {}
        entries = self._store.entries
        now = {blob: path for blob, path in blobs.items() if path in entries and entries[path].digest == blob}
        now |= {blob: self._paths[blob] for blob in blobs if blob in self._paths}
        present = self._store.text(sorted(set(now.values())))
        texts = dict(self._history.texts(sorted(blobs.keys() - now.keys()))) if blobs.keys() - now.keys() else {}
        texts.update({blob: present[path] for blob, path in now.items() if path in present})
        return texts


def part_source(path: str, digest: str, commit: str, part: SchemaPart) -> SchemaSource:
    """Returns the source of one schema of a file that holds several."""
    return SchemaSource(path, digest, commit, "file", part.start, part.end, Span(path, part.first_line, part.last_line))


def literal_source(path: str, digest: str, commit: str, literal: Literal) -> SchemaSource:
    """Returns the source of a schema literal in the code."""
    host = cast(SchemaHost, literal.host if literal.host != GUESS else "python-code")
    return SchemaSource(
        path, digest, commit, host, literal.start, literal.end, Span(path, literal.line, literal.last_line)
    )


def _is_whole(source: SchemaSource) -> bool:
    """Tells whether a source is all of a file: a part of one starts after its first byte."""
    return source.host == "file" and source.start == 0


def _key(text: Text, siblings: Mapping[str, str]) -> str:
    parts = [text.format, text.source.digest, text.source.host, str(text.source.start)]
    if siblings:
        listed = "\n".join(f"{path}\0{digest}" for path, digest in sorted(siblings.items()))
        parts += [text.source.path, listed]
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


_DESCRIBED = attrgetter("path", "name", "record", "type", "default", "aliases", "doc", "logical_type")


def _dumped(read: SchemaVersion | Gap, source: SchemaSource) -> bytes:
    path = source.path
    if isinstance(read, Gap):
        place = "" if read.span.path == path else read.span.path
        return marshal.dumps((read.span.first_line, read.span.last_line, read.reason.replace(path, "\0"), place))
    columns = list(zip(*map(_DESCRIBED, read.fields), strict=True))
    spans = [field.span for field in read.fields]
    fields = (
        *columns,
        tuple("" if span.path == path else span.path for span in spans),
        tuple(span.first_line for span in spans),
        tuple(span.last_line for span in spans),
    )
    last = read.text.count("\n") + source.span.first_line
    return marshal.dumps(
        (read.name, read.fingerprint, read.meaning, fields, read.text, read.resolved, source.end, last)
    )


def _outcomes(data: Mapping[str, bytes], keys: Mapping[SchemaSource, str]) -> dict[SchemaSource, SchemaVersion | Gap]:
    """Returns what can be loaded, by source."""
    loaded = ((source, _loaded(data[key], source)) for source, key in keys.items() if key in data)
    return {source: outcome for source, outcome in loaded if outcome is not None}


@lru_cache(maxsize=LOADED_MAX)
def _loaded(data: bytes, source: SchemaSource) -> SchemaVersion | Gap | None:
    try:
        return _read_row(marshal.loads(data), source)
    except (EOFError, ValueError, TypeError):
        return None


def _read_row(row: tuple[Any, ...], source: SchemaSource) -> SchemaVersion | Gap:
    if len(row) == 4:
        return Gap(Span(row[3] or source.path, row[0], row[1]), row[2].replace("\0", source.path))
    name, fingerprint, meaning, columns, text, resolved, end, last = row
    *described, places, first_lines, last_lines = columns
    spans = built(Span, [place or source.path for place in places], first_lines, last_lines)
    fields = built(SchemaField, *described, spans) if spans else ()
    if _is_whole(source):
        source = replace(source, end=end, span=Span(source.path, 1, last))
    return SchemaVersion("", 0, name, fingerprint, meaning, fields, text, resolved, source)
