"""Changes that the example has no place for: a field inside a record, and readers that other repositories have."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from copilot import strategies
from copilot.domain.operation import Operation
from copilot.domain.proposal import Proposal
from copilot.planners.asked import asked_from_text
from copilot.proposals import Workspace
from tests.catalogue.test_change_kinds import GOLDEN, described
from tests.golden import assert_golden
from tests.repositories import commit, git, init
from tests.shops import CHECKOUT, CONSUMER, DOCKERFILE, FIELDS, INVOICE, PRODUCER, order_schema

STRATEGIES = Path(strategies.__file__).parent
CUSTOMER = {
    "type": "record",
    "name": "Customer",
    "fields": [{"name": "name", "type": "string"}, {"name": "city", "type": ["null", "string"], "default": None}],
}
NESTED = ({"name": "order_id", "type": "string"}, {"name": "customer", "type": CUSTOMER})
WRITTEN = PRODUCER.replace("publish(order_id, cents)", "publish(order_id, name, city)").replace(
    '"amount": cents, "note": None', '"customer": {"name": name, "city": city}'
)
READ = CONSUMER.replace('order["amount"] / 100', 'order["customer"]["name"].upper()')


CHANNEL = {"name": "channel", "type": "string", "default": "web"}
LABELS = {"name": "labels", "type": {"type": "map", "values": "string"}, "default": {}}
LIMITED = {"name": "amount", "type": "long", "constraints": {"minimum": 0}}
STATUS = {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"]}}
OWN_COPY = CONSUMER.replace("AvroDeserializer(registry)", "AvroDeserializer(registry, ORDER)").replace(
    "registry = Schema", 'ORDER = open("services/invoice/order.avsc").read()\nregistry = Schema'
)
KNOWN = {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["UNKNOWN", "NEW", "PAID"]}}
SET_STATUS = PRODUCER.replace("(order_id, cents)", "(order_id, cents, status)").replace(
    '"note": None', '"note": None, "status": status'
)
ONE_SCHEMA = (
    f"""
import io
import fastavro
{CONSUMER.strip()}
""".replace("message.value()", "fastavro.schemaless_reader(io.BytesIO(message.value()), ORDER)")
    .replace(
        "registry = Schema",
        'ORDER = fastavro.schema.load_schema("services/invoice/order.avsc")\nregistry = Schema',
    )
    .replace(', "value.deserializer": AvroDeserializer(registry)', "")
)
PLACES: dict[str, tuple[str, tuple[Mapping[str, object], ...]]] = {
    "add-map-entry": ("add an optional string campaign to Order", (*FIELDS, LABELS)),
    "add-symbol-known": ("add symbol REFUNDED to status in Order", (*FIELDS, KNOWN)),
    "split-types": ("split orders by record type", FIELDS),
    "split-types-bare": ("split orders by record type", FIELDS),
    "rename-raw": ("rename amount to total_cents in Order", FIELDS),
    "rename-copies": ("rename amount to total_cents in Order", FIELDS),
    "add-optional-copies": ("add an optional string region to Order", FIELDS),
    "retype-copies": ("change the type of amount in Order to string", FIELDS),
    "make-required-forward": ("make note in Order required", FIELDS),
    "remove-without-default": ("remove amount from Order", FIELDS),
    "add-symbol-copies": ("add symbol REFUNDED to status in Order", (*FIELDS, STATUS)),
    "change-default-left-out": ('set the default of channel in Order to "app"', (*FIELDS, CHANNEL)),
    "deprecate-without-default": ("deprecate amount in Order", FIELDS),
    "make-optional-default": ("make channel in Order optional", (*FIELDS, CHANNEL)),
    "remove-default-left-out": ("remove the default of channel in Order", (*FIELDS, CHANNEL)),
    "rule-loosened": ("require amount in Order to be >= -100", (FIELDS[0], LIMITED, FIELDS[2])),
}
"""Requests for which one row of the table has its place only with these fields, the copies of a schema beside their reader."""
SERDE = """
from confluent_kafka import Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

