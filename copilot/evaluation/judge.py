"""What really happens when a change is rolled out: the program of a case is run in every pair of states that meet on the way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from copilot.domain.alternative import Alternative, Phase
from copilot.domain.patch import Patch
from copilot.errors import SurroundingsFailed
from copilot.evaluation.flows import Flow

SECONDS_MAX = 60
PROGRAM = "judge.py"
BASE = 0
"""The number of the state before the change; phase n leads to state n + 1."""


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """A record that the producer of one state wrote is read by the consumer of another."""

    writer: int
    reader: int
    flow: str


@dataclass(frozen=True, slots=True)
class Met:
    """What happened to the record of one input; each of `records` is a decoder's, None where it refused."""

    meeting: Meeting
    input: int
    records: Mapping[str, Any]
    output: Any
    problem: str


def meetings(alternative: Alternative, flows: Sequence[Flow], *, keeps_for_ever: bool = False) -> tuple[Meeting, ...]:
    """Returns the pairs of states that meet when the steps are taken in their order, old records included.

    Records of a phase stay readable until a gate waits for them to be gone. Where topics keep them for ever, what comes after such
    a gate never comes, unless they are written again for it. A program that people have to change by hand in a phase is not run
    from there on: what they write is not known.
    """
    found: set[Meeting] = set()
    for flow in flows:
        oldest = at = BASE
        for number, phase in enumerate(alternative.phases):
            gates = alternative.gates_before(number)
            waits = bool(gates) and gates[-1].outlasts_retention
            if waits and (keeps_for_ever or flow.keeps_for_ever) and not gates[-1].rewritten:
                break
            oldest = number if waits else oldest
            for writer, reader in _moves(phase, flow, at):
                found.add(Meeting(writer, reader, flow.name))
            at = number + 1
            found |= {Meeting(older, at, flow.name) for older in range(oldest, at + 1)}
        writers, readers = (finished(alternative, place) for place in (flow.producer, flow.consumer))
        found = {it for it in found if it.flow != flow.name or (it.writer <= writers and it.reader <= readers)}
    return tuple(sorted(found))


def finished(alternative: Alternative, place: str) -> int:
    """Returns the last state in which the program at "folder/file:function" needs nothing by hand."""
    folder = place.partition(":")[0].rpartition("/")[0]
    for number, phase in enumerate(alternative.phases):
        by_hand = {text.partition(":")[0] for step in phase.steps for text in step.manual}
        if any(path.rpartition("/")[0] == folder for path in by_hand):
            return number
    return len(alternative.phases)


def _moves(phase: Phase, flow: Flow, at: int) -> Iterator[tuple[int, int]]:
    """Yields the states of writer and reader after each step of a phase that moves from state `at` to the next."""
    writer = reader = at
    for step in phase.steps:
        writer = at + 1 if flow.producer_job in step.jobs and step.kind != "consumers" else writer
        reader = at + 1 if flow.consumer_job in step.jobs and step.kind != "producers" else reader
        yield writer, reader


def write_states(base: Path, patches: Sequence[Patch], folder: Path) -> list[Path]:
    """Writes the files of the state before the change and after each phase, and returns the folders."""
    states = [base]
    for number, patch in enumerate(patches):
        state = folder / f"state-{number + 1}"
        _copy(base, state)
        for change in patch.changes:
            target = state / change.path
            if change.after is None:
                target.unlink(missing_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(change.after, "utf-8", newline="")
        states.append(state)
    return states


def _copy(base: Path, state: Path) -> None:
    for file in sorted(base.rglob("*")):
        relative = file.relative_to(base)
        if relative.parts[0] != ".git" and file.is_file():
            target = state / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())


def run_meetings(
    program: Path,
    states: Sequence[Path],
    flows: Sequence[Flow],
    asked: Iterable[Meeting],
    pairs: Sequence[tuple[int, int, str]],
) -> tuple[tuple[Met, ...], tuple[str, ...]]:
    """Returns what happened in each meeting, and why the official library refuses schemas that one state reads of another.

    `pairs` are (state of the reader, state of the writer, schema file). Raises SurroundingsFailed where the judge itself fails.
    """
    order = tuple(asked)
    flows = [replace(flow, reader=flow.reader or flow.schema) for flow in flows]
    request = {
        "states": [str(state) for state in states],
        "flows": [asdict(flow) for flow in flows],
        "meetings": [(it.writer, it.reader, it.flow) for it in order],
        "pairs": pairs,
    }
    found = _asked(program, request)
    met = tuple(one for it, told in zip(order, found["meetings"], strict=True) for one in _met(it, told))
    return met, tuple(found["refusals"])


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What other libraries say of a reader's and a writer's schema: the checker's objection, "" for none, and for each decoder
    which of the records that it was given it reads."""

    objection: str
    reads: Mapping[str, tuple[bool, ...]]


def second_opinions(program: Path, pairs: Sequence[tuple[Any, Any]]) -> tuple[SecondOpinion, ...]:
    """Returns what other libraries say of pairs (reader, writer) of schemas, JSON values; raises SurroundingsFailed."""
    told = _asked(program, {"schemas": [list(pair) for pair in pairs]})["answers"]
    problem = next((it["error"] for it in told if "error" in it), "")
    if problem:
        raise SurroundingsFailed(f"The judge failed: {problem}")
    return tuple(
        SecondOpinion(it["objection"], {name: tuple(seen) for name, seen in it["reads"].items()}) for it in told
    )


def _asked(program: Path, request: Mapping[str, Any]) -> Any:
    try:
        ran = subprocess.run(
            [sys.executable, "-B", str(program)],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise SurroundingsFailed(f"The judge took over {SECONDS_MAX} s.") from None
    except subprocess.CalledProcessError as error:
        raise SurroundingsFailed(f"The judge failed: {error.stderr[-500:]}") from None
    return json.loads(ran.stdout)


def _met(meeting: Meeting, told: Any) -> Iterator[Met]:
    if isinstance(told, dict):
        yield Met(meeting, 0, {}, None, told["error"])
        return
    for number, one in enumerate(told):
        decoders = {name: one.get(name, {}) for name in ("fastavro", "avro")}
        records = {name: it.get("record") for name, it in decoders.items()}
        refused = next((it["error"] for it in decoders.values() if "error" in it), "")
        problem = one.get("made") or one.get("failed") or ("" if "output" in one else refused)
        yield Met(meeting, number, records, one.get("output"), problem)
