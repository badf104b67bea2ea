"""Answer keys against what running their alternatives shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.evaluation.audit import KeyAudit, audit_key
from copilot.evaluation.case import Case, read_case
from copilot.evaluation.report import audit_markdown
from tests.evaluation.cases import SUITE

pytestmark = pytest.mark.slow


def case(id: str) -> Case:
    return read_case(SUITE / "cases" / f"{id}.toml", SUITE / "cases")


def test_a_key_that_is_right_is_checked_in_all_its_parts() -> None:
    found = audit_key(case("hand/k3-rename-shared"), SUITE)
    assert found.disagreements == ()
    assert set(found.checked) == {"acceptable", "never", "affected", "values"}


def test_a_key_that_accepts_what_breaks_is_contradicted() -> None:
    right = case("hand/k3-rename-shared")
    wrong = replace(right, truth=replace(right.truth, acceptable=("naive",), never=("alias",)))
    told = audit_key(wrong, SUITE).disagreements
    assert [it.partition(", ")[0] for it in sorted(told)] == ['It accepts "naive"', 'It forbids "alias"']


def test_a_file_that_an_accepted_way_leaves_alone_is_told() -> None:
    right = case("hand/k3-rename-shared")
    wrong = replace(right, truth=replace(right.truth, acceptable=("alias",), affected=("compose.yaml",)))
    assert 'It accepts "alias", which leaves compose.yaml as it is.' in audit_key(wrong, SUITE).disagreements


def test_other_libraries_judge_two_schemas_too() -> None:
    right = case("matrix/05-remove-a-field-without-default")
    assert audit_key(right, SUITE).disagreements == ()
    pair = right.truth.pair
    assert pair is not None
    turned = tuple((direction, one, "no" if seen == "yes" else "yes") for direction, one, seen in pair.seen)
    wrong = replace(right, truth=replace(right.truth, pair=replace(pair, backward=False, seen=turned)))
    told = audit_key(wrong, SUITE).disagreements
    assert told[0] == "Apache avro takes backward, and the key says False."
    assert 'backward: fastavro was seen to say "no", and here it reads all.' in told
    assert 'forward: python was seen to say "yes", and here it refuses all.' in told


def test_what_a_question_offers_must_stand_in_the_repository() -> None:
    right = case("hand/q-ambiguous-field")
    wrong = replace(right, truth=replace(right.truth, candidates=("Customer.name", "Voucher.name")))
    assert audit_key(wrong, SUITE).disagreements == ('The candidate "Voucher.name" stands nowhere in the repository.',)


def test_a_key_that_cant_be_carried_out_is_named() -> None:
    right = case("hand/k3-rename-shared")
    found = audit_key(replace(right, base="nowhere"), SUITE)
    assert found == KeyAudit(right.id, (), ('It can\'t be carried out: There is no base repository "nowhere".',))
    wrong = audit_key(replace(right, truth=replace(right.truth, operations=({"op": "rename_field"},))), SUITE)
    assert "It can't be carried out" in wrong.disagreements[0]


def test_the_table_of_disagreements_comes_first() -> None:
    text = audit_markdown([KeyAudit("a", ("never",), ("It is wrong.",)), KeyAudit("b")], [])
    assert "1 of 2 keys could be checked" in text
    assert text.index("| a | It is wrong. |") < text.index("| never | 1 |")
