"""Recorded records in replay: they are tried, they can break a change that samples pass, and nothing of them is shown."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace

import fastavro
import pytest

from copilot.checks.replay import ReplayCheck
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, ChangeType
from copilot.domain.samples import SampleFiles
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.orders import bench, case, field, schema_text

ID = field("id", "string")
ADD = AddField("order", "", "note", '"string"', '""')
PATH = "samples/orders.ndjson"
SECRET = "jane.doe@shop.example.com"


def run(it: Case, files: Mapping[str, str], pattern: str = "samples/*.ndjson") -> Evidence:
    named = (SampleFiles("order", pattern, Span("copilot.toml", 4, 4)),)
    return ReplayCheck().run(replace(it, base=replace(it.base, samples=named)), bench(files))


def adding() -> Case:
    return case(ADD, [[ID]], [[ID, field("note", "string", default="")]])


def test_recorded_records_are_tried_besides_the_samples() -> None:
    lines = "\n".join(json.dumps({"id": f"{SECRET} {number}"}) for number in range(5))

    alone, evidence = run(adding(), {}, "nothing"), run(adding(), {PATH: lines})

    # Both decoders read each of them with the new schema.
    assert evidence.verdict == "pass"
    assert evidence.measure("recorded") == 10
    assert evidence.measure("records") == (alone.measure("records") or 0) + 10
    assert SECRET not in repr(evidence)


def test_what_a_recorded_record_shows_is_told_without_what_it_holds() -> None:
    """Beside a double, samples keep to what it holds exactly; a recorded number may not."""
    change = ChangeType("order", "", "n", '"double"')
    it = case(change, [[ID, field("n", ["long", "double"])]], [[ID, field("n", ["null", "double"])]])

    evidence = run(it, {PATH: json.dumps({"id": SECRET, "n": 2**53 + 1})})

    told = [found.message for found in evidence.findings if "a recorded value gives another one" in found.message]
    assert told
    assert "9007199254740993" not in repr(evidence)
    assert SECRET not in repr(evidence)


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({}, "replay.samples-missing"),
        ({PATH: ""}, "replay.samples-unfit"),
    ],
)
def test_files_that_give_nothing_are_said(files: dict[str, str], rule: str) -> None:
    evidence = run(adding(), files)

    (found,) = [it for it in evidence.findings if it.rule == rule]
    assert (found.severity, found.span) == ("warning", Span("copilot.toml", 4, 4))
    assert evidence.verdict == "pass"


def container(fields: list[dict[str, object]], records: list[dict[str, object]], name: str = "Order") -> bytes:
    buffer = io.BytesIO()
    fastavro.writer(buffer, json.loads(schema_text(fields, name)), records, codec="deflate")
    return buffer.getvalue()


def with_containers(it: Case, binaries: Mapping[str, bytes], pattern: str = "") -> Evidence:
    named = (SampleFiles("order", pattern, Span("copilot.toml", 4, 4)),) if pattern else ()
    return ReplayCheck().run(replace(it, base=replace(it.base, samples=named)), bench(binaries=binaries))


def test_a_container_of_a_version_is_found_by_its_own_schema_wherever_it_lies() -> None:
    data = container([ID], [{"id": f"{SECRET} {count}"} for count in range(5)])
    other = container([ID], [{"id": SECRET}], "Invoice")
    unnamed = container([ID], [{"id": SECRET}], "topLevelRecord")

    binaries = {"dump/part-0.avro": data, "dump/invoices.avro": other, "dump/spark.avro": unnamed}

    evidence = with_containers(adding(), binaries)

    assert (evidence.verdict, evidence.measure("recorded")) == ("pass", 12)
    assert [it.message for it in evidence.findings if it.rule == "replay.recorded"] == [
        "Recorded records of order were tried: dump/part-0.avro (5), dump/spark.avro (1)."
    ]
    assert SECRET not in repr(evidence)


WIDE = [
    ID,
    field("amount", "long"),
    field("address", {"type": "record", "name": "Address", "fields": [field("zip", "string")]}),
]
WIDE_RECORD = {"id": SECRET, "amount": 1, "address": {"zip": SECRET}}


def test_a_container_whose_record_has_another_name_is_found_by_its_shape() -> None:
    it = case(ADD, [WIDE], [[*WIDE, field("note", "string", default="")]])
    inner = {"type": "record", "name": "address_record", "namespace": "spark", "fields": [field("zip", "string")]}
    renamed = container([*WIDE[:2], field("address", inner)], [WIDE_RECORD], "export")
    wider = container([*WIDE, field("more", "long")], [{**WIDE_RECORD, "more": 1}], "export")

    evidence = with_containers(it, {"dump.avro": renamed, "wider.avro": wider})

    assert [found.message for found in evidence.findings if found.rule == "replay.recorded"] == [
        "Recorded records of order were tried: dump.avro (1)."
    ]
    assert SECRET not in repr(evidence)


def test_a_shape_that_two_subjects_have_names_neither() -> None:
    it = case(ADD, [WIDE], [[*WIDE, field("note", "string", default="")]])
    twin = replace(it.base.subjects[0], name="invoice")
    it = replace(it, base=replace(it.base, subjects=(*it.base.subjects, twin)))

    evidence = with_containers(it, {"dump.avro": container(WIDE, [WIDE_RECORD], "export")})

    assert evidence.measure("recorded") is None


def test_a_folder_of_containers_can_be_named() -> None:
    binaries = {
        f"dump/orders.avro/part-{count}.avro": container([ID], [{"id": "a"}], "Written_elsewhere") for count in range(3)
    }

    assert with_containers(adding(), binaries).measure("recorded") is None
    assert with_containers(adding(), binaries, "dump/orders.avro").measure("recorded") == 6


def test_data_of_a_version_that_the_history_lacks_can_refuse_a_change() -> None:
    """A type is narrowed: the versions here all fit, and a dump has what an earlier producer wrote."""
    past, present = [ID, field("n", ["null", "string", "long"])], [ID, field("n", ["null", "string", "long", "double"])]
    after = [ID, field("n", ["null", "long"])]
    it = case(ChangeType("order", "", "n", '["null","long"]'), [present], [after])
    it = replace(
        it,
        base=replace(
            it.base, subjects=tuple(replace(one, compatibility="FULL_TRANSITIVE") for one in it.base.subjects)
        ),
    )
    data = container(past, [{"id": SECRET, "n": SECRET}])

    evidence = with_containers(it, {"dump.avro": data})

    told = [found for found in evidence.findings if "data of the schema in dump.avro" in found.message]
    assert told
    assert {found.severity for found in told} >= {"error"}
    assert SECRET not in repr(evidence)


def test_a_container_that_the_present_schema_cannot_read_is_said_and_blames_nobody() -> None:
    data = container([field("id", "long")], [{"id": 1}])

    evidence = with_containers(adding(), {"dump.avro": data})

    (found,) = [it for it in evidence.findings if it.rule == "replay.samples-unread"]
    assert "written with a schema that the present one can't read" in found.message
    assert (evidence.verdict, evidence.measure("recorded")) == ("pass", None)


@pytest.mark.parametrize("data", [b"", b"Obj\x01", b"no container", b"version https://git-lfs.github.com/spec/v1"])
def test_a_named_container_that_is_none_is_said(data: bytes) -> None:
    evidence = with_containers(adding(), {"dump.avro": data}, "dump.avro")

    (found,) = [it for it in evidence.findings if it.rule == "replay.samples-unread"]
    assert found.severity == "warning"
    assert found.message.startswith("dump.avro ")


@pytest.mark.parametrize("folder", ["tests/fixtures", "schema/9/sample_data", "test-data"])
def test_records_in_a_folder_for_samples_are_tried_though_nobody_names_them(folder: str) -> None:
    it = adding()

    evidence = ReplayCheck().run(it, bench({f"{folder}/orders.json": json.dumps([{"id": SECRET}, {}])}))

    assert evidence.measure("recorded") == 2
    assert SECRET not in repr(evidence)


def unfit(evidence: Evidence) -> list[tuple[str, str, str]]:
    return [(it.severity, str(it.span), it.message) for it in evidence.findings if it.rule == "replay.samples-unfit"]


def test_each_record_that_fits_no_version_is_told_with_its_line_and_why_beside_those_that_fit() -> None:
    lines = [{"id": "a"}, {"id": 7}, {"id": "b"}, {"id": SECRET, SECRET: 1}, {"id": 8}, "no object"]

    evidence = run(adding(), {PATH: "\n".join(map(json.dumps, lines)) + f"\n{{'{SECRET}'}}\n"})

    assert evidence.measure("recorded") == 4
    assert unfit(evidence) == [
        (
            "warning",
            f"{PATH}:2",
            f'5 of 7 records of {PATH} fit no version of order and were not tried: "id" is a whole number, and has to be string '
            "(2 records, the first in line 2); the record has a field, which record Order lacks (in line 4); the record is a text, "
            "and has to be record Order (in line 6); and 1 more.",
        )
    ]
    assert SECRET not in repr(evidence)


def test_of_files_that_nobody_named_those_are_told_that_can_only_be_meant_for_the_subject() -> None:
    fields = [ID, field("amount", "long"), field("at", "long")]
    change = case(ADD, [fields], [[*fields, field("note", "string", default="")]])
    near = json.dumps([{"id": "a", "amount": 1}], indent=1)

    evidence = ReplayCheck().run(
        change, bench({"samples/a.json": near, "samples/other.json": '{"name": "x", "id": "y"}'})
    )

    ((severity, where, message),) = unfit(evidence)
    assert (severity, where) == ("note", "samples/a.json:2")
    assert message.endswith('the record lacks "at" (in line 2).')
