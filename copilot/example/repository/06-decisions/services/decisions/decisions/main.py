"""Consumes scores, applies the policy, and produces decisions."""

import io
import logging
import os
import time

import fastavro
from confluent_kafka import Consumer, Producer
from fastavro.schema import load_schema

from decisions.rules import decide

log = logging.getLogger("decisions")

SCORES_TOPIC = os.environ["SCORES_TOPIC"]
DECISIONS_TOPIC = os.environ["DECISIONS_TOPIC"]
DECISION_SCHEMA = load_schema(f"{os.environ['SCHEMA_DIR']}/decision.avsc")


def scores_in(value):
    # The container carries the schema that the scorer wrote with.
    return fastavro.reader(io.BytesIO(value))


def main():
    logging.basicConfig(level=logging.INFO)
    brokers = os.environ["KAFKA_BOOTSTRAP"]
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "decisions", "auto.offset.reset": "earliest"})
    producer = Producer({"bootstrap.servers": brokers})
    consumer.subscribe([SCORES_TOPIC])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        for score in scores_in(message.value()):
            decision = decide(score, int(time.time() * 1000))
            log.info("%s %s", decision["outcome"], decision["order_id"])
            out = io.BytesIO()
            fastavro.writer(out, DECISION_SCHEMA, [decision])
            producer.produce(DECISIONS_TOPIC, key=message.key(), value=out.getvalue())
            producer.poll(0)


if __name__ == "__main__":
    main()
