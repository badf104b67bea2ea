"""The texts of the jobs that a patch brings to move records, with places for names that are quoted before they are put in."""

from __future__ import annotations

PROGRAM = '''"""{about}
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
BRIDGE = """def send(producer, message):
    producer.produce(
        {new},
        value=message.value(),
        key=message.key(),
        headers=message.headers(),
        partition=message.partition(),
        timestamp=message.timestamp()[1],
        on_delivery=delivered,
    )"""
MIGRATOR = """{decoding}


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
BY_VALUE = """{decoding}


def found_in(message):
    return DECODE[os.environ["RECORDS"]](message.value()){access}"""
BY_HEADER = """def found_in(message):
    found = dict(message.headers() or []).get("type")
    return None if found is None else found.decode()"""
BY_TYPE = """def full_name(schema):
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
ROUTER = """{finding}


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
MERGER = """def send(producer, message):
    place = f"{{message.topic()}}:{{message.partition()}}:{{message.offset()}}"
    producer.produce(
        {new},
        value={value},
        key=message.key(),
        headers=[*(message.headers() or []), ("sequence", place.encode())],
        timestamp=message.timestamp()[1],
        on_delivery=delivered,
    )"""
ENCODING = """def schema():
    import fastavro

    return fastavro.schema.load_schema(SCHEMA)


def registry():
    from confluent_kafka.schema_registry import SchemaRegistryClient

    return SchemaRegistryClient({{"url": os.environ["SCHEMA_REGISTRY_URL"]}})


def to_container(value):
    import fastavro

    written = io.BytesIO()
    fastavro.writer(written, schema(), [value])
    return written.getvalue()


def to_bare(value):
    import fastavro

    written = io.BytesIO()
    fastavro.schemaless_writer(written, schema(), value)
    return written.getvalue()


def to_confluent(value):
    from confluent_kafka.schema_registry.avro import AvroSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

    with open(SCHEMA, encoding="utf-8") as file:
        serializer = AvroSerializer(registry(), file.read(), conf={{"auto.register.schemas": False}})
    return serializer(value, SerializationContext({new}, MessageField.VALUE))"""
WRAPPING = """SCHEMA = os.environ.get("SCHEMA", {schema})
NAMES = {names}
BRANCHES = {branches}


{encoding}


def wrapped(topic, record, place):
    return {wrapped}


def from_container(topic, value):
    import fastavro

    return next(fastavro.reader(io.BytesIO(value)))


def from_bare(topic, value):
    import fastavro

    # A union's bytes are the branch's number, zigzag, and then the record's own.
    branch = bytes([2 * BRANCHES.index(NAMES[topic])])
    return fastavro.schemaless_reader(io.BytesIO(branch + value), union(schema()))


def union(read):
    return read if isinstance(read, list) else read["fields"][-1]["type"]


def from_confluent(topic, value):
    from confluent_kafka.schema_registry.avro import AvroDeserializer

    return AvroDeserializer(registry())(value, None)


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
TOKENISER = """{decoding}


{function}


def to_json(value):
    return json.dumps(value).encode()


{encoding}


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
UNION = "(NAMES[topic], record)"
ENVELOPE = '{"type": TYPES[NAMES[topic]], "sequence": place, "record": (NAMES[topic], record)}'
RECORDS = """RECORDS says how values are encoded: "json", "confluent" (an id of the registry before the bytes), "container" (Avro
with its schema), or "bare" (Avro bytes of the one schema in SCHEMA)."""
DECODING = """def from_container(value):
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
