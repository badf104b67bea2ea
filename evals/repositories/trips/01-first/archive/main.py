"""Keeps trips as lines of a file and counts them."""

import io
import os

from confluent_kafka import Consumer
from fastavro import schemaless_reader
from fastavro.schema import load_schema

from archive.rows import archived, row

TOPIC = os.environ.get("TRIPS_TOPIC", "trips.v1")
SCHEMA = load_schema("schemas/trip.avsc")


def main(writer_schema_of, out, counters):
    consumer = Consumer({"bootstrap.servers": os.environ["BROKERS"], "group.id": "archive"})
    consumer.subscribe([TOPIC])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        trip = schemaless_reader(io.BytesIO(message.value()), writer_schema_of(message), SCHEMA)
        out.write(row(trip) + "\n")
        counters.increment(archived(trip)["counter"])
