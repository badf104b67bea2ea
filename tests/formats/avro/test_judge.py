"""The registry's answer on a pair of schemas, and what each decoder is predicted to make of the data."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import assume, given, settings

from copilot.formats.avro import AvroFormat
from copilot.formats.avro.edits import field, record
from copilot.formats.avro.judge import DECODERS, judge
from copilot.ports import DecoderUnderTest, Undecodable
from tests.formats.avro.arranging import read
from tests.formats.avro.edits import EDITS, Edit
from tests.formats.avro.generated import records

LETTERS = {"yes": "Y", "wrong-value": "W", "no": "n", "unknown": "?"}
IN_ORDER = ("java", "fastavro", "python", "avsc")
SAMPLES = 40


def letters(reader: Any, writer: Any) -> str:
    reads = {it.decoder: it.reads for it in judge(reader, writer).decoders}
    return "".join(LETTERS[reads[name]] for name in IN_ORDER)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_is_answered_as_registries_and_decoders_do(edit: Edit) -> None:
    rules = (judge(edit.new, edit.old).compatible, judge(edit.old, edit.new).compatible)

    assert rules == edit.rules
    assert (letters(edit.new, edit.old), letters(edit.old, edit.new)) == (edit.backward, edit.forward)


@pytest.mark.parametrize("name", ["A", "Renamed"])
def test_a_registry_stops_at_an_ambiguous_alias_though_a_later_branch_takes_the_data(name: str) -> None:
    later = record(field("int", "other", default=0), name="A", namespace="b")
    first = record(field("int", aliases=["a"]), name=name, namespace="a")
    writer = [record(field("int"), name="A", namespace="a"), record(name="C")]

    verdict = judge([first, later, record(name="C")], writer)

    assert verdict.compatible is False
    assert "avro.ambiguous-alias" in [it.rule for it in verdict.reasons]


@pytest.mark.parametrize(("alias", "letter"), [("Old", "Y"), ("a.Old", "n")])
def test_fastavro_takes_an_alias_for_a_short_name_only_where_it_is_written_short(alias: str, letter: str) -> None:
    reader = record(field("int"), name="New", namespace="a", aliases=[alias])
    writer = record(field("int"), name="Old", namespace="")

    assert letters(reader, writer)[IN_ORDER.index("fastavro")] == letter


@pytest.mark.parametrize(
    ("kind", "default", "letter"),
    [
        ("long", 2**53 - 2, "Y"),
        ("long", 2**53 - 1, "n"),
        (["long", "null"], -(2**63), "n"),
        ({"type": "map", "values": "long"}, {"k": 2**62}, "n"),
        ({"type": "fixed", "name": "F", "size": 2}, "\U0001f600", "Y"),
    ],
)
def test_avsc_refuses_a_default_that_is_no_value_of_the_type_to_javascript(
    kind: Any, default: Any, letter: str
) -> None:
    verdict = judge(record(field("int"), field(kind, "b", default=default)), record(field("int")))

    assert [LETTERS[it.reads] for it in verdict.decoders if it.decoder == "avsc"] == [letter]


INNER = {"type": "record", "name": "Inner"}
TEXTS = {"type": "array", "items": "string"}


@pytest.mark.parametrize(
    ("kind", "default", "expected"),
    [
        ({"type": "double"}, 3, "YnnY"),
        ("double", 3, "YYnY"),
        (["double", "null"], 3, "YYnY"),
        ({**INNER, "fields": [field("bytes", default="a")]}, {}, "YYYn"),
        ({**INNER, "fields": [field(["int", "float"], default=1)]}, {}, "YYYn"),
        ({**INNER, "fields": [field(["int", "null"], default=1)]}, {}, "YYYY"),
        ({**INNER, "fields": [field(["null", "double"])]}, {"a": None}, "YYYY"),
        ([TEXTS, "null"], [], "nYYY"),
        ([TEXTS, "null"], ["a"], "YYYY"),
        ({"type": "int", "logicalType": "time-millis"}, -1, "nYYY"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 4}, "", "nYYY"),
    ],
)
def test_a_default_is_refused_by_those_decoders_that_can_not_fill_it_in(kind: Any, default: Any, expected: str) -> None:
    reader = record(field("int"), field(kind, "b", default=default))

    assert letters(reader, record(field("int"))) == expected


@pytest.mark.parametrize(
    ("written", "read", "expected"),
    [
        ("int", {"type": "long", "logicalType": "time-micros"}, "nYYY"),
        ({"type": "int", "logicalType": "time-millis"}, {"type": "long", "logicalType": "time-micros"}, "WYYW"),
        ({"type": "int", "logicalType": "date"}, {"type": "int", "logicalType": "time-millis"}, "nYYY"),
        ("bytes", {"type": "bytes", "logicalType": "decimal", "precision": 4}, "nYYY"),
        ("string", ["bytes", "string"], "YWYW"),
    ],
)
def test_a_value_that_becomes_another_one_is_told_of_who_makes_it_so(written: Any, read: Any, expected: str) -> None:
    assert letters(record(field(read)), record(field(written))) == expected


def test_a_default_deep_inside_what_is_dropped_is_looked_at_too() -> None:
    inner = record(field("long", default=2**53 + 1), name="Inner")
    writer = record(field("int"), field(record(field(inner, "in"), name="Outer"), "gone"))

    assert letters(record(field("int")), writer) == "YYYn"


def test_aliases_that_java_finds_twice_do_no_harm_where_the_schemas_are_equal_without_them() -> None:
    writer = record(field("int"), field("int", "b"))
    reader = record(field("int", aliases=["b"]), field("int", "b"))

    assert letters(reader, writer)[0] == "Y"
    assert letters(record(*reader["fields"], field("int", "c", default=0)), writer)[0] == "n"


def test_who_reads_with_the_schema_that_wrote_asks_no_resolver() -> None:
    schema = record(field(["double", "long"]))

    assert letters(schema, schema) == "YYYY"


def refuses(decoder: DecoderUnderTest, reader: str, writer: str, data: list[bytes]) -> bool:
    for one in data:
        try:
            decoder.decode(one, writer, reader)
        except Undecodable:
            return True
    return False


@settings(max_examples=150, deadline=None)
@given(records(), records())
def test_where_the_python_decoders_refuse_data_the_prediction_says_no(one: Any, other: Any) -> None:
    schema_format = AvroFormat()
    reader, writer = read(json.dumps(one)).resolved, read(json.dumps(other)).resolved
    fastavro, apache = schema_format.decoders
    samples = schema_format.samples(writer, "seed", SAMPLES)
    assume(samples)
    data = [fastavro.encode(writer, value) for value in samples]

    reads = {it.decoder: it.reads for it in judge(json.loads(reader), json.loads(writer)).decoders}

    # The other way round does not hold: samples need not hold the one value that is refused.
    assert not refuses(fastavro, reader, writer, data) or reads["fastavro"] == "no"
    assert not refuses(apache, reader, writer, data) or reads["python"] == "no"


def test_text_and_parsed_json_get_the_same_answer() -> None:
    old, new = record(field("int")), record(field("long"))

    assert judge(json.dumps(new), json.dumps(old)) == judge(new, old)
    assert judge("long", '"int"').compatible is True


def test_an_invalid_schema_is_told_with_its_side_and_place() -> None:
    verdict = judge(record(field("int", default="x")), record(field("wrong")))

    assert verdict.compatible is None
    assert "the reader's schema is invalid: a: the default" in verdict.error
    assert "the writer's schema is invalid: a:" in verdict.error
    assert {it.reads for it in verdict.decoders} == {"unknown"}
    assert tuple(it.decoder for it in verdict.decoders) == DECODERS


def test_a_reason_inside_a_union_names_the_inner_field() -> None:
    inner = {"type": "record", "name": "In", "fields": [field("string", "x")]}
    more = {"type": "record", "name": "In", "fields": [field("string", "x"), field("int", "y")]}

    verdict = judge(record(field(["null", more])), record(field(["null", inner])))

    assert [(reason.rule, reason.path) for reason in verdict.reasons] == [("avro.reader-field-missing-default", "a.y")]
    assert verdict.reasons[0].fix


def test_fields_that_break_alike_are_each_told() -> None:
    numbers = record(
        field("int", "a"), field(["null", "int"], "b"), field({"type": "array", "items": "int"}, "c"), field("int", "d")
    )
    texts = record(
        field("string", "a"),
        field(["null", "string"], "b"),
        field({"type": "array", "items": "string"}, "c"),
        field("string", "d"),
    )

    verdict = judge(numbers, texts)

    assert [reason.path for reason in verdict.reasons] == ["a", "b", "c[]", "d"]


def test_a_field_is_not_told_under_the_path_of_one_that_a_decoder_tried_before() -> None:
    new, old = record(field(["null", "int"], "a"), field("null", "b")), record(field("int", "a"), field("int", "b"))

    verdict = judge(new, old)

    assert {(it.reads, it.path) for it in verdict.decoders} == {("no", "b")}


def test_an_alias_that_begins_with_a_dot_is_one_without_a_namespace() -> None:
    old = {"type": "enum", "name": "C", "symbols": ["A"]}
    new = {**old, "name": "D", "aliases": [".C"]}

    elsewhere = judge({**new, "namespace": "shop"}, old)

    assert judge(new, old).compatible is True
    assert elsewhere.compatible is False
    assert elsewhere.decoders[0].reads == "yes"  # Java's decoder finds what its registry check doesn't


def test_what_registries_let_through_and_java_cannot_read_is_told() -> None:
    fed_twice = record(field("int", "x", aliases=["a"]), field("int", "y", aliases=["a"]))

    verdict = judge(fed_twice, record(field("int")))

    assert verdict.compatible is True
    assert [it.reads for it in verdict.decoders if it.decoder == "java"] == ["no"]


def test_meaning_is_told_where_it_is_asked_for() -> None:
    old, new = record(field("int", "amount", default=0)), record(field("int", "amount_total", default=0))

    assert judge(new, old).meanings == ()
    assert any("rename" in it.message for it in judge(new, old, reader_is="newer").meanings)


def test_recursive_schemas_and_many_fields_are_answered() -> None:
    tree = record(field(["null", "shop.Order"], "child", default=None), field("int"))
    wide = record(*(field("int", f"f{number}") for number in range(10_000)))

    assert judge(tree, tree).compatible is True
    assert len(judge(record(*wide["fields"], field("int", "one_more")), wide).reasons) == 1


def test_a_recursive_record_whose_reader_may_be_null_is_answered() -> None:
    tree = record(field("Tree", "child"), name="Tree")
    nullable = record(field(["null", "Tree"], "child"), name="Tree", namespace="elsewhere")

    verdict = judge(nullable, tree)

    assert verdict.compatible is True
    assert [it.reads for it in verdict.decoders if it.decoder == "java"] == ["yes"]


def chain(length: int, *last: Any) -> list[Any]:
    """A union of records, each of which holds the next one by its name."""
    links = [record(field(["null", f"R{number + 1}"]), name=f"R{number}") for number in range(length)]
    return [*links, record(field("int"), *last, name=f"R{length}")]


def test_records_that_lead_to_one_another_for_ever_are_answered_or_refused() -> None:
    old = chain(1000)

    fine = judge(chain(1000, field("int", "b", default=1)), old)
    broken = judge(chain(1000, field("int", "b")), old)

    assert fine.compatible is True
    assert broken.compatible is None
    assert "too deep to be followed" in broken.error
    assert {it.reads for it in broken.decoders} == {"unknown"}


def test_what_is_wrong_with_a_record_that_many_lead_to_is_told_once() -> None:
    def nest(kind: str) -> list[Any]:
        before = [[f"R{one}" for one in range(number)] for number in range(100)]
        return [
            record(field(kind, "x"), field(["null", *names], "n"), name=f"R{number}")
            for number, names in enumerate(before)
        ]

    old, new = nest("int"), nest("int")
    new[0]["fields"][0]["type"] = "string"

    verdict = judge(new, old)

    assert [it.rule for it in verdict.reasons] == ["avro.type-mismatch"]


def test_defaults_of_records_that_lead_to_one_another_for_ever_are_answered_or_refused() -> None:
    filled = chain(1000, field({"type": "array", "items": "int"}, "b", default=[1]))

    verdict = judge(filled, filled)

    assert verdict.compatible is None
    assert "too deep for its defaults" in verdict.error


def test_enums_of_many_symbols_are_compared_in_no_time() -> None:
    symbols = [f"S{number}" for number in range(20_000)]
    old, new = ({"type": "enum", "name": "E", "symbols": own, "default": "S0"} for own in (symbols, symbols[::-1]))

    begun = time.process_time()
    judge(record(field(new)), record(field(old)), reader_is="newer")

    assert time.process_time() - begun < 2
