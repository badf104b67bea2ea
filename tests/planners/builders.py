"""Maps of small pipelines, built by hand: schemas as JSON, code with its uses marked as «mode/form/path:token»."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from copilot.domain.codec import digest_of_text
from copilot.domain.levels import Level
from copilot.domain.pipeline import (
    BlindSpot,
    Certainty,
    Decoder,
    Direction,
    Endpoint,
    FieldUse,
    Job,
    Link,
    Mode,
    PipelineMap,
    UseForm,
)
from copilot.domain.schema import SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Gap, Snapshot, SourceFile, Span, TreeEntry
from copilot.formats.avro import AvroFormat
from copilot.planners.matching import Scope

COMMIT = "c0ffee" * 6 + "c0ff"
ORDER: dict[str, Any] = {
    "type": "record",
    "name": "Order",
    "namespace": "shop",
    "fields": [
        {"name": "order_id", "type": "string"},
        {"name": "amount", "type": "int", "doc": "In cents."},
        {"name": "currency", "type": ["null", "string"], "default": None},
        {"name": "note", "type": ["string", "null"]},
        {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID", "SENT"]}},
        {"name": "retries", "type": "int", "default": 0},
        {"name": "extra", "type": {"type": "map", "values": ["null", "double", "string"]}, "default": {}},
        {
            "name": "lines",
            "type": {
                "type": "array",
                "items": {
                    "type": "record",
                    "name": "Line",
                    "fields": [{"name": "sku", "type": "string"}, {"name": "price", "type": "double"}],
                },
            },
        },
    ],
}
INVOICE: dict[str, Any] = {
    "type": "record",
    "name": "Invoice",
    "namespace": "shop",
    "fields": [
        {"name": "invoice_id", "type": "string"},
        {"name": "amount", "type": "long"},
        {"name": "invoiceTotal", "type": "double"},
    ],
}
PRODUCER = """
def build(order):
    return {
        «writes/literal/order_id:"order_id"»: order.id,
        «writes/literal/amount:"amount"»: order.amount,
        «writes/literal/status:"status"»: order.status,
        «writes/literal/note:"note"»: order.note,
    }
"""
CONSUMER = """
def bill(order):
    total = order[«reads/subscript/amount:"amount"»]
    if order.get(«compares/get/status:"status"») == "PAID":
        total += order.get(«computes/get/retries:"retries"», 0)
    return {«writes/literal/@invoice.amount:"amount"»: total, «writes/literal/@invoice.invoice_id:"invoice_id"»: "i"}
"""
CONSUMER_TEST = """
def test_bill():
    assert bill({«writes/literal/amount:"amount"»: 3, "status": "PAID"})["amount"] == 3
"""


@dataclass(frozen=True)
class Built:
    """A map together with the files that it was made of."""

    pipeline: PipelineMap
    files: dict[str, str]

    @property
    def tree(self) -> Files:
        return Files(self.files)


class Files:
    """A tree in memory."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = dict(files)

    @property
    def commit(self) -> str:
        return COMMIT

    @property
    def digest(self) -> str:
        return digest_of_text(repr(self.snapshot))

    @property
    def snapshot(self) -> Snapshot:
        entries = [
            TreeEntry(path, digest_of_text(text), len(text.encode()), "100644") for path, text in self._files.items()
        ]
        return Snapshot(COMMIT, tuple(sorted(entries, key=lambda entry: entry.path)))

    def read_bytes(self, paths: Iterable[str]) -> Mapping[str, bytes | Gap]:
        return {path: Gap(Span(path, 1, 1), "is not there") for path in paths}

    def read(self, paths: Iterable[str]) -> Mapping[str, SourceFile | Gap]:
        found: dict[str, SourceFile | Gap] = {}
        for path in paths:
            text = self._files.get(path)
            gap = Gap(Span(path, 1, 1), "is absent")
            found[path] = gap if text is None else SourceFile(path, text, digest_of_text(text))
        return found


def version(path: str, schema: Any, number: int = 1, subject: str = "") -> SchemaVersion:
    """Returns a schema as the real format reads it."""
    text = schema if isinstance(schema, str) else json.dumps(schema, indent=2) + "\n"
    lines = text.count("\n")
    source = SchemaSource(
        path, digest_of_text(text), COMMIT, "file", 0, len(text.encode()), Span(path, 1, max(lines, 1))
    )
    parsed = AvroFormat().parse(text, source, {})
    assert isinstance(parsed, SchemaVersion), parsed
    return replace(parsed, number=number, subject=subject)


def subject(name: str, path: str, *schemas: Any, copies: Mapping[str, Any] | None = None) -> SchemaSubject:
    """Returns a subject with one version a schema, oldest first."""
    versions = tuple(version(path, schema, number, name) for number, schema in enumerate(schemas, 1))
    read = tuple(version(path, schema) for path, schema in (copies or {}).items())
    return SchemaSubject(name, "avro", "BACKWARD", "assumed", versions, tuple(copy.source for copy in read), read)


