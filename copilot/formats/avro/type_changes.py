"""What changes in the meaning of one type: lossy promotions, logical types and their parameters, names, enum symbols.

A part of `meaning`, which walks the two schemas and says what the severities stand for.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain.evidence import Severity
from copilot.formats.avro.lint_logical import LOGICAL_TYPES
from copilot.formats.avro.rules import symbols_beyond
from copilot.formats.avro.types import Type

_LOSSY = {("int", "float"): "24", ("long", "float"): "24", ("long", "double"): "53"}
OF_THE_READER = "Avro for Java and avsc go by the schema that reads, both Python readers by that of the data"
_TIME_UNITS = ("millis", "micros", "nanos")

Change = tuple[str, Severity, str, str, str]
"""Rule, severity, path, message, fix."""


def promotion_changes(written: Type, read: Type, path: str) -> Iterator[Change]:
    told = f'"{path}" is written as {written.kind} and read as {read.kind}'
    bits = _LOSSY.get((written.kind, read.kind))
    if bits is not None:
        message = f"{told}, which holds whole numbers exactly up to 2^{bits} only."
        fix = "Check the range of the values, or give the other type a field of its own."
        yield "avro.lossy-promotion", "warning", path, message, fix
    if {written.kind, read.kind} == {"string", "bytes"}:
        message = f"{told}: some readers refuse it, others give bytes for text or text for bytes."
        yield "avro.string-and-bytes", "warning", path, message, "Give the other type a field of its own."
    if written.logical and written.logical != read.logical:
        yield from logical_type_changes(written, read, path)


def logical_type_changes(written: Type, read: Type, path: str) -> Iterator[Change]:
    if written.logical == read.logical:
        if written.logical == "decimal":
            yield from _decimal(written, read, path)
        return
    was, now = (it.logical or f"a plain {it.kind}" for it in (written, read))
    told = f'"{path}" is written as {was} and read as {now}'
    message = f"{told}: readers take the same bytes for something else ({OF_THE_READER})."
    if not written.logical or not read.logical:
        rule = "avro.logical-type-added" if read.logical else "avro.logical-type-removed"
        fix = "Check that the values are what the logical type says, or give it a field of its own."
        yield rule, "warning", path, message, fix
        return
    fix = "Give the other logical type a field of its own, and leave this one as it was."
    unknown = [name for name in (was, now) if name not in LOGICAL_TYPES]
    if unknown:
        message = f"{told}: no library knows {' or '.join(unknown)}, and programs that apply it take the values for something else."
        yield "avro.logical-type-changed", "warning", path, message, fix
        return
    units = [next((unit for unit in _TIME_UNITS if name.endswith(unit)), "") for name in (was, now)]
    if units[0] != units[1] and all(units):
        factor = 1000 ** abs(_TIME_UNITS.index(units[0]) - _TIME_UNITS.index(units[1]))
        message = (
            f"{told}: readers that apply the unit they read with are off by a factor of {factor:,} ({OF_THE_READER})."
        )
        yield "avro.time-unit-changed", "error", path, message, fix
    else:
        yield "avro.logical-type-changed", "error", path, message, fix


def _decimal(written: Type, read: Type, path: str) -> Iterator[Change]:
    if written.scale != read.scale:
        message = (
            f'"{path}" is written with the scale {written.scale} and read with {read.scale}: '
            f"some readers then shift the decimal point ({OF_THE_READER})."
        )
        yield "avro.decimal-scale-changed", "error", path, message, "Give the other scale a field of its own."
    if written.precision != read.precision:
        is_narrower = (read.precision or 0) < (written.precision or 0)
        message = f'"{path}" is written with up to {written.precision} digits and read with up to {read.precision}.'
        fix = "Check that no value has more digits." if is_narrower else ""
        yield "avro.decimal-precision-changed", "warning" if is_narrower else "note", path, message, fix


def name_changes(written: Type, read: Type, path: str, *, is_newer: bool) -> Iterator[Change]:
    """Yields what another name of a type does; `is_newer` tells whether the schema that reads is the later one."""
    if written.name == read.name:
        return
    told = f"The {read.kind}{_at(path)} is {written.name} in the data and {read.name} in the schema that reads it"
    if written.short == read.short:
        message = f"{told}: readers that compare full names refuse the data (Apache avro for Python, avsc)."
        fix = f'Keep the namespace, or add "{written.name}" to the aliases, for readers that honour them.'
        if not is_newer:
            fix = "Keep the namespace while such readers are left."
        yield "avro.namespace-changed", "warning", path, message, fix
    else:
        message = f"{told}: readers that ignore aliases refuse the data."
        fix = f"Keep the name {written.name if is_newer else read.name} on the wire."
        yield "avro.type-renamed", "warning", path, message, fix


def symbol_changes(written: Type, read: Type, path: str, *, is_newer: bool) -> Iterator[Change]:
    """Yields what becomes of symbols; `is_newer` tells whether the schema that reads is the later one."""
    gone = symbols_beyond(written, read)
    if gone and read.default in read.symbols:
        message = f"Data with {', '.join(gone)}{_at(path)} reads as {read.default}: the schema that reads it has no such symbol."
        fix = "Keep the symbols as long as such data can be read." if is_newer else "Move such readers first."
        yield "avro.enum-collapse", "error", path, message, fix
    if is_newer:
        yield from _symbols_of_older_readers(written, read, path)


def _symbols_of_older_readers(old: Type, new: Type, path: str) -> Iterator[Change]:
    come = symbols_beyond(new, old)
    if come and old.default in old.symbols:
        message = (
            f"{', '.join(come)}{_at(path)} is new: consumers that still read with the schema of this data take it for "
        )
        message += f"{old.default}."
        yield "avro.enum-collapse-in-old-readers", "warning", path, message, "Move those consumers first."
    if new.default != old.default and old.default is not None:
        now = f"reads as {new.default}" if new.default is not None else "is refused"
        message = (
            f"A symbol that is unknown{_at(path)} {now} with the schema that reads here, and reads as {old.default} "
        )
        message += "with that of this data."
        yield "avro.enum-default-changed", "warning", path, message, "Check which unknown symbols collapse into it."


def _at(path: str) -> str:
    return f' at "{path}"' if path else ""
