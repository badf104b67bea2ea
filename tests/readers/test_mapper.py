from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.domain.pipeline import Decoder, Endpoint, PipelineMap
from copilot.domain.source import ABSENT, Gap, PastFile, SourceFile, Span, TreeEntry
from copilot.formats.avro import AvroFormat
from copilot.ports import Mapper
from copilot.readers.kept import MAP_KIND, KeptMapper
from copilot.readers.mapper import PipelineMapper
from copilot.settings import Settings
from tests.readers.sockets import MemoryHistory, MemoryIndex, MemoryTree, map_of


def schema(name: str, *fields: str) -> str:
    return json.dumps({"type": "record", "name": name, "fields": [{"name": field, "type": "long"} for field in fields]})


WRITER = """import io, os
import fastavro
from confluent_kafka import Producer
from orders.records import to_order

SCHEMA = fastavro.schema.load_schema(os.path.join(os.environ["SCHEMAS"], "order.avsc"))

def main(checkouts):
    producer = Producer({})
    for checkout in checkouts:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, SCHEMA, to_order(checkout))
        producer.produce(os.environ["ORDERS_TOPIC"], out.getvalue())
"""
RECORDS = 'def to_order(checkout):\n    return {"id": checkout["id"], "amount": checkout["total"] * 100}\n'
READER = """import io, os
import fastavro
from confluent_kafka import Consumer

def main():
    consumer = Consumer({"group.id": "sink"})
    consumer.subscribe([os.environ["ORDERS_TOPIC"]])
    message = consumer.poll()
    for order in fastavro.reader(io.BytesIO(message.value())):
        print(order["amount"])
        for name in wanted():
            print(order[name])
"""
COMPOSE = """services:
  orders:
    build: services/orders
    environment: {ORDERS_TOPIC: orders.v1, SCHEMAS: /app/schemas, DB_PASSWORD: hunter2}
  sink:
    build: {context: ., dockerfile: services/sink/Dockerfile}
    environment:
      - ORDERS_TOPIC=orders.v1
"""
SHOP = {
    "compose.yaml": COMPOSE,
    "schemas/order.avsc": schema("Order", "id", "amount"),
    "services/orders/Dockerfile": "FROM scratch\n",
    "services/orders/orders/main.py": WRITER,
    "services/orders/orders/records.py": RECORDS,
    "services/orders/tests/test_records.py": (
        'from orders.records import to_order\n\ndef test_it():\n    assert to_order({"id": 1, "total": 2})["amount"] == 200\n'
    ),
    "services/sink/Dockerfile": "FROM scratch\n",
    "services/sink/sink/main.py": READER,
}


def uses(found: PipelineMap, path: str) -> set[tuple[str, str, str, bool]]:
    return {(str(use.span), use.mode, use.certainty, use.is_test) for use in found.uses if use.path == path}


def test_a_producer_and_a_consumer_meet_on_a_topic_that_deployments_set() -> None:
    found = map_of(SHOP)

    assert [(link.job, link.direction, link.endpoint.name, link.subject) for link in found.links] == [
        ("orders", "produces", "orders.v1", "order"),
        ("sink", "consumes", "orders.v1", "order"),
    ]


def test_proofs_lead_from_the_call_to_the_setting() -> None:
    link = map_of(SHOP).links[0]

    assert [str(span) for span in link.proof] == [
        "services/orders/orders/main.py:13",
        "services/orders/orders/main.py:12",
        "compose.yaml:4",
    ]


def test_decoders_tell_library_and_reader_schema() -> None:
    decoders = {link.job: link.decoder for link in map_of(SHOP).links}

    assert decoders["sink"] == Decoder("fastavro", "writer")


def test_records_are_followed_across_files_and_into_tests() -> None:
    assert uses(map_of(SHOP), "amount") == {
        ("services/orders/orders/records.py:2", "writes", "certain", False),
        ("services/orders/tests/test_records.py:4", "compares", "certain", True),
        ("services/sink/sink/main.py:10", "reads", "certain", False),
    }


def test_offsets_lead_to_the_token() -> None:
    for use in map_of(SHOP).uses:
        assert SHOP[use.span.path].encode()[use.offset :].startswith(f'"{use.name}"'.encode())


def test_computed_names_of_records_are_blind_spots() -> None:
    spots = map_of(SHOP).blind_spots

    assert [(spot.job, str(spot.span)) for spot in spots] == [("sink", "services/sink/sink/main.py:12")]


