"""Jobs that a patch brings to move records: what they send where, as real code with a producer that remembers."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fastavro
import pytest

from copilot.strategies.moving_jobs import (
    bridge_text,
    job_path,
    merger_text,
    migrator_text,
    router_text,
    tokeniser_text,
    type_router_text,
    wrapper_text,
)
from copilot.strategies.protection import WAYS
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


def test_a_router_by_type_reads_the_name_of_each_schema_or_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = (("shop.Order", "sales.order"), ("shop.Payment", "sales.payment"))
    by_name, by_header = (
        loaded(type_router_text("sales", routes, "sales.rest", is_header=is_header)) for is_header in (False, True)
    )
    producer = Remembering()
    monkeypatch.setenv("RECORDS", "container")

    for schema, record in ((UNION[0], {"id": "1"}), (UNION, ("shop.Payment", {"id": "2"})), (REFUND, {"id": "3"})):
        written = io.BytesIO()
        fastavro.writer(written, fastavro.parse_schema(schema), [record])
        by_name["send"](producer, Bytes(None, written.getvalue()))
    by_header["send"](producer, Typed({"id": "4"}, [("type", b"shop.Order")]))
    by_header["send"](producer, Typed({"id": "5"}, []))

    topics = [topic for topic, _ in producer.sent]
    assert topics == ["sales.order", "sales.payment", "sales.rest", "sales.order", "sales.rest"]


@pytest.mark.parametrize(
    ("schema", "value", "topic"),
    [
        ("UNION", b"\0\0\0\0\7\2\2x", "sales.payment"),
        ("UNION", b"\0\0\0\0\7\0\2x", "sales.order"),
        ("PAYMENT", b"\0\0\0\0\7\2x", "sales.payment"),
    ],
)
def test_a_router_by_type_asks_the_schema_of_a_registry_which_branch_it_is(
    schema: str, value: bytes, topic: str
) -> None:
    names = loaded(type_router_text("sales", (("shop.Payment", "sales.payment"),), "sales.order", is_header=False))

    names["SCHEMAS"][7] = {"UNION": UNION, "PAYMENT": {**UNION[1], "name": "Payment", "namespace": "shop"}}[schema]

    assert ("sales.payment" if names["from_confluent"](value) == "shop.Payment" else "sales.order") == topic


def test_a_tokeniser_gives_record_and_key_the_token_that_producers_make(monkeypatch: pytest.MonkeyPatch) -> None:
    module = WAYS["tokenise"].module_text("customer", "CUSTOMER_KEY")
    names = loaded(tokeniser_text("orders", "orders.v2", "by.customer", "schemas/order.avsc", "tokenised", module))
    made: dict[str, Any] = {}
    exec(module, made)
    monkeypatch.setenv("RECORDS", "json")
    monkeypatch.setenv("CUSTOMER_KEY", "00" * 32)
    producer = Remembering()

    names["send"](producer, Message({"by": {"customer": "ada"}, "amount": 3}))
    names["send"](producer, Message(None))

    (topic, moved), (_, gone) = producer.sent
    token = made["tokenised"]("ada")
    assert (topic, moved["key"], moved["timestamp"]) == ("orders.v2", token.encode(), 99)
    assert json.loads(moved["value"]) == {"by": {"customer": token}, "amount": 3}
    assert (gone["key"], gone["value"]) == (made["tokenised"]("old").encode(), None)


@pytest.mark.parametrize("records", ["container", "bare"])
def test_a_tokeniser_writes_records_as_their_schema_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, records: str
) -> None:
    schema = UNION[0]
    (tmp_path / "order.avsc").write_text(json.dumps(schema), "utf-8")
    monkeypatch.setenv("SCHEMA", str(tmp_path / "order.avsc"))
    monkeypatch.setenv("RECORDS", records)
    monkeypatch.setenv("ID_KEY", "00" * 32)
    module = WAYS["tokenise"].module_text("id", "ID_KEY")
    names = loaded(tokeniser_text("orders", "orders.v2", "id", "schemas/order.avsc", "tokenised", module))
    producer = Remembering()

    is_container = records == "container"
    names["send"](producer, Bytes(None, written(schema, {"id": "o-1"}, is_container=is_container)))

    (_, moved) = producer.sent[0]
    assert read(schema, moved["value"], is_container=is_container) == {"id": names["tokenised"]("o-1")}


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
        type_router_text(hostile, ((hostile, hostile),), hostile, is_header=False),
        type_router_text(hostile, ((hostile, hostile),), hostile, is_header=True),
        tokeniser_text(hostile, hostile, hostile, hostile, "tokenised", WAYS["tokenise"].module_text(hostile, "A_KEY")),
        merger_text((hostile, "orders"), hostile),
        wrapper_text({hostile: hostile}, hostile, hostile, {hostile: hostile}),
    )

    for names in map(loaded, texts):
        assert "injected" not in names


def test_a_record_that_did_not_arrive_stops_a_job_before_it_is_committed() -> None:
    names = loaded(bridge_text("orders", "orders.v2"))
    producer = Remembering()

    names["send"](producer, Message({}))

    with pytest.raises(RuntimeError, match="too large"):
        producer.sent[0][1]["on_delivery"]("too large", None)


@dataclass
class Typed(Message):
    """A record whose message has headers."""

    given: list[tuple[str, bytes]] = field(default_factory=list)

    def headers(self) -> Any:
        return self.given


REFUND = {"type": "record", "name": "shop.Refund", "fields": [{"name": "id", "type": "string"}]}
UNION = [
    {"type": "record", "name": "shop.Order", "fields": [{"name": "id", "type": "string"}]},
    {"type": "record", "name": "shop.Payment", "fields": [{"name": "id", "type": "string"}]},
]
ENVELOPE = {
    "type": "record",
    "name": "Sale",
    "fields": [
        {"name": "type", "type": {"type": "enum", "name": "SaleType", "symbols": ["Order", "Payment"]}},
        {"name": "sequence", "type": "string"},
        {"name": "record", "type": UNION},
    ],
}
NAMES = {"orders": "shop.Order", "payments": "shop.Payment"}
TYPES = {"shop.Order": "Order", "shop.Payment": "Payment"}


@dataclass
class Bytes(Message):
    """A record as its bytes, on a topic."""

    data: bytes = b""
    on: str = "orders"

    def value(self) -> bytes:
        return self.data

    def topic(self) -> str:
        return self.on


def written(schema: Any, value: Any, *, is_container: bool) -> bytes:
    stream = io.BytesIO()
    parsed = fastavro.parse_schema(schema)
    fastavro.writer(stream, parsed, [value]) if is_container else fastavro.schemaless_writer(stream, parsed, value)
    return stream.getvalue()


def read(schema: Any, data: bytes, *, is_container: bool) -> Any:
    """Returns the value with the name of each record that lies in a union."""
    options: Any = {"return_record_name": True, "return_record_name_override": True}
    if is_container:
        return next(fastavro.reader(io.BytesIO(data), **options))
    return fastavro.schemaless_reader(io.BytesIO(data), fastavro.parse_schema(schema), **options)


@pytest.mark.parametrize("how", ["container", "bare"])
@pytest.mark.parametrize(("schema", "types"), [(UNION, {}), (ENVELOPE, TYPES)])
def test_a_merger_writes_every_record_of_every_topic_once_as_what_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str, schema: Any, types: dict[str, str]
) -> None:
    file = tmp_path / "sales.avsc"
    file.write_text(json.dumps(schema), "utf-8")
    monkeypatch.setenv("SCHEMA", str(file))
    monkeypatch.setenv("RECORDS", how)
    names, producer = loaded(wrapper_text(NAMES, "sales", "sales.avsc", types)), Remembering()
    # Both kinds have the same fields, so a writer that guesses the branch would call them all orders.
    sent = [("orders", "1"), ("payments", "1"), ("payments", "2")]

    for topic, id in sent:
        own = UNION[0] if topic == "orders" else UNION[1]
        names["send"](producer, Bytes({}, written(own, {"id": id}, is_container=how == "container"), topic))

    came: list[tuple[str, Any]] = []
    for topic, message in producer.sent:
        value = read(schema, message["value"], is_container=how == "container")
        came.append((topic, value["record"] if types else value))
        if types:
            assert (value["type"], value["sequence"]) == (types[value["record"][0]], f"{sent[len(came) - 1][0]}:2:7")
    assert came == [("sales", (NAMES[topic], {"id": id})) for topic, id in sent]
    assert [message["headers"] for _, message in producer.sent] == [
        [("sequence", f"{topic}:2:7".encode())] for topic, _ in sent
    ]


def test_a_merger_that_sends_records_as_they_are_reads_all_topics() -> None:
    text = merger_text(("orders", "payments"), "sales")
    names, producer = loaded(text), Remembering()

    names["send"](producer, Bytes({}, b"any", "payments"))

    assert 'consumer.subscribe(["orders", "payments"])' in text
    ((topic, message),) = producer.sent
    assert (topic, message["value"], message["key"]) == ("sales", b"any", b"old")
