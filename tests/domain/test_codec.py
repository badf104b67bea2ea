"""Decoding what was encoded gives back the noun, whatever it holds."""

from __future__ import annotations

import pytest

from copilot.domain.alternative import Alternative, CodeEdit, Gate, NewFile, Phase, Step
from copilot.domain.codec import decode, digest_of, encode
from copilot.domain.model import Exchange, PromptUse, Usage
from copilot.domain.operation import AddField, ChangeRequest, RenameField
from copilot.domain.proposal import Record, chain, fold, record_digest


def an_alternative() -> Alternative:
    edits = (CodeEdit("jobs/a.py", 12, "rename_key", "a", "b"), NewFile("x.avsc", "{}\n"))
    steps = (Step("schema first", "schema", ("a",), ("x.avsc",)),)
    return Alternative("st3-12ab", "Rename", "rules", "ST3", (Phase("all", edits, steps, Gate("seen")),), "cheap")


def test_an_alternative_survives_the_round_trip_with_its_kinds_of_edits() -> None:
    alternative = an_alternative()

    assert decode(Alternative, encode(alternative)) == alternative


def test_operations_of_a_request_keep_their_kind() -> None:
    request = ChangeRequest(
        "t", (AddField("s", "", "f", '"int"'), RenameField("s", "", "f", "g")), "c0ffee", "a person"
    )

    assert decode(ChangeRequest, encode(request)) == request
    assert digest_of(request) == digest_of(decode(ChangeRequest, encode(request)))


def test_an_unknown_field_is_refused() -> None:
    encoded = encode(an_alternative())
    encoded["surprise"] = 1

    with pytest.raises(ValueError, match="surprise"):
        decode(Alternative, encoded)


def test_a_field_that_a_noun_once_had_is_passed_over() -> None:
    exchange = Exchange(
        "words", PromptUse("words", 1, "", "built in"), "{}", "host", "model-1", "{}", "", Usage(), None, 1
    )

    assert "continues" not in encode(exchange)
    assert decode(Exchange, encode(exchange) | {"continues": False}) == exchange


def test_a_record_carries_the_digest_of_its_content_and_of_the_one_before() -> None:
    request = ChangeRequest("t", (), "c0ffee", "a person")

    first = chain(None, "2026-01-01T00:00:00Z", request)
    second = chain(first, "2026-01-01T00:00:01Z", request)

    assert second.previous == first.digest
    assert record_digest(second) == second.digest
    assert decode(Record, encode(second)) == second
    assert fold("p-1", [first]).request == request
