"""Is a topic misspelt, or does it begin or end nowhere in this repository?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import Direction, Link
from copilot.findings.case import Audited, Rule, listed
from copilot.findings.likeness import is_misspelt

MISSPELT = Rule(
    "topic-misspelt",
    "Kafka makes a topic that nobody writes to as readily as any other: the reader waits for ever, and no error says so.",
)
UNFED = Rule(
    "topic-without-producer", "If nobody outside of this repository writes to it either, its readers wait for ever."
)
UNREAD = Rule(
    "topic-without-consumer", "If nobody outside of this repository reads it either, what is written is lost."
)
_PATTERN = re.compile(r"[*^$%{}()|\\<>\s]")
_END = re.compile(r"dead|dlq|error|fail|retry|audit|log", re.IGNORECASE)
PLACES_MAX = 4
Sides = dict[str, list[Link]]


def misspelt_topics(case: Audited) -> Iterator[AuditFinding]:
    """Yields topics that are read but never written, or the reverse, and nearly have the name of one that is."""
    produced, consumed = _sides(case)
    for name, meant, verb in _slips(produced, consumed):
        mine, theirs = (consumed, produced) if verb == "consumes" else (produced, consumed)
        other = "produces" if verb == "consumes" else "consumes"
        links, partners = mine[name], theirs[meant]
        title = f"{_jobs(links)} {verb} {name}, which nobody here {other}; {_jobs(partners)} {other} {meant}."
        proof = [*_proof(case, links), *_proof(case, partners)]
        next = f"Write {meant} in {proof[0].span}, or say who {other} {name}." if proof else f"Write {meant}."
        yield MISSPELT.finding("warning", title, proof, next, topic=name)


def loose_ends(case: Audited) -> Iterator[AuditFinding]:
    """Yields topics without a partner, where every topic of the repository is known and at least one joins two jobs."""
    produced, consumed = _sides(case)
    links = [link for link in case.pipeline.links if link.endpoint.kind == "topic"]
    if not produced.keys() & consumed.keys() or not all(link.endpoint.name for link in links):
        return
    told = {name for slip in _slips(produced, consumed) for name in slip[:2]}
    for name, ends in sorted(consumed.items()):
        if name not in produced and name not in told:
            title = f"{_jobs(ends)} consumes {name}, which nobody in this repository produces."
            yield UNFED.finding("note", title, _proof(case, ends), _OUTSIDE, topic=name)
    for name, ends in sorted(produced.items()):
        if name not in consumed and name not in told and not _END.search(name):
            title = f"{_jobs(ends)} produces {name}, which nobody in this repository consumes."
            yield UNREAD.finding("note", title, _proof(case, ends), _OUTSIDE, topic=name)


_OUTSIDE = "Write down who is at the other end, outside of this repository; or remove the topic."


def _slips(produced: Sides, consumed: Sides) -> list[tuple[str, str, Direction]]:
    """Returns misspelt topics with the name that is meant and what is done with them."""
    found: list[tuple[str, str, Direction]] = []
    for name in sorted(consumed.keys() - produced.keys()):
        meant = [other for other in sorted(produced) if is_misspelt(name, other)]
        found += [(name, meant[0], "consumes")] if len(meant) == 1 else []
    told = {name for slip in found for name in slip[:2]}
    for name in sorted(produced.keys() - consumed.keys() - told):
        meant = [other for other in sorted(consumed) if is_misspelt(name, other)]
        found += [(name, meant[0], "produces")] if len(meant) == 1 else []
    return found


def _sides(case: Audited) -> tuple[Sides, Sides]:
    produced: Sides = {}
    consumed: Sides = {}
    for link in case.pipeline.links:
        name = link.endpoint.name
        if link.endpoint.kind == "topic" and name and not _PATTERN.search(name):
            (produced if link.direction == "produces" else consumed).setdefault(name, []).append(link)
    return produced, consumed


def _jobs(links: list[Link]) -> str:
    return listed(sorted({link.job for link in links}))


def _proof(case: Audited, links: list[Link]) -> list[Proof]:
    """Returns where the topic is named, and where the call is that uses it."""
    found: list[Proof] = []
    for link in links:
        lines = case.texts({span.path for span in link.proof})
        for span in reversed(link.proof):
            text = lines.get(span.path, "").splitlines()[span.first_line - 1 : span.last_line]
            if any(re.search(rf"(?<![\w.-]){re.escape(link.endpoint.name)}(?![\w-])", line) for line in text):
                found.append(Proof(span, f"names {link.endpoint.name}"))
        found += [Proof(link.proof[0], f"{link.job} {link.direction} it")] if link.proof else []
    return list(dict.fromkeys(sorted(found, key=lambda proof: not proof.text.startswith("names"))))[:PLACES_MAX]
