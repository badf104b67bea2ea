"""A logical type is added to a type that is there, or a doc or type says another unit: is it what the values are already?

Every rule lets it through, and every reader takes the values for it from then on: seconds marked as milliseconds are days in 1970.
So the values are asked by their size, in records of the repository that fit the schema (never shown, only counted); the places that
write them, and those that compute with them, by the code there; and the field by its name and doc. What speaks for another unit is
an error; where nothing does, that is said. Where the unit was another one before, only words count: libraries bring what is no
number, and what is stored, from one unit to the other.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.checks.containers import contained
from copilot.checks.declared import paths_of
from copilot.checks.lineage import Lineage, lineages
from copilot.checks.parsed_code import Codes, ParsedCode
from copilot.checks.reading import BASE
from copilot.checks.recorded import recorded_values
from copilot.domain.evidence import Finding, Severity
from copilot.domain.fieldtype import base_kind, logical_kind, parsed, without_null
from copilot.domain.operation import ChangeDoc, ChangeType
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.source import SourceFile, Span
from copilot.domain.units import unit_changes
from copilot.ports import Bench, Case, SchemaFormat

OTHER = "compatibility.magnitude"
UNKNOWN = "compatibility.magnitude-unknown"
FITS = "compatibility.magnitude-fits"
FILES_MAX, FILE_BYTES_MAX, RECORDS_MAX, PLACES_MAX = 40, 4_000_000, 500, 5
_SUFFIXES = (".jsonl", ".ndjson", ".json")
_UNITS = {"timestamp-millis": "milliseconds", "timestamp-micros": "microseconds", "timestamp-nanos": "nanoseconds"}
_UNITS |= {f"local-{name}": unit for name, unit in _UNITS.items()}
_SPOKEN = {**_UNITS, "time-millis": "milliseconds", "time-micros": "microseconds", "date": "days"}
"""Of these types words can say the unit; the size of a value says it of instants alone."""
_RANGES = (
    ("seconds", 1e8, 1e10),
    ("milliseconds", 1e11, 1e13),
    ("microseconds", 1e14, 1e16),
    ("nanoseconds", 1e17, 1e19),
)
"""From 1973 to 2286 in each unit: the ranges don't touch, so a size tells the unit of an instant."""
_LONG = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_MILLIS = r"_ms\b|_millis\b|\bmilli(?:second)?s\b|\bms\b|\*\s*1_?000\b|\*\s*1e3\b|//\s*1_?000_?000\b"
_MICROS = r"_us\b|_micros\b|\bmicro(?:second)?s\b|\*\s*1_?000_?000\b|\*\s*1e6\b|time_ns\(\)\s*//\s*1_?000\b"
_NANOS = r"_ns\b|_nanos\b|\bnano(?:second)?s\b|time_ns\(\)(?!\s*//)"
_SECONDS = r"_s\b|_secs?\b|_seconds\b|\bseconds\b|\btime\.time\(\)(?!\s*\*)|\.timestamp\(\)(?!\s*\*)"
_LOCAL = re.compile(
    r"utcnow\(\)\.timestamp\(|timegm\(.*(?:localtime|\bnow\(\))|mktime\(.*(?:gmtime|utc)"
    r"|\bnow\(\)\s*-\s*(?:datetime\.)?datetime\(|\bnow\(\)\.replace\(tzinfo",
    re.IGNORECASE,
)
"""A local time that is counted as if it were UTC, or the other way round: right on a machine in UTC, hours off on others."""
_WORDS = tuple(
    (unit, re.compile(pattern, re.IGNORECASE))
    for unit, pattern in (
        ("milliseconds", _MILLIS),
        ("microseconds", _MICROS),
        ("nanoseconds", _NANOS),
        ("seconds", _SECONDS),
    )
)


