"""Does every value come back from the new fields? Sends values there and back through the conversion that the patches write.

Values of the old fields are converted, written as the new fields' types and read again by each decoder, and converted back. What
does not come back is an error, unless the conversion says aloud that it rounds; what can't be converted or written is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.checks.declared import paths_of, sibling
from copilot.checks.lineage import Lineage
from copilot.checks.mapped_edits import converted_otherwise
from copilot.checks.recorded import HIDDEN
from copilot.checks.roundtrip import SPARE_COUNT
from copilot.checks.values import converted, example, same
from copilot.domain import mapping as mappings
from copilot.domain.evaluated import evaluate
from copilot.domain.evidence import Finding, Severity
from copilot.domain.fieldtype import parsed
from copilot.domain.operation import Operation, old_names
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.ports import Case, DecoderUnderTest, SchemaFormat, Undecodable

CHANGED, ROUNDED, REFUSED = "replay.mapping-changes", "replay.mapping-rounds", "replay.mapping-refuses"
SAID = "replay.mapping-said"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What was seen; `count` is how many values went there and back."""

    findings: tuple[Finding, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Trial:
    """One mapping with the versions of a schema that has only the old fields, and of one that has only the new ones."""

    mapping: mappings.Mapping
    old: SchemaVersion
    new: SchemaVersion
    path: str
    subject: str
    is_kept: bool
    """The old fields stand in the last state, too."""


def mapped(
    lineage: Lineage,
    operations: Iterable[Operation],
    schema_format: SchemaFormat,
    decoders: Sequence[DecoderUnderTest],
    recorded: Iterable[Any],
    case: Case,
    seed: str,
) -> Mapped:
    """Returns what conversions of this lineage make of samples, and of recorded records; nothing where none is asked for."""
    found: list[Finding] = []
    count = 0
    for trial in _trials(lineage, operations, schema_format):
        samples = [*trial.mapping.trials, *schema_format.samples(trial.old.resolved, seed, SPARE_COUNT)]
        names = [field.name for field in trial.old.fields if "." not in field.path]
        own = [{name: record[name] for name in names} for record in recorded if _holds(record, names)]
        told: dict[tuple[str, str], Finding] = {}
        for decoder in decoders:
            for value, is_recorded in (*((it, False) for it in samples), *((it, True) for it in own)):
                count += 1
                finding = _there_and_back(trial, decoder, value, is_recorded)
                if finding is not None:
                    told.setdefault((finding.rule, decoder.name), finding)
        found += converted_otherwise(trial.mapping, case, trial.subject, list(_decoded(trial, decoders, samples)))
        if trial.mapping.said and not told:
            text = f"{trial.path}: {len(samples) + len(own)} values went there and back and none changed. {trial.mapping.said}"
            found.append(Finding(SAID, "note", text, None, trial.subject, trial.path))
        found += told.values()
    return Mapped(tuple(found), count)


def _decoded(
    trial: _Trial, decoders: Sequence[DecoderUnderTest], samples: Iterable[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Yields the samples as code gets them from the first decoder."""
    for decoder in decoders[:1]:
        for value in samples:
            own = _own(trial, decoder, value)
            if own is not None:
                yield own


def _own(trial: _Trial, decoder: DecoderUnderTest, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Returns what the decoder itself makes of a value, a date where a number was given, say; None where it can't write it."""
    try:
        data = decoder.encode(trial.old.resolved, value)
        return dict(decoder.decode(data, trial.old.resolved, trial.old.resolved).value)
    except Undecodable:
        return None


def _trials(lineage: Lineage, operations: Iterable[Operation], schema_format: SchemaFormat) -> Iterator[_Trial]:
    base = lineage.base.latest if lineage.base else None
    if base is None:
        return
    for operation in operations:
        for path in paths_of(operation, lineage.name, base):
            before = {field.path: field for field in base.fields}
            old = [before.get(sibling(path, operation.field, name)) for name in old_names(operation)]
            # A copy that fell behind may lack one of several: no record of it has the value to try.
            kinds = {it.name: parsed(it.type) for it in old if it}
            mapping = mappings.mapping_of(operation, kinds) if len(kinds) == len(old) else None
            if mapping is None:
                continue
            new = _new_fields(lineage, [sibling(path, operation.field, it.name) for it in mapping.new])
            then, now = (_alone(fields, base, schema_format) for fields in (old, new))
            if then is not None and now is not None:
                yield _Trial(mapping, then, now, path, lineage.name, _are_kept(lineage, old))


def _are_kept(lineage: Lineage, old: Sequence[SchemaField | None]) -> bool:
    last = lineage.after[-1]
    has = {field.path for field in last.fields} if last else set()
    return all(field is not None and field.path in has for field in old)


def _new_fields(lineage: Lineage, paths: Sequence[str]) -> list[SchemaField | None]:
    """Returns the fields of the first state that has them all; None for each where there is none."""
    for after in lineage.after:
        has = {field.path: field for field in after.fields} if after else {}
        if all(path in has for path in paths):
            return [has[path] for path in paths]
    return [None for _ in paths]


def _alone(
    fields: Sequence[SchemaField | None], base: SchemaVersion, schema_format: SchemaFormat
) -> SchemaVersion | None:
    """Returns a schema of these fields alone, None where one is missing or refers to what is declared elsewhere."""
    known = [field for field in fields if field is not None]
    if len(known) < len(fields):
        return None
    entries = [{"name": field.name, "type": parsed(field.type)} for field in known]
    schema = {"type": "record", "name": "Alone", "fields": entries}
    found = schema_format.parse(json.dumps(schema), base.source, {})
    return found if isinstance(found, SchemaVersion) else None


def _holds(record: Any, names: Sequence[str]) -> bool:
    return isinstance(record, dict) and all(name in record for name in names)


def _there_and_back(
    trial: _Trial, decoder: DecoderUnderTest, value: Mapping[str, Any], is_recorded: bool
) -> Finding | None:
    own = _own(trial, decoder, value)
    if own is None:
        return None
    try:
        new = {it.name: evaluate(it.written, own) for it in trial.mapping.new}
    except ValueError as error:
        return _told(trial, REFUSED, "warning", f"{_shown(own, is_recorded)} can't be converted ({error})", decoder)
    try:
        data = decoder.encode(trial.new.resolved, new)
        read = decoder.decode(data, trial.new.resolved, trial.new.resolved).value
    except Undecodable:
        text = f"{_shown(own, is_recorded)} becomes {_shown(new, is_recorded)}, which the new type can't hold"
        is_edge = trial.mapping.has_limits and not is_recorded
        return _told(trial, REFUSED, "warning" if is_edge else "error", text, decoder)
    return _compared(trial, decoder, own, read, is_recorded)


def _compared(
    trial: _Trial, decoder: DecoderUnderTest, own: Mapping[str, Any], read: Mapping[str, Any], is_recorded: bool
) -> Finding | None:
    for name, expression in trial.mapping.back:
        try:
            back = evaluate(expression, read)
        except ValueError as error:
            text = f"{_shown(own, is_recorded)} can't be converted back ({error})"
            return _told(trial, CHANGED, "error", text, decoder)
        if same(own[name], back):
            continue
        text = f"{_shown(own, is_recorded)} becomes {_shown(read, is_recorded)} and comes back as "
        text += HIDDEN if is_recorded else example(back)
        is_said = (bool(trial.mapping.said) and not trial.mapping.is_exact) or converted(own[name], back)
        return _told(trial, ROUNDED if is_said else CHANGED, "warning" if is_said else "error", text, decoder)
    return None


def _shown(values: Mapping[str, Any], is_recorded: bool) -> str:
    if is_recorded:
        return HIDDEN
    return ", ".join(f"{name} {example(value)}" for name, value in values.items())


def _told(trial: _Trial, rule: str, severity: Severity, text: str, decoder: DecoderUnderTest) -> Finding:
    said = f" {trial.mapping.said}" if rule == ROUNDED and trial.mapping.said else ""
    if trial.is_kept and rule == CHANGED:
        severity, said = "warning", " The old fields stay, and with them the values."
    return Finding(rule, severity, f"{decoder.name}: {text}.{said}", None, trial.subject, trial.path)
