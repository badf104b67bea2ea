"""Where a new field has to be written: the line that builds the record, however it does, and never only the call that sends it."""

from __future__ import annotations

import json

import pytest

from copilot.domain.alternative import Alternative
from copilot.domain.operation import AddField
from copilot.impact.fields import impact_of
from copilot.strategies.add import add
from tests.readers.sockets import map_of

SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Order",
        "fields": [{"name": "order_id", "type": "string"}, {"name": "note", "type": "string"}],
    }
)
MAIN = """import io
from confluent_kafka import Producer
from fastavro import schemaless_writer
from fastavro.schema import load_schema
from records import build
SCHEMA = load_schema("order.avsc")
def run(producer: Producer, rows):
    for row in rows:
        out = io.BytesIO()
        schemaless_writer(out, SCHEMA, build(row))
        producer.produce("orders", out.getvalue())
"""
LITERAL = 'def build(row):\n    return {"order_id": row.id, "note": f"{row.a} {row.b}"}\n'
CALL = 'def build(row):\n    return dict(\n        order_id=row.id,\n        note=" ".join(row.notes),\n    )\n'
STEPS = 'def build(row):\n    record = {}\n    record["order_id"] = row.id\n    record["note"] = row.note\n    return record\n'
NAMES = 'FIELDS = ("order_id", "note")\ndef build(row):\n    return {name: getattr(row, name) for name in FIELDS}\n'
OPEN = "def build(row):\n    return {name: row[name] for name in row}\n"


def told(records: str) -> list[str]:
    map = map_of({"order.avsc": SCHEMA, "Dockerfile": "", "main.py": MAIN, "records.py": records})
    (subject,) = map.subjects
    operation = AddField(subject.name, "", "region", '"string"', is_required=True)
    found = add(operation, impact_of(operation, map), map)
    way = next(it for it in found if isinstance(it, Alternative) and it.id.startswith("required-later"))
    return [text for step in way.phases[0].steps for text in step.manual]


@pytest.mark.parametrize(
    ("records", "line"), [(LITERAL, 2), (CALL, 4), (STEPS, 4)], ids=["literal", "call", "line by line"]
)
def test_the_line_that_builds_the_record_is_named(records: str, line: int) -> None:
    assert told(records) == [
        f'records.py:{line}  builds the record: write `region` in every record, never "" in place of a value'
    ]


@pytest.mark.parametrize("records", [NAMES, OPEN], ids=["known names", "unknown names"])
def test_of_a_comprehension_the_place_that_sends_what_it_makes_is_named(records: str) -> None:
    (text,) = told(records)

    assert text == 'main.py:11  main: write `region` in every record, never "" in place of a value'
