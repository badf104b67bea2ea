"""What the Avro tests are arranged with: sources for texts, parsed versions, and edits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from copilot.domain.alternative import SchemaAction, SchemaEdit
from copilot.domain.evidence import Finding
from copilot.domain.schema import SchemaHost, SchemaSource, SchemaVersion
from copilot.domain.source import Gap, Span
from copilot.formats.avro import AvroFormat

FORMAT = AvroFormat()
PATH = "schemas/orders.avsc"


def source_of(text: str, path: str = PATH, host: SchemaHost = "file", start: int = 0, end: int = -1) -> SchemaSource:
    last = len(text.encode()) if end < 0 else end
    first_line = text.encode()[:start].count(b"\n") + 1
    last_line = text.encode()[:last].rstrip(b"\n").count(b"\n") + 1
    return SchemaSource(path, "", "", host, start, last, Span(path, first_line, last_line))


def read(schema: Any, siblings: Mapping[str, str] | None = None) -> SchemaVersion:
    version = read_any(schema, siblings)
    assert isinstance(version, SchemaVersion), version
    return version


def read_any(schema: Any, siblings: Mapping[str, str] | None = None) -> SchemaVersion | Gap:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return FORMAT.parse(text, source_of(text), siblings or {})


def gap(text: str, siblings: Mapping[str, str] | None = None) -> Gap:
    found = read_any(text, siblings)
    assert isinstance(found, Gap), found
    return found


def record(*fields: Any, name: str = "Order", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, type: Any, *default: Any) -> dict[str, Any]:
    return {"name": name, "type": type, **({"default": default[0]} if default else {})}


def rules(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.rule.removeprefix("avro."), finding.path) for finding in findings]


def edit(
    text: str,
    action: SchemaAction,
    field: str = "",
    value: Any = None,
    *,
    name: str = "",
    record: str = "",
    source: SchemaSource | None = None,
) -> SchemaEdit:
    shown = "" if value is None and action.startswith("remove_") else json.dumps(value)
    return SchemaEdit(source or source_of(text), action, record, field, name, shown)


def literal_in(code: str, host: SchemaHost = "python-dict") -> SchemaSource:
    """The source of the literal between the first "{" and the last "}" of a piece of code."""
    data = code.encode()
    return source_of(code, "jobs/schema.py", host, data.index(b"{"), data.rindex(b"}") + 1)
