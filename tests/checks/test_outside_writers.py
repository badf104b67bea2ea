"""A consumer that takes its own schema for that of a writer which nobody here deploys."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from copilot.checks.lineage import lineages
from copilot.checks.outside_writers import bytes_of, outside_writers
from copilot.domain.alternative import Alternative, Phase, TextEdit
from copilot.domain.operation import ChangeRequest, Deprecate
from copilot.domain.patch import Patch
from copilot.domain.pipeline import Decoder, Link
from copilot.ports import Case
from tests.checks.orders import bench
from tests.planners.builders import COMMIT, link, pipeline, subject

ID = {"name": "id", "type": "string"}
SINGLE, OWN = Decoder("fastavro", "single"), Decoder("fastavro", "own")


def record(*fields: Any, **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "Alert", "fields": list(fields), **more}


def told(after: dict[str, Any], *links: Link) -> list[str]:
    base = subject("alert", "alert.avsc", record(ID))
    state = replace(base, versions=(subject("alert", "alert.avsc", after).latest,))
    phases = (Phase("changed", (TextEdit("alert.avsc", 1, "", ""),), ()),)
    request = ChangeRequest("", (Deprecate("alert", "", "id"),), COMMIT, "ada")
    alternative = Alternative("try", "", "rules", "", phases, "")
    patches = (Patch("try", 0, COMMIT, (), "", ""),)
    case = Case(request, pipeline([base], links), (), alternative, patches, (pipeline([state], links),))
    return [it.message for it in outside_writers(case, bench(), lineages(case))]


READS = link("sorting_hat", "survey", "consumes", "alert", SINGLE)
MORE = record(ID, {"name": "mag", "type": ["null", "double"], "default": None})


def test_bytes_that_nobody_here_writes_do_not_move_with_the_schema() -> None:
    (message,) = told(MORE, READS)

    assert message.startswith("sorting_hat takes its own schema for the writer's, and who writes survey is not here")


def test_a_writer_that_is_here_moves_the_bytes() -> None:
    assert told(MORE, READS, link("survey", "survey", "produces", "alert")) == []


def test_a_reader_that_resolves_against_the_writer_takes_what_comes() -> None:
    assert told(MORE, link("sorting_hat", "survey", "consumes", "alert", OWN)) == []


@pytest.mark.parametrize(
    "after",
    [record(ID, doc="An alert."), record({**ID, "name": "alert_id"}), record(ID, namespace="survey")],
    ids=["doc", "another name", "another namespace"],
)
def test_names_and_words_are_no_bytes(after: dict[str, Any]) -> None:
    assert told(after, READS) == []


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("long", {"type": "long", "logicalType": "timestamp-millis"}, True),
        (["null", "int"], ["int", "null"], False),
        (
            {"type": "enum", "name": "S", "symbols": ["A", "B"]},
            {"type": "enum", "name": "S", "symbols": ["B", "A"]},
            False,
        ),
        ({"type": "fixed", "name": "F", "size": 4}, {"type": "fixed", "name": "G", "size": 4}, True),
        ({"type": "array", "items": "int"}, {"type": "array", "items": "long"}, False),
    ],
)
def test_bytes_hang_on_kinds_and_their_order(one: Any, other: Any, is_same: bool) -> None:
    assert (bytes_of(json.dumps(one)) == bytes_of(json.dumps(other))) is is_same
