"""Consumes decisions into SQLite, for the back office, and into JSON lines, for the warehouse."""

import io
import json
import logging
import os

from confluent_kafka import Consumer
from fastavro import reader
from fastavro.schema import load_schema

from sink.table import open_table, save

log = logging.getLogger("sink")

DECISION_SCHEMA = load_schema(os.environ["DECISION_SCHEMA"])


def main():
    logging.basicConfig(level=logging.INFO)
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA_BOOTSTRAP"],
            "group.id": "sink",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([os.environ["DECISIONS_TOPIC"]])
    table = open_table(os.environ["DATABASE"])
    with open(os.environ["JSON_LINES"], "a") as lines:
        while True:
            message = consumer.poll(1.0)
            if message is None or message.error():
                continue
            for decision in reader(io.BytesIO(message.value()), reader_schema=DECISION_SCHEMA):
                save(table, decision)
                lines.write(json.dumps(decision, default=str) + "\n")
            lines.flush()
            consumer.commit(message)


if __name__ == "__main__":
    main()
