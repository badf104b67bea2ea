"""What was said to a model, in parts: all of it, in the words that were sent."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.reasons.transcript import parts_of_answer, parts_of_request, transcript, transcript_document
from tests import faces

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.text(min_size=1, max_size=30)


@given(system=TEXTS, said=TEXTS, result=TEXTS, model=TEXTS)
def test_every_text_that_was_sent_stands_in_a_part(system: str, said: str, result: str, model: str) -> None:
    body = {
        "model": model,
        "system": [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}],
        "tools": [{"name": "look", "description": said, "input_schema": {"type": "object"}}],
        "messages": [
            {"role": "user", "content": said},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "look", "input": {"at": said}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": result}]},
            {"role": "user", "content": [{"type": "new", "of": result}]},
        ],
    }

    parts = list(parts_of_request(json.dumps(body)))

    shown = "".join(f"{title}\n{text}\n" for title, text in parts)
    for text in (system, said, result, model):
        assert text in shown or json.dumps(text, ensure_ascii=False)[1:-1] in shown


@given(JSON)
def test_whatever_a_server_took_or_gave_is_shown(value: Any) -> None:
    text = json.dumps(value)

    assert list(parts_of_request(text)) or value == {}
    assert list(parts_of_answer(text)) or value == {}


@pytest.mark.parametrize("text", ["", "{", "null", '{"content": "no list"}', "[" * 100_000])
def test_an_answer_that_is_no_message_is_shown_as_it_came(text: str) -> None:
    parts = list(parts_of_answer(text))

    assert bool(parts) == bool(text)


def test_what_was_sent_before_is_told_by_where_it_stands() -> None:
    first, second, third = transcript(faces.a_proposal_with_a_model().exchanges[:3])

    assert {part.stands_in for part in first.sent} == {0}
    assert [part.title for part in second.sent if not part.stands_in] == [
        "message 2, assistant calls frame (id t1)",
        "message 3, user result (is_error true, tool_use_id t1)",
    ]
    assert "settings" in [part.title for part in third.sent if not part.stands_in]


def test_programs_get_the_bodies_themselves() -> None:
    proposal = faces.a_proposal_with_a_model()

    found = transcript_document(proposal)

    assert [it["sent"] for it in found["exchanges"]] == [json.loads(it.sent) for it in proposal.exchanges]
    assert found["exchanges"][2]["answer"] == proposal.exchanges[2].answer
    assert found["exchanges"][0]["prompt"]["passed_over"] == "cd" * 32


def test_facts_name_prompt_model_tokens_cost_and_problem() -> None:
    exchange = replace(faces.a_proposal_with_a_model().exchanges[0], cost_dollars=None)

    facts = dict(transcript([exchange])[0].facts)

    assert facts["prompt"] == f"frame, version 2, built in, SHA-256 {'ab' * 32}"
    assert facts["passed over"].endswith("not accepted here: " + "cd" * 32)
    assert facts["tokens"] == "120 input, 80 from the cache, 0 into it, 20 output"
    assert facts["cost"] == "no price is set"
    assert facts["problem"] == "Give either operations or a question."
