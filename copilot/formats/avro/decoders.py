"""The two Avro implementations that Python pipelines decode with, behind one socket; both are imported on first use.

Values are as the libraries give them, but for two kinds on which they disagree without a schema being at fault: a UUID is its
text, and the local timestamps, which the Apache package does not know, are the numbers on the wire.
"""

from __future__ import annotations

import decimal
import io
import json
import re
import struct
import uuid
import warnings
from collections import Counter
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from copilot.formats.avro.defaults import has_endless_default
from copilot.formats.avro.types import graph_of
from copilot.ports import Decoded, Undecodable

REASON_CHARACTERS_MAX = 300
_OBJECT = re.compile(r"<(?:\w+\.)*(\w+) object at 0x[0-9a-fA-F]+>")
_CACHED_SCHEMAS_MAX = 256
_APACHE_FIELDS_AT_ONCE = 500
_WIRE_ONLY = frozenset({"local-timestamp-millis", "local-timestamp-micros"})
# What the two libraries let escape, besides their own errors, when data, value and schema don't fit.
_REFUSALS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
    struct.error,
)


class FastavroDecoder:
    """fastavro's schemaless reader and writer."""

    name = "fastavro"

    @property
    def version(self) -> str:
        return version("fastavro")

    def encode(self, schema: str, value: Any) -> bytes:
        """Returns the bytes of one record; raises Undecodable."""
        from fastavro import schemaless_writer
        from fastavro.schema import SchemaParseException, UnknownType

        if _is_endless(schema):
            raise Undecodable("a default holds a record that is filled in with this default again")
        buffer = io.BytesIO()
        try:
            schemaless_writer(buffer, _fastavro_schema(schema), value)
        except (*_REFUSALS, SchemaParseException, UnknownType) as error:
            raise Undecodable(_reason(error)) from None
        return buffer.getvalue()

    def decode(self, data: bytes, writer: str, reader: str) -> Decoded:
        """Decodes one record; raises Undecodable."""
        from fastavro import schemaless_reader
        from fastavro.read import SchemaResolutionError
        from fastavro.schema import SchemaParseException, UnknownType

        buffer = io.BytesIO(data)
        try:
            value = schemaless_reader(buffer, _fastavro_schema(writer), _fastavro_schema(reader))
        except (*_REFUSALS, SchemaResolutionError, SchemaParseException, UnknownType) as error:
            raise Undecodable(_reason(error)) from None
        # Walking through all values of a wide record takes as long as reading it.
        has_uuids = _names_uuid(writer) or _names_uuid(reader)
        return Decoded(_without_uuid_objects(value) if has_uuids else value, len(data) - buffer.tell())


class ApacheDecoder:
    """The Apache Avro project's own Python package, called `avro`."""

    name = "avro"

    @property
    def version(self) -> str:
        return version("avro")

    def encode(self, schema: str, value: Any) -> bytes:
        """Returns the bytes of one record; raises Undecodable."""
        from avro.errors import AvroException
        from avro.io import BinaryEncoder

        buffer = io.BytesIO()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _apache_writer()(_apache_schema(schema)).write(value, BinaryEncoder(buffer))
        except (*_REFUSALS, AvroException) as error:
            raise Undecodable(_reason(error)) from None
        return buffer.getvalue()

    def decode(self, data: bytes, writer: str, reader: str) -> Decoded:
        """Decodes one record; raises Undecodable."""
        from avro.errors import AvroException
        from avro.io import BinaryDecoder, DatumReader

        buffer = io.BytesIO(data)
        try:
            # The package sets the precision of the thread's decimal context as it reads.
            with warnings.catch_warnings(), decimal.localcontext():
                warnings.simplefilter("ignore")
                value = DatumReader(_apache_schema(writer), _apache_schema(reader)).read(BinaryDecoder(buffer))
        except (*_REFUSALS, AvroException) as error:
            raise Undecodable(_reason(error)) from None
        return Decoded(value, len(data) - buffer.tell())


