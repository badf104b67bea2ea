"""Which schema files are the versions of one schema, each in a folder (or under a name) of its own?

Published schemas are often frozen: `3_0/alert.avsc` stays as it is, and the next version goes into `3_1/alert.avsc`. Files whose
paths differ in nothing but such version numbers, and whose outermost types have one short name, are one subject, whose versions
are in the order of the numbers.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from copilot.domain.schema import SchemaVersion

_NUMBERS = r"\d{1,6}(?:[._-]\d{1,6})*"
_FOLDER = re.compile(rf"[vV]?({_NUMBERS})")
# With a "v", or at least two numbers with a dot between: the number of `track_2.avsc` may be part of its name.
_IN_NAME = re.compile(r"(?:(?<=[._-])|^)(?:[vV](\d{1,6}(?:[._]\d{1,6})*)|(\d{1,6}(?:\.\d{1,6})+))(?:[._-]|$)")
_NUMBER = re.compile(r"\d+")


def without_version(path: str) -> tuple[str, tuple[int, ...]]:
    """Returns a file's path without its suffix and version numbers, and the numbers: "s/3_0/a.avsc" gives ("s/a", (3, 0)).

    The numbers are () where the path has none.
    """
    folder, name = posixpath.split(posixpath.splitext(path)[0])
    kept: list[str] = []
    numbers: list[int] = []
    for segment in folder.split("/") if folder else ():
        found = _FOLDER.fullmatch(segment)
        if found:
            numbers += _numbers(found[1])
        else:
            kept.append(segment)
    found = _FOLDER.fullmatch(name)
    if found and kept:
        numbers += _numbers(found[1])
    else:
        for version in _IN_NAME.finditer(name):
            numbers += _numbers(version[1] or version[2])
        kept.append(_IN_NAME.sub("", name).strip("._-") or name)
    return "/".join(kept), tuple(numbers)


def version_families(versions: Iterable[SchemaVersion]) -> list[tuple[str, tuple[SchemaVersion, ...]]]:
    """Returns the schemas that have their versions in folders, oldest first, each with the path that all share.

    Two files of one number can't be told apart, so their schema is no such family.
    """
    members: dict[tuple[str, str], dict[tuple[int, ...], list[SchemaVersion]]] = {}
    for version in versions:
        path, numbers = without_version(version.source.path)
        if version.source.host == "file" and numbers:
            key = (path, version.name.rpartition(".")[2])
            members.setdefault(key, {}).setdefault(numbers, []).append(version)
    return [
        (path, tuple(by_number[number][0] for number in sorted(by_number)))
        for (path, _), by_number in sorted(members.items())
        if len(by_number) > 1 and all(len(ones) == 1 for ones in by_number.values())
    ]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(text)]
