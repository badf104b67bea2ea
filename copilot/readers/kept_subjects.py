"""Keeps the subjects of a tree whose schemas all stand in files of their own: most commits change none of these.

The key says all that they hang on: the schema files, their past, the settings, the program. Schemas in code hang on what the code
around them says, and are read each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from copilot.domain.source import ABSENT, PastFile
from copilot.ports import OF_TREES, Index
from copilot.readers.packing import pack, unpack
from copilot.readers.store import FactStore
from copilot.readers.subjects import Subjects

SUBJECTS_KIND = f"{OF_TREES}subjects-1"
FILES_MIN = 50
"""Fewer schemas are put together as fast as what is kept of them is read."""


def kept_subjects(
    index: Index,
    stamp: str,
    store: FactStore,
    paths: Sequence[str],
    past: Mapping[str, tuple[PastFile, ...]],
    read: Callable[[], Subjects],
) -> Subjects:
    """Returns what `read` returns, from the index where it was read before; `paths` are all files that hold schemas."""
    digests = store.entries.digests(paths)
    is_told = all(past.get(path, ())[-1:] and past[path][-1].digest == digests[path] for path in paths)
    if len(paths) < FILES_MIN or not is_told:
        return read()
    key = _key(stamp, digests, past)
    kept = unpack(index.get(SUBJECTS_KIND, [key]).get(key, b""))
    if isinstance(kept, tuple) and len(kept) == 5:
        subjects, places, names, pinned, gaps = kept
        store.gaps.update(gaps)
        return Subjects(subjects, dict(zip(places, names, strict=True)), dict(pinned))
    before = set(store.gaps)
    found = read()
    gaps = tuple(sorted(store.gaps - before))
    # What this clone lacks today may be there tomorrow.
    if not any(ABSENT in gap.reason for gap in gaps):
        value = (found.all, tuple(found.places), tuple(found.places.values()), tuple(found.pinned.items()), gaps)
        index.put(SUBJECTS_KIND, {key: pack(value)})
    return found


def _key(stamp: str, digests: Mapping[str, str], past: Mapping[str, tuple[PastFile, ...]]) -> str:
    files = [
        (path, digests[path], [(it.path, it.digest, it.commit, it.at) for it in past[path]]) for path in sorted(digests)
    ]
    return sha256(json.dumps([stamp, files]).encode()).hexdigest()
