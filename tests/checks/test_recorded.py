"""Recorded records in replay: they are tried, they can break a change that samples pass, and nothing of them is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from copilot.checks.replay import ReplayCheck
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, ChangeType
from copilot.domain.samples import SampleFiles
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.orders import bench, case, field

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
        ({PATH: '{"other": 1}'}, "replay.samples-unfit"),
    ],
)
def test_files_that_give_nothing_are_said(files: dict[str, str], rule: str) -> None:
    evidence = run(adding(), files)

    (found,) = [it for it in evidence.findings if it.rule == rule]
    assert (found.severity, found.span) == ("warning", Span("copilot.toml", 4, 4))
    assert evidence.verdict == "pass"