def test_a_blind_spot_says_which_records_it_can_be_about() -> None:
    decoded = map_of(SHOP).subjects[0].name
    keyed = READER.replace("print(order[name])", "print(name)").replace(
        'print(order["amount"])', 'history[order["id"]].append(order); key = order["id"]; print(history[key])'
    )
    keyed = keyed.replace(
        "def main():", "from collections import defaultdict\nhistory = defaultdict(list)\ndef main():"
    )

    assert [spot.subjects for spot in map_of(SHOP).blind_spots] == [(decoded,)]
    assert map_of({**SHOP, "services/sink/sink/main.py": keyed}).blind_spots == ()


def test_secrets_are_never_kept() -> None:
    found = map_of(SHOP)

    assert "hunter2" not in repr(found)
    assert dict(found.deployments[0].settings) == {"ORDERS_TOPIC": "orders.v1", "SCHEMAS": "/app/schemas"}


def test_a_topic_that_nothing_sets_is_an_unknown_endpoint() -> None:
    alone = {path: text for path, text in SHOP.items() if path != "compose.yaml"}

    endpoints = {link.endpoint for link in map_of(alone).links}

    assert endpoints == {Endpoint("topic", "", "ORDERS_TOPIC")}


def test_two_scripts_of_the_top_folder_that_images_start_are_two_jobs() -> None:
    client = "from confluent_kafka import {0}\n{1} = {0}({{}})\n"
    texts = {
        "compose.yaml": (
            "services:\n  in:\n    build: {context: ., dockerfile: Dockerfile.in}\n"
            "  out:\n    build: {context: ., dockerfile: Dockerfile.out}\n"
        ),
        "Dockerfile.in": 'FROM x\nCOPY feed.py /app/\nCMD ["python", "feed.py"]\n',
        "Dockerfile.out": 'FROM x\nCOPY sink.py /app/\nCMD ["python", "-u", "sink.py"]\n',
        "feed.py": client.format("Producer", "producer") + "producer.produce('orders', b'')\n",
        "sink.py": client.format("Consumer", "consumer") + "consumer.subscribe(['orders'])\n"
        "if __name__ == '__main__':\n    consumer.poll()\n",
    }
    found = map_of(texts)

    assert {(link.job, link.direction) for link in found.links} == {("feed", "produces"), ("sink", "consumes")}
    assert {(one.job, one.name) for one in found.deployments} == {("feed", "compose:in"), ("sink", "compose:out")}


def test_versions_come_from_history_and_equal_meanings_count_once() -> None:
    first, spaced = schema("Order", "id"), schema("Order", "id").replace(",", " ,")
    found = map_of(SHOP, past={"schemas/order.avsc": [first, spaced, SHOP["schemas/order.avsc"]]})

    assert [len(version.fields) for version in found.subject("order").versions] == [1, 2]
    assert [version.number for version in found.subject("order").versions] == [1, 2]


@pytest.mark.parametrize("path", ["a/order.avsc", "schemas/order.avsc", "z/order.avsc"])
def test_of_equal_copies_the_one_that_changed_most_often_tells_the_past(path: str) -> None:
    now = SHOP["schemas/order.avsc"]
    copies = {"a/order.avsc": now, "schemas/order.avsc": now, "z/order.avsc": now.replace(",", " ,")}
    past = {one: [text] for one, text in copies.items()}
    past[path] = [schema("Order", "id"), schema("Order", "id", "old"), copies[path]]

    found = map_of({**SHOP, **copies}, past=past)

    assert [len(version.fields) for version in found.subject("order").versions] == [1, 2, 2]
    assert found.subject("order").latest.source.path == "schemas/order.avsc"


def test_an_equal_schema_elsewhere_is_a_copy_and_a_drifted_one_a_subject() -> None:
    texts = {
        **SHOP,
        "services/sink/schemas/order.avsc": schema("Order", "id", "amount").replace(",", " ,"),
        "services/late/schemas/order.avsc": schema("Order", "id"),
        "services/sink/tests/order.avsc": schema("Order", "id", "amount", "extra"),
    }
    found = map_of(texts)

    assert {subject.latest.source.path for subject in found.subjects} == {
        "schemas/order.avsc",
        "services/late/schemas/order.avsc",
    }
    main = next(one for one in found.subjects if one.latest.source.path == "schemas/order.avsc")
    assert [copy.path for copy in main.copies] == ["services/sink/schemas/order.avsc", "services/sink/tests/order.avsc"]


