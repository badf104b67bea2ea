"""Bills every reading."""

import os

from confluent_kafka import Consumer
from gridlib import topics
from gridlib.codec import decode
from gridlib.schemas import READING

from billing.lines import line


def main(writer_schema_of, book):
    consumer = Consumer({"bootstrap.servers": os.environ["BROKERS"], "group.id": "billing"})
    consumer.subscribe([topics.readings()])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        book.append(line(decode(message.value(), writer_schema_of(message), READING)))
