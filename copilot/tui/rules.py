"""How the rules of the ranking look while a person asks "what if": the list of them in order, one of them, and what comes of it."""

from __future__ import annotations

import math

from textual.content import Content

from copilot.domain.proposal import Proposal
from copilot.reasons.ranking import candidates_of, standings_of
from copilot.reasons.refusals import HARD_RULES, NOT_ASKED, NOT_COMPILED
from copilot.reasons.what_if import STANDS, Lead, Ranking, RuleList, how_it_differs, why_it_wins
from copilot.reasons.words import counted, in_letters, letters_of, listed
from copilot.tui.hanging import hanging
from copilot.tui.plain import plain

HARD, SOFT = "hard ", "soft "
"""Begin the id of a rule in the list, before its name."""


def rule_items(proposal: Proposal, ranking: Ranking, rules: RuleList) -> list[tuple[str, Content]]:
    """Returns the list: the hard rules, then the soft ones as they are ordered, each with what it decides."""
    letters, refused = letters_of(proposal), _refused(proposal, ranking)
    items = [("", plain("Hard rules refuse, and stay", "bold"))]
    for name, ids in refused.items():
        told = f"  refuses {listed(letters[id] for id in ids)}" if ids else ""
        items.append(
            (HARD + name, Content.assemble(plain(f"     {name}", "" if ids else "dim"), plain(told, "$text-error")))
        )
    items.append(("", plain("Soft rules: the first that differs decides", "bold")))
    number = 0
    for merit in rules.merits:
        is_on = merit.name not in rules.off
        number += is_on
        box = f"[x] {number:2} " if is_on else "[ ]    "
        leads = ranking.decided_by(merit.name) if is_on else ()
        told = f"  {', '.join(_pair(lead, letters) for lead in leads)}" if leads else ""
        look = Content.assemble(plain(f"{box}{merit.name}", "" if leads else "dim"), plain(told, "$text-accent"))
        items.append((SOFT + merit.name, look))
    return items


def rule_text(proposal: Proposal, ranking: Ranking, rules: RuleList, id: str) -> Content:
    """Returns what there is to know of one rule of the list: what it compares or refuses, and what came of it."""
    letters = letters_of(proposal)
    if id.startswith(HARD):
        name = id.removeprefix(HARD)
        refused = _refused(proposal, ranking)[name]
        lines = [
            plain(name, "bold"),
            plain("A hard rule: no order of the soft ones makes up for it.", "dim"),
            Content(""),
        ]
        claims = {it.alternative: it.claims for it in ranking.rulings}
        for each in refused:
            lines.append(plain(f"refuses {letters[each]}: {proposal.alternative(each).title}"))
            lines += [plain(f"  {claim.text}", "dim") for claim in claims[each][:1]]
        return hanging(lines if refused else [*lines, plain("It refuses none of these alternatives.")])
    name = id.removeprefix(SOFT)
    merit = next(it for it in rules.merits if it.name == name)
    lines = [plain(name, "bold"), plain(f"Compares {merit.unit}: the fewer, the better.", "dim"), Content("")]
    for candidate in candidates_of(proposal, standings_of(proposal), rules.asked):
        value = merit.value(candidate)
        figure = "no figure, which counts as the most" if math.isinf(value) else f"{value:g}"
        lines.append(plain(f"  {letters[candidate.id]:3} {figure}"))
    lines.append(Content(""))
    if name in rules.off:
        lines.append(plain("Switched off: it decides nothing."))
    elif leads := ranking.decided_by(name):
        lines += [plain(f"Puts {_pair(lead, letters)}: {in_letters(lead.ahead.claim.text, letters)}") for lead in leads]
    else:
        lines.append(plain("Tells no neighbours of the order apart: without it nothing changes."))
    return hanging(lines)


def outcome_text(proposal: Proposal, ranking: Ranking, rules: RuleList) -> Content:
    """Returns what would win and why, how that differs from the decision, and that the decision stands."""
    asked = "by the rules of a decision" if rules.is_default else _asked(rules)
    winner = why_it_wins(proposal, ranking)
    differs = how_it_differs(proposal, ranking)
    lines = [
        Content.assemble(plain(f"{STANDS}  ", "bold $text-warning"), plain(asked, "dim")),
        plain(winner, "bold"),
        plain("  ".join(differs)),
    ]
    return hanging(lines)


def _asked(rules: RuleList) -> str:
    off = f"{counted(len(rules.off), 'rule')} off" if rules.off else ""
    present = [merit for merit in RuleList().merits if merit.name not in rules.off]
    order = "" if tuple(present) == rules.asked else "in another order"
    return ", ".join(part for part in (off, order) if part)


def _pair(lead: Lead, letters: dict[str, str]) -> str:
    return f"{letters[lead.better]} before {letters[lead.worse]}"


def _refused(proposal: Proposal, ranking: Ranking) -> dict[str, list[str]]:
    """Returns the alternatives that each hard rule refuses; rules of plug-ins only where they refuse one."""
    names = (NOT_COMPILED, NOT_ASKED, *(rule.name for rule in HARD_RULES))
    refused: dict[str, list[str]] = {name: [] for name in names}
    order = [it.id for it in proposal.alternatives]
    for ruling in sorted(ranking.rulings, key=lambda it: order.index(it.alternative)):
        if ruling.outcome == "refused":
            refused.setdefault(ruling.rule, []).append(ruling.alternative)
    return refused
