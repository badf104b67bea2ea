"""One request for each kind of change on the example repository: what is chosen, by which rule, and why not the others."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from copilot.domain.proposal import Proposal
from copilot.proposals import Workspace
from copilot.proposals.approve import confirmation_word
from tests.golden import assert_golden
from tests.line import example
from tests.repositories import git

GOLDEN = Path(__file__).parent / "golden"
REQUESTS = {
    "add-optional": "add an optional double discount to Order",
    "remove": "remove coupon_code from schemas/order",
    "rename": "rename amount to total_cents in schemas/order",
    "change-type": "change the type of item_count in schemas/order to long",
    "narrow-type": "change the type of amount in schemas/order to int",
    "make-optional": "make amount in schemas/order optional",
    "make-required": "make item_count in schemas/order required",
    "add-symbol": "add symbol REVIEW to outcome in decision",
    "remove-symbol": "remove symbol DECLINE from outcome in decision",
    "change-default": "set the default of account_age_days in features to -1",
    "deprecate": "deprecate coupon_code in schemas/order",
    "mask": "mask customer_id in Order",
    "encrypt": "encrypt customer_id in Order",
    "erase": "erase customer_id in Order",
    "add-required": "add a required string region to score",
    "remove-default": "remove the default of channel in schemas/order",
    "change-doc": 'change the doc of score in score to "Probability of fraud, 0 to 1."',
    "reorder-fields": "move channel before amount in schemas/order",
    "logical-type": "mark account_age_days in features as date",
    "rename-symbol": "rename symbol DECLINE to REJECT in outcome of decision",
    "reorder-symbols": "reorder the symbols of outcome in decision: DECLINE, APPROVE",
    "rename-record": "rename record Order to Purchase",
    "rename-inner-type": "rename enum Outcome to Verdict in decision",
    "rename-topic": "rename topic orders.v1 to orders.v2",
    "raise-level": "raise the compatibility of score to FULL_TRANSITIVE",
    "loosen-level": "lower the compatibility of decision to NONE until 2026-12-31",
    "key": "key orders.v1 by order_id",
    "rule": "require amount in Order to be >= 0",
    "split-topic": "split orders.v1 by channel into web, app",
    "merge-topics": "merge topics fraud-scores and decisions into risk-events",
    "tokenise": "tokenise customer_id in Order",
    "tag-personal": "tag customer_id in Order as PII",
    "split-field": "split order_id in score into shop and number at '-'",
    "merge-fields": "merge order_id and customer_id in score into order_key with '/'",
    "nest-fields": "nest order_id and customer_id in score into order",
    "make-array": "make model_version in score an array",
    "make-money": "make amount in score a money object in EUR",
    "change-meaning": 'change the meaning of score in score to "Fraud within a day, 0 to 1." as score_day',
    "change-unit": "change the unit of amount in schemas/order from cents to euros",
    "change-unit-share": "change the unit of score in score from fraction to percent",
    "change-namespace": "move Decision to namespace shop.decisions",
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_kind_of_change_ends_in_this_decision(kind: str) -> None:
    proposal = decided(REQUESTS[kind])

    assert_golden(GOLDEN / f"{kind}.txt", described(REQUESTS[kind], proposal))


def described(request: str, proposal: Proposal) -> str:
    return "\n".join([request, "", *_rows(proposal), "", *_steps(proposal)])


def decided(request: str) -> Proposal:
    """Returns the decided proposal; all requests share one repository, whose map is read once."""
    workspace = Workspace.open(_example())
    id = workspace.propose(request)
    for _ in workspace.advance(id):
        pass
    return workspace.load(id)


@functools.cache
def _example() -> Path:
    return example()


def _rows(proposal: Proposal) -> list[str]:
    """Each alternative with its outcome, the rule, the checks that did not pass, and the first reason; ids without digests."""
    decision = proposal.decision
    assert decision is not None
    titles = {it.id: f"{it.id.rpartition('-')[0] or it.id}: {it.title}" for it in proposal.alternatives}
    lines: list[str] = []
    for ruling in decision.rulings:
        lines += [f"{ruling.outcome}  {titles[ruling.alternative]}", f"    {ruling.rule}"]
        told = {it.check: it.verdict for it in proposal.evidence_of(ruling.alternative)}
        lines += [f"    {check} {verdict}" for check, verdict in told.items() if verdict in ("fail", "unknown")]
        lines += [f"    {_undated(claim.text)}" for claim in ruling.claims[:1] if ruling.outcome == "refused"]
    lines += [f"stakes {decision.stakes}", *(f"    {_undated(claim.text)}" for claim in decision.stakes_reasons)]
    left_out = proposal.plan.not_offered if proposal.plan else ()
    return lines + [f"not offered  {it.strategy}: {it.reason}" for it in left_out]


def _undated(text: str) -> str:
    """Leaves out the digests of ids, which stand for all bytes of an alternative."""
    return re.sub(r"\b([a-z][a-z-]*)-[0-9a-f]{6}\b", r"\1", text)


def _steps(proposal: Proposal) -> list[str]:
    assert proposal.decision is not None
    lines: list[str] = []
    chosen = next((it for it in proposal.alternatives if it.id == proposal.decision.chosen), None)
    for number, phase in enumerate(chosen.phases if chosen else (), 1):
        lines.append(f"PHASE {number} {phase.name}")
        for step in phase.steps:
            lines.append(f"  {step.title}: {', '.join(step.jobs) or 'nobody'}")
            lines += [f"    carries {path}" for path in step.paths]
            lines += [f"    by hand {place}" for place in step.manual]
        if phase.gate:
            lines.append(f"  until {phase.gate.text}")
        if phase.time_box:
            lines.append(f"  at most {phase.time_box}")
    return lines


def test_a_topic_without_a_known_schema_still_asks_for_a_typed_name() -> None:
    proposal = decided("rename topic orders.v1 to orders.v2")
    assert proposal.decision is not None

    assert confirmation_word(proposal, proposal.decision.chosen) == "orders.v1"


def test_the_first_phase_of_a_topic_change_lands_with_its_bridge_and_moves_nobody() -> None:
    shop = example()
    workspace = Workspace.open(shop)
    id = workspace.propose("rename topic orders.v1 to orders.v2")
    for _ in workspace.advance(id):
        pass

    workspace.approve(id, confirmation="orders.v1", note="seen")
    branch = workspace.apply(id).branch

    compose = git(shop, "show", f"{branch}:compose.yaml")
    assert "TOPICS: orders.v1 orders.v2 orders.dead-letter" in compose
    assert "ORDERS_TOPIC: orders.v2" not in compose
    assert "producer.produce" in git(shop, "show", f"{branch}:bridges/orders_v1_to_orders_v2.py")
