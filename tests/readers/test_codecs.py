from __future__ import annotations

import json
import textwrap

import pytest

from tests.readers.sockets import map_of

SCHEMA = json.dumps({"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]})

BINDINGS = {
    "serializer in a dict of settings": """
        from confluent_kafka import SerializingProducer
        from confluent_kafka.schema_registry import SchemaRegistryClient
        from confluent_kafka.schema_registry.avro import AvroSerializer

        registry = SchemaRegistryClient({"url": "x"})
        with open("order.avsc") as file:
            schema_str = file.read()
        settings = {"bootstrap.servers": "x", "value.serializer": AvroSerializer(registry, schema_str)}
        producer = SerializingProducer(settings)
        producer.produce("orders", value={"id": 1})
        """,
    "deserializer put into the settings later": """
        from confluent_kafka import DeserializingConsumer
        from confluent_kafka.schema_registry.avro import AvroDeserializer

        settings = {"bootstrap.servers": "x", "group.id": "g"}
        settings["value.deserializer"] = AvroDeserializer(schema_registry_client=None, schema_str=open("order.avsc").read())
        consumer = DeserializingConsumer(settings)
        consumer.subscribe(["orders"])
        """,
    "serializer that is called": """
        from confluent_kafka import Producer
        from confluent_kafka.schema_registry.avro import AvroSerializer
        from confluent_kafka.serialization import MessageField, SerializationContext

        producer = Producer({})
        serialize = AvroSerializer(schema_str=open("order.avsc").read(), schema_registry_client=None)
        producer.produce("orders", value=serialize({"id": 1}, SerializationContext("orders", MessageField.VALUE)))
        """,
    "producer of old": """
        from confluent_kafka import avro
        from confluent_kafka.avro import AvroProducer

        producer = AvroProducer({"bootstrap.servers": "x"}, default_value_schema=avro.load("order.avsc"))
        producer.produce(topic="orders", value={"id": 1})
        """,
    "the official package": """
        import io
        import avro.schema
        from avro.io import BinaryEncoder, DatumWriter
        from kafka import KafkaProducer

        schema = avro.schema.parse(open("order.avsc").read())
        writer = DatumWriter(schema)
        out = io.BytesIO()
        writer.write({"id": 1}, BinaryEncoder(out))
        KafkaProducer().send("orders", out.getvalue())
        """,
}


@pytest.mark.parametrize("name", BINDINGS)
def test_a_client_is_bound_to_the_schema_of_its_codec(name: str) -> None:
    texts = {"job/Dockerfile": "", "job/order.avsc": SCHEMA, "job/main.py": textwrap.dedent(BINDINGS[name])}

    [link] = map_of(texts).links

    assert (link.endpoint.name, link.subject, link.certainty in ("certain", "likely")) == ("orders", "order", True)


def test_two_clients_of_one_function_keep_the_schemas_of_their_settings() -> None:
    code = """
        from confluent_kafka import SerializingProducer
        from confluent_kafka.schema_registry.avro import AvroSerializer

        def run(registry):
            orders = {"bootstrap.servers": "x", "value.serializer": AvroSerializer(registry, open("order.avsc").read())}
            returns = {"bootstrap.servers": "x"}
            returns["value.serializer"] = AvroSerializer(registry, open("return.avsc").read())
            SerializingProducer(orders).produce("orders", value={"id": 1})
            SerializingProducer(returns).produce("returns", value={"id": 1})
        """
    texts = {
        "job/Dockerfile": "",
        "job/order.avsc": SCHEMA,
        "job/return.avsc": SCHEMA.replace("Order", "Return"),
        "job/main.py": textwrap.dedent(code),
    }
    links = map_of(texts).links

    assert {(link.endpoint.name, link.subject, link.certainty) for link in links} == {
        ("orders", "order", "certain"),
        ("returns", "return", "certain"),
    }
