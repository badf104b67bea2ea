"""Figures of one case, as (name, value): what `score` adds up."""

from __future__ import annotations

from copilot.domain.model import used
from copilot.domain.proposal import Proposal
from copilot.evaluation.case import Case
from copilot.reasons.counterfactual import counterfactual

Figures = tuple[tuple[str, float], ...]


def impact_figures(case: Case, proposal: Proposal) -> Figures:
    """Returns how many of the affected files the short list of the impact names, and how many of those it names are affected."""
    impacted = proposal.reading.impacted if proposal.reading else None
    if not case.truth.affected or impacted is None:
        return ()
    named = {it.path for it in impacted.files if it.list == "change"}
    right = len(named & set(case.truth.affected))
    return (
        ("impact right", float(right)),
        ("impact named", float(len(named))),
        ("impact affected", float(len(case.truth.affected))),
    )


def by_hand(proposal: Proposal, chosen: str) -> Figures:
    """Returns how many places the chosen alternative leaves to people."""
    phases = proposal.alternative(chosen).phases if chosen else ()
    return (("by hand", float(sum(len(step.manual) for phase in phases for step in phase.steps))),)


def cited(proposal: Proposal) -> Figures:
    """Returns how many citations of rulings there are, and of how many of them the ruling changes without the evidence."""
    rows = counterfactual(proposal).rows
    resting = [it for row in rows for it in row.effects if not it.is_background]
    return (("cited", float(len(resting))), ("cited and needed", float(sum(it.changes for it in resting))))


def asked(proposal: Proposal) -> Figures:
    """Returns what a model was asked, where one was, and how often the reason it stated followed the evidence."""
    if not proposal.exchanges:
        return ()
    tokens, decision = used(proposal.exchanges), proposal.decision
    origin = proposal.alternative(decision.chosen).origin if decision and decision.chosen else ""
    trials = [followed for _, evidence, followed in proposal.probed.trials if evidence] if proposal.probed else []
    return (
        ("requests", float(len(proposal.exchanges))),
        ("tokens read", float(tokens.all_input)),
        ("tokens written", float(tokens.output)),
        ("chosen is the model's", float(origin == "claude")),
        ("probed", float(len(trials))),
        ("probed and followed", float(sum(trials))),
    )
