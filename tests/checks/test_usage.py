"""Uses of what changes: edited, left behind, or out of sight."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from copilot.checks.usage import UsageCheck
from copilot.domain.alternative import Step
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, AddSymbol, ChangeType, RemoveField, RenameField
from copilot.domain.pipeline import BlindSpot, Decoder
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.orders import SCORER_PATH, SHOP_PATH, bench, case, field, use

AMOUNT = field("amount", "long")
ID = field("id", "string")
TOTAL = field("total", "long", aliases=["amount"])
RENAME = RenameField("order", "", "amount", "total")
READ_OLD = 'def score(order):\n    return order["amount"]\n'
READ_NEW = 'def score(order):\n    return order["total"]\n'
SPOT = BlindSpot("scorer", Span(SCORER_PATH, 9, 9), "order[key]")


def run(it: Case) -> Evidence:
    return UsageCheck().run(it, bench())


def rules(evidence: Evidence, severity: str) -> list[str]:
    return [finding.rule for finding in evidence.findings if finding.severity == severity]


def test_a_use_left_behind_fails() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], uses=[use("amount", line=2)]))

    assert evidence.verdict == "fail"
    assert rules(evidence, "error") == ["usage.use-left"]
    assert evidence.measure("uses_left") == 1


def test_a_way_of_a_model_that_shows_nothing_of_what_was_asked_is_open() -> None:
    note = field("note", ["null", "string"], default=None)
    asked = AddField("order", "", "note", '["null","string"]', "null", True)
    idle, done = case(asked, [[ID]], [[ID]]), case(asked, [[ID]], [[ID, note]])

    def by_model(it: Case) -> Evidence:
        return run(replace(it, alternative=replace(it.alternative, origin="claude")))

    assert by_model(idle).verdict == "unknown"
    assert "usage.not-shown" in rules(by_model(idle), "warning")
    assert "usage.not-shown" not in rules(by_model(done), "warning")
    assert "usage.not-shown" not in rules(run(idle), "warning")


def test_what_a_producer_reads_of_its_own_record_may_go_with_its_own_deploy() -> None:
    by_hand = Step("Deploy the producers", "producers", ("shop",), (), (f"{SHOP_PATH}:2  take it out",))
    removed = RemoveField("order", "", "amount")

    own = run(case(removed, [[ID, AMOUNT]], [[ID]], uses=[use("amount", job="shop", line=2)], steps=[(by_hand,)]))
    too_late = replace(by_hand, manual=(f"{SCORER_PATH}:2  take it out",))
    decoded = run(case(removed, [[ID, AMOUNT]], [[ID]], uses=[use("amount", line=2)], steps=[(too_late,)]))

    assert rules(own, "error") == []
    assert "usage.use-left-to-people" in rules(own, "warning")
    assert rules(decoded, "error") == ["usage.use-left"]


def test_no_consumer_is_a_warning_where_readers_would_get_something_else() -> None:
    gone = case(RemoveField("order", "", "amount"), [[ID, AMOUNT]], [[ID]])
    added = case(AddField("order", "", "note", '"string"', '""'), [[ID]], [[ID, field("note", "string", default="")]])

    def severity(it: Case) -> list[str]:
        alone = replace(it, impacts=tuple(replace(impact, consumers=()) for impact in it.impacts))
        return [finding.severity for finding in run(alone).findings if finding.rule == "usage.no-consumer"]

    assert severity(gone) == ["warning"]
    assert severity(added) == ["note"]


def test_an_edited_use_passes() -> None:
    edited = case(
        RENAME,
        [[ID, AMOUNT]],
        [[ID, TOTAL]],
        uses=[use("amount", line=2)],
        uses_after=[[use("total", line=2)]],
        base_code={SCORER_PATH: READ_OLD},
        code={SCORER_PATH: [READ_NEW]},
    )

    evidence = run(edited)

    assert evidence.verdict == "pass"
    assert (evidence.measure("uses_edited"), evidence.measure("uses_left")) == (1, 0)
    assert evidence.measure("operations_done") == 1
    assert evidence.measure("consumers_touched") == 1


def test_a_use_is_followed_when_lines_above_it_change() -> None:
    moved = case(
        RENAME,
        [[ID, AMOUNT]],
        [[ID, TOTAL]],
        uses=[use("amount", line=2)],
        base_code={SCORER_PATH: READ_OLD},
        code={SCORER_PATH: ["import os\n\n" + READ_OLD]},
    )

    evidence = run(moved)

    assert evidence.verdict == "fail"
    assert evidence.findings[0].span == Span(SCORER_PATH, 4, 4)


def test_a_use_may_stand_while_the_field_does() -> None:
    both = [ID, AMOUNT, field("total", ["null", "long"], default=None)]

    assert run(case(RENAME, [[ID, AMOUNT]], [both], uses=[use("amount")])).verdict == "pass"


def test_a_phase_that_is_too_early_fails_although_the_last_one_is_clean() -> None:
    early = case(
        RENAME,
        [[ID, AMOUNT]],
        [[ID, TOTAL], [ID, field("total", "long")]],
        uses=[use("amount", line=2)],
        base_code={SCORER_PATH: READ_OLD},
        code={SCORER_PATH: [READ_OLD, READ_NEW]},
    )

    evidence = run(early)

    assert evidence.verdict == "fail"
    assert {it.phase for it in evidence.findings if it.severity == "error"} == {0}


def test_a_likely_use_or_a_blind_spot_leaves_it_unknown() -> None:
    likely = run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], uses=[use("amount", certainty="likely")]))
    blind = run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], blind_spots=[SPOT]))

    assert likely.verdict == "unknown"
    assert blind.verdict == "unknown"
    assert blind.measure("blind_spots") == 1


def test_a_record_that_is_handed_on_whole_is_told_where_a_name_goes_away() -> None:
    whole = BlindSpot("scorer", Span(SCORER_PATH, 9, 9), "hands on all fields (json.dumps(order))", is_whole=True)
    add = AddField("order", "", "note", '"string"', '""')

    renamed = run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], blind_spots=[whole]))
    added = run(case(add, [[ID]], [[ID, field("note", "string", default="")]], blind_spots=[whole]))

    assert [it.severity for it in renamed.findings if it.rule == "usage.handed-on"] == ["warning"]
    assert renamed.measure("blind_spots") == 0
    assert rules(added, "note") == []


def test_a_blind_spot_does_not_matter_for_a_new_field() -> None:
    add = AddField("order", "", "note", '"string"', '""')

    evidence = run(case(add, [[ID]], [[ID, field("note", "string", default="")]], blind_spots=[SPOT]))

    assert evidence.verdict == "pass"
    assert rules(evidence, "note") == ["usage.blind-spot"]


def test_code_that_can_not_be_read_gets_the_same_from_a_wider_number_or_a_record_with_more_fields() -> None:
    def items(*fields: dict[str, Any]) -> dict[str, Any]:
        return field("items", {"type": "array", "items": {"type": "record", "name": "Item", "fields": list(fields)}})

    widen = ChangeType("order", "", "amount", '"double"')
    add = AddField("order", "Item", "note", '["null","string"]', "null", True)
    more = items(ID, field("note", ["null", "string"], default=None))
    text = ChangeType("order", "", "amount", '"string"')

    assert run(case(widen, [[ID, AMOUNT]], [[ID, field("amount", "double")]], blind_spots=[SPOT])).verdict == "pass"
    assert run(case(add, [[items(ID)]], [[more]], blind_spots=[SPOT])).verdict == "pass"
    assert run(case(text, [[ID, AMOUNT]], [[ID, field("amount", "string")]], blind_spots=[SPOT])).verdict == "unknown"


def test_uses_in_tests_are_only_told() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], uses=[use("amount", is_test=True)]))

    assert evidence.verdict == "pass"
    assert rules(evidence, "note") == ["usage.test-use-left"]


def test_a_key_is_told() -> None:
    remove = RemoveField("order", "", "amount")
    removed = case(
        remove,
        [[ID, AMOUNT]],
        [[ID]],
        uses=[use("amount", "keys", job="shop", line=2)],
        base_code={SHOP_PATH: READ_OLD},
        code={SHOP_PATH: [READ_NEW]},
    )

    evidence = run(removed)

    assert evidence.verdict == "pass"
    assert evidence.measure("key_uses") == 1
    assert rules(evidence, "warning") == ["usage.key"]


def test_an_unknown_decoder_is_told() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], reader=None))

    assert "usage.decoder-unknown" in rules(evidence, "warning")


def test_changing_nothing_counts_what_is_not_done() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], []))

    assert evidence.verdict == "not-applicable"
    assert (evidence.measure("operations"), evidence.measure("operations_done")) == (1, 0)


def test_what_was_asked_is_told_from_what_comes_near_it() -> None:
    optional = AddField("order", "", "note", '"string"', is_optional=True)
    nullable = run(case(optional, [[ID]], [[ID, field("note", ["null", "string"], default=None)]]))
    blank = run(case(optional, [[ID]], [[ID, field("note", "string", default="")]]))

    assert (nullable.measure("operations_done"), nullable.measure("operations_reworded")) == (1, 0)
    assert (blank.measure("operations_done"), blank.measure("operations_reworded")) == (1, 1)


def test_a_default_that_was_asked_for_is_closer_to_the_wording_than_null() -> None:
    add = AddField("order", "", "retries", '"int"', "0", True)

    asked = run(case(add, [[ID]], [[ID, field("retries", "int", default=0)]]))
    null = run(case(add, [[ID]], [[ID, field("retries", ["null", "int"], default=None)]]))

    assert (asked.measure("operations_reworded"), null.measure("operations_reworded")) == (0, 1)


def unlinked(it: Case, decoder: Decoder | None) -> Case:
    """Returns the case with the schemas of both sides not found, so that nothing links them with the subject."""
    links = tuple(replace(link, subject=None, decoder=decoder) for link in it.base.links)
    impacts = tuple(replace(impact, producers=(), consumers=()) for impact in it.impacts)
    return replace(it, base=replace(it.base, links=links), impacts=impacts)


def test_jobs_whose_schema_was_not_found_leave_a_rename_open() -> None:
    renamed = case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]])

    evidence = run(unlinked(renamed, Decoder("confluent-kafka", "single")))

    assert evidence.verdict == "unknown"
    assert rules(evidence, "warning") == ["usage.may-read", "usage.may-write", "usage.no-consumer"]
    assert "shop writes orders with a schema that was not found; it may be order." in [
        finding.message for finding in evidence.findings
    ]
    assert run(unlinked(renamed, Decoder("json", "unknown"))).verdict == "pass"


@pytest.mark.parametrize("decoder", [Decoder("json", "unknown"), None])
def test_jobs_of_no_known_schema_that_name_the_fields_leave_a_rename_open(decoder: Decoder | None) -> None:
    renamed = unlinked(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]]), decoder)
    files = {SHOP_PATH: "order = {'id': 1, 'amount': 2}\n", SCORER_PATH: "print(order['amount'], order['id'])\n"}

    evidence = UsageCheck().run(renamed, bench(files))
    strange = UsageCheck().run(renamed, bench({SHOP_PATH: "order = {'id': 1}\n", SCORER_PATH: "order['amount']\n"}))

    how = "as JSON" if decoder else "with a schema that was not found"
    assert evidence.verdict == "unknown"
    assert rules(evidence, "warning") == ["usage.may-read", "usage.may-write", "usage.no-consumer"]
    assert f"shop writes orders {how} and names amount, id; it may be order." in [
        it.message for it in evidence.findings
    ]
    assert strange.verdict == "pass"


def test_writers_of_no_known_schema_leave_open_whether_they_set_a_further_field_that_is_required() -> None:
    files = {SHOP_PATH: "order = {'id': 1, 'amount': 2}\n", SCORER_PATH: "print(order['amount'], order['id'])\n"}

    def verdict(**more: str) -> str:
        added = case(
            AddField("order", "", "note", '"string"'), [[ID, AMOUNT]], [[ID, AMOUNT, field("note", "string", **more)]]
        )
        return UsageCheck().run(unlinked(added, Decoder("json", "unknown")), bench(files)).verdict

    assert (verdict(), verdict(default="")) == ("unknown", "pass")


def test_a_file_that_cannot_be_parsed_and_names_the_field_leaves_a_rename_open() -> None:
    renamed = case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]])
    quoted = replace(use("amount", form="unparsed", certainty="possible"), span=Span("old.py", 2, 2))

    named = run(replace(renamed, impacts=tuple(replace(it, uses=(*it.uses, quoted)) for it in renamed.impacts)))

    assert (named.verdict, run(renamed).verdict) == ("unknown", "pass")
    assert rules(named, "warning") == ["usage.may-use"]
    assert named.findings[0].span == Span("old.py", 2, 2)


def test_jobs_whose_schema_was_not_found_leave_an_addition_settled() -> None:
    added = case(
        AddField("order", "", "total", '"long"', "0"), [[ID, AMOUNT]], [[ID, AMOUNT, field("total", "long", default=0)]]
    )

    assert run(unlinked(added, Decoder("confluent-kafka", "single"))).verdict == "pass"


def test_an_added_field_of_another_type_than_asked_for_does_not_do_what_was_asked() -> None:
    asked = AddField("order", "", "note", '"double"', "0")

    right = run(case(asked, [[ID]], [[ID, field("note", ["null", "double"], default=None)]]))
    narrow = run(case(asked, [[ID]], [[ID, field("note", ["null", "float"], default=None)]]))

    assert (right.measure("operations_done"), narrow.measure("operations_done")) == (1, 0)


def test_a_topic_on_which_no_schema_is_known_is_told_by_its_name() -> None:
    it = case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]])
    of_topic = replace(it.impacts[0], subject="", path="payments.v1", consumers=())

    evidence = run(replace(it, impacts=(of_topic,)))

    told = [finding.message for finding in evidence.findings if finding.rule == "usage.no-consumer"]
    assert told == ["No consumer of payments.v1 was found in this repository."]


KNOWN, WITH_DEFAULT = {"symbols": ["NEW", "PAID"]}, {"symbols": ["NEW", "PAID", "UNKNOWN"], "default": "UNKNOWN"}


@pytest.mark.parametrize(
    ("states", "gates", "is_read", "questions"),
    [
        ([{"symbols": ["NEW", "PAID", "LATE"]}], [], False, 1),
        ([{"symbols": ["NEW", "PAID", "LATE"]}], [], True, 0),
        (
            [WITH_DEFAULT, {**WITH_DEFAULT, "symbols": ["NEW", "PAID", "UNKNOWN", "LATE"]}],
            ["Everybody has it."],
            False,
            0,
        ),
        ([{"symbols": ["NEW"]}, {"symbols": ["NEW", "LATE"]}], ["Nobody writes it."], False, 0),
    ],
)
def test_a_symbol_that_unknown_readers_refuse_is_an_open_question_unless_a_gate_waits(
    states: list[dict[str, Any]], gates: list[str], is_read: bool, questions: int
) -> None:
    def status(enum: dict[str, Any]) -> list[dict[str, Any]]:
        return [ID, field("status", {"type": "enum", "name": "Status", **enum})]

    added = AddSymbol("order", "", "status", "LATE")
    made = case(added, [status(KNOWN)], [status(it) for it in states], gates=gates)
    if not is_read:
        made = replace(made, impacts=tuple(replace(it, consumers=()) for it in made.impacts))

    assert UsageCheck().run(made, bench()).measure("open_at_once") == questions
