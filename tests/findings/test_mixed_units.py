from __future__ import annotations

import json
from typing import Any

import pytest

from copilot.domain.audit import AuditFinding
from copilot.findings.case import Audited
from copilot.findings.catalogue import audit
from copilot.formats.avro import AvroFormat
from copilot.readers.mapper import PipelineMapper
from copilot.settings import Settings
from tests.readers.sockets import MemoryHistory, MemoryIndex, MemoryTree

JOB = """import io
import fastavro
from confluent_kafka import Consumer, Producer

ORDER = fastavro.schema.load_schema("job/order.avsc")
BILL = fastavro.schema.load_schema("job/bill.avsc")

def main():
    consumer, producer = Consumer({}), Producer({})
    consumer.subscribe(["orders"])
    while True:
        order = fastavro.schemaless_reader(io.BytesIO(consumer.poll().value()), ORDER)
        out = io.BytesIO()
        bill = {"%s": %s, "currency": order["currency"]}
        fastavro.schemaless_writer(out, BILL, bill)
        producer.produce("bills", out.getvalue())
"""


def found(read: tuple[str, str], written: tuple[str, str], value: str = 'order["{}"]') -> list[AuditFinding]:
    """The findings where the field `read` (name, doc) of an order becomes `written` of a bill."""

    def record(name: str, field: tuple[str, str]) -> str:
        fields: list[dict[str, Any]] = [{"name": field[0], "type": "long", "doc": field[1]}]
        return json.dumps({"type": "record", "name": name, "fields": [*fields, {"name": "currency", "type": "string"}]})

    files = {
        "job/main.py": JOB % (written[0], value.format(read[0])),
        "job/order.avsc": record("Order", read),
        "job/bill.avsc": record("Bill", written),
    }
    formats, tree = {"avro": AvroFormat()}, MemoryTree(files)
    pipeline = PipelineMapper(formats, MemoryHistory(), MemoryIndex()).map(tree, Settings())
    return [it for it in audit(Audited(pipeline, tree, formats)) if it.rule == "unit-not-converted"]


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (("amount_cents", ""), ("amount_euros", "")),
        (("amount", "The sum in cents."), ("amount", "The sum in euros.")),
        (("sent_ms", ""), ("sent", "When it was sent, in seconds.")),
    ],
)
def test_a_value_of_one_unit_that_becomes_another_as_it_is_is_told(
    read: tuple[str, str], written: tuple[str, str]
) -> None:
    (finding,) = found(read, written)

    assert (finding.severity, finding.path) == ("warning", written[0])
    assert [str(proof.span) for proof in finding.proof] == ["job/main.py:14", "job/order.avsc:1", "job/bill.avsc:1"]


@pytest.mark.parametrize(
    ("read", "written", "value"),
    [
        (("amount_cents", ""), ("amount_euros", ""), 'order["{}"] / 100'),
        (("amount_cents", ""), ("amount_euros", ""), 'to_euros(order["{}"])'),
        (("amount_cents", ""), ("amount_cents", ""), 'order["{}"]'),
        (("amount", "The sum in cents."), ("amount", ""), 'order["{}"]'),
        (("amount", "In cents, shown in euros."), ("amount", "In euros."), 'order["{}"]'),
        (("amount", "The second of two."), ("amount", "In hours."), 'order["{}"]'),
    ],
    ids=["divided", "converted", "the same unit", "one side silent", "two units said", "no unit"],
)
def test_nothing_is_told_of_what_is_converted_or_not_said(
    read: tuple[str, str], written: tuple[str, str], value: str
) -> None:
    assert found(read, written, value) == []
