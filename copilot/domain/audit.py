"""What an audit finds in a pipeline that nobody asked about: what is wrong, the places that prove it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.evidence import Severity
from copilot.domain.source import Span

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The worst first."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A place and what it shows, in a few words."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One flaw. `id` stays the same while the flaw does, whatever lines move; `rule` is the kind ("topic-misspelt").

    `title` says in one sentence what is so, `why` what comes of it, `next` what to do. `subject`, `path`, `job` and `topic` name
    what it is about, where there is such a thing.
    """

    id: str
    rule: str
    severity: Severity
    title: str
    proof: tuple[Proof, ...]
    why: str
    next: str
    subject: str = ""
    path: str = ""
    job: str = ""
    topic: str = ""
