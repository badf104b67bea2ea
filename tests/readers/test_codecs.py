from __future__ import annotations

import json
import textwrap

import pytest

from copilot.domain.pipeline import Decoder
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
    "producer of old with the schema at the call": """
        from confluent_kafka import avro
        from confluent_kafka.avro import AvroProducer

        producer = AvroProducer({"bootstrap.servers": "x"})
        producer.produce(topic="orders", value={"id": 1}, value_schema=avro.load("order.avsc"))
        """,
    "consumer of old": """
        from confluent_kafka import avro
        from confluent_kafka.avro import AvroConsumer

        consumer = AvroConsumer({"bootstrap.servers": "x"}, reader_value_schema=avro.load("order.avsc"))
        consumer.subscribe(["orders"])
        """,
    "Spark that reads": """
        from pyspark.sql.avro.functions import from_avro

        schema = open("order.avsc").read()
        stream = spark.readStream.format("kafka").option("subscribe", "orders").load()
        stream.select(from_avro("value", schema).alias("order")).select("order.id")
        """,
    "Spark that writes": """
        from pyspark.sql.avro.functions import to_avro

        schema = open("order.avsc").read()
        rows.select(to_avro("order", schema).alias("value")).writeStream.format("kafka").option("topic", "orders").start()
        """,
    "Flink that reads by a connector of old": """
        from pyflink.datastream.connectors import FlinkKafkaConsumer
        from pyflink.datastream.formats.avro import AvroRowDeserializationSchema

        schema = AvroRowDeserializationSchema(avro_schema_string=open("order.avsc").read())
        environment.add_source(FlinkKafkaConsumer(topics="orders", deserialization_schema=schema, properties={}))
        """,
    "Flink that reads by a builder": """
        from pyflink.datastream.connectors.kafka import KafkaSource
        from pyflink.datastream.formats.avro import AvroRowDeserializationSchema

        schema = open("order.avsc").read()
        source = (
            KafkaSource.builder()
            .set_topics("orders")
            .set_group_id("g")
            .set_value_only_deserializer(AvroRowDeserializationSchema(avro_schema_string=schema))
            .build()
        )
        """,
    "Flink that writes by a connector of old": """
        from pyflink.datastream.connectors import FlinkKafkaProducer
        from pyflink.datastream.formats.avro import AvroRowSerializationSchema

        schema = open("order.avsc").read()
        stream.add_sink(FlinkKafkaProducer("orders", AvroRowSerializationSchema(avro_schema_string=schema), {}))
        """,
    "Flink that writes by a builder": """
        from pyflink.datastream.connectors.kafka import KafkaRecordSerializationSchema, KafkaSink
        from pyflink.datastream.formats.avro import AvroRowSerializationSchema

        schema = AvroRowSerializationSchema(avro_schema_string=open("order.avsc").read())
        records = KafkaRecordSerializationSchema.builder().set_value_serialization_schema(schema).set_topic("orders").build()
        stream.sink_to(KafkaSink.builder().set_record_serializer(records).build())
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


def bound(texts: dict[str, str]) -> set[tuple[str, str, str | None]]:
    """Which topic is read or written with which subject, in a tree that has the schema order.avsc and one of other names."""
    other = SCHEMA.replace("Order", "Refund")
    schemas = {"schemas/order.avsc": SCHEMA, "schemas/refund.avsc": other}
    found = map_of({**schemas, **{path: textwrap.dedent(text) for path, text in texts.items()}})
    return {(link.direction, link.endpoint.name, link.subject) for link in found.links}


OWN_FUNCTIONS = """
    import io
    import avro.io
    import avro.schema

    def load(path):
        return avro.schema.parse(open(path).read())

    def serialize(schema, record):
        out = io.BytesIO()
        avro.io.DatumWriter(schema).write(record, avro.io.BinaryEncoder(out))
        return out.getvalue()

    def deserialize(schema, data):
        return avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(io.BytesIO(data)))
    """


def test_a_schema_that_an_encoding_function_is_handed_is_that_of_the_call_beside() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/codec.py": OWN_FUNCTIONS,
        "job/main.py": """
            from kafka import KafkaProducer
            from codec import load, serialize

            producer = KafkaProducer()
            refunds = load("schemas/refund.avsc")

            def order(record):
                producer.send("orders", serialize(load("schemas/order.avsc"), record))

            def refund(record):
                producer.send("refunds", serialize(refunds, record))
            """,
    }
    assert bound(texts) == {("produces", "orders", "order"), ("produces", "refunds", "refund")}


def test_a_deserializer_that_is_a_lambda_of_an_own_function_has_the_schema_that_it_hands_over() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/codec.py": OWN_FUNCTIONS,
        "job/main.py": """
            from kafka import KafkaConsumer
            from codec import deserialize, load

            schema = load("schemas/order.avsc")
            consumer = KafkaConsumer("orders", value_deserializer=lambda data: deserialize(schema, data))
            """,
    }
    assert bound(texts) == {("consumes", "orders", "order")}


LOADERS = {
    "JSON": """
        def load_schema(path):
            with open(path) as file:
                return json.load(file)
        """,
    "JSON that is written again": """
        def load_schema(path):
            with open(path) as file:
                schema = json.load(file)
            return json.dumps(schema)
        """,
    "JSON of a path's text, parsed": """
        def load_schema(path):
            return fastavro.parse_schema(json.loads(Path(path).read_text()))
        """,
    "a path that is joined": """
        FOLDER = os.path.join(os.path.dirname(__file__), "..")

        def load_schema(path):
            with open(os.path.join(FOLDER, path)) as file:
                return file.read()
        """,
    "a path that is divided": """
        FOLDER = Path(__file__).parent.parent

        def load_schema(path):
            return (FOLDER / path).read_text()
        """,
    "a folder that an object holds": """
        class Registry:
            def __init__(self, folder):
                self.folder = Path(folder)

            def fetch(self, path):
                return json.loads((self.folder / f"{path}").read_bytes())

        load_schema = Registry("job/..").fetch
        """,
    "a method that asks another": """
        class Registry:
            def fetch(self, path):
                with open(path) as file:
                    return json.load(file)

            def fetch_text(self, path):
                return json.dumps(self.fetch(path))

        load_schema = Registry().fetch_text
        """,
    "a method of a base, which asks one of the class that is derived": """
        class Registry(ABC):
            @abstractmethod
            def fetch(self, path): ...

            def fetch_text(self, path):
                return json.dumps(self.fetch(path))

        class Files(Registry):
            def fetch(self, path):
                with open(path) as file:
                    return json.load(file)

        load_schema = Files().fetch_text
        """,
}


@pytest.mark.parametrize("loader", LOADERS.values(), ids=LOADERS)
def test_a_function_that_loads_schemas_gives_that_of_the_path_that_it_is_handed(loader: str) -> None:
    imports = """
        import json
        import os
        from abc import ABC, abstractmethod
        from pathlib import Path

        import fastavro
        """
    texts = {
        "job/Dockerfile": "",
        "job/registry.py": textwrap.dedent(imports) + textwrap.dedent(loader),
        "job/main.py": """
            from confluent_kafka import DeserializingConsumer
            from confluent_kafka.schema_registry.avro import AvroDeserializer
            from registry import load_schema

            order_schema = load_schema("schemas/order.avsc")
            consumer = DeserializingConsumer({"value.deserializer": AvroDeserializer(None, order_schema)})
            consumer.subscribe(["orders"])
            """,
    }
    assert bound(texts) == {("consumes", "orders", "order")}


def test_a_wrapper_of_another_folder_decodes_with_the_codec_of_who_calls_it() -> None:
    texts = {
        "libs/Dockerfile": "",
        "libs/sources/kinesis.py": """
            from pyflink.datastream.connectors.kinesis import FlinkKinesisConsumer

            def read_stream(name, deserializer):
                return FlinkKinesisConsumer(streams=name, deserializer=deserializer, config_props={})
            """,
        "libs/jobs/main.py": """
            from pyflink.datastream.formats.avro import AvroRowDeserializationSchema
            from libs.sources.kinesis import read_stream

            if __name__ == "__main__":
                rows = AvroRowDeserializationSchema(avro_schema_string=open("schemas/order.avsc").read())
                read_stream("orders", rows)
            """,
    }
    assert bound(texts) == {("consumes", "orders", "order")}


def test_a_schema_in_a_dict_of_settings_is_bound_and_that_of_keys_is_not() -> None:
    texts = {
        "schemas/order_key.avsc": SCHEMA.replace("Order", "OrderKey"),
        "job/Dockerfile": "",
        "job/main.py": """
            from confluent_kafka import Consumer, Producer
            from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
            from confluent_kafka.serialization import MessageField, SerializationContext

            class Base:
                def load_schema(self, path):
                    with open(path) as file:
                        text = file.read()
                    return text

            class Sink(Base):
                def __init__(self, props):
                    value_text = self.load_schema(props["schema.value"])
                    self.encode_key = AvroSerializer(None, self.load_schema(props["schema.key"]))
                    self.encode = AvroSerializer(None, value_text)
                    self.producer = Producer({})

                def put(self, topic, key, row):
                    context = SerializationContext(topic, MessageField.VALUE)
                    self.producer.produce(topic, key=self.encode_key(key), value=self.encode(row, context))

            class Source(Base):
                def __init__(self, props):
                    self.decode_key = AvroDeserializer(None, self.load_schema(props["schema.key"]))
                    self.decode = AvroDeserializer(None, self.load_schema(props["schema.value"]))
                    self.consumer = Consumer({})

                def listen(self, topics):
                    self.consumer.subscribe(topics)
                    message = self.consumer.poll(1.0)
                    key = self.decode_key(message.key(), SerializationContext(message.topic(), MessageField.KEY))
                    record = self.decode(message.value(), SerializationContext(message.topic(), MessageField.VALUE))

            props = {"schema.key": "schemas/order_key.avsc", "schema.value": "schemas/order.avsc"}
            Sink(props).put("orders", {}, {})
            Source(props).listen(["orders"])
            """,
    }
    assert bound(texts) == {("produces", "orders", "order"), ("consumes", "orders", "order")}


def test_a_record_that_is_sent_as_a_pair_with_its_schema_is_of_that_schema() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from aws_schema_registry import SchemaRegistryClient
            from aws_schema_registry.adapter.kafka import KafkaSerializer
            from aws_schema_registry.avro import AvroSchema
            from kafka import KafkaProducer

            class Sink:
                def __init__(self, topic):
                    self.topic = topic
                    self.producer = self.create()

                def create(self):
                    return KafkaProducer(value_serializer=KafkaSerializer(SchemaRegistryClient(None)))

                def send(self, rows, schema: AvroSchema):
                    for row in rows:
                        self.producer.send(self.topic, value=(row, schema))

            Sink("orders").send([], AvroSchema(open("schemas/order.avsc").read()))
            """,
    }
    assert bound(texts) == {("produces", "orders", "order")}


