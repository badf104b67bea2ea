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
from copilot.domain.operation import ChangeMeaning, ChangeUnit
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.units import unit_field

Asked = ChangeUnit | ChangeMeaning
LEFT_TO_READERS = "replay.unit-left-to-readers"


@dataclass(frozen=True, slots=True)
class Turned:
    """A path whose numbers the writer means in `written_in` and the reader in `read_in`; times `factor` they would be the same.

    None stands for a change of meaning that no factor makes good: whatever is read is something else than was written.
    """

    path: str
    factor: Fraction | None
    written_in: str
    read_in: str

    def wanted(self, written: Any) -> Fraction | None:
        """Returns what the reader would have to see, None for what is no number."""
        number = _number(written)
        return None if number is None or self.factor is None else number * self.factor

    def is_met(self, written: Any, read: Any) -> bool:
        """Tells whether what was read is the same value in the reader's unit; so is everything that is no number."""
        if self.factor is None:
            return written is None
        wanted, got = self.wanted(written), _number(read)
        return wanted is None or got is None or wanted == got

    def words(self, written: str, read: str, value: Any) -> tuple[str, str]:
        """Returns written and read with their units, as an example shows them."""
        if self.factor is None:
            return f"{written}, {self.written_in},", f"{read}, {self.read_in}, which nobody can tell apart"
        wanted = self.wanted(value) or Fraction(0)
        shown = str(wanted.numerator) if wanted.denominator == 1 else f"{float(wanted)!r}"
        return f"{written} {self.written_in}", f"{read} {self.read_in} where it should be {shown}"


def turned_units(
    units: Sequence[tuple[str, Asked]], writer: SchemaVersion, reader: SchemaVersion
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
        if is_new[0] != is_new[1]:
            found.append(_turned(path, asked, is_back=is_new[0]))
    return tuple(found)


def _turned(path: str, asked: Asked, *, is_back: bool) -> Turned:
    if isinstance(asked, ChangeMeaning):
        meant = ("in the old meaning", "in the new meaning")
        return Turned(path, None, *(reversed(meant) if is_back else meant))
    factor = Fraction(asked.factor)
    return Turned(path, 1 / factor, asked.unit, asked.was) if is_back else Turned(path, factor, asked.was, asked.unit)


def left_to_readers(lineage: Lineage, units: Sequence[tuple[str, Asked]]) -> list[Finding]:
    """Returns where values of both units come under one name, told apart by a field beside it: whether readers look is not seen."""
    last = lineage.after[-1]
    paths = {field.path for field in last.fields} if last else set()
    found = []
    for path, asked in units:
        if isinstance(asked, ChangeMeaning):
            continue
        beside = path[: len(path) - len(asked.field)] + unit_field(asked.field)
        if path in paths and beside in paths:
            text = f"Whoever reads {path} without a look at {beside} takes {asked.unit} for {asked.was}; that each one looks is"
            text += " nothing that schemas or samples show."
            found.append(Finding(LEFT_TO_READERS, "warning", text, None, lineage.name, path))
    return found


def says_new_unit(field: SchemaField, asked: Asked) -> bool:
    """Tells whether a field's doc names the new unit and not the old one, or is the one of the new meaning."""
    if isinstance(asked, ChangeMeaning):
        return field.doc == asked.doc
    return _names(field.doc, asked.unit) and not _names(field.doc, asked.was)


def _names(doc: str, unit: str) -> bool:
    return bool(unit) and re.search(rf"(?<!\w){re.escape(unit)}(?!\w)", doc, re.IGNORECASE) is not None


def _number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return None
    return Fraction(value)
