"""A shop whose orders are written in one repository and read in another one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.repositories import commit, init

FIELDS = (
    {"name": "order_id", "type": "string"},
    {"name": "amount", "type": "long"},
    {"name": "note", "type": ["null", "string"], "default": None},
)
PRODUCER = """
import io
import fastavro
from confluent_kafka import Producer

SCHEMA = fastavro.schema.load_schema("schemas/order.avsc")
producer = Producer({"bootstrap.servers": "kafka:9092"})

def publish(order_id, cents):
    record = {"order_id": order_id, "amount": cents, "note": None}
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, record)
    producer.produce("orders", out.getvalue())
"""
# Line 14 reads the amount.
CONSUMER = """
from confluent_kafka import DeserializingConsumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer

registry = SchemaRegistryClient({"url": "http://registry"})
consumer = DeserializingConsumer({"group.id": "billing", "value.deserializer": AvroDeserializer(registry)})
consumer.subscribe(["orders"])

def run():
    while True:
        message = consumer.poll(1.0)
        order = message.value()
        print(order["amount"] / 100)
"""
READ_PLACE = "billing:services/invoice/main.py:14"
DOCKERFILE = "FROM python:3.12\n"
INVOICE = {"services/invoice/main.py": CONSUMER, "services/invoice/Dockerfile": DOCKERFILE}
CHECKOUT = {"services/checkout/main.py": PRODUCER, "services/checkout/Dockerfile": DOCKERFILE}


def order_schema(fields: tuple[Mapping[str, object], ...] = FIELDS, name: str = "Order") -> str:
    """Returns the text of the record as people write it."""
    schema = {"type": "record", "name": name, "namespace": "shop", "fields": list(fields)}
    return json.dumps(schema, indent=2) + "\n"


@dataclass(frozen=True)
class Shops:
    """Two repositories side by side; `pin` is the commit of the clone that the first one names."""

    shop: Path
    billing: Path
    pin: str


def shops(
    folder: Path,
    *,
    pin: str | None = None,
    billing: Mapping[str, str | bytes | None] = INVOICE,
    shop: Mapping[str, str | bytes | None] | None = None,
    settings: str = "",
) -> Shops:
    """Makes both; `pin` stands in the settings instead of the full id, "" for none; `settings` follow after it."""
    clone = init(folder / "billing")
    at = commit(clone, billing)
    own = init(folder / "shop")
    files = shop if shop is not None else {"schemas/order.avsc": order_schema(), **CHECKOUT}
    commit(own, {**files, "copilot.toml": clone_settings(at if pin is None else pin) + settings})
    return Shops(own, clone, at)


def clone_settings(pin: str) -> str:
    """Returns the table that names the clone."""
    pinned = f'commit = "{pin}"\n' if pin else ""
    return f'[clones.billing]\npath = "../billing"\n{pinned}owner = "billing@shop.example.com"\n'
