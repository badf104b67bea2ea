"""Ways to bring several topics together: what each brings, what readers are asked to do, and when one can't be carried out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from copilot.domain.alternative import Alternative, NewFile, NotOffered, TextEdit
from copilot.domain.mention import Mention
from copilot.domain.operation import MergeTopics
from copilot.domain.pipeline import Decoder, Deployment, PipelineMap
from copilot.domain.source import Span
from copilot.impact.fields import impact_of
from copilot.strategies.merge_topics import merge_topics
from tests.planners.builders import link, pipeline, subject

MERGE = MergeTopics("order", "orders", ("payments",), "sales.v1")
MONEY = {"type": "record", "name": "Money", "fields": [{"name": "cents", "type": "long"}]}
ORDER = {"type": "record", "name": "Order", "namespace": "shop", "fields": [{"name": "total", "type": MONEY}]}
PAYMENT = {
    "type": "record",
    "name": "Payment",
    "namespace": "shop",
    "fields": [{"name": "paid", "type": MONEY}, {"name": "back", "type": ["null", "Money"], "default": None}],
}


def shop(payment: Any = PAYMENT, *, decoder: Decoder | None = None, place: Span | None = None) -> PipelineMap:
    subjects = [subject("order", "schemas/order.avsc", ORDER)]
    links = [
        link("shop", "orders", "produces", "order"),
        link("billing", "orders", "consumes", "order", decoder),
        link("bank", "payments", "produces", "payment" if payment else None),
    ]
    if payment:
        subjects.append(subject("payment", "schemas/payment.avsc", payment))
    proofs = {"shop": Span("a.yaml", 3, 3), "billing": Span("a.yaml", 5, 5), "bank": Span("a.yaml", 7, 7)}
    links = [replace(it, proof=(*it.proof, place or proofs[it.job])) for it in links]
    return pipeline(subjects, links)


def offered(map: PipelineMap, *mentions: Mention) -> tuple[dict[str, Alternative], dict[str, str]]:
    impact = replace(impact_of(MERGE, map), mentions=mentions)
    found = merge_topics(MERGE, impact, map)
    real = {it.id.rpartition("-")[0]: it for it in found if isinstance(it, Alternative)}
    return real, {it.strategy: it.reason for it in found if isinstance(it, NotOffered)}


def schema_in(alternative: Alternative) -> Any:
    files = [it for it in alternative.phases[0].edits if isinstance(it, NewFile) and it.path.endswith(".avsc")]
    assert [it.path for it in files] == ["schemas/sales_v1.avsc"]
    return json.loads(files[0].text)


def test_readers_move_before_writers_and_the_merger_goes_last() -> None:
    real, refused = offered(shop())

    assert (list(real), refused) == (["by-record", "union", "envelope", "list", "naive"], {})
    for name in ("by-record", "union", "envelope"):
        assert [phase.name for phase in real[name].phases] == ["new topic", "move readers", "move writers", "retire"]
        jobs = [any("mergers/" in getattr(it, "path", "") for it in phase.edits) for phase in real[name].phases]
        assert jobs == [True, True, True, False]


def test_a_type_that_records_share_is_declared_once_in_the_union() -> None:
    order, payment = schema_in(offered(shop())[0]["union"])

    assert (order["name"], payment["name"]) == ("shop.Order", "shop.Payment")
    assert order["fields"][0]["type"]["name"] == "shop.Money"
    assert [field["type"] for field in payment["fields"]] == ["shop.Money", ["null", "shop.Money"]]


def test_an_envelope_says_the_type_and_the_place_that_a_record_comes_from() -> None:
    envelope = schema_in(offered(shop())[0]["envelope"])

    kind, sequence, record = envelope["fields"]
    assert envelope["name"] == "SalesEvent"
    assert kind["type"]["symbols"] == ["Order", "Payment"]
    assert (sequence["type"], [branch["name"] for branch in record["type"]]) == (
        "string",
        ["shop.Order", "shop.Payment"],
    )


def test_every_reader_is_asked_to_tell_the_records_apart() -> None:
    real, _ = offered(shop())

    for name in ("by-record", "union", "envelope"):
        (step,) = real[name].phases[1].steps
        (told,) = step.manual
        assert told.startswith("services/billing/main.py:2  billing: reads orders: ")
        assert "leave" in told


def test_one_name_that_means_two_things_gets_no_common_schema() -> None:
    other = {**MONEY, "fields": [{"name": "cents", "type": "string"}]}
    clashing = {**PAYMENT, "fields": [{"name": "paid", "type": other}]}

    real, refused = offered(shop(clashing))

    assert list(real) == ["by-record", "list", "naive"]
    assert "shop.Money, each in its own way" in refused["union subject"]
    assert refused["envelope"] == refused["union subject"]


def test_bytes_that_do_not_say_what_they_are_are_not_mixed() -> None:
    real, refused = offered(shop(decoder=Decoder("fastavro", "single")))

    assert "by-record" not in real
    assert "billing (services/billing/main.py:2) takes its own schema for the writer's" in refused["mixed topic"]


def test_an_unknown_schema_leaves_what_goes_without_one() -> None:
    real, refused = offered(shop(None))

    assert list(real) == ["by-record", "list", "naive"]
    assert refused["envelope"] == "What schema the records of payments have was not found."


def test_topics_of_one_schema_need_nothing_to_tell_them_apart() -> None:
    same = replace(shop(None), links=tuple(replace(it, subject="order") for it in shop(None).links))

    assert "All of them hold shop.Order" in offered(same)[1]["union subject"]


def test_one_place_for_both_sides_leaves_what_moves_at_once() -> None:
    real, refused = offered(shop(place=Span("a.yaml", 3, 3)))

    assert list(real) == ["naive"]
    assert "a.yaml:3" in refused["union subject"]


def test_a_list_of_topics_gets_the_one_name_once() -> None:
    creator = Deployment("topics", "compose:topics", (("TOPICS", "audit orders payments"),), Span("c.yaml", 1, 1))
    map = replace(shop(), deployments=(creator,))
    mention = Mention(Span("c.yaml", 3, 3), "TOPICS: audit orders payments")

    phases = offered(map, mention)[0]["by-record"].phases

    edits = [[it for it in phase.edits if isinstance(it, TextEdit) and it.path == "c.yaml"] for phase in phases]
    assert [(it.before, it.after) for it in edits[0]] == [("orders payments", "orders payments sales.v1")]
    assert [(it.before, it.after) for it in edits[3]] == [("orders payments", "sales.v1")]
