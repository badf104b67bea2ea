"""Consumes features, asks the model, and produces scores."""

import io
import logging
import time

from confluent_kafka import Consumer, Producer
from fastavro import reader, writer
from fastavro.schema import load_schema

from scorer import settings
from scorer.model import to_score

log = logging.getLogger("scorer")

FEATURES_SCHEMA = load_schema(settings.SCHEMA_DIR / "features.avsc")
SCORE_SCHEMA = load_schema(settings.SCHEMA_DIR / "score.avsc")


def main():
    logging.basicConfig(level=logging.INFO)
    consumer = Consumer(
        {
            "bootstrap.servers": settings.BOOTSTRAP,
            "group.id": "scorer",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": True,
        }
    )
    producer = Producer({"bootstrap.servers": settings.BOOTSTRAP})
    consumer.subscribe([settings.FEATURES_TOPIC])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        for features in reader(io.BytesIO(message.value()), reader_schema=FEATURES_SCHEMA):
            score = to_score(features, int(time.time() * 1000))
            log.info("scored %s: %.3f", score["order_id"], score["score"])
            out = io.BytesIO()
            writer(out, SCORE_SCHEMA, [score])
            producer.produce(settings.SCORES_TOPIC, key=message.key(), value=out.getvalue())
            producer.poll(0)


if __name__ == "__main__":
    main()
