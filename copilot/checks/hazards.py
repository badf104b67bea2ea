"""Where two versions of two jobs meet while a phase goes out: what does the old reader make of new data, and the new reader of old?

By the consumer's own way of decoding: with a schema of its own, real bytes go through its decoder (`meetings`) and the values are
compared; where records are decoded as they were written, the code that uses them meets names that are not there, nulls, or another
kind of value. Only what the change brings counts: what failed between the two old versions already is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from copilot.checks.consumers import NULL_BREAKS, READING, asks_for_null, became_nullable
from copilot.checks.declared import at_or_below, beside
from copilot.checks.elsewhere import was_left_to_hand
from copilot.checks.lineage import Direction
from copilot.checks.meetings import NO_AVRO, Meetings, Problem, Reader, Records, decoders_of
from copilot.checks.newsymbols import enums_of
from copilot.checks.nulls import null_is_foreseen
from copilot.checks.parsed_code import Codes
from copilot.checks.roundtrip import HISTORY_LIMIT
from copilot.checks.standing import standing_uses
from copilot.checks.strangers import outcome_at
from copilot.checks.upcasted import is_led_from
from copilot.checks.wires import Wire, meetings_of, wires_of
from copilot.domain.fieldtype import named_types, parsed, says_unknown, value_kind
from copilot.domain.operation import ChangeLevel, RemoveField, RemoveSymbol, RenameSymbol, TopicOperation, old_names
from copilot.domain.pipeline import FieldUse
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.domain.source import Span
from copilot.ports import Bench, Case

_NO_SUCCESSOR = (RemoveField, TopicOperation, ChangeLevel)
_HARMLESS = ("leftover", "imprecise", "dropped")
_MISSING = {"subscript": "KeyError", "attribute": "AttributeError"}


@dataclass(frozen=True, slots=True)
class Hazard:
    """Why a version of a reader can't take a version's data: what happens, and where; not certain where it only may."""

    text: str
    span: Span | None
    path: str = ""
    is_certain: bool = True
    is_of_null: bool = False
    is_by_hand: bool = False
    """The plan left the place to a person before, and a gate waits for it: what stands there now nobody can see yet."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Records of versions before the base, by number, that only the old reader can read again."""

    versions: tuple[int, ...]
    hazard: Hazard


@dataclass(frozen=True, slots=True)
class Crossing:
    """One wire in one phase: what the old reader makes of new data, and the new one of old; None where it takes them well."""

    wire: Wire
    at_old_reader: Hazard | None
    at_new_reader: Hazard | None
    is_writer_other: bool = False
    is_reader_other: bool = False
    """Whether the schema is another one than before the phase."""
    stored: Stored | None = None

    @property
    def jobs(self) -> tuple[str, str]:
        return self.wire.producer.job, self.wire.consumer.job


