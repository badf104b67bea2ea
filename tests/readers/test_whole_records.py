"""Records that a job hands on whole: to bytes, documents and rows that have whatever fields the record has."""

from __future__ import annotations

import pytest

from copilot.domain.pipeline import BlindSpot
from tests.readers.sockets import map_of

SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "amount", "type": "int"}]}'
MAIN = """
import io, json, pickle, dataclasses, fastavro
from confluent_kafka import Consumer
SCHEMA = fastavro.schema.load_schema("order.avsc")

def main(store, table, log, out):
    consumer = Consumer({})
    consumer.subscribe(["orders"])
    while True:
        it = fastavro.schemaless_reader(io.BytesIO(consumer.poll(1).value()), SCHEMA)
        THEN

if __name__ == "__main__":
    main(1, 2, 3, 4)
"""


def spots(then: str) -> list[BlindSpot]:
    """Returns the blind spots of a job that does something with each record that it decodes."""
    main = MAIN.replace("THEN", then)
    return list(map_of({"app/Dockerfile": "", "app/order.avsc": SCHEMA, "app/main.py": main}).blind_spots)


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        ("out.write(json.dumps(it))", "dumps(it)"),
        ("json.dump(it, out)", "dump(it)"),
        ("store.set(it['id'], pickle.dumps(it))", "dumps(it)"),
        ("store.orders.insert_one(it)", "insert_one(it)"),
        ("store.orders.insert_many([it])", "insert_many(it)"),
        ("store.index(index='orders', document=it)", "index(it)"),
        ("table.put_item(Item=it)", "put_item(it)"),
        ("out.writerow(it)", "writerow(it)"),
        ("out.write(json.dumps({**it, 'seen': 1}))", "spreads all fields (**it)"),
    ],
)
def test_what_takes_a_record_whole_is_told_with_the_record(then: str, shown: str) -> None:
    found = [spot for spot in spots(then) if shown in spot.reason]

    assert [(spot.span.first_line, spot.subjects) for spot in found] == [(11, ("order",))]
    assert [spot.is_whole for spot in found] == ["**" not in shown]


@pytest.mark.parametrize(
    "then",
    [
        "log.info(json.dumps(it))",
        "print('got', json.dumps(it))",
        "out.write(json.dumps(it['id']))",
        "out.write(json.dumps({'id': it['id']}))",
        "store.index(4)",
    ],
)
def test_what_is_shown_to_people_or_made_of_single_fields_is_no_whole_record(then: str) -> None:
    assert [spot for spot in spots(then) if spot.is_whole] == []
