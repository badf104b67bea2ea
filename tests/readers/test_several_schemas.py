"""Files that hold several schemas, or that are no JSON, in the map."""

from __future__ import annotations

import json

import pytest

from tests.readers.sockets import map_of

LINE = {"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]}
ORDER = {"type": "record", "name": "Order", "fields": [{"name": "line", "type": "Line"}]}
REFUND = {"type": "record", "name": "Refund", "fields": [{"name": "why", "type": "string"}]}


def test_each_schema_of_a_file_is_a_subject_with_a_history_of_its_own() -> None:
    before = json.dumps([LINE, ORDER])
    now = json.dumps([LINE, {**ORDER, "fields": [*ORDER["fields"], {"name": "note", "type": "string"}]}, REFUND])

    found = map_of({"s/events.avsc": now}, past={"s/events.avsc": [before, now]})

    assert {subject.name: len(subject.versions) for subject in found.subjects} == {
        "events.Order": 2,
        "events.Refund": 1,
    }


def test_a_file_of_its_own_stays_the_original_where_a_union_repeats_it() -> None:
    found = map_of({"s/all.avsc": json.dumps([LINE, REFUND]), "s/refund.avsc": json.dumps(REFUND)})

    assert {subject.name: [copy.path for copy in subject.copies] for subject in found.subjects} == {
        "all": [],
        "refund": ["s/all.avsc"],
    }


def test_a_job_that_loads_such_a_file_may_write_any_of_its_schemas() -> None:
    code = (
        "import fastavro, io\nfrom confluent_kafka import Producer\nS = fastavro.schema.load_schema('s/events.avsc')\n"
        "def run(p: Producer, x):\n    out = io.BytesIO()\n    fastavro.schemaless_writer(out, S, x)\n"
        "    p.produce('events', out.getvalue())\n"
    )

    found = map_of({"s/events.avsc": json.dumps([ORDER, LINE, REFUND][1:]), "job/Dockerfile": "", "job/main.py": code})

    assert {link.subject for link in found.links} == {"events.Line", "events.Refund"}


def test_an_idl_file_imports_types_of_its_neighbours() -> None:
    common = '@namespace("a") protocol Common { record Position { long at; } }'
    reads = '@namespace("a") protocol Reads { import idl "common.avdl"; record Read { Position position; } }'

    found = map_of({"s/common.avdl": common, "s/reads.avdl": reads})

    assert [field.path for field in found.subject("reads").latest.fields] == ["position", "position.at"]
    assert found.gaps == ()


def test_a_neighbour_that_uses_types_of_its_own_file_is_read_whole() -> None:
    common = '@namespace("a") protocol Common { record Position { Strand strand; } enum Strand { UP, DOWN } }'
    reads = '@namespace("b") protocol Reads { record Read { a.Position position; } }'

    found = map_of({"s/common.avdl": common, "s/reads.avdl": reads})

    assert [field.path for field in found.subject("reads").latest.fields] == ["position", "position.strand"]


def test_a_gap_in_a_neighbour_names_the_neighbours_line() -> None:
    bad = json.dumps({"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "Nowhere"}]}, indent=1)

    found = map_of({"s/Line.avsc": bad, "s/Order.avsc": json.dumps(ORDER)})

    assert {str(gap.span) for gap in found.gaps} == {"s/Line.avsc:7"}


def test_broken_idl_is_a_gap_and_its_other_records_are_read() -> None:
    found = map_of({"s/p.avdl": "protocol P {\n record A { string; }\n record B { string x; }\n}\n"})

    assert [str(gap.span) for gap in found.gaps] == ["s/p.avdl:2"]
    assert [subject.name for subject in found.subjects] == ["p"]


def test_a_schema_in_a_plain_json_file_is_a_subject_that_code_loads() -> None:
    code = (
        "from pathlib import Path\nfrom confluent_kafka import avro\nfrom confluent_kafka.avro import AvroProducer\n"
        'S = avro.load(f"{Path(__file__).parents[0]}/schemas/turnstile_value.json")\n'
        "def run(config, x):\n    AvroProducer(config, default_value_schema=S).produce(topic='turnstile', value=x)\n"
    )
    texts = {
        "job/Dockerfile": "",
        "job/main.py": code,
        "job/schemas/turnstile_value.json": json.dumps(REFUND),
        "job/schemas/config.json": json.dumps({"type": "object", "properties": {"fields": {"const": "record"}}}),
        "job/schemas/broken.json": '{"type": "record", "fields": [',
        "job/tests/schemas/turnstile_value.json": json.dumps(LINE),
        "data/orders.json": json.dumps(REFUND),
    }

    found = map_of(texts, past={"job/schemas/turnstile_value.json": [json.dumps(LINE), json.dumps(REFUND)]})

    assert [(subject.name, len(subject.versions)) for subject in found.subjects] == [("turnstile_value", 2)]
    assert [link.subject for link in found.links] == ["turnstile_value"]
    assert found.gaps == ()


def record(name: str, *fields: str) -> str:
    return json.dumps({"type": "record", "name": name, "fields": [{"name": one, "type": "string"} for one in fields]})


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (
            {"schemas/order.avsc": record("Order", "id"), "schemas/order.json": record("Cancelled", "reason")},
            {"order": "Order", "order.json": "Cancelled"},
        ),
        (
            {"schemas/order.avsc": record("Order", "id"), "schemas/order.py": f"S = {record('Cancelled', 'reason')}\n"},
            {"order": "Order", "schemas/order.py": "Cancelled"},
        ),
        (
            {"app/x.py": f"A = {record('eu.Order', 'id')}\nB = {record('us.Order', 'state')}\n"},
            {"app/x.Order": "eu.Order", "app/x.py.us.Order": "us.Order"},
        ),
        (
            {"app/x.py": f"A = {record('Order', 'id')}\nB = {record('Order', 'a')}\nC = {record('Order', 'b')}\n"},
            {"app/x.Order": "Order", "app/x.py.Order": "Order", "app/x.Order.2": "Order"},
        ),
    ],
)
def test_no_two_schemas_that_differ_have_one_name(files: dict[str, str], names: dict[str, str]) -> None:
    assert [(one.name, one.latest.name) for one in map_of(files).subjects] == sorted(names.items())
