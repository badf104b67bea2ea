"""Counting approvals against a rule: in any order, with any copies, one person counts once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.approving import PEOPLE_MAX, ApprovalRule, Signer, Standing, seen_approvals
from copilot.domain.decision import Approval

# A list of allowed signers gives each key one name; several keys may have the same one.
NAMES = {"k1": "ada@example.org", "k2": "ada@example.org", "k3": "bob@example.org", "k4": "*@example.org", "k5": ""}
KEYS = (*NAMES, "unlisted")


def signer_of(approval: Approval) -> Signer | str:
    if approval.key not in NAMES:
        return "its key is not among the allowed signers"
    return Signer(approval.key, NAMES[approval.key])


def approvals_of(keys: Sequence[str]) -> list[Approval]:
    return [Approval("plan", "a", "somebody", str(number), "", "s", key, 2) for number, key in enumerate(keys)]


def people_in(keys: Sequence[str], needed: int = 2) -> set[str]:
    seen = seen_approvals(approvals_of(keys), needed, signer_of)
    return {it.signer.person for it in Standing("plan", "a", needed, seen).there if it.signer}


@given(st.lists(st.sampled_from(KEYS), max_size=12), st.integers(2, PEOPLE_MAX))
def test_as_many_approvals_count_as_different_people_signed(keys: list[str], needed: int) -> None:
    seen = seen_approvals(approvals_of(keys), needed, signer_of)
    standing = Standing("plan", "a", needed, seen)

    people = {Signer(key, NAMES[key]).person for key in keys if key in NAMES}
    assert len(standing.there) == len(people)
    assert standing.missing == max(0, needed - len(people))
    assert [it.approval for it in seen] == approvals_of(keys)
    assert all(it.why_not for it in seen if it not in standing.there)


@given(
    st.lists(st.sampled_from(KEYS), max_size=8).flatmap(lambda keys: st.tuples(st.just(keys), st.permutations(keys)))
)
def test_the_order_of_approvals_changes_no_count(both: tuple[list[str], list[str]]) -> None:
    assert people_in(both[0]) == people_in(both[1])


@given(st.lists(st.sampled_from(KEYS), max_size=8), st.sampled_from(KEYS))
def test_a_further_approval_never_takes_one_away(keys: list[str], more: str) -> None:
    assert people_in(keys) <= people_in([*keys, more])


@given(st.sampled_from(KEYS), st.integers(1, 20))
def test_one_key_alone_is_never_two_people(key: str, times: int) -> None:
    assert len(people_in([key] * times)) <= 1


def test_where_one_person_is_enough_nothing_is_verified() -> None:
    def never(approval: Approval) -> Signer:
        raise AssertionError("nothing is to be verified")

    assert len(Standing("plan", "a", 1, seen_approvals(approvals_of(["unlisted"]), 1, never)).there) == 1


@pytest.mark.parametrize(
    ("names", "is_grave", "needed"),
    [
        (("order",), False, 1),
        (("order",), True, 2),
        (("payment-v2",), False, 3),
        (("order", "payment"), True, 3),
        ((), True, 2),
    ],
)
def test_the_largest_rule_that_applies_counts(names: tuple[str, ...], is_grave: bool, needed: int) -> None:
    rule = ApprovalRule(high=2, subjects=(("payment*", 3), ("orders", 4)))

    assert rule.needed(names, is_grave=is_grave) == needed
