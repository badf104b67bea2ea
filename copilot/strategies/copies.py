"""Consumers that read with one schema of their own, left as they are: no file of theirs is edited, and nobody deploys them.

Such a consumer takes its own text for the writer's, so what names say elsewhere never reaches it. That is right as long as the
bytes up to where its text ends stay what they are; where they don't, the way is not offered, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.precondition import ReadsAlone
from copilot.strategies.cutover import cutover_of
from copilot.strategies.drift import single_copies, single_links
from copilot.strategies.ground import Ground
from copilot.strategies.roles import PRODUCERS_FIRST, owner_of
from copilot.strategies.words import named

COPIES_STAY = "copies stay"
WRITERS_SCHEMA = "the writer's schema at the reader"
Way = Callable[[Ground], Alternative | NotOffered]


def copies_stay(ground: Ground, way: Way) -> tuple[Alternative | NotOffered, ...]:
    """Offers a way without such consumers as have a copy of their own; nothing where there is none that reads so."""
    readers = {link.job for link in single_links(ground)}
    return (_copies_stay(ground, readers, way), _by_writers_schema(ground, readers)) if readers else ()


def _copies_stay(ground: Ground, readers: set[str], way: Way) -> Alternative | NotOffered:
    rest, jobs = _left_alone(ground)
    if not jobs:
        reason = f"{named(readers)} reads with the text that everybody has, or writes as well, so there is no copy to leave alone."
        return NotOffered(COPIES_STAY, reason)
    found = way(rest)
    if isinstance(found, NotOffered):
        return NotOffered(COPIES_STAY, found.reason)
    states = [(), *(phase.edits for phase in found.phases)]
    if any(cutover_of(ground, after, before, PRODUCERS_FIRST) for before, after in pairwise(states)):
        reason = f"{named(jobs)} takes its own schema for the writer's, and the bytes that it reads change."
        return NotOffered(COPIES_STAY, reason)
    who = named(jobs)
    return replace(
        found,
        id=f"copies-stay-{found.id.rpartition('-')[2]}",
        title=f"{found.title}, and leave {who} with its own schema as it is",
        strategy=COPIES_STAY,
        testable=tuple(ReadsAlone(ground.subject.name, job) for job in sorted(jobs)),
        argument=f"It wins where {who} should not have to move: it takes its own schema for the writer's, and the bytes that"
        " it reads stay what they are. Its copy and the shared text say different things from then on, so the next change has to"
        f" look at both. {found.argument}",
    )


def _by_writers_schema(ground: Ground, readers: set[str]) -> NotOffered:
    """Says whether a record tells by which schema it was written: only then can such a reader go over to that one."""
    bare = {link.job for link in ground.impact.producers if link.decoder and link.decoder.library != "confluent-kafka"}
    if bare:
        reason = (
            f"Records of {named(bare)} say nothing of their schema, as far as code shows: without an id of a registry or a"
            f" fingerprint in front of each, {named(readers)} can't know by which one it was written."
        )
    else:
        reason = (
            f"What is around the decoding of {named(readers)} is people's to change: each record has the id of its schema in"
            " front, and a deserializer of the registry takes it from there."
        )
    return NotOffered(WRITERS_SCHEMA, reason)


def _left_alone(ground: Ground) -> tuple[Ground, set[str]]:
    """Returns the ground without those consumers, their copies and their uses, and who they are."""
    held = {link.job: single_copies(ground, link.job) for link in single_links(ground)}
    jobs = {job for job, copies in held.items() if copies} - {link.job for link in ground.impact.producers}
    copies = {copy for job in jobs for copy in held[job]}
    impact = replace(
        ground.impact,
        consumers=tuple(it for it in ground.impact.consumers if it.job not in jobs),
        mentions=tuple(it for it in ground.impact.mentions if owner_of(ground, it.span.path) not in jobs),
    )
    rest = replace(
        ground,
        impact=impact,
        sources=tuple(it for it in ground.sources if it not in copies),
        uses=tuple(it for it in ground.uses if it.job not in jobs),
        doubtful=tuple(it for it in ground.doubtful if it.job not in jobs),
    )
    return rest, jobs