def magnitude_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields what the values are, for each field that gets a logical type, or a doc with another unit, in place; else nothing."""
    asked = [it for it in case.request.operations if isinstance(it, ChangeType | ChangeDoc)] if case.patches else []
    for lineage in lineages(case) if asked else ():
        schema_format = bench.formats.get(lineage.subject.format)
        if schema_format is None:
            continue
        for operation in asked:
            for path in paths_of(operation, lineage.name, lineage.base.latest if lineage.base else None):
                if isinstance(operation, ChangeDoc):
                    yield from _redocumented(case, bench, lineage, path, operation.doc, schema_format)
                else:
                    yield from _retyped(case, bench, lineage, path, schema_format)


def _retyped(case: Case, bench: Bench, lineage: Lineage, path: str, schema_format: SchemaFormat) -> Iterator[Finding]:
    phase, was, kind = _marked(lineage, path)
    claim = _Claim(lineage.name, path, phase, kind, _SPOKEN.get(kind, kind))
    if kind and was:
        told = [it for it in _said(case, lineage, path, kind) if it[0] == _UNITS[was]]
        yield from claim.contradicted(told)
    elif kind:
        spoken = (
            [*_said(case, lineage, path, kind), *_multiplied(case, bench, lineage, path)] if kind in _SPOKEN else ()
        )
        yield from claim.weighed([*spoken, *_recorded(case, bench, lineage, path, kind, schema_format)])


def _redocumented(
    case: Case, bench: Bench, lineage: Lineage, path: str, doc: str, schema_format: SchemaFormat
) -> Iterator[Finding]:
    """A doc that says another unit mends the words, or turns the values: which of both, only the values and their writers tell."""
    base = _field(lineage.base.latest if lineage.base else None, path)
    phase = next((it for it, version in enumerate(lineage.after) if _is_told(_field(version, path), doc)), None)
    for dimension, _, unit in unit_changes(base.doc, doc) if base is not None and phase is not None else ():
        is_time = dimension == "time"
        claim = _Claim(lineage.name, path, phase or 0, "its new doc", _LONG.get(unit, unit))
        spoken = _said(case, lineage, path, "", is_by_doc=False) if is_time else ()
        sized = _recorded(case, bench, lineage, path, "timestamp-millis", schema_format) if is_time else ()
        yield from claim.weighed([*spoken, *sized])


def _is_told(field: SchemaField | None, doc: str) -> bool:
    return field is not None and field.doc == doc


def _marked(lineage: Lineage, path: str) -> tuple[int, str, str]:
    """Returns the first phase after which the field carries another logical type over the same bytes; what it had, and has."""
    base = _field(lineage.base.latest if lineage.base else None, path)
    for number, version in enumerate(lineage.after):
        field = _field(version, path)
        if base is None or field is None:
            continue
        old, new = without_null(parsed(base.type)), without_null(parsed(field.type))
        is_alike = base_kind(old) == base_kind(new) or {base_kind(old), base_kind(new)} == {"int", "long"}
        was, kind = logical_kind(old), logical_kind(new)
        if kind and was != kind and is_alike and (not was or {was, kind} <= _UNITS.keys()):
            return number, was, kind
    return 0, "", ""


def _field(version: SchemaVersion | None, path: str) -> SchemaField | None:
    return next((it for it in version.fields if it.path == path), None) if version else None


Told = tuple[str, str, Span | None]
"""What the values look like, the words that say so, and the place."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the patch says of the values: who says it, and the unit."""

    subject: str
    path: str
    phase: int
    by: str
    unit: str

    def weighed(self, told: Sequence[Told]) -> Iterator[Finding]:
        """Yields what speaks against the claim, else what speaks for it, else that nothing does."""
        others = list(self.contradicted(told))
        yield from others
        if others:
            return
        for _, text, span in told[:PLACES_MAX]:
            yield self._finding(FITS, "note", f"{text}, as {self.by} has it.", span)
        if not told:
            text = f"Nothing here tells whether the values of {self.path} are {self.unit} already: "
            text += "no record of it, no code that writes it."
            fix = "Look at a real record, or name recorded ones in copilot.toml: [samples]."
            yield self._finding(UNKNOWN, "warning", text, None, fix)

    def contradicted(self, told: Iterable[Told]) -> Iterator[Finding]:
        """Yields what speaks for another unit than is claimed."""
        others = [it for it in told if it[0] != self.unit]
        for what, text, span in others[:PLACES_MAX]:
            message = f"{text}, so {self.path} looks like {what}, and {self.by} takes it for {self.unit}."
            yield self._finding(
                OTHER,
                "error",
                message,
                span,
                "Bring a new field with the unit in its name, converted where it is written.",
            )

    def _finding(self, rule: str, severity: Severity, text: str, span: Span | None, fix: str = "") -> Finding:
        return Finding(rule, severity, text, span, self.subject, self.path, self.phase, fix)


