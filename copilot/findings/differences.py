"""How do two schemas of one name differ, in words and in what their bytes look like?"""

from __future__ import annotations

import json

from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.findings.case import listed


def lacking(version: SchemaVersion, other: SchemaVersion) -> list[SchemaField]:
    """Returns the fields of `other` that `version` has not, outermost ones only."""
    paths = {field.path for field in version.fields}
    missing = [field for field in other.fields if field.path not in paths]
    inside = tuple(f"{field.path}{mark}" for field in missing for mark in (".", "[", "{"))
    return [field for field in missing if not field.path.startswith(inside)] if inside else missing


def retyped(version: SchemaVersion, other: SchemaVersion) -> list[SchemaField]:
    """Returns the fields of `version` that have another type in `other`."""
    kinds = {field.path: field.type for field in other.fields}
    return [field for field in version.fields if kinds.get(field.path, field.type) != field.type]


def differences(version: SchemaVersion, other: SchemaVersion) -> str:
    """Returns in words what `version` has differently than `other`: "it lacks a; it has b besides"."""
    missing, more = lacking(version, other), lacking(other, version)
    changed = retyped(version, other)
    words = [f"it lacks {listed(field.path for field in missing)}"] if missing else []
    words += [f"it has {listed(field.path for field in more)} besides"] if more else []
    words += [f"it has another type for {listed(field.path for field in changed)}"] if changed else []
    return "; ".join(words) or "their fields are in another order, or differ in enums and names"


def is_beginning(version: SchemaVersion, other: SchemaVersion) -> bool:
    """Tells whether records of `other` begin with the same bytes as records of `version`: only fields at the end differ."""
    ours, theirs = json.loads(version.resolved), json.loads(other.resolved)
    if not (isinstance(ours, dict) and isinstance(theirs, dict)) or "fields" not in ours or "fields" not in theirs:
        return False
    mine, others = ([_layout(field["type"]) for field in schema["fields"]] for schema in (ours, theirs))
    return mine == others[: len(mine)]


def _layout(kind: object) -> object:
    """Returns what a type's bytes hang on: no names of fields, documentation or defaults."""
    if isinstance(kind, list):
        return [_layout(branch) for branch in kind]
    if not isinstance(kind, dict):
        return kind
    if kind["type"] in ("record", "error"):
        return [_layout(field["type"]) for field in kind["fields"]]
    kept = {name: kind[name] for name in ("type", "symbols", "size") if name in kind}
    return {**kept, **{name: _layout(kind[name]) for name in ("items", "values") if name in kind}}
