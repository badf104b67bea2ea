"""How jobs that a patch brings read a field of a record: the encoding is what their deployment says, as code rarely shows it."""

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
