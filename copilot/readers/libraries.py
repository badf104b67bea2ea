"""Which names of client libraries consume, produce, decode, encode, or only hand a schema on?

The tables are what the readers know about libraries; a new library is some lines here. Names are full dotted names as imported,
matched by their first and last part, because the parts between them move from release to release.
"""

from __future__ import annotations

import sys

LIBRARIES = {
    "confluent_kafka": "confluent-kafka",
    "kafka": "kafka-python",
    "aiokafka": "aiokafka",
    "faust": "faust",
    "fastavro": "fastavro",
    "avro": "avro",
    "faststream": "faststream",
}
CONVERSIONS = frozenset(
    {"float", "int", "str", "bool", "abs", "round", "len", "min", "max", "sum", "list", "sorted", "Decimal"}
)
CONSUMERS = frozenset(
    {
        "Consumer",
        "AvroConsumer",
        "DeserializingConsumer",
        "KafkaConsumer",
        "AIOKafkaConsumer",
        "AIOConsumer",
        "ShareConsumer",
    }
)
PRODUCERS = frozenset(
    {"Producer", "AvroProducer", "SerializingProducer", "KafkaProducer", "AIOKafkaProducer", "AIOProducer"}
)
SERIALIZERS = frozenset({"AvroSerializer", "DatumWriter", "MessageSerializer"})
DESERIALIZERS = frozenset({"AvroDeserializer", "DatumReader"})
# Positions of (writer schema, reader schema, record) among the arguments, and lists around the record.
DECODE_CALLS = {
    "schemaless_reader": (1, 2, 0),
    "reader": (-1, 1, 1),
    "block_reader": (-1, 1, 1),
    "json_reader": (1, 2, 1),
    "_read_data": (1, 3, 0),
}
ENCODE_CALLS = {"schemaless_writer": (1, 2, 0), "writer": (1, 2, 1), "json_writer": (1, 2, 1)}
SCHEMA_PASSERS = frozenset(
    {
        "parse_schema",
        "load_schema",
        "load_schema_ordered",
        "expand_schema",
        "parse",
        "Parse",
        "make_avsc_object",
        "loads",
        "load",
    }
)

_FOREIGN = frozenset(
    {
        "numpy",
        "np",
        "pandas",
        "pd",
        "scipy",
        "sklearn",
        "torch",
        "tensorflow",
        "keras",
        "requests",
        "sqlalchemy",
        "pydantic",
    }
    | {
        "pytest",
        "mock",
        "unittest",
        "logging",
        "astropy",
        "matplotlib",
        "boto3",
        "pymongo",
        "redis",
        "yaml",
        "prometheus_client",
    }
)


def is_foreign(dotted: str) -> bool:
    """Tells whether a name surely comes from outside the repository: the standard library, or a well-known package."""
    top = dotted.partition(".")[0]
    return top in sys.stdlib_module_names or top in _FOREIGN or top in LIBRARIES


def library_of(dotted: str) -> str:
    """Returns the library that a full dotted name belongs to, "" where it is none of those known."""
    return LIBRARIES.get(dotted.partition(".")[0], "") if "." in dotted else ""
