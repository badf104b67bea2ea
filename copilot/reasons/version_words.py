"""What changed from one version of a schema to the next, in a few words a field."""

from __future__ import annotations

import json
from typing import Any

from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.reasons.words import counted

_LONGEST_VALUE = 30


def version_words(old: SchemaVersion | None, new: SchemaVersion) -> str:
    """Returns one phrase about a version: how many fields the first has, or what the others change."""
    if old is None:
        return counted(len(new.fields), "field")
    before = {field.path: field for field in old.fields}
    after = {field.path: field for field in new.fields}
    words = [f"- {path}" for path in before if path not in after]
    words += [f"+ {path} {type_words(field.type)}" for path, field in after.items() if path not in before]
    for path, field in after.items():
        words += _field_words(before[path], field) if path in before else []
    return "; ".join(words) or "docs, names or order only"


def type_words(type_json: str) -> str:
    """Returns a type as people say it: "long", "null | double", "array of Detection"."""
    return _words(json.loads(type_json))


def _field_words(old: SchemaField, new: SchemaField) -> list[str]:
    words = []
    old_type, new_type = type_words(old.type), type_words(new.type)
    if old_type != new_type:
        words.append(f"{new.path}: {old_type} → {new_type}")
    elif old.type != new.type and not _holds_records(new.type):
        words.append(f"{new.path}: inside its type")
    if old.default != new.default:
        words.append(f"{new.path}: default {_default(old.default)} → {_default(new.default)}")
    if old.aliases != new.aliases:
        words.append(f"{new.path}: aliases {', '.join(new.aliases) or 'none'}")
    return words


def _holds_records(type_json: str) -> bool:
    """Tells whether the type has fields of its own, whose changes are told where they stand."""
    return '"fields"' in type_json


def _default(default: str | None) -> str:
    if default is None:
        return "none"
    return default if len(default) <= _LONGEST_VALUE else default[: _LONGEST_VALUE - 1] + "…"


def _words(kind: Any) -> str:
    if isinstance(kind, str):
        return kind
    if isinstance(kind, list):
        return " | ".join(_words(branch) for branch in kind)
    if not isinstance(kind, dict):
        return str(kind)
    if "logicalType" in kind:
        return f"{_words(kind.get('type', ''))} ({kind['logicalType']})"
    match kind.get("type"):
        case "array":
            return f"array of {_words(kind.get('items', '?'))}"
        case "map":
            return f"map of {_words(kind.get('values', '?'))}"
        case "record" | "enum" | "fixed" | "error":
            return str(kind.get("name", kind["type"]))
        case inner:
            return _words(inner) if inner is not None else "?"
