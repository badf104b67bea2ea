"""What each family offers and refuses, and in which order its steps go out."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from typing import Any

import pytest

from copilot.domain.alternative import Alternative, CodeEdit, Gate, NewFile, NotOffered, SchemaEdit
from copilot.domain.patch import Patch
from copilot.domain.pipeline import Decoder, Retention
from copilot.domain.precondition import ReadsAlone
from copilot.domain.sinks import Sink
from copilot.domain.source import Span
from copilot.domain.upcasts import names_led
from copilot.formats.avro import AvroFormat
from copilot.impact.fields import impact_of
from copilot.patches.compile import PatchCompiler
from copilot.planners.intent import understand
from copilot.strategies.catalogue import STRATEGIES
from copilot.strategies.rollout import path_of
from tests.planners.builders import ORDER, Built, link, pipeline, shop, subject

Offer = tuple[dict[str, Alternative], dict[str, str]]


def offered(text: str, built: Built) -> Offer:
    """Returns the alternatives by slug, and the reasons for what is not offered by strategy."""
    (operation,) = understand(text, built.pipeline)
    impact = impact_of(operation, built.pipeline)
    found = [one for strategy in STRATEGIES for one in strategy(operation, impact, built.pipeline)]
    real = {one.id.rpartition("-")[0]: one for one in found if isinstance(one, Alternative)}
    return real, {one.strategy: one.reason for one in found if isinstance(one, NotOffered)}


def schema_after(alternative: Alternative, built: Built, phase: int = -1, path: str = "schemas/order.avsc") -> Any:
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(alternative, built.tree)
    assert isinstance(compiled, tuple), compiled
    return json.loads(text_after(compiled[phase], built, path))


def text_after(patch: Patch, built: Built, path: str) -> str:
    changed = {change.path: change.after for change in patch.changes}
    text = changed.get(path, built.files.get(path))
    assert text is not None
    return text


def field(schema: Any, name: str) -> Any:
    return next((one for one in schema["fields"] if one["name"] == name), None)


def with_field(**properties: Any) -> dict[str, Any]:
    """The order with more properties of `amount`."""
    schema: dict[str, Any] = json.loads(json.dumps(ORDER))
    schema["fields"][1].update(properties)
    return schema


def kinds(alternative: Alternative, phase: int = 0) -> list[str]:
    return [step.kind for step in alternative.phases[phase].steps]


def test_an_alias_lists_every_earlier_name() -> None:
    first = with_field(name="sum")
    second = with_field(name="value", aliases=["sum"])
    third = with_field(aliases=["value"])
    orders = subject("order", "schemas/order.avsc", first, second, third)
    built = Built(pipeline([orders]), {"schemas/order.avsc": orders.latest.text})

    real, _ = offered("rename amount to total in order", built)

    assert field(schema_after(real["alias"], built), "total")["aliases"] == ["amount", "value", "sum"]


def test_a_chain_of_upcasters_leads_from_every_earlier_name() -> None:
    first = with_field(name="sum")
    third = with_field(aliases=["sum"])
    orders = subject("order", "schemas/order.avsc", first, with_field(name="sum", doc="In cents."), third)
    raw = shop(reader=Decoder("confluent-kafka", "writer"))
    built = replace(raw, pipeline=replace(raw.pipeline, subjects=(orders,)))

    real, _ = offered("rename amount to total in order", built)

    (module,) = (edit for edit in real["upcaster"].phases[0].edits if isinstance(edit, NewFile))
    assert module.path == "services/billing/upcast_order_v4.py"
    assert names_led(ast.parse(module.text), "upcast_order") == {"sum": "total", "amount": "total"}
    assert "CHAIN = (v2_to_v3, v3_to_v4)" in module.text


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("rename amount to total in order", {"migration rules of a registry"}),
        ("change the type of amount in order to long", {"migration rules of a registry"}),
        ("add an optional string region to order", {"computed where it is read"}),
        ("make note in order required", {"history filled"}),
        ("remove note from order", set[str]()),
    ],
)
def test_what_nobody_can_carry_out_here_is_a_note_with_its_reason_and_never_a_row(text: str, notes: set[str]) -> None:
    every = {"migration rules of a registry", "computed where it is read", "history filled", "view over the table"}

    real, reasons = offered(text, shop())

    assert every & reasons.keys() == notes
    assert not every & {one.strategy for one in real.values()}


def test_a_table_that_is_loaded_gets_a_note_about_views() -> None:
    built = shop()
    table = Sink("orders_raw", "bigquery", "order", "", "dwh@example.com", Span("copilot.toml", 1, 1))

    _, reasons = offered("remove note from order", replace(built, pipeline=replace(built.pipeline, sinks=(table,))))

    assert "What readers of orders_raw see" in reasons["view over the table"]


@pytest.mark.parametrize(
    ("reader", "order"),
    [
        (Decoder("fastavro", "own"), "Consumers go out before producers."),
        (Decoder("fastavro", "single"), "The producers stop, and both sides go out at once."),
    ],
)
def test_an_argument_tells_the_order_that_its_steps_have(reader: Decoder, order: str) -> None:
    real, _ = offered("remove amount from order", shop(reader=reader))

    assert real["readers-first"].argument.endswith(order)
    assert "first" not in real["readers-first"].title


def test_who_reads_with_a_copy_of_its_own_is_left_alone_only_where_its_bytes_stay() -> None:
    path = "services/billing/order.avsc"
    raw = shop(reader=Decoder("fastavro", "single"))
    orders = subject("order", "schemas/order.avsc", ORDER, copies={path: ORDER})
    built = replace(raw, pipeline=replace(raw.pipeline, subjects=(orders,)))

    renamed, _ = offered("rename amount to total in order", built)
    retyped, reasons = offered("change the type of amount in order to string", built)
    alone = subject("order", "schemas/order.avsc", ORDER)
    shared = offered(
        "rename amount to total in order", replace(raw, pipeline=replace(raw.pipeline, subjects=(alone,)))
    )[1]

    way = renamed["copies-stay"]
    assert way.testable == (ReadsAlone("order", "billing"),)
    assert not any(path_of(edit).startswith("services/billing/") for edit in way.phases[0].edits)
    assert "billing" not in {job for step in way.phases[0].steps for job in step.jobs}
    assert "copies-stay" not in retyped
    assert "the bytes that it reads change" in reasons["copies stay"]
    assert "no copy to leave alone" in shared["copies stay"]


@pytest.mark.parametrize(
    ("library", "told"), [("fastavro", "say nothing of their schema"), ("confluent-kafka", "the id of its")]
)
def test_whether_a_reader_could_take_the_writer_s_schema_is_told(library: str, told: str) -> None:
    raw = shop(reader=Decoder("fastavro", "single"))
    links = tuple(
        replace(it, decoder=Decoder(library, "single")) if it.direction == "produces" else it
        for it in raw.pipeline.links
    )

    _, reasons = offered("rename amount to total in order", replace(raw, pipeline=replace(raw.pipeline, links=links)))

    assert told in reasons["the writer's schema at the reader"]


def test_no_chain_of_upcasters_where_every_reader_has_a_schema_of_its_own() -> None:
    real, reasons = offered("rename amount to total in order", shop(reader=Decoder("fastavro", "own")))

    assert "upcaster" not in real
    assert "an alias does the same" in reasons["upcaster chain"]


def test_no_alias_where_history_has_both_names() -> None:
    both = {**ORDER, "fields": [*ORDER["fields"], {"name": "total", "type": "int"}]}
    orders = subject("order", "schemas/order.avsc", both, ORDER)
    built = Built(pipeline([orders]), {"schemas/order.avsc": orders.latest.text})

    real, refused = offered("rename amount to total in order", built)

    assert "alias" not in real
    assert "Version 1" in refused["alias"]


def test_a_parallel_rename_ends_without_alias_and_with_a_default() -> None:
    built = shop(with_field(aliases=["sum"]))
    phased = offered("rename amount to total in order", built)[0]["phased"]

    during = schema_after(phased, built, 0)
    after = schema_after(phased, built)

    assert [phase.name for phase in phased.phases] == ["expand", "move readers", "stop old write", "contract"]
    assert field(during, "total") == {"name": "total", "type": ["null", "int"], "default": None, "doc": "In cents."}
    assert field(during, "amount")
    stopped = schema_after(phased, built, 2)
    assert field(stopped, "amount")["type"] == ["null", "int"]
    assert field(stopped, "amount")["default"] is None
    assert kinds(phased, 2) == ["schema", "consumers", "producers"]
    assert field(after, "amount") is None
    assert field(after, "total") == {"name": "total", "type": ["null", "int"], "doc": "In cents.", "default": None}


def test_consumers_go_first_with_an_alias_and_producers_first_while_expanding() -> None:
    real, _ = offered("rename amount to total in order", shop())

    assert kinds(real["alias"]) == ["schema", "consumers", "producers"]
    assert kinds(real["phased"]) == ["schema", "producers", "consumers"]
    assert kinds(real["phased"], 1) == ["consumers"]
    assert real["alias"].phases[0].steps[1].jobs == ("billing",)


def test_a_step_carries_the_files_of_its_jobs_and_their_tests() -> None:
    steps = offered("rename amount to total in order", shop())[0]["alias"].phases[0].steps

    assert steps[0].paths == ("schemas/order.avsc",)
    assert steps[1].paths == (
        "services/billing/main.py",
        "services/billing/schemas/order.avsc",
        "services/billing/tests/test_main.py",
    )
    assert steps[2].paths == ("services/orders/main.py",)


def test_what_a_way_of_decoding_means_is_said() -> None:
    single = offered("rename amount to total in order", shop(reader=Decoder("fastavro", "single")))[0]["alias"]
    writer = offered("rename amount to total in order", shop(reader=Decoder("avro", "writer")))[0]["alias"]

    assert "its schema has to change together with the bytes that it reads" in single.argument
    assert "never gets defaults or aliases" in writer.argument
    assert "ignores aliases" in writer.argument


def test_a_drifted_copy_is_not_edited_where_it_lacks_the_field() -> None:
    path = "services/billing/order.avsc"
    drifted = {**ORDER, "fields": [one for one in ORDER["fields"] if one["name"] != "amount"]}
    orders = subject("order", "schemas/order.avsc", ORDER, copies={path: drifted})
    built = Built(pipeline([orders], [link("billing", "orders", "consumes", "order")]), {})

    for text in ("rename amount to total in order", "make amount optional in order", "remove amount from order"):
        for alternative in offered(text, built)[0].values():
            assert path not in {edit.source.path for edit in _schema_edits(alternative)}
    added = offered("add a long weight to order", built)[0]["optional"]
    assert path in {edit.source.path for edit in _schema_edits(added)}


def test_a_new_optional_field_has_null_first_and_as_default() -> None:
    built = shop()
    real, _ = offered("add a nullable double parallax to order with default 1.5", built)

    assert field(schema_after(real["optional"], built), "parallax") == {
        "name": "parallax",
        "type": ["null", "double"],
        "default": None,
    }
    assert field(schema_after(real["default"], built), "parallax")["default"] == 1.5
    assert "default" not in field(schema_after(real["naive"], built), "parallax")


def test_a_map_entry_is_offered_only_where_a_map_can_hold_the_type() -> None:
    assert "map-entry" in offered("add a double x to order", shop())[0]
    assert "no map" in offered("add a timestamp-millis x to order", shop())[1]["entry of a map"]


def test_a_side_subject_shares_the_key_of_the_record() -> None:
    alternative = offered("add a double x to order", shop())[0]["side-subject"]
    (made,) = [edit for edit in alternative.phases[0].edits if isinstance(edit, NewFile)]

    assert made.path == "schemas/order_x.avsc"
    assert [one["name"] for one in json.loads(made.text)["fields"]] == ["order_id", "x"]


def test_a_type_without_a_neutral_value_is_not_given_one() -> None:
    assert "no value" in offered("add a timestamp-millis x to order", shop())[1]["neutral default"]


def test_a_new_subject_has_a_name_of_its_own() -> None:
    alternative = offered("rename amount to total in order", shop())[0]["new-subject"]
    (made,) = [edit for edit in alternative.phases[0].edits if isinstance(edit, NewFile)]

    assert made.path == "schemas/order_v2.avsc"
    assert json.loads(made.text)["name"] == "OrderV2"
    assert all(step.manual for step in alternative.phases[0].steps if step.kind != "schema")


def test_an_enum_gets_a_default_that_says_unknown_before_a_symbol_is_added() -> None:
    built = shop()
    first = offered("add symbol REVIEW to status in order", built)[0]["default-first"]

    given = field(schema_after(first, built, 0), "status")
    added = field(schema_after(first, built, 1), "status")

    assert given["type"] == {
        "type": "enum",
        "name": "Status",
        "symbols": ["NEW", "PAID", "SENT", "UNKNOWN"],
        "default": "UNKNOWN",
    }
    assert "default" not in given
    assert added["type"]["symbols"] == ["NEW", "PAID", "SENT", "UNKNOWN", "REVIEW"]


def test_a_level_that_binds_old_readers_gives_them_a_default_before_unknown_comes_in() -> None:
    built = shop(level="FULL")
    removed = offered("remove symbol SENT from status in order", built)[0]["unknown-first"]

    enums = [field(schema_after(removed, built, phase), "status")["type"] for phase in range(3)]

    assert [enum["default"] for enum in enums] == ["NEW", "UNKNOWN", "UNKNOWN"]
    assert enums[2]["symbols"] == ["NEW", "PAID", "UNKNOWN"]
    assert [bool(phase.gate and phase.gate.outlasts_retention) for phase in removed.phases] == [False, True, False]
    assert "services/orders/main.py" in removed.phases[1].steps[-1].manual[0]
    assert "stop writing SENT" in removed.phases[1].steps[-1].manual[0]


def test_a_single_schema_is_cut_over_only_where_bytes_move_inside_the_record() -> None:
    built = shop(reader=Decoder("fastavro", "single"))

    moved = offered("move note before amount in order", built)[0]["naive"]
    renamed = offered("rename amount to total in order", built)[0]["alias"]
    widened = offered("change the type of amount in order to long", built)[0]["naive"]

    assert kinds(moved) == ["schema", "cutover"]
    assert moved.phases[0].steps[1].jobs == ("billing", "orders")
    assert "read orders.paid to the end" in moved.phases[0].steps[1].manual[0]
    assert "cutover" not in kinds(renamed)
    assert "cutover" not in kinds(widened)


def test_a_single_schema_is_not_waited_for_again_when_a_new_field_loses_its_default() -> None:
    built = shop(reader=Decoder("fastavro", "single"))

    required = offered("add a required long weight to order", built)[0]["required-later"]

    waits = [
        [place for step in phase.steps for place in step.manual if "deploy it once" in place]
        for phase in required.phases
    ]
    assert [len(own) for own in waits] == [1, 0]


def test_a_single_schema_needs_an_order_only_where_bytes_come_or_go_at_the_end_of_the_record() -> None:
    built = shop(reader=Decoder("fastavro", "single"))

    added = offered("add a long weight to order", built)[0]["optional"]
    removed = offered("remove lines from order", built)[0]["naive"]
    inner = offered("remove price from order", built)[0]["naive"]

    assert kinds(added) == ["schema", "producers", "consumers"]
    assert "deploy it once every instance of orders runs the new version" in added.phases[0].steps[2].manual[0]
    assert kinds(removed) == ["schema", "consumers", "producers"]
    assert kinds(inner) == ["schema", "cutover"]


def test_one_order_is_right_for_a_single_schema_and_for_those_who_read_with_one_of_their_own() -> None:
    built = shop(reader=Decoder("fastavro", "single"))
    (link,) = (it for it in built.pipeline.links if it.direction == "consumes")
    audit = replace(link, job="audit", decoder=Decoder("fastavro", "own"))
    mixed = replace(built, pipeline=replace(built.pipeline, links=(*built.pipeline.links, audit)))

    added = offered("add a long weight to order", mixed)[0]["optional"]
    removed = offered("remove lines from order", mixed)[0]["naive"]

    assert kinds(added) == ["schema", "producers", "consumers"]
    assert kinds(removed) == ["schema", "consumers", "producers"]


def test_a_job_that_reads_what_it_writes_with_a_single_schema_stops_drains_and_starts_at_once() -> None:
    built = shop(reader=Decoder("fastavro", "single"))
    links = tuple(replace(it, job="orders") for it in built.pipeline.links)
    itself = replace(built, pipeline=replace(built.pipeline, links=links))

    added = offered("add a long weight to order", itself)[0]["optional"]

    assert kinds(added) == ["schema", "cutover"]
    assert added.phases[0].steps[1].jobs == ("orders",)
    assert "stop its own writing, let it read orders.paid to the end" in added.phases[0].steps[1].manual[0]


def test_a_new_field_beside_an_old_one_goes_to_the_end_where_a_single_schema_reads() -> None:
    own, single = shop(), shop(reader=Decoder("fastavro", "single"))
    request = "change the type of amount in order to string"

    beside, last = (offered(request, built)[0]["phased"] for built in (own, single))

    names = [
        [it["name"] for it in schema_after(one, built, 0)["fields"]] for one, built in ((beside, own), (last, single))
    ]
    assert names[0].index("amount_v2") == names[0].index("amount") + 1
    assert names[1][-1] == "amount_v2"
    assert "cutover" not in kinds(last, 0)


def test_a_single_schema_is_cut_over_where_the_new_field_takes_the_place_of_the_old_one() -> None:
    built = shop(reader=Decoder("fastavro", "single"))

    renamed = offered("rename amount to total in order", built)[0]["phased"]

    assert renamed.phases[-1].name == "contract"
    assert [field(schema_after(renamed, built, place), "total") is None for place in (-2, -1)] == [False, False]
    assert kinds(renamed, -1) == ["schema", "cutover"]
    assert not any("deploy it once" in place for step in renamed.phases[-1].steps for place in step.manual)


def test_what_is_only_said_makes_nobody_deploy() -> None:
    marked = offered("deprecate amount in order", shop())[0]["marked"]

    assert [step.jobs for step in marked.phases[0].steps if step.kind != "consumers"] == [()]


@pytest.mark.parametrize(
    "request_",
    ["change the type of amount in order to string", "rename amount to total in order", "make note required in order"],
)
def test_an_old_field_stays_where_a_topic_keeps_its_records_for_ever(request_: str) -> None:
    built = shop(level="BACKWARD")
    said = Retention("orders.paid", None, Span("copilot.toml", 2, 2))
    kept = offered(request_, replace(built, pipeline=replace(built.pipeline, retentions=(said,))))[0]["phased"]
    dropped = offered(request_, built)[0]["phased"]

    assert [phase.name for phase in kept.phases] == ["expand", "move readers"]
    assert "orders.paid keeps its records for ever (copilot.toml:2)" in kept.argument
    assert dropped.phases[-1].name == "contract"


def test_an_old_field_stays_where_the_whole_history_must_stay_readable() -> None:
    kept = offered("change the type of amount in order to string", shop(level="BACKWARD_TRANSITIVE"))[0]["phased"]
    built = shop(level="BACKWARD_TRANSITIVE")
    pipeline = replace(built.pipeline, retentions=(Retention("orders.paid", 7, Span("copilot.toml", 2, 2)),))
    dropped = offered("change the type of amount in order to string", replace(built, pipeline=pipeline))[0]["phased"]

    assert [phase.name for phase in kept.phases] == ["expand", "move readers"]
    assert "keep `amount` as deprecated" in kept.title
    assert [phase.name for phase in dropped.phases] == ["expand", "move readers", "stop old write", "contract"]
    assert "orders.paid keeps records for 7 days (copilot.toml:2)" in (dropped.phases[2].gate or Gate("")).text


def test_a_new_enum_field_defines_a_type_of_another_name() -> None:
    built = shop()
    phased = offered("add symbol REVIEW to status in order", built)[0]["phased"]

    added = field(schema_after(phased, built, 0), "status_v2")["type"][1]

    assert added["name"] == "StatusV2"
    assert added["symbols"][-1] == "REVIEW"


def test_consumers_copies_get_a_symbol_first() -> None:
    built = shop()
    first = offered("add symbol REVIEW to status in order", built)[0]["copies-first"]

    assert "REVIEW" not in json.dumps(schema_after(first, built, 0))
    assert "REVIEW" in json.dumps(schema_after(first, built, 0, "services/billing/schemas/order.avsc"))
    assert "REVIEW" in json.dumps(schema_after(first, built, 1))


def test_a_conversion_is_put_around_the_written_value() -> None:
    built = shop()
    naive = offered("change the type of amount in order to string", built)[0]["naive"]
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(naive, built.tree)
    assert isinstance(compiled, tuple)

    assert '"amount": str(order.amount)' in text_after(compiled[0], built, "services/orders/main.py")


@pytest.mark.parametrize("kind", ["long", "float", "double"])
def test_a_promotion_needs_no_conversion(kind: str) -> None:
    naive = offered(f"change the type of amount in order to {kind}", shop())[0]["naive"]

    assert not [edit for edit in naive.phases[0].edits if isinstance(edit, CodeEdit)]
    assert naive.strategy == "in place"


def test_a_union_can_not_hold_one_carrier_twice() -> None:
    stamped = with_field(type={"type": "long", "logicalType": "timestamp-millis"})

    real, refused = offered("change the type of amount in order to timestamp-micros", shop(stamped))

    assert "only once" in refused["union"]
    assert "only their meaning changes" in real["naive"].argument


def test_a_logical_type_that_stands_beside_the_type_does_not_outlive_it() -> None:
    built = shop(with_field(logicalType="timestamp-millis"))

    offers = offered("mark amount in order as timestamp-micros", built)[0]
    renamed = offered("rename amount to paid in order", built)[0]["phased"]

    def named(alternative: Alternative) -> list[dict[str, Any]]:
        fields = schema_after(alternative, built)["fields"]
        return [it for it in fields if it["name"] in ("amount", "amount_us", "paid")]

    assert ["logicalType" in it for way in ("naive", "phased") for it in named(offers[way])] == [False, False]
    assert [it["logicalType"] for it in named(renamed)] == ["timestamp-millis"]


def test_a_default_moves_its_branch_to_the_front() -> None:
    built = shop()
    naive = offered('set the default of currency in order to "EUR"', built)[0]["naive"]

    changed = field(schema_after(naive, built), "currency")

    assert changed["type"] == ["string", "null"]
    assert changed["default"] == "EUR"


def test_only_null_stands_for_a_missing_new_field_while_readers_fall_back_on_the_old_one() -> None:
    built = shop()
    for text, name, kind, default in (
        ("rename retries to attempts in order", "attempts", "int", 0),
        ("change the type of retries in order to string", "retries_v2", "string", "0"),
        ("set the default of retries in order to 3", "retries_v2", "int", 3),
    ):
        phased = offered(text, built)[0]["phased"]

        during, after = schema_after(phased, built, 1), schema_after(phased, built)

        assert field(during, name) == {"name": name, "type": ["null", kind], "default": None}
        assert field(after, name) == {"name": name, "type": [kind, "null"], "default": default}


def test_a_place_that_computes_with_what_goes_is_left_to_a_person() -> None:
    built = shop(with_field(default=None, type=["null", "int"]))
    removed = offered("remove retries from order", shop())[0]["readers-first"]
    required = {**ORDER, "fields": [*ORDER["fields"]]}
    required["fields"][5] = {"name": "retries", "type": "int"}
    by_hand = offered("remove retries from order", shop(required))[0]["readers-first"]
    foreseen = offered("remove amount from order", built)[0]["readers-first"]

    def reads(alternative: Alternative) -> list[str]:
        edits = [edit for edit in alternative.phases[-1].edits if isinstance(edit, CodeEdit)]
        return [edit.expression for edit in edits if edit.action == "read_default"]

    assert any("gets 0 from every record" in text for step in removed.phases[0].steps for text in step.manual)
    assert any("do without it, by hand" in text for step in by_hand.phases[0].steps for text in step.manual)
    assert reads(by_hand) == []
    assert reads(foreseen) == ["None"]


def test_removal_moves_readers_before_it_drops() -> None:
    built = shop()
    slow = offered("remove amount from order", built)[0]["deprecate"]
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(slow, built.tree)
    assert isinstance(compiled, tuple)

    assert [phase.name for phase in slow.phases] == ["deprecate", "readers stop", "drop"]
    assert field(schema_after(slow, built, 0), "amount")["deprecated"] is True
    assert 'order.get("amount")' in text_after(compiled[1], built, "services/billing/main.py")
    assert '"amount"' in text_after(compiled[1], built, "services/orders/main.py")
    assert '"amount"' not in text_after(compiled[2], built, "services/orders/main.py")


def test_requiring_a_nullable_field_offers_a_rule_that_keeps_the_type() -> None:
    built = shop()
    real, _ = offered("make currency required in order", built)

    assert field(schema_after(real["guarded"], built), "currency")["type"] == ["null", "string"]
    assert field(schema_after(real["naive"], built), "currency") == {"name": "currency", "type": "string"}
    assert field(schema_after(real["default"], built), "currency")["default"] == ""


def test_every_gate_stands_before_another_phase() -> None:
    for text in ("remove amount from order", "rename amount to total in order", "add symbol X to status in order"):
        for alternative in offered(text, shop())[0].values():
            assert all(phase.gate and phase.gate.text for phase in alternative.phases[:-1])


def _schema_edits(alternative: Alternative) -> list[SchemaEdit]:
    return [edit for phase in alternative.phases for edit in phase.edits if isinstance(edit, SchemaEdit)]


def test_where_old_readers_must_read_new_data_the_old_field_gets_a_default_before_it_goes() -> None:
    built = shop()
    full = replace(
        built.pipeline, subjects=tuple(replace(one, compatibility="FULL") for one in built.pipeline.subjects)
    )
    strict = Built(full, built.files)

    for text in ("rename amount to total in order", "remove amount from order"):
        loose_one, strict_one = (offered(text, one)[0] for one in (built, strict))
        slug = "phased" if "rename" in text else "deprecate"
        # While readers move, producers write the old field still; where they stop, every level needs a default.
        marked = [field(schema_after(one[slug], built, 1), "amount") for one in (loose_one, strict_one)]
        assert ["default" in one for one in marked] == [False, True]


def test_a_single_local_copy_that_fell_behind_is_brought_in_line_before_a_field_is_added() -> None:
    path = "services/billing/order.avsc"
    behind = {**ORDER, "fields": ORDER["fields"][:-1]}
    orders = subject("order", "schemas/order.avsc", ORDER, copies={path: behind})
    links = [
        link("billing", "orders", "consumes", "order", Decoder("fastavro", "single")),
        link("orders", "orders", "produces", "order"),
    ]
    built = Built(pipeline([orders], links), {orders.latest.source.path: orders.latest.text, path: json.dumps(behind)})

    added = offered("add an optional long weight to order", built)[0]["optional"]

    shared = [one["name"] for one in schema_after(added, built)["fields"]]
    assert [one["name"] for one in schema_after(added, built, path=path)["fields"]] == shared
    manual = [place for step in added.phases[0].steps for place in step.manual]
    assert any("it has read orders past what the old ones wrote" in place for place in manual)


def test_a_copy_that_is_resolved_by_name_is_left_behind_as_it_is() -> None:
    path = "services/billing/order.avsc"
    behind = {**ORDER, "fields": ORDER["fields"][:-1]}
    orders = subject("order", "schemas/order.avsc", ORDER, copies={path: behind})
    links = [link("billing", "orders", "consumes", "order", Decoder("fastavro", "own"))]
    built = Built(pipeline([orders], links), {orders.latest.source.path: orders.latest.text, path: json.dumps(behind)})

    added = offered("add an optional long weight to order", built)[0]["optional"]

    names = [one["name"] for one in schema_after(added, built, path=path)["fields"]]
    assert names == [*(one["name"] for one in behind["fields"]), "weight"]


def test_a_field_asked_for_as_required_is_required_in_the_end_of_the_ways_named_first() -> None:
    built = shop()
    real, _ = offered("add a required string region to order", built)

    later, naive = real["required-later"], real["naive"]
    assert list(real)[:2] == ["required-later", "naive"]
    assert kinds(naive) == ["schema", "producers", "consumers"]
    assert field(schema_after(later, built, 0), "region") == {"name": "region", "type": "string", "default": ""}
    assert field(schema_after(later, built), "region") == {"name": "region", "type": "string"}
    assert later.phases[0].gate is not None
    assert later.phases[0].gate.outlasts_retention


def test_code_that_computes_takes_null_for_the_default_that_the_schema_states() -> None:
    built = shop()
    optional = offered("make retries optional in order", built)[0]["value-first"]
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(optional, built.tree)
    assert isinstance(compiled, tuple)

    consumer = next(change.after or "" for change in compiled[0].changes if change.path.endswith(".py"))

    assert 'total += 0 if order.get("retries", 0) is None else order.get("retries", 0)' in consumer
    assert any("computes with 0 where it is null" in text for step in optional.phases[0].steps for text in step.manual)


def test_without_a_stated_default_a_person_decides_what_null_counts_as() -> None:
    optional = offered("make retries optional in order", shop())[0]["null-first"]

    assert not any(isinstance(edit, CodeEdit) for edit in optional.phases[0].edits)
    assert any("say what null counts as" in text for step in optional.phases[0].steps for text in step.manual)


def test_a_logical_type_says_what_to_write_for_the_library_in_use_and_what_readers_get() -> None:
    def manual(library: str) -> str:
        built = shop()
        links = tuple(
            replace(it, decoder=Decoder(library, "writer")) if it.direction == "produces" else it
            for it in built.pipeline.links
        )
        known = replace(built, pipeline=replace(built.pipeline, links=links))
        real, _ = offered("change the type of amount in order to timestamp-millis", known)
        return "\n".join(text for step in real["naive"].phases[0].steps for text in step.manual)

    assert "see that the number counts milliseconds since 1970, UTC" in manual("fastavro")
    assert "write a datetime with a time zone, a number is refused, by hand" in manual("avro")
    assert "expect a datetime in UTC and no number from the decoder" in manual("avro")


@pytest.mark.parametrize(
    "read",
    [
        'RATES[order[«reads/subscript/status:"status"»]]',
        'Status(order.get(«reads/get/status:"status"»))',
    ],
)
def test_a_table_that_a_symbol_is_looked_up_in_is_left_to_a_person(read: str) -> None:
    built = shop(consumer=f"\ndef bill(order):\n    return {read}\n")

    added = offered("add symbol REVIEW to status in order", built)[0]["naive"]

    manual = [text for step in added.phases[0].steps for text in step.manual]
    assert any("make what it is looked up in know REVIEW" in text for text in manual)


def test_readers_wait_for_retention_only_where_old_records_cannot_be_told_apart() -> None:
    strict = offered("make currency required in order", shop())[0]["phased"].phases[0].gate
    renamed = offered("rename amount to total in order", shop())[0]["phased"].phases[0].gate

    assert strict is not None
    assert strict.outlasts_retention
    assert "have left the topic" in strict.text
    assert renamed is not None
    assert not renamed.outlasts_retention
    assert "retention" not in renamed.text
