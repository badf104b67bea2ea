"""What do the names of a tree's files tell? Which are Python, which may be schemas, which say how something is built or deployed.

All of it hangs on the names alone, so a change inside of files asks for nothing here: a large tree's answer is kept.
"""

from __future__ import annotations

import marshal
from collections.abc import Collection
from hashlib import sha256
from typing import NamedTuple

from copilot.ports import Index
from copilot.readers.deployment_kinds import deployment_kind
from copilot.readers.jobs import is_test_path, tells_a_build
from copilot.readers.plain_schemas import may_be_schema

LAYOUT_KIND = "layout-1"
LAYOUT_KEY = "tree"
NAMES_MIN = 2000
"""Fewer names are looked at as fast as what is kept of them is read."""


class Layout(NamedTuple):
    """The paths of one tree by what they are, each sorted: deployment files by kind, without those for tests.

    `schemas` are schema files by their suffix, `plain_schemas` JSON files that may be some; `builds` tell what is built where.
    """

    python: tuple[str, ...]
    deployments: tuple[tuple[str, tuple[str, ...]], ...]
    schemas: tuple[str, ...]
    plain_schemas: tuple[str, ...]
    builds: tuple[str, ...]


def layout_of(paths: Collection[str], suffixes: tuple[str, ...], index: Index, stamp: str = "") -> Layout:
    """Returns the layout of these paths; that of many is kept until their names change.

    `suffixes` are those of schema files; `stamp` names the program, whose other text might tell files otherwise.
    """
    if len(paths) < NAMES_MIN:
        return read_layout(paths, suffixes)
    digest = sha256("\0".join((stamp, *suffixes, "", *paths)).encode("utf-8", "surrogatepass")).digest()
    kept = _loaded(index.get(LAYOUT_KIND, [LAYOUT_KEY]).get(LAYOUT_KEY, b""), digest)
    if kept is None:
        kept = read_layout(paths, suffixes)
        index.put(LAYOUT_KIND, {LAYOUT_KEY: marshal.dumps((digest, tuple(kept)))})
    return kept


def read_layout(paths: Collection[str], suffixes: tuple[str, ...]) -> Layout:
    """Returns what the names tell."""
    listed = sorted(paths)
    kinds: dict[str, list[str]] = {}
    for path in listed:
        kind = deployment_kind(path)
        if kind and not is_test_path(path):
            kinds.setdefault(kind, []).append(path)
    return Layout(
        tuple(path for path in listed if path.endswith(".py")),
        tuple((kind, tuple(kinds[kind])) for kind in sorted(kinds)),
        tuple(path for path in listed if path.endswith(suffixes)),
        tuple(path for path in listed if may_be_schema(path)),
        tuple(path for path in listed if tells_a_build(path)),
    )


def _loaded(data: bytes, digest: bytes) -> Layout | None:
    try:
        of, parts = marshal.loads(data)
        return Layout._make(parts) if of == digest else None
    except (EOFError, ValueError, TypeError):
        return None
