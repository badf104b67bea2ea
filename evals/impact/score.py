"""Scores ranked files against what people touched: F1 of the short list, recall of both, and the three baselines.

`report` takes what see.py saw and tables of weights, each with the repositories that it may judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from copilot.impact.facts import FileFacts
from copilot.impact.ranking import rank, split

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


def report(seen: Sequence[Any], tables: Sequence[tuple[set[str], Mapping[str, float]]]) -> None:
    """Prints the figures as Markdown."""
    weights_of = {name: weights for group, weights in tables for name in group}
    rows: dict[str, Score] = {}
    by_kind: dict[str, Score] = {}
    by_repository: dict[str, Score] = {}
    recall, recall_without, calibration = [0, 0], [0, 0], [[0, 0.0, 0] for _ in range(10)]
    for case, files in seen:
        touched = case["existing"]
        for name, baseline in BASELINES.items():
            listed = baseline(files)
            rows.setdefault(name, Score()).add(listed, touched)
            rows.setdefault(f"{name}, without the schema", Score()).add(_less(listed, case), _less(touched, case))
        ranked = rank(case["asked"], files, weights_of[case["repository"]])
        change, look = split(ranked)
        short = [it.facts.path for it in change]
        both = {*short, *(it.facts.path for it in look)}
        rows.setdefault("impact", Score()).add(short, touched)
        rows.setdefault("impact, without the schema", Score()).add(_less(short, case), _less(touched, case))
        rows.setdefault("impact, next 30 days too", Score()).add(short, touched | (case["later"] & set(short)))
        by_kind.setdefault(case["kind"], Score()).add(short, touched)
        by_repository.setdefault(case["repository"], Score()).add(short, touched)
        recall[0] += len(both & touched)
        recall[1] += len(touched)
        recall_without[0] += len(both & touched - {case["path"]})
        recall_without[1] += len(touched - {case["path"]})
        for it in ranked:
            if not it.facts.is_schema:
                bin_ = calibration[min(9, int(it.probability * 10))]
                bin_[0] += 1
                bin_[1] += it.probability
                bin_[2] += it.facts.path in touched
    head = "| | cases | micro F1 | macro F1 | listed | touched |\n| --- | --- | --- | --- | --- | --- |"
    print(head)
    for title, scores in (("", rows), ("kind", by_kind), ("repository", by_repository)):
        if title:
            print(f"\n{head.replace('| |', f'| {title} |', 1)}")
        for name, score in scores.items() if not title else sorted(scores.items()):
            print(score.row(name))
    print(
        f"\nrecall of both lists: {recall[0] / recall[1]:.3f}, without the schema {recall_without[0] / recall_without[1]:.3f}"
    )
    print("\n| said | files | touched |\n| --- | --- | --- |")
    for count, said, hits in calibration:
        if count:
            print(f"| {said / count:.2f} | {count} | {hits / count:.2f} |")


def _less(listed: Iterable[str], case: Mapping[str, Any]) -> list[str]:
    return [path for path in listed if path != case["path"]]