def test_a_schema_that_refers_to_a_sibling_is_read_with_it() -> None:
    line = schema("Line", "price")
    order = (
        '{"type": "record", "name": "Order", "fields": [{"name": "lines", "type": {"type": "array", "items": "Line"}}]}'
    )
    found = map_of({"s/Line.avsc": line, "s/Order.avsc": order})

    assert [field.path for field in found.subject("Order").latest.fields] == ["lines", "lines[].price"]


def test_an_invalid_schema_is_a_gap_with_its_line() -> None:
    found = map_of({**SHOP, "schemas/bad.avsc": '{"type": "record",\n "name": "Bad",\n "fields": [],\n}\n'})

    assert [str(gap.span) for gap in found.gaps] == ["schemas/bad.avsc:4"]


def test_a_schema_literal_is_a_subject_with_history() -> None:
    code = (
        "import io, fastavro\nfrom confluent_kafka import Producer\nSCHEMA = {}\n\ndef main(p: Producer):\n"
        '    out = io.BytesIO()\n    fastavro.schemaless_writer(out, SCHEMA, {{"x": 1}})\n    p.produce("t", out.getvalue())\n'
    )
    now, before = code.format(schema("Lit", "x", "y")), code.format(schema("Lit", "x"))
    found = map_of({"job/Dockerfile": "", "job/app/main.py": now}, past={"job/app/main.py": [before, now]})

    (subject,) = found.subjects
    assert (subject.name, len(subject.versions), subject.latest.source.host) == ("app/main", 2, "python-dict")
    assert [(link.job, link.subject) for link in found.links] == [("job", "app/main")]
    first, last = (version.source.commit for version in subject.versions)
    assert first != last
    assert last != found.commit


def test_a_framework_config_in_helm_values_links_a_job_that_calls_nothing() -> None:
    values = """image: {repository: registry.example.com/team/enrich_step}
configYaml:
  CONSUMER_CONFIG:
    CLASS: "frame.consumers.KafkaConsumer"
    PARAMS: {group.id: enrich, sasl.password: ""}
    TOPICS: ["raw"]
  PRODUCER_CONFIG:
    CLASS: "frame.producers.KafkaProducer"
    TOPIC: enriched
    SCHEMA_PATH: /schemas/enrich/output.avsc
"""
    texts = {
        "charts/enrich-step/Chart.yaml": "name: enrich-step\n",
        "charts/enrich-step/values.yaml": values,
        "schemas/enrich/output.avsc": schema("Enriched", "id", "score"),
        "enrich_step/pyproject.toml": "",
        "enrich_step/enrich/step.py": 'def run(message):\n    output = {"id": message["id"], "score": 1}\n    return output\n',
    }
    found = map_of(texts)

    assert [(link.direction, link.endpoint.name, link.subject) for link in found.links] == [
        ("consumes", "raw", None),
        ("produces", "enriched", "enrich/output"),
    ]
    assert uses(found, "score") == {("enrich_step/enrich/step.py:2", "writes", "likely", False)}


def test_a_warm_map_reads_no_file_and_equals_the_cold_one() -> None:
    index = MemoryIndex()
    cold = map_of(SHOP, index=index)
    tree = MemoryTree(SHOP)

    warm = PipelineMapper({"avro": AvroFormat()}, MemoryHistory(), index).map(tree, Settings())

    assert warm == cold
    assert tree.paths_read == []


def test_only_changed_files_are_read_again() -> None:
    index = MemoryIndex()
    map_of(SHOP, index=index)
    tree = MemoryTree({**SHOP, "services/orders/orders/records.py": RECORDS + "\n"})

    PipelineMapper({"avro": AvroFormat()}, MemoryHistory(), index).map(tree, Settings())

    assert set(tree.paths_read) == {"services/orders/orders/records.py"}


def test_a_spoilt_cache_costs_only_time() -> None:
    index = MemoryIndex()
    cold = map_of(SHOP, index=index)
    index.entries = {key: value for key, value in index.entries.items() if hash(key) % 2}

    assert map_of(SHOP, index=index) == cold


def test_an_empty_tree_is_an_empty_map() -> None:
    found = map_of({})

    assert (found.subjects, found.jobs, found.links, found.gaps, found.files_read) == ((), (), (), (), 0)


