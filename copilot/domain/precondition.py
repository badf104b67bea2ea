"""What must be true of a pipeline for a way to be safe, in the few shapes that can be held against the map.

Whoever suggests a way claims it; `checks.preconditions` looks whether it is so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class NoReader:
    """No job reads that field, or anything of the subject where `field` is ""."""

    subject: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Unused:
    """No job reads or writes that field, since the day `since` (YYYY-MM-DD) where one is named."""

    subject: str
    field: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class OnlyWriter:
    """No job but that one writes the subject."""

    subject: str
    job: str


@dataclass(frozen=True, slots=True)
class AlwaysFilled:
    """Every job that writes the subject sets that field in each record, to a value that is not null."""

    subject: str
    field: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The topic keeps its records at least, or at most, so many days."""

    topic: str
    bound: Literal["at least", "at most"]
    days: float


@dataclass(frozen=True, slots=True)
class ReadsAlone:
    """That job reads the subject with a schema of its own alone, so that no name of another text ever reaches it."""

    subject: str
    job: str


Precondition = NoReader | Unused | OnlyWriter | AlwaysFilled | Kept | ReadsAlone


def presupposed(condition: Precondition) -> str:
    """Returns the condition as a clause, with no full stop."""
    match condition:
        case NoReader(subject, field):
            return f"no job reads {field} of {subject}" if field else f"no job reads {subject}"
        case Unused(subject, field, since):
            return f"no job uses {field} of {subject}" + (f" since {since}" if since else "")
        case OnlyWriter(subject, job):
            return f"no job but {job} writes {subject}"
        case AlwaysFilled(subject, field):
            return f"every writer of {subject} fills {field}"
        case ReadsAlone(subject, job):
            return f"{job} reads {subject} with a schema of its own alone"
        case Kept(topic, bound, days):
            return f"{topic} keeps its records {bound} {days:g} days"
