"""Runs the line: read, plan, compile, prove, challenge, decide. LangGraph carries the proposal from stage to stage.

Each stage is a plain function from a proposal to the records that come next, and `next_stage` alone says which one is due, so
a run that was cut short goes on from its last record and does nothing twice. `run_plain` is the same line without LangGraph.
Neither checkpoints nor interrupts of the graph are used: the proposal's file is the only state.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from copilot.adapters.tree import OverlayTree
from copilot.checks.challenge import ChallengeCheck
from copilot.checks.evidence import make_evidence
from copilot.checks.preconditions import PreconditionsCheck
from copilot.checks.wishes import WishesCheck
from copilot.domain.alternative import Alternative, Plan
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.model import Exchange
from copilot.domain.operation import ChangeRequest
from copilot.domain.patch import Patch, Refused
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.proposal import Body, Challenged, Compiled, Proposal, Reading, Record, after, fold
from copilot.domain.same_names import named_as_in
from copilot.domain.wishes import Avoids, KeepsOld
from copilot.errors import SurroundingsFailed, WrongUsage
from copilot.planners.rules import NOTHING
from copilot.planners.time_boxes import timed
from copilot.plugins import Kit
from copilot.ports import Case, Check, ModelKit, ProposalStore
from copilot.settings import SETTINGS_PATH, Settings, read_settings

if TYPE_CHECKING:
    from copilot.planners.talk import Talk

Stage = Literal["read", "plan", "compile", "prove", "challenge", "decide", "done"]

# Whatever the environment says, nothing about a user's repository is sent to a tracing service.
_TRACING_VARIABLES = (
    "LANGSMITH_TRACING",
    "LANGSMITH_TRACING_V2",
    "LANGCHAIN_TRACING",
    "LANGCHAIN_TRACING_V2",
    "LANGGRAPH_TRACING",
)

OCCASIONAL: tuple[Check, ...] = (WishesCheck(), PreconditionsCheck())
"""Checks that not every alternative goes through."""
STOP_LOOK_SECONDS = 0.1
"""How long a check runs on after the line was stopped, before it is left behind."""


class Stopped(Exception):
    """Somebody left the line before its end."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What the line turns to now. Where it proves, that is the check `at` (from 1) of the `of` that an alternative waits for.

    `check` is "" while the states that the alternative leads to are read.
    """

    stage: Stage
    alternative: str = ""
    check: str = ""
    at: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever looks on: is told what begins, and may stop the line. It is no part of the proposal, so no record rests on it."""

    is_stopped: Callable[[], bool] = bool
    begins: Callable[[Begun], object] = lambda begun: None


def next_stage(proposal: Proposal, checks: Sequence[str], *, critics: int = 0) -> Stage:
    """Tells which stage is due, from what the proposal holds and the names of the checks that it must pass through.

    As many as `critics` of those that survive the checks are challenged.
    """
    if proposal.decision is not None:
        return "done"
    if proposal.reading is None:
        return "read"
    if proposal.plan is None:
        return "plan"
    compiled = {one.alternative for one in proposal.compiled}
    if any(alternative.id not in compiled for alternative in proposal.alternatives):
        return "compile"
    if unproved(proposal, checks):
        return "prove"
    is_challenged = unexecuted(proposal) or unchallenged(proposal, critics)
    return "challenge" if is_challenged else "decide"


def unexecuted(proposal: Proposal) -> tuple[str, ...]:
    """Returns the alternatives that somebody tried to refute by cases that were not executed yet."""
    made_up = Counter(it.alternative for it in proposal.challenges if it.cases)
    executed = Counter(it.alternative for it in proposal.evidence if it.check == ChallengeCheck.name)
    return tuple(id for id in made_up if executed[id] < made_up[id])


def unproved(proposal: Proposal, checks: Sequence[str]) -> tuple[str, ...]:
    """Returns the alternatives that lack evidence of some check, in the order of the plan."""
    proved = {(evidence.alternative, evidence.check) for evidence in proposal.evidence}

    def is_proved(alternative: Alternative) -> bool:
        due = (*checks, *(it.name for it in occasional_checks(proposal, alternative)))
        return all((alternative.id, check) in proved for check in due)

    return tuple(it.id for it in proposal.alternatives if not is_proved(it))


