"""What makes two schemas the same: Avro's parsing canonical form with its fingerprint, and the wider digest of the meaning.

Works on a self-contained schema whose names are all full, as `parse` gives it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from copilot.domain.codec import canonical, digest_of_text
from copilot.formats.avro.names import NAMED_KINDS, PRIMITIVES, RECORD_KINDS


def canonical_form(schema: Any) -> str:
    """Returns the parsing canonical form of a schema. Source: Avro specification 1.11.1, the section of that name."""
    return json.dumps(_stripped(schema), separators=(",", ":"), ensure_ascii=False)


def fingerprint(schema: Any) -> str:
    """Returns the SHA-256 of the canonical form, in hex."""
    return digest_of_text(canonical_form(schema))


def meaning(schema: Any) -> str:
    """Returns a digest over the whole schema: also logical types, defaults, aliases, docs and unknown properties."""
    return hashlib.sha256(canonical(_normalised(schema)).encode("utf-8")).hexdigest()


def _stripped(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_stripped(branch) for branch in schema]
    if isinstance(schema, str):
        return schema
    kind = schema["type"]
    if kind in PRIMITIVES:
        return kind
    if kind == "array":
        return {"type": kind, "items": _stripped(schema["items"])}
    if kind == "map":
        return {"type": kind, "values": _stripped(schema["values"])}
    kept: dict[str, Any] = {"name": schema["name"], "type": kind}
    if kind in RECORD_KINDS:
        kept["fields"] = [{"name": field["name"], "type": _stripped(field["type"])} for field in schema["fields"]]
    elif kind == "enum":
        kept["symbols"] = schema["symbols"]
    else:
        kept["size"] = schema["size"]
    return kept


def _normalised(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_normalised(branch) for branch in schema]
    if isinstance(schema, str):
        return schema
    kind = schema["type"]
    if kind in PRIMITIVES:
        return kind if len(schema) == 1 else schema
    whole = dict(schema)
    if kind in NAMED_KINDS:
        whole.pop("namespace", None)
    if kind == "array":
        whole["items"] = _normalised(schema["items"])
    elif kind == "map":
        whole["values"] = _normalised(schema["values"])
    elif kind in RECORD_KINDS:
        whole["fields"] = [{**field, "type": _normalised(field["type"])} for field in schema["fields"]]
    return whole
