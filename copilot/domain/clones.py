"""What lies beyond the repository: other clones on this machine, and consumers that are known by what people say of them.

A place, job or subject of a clone is written NAME:PLACE (`billing:services/scorer/main.py`). No file of the repository itself
begins so (a clone whose name would allow it does not join), and no patch can be made for such a path.
"""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.source import Span

EXTERNAL = "external"
"""Stands where a clone's name would, for jobs that `copilot.toml` alone tells of; no clone may be called so."""


@dataclass(frozen=True, slots=True)
class Clone:
    """Another repository, read at one commit and never written.

    `path` is as `copilot.toml` has it, relative to the repository's top folder; `pin` is the commit or tag that it must be read at,
    "" where nothing is said; `span` is where that is said. `commit` is the full id that was read, "" where it was not read.
    """

    name: str
    path: str
    pin: str
    owner: str
    span: Span
    commit: str = ""
    files_read: int = 0


@dataclass(frozen=True, slots=True)
class Consumer:
    """A reader outside of all repositories here; it reads `subject`, or what is on `topic` ("" where not said).

    `schema` is the file of this repository that holds its reader schema, "" where it reads as written; `decoder` names the
    implementation that it decodes with, "" where not said; `span` is where `copilot.toml` tells of it.
    """

    name: str
    subject: str
    topic: str
    schema: str
    decoder: str
    owner: str
    span: Span

    @property
    def job(self) -> str:
        """The name that it has among the jobs of a map."""
        return elsewhere(EXTERNAL, self.name)


def elsewhere(clone: str, name: str) -> str:
    """Returns how a place, job or subject of a clone is written in the map of this repository."""
    return f"{clone}:{name}"


def clone_in(name: str) -> str:
    """Returns what a written place, job or subject begins with before ":", "" where there is nothing of the kind."""
    head, colon, _ = name.partition(":")
    return head if colon and "/" not in head else ""
