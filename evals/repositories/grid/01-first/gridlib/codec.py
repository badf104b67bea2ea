"""Bytes from records and back, for every service."""

import io

from fastavro import parse_schema, schemaless_reader, schemaless_writer


def encode(schema, record):
    out = io.BytesIO()
    schemaless_writer(out, parse_schema(schema), record)
    return out.getvalue()


def decode(data, writer, reader):
    return schemaless_reader(io.BytesIO(data), parse_schema(writer), parse_schema(reader))
