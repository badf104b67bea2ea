"""Breaking the chosen patch on purpose: what the battery notices, and what it would let through."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.domain.proposal import Proposal
from copilot.errors import WrongUsage
from copilot.plugins import Kit
from copilot.proposals import Workspace
from copilot.proposals.mutate import mutate
from copilot.proposals.mutation import MutantSeen, MutationReport
from tests.golden import assert_golden
from tests.line import copy_of_example
from tests.repositories import lasting_folder

CHANGE = "rename amount to total_cents in schemas/order.avsc"
GOLDEN = Path(__file__).parent / "golden"


@functools.cache
def example() -> tuple[Proposal, Kit]:
    folder, id = copy_of_example(lasting_folder(), CHANGE)
    workspace = Workspace.open(folder)
    proposal = workspace.load(id)
    return proposal, workspace._kit(proposal.request.commit)


@functools.cache
def seen() -> tuple[MutantSeen, ...]:
    return tuple(mutate(*example()))


def test_the_fates_of_all_mutants_of_the_example() -> None:
    rows = [f"{it.fate:<14}  {it.mutation:<31}  {it.by:<13}  {it.place}" for it in seen()]

    assert_golden(GOLDEN / "mutants.txt", "\n".join(rows))


def test_a_forgotten_alias_is_killed_with_the_finding_that_tells_it() -> None:
    dropped = next(it for it in seen() if it.mutation == "alias dropped")

    assert (dropped.fate, dropped.by) == ("killed", "compatibility")
    assert 'lacks "total_cents"' in dropped.message


def test_what_cannot_be_broken_here_says_why() -> None:
    absent = {it.mutation: it.message for it in seen() if it.fate == "not applicable"}

    assert absent["decimal scale changed"] == "no edit writes a decimal"
    assert absent["phases merged"] == "it has one phase"


def test_a_battery_that_sees_nothing_lets_the_broken_patches_live() -> None:
    proposal, kit = example()

    blind = list(mutate(proposal, replace(kit, checks=())))

    survived = [it for it in blind if it.fate == "survived"]
    assert {it.fate for it in blind if it.by != "compile"} == {"survived", "not applicable"}
    assert {"alias dropped", "syntax broken", "one consumer forgotten"} <= {it.mutation for it in survived}
    assert all(it.harm for it in survived)


def test_equivalent_mutants_and_those_that_cannot_be_made_count_neither_way() -> None:
    row = MutantSeen("alias dropped", "order.avsc", "killed", "replay", "loses values", "amount is lost", "it loses")
    others = [replace(row, fate=fate) for fate in ("survived", "equivalent", "not applicable")]

    assert MutationReport("p-1", "alias-1", (row, row, row, *others)).score == 0.75
    assert MutationReport("p-1", "alias-1", tuple(others[1:])).score is None


def test_without_a_chosen_alternative_there_is_nothing_to_break() -> None:
    proposal, kit = example()

    with pytest.raises(WrongUsage, match="no chosen alternative"):
        next(mutate(replace(proposal, decision=None), kit))


def test_what_there_was_no_time_for_is_named_and_counts_neither_way() -> None:
    late = list(mutate(*example(), lambda: True))

    assert {it.fate for it in late} == {"not tried", "not applicable"}
    assert {it.mutation for it in late if it.fate == "not tried"} == {it.mutation for it in seen() if it.by or it.place}
    assert MutationReport("p-1", "alias-1", tuple(late)).score is None
