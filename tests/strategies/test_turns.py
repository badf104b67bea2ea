"""Jobs that hand records on: who goes first among consumers, and among producers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.domain.pipeline import Decoder
from copilot.domain.source import Span
from tests.planners.builders import ORDER, Built, link, pipeline, subject
from tests.planners.test_rules import planned
from tests.strategies.test_families import offered

Turns = list[tuple[str, tuple[str, ...]]]


def passed_on(*hops: tuple[str, str, str]) -> Built:
    """A shop that writes orders, and jobs that read one topic and hand the same record on to the next."""
    links = [link("shop", "orders", "produces", "order")]
    for job, topic, onward in hops:
        links.append(link(job, topic, "consumes", "order", Decoder("fastavro", "own")))
        links += [link(job, onward, "produces", "order")] if onward else []
    orders = subject("order", "schemas/order.avsc", ORDER)
    return Built(pipeline([orders], links), {"schemas/order.avsc": orders.latest.text})


def turns(text: str, slug: str, built: Built) -> Turns:
    (phase, *_) = offered(text, built)[0][slug].phases
    return [(step.title, step.jobs) for step in phase.steps if step.kind != "schema"]


def test_among_consumers_whoever_reads_what_one_of_them_writes_goes_before_it() -> None:
    built = passed_on(("billing", "orders", "orders-dlq"), ("monitor", "orders-dlq", ""))

    assert turns("rename amount to total in order", "alias", built) == [
        ("Deploy the consumers, turn 1 of 2", ("monitor",)),
        ("Deploy the consumers, turn 2 of 2", ("billing",)),
        ("Deploy the producers", ("shop",)),
    ]


def test_among_producers_whoever_writes_what_one_of_them_reads_goes_before_it() -> None:
    built = passed_on(("billing", "orders", "orders-dlq"), ("monitor", "orders-dlq", ""))

    assert turns("add a required long weight to order", "naive", built) == [
        ("Deploy the producers, turn 1 of 2", ("shop",)),
        ("Deploy the producers, turn 2 of 2", ("billing",)),
        ("Deploy the consumers", ("monitor",)),
    ]


def test_consumers_that_read_nothing_of_each_other_share_a_step() -> None:
    built = passed_on(("billing", "orders", ""), ("monitor", "orders", ""))

    assert turns("rename amount to total in order", "alias", built)[0] == (
        "Deploy the consumers",
        ("billing", "monitor"),
    )


def test_turns_stay_apart_where_several_operations_are_combined() -> None:
    built = passed_on(("billing", "orders", "orders-dlq"), ("monitor", "orders-dlq", ""))
    plan = planned("rename amount to total in order; rename retries to attempts in order", built.pipeline)
    alias = next(one for one in plan.alternatives if one.id.startswith("alias-"))

    assert [step.jobs for step in alias.phases[0].steps] == [(), ("monitor",), ("billing",), ("shop",)]


@pytest.mark.parametrize("back", ["orders", "retries"])
def test_jobs_that_feed_each_other_in_a_circle_share_a_step(back: str) -> None:
    built = passed_on(("billing", "orders", "retries"), ("retry", "retries", back), ("retry", back, ""))
    titles = [title for title, _ in turns("rename amount to total in order", "alias", built)]

    assert len([title for title in titles if "consumers" in title]) == (1 if back == "orders" else 2)


def shared(decoder: Decoder, *writers: str) -> Built:
    """A shop whose schema lies in its own folder, where others load it, too."""
    orders = subject("order", "services/shop/order.avsc", ORDER)
    links = [link(job, "orders", "produces", "order") for job in ("shop", *writers)]
    links.append(link("billing", "orders", "consumes", "order", decoder))
    return Built(pipeline([orders], links), {"services/shop/order.avsc": orders.latest.text})


@pytest.mark.parametrize("decoder", [Decoder("fastavro", "own"), Decoder("fastavro", "single")])
def test_whoever_loads_the_schema_from_a_neighbours_folder_is_deployed_with_it(decoder: Decoder) -> None:
    (phase, *_) = offered("rename amount to total in order", shared(decoder, "replay"))[0]["alias"].phases

    assert [(step.kind, step.jobs, step.paths) for step in phase.steps] == [
        ("schema", (), ("services/shop/order.avsc",)),
        ("consumers", ("billing",), ()),
        ("producers", ("replay", "shop"), ()),
    ]


def test_a_schema_that_only_its_own_job_loads_goes_out_with_that_job() -> None:
    built = shared(Decoder("fastavro", "writer"))
    (phase, *_) = offered("rename amount to total in order", built)[0]["alias"].phases

    assert [(step.kind, step.jobs, step.paths) for step in phase.steps] == [
        ("producers", ("shop",), ("services/shop/order.avsc",))
    ]


def test_who_asks_a_registry_for_one_version_is_told_in_each_phase_that_publishes_another() -> None:
    built = passed_on(("billing", "orders", ""))
    place = Span("services/billing/main.py", 7, 7)
    links = tuple(replace(it, pinned=place) if it.job == "billing" else it for it in built.pipeline.links)
    alternatives = offered("rename amount to total in order", Built(replace(built.pipeline, links=links), built.files))[
        0
    ]

    told = [
        (phase.name, [it for step in phase.steps for it in step.manual if "registry" in it])
        for phase in alternatives["phased"].phases
    ]
    said = "services/billing/main.py:7  billing asks a registry for one version: see that it is one that can read the data of"
    assert told == [
        ("expand", [f'{said} "expand"']),
        ("contract", [f'{said} "contract"']),
    ]
