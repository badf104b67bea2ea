"""Jobs that a patch brings to move records: what they send where, as real code with a producer that remembers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from copilot.strategies.migrator import migrator_path, migrator_text
from copilot.strategies.router import router_path, router_text
from copilot.strategies.topic_bridge import bridge_path
from tests.planners.builders import pipeline


@dataclass
class Message:
    record: dict[str, Any]

    def value(self) -> bytes:
        return json.dumps(self.record).encode()

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

    assert router_path("test-orders", map) == "routers/topic_test_orders.py"
    assert migrator_path("test", "2", map) == "migrators/topic_test_to_2.py"
    assert bridge_path("orders", "orders.v2", map) == "bridges/orders_to_orders_v2.py"


def test_a_migrator_gives_each_record_its_new_key_and_keeps_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    names = loaded(migrator_text("orders", "orders.v2", "order_id"))
    monkeypatch.setenv("RECORDS", "json")

    moved = names["moved"](Message({"order_id": 12}))

    assert (moved["key"], moved["timestamp"], json.loads(moved["value"])) == (b"12", 99, {"order_id": 12})
