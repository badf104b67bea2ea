"""Did a written value come back? Compares what was written with what a reader got, path by path.

The rule: a value comes back under its own path; where the reader has no such field, as `declared` says; where it has none and
nothing is declared, it was dropped. An old reader need not know what was added after it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from copilot.checks.declared import Declared, at_or_below, stand_ins
from copilot.checks.leaves import Outline, leaves_of, outline_of, renamed, standing
from copilot.checks.lineage import Direction
from copilot.checks.turned import Turned, turned_units
from copilot.domain.fieldtype import parsed
from copilot.domain.schema import SchemaVersion

Kind = Literal["lost", "defaulted", "changed", "collapsed", "dropped", "imprecise"]
"""lost: nothing came back. defaulted: the reader's default came instead. collapsed: another symbol. dropped: the field is gone."""
EXAMPLE_CHARACTERS = 60
_MISSING = object()
_PLAIN = frozenset({str, int, bytes, bool, type(None)})
"""Types of values of which two are the same where they are equal; of floating numbers 0.0 and -0.0 are not."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """A written value that did not come back; `path` as the writer calls it."""

    path: str
    kind: Kind
    written: str
    read: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One record, compared."""

    differences: tuple[Difference, ...]
    values: int
    defaults_used: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """What comparing needs to know of the two schemas, worked out once for all records."""

    direction: Direction
    declared: Declared
    written: Outline
    read: Outline
    enums: frozenset[str]
    stand_ins: tuple[tuple[str, tuple[str, ...]], ...]
    defaults: tuple[tuple[str, str], ...] = ()
    """Of the reader's fields that the writer lacks: path, and default as JSON text."""
    turned: tuple[Turned, ...] = ()

    def target(self, path: str) -> str | None:
        """Returns where the reader has the value of that path, None where nothing is expected there."""
        if not path or path in self.read.paths or path.rstrip("[]{}") in self.read.paths:
            return path
        for old, new in self.declared.renamed:
            source, target = (old, new) if self.direction == "backward" else (new, old)
            if at_or_below(path, source) and target not in self.written.paths:
                return target + path[len(source) :]
        return None

    def may_vanish(self, path: str) -> bool:
        """Tells whether the request allows that the reader gets nothing for that path."""
        if self.direction == "forward" or any(at_or_below(path, gone) for gone in self.declared.removed):
            return True
        moved = (*self.stand_ins, *((old, (new,)) for old, new in self.declared.renamed))
        return any(at_or_below(path, old) and self.written.paths & set(new) for old, new in moved)


def meeting(
    direction: Direction, writer: SchemaVersion, reader: SchemaVersion, declared: Declared, base: frozenset[str]
) -> Meeting:
    """Returns what `compare` needs; `base` are the paths that the base's schema has."""
    newer = reader if direction == "backward" else writer
    written, read = outline_of(writer.fields), outline_of(reader.fields)
    # A list of plain values that is read as one that may hold records, too, is taken apart on both sides.
    collections = written.collections | read.collections
    return Meeting(
        direction,
        declared,
        replace(written, collections=collections),
        replace(read, collections=collections),
        frozenset(field.path for field in reader.fields if '"enum"' in field.type),
        tuple((path, stand_ins(path, newer, base)) for path in sorted(declared.replaced)),
        tuple((it.path, it.default) for it in reader.fields if it.default is not None and it.path not in written.paths),
        turned_units(declared.units, writer, reader),
    )


def compare(written: Any, read: Any, met: Meeting) -> Compared:
    """Compares one record as written with the same record as read."""
    kept, written, read = _without_equal(written, read, met)
    before = leaves_of(written, met.written) if written or not kept else {}
    after = {standing(place): (place[-1][1], value) for place, value in leaves_of(read, met.read).items()}
    differences = []
    expected: set[tuple[str, ...]] = set()
    for place, value in before.items():
        path = place[-1][1]
        if len(place) == 1 and path in met.read.paths:
            # Most values of most records, and all that follows comes to this for them.
            target_place, target = standing(place), path
        else:
            gone = next((path for _, path in place if met.target(path) is None), None)
            if gone is not None:
                if not met.may_vanish(gone):
                    differences.append(Difference(gone, _gone_kind(gone, met), example(value), "nothing"))
                continue
            target_place, target = renamed(place, met.target), met.target(path) or path
        expected.add(target_place)
        _, got = after.get(target_place, ("", _MISSING))
        if value == {} and (got is _MISSING or isinstance(got, dict)):
            # A record without fields has nothing to lose; what it gained since has places of its own.
            continue
        difference = _difference(path, target, value, got, met)
        if difference:
            differences.append(difference)
    defaults = sum(1 for place, (path, _) in after.items() if place not in expected and path not in met.written.paths)
    return Compared(tuple(differences), kept + len(before), defaults)


def _without_equal(written: Any, read: Any, met: Meeting) -> tuple[int, Any, Any]:
    """Returns how many plain values of a record came back as they were under their own names, and what is left of both sides.

    They are most of a wide record, and nothing else about them could matter to the rest of it.
    """
    is_record = isinstance(written, dict) and isinstance(read, dict)
    if not is_record or met.turned or not (written.keys() <= met.written.paths and read.keys() <= met.read.paths):
        return 0, written, read
    equal = {
        name
        for name, value in written.items()
        if value.__class__ in _PLAIN
        and name in read
        and read[name].__class__ is value.__class__
        and read[name] == value
    }
    rest = [{name: value for name, value in record.items() if name not in equal} for record in (written, read)]
    return len(equal), rest[0], rest[1]


