"""Which words a text has, however they are cut out of it."""

from __future__ import annotations

import random
import re
import string

import pytest

from copilot.impact.words import LINE_LENGTH_MAX, WORD_LENGTH_MAX, words_of

WORD = re.compile(r"[A-Za-z_$][\w$]*(?:-\w+)*")


def words(text: str) -> set[str]:
    return set(words_of(text).decode().split("\n")) - {""}


@pytest.mark.parametrize("seed", range(200))
def test_words_are_those_of_the_expression_and_their_parts(seed: int) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choices("abZ_09$- .\n\té一\u00a0\u2028'\"/" + string.punctuation, k=200))

    found = [word for word in WORD.findall(text) if len(word) <= WORD_LENGTH_MAX]

    assert words(text) == {part for word in found for part in (word, *word.split("-"))} - {""}


def test_a_picture_in_a_long_line_has_no_words_and_the_names_beside_it_have() -> None:
    picture = "iVBORw0KGgoAAAANSUhEUgAA" * LINE_LENGTH_MAX
    line = f'{{"image": "{picture}", "coupon_code": 1, "name": "{"x" * 50}"}}'

    assert words(line) == {"image", "coupon_code", "name", "x" * 50}


def test_a_word_that_is_too_long_is_none() -> None:
    assert words("a" * (WORD_LENGTH_MAX + 1) + " b") == {"b"}
