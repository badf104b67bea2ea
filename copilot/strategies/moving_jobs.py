"""Programs of the jobs that a patch brings to move records: a bridge, a migrator, a router, a merger.

All read topics from their beginning, send each record on, and commit only what has arrived. Topics are literals in them, so that
whoever reads the repository sees the topics; names that a repository or a person gave are quoted, never pasted.
"""

from __future__ import annotations

import re

from copilot.domain.mapping import literal
from copilot.domain.pipeline import PipelineMap
from copilot.strategies.guarded import in_docstring

_PROGRAM = '''"""{about}
"""

{imports}

from confluent_kafka import Consumer, Producer

BATCH = 500


def delivered(error, message):
    if error is not None:
        raise RuntimeError(error)


{sending}


def main():
    servers = os.environ["KAFKA_BOOTSTRAP"]
    consumer = Consumer(
        {{
            "bootstrap.servers": servers,
            "group.id": {group},
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }}
    )
    producer = Producer({{"bootstrap.servers": servers, "enable.idempotence": True}})
    consumer.subscribe([{old}])
    while True:
        messages = consumer.consume(BATCH, timeout=1.0)
        for message in messages:
            if message.error():
                raise RuntimeError(message.error())
            send(producer, message)
        if messages:
            producer.flush()
            consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
'''
_BRIDGE = """def send(producer, message):
    producer.produce(
        {new},
        value=message.value(),
        key=message.key(),
        headers=message.headers(),
        partition=message.partition(),
        timestamp=message.timestamp()[1],
        on_delivery=delivered,
    )"""
_MIGRATOR = """{decoding}


def key_of(message):
    if message.value() is None:
        return message.key()
    found = DECODE[os.environ["RECORDS"]](message.value()){access}
    return None if found is None else str(found).encode()


def send(producer, message):
    producer.produce(
        {new},
        value=message.value(),
        key=key_of(message),
        headers=message.headers(),
        timestamp=message.timestamp()[1],
        on_delivery=delivered,
    )"""
_BY_VALUE = """{decoding}


def found_in(message):
    return DECODE[os.environ["RECORDS"]](message.value()){access}"""
_BY_HEADER = """def found_in(message):
    found = dict(message.headers() or []).get("type")
    return None if found is None else found.decode()"""
_BY_TYPE = """def full_name(schema):
    space = schema.get("namespace")
    return schema["name"] if not space or "." in schema["name"] else f"{space}.{schema['name']}"


def from_container(value):
    import fastavro

    reader = fastavro.reader(io.BytesIO(value), return_record_name=True)
    record = next(reader)
    return record[0] if isinstance(record, tuple) else full_name(reader.writer_schema)


SCHEMAS = {}


def from_confluent(value):
    number = int.from_bytes(value[1:5], "big")
    if number not in SCHEMAS:
        from confluent_kafka.schema_registry import SchemaRegistryClient

        found = SchemaRegistryClient({"url": os.environ["SCHEMA_REGISTRY_URL"]}).get_schema(number)
        SCHEMAS[number] = json.loads(found.schema_str)
    schema = SCHEMAS[number]
    # A union's bytes begin with the branch's number, zigzag.
    branch = schema[value[5] // 2] if isinstance(schema, list) else schema
    return branch if isinstance(branch, str) else full_name(branch)


TYPE = {"container": from_container, "confluent": from_confluent}


def found_in(message):
    return TYPE[os.environ["RECORDS"]](message.value())"""
_ROUTER = """{finding}


def routed(message):
    headers = [*(message.headers() or []), ("sequence", f"{{message.partition()}}:{{message.offset()}}".encode())]
    return {{
        "value": message.value(),
        "key": message.key(),
        "headers": headers,
        "timestamp": message.timestamp()[1],
        "on_delivery": delivered,
    }}


def send(producer, message):
    # A record without a value deletes its key, and does not say where that lies.
    is_for_all = message.value() is None
    found = None if is_for_all else found_in(message)
{branches}
    if is_for_all or found not in {named}:
        producer.produce({rest}, **routed(message))"""