def test_a_record_that_a_registry_client_encodes_is_of_the_schema_beside_it() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from confluent_kafka import Producer
            from schema_registry.client import SchemaRegistryClient, schema
            from schema_registry.serializers import AvroMessageSerializer

            order = schema.AvroSchema(open("schemas/order.avsc").read())
            serializer = AvroMessageSerializer(SchemaRegistryClient("x"))
            Producer({}).produce("orders", value=serializer.encode_record_with_schema("orders-value", order, {"id": 1}))
            """,
    }
    assert bound(texts) == {("produces", "orders", "order")}


def test_a_schema_that_the_registry_hands_out_is_a_schema_of_its_own() -> None:
    code = """
        from confluent_kafka import DeserializingConsumer
        from confluent_kafka.schema_registry import SchemaRegistryClient
        from confluent_kafka.schema_registry.avro import AvroDeserializer
        from helpers import get_from_registry

        registry = SchemaRegistryClient({"url": "x"})
        schema = get_from_registry(registry, "orders-value", 2)
        settings = {"group.id": "g", "value.deserializer": AvroDeserializer(registry, schema.schema_str)}
        DeserializingConsumer(settings).subscribe(["orders"])
        """
    [link] = map_of({"job/Dockerfile": "", "job/main.py": textwrap.dedent(code)}).links

    assert (link.subject, link.decoder) == (None, Decoder("confluent-kafka", "own"))


def test_an_encoding_function_of_a_package_beside_is_that_of_the_call() -> None:
    texts = {
        "src/events/writing.py": """
            import io
            import avro.io
            import avro.schema

            schema = avro.schema.parse(open("schemas/order.avsc").read())

            def encode(record):
                out = io.BytesIO()
                avro.io.DatumWriter(schema).write(record, avro.io.BinaryEncoder(out))
                return out.getvalue()
            """,
        "src/routes/orders.py": """
            from confluent_kafka import Producer
            from ..events.writing import encode

            def post(row):
                Producer({}).produce("orders", value=encode(row))
            """,
        "src/routes/Dockerfile": "",
        "src/events/Dockerfile": "",
    }
    assert bound(texts) == {("produces", "orders", "order")}


def test_of_several_schemas_beside_a_call_that_is_taken_whose_name_the_topic_has() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from confluent_kafka import Producer
            from confluent_kafka.schema_registry.avro import AvroSerializer

            def serializers():
                return (
                    AvroSerializer(None, open("schemas/order.avsc").read()),
                    AvroSerializer(None, open("schemas/refund.avsc").read()),
                )

            def send(topic, value):
                Producer({}).produce(topic, value=value)

            def run(row):
                order, refund = serializers()
                send("refunds", refund(row))
                send("order-value", order(row))
                send("parcels", order(row))
            """,
    }
    assert bound(texts) == {
        ("produces", "order-value", "order"),
        ("produces", "refunds", "refund"),
        ("produces", "parcels", "order"),
        ("produces", "parcels", "refund"),
    }


