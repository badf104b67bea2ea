"""Prints what the commands cost, each beside a peer that was timed in the same run: is it still as fast as promised?

Ratios are what to compare between machines and days; times only within one run. Nothing fails here: a limit that is passed is
marked, and a person decides what it means. Run it with `make bench`, or `make bench ARGS=--large` for 100,000 files too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from generate import change_files, generate
from pairs import BIG_GROUPS, pairs

from copilot.example.build import build_repository

DENSE_FILES = 2500
SIZES = (1000, 10_000)
LARGE = 100_000
FEW = 5
ONE_CHANGE_SECONDS = 0.5
PAIR_TIMES_BARE = 4
COPILOT = (str(Path(sys.executable).parent / "pipeline-copilot"),)
MONOREPO = Path(__file__).parent / "monorepo.py"
WORD = "produce"
CHANGE = "rename amount to total_cents in Order"
IMPACT = "rename weight to mass in Event1"
# The floor of whoever wants to know what Python files say: nobody can tell before they are parsed.
PARSE = """import ast, pathlib, sys
for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    ast.parse(path.read_bytes())
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """The fastest run of a command: wall and processor time in seconds, the peak memory of its largest process in bytes.

    `complaint` is the last line that it complained with where its last run failed.
    """

    seconds: float
    processor_seconds: float
    memory_bytes: int
    complaint: str


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    ours: Cost
    peer: str
    theirs: Cost
    limit_seconds: float | None = None

    def __str__(self) -> str:
        limit = "" if self.limit_seconds is None else f"{self.limit_seconds:.2g} s"
        mark = "" if self.limit_seconds is None or self.ours.seconds <= self.limit_seconds else "  over"
        failed = f"  failed: {self.ours.complaint}" if self.ours.complaint else ""
        ratio = self.ours.processor_seconds / self.theirs.processor_seconds
        return (
            f"{self.what:<38} {self.ours.seconds * 1000:>7.0f} {self.ours.processor_seconds * 1000:>7.0f}"
            f" {self.ours.memory_bytes >> 20:>5}   {self.peer:<22} {self.theirs.processor_seconds * 1000:>7.0f} {ratio:>7.1f}"
            f"   {limit:>6}{mark}{failed}"
        )