def occasional_checks(proposal: Proposal, alternative: Alternative) -> tuple[Check, ...]:
    """Returns the checks that only a request with wishes, and only an alternative with claims, asks for."""
    is_wished = any(isinstance(it, KeepsOld | Avoids) for it in proposal.request.wishes)
    asked = (is_wished, bool(alternative.testable))
    return tuple(check for check, is_asked in zip(OCCASIONAL, asked, strict=True) if is_asked)


def critics_of(kit: Kit) -> int:
    """Returns how many alternatives a critic may be asked about, 0 where no model is on."""
    return kit.model.limits.critics if kit.model is not None else 0


def unchallenged(proposal: Proposal, critics: int) -> tuple[Alternative, ...]:
    """Returns the alternatives that a critic is still to be asked about; what a person made or decided before is left alone."""
    left = critics - len(proposal.challenges)
    if left <= 0 or proposal.continued:
        return ()
    from copilot.planners.critic import survivors

    return tuple(survivors(proposal))[:left]


def read(proposal: Proposal, kit: Kit) -> Iterator[Body]:
    """Reads the map, what the operations touch in it, and which files people will have to touch for them."""
    reading = reading_of(proposal, kit)
    impacts = dict(zip(proposal.request.operations, reading.impacts, strict=True))
    yield replace(reading, impacted=kit.ranked(impacts, kit.base_map()))


def reading_of(proposal: Proposal, kit: Kit) -> Reading:
    """Returns what is proved by the map alone: equal on every machine."""
    pipeline = kit.base_map()
    impacts = tuple(kit.impact_of(operation, pipeline) for operation in proposal.request.operations)
    concerned = {link.job for impact in impacts for link in (*impact.producers, *impact.consumers)}
    owners = tuple((job.name, job.owner) for job in pipeline.jobs if job.owner and job.name in concerned)
    tools = kit.tools_digest(bool(proposal.request.commands))
    return Reading(kit.base_digest(), pipeline.files_read, len(pipeline.gaps), impacts, owners=owners, tools=tools)


def is_up_to_date(proposal: Proposal, kit: Kit) -> bool:
    """Tells whether asking again now would read the same and prove it with the same tools; so it is before anything was read."""
    reading = proposal.reading
    if reading is None:
        return True
    tools = kit.tools_digest(bool(proposal.request.commands))
    return (reading.map_digest, reading.tools) == (kit.base_digest(), tools)


def plan(proposal: Proposal, kit: Kit, watch: Watch = Watch()) -> Iterator[Body]:
    """Finds the alternatives: those of the rules, and what a model adds, with all that was said to it."""
    assert proposal.reading is not None, "planning comes after reading"
    if proposal.continued is not None:
        # Somebody has decided for this way already; what is asked now is whether its next phase still holds.
        yield Plan((NOTHING, proposal.continued.alternative), ())
        return
    asked, impacts = proposal.request.operations, proposal.reading.impacts
    found = kit.planner.plan(proposal.request, impacts, kit.base_map())
    found = replace(found, alternatives=tuple(kit.compiler.fitted(it, kit.tree) for it in found.alternatives))
    if kit.model is not None:
        found = yield from _suggested(proposal, impacts, found, kit, kit.model, watch)
    wishes = proposal.request.wishes
    timed_ones = (timed(it, asked, impacts, kit.base_map(), kit.settings, wishes) for it in found.alternatives)
    yield replace(found, alternatives=tuple(timed_ones))


def _suggested(
    proposal: Proposal, impacts: tuple[Impact, ...], found: Plan, kit: Kit, on: ModelKit, watch: Watch
) -> Generator[Exchange, None, Plan]:
    """Yields what is said to a model; returns the plan with what it adds."""
    from copilot.planners.claude import ClaudePlanner
    from copilot.planners.talk import streamed

    planner = ClaudePlanner(proposal.request, impacts, kit.base_map(), kit.tree)
    plan = yield from streamed(
        lambda tell: planner.with_suggestions(found, _talk(on, proposal, tell, watch, kit.earlier), kit.compiler)
    )
    _refuse_when(watch.is_stopped())
    return plan


