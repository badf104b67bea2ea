"""Producers set what is demanded, consumers read what is there; only what gets worse fails."""

from __future__ import annotations

from dataclasses import replace

from copilot.checks.contract import ContractCheck
from copilot.domain.alternative import Step
from copilot.domain.codec import digest_of_text
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, ChangeType, MakeOptional, RenameField
from copilot.domain.pipeline import BlindSpot, Decoder, FieldUse, Mode, PipelineMap
from copilot.domain.schema import SchemaSource, SchemaSubject
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.cases import COMMIT
from tests.checks.orders import SCORER_PATH, SHOP_PATH, bench, case, field, schema_text, use, version

AMOUNT = field("amount", "long")
ID = field("id", "string")
TOTAL = field("total", "long")
RENAME = RenameField("order", "", "amount", "total")
WRITES = [use("id", "writes", job="shop", line=2), use("amount", "writes", job="shop", line=3)]
MAKE_OLD = 'ORDER = {\n    "id": "1",\n    "amount": 2,\n}\n'
MAKE_NEW = MAKE_OLD.replace("amount", "total")


def run(it: Case, files: dict[str, str] | None = None) -> Evidence:
    return ContractCheck().run(it, bench(files))


def errors(evidence: Evidence) -> list[str]:
    return [finding.rule for finding in evidence.findings if finding.severity == "error"]


def test_a_forgotten_producer_fails() -> None:
    evidence = run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], uses=WRITES))

    assert evidence.verdict == "fail"
    assert errors(evidence) == ["contract.not-set"]
    assert (evidence.measure("fields_required"), evidence.measure("required_seen_written")) == (2, 1)


def test_an_edited_producer_passes() -> None:
    edited = case(
        RENAME,
        [[ID, AMOUNT]],
        [[ID, TOTAL]],
        uses=WRITES,
        uses_after=[[WRITES[0], use("total", "writes", job="shop", line=3)]],
        base_code={SHOP_PATH: MAKE_OLD},
        code={SHOP_PATH: [MAKE_NEW]},
    )

    assert run(edited).verdict == "pass"


def test_a_required_field_that_no_one_is_seen_to_set_is_unknown() -> None:
    add = AddField("order", "", "note", '"string"')

    evidence = run(case(add, [[ID]], [[ID, field("note", "string")]]))

    assert evidence.verdict == "unknown"


def test_a_producer_with_blind_spots_is_unknown_not_wrong() -> None:
    spot = BlindSpot("shop", Span(SHOP_PATH, 5, 5), "**extra")

    assert run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], uses=WRITES, blind_spots=[spot])).verdict == "unknown"


def test_a_name_that_is_only_possibly_set_shows_no_construction() -> None:
    elsewhere = use("id", "writes", job="shop", line=2, certainty="possible")

    evidence = run(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]], uses=[elsewhere]))

    assert evidence.verdict == "unknown"
    assert "contract.construction-unseen" in {finding.rule for finding in evidence.findings}


def test_a_producer_that_sets_a_value_of_the_old_kind_is_unknown() -> None:
    retype = ChangeType("order", "", "amount", '"bytes"')
    after = [ID, field("amount", "bytes")]

    kept = run(case(retype, [[ID, field("amount", "string")]], [after], uses=WRITES))
    unseen = run(case(retype, [[ID, field("amount", "string")]], [after]))
    wider = run(case(retype, [[ID, field("amount", "int")]], [[ID, field("amount", "double")]], uses=WRITES))

    assert (kept.verdict, unseen.verdict, wider.verdict) == ("unknown", "unknown", "pass")
    assert "contract.value-of-old-kind" in {finding.rule for finding in (*kept.findings, *unseen.findings)}


def test_what_was_never_set_is_no_new_breach() -> None:
    add = AddField("order", "", "note", '"string"', '""')
    after = [ID, AMOUNT, field("note", "string", default="")]

    evidence = run(case(add, [[ID, AMOUNT]], [after], uses=[WRITES[0]]))

    assert evidence.verdict == "pass"
    assert [it.rule for it in evidence.findings] == ["contract.not-set-before"]


def test_a_consumer_that_moves_to_a_name_that_no_one_sets_fails() -> None:
    after = [ID, AMOUNT, field("total", ["null", "long"], default=None)]
    moved = [*WRITES, use("total", line=3)]

    evidence = run(case(RENAME, [[ID, AMOUNT]], [after], uses=[*WRITES, use("amount")], uses_after=[moved]))

    assert "contract.never-set" in errors(evidence)


