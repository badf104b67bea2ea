"""A map that takes from the cache what it can is the map that is read from nothing, whatever was edited in between."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.readers.kept_jobs import JOBS_KIND
from tests.readers.sockets import MemoryIndex, map_of


def schema(name: str, *fields: str) -> str:
    return json.dumps({"type": "record", "name": name, "fields": [{"name": field, "type": "long"} for field in fields]})


PRODUCER = """import io, os
import fastavro
from confluent_kafka import Producer
from common.names import ORDERS, SCHEMA_PATH
from records import to_order

SCHEMA = fastavro.schema.load_schema({schema})

def main(checkouts):
    producer = Producer({{}})
    for checkout in checkouts:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, SCHEMA, to_order(checkout))
        producer.produce({topic}, out.getvalue())
"""
CONSUMER = """import io, os
import fastavro
from confluent_kafka import Consumer
from common.names import ORDERS
from common.show import show

def main():
    consumer = Consumer({{"group.id": "sink"}})
    consumer.subscribe([{topic}])
    message = consumer.poll()
    order = fastavro.schemaless_reader(io.BytesIO(message.value()), SCHEMA)
    show(order)
    print(order["{field}"])
"""
LITERAL = 'SCHEMA = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}\n'
ARCHIVE = """
from common.more import SCHEMA_PATH

def archive(order, file):
    fastavro.schemaless_writer(file, fastavro.schema.load_schema(SCHEMA_PATH), {"id": 1, "amount": order["amount"]})
"""
SHOW = "def show(order):\n    print(order.get('amount'))\n"
CONFIG = (
    'CONSUMER_CONFIG = {"CLASS": "framework.AvroConsumer", "TOPICS": ["orders"], "SCHEMA_PATH": "schemas/order.avsc"}\n'
)
FRAMEWORK = """import fastavro, kafka

class AvroConsumer:
    def consume(self, message):
        return fastavro.schemaless_reader(message, {schema})
