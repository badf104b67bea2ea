"""Writes every order that is placed to the topic."""

import io
import os

from confluent_kafka import Producer
from fastavro import writer
from fastavro.schema import load_schema

from shop.records import order_record

TOPIC = os.environ.get("ORDERS_TOPIC", "orders.v1")
SCHEMA = load_schema("schemas/order.avsc")


def publish(producer, order):
    out = io.BytesIO()
    writer(out, SCHEMA, [order_record(order)])
    producer.produce(TOPIC, key=order["id"], value=out.getvalue())


def main(orders):
    producer = Producer({"bootstrap.servers": os.environ["BROKERS"]})
    for order in orders:
        publish(producer, order)
    producer.flush()
