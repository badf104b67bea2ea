"""Schemas and their histories: subjects, versions, fields, and where each text stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from copilot.domain.levels import Level
from copilot.domain.source import Span

_DERIVED = re.compile(r"\{\s*\*\*|[\w.]+\(")
SchemaHost = Literal["file", "python-dict", "python-string", "python-code"]


@dataclass(frozen=True, slots=True)
class SchemaSource:
    """Where a schema text stands: a file of its own, or a literal inside code.

    `start` and `end` are offsets in UTF-8 bytes of the literal inside the file (0 and the file's length for a file of its
    own; a schema of a file that holds several starts after 0). For a "python-string" they enclose the JSON text itself, without
    the quotes; for "python-code", a schema that code puts together from constants, the expression that it begins with.
    """

    path: str
    digest: str
    commit: str
    host: SchemaHost
    start: int
    end: int
    span: Span


@dataclass(frozen=True, slots=True)
class SchemaPart:
    """One schema of a file that holds several: its full name, "" where it can't be read, and its place in bytes and lines."""

    name: str
    start: int
    end: int
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field, at any depth.

    `path` joins names with "."; "[]" marks an array's items and "{}" a map's values, unions are passed through:
    `detections[].mag`. `record` is the full name of the record that declares it. `type` and `default` are JSON texts
    (sorted keys, no spaces); `default` is None where there is none ("null" is a default of null).
    """

    path: str
    name: str
    record: str
    type: str
    default: str | None
    aliases: tuple[str, ...]
    doc: str
    logical_type: str
    span: Span

    @property
    def is_required(self) -> bool:
        """Tells whether a reader fails on data that lacks the field."""
        return self.default is None


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """One version of a subject; `number` counts from 1 in history order.

    `fingerprint` is the format's canonical one; `meaning` also covers what the canonical form drops (logical types,
    defaults, aliases, docs). `text` is as written; `resolved` is one self-contained JSON text with references to sibling
    files inlined, which is what rules and decoders work on. `name` is the full name of the outermost type.
    """

    subject: str
    number: int
    name: str
    fingerprint: str
    meaning: str
    fields: tuple[SchemaField, ...]
    text: str
    resolved: str
    source: SchemaSource

    @property
    def is_derived(self) -> bool:
        """Tells whether code makes it out of another schema, which it follows: a changed copy or file, a dict that spreads one."""
        return self.source.host == "python-code" and bool(_DERIVED.match(self.text))


@dataclass(frozen=True, slots=True)
class SchemaSubject:
    """A schema with its history, oldest first; the last version is the one in the snapshot.

    `compatibility` is the level it must keep, `level_source` where that level was read ("copilot.toml:12", or "assumed").
    `copies` are other places of the snapshot that hold the same schema (same root name, equal or drifted);
    `copy_versions` are those copies as read, in any order, so that a drifted one is not edited where it lacks the field.
    """

    name: str
    format: str
    compatibility: Level
    level_source: str
    versions: tuple[SchemaVersion, ...]
    copies: tuple[SchemaSource, ...]
    copy_versions: tuple[SchemaVersion, ...] = ()

    @property
    def latest(self) -> SchemaVersion:
        return self.versions[-1]