class Bench:
    """One run, in one temporary folder with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".gitconfig").write_text("[user]\nname = Bench\nemail = bench@example.com\n")

    def ours(self, *arguments: str, times: int = FEW, before: Callable[[], None] | None = None) -> Cost:
        return self._cost((*COPILOT, *arguments), self.folder, times, before)

    def peer(self, *command: str, within: Path | None = None, times: int = FEW) -> Cost:
        return self._cost(command, within or self.folder, times, None)

    def _cost(self, command: Sequence[str], folder: Path, times: int, before: Callable[[], None] | None) -> Cost:
        runs = []
        for _ in range(times):
            if before:
                before()
            runs.append(self._run(command, folder))
        return Cost(
            min(run.seconds for run in runs),
            min(run.processor_seconds for run in runs),
            max(run.memory_bytes for run in runs),
            runs[-1].complaint,
        )

    def _run(self, command: Sequence[str], folder: Path) -> Cost:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder)}
        with tempfile.TemporaryFile() as said:
            start = time.perf_counter()
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=said)
            # What the process and those that it waited for used; `wait` of subprocess doesn't tell.
            _, status, used = os.wait4(process.pid, 0)
            took = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            last = (said.read().decode("utf-8", "replace").strip().splitlines() or ["no words"])[-1]
        kilobytes = used.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
        return Cost(took, used.ru_utime + used.ru_stime, kilobytes * 1024, last if process.returncode else "")


def start_up(bench: Bench) -> Iterator[Row]:
    python = bench.peer(sys.executable, "-c", "pass")
    for name in ("--version", "--help"):
        yield Row(name, bench.ours(name), "python -c pass", python)
    small, big = (_pair(bench, name, groups) for name, groups in (("small", 0), ("big", BIG_GROUPS)))
    limit = PAIR_TIMES_BARE * python.seconds
    yield Row("compat of a small pair", bench.ours("compat", *small), "python -c pass", python, limit)
    yield Row("compat of a big pair", bench.ours("compat", *big), "python -c pass", python)


def _pair(bench: Bench, name: str, groups: int) -> list[str]:
    """Writes two versions of a schema, and returns their paths, the older one first."""
    new, old = pairs(1, groups)[0]
    paths = [bench.folder / f"{name}-{age}.avsc" for age in ("old", "new")]
    for path, text in zip(paths, (old, new), strict=True):
        path.write_text(text)
    return [str(path) for path in paths]


def reading_dense(bench: Bench) -> Iterator[Row]:
    """Reads a repository that is all pipelines."""
    folder = bench.folder / "dense"
    generate(folder, DENSE_FILES)
    yield from _reading(bench, folder, f"{DENSE_FILES:,} files, all pipelines", 3.0, 0.4)
    grep = _grep(bench, folder)
    for number in (10, 100):
        change = partial(change_files, folder, number, "touched")
        arguments = ("map", str(folder), "--format", "json")
        yield Row(
            f"  after {number} changed files", bench.ours(*arguments, times=3, before=change), "git grep -l", grep
        )


def reading_monorepo(size: int, bench: Bench) -> Iterator[Row]:
    """Reads a repository of which pipelines are a small part."""
    folder = bench.folder / f"monorepo-{size}"
    # Aside: a child's peak memory starts from what its parent has, and this one would hold all those texts.
    subprocess.run([sys.executable, MONOREPO, folder, str(size)], check=True)
    is_large = size >= LARGE
    yield from _reading(bench, folder, f"{size:,} files", 60.0 if is_large else 3.0, 1.0 if is_large else 0.4)
    grep = _grep(bench, folder)
    cold = bench.ours("impact", IMPACT, "-C", str(folder), times=2, before=partial(_forget, folder))
    yield Row(f"impact in {size:,} files, cold", cold, "git grep -l", grep, 15.0 if is_large else 3.0)
    warm = bench.ours("impact", IMPACT, "-C", str(folder), times=3)
    yield Row("  nothing changed", warm, "git grep -l", grep, 4.0 if is_large else 1.0)


def _reading(bench: Bench, folder: Path, name: str, cold_seconds: float, warm_seconds: float) -> Iterator[Row]:
    arguments = ("map", str(folder), "--format", "json")
    grep = _grep(bench, folder)
    parse = bench.peer(sys.executable, "-c", PARSE, str(folder / "teams"), times=2)
    numbers = count()

    def change() -> None:
        change_files(folder, 1, f"touched {next(numbers)}")

    yield Row(
        f"map of {name}, cold",
        bench.ours(*arguments, times=3, before=partial(_forget, folder)),
        "ast.parse",
        parse,
        cold_seconds,
    )
    warm = bench.ours(*arguments)
    yield Row("  nothing changed", warm, "git grep -l", grep, warm_seconds)
    changed = bench.ours(*arguments, before=change)
    yield Row("  after one changed file", changed, "git grep -l", grep, warm.seconds + ONE_CHANGE_SECONDS)


def _forget(folder: Path) -> None:
    shutil.rmtree(folder / ".git" / "pipeline-copilot", ignore_errors=True)


def _grep(bench: Bench, folder: Path) -> Cost:
    return bench.peer("git", "grep", "-l", WORD, "HEAD", within=folder, times=3)


def proposing(bench: Bench) -> Iterator[Row]:
    shop = bench.folder / "shop"

    def build_afresh() -> None:
        # A proposal that is already there would only be shown again.
        shutil.rmtree(shop, ignore_errors=True)
        build_repository(shop)

    cost = bench.ours("propose", "-C", str(shop), CHANGE, times=3, before=build_afresh)
    libraries = bench.peer(sys.executable, "-c", "import langgraph.graph, fastavro, avro.schema, git")
    yield Row("propose on the example", cost, "import its libraries", libraries, 5.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--large", action="store_true", help=f"read {LARGE:,} files too, which takes some minutes")
    sizes = (*SIZES, LARGE) if parser.parse_args().large else SIZES
    parts = (start_up, proposing, reading_dense, *(partial(reading_monorepo, size) for size in sizes))
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-bench-") as folder:
        bench = Bench(Path(folder))
        print(
            f"{'ours':<38} {'ms':>7} {'CPU ms':>7} {'MB':>5}   {'peer in the same run':<22} {'CPU ms':>7} {'ratio':>7}   limit"
        )
        for part in parts:
            for row in part(bench):
                print(row, flush=True)


if __name__ == "__main__":
    main()