def test_spark_decodes_with_a_schema_of_its_own_where_its_options_name_one() -> None:
    code = """
        from pyspark.sql.avro.functions import from_avro

        own = open("order.avsc").read()
        stream = spark.readStream.format("kafka").option("subscribe", "orders").load()
        stream.select(from_avro("value", written, {"mode": "PERMISSIVE", "avroSchema": own}).alias("order"))
        """
    [link] = map_of({"job/Dockerfile": "", "job/order.avsc": SCHEMA, "job/main.py": textwrap.dedent(code)}).links

    assert (link.subject, link.decoder) == ("order", Decoder("spark", "own"))


@pytest.mark.parametrize(
    ("read", "write"),
    [
        (
            'spark.read.format("avro").option("avroSchema", schema).load("/landing/orders")',
            'orders.write.option("avroSchema", schema).format("avro").save("/lake/orders")',
        ),
        (
            'spark.read.format("avro").options(avroSchema=schema).load("/landing/orders")',
            'orders.write.options(avroSchema=schema).format("avro").save("/lake/orders")',
        ),
        (
            'spark.read.load("/landing/orders", format="avro", avroSchema=schema)',
            'orders.write.save("/lake/orders", format="avro", avroSchema=schema)',
        ),
    ],
    ids=["option", "options", "with the path"],
)
def test_spark_reads_and_writes_files_with_the_schema_of_its_option(read: str, write: str) -> None:
    code = f"""
        schema = open("order.avsc").read()
        orders = {read}
        {write}
        """
    links = map_of({"job/Dockerfile": "", "job/order.avsc": SCHEMA, "job/main.py": textwrap.dedent(code)}).links

    assert [(link.direction, link.endpoint.name, link.subject, link.decoder) for link in links] == [
        ("consumes", "/landing/orders", "order", Decoder("spark", "own")),
        ("produces", "/lake/orders", "order", Decoder("spark", "single")),
    ]


