"""What subjects of a state are called where a file that came to differ changed their names."""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.same_names import named_as_in
from tests.planners.builders import ORDER, link, pipeline, subject, uses_in

OTHER = {**ORDER, "doc": "Another text."}
BASE = pipeline([subject("order", "schemas/order.avsc", ORDER)])


def test_a_subject_keeps_the_name_that_the_base_has_for_its_place() -> None:
    own, copy = (
        subject("schemas/order", "schemas/order.avsc", OTHER),
        subject("billing/order", "billing/order.avsc", ORDER),
    )
    _, uses = uses_in("shop.py", "x = «reads/subscript/amount:'amount'»\n", "shop", own.name)
    state = pipeline([own, copy], [link("shop", "orders", "produces", own.name)], uses)

    named = named_as_in(BASE, state)

    assert [it.name for it in named.subjects] == ["billing/order", "order"]
    assert [it.subject for it in named.links] == [it.subject for it in named.uses] == ["order"]
    assert {it.subject for it in named.subject("order").versions} == {"order"}


def test_a_name_that_another_subject_of_the_state_has_is_not_given_twice() -> None:
    own, other = subject("schemas/order", "schemas/order.avsc", OTHER), subject("order", "order.avsc", ORDER)

    state = pipeline([other, own])

    assert named_as_in(BASE, state) is state


def test_a_state_whose_names_are_those_of_the_base_is_left_as_it_is() -> None:
    state = replace(BASE, commit="other")

    assert named_as_in(BASE, state) is state
