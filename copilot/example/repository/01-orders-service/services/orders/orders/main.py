"""Reads the shop's outbox and produces one Order per checkout."""

import io
import json
import logging
import os
import time

from confluent_kafka import Producer
from fastavro import schemaless_writer
from fastavro.schema import load_schema

from orders.records import to_order

log = logging.getLogger("orders")

SCHEMA_DIR = os.environ.get("SCHEMA_DIR", "schemas")
ORDER_SCHEMA = load_schema(os.path.join(SCHEMA_DIR, "order.avsc"))
ORDERS_TOPIC = os.environ["ORDERS_TOPIC"]


def encode(order):
    out = io.BytesIO()
    schemaless_writer(out, ORDER_SCHEMA, order)
    return out.getvalue()


def on_delivery(error, message):
    if error is not None:
        log.error("order %s was not delivered: %s", message.key(), error)


def main():
    logging.basicConfig(level=logging.INFO)
    producer = Producer({"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"], "linger.ms": 20})
    with open(os.environ["OUTBOX"]) as outbox:
        for line in outbox:
            order = to_order(json.loads(line), int(time.time() * 1000))
            producer.produce(ORDERS_TOPIC, key=order["customer_id"], value=encode(order), on_delivery=on_delivery)
            producer.poll(0)
    producer.flush(30)


if __name__ == "__main__":
    main()
