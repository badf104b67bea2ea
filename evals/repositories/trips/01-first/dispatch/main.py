"""Writes every trip that has ended to the topic."""

import io
import os

from confluent_kafka import Producer
from fastavro import schemaless_writer
from fastavro.schema import load_schema

from dispatch.trips import trip_record

TOPIC = os.environ.get("TRIPS_TOPIC", "trips.v1")
SCHEMA = load_schema("schemas/trip.avsc")


def main(ended_trips):
    producer = Producer({"bootstrap.servers": os.environ["BROKERS"]})
    for ended in ended_trips:
        out = io.BytesIO()
        schemaless_writer(out, SCHEMA, trip_record(ended))
        producer.produce(TOPIC, key=ended["driver"], value=out.getvalue())
    producer.flush()
