"""Who puts schemas into a registry, or takes one version of them, without asking the plan?"""

from __future__ import annotations

import pytest

from copilot.checks.registry_calls import registry_findings
from copilot.checks.rollout import RolloutCheck
from copilot.domain.operation import RenameField
from tests.checks.benches import bench_of
from tests.checks.cases import tree_of
from tests.checks.orders import SCORER_PATH, SHOP_PATH, case, field

ID, AMOUNT, TOTAL = field("id", "string"), field("amount", "long"), field("total", "long")
RENAME = RenameField("order", "", "amount", "total")


def told(shop: str = "", scorer: str = "") -> list[str]:
    """Returns what is said of a rename, with these lines in the producer's and the consumer's file."""
    bench = bench_of(tree_of({SHOP_PATH: shop, SCORER_PATH: scorer}))
    return [it.message for it in registry_findings(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]]), bench)]


@pytest.mark.parametrize(
    ("shop", "how"),
    [
        ("AvroSerializer(client, SCHEMA)\n", "auto.register.schemas is on where nothing sets it, shop/main.py:1"),
        ("\nAvroProducer(settings)\n", "auto.register.schemas is on where nothing sets it, shop/main.py:2"),
        ('AvroSerializer(client, SCHEMA, conf={"auto.register.schemas": True})\n', "auto.register.schemas is on, "),
        (
            'conf = {"auto.register.schemas": FLAG}\nAvroSerializer(client, SCHEMA, conf=conf)\n',
            "is not seen to be off",
        ),
        ('client.register_schema("orders-value", SCHEMA)\n', "it asks the registry to, shop/main.py:1"),
    ],
)
def test_a_producer_that_registers_by_itself_is_named_with_its_line(shop: str, how: str) -> None:
    (message,) = told(shop=shop)

    assert message.startswith("shop registers the schema that it is deployed with by itself (")
    assert how in message


@pytest.mark.parametrize(
    "shop",
    [
        'AvroSerializer(client, SCHEMA, conf={"auto.register.schemas": False, "use.latest.version": True})\n',
        'conf = {}\nconf["auto.register.schemas"] = False\nAvroSerializer(client, SCHEMA, conf=conf)\n',
        "schemaless_writer(out, SCHEMA, record)\n",
        "# AvroSerializer(client) would register\n",
        "print 'no Python 3'\n",
    ],
)
def test_a_producer_that_leaves_it_to_others_is_not(shop: str) -> None:
    assert told(shop=shop) == []


@pytest.mark.parametrize(
    ("scorer", "how"),
    [
        ("WANTED = 41\nSCHEMA = client.get_schema(WANTED)\n", "(get_schema, 41, scorer/main.py:2)"),
        ('SCHEMA = client.get_version("orders-value", 3)\n', "(get_version, 3, scorer/main.py:1)"),
        ('conf = {"use.schema.id": 12}\n', "(use.schema.id, 12, scorer/main.py:1)"),
    ],
)
def test_a_consumer_that_asks_for_one_version_is_named(scorer: str, how: str) -> None:
    (message,) = told(scorer=scorer)

    assert message.startswith("scorer reads with one version that it asks a registry for")
    assert how in message


def test_a_consumer_that_takes_the_id_from_the_message_or_the_latest_is_not() -> None:
    assert told(scorer="client.get_schema(id_of(message))\nclient.get_latest_version('orders-value')\n") == []


def test_the_rollout_check_tells_it_once_at_the_first_phase_and_judges_as_before() -> None:
    phased = case(RENAME, [[ID, AMOUNT]], [[ID, AMOUNT, field("total", "long", default=0)], [ID, TOTAL]])
    silent = RolloutCheck().run(phased, bench_of(tree_of({SHOP_PATH: "", SCORER_PATH: ""})))

    told = RolloutCheck().run(phased, bench_of(tree_of({SHOP_PATH: "AvroSerializer(client, SCHEMA)\n"})))

    assert [(it.rule, it.severity, it.phase) for it in told.findings if it.rule == "rollout.registers"] == [
        ("rollout.registers", "note", 0)
    ]
    assert told.verdict == silent.verdict
