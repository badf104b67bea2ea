"""Consumers with a schema of their own: what they get from a producer's bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from copilot.checks.replay import ReplayCheck
from copilot.domain.evidence import Evidence
from copilot.domain.operation import AddField, RenameField
from copilot.domain.pipeline import Decoder, PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.ports import Case
from tests.checks.orders import Fields, bench, case, field, version

ID = field("id", "string")
AMOUNT = field("amount", "long")
NOTE = field("note", "string", default="")
ADD = AddField("order", "", "note", '"string"', '""')
Kind = Literal["own", "single"]


def wired(it: Case, kind: Kind, before: Fields, after: Sequence[Fields]) -> Case:
    """The same case with a consumer that reads by a schema of its own, which goes through `after`."""

    def with_copy(read: PipelineMap, fields: Fields) -> PipelineMap:
        copy = SchemaSubject(
            "scorer/order", "avro", "NONE", "copilot.toml:3", (version(fields, path="scorer/order.avsc"),), ()
        )
        links = tuple(
            replace(link, subject="scorer/order", decoder=Decoder("fastavro", kind)) if link.job == "scorer" else link
            for link in read.links
        )
        return replace(read, subjects=(*read.subjects, copy), links=links)

    states = tuple(with_copy(state, fields) for state, fields in zip(it.states, after, strict=True))
    return replace(it, base=with_copy(it.base, before), states=states)


def run(it: Case) -> Evidence:
    return ReplayCheck().run(it, bench())


def wire_rules(evidence: Evidence, severity: str) -> set[str]:
    wires = (finding for finding in evidence.findings if finding.rule.startswith("replay.wire-"))
    return {finding.rule for finding in wires if finding.severity == severity}


def test_a_single_schema_misreads_a_field_put_before_others() -> None:
    evidence = run(wired(case(ADD, [[ID, AMOUNT]], [[NOTE, ID, AMOUNT]]), "single", [ID, AMOUNT], [[ID, AMOUNT]]))

    assert evidence.verdict == "fail"
    assert "replay.wire-misread" in wire_rules(evidence, "error")


def test_a_single_schema_reads_past_a_field_put_last() -> None:
    evidence = run(wired(case(ADD, [[ID, AMOUNT]], [[ID, AMOUNT, NOTE]]), "single", [ID, AMOUNT], [[ID, AMOUNT]]))

    assert evidence.verdict == "pass"
    assert wire_rules(evidence, "warning") == {"replay.wire-leftover"}


def test_a_job_with_a_copy_of_its_own_does_not_read_with_the_shared_text_as_well() -> None:
    after = [NOTE, ID, AMOUNT]
    made = wired(case(ADD, [[ID, AMOUNT]], [after]), "single", [ID, AMOUNT], [after])
    twice = replace(made.base, links=(*made.base.links, replace(made.base.links[0], subject="order")))

    assert run(replace(made, base=twice)).findings == run(made).findings


def test_an_own_schema_left_behind_by_a_rename_fails() -> None:
    rename = RenameField("order", "", "amount", "total")
    after = [ID, field("total", "long", aliases=["amount"])]

    left = run(wired(case(rename, [[ID, AMOUNT]], [after]), "own", [ID, AMOUNT], [[ID, AMOUNT]]))
    moved = run(wired(case(rename, [[ID, AMOUNT]], [after]), "own", [ID, AMOUNT], [after]))

    assert wire_rules(left, "error") == {"replay.wire-refused"}
    assert wire_rules(moved, "error") == set()


def test_what_was_misread_before_is_a_warning() -> None:
    before = [ID, field("old", "string"), AMOUNT]

    evidence = run(wired(case(ADD, [[ID, AMOUNT]], [[ID, AMOUNT, NOTE]]), "single", before, [before]))

    assert wire_rules(evidence, "error") == set()
    assert any(rule.endswith("-before") for rule in wire_rules(evidence, "warning"))
