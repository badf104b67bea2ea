"""What do all links together say? Each of them once, and what consumers read that name a topic alone."""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.pipeline import Certainty, Direction, Endpoint, Link
from copilot.readers.steps import LISTED

_RANKS: dict[Certainty, int] = {"certain": 0, "likely": 1, "possible": 2}


def weaker(one: Certainty, other: Certainty) -> Certainty:
    """Returns the less certain of two."""
    return max(one, other, key=lambda certainty: _RANKS[certainty])


def queues_of_lists(links: list[Link]) -> list[Link]:
    """Returns the links with queues in the place of lists in a store that somebody fills and somebody takes from.

    A list that is only filled, or only taken from, holds what its job remembers: its links are left out.
    """
    ends: dict[tuple[str, str], set[Direction]] = {}
    for link in links:
        if link.endpoint.kind in (LISTED, "queue"):
            ends.setdefault(_named(link.endpoint), set()).add(link.direction)
    kept = (link for link in links if link.endpoint.kind != LISTED or len(ends[_named(link.endpoint)]) > 1)
    return [
        replace(link, endpoint=replace(link.endpoint, kind="queue")) if link.endpoint.kind == LISTED else link
        for link in kept
    ]


def _named(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.name, endpoint.variable


def from_producers(links: list[Link], producers: list[Link]) -> list[Link]:
    """Returns what consumers read by the topic alone: the subjects of those who produce it.

    A topic that only a variable of the environment tells is the same for one job, whatever it is.
    """
    subjects: dict[tuple[str, Endpoint], list[str]] = {}
    for link in producers:
        if link.direction == "produces" and link.subject is not None and (link.endpoint.name or _is_set(link.endpoint)):
            known = subjects.setdefault(_shared(link), [])
            if link.subject not in known:
                known.append(link.subject)
    found: list[Link] = []
    for link in links:
        if link.direction == "consumes":
            written = subjects.get(_shared(link), [])
            certainty: Certainty = "likely" if len(written) == 1 else "possible"
            weakest = weaker(certainty, link.certainty)
            found += [
                replace(link, subject=name, certainty=weakest, version=0) for name in written if name != link.subject
            ]
    return found


def _shared(link: Link) -> tuple[str, Endpoint]:
    """Returns the topic of a link, with the job where it is the same for that one only."""
    return ("" if link.endpoint.name else link.job, link.endpoint)


def _is_set(endpoint: Endpoint) -> bool:
    """Tells whether an unknown endpoint is called like a variable of the environment, not like an argument of some function."""
    return endpoint.variable.isupper() and endpoint.variable.isidentifier()


def merged(links: list[Link]) -> tuple[Link, ...]:
    """Returns each link once, with its surest proof and all its deployments; one that knows less goes where another knows more."""
    best: dict[tuple[str, Endpoint, Direction, str | None], Link] = {}
    where: dict[tuple[str, Endpoint, Direction, str | None], set[str]] = {}
    for link in sorted(links, key=lambda link: (_RANKS[link.certainty], link.proof, link.decoder is None)):
        key = (link.job, link.endpoint, link.direction, link.subject)
        where.setdefault(key, set()).update(link.deployments)
        if best.setdefault(key, link).version != link.version:
            best[key] = replace(best[key], version=0)  # who knows several versions takes the one that fits
    told = {(key[0], key[1], key[2]) for key in best if key[3] is not None}
    named = {(key[0], key[1].kind, *key[2:]) for key in best if key[1].name or key[1].variable}
    for key in list(best):
        job, endpoint, direction, subject = key
        is_nowhere = not endpoint.name and not endpoint.variable
        if (subject is None and key[:3] in told) or (is_nowhere and (job, endpoint.kind, direction, subject) in named):
            del best[key]
    told_where = (replace(link, deployments=tuple(sorted(where[key]))) for key, link in best.items())
    return tuple(sorted(told_where, key=lambda link: (link.job, link.direction, link.endpoint, link.subject or "")))
