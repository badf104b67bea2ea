"""Another key for a topic: who hangs on the old one, and what a change on the topic itself breaks."""

from __future__ import annotations

import json

import pytest

from copilot.checks.keys import IN_PLACE, KEPT_APART, REPLAYED, UNSEEN, is_keyed, key_findings
from copilot.domain.alternative import Alternative, Phase
from copilot.domain.evidence import Finding
from copilot.domain.keyed import keys_written
from copilot.domain.operation import ChangeRequest, RekeyTopic
from copilot.domain.patch import Patch
from copilot.domain.pipeline import PipelineMap
from copilot.impact.fields import impact_of
from copilot.ports import Case
from tests.checks.benches import bench_of
from tests.checks.cases import tree_of
from tests.planners.builders import COMMIT, link, pipeline, subject, uses_in

REKEY = RekeyTopic("order", "", "order_id", "orders", "orders.v2")
RECORD = {
    "type": "record",
    "name": "Order",
    "fields": [{"name": "order_id", "type": "string"}, {"name": "customer", "type": "string"}],
}
WRITER, READER = "services/shop/main.py", "services/billing/main.py"
BY_CUSTOMER = """
producer.produce(TOPIC, key=order[«keys/subscript/customer:"customer"»], value=encode(order))
"""
BY_ID = BY_CUSTOMER.replace("customer", "order_id")
UNKEYED = """
producer.produce(TOPIC, value=encode(order))
"""
KEEPS = """
def main(order):
    who = order[«reads/subscript/customer:"customer"»]
    history[who].append(order)
"""
PRINTS = """
def main(order):
    who = order[«reads/subscript/customer:"customer"»]
    print(who)
"""


def shop(writer: str, reader: str = PRINTS) -> PipelineMap:
    links = [link("shop", "orders", "produces", "order"), link("billing", "orders", "consumes", "order")]
    uses = (*uses_in(WRITER, writer, "shop", "order")[1], *uses_in(READER, reader, "billing", "order")[1])
    return pipeline([subject("order", "schemas/order.avsc", RECORD)], links, uses)


def found(writer: str, reader: str, after: str, samples: str = "") -> list[Finding]:
    base, state = shop(writer, reader), shop(after, reader)
    files = {path: uses_in(path, code, "", "")[0] for path, code in ((WRITER, writer), (READER, reader))}
    files |= {"samples/orders.jsonl": samples} if samples else {}
    alternative = Alternative("try", "", "rules", "", (Phase("keyed anew", (), ()),), "")
    request = ChangeRequest("", (REKEY,), COMMIT, "ada")
    patch = Patch("try", 0, COMMIT, (), "", "")
    case = Case(request, base, (impact_of(REKEY, base),), alternative, (patch,), (state,))
    return list(key_findings(case, bench_of(tree_of(files))))


def rules(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(it.rule, it.severity) for it in findings]


def test_a_key_is_seen_in_the_call_that_produces() -> None:
    assert [use.path for use in keys_written("orders", shop(BY_CUSTOMER))] == ["customer"]
    assert keys_written("orders", shop(UNKEYED)) == ()


def test_a_reader_that_keeps_records_by_the_old_key_is_told_also_under_a_local_name() -> None:
    (finding,) = found(BY_CUSTOMER, KEEPS, BY_CUSTOMER)

    assert (finding.rule, str(finding.span)) == (KEPT_APART, f"{READER}:3")
    assert finding.message.startswith("billing keeps records by customer, by which orders is keyed today")


def test_a_reader_that_only_prints_the_old_key_hangs_on_nothing() -> None:
    assert found(BY_CUSTOMER, PRINTS, BY_CUSTOMER) == []


def recorded(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(json.dumps({"customer": old, "order_id": new}) for old, new in pairs)


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([("c1", f"o{number // 2}") for number in range(8)], "each of 4 order_id lies in one today"),
        ([(f"c{number}", "o1") for number in range(8)], "1 of 1 order_id lie in several today"),
        (
            [("c1", f"o{number}") for number in range(8)],
            "each order_id has one record, which shows nothing of an order",
        ),
    ],
)
def test_recorded_keys_are_replayed_and_counted_but_never_shown(pairs: list[tuple[str, str]], told: str) -> None:
    (finding,) = found(BY_CUSTOMER, PRINTS, BY_CUSTOMER, recorded(pairs))

    assert (finding.rule, finding.severity, str(finding.span)) == (REPLAYED, "note", "samples/orders.jsonl:1")
    assert finding.message.startswith(
        "8 recorded records, keyed by customer and then by order_id, over 12 partitions: "
    )
    assert told in finding.message
    assert not any(value in finding.message for pair in pairs for value in pair)


def test_another_key_on_the_topic_itself_is_an_error_where_one_is_seen_today() -> None:
    assert rules(found(BY_CUSTOMER, PRINTS, BY_ID)) == [(IN_PLACE, "error")]


def test_a_first_key_on_the_topic_itself_is_a_warning_as_an_older_one_may_be_unseen() -> None:
    assert rules(found(UNKEYED, PRINTS, BY_ID)) == [(UNSEEN, "warning"), (IN_PLACE, "warning")]


def test_a_topic_counts_as_keyed_where_every_key_that_is_seen_is_the_one_asked_for() -> None:
    assert is_keyed(REKEY, shop(BY_ID))
    assert not is_keyed(REKEY, shop(BY_CUSTOMER))
    assert not is_keyed(REKEY, shop(UNKEYED))