def _said(case: Case, lineage: Lineage, path: str, kind: str, *, is_by_doc: bool = True) -> Iterator[Told]:
    """What the field's name and doc say, and the code that writes it; of a doc that is about to change only the name counts."""
    base = _field(lineage.base.latest if lineage.base else None, path)
    if base is not None and (unit := _unit_in(f"{base.name} {base.doc}" if is_by_doc else base.name)):
        yield unit, f"Its name {'or doc ' if is_by_doc else ''}says {unit}", base.span
    for use in case.base.uses:
        if use.subject == lineage.name and use.path == path and use.mode in ("writes", "passes") and not use.is_test:
            value = use.value_text
            if kind.startswith("timestamp") and _LOCAL.search(value):
                yield "local time", f"{use.job} writes a time of day without its zone", use.span
            elif unit := _unit_in(value):
                yield unit, f"{use.job} writes {unit}", use.span


def _multiplied(case: Case, bench: Bench, lineage: Lineage, path: str) -> Iterator[Told]:
    """Code that multiplies the value by another one: nobody does so with a point in time, but to bring it to another unit."""
    codes = Codes(case, bench, BASE)
    for use in case.base.uses:
        is_own = use.subject == lineage.name and use.path == path and use.mode == "computes" and not use.is_test
        code = codes.of(use) if is_own else None
        nodes = code.read(use) if code else []
        if code and any(_is_factor(node, code) for node in nodes):
            yield "an amount", f"{use.job} multiplies it by another value", use.span


def _is_factor(node: ast.expr, code: ParsedCode) -> bool:
    """Tells whether a value is multiplied by another one, through products with units and calls such as `float(x)`."""
    for inner, outer in code.around(node):
        match outer:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                other = right if left is inner else left
                if not (isinstance(other, ast.Constant) or (isinstance(other, ast.Name) and other.id.isupper())):
                    return True
            case ast.Call(args=[only]) if only is inner:
                pass
            case _:
                return False
    return False


def _unit_in(text: str) -> str:
    return next((unit for unit, pattern in _WORDS if pattern.search(text)), "")


def _recorded(
    case: Case, bench: Bench, lineage: Lineage, path: str, kind: str, schema_format: SchemaFormat
) -> Iterator[Told]:
    """What the records in the repository say, a file at a time; values are counted and never told."""
    entries = [
        it for it in bench.tree.snapshot.entries if it.path.endswith(_SUFFIXES) and it.size_bytes <= FILE_BYTES_MAX
    ]
    paths = sorted((it.path for it in entries), key=lambda name: (not name.endswith(_SUFFIXES[:2]), name))[:FILES_MAX]
    for name, file in sorted(bench.tree.read(paths).items()):
        if isinstance(file, SourceFile):
            yield from _counted(name, _values(file.text, path, lineage, schema_format), kind)
    for found in contained(lineage.base, case.base, bench.tree, schema_format) if lineage.base else ():
        yield from _counted(found.path, (it for record in found.records for it in recorded_values(record, path)), kind)


def _counted(name: str, values: Iterable[Any], kind: str) -> Iterator[Told]:
    counts = Counter(_kind_of(value, kind) for value in values)
    for what, count in sorted(counts.items()):
        if what:
            yield what, f"{count} recorded values in {name} have the size of {what}", Span(name, 1, 1)


def _values(text: str, path: str, lineage: Lineage, schema_format: SchemaFormat) -> Iterator[Any]:
    for version in reversed(lineage.history):
        records = [
            it for it, _ in zip(schema_format.recorded(version.resolved, text), range(RECORDS_MAX), strict=False)
        ]
        if records:
            for record in records:
                yield from recorded_values(record, path)
            return


def _kind_of(value: Any, kind: str) -> str:
    """Returns what a value is by its size or shape, in the words of the wanted type where it fits; "" where that can't be told."""
    if kind == "uuid" and isinstance(value, str):
        return "uuid" if _UUID.fullmatch(value) else "other text than a UUID"
    if kind not in _UNITS or isinstance(value, bool) or not isinstance(value, int):
        return ""
    return next((unit for unit, low, high in _RANGES if low <= value < high), "")
