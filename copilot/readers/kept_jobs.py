"""What was read of jobs, kept with the premises that it rests on: after one changed file, one job is read again.

The key of an entry says what the job is (its files by digest, its running copies); the premises in it say what the rest of the
tree answered. `stamp` names the program, whose other text might read the same files otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from copilot.ports import OF_TREES, Index
from copilot.readers.packing import pack, unpack
from copilot.readers.premises import Premise, Premises

JOBS_KIND = f"{OF_TREES}job-3"


class KeptJobs:
    """The kept parts of one tree's jobs."""

    def __init__(self, index: Index, stamp: str, premises: Premises) -> None:
        self._index = index
        self._stamp = stamp
        self._premises = premises

    def key(self, *parts: str) -> str:
        """Returns the key of what is read from equal parts by the same program."""
        return sha256("\0\0".join((self._stamp, *parts)).encode("utf-8", "surrogatepass")).hexdigest()

    def recall(self, keys: Mapping[str, str]) -> dict[str, Any]:
        """Returns, for names of jobs whose key is known and whose premises hold, what was kept."""
        found: dict[str, Any] = {}
        known = self._index.get(JOBS_KIND, sorted(keys.values()))
        for name, key in keys.items():
            entry = unpack(known[key]) if key in known else None
            if isinstance(entry, tuple) and len(entry) == 2 and self._premises.hold(entry[0]):
                found[name] = entry[1]
        return found

    def keep(self, entries: Iterable[tuple[str, Iterable[Premise], Any]]) -> None:
        """Keeps values, each under its key and with its premises."""
        self._index.put(JOBS_KIND, {key: pack((tuple(premises), value)) for key, premises, value in entries})