def _talk(
    on: ModelKit, proposal: Proposal, tell: Callable[[Exchange], object], watch: Watch, earlier: Proposal | None
) -> Talk:
    """Returns a talk with the model that goes on from what this proposal, and the one that it follows, hold."""
    from copilot.planners.talk import Talk

    answered, where = (earlier.exchanges, earlier.id) if earlier else ((), "")
    return Talk(
        on.model,
        on.prompts,
        on.limits,
        tell,
        spent=proposal.exchanges,
        answered=answered,
        answered_in=where,
        is_stopped=watch.is_stopped,
    )


def compile_patches(proposal: Proposal, kit: Kit) -> Iterator[Body]:
    """Turns each alternative that has none yet into patches, or says why there are none."""
    compiled = {one.alternative for one in proposal.compiled}
    for alternative in proposal.alternatives:
        if alternative.id not in compiled:
            result = kit.compiler.compile(alternative, kit.tree)
            if isinstance(result, Refused):
                yield Compiled(alternative.id, (), result)
            else:
                yield Compiled(alternative.id, result)


def prove(proposal: Proposal, kit: Kit) -> Iterator[Body]:
    """Puts every alternative through every check that it has not been through."""
    for alternative in unproved(proposal, check_names(kit)):
        yield from prove_alternative(proposal, kit, alternative)


def prove_alternative(proposal: Proposal, kit: Kit, alternative: str, watch: Watch = Watch()) -> Iterator[Evidence]:
    """Puts one alternative through the checks that it has not been through, in their order."""
    proved = {evidence.check for evidence in proposal.evidence_of(alternative)}
    occasional = occasional_checks(proposal, proposal.alternative(alternative))
    due = [check for check in (*kit.checks, *occasional) if check.name not in proved]
    if due:
        watch.begins(Begun("prove", alternative, of=len(due)))
        known = standing_evidence(proposal, kit, alternative)
        case = None if all(check.name in known for check in due) else case_of(proposal, kit, alternative)
        for at, check in enumerate(due, 1):
            watch.begins(Begun("prove", alternative, check.name, at, len(due)))
            if check.name in known:
                yield known[check.name]
            else:
                assert case is not None, "a case is made where a check has to run"
                yield run_check(check, case, kit, watch.is_stopped)


def standing_evidence(proposal: Proposal, kit: Kit, alternative: str) -> dict[str, Evidence]:
    """Returns the evidence of an earlier proposal that would come out the same here, by check.

    That is so for the same alternative and patches, for the same request of the same commit, read and proved by the same tools;
    wishes aside, which a check of their own looks at.
    """
    old, reading = kit.earlier, proposal.reading
    if old is None or old.reading is None or reading is None or _asked(old) != _asked(proposal):
        return {}
    if (old.reading.map_digest, old.reading.tools) != (reading.map_digest, reading.tools) or not reading.tools:
        return {}
    if old.patches_of(alternative) != proposal.patches_of(alternative):
        return {}
    before = next((it for it in old.alternatives if it.id == alternative), None)
    if before is None or _untimed(before) != _untimed(proposal.alternative(alternative)):
        return {}
    names = check_names(kit)
    return {it.check: it for it in old.evidence_of(alternative) if it.check in names and it.verdict != "unknown"}


def _asked(proposal: Proposal) -> ChangeRequest:
    """Returns what a request asks of the checks: not who asked, nor in which words."""
    return replace(proposal.request, text="", asked_by="", follows="", wishes=())


def _untimed(alternative: Alternative) -> Alternative:
    """Returns the alternative without what only people and gates look at."""
    return replace(alternative, phases=tuple(replace(it, time_box=None) for it in alternative.phases))


def challenge(proposal: Proposal, kit: Kit, watch: Watch = Watch()) -> Iterator[Body]:
    """Lets a critic look for cases in which an alternative fails, where there is one, and executes all that were not yet."""
    for body in _made_up(proposal, kit, watch):
        proposal = after(proposal, body)
        yield body
    for alternative in unexecuted(proposal):
        watch.begins(Begun("challenge", alternative, kit.challenge.name, 1, 1))
        yield run_check(kit.challenge, case_of(proposal, kit, alternative), kit, watch.is_stopped)


def _made_up(proposal: Proposal, kit: Kit, watch: Watch) -> Iterator[Exchange | Challenged]:
    if kit.model is None:
        return
    from copilot.planners.critic import challenged

    told: list[Exchange] = []
    talk = _talk(kit.model, proposal, told.append, watch, kit.earlier)
    for alternative in unchallenged(proposal, kit.model.limits.critics):
        watch.begins(Begun("challenge", alternative.id))
        found = challenged(alternative, proposal, kit.base_map(), talk)
        yield from told
        told.clear()
        _refuse_when(watch.is_stopped())
        yield found