registry = SchemaRegistryClient({"url": "http://registry"})
ORDER = AvroSerializer(registry, open("schemas/order.avsc").read())
REFUND = AvroSerializer(registry, open("schemas/refund.avsc").read())
producer = Producer({"bootstrap.servers": "kafka:9092"})
CONTEXT = SerializationContext("orders", MessageField.VALUE)

def publish(order_id, cents):
    producer.produce("orders", ORDER({"order_id": order_id, "amount": cents, "note": None}, CONTEXT))

def refund(order_id):
    producer.produce("orders", REFUND({"order_id": order_id}, CONTEXT))
"""
BARE = f"""{PRODUCER.replace("SCHEMA =", 'REFUND = fastavro.schema.load_schema("schemas/refund.avsc")' + chr(10) + "SCHEMA =")}
def refund(order_id):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, REFUND, {{"order_id": order_id}})
    producer.produce("orders", out.getvalue())
"""
REFUND = order_schema((FIELDS[0],), "Refund")
MORE = {
    "split-types": {"schemas/refund.avsc": REFUND, "services/checkout/main.py": SERDE},
    "split-types-bare": {"schemas/refund.avsc": REFUND, "services/checkout/main.py": BARE},
    "add-symbol-copies": {
        "services/checkout/main.py": PRODUCER.replace('"note": None', '"note": None, "status": "NEW"')
    },
    "add-symbol-known": {"services/checkout/main.py": SET_STATUS},
    "make-required-forward": {"copilot.toml": '[compatibility]\norder = "FORWARD"\n'},
}
"""Files that such a request needs besides."""


@pytest.mark.parametrize("kind", PLACES)
def test_a_row_that_needs_another_record_than_the_example_s_ends_in_this_decision(tmp_path: Path, kind: str) -> None:
    request, fields = PLACES[kind]
    files = {**CHECKOUT, **INVOICE, "schemas/order.avsc": order_schema(fields)} | MORE.get(kind, {})
    if kind.endswith("-copies"):
        reading = OWN_COPY if kind == "add-symbol-copies" else ONE_SCHEMA
        files |= {"services/invoice/order.avsc": order_schema(fields), "services/invoice/main.py": reading}
    shop = init(tmp_path / "shop")
    commit(shop, files)

    assert_golden(GOLDEN / f"{kind}.txt", described(request, decided(shop, request)))


def test_every_way_that_a_strategy_offers_stands_in_a_decision_here() -> None:
    """A way without a golden row of its kind of change has no text that a reviewer ever read."""
    shown: dict[str, set[str]] = {}
    for path in GOLDEN.glob("*.txt"):
        request, _, table = path.read_text("utf-8").partition("\n")
        for op in {asked.op for asked in asked_from_text(request)}:
            shown.setdefault(op, set()).update(re.findall(r"(?m)^\w+  ([a-z-]+): ", table))
    everywhere = set().union(*shown.values())
    missing: set[tuple[str, str]] = set()
    offered: list[str] = []
    for path in sorted(STRATEGIES.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        ops, own = _asked_for(tree), _offered(tree)
        seen = set().union(*(shown.get(op, set()) for op in ops)) if ops else everywhere
        missing |= {(path.stem, slug) for slug in own - seen}
        offered += own

    assert len(offered) > 60
    assert missing == set()


def test_no_title_says_another_order_than_the_steps_of_its_way_have() -> None:
    said: list[str] = []
    for path in sorted(GOLDEN.glob("*.txt")):
        text = path.read_text("utf-8")
        chosen = re.search(r"(?m)^chosen  (.*)$", text)
        order = re.search(r"(producers|consumers|readers) first", chosen[1]) if chosen else None
        steps = re.findall(r"(?m)^  (Deploy the \w+|Stop the producers, drain)", text.partition("PHASE 1")[2])
        if order is not None:
            said.append(path.stem)
            first = "producers" if order[1] == "producers" else "consumers"
            assert [it for it in steps if it != "Deploy the sinks"][:1] in ([], [f"Deploy the {first}"]), path.stem

    assert said


def _offered(tree: ast.Module) -> set[str]:
    """The kinds of alternatives that a module names."""
    return {
        call.args[1].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and len(call.args) > 2
        if call.func.id.endswith(("alternative", "apart", "expand_contract", "parallel_change"))
        if isinstance(call.args[1], ast.Constant) and isinstance(call.args[1].value, str)
    }


def _asked_for(tree: ast.Module) -> set[str]:
    """The operations that a module's strategies answer: those by which they leave at once."""
    known = {kind.__name__: str(kind.op) for kind in get_args(Operation)}
    guards = (
        node.test.operand for node in ast.walk(tree) if isinstance(node, ast.If) and isinstance(node.test, ast.UnaryOp)
    )
    return {
        known[name.id]
        for guard in guards
        if isinstance(guard, ast.Call) and isinstance(guard.func, ast.Name) and guard.func.id == "isinstance"
        for name in ast.walk(guard.args[1])
        if isinstance(name, ast.Name) and name.id in known
    }


