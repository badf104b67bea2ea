from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.prompt import Prompt
from copilot.errors import WrongUsage
from copilot.planners.fence import fenced, filled


@given(st.text())
def test_nothing_inside_can_end_the_fence(text: str) -> None:
    shown = fenced("doc", text)
    assert shown.count("</data") == 1
    assert shown.count("<data") == 1


def test_hidden_characters_are_shown() -> None:
    assert "\\u202e" in fenced("doc", "a\u202eb")


def test_what_is_too_long_is_cut_and_says_so() -> None:
    assert "[7 more characters are not shown]" in fenced("doc", "x" * 17, length_max=10)


def test_inputs_must_be_those_of_the_prompt() -> None:
    prompt = Prompt("p", 1, ("a",), "answer", "s", "{{a}}", "d", "built in")
    with pytest.raises(WrongUsage, match=r"lacks the inputs \['a'\], and has no place for \['b'\]"):
        filled(prompt, {"b": "x"})


def test_data_that_holds_a_place_is_not_filled_again() -> None:
    prompt = Prompt("p", 1, ("a", "b"), "answer", "s", "{{a}} {{b}}", "d", "built in")
    assert filled(prompt, {"a": "{{b}}", "b": "secret"}).count("secret") == 1


def test_a_secret_in_a_text_is_left_out_with_a_mark() -> None:
    found = fenced("file", "DB_PASSWORD=Tr0ub4dor&3\nTOPIC=orders")

    assert "Tr0ub4dor" not in found
    assert "DB_PASSWORD=[left out: looks like a secret]\nTOPIC=orders" in found
