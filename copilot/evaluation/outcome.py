"""What came of a case: the gates in their order, and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GATES = (
    "understood", "compiled", "parses", "legal", "readable", "values survive", "contracts hold", "undo proven", "right choice",
    "faithful",
)  # fmt: skip
"""A case counts for a gate only if it passed those before."""
Passed = Literal["pass", "fail", "n/a", "not reached"]


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """One gate of one case; `note` says what was wrong."""

    gate: str
    passed: Passed
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One case with one planner.

    `broken` says why the case could not be run at all, "" where it was; `record` is the proposal's file, "" where there is none.
    `chosen` is the kind of the alternative that was chosen. Figures are (name, value).
    """

    case: str
    title: str
    kinds: tuple[str, ...]
    traps: tuple[int, ...]
    tags: tuple[str, ...]
    family: str
    answer: str
    planner: str
    gates: tuple[GateOutcome, ...]
    chosen: str = ""
    broken: str = ""
    record: str = ""
    figures: tuple[tuple[str, float], ...] = ()
    took_seconds: float = 0.0
    epoch: int = 0
    """The number of the turn, of a planner that may answer otherwise each time."""
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    """What a model was asked by, as "id version"."""

    @property
    def failed(self) -> GateOutcome | None:
        """Returns the first gate that was not passed, None where all were."""
        return next((it for it in self.gates if it.passed == "fail"), None)

    @property
    def is_solved(self) -> bool:
        return not self.broken and self.failed is None

    def figure(self, name: str) -> float | None:
        """Returns the figure of that name, None where it was not taken."""
        return next((value for key, value in self.figures if key == name), None)
