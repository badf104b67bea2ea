"""What cases that somebody made up show of an alternative, once they are executed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.checks.challenge import CASES_MAX, ChallengeCheck
from copilot.checks.replay import ReplayCheck
from copilot.checks.rollout import RolloutCheck
from copilot.domain.alternative import Step
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.failing_case import BytesCase, FailingCase, OrderCase, RecordCase
from copilot.domain.levels import Level
from copilot.domain.operation import AddField, ChangeType, RemoveField, RenameField
from copilot.domain.pipeline import Decoder
from copilot.ports import Case
from tests.checks.orders import AVRO, Fields, bench, case, field, use, version

ID = field("id", "string")
AMOUNT = field("amount", "long")
BARE, ALIASED = field("total", "long", default=0), field("total", "long", aliases=["amount"])
RENAME = RenameField("order", "", "amount", "total")
OWN = Decoder("fastavro", "own")
PRODUCERS = Step("Deploy the producers", "producers", ("shop",), ())
CONSUMERS = Step("Deploy the consumers", "consumers", ("scorer",), ())
SECRET = "canary-7f3a"
ORDER_1 = {"id": SECRET, "amount": 12}
READS = (use("amount"),)


def record(writer: str, reader: str, value: Any = ORDER_1, path: str = "amount", subject: str = "order") -> RecordCase:
    return RecordCase(subject, writer, reader, json.dumps(value), path, f"loses it, says {SECRET}")


def run(it: Case, *cases: FailingCase) -> Evidence:
    return ChallengeCheck().run(replace(it, cases=cases), bench())


def only(evidence: Evidence) -> Finding:
    assert len(evidence.findings) == 1, evidence.findings
    return evidence.findings[0]


def renamed(to: Any, *, steps: tuple[Step, ...] = (CONSUMERS, PRODUCERS), level: Level = "BACKWARD") -> Case:
    return case(RENAME, [[ID, AMOUNT]], [[ID, to]], uses=READS, steps=[steps], level=level, reader=OWN)


def test_nothing_is_asked_where_nobody_made_up_a_case() -> None:
    evidence = run(renamed(ALIASED))

    assert (evidence.verdict, evidence.findings) == ("not-applicable", ())


def test_a_record_whose_value_is_lost_fails_the_alternative() -> None:
    evidence = run(renamed(BARE), record("base", "phase 1"))

    assert evidence.verdict == "fail"
    assert only(evidence).rule == "challenge.fails"
    assert only(evidence).message == (
        "Case 1: amount is replaced by the reader's default by fastavro: 12 gives 0,"
        ' data of version 1 read as phase 1 "state 0".'
    )


def test_a_claim_is_refuted_where_every_decoder_gives_the_value_back() -> None:
    evidence = run(renamed(ALIASED), record("base", "phase 1"))

    assert (evidence.verdict, only(evidence).severity) == ("pass", "note")
    assert only(evidence).message == (
        'Case 1: refuted: with fastavro the value comes back as asked, data of version 1 read as phase 1 "state 0".'
        ' No known consumer uses avro: avro refuses data of version 1 read as phase 1 "state 0".'
    )


def test_what_the_plan_keeps_apart_is_shown_and_does_not_count() -> None:
    evidence = run(renamed(ALIASED), record("phase 1", "base", {"id": "x", "total": 5}))

    assert (evidence.verdict, only(evidence).rule) == ("pass", "challenge.kept-apart")
    assert 'fastavro refuses data of phase 1 "state 0" read as version 1. It does not count' in only(evidence).message


def test_the_same_record_fails_a_plan_that_lets_the_two_meet() -> None:
    evidence = run(renamed(ALIASED, steps=(PRODUCERS, CONSUMERS)), record("phase 1", "base", {"id": "x", "total": 5}))

    assert evidence.verdict == "fail"
    assert "Deploy shop before scorer" in only(evidence).message


def test_the_same_record_fails_where_the_level_demands_that_old_readers_can_read_it() -> None:
    evidence = run(renamed(ALIASED, level="FULL"), record("phase 1", "base", {"id": "x", "total": 5}))

    assert (evidence.verdict, only(evidence).rule) == ("fail", "challenge.fails")


def test_bytes_go_through_the_same_decoders() -> None:
    data = AVRO.decoders[0].encode(version([ID, AMOUNT]).resolved, ORDER_1)

    evidence = run(renamed(BARE), BytesCase("order", "base", "phase 1", data.hex(), "breaks"))

    assert evidence.verdict == "fail"
    assert "12 gives 0" in only(evidence).message


def test_no_text_of_a_case_comes_into_a_finding() -> None:
    kept = [ID, AMOUNT]
    lossy = case(RemoveField("order", "", "amount"), [kept], [[AMOUNT]], uses=(use("id"),), level="FULL")

    evidence = run(
        lossy,
        record("base", "phase 1", path=SECRET),
        record("base", SECRET),
        record(SECRET, "base", subject=SECRET),
        OrderCase(((SECRET, "phase 1"),), SECRET),
    )

    assert evidence.verdict == "fail"
    assert SECRET not in repr(evidence)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (record("base", "phase 1", subject="nobody"), "no such subject"),
        (record("base", "phase 7"), "there is no such phase"),
        (record("base", "phase 0"), "there is no such phase"),
        (record("v9", "phase 1"), "the history has no such version"),
        (record("v1", "base"), "both versions are from before the change"),
        (record("newest", "phase 1"), "a version is named otherwise"),
        (record("base", "phase 1", {"id": "x"}), "its record is none of version 1"),
        (record("base", "phase 1", [ORDER_1, ORDER_1]), "its record is none of version 1"),
        (RecordCase("order", "base", "phase 1", "{", "", ""), "its record is none of version 1"),
        (RecordCase("order", "base", "phase 1", "[" * 30_000, "", ""), "more than 20000 characters"),
        (RecordCase("order", "base", "phase 1", "[" * 10_000, "", ""), "deeper than 40 levels"),
        (BytesCase("order", "base", "phase 1", "zz", ""), "not written in hexadecimal"),
        (BytesCase("order", "base", "phase 1", "", ""), "no bytes, or more than 1000"),
        (BytesCase("order", "base", "phase 1", "02" * 5_000, ""), "no bytes, or more than 1000"),
        (BytesCase("order", "base", "phase 1", "ff", ""), "no decoder reads its bytes as data of version 1"),
        (OrderCase((), ""), "an order has from 1 to 60 moves"),
        (OrderCase((("nobody", "phase 1"),), ""), "it moves a job that the map does not have"),
        (OrderCase((("shop", "phase 3"),), ""), "it moves a job to something else"),
    ],
)
def test_a_case_that_cannot_be_executed_says_so_and_fails_nothing(one: FailingCase, why: str) -> None:
    evidence = run(renamed(ALIASED), one)

    assert (evidence.verdict, only(evidence).severity) == ("not-applicable", "note")
    assert why in only(evidence).message


def test_bytes_that_could_stand_for_endless_items_are_not_decoded() -> None:
    lists: Fields = [ID, field("empties", {"type": "array", "items": {"type": "record", "name": "E", "fields": []}})]
    added = case(
        AddField("order", "", "note", '"string"', '""'), [lists], [[*lists, field("note", "string", default="")]]
    )

    evidence = run(added, BytesCase("order", "base", "phase 1", "0278" + "feffffffffffffffff01" + "00", ""))

    assert "endlessly many items" in only(evidence).message


def test_more_cases_than_the_limit_are_told_as_not_run() -> None:
    evidence = run(renamed(ALIASED), *[record("base", "phase 1")] * (CASES_MAX + 2))

    assert sum(it.rule == "challenge.not-run" for it in evidence.findings) == 2
    assert evidence.measure("cases_executed") == CASES_MAX
    assert evidence.measure("cases") == CASES_MAX + 2


def test_an_order_that_the_plan_allows_and_that_breaks_a_reader_fails() -> None:
    evidence = run(
        renamed(ALIASED, steps=(PRODUCERS, CONSUMERS)),
        OrderCase((("shop", "phase 1"), ("scorer", "phase 1")), "breaks"),
    )

    assert evidence.verdict == "fail"
    assert only(evidence).message.startswith("Case 1: Deploy shop before scorer: scorer, still of version 1, reads")


def test_an_order_that_leaves_the_plan_is_played_and_does_not_count() -> None:
    evidence = run(renamed(ALIASED), OrderCase((("shop", "phase 1"), ("scorer", "phase 1")), "breaks"))

    assert (evidence.verdict, only(evidence).rule) == ("pass", "challenge.kept-apart")
    assert 'in phase 1 "state 0" it deploys shop before scorer' in only(evidence).message


def test_an_order_in_which_nothing_breaks_is_refuted() -> None:
    evidence = run(renamed(ALIASED), OrderCase((("scorer", "phase 1"), ("shop", "phase 1")), "breaks"))

    assert (evidence.verdict, only(evidence).rule) == ("pass", "challenge.refuted")
    assert "nothing breaks in this order of 2 moves" in only(evidence).message


def test_an_order_of_one_move_is_told_as_one() -> None:
    evidence = run(renamed(ALIASED), OrderCase((("scorer", "phase 1"),), "breaks"))

    assert "nothing breaks in this order of 1 move." in only(evidence).message


def test_taking_back_is_told_and_is_no_part_of_the_plan() -> None:
    moves = (("scorer", "phase 1"), ("shop", "phase 1"), ("scorer", "base"))

    evidence = run(renamed(ALIASED), OrderCase(moves, "breaks"))

    assert (evidence.verdict, only(evidence).rule) == ("pass", "challenge.kept-apart")
    assert "take scorer back" in only(evidence).message


def test_jobs_that_are_cut_over_move_together_whatever_order_the_case_names() -> None:
    both = Step("Cut over", "cutover", ("scorer", "shop"), ())

    evidence = run(renamed(ALIASED, steps=(both,)), OrderCase((("shop", "phase 1"), ("scorer", "phase 1")), "breaks"))

    assert only(evidence).rule == "challenge.refuted"


def test_a_decoder_that_no_consumer_uses_fails_nothing() -> None:
    widened = case(
        ChangeType("order", "", "amount", '"double"'),
        [[ID, AMOUNT]],
        [[ID, field("amount", "double")]],
        uses=READS,
    )

    evidence = run(widened, record("base", "phase 1", {"id": "x", "amount": 2**53 + 1}))

    assert evidence.verdict == "pass"


def test_equal_cases_give_equal_evidence_and_others_give_another_id() -> None:
    one = run(renamed(ALIASED), record("base", "phase 1"))
    again = run(renamed(ALIASED), record("base", "phase 1"))
    other = run(renamed(ALIASED), record("base", "phase 1", {"id": "y", "amount": 3}))

    assert one == again
    assert one.id != other.id
    assert one.findings == other.findings


LABELS = st.sampled_from(["base", "phase 1", "phase 2", "v1", "v2", "v0", "newest", "", "phase 99"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "amount", "total", "x"]), inner),
    max_leaves=6,
)
RECORDS = st.builds(
    lambda writer, reader, value: RecordCase("order", writer, reader, json.dumps(value), "amount", SECRET),
    LABELS,
    LABELS,
    VALUES | st.fixed_dictionaries({"id": st.text(max_size=8), "amount": st.integers(-(2**63), 2**63 - 1)}),
)
BYTES = st.builds(
    lambda writer, reader, data: BytesCase("order", writer, reader, data.hex(), SECRET), LABELS, LABELS, st.binary()
)
MOVES = st.lists(st.tuples(st.sampled_from(["shop", "scorer", "nobody"]), LABELS), max_size=8)
ORDERS = st.builds(lambda moves: OrderCase(tuple(moves), SECRET), MOVES)
EXPANDED = case(
    RENAME,
    [[ID, AMOUNT]],
    [[ID, AMOUNT, BARE], [ID, ALIASED]],
    uses=READS,
    steps=[(CONSUMERS, PRODUCERS)] * 2,
    reader=OWN,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORDS | BYTES | ORDERS, max_size=6))
def test_whatever_the_cases_are_they_end_in_the_same_evidence_without_their_words(cases: list[FailingCase]) -> None:
    found = run(EXPANDED, *cases)

    assert found == run(EXPANDED, *cases)
    assert found.measure("cases") == len(cases)
    assert len(found.findings) == len(cases)
    assert SECRET not in repr(found)
    assert (found.verdict == "fail") == any(it.severity == "error" for it in found.findings)


@settings(max_examples=20, deadline=None)
@given(st.lists(RECORDS | ORDERS, max_size=4))
def test_a_case_changes_no_evidence_but_that_of_the_challenge(cases: list[FailingCase]) -> None:
    plain = [check.run(EXPANDED, bench()) for check in (ReplayCheck(), RolloutCheck())]

    assert [
        check.run(replace(EXPANDED, cases=tuple(cases)), bench()) for check in (ReplayCheck(), RolloutCheck())
    ] == plain
