"""Prints what each check of the battery costs on the example: all alternatives of one proposal, from nothing, in one run.

Processor time of a fresh process and of those that it waited for, and wall time; the share is that of all the processor time. The
peer is what nobody can leave out: importing the libraries that line and decoders use. Nothing fails; a promise that is not
kept is marked. Run it with the virtual environment's Python.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from copilot.example.build import build_repository

ROUNDS = 3
PROMISED_SECONDS = 8.0
CHANGE = "rename amount to total_cents in Order"
COMMAND = "python3 -m compileall -q services"
LIBRARIES = "import langgraph.graph, fastavro, avro.schema"
Costs = dict[str, tuple[float, float]]
"""Processor and wall seconds by what was done."""


def propose(folder: Path) -> Costs:
    """Runs one proposal on the repository, to its decision."""
    costs: Costs = {}
    last = _used()

    def lap(name: str) -> None:
        nonlocal last
        now = _used()
        before = costs.get(name, (0.0, 0.0))
        costs[name] = (before[0] + now[0] - last[0], before[1] + now[1] - last[1])
        last = now

    from copilot.domain.evidence import Evidence
    from copilot.proposals import Workspace

    lap("imports")
    workspace = Workspace.open(folder)
    id = workspace.propose(CHANGE, run_commands=True, commands=(COMMAND,))
    lap("map")
    for record in workspace.advance(id):
        lap(record.body.check if isinstance(record.body, Evidence) else type(record.body).__name__.lower())
    return costs


def _used() -> tuple[float, float]:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used), time.perf_counter()


def _afresh() -> Costs:
    """Returns what a proposal costs in a process, a home and a repository of its own."""
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-battery-") as home:
        folder = Path(home) / "shop"
        build_repository(folder)
        ran = subprocess.run(
            [sys.executable, __file__, folder], env={**os.environ, "HOME": home}, capture_output=True, check=True
        )
    found: Costs = json.loads(ran.stdout)
    return found


def _peer_seconds() -> float:
    before = _used()[0]
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True)
    return _used()[0] - before


def main() -> None:
    """Prints the table."""
    best = min((_afresh() for _ in range(ROUNDS)), key=lambda costs: sum(cpu for cpu, _ in costs.values()))
    peer = min(_peer_seconds() for _ in range(ROUNDS))
    total, wall = (sum(cost[at] for cost in best.values()) for at in (0, 1))
    print(f"{'what':<16}{'CPU ms':>8}{'wall ms':>9}{'share':>8}{'x peer':>8}   limit")

    def row(name: str, cpu: float, seconds: float, limit: str = "") -> None:
        print(f"{name:<16}{cpu * 1000:>8.0f}{seconds * 1000:>9.0f}{cpu / total:>8.0%}{cpu / peer:>8.2f}   {limit}")

    for name, (cpu, seconds) in sorted(best.items(), key=lambda item: -item[1][0]):
        row(name, cpu, seconds)
    row("all", total, wall, f"{PROMISED_SECONDS:.0f} s" + ("  over" if wall > PROMISED_SECONDS else ""))
    print(f"the peer, {LIBRARIES}: {peer * 1000:.0f} ms of processor time")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(propose(Path(sys.argv[1]))))
    else:
        main()
