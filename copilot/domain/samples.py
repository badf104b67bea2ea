"""Files of recorded records, which `copilot.toml` names."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.source import Span


@dataclass(frozen=True, slots=True, order=True)
class SampleFiles:
    """Files that hold records of a subject; `pattern` is a path in the repository, perhaps with "*"."""

    subject: str
    pattern: str
    span: Span
