"""Consumes orders, keeps an hour of them per customer in memory, and produces features."""

import io
import logging
import os
import time
from collections import defaultdict
from pathlib import Path

import fastavro
from confluent_kafka import Consumer, Producer

from features.records import to_features, within_the_hour
from features.schema import FEATURES_SCHEMA

log = logging.getLogger("features")

ORDER_SCHEMA = fastavro.schema.load_schema(Path(__file__).parent / "schemas" / "order.avsc")
PARSED_FEATURES_SCHEMA = fastavro.parse_schema(FEATURES_SCHEMA)


def decode(value):
    return fastavro.schemaless_reader(io.BytesIO(value), ORDER_SCHEMA)


def encode(features):
    out = io.BytesIO()
    fastavro.writer(out, PARSED_FEATURES_SCHEMA, [features])
    return out.getvalue()


def main():
    logging.basicConfig(level=logging.INFO)
    brokers = os.environ["KAFKA_BOOTSTRAP"]
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "features", "auto.offset.reset": "earliest"})
    producer = Producer({"bootstrap.servers": brokers})
    consumer.subscribe([os.environ["ORDERS_TOPIC"]])
    history = defaultdict(list)
    while True:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            log.warning("poll: %s", message.error())
            continue
        try:
            order = decode(message.value())
        except (EOFError, ValueError, IndexError):
            producer.produce(os.environ["DEAD_LETTER_TOPIC"], key=message.key(), value=message.value())
            continue
        customer = order["customer_id"]
        history[customer] = within_the_hour(history[customer], order["created_at"])
        features = to_features(order, history[customer], int(time.time() * 1000))
        history[customer].append(order)
        producer.produce(os.environ["FEATURES_TOPIC"], key=customer, value=encode(features))
        producer.poll(0)


if __name__ == "__main__":
    main()
