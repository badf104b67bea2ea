"""Mines real schema changes from clones: `copilot.evaluation.mining` says what a case is.

Usage: python evals/impact/mine.py --out CASES.jsonl CLONE [CLONE ...]
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from copilot.evaluation.mining import CASES_MAX, clone_name, mined


def main() -> None:
    """Writes one JSON line a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=CASES_MAX, help="at most this many of a clone")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    with ProcessPoolExecutor(arguments.processes) as pool, arguments.out.open("w") as out:
        for clone, cases in zip(
            arguments.clones, pool.map(mined, arguments.clones, [arguments.cases] * len(arguments.clones)), strict=True
        ):
            print(f"{clone_name(clone)}: {len(cases)} cases", file=sys.stderr, flush=True)
            for case in cases:
                out.write(json.dumps(case) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
