"""Does a name mean another unit to its reader than to its writer? Then the same number is another value, which no decoder notices.

What a version says is read from the docs: the new unit is named, and the old one is not any more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from copilot.checks.lineage import Lineage
from copilot.domain.evidence import Finding
from copilot.domain.operation import ChangeUnit
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.units import unit_field

LEFT_TO_READERS = "replay.unit-left-to-readers"


@dataclass(frozen=True, slots=True)
class Turned:
    """A path whose numbers the writer means in `written_in` and the reader in `read_in`; times `factor` they would be the same."""

    path: str
    factor: Fraction
    written_in: str
    read_in: str

    def wanted(self, written: Any) -> Fraction | None:
        """Returns what the reader would have to see, None for what is no number."""
        number = _number(written)
        return None if number is None else number * self.factor

    def is_met(self, written: Any, read: Any) -> bool:
        """Tells whether what was read is the same value in the reader's unit; so is everything that is no number."""
        wanted, got = self.wanted(written), _number(read)
        return wanted is None or got is None or wanted == got

    def words(self, written: str, read: str, value: Any) -> tuple[str, str]:
        """Returns written and read with their units, as an example shows them."""
        wanted = self.wanted(value) or Fraction(0)
        shown = str(wanted.numerator) if wanted.denominator == 1 else f"{float(wanted)!r}"
        return f"{written} {self.written_in}", f"{read} {self.read_in} where it should be {shown}"


def turned_units(
    units: Sequence[tuple[str, ChangeUnit]], writer: SchemaVersion, reader: SchemaVersion
) -> tuple[Turned, ...]:
    """Returns the paths that one version has in the old unit and the other in the new one, under the same name."""
    if not units:
        return ()
    written, read = ({field.path: field for field in version.fields} for version in (writer, reader))
    found = []
    for path, asked in units:
        if path not in written or path not in read:
            continue
        is_new = says_new_unit(written[path], asked), says_new_unit(read[path], asked)
        if is_new == (False, True):
            found.append(Turned(path, Fraction(asked.factor), asked.was, asked.unit))
        elif is_new == (True, False):
            found.append(Turned(path, 1 / Fraction(asked.factor), asked.unit, asked.was))
    return tuple(found)


def left_to_readers(lineage: Lineage, units: Sequence[tuple[str, ChangeUnit]]) -> list[Finding]:
    """Returns where values of both units come under one name, told apart by a field beside it: whether readers look is not seen."""
    last = lineage.after[-1]
    paths = {field.path for field in last.fields} if last else set()
    found = []
    for path, asked in units:
        beside = path[: len(path) - len(asked.field)] + unit_field(asked.field)
        if path in paths and beside in paths:
            text = f"Whoever reads {path} without a look at {beside} takes {asked.unit} for {asked.was}; that each one looks is"
            text += " nothing that schemas or samples show."
            found.append(Finding(LEFT_TO_READERS, "warning", text, None, lineage.name, path))
    return found


def says_new_unit(field: SchemaField, asked: ChangeUnit) -> bool:
    """Tells whether a field's doc names the new unit, and not the old one."""
    return _names(field.doc, asked.unit) and not _names(field.doc, asked.was)


def _names(doc: str, unit: str) -> bool:
    return bool(unit) and re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", doc, re.IGNORECASE) is not None


def _number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return None
    return Fraction(value)
