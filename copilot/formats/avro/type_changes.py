"""What changes in the meaning of one type: lossy promotions, logical types and their parameters, names, enum symbols.

A part of `meaning`, which walks the two schemas and says what the severities stand for.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain.evidence import Severity
from copilot.formats.avro.types import Type

_LOSSY = {("int", "float"): "24", ("long", "float"): "24", ("long", "double"): "53"}
OF_THE_READER = "Avro for Java and avsc do; both Python ones keep to the writer's"
_TIME_UNITS = ("millis", "micros", "nanos")

Change = tuple[str, Severity, str, str, str]
"""Rule, severity, path, message, fix."""


def promotion_changes(old: Type, new: Type, path: str) -> Iterator[Change]:
    bits = _LOSSY.get((old.kind, new.kind))
    if bits is not None:
        message = f'"{path}" goes from {old.kind} to {new.kind}, which holds whole numbers exactly up to 2^{bits} only.'
        fix = f"Check the range of the values, or keep {old.kind} and add a new field."
        yield "avro.lossy-promotion", "warning", path, message, fix
    if {old.kind, new.kind} == {"string", "bytes"}:
        message = f'"{path}" goes from {old.kind} to {new.kind}: some readers refuse it (both Python ones), others '
        message += "give the wrong one of the two (Avro for Java, avsc)."
        yield "avro.string-and-bytes", "warning", path, message, f"Add a new field of type {new.kind} instead."
    if old.logical and old.logical != new.logical:
        yield from logical_type_changes(old, new, path)


def logical_type_changes(old: Type, new: Type, path: str) -> Iterator[Change]:
    if old.logical == new.logical:
        if old.logical == "decimal":
            yield from _decimal(old, new, path)
        return
    fix = "Add a new field of the new logical type, and keep this one as it is."
    if not old.logical or not new.logical:
        rule, verb = ("added", "gains") if new.logical else ("removed", "loses")
        logical = new.logical or old.logical
        message = f'"{path}" {verb} the logical type {logical}: readers take the same bytes for something else ({OF_THE_READER}).'
        yield (
            f"avro.logical-type-{rule}",
            "warning",
            path,
            message,
            "Check that the stored values are what it says; " + fix[0].lower() + fix[1:],
        )
        return
    units = [next((unit for unit in _TIME_UNITS if name.endswith(unit)), "") for name in (old.logical, new.logical)]
    message = f'"{path}" changes its logical type from {old.logical} to {new.logical}.'
    if units[0] != units[1] and all(units):
        message = f'"{path}" changes from {old.logical} to {new.logical}: '
        message += f"readers that apply the new unit are off by a factor ({OF_THE_READER})."
        yield "avro.time-unit-changed", "error", path, message, fix
    else:
        yield "avro.logical-type-changed", "error", path, message, fix


def _decimal(old: Type, new: Type, path: str) -> Iterator[Change]:
    if old.scale != new.scale:
        message = (
            f'"{path}" changes its scale from {old.scale} to {new.scale}: '
            f"some readers then shift the decimal point ({OF_THE_READER})."
        )
        yield "avro.decimal-scale-changed", "error", path, message, "Add a new field with the new scale instead."
    if old.precision != new.precision:
        narrower = (new.precision or 0) < (old.precision or 0)
        message = f'"{path}" changes its precision from {old.precision} to {new.precision} digits.'
        fix = "Check that no stored value has more digits." if narrower else ""
        yield "avro.decimal-precision-changed", "warning" if narrower else "note", path, message, fix


def name_changes(old: Type, new: Type, path: str) -> Iterator[Change]:
    if old.name == new.name:
        return
    at = f' at "{path}"' if path else ""
    if old.short == new.short:
        message = (
            f"The {new.kind}{at} moves from {old.name} to {new.name}: "
            "readers that compare full names refuse the data (Apache avro for Python, avsc)."
        )
        yield (
            "avro.namespace-changed",
            "warning",
            path,
            message,
            f'Keep the namespace, or add "{old.name}" to the aliases.',
        )
    else:
        message = (
            f"The {new.kind}{at} is renamed from {old.name} to {new.name}: readers that ignore aliases refuse the data."
        )
        yield "avro.type-renamed", "warning", path, message, f"Keep the name {old.name} on the wire."


def symbol_changes(old: Type, new: Type, path: str) -> Iterator[Change]:
    gone = [symbol for symbol in old.symbols if symbol not in new.symbols]
    come = [symbol for symbol in new.symbols if symbol not in old.symbols]
    if gone and new.default in new.symbols:
        message = f'At "{path}" data with {", ".join(gone)} now reads as {new.default}.'
        yield "avro.enum-collapse", "error", path, message, "Keep the symbols as long as such data can be read."
    if come and old.default in old.symbols:
        message = (
            f'At "{path}" consumers that read with the schema of this data take {", ".join(come)} for {old.default}.'
        )
        yield "avro.enum-collapse-in-old-readers", "warning", path, message, "Move those consumers first."
    if new.default != old.default and old.default is not None:
        message = f'The default of the enum at "{path}" changes from {old.default} to {new.default or "none"}.'
        yield "avro.enum-default-changed", "warning", path, message, "Check which unknown symbols collapse into it."
