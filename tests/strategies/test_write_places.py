"""Where a new field has to be written: the line that builds the record, however it does, and never only the call that sends it."""

from __future__ import annotations

import json

import pytest

from copilot.domain.alternative import Alternative
from copilot.domain.operation import AddField, Operation, RenameField, SplitField
from copilot.domain.pipeline import PipelineMap
from copilot.impact.fields import impact_of
from copilot.ports import Strategy
from copilot.strategies.add import add
from copilot.strategies.rename import rename
from copilot.strategies.reshape import reshape
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


BY_NAME = """from dataclasses import asdict, dataclass
@dataclass
class Order:
    order_id: str
    note: str
def build(row):
    return asdict(Order(order_id=row.id, note=row.note))
"""
BY_POSITION = BY_NAME.replace("order_id=row.id, note=row.note", "row.id, row.note")


def read(records: str) -> PipelineMap:
    return map_of({"order.avsc": SCHEMA, "Dockerfile": "", "main.py": MAIN, "records.py": records})


def told(records: str) -> list[str]:
    map = read(records)
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


@pytest.mark.parametrize(
    ("operation", "strategy"),
    [
        (RenameField("order", "", "note", "remark"), rename),
        (SplitField("order", "", "note", ("first", "last"), " "), reshape),
    ],
    ids=["renamed", "split"],
)
def test_an_object_that_is_made_by_position_is_left_to_a_person_to_fill(
    operation: Operation, strategy: Strategy
) -> None:
    (by_position,), by_name = by_hand(operation, strategy, BY_POSITION), by_hand(operation, strategy, BY_NAME)

    assert by_position.startswith("records.py:5  declares `note`, and where it is filled is not seen by name: give ")
    assert by_name == []


def by_hand(operation: Operation, strategy: Strategy, records: str) -> list[str]:
    """Returns what the step by step way leaves to people before the old field goes."""
    map = read(records)
    found = strategy(operation, impact_of(operation, map), map)
    way = next(it for it in found if isinstance(it, Alternative) and it.id.startswith("phased"))
    return [text for step in way.phases[0].steps for text in step.manual]
