"""Labels every order of the topic."""

import io
import os

from confluent_kafka import Consumer
from fastavro import reader
from fastavro.schema import load_schema

from shipping.labels import label

TOPIC = os.environ.get("ORDERS_TOPIC", "orders.v1")
SCHEMA = load_schema("schemas/order.avsc")


def main():
    consumer = Consumer(
        {"bootstrap.servers": os.environ["BROKERS"], "group.id": "shipping", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([TOPIC])
    while True:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        for order in reader(io.BytesIO(message.value()), reader_schema=SCHEMA):
            print(label(order))


if __name__ == "__main__":
    main()
