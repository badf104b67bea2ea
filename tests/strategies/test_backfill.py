"""The backfill of what a compacted topic keeps: the job that a patch brings, run on records, by itself and against a producer."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import sqlite3
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import fastavro
import pytest

from copilot.domain.alternative import Alternative, NewFile, Rewritten
from copilot.domain.proposal import Proposal
from copilot.domain.sinks import Sink
from copilot.domain.source import Span
from copilot.strategies.backfill_job import Fill, backfill_text, holder_path
from copilot.strategies.backfill_table import sql_of, table_text
from tests.outside import KAFKA_FOLDER
from tests.planners.test_time_boxes import planned

TOPIC = "orders"
CENTS = (Fill("total_cents", "{amount}"),)
EOF = -191


@dataclass(frozen=True)
class Failed:
    number: int

    def code(self) -> int:
        return self.number


@dataclass(frozen=True)
class Message:
    """A record as the client library hands it out."""

    place: tuple[int, int]
    content: tuple[bytes | None, bytes | None]
    marks: list[tuple[str, bytes]]
    failed: Failed | None = None

    def key(self) -> bytes | None:
        return self.content[0]

    def value(self) -> bytes | None:
        return self.content[1]

    def headers(self) -> list[tuple[str, bytes]]:
        return self.marks

    def partition(self) -> int:
        return self.place[0]

    def offset(self) -> int:
        return self.place[1]

    def timestamp(self) -> tuple[int, int]:
        return (1, 99)

    def error(self) -> Failed | None:
        return self.failed


@dataclass
class Broker:
    """One compacted topic in memory. `before_send` lets somebody else write between a job's reading and its writing."""

    partitions: dict[int, list[Message]]
    before_send: list[Callable[[], None]] = field(default_factory=list)

    def append(
        self, key: str | None, value: Any, partition: int = 0, headers: list[tuple[str, bytes]] | None = None
    ) -> None:
        log = self.partitions[partition]
        data = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
        log.append(Message((partition, len(log)), (key.encode() if key else None, data), headers or []))

    def last(self, partition: int = 0) -> dict[str, Any]:
        """What compaction leaves: the last record of each key, the deleted ones as None."""
        return {
            (it.key() or b"").decode(): None if it.value() is None else json.loads(it.value() or b"")
            for it in self.partitions[partition]
        }

    def module(self) -> types.ModuleType:
        """Stands for the client library: the part of it that the job uses."""
        broker = self

        class Consumer:
            def __init__(self, conf: dict[str, Any]) -> None:
                assert conf["enable.partition.eof"]
                assert not conf["enable.auto.commit"]

            def list_topics(self, topic: str, timeout: float) -> Any:
                found = types.SimpleNamespace(partitions=broker.partitions)
                return types.SimpleNamespace(topics={topic: found})

            def assign(self, partitions: list[Any]) -> None:
                (self.partition,) = partitions
                self.at = 0

            def poll(self, seconds: float) -> Message:
                log = broker.partitions[self.partition.partition]
                if self.at == len(log):
                    return Message((self.partition.partition, self.at), (None, None), [], Failed(EOF))
                self.at += 1
                return log[self.at - 1]

            def close(self) -> None:
                pass

        class Producer:
            def __init__(self, conf: dict[str, Any]) -> None:
                assert conf["enable.idempotence"]

            def produce(self, topic: str, value: Any, key: bytes, headers: Any, partition: int, **rest: Any) -> None:
                while broker.before_send:
                    broker.before_send.pop()()
                assert (topic, rest["timestamp"]) == (TOPIC, 99)
                broker.append(key.decode(), value, partition, headers)

            def poll(self, seconds: float) -> None:
                pass

            def flush(self) -> None:
                pass

        made = types.ModuleType("confluent_kafka")
        made.__dict__.update(Consumer=Consumer, Producer=Producer, OFFSET_BEGINNING=-2)
        made.__dict__["KafkaError"] = types.SimpleNamespace(_PARTITION_EOF=EOF)
        made.__dict__["TopicPartition"] = lambda topic, partition, offset: types.SimpleNamespace(partition=partition)
        return made


