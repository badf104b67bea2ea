"""Asks the meters and sends what they say."""

import os

from confluent_kafka import Producer
from gridlib import topics
from gridlib.codec import encode
from gridlib.schemas import OUTAGE, READING

from meters.collect import outage_record, reading_record


def main(asked, outages):
    producer = Producer({"bootstrap.servers": os.environ["BROKERS"]})
    for raw in asked:
        producer.produce(topics.readings(), key=raw["meter"], value=encode(READING, reading_record(raw)))
    for raw in outages:
        producer.produce(topics.outages(), key=raw["meter"], value=encode(OUTAGE, outage_record(raw)))
    producer.flush()
