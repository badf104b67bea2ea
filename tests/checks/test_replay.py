"""Values through real decoders: what comes back, what is lost, and which of it is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from copilot.checks.lineage import lineages
from copilot.checks.replay import ReplayCheck
from copilot.checks.roundtrip import SAMPLE_COUNT
from copilot.domain.alternative import Gate, Rewritten
from copilot.domain.evidence import Evidence
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeType,
    Deprecate,
    MakeOptional,
    Operation,
    RemoveField,
    RemoveSymbol,
    RenameField,
)
from copilot.domain.patch import FileChange
from copilot.domain.pipeline import Decoder, Retention
from copilot.domain.source import Span
from copilot.formats.avro import AvroFormat
from copilot.formats.avro.decoders import FastavroDecoder
from copilot.ports import Case, Decoded, Undecodable
from tests import outside
from tests.checks.orders import bench, case, field, pipeline, use, version

AMOUNT = field("amount", "long")
ID = field("id", "string")
RENAME = RenameField("order", "", "amount", "total")


def run(it: Case) -> Evidence:
    return ReplayCheck().run(it, bench())


def errors(evidence: Evidence) -> set[str]:
    return {finding.rule for finding in evidence.findings if finding.severity == "error"}


def test_a_field_with_a_default_loses_nothing() -> None:
    add = AddField("order", "", "note", '"string"', '""')

    evidence = run(case(add, [[ID, AMOUNT]], [[ID, AMOUNT, field("note", "string", default="")]], level="FULL"))

    assert evidence.verdict == "pass"
    assert (evidence.measure("lost"), evidence.measure("changed"), evidence.measure("refused")) == (0, 0, 0)
    assert evidence.measure("decoders") == 2
    used = evidence.measure("defaults_used")
    assert used is not None
    assert used > 0


def test_a_rename_that_a_default_hides_loses_the_value() -> None:
    """The edit that every registry level accepts: legal, readable, and wrong."""
    before, after = [ID, field("amount", "long", default=0)], [ID, field("total", "long", default=0)]

    evidence = run(case(RENAME, [before], [after], level="FULL"))

    assert evidence.verdict == "fail"
    assert "replay.value-defaulted" in errors(evidence)
    assert any(it.path == "amount" and "fastavro" in it.message for it in evidence.findings)


def test_an_alias_is_judged_by_the_decoder_in_use() -> None:
    after = [ID, field("total", "long", aliases=["amount"])]

    with_fastavro = run(case(RENAME, [[ID, AMOUNT]], [after]))
    with_avro = run(case(RENAME, [[ID, AMOUNT]], [after], reader=Decoder("avro", "own")))
    with_unknown = run(case(RENAME, [[ID, AMOUNT]], [after], reader=None))

    assert with_fastavro.verdict == "pass"
    assert any("No known consumer uses avro" in it.message for it in with_fastavro.findings)
    assert with_avro.verdict == "fail"
    assert with_unknown.verdict == "unknown"


def test_a_decoder_that_resolves_nothing_does_not_refuse_an_alias() -> None:
    """With one local schema for both sides a rename changes no byte; without an alias nobody could read the history, though."""
    single = Decoder("avro", "single")

    renamed = run(case(RENAME, [[ID, AMOUNT]], [[ID, field("total", "long", aliases=["amount"])]], reader=single))
    naive = run(case(RENAME, [[ID, AMOUNT]], [[ID, field("total", "long")]], reader=single))

    assert renamed.verdict == "pass"
    assert (renamed.measure("history_refused"), renamed.measure("history_changed")) == (0, 0)
    assert any("with one local schema, which resolves nothing" in it.message for it in renamed.findings)
    assert naive.verdict == "fail"


def test_a_default_that_changes_the_history_counts_for_a_single_schema_too() -> None:
    with_default, without = [ID, field("amount", "long", default=7)], [ID]
    after = [ID, field("amount", ["null", "long"], default=None)]

    moved = run(
        case(
            MakeOptional("order", "", "amount"), [without, with_default], [after], reader=Decoder("fastavro", "single")
        )
    )

    assert moved.measure("history_changed") == 1


def test_dropping_the_alias_is_caught() -> None:
    after = [ID, field("total", "long", default=0)]

    evidence = run(case(RENAME, [[ID, AMOUNT]], [after]))

    assert evidence.verdict == "fail"
    assert errors(evidence) == {"replay.value-defaulted"}


def test_an_alias_together_with_both_fields_is_caught() -> None:
    both = [ID, AMOUNT, field("total", "long", default=0)]
    last = [ID, field("total", "long", default=0, aliases=["amount"])]

    evidence = run(case(RENAME, [[ID, AMOUNT]], [both, last]))

    assert evidence.verdict == "fail"
    assert any(it.rule == "replay.value-changed" and it.path == "total" and it.phase == 1 for it in evidence.findings)


def test_a_parallel_change_passes_and_says_what_skipping_a_version_loses() -> None:
    both = [ID, AMOUNT, field("total", ["null", "long"], default=None)]
    last = [ID, field("total", ["null", "long"], default=None)]

    evidence = run(case(RENAME, [[ID, AMOUNT]], [both, last]))

    assert evidence.verdict == "pass"
    skipped = [it for it in evidence.findings if it.rule == "replay.value-defaulted" and it.phase == 1]
    assert skipped
    # Nobody decodes with avro here, so what it loses is only noted.
    assert {it.message.split(":")[0]: it.severity for it in skipped} == {"fastavro": "warning", "avro": "note"}
    assert "version 1" in skipped[0].message


def test_a_transitive_level_makes_skipping_a_version_an_error() -> None:
    both = [ID, field("amount", "long", default=0), field("total", "long", default=0)]
    last = [ID, field("total", "long", default=0)]

    evidence = run(case(RENAME, [[ID, field("amount", "long", default=0)]], [both, last], level="BACKWARD_TRANSITIVE"))

    assert evidence.verdict == "fail"


def test_removing_a_field_is_no_loss() -> None:
    remove = RemoveField("order", "", "amount")

    evidence = run(case(remove, [[ID, AMOUNT]], [[ID]]))

    assert evidence.verdict == "pass"
    assert evidence.measure("lost") == 0


def test_removing_a_field_that_nobody_asked_about_is_caught() -> None:
    add = AddField("order", "", "note", '"string"', '""')

    evidence = run(case(add, [[ID, AMOUNT]], [[ID, field("note", "string", default="")]]))

    assert errors(evidence) == {"replay.value-dropped"}


def test_what_an_earlier_version_took_away_is_not_blamed_on_the_change() -> None:
    add = AddField("order", "", "note", '"string"', '""')
    history = [[ID, AMOUNT, field("source", "int")], [ID, AMOUNT]]

    evidence = run(case(add, history, [[ID, AMOUNT, field("note", "string", default="")]], level="BACKWARD_TRANSITIVE"))

    assert evidence.verdict == "pass"
    assert evidence.measure("lost") == 0
    told = {(it.rule, it.severity, it.path) for it in evidence.findings}
    assert ("replay.value-dropped-before", "note", "source") in told
    assert {severity for _, severity, _ in told} == {"note"}


def test_a_value_lost_to_new_readers_is_an_error_only_where_it_is_read() -> None:
    before = [ID, field("amount", "long", default=0)]
    after = [ID, field("total", "long", default=0)]

    lost = run(case(RENAME, [before], [after], uses=[use("amount")], level="NONE"))
    unread = run(case(RENAME, [before], [after], uses=[use("id")], level="NONE"))

    assert errors(lost) == {"replay.value-defaulted"}
    assert unread.verdict == "pass"


def test_a_widened_number_comes_back_and_what_it_rounds_is_said() -> None:
    change = ChangeType("order", "", "amount", '"double"')

    evidence = run(case(change, [[ID, AMOUNT]], [[ID, field("amount", "double")]]))

    assert evidence.verdict == "pass"
    assert any(it.rule == "replay.value-imprecise" for it in evidence.findings)


def test_a_type_that_nobody_asked_to_change_is_not_forgiven() -> None:
    deprecate = Deprecate("order", "", "id")

    evidence = run(case(deprecate, [[ID, AMOUNT]], [[ID, field("amount", "double")]]))

    assert "replay.value-changed" in errors(evidence)


def enum(symbols: Sequence[str], **more: Any) -> dict[str, Any]:
    return field("state", {"type": "enum", "name": "State", "symbols": list(symbols), **more})


GONE = Gate("no OLD has been written for the retention time", outlasts_retention=True)
REMOVE_OLD = RemoveSymbol("order", "", "state", "OLD")


def test_a_removed_symbol_collapses_unless_a_gate_waited_for_it() -> None:
    before, after = [ID, enum(["NEW", "OLD"])], [ID, enum(["NEW"], default="NEW")]
    between = [ID, enum(["NEW", "OLD"], default="NEW")]

    at_once = run(case(REMOVE_OLD, [before], [after]))
    readers = run(case(REMOVE_OLD, [before], [between, after], gates=["every consumer has the default"]))
    waited = run(case(REMOVE_OLD, [before], [between, after], gates=[GONE]))

    assert "replay.value-collapsed" in errors(at_once)
    assert "replay.value-collapsed" in errors(readers)
    assert waited.verdict == "pass"
    assert any(it.rule == "replay.value-collapsed" for it in waited.findings)


def test_waiting_helps_nothing_where_the_topic_keeps_records_for_ever() -> None:
    before, after = [ID, enum(["NEW", "OLD"])], [ID, enum(["NEW"], default="NEW")]
    between = [ID, enum(["NEW", "OLD"], default="NEW")]
    kept = [Retention("orders", None, Span("copilot.toml", 4, 4))]

    evidence = run(case(REMOVE_OLD, [before], [between, after], gates=[GONE], retentions=kept))

    assert "replay.value-collapsed" in errors(evidence)


def test_a_removed_symbol_may_become_one_that_says_unknown() -> None:
    before, after = [ID, enum(["NEW", "OLD"])], [ID, enum(["NEW", "UNKNOWN"], default="UNKNOWN")]

    evidence = run(case(REMOVE_OLD, [before], [after]))

    told = [it for it in evidence.findings if it.rule == "replay.value-collapsed"]
    assert evidence.verdict == "pass"
    assert "'OLD' gives 'UNKNOWN'" in told[0].message
    assert evidence.measure("stand_ins") == 0


def test_no_sample_holds_a_symbol_that_is_only_a_fallback() -> None:
    before = [ID, enum(["NEW", "OLD"], default="NEW")]
    between = [ID, enum(["NEW", "OLD", "UNKNOWN"], default="UNKNOWN")]

    evidence = run(case(REMOVE_OLD, [before], [between], level="FULL"))

    assert evidence.verdict == "pass"
    assert "replay.symbol-unwritten" in {it.rule for it in evidence.findings}


def test_a_default_that_could_be_a_value_is_counted_with_what_a_decoder_reads() -> None:
    optional = MakeOptional("order", "", "amount")
    sentinel = run(case(optional, [[ID, AMOUNT]], [[ID, field("amount", "long", default=0)]]))
    null = run(case(optional, [[ID, AMOUNT]], [[ID, field("amount", ["null", "long"], default=None)]]))

    told = [it.message for it in sentinel.findings if it.rule == "replay.stand-in"]
    assert (sentinel.measure("stand_ins"), null.measure("stand_ins")) == (1, 0)
    assert "gives 0 for a record written without it" in told[0]


@pytest.mark.parametrize(("default", "count"), [(0, 0), (7, 1), (None, 0)])
def test_a_default_on_the_way_may_only_say_the_least(default: int | None, count: int) -> None:
    kind = ["null", "long"] if default is None else "long"
    between = [ID, AMOUNT, field("retries", kind, default=default)]
    add = AddField("order", "", "retries", '"long"', is_required=True)

    evidence = run(case(add, [[ID, AMOUNT]], [between, [ID, AMOUNT, field("retries", "long")]]))

    assert evidence.measure("stand_ins") == count


def test_versions_that_can_not_be_read_any_more_are_counted() -> None:
    add = AddField("order", "", "total", '["null", "long"]', "null")
    between = [ID, AMOUNT, field("total", ["null", "long"], default=None)]
    without = [ID, AMOUNT, field("total", ["null", "long"])]

    kept, dropped = run(case(add, [[ID, AMOUNT]], [between])), run(case(add, [[ID, AMOUNT]], [between, without]))

    assert (kept.measure("history_refused"), dropped.measure("history_refused")) == (0, 1)


def test_a_default_that_the_request_names_is_no_stand_in() -> None:
    added = [ID, AMOUNT, field("retries", "long", default=0)]

    asked = run(case(AddField("order", "", "retries", '"long"', "0"), [[ID, AMOUNT]], [added]))
    chosen = run(case(AddField("order", "", "retries", '"long"'), [[ID, AMOUNT]], [added]))

    assert (asked.measure("stand_ins"), chosen.measure("stand_ins")) == (0, 1)


def test_a_required_field_that_stays_beside_the_optional_one_stands_in_for_null() -> None:
    optional = field("amount_v2", ["null", "long"], default=None)
    make = MakeOptional("order", "", "amount")

    kept, dropped = (
        run(case(make, [[ID, AMOUNT]], [[ID, AMOUNT, optional]])),
        run(case(make, [[ID, AMOUNT]], [[ID, AMOUNT, optional], [ID, optional]])),
    )

    assert (kept.measure("stand_ins"), dropped.measure("stand_ins")) == (1, 0)
    assert any("amount stays required beside amount_v2" in found.message for found in kept.findings)


def test_a_default_that_goes_over_to_the_field_of_the_new_type_is_nothing_new() -> None:
    change = ChangeType("order", "", "amount", '"string"')
    after = [ID, field("amount_v2", ["string", "null"], default="0")]

    carried = run(case(change, [[ID, field("amount", "long", default=0)]], [after]))
    invented = run(case(change, [[ID, AMOUNT]], [after]))

    assert (carried.measure("stand_ins"), invented.measure("stand_ins")) == (0, 1)


def test_a_default_that_moves_changes_how_the_history_reads_and_counts_where_nobody_asked() -> None:
    first, second = [ID], [ID, field("channel", "string", default="web")]
    change = ChangeDefault("order", "", "channel", '"app"')

    evidence = run(case(change, [first, second], [[ID, field("channel", "string", default="app")]]))

    told = [it.message for it in evidence.findings if it.rule == "replay.default-moved"]
    unasked = run(
        case(MakeOptional("order", "", "id"), [first, second], [[ID, field("channel", "string", default="app")]])
    )
    assert evidence.measure("history_changed") == 0
    assert unasked.measure("history_changed") == 1
    assert "channel of a record of version 1" in told[0]
    assert "'web'" in told[0]
    assert "'app'" in told[0]


def test_known_retention_lets_a_gate_outwait_the_history() -> None:
    old = [ID, field("amount", "long", default=0)]
    both = [*old, field("total", ["null", "long"], default=None)]
    last = [ID, field("total", ["null", "long"], default=None)]
    kept = [Retention("orders", 7, Span("copilot.toml", 4, 4))]
    gate = Gate("old records are gone", outlasts_retention=True)

    def tried(retentions: Sequence[Retention]) -> Evidence:
        return run(case(RENAME, [old], [both, last], level="BACKWARD_TRANSITIVE", gates=[gate], retentions=retentions))

    assert tried(()).verdict == "fail"
    assert tried(kept).verdict == "pass"
    assert tried(kept).measure("history_changed") == 0
    assert tried([Retention("orders", None, Span("copilot.toml", 4, 4))]).measure("history_changed") == 1


def test_a_plan_that_waits_for_records_that_are_kept_for_ever_loses_them_whatever_the_level() -> None:
    old = [ID, field("amount", "long")]
    both = [*old, field("total", ["null", "long"], default=None)]
    last = [ID, field("total", ["null", "long"], default=None)]
    gate = Gate("old records are gone", outlasts_retention=True)

    def tried(*days: float | None) -> Evidence:
        kept = [Retention("orders", it, Span("copilot.toml", 4, 4)) for it in days]
        uses = [use("amount")]
        return run(case(RENAME, [old], [both, last], level="BACKWARD", gates=[gate], retentions=kept, uses=uses))

    assert tried().verdict == "pass"
    assert tried(7).verdict == "pass"
    assert "replay.value-defaulted" in errors(tried(None))


def test_a_gate_that_says_that_records_were_written_again_counts_only_where_the_job_is_in_a_patch() -> None:
    old = [ID, field("amount", "long", default=0)]
    both = [*old, field("total", ["null", "long"], default=None)]
    last = [ID, field("total", ["null", "long"], default=None)]
    kept = [Retention("orders", None, Span("copilot.toml", 4, 4), is_compacted=True)]
    gate = Gate("written again", outlasts_retention=True, rewritten=(Rewritten("orders", "backfills/orders.py"),))
    made = case(RENAME, [old], [both, last], level="BACKWARD_TRANSITIVE", gates=[gate], retentions=kept)
    job = FileChange("backfills/orders.py", None, "print()\n")
    first, second = made.patches
    with_job = replace(made, patches=(replace(first, changes=(*first.changes, job)), second))
    too_late = replace(made, patches=(first, replace(second, changes=(*second.changes, job))))

    assert run(made).verdict == "fail"
    assert run(too_late).verdict == "fail"
    assert run(with_job).verdict == "pass"


def test_a_new_symbol_reaches_old_readers_only_as_their_default() -> None:
    add = AddSymbol("order", "", "state", "HELD")
    before = [ID, enum(["NEW"], default="NEW")]
    after = [ID, enum(["NEW", "HELD"], default="NEW")]

    evidence = run(case(add, [before], [after], uses=[use("state")]))

    assert any(it.rule == "replay.value-collapsed" and "HELD" in it.message for it in evidence.findings)


def test_values_inside_arrays_and_maps_are_compared() -> None:
    def item(name: str, **more: Any) -> dict[str, Any]:
        return {"type": "record", "name": "Item", "fields": [field(name, "long", default=0, **more)]}

    rename = RenameField("order", "Item", "count", "pieces")
    before = [field("items", {"type": "array", "items": item("count")})]
    good = [field("items", {"type": "array", "items": item("pieces", aliases=["count"])})]
    bad = [field("items", {"type": "array", "items": item("pieces")})]

    assert errors(run(case(rename, [before], [bad]))) == {"replay.value-defaulted"}
    assert errors(run(case(rename, [before], [good]))) == set()


def test_proving_twice_gives_the_same_evidence() -> None:
    it = case(RENAME, [[ID, AMOUNT]], [[ID, field("total", "long", default=0)]])

    assert run(it) == run(it)


def test_nothing_changed_is_not_applicable() -> None:
    operation: Operation = Deprecate("order", "", "amount")

    assert run(case(operation, [[ID, AMOUNT]], [[ID, AMOUNT]])).verdict == "not-applicable"


def test_what_a_decoder_does_with_any_second_schema_is_not_blamed_on_the_change() -> None:
    add = AddField("order", "", "note", '"string"', '""')
    mixed = field("more", {"type": "map", "values": ["null", "string", "bytes"]})

    evidence = run(case(add, [[ID, mixed]], [[ID, mixed, field("note", "string", default="")]], level="FULL"))

    assert evidence.verdict == "pass"
    assert any(it.rule == "replay.decoder-quirk" and it.severity == "warning" for it in evidence.findings)


def test_what_is_only_told_to_people_changes_nothing_that_decoders_look_at() -> None:
    told = {**AMOUNT, "deprecated": True, "tags": ["PII"], "doc": "Cents."}
    (doc,) = lineages(case(Deprecate("order", "", "amount"), [[ID, AMOUNT]], [[ID, told]]))
    (default,) = lineages(case(Deprecate("order", "", "amount"), [[ID, AMOUNT]], [[ID, {**told, "default": 0}]]))

    assert doc.is_told_only
    assert not default.is_told_only


@pytest.mark.tool("avro-java")
@pytest.mark.parametrize("library", ["java", "spark", "flink"])
def test_java_in_use_gives_the_default_for_an_alias_in_another_namespace(library: str) -> None:
    """The registry says yes, Java decodes, and the data is gone; fastavro and the rules see nothing."""
    schema_format = outside.format_with(outside.java())
    old, new = {"fields": [ID, AMOUNT]}, {"fields": [ID, field("total", "long", default=3, aliases=["amount"])]}
    versions = [version(old["fields"], 1, "shop.Order"), version(new["fields"], 2, "shop.v2.Order")]
    java = Decoder(library, "writer")
    bare = case(RENAME, [old["fields"]], [new["fields"]], reader=java)
    renamed = replace(bare, base=pipeline(versions[:1], reader=java), states=(pipeline(versions, reader=java),))

    evidence = ReplayCheck().run(renamed, replace(bench(), formats={"avro": schema_format}))

    told = [it for it in evidence.findings if it.rule == "replay.value-defaulted" and it.message.startswith("java:")]
    assert evidence.verdict == "fail"
    assert [it.severity for it in told] == ["error"]
    assert "amount is replaced by the reader's default: " in told[0].message
    assert "gives 3" in told[0].message
    assert not schema_format.incompatibilities(versions[1], versions[0])


def test_a_decoder_that_is_not_run_is_named_where_it_is_known_to_fail() -> None:
    after = [ID, AMOUNT, field("note", ["string", "null"], default=None)]

    unknown = run(
        case(AddField("order", "", "note", '["string","null"]', "null"), [[ID, AMOUNT]], [after], reader=None)
    )
    known = run(case(AddField("order", "", "note", '["string","null"]', "null"), [[ID, AMOUNT]], [after]))

    foreseen = {
        it.severity for it in unknown.findings if it.rule == "replay.foreseen" and "avsc is not run" in it.message
    }
    assert foreseen == {"warning"}
    assert {it.severity for it in known.findings if it.rule == "replay.foreseen"} == {"note"}


class Narrow(FastavroDecoder):
    """Reads no whole number that a JavaScript number can't hold, whatever the schemas."""

    name = "narrow"

    def decode(self, data: bytes, writer: str, reader: str) -> Decoded:
        decoded = super().decode(data, writer, reader)
        if any(isinstance(value, int) and abs(value) > 2**53 for value in decoded.value.values()):
            raise Undecodable("potential precision loss")
        return decoded


def test_samples_that_a_decoder_never_reads_are_said_and_others_take_their_place() -> None:
    add = AddField("order", "", "note", '"string"', '""')
    it = case(
        add, [[ID, AMOUNT]], [[ID, AMOUNT, field("note", "string", default="")]], reader=Decoder("narrow", "writer")
    )
    formats = {"avro": AvroFormat(lambda: [Narrow()])}

    evidence = ReplayCheck().run(it, replace(bench(), formats=formats))

    (told,) = [found for found in evidence.findings if found.rule == "replay.sample-left-out"]
    assert told.message.startswith("narrow can't read some samples even with their own schema (")
    assert told.severity == "note"
    assert (evidence.verdict, evidence.measure("refused")) == ("pass", 0)
    # As many records as with each of the others: one pair each way.
    assert evidence.measure("records") == 3 * 2 * SAMPLE_COUNT
