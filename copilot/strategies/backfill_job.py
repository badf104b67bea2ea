"""The job that fills a new field in what a compacted topic keeps for ever: it writes the last record of a key again, and no other.

Kafka has no write on condition, so a producer may get between the job's reading and its writing. The job reads back what it wrote:
where a newer record of the key lies before it, that one is written again, so that it stands last. Names are quoted, never pasted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from copilot.domain.mapping import literal
from copilot.strategies.guarded import in_docstring

_PLACE = re.compile(r"\{(\w+)\}")
_PROGRAM = '''"""{about}
"""

import io
import json
import os
import sys
{imports}
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition

TOPIC = {topic}
MARK = {mark}
PATH = {path}
SCHEMA = os.environ.get("SCHEMA", {schema})
SECONDS = 60


def fill(record):
    """Fills what is missing; tells whether anything was."""
    is_filled = False
    for holder in holders(record, PATH):
{fills}
    return is_filled


def holders(value, path):
    """Yields the records, in a record, that have the field."""
    if not path:
        yield from [value] if isinstance(value, dict) else []
    elif path[0] in ("[]", "{{}}"):
        for item in (value.values() if isinstance(value, dict) else value) or []:
            yield from holders(item, path[1:])
    elif isinstance(value, dict):
        yield from holders(value.get(path[0]), path[1:])


def from_container(value):
    import fastavro

    return next(fastavro.reader(io.BytesIO(value)))


def to_container(record):
    import fastavro

    written = io.BytesIO()
    fastavro.writer(written, fastavro.schema.load_schema(SCHEMA), [record])
    return written.getvalue()


def registry():
    from confluent_kafka.schema_registry import SchemaRegistryClient

    return SchemaRegistryClient({{"url": os.environ["SCHEMA_REGISTRY_URL"]}})


def from_confluent(value):
    from confluent_kafka.schema_registry.avro import AvroDeserializer

    return AvroDeserializer(registry())(value, None)


def to_confluent(record):
    from confluent_kafka.schema_registry.avro import AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    conf = {{"auto.register.schemas": False, "use.latest.version": True}}
    with open(SCHEMA, encoding="utf-8") as file:
        serializer = AvroSerializer(registry(), file.read(), conf=conf)
    return serializer(record, SerializationContext(TOPIC, MessageField.VALUE))


CODECS = {{
    "json": (json.loads, lambda record: json.dumps(record).encode()),
    "container": (from_container, to_container),
    "confluent": (from_confluent, to_confluent),
}}


def filled(message):
    """Returns the value with what was missing, None where nothing is."""
    if message.value() is None:
        return None
    decode, encode = CODECS[os.environ["RECORDS"]]
    try:
        record = decode(message.value())
        return encode(record) if fill(record) else None
    except Exception as error:
        raise RuntimeError(f"{{TOPIC}} {{message.partition()}}:{{message.offset()}} can't be filled: {{error!r}}") from error


def source_of(message):
    """Returns the offset of the record that this job made the message from, None where somebody else wrote it."""
    return next((int(value) for name, value in message.headers() or [] if name == MARK), None)


class Keys:
    """The last record of each key that had one to fill, and the keys whose last record has to be written (`due`)."""

    def __init__(self):
        self.kept = {{}}
        self.due = set()

    def read(self, message):
        key, source = message.key(), source_of(message)
        if key is None:
            raise RuntimeError(f"{{TOPIC}} {{message.partition()}}:{{message.offset()}} has no key: is it compacted?")
        if source is not None:
            if key in self.kept:
                # Where a newer record of the key lies before this one, it was overtaken, and has to come again.
                (self.due.discard if self.kept[key].offset() == source else self.due.add)(key)
        elif filled(message) is not None:
            self.kept[key] = message
            self.due.add(key)
        elif key in self.kept:
            self.kept[key] = message
            self.due.discard(key)

    def taken(self):
        """Returns what has to be written now; the rest is forgotten."""
        self.kept = {{key: message for key, message in self.kept.items() if key in self.due}}
        return list(self.kept.values())


def delivered(error, message):
    if error is not None:
        raise RuntimeError(error)


def send(producer, message):
    value = filled(message)
    headers = [it for it in message.headers() or [] if it[0] != MARK]
    producer.produce(
        TOPIC,
        value=message.value() if value is None else value,
        key=message.key(),
        headers=[*headers, (MARK, str(message.offset()).encode())],
        partition=message.partition(),
        timestamp=message.timestamp()[1],
        on_delivery=delivered,
    )


def read_to_end(consumer, keys):
    while True:
        message = consumer.poll(SECONDS)
        if message is None:
            raise RuntimeError(f"nothing came from {{TOPIC}} in {{SECONDS}} s, nor its end")
        if not message.error():
            keys.read(message)
        elif message.error().code() == KafkaError._PARTITION_EOF:
            return
        else:
            raise RuntimeError(message.error())


def main(counts_only):
    servers = os.environ["KAFKA_BOOTSTRAP"]
    consumer = Consumer(
        {{
            "bootstrap.servers": servers,
            "group.id": MARK,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }}
    )
    producer = Producer({{"bootstrap.servers": servers, "enable.idempotence": True}})
    for number in sorted(consumer.list_topics(TOPIC, timeout=SECONDS).topics[TOPIC].partitions):
        consumer.assign([TopicPartition(TOPIC, number, OFFSET_BEGINNING)])
        keys, written = Keys(), 0
        read_to_end(consumer, keys)
        while not counts_only and keys.due:
            for message in keys.taken():
                send(producer, message)
                producer.poll(0)
                written += 1
            producer.flush()
            read_to_end(consumer, keys)
        print(json.dumps({{"partition": number, "written": written, "left": len(keys.due)}}), flush=True)
    consumer.close()


if __name__ == "__main__":
    main(counts_only=sys.argv[1:] == ["count"])
'''
IMPORTED = {"Decimal": "from decimal import Decimal\n"}
"""Names, other than Python's own, that the value of a field may need, with the line that brings each into the job."""
_FILL = """        if {lacks}:
            value = {value}
            is_filled = is_filled or value is not None
            holder[{name}] = value"""