def decided(folder: Path, request: str) -> Proposal:
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    workspace = Workspace.open(folder)
    id = workspace.propose(request)
    for _ in workspace.advance(id):
        pass
    return workspace.load(id)


def test_a_record_is_flattened_step_by_step_in_its_producers_and_readers(tmp_path: Path) -> None:
    shop = init(tmp_path / "shop")
    files = {
        "schemas/order.avsc": order_schema(NESTED),
        "services/checkout/main.py": WRITTEN,
        "services/checkout/Dockerfile": DOCKERFILE,
        "services/invoice/main.py": READ,
        "services/invoice/Dockerfile": DOCKERFILE,
    }
    commit(shop, files)
    request = "flatten customer in Order"

    assert_golden(GOLDEN / "flatten.txt", described(request, decided(shop, request)))


@pytest.mark.parametrize("where", ["elsewhere", "here", "nowhere"])
def test_a_field_is_deprecated_before_it_goes_where_its_readers_are_not_all_here(tmp_path: Path, where: str) -> None:
    """Known readers of this repository move in one round of deploys; others are asked at a gate, before the field goes."""
    shop = init(tmp_path / "shop")
    files = {**CHECKOUT, "schemas/order.avsc": order_schema()}
    if where == "elsewhere":
        pin = commit(init(tmp_path / "billing"), INVOICE)
        files["copilot.toml"] = f'[clones.billing]\npath = "../billing"\ncommit = "{pin}"\n'
    commit(shop, files | (INVOICE if where == "here" else {}))

    decision = decided(shop, "remove note from Order").decision

    assert decision is not None
    slug = decision.chosen.rpartition("-")[0]
    if where == "here":
        assert slug != "deprecate"
    else:
        assert slug == "deprecate"


def test_fields_that_are_computed_are_nested_by_hand_in_one_place_and_read_in_either(tmp_path: Path) -> None:
    computed = PRODUCER.replace('"order_id": order_id,', '\n        "order_id": order_id(),\n       ').replace(
        "cents,", "cents(),\n       "
    )
    reading = CONSUMER.replace('order["amount"] / 100', 'order["order_id"].encode()')
    shop = init(tmp_path / "shop")
    files = {"services/checkout/main.py": computed, "services/invoice/main.py": reading}
    commit(shop, {**CHECKOUT, **INVOICE, "schemas/order.avsc": order_schema(), **files})

    proposal = decided(shop, "nest order_id and amount in Order into terms")

    phased = next(it for it in proposal.alternatives if it.id.startswith("phased-"))
    assert [text for step in phased.phases[0].steps for text in step.manual if "by hand: the value of" in text]
    assert proposal.decision is not None
    assert proposal.decision.ruling(phased.id).outcome != "refused"


def test_what_a_compacted_topic_keeps_is_filled_in_a_phase_of_its_own(tmp_path: Path) -> None:
    shop = init(tmp_path / "shop")
    topic = "[topics.orders]\ncompacted = true\n\n[gates.expand]\ndays = 10\n"
    sink = '\n[sinks.orders_raw]\nloader = "bigquery"\ntopic = "orders"\nowner = "dwh@example.com"\n'
    commit(shop, {**CHECKOUT, **INVOICE, "schemas/order.avsc": order_schema(), "copilot.toml": topic + sink})
    request = "change the unit of amount in Order from cents to euros"

    assert_golden(GOLDEN / "change-unit-compacted.txt", described(request, decided(shop, request)))
