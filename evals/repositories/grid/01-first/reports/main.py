"""Reads a day of readings and prints the table."""

import os

from confluent_kafka import Consumer
from gridlib import topics
from gridlib.codec import decode
from gridlib.schemas import READING

from reports.daily import table


def main(writer_schema_of, count=1000):
    consumer = Consumer({"bootstrap.servers": os.environ["BROKERS"], "group.id": "reports"})
    consumer.subscribe([topics.readings()])
    messages = consumer.consume(count)
    readings = [decode(it.value(), writer_schema_of(it), READING) for it in messages]
    print(table(readings))
