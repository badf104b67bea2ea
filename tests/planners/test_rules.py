"""Plans by rules: three real alternatives or the reason why not, the same plan every time, and several operations at once."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from copilot.domain.alternative import Alternative, NewFile, NotOffered, Plan
from copilot.domain.operation import ChangeRequest, Limits, Operation
from copilot.domain.patch import Refused
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.formats.avro import AvroFormat
from copilot.impact.fields import impact_of
from copilot.patches.compile import PatchCompiler
from copilot.planners.combine import content_of
from copilot.planners.intent import understand
from copilot.planners.rules import RulesPlanner
from copilot.ports import Strategy
from copilot.strategies.catalogue import STRATEGIES
from copilot.strategies.deprecate import deprecate
from copilot.strategies.rollout import path_of
from tests.planners.builders import COMMIT, shop
from tests.planners.requests import FEW, REQUESTS, TOGETHER


def planned(text: str, map: PipelineMap, limits: Limits | None = None) -> Plan:
    operations = understand(text, map)
    request = ChangeRequest(text, operations, COMMIT, "a person", limits=limits or Limits())
    impacts = tuple(impact_of(operation, map) for operation in operations)
    return RulesPlanner(STRATEGIES).plan(request, impacts, map)


@pytest.mark.parametrize("text", [*REQUESTS, *TOGETHER])
def test_there_are_three_different_alternatives_besides_doing_nothing(text: str) -> None:
    alternatives = planned(text, shop().pipeline).alternatives

    assert alternatives[0].id == "nothing"
    assert not alternatives[0].phases
    assert len(alternatives) >= 4
    assert len({alternative.id for alternative in alternatives}) == len(alternatives)
    assert len({content_of(alternative) for alternative in alternatives}) == len(alternatives)


@pytest.mark.parametrize("text", [*REQUESTS, *TOGETHER, *FEW])
def test_every_alternative_compiles_to_patches(text: str) -> None:
    built = shop()
    compiler = PatchCompiler({"avro": AvroFormat()})

    for alternative in planned(text, built.pipeline).alternatives[1:]:
        compiled = compiler.compile(alternative, built.tree)
        assert not isinstance(compiled, Refused), (alternative.title, compiled)
        assert all(patch.changes for patch in compiled)
        assert len({patch.digest for patch in compiled}) == len(compiled)


@pytest.mark.parametrize("text", [*REQUESTS, *TOGETHER, *FEW])
def test_a_later_phase_touches_what_the_earlier_ones_touched(text: str) -> None:
    for alternative in planned(text, shop().pipeline).alternatives:
        paths: set[str] = set()
        for phase in alternative.phases:
            own = {path_of(edit) for edit in phase.edits}
            assert paths <= own
            paths = own


@pytest.mark.parametrize("text", [*REQUESTS, *TOGETHER, *FEW])
def test_every_file_that_a_phase_moves_is_in_one_of_its_steps(text: str) -> None:
    for alternative in planned(text, shop().pipeline).alternatives:
        before: tuple[object, ...] = ()
        for phase in alternative.phases:
            carried = [path for step in phase.steps for path in step.paths]
            moved = {path_of(edit) for edit in phase.edits if edit not in before}
            assert len(carried) == len(set(carried))
            assert moved <= set(carried)
            before = phase.edits


def test_the_order_of_the_map_and_of_uses_does_not_matter() -> None:
    map = shop().pipeline
    links, uses = list(map.links), list(map.uses)
    random.Random(7).shuffle(links)
    random.Random(8).shuffle(uses)

    for text in REQUESTS:
        shuffled = replace(map, links=tuple(links), uses=tuple(uses))
        assert planned(text, shuffled).alternatives == planned(text, map).alternatives


def test_only_the_places_outside_of_tests_hold_schema_edits() -> None:
    for text in REQUESTS:
        for alternative in planned(text, shop().pipeline).alternatives:
            paths = {path_of(edit) for phase in alternative.phases for edit in phase.edits}
            assert "services/billing/tests/order.avsc" not in paths


def test_possible_uses_are_named_to_a_person_and_never_edited() -> None:
    map = shop(certainty="possible").pipeline

    for text in REQUESTS:
        for alternative in planned(text, map).alternatives:
            edited = {path_of(edit) for phase in alternative.phases for edit in phase.edits}
            assert not any(path.endswith(".py") for path in edited), alternative.title
    naive = _by_slug(planned("rename amount to total in order", map), "naive")
    manual = [text for step in naive.phases[0].steps for text in step.manual]
    assert "services/orders/main.py:5  may use `amount`: rename it to `total` by hand if it is this field" not in manual
    assert any(text.startswith("services/orders/main.py:5  may use `amount`") for text in manual)
    assert any(text.startswith("services/billing/main.py:3  may use `amount`") for text in manual)


def test_the_limit_of_alternatives_is_kept_and_named() -> None:
    plan = planned("rename amount to total in order", shop().pipeline, Limits(alternatives=3))

    assert len(plan.alternatives) == 3
    assert any("limit of 3 alternatives" in one.reason for one in plan.not_offered)


def test_a_change_with_few_ways_says_so_and_is_not_padded() -> None:
    map = shop().pipeline
    operations = understand("deprecate currency in order", map)
    request = ChangeRequest("", operations, COMMIT, "a person")

    plan = RulesPlanner([two_of(deprecate)]).plan(request, tuple(impact_of(one, map) for one in operations), map)

    assert len(plan.alternatives) == 3
    assert any("only two ways" in one.reason for one in plan.not_offered)
    assert any(one.strategy == "ready for removal" for one in plan.not_offered)


def two_of(strategy: Strategy) -> Strategy:
    def first_two(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
        return strategy(operation, impact, pipeline)[:3]

    return first_two


def test_two_operations_that_would_make_one_file_twice_are_not_combined() -> None:
    plan = planned("rename amount to total in order; rename note to remark in order", shop().pipeline)

    made = [
        edit for one in plan.alternatives for phase in one.phases for edit in phase.edits if isinstance(edit, NewFile)
    ]
    assert not made
    assert any("schemas/order_v2.avsc" in one.reason for one in plan.not_offered)


def test_phases_of_several_operations_are_merged_by_position() -> None:
    plan = planned("rename amount to total in order; make note optional in order", shop().pipeline)

    phased = next(one for one in plan.alternatives if len(one.phases) > 1)

    assert [phase.name for phase in phased.phases] == [
        "expand",
        "move readers + stop old write",
        "stop old write + contract",
        "contract",
    ]
    assert {edit.field for phase in phased.phases for edit in phase.edits if hasattr(edit, "field")} >= {
        "amount",
        "note",
    }


def _by_slug(plan: Plan, slug: str) -> Alternative:
    return next(one for one in plan.alternatives if one.id.startswith(slug + "-"))


def test_an_edit_in_place_is_combined_with_what_is_harmless_of_the_others() -> None:
    plan = planned(
        "change the type of amount in order to double; add an optional string channel to order", shop().pipeline
    )

    assert _by_slug(plan, "naive")
    assert "as optional" in _by_slug(plan, "naive-optional").title


def test_no_way_is_left_out_of_a_combination_because_another_of_its_kind_stands_before_it() -> None:
    many = Limits(alternatives=64)
    alone = planned("make retries optional in order", shop().pipeline, many).alternatives
    both = planned("make retries optional in order; deprecate note in order", shop().pipeline, many).alternatives

    assert any(one.id.startswith("value-first-") for one in alone)
    for one in alone[1:]:
        edits = {edit for phase in one.phases for edit in phase.edits}
        assert any(edits <= {edit for phase in other.phases for edit in phase.edits} for other in both), one.title