@lru_cache(maxsize=1)
def _apache_writer() -> Any:
    """The package's writer, but for truth values in unions: it takes the last branch that fits, and true fits an int too."""
    from avro.io import DatumWriter

    class Writer(DatumWriter):
        def write_union(self, writers_schema: Any, datum: object, encoder: Any) -> None:
            kinds = [branch.type for branch in writers_schema.schemas]
            if isinstance(datum, bool) and "boolean" in kinds:
                encoder.write_long(kinds.index("boolean"))
                encoder.write_boolean(datum)
            else:
                super().write_union(writers_schema, datum, encoder)

    return Writer


@lru_cache(maxsize=_CACHED_SCHEMAS_MAX)
def _fastavro_schema(schema: str) -> Any:
    from fastavro import parse_schema

    return parse_schema(_without_local_timestamps(json.loads(schema)))


@lru_cache(maxsize=_CACHED_SCHEMAS_MAX)
def _apache_schema(schema: str) -> Any:
    from avro.schema import RecordSchema, parse

    whole = json.loads(schema)
    is_wide = (
        isinstance(whole, dict) and whole.get("type") == "record" and len(whole["fields"]) > _APACHE_FIELDS_AT_ONCE
    )
    found = _wide_apache_record(whole) if is_wide else parse(schema)
    if isinstance(found, RecordSchema):
        found.__class__ = _record_told_by_name()
    return found


def _wide_apache_record(schema: dict[str, Any]) -> Any:
    """The package compares each field's name with all before it: of ten thousand fields that is nearly a second."""
    from avro.errors import SchemaParseException
    from avro.name import Names
    from avro.schema import RecordSchema, make_avsc_object

    fields = schema["fields"]
    again = next((name for name, count in Counter(field["name"] for field in fields).items() if count > 1), None)
    if again is not None:
        raise SchemaParseException(f"Field name {again} already in use.")
    names = Names()
    found: Any = make_avsc_object({**schema, "fields": []}, names)
    names.default_namespace = found.namespace
    shares = [fields[start : start + _APACHE_FIELDS_AT_ONCE] for start in range(0, len(fields), _APACHE_FIELDS_AT_ONCE)]
    found.set_prop("fields", [it for share in shares for it in RecordSchema.make_field_objects(share, names)])
    return found


@lru_cache(maxsize=1)
def _record_told_by_name() -> Any:
    """The package's record, but for its text: each refusal prints both schemas, which takes longer than reading a wide one."""
    from avro.schema import RecordSchema

    class Record(RecordSchema):
        def __str__(self) -> str:
            return json.dumps(self.fullname)

    return Record


def _without_local_timestamps(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_local_timestamps(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    is_wire_only = schema.get("logicalType") in _WIRE_ONLY and schema.get("type") == "long"
    return "long" if is_wire_only else {name: _without_local_timestamps(member) for name, member in schema.items()}


@lru_cache(maxsize=_CACHED_SCHEMAS_MAX)
def _is_endless(schema: str) -> bool:
    bare = schema.replace(" ", "")
    return ('"default":{' in bare or '"default":[' in bare) and has_endless_default(graph_of(schema))


@lru_cache(maxsize=_CACHED_SCHEMAS_MAX)
def _names_uuid(schema: str) -> bool:
    return '"uuid"' in json.dumps(json.loads(schema))


def _without_uuid_objects(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_uuid_objects(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_uuid_objects(item) for item in value]
    return str(value) if isinstance(value, uuid.UUID) else value


def _reason(error: BaseException) -> str:
    # An object's address differs from run to run, and evidence must not.
    text = _OBJECT.sub(r"\1", " ".join(str(error).split())) or type(error).__name__
    return text if len(text) <= REASON_CHARACTERS_MAX else f"{text[: REASON_CHARACTERS_MAX - 3]}..."
