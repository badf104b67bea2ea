"""Watches readings, with the schema that lay here first, and outages."""

import json
import os
from pathlib import Path

from confluent_kafka import Consumer
from gridlib import topics
from gridlib.codec import decode
from gridlib.schemas import OUTAGE

from alerts.rules import alert, outage_alert

READING = json.loads((Path(__file__).parent / "reading.avsc").read_text())


def main(writer_schema_of):
    consumer = Consumer({"bootstrap.servers": os.environ["BROKERS"], "group.id": "alerts"})
    consumer.subscribe([topics.readings(), topics.outages()])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        if message.topic() == topics.readings():
            print(alert(decode(message.value(), writer_schema_of(message), READING)))
        else:
            print(outage_alert(decode(message.value(), writer_schema_of(message), OUTAGE)))
