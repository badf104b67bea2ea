"""The line with a critic on: what it only claims refutes nothing, and with the same cases all is as without a model (law 9)."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from copilot.adapters.store import FileStore
from copilot.domain.alternative import Plan
from copilot.domain.evidence import Evidence
from copilot.domain.model import Call, Exchange, ModelLimits
from copilot.domain.operation import ChangeRequest
from copilot.domain.proposal import Challenged, Compiled, Proposal, Reading, Record, plan_digest
from copilot.proposals import Workspace
from copilot.proposals.workspace import FOLDER, utc_now
from copilot.reasons.rollout import proved
from tests.line import CHANGE, DECISION, example
from tests.planners.scripted import Obliging, kit_of
from tests.repositories import git

SAYS = "Everything is lost, so refuse it."


def case(writer: str, reader: str, **record: Any) -> dict[str, Any]:
    return {
        "case": "record",
        "subject": "decision",
        "writer": writer,
        "reader": reader,
        "record": DECISION | record,
        "path": "outcome",
        "says": SAYS,
    }


ORDERS = {
    "case": "order",
    "moves": [{"job": "decisions", "to": "phase 1"}, {"job": "sink", "to": "phase 1"}],
    "says": SAYS,
}


def proposed(folder: Path, critic: object | None) -> Proposal:
    """Returns the decided proposal; `critic` is what the critic answers, None where no model is on."""
    script = Obliging({"critic": critic})
    workspace = Workspace.open(folder, model=None if critic is None else lambda tree: kit_of(script))
    id = workspace.propose(CHANGE)
    for _ in workspace.advance(id):
        pass
    return workspace.load(id)


@pytest.fixture(scope="module")
def plain() -> Proposal:
    return proposed(example(), None)


def test_claims_that_do_not_hold_refute_nothing_and_stay_in_the_log(plain: Proposal) -> None:
    lied = proposed(example(), {"cases": [case("base", "phase 1"), ORDERS]})

    assert lied.decision is not None
    assert plain.decision is not None
    assert lied.decision.chosen == plain.decision.chosen
    assert {it.alternative for it in lied.challenges} == {
        ruling.alternative for ruling in plain.decision.rulings if ruling.outcome in ("chosen", "acceptable")
    }
    assert all(it.cases[0].says == SAYS for it in lied.challenges)
    seen = [it for it in lied.evidence if it.check == "challenge"]
    assert {it.alternative for it in seen} == {it.alternative for it in lied.challenges}
    assert all(it.verdict != "fail" for it in seen)
    assert SAYS not in repr(seen) + repr(lied.decision)


def test_every_exchange_is_written_down_before_what_came_of_it() -> None:
    folder = example()
    id = proposed(folder, {"cases": [case("base", "phase 1")]}).id

    kinds = [type(record.body) for record in Workspace.open(folder).records(id)]

    made_up = [at for at, kind in enumerate(kinds) if kind is Challenged]
    assert all(kinds[at - 1] is Exchange for at in made_up)
    assert kinds[made_up[-1] + 1] is Evidence


def test_a_line_that_was_cut_short_asks_only_about_the_rest() -> None:
    folder = example()
    stop = threading.Event()

    def answer(call: Call) -> object:
        if first.asked.count("critic") == 2:
            stop.set()
        return {"cases": []}

    first, second = Obliging({"critic": answer}), Obliging({"critic": {"cases": []}})
    workspace = Workspace.open(folder, model=lambda tree: kit_of(first))
    id = workspace.propose(CHANGE)
    for _ in workspace.advance(id, stop):
        pass

    again = Workspace.open(folder, model=lambda tree: kit_of(second))
    for _ in again.advance(id):
        pass

    ended = again.load(id)
    assert second.asked.count("critic") == len(ended.challenges) - 1
    assert len({it.alternative for it in ended.challenges}) == len(ended.challenges)


def test_a_budget_that_ends_midway_leaves_the_rest_unchallenged_and_says_so() -> None:
    script = Obliging({"critic": {"cases": []}})
    folder = example()
    workspace = Workspace.open(folder, model=lambda tree: kit_of(script, ModelLimits(calls=1)))
    id = workspace.propose(CHANGE)
    for _ in workspace.advance(id):
        pass

    ended = workspace.load(id)
    assert ended.decision is not None
    assert any("The limit calls of the model (1) is reached." in it.problem for it in ended.challenges)


@pytest.mark.parametrize("cases", [[], [case("base", "phase 1"), case("phase 1", "base"), ORDERS]])
def test_with_the_same_cases_all_is_the_same_with_the_model_on_and_off(cases: list[Any]) -> None:
    asked, quiet = example(), example()
    with_model = proposed(asked, {"cases": cases})
    without = replayed(quiet, Workspace.open(asked).records(with_model.id))

    assert [it.id for it in without.evidence] == [it.id for it in with_model.evidence]
    assert without.evidence == with_model.evidence
    assert without.decision == with_model.decision
    for way in with_model.alternatives:
        assert plan_digest(without, way.id) == plan_digest(with_model, way.id)
        for phase in range(len(way.phases)):
            assert proved(without, way.id, phase) == proved(with_model, way.id, phase)


def replayed(folder: Path, records: tuple[Record, ...]) -> Proposal:
    """Runs the line without a model from the same request, plan and cases; what a model said about them is not there."""
    given = [it.body for it in records if isinstance(it.body, ChangeRequest | Reading | Plan | Compiled | Challenged)]
    workspace = Workspace.open(folder)
    id = workspace.propose(CHANGE)
    store = FileStore(Path(git(folder, "rev-parse", "--absolute-git-dir")) / FOLDER / "proposals", utc_now)
    for body in given[1:]:
        store.append(id, body)
    for _ in workspace.advance(id):
        pass
    return workspace.load(id)
