"""Which plain `.json` files are Avro schemas? Only those are looked at whose path speaks of schemas or of Avro."""

from __future__ import annotations

import json
import re

from copilot.readers.jobs import is_test_path

PLAIN_SUFFIX = ".json"
PLAIN_FORMAT = "avro"
"""What a file of that suffix is, where it is a schema at all."""
PLAIN_BYTES_MAX = 200_000
PLAIN_KIND = "plain-schemas-1"
_PLAIN_NAME = re.compile(r"schema|avro|avsc", re.IGNORECASE)


def may_be_schema(path: str) -> bool:
    """Tells whether a file may hold a schema, by its path."""
    return path.endswith(PLAIN_SUFFIX) and _PLAIN_NAME.search(path) is not None and not is_test_path(path)


def is_plain_schema(text: str) -> bytes:
    """Tells whether a JSON text is a record of Avro, and no JSON Schema or data: b"" where it isn't."""
    if '"record"' not in text or '"fields"' not in text:
        return b""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return b""
    items = value if isinstance(value, list) and value else [value]
    is_record = all(
        isinstance(it, dict) and it.get("type") == "record" and isinstance(it.get("fields"), list) and it.get("name")
        for it in items
    )
    return b"1" if is_record else b""


def told(data: bytes) -> bool | None:
    """Returns what `is_plain_schema` told, None where the bytes tell nothing."""
    return {b"1": True, b"": False}.get(data)
