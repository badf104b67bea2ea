"""Which schemas of a tree are one subject, and what is it called? Copies, rows of version folders, parts of other schemas.

What is here judges schemas that are read already; it asks no file.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count

from copilot.domain.schema import SchemaSource, SchemaVersion
from copilot.readers.jobs import is_test_path, unique_names
from copilot.readers.modules import VAGUE_NAMES

DRIFT_SHARE_MIN = 0.5


def without_parts(versions: Iterable[SchemaVersion]) -> list[SchemaVersion]:
    """Returns the schemas without those dicts of the code that are there for another one's fields only."""
    every = list(versions)
    inner = {
        (version.source.path, short_name(field.record))
        for version in every
        if version.source.host == "python-code"
        for field in version.fields
        if field.record != version.name
    }
    return [one for one in every if one.source.host == "file" or (one.source.path, short_name(one.name)) not in inner]


def short_name(name: str) -> str:
    """Returns a full name without its namespace."""
    return name.rpartition(".")[2]


def collapsed(earlier: list[SchemaVersion], main: SchemaVersion) -> list[SchemaVersion]:
    """Returns the versions before the main one, consecutive ones of equal meaning as one, the newest of them."""
    kept: list[SchemaVersion] = []
    for version in earlier:
        if kept and kept[-1].meaning == version.meaning:
            kept.pop()
        kept.append(version)
    while kept and kept[-1].meaning == main.meaning:
        kept.pop()
    return kept


@dataclass(frozen=True, slots=True)
class Group:
    """What becomes one subject: its present texts, oldest first (one, unless versions have folders), and their copies."""

    line: tuple[SchemaVersion, ...]
    copies: tuple[SchemaVersion, ...]
    path: str

    @property
    def main(self) -> SchemaVersion:
        return self.line[-1]


def grouped(
    versions: Iterable[SchemaVersion], families: list[tuple[str, tuple[SchemaVersion, ...]]], outside: set[str]
) -> list[Group]:
    """Returns the subjects' present versions, each with its copies: equal ones, and drifted ones that only tests have.

    What a consumer outside reads with is never the original. That a drifted schema of a job is a copy of another's is told by the
    links between them, not by its name alone.
    """
    lines = {members[-1].source: (path, members) for path, members in families}
    earlier = {member.source for _, members in families for member in members[:-1]}
    ordered = sorted(
        versions,
        key=lambda version: (version.source.path in outside, version.source not in lines, _standing(version)),
    )
    mains: list[SchemaVersion] = []
    copies: dict[SchemaSource, list[SchemaVersion]] = {}
    for version in ordered:
        if version.source in earlier:
            continue
        equal = [main for main in mains if main.meaning == version.meaning]
        is_for_tests = is_test_path(version.source.path)
        alike = equal or [main for main in mains if is_for_tests and is_alike(main, version)]
        if version.source in lines:
            alike = []
        for main in alike[:1]:
            copies[main.source].append(version)
        if not alike and not (is_for_tests and version.source.host != "file"):
            mains.append(version)
            copies[version.source] = []
    groups = []
    for main in mains:
        path, line = lines.get(main.source, (posixpath.splitext(main.source.path)[0], (main,)))
        groups.append(Group(line, tuple(copies[main.source]), path))
    return groups


def _standing(version: SchemaVersion) -> tuple[bool, bool, bool, bool, int, str, int]:
    """Orders places by how likely they are the original: no test, a file of its own, not derived, by folders, near the root."""
    source = version.source
    folders = source.path.lower().split("/")[:-1]
    is_elsewhere = not any("schema" in folder or "avro" in folder for folder in folders)
    is_copy = is_test_path(source.path) or source.host != "file"
    # A union of records repeats what each of them has a file of its own for.
    is_part = source.host == "file" and source.start > 0
    return (is_copy, is_part, version.is_derived, is_elsewhere, source.path.count("/"), source.path, source.start)


def is_alike(one: SchemaVersion, other: SchemaVersion) -> bool:
    """Tells whether two schemas of one full name share half of their fields, as drifted copies do."""
    if one.name != other.name or not one.fields or not other.fields:
        return False
    ours = {field.path for field in one.fields}
    theirs = {field.path for field in other.fields}
    return len(ours & theirs) >= DRIFT_SHARE_MIN * len(ours | theirs)


def subject_names(groups: list[Group]) -> list[str]:
    """Returns subjects' names: the stem of the file, with as many folders as tell it from the others.

    Schemas that share a file carry the short name of their outermost type behind it. Where several would have one name, all but the
    one that is most likely the original carry the file's suffix, the type's full name, or a number.
    """
    paths = Counter(group.path for group in groups)
    files = Counter(group.main.source.path for group in groups)
    stems: list[str] = []
    for group in groups:
        file = group.main.source.path
        stem = group.path if paths[group.path] == 1 or files[file] > 1 else posixpath.splitext(file)[0]
        stems.append(f"{stem}.{short_name(group.main.name)}" if files[file] > 1 else stem)
    _tell_apart(stems, [group.main for group in groups], files)
    vague = (stem for stem, group in zip(stems, groups, strict=True) if _says_little(stem, group.main))
    return unique_names(stems, frozenset(vague))


def _tell_apart(stems: list[str], mains: list[SchemaVersion], files: Mapping[str, int]) -> None:
    """Makes the stems differ from each other; a second subject of one name would take the place of the first."""
    if len(set(stems)) == len(stems):
        return
    taken: set[str] = set()
    for index in sorted(range(len(stems)), key=lambda index: _standing(mains[index])):
        stem, file = stems[index], mains[index].source.path
        longer = f"{file}.{mains[index].name}" if files[file] > 1 else file
        names = chain((stem, longer), (f"{stem}.{number}" for number in count(2)))
        stems[index] = next(name for name in names if name not in taken)
        taken.add(stems[index])


def _says_little(stem: str, version: SchemaVersion) -> bool:
    """Tells whether a file's name alone is no name for a schema: a module of code, or "schema"."""
    return version.source.host != "file" or posixpath.basename(stem).lower() in VAGUE_NAMES
