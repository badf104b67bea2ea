"""Scores ranked files against what people touched: F1 of the short list, recall of both, and the three baselines.

`report` takes what see.py saw and tables of weights, each with the repositories that it may judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from copilot.evaluation.baselines import BASELINES, Score
from copilot.impact.ranking import rank, split


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
