"""Which schema does a name on the command line mean? A file, a file at a commit (`REV:path`), or the history of a subject."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.errors import SchemaUnreadable, SurroundingsFailed, WrongUsage

if TYPE_CHECKING:
    from copilot.domain.levels import Level
    from copilot.domain.schema import SchemaVersion
    from copilot.ports import SchemaFormat

SIBLINGS_MAX = 500
SCHEMA_BYTES_MAX = 16_000_000


@dataclass(frozen=True, slots=True)
class NamedSchema:
    """A schema and what to call it; `text` is complete, with the types of sibling files put in where it refers to them."""

    label: str
    text: str


def schema_named(name: str, folder: Path, schema_format: SchemaFormat) -> NamedSchema:
    """Returns the schema that `name` means, seen from a folder; raises WrongUsage, SchemaUnreadable or SurroundingsFailed."""
    path = folder / name
    if path.is_file():
        return _complete(name, str(path), _own_text(path), lambda: _texts_beside(path, schema_format), schema_format)
    rev, colon, inside = name.partition(":")
    if colon and rev and inside:
        return _at_commit(name, rev, inside, folder, schema_format)
    raise WrongUsage(
        f'There is no file "{name}".',
        where=folder,
        next="Name a schema file, or one at a commit: main:schemas/order.avsc.",
    )


def history_of(name: str, folder: Path) -> tuple[tuple[NamedSchema, ...], Level, str]:
    """Returns a subject's versions, oldest first, its level and where that was read; `name` is the subject's or its file's."""
    from copilot.proposals.reading import open_place, read_map

    place = open_place(folder)
    top = place.repository.top or folder
    inside = os.path.relpath(folder.resolve() / name, top.resolve()).replace(os.sep, "/")
    subjects = read_map(place).subjects
    exact = [it for it in subjects if it.name == name or it.latest.source.path in (name, inside)]
    found = exact or [it for it in subjects if it.name.endswith(f"/{name}")]
    if len(found) != 1:
        import difflib

        near = difflib.get_close_matches(name, [it.name for it in subjects], n=3)
        named = ", ".join(it.name for it in found) or ", ".join(near)
        what = f'"{name}" names {"several subjects" if found else "no subject"} of this repository.'
        raise WrongUsage(
            what, where=top, next=f"Name one of: {named}." if named else "pipeline-copilot map lists them."
        )
    subject = found[0]
    versions = tuple(NamedSchema(_version_label(version), version.resolved) for version in subject.versions)
    return versions, subject.compatibility, subject.level_source


def _version_label(version: SchemaVersion) -> str:
    return f"v{version.number} ({version.source.commit[:9]})"


def _at_commit(name: str, rev: str, inside: str, folder: Path, schema_format: SchemaFormat) -> NamedSchema:
    from copilot.adapters.git import open_repository
    from copilot.adapters.tree import CommitTree
    from copilot.domain.source import Gap, SourceFile

    repository = open_repository(folder)
    tree = CommitTree(repository, repository.resolve(rev))
    listed = [entry.path for entry in tree.snapshot.entries if entry.path.endswith(schema_format.suffixes)]
    if inside not in {entry.path for entry in tree.snapshot.entries}:
        raise WrongUsage(
            f'There is no file "{inside}" at {rev}.', where=repository.where, next=f"git ls-tree -r {rev} lists them."
        )
    own = tree.read([inside])[inside]
    if isinstance(own, Gap):
        raise SchemaUnreadable(f"{inside} at {rev} {own.reason}.", where=own.span)

    def nearest() -> dict[str, str]:
        paths = sorted(listed, key=lambda path: (-len(os.path.commonpath([path, inside])), path))[:SIBLINGS_MAX]
        return {
            path: file.text
            for path, file in tree.read(paths).items()
            if isinstance(file, SourceFile) and path != inside
        }

    return _complete(name, inside, own.text, nearest, schema_format)


def _complete(
    label: str, path: str, text: str, siblings: Callable[[], dict[str, str]], schema_format: SchemaFormat
) -> NamedSchema:
    """A text that stands alone stays as it is, so that it is judged as written; else its references are put in."""
    if path.endswith(".avsc") and schema_format.stands_alone(text):
        return NamedSchema(label, text)

    from copilot.domain.codec import digest_of_text
    from copilot.domain.schema import SchemaSource, SchemaVersion
    from copilot.domain.source import Span

    lines = text.count("\n") + 1
    source = SchemaSource(path, digest_of_text(text), "", "file", 0, len(text.encode()), Span(path, 1, lines))
    version = schema_format.parse(text, source, siblings())
    if isinstance(version, SchemaVersion):
        return NamedSchema(label, version.resolved)
    # Not readable with its siblings either: the judge says why, as registries would.
    return NamedSchema(label, text)


def _texts_beside(path: Path, schema_format: SchemaFormat) -> dict[str, str]:
    found = sorted(it for it in path.parent.iterdir() if it.name.endswith(schema_format.suffixes) and it.is_file())
    beside = [it for it in found if it != path][:SIBLINGS_MAX]
    return {str(it): text for it in beside if (text := _text(it)) is not None}


def _own_text(path: Path) -> str:
    text = _text(path)
    if text is None:
        raise SchemaUnreadable(
            f"{path.name} is no UTF-8 text of at most {SCHEMA_BYTES_MAX} bytes (SCHEMA_BYTES_MAX).", where=path
        )
    return text


def _text(path: Path) -> str | None:
    try:
        data = path.read_bytes() if path.stat().st_size <= SCHEMA_BYTES_MAX else b"\xff"
    except OSError as error:
        raise SurroundingsFailed(f"{path.name} can't be read: {error.strerror}.", where=path) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
