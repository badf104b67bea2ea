"""Producers set what is demanded, consumers read what is there; only what gets worse fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from copilot.checks.contract import ContractCheck
from copilot.domain.alternative import CodeAction, CodeEdit, Gate, Step
from copilot.domain.codec import digest_of_text
from copilot.domain.evidence import Evidence
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeType,
    MakeOptional,
    RemoveField,
    RenameField,
    RenameSymbol,
)
from copilot.domain.pipeline import BlindSpot, Certainty, Decoder, FieldUse, Mode, PipelineMap, UseForm
from copilot.domain.schema import SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.cases import COMMIT
from tests.checks.orders import AVRO, SCORER_PATH, SHOP_PATH, bench, case, field, schema_text, use, version

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


def test_a_job_that_hands_a_record_of_the_same_subject_on_sets_its_fields() -> None:
    handed = [
        use(name, "passes", job="shop", line=line, form=form)
        for line, name in ((2, "id"), (3, "amount"))
        for form in ("literal", "subscript")
    ]
    text = field("note", ["null", "string"], default=None)

    evidence = run(case(AddField("order", "", "note", '"string"'), [[ID, AMOUNT]], [[ID, AMOUNT, text]], uses=handed))

    assert errors(evidence) == []


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


@pytest.mark.parametrize(("kind", "verdict"), [("string", "fail"), (["string", "null"], "pass")])
def test_a_field_that_may_be_null_is_not_demanded_of_a_producer(kind: Any, verdict: str) -> None:
    add = AddField("order", "", "note", '"string"')

    assert run(case(add, [[ID, AMOUNT]], [[ID, AMOUNT, field("note", kind)]], uses=WRITES)).verdict == verdict


@pytest.mark.parametrize("library", ["fastavro", "avro"])
def test_the_libraries_write_null_where_a_key_is_missing_that_may_be_null(library: str) -> None:
    schema = schema_text([ID, field("note", ["string", "null"])])
    decoder = next(it for it in AVRO.decoders if it.name == library)

    assert decoder.encode(schema, {"id": "1"}) == b"\x021\x02"


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


def test_a_place_that_is_left_to_a_person_is_found_where_an_edit_further_up_has_moved_it() -> None:
    before = 'def bill(order):\n    send(\n        order["id"],\n    )\n    return order["amount"] * 2\n'
    after = before.replace('(\n        order["id"],\n    )', '(order["id"])')
    step = Step("Deploy the consumers", "consumers", ("scorer",), (), (f"{SCORER_PATH}:5  make it work with None",))
    made = case(
        OPTIONAL,
        [[ID, AMOUNT]],
        [NULLABLE],
        uses=[use("amount", "computes", line=5)],
        uses_after=[[use("amount", "computes", line=3)]],
        base_code={SCORER_PATH: before},
        code={SCORER_PATH: [after]},
        steps=[(step,)],
    )

    evidence = run(made, {SCORER_PATH: before, SHOP_PATH: ""})

    assert [it.rule for it in evidence.findings] == ["contract.null-left-to-people"]


def test_asking_whether_there_is_a_value_is_no_use_of_another_kind() -> None:
    change = ChangeType("order", "", "amount", '"string"')
    code = 'def bill(order):\n    return 0 if order.get("amount") is None else str(order["amount"])\n'
    asks = use("amount", "compares", line=2, form="get")
    made = case(change, [[ID, AMOUNT]], [[ID, field("amount", "string")]], uses=[asks])

    assert errors(run(made, {SCORER_PATH: code, SHOP_PATH: ""})) == []


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


BUILDS = [replace(it, form="literal") for it in WRITES]


def written(
    line: str,
    kind: object,
    *,
    before: object = "long",
    library: str = "fastavro",
    steps: Sequence[tuple[Step, ...]] = (),
) -> Evidence:
    """The evidence on a producer that writes `amount` by this line, where its type changes from `before` to `kind`."""
    code = f'def build(order, count: int):\n    return {{"id": "1",\n        "amount": {line}}}\n'
    change = ChangeType("order", "", "amount", '"bytes"')
    made = case(change, [[ID, field("amount", before)]], [[ID, field("amount", kind)]], uses=BUILDS, steps=steps)
    encoder = Decoder(library, "writer")

    def encoded(read: PipelineMap) -> PipelineMap:
        return replace(read, links=tuple(replace(it, decoder=encoder) for it in read.links))

    made = replace(made, base=encoded(made.base), states=tuple(map(encoded, made.states)))
    return run(made, {SHOP_PATH: code, SCORER_PATH: ""})


def test_a_value_of_the_wrong_kind_for_the_new_type_fails_with_place_and_both_types() -> None:
    evidence = written("int(order.total)", "string")

    assert errors(evidence) == ["contract.wrong-type"]
    assert evidence.findings[0].message == (
        'shop writes a whole number to amount, which is string after phase 1 "state 0": fastavro refuses it there.'
    )
    assert str(evidence.findings[0].span) == f"{SHOP_PATH}:3"


def test_a_value_that_fits_the_new_type_is_no_question_any_more() -> None:
    evidence = written("str(order.total)", "string")

    assert evidence.verdict == "pass"


def test_what_was_of_the_wrong_kind_in_the_base_is_a_warning_that_says_so() -> None:
    evidence = written("str(order.total)", ["null", "long"])

    assert errors(evidence) == []
    assert [it.rule for it in evidence.findings] == ["contract.wrong-type-before"]
    assert "It was so before this change." in evidence.findings[0].message


def test_a_renamed_field_takes_a_wrong_value_over_and_is_not_blamed_for_it() -> None:
    code = 'def build(order):\n    return {"id": "1",\n        "amount": str(order)}\n'
    moved = [BUILDS[0], use("total", "writes", job="shop", line=3, form="literal")]
    renamed = code.replace("amount", "total")
    made = case(
        RENAME,
        [[ID, AMOUNT]],
        [[ID, TOTAL]],
        uses=BUILDS,
        uses_after=[moved],
        base_code={SHOP_PATH: code},
        code={SHOP_PATH: [renamed]},
    )

    evidence = run(made, {SHOP_PATH: code, SCORER_PATH: ""})

    assert errors(evidence) == []
    assert [it.rule for it in evidence.findings] == ["contract.wrong-type-before"]


def test_a_logical_type_that_only_one_library_takes_numbers_for_is_told_by_library() -> None:
    moment = {"type": "long", "logicalType": "timestamp-millis"}

    assert written("int(order.total)", moment).verdict == "pass"
    assert errors(written("int(order.total)", moment, library="avro")) == ["contract.wrong-type"]
    assert errors(written("int(order.total)", moment, library="json")) == []


def test_an_annotation_or_a_lookup_without_default_is_a_question_and_no_refusal() -> None:
    declared = written("count", "string", before="long")
    looked_up = written('order.get("total")', "long", before=["null", "long"])
    defaulted = written('order.get("total", 0)', "long", before=["null", "long"])

    assert (declared.verdict, looked_up.verdict, defaulted.verdict) == ("unknown", "unknown", "pass")
    assert {it.rule for it in (*declared.findings, *looked_up.findings)} == {"contract.may-be-wrong-type"}


def test_null_that_is_written_into_a_field_that_becomes_required_fails() -> None:
    evidence = written("order.total if order.is_paid else None", "long", before=["null", "long"])

    assert errors(evidence) == ["contract.wrong-type"]
    assert "null at times" in evidence.findings[0].message


def test_a_symbol_that_is_taken_out_while_code_writes_it_fails() -> None:
    def of(*symbols: str) -> dict[str, object]:
        return {"type": "enum", "name": "Status", "symbols": list(symbols)}

    gone = written('"NEW" if order.is_new else "PAID"', of("PAID", "SHIPPED"), before=of("NEW", "PAID", "SHIPPED"))
    kept = written('"PAID"', of("PAID", "SHIPPED"), before=of("NEW", "PAID", "SHIPPED"))

    assert errors(gone) == ["contract.wrong-type"]
    assert 'the text "NEW"' in gone.findings[0].message
    assert errors(kept) == []


def test_a_value_that_a_plan_leaves_to_a_person_is_an_open_question() -> None:
    step = Step("Deploy the producers", "producers", ("shop",), (), (f"{SHOP_PATH}:3  convert it",))

    evidence = written("int(order.total)", "string", steps=[(step,)])

    assert evidence.verdict == "unknown"
    assert "contract.type-left-to-people" in {it.rule for it in evidence.findings}


def test_a_value_that_comes_out_of_another_record_has_the_type_of_its_schema() -> None:
    reads = use("amount", "passes", job="shop", line=3, form="subscript")
    cart = SchemaSubject("cart", "avro", "BACKWARD", "assumed", (version([AMOUNT], name="Cart", path="cart.avsc"),), ())
    change = ChangeType("order", "", "amount", '"string"')
    made = case(
        change, [[ID, AMOUNT]], [[ID, field("amount", "string")]], uses=[*BUILDS, replace(reads, subject="cart")]
    )

    def with_cart(read: PipelineMap) -> PipelineMap:
        inlet = replace(read.links[1], direction="consumes", subject="cart")
        return replace(read, subjects=(*read.subjects, cart), links=(*read.links, inlet))

    code = 'def build(cart):\n    return {"id": "1",\n        "amount": cart["amount"]}\n'
    evidence = run(
        replace(made, base=with_cart(made.base), states=tuple(map(with_cart, made.states))),
        {SHOP_PATH: code, SCORER_PATH: ""},
    )

    assert errors(evidence) == ["contract.wrong-type"]


def meets_null(body: str, mode: Mode = "computes") -> Evidence:
    """The evidence on a consumer whose second line reads `amount`, which becomes nullable."""
    code = f"def bill(order):\n    {body}\n"
    reads = [use("amount", mode, line=2)]
    return run(case(OPTIONAL, [[ID, AMOUNT]], [NULLABLE], uses=reads), {SCORER_PATH: code, SHOP_PATH: ""})


def test_a_read_that_asks_for_null_first_is_no_breach() -> None:
    guarded = meets_null('return order["amount"] * 2 if order["amount"] is not None else 0')
    caught = meets_null('return (order["amount"] or 0) * 2')

    assert guarded.verdict == "pass"
    assert caught.verdict == "pass"


def test_code_that_breaks_on_null_is_told_with_what_it_does() -> None:
    formats = meets_null("return f\"{order['amount']:.2f}\"", "reads")
    names = meets_null('total = order["amount"]\n    return total + 1', "reads")

    assert errors(formats) == ["contract.meets-null"]
    assert "formats it where it reads amount" in formats.findings[0].message
    assert errors(names) == ["contract.meets-null"]
    assert f"computes with it at {SCORER_PATH}:3 where it reads amount" in names.findings[0].message


def test_an_edit_that_does_not_help_is_told_and_one_that_does_is_not() -> None:
    before = 'def bill(order):\n    return order["amount"] * 2\n'

    def edited(line: str, form: UseForm = "subscript") -> Evidence:
        after = f"def bill(order):\n    return {line}\n"
        made = case(
            OPTIONAL,
            [[ID, AMOUNT]],
            [NULLABLE],
            uses=[use("amount", "computes", line=2)],
            uses_after=[[use("amount", "computes", line=2, form=form)]],
            base_code={SCORER_PATH: before},
            code={SCORER_PATH: [after]},
        )
        return run(made, {SCORER_PATH: before, SHOP_PATH: ""})

    assert errors(edited('order.get("amount", 0) * 2', "get")) == ["contract.meets-null"]
    assert errors(edited('order["amount"] * 3')) == ["contract.meets-null"]
    assert edited('(0 if order["amount"] is None else order["amount"]) * 2').verdict == "pass"


def test_a_null_that_goes_where_reading_can_not_follow_is_an_open_question() -> None:
    evidence = meets_null('return convert(order["amount"]) * 2')

    assert evidence.verdict == "unknown"
    assert [it.rule for it in evidence.findings] == ["contract.null-not-followed"]


def symbol_met(
    body: str, symbols: list[str], *, added: str = "REFUNDED", steps: list[tuple[Step, ...]] | None = None
) -> Evidence:
    """The evidence on a consumer whose second line reads `status`, an enum that gets a symbol."""

    def status(names: list[str]) -> dict[str, object]:
        return field("status", {"type": "enum", "name": "Status", "symbols": names})

    reads = [use("status", "reads", line=2)]
    code = f'RATES = {{"NEW": 1, "PAID": 2}}; bill = lambda: 0\n{body}\n'
    add = AddSymbol("order", "", "status", added)
    made = case(add, [[ID, status(["NEW", "PAID"])]], [[ID, status(symbols)]], uses=reads, steps=steps or [])
    return run(made, {SCORER_PATH: code, SHOP_PATH: ""})


def test_a_lookup_that_lacks_a_new_symbol_fails() -> None:
    evidence = symbol_met('def rate(order): return RATES[order["status"]]', ["NEW", "PAID", "REFUNDED"])

    assert errors(evidence) == ["contract.meets-new-symbol"]
    assert "looks it up in RATES, which lacks REFUNDED, and status may be REFUNDED" in evidence.findings[0].message


@pytest.mark.parametrize(
    ("line", "path", "text"),
    [
        ("from . import rates", "scorer/rates.py", 'TABLE = {"NEW": 1, "PAID": 2}\n'),
        ("from scorer.rates import TABLE", "scorer/rates.py", 'TABLE = {"NEW": 1, "PAID": 2}\n'),
        ("from .rates import TABLE", "scorer/rates.py", 'TABLE = {"NEW": 1, "PAID": 2}\n'),
        ("from .kinds import TABLE", "scorer/kinds/__init__.py", 'TABLE = {"NEW": 1, "PAID": 2}\n'),
    ],
)
def test_a_table_of_another_module_is_looked_at_too(line: str, path: str, text: str) -> None:
    def status(names: list[str]) -> dict[str, object]:
        return field("status", {"type": "enum", "name": "Status", "symbols": names})

    table = "rates.TABLE" if "import rates" in line else "TABLE"
    code = f'{line}\ndef rate(order): return {table}[order["status"]]\n'
    add = AddSymbol("order", "", "status", "REFUNDED")
    history, after = [[ID, status(["NEW", "PAID"])]], [[ID, status(["NEW", "PAID", "REFUNDED"])]]
    made = case(add, history, after, uses=[use("status", line=2)])

    here = run(made, {SCORER_PATH: code, SHOP_PATH: "", path: text})
    filled = run(made, {SCORER_PATH: code, SHOP_PATH: "", path: f'{text}TABLE["REFUNDED"] = 3\n'})

    assert errors(here) == ["contract.meets-new-symbol"]
    assert errors(filled) == []


def test_a_lookup_that_the_plan_leaves_to_a_person_is_an_open_question() -> None:
    step = Step("Deploy the consumers", "consumers", ("scorer",), (), (f"{SCORER_PATH}:2  give it a branch",))
    body = 'def rate(order): return RATES[order["status"]]'

    assert symbol_met(body, ["NEW", "PAID", "REFUNDED"], steps=[(step,)]).verdict == "unknown"


def test_a_lookup_that_lacks_the_symbol_of_a_new_field_fails_as_well() -> None:
    old = field("status", {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"]})
    wider = {"type": "enum", "name": "StatusV2", "symbols": ["NEW", "PAID", "REFUNDED"]}
    after = [ID, old, field("status_v2", ["null", wider], default=None)]
    code = 'RATES = {"NEW": 1, "PAID": 2}\ndef rate(order): return RATES[order["status_v2"]]\n'
    add = AddSymbol("order", "", "status", "REFUNDED")
    made = case(add, [[ID, old]], [after], uses_after=[[use("status_v2", line=2)]])

    assert "contract.meets-new-symbol" in errors(run(made, {SCORER_PATH: code, SHOP_PATH: ""}))


def test_a_symbol_that_only_stands_in_and_is_never_written_is_no_breach() -> None:
    body = 'def rate(order): return RATES[order["status"]]'

    assert symbol_met(body, ["NEW", "PAID", "UNKNOWN"]).verdict == "pass"


def test_a_careful_lookup_of_a_new_symbol_passes() -> None:
    assert (
        symbol_met('def rate(order): return RATES.get(order["status"], 0)', ["NEW", "PAID", "REFUNDED"]).verdict
        == "pass"
    )


def literal_left(after_literal: str, *, certainty: Certainty = "certain") -> Evidence:
    """The evidence on a producer whose schema stands in its code, which the patch edits to `after_literal` or not at all."""

    def in_code(name: str) -> SchemaVersion:
        made = version([ID, field(name, "long")], path=SHOP_PATH)
        return replace(made, source=replace(made.source, host="python-dict"))

    def with_literal(read: PipelineMap, name: str) -> PipelineMap:
        subjects = tuple(
            replace(it, copies=(in_code(name).source,), copy_versions=(in_code(name),)) for it in read.subjects
        )
        links = tuple(replace(it, certainty=certainty) for it in read.links)
        return replace(read, subjects=subjects, links=links)

    made = case(
        RENAME,
        [[ID, AMOUNT]],
        [[ID, TOTAL]],
        uses=WRITES,
        uses_after=[[WRITES[0], use("total", "writes", job="shop", line=3)]],
        base_code={SHOP_PATH: MAKE_OLD},
        code={SHOP_PATH: [MAKE_NEW]},
    )
    states = tuple(with_literal(it, after_literal) for it in made.states)
    return run(replace(made, base=with_literal(made.base, "amount"), states=states))


def test_a_patch_that_leaves_the_schema_in_the_producer_s_code_changes_nothing_on_the_wire() -> None:
    left = literal_left("amount")

    assert errors(left) == ["contract.literal-left-behind"]
    assert "nothing changes on the wire" in left.findings[0].message
    assert literal_left("total").verdict == "pass"
    assert literal_left("amount", certainty="likely").verdict == "unknown"


def without_amount(body: str, form: UseForm = "subscript", *, rename: bool = False) -> Evidence:
    """The evidence on a consumer whose second line reads `amount`, which goes."""
    operation = RENAME if rename else RemoveField("order", "", "amount")
    after = [ID, field("total", "long", default=0)] if rename else [ID]
    reads = [use("amount", "reads", line=2, form=form)]
    code = f"def bill(order):\n    {body}\n"
    return run(case(operation, [[ID, AMOUNT]], [after], uses=reads), {SCORER_PATH: code, SHOP_PATH: ""})


def test_a_read_that_the_plan_gives_a_stand_in_for_a_field_that_goes_is_an_open_question() -> None:
    read = use("amount", "computes", line=2)
    before, after = (
        'def bill(order):\n    return order["amount"] * 2\n',
        'def bill(order):\n    return order.get("amount", 0) * 2\n',
    )
    asked = case(
        RemoveField("order", "", "amount"),
        [[ID, AMOUNT]],
        [[ID]],
        uses=[read],
        uses_after=[[]],
        base_code={SCORER_PATH: before},
        code={SCORER_PATH: [after]},
    )
    edit = CodeEdit(read.span.path, read.offset, "read_default", "amount", expression="0")
    phases = tuple(replace(phase, edits=(edit,)) for phase in asked.alternative.phases)

    evidence = run(replace(asked, alternative=replace(asked.alternative, phases=phases)))

    assert evidence.verdict == "unknown"
    assert [it.rule for it in evidence.findings if it.rule.startswith("contract.always")] == ["contract.always-default"]
    assert "takes 0 for amount" in next(it for it in evidence.findings if "default" in it.rule).message


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ('return order.get("amount", 0) * 2', "get"),
        ('return (order.get("amount") or 0) * 2', "get"),
        ('return order["amount"] if "amount" in order else 0', "subscript"),
    ],
)
def test_code_that_does_without_a_removed_field_survives_and_asks_whether_that_is_right(
    body: str, form: UseForm
) -> None:
    evidence = without_amount(body, form)

    assert evidence.verdict == "unknown"
    assert [it.rule for it in evidence.findings] == ["contract.always-without"]
    assert errors(without_amount(body, form, rename=True)) == ["contract.reads-absent"]


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ('return order["amount"]', "subscript"),
        ('return order.get("amount") * 2', "get"),
        ('return order.pop("amount")', "get"),
    ],
)
def test_code_that_needs_a_removed_field_does_not(body: str, form: UseForm) -> None:
    assert errors(without_amount(body, form)) == ["contract.reads-absent"]


def test_branches_that_a_new_symbol_passes_by_are_an_open_question() -> None:
    body = """def rate(order):
        if order["status"] == "NEW": return 1
        elif order["status"] == "PAID": return 2"""
    status = {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"]}
    grown = {**status, "symbols": ["NEW", "PAID", "REFUNDED"]}
    add = AddSymbol("order", "", "status", "REFUNDED")
    made = case(
        add, [[ID, field("status", status)]], [[ID, field("status", grown)]], uses=[use("status", "compares", line=2)]
    )

    evidence = run(made, {SCORER_PATH: body, SHOP_PATH: ""})

    assert evidence.verdict == "unknown"
    assert [it.rule for it in evidence.findings] == ["contract.symbol-passes-by"]
    assert "has no branch for REFUNDED, nor one for the rest" in evidence.findings[0].message


def test_a_symbol_that_the_consumer_s_own_schema_lacks_arrives_as_its_default() -> None:
    def status(symbols: list[str]) -> dict[str, object]:
        return field("status", {"type": "enum", "name": "Status", "symbols": symbols, "default": "OTHER"})

    known, grown = status(["NEW", "PAID", "OTHER"]), status(["NEW", "PAID", "OTHER", "REFUNDED"])
    text = schema_text([ID, known])
    copy = SchemaSource(
        "scorer/order.avsc", digest_of_text(text), COMMIT, "file", 0, len(text), Span("scorer/order.avsc", 1, 9)
    )
    add = AddSymbol("order", "", "status", "REFUNDED")
    code = 'RATES = {"NEW": 1, "PAID": 2, "OTHER": 0}\ndef rate(order): return RATES[order["status"]]\n'
    made = case(add, [[ID, known]], [[ID, grown]], uses=[use("status", line=2)], reader=Decoder("fastavro", "own"))
    states = tuple(
        replace(it, subjects=tuple(replace(one, copies=(copy,)) for one in it.subjects)) for it in made.states
    )

    own = run(replace(made, states=states), {"scorer/order.avsc": text, SCORER_PATH: code, SHOP_PATH: ""})
    newest = run(made, {SCORER_PATH: code, SHOP_PATH: ""})

    assert errors(own) == []
    assert errors(newest) == ["contract.meets-new-symbol"]


def with_edit(action: CodeAction, to: str, after: list[dict[str, Any]], **more: str) -> Case:
    made = case(RENAME, [[ID, AMOUNT]], [after], uses=[use("amount", "writes", job="shop", line=3)])
    edit = CodeEdit(SHOP_PATH, 300, action, "amount", to, **more)
    phases = tuple(replace(phase, edits=(edit,)) for phase in made.alternative.phases)
    return replace(made, alternative=replace(made.alternative, phases=phases))


def test_a_name_that_an_edit_brings_and_no_schema_has_fails() -> None:
    misspelt = run(with_edit("rename_key", "totl", [ID, TOTAL]))
    right = run(with_edit("rename_key", "total", [ID, TOTAL]))

    assert "contract.unknown-name" in errors(misspelt)
    assert "contract.unknown-name" not in errors(right)


def test_a_read_of_a_name_that_no_version_has_fails_where_the_change_brings_it() -> None:
    unknown = use("totl")
    made = case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]])
    state = replace(made.states[0], unknown_reads=(unknown,))

    brought = run(replace(made, states=(state,)))
    known = run(replace(made, states=(state,), base=replace(made.base, unknown_reads=(unknown,))))

    assert "contract.unknown-name" in errors(brought)
    assert "contract.unknown-name" not in errors(known)


def test_a_second_field_of_another_kind_needs_a_conversion() -> None:
    text = field("amount_v2", ["null", "string"], default=None)

    as_it_is = run(with_edit("add_key", "amount_v2", [ID, AMOUNT, text]))
    converted = run(with_edit("add_converted", "amount_v2", [ID, AMOUNT, text], expression="str({})"))

    assert "contract.same-value-of-another-kind" in errors(as_it_is)
    assert "contract.same-value-of-another-kind" not in errors(converted)


OPTIONAL_TOTAL = field("total", ["null", "long"], default=None)
BOTH_NAMES = [ID, AMOUNT, OPTIONAL_TOTAL]


def renamed_in_phases(*written: str, writes: Sequence[FieldUse] = WRITES, **more: Any) -> Evidence:
    """A rename by way of both names, whose producer writes these after the first phase, and the new one in the last."""
    after = [
        [use(name, "writes", job="shop", line=line) for line, name in enumerate(names, 2)]
        for names in (written, ("id", "total"))
    ]
    both = MAKE_OLD if "total" not in written else MAKE_OLD.replace("}", '    "total": 2,\n}')
    return run(
        case(
            RENAME,
            [[ID, AMOUNT]],
            [BOTH_NAMES, [ID, OPTIONAL_TOTAL]],
            uses=writes,
            uses_after=after if writes else (),
            base_code={SHOP_PATH: MAKE_OLD},
            code={SHOP_PATH: [both, MAKE_NEW]},
            **more,
        )
    )


def test_a_producer_that_does_not_write_the_new_name_beside_the_old_one_loses_values() -> None:
    both, only_old = renamed_in_phases("id", "amount", "total"), renamed_in_phases("id", "amount")

    assert both.verdict == "pass"
    assert errors(only_old) == ["contract.value-not-handed-on"]
    assert "shop sets amount, and not total, which takes its place" in only_old.findings[0].message


def test_whether_a_producer_writes_the_new_name_is_open_where_its_records_are_built_out_of_sight() -> None:
    unseen = renamed_in_phases("id", "amount", writes=())

    assert unseen.verdict == "unknown"
    assert {finding.rule for finding in unseen.findings} == {"contract.construction-unseen"}


def test_a_second_write_that_the_plan_leaves_to_a_person_is_an_open_question() -> None:
    step = Step(
        "Deploy the producers", "producers", ("shop",), (), (f"{SHOP_PATH}:3  write `total` here too, by hand",)
    )

    asked = renamed_in_phases("id", "amount", steps=[(step,), ()])

    assert asked.verdict == "unknown"
    assert "unless a person changes it as the plan asks" in asked.findings[0].message


def test_a_symbol_that_comes_only_when_the_one_before_it_goes_can_not_be_written_in_time() -> None:
    def status(*symbols: str) -> dict[str, Any]:
        return field("status", {"type": "enum", "name": "Status", "symbols": list(symbols), "default": "NEW"})

    def renamed(*between: str) -> Evidence:
        states = [[ID, status(*between)], [ID, status("NEW", "REFUSED")]]
        change = RenameSymbol("order", "", "status", "DECLINED", "REFUSED")
        return run(case(change, [[ID, status("NEW", "DECLINED")]], states, gates=[Gate("All are gone.", True)]))

    assert "contract.symbol-too-late" in errors(renamed("NEW", "DECLINED"))
    assert "contract.symbol-too-late" not in errors(renamed("NEW", "DECLINED", "REFUSED"))


NAMING = {SHOP_PATH: "order = {'id': 1, 'amount': 2}\n", SCORER_PATH: "print(order['amount'], order['id'])\n"}


def unlinked(it: Case) -> Case:
    """Returns the case with JSON on both sides, and nothing that links it with the subject."""
    links = tuple(replace(link, subject=None, decoder=Decoder("json", "unknown")) for link in it.base.links)
    states = tuple(replace(state, links=links) for state in it.states)
    return replace(it, base=replace(it.base, links=links), states=states)


def test_what_jobs_of_no_known_schema_do_with_what_changes_is_not_known() -> None:
    renamed = unlinked(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]]))

    named, strange = run(renamed, NAMING), run(renamed)

    assert (named.verdict, strange.verdict) == ("unknown", "not-applicable")
    assert [(it.rule, it.path) for it in named.findings] == [
        ("contract.reader-unlinked", "amount"),
        ("contract.writer-unlinked", "total"),
    ]


def test_where_no_job_is_known_there_is_no_contract_to_hold() -> None:
    added = AddField("order", "", "note", '"string"', '""')

    evidence = run(unlinked(case(added, [[ID, AMOUNT]], [[ID, AMOUNT, field("note", "string", default="")]])), NAMING)

    assert evidence.verdict == "not-applicable"
