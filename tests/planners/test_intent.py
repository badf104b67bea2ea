"""Sentences become operations on exactly what was meant, or a question that names the candidates."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.domain.operation import (
    AddField,
    Deprecate,
    MakeOptional,
    RemoveField,
    RenameField,
    SplitTopic,
    operation_object,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.domain.source import Gap, Span
from copilot.errors import Ambiguous, CopilotError, WrongUsage
from copilot.planners.clarifying import clarified
from copilot.planners.intent import understand
from copilot.planners.structured import operations_from_json
from tests.planners.builders import ORDER, link, pipeline, shop, steps, subject

WORDS = """add remove rename amount order to in from the of and then with default 0 status optional required type long
enum symbol make set deprecate it ; , . ` ' [] {} " é \ue000 \u202e"""
SHOP = shop().pipeline
STEPS = steps()


def told(text: str, map: Any = SHOP) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in operation_object(operation).items() if key != "record"}
        for operation in understand(text, map)
    ]


def one(text: str, map: Any = SHOP) -> dict[str, Any]:
    operations = told(text, map)
    assert len(operations) == 1
    return operations[0]


IN_EUROS = {
    "unit": "euros",
    "was": "cents",
    "factor": "1/100",
    "type": {"type": "bytes", "logicalType": "decimal", "precision": 19, "scale": 2},
}
AMOUNT_RULE = {"op": "constrain_field", "field": "amount"}
SPLIT = {
    "op": "split_topic",
    "field": "status",
    "topic": "orders.paid",
    "values": ["NEW", "PAID", "SENT"],
    "into": ["orders.paid.new", "orders.paid.paid", "orders.paid.sent"],
}
MERGE = {
    "op": "merge_topics",
    "field": "",
    "topic": "orders.paid",
    "others": ["invoices"],
    "to": "ledger",
}
REKEY = {"op": "rekey_topic", "field": "order_id", "topic": "orders.paid", "to": "orders.paid.v2"}


@pytest.mark.parametrize(
    ("text", "type", "more"),
    [
        ("add an optional double `parallax` to Order", ["null", "double"], {"default": None}),
        ("add a nullable double parallax to order", ["null", "double"], {"default": None}),
        ("add an optional int parallax with default 0 to order", "int", {"default": 0}),
        ("add a nullable int parallax to order with default 0", ["int", "null"], {"default": 0}),
        ("add a required string parallax to order", "string", {"required": True}),
        ("add parallax as a mandatory long to order", "long", {"required": True}),
        ("add field parallax of type long to order", "long", {}),
        ("add a new field `parallax` (long) to order", "long", {}),
        ("add parallax: array of string to order", {"type": "array", "items": "string"}, {}),
        ("add a map of long called parallax to order", {"type": "map", "values": "long"}, {}),
        ("add parallax list of doubles to order", {"type": "array", "items": "double"}, {}),
        ("introduce an int64 parallax in order", "long", {}),
        (
            "add decimal(10,2) parallax to order",
            {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2},
            {},
        ),
        ("add a timestamp-millis parallax to order", {"type": "long", "logicalType": "timestamp-millis"}, {}),
        (
            'add an enum `parallax` with symbols A, B and C to order with default "A"',
            {"type": "enum", "name": "Parallax", "symbols": ["A", "B", "C"]},
            {"default": "A"},
        ),
        ("add enum A,B,C parallax to order", {"type": "enum", "name": "Parallax", "symbols": ["A", "B", "C"]}, {}),
        (
            'add `parallax`: {"type":"fixed","name":"Hash","size":4} to order',
            {"type": "fixed", "name": "Hash", "size": 4},
            {},
        ),
        ('add a string parallax to order with default "in; and then"', "string", {"default": "in; and then"}),
        ("please add a boolean field named parallax to the Order schema, default false", "boolean", {"default": False}),
    ],
)
def test_a_field_is_added_with_the_type_that_is_said(text: str, type: Any, more: dict[str, Any]) -> None:
    assert one(text) == {"op": "add_field", "subject": "order", "field": "parallax", "type": type, **more}


@pytest.mark.parametrize(
    "text",
    [
        "rename amount to total_cents in Order",
        "Rename the field `Amount` to `total_cents` in the order schema.",
        "rename amount in order to total_cents",
        "rename order.amount to total_cents",
        "rename Order's amount to total_cents",
        "change the name of amount to total_cents in orders",
        "rename amount → total_cents in schemas/order.avsc",
        "could you rename amount as total_cents in orders.paid?",
        "rename amount to total_cents in shop.Order",
        "rename amount to total_cents in the output of the orders service",
        "rename amount to total_cents in billing's input",
        "in order, rename amount to total_cents",
    ],
)
def test_one_rename_can_be_said_in_many_ways(text: str) -> None:
    assert one(text) == {"op": "rename_field", "subject": "order", "field": "amount", "to": "total_cents"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("remove retries from order", {"op": "remove_field", "field": "retries"}),
        ("drop the note column in order", {"op": "remove_field", "field": "note"}),
        (
            "change the type of amount in order from int to long",
            {"op": "change_type", "field": "amount", "type": "long"},
        ),
        ("change amount from int to long in order", {"op": "change_type", "field": "amount", "type": "long"}),
        ("change amount's type to long in order", {"op": "change_type", "field": "amount", "type": "long"}),
        ("widen amount to long in order", {"op": "change_type", "field": "amount", "type": "long"}),
        ("make amount a long in order", {"op": "change_type", "field": "amount", "type": "long"}),
        ("turn amount into a string in order", {"op": "change_type", "field": "amount", "type": "string"}),
        ("make amount optional in order", {"op": "make_optional", "field": "amount"}),
        ("mark amount in order as nullable", {"op": "make_optional", "field": "amount"}),
        ("make note non-null in order", {"op": "make_required", "field": "note"}),
        ("require note in order", {"op": "make_required", "field": "note"}),
        ("add symbol REVIEW to status in Order", {"op": "add_symbol", "field": "status", "symbol": "REVIEW"}),
        ("add REVIEW to the enum status of Order", {"op": "add_symbol", "field": "status", "symbol": "REVIEW"}),
        ("add REVIEW to status in Order", {"op": "add_symbol", "field": "status", "symbol": "REVIEW"}),
        ("remove SENT from the status enum of order", {"op": "remove_symbol", "field": "status", "symbol": "SENT"}),
        ("set the default of retries in order to 3", {"op": "change_default", "field": "retries", "default": 3}),
        ("change default for retries from 0 to 7 in order", {"op": "change_default", "field": "retries", "default": 7}),
        ('give note in order the default "-"', {"op": "change_default", "field": "note", "default": "-"}),
        ("deprecate amount in order", {"op": "deprecate", "field": "amount"}),
        ("mark amount as deprecated in order", {"op": "deprecate", "field": "amount"}),
    ],
)
def test_every_operation_has_sentences(text: str, expected: dict[str, Any]) -> None:
    assert one(text) == {"subject": "order", **expected}


@pytest.mark.parametrize(
    "text",
    [
        "rename amount to total in order; make note optional",
        "rename amount to total in order\nmake note optional in order",
        "rename amount to total in order and then make note optional",
        "rename amount to total and make note optional in order",
        "Rename amount to total in order. Make note optional.",
        "rename amount to total in order, and make note optional in it",
        "In order, rename amount to total and make note optional",
        "- rename amount to total in order\n- please make note optional",
    ],
)
def test_several_sentences_become_several_operations(text: str) -> None:
    assert understand(text, SHOP) == (RenameField("order", "", "amount", "total"), MakeOptional("order", "", "note"))


@pytest.mark.parametrize(
    "text",
    [
        "add an optional string coupon and an optional int points to Order",
        "add an optional string coupon to Order, and an optional int points",
        "please add a nullable string `coupon`, and a nullable int `points` to Order",
    ],
)
def test_fields_that_are_added_in_one_breath_are_one_operation_each(text: str) -> None:
    assert [(it["op"], it["field"], it["type"]) for it in told(text)] == [
        ("add_field", "coupon", ["null", "string"]),
        ("add_field", "points", ["null", "int"]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "add two optional strings, tariff and region, to Order",
        "add optional strings tariff and region to Order",
        "introduce optional strings: tariff, region to Order",
    ],
)
def test_fields_of_one_type_are_one_operation_each(text: str) -> None:
    assert [(it["op"], it["field"], it["type"]) for it in told(text)] == [
        ("add_field", "tariff", ["null", "string"]),
        ("add_field", "region", ["null", "string"]),
    ]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("add an optional string tariff to Order and Invoice", ["tariff"]),
        ("add an optional string tariff to both Order and Invoice", ["tariff"]),
        ("add an optional string tariff and an optional string zone to Order and Invoice", ["tariff", "zone"]),
    ],
)
def test_what_is_asked_of_two_schemas_is_done_in_both(text: str, fields: list[str]) -> None:
    found = [(it["subject"], it["field"]) for it in told(text)]

    assert found == [(subject, field) for subject in ("order", "invoice") for field in fields]


def test_what_follows_the_new_name_of_a_field_is_no_schema() -> None:
    with pytest.raises(WrongUsage):
        understand("rename amount to total and retries in Order", SHOP)


def test_a_field_can_be_said_as_the_possession_of_a_record() -> None:
    expected = (RenameField("lightcurve_step/output", "alert", "mag", "magnitude"),)

    assert understand("rename the detections' mag to magnitude in lightcurve_step/output", STEPS) == expected
    assert understand("rename alert's mag to magnitude in lightcurve_step/output", STEPS) == expected


def test_a_default_that_is_said_after_a_field_is_no_field() -> None:
    assert one("add an int points with a default of 0 to Order")["default"] == 0


def test_a_list_of_fields_is_one_operation_each() -> None:
    operations = understand("remove the fields currency, note and retries from order", SHOP)

    assert operations == tuple(RemoveField("order", "", name) for name in ("currency", "note", "retries"))


def test_a_step_is_known_by_what_it_writes_and_reads() -> None:
    assert one("add an optional double `parallax` to the lightcurve step's output", STEPS)["subject"] == (
        "lightcurve_step/output"
    )
    assert one("rename `meanra` to `mean_ra` in the correction step's output", STEPS)["subject"] == (
        "correction_step/output"
    )
    assert one("rename meanra to mean_ra in the lightcurve step's input", STEPS)["subject"] == "correction_step/output"
    assert one("rename meanra to mean_ra in what the lightcurve step produces", STEPS)["subject"] == (
        "lightcurve_step/output"
    )


@pytest.mark.parametrize(
    "text",
    [
        "rename mag to magnitude in lightcurve_step/output",
        "rename detections[].mag to magnitude in lightcurve_step/output",
        "rename detections.mag to magnitude in the lightcurve step's output",
        "rename mag to magnitude in detections of the lightcurve step's output",
        "rename mag to magnitude in alert in lightcurve_step/output",
    ],
)
def test_a_nested_field_is_found_by_its_path_or_its_own_name(text: str) -> None:
    assert understand(text, STEPS) == (RenameField("lightcurve_step/output", "alert", "mag", "magnitude"),)


@pytest.mark.parametrize(
    "text",
    [
        "add an optional double parallax to detections in the lightcurve step's output",
        "add an optional double `detections[].parallax` to lightcurve_step/output",
    ],
)
def test_a_field_can_be_added_to_an_inner_record(text: str) -> None:
    expected = AddField("lightcurve_step/output", "alert", "parallax", '["null","double"]', "null", True)

    assert understand(text, STEPS) == (expected,)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        (
            "rename meanra to mean_ra",
            [f"meanra in {name}/output" for name in ("correction_step", "lightcurve_step", "xmatch_step")],
        ),
        (
            "rename mag to m in alert",
            [f"detections[].mag in {name}/output" for name in ("correction_step", "lightcurve_step", "xmatch_step")],
        ),
        (
            "add a double x to output",
            [f"{name}/output" for name in ("correction_step", "lightcurve_step", "xmatch_step")],
        ),
    ],
)
def test_what_fits_several_things_is_asked_back_in_words_that_then_work(text: str, candidates: list[str]) -> None:
    with pytest.raises(Ambiguous) as caught:
        understand(text, STEPS)

    assert list(caught.value.candidates) == candidates
    assert candidates[0] in caught.value.next
    exact = text.replace("meanra to", f"{candidates[0]} to").replace("mag to m in alert", f"{candidates[0]} to m")
    assert understand(exact.replace("to output", f"to {candidates[0]}"), STEPS)


@pytest.mark.parametrize(
    ("text", "what", "next"),
    [
        ("deprecate amout in order", 'No field "amout" in "order".', 'Did you mean "amount"?'),
        ("remove amount from ordr", 'No schema, topic or job matches "ordr".', '"order"'),
        ("rename amount to note in order", 'a field "note" already', "another name"),
        ("rename amount to amount in order", "has that name already", ""),
        ("rename amount to total-cents in order", "not a name that Avro allows", '"total_cents"'),
        ("add a string amount to order", 'a field "amount" already', "another name"),
        ("add a string 9lives to order", "not a name that Avro allows", '"_9lives"'),
        ("add foo x to order", '"foo" is not a type', "array of string"),
        ("add x to order", "says no type", "array of string"),
        ("add a required optional int x to order", "required and optional at once", "Leave one"),
        ("add a required int x with default 0 to order", "is to be required", "no default"),
        ('add an int x to order with default "a"', "does not fit", "value of that type"),
        ("make currency optional in order", "is optional already", ""),
        ("make order_id required in order", "is required already", ""),
        ("add symbol NEW to status in order", "has the symbol NEW already", "NEW, PAID, SENT"),
        ("remove symbol LOST from status in order", "has no symbol LOST", "NEW, PAID, SENT"),
        ("add symbol X to amount in order", "is not an enum", ""),
        ("set the default of retries in order to 0", "is 0 already", ""),
        ("set the default of retries in order to NaN", "does not fit", ""),
        ("change the type of amount in order to int", 'of type "int" already', ""),
        ("frobnicate order", 'not understood: "frobnicate order"', "rename FIELD to NAME in SCHEMA"),
        ("rename symbol NEW to OLD in order", 'No field "order"', ""),
        ("delete order", 'No field "order" in any schema; it is the whole schema order.', '"order_id in order"'),
        ("remove the order record", "it is the whole schema order.", "impact lists what names all of it"),
        ("drop the default of amount in order", "has no default", ""),
        ("rename symbol LOST to OLD in status of order", "no symbol LOST", "NEW, PAID, SENT"),
        ("rename symbol NEW to PAID in status of order", "has the symbol PAID already", "remove it"),
        ("rename record Order to Invoice", 'a type "shop.Invoice" already in schemas/invoice.avsc', "another name"),
        ("rename record Order to Order", "has that name already", ""),
        ("rename record Order to Or-der", "not a name that Avro allows", ""),
        ("move Order to namespace shop", "has that name already", ""),
        ("rename topic orders.payd to orders.v2", 'No topic "orders.payd"', '"orders.paid"'),
        ("rename topic orders.paid to invoices", 'a topic "invoices" already', "mixed"),
        ("rename topic orders.paid to `a b`", "not a name that Kafka allows", "249"),
        ("rename topic orders.paid to orders.v2; remove note from order", "a request of its own", "two requests"),
        ("raise the compatibility of order to HIGH", "not a compatibility level", "FULL_TRANSITIVE"),
        ("lower the compatibility of order to NONE", "asks for less than BACKWARD", "until 2026-12-31"),
        ("lower the compatibility of order to NONE until soon", "is not a day", "2026-12-31"),
        ("raise the compatibility of order to FULL until 2026-12-31", "needs no last day", "day out"),
        ("reorder the fields of order: amount, amount2", 'no field "amount2"', '"amount"'),
        ("reorder the symbols of status in order: PAID, NEW", "leaves out SENT", "NEW, PAID, SENT"),
        ("reorder the symbols of status in order: NEW, PAID, SENT", "in that order already", ""),
        ('change the doc of amount in order to "In cents."', "says that already", ""),
        ("require amount in order to be nice", "is not a rule", "between 0 and 1"),
        ("require note in order to be >= 0", 'for which "minimum" means nothing', "maxLength"),
        ("require retries in order to be >= 1", "breaks the rule: at least 1", "default first"),
        ("limit amount in order to between 5 and 1", "No value keeps that rule", "Swap"),
        ("require note in order to match `[`", "can't be", "a limit"),
        ("remove the rule on amount in order", "has no rule", ""),
        ("split orders.paid by order_id", "is not in its type", "into A, B"),
        ("split orders.paid by amount into A, B", "by which a record has no one place", "a text or an enum"),
        ("split orders.paid by status into NEW, LOST", "no symbol LOST", "NEW, PAID, SENT"),
        ("split orders.paid by record type", "there are no types to split by", "by FIELD into A, B"),
        ("split orders.paid by order_id into a, a", "stands twice", "of its own"),
        ("split orders.paid by order_id into a", "There are 1 values", "between 2"),
        ("split orders.paid by order_id into a=invoices, b", 'a topic "invoices" already', "mixed"),
        ("mask amount in order", "is a text, which does not fit", "amount_token"),
        ("merge topics orders.paid and orders.paid into ledger", "There are 1 topics", "Name each once"),
        ("merge topics orders.paid and invoices into invoices", 'a topic "invoices" already', "mixed"),
        ("merge topics orders.paid and refunds into ledger", 'No topic "refunds"', "orders.paid"),
        ("key orders.payd by order_id", 'No topic "orders.payd"', '"orders.paid"'),
        ("key orders.paid by extra", "is no key", "a string, a whole number"),
        ("key orders.paid by sku", "stands several times", "each record has once"),
        ("key orders.paid by order_id into invoices", 'a topic "invoices" already', "mixed"),
        ('tag amount in order as "one, two"', "is not a tag", "beginning with a letter"),
        (
            "change the unit of amount in order from euros to cents",
            "its doc says cents",
            "wrong unit spoils every value",
        ),
        ('change the meaning of amount in order to "In cents."', "what its doc says already", 'to "..."'),
        ("split note in order into first and last", "does not say where to split", "at a comma"),
        ("split note in order into first at ' '", "two new fields", "into B and C"),
        ("split amount in order into a and b at ' '", "is no plain text", "by hand"),
        ("split note in order into status and b at ' '", "There is a field", "another name"),
        ("split note in order into a and a at ' '", "two new fields one name", "its own"),
        ("merge note and nite in order into c", 'no field "nite" beside it', '"note"'),
        ("merge note in order into c", "two fields or more", "merge A and B"),
        ("make lines in order an array", "an array already", ""),
        ("make amount in order a money object", "does not say where it comes from", "with currency from currency"),
        ("make amount in order a money object in gold", "neither a field", "in EUR"),
        ("flatten note in order", "no record", "one by one"),
        ("nest note and currency in order into status", "has a type", "another name"),
        ("change the unit of amount in order from cents to cents", "is in cents already", ""),
        ("change the unit of retries in order to ms", "neither its doc nor its name says", "from ... to ms"),
        ("change the unit of retries in order from euros to dollars", "no constant factor", "by 1/100"),
        ("change the unit of status in order to ms", "only a number has a unit", "Name a field"),
        ("change the unit of amount in order to euros as status", "There is a field", "another name"),
        ("change the unit of retries in order from s to ms by 0", "is not a factor", "100 or 1/100"),
        ("remove amount from order; rename amount to x in order", "asks twice", "two requests"),
        ("add a double x to order; add a long x to order", "asks twice", ""),
        ("rename amount to x in order; rename note to x in order", 'name "x" twice', ""),
        ("", "empty", "rename amount"),
        ("in order", "not understood", ""),
        ("rename " + "x" * 9000, "characters", "several requests"),
        ("rename " + "x" * 600 + " to y in order", "too long", "short sentences"),
    ],
)
def test_what_can_not_be_done_says_why_and_what_to_say_instead(text: str, what: str, next: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        understand(text, SHOP)

    assert what in caught.value.what
    assert next in caught.value.next


def test_fields_named_like_commands_are_still_fields() -> None:
    fields = [{"name": name, "type": "string"} for name in ("value", "record", "topic", "type", "set", "default")]
    map = pipeline([subject("odd", "odd.avsc", {"type": "record", "name": "Odd", "fields": fields})])

    assert one("rename value to amount in odd", map)["field"] == "value"
    assert one("rename topic to channel in odd", map)["field"] == "topic"
    assert one("rename `set` to `group` in odd", map)["field"] == "set"
    assert one("remove the value field from odd", map)["field"] == "value"
    assert understand("deprecate default in odd", map) == (Deprecate("odd", "", "default"),)


def test_an_alias_of_another_field_is_no_free_name() -> None:
    schema = json.loads(json.dumps(ORDER))
    schema["fields"][1]["aliases"] = ["total"]
    map = pipeline([subject("order", "order.avsc", schema)])

    with pytest.raises(WrongUsage, match="alias of the field"):
        understand("rename note to total in order", map)
    assert understand("rename amount to total in order", map)


def test_the_whole_name_of_one_schema_means_it_though_another_ends_like_it() -> None:
    other = json.loads(json.dumps(ORDER))
    other["fields"][1]["type"] = "string"
    map = pipeline([subject("order", "order.avsc", ORDER), subject("old/order", "old/order.avsc", other)])

    assert one("rename amount to total in order", map)["subject"] == "order"
    assert one("rename amount to total in old/order", map)["subject"] == "old/order"


PAYMENT = {"type": "record", "name": "Payment", "namespace": "acme.pay", "fields": [{"name": "v2", "type": "string"}]}


def with_topic(topic: str) -> PipelineMap:
    """Payments on the topic, and orders on none."""
    subjects = [subject("payment", "payment.avsc", PAYMENT), subject("order", "order.avsc", ORDER)]
    return pipeline(subjects, [link("billing", topic, "produces", "payment")])


@pytest.mark.parametrize("topic", ["payments.v1", "payments", "orders", "Pay-ments", "acme.order-status"])
def test_the_exact_name_of_a_topic_means_it_before_all_that_is_only_like_it(topic: str) -> None:
    renamed = one(f"rename {topic} to payments.v9", with_topic(topic))

    assert renamed == {"op": "rename_topic", "field": "", "subject": "payment", "topic": topic, "to": "payments.v9"}
    assert one(f"add optional string note2 to {topic}", with_topic(topic))["subject"] == "payment"


@pytest.mark.parametrize(
    ("topic", "other", "op"),
    [
        ("order", "record order", "rename_record"),
        ("Payment", "record payment", "rename_record"),
        ("payments.v2", "v2 in payment", "rename_field"),
    ],
)
def test_a_topic_that_is_called_as_something_else_is_asked_back_for(topic: str, other: str, op: str) -> None:
    map, text = with_topic(topic), f"rename {topic} to other"

    with pytest.raises(Ambiguous) as caught:
        understand(text, map)

    assert caught.value.candidates == (f"topic {topic}", other)
    assert one(clarified(text, caught.value, f"topic {topic}", map), map)["topic"] == topic
    assert one(clarified(text, caught.value, other, map), map)["op"] == op


def test_a_field_that_is_called_exactly_as_a_topic_is_meant_by_its_name_alone() -> None:
    assert one("rename v2 to other", with_topic("v2"))["op"] == "rename_field"


def test_a_miss_tells_of_places_that_could_not_be_read() -> None:
    gap = Gap(Span("parcel.avsc", 3, 3), "not valid JSON: a trailing comma")

    with pytest.raises(WrongUsage) as caught:
        understand("rename amount to total in parcel", replace(SHOP, gaps=(gap,)))

    assert '1 place could not be read: "pipeline-copilot map" lists it.' in caught.value.next


def test_a_repository_without_schemas_says_so() -> None:
    with pytest.raises(WrongUsage, match="No schema was found"):
        understand("rename a to b in c", pipeline([]))


def test_characters_that_hide_never_reach_a_name() -> None:
    with pytest.raises(WrongUsage) as caught:
        understand("rename amount to to\u202etal\x1b[31m in order", SHOP)

    assert str(caught.value).isprintable() or all(char.isprintable() or char == "\n" for char in str(caught.value))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*WORDS.split(), "\n"]),
        max_size=14,
    )
)
def test_any_text_is_understood_or_refused_in_words(words: list[str]) -> None:
    said = ""
    try:
        operations = understand(" ".join(words), SHOP)
    except CopilotError as error:
        operations, said = (), str(error)

    assert operations or said
    assert all(char.isprintable() or char == "\n" for char in said)


def drifted() -> PipelineMap:
    """One schema in two places that drifted apart, the second a service's own copy; both on one topic."""
    orders = subject("schemas/order", "schemas/order.avsc", ORDER)
    copy = subject("billing/order", "services/billing/order.avsc", {**ORDER, "fields": ORDER["fields"][:4]})
    links = [
        link("billing", "orders", "consumes", "billing/order"),
        link("orders", "orders", "produces", "schemas/order"),
    ]
    return pipeline([copy, orders], links)


def test_copies_of_one_schema_are_not_asked_back_and_the_shared_one_is_meant() -> None:
    assert one("rename amount to total in Order", drifted())["subject"] == "schemas/order"
    assert one("add a double x to the orders topic", drifted())["subject"] == "schemas/order"
    assert one("rename amount to total in billing/order", drifted())["subject"] == "billing/order"


def test_a_schema_in_code_is_meant_before_the_copy_of_a_reader_that_has_its_name_as_file() -> None:
    literal = subject("lib/schemas.Order", "lib/schemas.py", ORDER)
    literal = replace(literal, versions=(in_code(literal.latest),))
    copy = subject("order", "services/billing/order.avsc", {**ORDER, "fields": ORDER["fields"][:4]})
    links = [
        replace(link("billing", "orders", "consumes", "order"), certainty="possible"),
        link("orders", "orders", "produces", "lib/schemas.Order"),
    ]
    told_of = pipeline([copy, literal], links)

    assert one("rename amount to total in Order", told_of)["subject"] == "lib/schemas.Order"
    assert one("remove retries from Order", told_of)["subject"] == "lib/schemas.Order"
    assert one("rename amount to total in order", told_of)["subject"] == "order"


def in_code(version: SchemaVersion) -> SchemaVersion:
    return replace(version, source=replace(version.source, host="python-code"))


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("in Order rename amount to total", {"op": "rename_field", "field": "amount", "to": "total"}),
        ("please rename amount to total in order, thanks!", {"op": "rename_field", "field": "amount", "to": "total"}),
        ("Hi team, could you drop the note column out of order?", {"op": "remove_field", "field": "note"}),
        ("order.amount should be a long", {"op": "change_type", "field": "amount", "type": "long"}),
        ("amount in order must be optional", {"op": "make_optional", "field": "amount"}),
        ("the note field of order has to become required", {"op": "make_required", "field": "note"}),
        ("get rid of retries in order", {"op": "remove_field", "field": "retries"}),
        ("remove the field retries out of order", {"op": "remove_field", "field": "retries"}),
        ("make note not nullable in order", {"op": "make_required", "field": "note"}),
        ("allow null in amount in order", {"op": "make_optional", "field": "amount"}),
        ("allow amount in order to be null", {"op": "make_optional", "field": "amount"}),
        ("set retries default 3 in order", {"op": "change_default", "field": "retries", "default": 3}),
        ("default retries to 3 in order", {"op": "change_default", "field": "retries", "default": 3}),
        ("remove SENT from status in order", {"op": "remove_symbol", "field": "status", "symbol": "SENT"}),
        ("drop `SENT` from status", {"op": "remove_symbol", "field": "status", "symbol": "SENT"}),
        ("add int weight = 0 to order", {"op": "add_field", "field": "weight", "type": "int", "default": 0}),
        ("add weight (int, default 0) to order", {"op": "add_field", "field": "weight", "type": "int", "default": 0}),
        (
            "add weight int? to order",
            {"op": "add_field", "field": "weight", "type": ["null", "int"], "default": None},
        ),
    ],
)
def test_what_people_type_is_understood(text: str, operation: dict[str, Any]) -> None:
    assert one(text) == {"subject": "order", **operation}


def test_several_symbols_are_several_operations() -> None:
    added = told("add REVIEW and HELD to status in order")

    assert [(one["op"], one["symbol"]) for one in added] == [("add_symbol", "REVIEW"), ("add_symbol", "HELD")]


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("remove the default of retries in order", {"op": "remove_default", "field": "retries"}),
        ("drop retries's default in order", {"op": "remove_default", "field": "retries"}),
        (
            'change the doc of amount in order to "In dollars, not cents."',
            {"op": "change_doc", "field": "amount", "doc": "In dollars, not cents."},
        ),
        ("document note in order as `Free text.`", {"op": "change_doc", "field": "note", "doc": "Free text."}),
        ('change the doc of Order to "One order."', {"op": "change_doc", "field": "", "doc": "One order."}),
        (
            "rename symbol NEW to OPEN in status of order",
            {"op": "rename_symbol", "field": "status", "symbol": "NEW", "to": "OPEN"},
        ),
        (
            "rename symbol NEW in status of order to OPEN",
            {"op": "rename_symbol", "field": "status", "symbol": "NEW", "to": "OPEN"},
        ),
        (
            "rename SENT to SHIPPED in status in order",
            {"op": "rename_symbol", "field": "status", "symbol": "SENT", "to": "SHIPPED"},
        ),
        (
            "reorder the symbols of status in order: SENT, NEW and PAID",
            {"op": "reorder_symbols", "field": "status", "symbols": ["SENT", "NEW", "PAID"]},
        ),
        ("rename record Order to Purchase", {"op": "rename_record", "field": "", "to": "shop.Purchase"}),
        ("rename order to purchase", {"op": "rename_record", "field": "", "to": "shop.purchase"}),
        ("rename record Line to Item in order", {"op": "rename_record", "field": "", "to": "shop.Item"}),
        ("rename record Line in order to Item", {"op": "rename_record", "field": "", "to": "shop.Item"}),
        ("rename enum Status to State in order", {"op": "rename_record", "field": "", "to": "shop.State"}),
        ("move Order to namespace shop.sales", {"op": "rename_record", "field": "", "to": "shop.sales.Order"}),
        (
            "change the namespace of order from shop to shop.sales",
            {"op": "rename_record", "field": "", "to": "shop.sales.Order"},
        ),
        (
            "rename topic orders.paid to orders.v2",
            {"op": "rename_topic", "field": "", "topic": "orders.paid", "to": "orders.v2"},
        ),
        (
            "raise the compatibility of Order to FULL_TRANSITIVE",
            {"op": "change_level", "field": "", "level": "FULL_TRANSITIVE"},
        ),
        (
            "set the compatibility level of order from BACKWARD to backward transitive",
            {"op": "change_level", "field": "", "level": "BACKWARD_TRANSITIVE"},
        ),
        (
            "lower the compatibility of order to NONE until 2026-12-31",
            {"op": "change_level", "field": "", "level": "NONE", "until": "2026-12-31"},
        ),
        ("require amount in order to be >= 0", {**AMOUNT_RULE, "rule": {"minimum": 0}}),
        ("require amount to be between 0 and 99.5 in order", {**AMOUNT_RULE, "rule": {"minimum": 0, "maximum": 99.5}}),
        ("restrict amount in order to be positive", {**AMOUNT_RULE, "rule": {"exclusiveMinimum": 0}}),
        ("limit amount in order to at most 100", {**AMOUNT_RULE, "rule": {"maximum": 100}}),
        (
            "limit note in order to 3 letters",
            {"op": "constrain_field", "field": "note", "rule": {"maxLength": 3, "pattern": "[A-Za-z]*"}},
        ),
        (
            "require note in order to match `[a-z in]+`",
            {"op": "constrain_field", "field": "note", "rule": {"pattern": "[a-z in]+"}},
        ),
        (
            "require note in order to be one of web, app or store",
            {"op": "constrain_field", "field": "note", "rule": {"enum": ["web", "app", "store"]}},
        ),
        (
            "require note in order to be one of web",
            {"op": "constrain_field", "field": "note", "rule": {"enum": ["web"]}},
        ),
        ("limit amount in order to one of 1, 2 or 30", {**AMOUNT_RULE, "rule": {"enum": [1, 2, 30]}}),
        (
            "limit note in order to one of 1, 2",
            {"op": "constrain_field", "field": "note", "rule": {"enum": ["1", "2"]}},
        ),
        ("split orders.paid by status", SPLIT),
        ("merge orders.paid and invoices into ledger", MERGE),
        ("combine the topics orders.paid and invoices into one new topic ledger", MERGE),
        ("tokenize order_id in order", {"op": "protect_field", "field": "order_id", "how": "tokenise"}),
        ("pseudonymise note in order", {"op": "protect_field", "field": "note", "how": "tokenise"}),
        ("mask the values of note in order", {"op": "protect_field", "field": "note", "how": "mask"}),
        ("encrypt order.note", {"op": "protect_field", "field": "note", "how": "encrypt"}),
        ("erase note in order", {"op": "protect_field", "field": "note", "how": "erase"}),
        (
            "split topic orders.paid by status into NEW=paid.new, SENT=paid.sent",
            {**SPLIT, "values": ["NEW", "SENT"], "into": ["paid.new", "paid.sent"]},
        ),
        ("key orders.paid by order_id", REKEY),
        ("change the key of topic orders.paid from amount to order_id", REKEY),
        ("partition orders.paid by order_id into topic paid.by-id", {**REKEY, "to": "paid.by-id"}),
        ("tag note in order as pii", {"op": "tag_field", "field": "note", "tag": "PII"}),
        ("mark order.note as personal data", {"op": "tag_field", "field": "note", "tag": "PERSONAL_DATA"}),
        (
            "change the unit of amount in order from cents to euros",
            {"op": "change_unit", "field": "amount", **IN_EUROS, "to": "amount_euros"},
        ),
        (
            "amount in Order in euros, not cents",
            {"op": "change_unit", "field": "amount", **IN_EUROS, "to": "amount_euros"},
        ),
        (
            "convert amount in order from cents to euros",
            {"op": "change_unit", "field": "amount", **IN_EUROS, "to": "amount_euros"},
        ),
        (
            "change the unit of amount in order to euros as `total`",
            {"op": "change_unit", "field": "amount", **IN_EUROS, "to": "total"},
        ),
        (
            "change the unit of retries in order from knots to m/s",
            {"op": "change_unit", "field": "retries", "unit": "m/s", "was": "knots", "factor": "463/900"}
            | {"to": "retries_m_s", "type": "double"},
        ),
        (
            "change the unit of retries in order from nautical miles to metres per second by 12",
            {
                "op": "change_unit",
                "field": "retries",
                "unit": "metres per second",
                "was": "nautical miles",
                "factor": "12",
            }
            | {"to": "retries_metres_per_second", "type": "long"},
        ),
        (
            "change the unit of retries in order from dozens to pieces by 12",
            {"op": "change_unit", "field": "retries", "unit": "pieces", "was": "dozens", "factor": "12"}
            | {"to": "retries_pieces", "type": "long"},
        ),
        (
            'change the meaning of retries in order to "Trials count, too." as all_tries',
            {"op": "change_meaning", "field": "retries", "doc": "Trials count, too.", "to": "all_tries"},
        ),
        (
            'retries in order now means "Trials count, too."',
            {"op": "change_meaning", "field": "retries", "doc": "Trials count, too.", "to": "retries_v2"},
        ),
        (
            "split note in order into first and last at ' '",
            {"op": "split_field", "field": "note", "into": ["first", "last"], "at": " "},
        ),
        (
            "split order.note into a, b and c on the comma",
            {"op": "split_field", "field": "note", "into": ["a", "b", "c"], "at": ","},
        ),
        (
            "merge note and currency in Order into remark",
            {"op": "merge_fields", "field": "note", "others": ["currency"], "to": "remark", "at": " "},
        ),
        (
            "merge note and currency in Order into remark with '-' between them",
            {"op": "merge_fields", "field": "note", "others": ["currency"], "to": "remark", "at": "-"},
        ),
        (
            "nest note and currency in order into details",
            {
                "op": "nest_fields",
                "field": "note",
                "others": ["currency"],
                "to": "details",
                "inner": ["note", "currency"],
            }
            | {"currency": ""},
        ),
        ("make note in Order an array", {"op": "make_array", "field": "note", "to": "notes"}),
        ("turn note in order into a list called remarks", {"op": "make_array", "field": "note", "to": "remarks"}),
        (
            "make amount in order a money object in EUR",
            {
                "op": "nest_fields",
                "field": "amount",
                "others": [],
                "to": "amount_money",
                "inner": ["value"],
                "currency": "EUR",
            },
        ),
        (
            "make amount in order money with currency from currency",
            {"op": "nest_fields", "field": "amount", "others": ["currency"], "to": "amount_money", "currency": ""}
            | {"inner": ["value", "currency"]},
        ),
        (
            "mark amount in order as timestamp-millis",
            {"op": "change_type", "field": "amount", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        ),
        (
            "add the logical type date to retries in order",
            {"op": "change_type", "field": "retries", "type": {"type": "int", "logicalType": "date"}},
        ),
    ],
)
def test_what_is_about_more_than_a_field_is_understood_in_words_and_in_json(
    text: str, operation: dict[str, Any]
) -> None:
    (understood,) = understand(text, SHOP)
    printed = operation_object(understood)

    assert {key: value for key, value in printed.items() if key != "record"} == {"subject": "order", **operation}
    assert operations_from_json(json.dumps(printed), SHOP) == (understood,)


def test_an_order_is_said_by_a_list_or_by_one_field_that_moves() -> None:
    names = ["order_id", "amount", "currency", "note", "status", "retries", "extra", "lines"]

    def order(text: str) -> list[str]:
        return list(one(text)["fields"])

    assert order("move note before amount in order")[:3] == ["order_id", "note", "amount"]
    assert order("move order_id after note in order")[:4] == ["amount", "currency", "note", "order_id"]
    assert order("move lines to the front of order") == ["lines", *names[:-1]]
    assert order("move order_id to the end in order") == [*names[1:], "order_id"]
    assert order("reorder the fields of order: note, lines") == [
        "note",
        "lines",
        *(it for it in names if it not in ("note", "lines")),
    ]


@pytest.mark.parametrize(
    ("text", "next"),
    [
        ("change amount to total in order", 'Say "rename amount to total"'),
        ("split note", "split A into B and C"),
    ],
)
def test_what_is_another_operation_is_said_with_what_to_say_instead(text: str, next: str) -> None:
    with pytest.raises(WrongUsage) as refused:
        understand(text, SHOP)

    assert next in str(refused.value.next)


def test_a_topic_is_split_by_the_records_that_producers_write_there() -> None:
    orders, refunds = (
        subject(name.lower(), f"schemas/{name}.avsc", {**ORDER, "name": name}) for name in ("Order", "Refund")
    )
    links = [link("shop", "sales", "produces", "order"), link("shop", "sales", "produces", "refund")]
    built = pipeline([orders, refunds], links)

    (every,) = understand("split topic sales by record type", built)
    (named,) = understand("split sales by record type into Refund=refunds, Order", built)

    names = [orders.latest.name, refunds.latest.name]
    assert isinstance(every, SplitTopic)
    assert isinstance(named, SplitTopic)
    assert (every.field, list(every.values), every.into) == ("", names, ("sales.order", "sales.refund"))
    assert (list(named.values), named.into) == (names[::-1], ("refunds", "sales.order"))
