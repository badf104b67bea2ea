"""Several repositories make one map: what matches, what stands apart, and what each place is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from copilot.domain.clones import Clone
from copilot.domain.pipeline import PipelineMap, Retention
from copilot.domain.source import Span
from copilot.domain.twins import twins_of
from copilot.formats.avro import AvroFormat
from copilot.readers.beyond import Beyond
from copilot.readers.joined import JoinedMapper, Neighbour
from copilot.readers.joining import joined
from copilot.readers.kept import dump_map, load_map
from copilot.readers.mapper import PipelineMapper
from copilot.settings import Settings
from tests.readers.sockets import MemoryHistory, MemoryIndex, MemoryTree
from tests.shops import CHECKOUT, CONSUMER, DOCKERFILE, FIELDS, INVOICE, PRODUCER, READ_PLACE, order_schema

OWN_COPY = """
import fastavro
from confluent_kafka import Consumer

READER = fastavro.schema.load_schema("schemas/order.avsc")
consumer = Consumer({"group.id": "billing"})
consumer.subscribe(["orders"])

def run():
    while True:
        message = consumer.poll(1.0)
        order = fastavro.schemaless_reader(message.value(), READER, READER)
        print(order["amount"])
"""
SHOP = {"schemas/order.avsc": order_schema(), **CHECKOUT}
WIDER = (*FIELDS, {"name": "coupon", "type": "string"})


LEANER = order_schema((FIELDS[0], FIELDS[2]))


def together(
    own: Mapping[str, str], /, past: Mapping[str, Sequence[str]] | None = None, **clones: Mapping[str, str]
) -> PipelineMap:
    """Maps a repository with its clones, all in memory; `past` are earlier texts by path."""
    index = MemoryIndex()

    def reader(beyond: Beyond) -> PipelineMapper:
        return PipelineMapper({"avro": AvroFormat()}, MemoryHistory(past), index, beyond=beyond)

    span = Span("copilot.toml", 1, 1)
    named = [Clone(name, f"../{name}", "", f"team-{name}", span) for name in sorted(clones)]
    neighbours = [
        Neighbour(replace(clone, commit="c0ffee"), MemoryTree(clones[clone.name]), Settings(), reader)
        for clone in named
    ]
    tree = MemoryTree(own)
    return JoinedMapper(tree, reader, neighbours, ()).map(tree, Settings(clones=tuple(named)))


def uses(pipeline: PipelineMap, path: str) -> set[tuple[str, str, str, str]]:
    return {(it.job, it.subject, it.certainty, str(it.span)) for it in pipeline.uses if it.path == path}


def test_a_consumer_elsewhere_reads_with_the_schema_of_the_topic() -> None:
    found = together(SHOP, billing=INVOICE)

    assert ("billing:invoice", "order", "certain", READ_PLACE) in uses(found, "amount")
    assert [link.job for link in found.links_of("order", "consumes")] == ["billing:invoice"]
    assert [clone.files_read for clone in found.clones] == [2]


def test_a_producer_elsewhere_lends_its_schema_to_what_reads_here() -> None:
    found = together(INVOICE, shop=SHOP)

    here = ("invoice", "shop:order", "certain", "services/invoice/main.py:14")
    assert here in uses(found, "amount")
    assert found.subject("shop:order").latest.source.path == "shop:schemas/order.avsc"


def test_a_repository_of_schemas_alone_sees_who_uses_them() -> None:
    found = together({"schemas/order.avsc": order_schema()}, billing=INVOICE, shop=CHECKOUT)

    assert [(link.job, link.direction, link.subject) for link in found.links] == [
        ("billing:invoice", "consumes", "order"),
        ("shop:checkout", "produces", "order"),
    ]
    assert {(job, certainty) for job, _, certainty, _ in uses(found, "amount")} == {
        ("billing:invoice", "certain"),
        ("shop:checkout", "certain"),
    }


def test_a_schema_that_code_names_is_found_in_the_clone_that_has_it() -> None:
    found = together(CHECKOUT, contracts={"schemas/order.avsc": order_schema()})

    assert [link.subject for link in found.links] == ["contracts:order"]


@pytest.mark.parametrize(
    ("held", "named", "is_meant"),
    [
        ({"order.avsc": order_schema()}, "/app/schemas/order.avsc", True),
        ({"avro/schemas/order.avsc": order_schema()}, "/app/schemas/order.avsc", True),
        ({"refunds/order.avsc": order_schema()}, "/app/schemas/order.avsc", False),
        ({"output.avsc": order_schema()}, "/app/schemas/output.avsc", False),
        ({"tests/schemas/order.avsc": order_schema()}, "/app/schemas/order.avsc", False),
    ],
)
def test_only_the_file_of_the_same_folder_and_name_is_meant(
    held: Mapping[str, str], named: str, is_meant: bool
) -> None:
    code = {**CHECKOUT, "services/checkout/main.py": PRODUCER.replace("schemas/order.avsc", named)}

    found = together(code, contracts=held)

    assert [link.subject is not None for link in found.links] == [is_meant]


def test_a_file_that_two_clones_have_is_meant_only_where_they_are_the_same() -> None:
    drifted = order_schema(WIDER)

    same = together(CHECKOUT, one={"schemas/order.avsc": order_schema()}, two={"schemas/order.avsc": order_schema()})
    apart = together(CHECKOUT, one={"schemas/order.avsc": order_schema()}, two={"schemas/order.avsc": drifted})

    assert {link.subject for link in same.links} == {"one:order"}
    assert {link.subject for link in apart.links} == {None}


def test_two_clones_meet_on_a_topic_that_is_not_used_here() -> None:
    found = together({"README": ""}, billing=INVOICE, shop=SHOP)

    assert ("billing:invoice", "shop:order", "certain", READ_PLACE) in uses(found, "amount")


def test_an_equal_schema_in_a_clone_is_a_copy_of_the_own_one() -> None:
    found = together(
        SHOP,
        billing={**INVOICE, "services/invoice/main.py": OWN_COPY, "schemas/order.avsc": SHOP["schemas/order.avsc"]},
    )

    assert [subject.name for subject in found.subjects] == ["order"]
    assert [copy.path for copy in found.subject("order").copies] == ["billing:schemas/order.avsc"]
    assert {it[0] for it in uses(found, "amount")} == {"checkout", "billing:invoice"}


def test_a_drifted_schema_in_a_clone_stands_by_itself_as_a_twin() -> None:
    drifted = {**INVOICE, "services/invoice/main.py": OWN_COPY, "schemas/order.avsc": order_schema(WIDER)}

    found = together(SHOP, billing=drifted)

    assert [subject.name for subject in found.subjects] == ["billing:order", "order"]
    assert [twin.name for twin in twins_of(found.subject("order"), found)] == ["billing:order"]
    link = next(link for link in found.links if link.subject == "billing:order")
    assert (link.job, link.endpoint.name, link.decoder and link.decoder.reader_schema) == (
        "billing:invoice",
        "orders",
        "own",
    )


def test_a_drifted_schema_that_no_topic_tells_apart_is_a_copy_too() -> None:
    found = together(SHOP, contracts={"order.avsc": order_schema(WIDER)})

    assert [copy.path for copy in found.subject("order").copies] == ["contracts:order.avsc"]
    assert [it.meaning == found.subject("order").latest.meaning for it in found.subject("order").copy_versions] == [
        False
    ]


def test_another_record_of_the_same_short_name_is_another_schema() -> None:
    other = order_schema().replace('"shop"', '"restaurant"')

    found = together(SHOP, lunch={"order.avsc": other})

    assert found.subject("order").copies == ()
    assert twins_of(found.subject("order"), found) == ()


def test_jobs_of_one_name_stay_apart() -> None:
    found = together({**SHOP, **INVOICE}, billing=INVOICE)

    assert [job.name for job in found.jobs] == ["billing:invoice", "checkout", "invoice"]
    assert found.jobs[0].root == "billing:services/invoice"


def test_whoever_owns_a_clone_is_asked_about_its_jobs_unless_it_says_more_itself() -> None:
    found = together({**SHOP, **INVOICE}, billing=INVOICE)

    assert {job.name: job.owner for job in found.jobs} == {
        "billing:invoice": "team-billing",
        "checkout": "",
        "invoice": "",
    }


def test_topics_that_only_the_running_system_knows_stay_apart() -> None:
    unset = {"main.py": CONSUMER.replace('["orders"]', '[os.environ["TOPIC"]]').replace("\n", "\nimport os\n", 1)}

    found = together(unset, billing={**unset, "Dockerfile": DOCKERFILE})

    assert {endpoint.variable for endpoint in found.endpoints} == {"TOPIC", "billing:TOPIC"}


def test_a_gap_of_a_clone_is_told_under_its_name() -> None:
    found = together(SHOP, billing={**INVOICE, "schemas/broken.avsc": "{"})

    assert "billing:schemas/broken.avsc" in {gap.span.path for gap in found.gaps}


def test_a_clone_whose_places_could_be_taken_for_own_files_does_not_join() -> None:
    found = together({**SHOP, "billing:services/x.py": "x = 1\n"}, billing=INVOICE)

    assert [job.name for job in found.jobs] == ["checkout"]
    assert found.clones[0].commit == ""
    assert any("begins like its places" in gap.reason for gap in found.gaps)


def test_the_order_in_which_clones_are_named_changes_nothing() -> None:
    first = together({"README": ""}, billing=INVOICE, shop=SHOP)
    second = together({"README": ""}, shop=SHOP, billing=INVOICE)

    assert first == second


def test_a_map_with_clones_survives_being_kept() -> None:
    found = together(SHOP, billing=INVOICE)

    assert load_map(dump_map(found)) == found


def test_a_field_that_an_earlier_version_elsewhere_had_is_no_unknown_name() -> None:
    found = together(
        INVOICE, past={"schemas/order.avsc": [order_schema()]}, shop={**SHOP, "schemas/order.avsc": LEANER}
    )

    assert found.subject("shop:order").latest.number == 2
    assert found.unknown_reads == ()


def test_what_a_clone_says_of_its_topics_holds_where_nothing_is_said_here() -> None:
    here, there = (Retention("orders", days, Span("copilot.toml", 1, 1)) for days in (1, 7))

    found = joined(a_map((here,)), [a_map((there, replace(there, topic="refunds")))], (), ())

    assert [(it.topic, it.days) for it in found.retentions] == [("orders", 1), ("refunds", 7)]


def a_map(retentions: tuple[Retention, ...]) -> PipelineMap:
    return replace(PipelineMap("c0ffee", (), (), (), (), (), (), (), (), (), 0), retentions=retentions)
