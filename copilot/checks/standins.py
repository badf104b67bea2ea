"""Which values will readers see that nobody wrote, and that could as well be real ones?

A default that is null, or says by its name that nothing is known, can't be taken for a value. 0, "" or a symbol such as APPROVE
can: whoever reads it can't tell a missing value from one that was written. What the request itself asks for is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from copilot.checks.declared import paths_of, stand_ins
from copilot.checks.leaves import leaves_of, outline_of
from copilot.checks.lineage import Lineage
from copilot.checks.roundtrip import written_samples
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import enum_of, is_nullable, neutral_value, parsed, record_of, says_unknown
from copilot.domain.operation import AddField, ChangeDefault, MakeOptional, Operation
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.ports import SchemaFormat, Undecodable

RULE = "replay.stand-in"
Default = tuple[str, str, str | None]
"""Record, field and default as JSON text."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A field that is new, or that may be missing from now on, with the default that readers then see."""

    field: SchemaField
    default: Any


def known_defaults(pipeline: PipelineMap) -> frozenset[Default]:
    """Returns every default that some schema has already: a copy that catches up brings nothing new."""
    return frozenset(
        (field.record, field.name, field.default)
        for subject in pipeline.subjects
        for field in subject.latest.fields
        if field.default is not None
    )


def stand_in_findings(
    lineage: Lineage, operations: tuple[Operation, ...], known: frozenset[Default], schema_format: SchemaFormat
) -> list[Finding]:
    """Returns a warning for each such value of the last state, with what a real decoder reads where it is missing.

    On the way there a default that says the least (0, "") may stand in, as a gate waits for its end; any other may not.
    """
    base = lineage.base.latest if lineage.base else None
    last = lineage.after[-1]
    if base is None or last is None:
        return []
    found = {it.field.path: (it, last) for it in _defaults(base, last, operations, known)}
    for state in lineage.after[:-1]:
        for it in _defaults(base, state, operations, known) if state else ():
            if state and not _says_the_least(it):
                found.setdefault(it.field.path, (it, state))
    told = [_told(it, base, state, lineage, schema_format) for it, state in found.values()]
    told += [_of_enum(path, symbol, lineage) for path, symbol in _enum_defaults(base, last)]
    return told + list(_kept_required(base, last, operations, lineage))


def _kept_required(
    base: SchemaVersion, last: SchemaVersion, operations: tuple[Operation, ...], lineage: Lineage
) -> Iterator[Finding]:
    """A field that was to become optional and stays required beside an optional one: where that is null, it can't be."""
    known = frozenset(field.path for field in base.fields)
    for operation in operations:
        for path in paths_of(operation, lineage.name, base) if isinstance(operation, MakeOptional) else ():
            kept = next((it for it in last.fields if it.path == path and not is_nullable(parsed(it.type))), None)
            if kept is not None and (beside := stand_ins(path, last, known)):
                text = (
                    f"{path} stays required beside {beside[0]}: a record without a value has to hold another one there,"
                    f" and who reads {path} where {beside[0]} is null can't tell."
                )
                yield Finding(RULE, "warning", text, None, lineage.name, path)


def _says_the_least(it: StandIn) -> bool:
    try:
        return bool(it.default == neutral_value(parsed(it.field.type)))
    except ValueError:
        return False


def _defaults(
    base: SchemaVersion, last: SchemaVersion, operations: tuple[Operation, ...], known: frozenset[Default]
) -> Iterator[StandIn]:
    before = {field.path: field for field in base.fields}
    concerned = {operation.field for operation in operations}
    # A new field that follows one with such a default hands it on, perhaps in another type: that is nothing new.
    handed_on = {field.record for field in base.fields if field.name in concerned and _stands_in(field)}
    for field in last.fields:
        if field.default is None or (field.record, field.name, field.default) in known or _is_asked(field, operations):
            continue
        had = before.get(field.path)
        if (had is not None and _stands_in(had)) or (had is None and field.record in handed_on):
            continue
        value = parsed(field.default)
        if not says_unknown(value):
            yield StandIn(field, value)


def _stands_in(field: SchemaField) -> bool:
    return field.default is not None and not says_unknown(parsed(field.default))


def _is_asked(field: SchemaField, operations: tuple[Operation, ...]) -> bool:
    return any(
        isinstance(it, AddField | ChangeDefault) and it.default is not None and it.default == field.default
        for it in operations
    )


def _told(
    it: StandIn, base: SchemaVersion, last: SchemaVersion, lineage: Lineage, schema_format: SchemaFormat
) -> Finding:
    shown = json.dumps(it.default, ensure_ascii=False)
    text = (
        f"A record without {it.field.path} is read as {shown}, which it could really be: nobody can tell the two apart"
    )
    proof = _seen(it, base, last, schema_format)
    return Finding(RULE, "warning", f"{text}{f' ({proof})' if proof else ''}.", None, lineage.name, it.field.path)


def _seen(it: StandIn, base: SchemaVersion, last: SchemaVersion, schema_format: SchemaFormat) -> str:
    """What a decoder really gives for a record that lacks the field, "" where none can be made."""
    writer = _without(base.resolved, it.field)
    if writer is None:
        return ""
    lacking = schema_format.parse(writer, base.source, {})
    if not isinstance(lacking, SchemaVersion):
        return ""
    samples = schema_format.samples(lacking.resolved, base.fingerprint, 1)
    for decoder in schema_format.decoders:
        records = written_samples(decoder, lacking.resolved, samples)
        for record in records if not isinstance(records, str) else ():
            try:
                read = decoder.decode(record.data, lacking.resolved, last.resolved).value
            except Undecodable:
                continue
            leaves = leaves_of(read, outline_of(last.fields))
            for place, value in leaves.items():
                if place[-1][1] == it.field.path:
                    return f"{decoder.name} gives {value!r} for a record written without it"
    return ""


def _without(resolved: str, field: SchemaField) -> str | None:
    schema = json.loads(resolved)
    record = record_of(schema, field.record)
    if record is None:
        return None
    record["fields"] = [entry for entry in record["fields"] if entry.get("name") != field.name]
    return json.dumps(schema) if record["fields"] else None


def _enum_defaults(base: SchemaVersion, last: SchemaVersion) -> Iterator[tuple[str, str]]:
    before = {field.path: enum_of(parsed(field.type)) or {} for field in base.fields}
    for field in last.fields:
        enum = enum_of(parsed(field.type)) or {}
        default = enum.get("default")
        is_new = default is not None and default != before.get(field.path, {}).get("default")
        if is_new and not says_unknown(default):
            yield field.path, str(default)


def _of_enum(path: str, symbol: str, lineage: Lineage) -> Finding:
    text = (
        f"A reader that lacks a symbol of {path} reads {symbol} instead, which has a meaning of its own: it can't tell."
    )
    return Finding(RULE, "warning", text, None, lineage.name, path)