@settings(max_examples=15, deadline=None)
@given(st.permutations(list(SHOP)), st.sets(st.sampled_from(sorted(SHOP))))
def test_neither_order_nor_cache_changes_the_map(order: list[str], cached: set[str]) -> None:
    index = MemoryIndex()
    map_of({path: SHOP[path] for path in cached}, index=index)

    shuffled = map_of({path: SHOP[path] for path in order}, index=index)

    assert replace(shuffled, commit="") == replace(map_of(SHOP), commit="")


class UnreadableTree(MemoryTree):
    """A tree whose files are all listed and none can be read."""

    def read(self, paths: Iterable[str]) -> Mapping[str, SourceFile | Gap]:
        return {path: Gap(Span(path, 1, 1), "is binary") for path in paths}


def test_files_that_cannot_be_read_are_gaps() -> None:
    mapper = PipelineMapper({"avro": AvroFormat()}, MemoryHistory(), MemoryIndex())

    found = mapper.map(UnreadableTree(SHOP), Settings())

    assert {gap.span.path for gap in found.gaps} == set(SHOP)
    assert found.links == ()


def keeping(index: MemoryIndex) -> KeptMapper:
    return KeptMapper(index, "this program", lambda: PipelineMapper({"avro": AvroFormat()}, MemoryHistory(), index))


def test_a_whole_map_is_kept_under_its_stamp_and_belongs_to_its_tree_alone() -> None:
    index = MemoryIndex()
    stamped = keeping(index)
    cold = stamped.map(MemoryTree(SHOP), Settings())
    changed = {**SHOP, "schemas/order.avsc": schema("Order", "id")}

    assert stamped.map(MemoryTree(SHOP), Settings()) == cold == map_of(SHOP)
    assert stamped.map(MemoryTree(changed), Settings()) == map_of(changed)
    assert len([kind for kind, _ in index.entries if kind == MAP_KIND]) == 2


def test_a_kept_map_asks_for_no_reader() -> None:
    index = MemoryIndex()
    cold = keeping(index).map(MemoryTree(SHOP), Settings())

    def no_reader() -> Mapper:
        raise AssertionError("the tree was read before")

    assert KeptMapper(index, "this program", no_reader).map(MemoryTree(SHOP), Settings()) == cold


def test_a_map_with_a_file_that_this_clone_lacks_is_not_kept() -> None:
    class Partial(MemoryTree):
        def read(self, paths: Iterable[str]) -> Mapping[str, SourceFile | Gap]:
            found = dict(super().read(paths))
            return {path: Gap(Span(path, 1, 1), ABSENT) if path.endswith(".avsc") else it for path, it in found.items()}

    index = MemoryIndex()
    partial = keeping(index).map(Partial(SHOP), Settings())
    later = keeping(index).map(MemoryTree(SHOP), Settings())

    assert any(ABSENT in gap.reason for gap in partial.gaps)
    assert later == map_of(SHOP)


@pytest.mark.parametrize(
    ("damaged", "words"), [('{"type": "record",}', "a trailing comma"), ("missing", "is not in this clone")]
)
def test_an_earlier_text_that_could_not_be_read_is_told(damaged: str, words: str) -> None:
    texts = [schema("Order", "id"), damaged, schema("Order", "id", "amount")]
    history = MemoryHistory({"order.avsc": texts}, without=("missing",))

    found = PipelineMapper({"avro": AvroFormat()}, history, MemoryIndex()).map(
        MemoryTree({"order.avsc": texts[-1]}), Settings()
    )

    assert len(found.subject("order").versions) == 2
    [gap] = found.gaps
    assert gap.span.path == "order.avsc"
    assert gap.reason.startswith("1 earlier text is not among the versions; that of commit2")
    assert words in gap.reason


def test_a_schema_without_a_digest_is_told_as_a_gap() -> None:
    tree = MemoryTree(SHOP)
    link = TreeEntry("schemas/linked.avsc", "", 11, "120000")
    tree.snapshot = replace(tree.snapshot, entries=(*tree.snapshot.entries, link))

    found = PipelineMapper({"avro": AvroFormat()}, MemoryHistory(), MemoryIndex()).map(tree, Settings())

    assert Gap(Span("schemas/linked.avsc", 1, 1), "is not there") in found.gaps


