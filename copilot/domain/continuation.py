"""How a proposal carries on where another one stopped: its later phases, on the present base, once a gate was shown to hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copilot.domain.alternative import Alternative

ProofKind = Literal["command", "query", "attested", "no gate"]


@dataclass(frozen=True, slots=True)
class GateProof:
    """One way in which a gate was shown to hold: `text` in words, `digest` of the bytes that showed it, "" for mere words."""

    kind: ProofKind
    text: str
    by: str
    at: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Continued:
    """The phases of a proposal that were left, from `phase` (counted from 0) on, made to fit the present base.

    `of` is the proposal whose phase has landed, `gate` the words of its gate, `moved` the files that others changed since it was
    proved, `late` says by how much its time-box was over, "" where it was not. Nothing of the old proof counts: the alternative is
    proved and approved like any other.
    """

    of: str
    phase: int
    phases: int
    gate: str
    proofs: tuple[GateProof, ...]
    moved: tuple[str, ...]
    alternative: Alternative
    late: str = ""
