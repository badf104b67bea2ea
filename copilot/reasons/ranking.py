"""From evidence to a decision, by rules that anyone can read: what is refused, what is unproved, what wins, and by which rule.

Pure: equal evidence gives an equal decision in whatever order alternatives and evidence come, and an alternative that loses
changes nothing about those ahead of it. Hard rules come first (`refusals`), then merits (`merits`). An alternative that is not
proved ranks behind every proved one that does as much of what was asked; where none is proved, the best of them is put forward,
says so in its rule, and its stakes are high.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from copilot.domain.codec import digest_of
from copilot.domain.decision import Claim, Decision, Outcome, Ruling
from copilot.domain.evidence import Evidence
from copilot.domain.proposal import Proposal
from copilot.reasons.background import marked
from copilot.reasons.coverage import not_covered
from copilot.reasons.merits import (
    AHEAD,
    BEHIND,
    MERITS,
    SMALLEST,
    Candidate,
    Merit,
    advantage,
    deciding,
    leaves_to_people,
    rival_of,
    sort_key,
)
from copilot.reasons.refusals import NOT_ASKED, Standing, passed, standing_of
from copilot.reasons.stakes import stakes_of
from copilot.reasons.wished import wish_claims, words_of_wished
from copilot.reasons.words import listed

ONLY_ONE = "the only one that is not refused"


def decide(proposal: Proposal) -> Decision:
    """Returns the decision that the proposal's evidence leads to; citations that no ruling rests on are marked as background."""
    rulings = rulings_of(proposal)
    chosen = next((it.alternative for it in rulings if it.outcome == "chosen"), "")
    evidence = evidence_by_check(proposal, chosen) if chosen else {}
    stakes, reasons = stakes_of(evidence) if chosen else ("low", ())
    reasons = (*_open_choice(proposal, chosen), *reasons)
    decision = Decision(
        rulings=marked(rulings, proposal, rulings_of),
        chosen=chosen,
        stakes=stakes,
        stakes_reasons=reasons,
        not_covered=not_covered(proposal, evidence),
        digest="",
    )
    return replace(decision, digest=digest_of(decision))


def rulings_of(proposal: Proposal, merits: Sequence[Merit] = MERITS) -> tuple[Ruling, ...]:
    """Returns a ruling about every alternative, best first, with the claims that lead to it.

    The hard rules hold whatever the merits are; a decision takes all merits in their order.
    """
    standings = standings_of(proposal)
    candidates = candidates_of(proposal, standings, merits)
    ranked = [_ruling(number, candidates, standings, merits) for number in range(len(candidates))]
    if ranked and proposal.request.wishes:
        claims = (*ranked[0].claims, *wish_claims(proposal, candidates[0].evidence))
        ranked[0] = replace(ranked[0], claims=claims)
    refused = [_refused(id, it, bool(candidates)) for id, it in sorted(standings.items()) if it.rule]
    return (*ranked, *refused)


def _open_choice(proposal: Proposal, chosen: str) -> list[Claim]:
    """Says that the choice is a person's, where none is proved and at most their size tells the first ones apart."""
    found = candidates_of(proposal, standings_of(proposal))
    first = next((it for it in found if it.id == chosen and it.unproved), None)
    if first is None:
        return []
    level = [it for it in found if it is first or (it.unproved and deciding(first, it) in (None, SMALLEST))]
    if len(level) < 2:
        return []
    text = (
        f"Which of {listed(it.id for it in level)} it is to be is an open question: none of them is proved, and no rule but the"
        " size of the patch tells them apart. Their cases say when each wins."
    )
    # What is asked of each is its use; where none was looked at, all that is known of it.
    seen = [it.evidence.get("usage") for it in level]
    cited = [one for one in seen if one] or [it.evidence[name] for it in level for name in sorted(it.evidence)]
    return [Claim(text, tuple(one.id for one in cited))] if cited else []


