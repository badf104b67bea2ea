"""What a check saw: verdict, measures, findings, and the recipe by which anyone can see it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copilot.domain.source import Span

Verdict = Literal["pass", "fail", "unknown", "not-applicable"]
Severity = Literal["error", "warning", "note"]
CLONE_INPUT = "clone."
"""Begins the name of the input that is the commit of another repository."""
NOT_READ = "not read"
"""Stands for the commit of a clone that `copilot.toml` names and that could not be read."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to see it again: the check, its version, the versions of the tools it used, and its inputs as digests.

    `tools` and `inputs` are (name, value), sorted by name.
    """

    check: str
    version: int
    tools: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]

    @property
    def clones(self) -> dict[str, str]:
        """The commit that each clone was read at, `NOT_READ` where it was not, by its name."""
        return {name.removeprefix(CLONE_INPUT): value for name, value in self.inputs if name.startswith(CLONE_INPUT)}


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit ("versions", "records", "seconds"). A volatile one differs from run to run."""

    name: str
    value: int | float
    unit: str
    is_volatile: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing seen. `rule` is a stable id ("avro.reader-field-missing-default"); `path` a field path, phase counts from 0.

    `message` is one sentence. `fix` says in words what would mend it, where that is known.
    """

    rule: str
    severity: Severity
    message: str
    span: Span | None = None
    subject: str = ""
    path: str = ""
    phase: int = 0
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The outcome of one check on one alternative. `id` covers everything but volatile measures and what is only likely.

    `likely` holds what no verdict rests on: findings of a ranking that also looks at the log, of which clones hold more or less.
    """

    id: str
    alternative: str
    check: str
    recipe: Recipe
    verdict: Verdict
    measures: tuple[Measure, ...]
    findings: tuple[Finding, ...]
    likely: tuple[Finding, ...] = ()

    def measure(self, name: str) -> int | float | None:
        """Returns the value of that measure, None where there is none."""
        for measure in self.measures:
            if measure.name == name:
                return measure.value
        return None
