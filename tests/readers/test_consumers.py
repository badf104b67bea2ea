"""Consumers that only `copilot.toml` tells of, in the map: whom they are linked to, and what they name in vain."""

from __future__ import annotations

from copilot.domain.clones import Consumer
from copilot.domain.pipeline import PipelineMap
from copilot.domain.source import Span
from copilot.domain.twins import twins_of
from copilot.readers.consumers import with_consumers
from tests.readers.sockets import map_of
from tests.shops import CHECKOUT, FIELDS, order_schema

HERE = Span("copilot.toml", 3, 3)
SHOP = {"schemas/order.avsc": order_schema(), **CHECKOUT}


def reports(*, subject: str = "order", topic: str = "", schema: str = "", decoder: str = "fastavro") -> Consumer:
    return Consumer("reports", subject, topic, schema, decoder, "", HERE)


def told(consumer: Consumer, **more: str) -> tuple[PipelineMap, set[tuple[str, str, str]]]:
    """Returns the map, and for each link of the consumer its topic, its subject and how it reads."""
    found = with_consumers(map_of({**SHOP, **more}), (consumer,))
    links = [link for link in found.links if link.job == "external:reports"]
    assert all(link.proof == (HERE,) for link in links)
    assert all(link.direction == "consumes" for link in links)
    return found, {
        (link.endpoint.name, link.subject or "", link.decoder.reader_schema if link.decoder else "") for link in links
    }


def test_a_consumer_of_a_subject_reads_the_topics_that_it_is_written_to() -> None:
    found, links = told(reports())

    assert links == {("orders", "order", "unknown")}
    assert "external:reports" in {job.name for job in found.jobs}
    assert found.gaps == ()


def test_a_subject_may_be_named_by_its_record() -> None:
    assert told(reports(subject="shop.Order"))[1] == {("orders", "order", "unknown")}


def test_a_consumer_of_a_topic_reads_what_is_written_there() -> None:
    assert told(reports(subject="", topic="orders"))[1] == {("orders", "order", "unknown")}


def test_a_topic_that_nobody_here_writes_is_an_endpoint_all_the_same() -> None:
    assert told(reports(subject="", topic="refunds"))[1] == {("refunds", "", "unknown")}


def test_a_reader_schema_like_the_written_one_is_a_copy() -> None:
    found, links = told(reports(schema="contracts/reports.avsc"), **{"contracts/reports.avsc": order_schema()})

    assert links == {("orders", "order", "own")}
    assert found.is_foreign("contracts/reports.avsc")


def test_a_reader_schema_that_drifted_is_a_twin() -> None:
    found, links = told(
        reports(schema="contracts/reports.avsc"), **{"contracts/reports.avsc": order_schema(FIELDS[:2])}
    )

    assert links == {("orders", "order", "own"), ("orders", "reports", "own")}
    assert [twin.name for twin in twins_of(found.subject("order"), found)] == ["reports"]


def test_what_a_consumer_names_in_vain_is_told_with_its_line() -> None:
    found, links = told(reports(subject="ordr", schema="contracts/none.avsc"))

    assert links == {("", "", "unknown")}
    assert {gap.span for gap in found.gaps} == {HERE}
    reasons = " ".join(gap.reason for gap in found.gaps)
    assert 'the subject "ordr", which is not in this map; "order" is' in reasons
    assert "contracts/none.avsc, is no schema that was read" in reasons