def same(written: Any, read: Any) -> bool:
    """Tells whether two values are equal, numbers by their exact value, NaN equal to NaN, true and 1 not, -0.0 and 0.0 not."""
    if isinstance(written, bool) or isinstance(read, bool):
        return written is read
    if isinstance(written, float) and isinstance(read, float) and math.isnan(written):
        return math.isnan(read)
    if isinstance(written, float) and isinstance(read, float) and written == 0.0 == read:
        return math.copysign(1, written) == math.copysign(1, read)
    if isinstance(written, dict) and isinstance(read, dict):
        return written.keys() == read.keys() and all(same(value, read[key]) for key, value in written.items())
    if isinstance(written, list | tuple) and isinstance(read, list | tuple):
        return len(written) == len(read) and all(same(one, other) for one, other in zip(written, read, strict=True))
    if isinstance(written, str) != isinstance(read, str):
        return False
    return bool(written == read)


def converted(written: Any, read: Any) -> bool:
    """Tells whether `read` is `written` in another type: a number rounded, a text or decimal as bytes, a time as its number."""
    if isinstance(written, list) and isinstance(read, list):
        return len(written) == len(read) and all(
            same(one, other) or converted(one, other) for one, other in zip(written, read, strict=True)
        )
    if isinstance(written, dict) and isinstance(read, dict):
        return written.keys() == read.keys() and all(
            same(value, read[name]) or converted(value, read[name]) for name, value in written.items()
        )
    match written, read:
        case (bool(), _) | (_, bool()):
            return False
        case (int(), float()):
            return math.isclose(float(written), read, rel_tol=1e-6)
        case (float(), float()) | (float(), Decimal()) | (Decimal(), float()) | (Decimal(), Decimal()):
            return math.isclose(float(written), float(read), rel_tol=1e-6)
        case (str(), bytes()):
            return written.encode() == read
        case (bytes(), str()):
            return written == read.encode("utf-8", "surrogateescape")
        case (Decimal(), bytes()):
            return _is_unscaled(written, read)
        case (bytes(), Decimal()):
            return _is_unscaled(read, written)
        case (int(), datetime()):
            return _is_instant(written, read)
        case (datetime(), int()):
            return _is_instant(read, written)
        case (int(), time() | date() | tuple()):
            return written in _numbers_of(read)
        case (time() | date() | tuple(), int()):
            return read in _numbers_of(written)
    return False


def example(value: Any) -> str:
    """Returns a value as short text."""
    text = repr(value)
    return text if len(text) <= EXAMPLE_CHARACTERS else text[: EXAMPLE_CHARACTERS - 1] + "…"


def _difference(path: str, target: str, written: Any, read: Any, met: Meeting) -> Difference | None:
    turned = next((it for it in met.turned if it.path == path == target), None)
    if turned is not None and read is not _MISSING and not turned.is_met(written, read):
        return Difference(path, "changed", *turned.words(example(written), example(read), written))
    if read is not _MISSING and same(written, read):
        return None
    if read is _MISSING:
        return Difference(path, "lost", example(written), "nothing")
    is_declared = any(at_or_below(path, own) for own in met.declared.retyped)
    if is_declared and converted(written, read):
        is_exact = not isinstance(written, int | float) or isinstance(read, date | time | tuple)
        return None if is_exact else Difference(path, "imprecise", example(written), example(read))
    if target in met.enums and isinstance(written, str) and isinstance(read, str):
        return Difference(path, "collapsed", example(written), example(read))
    kind: Kind = "defaulted" if _is_default(target, read, met) else "changed"
    return Difference(path, kind, example(written), example(read))


def _is_default(target: str, read: Any, met: Meeting) -> bool:
    """Tells whether a value, or the record around it, is one that the reader filled in."""
    for path, default in met.defaults:
        if path == target.rstrip("[]{}"):
            value = parsed(default)
            # Bytes are written as text in a schema, and filled in as one or the other.
            filled_in = (
                value.encode("latin-1", "replace") if isinstance(read, bytes) and isinstance(value, str) else value
            )
            return isinstance(value, dict | list) or bool(filled_in == read)
        if at_or_below(target, path):
            return True
    return False


def _gone_kind(path: str, met: Meeting) -> Kind:
    is_known = any(at_or_below(path, own) for own in met.declared.paths)
    return "lost" if is_known else "dropped"


def _is_unscaled(value: Decimal, data: bytes) -> bool:
    """Tells whether bytes are those of a decimal on the wire; its scale is that of its own digits."""
    sign, digits, _ = value.as_tuple()
    unscaled = int("".join(map(str, digits)))
    return int.from_bytes(data, "big", signed=True) == (-unscaled if sign else unscaled)


def _numbers_of(value: time | date | tuple[Any, ...]) -> tuple[int, ...]:
    """Returns the numbers that a time of day or an instant (in milliseconds, in microseconds) or a day may stand for on the wire.

    Java has days and instants that Python has not; they come as tuples.
    """
    match value:
        case ("date", int(days)):
            return (days,)
        case ("instant", int(seconds), int(nanoseconds)):
            return seconds * 1_000 + nanoseconds // 1_000_000, seconds * 1_000_000 + nanoseconds // 1_000
        case tuple():
            return ()
        case date():
            return ((value - _EPOCH.date()).days,)
    passed = datetime.combine(_EPOCH, value) - datetime.combine(_EPOCH, time())
    return passed // timedelta(milliseconds=1), passed // timedelta(microseconds=1)


def _is_instant(number: int, instant: datetime) -> bool:
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    passed = aware - _EPOCH
    return number in (passed // timedelta(milliseconds=1), passed // timedelta(microseconds=1))
