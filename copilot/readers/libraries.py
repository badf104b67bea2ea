"""Which names of client libraries make clients, consume, produce, decode, encode, or only hand a schema on?

The tables are what the readers know about libraries: `broker_table` and `framework_table` for what reads and writes endpoints, the
sets below for codecs. Names are full dotted names as imported, matched by their first and last parts, because the parts between
them move from release to release.
"""

from __future__ import annotations

import sys

from copilot.readers import broker_table, framework_table, spark_table, storage_table
from copilot.readers.steps import SAME, Step, Steps

MAX_STEPS = 3
"""What a call does at most: "name", "name+" and "name++" of a table."""
GLUE = "aws_schema_registry"
LIBRARIES = {
    "fastavro": "fastavro",
    "avro": "avro",
    # Both registries' packages encode with fastavro.
    GLUE: "fastavro",
    "schema_registry": "fastavro",
    **broker_table.NAMES,
    **framework_table.NAMES,
}
CONVERSIONS = frozenset(
    {"float", "int", "str", "bool", "abs", "round", "len", "min", "max", "sum", "list", "sorted", "Decimal"}
)
SERIALIZERS = frozenset({"AvroSerializer", "DatumWriter", "MessageSerializer", "AvroRowSerializationSchema"})
DESERIALIZERS = frozenset({"AvroDeserializer", "DatumReader", "AvroRowDeserializationSchema"})
# Positions of (writer schema, reader schema, record) among the arguments, and lists around the record.
DECODE_CALLS = {
    "schemaless_reader": (1, 2, 0),
    "reader": (-1, 1, 1),
    "block_reader": (-1, 1, 1),
    "json_reader": (1, 2, 1),
    "_read_data": (1, 3, 0),
}
ENCODE_CALLS = {"schemaless_writer": (1, 2, 0), "writer": (1, 2, 1), "json_writer": (1, 2, 1)}
SPARK_CODECS = {"from_avro": "decode", "to_avro": "encode"}
CONTAINER_CALLS = frozenset({"reader", "block_reader", "writer"})
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
        "AvroSchema",
    }
)

TOPIC_PASSERS = frozenset({"Schema", "SchemaReference", "NewTopic", "TopicPartition", "RabbitQueue"})
_CALLS: dict[str, Steps] = {**broker_table.CALLS, **framework_table.CALLS}
_METHODS: dict[str, Steps] = {**broker_table.METHODS, **framework_table.METHODS}
_COMMON = spark_table.COMMON_NAMES | storage_table.COMMON_NAMES
METHOD_NAMES = (
    frozenset(name.partition(":")[0].rstrip("+") for steps in _METHODS.values() for name in steps) - {"*"} - _COMMON
)
"""Every method of a client that the tables have, but for names that anything may have."""
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

DECORATOR_NAMES = frozenset(name.rstrip("+") for steps in framework_table.DECORATORS.values() for name in steps)
"""Every method of a client that decorates what it feeds, or what it publishes the results of."""
FEEDING_NAMES = frozenset({"agent", "subscriber"})
PUBLISHING_NAMES = frozenset({"publisher"})
"""Those whose function gets a record first, or returns one."""
TELLING_METHODS = broker_table.TELLING_METHODS
ATTRIBUTE_NAMES = frozenset(name for names in framework_table.ATTRIBUTES.values() for name in names)
"""The attributes that any library has a kind for."""


def is_foreign(dotted: str) -> bool:
    """Tells whether a name surely comes from outside the repository: the standard library, or a well-known package."""
    top = dotted.partition(".")[0]
    return top in sys.stdlib_module_names or top in _FOREIGN or top in LIBRARIES


def library_of(dotted: str) -> str:
    """Returns the library that a full dotted name belongs to, "" where it is none of those known."""
    return LIBRARIES.get(dotted.partition(".")[0], "") if "." in dotted else ""


def call_steps(dotted: str, first: str = "") -> tuple[Step, ...]:
    """Returns what a call of an imported name does, () where the tables don't have it; `first` is its first argument's text."""
    steps = _CALLS.get(dotted.partition(".")[0])
    if steps is None or "." not in dotted:
        return ()
    rest, _, last = dotted.rpartition(".")
    return _steps(steps, f"{rest.rpartition('.')[2]}.{last}", first) or _steps(steps, last, first)


def method_steps(kind: str, name: str, first: str = "") -> tuple[Step, ...]:
    """Returns what a method of a client of that kind does, () where the tables don't have it."""
    steps = _METHODS.get(kind, {})
    return _steps(steps, name, first) or _steps(steps, "*", "")


def gives_object(kind: str, name: str) -> bool:
    """Tells whether a method of a client of that kind gives another one, whatever its first argument is."""
    steps = _METHODS.get(kind, {})
    return any(
        steps[key].gives not in ("", "=") for key in steps if key == name or key.startswith(f"{name}:")
    ) or steps.get("*", SAME).gives not in ("", "=")


def decorator_steps(kind: str, name: str) -> tuple[Step, ...]:
    """Returns what a method of a client does to the function that it decorates."""
    return _steps(framework_table.DECORATORS.get(kind, {}), name, "")


def attribute_kind(owner: str, name: str) -> str:
    """Returns the kind of an attribute of a client of the kind `owner`, or of anything in a file that imports that library."""
    return framework_table.ATTRIBUTES.get(owner, {}).get(name, "")


def _steps(steps: Steps, name: str, first: str) -> tuple[Step, ...]:
    keys = (f"{name}:{first}" if first else name, name)
    found = next((steps[key] for key in keys if key in steps), None)
    if found is None:
        return ()
    more = (steps.get(name + "+" * number) for number in range(1, MAX_STEPS))
    return (found, *(step for step in more if step is not None))
