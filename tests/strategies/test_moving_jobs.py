"""Jobs that a patch brings to move records: what they send where, as real code with a producer that remembers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from copilot.strategies.moving_jobs import bridge_text, job_path, migrator_text, router_text
from tests.planners.builders import pipeline


@dataclass
class Message:
    record: dict[str, Any] | None

    def value(self) -> bytes | None:
        return None if self.record is None else json.dumps(self.record).encode()

    def key(self) -> bytes:
        return b"old"

    def headers(self) -> None:
        return None

    def timestamp(self) -> tuple[int, int]:
        return (1, 99)

    def partition(self) -> int:
        return 2

    def offset(self) -> int:
        return 7


@dataclass
class Remembering:
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def produce(self, topic: str, **message: Any) -> None:
        self.sent.append((topic, message))


def loaded(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "job"}
    # The client is only used by `main`, and is not installed everywhere.
    exec(text.replace("from confluent_kafka import Consumer, Producer\n", ""), names)
    return names


def test_a_router_sends_each_record_to_the_topic_of_its_value_and_all_others_to_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = loaded(router_text("orders", (("web", "orders.web"), ("app", "orders.app")), "orders.rest", "via.channel"))
    producer = Remembering()
    monkeypatch.setenv("RECORDS", "json")

    for channel in ("app", "web", "fax", None):
        names["send"](producer, Message({"via": {"channel": channel}}))

    assert [topic for topic, _ in producer.sent] == ["orders.app", "orders.web", "orders.rest", "orders.rest"]
    assert producer.sent[0][1]["key"] == b"old"
    assert producer.sent[0][1]["headers"] == [("sequence", b"2:7")]


def test_a_job_for_a_topic_that_is_called_test_is_no_test() -> None:
    map = pipeline([])

    assert job_path("routers", "test-orders", map) == "routers/topic_test_orders.py"
    assert job_path("migrators", "2_to_3", map) == "migrators/topic_2_to_3.py"
    assert job_path("bridges", "orders_to_orders.v2", map) == "bridges/orders_to_orders_v2.py"


def test_a_migrator_gives_each_record_its_new_key_and_keeps_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    names = loaded(migrator_text("orders", "orders.v2", "order_id"))
    monkeypatch.setenv("RECORDS", "json")

    producer = Remembering()

    names["send"](producer, Message({"order_id": 12}))
    names["send"](producer, Message(None))

    (topic, moved), (_, gone) = producer.sent
    assert (topic, moved["key"], moved["timestamp"]) == ("orders.v2", b"12", 99)
    assert json.loads(moved["value"]) == {"order_id": 12}
    assert (gone["key"], gone["value"]) == (b"old", None)


def test_a_record_that_deletes_its_key_is_routed_to_every_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    names = loaded(router_text("orders", (("web", "orders.web"),), "orders.rest", "channel"))
    producer = Remembering()
    monkeypatch.setenv("RECORDS", "json")

    names["send"](producer, Message(None))

    assert [topic for topic, _ in producer.sent] == ["orders.web", "orders.rest"]


@pytest.mark.parametrize(
    "hostile", ['x"]); injected = 1; (["', "\n\ninjected = 1\n", '"""\ninjected = 1\n"""', "x\\", "{0}"]
)
def test_names_of_a_repository_are_never_code_in_a_job(hostile: str) -> None:
    texts = (
        bridge_text(hostile, "orders.v2"),
        migrator_text(hostile, "orders.v2", hostile),
        router_text(hostile, ((hostile, "orders.web"),), hostile, hostile),
    )

    for names in map(loaded, texts):
        assert "injected" not in names


def test_a_record_that_did_not_arrive_stops_a_job_before_it_is_committed() -> None:
    names = loaded(bridge_text("orders", "orders.v2"))
    producer = Remembering()

    names["send"](producer, Message({}))

    with pytest.raises(RuntimeError, match="too large"):
        producer.sent[0][1]["on_delivery"]("too large", None)
