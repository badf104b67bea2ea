"""What a split of a topic leaves behind: readers of names that nobody writes, order, and values that nobody named."""

from __future__ import annotations

import json
from dataclasses import replace

from copilot.checks.splits import ORDER_LOST, TO_REST, is_split, split_findings
from copilot.checks.topics import LEFT, topic_findings
from copilot.domain.alternative import Alternative, Phase, Step
from copilot.domain.operation import ChangeRequest, SplitTopic
from copilot.domain.patch import Patch
from copilot.domain.pipeline import PipelineMap
from copilot.impact.fields import impact_of
from copilot.ports import Case
from tests.checks.benches import bench_of
from tests.checks.cases import tree_of
from tests.planners.builders import COMMIT, link, pipeline, subject, uses_in

SPLIT = SplitTopic("order", "", "channel", "orders", ("web", "app"), ("orders.web", "orders.app"))
RECORD = {"type": "record", "name": "Order", "fields": [{"name": "channel", "type": "string"}]}


def shop(*reads: str, routed: bool = True) -> PipelineMap:
    links = [link("shop", "orders", "produces", "order")]
    links += [link("billing", topic, "consumes", "order") for topic in reads]
    links += [link("router", topic, "produces", None) for topic in (*SPLIT.into, SPLIT.rest) if routed]
    return pipeline([subject("order", "order.avsc", RECORD)], links)


def found(
    state: PipelineMap, *channels: str, base: PipelineMap | None = None, steps: tuple[Step, ...] = ()
) -> list[tuple[str, str]]:
    base = base or shop("orders", routed=False)
    alternative = Alternative("try", "", "rules", "", (Phase("split", (), steps),), "")
    case = Case(
        ChangeRequest("", (SPLIT,), COMMIT, "ada"),
        base,
        (impact_of(SPLIT, base),),
        alternative,
        (Patch("try", 0, COMMIT, (), "", ""),),
        (state,),
    )
    files = {"samples/orders.jsonl": "\n".join(json.dumps({"channel": it}) for it in channels)} if channels else {}
    findings = (*split_findings(case, bench_of(tree_of(files))), *topic_findings(case))
    return [(it.rule, it.severity) for it in findings]


def test_every_reader_of_the_whole_is_told_that_it_loses_the_order() -> None:
    assert found(shop("orders")) == [(ORDER_LOST, "warning")]
    assert found(shop("orders.web", "orders.app")) == [(ORDER_LOST, "warning")]


def test_a_split_by_the_key_itself_keeps_its_order() -> None:
    base = shop("orders")
    code = 'producer.produce(T, key=order[«keys/subscript/channel:"channel"»])\n'
    keyed = replace(base, uses=uses_in("services/shop/main.py", code, "shop", "order")[1])

    assert found(keyed, base=keyed) == []


def test_a_list_that_is_taken_for_one_name_is_an_error() -> None:
    assert found(shop("orders.web,orders.app")) == [(LEFT, "error"), (ORDER_LOST, "warning"), (LEFT, "error")]


def test_a_list_that_one_setting_gives_to_writers_too_is_an_error() -> None:
    listed = "orders.web,orders.app"
    both = replace(shop(listed), links=(*shop(listed).links, link("shop", listed, "produces", "order")))

    assert (LEFT, "error") in found(both)


def test_readers_move_once_the_new_topics_are_filled_and_each_is_named() -> None:
    moving, other = (Step("Deploy the consumers", "consumers", (job,), ()) for job in ("billing", "shop"))

    assert (LEFT, "error") in found(shop("orders"), steps=(moving,))
    assert (LEFT, "error") in found(shop("orders"), steps=(other,))
    assert found(shop("orders"), base=shop("orders"), steps=(moving,)) == [(ORDER_LOST, "warning")]


def test_recorded_values_that_no_topic_is_named_for_are_counted() -> None:
    assert found(shop("orders"), "web", "fax") == [(ORDER_LOST, "warning"), (TO_REST, "warning")]
    assert found(shop("orders"), "web", "app") == [(ORDER_LOST, "warning")]


def test_a_topic_is_split_where_somebody_writes_each_part() -> None:
    assert is_split(SPLIT, shop("orders"))
    assert not is_split(SPLIT, shop("orders", routed=False))
