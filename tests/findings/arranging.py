"""A small pipeline in memory, to be varied and audited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from copilot.domain.audit import AuditFinding
from copilot.domain.clones import Consumer
from copilot.findings.case import Audited
from copilot.findings.catalogue import audit
from copilot.formats.avro import AvroFormat
from copilot.readers.consumers import with_consumers
from copilot.readers.mapper import PipelineMapper
from copilot.settings import Settings
from tests.readers.sockets import MemoryHistory, MemoryIndex, MemoryTree

WRITER = """import io, os
import fastavro
from confluent_kafka import Producer

SCHEMA = fastavro.schema.load_schema(os.path.join(os.environ["SCHEMAS"], "order.avsc"))

def main(checkouts):
    producer = Producer({})
    for checkout in checkouts:
        out = io.BytesIO()
        order = {"id": checkout["number"], "amount": checkout["total"], "currency": "EUR", "note": None}
        fastavro.schemaless_writer(out, SCHEMA, order)
        producer.produce(os.environ["ORDERS_TOPIC"], out.getvalue())
"""
READER = """import io, os
import fastavro
from confluent_kafka import Consumer

SCHEMA = fastavro.schema.load_schema("services/sink/schemas/order.avsc")

def main():
    consumer = Consumer({"group.id": "sink"})
    consumer.subscribe([os.environ["ORDERS_TOPIC"]])
    while True:
        order = fastavro.schemaless_reader(io.BytesIO(consumer.poll().value()), SCHEMA)
        print(order["amount"])
"""
COMPOSE = """services:
  orders:
    build: services/orders
    environment:
      ORDERS_TOPIC: orders
      SCHEMAS: /app/schemas
  sink:
    build: services/sink
    environment:
      ORDERS_TOPIC: orders
"""
ANSWERED = MemoryIndex()
FIELDS: tuple[Any, ...] = ("id", "amount", "currency", ("note", ["null", "string"], None))


def schema(*fields: Any, name: str = "shop.Order", **more: Any) -> str:
    """Returns a record of fields, each a name (a string then) or (name, type) or (name, type, default)."""
    listed: list[tuple[Any, ...]] = [(it, "string") if isinstance(it, str) else it for it in fields]
    made = [{"name": it[0], "type": it[1], **({"default": it[2]} if len(it) > 2 else {})} for it in listed]
    return json.dumps({"type": "record", "name": name, "fields": made, **more}, indent=1)


SHOP: Mapping[str, str] = {
    "compose.yaml": COMPOSE,
    "schemas/order.avsc": schema(*FIELDS),
    "services/orders/Dockerfile": "FROM scratch\n",
    "services/orders/main.py": WRITER,
    "services/sink/Dockerfile": "FROM scratch\n",
    "services/sink/main.py": READER,
    "services/sink/schemas/order.avsc": schema(*FIELDS),
}


def findings(
    changed: Mapping[str, str | None] | None = None,
    past: Mapping[str, Sequence[str]] | None = None,
    settings: Settings | None = None,
    consumers: tuple[Consumer, ...] = (),
) -> tuple[AuditFinding, ...]:
    """Audits the shop with some of its files changed, or removed where they are None.

    It is audited once more with what all other shops answered, which must make no difference.
    """
    texts = {path: text for path, text in {**SHOP, **(changed or {})}.items() if text is not None}
    formats = {"avro": AvroFormat()}
    tree = MemoryTree(texts)
    pipeline = PipelineMapper(formats, MemoryHistory(past), MemoryIndex()).map(tree, settings or Settings())
    pipeline = with_consumers(pipeline, consumers)
    found = audit(Audited(pipeline, tree, formats))
    for _ in range(2):
        assert audit(Audited(pipeline, tree, formats, ANSWERED)) == found
    return found


def rules(
    changed: Mapping[str, str | None] | None = None,
    past: Mapping[str, Sequence[str]] | None = None,
    settings: Settings | None = None,
    consumers: tuple[Consumer, ...] = (),
) -> list[str]:
    """Returns the kinds of what is found, with severity."""
    return [f"{it.severity} {it.rule}" for it in findings(changed, past, settings, consumers)]