def decide(proposal: Proposal, kit: Kit) -> Iterator[Body]:
    """Decides over the evidence."""
    yield kit.decide(proposal)


STAGES: dict[Stage, Callable[[Proposal, Kit], Iterator[Body]]] = {
    "read": read,
    "plan": plan,
    "compile": compile_patches,
    "prove": prove,
    "challenge": challenge,
    "decide": decide,
}


def check_names(kit: Kit) -> tuple[str, ...]:
    """Returns the names of the kit's checks, in their order."""
    return tuple(check.name for check in kit.checks)


def case_of(proposal: Proposal, kit: Kit, alternative: str, *, states: tuple[PipelineMap, ...] | None = None) -> Case:
    """Returns what a check judges; raises SurroundingsFailed where the base reads differently than when it was planned.

    `states` are the maps after each phase where they are known already.
    """
    assert proposal.reading is not None, "proving comes after reading"
    base = kit.base_map()
    if kit.base_digest() != proposal.reading.map_digest:
        raise SurroundingsFailed(
            f"Commit {proposal.request.commit[:12]} reads differently now than when this proposal was begun.",
            next="The program, a plug-in or a clone that copilot.toml names changed in between: propose again.",
        )
    compiled = next(one for one in proposal.compiled if one.alternative == alternative)
    if states is None:
        states = tuple(named_as_in(base, _state_after(patch, kit)) for patch in compiled.patches)
    return Case(
        proposal.request,
        base,
        proposal.reading.impacts,
        proposal.alternative(alternative),
        compiled.patches,
        states,
        compiled.refused,
        proposal.reading.impacted,
        tuple(one for it in proposal.challenges if it.alternative == alternative for one in it.cases),
    )


def run_check(check: Check, case: Case, kit: Kit, is_stopped: Callable[[], bool] = bool) -> Evidence:
    """Returns the check's evidence, or "unknown" with the reason where it failed itself or took too long.

    A check that doesn't end can't be killed inside this process: it is left behind in its thread, and the line goes on.
    Raises Stopped when `is_stopped` says so meanwhile.
    """
    limits = case.request.limits
    # A check that runs the repository's commands has a limit of its own for each of them.
    seconds = limits.check_seconds + limits.command_seconds * len(case.request.commands)
    done: list[Evidence] = []
    failures: list[str] = []

    def attempt() -> None:
        try:
            done.append(check.run(case, kit.bench))
        # The one place that catches everything: a defect in a check (or in a plug-in) must show up as unknown, never as a pass,
        # and must not take the other evidence with it.
        except (Exception, SystemExit) as error:
            failures.append(f"The check failed itself: {type(error).__name__}: {error}")

    worker = threading.Thread(target=attempt, name=f"check {check.name}", daemon=True)
    worker.start()
    ends = time.monotonic() + seconds
    while worker.is_alive() and (left := ends - time.monotonic()) > 0:
        worker.join(min(left, STOP_LOOK_SECONDS))
        _refuse_when(is_stopped())
    if done:
        return done[0]
    late = f"The check did not end within the limit check_seconds ({seconds} s), and was left behind."
    reason = failures[0] if failures else late
    rule = "check.failed" if failures else "check.limit"
    finding = Finding(rule, "warning", reason, fix="Report this with the proposal's file.")
    return make_evidence(check.name, check.version, case, verdict="unknown", findings=(finding,))


def run_plain(proposal: Proposal, kit: Kit, store: ProposalStore) -> Iterator[Record]:
    """Runs the line to its decision, one record at a time, each on disk before it is yielded."""
    checks = check_names(kit)
    while (stage := next_stage(proposal, checks, critics=critics_of(kit))) != "done":
        for body in STAGES[stage](proposal, kit):
            yield store.append(proposal.id, body)
        proposal = fold(proposal.id, store.records(proposal.id))


