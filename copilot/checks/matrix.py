"""What does each decoder make of many edits, in both directions? One record for each, the same bytes for all decoders.

A decoder that can't be run here is predicted, and its cells say so: a prediction is about the worst record, a run about this one.
What a doc alone changes no decoder can notice, so there the value counts as another one for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from copilot.checks.declared import Declared
from copilot.checks.lineage import Direction
from copilot.checks.pairs_run import PREDICTED_AS, aliased, version_of
from copilot.checks.values import compare, meeting, same
from copilot.domain.pair import Basis, Reads
from copilot.domain.schema import SchemaVersion
from copilot.ports import DecoderUnderTest, SchemaFormat, Undecodable

Outcome = Literal["reads", "differs", "refuses"]
ANOTHER_MEANING = "avro.doc-unit-changed"
NEW_LOGICAL_TYPE = "avro.logical-type-added"
_OUTCOMES: dict[Reads, Outcome] = {"yes": "reads", "wrong-value": "differs", "no": "refuses", "unknown": "refuses"}


class Edit(Protocol):
    """An edit of a schema, with a value for each side; `formats.avro.edits` says what the members mean."""

    @property
    def name(self) -> str: ...
    @property
    def old(self) -> Any: ...
    @property
    def new(self) -> Any: ...
    @property
    def old_value(self) -> Any: ...
    @property
    def new_value(self) -> Any: ...
    @property
    def renames(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def converts(self) -> tuple[bool, bool]: ...
    @property
    def expected(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Cell:
    """What one decoder, by the name that predictions have for it, makes of one record."""

    decoder: str
    outcome: Outcome
    basis: Basis


@dataclass(frozen=True, slots=True)
class Half:
    """One direction of an edit: a registry's answer, and the decoders."""

    is_legal: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One edit: `backward` reads old data with the new schema, `forward` new data with the old one."""

    name: str
    backward: Half
    forward: Half

    @property
    def is_legal(self) -> bool:
        """Tells whether the edit keeps the level FULL."""
        return self.backward.is_legal and self.forward.is_legal

    @property
    def hurt(self) -> tuple[str, ...]:
        """The decoders that lose, change or refuse a value in some direction."""
        cells = (*self.backward.cells, *self.forward.cells)
        return tuple(dict.fromkeys(cell.decoder for cell in cells if cell.outcome != "reads"))


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A record and the reader that it meets."""

    direction: Direction
    writer: SchemaVersion
    reader: SchemaVersion
    value: Any
    expected: Any
    declared: Declared


def matrix(edits: Iterable[Edit], schema_format: SchemaFormat) -> tuple[Row, ...]:
    """Returns a row for each edit; its schemas must be valid."""
    return tuple(_row(edit, schema_format) for edit in edits)


def _row(edit: Edit, schema_format: SchemaFormat) -> Row:
    old, new = version_of(edit.old, schema_format), version_of(edit.new, schema_format)
    assert old is not None, edit.name
    assert new is not None, edit.name
    converted = [frozenset(field.path for field in old.fields) if it else frozenset() for it in edit.converts]
    declared = [Declared(renamed=edit.renames, retyped=paths) for paths in converted]
    backward = _Meeting("backward", old, new, edit.old_value, edit.expected, declared[0])
    forward = _Meeting("forward", new, old, edit.new_value, None, declared[1])
    return Row(edit.name, _half(backward, schema_format), _half(forward, schema_format))


def _half(met: _Meeting, schema_format: SchemaFormat) -> Half:
    verdict = schema_format.judge(met.reader.resolved, met.writer.resolved)
    data = schema_format.decoders[0].encode(met.writer.resolved, met.value)
    ran = {PREDICTED_AS.get(it.name, it.name): _outcome(it, data, met) for it in schema_format.decoders}
    rules = {it.rule for it in schema_format.meaning_changes(met.writer, met.reader)}
    cells = []
    for predicted in verdict.decoders:
        is_run = predicted.decoder in ran
        outcome = ran.get(predicted.decoder, _OUTCOMES[predicted.reads])
        if outcome == "reads" and (ANOTHER_MEANING in rules or (not is_run and _is_lost(rules, met))):
            outcome = "differs"
        cells.append(Cell(predicted.decoder, outcome, "ran" if is_run else "predicted"))
    return Half(bool(verdict.compatible), tuple(cells))


def _is_lost(rules: set[str], met: _Meeting) -> bool:
    """Tells whether a value that decodes is not the one that the edit means, which a prediction can't know."""
    renames = [pair if met.direction == "backward" else pair[::-1] for pair in met.declared.renamed]
    followed = aliased(met.reader, met.writer).renamed
    is_swapped = met.expected is not None
    return NEW_LOGICAL_TYPE in rules or is_swapped or any(pair not in followed for pair in renames)


def _outcome(decoder: DecoderUnderTest, data: bytes, met: _Meeting) -> Outcome:
    try:
        read = decoder.decode(data, met.writer.resolved, met.reader.resolved)
    except Undecodable:
        return "refuses"
    if met.expected is not None:
        return "reads" if same(met.expected, read.value) and not read.leftover_bytes else "differs"
    try:
        written = decoder.decode(data, met.writer.resolved, met.writer.resolved).value
    except Undecodable:
        written = met.value
    known = meeting(met.direction, met.writer, met.reader, met.declared, frozenset())
    # A field that the edit takes away is meant to go.
    is_told = any(it.kind != "dropped" for it in compare(written, read.value, known).differences)
    return "differs" if read.leftover_bytes or is_told else "reads"
