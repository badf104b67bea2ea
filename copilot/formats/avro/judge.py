"""May data of one Avro schema be read as another? The registry's answer, and a prediction for each decoder that is in use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from copilot.domain.pair import DecoderVerdict, PairVerdict, Reads, Reason
from copilot.formats.avro.agreement import all_read
from copilot.formats.avro.meaning import changes_of
from copilot.formats.avro.model import FINE, NO, WRONG, YES, Outcome
from copilot.formats.avro.model_apache import ApacheModel
from copilot.formats.avro.model_avsc import AvscModel, first_bad_default
from copilot.formats.avro.model_fastavro import FastavroModel
from copilot.formats.avro.model_java import JavaModel
from copilot.formats.avro.rules import Walk
from copilot.formats.avro.strict import InvalidSchema, read_schema
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


def judge(reader: Any, writer: Any, *, with_meaning: bool = False) -> PairVerdict:
    """Judges two schemas, each a JSON value, or the JSON text of one; raises nothing."""
    sides = (("reader", reader), ("writer", writer))
    graphs: list[Type] = []
    errors: list[str] = []
    for side, schema in sides:
        try:
            graphs.append(read_schema(schema)[1])
        except InvalidSchema as error:
            errors.append(f"the {side}'s schema is invalid: {error}")
    if errors:
        return _unanswered("; ".join(errors))
    try:
        return _judged(graphs[0], graphs[1], is_same=reader == writer, with_meaning=with_meaning)
    except RecursionError:
        # Each schema alone has its limit of nesting; names that lead from record to record go deeper than any text.
        calls = sys.getrecursionlimit()
        return _unanswered(f"the types of the schemas lead to one another too deep to be followed ({calls} calls)")


def _judged(reader: Type, writer: Type, *, is_same: bool, with_meaning: bool) -> PairVerdict:
    meanings = _meanings(reader, writer) if with_meaning else ()
    if all_read(reader, writer):
        return PairVerdict(True, "", (), _ALL_READ, meanings)
    reasons = Walk(as_registry=True).reasons(reader, writer, "")
    return PairVerdict(
        compatible=not reasons,
        error="",
        reasons=tuple(Reason(*reason) for reason in dict.fromkeys(reasons)),
        decoders=_predictions(reader, writer, is_same=is_same),
        meanings=meanings,
    )


def _unanswered(error: str) -> PairVerdict:
    unknown = tuple(DecoderVerdict(name, "unknown", "predicted") for name in DECODERS)
    return PairVerdict(None, error, (), unknown)


def _meanings(reader: Type, writer: Type) -> tuple[Reason, ...]:
    changes = dict.fromkeys(changes_of(writer, reader))
    return tuple(
        Reason(rule, path, message, fix, MISREAD_BY.get(rule, ()))
        for rule, severity, path, message, fix in changes
        if severity != "note"
    )


def _predictions(reader: Type, writer: Type, *, is_same: bool) -> tuple[DecoderVerdict, ...]:
    outcomes: dict[str, Callable[[], Outcome]] = {
        # These three take a short way where both schemas are the same; avsc compares them all the same.
        "java": lambda: FINE if is_same else JavaModel(reader).outcome(writer, reader),
        "python": lambda: FINE if is_same else ApacheModel().outcome(writer, reader),
        "fastavro": lambda: FINE if is_same else FastavroModel().outcome(writer, reader),
        "avsc": lambda: _avsc(reader, writer),
    }
    found = ((name, outcomes[name]()) for name in DECODERS)
    return tuple(
        DecoderVerdict(name, _LEVELS[outcome.level], "predicted", outcome.path, outcome.note) for name, outcome in found
    )


def _avsc(reader: Type, writer: Type) -> Outcome:
    for schema in (reader, writer):
        bad = first_bad_default(schema)
        if bad is not None:
            return Outcome(NO, bad, f'avsc refuses the schema: the default of "{bad}" is not of the first branch')
    return AvscModel().outcome(writer, reader)