def test_flink_takes_its_schema_for_the_writers_too() -> None:
    code = """
        from pyflink.datastream.connectors.kafka import KafkaSource
        from pyflink.datastream.formats.avro import AvroRowDeserializationSchema

        rows = AvroRowDeserializationSchema(avro_schema_string=open("order.avsc").read())
        source = KafkaSource.builder().set_topics("orders").set_value_only_deserializer(rows).build()
        """
    [link] = map_of({"job/Dockerfile": "", "job/order.avsc": SCHEMA, "job/main.py": textwrap.dedent(code)}).links

    assert (link.subject, link.decoder) == ("order", Decoder("flink", "single"))


def test_a_container_file_is_written_with_the_schema_beside_its_writer() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            import avro.schema
            from avro.datafile import DataFileWriter
            from avro.io import DatumWriter

            schema = avro.schema.parse(open("schemas/order.avsc").read())
            writer = DataFileWriter(open("orders.avro", "wb"), DatumWriter(), schema)
            writer.append({"id": 1})
            """,
    }
    assert bound(texts) == {("produces", "orders.avro", "order")}


MODELS = """
    from dataclasses import dataclass
    from dataclasses_avroschema import AvroModel

    @dataclass
    class Line(AvroModel):
        sku: str

    @dataclass
    class Order(AvroModel):
        id: int
        lines: list[Line]

    @dataclass
    class Plain:
        id: int
    """


def test_a_typed_model_is_the_schema_of_what_its_methods_encode_and_decode() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/models.py": MODELS,
        "job/main.py": """
            from kafka import KafkaConsumer, KafkaProducer
            from models import Order

            def publish(rows):
                order = Order(id=1, lines=[])
                KafkaProducer().send("orders", order.serialize())

            def listen():
                for message in KafkaConsumer("orders"):
                    order = Order.deserialize(message.value)
                    print(order.id)
            """,
    }
    found = map_of({path: textwrap.dedent(text) for path, text in texts.items()})

    assert [subject.latest.name for subject in found.subjects] == ["Order"]
    assert [field.path for field in found.subjects[0].latest.fields] == ["id", "lines", "lines[].sku"]
    assert {(link.direction, link.subject, link.decoder) for link in found.links} == {
        (direction, found.subjects[0].name, Decoder("fastavro", "single")) for direction in ("produces", "consumes")
    }
    assert ("id", "certain") in {(use.path, use.certainty) for use in found.uses if use.mode == "reads"}


def test_a_serialize_of_something_else_shows_nothing() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/models.py": MODELS,
        "job/main.py": """
            from kafka import KafkaProducer
            from models import Plain

            def publish():
                KafkaProducer().send("orders", Plain(1).serialize())
            """,
    }
    found = map_of({path: textwrap.dedent(text) for path, text in texts.items()})

    assert [(link.subject, link.decoder) for link in found.links] == [(None, None)]


@pytest.mark.parametrize(
    ("asks", "line"),
    [
        ("client.get_schema(41)", 6),
        ("WANTED = 41\nclient.get_schema(WANTED)", 7),
        ('client.get_version("orders-value", 3)', 6),
        ('conf = {"use.schema.id": 12}', 6),
        ("client.get_schema(id_of(message))", 0),
        ('client.get_latest_version("orders-value")', 0),
        ("depot.get_version()", 0),
    ],
)
def test_a_consumer_that_asks_a_registry_for_one_version_is_known_by_the_line(asks: str, line: int) -> None:
    code = (
        "from confluent_kafka import Consumer\n"
        "consumer = Consumer({})\n"
        'consumer.subscribe(["orders"])\n'
        "message = consumer.poll()\n"
        "client = registry()\n"
        f"{asks}\n"
    )

    [link] = map_of({"job/Dockerfile": "", "job/main.py": code}).links

    assert (link.pinned.first_line if link.pinned else 0) == line