"""
COMPOSE = "services:\n  orders:\n    build: {folder}\n    environment: {{ORDERS_TOPIC: {topic}, SCHEMA: {schema}}}\n"
FROM_SETTINGS = PRODUCER.format(schema='os.environ["SCHEMA"]', topic='os.environ["ORDERS_TOPIC"]')
SINK = CONSUMER.format(topic='"orders"', field="id")
NESTED = {"app/Dockerfile": "", "app/sub/Dockerfile": "", "app/main.py": SINK, "app/deep/er/common/show.py": SHOW}
# All that a file may become; None is no file. The first is how it begins.
CHOICES: Mapping[str, Sequence[str | None]] = {
    "compose.yaml": (
        COMPOSE.format(folder="services/orders", topic="orders", schema="schemas/order.avsc"),
        COMPOSE.format(folder="services/orders", topic="orders.v2", schema="order.avsc"),
        COMPOSE.format(folder="services/sink", topic="orders", schema="schemas/other.avsc"),
        None,
    ),
    "schemas/order.avsc": (
        schema("Order", "id", "amount"),
        schema("Order", "id", "total"),
        schema("Order", "id"),
        None,
    ),
    "schemas/other.avsc": (None, schema("Order", "id", "amount"), schema("Other", "total"), "{"),
    "services/sink/order.avsc": (None, schema("Order", "id", "amount", "note")),
    "common/names.py": (
        'ORDERS = "orders"\nSCHEMA_PATH = "schemas/order.avsc"\n',
        'ORDERS = "orders.v2"\nSCHEMA_PATH = "schemas/other.avsc"\n',
        "from common.more import ORDERS, SCHEMA_PATH\n",
        None,
    ),
    "common/more.py": (None, 'ORDERS = "more"\nSCHEMA_PATH = "order.avsc"\n'),
    "common/show.py": (
        'def show(order):\n    print(order["amount"])\n',
        'def show(order):\n    print(order.get("total"), order["id"])\n',
        "def show(order): return order\n",
        "print 'Python 2'\n",
        None,
    ),
    "services/orders/names.py": (None, 'ORDERS = "shadow"\n'),
    "services/orders/common/names.py": (None, 'ORDERS = "nearer"\nSCHEMA_PATH = "schemas/order.avsc"\n'),
    "services/orders/main.py": (
        PRODUCER.format(schema="SCHEMA_PATH", topic="ORDERS"),
        FROM_SETTINGS,
        PRODUCER.format(schema='"order.avsc"', topic='"orders"'),
        "def main(:\n    kafka",
        None,
    ),
    "services/orders/records.py": (
        'def to_order(checkout):\n    return {"id": checkout["id"], "amount": 1}\n',
        'def to_order(checkout):\n    return dict(checkout, total=checkout["total"])\n',
        None,
    ),
    "services/orders/tests/test_records.py": (
        'from records import to_order\n\ndef test_it():\n    assert to_order({"id": 1})["amount"] == 1\n',
        None,
    ),
    "services/orders/Dockerfile": ("FROM scratch\n", None),
    "services/sink/Dockerfile": ("FROM scratch\n", None),
    "services/sink/main.py": (
        LITERAL + CONSUMER.format(topic="ORDERS", field="amount"),
        CONSUMER.format(topic='"orders"', field="id"),
        CONSUMER.format(topic='os.environ["ORDERS_TOPIC"]', field="total"),
        CONFIG,
        None,
    ),
    "libs/framework.py": (None, FRAMEWORK.format(schema="SCHEMA"), FRAMEWORK.format(schema="self.own, self.own")),
}
BEGINNING: dict[str, str] = {path: choices[0] for path, choices in CHOICES.items() if choices[0] is not None}
edits = st.sampled_from(sorted(CHOICES)).flatmap(lambda path: st.tuples(st.just(path), st.sampled_from(CHOICES[path])))
moves = st.tuples(st.sampled_from(sorted(CHOICES)), st.sampled_from(sorted(CHOICES)))


def edited(texts: Mapping[str, str], path: str, text: str | None) -> dict[str, str]:
    rest = {other: known for other, known in texts.items() if other != path}
    return rest if text is None else {**rest, path: text}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.one_of(edits, moves), min_size=1, max_size=3), min_size=1, max_size=5))
def test_a_map_after_edits_is_the_map_of_what_is_there(rounds: list[list[tuple[str, str | None]]]) -> None:
    index = MemoryIndex()
    texts = dict(BEGINNING)
    map_of(texts, index=index)

    for round in rounds:
        for path, change in round:
            if change in CHOICES:
                moved = texts.get(path)
                texts = edited(edited(texts, path, None), str(change), moved)
            else:
                texts = edited(texts, path, change)

        assert map_of(texts, index=index) == map_of(texts)


@pytest.mark.parametrize(
    ("start", "path", "text"),
    [
        ({}, "common/names.py", CHOICES["common/names.py"][1]),
        ({}, "common/names.py", None),
        ({}, "services/orders/common/names.py", CHOICES["services/orders/common/names.py"][1]),
        ({}, "schemas/order.avsc", CHOICES["schemas/order.avsc"][1]),
        ({}, "schemas/order.avsc", schema("Order", "id")),
        ({"services/orders/main.py": FROM_SETTINGS}, "compose.yaml", CHOICES["compose.yaml"][1]),
        ({"services/sink/main.py": SINK + ARCHIVE}, "common/more.py", 'SCHEMA_PATH = "schemas/order.avsc"\n'),
        (NESTED, "app/sub/common/show.py", SHOW),
        ({"services/sink/main.py": CONFIG}, "libs/framework.py", FRAMEWORK.format(schema="SCHEMA")),
    ],
    ids=[
        "a constant",
        "a module gone",
        "a nearer module",
        "a schema",
        "a copy of a literal",
        "a setting",
        "the schema of a call",
        "another job's module",
        "a class",
    ],
)
def test_what_a_job_rests_on_elsewhere_makes_it_be_read_again(
    start: Mapping[str, str], path: str, text: str | None
) -> None:
    index = MemoryIndex()
    before = map_of({**BEGINNING, **start}, index=index)
    texts = edited({**BEGINNING, **start}, path, text)

    after = map_of(texts, index=index)

    assert (after.links, after.uses) != (before.links, before.uses)
    assert after == map_of(texts)


def test_a_change_in_one_job_leaves_the_others_as_they_were_read() -> None:
    index = MemoryIndex()
    map_of(BEGINNING, index=index)
    before = set(index.entries)

    changed = {**BEGINNING, "services/sink/main.py": BEGINNING["services/sink/main.py"] + "\n# touched\n"}
    map_of(changed, index=index)

    assert len([kind for kind, _ in set(index.entries) - before if kind == JOBS_KIND]) == 1


def test_what_cannot_be_loaded_is_derived_again() -> None:
    texts = {**BEGINNING, "schemas/order.schema.json": schema("Order", "id"), "app/two.avsc": f"[{schema('A')}]"}
    past = {"schemas/order.avsc": [schema("Order", "id")]}
    index = MemoryIndex()
    whole = map_of(texts, past, index=index)
    kept = dict(index.entries)

    for kind in sorted({kind for kind, _ in kept}):
        index.entries = {key: b"\xff damaged" if key[0] == kind else value for key, value in kept.items()}

        assert map_of(texts, past, index=index) == whole, kind