def test_a_submodule_is_told_as_a_gap() -> None:
    tree = MemoryTree(SHOP)
    submodule = TreeEntry("vendored", "0" * 40, 0, "160000")
    tree.snapshot = replace(tree.snapshot, entries=(*tree.snapshot.entries, submodule))

    found = PipelineMapper({"avro": AvroFormat()}, MemoryHistory(), MemoryIndex()).map(tree, Settings())

    assert Gap(Span("vendored", 1, 1), "is a submodule, which is not read") in found.gaps


def test_a_shallow_clone_is_told_as_a_gap() -> None:
    tree = MemoryTree(SHOP)
    tree.snapshot = replace(tree.snapshot, is_shallow=True)

    found = PipelineMapper({"avro": AvroFormat()}, MemoryHistory(), MemoryIndex()).map(tree, Settings())

    assert ".git/shallow" in {gap.span.path for gap in found.gaps}
    assert all(gap.span.path != ".git/shallow" for gap in map_of(SHOP).gaps)


ITEM = {"type": "record", "name": "Item", "fields": [{"name": "sku", "type": "string"}]}
CART = {"type": "record", "name": "Cart", "fields": [{"name": "item", "type": "Item"}]}


def test_a_past_of_schemas_that_the_clone_lacks_is_told_as_a_gap() -> None:
    class Lacking(MemoryHistory):
        def versions(self, paths: Sequence[str]) -> Mapping[str, tuple[PastFile, ...]]:
            return {}

    texts = {**SHOP, "schemas/cart.avsc": json.dumps(CART), "schemas/item.avsc": json.dumps(ITEM)}
    found = PipelineMapper({"avro": AvroFormat()}, Lacking(), MemoryIndex()).map(MemoryTree(texts), Settings())

    gap = next(gap for gap in found.gaps if gap.span.path == ".git/objects")
    assert ABSENT in gap.reason
    assert {it.name: len(it.versions) for it in found.subjects} == {it.name: 1 for it in map_of(texts).subjects}
    assert set(found.gaps) - {gap} == set(map_of(texts).gaps)
    assert all(gap.span.path != ".git/objects" for gap in map_of(SHOP).gaps)


def unknown(job: str) -> list[str]:
    found = map_of({**SHOP, "services/sink/sink/main.py": READER.replace('print(order["amount"])', job)})
    return [f"{use.path} {use.span} {use.form}" for use in found.unknown_reads]


def test_a_name_that_no_version_has_is_told_when_it_is_read_from_a_decoded_record() -> None:
    assert unknown('print(order["amuont"], order.get("note"))') == [
        "amuont services/sink/sink/main.py:10 subscript",
        "note services/sink/sink/main.py:10 get",
    ]


@pytest.mark.parametrize(
    "code",
    [
        'order["note"] = 1; print(order["note"])',
        'order.setdefault("note", 1); print(order["note"])',
        'row = {**order, "note": 1}; print(row["note"])',
        'order.update({"note": 1}); print(order["note"])',
        'print(settings["note"])',
        'import pandas as pd; table = pd.DataFrame([order]).merge(other, on="id"); print(table["note"])',
        'print(order["amount"])',
    ],
)
def test_names_that_the_code_puts_in_itself_are_no_unknown_reads(code: str) -> None:
    assert unknown(code) == []


def test_a_name_that_the_schema_once_had_is_no_unknown_read() -> None:
    texts = {**SHOP, "services/sink/sink/main.py": READER.replace('order["amount"]', 'order["total"]')}
    past = {"schemas/order.avsc": [schema("Order", "id", "total"), SHOP["schemas/order.avsc"]]}

    assert map_of(texts, past=past).unknown_reads == ()


def test_a_dead_letter_producer_forwards_the_bytes_it_read() -> None:
    forwarding = READER.replace(
        "    for order in",
        "    from confluent_kafka import Producer\n    Producer({}).produce('orders.dead', message.value())\n    for order in",
    )

    links = [link for link in map_of({**SHOP, "services/sink/sink/main.py": forwarding}).links if link.job == "sink"]

    assert {(link.direction, link.forwards) for link in links} == {("consumes", False), ("produces", True)}


def test_a_record_made_by_dict_is_followed_like_a_literal() -> None:
    made = 'def to_order(checkout):\n    return dict(id=checkout["id"], amount=checkout["total"] * 100, **checkout["more"])\n'

    found = uses(map_of({**SHOP, "services/orders/orders/records.py": made}), "amount")

    assert ("services/orders/orders/records.py:2", "writes", "certain", False) in found