@dataclass(slots=True)
class Crossings:
    """Finds the hazards of a case; what was asked of decoders or read from patches once is kept.

    `tried` gives the records that decoders are asked about, where those are not to be samples.
    """

    case: Case
    bench: Bench
    tried: Records | None = None
    wires: tuple[Wire, ...] = ()
    _meetings: dict[tuple[str, bool], Meetings | None] = field(default_factory=dict)
    _uses: dict[int, tuple[FieldUse, ...]] = field(default_factory=dict)
    _codes: dict[int, Codes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wires = tuple(
            dict.fromkeys(it for wire in wires_of(self.case, with_possible=True) for it in self._built(wire))
        )

    def of(self, phase: int) -> Iterator[Crossing]:
        """Yields every wire with the hazards of a phase."""
        for wire in self.wires:
            old, new = wire.writer_text(phase - 1), wire.writer_text(phase)
            readers = (wire.reader_text(state, self.case, self.bench) for state in (phase - 1, phase))
            yield Crossing(
                wire,
                self._hazard(wire, phase, new, phase - 1, "forward"),
                self._hazard(wire, phase, old, phase, "backward"),
                _differ(old, new),
                self._reads_by_schema(wire) and _differ(*readers),
                self._stored(wire, phase),
            )

    def _stored(self, wire: Wire, phase: int) -> Stored | None:
        """Returns which of the history only the old reader can read, nothing where a gate has waited until it is gone.

        Those of the newest version are read to the end before the reader moves: they are named with others, and no reason alone
        unless the topic is known to keep them for ever.
        """
        if any(gate.outlasts_retention for gate in self.case.alternative.gates_before(phase)):
            return None
        found: dict[int, Hazard] = {}
        for version in wire.written.history[-HISTORY_LIMIT - 1 :]:
            hazard = self._hazard(wire, phase, version, phase, "backward")
            if hazard and hazard.is_certain and not self._hazard(wire, phase, version, phase - 1, "backward"):
                found[version.number] = hazard
        kept = self.case.base.retention_of(wire.producer.endpoint.name)
        newest = None if kept and kept.days is None else wire.written.history[-1].number
        first = next((hazard for number, hazard in found.items() if number != newest), None) if found else None
        return Stored(tuple(found), first) if first else None

    @staticmethod
    def _reads_by_schema(wire: Wire) -> bool:
        return wire.consumer.decoder is None or wire.consumer.decoder.reader_schema != "writer"

    def _built(self, wire: Wire) -> Iterator[Wire]:
        """A job that hands on bytes has no version of its own: what it sends is what those wrote that built the records."""
        if not wire.producer.forwards:
            yield wire
            return
        for link in self.case.base.links_of(wire.written.name, "produces"):
            if not link.forwards and link.certainty != "possible" and link.job != wire.consumer.job:
                yield replace(wire, producer=replace(link, endpoint=wire.producer.endpoint))

    def _hazard(
        self, wire: Wire, phase: int, data: SchemaVersion | None, read: int, direction: Direction
    ) -> Hazard | None:
        """Returns what the reader of state `read` makes of the data; "forward" where it is older than they are."""
        decoder = wire.consumer.decoder
        kind = decoder.reader_schema if decoder else "unknown"
        if decoder and decoder.library in NO_AVRO:
            kind = "writer"
        found = []
        if kind != "writer":
            found.append(self._of_bytes(wire, phase, data, read, direction))
        if kind in ("writer", "unknown"):
            found.append(self._of_code(wire, phase, data, read, direction))
        told = next((it for it in found if it is not None), None)
        is_open = kind == "unknown" or wire.is_possible
        return replace(told, is_certain=False) if told and is_open else told

    def _of_bytes(
        self, wire: Wire, phase: int, data: SchemaVersion | None, read: int, direction: Direction
    ) -> Hazard | None:
        own, schema = wire.writer_text(read), wire.reader_text(read, self.case, self.bench)
        meetings = self._meetings_of(wire, phase)
        if data is None or meetings is None:
            return None
        if schema is None:
            # The subject is there and its copy can't be read: what it makes of other records than before is open.
            is_own = wire.consumer.subject == wire.producer.subject
            is_other = is_own and own is not None and own.meaning != data.meaning
            return Hazard("a schema of its own can't be read", _start_of(wire), is_certain=False) if is_other else None
        decoders = decoders_of(wire.consumer.decoder, meetings.schema_format)
        reader = Reader(schema, decoders, wire.is_single)
        before = meetings.problems(own, reader, direction) if own else ()
        if wire.is_single and any(it.kind not in _HARMLESS for it in before):
            return None
        known = {it.place for it in before}
        for problem in meetings.problems(data, reader, direction):
            if problem.place in known:
                continue
            if self._says_unknown(problem, meetings):
                uses = [use for use in self._uses_of(wire, read) if use.path == problem.path]
                if stopped := self._first_of(self._stopped(uses, problem.read.strip("'"), read), uses, read, ()):
                    return stopped
            elif self._matters(problem, wire, read, meetings):
                span = self._place_of(problem.path, wire, read)
                return Hazard(problem.detail.rstrip("."), span, problem.path, problem.is_certain)
        # Where a gate waited until the old field was written no more, the default says nothing new.
        is_waited = any(gate.outlasts_retention for gate in self.case.alternative.gates_before(phase))
        if own is None or direction == "backward" or is_waited:
            return None
        return self._of_default(wire, data, own, schema, read)

    def _of_default(
        self, wire: Wire, data: SchemaVersion, own: SchemaVersion, reader: SchemaVersion, read: int
    ) -> Hazard | None:
        """What code takes for a value: the default that its schema gives for what nobody writes any more."""
        has, had, expects = _by_path(data), _by_path(own), _by_path(reader)
        uses = self._uses_of(wire, read)
        fallbacks = self._fallbacks(wire, uses, has)
        met = []
        for use in uses:
            stands_in = expects[use.path].default if use.path in expects.keys() & had.keys() - has.keys() else None
            if stands_in is None or expects[use.path].aliases or use.span in fallbacks:
                continue
            text = f'the default {stands_in} stands for "{use.name}", which nobody writes any more'
            met.append(Hazard(text, use.span, use.path, use.certainty == "certain", stands_in == "null"))
        return self._first_of(met, uses, read, frozenset())

    def _matters(self, problem: Problem, wire: Wire, read: int, meetings: Meetings) -> bool:
        if problem.kind in _HARMLESS:
            return False
        if problem.kind == "refused":
            return True
        own = self._uses_of(wire, read)
        return not own or _is_asked(problem, meetings) or any(_touches(use, problem.path) for use in own)

    @staticmethod
    def _says_unknown(problem: Problem, meetings: Meetings) -> bool:
        return problem.kind == "collapsed" and _is_asked(problem, meetings) and says_unknown(problem.read.strip("'"))

    def _stopped(self, uses: Iterable[FieldUse], symbol: str, state: int) -> Iterator[Hazard]:
        """Yields the uses whose code stops at a symbol that it was not written for, be it one that says that nothing is known."""
        for use in uses:
            outcome = outcome_at(use, symbol, self._codes_of(state))
            if outcome.fate == "breaks":
                text = f'"{use.name}" is {symbol}, and the code {outcome.what}'
                yield Hazard(text, use.span, use.path, use.certainty == "certain")

    def _place_of(self, path: str, wire: Wire, state: int) -> Span | None:
        used = [use.span for use in self._uses_of(wire, state) if path and _touches(use, path)]
        return min(used) if used else _start_of(wire)

    def _of_code(
        self, wire: Wire, phase: int, data: SchemaVersion | None, read: int, direction: Direction
    ) -> Hazard | None:
        own = wire.writer_text(read)
        if data is None or own is None or data.meaning == own.meaning:
            return None
        has, expects = _by_path(data), _by_path(own)
        uses = self._uses_of(wire, read)
        fallbacks = self._fallbacks(wire, uses, has)
        codes = self._codes_of(read)
        fallbacks |= {use.span for use in uses if use.path not in has and is_led_from(use, has, codes)}
        is_old = direction == "forward"
        met = [hazard for use in uses for hazard in _met(use, has, expects, fallbacks, is_old=is_old)]
        if is_old:
            met += self._of_symbols(wire, phase, data, own, read)
        fresh = has.keys() - _by_path(wire.written.history[-1]).keys() if wire.written.history else frozenset()
        return self._first_of(met, uses, read, fresh)

    def _fallbacks(self, wire: Wire, uses: list[FieldUse], has: dict[str, SchemaField]) -> set[Span]:
        """Returns where code reads what stands in for a field that is not there: the old one, or what takes its place.

        Any other field on the same line stands in for nothing.
        """
        base = _by_path(wire.written.history[-1]) if wire.written.history else {}
        about_fields = (it for it in self.case.request.operations if not isinstance(it, _NO_SUCCESSOR))
        olds = {name for it in about_fields for name in old_names(it)}
        return {use.span for use in uses if use.path in has and (use.path not in base or use.name in olds)}

    def _of_symbols(
        self, wire: Wire, phase: int, data: SchemaVersion, own: SchemaVersion, read: int
    ) -> Iterator[Hazard]:
        """Yields what old code makes of symbols that it gets as they were written."""
        now, then = enums_of(data), enums_of(own)
        if now == then or not (meetings := self._meetings_of(wire, phase)):
            return
        unwritten = frozenset().union(*meetings.unwritten.values())
        for path in now.keys() & then.keys():
            uses = [use for use in self._uses_of(wire, read) if use.path == path]
            for symbol in sorted({*now[path]["symbols"]} - {*then[path]["symbols"]} - unwritten):
                yield from self._stopped(uses, symbol, read)

    def _first_of(self, met: Iterable[Hazard], uses: list[FieldUse], read: int, fresh: Iterable[str]) -> Hazard | None:
        """Returns the most certain of what uses meet, the first in the code; nothing where null is met by code that foresees it."""
        met = [it for it in met if not (it.is_of_null and it.span and self._foresees_null(uses, it, read, fresh))]
        told = [self._told_of(it, read) for it in met]
        return min(told, key=lambda it: (not it.is_certain, it.span or Span("", 0, 0)), default=None)

    def _told_of(self, hazard: Hazard, read: int) -> Hazard:
        """A place that the plan left to a person before may be another by then; its decoder is what it was."""
        is_by_hand = hazard.span is not None and was_left_to_hand(self.case, hazard.span, read)
        return replace(hazard, is_certain=False, is_by_hand=True) if is_by_hand else hazard

    def _foresees_null(self, uses: list[FieldUse], hazard: Hazard, state: int, fresh: Iterable[str]) -> bool:
        """Tells whether the code that a null reaches asks for it, has a default, catches what would be raised, or is not reached.

        It isn't where the old field is read only for want of one that the change brings (`fresh`), and that comes with a value.
        """
        codes = self._codes_of(state)
        found = [use for use in uses if (use.span, use.path) == (hazard.span, hazard.path)]
        return bool(found) and all(null_is_foreseen(codes.of(use), use, beside(use.path, fresh)) for use in found)

    def _codes_of(self, state: int) -> Codes:
        return self._codes.setdefault(state, Codes(self.case, self.bench, state))

    def _uses_of(self, wire: Wire, state: int) -> list[FieldUse]:
        if state not in self._uses:
            self._uses[state] = standing_uses(self.case, state).after
        return [
            use
            for use in self._uses[state]
            if use.job == wire.consumer.job
            and use.subject == wire.consumer.subject
            and use.mode in READING
            and not use.is_test
        ]

    def _meetings_of(self, wire: Wire, phase: int) -> Meetings | None:
        """Samples hold no symbol that is removed, where an earlier gate waits until none is written any more."""
        is_waited = any(gate.outlasts_retention for gate in self.case.alternative.gates_before(phase))
        key = wire.written.name, is_waited
        if key not in self._meetings:
            found = meetings_of(wire, self.case, self.bench)
            if found:
                found.tried = self.tried
            gone = {it.symbol for it in self.case.request.operations if isinstance(it, RemoveSymbol | RenameSymbol)}
            if found and is_waited and gone:
                found.unwritten = _without(found, wire.writer_text(phase - 1), frozenset(gone))
            self._meetings[key] = found
        return self._meetings[key]


def _start_of(wire: Wire) -> Span | None:
    return wire.consumer.proof[0] if wire.consumer.proof else None


def _differ(before: SchemaVersion | None, after: SchemaVersion | None) -> bool:
    return (before and before.meaning) != (after and after.meaning)


def _without(meetings: Meetings, version: SchemaVersion | None, symbols: frozenset[str]) -> dict[str, frozenset[str]]:
    left_out = dict(meetings.unwritten)
    for name, kind in named_types(parsed(version.resolved)) if version else ():
        if symbols & set(kind.get("symbols", ())):
            left_out[name] = left_out.get(name, frozenset()) | symbols
    return left_out


def _is_asked(problem: Problem, meetings: Meetings) -> bool:
    return any(at_or_below(problem.path, path) for path in meetings.declared.paths)


def _by_path(version: SchemaVersion) -> dict[str, SchemaField]:
    return {it.path: it for it in version.fields}


def _touches(use: FieldUse, path: str) -> bool:
    return at_or_below(path, use.path) or at_or_below(use.path, path)


def _met(
    use: FieldUse, has: dict[str, SchemaField], expects: dict[str, SchemaField], fallbacks: set[Span], *, is_old: bool
) -> Iterator[Hazard]:
    """What a use meets in a record that is decoded as it was written."""
    is_certain = use.certainty == "certain"
    if use.path not in expects:
        return
    if use.path not in has:
        if use.form != "get" and use.span not in fallbacks:
            what = _MISSING.get(use.form, "no value")
            yield Hazard(f'{what} for "{use.name}"', use.span, use.path, is_certain)
        return
    now, then = has[use.path], expects[use.path]
    if use.mode not in NULL_BREAKS:
        return
    if is_old and became_nullable(now, then) and not asks_for_null(use):
        yield Hazard(f'TypeError where "{use.name}" is null', use.span, use.path, is_certain, True)
    kinds = value_kind(parsed(now.type)), value_kind(parsed(then.type))
    if kinds[0] != kinds[1]:
        yield Hazard(f'"{use.name}" is {kinds[0]} and not {kinds[1]}', use.span, use.path, is_certain)
