"""The catalogue of mutations, on a chosen patch of the example: each one breaks something, and says what."""

from __future__ import annotations

import functools
from dataclasses import replace
from itertools import combinations

import pytest

from copilot.checks.mutant import MUTANTS_MAX, edits_of
from copilot.checks.mutations import MUTATIONS
from copilot.domain.alternative import SchemaEdit, Step
from copilot.flow import case_of
from copilot.plugins import Kit
from copilot.ports import Case
from copilot.proposals import Workspace
from tests.line import copy_of_example
from tests.repositories import lasting_folder

RENAME = "rename amount to total_cents in schemas/order.avsc"
PHASED = "rename outcome to verdict in decision"


@functools.cache
def chosen(change: str) -> tuple[Case, Kit]:
    folder, id = copy_of_example(lasting_folder(), change)
    workspace = Workspace.open(folder)
    proposal = workspace.load(id)
    assert proposal.decision is not None
    kit = workspace._kit(proposal.request.commit)
    return case_of(proposal, kit, proposal.decision.chosen), kit


def test_there_are_at_least_twenty_ways_each_with_a_name_and_a_harm_of_its_own() -> None:
    assert len({it.name for it in MUTATIONS}) == len(MUTATIONS) >= 20
    assert all(it.harm and it.needs for it in MUTATIONS)


@pytest.mark.parametrize("change", [RENAME, PHASED])
def test_no_mutant_is_the_chosen_alternative_itself(change: str) -> None:
    case, kit = chosen(change)

    for mutation in MUTATIONS:
        mutants = mutation.of(case, kit.tree)

        assert len(mutants) <= MUTANTS_MAX
        for mutant in mutants:
            own = (mutant.alternative.phases, mutant.texts or tuple(it.changes for it in case.patches))
            assert own != (case.alternative.phases, tuple(it.changes for it in case.patches)), mutation.name
            assert mutant.place


def test_a_phased_patch_can_be_broken_in_twenty_ways() -> None:
    case, kit = chosen(PHASED)

    assert sum(bool(mutation.of(case, kit.tree)) for mutation in MUTATIONS) >= 20


@pytest.mark.parametrize("change", [RENAME, PHASED, "remove channel from Order", "make channel optional in Order"])
def test_every_patch_of_a_schema_can_be_broken_twenty_times(change: str) -> None:
    case, kit = chosen(change)

    assert sum(len(mutation.of(case, kit.tree)) for mutation in MUTATIONS) >= 20


@pytest.mark.parametrize(
    "change",
    ["raise the compatibility of score to FULL_TRANSITIVE", "split orders.v1 by channel into orders.web, orders.app"],
)
def test_a_patch_of_few_lines_can_be_broken_in_twenty_ways_too(change: str) -> None:
    case, kit = chosen(change)

    assert sum(bool(mutation.of(case, kit.tree)) for mutation in MUTATIONS) >= 20


def test_another_field_is_broken_in_each_text_of_the_record_and_never_the_one_that_was_meant() -> None:
    case, kit = chosen(RENAME)
    asked = {getattr(it, "field", "") for it in case.request.operations}

    for name in ("another field dropped", "another field renamed", "another field retyped"):
        mutants = next(it for it in MUTATIONS if it.name == name).of(case, kit.tree)
        assert mutants, name
        for mutant in mutants:
            more = set(edits_of(mutant.alternative)) - set(edits_of(case.alternative))
            own = {it.source.path for it in edits_of(case.alternative) if isinstance(it, SchemaEdit)}
            assert {it.source.path for it in more if isinstance(it, SchemaEdit)} == own, name
            assert asked.isdisjoint(getattr(it, "field", "") for it in more), name


def test_who_forgets_a_file_forgets_it_in_its_steps_too() -> None:
    case, kit = chosen(RENAME)
    forgotten = next(it for it in MUTATIONS if it.name == "one copy of the schema forgotten")

    mutant = forgotten.of(case, kit.tree)[0]

    path = "schemas/order.avsc"
    assert mutant.place == f"{path} left as it is"
    assert path not in {path for phase in mutant.alternative.phases for step in phase.steps for path in step.paths}
    assert len(edits_of(mutant.alternative)) < len(edits_of(case.alternative))


def cut_over() -> tuple[Case, Kit]:
    """The example's rename, as one step that stops two jobs, with a place by hand in each."""
    case, kit = chosen(RENAME)
    places = ("services/features/features/main.py:3  features: drain", "services/orders/orders/main.py:3  orders: stop")
    step = Step("Deploy both sides at once", "cutover", ("features", "orders"), (), places)
    phase = replace(case.alternative.phases[-1], steps=(step,))
    return replace(case, alternative=replace(case.alternative, phases=(phase,))), kit


def test_who_forgets_a_job_forgets_what_people_do_there() -> None:
    case, kit = cut_over()
    forgotten = next(it for it in MUTATIONS if it.name == "job left out")

    steps = [mutant.alternative.phases[0].steps[0] for mutant in forgotten.of(case, kit.tree)]

    assert [step.jobs for step in steps] == [("orders",), ("features",)]
    assert [[text.split("  ")[1] for text in step.manual] for step in steps] == [["orders: stop"], ["features: drain"]]


def test_jobs_that_no_longer_move_at_once_take_their_own_places_along() -> None:
    case, kit = cut_over()
    split = next(it for it in MUTATIONS if it.name == "joint deploy split")

    (mutant,) = split.of(case, kit.tree)

    steps = mutant.alternative.phases[0].steps
    assert [(step.jobs, len(step.manual)) for step in steps] == [(("features",), 1), (("orders",), 1)]


def test_what_the_plan_names_can_get_lost_and_what_it_does_not_name_can_go() -> None:
    case, kit = chosen(PHASED)
    own = {change.path for patch in case.patches for change in patch.changes}

    def of(name: str) -> list[str]:
        return [it.place for it in next(it for it in MUTATIONS if it.name == name).of(case, kit.tree)]

    lost = {place.removesuffix(" as it was") for place in of("change lost")}
    assert lost
    assert lost <= own
    assert of("stray deletion")
    assert own.isdisjoint(of("stray deletion"))
    assert len(of("phase left out")) == min(len(case.alternative.phases), MUTANTS_MAX)
    assert of("step left out")


@pytest.mark.parametrize("count", [2, 3, 4])
def test_each_phase_is_left_out_once(count: int) -> None:
    case, kit = chosen(PHASED)
    first = case.alternative.phases[0]
    phases = tuple(replace(first, name=f"phase {number}") for number in range(count))
    long = replace(case, alternative=replace(case.alternative, phases=phases))

    def left(name: str) -> list[tuple[str, ...]]:
        mutants = next(it for it in MUTATIONS if it.name == name).of(long, kit.tree)
        return [tuple(phase.name for phase in it.alternative.phases) for it in mutants]

    every = [*left("phase left out"), *left("contracted before readers moved")]
    assert len(set(every)) == len(every)
    assert {it for it in every if len(it) == count - 1} == set(combinations([it.name for it in phases], count - 1))
