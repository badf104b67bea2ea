"""Fits the weights of the signs on mined cases, and scores them, each repository by weights fitted on the others.

Usage: python evals/impact/fit.py SEEN.pickle [--write]          (needs scikit-learn, which the product does not)

`--write` puts the weights of all repositories into copilot/impact/weights.py.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from copilot.impact.ranking import OTHERS, OTHERS_USUAL, others_of
from copilot.impact.signs import signs_of, surroundings_of

FOLDS = 12
STRENGTH = 0.5
SEEN_MIN = 25
"""A sign that holds of fewer files has no weight."""
TABLE = Path(__file__).parents[2] / "copilot" / "impact" / "weights.py"


class Rows:
    """The candidates of all cases as a sparse table of signs."""

    def __init__(self, seen: Sequence[Any]) -> None:
        signs: list[tuple[str, ...]] = []
        self.touched, self.case, self.is_schema = [], [], []
        for number, (case, files) in enumerate(seen):
            around = surroundings_of(case["asked"], files)
            for it in files:
                signs.append(signs_of(it, around))
                self.touched.append(it.path in case["existing"])
                self.case.append(number)
                self.is_schema.append(it.is_schema)
        counts: dict[str, int] = {}
        for row in signs:
            for sign in row:
                counts[sign] = counts.get(sign, 0) + 1
        self.names = sorted(sign for sign, count in counts.items() if count >= SEEN_MIN)
        place = {name: number for number, name in enumerate(self.names)}
        rows = [number for number, row in enumerate(signs) for sign in row if sign in place]
        columns = [place[sign] for row in signs for sign in row if sign in place]
        self.table = sparse.csr_matrix((numpy.ones(len(rows)), (rows, columns)), shape=(len(signs), len(self.names)))


def fitted(rows: Rows, chosen: Any) -> dict[str, float]:
    """Returns the weights that fit the chosen rows: once to see what is expected of all files, then with that beside the signs."""
    first = _model().fit(rows.table[chosen], numpy.array(rows.touched)[chosen])
    others = _others(rows, first.predict_proba(rows.table)[:, 1])
    table = sparse.hstack([rows.table, sparse.csr_matrix(others[:, None])]).tocsr()
    model = _model().fit(table[chosen], numpy.array(rows.touched)[chosen])
    weights = {"base": float(model.intercept_[0])}
    weights.update(zip((*rows.names, OTHERS), map(float, model.coef_[0]), strict=True))
    weights[OTHERS_USUAL] = float(others[chosen].mean())
    return {name: round(weight, 3) for name, weight in weights.items() if abs(weight) >= 0.02}


def _model() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=500, solver="liblinear")


def _others(rows: Rows, probabilities: Any) -> Any:
    """Returns, for each row, what its case's other files add up to, as the ranking takes it."""
    own = numpy.where(rows.is_schema, 0.0, probabilities)
    sums = numpy.bincount(rows.case, weights=own)
    return numpy.array([others_of(it) for it in sums[rows.case] - own])


def folds_of(repositories: Sequence[str]) -> list[set[str]]:
    """Returns the repositories in groups: each is left out once."""
    names = sorted(set(repositories))
    return [set(names[start::FOLDS]) for start in range(FOLDS)]


def write_table(weights: dict[str, float]) -> None:
    """Writes the table that the product reads."""
    lines = [
        '"""What each sign is worth: the logarithm of the odds that it multiplies. Written by evals/impact/fit.py."""',
        "",
        "WEIGHTS = {",
        *(f'    "{name}": {weight},' for name, weight in sorted(weights.items())),
        "}",
        "",
    ]
    TABLE.write_text("\n".join(lines))


def main() -> None:
    """Prints the figures and writes the table when asked to."""
    from score import report

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seen", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    seen = pickle.loads(arguments.seen.read_bytes())
    rows = Rows(seen)
    owner = numpy.array([seen[number][0]["repository"] for number in rows.case])
    tables = []
    for group in folds_of(owner.tolist()):
        weights = fitted(rows, numpy.flatnonzero(~numpy.isin(owner, sorted(group))))
        tables.append((group, weights))
    report(seen, tables)
    if arguments.write:
        write_table(fitted(rows, numpy.arange(len(owner))))


if __name__ == "__main__":
    main()
