"""Ways to protect a text: what its module does to values, and what is written when nobody reads the clear one any more."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.domain.alternative import Alternative, CodeEdit, NotOffered
from copilot.domain.operation import ProtectField, Protection
from copilot.impact.fields import impact_of
from copilot.strategies.protect import protect_field
from copilot.strategies.protection import WAYS
from tests.planners.builders import shop


def offered(how: Protection, field: str = "order_id") -> dict[str, Alternative]:
    map = shop().pipeline
    operation = ProtectField("order", "", field, how)
    found = protect_field(operation, impact_of(operation, map), map)
    return {it.id.rpartition("-")[0]: it for it in found if not isinstance(it, NotOffered)}


def loaded(how: Protection) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(WAYS[how].module_text("email", "EMAIL_KEY"), names)
    return names


def test_a_mask_leaves_the_end_of_long_texts_only() -> None:
    masked = loaded("mask")["masked"]

    assert [masked(it) for it in ("ada", "ada@example.org", None)] == ["***", "***********.org", None]


def test_equal_values_have_equal_tokens_under_one_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenised = loaded("tokenise")["tokenised"]

    monkeypatch.setenv("EMAIL_KEY", "11" * 32)
    first, again, other = (tokenised(it) for it in ("ada", "ada", "bob"))
    monkeypatch.setenv("EMAIL_KEY", "22" * 32)

    assert first == again != other
    assert tokenised("ada") != first
    assert tokenised(None) is None


def test_the_new_field_is_written_first_and_the_old_one_is_emptied_last() -> None:
    beside = offered("tokenise")["beside"]

    actions = [{it.action for it in phase.edits if isinstance(it, CodeEdit)} for phase in beside.phases]
    assert "add_converted" in actions[0]
    assert ("set_value" in actions[0], "set_value" in actions[-1]) == (False, True)
    assert beside.phases[-1].gate is not None
    assert beside.phases[-1].gate.outlasts_retention


def test_an_encrypting_job_is_told_which_key_and_package_it_needs() -> None:
    steps = offered("encrypt")["naive"].phases[0].steps

    manual = [text for step in steps for text in step.manual]
    assert any("ORDER_ID_KEY" in text and "cryptography" in text for text in manual)


def test_an_erased_value_needs_no_field_of_its_own() -> None:
    assert set(offered("erase")) == {"readers-first", "naive"}