_MERGER = """def send(producer, message):
    place = f"{{message.topic()}}:{{message.partition()}}:{{message.offset()}}"
    producer.produce(
        {new},
        value={value},
        key=message.key(),
        headers=[*(message.headers() or []), ("sequence", place.encode())],
        timestamp=message.timestamp()[1],
        on_delivery=delivered,
    )"""
_WRAPPING = """SCHEMA = os.environ.get("SCHEMA", {schema})
NAMES = {names}
BRANCHES = {branches}


def wrapped(topic, record, place):
    return {wrapped}


def schema():
    import fastavro

    return fastavro.schema.load_schema(SCHEMA)


def from_container(topic, value):
    import fastavro

    return next(fastavro.reader(io.BytesIO(value)))


def to_container(value):
    import fastavro

    written = io.BytesIO()
    fastavro.writer(written, schema(), [value])
    return written.getvalue()


def from_bare(topic, value):
    import fastavro

    # A union's bytes are the branch's number, zigzag, and then the record's own.
    branch = bytes([2 * BRANCHES.index(NAMES[topic])])
    return fastavro.schemaless_reader(io.BytesIO(branch + value), union(schema()))


def union(read):
    return read if isinstance(read, list) else read["fields"][-1]["type"]


def to_bare(value):
    import fastavro

    written = io.BytesIO()
    fastavro.schemaless_writer(written, schema(), value)
    return written.getvalue()


def registry():
    from confluent_kafka.schema_registry import SchemaRegistryClient

    return SchemaRegistryClient({{"url": os.environ["SCHEMA_REGISTRY_URL"]}})


def from_confluent(topic, value):
    from confluent_kafka.schema_registry.avro import AvroDeserializer

    return AvroDeserializer(registry())(value, None)


def to_confluent(value):
    from confluent_kafka.schema_registry.avro import AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    with open(SCHEMA, encoding="utf-8") as file:
        serializer = AvroSerializer(registry(), file.read(), conf={{"auto.register.schemas": False}})
    return serializer(value, SerializationContext({new}, MessageField.VALUE))


CODECS = {{
    "container": (from_container, to_container),
    "bare": (from_bare, to_bare),
    "confluent": (from_confluent, to_confluent),
}}


def merged(message, place):
    if message.value() is None:
        return None
    decode, encode = CODECS[os.environ["RECORDS"]]
    return encode(wrapped(message.topic(), decode(message.topic(), message.value()), place))


"""
_TOKENISER = """{decoding}


{function}


def to_json(value):
    return json.dumps(value).encode()


def to_container(value):
    import fastavro

    written = io.BytesIO()
    fastavro.writer(written, fastavro.schema.load_schema(SCHEMA), [value])
    return written.getvalue()


def to_bare(value):
    import fastavro

    written = io.BytesIO()
    fastavro.schemaless_writer(written, fastavro.schema.load_schema(SCHEMA), value)
    return written.getvalue()


def to_confluent(value):
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    registry = SchemaRegistryClient({{"url": os.environ["SCHEMA_REGISTRY_URL"]}})
    with open(SCHEMA, encoding="utf-8") as file:
        serializer = AvroSerializer(registry, file.read(), conf={{"auto.register.schemas": False}})
    return serializer(value, SerializationContext({new}, MessageField.VALUE))


SCHEMA = os.environ.setdefault("SCHEMA", {schema})
ENCODE = {{"json": to_json, "container": to_container, "bare": to_bare, "confluent": to_confluent}}


def send(producer, message):
    if message.value() is None:
        # It deletes a key, and that is its token on the new topic.
        token, value = {name}(message.key().decode()), None
    else:
        records = os.environ["RECORDS"]
        record = DECODE[records](message.value())
        token = record{access} = {name}(record{access})
        value = ENCODE[records](record)
    producer.produce(
        {new},
        value=value,
        key=None if token is None else token.encode(),
        headers=message.headers(),
        timestamp=message.timestamp()[1],
        on_delivery=delivered,
    )"""