def run(
    proposal: Proposal,
    kit: Kit,
    store: ProposalStore,
    stop: threading.Event | None = None,
    begins: Callable[[Begun], object] | None = None,
) -> Iterator[Record]:
    """Runs the line to its decision through LangGraph, yielding each record when it is on disk.

    `begins` is told of each stage and each check before it runs, from the line's own thread.

    Leaving early (an interrupt, closing the iterator, or `stop` set from anywhere) ends the work at once; a check that was
    running has no evidence then, and is run again when the line goes on.
    """
    if next_stage(proposal, check_names(kit), critics=critics_of(kit)) == "done":
        return
    silence_tracing()
    ended = threading.Event()

    def is_stopped() -> bool:
        return ended.is_set() or (stop is not None and stop.is_set())

    watch = Watch(is_stopped, begins) if begins else Watch(is_stopped)
    shown: queue.SimpleQueue[Record | BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            for record in build_graph(kit, store, watch).stream({"proposal": proposal}, stream_mode="custom"):
                shown.put(record)
            shown.put(None)
        except BaseException as failure:
            shown.put(failure)

    # In a thread, because LangGraph, where it is interrupted, waits for its stage. And in an empty context, because it takes
    # callbacks and max_concurrency from a program around it: with one thread allowed, what waits for the stream has that
    # thread, the stage never starts, and both wait for ever.
    worker = threading.Thread(target=Context().run, args=(work,), name="line", daemon=True)
    worker.start()
    try:
        yield from _until_end(shown)
    finally:
        ended.set()
        worker.join()


def _until_end(shown: queue.SimpleQueue[Record | BaseException | None]) -> Iterator[Record]:
    while (found := shown.get()) is not None:
        if isinstance(found, Stopped):
            return
        if isinstance(found, BaseException):
            raise found
        yield found


def silence_tracing() -> None:
    """Turns tracing off for this process, before langgraph (and langsmith in it) is imported."""
    for name in _TRACING_VARIABLES:
        os.environ[name] = "false"
    if "langsmith" in sys.modules:
        # A host program imported it before us; it remembers the environment as it was.
        sys.modules["langsmith"].utils.get_env_var.cache_clear()


def _refuse_when(is_stopped: bool) -> None:
    if is_stopped:
        raise Stopped


class _State(TypedDict):
    proposal: Proposal


def build_graph(kit: Kit, store: ProposalStore, watch: Watch) -> Any:
    """Returns the compiled graph: a node for each stage, and `next_stage` as the only edge. Nothing is recorded once it is stopped.

    Proving is a task for each alternative, one after the other: checks are bound to the processor, so threads would save next to
    nothing and cost the fixed order of records.
    """
    from langgraph.config import get_stream_writer
    from langgraph.graph import END, START, StateGraph

    checks = check_names(kit)

    def node(stage: Stage) -> Callable[[_State], _State]:
        def run_stage(state: _State) -> _State:
            proposal = state["proposal"]
            show = get_stream_writer()
            watch.begins(Begun(stage))
            for body in _task(stage, proposal, kit, watch):
                _refuse_when(watch.is_stopped())
                show(store.append(proposal.id, body))
            return {"proposal": fold(proposal.id, store.records(proposal.id))}

        return run_stage

    def route(state: _State) -> str:
        stage = next_stage(state["proposal"], checks, critics=critics_of(kit))
        return END if stage == "done" else stage

    graph: Any = StateGraph(_State)
    for stage in STAGES:
        graph.add_node(stage, node(stage))
    for source in (START, *STAGES):
        graph.add_conditional_edges(source, route, [*STAGES, END])
    return graph.compile()


def _task(stage: Stage, proposal: Proposal, kit: Kit, watch: Watch) -> Iterator[Body]:
    if stage == "prove":
        return prove_alternative(proposal, kit, unproved(proposal, check_names(kit))[0], watch)
    if stage == "challenge":
        return challenge(proposal, kit, watch)
    if stage == "plan":
        return plan(proposal, kit, watch)
    return STAGES[stage](proposal, kit)


def _state_after(patch: Patch, kit: Kit) -> PipelineMap:
    return kit.mapper.map(OverlayTree(kit.tree, patch.changes), _settings_after(patch, kit))


def _settings_after(patch: Patch, kit: Kit) -> Settings:
    """Returns what `copilot.toml` says in the state; where it could not be understood any more, what it said before."""
    text = next((change.after for change in patch.changes if change.path == SETTINGS_PATH), None)
    if text is None:
        return kit.settings
    try:
        return read_settings(text)
    except WrongUsage:
        return kit.settings
