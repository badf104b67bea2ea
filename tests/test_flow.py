"""The line: stages in order, nothing done twice, whatever kills it; through LangGraph and without it alike."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from copilot.adapters.store import FileStore
from copilot.domain.evidence import Evidence
from copilot.domain.failing_case import OrderCase
from copilot.domain.operation import Limits
from copilot.domain.proposal import Challenged, Compiled, Proposal, Reading, Record, fold
from copilot.errors import SurroundingsFailed
from copilot.flow import STAGES, Begun, check_names, next_stage, run, run_plain
from copilot.plugins import Kit
from copilot.ports import ProposalStore
from copilot.proposals.verify import verify
from tests.paper_line import PIPELINE, UNCOMPILABLE, begin, paper_kit, store_of
from tests.repositories import commit, init

Runner = Callable[[Proposal, Kit, ProposalStore], object]
HOST = """
import sys
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables.config import var_child_runnable_config
from tests.paper_line import main
heard = []
class Listener(BaseCallbackHandler):
    def on_chain_start(self, *args, **kwargs):
        heard.append(args)
var_child_runnable_config.set({"max_concurrency": 1, "callbacks": [Listener()]})
main(*sys.argv[1:])
print("heard", heard)
"""
RECORDS = 1 + 1 + 1 + 4 + 4 * 3 + 1
ORDER = ["ChangeRequest", "Reading", "Plan", *["Compiled"] * 4, *["Evidence"] * 12, "Decision"]


@pytest.fixture
def base(tmp_path: Path) -> tuple[Path, str]:
    folder = init(tmp_path / "repository")
    return folder, commit(folder, {PIPELINE: "zero\n"})


@pytest.mark.parametrize("runner", [run, run_plain])
def test_the_stages_come_in_order_and_each_record_is_on_disk_when_it_is_shown(
    tmp_path: Path, base: tuple[Path, str], runner: Callable[..., object]
) -> None:
    store = store_of(tmp_path / "store")
    proposal = begin(store, base[1])

    for record in runner(proposal, paper_kit(*base), store):  # type: ignore[attr-defined]
        assert record in store_of(tmp_path / "store").records(proposal.id)

    assert [type(record.body).__name__ for record in store.records(proposal.id)] == ORDER


def test_the_graph_and_the_plain_runner_write_the_same_bytes(tmp_path: Path, base: tuple[Path, str]) -> None:
    ends = []
    for runner in (run, run_plain):
        store = store_of(tmp_path / runner.__name__)
        proposal = begin(store, base[1])
        shown(runner, proposal, paper_kit(*base), store)
        ends.append(fold(proposal.id, store.records(proposal.id)))

    assert ends[0].decision == ends[1].decision
    assert [evidence.id for evidence in ends[0].evidence] == [evidence.id for evidence in ends[1].evidence]


@pytest.mark.parametrize("runner", [run, run_plain])
@pytest.mark.parametrize("kept", range(1, RECORDS + 1))
def test_a_run_goes_on_from_its_last_record(
    tmp_path: Path, base: tuple[Path, str], kept: int, runner: Callable[..., object]
) -> None:
    whole = store_of(tmp_path / "whole")
    proposal = begin(whole, base[1])
    shown(run_plain, proposal, paper_kit(*base), whole)
    part = store_of(tmp_path / "part")
    for record in whole.records(proposal.id)[:kept]:
        part.append(proposal.id, record.body)

    shown(runner, fold(proposal.id, part.records(proposal.id)), paper_kit(*base), part)

    assert names(part, proposal.id) == names(whole, proposal.id)


@pytest.mark.parametrize("after", [1, 2, 3, 5, 8, 12, 17])
def test_a_killed_run_resumes_with_nothing_done_twice(tmp_path: Path, base: tuple[Path, str], after: int) -> None:
    store = store_of(tmp_path / "store")
    proposal = begin(store, base[1])
    command = [sys.executable, "-m", "tests.paper_line", str(base[0]), str(tmp_path / "store"), proposal.id]
    root = Path(__file__).parents[1]
    running = subprocess.Popen(command, cwd=root, env=dict(os.environ, PYTHONPATH=str(root)), stdout=subprocess.PIPE)
    assert running.stdout is not None

    for _ in range(after):
        assert running.stdout.readline()
    running.send_signal(signal.SIGKILL)
    running.wait(30)

    left = len(store_of(tmp_path / "store").records(proposal.id))
    assert after < left + 1 <= RECORDS
    fresh = store_of(tmp_path / "store")
    shown(run, fold(proposal.id, fresh.records(proposal.id)), paper_kit(*base), fresh)
    assert [type(record.body).__name__ for record in fresh.records(proposal.id)] == ORDER
    assert len({(e.alternative, e.check) for e in fold(proposal.id, fresh.records(proposal.id)).evidence}) == 12


def test_a_decided_proposal_has_nothing_due(tmp_path: Path, base: tuple[Path, str]) -> None:
    store = store_of(tmp_path / "store")
    proposal = begin(store, base[1])
    kit = paper_kit(*base)
    assert next_stage(proposal, check_names(kit)) == "read"
    shown(run_plain, proposal, kit, store)

    decided = fold(proposal.id, store.records(proposal.id))

    assert next_stage(decided, check_names(kit)) == "done"
    assert next_stage(decided, (*check_names(kit), "installed later")) == "done"
    assert shown(run, decided, kit, store) == []


def test_every_alternative_goes_through_every_check_even_one_without_a_patch(
    tmp_path: Path, base: tuple[Path, str]
) -> None:
    proposal = ran(tmp_path, paper_kit(*base), base[1])

    assert [evidence.check for evidence in proposal.evidence_of(UNCOMPILABLE)] == ["first", "second", "third"]
    refused = next(one for one in proposal.compiled if one.alternative == UNCOMPILABLE)
    assert isinstance(refused, Compiled)
    assert refused.refused is not None


def test_checks_see_the_map_after_each_phase(tmp_path: Path, base: tuple[Path, str]) -> None:
    proposal = ran(tmp_path, paper_kit(*base), base[1])

    evidence = proposal.evidence_of("two-000001")[0]

    assert evidence.measure("phases") == 2
    assert evidence.measure("letters") == len("one\n") + len("two\n")


def test_proving_twice_gives_the_same_ids(tmp_path: Path, base: tuple[Path, str]) -> None:
    first = ran(tmp_path / "a", paper_kit(*base), base[1])
    second = ran(tmp_path / "b", paper_kit(*base), base[1])

    assert [evidence.id for evidence in first.evidence] == [evidence.id for evidence in second.evidence]
    assert first.decision == second.decision


def test_a_check_that_fails_itself_is_unknown_and_the_others_go_on(tmp_path: Path, base: tuple[Path, str]) -> None:
    proposal = ran(tmp_path, paper_kit(*base, faults={"second": "raises"}), base[1])

    evidence = by_check(proposal, "two-000001")
    assert evidence["second"].verdict == "unknown"
    assert (
        evidence["second"].findings[0].message == "The check failed itself: ZeroDivisionError: a defect\nin the check"
    )
    assert evidence["third"].verdict == "pass"


def test_a_check_that_takes_too_long_is_unknown_and_names_the_limit(tmp_path: Path, base: tuple[Path, str]) -> None:
    store = store_of(tmp_path / "store")
    proposal = begin(store, base[1], Limits(check_seconds=1))
    shown(run_plain, proposal, paper_kit(*base, pauses={"second": 1.5}), store)

    evidence = by_check(fold(proposal.id, store.records(proposal.id)), "nothing")

    assert evidence["second"].verdict == "unknown"
    assert "limit check_seconds" in evidence["second"].findings[0].message
    assert evidence["first"].verdict == "pass"


def test_a_base_that_reads_differently_than_before_is_not_proved_on(tmp_path: Path, base: tuple[Path, str]) -> None:
    store = store_of(tmp_path / "store")
    proposal = begin(store, base[1])
    kit = paper_kit(*base)
    for stage in ("read", "plan", "compile"):
        for body in STAGES[stage](fold(proposal.id, store.records(proposal.id)), kit):
            changed = Reading("another map", 1, 0, body.impacts) if isinstance(body, Reading) else body
            store.append(proposal.id, changed)

    with pytest.raises(SurroundingsFailed, match="reads differently now"):
        shown(run_plain, fold(proposal.id, store.records(proposal.id)), kit, store)


def ran(folder: Path, kit: Kit, commit: str) -> Proposal:
    store = store_of(folder / "store")
    proposal = begin(store, commit)
    shown(run_plain, proposal, kit, store)
    return fold(proposal.id, store.records(proposal.id))


def test_a_check_that_leaves_is_unknown_and_not_called_slow(tmp_path: Path, base: tuple[Path, str]) -> None:
    proposal = ran(tmp_path, paper_kit(*base, faults={"second": "leaves"}), base[1])

    evidence = by_check(proposal, "one-000002")
    assert [evidence[name].verdict for name in ("first", "second", "third")] == ["pass", "unknown", "pass"]
    assert evidence["second"].findings[0].rule == "check.failed"


def test_what_a_program_around_it_set_for_its_own_graphs_does_not_reach_the_line(
    tmp_path: Path, base: tuple[Path, str]
) -> None:
    proposal = begin(store_of(tmp_path / "store"), base[1])
    command = [sys.executable, "-c", HOST, str(base[0]), str(tmp_path / "store"), proposal.id]
    root = Path(__file__).parents[1]

    # With one thread allowed, LangGraph would wait for ever: a process of its own can be ended, a thread can't.
    done = subprocess.run(
        command, cwd=root, env=dict(os.environ, PYTHONPATH=str(root)), capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "heard []"), done.stderr
    assert [type(record.body).__name__ for record in store_of(tmp_path / "store").records(proposal.id)] == ORDER


def test_an_interrupt_does_not_wait_for_the_check_that_runs(tmp_path: Path, base: tuple[Path, str]) -> None:
    proposal = begin(store_of(tmp_path / "store"), base[1])
    command = [sys.executable, "-m", "tests.paper_line", str(base[0]), str(tmp_path / "store"), proposal.id, "600"]
    root = Path(__file__).parents[1]
    running = subprocess.Popen(
        command,
        cwd=root,
        env=dict(os.environ, PYTHONPATH=str(root)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert running.stdout is not None
    assert running.stderr is not None

    while int(running.stdout.readline()) < ORDER.index("Evidence"):
        pass
    running.send_signal(signal.SIGINT)

    running.wait(10)
    assert b"KeyboardInterrupt" in running.stderr.read()


def test_a_line_that_is_stopped_from_elsewhere_ends_without_evidence_of_the_check_that_ran(
    tmp_path: Path, base: tuple[Path, str]
) -> None:
    store = store_of(tmp_path / "store")
    proposal = begin(store, base[1])
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()

    list(run(proposal, paper_kit(*base, pauses={"second": 600}), store, stop))

    assert [type(record.body).__name__ for record in store.records(proposal.id)] == ORDER[: ORDER.index("Evidence") + 1]


def test_what_the_line_turns_to_is_told_before_it_runs_and_changes_no_record(
    tmp_path: Path, base: tuple[Path, str]
) -> None:
    store, other = store_of(tmp_path / "store"), store_of(tmp_path / "other")
    proposal = begin(store, base[1])
    told: list[Begun | Record] = []

    for record in run(proposal, paper_kit(*base, pauses={"first": 0.2}), store, begins=told.append):
        told.append(record)

    list(run(begin(other, base[1]), paper_kit(*base), other))
    watched, unwatched = fold(proposal.id, store.records(proposal.id)), fold(proposal.id, other.records(proposal.id))
    assert [it.id for it in watched.evidence] == [it.id for it in unwatched.evidence]
    assert watched.decision == unwatched.decision
    begun = [it for it in told if isinstance(it, Begun)]
    assert [it.stage for it in begun if not it.alternative] == ["read", "plan", "compile", *["prove"] * 4, "decide"]
    assert [it for it in begun if it.alternative == "two-000001"] == [
        Begun("prove", "two-000001", of=3),
        *(Begun("prove", "two-000001", name, at, 3) for at, name in enumerate(check_names(paper_kit(*base)), 1)),
    ]
    for evidence in (it.body for it in told if isinstance(it, Record) and isinstance(it.body, Evidence)):
        told_of = next(it for it in begun if (it.alternative, it.check) == (evidence.alternative, evidence.check))
        assert told.index(told_of) < next(at for at, it in enumerate(told) if getattr(it, "body", None) == evidence)


def test_an_end_that_nobody_stopped_leaves_the_stop_of_the_caller_alone(tmp_path: Path, base: tuple[Path, str]) -> None:
    store = store_of(tmp_path / "store")
    stop = threading.Event()

    list(run(begin(store, base[1]), paper_kit(*base), store, stop))

    assert not stop.is_set()


@pytest.mark.parametrize("after", [1, 6, 18])
def test_a_watcher_that_leaves_early_loses_nothing(tmp_path: Path, base: tuple[Path, str], after: int) -> None:
    store = store_of(tmp_path / "store")
    proposal = begin(store, base[1])
    watched = iter(run(proposal, paper_kit(*base), store))

    for _ in range(after):
        next(watched)
    assert isinstance(watched, Generator)
    watched.close()

    shown(run, fold(proposal.id, store.records(proposal.id)), paper_kit(*base), store)
    assert [type(record.body).__name__ for record in store.records(proposal.id)] == ORDER


def shown(runner: Callable[..., object], proposal: Proposal, kit: Kit, store: FileStore) -> list[Record]:
    return list(runner(proposal, kit, store))  # type: ignore[call-overload, no-any-return]


def by_check(proposal: Proposal, alternative: str) -> dict[str, Evidence]:
    return {evidence.check: evidence for evidence in proposal.evidence_of(alternative)}


def names(store: FileStore, id: str) -> list[str]:
    """Returns what each record is about, without what a clock put in."""
    return [
        record.body.id if isinstance(record.body, Evidence) else type(record.body).__name__
        for record in store.records(id)
    ]


def test_cases_that_somebody_made_up_are_executed_before_it_is_decided(tmp_path: Path, base: tuple[Path, str]) -> None:
    store = store_of(tmp_path / "store")
    proposal = begin(store, base[1])
    kit = paper_kit(*base)
    for stage in ("read", "plan", "compile", "prove"):
        for body in STAGES[stage](fold(proposal.id, store.records(proposal.id)), kit):
            store.append(proposal.id, body)
    case = OrderCase((("nobody", "phase 1"),), "it breaks")
    store.append(proposal.id, Challenged("two-000001", (case,)))

    shown(run, fold(proposal.id, store.records(proposal.id)), kit, store)

    ended = fold(proposal.id, store.records(proposal.id))
    assert by_check(ended, "two-000001")["challenge"].verdict == "not-applicable"
    assert "challenge" not in by_check(ended, "one-000002")
    assert ended.decision is not None
    assert verify(ended, kit).holds