_UNION = "(NAMES[topic], record)"
_ENVELOPE = '{"type": TYPES[NAMES[topic]], "sequence": place, "record": (NAMES[topic], record)}'
_RECORDS = """RECORDS says how values are encoded: "json", "confluent" (an id of the registry before the bytes), "container" (Avro
with its schema), or "bare" (Avro bytes of the one schema in SCHEMA)."""
_DECODING = """def from_container(value):
    import fastavro

    return next(fastavro.reader(io.BytesIO(value)))


def from_bare(value):
    import fastavro

    schema = fastavro.schema.load_schema(os.environ["SCHEMA"])
    return fastavro.schemaless_reader(io.BytesIO(value), schema)


def from_confluent(value):
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroDeserializer

    return AvroDeserializer(SchemaRegistryClient({"url": os.environ["SCHEMA_REGISTRY_URL"]}))(value, None)


DECODE = {"json": json.loads, "container": from_container, "bare": from_bare, "confluent": from_confluent}"""


def job_path(folder: str, words: str, pipeline: PipelineMap) -> str:
    """Returns a free path for a job's file in a folder of its kind; no tool takes it for a test, whatever the topic is called."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()
    name = f"topic_{name}" if name.startswith("test") or not name.isidentifier() else name
    taken = {job.root for job in pipeline.jobs}
    path = f"{folder}/{name}.py"
    return path if path not in taken else f"{folder}/{name}_again.py"


def bridge_text(old: str, new: str) -> str:
    """Returns the job that copies a topic to its new name: one writer on the new topic, so the order per key is kept."""
    about = f"""Copies every record of {old} to {new} while readers move over; to be taken away once nobody writes {old} any more.

It is the only writer of {new} until the producers move, and it keeps key, headers, time and partition, so the order per key is
kept. After a crash the last records may come twice. {new} needs as many partitions as {old}."""
    return _program(about, "import os", _BRIDGE.format(new=literal(new)), old, f"bridge-{old}-{new}")


def migrator_text(old: str, new: str, path: str) -> str:
    """Returns the job that brings records to another topic under another key; `path` is the key's field path in the record."""
    about = f"""Copies every record of {old} to {new}, keyed by {path}; to be taken away once nobody writes {old} any more.

It is the only writer of {new} until the producers move, so records of one {path} keep the order in which it reads them. Those
that lay in different partitions of {old} had no order there. After a crash the last records may come twice.

{_RECORDS}"""
    sending = _MIGRATOR.format(new=literal(new), access=_access(path), decoding=_DECODING)
    return _program(about, "import io\nimport json\nimport os", sending, old, f"migrator-{old}-{new}")


def tokeniser_text(old: str, new: str, path: str, schema: str, name: str, module: str) -> str:
    """Returns the job that brings records to another topic with a token in place of a value that is their key, too.

    `module` is the text of the module that has the function `name`, `schema` the path of the schema that values are written by.
    """
    rest = module.partition('"""\n')[2]
    imports = sorted({"import io", "import json", "import os", *re.findall(r"(?m)^import \w+$", rest)})
    function = re.sub(r"(?m)^import \w+\n", "", rest).strip()
    about = f"""Copies every record of {old} to {new} with a token in the place of {path}, which is its key, too.

It is the only writer of {new} until the producers move, with the same secret as they have, so records of one {path} keep their
order. After a crash the last records may come twice. Take the job away once nobody writes {old} any more, and delete that topic:
what lies there stays in clear.

{_RECORDS}"""
    sending = _TOKENISER.format(
        decoding=_DECODING, function=function, new=literal(new), schema=literal(schema), name=name, access=_access(path)
    )
    return _program(about, "\n".join(imports), sending, old, f"tokeniser-{old}-{new}")


def router_text(old: str, routes: tuple[tuple[str, str], ...], rest: str, path: str) -> str:
    """Returns the job that brings each record to the topic of its value; `routes` are (value, topic), `path` the field's path."""
    about = f"""Brings each record of {old} to the topic of its {path}; a value that is not named goes to {rest}.

Bytes, keys, headers and times stay as they are, so records of one key and one {path} keep their order. Between topics there is
none: the header "sequence" has the partition and offset in {old}, by which a reader can tell what came first. A record without a
value goes to every topic. After a crash the last records may come twice.

{_RECORDS}"""
    finding = _BY_VALUE.format(decoding=_DECODING, access=_access(path))
    return _program(about, "import io\nimport json\nimport os", _routing(finding, routes, rest), old, f"router-{old}")


