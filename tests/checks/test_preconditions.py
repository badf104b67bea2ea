"""What an alternative presupposes, held against the map: it holds, it does not, or what was read can't tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.checks.preconditions import PreconditionsCheck
from copilot.domain.evidence import Evidence, Verdict
from copilot.domain.pipeline import BlindSpot, Link, PipelineMap, Retention
from copilot.domain.precondition import AlwaysFilled, Kept, NoReader, OnlyWriter, Precondition, ReadsAlone, Unused
from copilot.domain.source import Gap, Span
from tests.checks.benches import bench_of
from tests.checks.cases import alternative_of, case_of, tree_of
from tests.planners.builders import link, shop

SHOP = shop()
BASE = SHOP.pipeline
DAYS = Retention("orders", 7.0, Span("copilot.toml", 4, 4))
HIDDEN = BlindSpot("billing", Span("services/billing/main.py", 9, 9), "order[key]")


def judged(*claims: Precondition, base: PipelineMap = BASE) -> Evidence:
    case = replace(case_of(replace(alternative_of(()), testable=claims)), base=base)
    return PreconditionsCheck().run(case, bench_of(tree_of(SHOP.files)))


def told(claim: Precondition, base: PipelineMap = BASE) -> tuple[Verdict, str]:
    seen = judged(claim, base=base)
    (finding,) = seen.findings
    return seen.verdict, finding.message


def with_link(more: Link, base: PipelineMap = BASE) -> PipelineMap:
    return replace(base, links=(*base.links, more))


@pytest.mark.parametrize(
    ("claim", "verdict", "why"),
    [
        (NoReader("order", "currency"), "pass", "That holds: no place that was read does."),
        (NoReader("order", "amount"), "fail", "seen in billing (services/billing/main.py:3)."),
        (NoReader("order", "status"), "fail", "seen in billing"),
        (NoReader("order"), "fail", "seen in billing"),
        (NoReader("order", "note"), "pass", "That holds"),
        (Unused("order", "note"), "fail", "seen in orders"),
        (Unused("order", "currency"), "pass", "That holds"),
        (Unused("order", "currency", "2026-01-31"), "unknown", "what used it before this commit was not read"),
        (OnlyWriter("order", "orders"), "pass", "no other job that was read does"),
        (OnlyWriter("order", "billing"), "fail", "so does orders"),
        (AlwaysFilled("order", "order_id"), "pass", "the schema refuses records without it (schemas/order.avsc:"),
        (AlwaysFilled("order", "currency"), "fail", "orders builds records and does not set it"),
        (AlwaysFilled("order", "note"), "unknown", "orders may leave it out or write null"),
        (ReadsAlone("order", "billing"), "fail", "billing decodes in another way as well"),
        (ReadsAlone("order", "orders"), "fail", "orders was not found among those who read it"),
        (Kept("orders", "at least", 7), "unknown", "copilot.toml does not say how long orders keeps them"),
    ],
)
def test_each_claim_is_answered_by_the_map(claim: Precondition, verdict: Verdict, why: str) -> None:
    found, message = told(claim)

    assert (found, why in message) == (verdict, True), message
    assert message.startswith("It presupposes that ")


@pytest.mark.parametrize(
    ("bound", "days", "verdict"),
    [("at least", 7, "pass"), ("at least", 30, "fail"), ("at most", 7, "pass"), ("at most", 1, "fail")],
)
def test_how_long_a_topic_keeps_its_records_is_what_the_settings_say(bound: str, days: float, verdict: Verdict) -> None:
    claim = Kept("orders", "at least" if bound == "at least" else "at most", days)

    found, message = told(claim, replace(BASE, retentions=(DAYS,)))

    assert found == verdict
    assert message.endswith("it is 7 (copilot.toml:4).")


def test_a_topic_that_forgets_nothing_keeps_records_longer_than_any_day() -> None:
    for_ever = replace(BASE, retentions=(replace(DAYS, days=None),))

    assert told(Kept("orders", "at least", 3650), for_ever)[0] == "pass"
    assert told(Kept("orders", "at most", 3650), for_ever)[0] == "fail"


@pytest.mark.parametrize(
    ("base", "why"),
    [
        (replace(BASE, blind_spots=(HIDDEN,)), "billing uses fields by names that reading can't see"),
        (
            replace(BASE, gaps=(Gap(Span("services/billing/old.py", 1, 1), "is Python 2"),)),
            "a place of a job concerned could not be read",
        ),
        (
            replace(
                BASE,
                jobs=tuple(replace(it, root=".") for it in BASE.jobs),
                gaps=(Gap(Span("old.py", 1, 1), "is Python 2"),),
            ),
            "a place of a job concerned could not be read",
        ),
        (
            replace(BASE, links=tuple(it for it in BASE.links if it.direction == "produces")),
            "no consumer of it was found",
        ),
    ],
)
def test_what_was_not_seen_is_no_proof_that_nobody_reads(base: PipelineMap, why: str) -> None:
    verdict, message = told(NoReader("order", "currency"), base)

    assert (verdict, why in message) == ("unknown", True), message


def test_a_use_that_is_only_likely_neither_proves_nor_refutes() -> None:
    uses = tuple(replace(it, certainty="likely") for it in BASE.uses)

    assert told(NoReader("order", "amount"), replace(BASE, uses=uses))[0] == "unknown"


def test_a_writer_that_is_only_possible_leaves_it_open() -> None:
    maybe = replace(link("nightly", "orders", "produces", "order"), certainty="possible")

    assert told(OnlyWriter("order", "orders"), with_link(maybe))[0] == "unknown"


def test_one_claim_that_does_not_hold_fails_all() -> None:
    seen = judged(NoReader("order", "currency"), NoReader("order", "amount"))

    assert seen.verdict == "fail"
    assert [it.rule for it in seen.findings] == ["preconditions.does-not-hold", "preconditions.holds"]
    assert seen.measure("claims_holding") == 1


def test_who_presupposes_nothing_is_not_asked() -> None:
    assert judged().verdict == "not-applicable"
