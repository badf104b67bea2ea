"""Looks at the parent commit of each mined case once, and keeps what was seen of its files: the input of fit.py and score.py.

Usage: python evals/impact/see.py CASES.jsonl CLONES --out SEEN.pickle

CLONES is the folder that holds the clones by their names. What was read of a blob is kept in CLONES' neighbour, `--index`.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from copilot.adapters.changelog import GitChangeLog
from copilot.adapters.git import open_repository
from copilot.adapters.index import SqliteIndex
from copilot.adapters.tree import CommitTree
from copilot.domain.impacted import AskedChange
from copilot.impact.answer import see


def main() -> None:
    """Writes one pickle of (case, facts of files)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path)
    parser.add_argument("clones", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--index", type=Path, required=True, help="a folder for the caches, one file a clone")
    parser.add_argument("--named-by", choices=("path", "record", "leaf"), default="path")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    arguments.index.mkdir(parents=True, exist_ok=True)
    by_clone: dict[str, list[dict[str, Any]]] = {}
    for line in arguments.cases.read_text().splitlines():
        case = json.loads(line)
        by_clone.setdefault(case["repository"], []).append(case)
    seen = []
    with ProcessPoolExecutor(arguments.processes) as pool:
        jobs = [
            pool.submit(_seen, arguments.clones, name, cases, arguments.index, arguments.named_by)
            for name, cases in by_clone.items()
        ]
        for job in jobs:
            seen += job.result()
    arguments.out.write_bytes(pickle.dumps(seen))


def asked_of_case(case: dict[str, Any], named_by: str) -> tuple[AskedChange, ...]:
    """Returns the operations of a case, with as much of a name as `named_by` leaves them."""
    asked = []
    for it in case["operations"]:
        record = it["record"]
        subject = it["subject"] if named_by == "path" else record.rsplit(".", 1)[-1] if named_by == "leaf" else record
        asked.append(
            AskedChange(
                it["op"],
                subject,
                record if named_by == "path" else "",
                it["field"],
                it.get("to", ""),
                it.get("type", ""),
                it.get("symbol", ""),
            )
        )
    return tuple(asked)


def _seen(clones: Path, name: str, cases: list[dict[str, Any]], caches: Path, named_by: str) -> list[Any]:
    folder = next(it for it in (clones / name / "repo", clones / name) if it.is_dir())
    repository = open_repository(folder)
    index = SqliteIndex(caches / f"{name}.sqlite")
    found = []
    started = time.monotonic()
    for case in cases:
        tree = CommitTree(repository, case["parent"])
        asked = asked_of_case(case, named_by)
        seen = see(asked, tree, index, GitChangeLog(repository, case["parent"], index))
        there = {entry.path for entry in tree.snapshot.entries}
        about = {
            "repository": name,
            "commit": case["commit"],
            "kind": case["kind"],
            "path": case["path"],
            "asked": asked,
            "existing": {path for path in case["touched"] if path in there},
            "later": {path for path in case["later"] if path in there},
            "found": case["path"] in {target.path for target in seen.targets},
        }
        found.append((about, seen.files))
    index.close()
    print(f"{name}: {len(found)} cases, {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main()