def type_router_text(old: str, routes: tuple[tuple[str, str], ...], rest: str, *, is_header: bool) -> str:
    """Returns the job that brings each record to the topic of its type: what its schema is called, or its header "type" says."""
    how = 'header "type"' if is_header else "schema's name"
    about = f"""Brings each record of {old} to the topic of its type, as its {how} has it; a type that is not named goes to {rest}.

Bytes, keys, headers and times stay as they are, so records of one key and one type keep their order. Between topics there is
none: the header "sequence" has the partition and offset in {old}, by which a reader can tell what came first. A record without a
value goes to every topic. After a crash the last records may come twice."""
    if is_header:
        return _program(about, "import os", _routing(_BY_HEADER, routes, rest), old, f"router-{old}")
    about += """

RECORDS says how values are encoded: "confluent" (an id of the registry before the bytes; SCHEMA_REGISTRY_URL) or "container" (Avro
with its schema). Bare Avro bytes don't say what they are."""
    return _program(about, "import io\nimport json\nimport os", _routing(_BY_TYPE, routes, rest), old, f"router-{old}")


def _routing(finding: str, routes: tuple[tuple[str, str], ...], rest: str) -> str:
    branches = "\n".join(
        f"    if is_for_all or found == {literal(value)}:\n        producer.produce({literal(topic)}, **routed(message))"
        for value, topic in routes
    )
    named = f"[{', '.join(literal(value) for value, _ in routes)}]"
    return _ROUTER.format(finding=finding, branches=branches, named=named, rest=literal(rest))


def merger_text(old: tuple[str, ...], new: str) -> str:
    """Returns the job that brings the records of several topics, as they are, together on one."""
    sending = _MERGER.format(new=literal(new), value="message.value()")
    return _program(_about_merger(old, new), "import os", sending, old, f"merger-{new}")


def wrapper_text(names: dict[str, str], new: str, schema: str, types: dict[str, str]) -> str:
    """Returns the job that brings records of several topics together under one schema: the text of the file `schema`.

    `names` is the full name of each topic's record. With `types`, the word for each of those names, a record lies in an envelope
    that says its type; else the schema is a union, and the record a branch of it.
    """
    about = _about_merger(tuple(names), new)
    about += f"""

Values are written as {schema} says. RECORDS says how they are encoded, in what is read and what is written: "confluent" (an id of
the registry before the bytes; SCHEMA_REGISTRY_URL, and register the file under {new}-value first), "container" (Avro with its
schema), or "bare" (Avro bytes, read by the record's schema in that file)."""
    wrapping = _WRAPPING.format(
        schema=literal(schema),
        names=_table(names),
        branches=f"[{', '.join(map(literal, dict.fromkeys(names.values())))}]" + _types(types),
        wrapped=_ENVELOPE if types else _UNION,
        new=literal(new),
    )
    sending = wrapping + _MERGER.format(new=literal(new), value="merged(message, place)")
    return _program(about, "import io\nimport os", sending, tuple(names), f"merger-{new}")


def _types(types: dict[str, str]) -> str:
    return f"\nTYPES = {_table(types)}" if types else ""


def _table(entries: dict[str, str]) -> str:
    return "{" + ", ".join(f"{literal(key)}: {literal(value)}" for key, value in entries.items()) + "}"


def _about_merger(old: tuple[str, ...], new: str) -> str:
    return f"""Brings the records of {", ".join(old)} together on {new}; to be taken away once nobody writes those any more.

It is the only writer of {new} until the producers move. Key, headers and time stay; records of one key that lay in one topic keep
their order. Between those of different topics there is none: the header "sequence" has topic, partition and offset. After a crash
the last records may come twice. A record without a value deletes its key on {new} too, whichever topic that key came from."""


def _program(about: str, imports: str, sending: str, old: str | tuple[str, ...], group: str) -> str:
    topics = (old,) if isinstance(old, str) else old
    return _PROGRAM.format(
        about=in_docstring(about),
        imports=imports,
        sending=sending,
        group=literal(group),
        old=", ".join(map(literal, topics)),
    )


def _access(path: str) -> str:
    return "".join(f"[{literal(name)}]" for name in path.split("."))
