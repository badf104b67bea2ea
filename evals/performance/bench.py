"""Prints what the commands cost, each beside a peer that was timed in the same run: is it still as fast as promised?

Ratios are what to compare between machines and days; times only within one run. Nothing fails here: a limit that is passed is
marked, and a person decides what it means. Run it with `make bench`.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generate import change_files, generate

from copilot.example.build import build_repository

FILES = 2500
FEW = 5
COMMAND_SECONDS_MAX = 300
COPILOT = (str(Path(sys.executable).parent / "pipeline-copilot"),)
PATTERN = r"produce\(|subscribe\(|load_schema\(|\[\"[a-z_]+\"\]"
CHANGE = "rename amount to total_cents in Order"


@dataclass(frozen=True, slots=True)
class Cost:
    """The median time of a command in seconds, and the last line it complained with where its last run failed."""

    seconds: float
    complaint: str


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    ours: Cost
    peer: str
    theirs: Cost
    limit_seconds: float | None = None

    def __str__(self) -> str:
        ratio = self.ours.seconds / self.theirs.seconds
        limit = "" if self.limit_seconds is None else f"{self.limit_seconds:.1f} s"
        mark = "" if self.limit_seconds is None or self.ours.seconds <= self.limit_seconds else "  over"
        failed = f"  failed: {self.ours.complaint}" if self.ours.complaint else ""
        return (
            f"{self.what:<34} {self.ours.seconds * 1000:>7.0f} ms   {self.peer:<20} {self.theirs.seconds * 1000:>6.0f} ms"
            f"   {ratio:>6.1f} x   {limit:>6}{mark}{failed}"
        )


class Bench:
    """One run, in one temporary folder with a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        (folder / ".gitconfig").write_text("[user]\nname = Bench\nemail = bench@example.com\n")

    def ours(self, *arguments: str, times: int = FEW, before: Callable[[], None] | None = None) -> Cost:
        return self._cost((*COPILOT, *arguments), self.folder, times, before)

    def peer(self, *command: str, within: Path | None = None) -> Cost:
        return self._cost(command, within or self.folder, FEW, None)

    def forget(self) -> None:
        """Makes the next command a cold one."""
        self.cache = Path(tempfile.mkdtemp(dir=self.folder))

    def _cost(self, command: Sequence[str], folder: Path, times: int, before: Callable[[], None] | None) -> Cost:
        took = []
        for _ in range(times):
            if before:
                before()
            environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "XDG_CACHE_HOME": str(self.cache)}
            start = time.perf_counter()
            ran = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=COMMAND_SECONDS_MAX, check=False
            )
            took.append(time.perf_counter() - start)
        last = (ran.stderr.decode("utf-8", "replace").strip().splitlines() or ["no words"])[-1]
        return Cost(statistics.median(took), last if ran.returncode else "")


def start_up(bench: Bench) -> list[Row]:
    python = bench.peer(sys.executable, "-c", "pass")
    return [Row(name, bench.ours(name), "python -c pass", python) for name in ("--version", "--help")]


def reading(bench: Bench) -> list[Row]:
    big = bench.folder / "big"
    generate(big, FILES)
    arguments = ("map", str(big), "--format", "json")
    grep = bench.peer("git", "grep", "-c", "-E", PATTERN, "HEAD", within=big)
    peer = "git grep"
    rows = [
        Row(f"map of {FILES} files, cold", bench.ours(*arguments, times=3, before=bench.forget), peer, grep, 3.0),
        Row("map, nothing changed", bench.ours(*arguments), peer, grep, 0.5),
    ]
    for count in (1, 10, 100):
        change = partial(change_files, big, count, "touched")
        rows.append(Row(f"map, {count} changed", bench.ours(*arguments, times=3, before=change), peer, grep))
    return rows


def proposing(bench: Bench) -> list[Row]:
    shop = bench.folder / "shop"

    def build_afresh() -> None:
        # A proposal that is already there would only be shown again.
        shutil.rmtree(shop, ignore_errors=True)
        build_repository(shop)

    cost = bench.ours("propose", "-C", str(shop), CHANGE, times=3, before=build_afresh)
    libraries = bench.peer(sys.executable, "-c", "import langgraph.graph, fastavro, avro.schema, git")
    return [Row("propose on the example", cost, "import its libraries", libraries, 5.0)]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-bench-") as folder:
        bench = Bench(Path(folder))
        print(f"{'ours':<34} {'':>10}   {'peer in the same run':<20} {'':>9}   {'ratio':>8}   {'limit':>6}")
        for part in (start_up, reading, proposing):
            for row in part(bench):
                print(row, flush=True)


if __name__ == "__main__":
    main()
