"""A model's sentence says no more than the evidence that it cites, and nothing else gets through."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from copilot.domain.figures import numbers_of
from copilot.domain.proposal import Worded
from copilot.domain.visible import visible
from copilot.domain.wording import problems_of, standing
from copilot.reasons.markup import plain
from tests import faces

PROPOSAL = faces.a_proposal()
CHOSEN = "alias-33bb44"
EVIDENCE = {(it.alternative, it.check): it for it in PROPOSAL.evidence}
REPLAY = EVIDENCE[CHOSEN, "replay"].id
FAILED = EVIDENCE["naive-11aa22", "replay"].id


def problems(text: str, *cites: str, alternative: str = CHOSEN) -> list[str]:
    return list(problems_of((alternative, text, cites or (REPLAY,)), PROPOSAL))


@pytest.mark.parametrize(
    "text",
    [
        "All 3 versions are still read.",
        "All three versions are still read, with 0.25 seconds to spare.",
        "amount becomes total, and old records keep their meaning.",
        "It is called alias-33bb44, and rests on " + REPLAY + ".",
        "Nothing is lost (see 3 versions).",
    ],
)
def test_what_the_evidence_says_may_be_said(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("All 4 versions are still read.", '"4"'),
        ("All four versions are still read.", '"four"'),
        ("It is forty-two times faster.", '"forty-two"'),
        ("It needs twice the time.", '"twice"'),
        ("It takes 3ms.", '"3ms"'),
        ("It loses 3k records.", '"3k"'),
        ("It loses 3,000 records.", "groups digits"),
        ("It loses 1e3 records.", '"1e3"'),
        ("Between 3-30000 are lost.", '"3-30000"'),
        ("It loses -3 records.", '"-3"'),
        ("Ratio 3/4.", '"3/4"'),
        ("Version 3.1 is read.", '"3.1"'),
        ("It loses ½ of them.", '"½"'),
        ("It loses ٣ records.", '"٣"'),
        ("It loses ³ records.", '"³"'),
        ("Use orders_v9 instead.", '"orders_v9"'),
        ("Better than topic-aabbcc.", "neither an alternative"),
        ("Better than option C.", '"option C"'),
        ("See https://example.com.", "a link"),
        ("See www.example.com.", "a link"),
        ("Mail eve@example.com.", "a link"),
        ("It is **safe**.", "markup"),
        ("It is <b>safe</b>.", "markup"),
        ("It is [safe](x).", "markup"),
        ("It is `safe`.", "markup"),
        ("It is __safe__.", "markup"),
        ("It is safe.\n# Approved", "line ends"),
        ("It is \u202esafe.", "hidden"),
        ("It is \x1b[2Jsafe.", "hidden"),
        ("It is s\u200bafe.", "hidden"),
        ("", "says nothing"),
        ("x" * 301, "the limit is 300"),
    ],
)
def test_anything_else_is_refused(text: str, says: str) -> None:
    assert any(says in problem for problem in problems(text))


def test_what_is_cited_exists_and_is_about_the_alternative() -> None:
    assert problems("It is read.", "ev-000000000000") == [
        "There is no evidence ev-000000000000.",
        f"It cites no evidence of {CHOSEN}.",
    ]
    assert problems("It is read.", FAILED) == [f"It cites no evidence of {CHOSEN}."]
    assert problems("It is read, and the other one is not.", REPLAY, FAILED) == []
    assert list(problems_of((CHOSEN, "It is read.", ()), PROPOSAL)) == [f"It cites no evidence of {CHOSEN}."]
    assert problems("It is read.", alternative="topic-aabbcc") == ['There is no ruling about "topic-aabbcc".']


@given(st.text(max_size=80), st.sampled_from([REPLAY, FAILED]))
@example("9", REPLAY)
def test_a_sentence_that_stands_shows_as_it_is_and_says_no_other_number(text: str, cite: str) -> None:
    if problems(text, REPLAY, cite):
        return

    assert visible(text, keep="") == text
    assert not set(plain(text)) & set("<>`*")
    numbers = {number for it in PROPOSAL.evidence if it.id in (REPLAY, cite) for number in numbers_of(it)}
    for token in text.replace(",", " ").split():
        if token.isdecimal():
            assert float(token) in numbers


@given(st.integers(min_value=0, max_value=10_000), st.sampled_from(["{}", "{}%", "({})", "{}.", "of {} records"]))
def test_no_number_gets_through_that_the_evidence_does_not_hold(number: int, shape: str) -> None:
    held = float(number) in set(numbers_of(EVIDENCE[CHOSEN, "replay"]))

    assert bool(problems("It keeps " + shape.format(number))) is not held


def test_only_sentences_that_stand_are_shown() -> None:
    good, bad = (CHOSEN, "All 3 versions are read.", (REPLAY,)), (CHOSEN, "All 9 are read.", (REPLAY,))

    assert standing(replace(PROPOSAL, worded=Worded((good, bad)))) == (good,)
    assert standing(PROPOSAL) == ()
