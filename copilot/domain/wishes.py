"""What a request asks beside its operations: limits on the way, not on the end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeepsWorking:
    """A job that must not be broken at any moment: "don't break billing"; "" for every job."""

    job: str
    words: str


@dataclass(frozen=True, slots=True)
class KeepsOld:
    """What is replaced stays in use at least so many days: "keep the old topic for 30 days"."""

    days: float
    words: str


@dataclass(frozen=True, slots=True)
class Prefers:
    """A way that the person names: "why not the alias?"; `strategy` is the catalogue's id or an alternative's.

    It is answered in a follow-up, and decides only between ways that all rules call equal.
    """

    strategy: str
    words: str


@dataclass(frozen=True, slots=True)
class Unheard:
    """A wish that nothing here can check; it is shown as not covered."""

    words: str


Wish = KeepsWorking | KeepsOld | Prefers | Unheard
