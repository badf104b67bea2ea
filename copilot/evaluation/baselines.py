"""Lists of files that any reader of a repository could make for a change, and how lists are scored against what people touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from copilot.impact.facts import FileFacts

QUARTER = 0.25
BEST = 8
_Files = Sequence[FileFacts]


def names_record(files: _Files) -> list[str]:
    """Baseline: the files that name the record or the schema's file."""
    return [it.path for it in files if it.record == 3 or it.names_schema]


def names_field(files: _Files) -> list[str]:
    """Baseline: what `git grep -lw FIELD` finds."""
    return [it.path for it in files if it.field == 3]


def names_siblings(files: _Files) -> list[str]:
    """Baseline: the eight files that name most of the record's other fields, a quarter of them at least."""
    order = sorted(files, key=lambda it: (-it.siblings_count, it.path))
    return [it.path for it in order if it.siblings_of and it.siblings_count >= QUARTER * it.siblings_of][:BEST]


def only_schema(files: _Files) -> list[str]:
    """Baseline: the schema's file and nothing else."""
    return [it.path for it in files if it.is_schema]


BASELINES: dict[str, Callable[[_Files], list[str]]] = {
    "names the record or schema file": names_record,
    "git grep -lw field": names_field,
    "a quarter of the other fields, best 8": names_siblings,
    "the schema file alone": only_schema,
}


class Score:
    """Sums over cases; F1 in both ways."""

    def __init__(self) -> None:
        self.hits = self.listed = self.touched = self.cases = 0
        self._f1s = 0.0

    def add(self, listed: Iterable[str], touched: Iterable[str]) -> None:
        """Counts one case."""
        own, theirs = set(listed), set(touched)
        hits = len(own & theirs)
        self.hits += hits
        self.listed += len(own)
        self.touched += len(theirs)
        self.cases += 1
        self._f1s += 2 * hits / (len(own) + len(theirs)) if own or theirs else 1.0

    @property
    def micro(self) -> float:
        return 2 * self.hits / max(1, self.listed + self.touched)

    @property
    def macro(self) -> float:
        return self._f1s / max(1, self.cases)

    def row(self, name: str) -> str:
        """Returns one line of a table."""
        return (
            f"| {name} | {self.cases} | {self.micro:.3f} | {self.macro:.3f} | {self.listed / max(1, self.cases):.2f} "
            f"| {self.touched / max(1, self.cases):.2f} |"
        )
