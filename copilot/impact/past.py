"""What does the log say of files? Which changed with the schema, which with its neighbours, which lately, which together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from copilot.ports import ChangeLog

DAY_SECONDS = 86_400


class Past:
    """The log as seen from the files of a change; days are counted back from the newest commit, never from a clock."""

    def __init__(self, records: Mapping[str, Sequence[str]], log: ChangeLog) -> None:
        """Reads the log for schema files, each with the fields of its record."""
        paths = sorted(records)
        recent = log.recent()
        self._now = recent[0].seconds if recent else 0
        changes = list(dict.fromkeys(change for path in paths for change in log.of(path)))
        self.changes = len(changes)
        self.together: Counter[str] = Counter(name for change in changes for name in set(change.paths))
        self._weights = [0.93**number / math.log2(2 + len(change.paths)) for number, change in enumerate(changes)]
        self._changes = [frozenset(change.paths) for change in changes]
        of_record = dict.fromkeys(change for path in paths for change in log.naming(path, records[path]))
        self.record_changes = len(of_record)
        self.with_record: Counter[str] = Counter(name for change in of_record for name in set(change.paths))
        folders = {path.rsplit("/", 1)[0] + "/" if "/" in path else "" for path in paths}
        suffixes = tuple(sorted({"." + path.rsplit(".", 1)[-1] for path in paths}))
        beside = [
            change
            for change in recent
            if suffixes and any(name.endswith(suffixes) and _is_in(name, folders) for name in change.paths)
        ]
        self._beside_of = len(beside)
        self._beside: Counter[str] = Counter(name for change in beside for name in set(change.paths))
        self._last: dict[str, int] = {}
        self._touches_30: Counter[str] = Counter()
        self._touches_90: Counter[str] = Counter()
        self._changes_of: dict[str, set[int]] = {}
        for number, change in enumerate(recent):
            for name in set(change.paths):
                self._changes_of.setdefault(name, set()).add(number)
                self._last[name] = max(self._last.get(name, 0), change.seconds)
                self._touches_30[name] += change.seconds >= self._now - 30 * DAY_SECONDS
                self._touches_90[name] += change.seconds >= self._now - 90 * DAY_SECONDS

    def rate(self, path: str) -> float:
        """Returns how often the file changed with the schema, of all the times that the schema changed."""
        return self.together.get(path, 0) / (self.changes + 1)

    def weighted_rate(self, path: str) -> float:
        """Returns the same rate with more weight for late changes, and for those of few files."""
        got = sum(weight for weight, names in zip(self._weights, self._changes, strict=True) if path in names)
        return got / (sum(self._weights) + 0.3)

    def record_rate(self, path: str) -> float:
        """Returns how often the file changed when the record's fields did, and not just something in the schema's file."""
        return self.with_record.get(path, 0) / (self.record_changes + 1)

    def beside_rate(self, path: str) -> float:
        """Returns the same for all schemas of the folder, for one that is too young to have a past."""
        return self._beside.get(path, 0) / (self._beside_of + 2)

    def neighbours(self, rate: float) -> set[str]:
        """Returns the files that changed with schemas of the folder at least so often."""
        return {path for path in self._beside if self.beside_rate(path) >= rate}

    def pair_rate(self, path: str, others: Sequence[str]) -> float:
        """Returns how often the file changed with the one of the others that it changed with most, of all the other's changes."""
        own = self._changes_of.get(path, set())
        rates = [len(own & theirs) / (len(theirs) + 1) for it in others if it != path and (theirs := self._of(it))]
        return max(rates, default=0.0)

    def activity(self, path: str) -> tuple[float, int, int]:
        """Returns how many days ago the file changed, -1 beyond the log's reach, and how often in 30 and in 90 days."""
        last = self._last.get(path)
        age = -1.0 if last is None else max(0.0, (self._now - last) / DAY_SECONDS)
        return age, self._touches_30[path], self._touches_90[path]

    def _of(self, path: str) -> set[int]:
        return self._changes_of.get(path, set())


def _is_in(name: str, folders: set[str]) -> bool:
    return any(name.startswith(folder) and "/" not in name[len(folder) :] for folder in folders)