def test_a_consumer_that_moves_to_a_name_that_is_set_passes() -> None:
    after = [ID, AMOUNT, field("total", ["null", "long"], default=None)]
    moved = [*WRITES, use("total", line=3), use("total", "writes", job="shop", line=4)]

    evidence = run(case(RENAME, [[ID, AMOUNT]], [after], uses=[*WRITES, use("amount")], uses_after=[moved]))

    assert "contract.never-set" not in {finding.rule for finding in evidence.findings}


def test_a_name_that_a_person_is_asked_to_set_is_an_open_question() -> None:
    after = [ID, AMOUNT, field("total", ["null", "long"], default=None)]
    moved = [*WRITES, use("total", line=3)]
    step = Step("Deploy the producers", "producers", ("shop",), (), (f"{SHOP_PATH}:3  write total next to it",))

    evidence = run(
        case(RENAME, [[ID, AMOUNT]], [after], uses=[*WRITES, use("amount")], uses_after=[moved], steps=[(step,)])
    )

    assert "contract.may-not-be-set" in {finding.rule for finding in evidence.findings}
    assert "contract.never-set" not in errors(evidence)


def test_what_was_read_before_and_never_set_is_no_breach_of_this_change() -> None:
    odd = field("odd", ["null", "long"], default=None)
    uses = [*WRITES, use("odd", line=7)]

    evidence = run(case(RENAME, [[ID, AMOUNT, odd]], [[ID, TOTAL, odd]], uses=uses, uses_after=[uses]))

    assert "contract.never-set" not in {finding.rule for finding in evidence.findings}


def test_a_consumer_that_reads_what_is_gone_fails() -> None:
    after = [ID, field("total", "long", default=0)]

    evidence = run(case(RENAME, [[ID, AMOUNT]], [after], uses=[use("amount")]))

    assert errors(evidence) == ["contract.reads-absent"]


def test_arithmetic_with_what_may_be_null_fails() -> None:
    optional = MakeOptional("order", "", "amount")
    after = [ID, field("amount", ["null", "long"], default=None)]

    computing = run(case(optional, [[ID, AMOUNT]], [after], uses=[use("amount", "computes")]))
    reading = run(case(optional, [[ID, AMOUNT]], [after], uses=[use("amount", "reads")]))

    assert errors(computing) == ["contract.meets-null"]
    assert reading.verdict == "pass"


def test_a_consumer_with_its_own_copy_reads_with_that_copy() -> None:
    add = AddField("order", "", "note", '"string"', '""')
    after = [ID, field("note", "string", default="")]
    text = schema_text([ID])
    copy = SchemaSource(
        "scorer/order.avsc", digest_of_text(text), COMMIT, "file", 0, len(text), Span("scorer/order.avsc", 1, 9)
    )
    it = case(add, [[ID]], [after], uses_after=[[use("note")]], reader=Decoder("fastavro", "own"))
    states = tuple(
        replace(state, subjects=tuple(replace(one, copies=(copy,)) for one in state.subjects)) for state in it.states
    )

    evidence = run(replace(it, states=states), {"scorer/order.avsc": text, SCORER_PATH: ""})

    assert errors(evidence) == ["contract.reads-absent"]


def test_nothing_changed_is_not_applicable() -> None:
    assert run(case(RENAME, [[ID]], [[ID]])).verdict == "not-applicable"


OPTIONAL = MakeOptional("order", "", "amount")
NULLABLE = [ID, field("amount", ["null", "long"], default=None)]


def test_a_place_that_the_plan_leaves_to_a_person_is_an_open_question() -> None:
    step = Step("Deploy the consumers", "consumers", ("scorer",), (), (f"{SCORER_PATH}:7  make it work with None",))
    reads = [use("amount", "computes", line=7)]

    left = run(case(OPTIONAL, [[ID, AMOUNT]], [NULLABLE], uses=reads, steps=[(step,)]))
    forgotten = run(
        case(OPTIONAL, [[ID, AMOUNT]], [NULLABLE], uses=[*reads, use("amount", "computes", line=70)], steps=[(step,)])
    )

    assert left.verdict == "unknown"
    assert [it.rule for it in left.findings] == ["contract.null-left-to-people"]
    assert errors(forgotten) == ["contract.meets-null"]


