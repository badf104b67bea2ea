"""Who puts schemas into a registry without asking the plan?"""

from __future__ import annotations

import pytest

from copilot.checks.registering import registering_findings
from copilot.checks.rollout import RolloutCheck
from copilot.domain.operation import RenameField
from tests.checks.benches import bench_of
from tests.checks.cases import tree_of
from tests.checks.orders import SCORER_PATH, SHOP_PATH, case, field

ID, AMOUNT, TOTAL = field("id", "string"), field("amount", "long"), field("total", "long")
RENAME = RenameField("order", "", "amount", "total")


def told(shop: str) -> list[str]:
    """Returns what is said of a rename, with these lines in the producer's file."""
    bench = bench_of(tree_of({SHOP_PATH: shop, SCORER_PATH: ""}))
    return [it.message for it in registering_findings(case(RENAME, [[ID, AMOUNT]], [[ID, TOTAL]]), bench)]


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
    (message,) = told(shop)

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
    assert told(shop) == []


def test_the_rollout_check_tells_it_once_at_the_first_phase_and_judges_as_before() -> None:
    phased = case(RENAME, [[ID, AMOUNT]], [[ID, AMOUNT, field("total", "long", default=0)], [ID, TOTAL]])
    silent = RolloutCheck().run(phased, bench_of(tree_of({SHOP_PATH: "", SCORER_PATH: ""})))

    told = RolloutCheck().run(phased, bench_of(tree_of({SHOP_PATH: "AvroSerializer(client, SCHEMA)\n"})))

    assert [(it.rule, it.severity, it.phase) for it in told.findings if it.rule == "rollout.registers"] == [
        ("rollout.registers", "note", 0)
    ]
    assert told.verdict == silent.verdict