Run = Callable[..., list[dict[str, int]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a job's program on a broker, and returns the lines that it prints."""

    def _run(broker: Broker, text: str, *, counts_only: bool = False, records: str = "json") -> list[dict[str, int]]:
        monkeypatch.setitem(sys.modules, "confluent_kafka", broker.module())
        monkeypatch.setenv("RECORDS", records)
        monkeypatch.setenv("KAFKA_BOOTSTRAP", "nowhere")
        names: dict[str, Any] = {"__name__": "job"}
        exec(compile(text, "job.py", "exec"), names)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            names["main"](counts_only)
        return [json.loads(line) for line in said.getvalue().splitlines()]

    return _run


def test_only_the_last_record_of_a_key_is_written_again_and_only_where_it_lacks_the_field(run: Run) -> None:
    broker = Broker({0: [], 1: []})
    broker.append("a", {"amount": 1})
    broker.append("a", {"amount": 2})
    broker.append("b", {"amount": 3})
    broker.append("b", {"amount": 4, "total_cents": 4})
    broker.append("c", {"amount": 5})
    broker.append("c", None)
    broker.append("d", {"amount": 6}, 1, [("trace", b"7")])
    text = backfill_text(TOPIC, CENTS, (), "schemas/order.avsc")

    counted = run(broker, text, counts_only=True)
    said = run(broker, text)

    assert [it["left"] for it in counted] == [1, 1]
    assert [(it["written"], it["left"]) for it in said] == [(1, 0), (1, 0)]
    assert len(broker.partitions[0]) == 7
    assert broker.last() == {
        "a": {"amount": 2, "total_cents": 2},
        "b": {"amount": 4, "total_cents": 4},
        "c": None,
    }
    assert broker.last(1) == {"d": {"amount": 6, "total_cents": 6}}
    assert broker.partitions[1][-1].headers() == [("trace", b"7"), ("backfill-total_cents", b"0")]


def test_a_second_run_finds_nothing_left(run: Run) -> None:
    broker = Broker({0: []})
    broker.append("a", {"amount": 1})
    text = backfill_text(TOPIC, CENTS, (), "schemas/order.avsc")
    run(broker, text)

    assert run(broker, text) == [{"partition": 0, "written": 0, "left": 0}]
    assert run(broker, text, counts_only=True) == [{"partition": 0, "written": 0, "left": 0}]


@pytest.mark.parametrize("newer", [{"amount": 9, "total_cents": 9}, {"amount": 9}, None])
def test_a_record_that_a_producer_writes_meanwhile_stands_last_in_the_end(run: Run, newer: Any) -> None:
    broker = Broker({0: []})
    broker.append("a", {"amount": 1})
    broker.append("b", {"amount": 2})
    broker.before_send.append(lambda: broker.append("a", newer))

    run(broker, backfill_text(TOPIC, CENTS, (), "schemas/order.avsc"))

    assert broker.last() == {
        "a": None if newer is None else {"amount": 9, "total_cents": 9},
        "b": {"amount": 2, "total_cents": 2},
    }


def test_what_a_crash_left_overtaken_is_put_right_by_the_next_run(run: Run) -> None:
    broker = Broker({0: []})
    broker.append("a", {"amount": 1})
    broker.append("a", {"amount": 9, "total_cents": 9})
    broker.append("a", {"amount": 1, "total_cents": 1}, 0, [("backfill-total_cents", b"0")])

    run(broker, backfill_text(TOPIC, CENTS, (), "schemas/order.avsc"))

    assert broker.last() == {"a": {"amount": 9, "total_cents": 9}}


def test_a_record_that_cannot_be_written_or_has_no_key_stops_the_job(run: Run) -> None:
    broker = Broker({0: []})
    broker.append(None, {"amount": 1})

    with pytest.raises(RuntimeError, match="orders 0:0 has no key: is it compacted"):
        run(broker, backfill_text(TOPIC, CENTS, (), "schemas/order.avsc"))


def test_a_value_that_no_conversion_takes_stops_the_job_with_its_place(run: Run) -> None:
    broker = Broker({0: []})
    broker.append("a", {"amount": float("nan")})

    with pytest.raises(RuntimeError, match="orders 0:0 can't be filled: ValueError"):
        run(broker, backfill_text(TOPIC, (Fill("cents", "round({amount} * 100)"),), (), "x.avsc"))


def test_an_empty_topic_is_done(run: Run) -> None:
    assert run(Broker({0: []}), backfill_text(TOPIC, CENTS, (), "x.avsc")) == [
        {"partition": 0, "written": 0, "left": 0}
    ]


def test_fields_of_records_inside_are_filled_each(run: Run) -> None:
    broker = Broker({0: []})
    broker.append("a", {"items": [{"price": 1}, {"price": 2, "cents": 200}, {"price": None}], "by": {"x": {}}})
    fills = (Fill("cents", "{price} * 100"),)

    run(broker, backfill_text(TOPIC, fills, holder_path("items[].price"), "x.avsc"))

    assert broker.last()["a"]["items"] == [
        {"price": 1, "cents": 100},
        {"price": 2, "cents": 200},
        {"price": None},
    ]
    assert holder_path("a.b{}.c[].price") == ("a", "b", "{}", "c", "[]")
    assert holder_path("price") == ()


def test_container_files_are_read_with_their_writer_s_schema_and_written_with_the_new_one(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"type": "record", "name": "Order", "fields": [{"name": "amount", "type": "long"}]}
    added = {"name": "total_cents", "type": ["null", "long"], "default": None}
    new = {**old, "fields": [*old["fields"], added]}
    (tmp_path / "order.avsc").write_text(json.dumps(new))
    monkeypatch.setenv("SCHEMA", str(tmp_path / "order.avsc"))
    broker = Broker({0: []})
    broker.append("a", container(old, {"amount": 7}))
    broker.append("b", container(new, {"amount": 8, "total_cents": 8}))

    said = run(broker, backfill_text(TOPIC, CENTS, (), "schemas/order.avsc"), records="container")

    assert said == [{"partition": 0, "written": 1, "left": 0}]
    assert list(fastavro.reader(io.BytesIO(broker.partitions[0][-1].value() or b""))) == [
        {"amount": 7, "total_cents": 7}
    ]


def test_decimals_are_filled_exactly(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"type": "record", "name": "Order", "fields": [{"name": "amount", "type": "long"}]}
    euros = {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 2}
    new = {**old, "fields": [*old["fields"], {"name": "euros", "type": ["null", euros], "default": None}]}
    (tmp_path / "order.avsc").write_text(json.dumps(new))
    monkeypatch.setenv("SCHEMA", str(tmp_path / "order.avsc"))
    broker = Broker({0: []})
    broker.append("a", container(old, {"amount": 9007199254740993}))

    run(broker, backfill_text(TOPIC, (Fill("euros", "Decimal({amount}) / 100"),), (), "x.avsc"), records="container")

    records = list(fastavro.reader(io.BytesIO(broker.partitions[0][-1].value() or b"")))
    assert records == [{"amount": 9007199254740993, "euros": Decimal("90071992547409.93")}]


def container(schema: Any, record: Any) -> bytes:
    written = io.BytesIO()
    fastavro.writer(written, schema, [record])
    return written.getvalue()


@pytest.mark.parametrize("hostile", ['x"]); injected = 1; (["', "\n\ninjected = 1\n", '"""\ninjected = 1\n"""', "{0}"])
def test_names_of_a_repository_are_never_code_in_the_job(run: Run, hostile: str) -> None:
    text = backfill_text(hostile, (Fill(hostile, "{amount}"),), (hostile,), hostile)
    names: dict[str, Any] = {"__name__": "job"}
    exec(text.replace("from confluent_kafka import", "#"), names)

    assert "injected" not in names
    assert names["TOPIC"] == hostile


@pytest.mark.tool("confluent-kafka")
def test_the_job_runs_on_the_client_library_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    if folder := os.environ.get(KAFKA_FOLDER):
        monkeypatch.syspath_prepend(folder)
    kafka = importlib.import_module("confluent_kafka")
    admin = importlib.import_module("confluent_kafka.admin").AdminClient({"test.mock.num.brokers": 1})
    (server,) = (f"{it.host}:{it.port}" for it in admin.list_topics(timeout=10).brokers.values())
    producer = kafka.Producer({"bootstrap.servers": server})
    for key, value in (("a", {"amount": 1}), ("b", {"amount": 2}), ("a", {"amount": 3})):
        producer.produce(TOPIC, json.dumps(value), key, partition=0)
    producer.flush()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECORDS", "json")
        patch.setenv("KAFKA_BOOTSTRAP", server)
        names: dict[str, Any] = {"__name__": "job"}
        exec(backfill_text(TOPIC, CENTS, (), "x.avsc"), names)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            names["main"](counts_only=False)
            names["main"](counts_only=True)
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    assert {it["written"] for it in lines} == {2, 0}
    assert all(it["left"] == 0 for it in lines)
    consumer = kafka.Consumer({"bootstrap.servers": server, "group.id": "look", "enable.partition.eof": True})
    consumer.assign([kafka.TopicPartition(TOPIC, 0, kafka.OFFSET_BEGINNING)])
    found = []
    while (message := consumer.poll(30)) is not None and not message.error():
        found.append(message)
    consumer.close()
    last = {it.key().decode(): json.loads(it.value()) for it in found}
    assert last == {"a": {"amount": 3, "total_cents": 3}, "b": {"amount": 2, "total_cents": 2}}


@pytest.mark.parametrize(
    ("written", "sql"),
    [
        ("{amount}", "amount"),
        ("{amount} * 100", "amount * 100"),
        ("None if {amount} is None else {amount} / 100", "amount / 100e0"),
        ("({amount} + {tax}) * 2", "(amount + tax) * 2"),
        ("({amount} + 50) // 100", ""),
        ("round({amount} * 100)", ""),
        ("{amount} / {tax}", ""),
        ("{amount}.split('-')[0]", ""),
        ("True", ""),
    ],
)
def test_sql_says_what_python_says_or_nothing(written: str, sql: str) -> None:
    assert sql_of(written) == sql


def test_a_table_gets_a_statement_that_fills_what_is_missing_and_one_that_counts_it() -> None:
    sink = Sink("shop.orders_raw", "bigquery", "order", "", "", Span("copilot.toml", 1, 1))

    text = table_text(sink, CENTS)

    assert "UPDATE shop.orders_raw\nSET total_cents = amount\nWHERE total_cents IS NULL AND amount IS NOT NULL;" in text
    assert "SELECT COUNT(*) AS missing FROM shop.orders_raw\nWHERE total_cents IS NULL AND amount IS NOT NULL;" in text
    for name in ('orders"; DROP', "or ders", "a\n-- b", ""):
        odd = Sink(name, "iceberg", "order", "", "", Span("copilot.toml", 1, 1))
        assert table_text(odd, CENTS) == ""


@pytest.mark.parametrize(
    ("fills", "columns", "rows", "filled"),
    [
        (CENTS, "amount", [(250,), (None,)], [(250,), (None,)]),
        (
            (Fill("euros", "None if {amount} is None else {amount} / 100"),),
            "amount",
            [(250,), (1,), (-7,), (None,)],
            [(2.5,), (0.01,), (-0.07,), (None,)],
        ),
        (
            (Fill("gross", "({amount} + {tax}) * 2"), Fill("net", "{amount} - {tax} / 4")),
            "amount, tax",
            [(10, 3), (10, None), (None, 3)],
            [(26, 9.25), (None, None), (None, None)],
        ),
    ],
)
def test_the_statements_fill_rows_as_the_conversion_fills_records(
    fills: tuple[Fill, ...], columns: str, rows: list[tuple[int | None, ...]], filled: list[tuple[float | None, ...]]
) -> None:
    """Run by a real engine, twice, with the count before and after; a row that is filled already stays as it is."""
    text = table_text(Sink("orders_raw", "iceberg", "order", "", "", Span("copilot.toml", 1, 1)), fills)
    statements = [it for part in text.split(";") if (it := re.sub(r"(?m)^--.*$", "", part).strip())]
    new = ", ".join(it.name for it in fills)
    marks = ", ".join("?" * len(rows[0]))
    with contextlib.closing(sqlite3.connect(":memory:")) as table:
        table.execute(f"CREATE TABLE orders_raw ({columns}, {new})")
        table.executemany(f"INSERT INTO orders_raw ({columns}) VALUES ({marks})", rows)
        have = ", ".join("-1" for _ in fills)
        table.execute(
            f"INSERT INTO orders_raw ({columns}, {new}) SELECT {columns}, {have} FROM orders_raw WHERE rowid = 1"
        )
        counts = [[table.execute(it).fetchone() for it in statements] for _ in range(2)]
        found = table.execute(f"SELECT {new} FROM orders_raw ORDER BY rowid").fetchall()

    assert [it for run in counts for it in run if it is not None] == [(0,)] * len(fills) * 2
    assert found[:-1] == [pytest.approx(row) if None not in row else row for row in filled]
    assert found[-1] == (-1,) * len(fills)


def phased(settings: str, request: str = "rename outcome to verdict in decision") -> Alternative:
    made: Proposal = planned(settings, request)
    return next(it for it in made.alternatives if it.id.startswith("phased-"))


def new_files(alternative: Alternative) -> list[list[str]]:
    return [[edit.path for edit in it.edits if isinstance(edit, NewFile)] for it in alternative.phases]


def test_a_compacted_topic_gets_a_phase_with_the_job_which_the_next_phase_takes_away() -> None:
    found = phased("\n[topics.decisions]\ncompacted = true\n")

    assert [it.name for it in found.phases] == ["expand", "backfill", "move readers", "stop old write", "contract"]
    assert new_files(found) == [[], ["backfills/decisions_verdict.py"], [], [], []]
    backfill, moved = found.phases[1:3]
    assert backfill.gate is not None
    assert "`backfills/decisions_verdict.py count` prints 0 left" in backfill.gate.text
    assert backfill.steps[0].jobs == ()
    assert "comes once more to sink (services/sink/sink/main.py:29)" in backfill.steps[0].manual[0]
    assert moved.steps[-1].paths == ("backfills/decisions_verdict.py",)
    stopped = found.phases[3].gate
    assert stopped is not None
    assert stopped.rewritten == (Rewritten("decisions", "backfills/decisions_verdict.py"),)
    assert "the backfill has written its old records again" in stopped.text


@pytest.mark.parametrize(
    "kept", ["retention_days = 7", 'retention_days = "forever"', "compacted = false\nretention_days = 1"]
)
def test_a_topic_that_is_not_compacted_gets_none(kept: str) -> None:
    found = phased(f"\n[topics.decisions]\n{kept}\n")

    assert "backfill" not in [it.name for it in found.phases]
    assert all(it.gate is None or not it.gate.rewritten for it in found.phases)


def test_a_table_that_the_settings_name_gets_a_statement_and_its_owner_is_told() -> None:
    found = phased(
        '\n[sinks.decisions_raw]\nloader = "snowflake"\ntopic = "decisions"\nowner = "dwh@example.com"\n'
        "[topics.decisions]\nretention_days = 7\n"
    )

    assert new_files(found)[1] == ["backfills/decisions_raw_verdict.sql"]
    assert found.phases[1].steps[0].manual == (
        "backfills/decisions_raw_verdict.sql:1  let dwh@example.com run it on decisions_raw",
    )
    assert found.phases[1].gate is not None
    assert "no row of decisions_raw lacks `verdict`" in found.phases[1].gate.text
    stopped = found.phases[3]
    assert stopped.time_box is not None
    assert stopped.time_box.days == 37


def test_a_table_whose_rows_sql_cannot_fill_is_left_to_its_owner_and_asked_for_at_the_gate() -> None:
    sink = '\n[sinks.scores_raw]\nloader = "iceberg"\ntopic = "fraud-scores"\n'
    found = phased(sink, "split order_id in score into shop and number at '-'")

    assert "backfill" not in [it.name for it in found.phases]
    expand = found.phases[0]
    (told,) = expand.steps[-1].manual
    assert told.startswith("copilot.toml:")
    assert "fill `shop`, `number` in the rows that scores_raw has from before" in told
    assert expand.gate is not None
    assert "No row of scores_raw lacks `shop`, `number`." in expand.gate.text


def test_a_conversion_that_only_a_person_can_write_gets_no_backfill() -> None:
    request = 'change the meaning of score in score to "Fraud within a day." as score_day'
    made = planned("\n[topics.fraud-scores]\ncompacted = true\n", request)
    found = next(it for it in made.alternatives if it.id.startswith("phased-"))

    assert "backfill" not in [it.name for it in found.phases]


@pytest.mark.parametrize(
    ("request_text", "record", "filled"),
    [
        (
            "split order_id in score into shop and number at '-'",
            {"order_id": "de-7"},
            {"order_id": "de-7", "shop": "de", "number": "7"},
        ),
        (
            "merge order_id and customer_id in score into order_key with '/'",
            {"order_id": "7", "customer_id": "c"},
            {"order_id": "7", "customer_id": "c", "order_key": "7/c"},
        ),
        (
            "nest order_id and customer_id in score into order",
            {"order_id": "7", "customer_id": "c"},
            {"order_id": "7", "customer_id": "c", "order": {"order_id": "7", "customer_id": "c"}},
        ),
        (
            "make model_version in score an array",
            {"model_version": "m"},
            {"model_version": "m", "model_versions": ["m"]},
        ),
        (
            "change the unit of score in score from fraction to percent",
            {"score": 0.5},
            {"score": 0.5, "score_percent": 50.0},
        ),
    ],
)
def test_each_kind_of_change_fills_by_its_own_conversion(
    run: Run, request_text: str, record: dict[str, Any], filled: dict[str, Any]
) -> None:
    found = phased("\n[topics.fraud-scores]\ncompacted = true\n", request_text)
    (job,) = (edit for edit in found.phases[1].edits if isinstance(edit, NewFile))
    broker = Broker({0: []})
    broker.append("a", record)

    run(broker, job.text.replace('"fraud-scores"', f'"{TOPIC}"'))

    assert broker.last() == {"a": filled}