def standings_of(proposal: Proposal) -> Mapping[str, Standing]:
    """Returns where the hard rules put each alternative."""
    refusals = {it.alternative: it.refused for it in proposal.compiled}
    asked = bool(proposal.request.commands)
    return {
        it.id: standing_of(it, refusals.get(it.id), evidence_by_check(proposal, it.id), asked)
        for it in proposal.alternatives
    }


def candidates_of(
    proposal: Proposal, standings: Mapping[str, Standing], merits: Sequence[Merit] = MERITS
) -> list[Candidate]:
    """Returns the alternatives that are not refused, best first."""
    wished = words_of_wished(proposal)
    found = (
        Candidate(id, evidence_by_check(proposal, id), it.unproved, wished.get(id, ""))
        for id, it in standings.items()
        if not it.rule
    )
    return sorted(found, key=lambda it: sort_key(it, merits))


def evidence_by_check(proposal: Proposal, alternative: str) -> Mapping[str, Evidence]:
    """Returns the alternative's evidence by check, the last word of each check."""
    return {it.check: it for it in proposal.evidence_of(alternative)}


def _ruling(
    number: int, candidates: Sequence[Candidate], standings: Mapping[str, Standing], merits: Sequence[Merit]
) -> Ruling:
    candidate = candidates[number]
    standing = standings[candidate.id]
    outcome: Outcome = "chosen" if number == 0 else "unproved" if candidate.unproved else "acceptable"
    if len(candidates) == 1:
        name, claims = ONLY_ONE, []
    elif number == 0:
        rival, following = rival_of(candidates), candidates[1]
        ahead = advantage(candidate, rival, merits)
        also = [] if rival is following else [advantage(candidate, following, merits)]
        name, claims = f"{AHEAD}{ahead.ahead}", [it.claim for it in (ahead, *also)]
    else:
        behind = advantage(candidates[0], candidate, merits)
        name, claims = f"{BEHIND}{behind.behind}", [behind.claim]
    if leaves_to_people(candidate):
        name = f"leaves it to people, {name}"
    if candidate.unproved:
        name = f"unproved ({_open(candidate)}), {name}"
    proof = passed(candidate.evidence)
    told = [*claims, *([proof] if proof else []), *_replayed(candidate), *_presupposed(candidate), *standing.claims]
    return Ruling(candidate.id, outcome, number + 1, name, tuple(told))


def _refused(alternative: str, standing: Standing, is_any_left: bool) -> Ruling:
    if standing.rule == NOT_ASKED and not is_any_left:
        rule = "all that is left, as every other alternative is refused"
        return Ruling(alternative, "acceptable", 1, rule, standing.claims)
    return Ruling(alternative, "refused", 0, standing.rule, standing.claims)


def _open(candidate: Candidate) -> str:
    """A check that was asked and could not tell is another thing than one that nobody asked."""
    return listed(check if check in candidate.evidence else f"{check} not asked" for check in candidate.unproved)


def _presupposed(candidate: Candidate) -> list[Claim]:
    """What the alternative presupposes and the map bears out."""
    found = candidate.evidence.get("preconditions")
    return [Claim(it.message, (found.id,)) for it in found.findings if it.severity == "note"] if found else []


def _replayed(candidate: Candidate) -> list[Claim]:
    replay = candidate.evidence.get("replay")
    if replay is None or not replay.measure("records"):
        return []
    figures = {name: replay.measure(name) for name in ("records", "versions", "decoders", "lost", "changed", "refused")}
    text = (
        "Replay sent {records} records of {versions} versions through {decoders} decoders:"
        " {lost} values lost, {changed} changed, {refused} records refused"
    )
    is_harmless = replay.verdict == "pass" and any(figures[name] for name in ("lost", "changed", "refused"))
    text += ", none of it between versions that have to read each other." if is_harmless else "."
    return [Claim(text.format(**figures), (replay.id,))]
