"""Rulings over evidence, and what people did about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copilot.domain.source import Span

Outcome = Literal["chosen", "acceptable", "refused", "unproved"]
Stakes = Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence and the ids of the evidence that it rests on; every number in it stands in one of them.

    A background claim explains; no ruling rests on it. `beside` are those of `cites` that could be taken away, each alone, without
    changing the ruling: they hold figures that the sentence needs.
    """

    text: str
    cites: tuple[str, ...]
    is_background: bool = False
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided about one alternative, and by which named rule; `rank` counts from 1, 0 where refused."""

    alternative: str
    outcome: Outcome
    rank: int
    rule: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """All rulings; `chosen` is "" where every alternative was refused. `digest` covers everything else in it."""

    rulings: tuple[Ruling, ...]
    chosen: str
    stakes: Stakes
    stakes_reasons: tuple[Claim, ...]
    not_covered: tuple[str, ...]
    digest: str

    def ruling(self, alternative: str) -> Ruling:
        """Returns the ruling about that alternative; raises KeyError."""
        for ruling in self.rulings:
            if ruling.alternative == alternative:
                return ruling
        raise KeyError(alternative)


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes to exactly one plan: the digest of base commit, patches, evidence and decision.

    `people` is how many the rule of the base commit asked for. Where that is more than one, `signature` is the armoured signature
    over `approving.statement`, and `key` the fingerprint that it was made with; both are only claims until they are verified.
    """

    plan: str
    alternative: str
    by: str
    at: str
    note: str
    signature: str = ""
    key: str = ""
    people: int = 1


@dataclass(frozen=True, slots=True)
class Rejection:
    """A person's no to a plan."""

    plan: str
    alternative: str
    by: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class Comment:
    """What a person says about a hunk (`Hunk.id`) of a phase, counted from 0; `where` is its place in the patched file."""

    alternative: str
    phase: int
    hunk: str
    where: Span
    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """A person's "not now": until a day ("2026-02-01", "" where none is named), or until something holds, in words."""

    by: str
    at: str
    note: str
    until: str = ""
    when: str = ""

    def is_due(self, now: str) -> bool:
        """Tells whether its day has come; `now` is UTC in ISO 8601. Whether words have come true is for people to see."""
        return bool(self.until) and self.until <= now[: len(self.until)]


@dataclass(frozen=True, slots=True)
class Applied:
    """The commits that an approved phase became, oldest first. `plan` is what the approval was for."""

    plan: str
    alternative: str
    phase: int
    commits: tuple[str, ...]
    branch: str
    at: str


@dataclass(frozen=True, slots=True)
class Undone:
    """The commit that restored the files of an applied patch."""

    plan: str
    commit: str
    branch: str
    at: str
