"""One schema for the records of several topics: a union of them, or an envelope that says which one it holds.

A name is declared once in a schema, so types that the records share are written out where they come first. Two that have one name
and say different things can't lie in one schema.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.codec import canonical
from copilot.domain.schema import SchemaVersion


class NamesClash(Exception):
    """Two records declare a type of one name, and don't mean the same."""


def union_of(versions: Sequence[SchemaVersion]) -> list[Any]:
    """Returns the union of the records, each once; raises NamesClash with the name."""
    declared: dict[str, str] = {}
    schemas = [_once(fieldtype.parsed(version.resolved), "", declared) for version in versions]
    return [schema for schema in schemas if isinstance(schema, dict)]


def envelope_of(topic: str, union: list[Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Returns the envelope for a topic's records, and the word that it has for each record's full name."""
    types = type_words(union)
    space = str(union[0]["name"]).rpartition(".")[0]
    taken = {name.rpartition(".")[2] for name, _ in fieldtype.named_types(union)}
    words = [word for word in re.findall(r"[A-Za-z0-9]+", topic) if not re.fullmatch(r"v?\d+", word)]
    name = "".join(word[0].upper() + word[1:] for word in words) + "Event"
    name = name if name[0].isalpha() else f"A{name}"
    while name in taken or f"{name}Type" in taken:
        name += "Envelope"
    kind = {"type": "enum", "name": f"{name}Type", "symbols": list(types.values())}
    fields = [
        {"name": "type", "type": kind},
        {"name": "sequence", "type": "string", "doc": "Topic, partition and offset that the record comes from."},
        {"name": "record", "type": union},
    ]
    return {"type": "record", "name": name, **({"namespace": space} if space else {}), "fields": fields}, types


def type_words(union: list[Any]) -> dict[str, str]:
    """Returns a word for each record's full name: its short name, or the whole with "_" where two have the same."""
    names = [str(branch["name"]) for branch in union]
    short = [name.rpartition(".")[2] for name in names]
    return {
        name: word if short.count(word) == 1 else name.replace(".", "_")
        for name, word in zip(names, short, strict=True)
    }


def _once(kind: Any, namespace: str, declared: dict[str, str]) -> Any:
    """Returns the type with each name that was declared before as a reference; full names, so that it can stand anywhere."""
    if isinstance(kind, list):
        return [_once(branch, namespace, declared) for branch in kind]
    if not isinstance(kind, dict):
        return (
            kind if not isinstance(kind, str) or kind in fieldtype.PRIMITIVES else fieldtype.full_name(kind, namespace)
        )
    own = dict(kind)
    if isinstance(kind.get("name"), str) and kind.get("type") in ("record", "error", "enum", "fixed"):
        full = fieldtype.full_name(kind["name"], str(kind.get("namespace") or namespace))
        text = canonical(fieldtype.as_decoded(kind))
        if full in declared:
            if declared[full] != text:
                raise NamesClash(full)
            return full
        declared[full] = text
        own.pop("namespace", None)
        own["name"], namespace = full, full.rpartition(".")[0]
    if isinstance(kind.get("fields"), list):
        own["fields"] = [{**field, "type": _once(field["type"], namespace, declared)} for field in kind["fields"]]
    inner = {key: _once(kind[key], namespace, declared) for key in ("items", "values") if key in kind}
    if isinstance(kind.get("type"), dict | list):
        inner["type"] = _once(kind["type"], namespace, declared)
    return {**own, **inner}
