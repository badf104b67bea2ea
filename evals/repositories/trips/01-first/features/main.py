"""Turns trips into features, with Apache avro."""

import io
import os
from pathlib import Path

import avro.schema
from avro.io import BinaryDecoder, DatumReader
from confluent_kafka import Consumer

from features.build import features

TOPIC = os.environ.get("TRIPS_TOPIC", "trips.v1")
SCHEMA = avro.schema.parse(Path("schemas/trip.avsc").read_text())


def decoded(data, writer_schema):
    return DatumReader(writer_schema, SCHEMA).read(BinaryDecoder(io.BytesIO(data)))


def main(writer_schema_of):
    consumer = Consumer({"bootstrap.servers": os.environ["BROKERS"], "group.id": "features"})
    consumer.subscribe([TOPIC])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        print(features(decoded(message.value(), writer_schema_of(message))))
