"""Files of recorded records, which `copilot.toml` names, and which of their records fit no schema."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.source import Span


@dataclass(frozen=True, slots=True, order=True)
class SampleFiles:
    """Files that hold records of a subject; `pattern` is a path in the repository, perhaps with "*"."""

    subject: str
    pattern: str
    span: Span


@dataclass(frozen=True, slots=True)
class Misfit:
    """A record that fits no version: the line where it begins, and why, without what it holds.

    `is_near` tells whether it has the better part of a version's fields, so that it can hardly be anything else.
    """

    line: int
    why: str
    is_near: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """How many records a text holds, and those of them that fit none of the versions that were asked for."""

    count: int
    misfits: tuple[Misfit, ...]