@dataclass(frozen=True, slots=True)
class Fill:
    """A new field, and the Python expression of its value, in which "{name}" stands for an old field of the same record."""

    name: str
    written: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The old fields that the value is made of."""
        return tuple(dict.fromkeys(_PLACE.findall(self.written)))


def backfill_text(topic: str, fills: tuple[Fill, ...], path: tuple[str, ...], schema: str) -> str:
    """Returns the job's program; `path` leads from the whole record to the one that has the fields, "[]" and "{}" for items.

    `schema` is the path of the new schema, in which Avro records are written.
    """
    new = ", ".join(fill.name for fill in fills)
    about = f"""Fills {new} in what {topic} keeps for ever; to be taken away once none is left.

{topic} is compacted: the last record of a key stays. This reads it from its beginning, and writes a record again, under its
key and into its partition, where it is the last one of its key and lacks {new}. Run it once every producer writes both. Readers
get such records once more. Where a producer writes a key in the same moment, its record is written again after this one's, so that
it stands last; a reader may see the older one in between. Run one copy. After a crash, run it again at once: it begins anew.

With the argument "count" it only counts. Either way it prints a line of JSON for each partition: "written", and "left", the keys
whose last record lacks it.

KAFKA_BOOTSTRAP names the brokers. RECORDS says how values are encoded: "json", "confluent" (an id of the registry before the
bytes; SCHEMA_REGISTRY_URL), or "container" (Avro with its schema). From bare Avro bytes nobody can tell which schema they have.
SCHEMA is the file of the new schema."""
    return _PROGRAM.format(
        about=in_docstring(about),
        topic=literal(topic),
        mark=literal(f"backfill-{new}"),
        path="[" + ", ".join(map(literal, path)) + "]",
        schema=literal(schema),
        fills="\n".join(map(_filled, fills)),
        imports="".join(line for name, line in IMPORTED.items() if any(name in fill.written for fill in fills)),
    )


def _filled(fill: Fill) -> str:
    have = (f"holder.get({literal(name)}) is not None" for name in fill.sources)
    value = _PLACE.sub(lambda match: f"holder[{literal(match[1])}]", fill.written)
    is_missing = f"holder.get({literal(fill.name)}) is None"
    return _FILL.format(lacks=" and ".join((is_missing, *have)), value=value, name=literal(fill.name))


def holder_path(path: str) -> tuple[str, ...]:
    """Returns the steps from the whole record to the one that has a field: "items[].price" gives ("items", "[]")."""
    steps: list[str] = []
    for name in path.split(".")[:-1]:
        bare = name.rstrip("[]{}")
        marks: Iterable[str] = re.findall(r"\[\]|\{\}", name[len(bare) :])
        steps += [bare, *marks]
    return tuple(steps)