def test_asking_whether_there_is_a_value_is_no_comparison_with_null() -> None:
    asks = use("amount", "compares", excerpt='if order["amount"] is not None:')
    compares = use("amount", "compares", excerpt='if order["amount"] > 3:')

    assert run(case(OPTIONAL, [[ID, AMOUNT]], [NULLABLE], uses=[asks])).verdict == "pass"
    assert run(case(OPTIONAL, [[ID, AMOUNT]], [NULLABLE], uses=[compares])).verdict == "fail"


def test_a_new_optional_field_in_place_of_one_that_never_was_null_is_the_same_breach() -> None:
    after = [ID, field("amount_v2", ["null", "long"], default=None)]
    moved = [use("amount_v2", "computes")]

    evidence = run(case(OPTIONAL, [[ID, AMOUNT]], [after], uses_after=[moved], reader=Decoder("fastavro", "own")))

    assert errors(evidence) == ["contract.meets-null"]


def test_handing_a_null_on_to_a_field_that_can_not_be_null_is_a_breach() -> None:
    made = case(OPTIONAL, [[ID, AMOUNT]], [NULLABLE], uses=[use("amount", "passes", line=9)])
    score = SchemaSubject(
        "score", "avro", "BACKWARD", "assumed", (version([AMOUNT], name="Score", path="score.avsc"),), ()
    )
    handed = replace(use("amount", "passes", line=9, form="literal"), subject="score")

    def with_score(read: PipelineMap) -> PipelineMap:
        return replace(read, subjects=(*read.subjects, score), uses=(*read.uses, handed))

    evidence = run(replace(made, base=with_score(made.base), states=tuple(map(with_score, made.states))))

    assert errors(evidence) == ["contract.meets-null"]
    assert "hands amount on as amount of score" in evidence.findings[0].message


def renamed_read(reader: Decoder, *more: FieldUse) -> Evidence:
    after = [ID, field("total", "long", aliases=["amount"])]
    return run(case(RENAME, [[ID, AMOUNT]], [after], uses_after=[[use("total"), *more]], reader=reader))


def test_a_new_name_is_read_too_early_where_records_are_decoded_as_they_were_written() -> None:
    assert errors(renamed_read(Decoder("fastavro", "writer"))) == ["contract.reads-too-early"]
    assert errors(renamed_read(Decoder("fastavro", "own"))) == []
    assert renamed_read(Decoder("fastavro", "unknown")).verdict == "unknown"


def test_a_read_that_falls_back_on_the_old_name_is_not_too_early() -> None:
    both = [ID, AMOUNT, field("total", ["null", "long"], default=None)]
    reads = [use("total"), use("total", form="get"), use("amount")]

    evidence = run(case(RENAME, [[ID, AMOUNT]], [both], uses_after=[reads], reader=Decoder("fastavro", "writer")))

    assert errors(evidence) == []


def test_another_kind_of_value_is_a_breach_where_code_computes_with_it() -> None:
    change = ChangeType("order", "", "amount", '"string"')
    text = [ID, field("amount", "string")]
    step = Step("Deploy the consumers", "consumers", ("scorer",), (), (f"{SCORER_PATH}:7  expect the new type",))

    def after(kind: str, mode: Mode, steps: list[tuple[Step, ...]]) -> Evidence:
        fields = text if kind == "string" else [ID, field("amount", kind)]
        return run(case(change, [[ID, AMOUNT]], [fields], uses=[use("amount", mode, line=7)], steps=steps))

    assert errors(after("string", "computes", [])) == ["contract.other-kind"]
    assert after("string", "computes", [(step,)]).verdict == "unknown"
    assert after("string", "reads", []).verdict == "unknown"
    assert after("double", "computes", []).verdict == "pass"


def test_a_list_that_may_be_null_breaks_who_goes_into_it() -> None:
    items = {"type": "array", "items": "string"}
    optional = MakeOptional("order", "", "items")
    after = [ID, field("items", ["null", items], default=None)]

    evidence = run(case(optional, [[ID, field("items", items)]], [after], uses=[use("items", "reads")]))

    assert errors(evidence) == ["contract.meets-null"]
    assert "goes into items" in evidence.findings[0].message
