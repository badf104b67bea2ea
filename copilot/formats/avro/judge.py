"""May data of one Avro schema be read as another? The registry's answer, and a prediction for each decoder that is in use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from copilot.domain.pair import Age, DecoderVerdict, PairVerdict, Reads, Reason
from copilot.formats.avro.agreement import Agreement
from copilot.formats.avro.meaning import changes_of
from copilot.formats.avro.model import FINE, NO, WRONG, YES, Outcome, first_refused_default
from copilot.formats.avro.model_apache import ApacheModel
from copilot.formats.avro.model_avsc import AvscModel, takes_default
from copilot.formats.avro.model_fastavro import FastavroModel, accepts_default
from copilot.formats.avro.model_java import JavaModel
from copilot.formats.avro.plain_refusals import PlainRefusal, first_written, plain_refusals
from copilot.formats.avro.rules import AMBIGUOUS_ALIAS, Walk
from copilot.formats.avro.strict import Alike, InvalidSchema, read_schema
from copilot.formats.avro.types import Type

_LEVELS: dict[int, Reads] = {YES: "yes", WRONG: "wrong-value", NO: "no"}
DECODERS = ("java", "python", "fastavro", "avsc")
_ALL_READ = tuple(DecoderVerdict(name, "yes", "predicted") for name in DECODERS)
MISREAD_BY = {
    "avro.doc-unit-changed": DECODERS,
    "avro.rename-loses-values": DECODERS,
    "avro.name-unit-changed": DECODERS,
    "avro.logical-type-added": ("java", "avsc"),
    "avro.logical-type-changed": ("java", "avsc"),
    "avro.time-unit-changed": ("java", "avsc"),
    "avro.decimal-scale-changed": ("java", "avsc"),
    "avro.namespace-changed": ("python", "avsc"),
    "avro.type-renamed": ("python", "fastavro", "avsc"),
    "avro.string-and-bytes": DECODERS,
    "avro.enum-collapse": DECODERS,
}
"""Who takes the writer's own data for something else, or refuses it; a change that is not here is about other data."""
_FIXES_OF_WRITERS = {
    "avro.reader-field-missing-default": "Keep writing the field while such readers are left.",
    "avro.type-mismatch": "Keep what such readers take while they are left, and add a new field of the new type beside it.",
    "avro.missing-union-branch": "Write no such branch while such readers are left; add a new field for it.",
    "avro.missing-enum-symbols": "Write no such symbol while such readers are left.",
    "avro.name-mismatch": "Keep the name that such readers know while they are left.",
    "avro.fixed-size-mismatch": "Keep the size while such readers are left, and add a new field of the new size beside it.",
    AMBIGUOUS_ALIAS: "Write only one of these fields while such readers are left.",
}
"""What helps where the older schema reads, which nobody can change any more: only what is written can be."""


def judge(reader: Any, writer: Any, *, reader_is: Age | None = None) -> PairVerdict:
    """Judges two schemas, each a JSON value, or the JSON text of one; raises nothing. `reader_is` asks for meanings, too."""
    sides = (("reader", reader), ("writer", writer))
    graphs: list[Type] = []
    errors: list[str] = []
    alike = Alike()
    for side, schema in sides:
        try:
            graphs.append(read_schema(schema, alike)[1])
        except InvalidSchema as error:
            errors.append(f"the {side}'s schema is invalid: {error}")
    if errors:
        return _unanswered("; ".join(errors))
    try:
        return _judged(graphs[0], graphs[1], is_same=reader == writer, reader_is=reader_is)
    except RecursionError:
        # Each schema alone has its limit of nesting; names that lead from record to record go deeper than any text.
        calls = sys.getrecursionlimit()
        return _unanswered(f"the types of the schemas lead to one another too deep to be followed ({calls} calls)")


def _judged(reader: Type, writer: Type, *, is_same: bool, reader_is: Age | None) -> PairVerdict:
    meanings = _meanings(reader, writer, reader_is) if reader_is else ()
    fixes = _FIXES_OF_WRITERS if reader_is == "older" else {}
    agreement = Agreement(reader, writer)
    if agreement.is_whole:
        return PairVerdict(True, "", (), _ALL_READ, meanings)
    refusals = plain_refusals(agreement, reader, writer)
    if refusals:
        reasons = tuple([reason for it in refusals for reason in it.reasons()])
        decoders = _refused(refusals)
    else:
        reasons = Walk(as_registry=True, fields_of=agreement.disputed).reasons(reader, writer, "")
        decoders = _predictions(reader, writer, agreement, is_same=is_same)
    return PairVerdict(
        compatible=not reasons,
        error="",
        reasons=tuple(
            [Reason(rule, path, text, fixes.get(rule, fix)) for rule, path, text, fix in dict.fromkeys(reasons)]
        ),
        decoders=decoders,
        meanings=meanings,
    )


def _unanswered(error: str) -> PairVerdict:
    unknown = tuple(DecoderVerdict(name, "unknown", "predicted") for name in DECODERS)
    return PairVerdict(None, error, (), unknown)


def _meanings(reader: Type, writer: Type, reader_is: Age) -> tuple[Reason, ...]:
    changes = dict.fromkeys(changes_of(writer, reader, is_newer=reader_is == "newer"))
    return tuple(
        Reason(rule, path, message, fix, MISREAD_BY.get(rule, ()))
        for rule, severity, path, message, fix in changes
        if severity != "note"
    )


def _refused(refusals: tuple[PlainRefusal, ...]) -> tuple[DecoderVerdict, ...]:
    first, written = refusals[0], first_written(refusals)
    note = first.note()
    written_note = note if written is first else written.note()
    return (
        DecoderVerdict("java", "no", "predicted", first.path, f"java {note}"),
        DecoderVerdict("python", "no", "predicted", first.path, f"python {first.whole_note(note)}"),
        DecoderVerdict("fastavro", "no", "predicted", written.path, f"fastavro {written_note}"),
        DecoderVerdict("avsc", "no", "predicted", first.path, f"avsc {note}"),
    )


def _predictions(reader: Type, writer: Type, agreement: Agreement, *, is_same: bool) -> tuple[DecoderVerdict, ...]:
    fields_of = agreement.disputed
    schemas = () if agreement.is_thorough else (reader, writer)
    # All take a short way where both schemas are the same; who uses avsc makes no resolver then.
    return (
        _verdict("java", FINE if is_same else JavaModel(writer, reader, fields_of).outcome(writer, reader)),
        _verdict("python", FINE if is_same else ApacheModel(fields_of).outcome(writer, reader)),
        _verdict(
            "fastavro",
            _refused_schema("fastavro", schemas, accepts_default)
            or (FINE if is_same else FastavroModel(fields_of).outcome(writer, reader)),
        ),
        _verdict(
            "avsc",
            _refused_schema("avsc", schemas, takes_default)
            or (FINE if is_same else AvscModel(fields_of).outcome(writer, reader)),
        ),
    )


def _verdict(decoder: str, outcome: Outcome) -> DecoderVerdict:
    return DecoderVerdict(decoder, _LEVELS[outcome.level], "predicted", outcome.path, outcome.note)


def _refused_schema(decoder: str, schemas: Iterable[Type], takes: Callable[[Any, Type], bool]) -> Outcome | None:
    """Returns the refusal of a whole schema for one of its defaults."""
    for schema in schemas:
        bad = first_refused_default(schema, takes)
        if bad is not None:
            return Outcome(NO, bad, f'{decoder} refuses the schema: it does not take the default of "{bad}"')
    return None
