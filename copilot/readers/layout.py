"""What do the names of a tree's files tell? Which are Python, which may be schemas, which say how something is built or deployed.

All of it hangs on the names alone, so a change inside of files asks for nothing here: a large tree's answer is kept. Each name is
told by itself, so where some came and went, only these are looked at.
"""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Collection
from hashlib import sha256
from typing import Any, NamedTuple

from copilot.ports import Index
from copilot.readers.deployment_kinds import deployment_kind
from copilot.readers.jobs import is_test_path, tells_a_build
from copilot.readers.languages import most_first, other_languages
from copilot.readers.plain_schemas import may_be_schema

LAYOUT_KIND = "layout-3"
LAYOUT_KEY = "tree"
NAMES_KEY = "names"
"""Of all names, which are many: they are asked for only where they have changed."""
NAMES_MIN = 2000
"""Fewer names are looked at as fast as what is kept of them is read."""


class Layout(NamedTuple):
    """The paths of one tree by what they are, each sorted: deployment files by kind, without those for tests.

    `schemas` are schema files by their suffix, `plain_schemas` JSON files that may be some; `builds` tell what is built where;
    `languages` counts the files of languages that nobody reads here.
    """

    python: tuple[str, ...]
    deployments: tuple[tuple[str, tuple[str, ...]], ...]
    schemas: tuple[str, ...]
    plain_schemas: tuple[str, ...]
    builds: tuple[str, ...]
    languages: tuple[tuple[str, int], ...]


def layout_of(paths: Collection[str], suffixes: tuple[str, ...], index: Index, stamp: str = "") -> Layout:
    """Returns the layout of these paths; that of many is kept until their names change.

    `suffixes` are those of schema files; `stamp` names the program, whose other text might tell files otherwise.
    """
    if len(paths) < NAMES_MIN:
        return read_layout(paths, suffixes)
    asker, names = "\0".join((stamp, *suffixes)), "\0".join(paths)
    digest = sha256(f"{asker}\0\0{names}".encode("utf-8", "surrogatepass")).digest()
    of, parts = _loaded(index, LAYOUT_KEY)
    if of == digest:
        return Layout._make(parts)
    of_names, kept = _loaded(index, NAMES_KEY)
    if kept and of_names == of and kept[0] == asker:
        layout = _changed(Layout._make(parts), frozenset(kept[1].split("\0")), frozenset(paths), suffixes)
    else:
        layout = read_layout(paths, suffixes)
    entries: dict[str, Any] = {LAYOUT_KEY: (digest, tuple(layout)), NAMES_KEY: (digest, (asker, names))}
    index.put(LAYOUT_KIND, {key: marshal.dumps(entry) for key, entry in entries.items()})
    return layout


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
        other_languages(listed),
    )


def _changed(layout: Layout, before: frozenset[str], now: frozenset[str], suffixes: tuple[str, ...]) -> Layout:
    """Returns the layout of names of which some came and some went."""
    gone, more = before - now, read_layout(now - before, suffixes)
    languages = Counter(dict(layout.languages))
    languages.update(dict(more.languages))
    languages.subtract(dict(other_languages(gone)))

    def joined(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted([*(path for path in old if path not in gone), *new]))

    old_kinds, new_kinds = dict(layout.deployments), dict(more.deployments)
    kinds = {kind: joined(old_kinds.get(kind, ()), new_kinds.get(kind, ())) for kind in {**old_kinds, **new_kinds}}
    return Layout(
        joined(layout.python, more.python),
        tuple((kind, kinds[kind]) for kind in sorted(kinds) if kinds[kind]),
        joined(layout.schemas, more.schemas),
        joined(layout.plain_schemas, more.plain_schemas),
        joined(layout.builds, more.builds),
        most_first(languages),
    )


def _loaded(index: Index, key: str) -> tuple[bytes, tuple[Any, ...]]:
    """Returns the digest of names and what is kept of them, nothing of none where nothing can be read."""
    try:
        of, kept = marshal.loads(index.get(LAYOUT_KIND, [key]).get(key, b""))
    except (EOFError, ValueError, TypeError):
        return b"", ()
    return of, kept
