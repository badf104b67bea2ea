"""What became of the wishes of a request: claims with citations where evidence shows it, and what nothing here can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copilot.domain.decision import Claim
from copilot.domain.evidence import Evidence
from copilot.domain.proposal import Proposal
from copilot.domain.wishes import Avoids, KeepsOld, KeepsWorking, Prefers, Wish, is_called
from copilot.reasons.words import listed

CHECK = "wishes"
_OF_JOBS = ("replay", "usage", "contract", "rollout")
"""The checks that tell whether a job goes on working, at every moment of the way."""


def wish_claims(proposal: Proposal, evidence: Mapping[str, Evidence]) -> list[Claim]:
    """Returns what the evidence of an alternative, by check, shows of the wishes."""
    return [claim for wish in proposal.request.wishes for claim in _claims(wish, proposal, evidence)]


def wishes_open(proposal: Proposal, evidence: Mapping[str, Evidence]) -> Iterator[str]:
    """Yields a sentence for each wish that nothing here can tell about."""
    for wish in proposal.request.wishes:
        if isinstance(wish, KeepsWorking):
            yield from _unsettled(wish, proposal, evidence)
        elif isinstance(wish, Prefers):
            if not ways_meant(proposal, wish.strategy):
                yield f'No way that was found is called "{wish.strategy}" ("{wish.words}").'
        elif isinstance(wish, Avoids):
            if not any(is_called(wish.strategy, it.names) for it in proposal.alternatives):
                yield f'No way that was found is called "{wish.strategy}", so none was refused for "{wish.words}".'
        elif not isinstance(wish, KeepsOld):
            yield f'Nothing here checks the wish "{wish.words}".'
        elif CHECK in evidence and evidence[CHECK].verdict == "not-applicable":
            yield f'Nothing is replaced that the wish "{wish.words}" could be about.'
        elif CHECK in evidence and evidence[CHECK].verdict == "unknown":
            reasons = " ".join(it.message for it in evidence[CHECK].findings if it.severity == "warning")
            yield f'Whether the wish "{wish.words}" is kept is left to people: {reasons}'


def ways_meant(proposal: Proposal, said: str) -> tuple[str, ...]:
    """Returns the ids of the alternatives that words such as "the alias" mean: all of them stand in its id, strategy or title."""
    found = [it.id for it in proposal.alternatives if is_called(said, it.names) or it.id == said]
    return tuple(found or [it.id for it in proposal.alternatives if is_called(said, it.title)])


def words_of_wished(proposal: Proposal) -> Mapping[str, str]:
    """Returns the words of the person for each alternative that they name: "why not the alias?" names all that are one."""
    named = (it for it in proposal.request.wishes if isinstance(it, Prefers))
    return {id: wish.words for wish in named for id in ways_meant(proposal, wish.strategy)}


def is_concerned(job: str, proposal: Proposal) -> bool:
    """Tells whether a job, or any where it is "", was seen to read, write or use what changes."""
    impacts = proposal.reading.impacts if proposal.reading else ()
    linked = {link.job for impact in impacts for link in (*impact.producers, *impact.consumers)}
    return bool(linked) if not job else job in linked | {use.job for impact in impacts for use in impact.uses}


def _claims(wish: Wish, proposal: Proposal, evidence: Mapping[str, Evidence]) -> Iterator[Claim]:
    if isinstance(wish, KeepsOld) and CHECK in evidence:
        for finding in (it for it in evidence[CHECK].findings if it.severity == "note"):
            yield Claim(f"As wished: {finding.message}", (evidence[CHECK].id,))
    if isinstance(wish, KeepsWorking) and is_concerned(wish.job, proposal):
        asked = _asked(evidence)
        if asked and all(it.verdict == "pass" for it in asked):
            who = f"`{wish.job}`" if wish.job else "Every job that was seen"
            checks = listed(it.check for it in asked)
            yield Claim(f"{who} keeps working, as wished: {checks} pass.", tuple(it.id for it in asked))


def _unsettled(wish: KeepsWorking, proposal: Proposal, evidence: Mapping[str, Evidence]) -> Iterator[str]:
    if not is_concerned(wish.job, proposal):
        who = wish.job or "No job"
        nor = "neither reads nor writes" if wish.job else "was seen to read or write"
        yield f'{who} {nor} what changes as far as the map tells, so nothing here checks the wish "{wish.words}".'
    elif evidence:
        doubts = [it.check for it in _asked(evidence) if it.verdict != "pass"]
        if doubts:
            yield f'Whether the wish "{wish.words}" is kept could not be settled: {listed(doubts)}.'


def _asked(evidence: Mapping[str, Evidence]) -> list[Evidence]:
    found = [evidence[check] for check in _OF_JOBS if check in evidence]
    return [it for it in found if it.verdict != "not-applicable"]
