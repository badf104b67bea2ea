"""A small pipeline built by hand: Order records from a shop to a scorer, with the states that a change goes through."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from copilot.domain.alternative import Alternative, Gate, Phase, Step
from copilot.domain.codec import digest_of_text
from copilot.domain.levels import Level
from copilot.domain.operation import ChangeRequest, Operation
from copilot.domain.patch import FileChange, Patch
from copilot.domain.pipeline import (
    BlindSpot,
    Certainty,
    Decoder,
    Endpoint,
    FieldUse,
    Impact,
    Job,
    Link,
    Mode,
    PipelineMap,
    Retention,
    UseForm,
)
from copilot.domain.schema import SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Span
from copilot.formats.avro import AvroFormat
from copilot.ports import Bench, Case, RoundTrip
from tests.checks.cases import COMMIT, tree_of

SUBJECT = "order"
SCHEMA_PATH = "schemas/order.avsc"
SHOP_PATH = "shop/main.py"
SCORER_PATH = "scorer/main.py"
TOPIC = Endpoint("topic", "orders")
AVRO = AvroFormat()

Fields = Sequence[Mapping[str, Any]]


def field(name: str, kind: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **more}


def schema_text(fields: Fields, name: str = "Order") -> str:
    return json.dumps({"type": "record", "name": name, "fields": list(fields)}, indent=1) + "\n"


def version(fields: Fields, number: int = 1, name: str = "Order", path: str = SCHEMA_PATH) -> SchemaVersion:
    text = schema_text(fields, name)
    source = SchemaSource(
        path, digest_of_text(text), COMMIT, "file", 0, len(text.encode()), Span(path, 1, text.count("\n"))
    )
    parsed = AVRO.parse(text, source, {})
    assert isinstance(parsed, SchemaVersion), parsed
    return replace(parsed, subject=SUBJECT, number=number)


def use(
    path: str,
    mode: Mode = "reads",
    *,
    job: str = "scorer",
    line: int = 1,
    certainty: Certainty = "certain",
    is_test: bool = False,
    form: UseForm = "subscript",
    excerpt: str = "",
) -> FieldUse:
    file = SCORER_PATH if job == "scorer" else SHOP_PATH
    return FieldUse(job, SUBJECT, path, mode, form, certainty, Span(file, line, line), line * 100, is_test, excerpt)


def link(job: str, direction: str, decoder: Decoder | None) -> Link:
    file = SCORER_PATH if job == "scorer" else SHOP_PATH
    assert direction in ("produces", "consumes")
    return Link(
        job,
        TOPIC,
        "produces" if direction == "produces" else "consumes",
        SUBJECT,
        decoder,
        "certain",
        (Span(file, 1, 1),),
    )


FASTAVRO = Decoder("fastavro", "writer")


def pipeline(
    versions: Sequence[SchemaVersion],
    *,
    uses: Sequence[FieldUse] = (),
    level: Level = "BACKWARD",
    reader: Decoder | None = FASTAVRO,
    blind_spots: Sequence[BlindSpot] = (),
    copies: Sequence[SchemaSource] = (),
    retentions: Sequence[Retention] = (),
) -> PipelineMap:
    subject = SchemaSubject(SUBJECT, "avro", level, "copilot.toml:2", tuple(versions), tuple(copies))
    return PipelineMap(
        COMMIT,
        (subject,),
        (TOPIC,),
        (Job("scorer", "scorer"), Job("shop", "shop")),
        (),
        (link("scorer", "consumes", reader), link("shop", "produces", FASTAVRO)),
        tuple(uses),
        tuple(blind_spots),
        (),
        (),
        3,
        retentions=tuple(retentions),
    )


def case(
    operation: Operation,
    history: Sequence[Fields],
    states: Sequence[Fields],
    *,
    uses: Sequence[FieldUse] = (),
    uses_after: Sequence[Sequence[FieldUse]] = (),
    code: Mapping[str, Sequence[str]] | None = None,
    base_code: Mapping[str, str] | None = None,
    level: Level = "BACKWARD",
    reader: Decoder | None = FASTAVRO,
    blind_spots: Sequence[BlindSpot] = (),
    retentions: Sequence[Retention] = (),
    steps: Sequence[tuple[Step, ...]] = (),
    gates: Sequence[str | Gate] = (),
    schema_path: str = SCHEMA_PATH,
) -> Case:
    """A case whose schema goes through `states`; `code` holds the texts of code files after each phase."""
    versions = [version(fields, number, path=schema_path) for number, fields in enumerate(history, 1)]
    after = [version(fields, len(history) + 1, path=schema_path) for fields in states]
    drawn = partial(pipeline, level=level, reader=reader, blind_spots=blind_spots, retentions=retentions)
    base = drawn(versions, uses=uses)
    maps = tuple(
        drawn(
            [*versions, it] if it.meaning != versions[-1].meaning else versions,
            uses=uses_after[number] if number < len(uses_after) else uses,
        )
        for number, it in enumerate(after)
    )
    patches = tuple(
        _patch(number, versions[-1], it, {path: texts[number] for path, texts in (code or {}).items()}, base_code or {})
        for number, it in enumerate(after)
    )
    phases = tuple(
        Phase(
            f"state {number}",
            (),
            steps[number] if number < len(steps) else (),
            gate_of(gates[number]) if number < len(gates) else None,
        )
        for number in range(len(after))
    )
    alternative = Alternative("try-000001", "a try", "rules", "a try", phases, "")
    links = (base.links_of(SUBJECT, "produces"), base.links_of(SUBJECT, "consumes"))
    concerned = tuple(it for it in uses if it.name == operation.field)
    impact = Impact(SUBJECT, operation.field, *links, concerned, (), tuple(blind_spots), ())
    request = ChangeRequest("a try", (operation,), COMMIT, "ada")
    return Case(request, base, (impact,), alternative, patches, maps)


def gate_of(gate: str | Gate) -> Gate:
    return gate if isinstance(gate, Gate) else Gate(gate)


def _patch(
    phase: int, before: SchemaVersion, after: SchemaVersion, code: Mapping[str, str], base_code: Mapping[str, str]
) -> Patch:
    changes = [FileChange(before.source.path, before.text, after.text)] if before.text != after.text else []
    changes += [
        FileChange(path, base_code.get(path), text) for path, text in code.items() if base_code.get(path) != text
    ]
    changes.sort(key=lambda change: change.path)
    return Patch("try-000001", phase, COMMIT, tuple(changes), "", digest_of_text(repr(changes)))


class NoScratch:
    """These checks apply nothing."""

    def round_trip(self, patch: Patch) -> RoundTrip:
        raise AssertionError("not used")


class NoSandbox:
    """These checks run nothing."""

    isolation = ""

    def run(self, command: str, patches: tuple[Patch, ...], request: ChangeRequest) -> Any:
        raise AssertionError("not used")


def bench(files: Mapping[str, str] | None = None, binaries: Mapping[str, bytes] | None = None) -> Bench:
    return Bench(tree_of(files or {}, binaries=binaries), {"avro": AVRO}, NoScratch(), NoSandbox())
