"""The matrix of a comparison as texts: columns, cells, and the order of the rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.evidence import Verdict
from copilot.domain.proposal import Proposal
from copilot.reasons.ranking import decide
from copilot.reasons.what_if import RuleList, ranked_by
from copilot.tui.matrix import (
    BY_OUTCOME,
    EDGE,
    LETTER,
    Grid,
    Sorting,
    columns_of,
    grid_of,
    next_sorting,
    sorted_rows,
    sorting_by,
)
from tests.reasons.proposals import NOTHING, all_pass, alternative, evidence, of_nothing, proposal
from tests.reasons.test_ranking import proposals
from tests.reasons.test_what_if import two_ways


def column(made: Proposal, key: str) -> Sorting:
    return Sorting(next(it for it in columns_of(made) if it.key == key))


def texts(grid: Grid, key: str) -> dict[str, str]:
    at = [it.key for it in grid.columns].index(key)
    return {id: cells[at].plain for id, cells in grid.rows}


def test_each_check_that_looked_at_something_has_a_column_and_each_figure_that_is_not_0_everywhere() -> None:
    made = two_ways()

    keys = [it.key for it in columns_of(made)]

    assert keys[:2] == ["letter", "outcome"]
    assert "verdict.replay" in keys
    assert "verdict.commands" not in keys
    assert [key for key in keys if key.startswith("measure")] == [
        "measure.rollout.coordinated_deploys",
        "measure.usage.consumers_touched",
        "measure.usage.phases",
        "measure.usage.lines_changed",
    ]


def test_a_verdict_is_a_sign_and_a_word_and_what_was_not_looked_at_is_no_figure() -> None:
    made = two_ways()
    grid = grid_of(made, decide(made).rulings)

    assert texts(grid, "verdict.replay") == {"few-000001": "✓ pass", "small-0001": "✓ pass", "nothing": "– n/a"}
    assert texts(grid, "measure.rollout.coordinated_deploys") == {"few-000001": "1", "small-0001": "3", "nothing": "?"}


def test_a_mark_stands_behind_the_letter_and_the_sorted_column_has_a_sign_in_its_heading() -> None:
    made = two_ways()
    grid = grid_of(made, (), sorting_by(LETTER, BY_OUTCOME), ("small-0001",))

    assert list(texts(grid, "letter").values()) == ["A", "B", "C*"]
    assert grid.heads[0].plain == "\n ▲"
    assert all(line.endswith(EDGE) for line in texts(grid, "outcome").values())


def test_another_rank_than_the_decided_one_says_both() -> None:
    made = two_ways()
    what_if = ranked_by(made, RuleList().switched("fewest coordinated deploys").asked)

    shown = texts(grid_of(made, what_if.rulings), "outcome")

    assert shown["small-0001"].startswith("chosen (was rank 2)")
    assert shown["few-000001"].startswith("rank 2 (was chosen)")
    assert "was" not in shown["nothing"]


def test_rows_stand_best_first_and_turn_round() -> None:
    made = two_ways()
    rulings = decide(made).rulings
    lines = column(made, "measure.usage.lines_changed")

    assert sorted_rows(made, rulings, BY_OUTCOME) == ("few-000001", "small-0001", "nothing")
    assert sorted_rows(made, rulings, lines) == ("nothing", "small-0001", "few-000001")
    assert sorted_rows(made, rulings, sorting_by(lines.column, lines)) == ("few-000001", "small-0001", "nothing")


def test_what_has_no_figure_comes_last_either_way() -> None:
    made = two_ways()
    deploys = column(made, "measure.rollout.coordinated_deploys")

    assert sorted_rows(made, (), deploys)[-1] == "nothing"
    assert sorted_rows(made, (), sorting_by(deploys.column, deploys))[-1] == "nothing"


def test_verdicts_are_sorted_from_pass_to_fail() -> None:
    verdicts: dict[str, Verdict] = {"bad-000001": "fail", "maybe-0001": "unknown", "good-00001": "pass"}
    proofs = (it for id, verdict in verdicts.items() for it in all_pass(id, usage=evidence(id, "usage", verdict)))
    made = proposal((NOTHING, *map(alternative, verdicts)), (*of_nothing(), *proofs))

    order = sorted_rows(made, (), column(made, "verdict.usage"))

    assert order == ("good-00001", "nothing", "maybe-0001", "bad-000001")


def test_the_key_goes_through_all_columns_and_begins_again() -> None:
    columns = columns_of(two_ways())
    seen, sorting = [], BY_OUTCOME
    for _ in columns:
        sorting = next_sorting(columns, sorting)
        seen.append(sorting.column)

    assert sorted(it.key for it in seen) == sorted(it.key for it in columns)
    assert sorting.column == BY_OUTCOME.column


def test_before_anything_is_proved_there_are_rows_all_the_same() -> None:
    made = replace(two_ways(), evidence=(), decision=None)

    grid = grid_of(made, ())

    assert [id for id, _ in grid.rows] == ["nothing", "few-000001", "small-0001"]
    assert all(text.startswith("undecided") for text in texts(grid, "outcome").values())


@given(proposals(), st.data())
def test_no_sorting_loses_a_row(made: Proposal, data: st.DataObject) -> None:
    sorting = Sorting(data.draw(st.sampled_from(columns_of(made))), data.draw(st.booleans()))

    rows = sorted_rows(made, decide(made).rulings, sorting)

    assert sorted(rows) == sorted(it.id for it in made.alternatives)


@pytest.mark.parametrize("key", ["letter", "outcome"])
def test_the_fixed_columns_sort_as_well(key: str) -> None:
    made = two_ways()
    sorting = column(made, key)

    first = sorted_rows(made, decide(made).rulings, sorting)

    assert sorted_rows(made, decide(made).rulings, sorting_by(sorting.column, sorting)) == first[::-1]