def link(job: str, topic: str, direction: Direction, subject: str | None, decoder: Decoder | None = None) -> Link:
    """Returns a certain link, proved at line 2 of the job's main file."""
    proof = (Span(f"services/{job}/main.py", 2, 2),)
    return Link(job, Endpoint("topic", topic), direction, subject, decoder, "certain", proof)


def uses_in(
    path: str, marked: str, job: str, subject: str, certainty: Certainty = "certain"
) -> tuple[str, tuple[FieldUse, ...]]:
    """Returns the code without its marks, and the uses that they mark."""
    text = ""
    uses: list[FieldUse] = []
    for piece in marked.split("«"):
        mark, end, rest = piece.partition("»")
        if not end:
            text += mark
            continue
        head, _, token = mark.partition(":")
        mode, form, field = head.split("/", 2)
        owner = subject
        if field.startswith("@"):
            owner, _, field = field[1:].partition(".")
        line = text.count("\n") + 1
        use = FieldUse(
            job,
            owner,
            field,
            cast(Mode, mode),
            cast(UseForm, form),
            certainty,
            Span(path, line, line),
            len(text.encode()),
            "tests" in path,
            "",
        )
        uses.append(use)
        text += token + rest
    lines = text.splitlines()
    return text, tuple(replace(use, excerpt=lines[use.span.first_line - 1].strip()) for use in uses)


def pipeline(
    subjects: Sequence[SchemaSubject],
    links: Sequence[Link] = (),
    uses: Sequence[FieldUse] = (),
    blind_spots: Sequence[BlindSpot] = (),
) -> PipelineMap:
    """Returns the map; jobs are those that the links name, each in `services/NAME`."""
    jobs = tuple(Job(name, f"services/{name}") for name in sorted({link.job for link in links}))
    endpoints = tuple(sorted({link.endpoint for link in links}))
    return PipelineMap(
        COMMIT,
        tuple(subjects),
        endpoints,
        jobs,
        (),
        tuple(links),
        tuple(uses),
        tuple(blind_spots),
        (),
        (),
        len(subjects),
    )


def shop(
    order: Any = None,
    *,
    reader: Decoder | None = None,
    certainty: Certainty = "certain",
    level: Level = "BACKWARD",
    consumer: str = CONSUMER,
) -> Built:
    """Returns orders → billing → invoices: the shop produces orders, billing reads them and writes invoices."""
    schema = order or ORDER
    path, copy = "schemas/order.avsc", "services/billing/schemas/order.avsc"
    orders = subject("order", path, schema, copies={copy: schema, "services/billing/tests/order.avsc": schema})
    orders = replace(orders, compatibility=level)
    invoices = subject("invoice", "schemas/invoice.avsc", INVOICE)
    produced, written = uses_in("services/orders/main.py", PRODUCER, "orders", "order", certainty)
    consumed, read = uses_in("services/billing/main.py", consumer, "billing", "order", certainty)
    tested, built = uses_in("services/billing/tests/test_main.py", CONSUMER_TEST, "billing", "order", certainty)
    links = (
        link("billing", "invoices", "produces", "invoice"),
        link("billing", "orders.paid", "consumes", "order", reader or Decoder("fastavro", "own")),
        link("orders", "orders.paid", "produces", "order"),
    )
    texts = {
        path: orders.latest.text,
        copy: orders.latest.text,
        "services/billing/tests/order.avsc": orders.latest.text,
        "schemas/invoice.avsc": invoices.latest.text,
        "services/orders/main.py": produced,
        "services/billing/main.py": consumed,
        "services/billing/tests/test_main.py": tested,
    }
    return Built(pipeline([invoices, orders], links, (*written, *read, *built)), texts)


def steps() -> PipelineMap:
    """Returns two steps with schemas of one file name, as repositories with a folder a step have them."""

    def detections(name: str, *more: Any) -> dict[str, Any]:
        alert = {"type": "record", "name": "alert", "fields": [{"name": "mag", "type": "float"}, *more]}
        listed = {"name": "detections", "type": {"type": "array", "items": alert}}
        oid = {"name": "oid", "type": "string"}
        return {"type": "record", "name": name, "fields": [oid, {"name": "meanra", "type": "float"}, listed]}

    names = {"correction_step": "correction", "lightcurve_step": "Lightcurve", "xmatch_step": "xmatch"}
    subjects = [
        subject(f"{step}/output", f"schemas/{step}/output.avsc", detections(record)) for step, record in names.items()
    ]
    links = [
        link("correction_step", "correction", "produces", "correction_step/output"),
        link("lightcurve-step", "correction", "consumes", "correction_step/output"),
        link("lightcurve-step", "lightcurve", "produces", "lightcurve_step/output"),
    ]
    return pipeline(subjects, links)


def everywhere(map: PipelineMap) -> tuple[Scope, ...]:
    """Returns the scope of a person who names no subject."""
    return tuple(Scope(subject) for subject in map.subjects)
