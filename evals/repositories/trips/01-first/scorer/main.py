"""Scores drivers; reads every trip with the copy of the schema that lies beside this file."""

import io
import json
import os
from pathlib import Path

from confluent_kafka import Consumer
from fastavro import parse_schema, schemaless_reader

from scorer.score import score

TOPIC = os.environ.get("TRIPS_TOPIC", "trips.v1")
SCHEMA = parse_schema(json.loads((Path(__file__).parent / "trip.avsc").read_text()))


def main():
    consumer = Consumer({"bootstrap.servers": os.environ["BROKERS"], "group.id": "scorer"})
    consumer.subscribe([TOPIC])
    while True:
        message = consumer.poll(1.0)
        if message is not None and not message.error():
            print(score(schemaless_reader(io.BytesIO(message.value()), SCHEMA)))


if __name__ == "__main__":
    main()
