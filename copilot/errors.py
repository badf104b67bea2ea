"""The errors that a person sees: what happened, where, and what to do next.

One class for each thing that a caller can do differently; the exit codes of the command line hang on the classes. Everything
that is worth going on after (a file that can't be read) is a `Gap`, not an error.
"""

from __future__ import annotations

from typing import ClassVar

EXIT_DONE = 0
EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_WAITING = 3
EXIT_SURROUNDINGS = 4
_UNDER_NEXT = " " * len("  next   ")


class CopilotError(Exception):
    """A problem that the person in front of the terminal can do something about."""

    exit_code: ClassVar[int] = EXIT_SURROUNDINGS

    def __init__(self, what: str, *, where: object = "", next: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = str(where)
        self.next = next

    def add_next(self, text: str) -> None:
        """Adds something else to do next, or to know for it, on a line of its own."""
        self.next = f"{self.next}\n{_UNDER_NEXT}{text}".lstrip()

    def __str__(self) -> str:
        lines = [self.what]
        if self.where:
            lines.append(f"  where  {self.where}")
        if self.next:
            lines.append(f"  next   {self.next}")
        return "\n".join(lines)


class RefusedByEvidence(CopilotError):
    """The evidence, or a law of the product, forbids what was asked."""

    exit_code = EXIT_REFUSED


class WrongUsage(CopilotError):
    """The request, an argument or a setting can't be understood as given."""

    exit_code = EXIT_USAGE


class Ambiguous(WrongUsage):
    """The request fits several things; `candidates` names them, `said` is what fits them all ("" where nothing was said)."""

    def __init__(
        self, what: str, candidates: tuple[str, ...], *, said: str = "", where: object = "", next: str = ""
    ) -> None:
        super().__init__(what, where=where, next=next)
        self.candidates = candidates
        self.said = said


class NotFound(WrongUsage):
    """What the request names as `said` is not there; `close` are the names that are spelt most like it, the nearest first."""

    def __init__(self, what: str, said: str, close: tuple[str, ...], *, where: object = "", next: str = "") -> None:
        super().__init__(what, where=where, next=next)
        self.said = said
        self.close = close


class NotUnderstood(WrongUsage):
    """No sentence that is understood here fits the words."""


class SchemaUnreadable(WrongUsage):
    """A schema text is not a schema of its format."""


class WaitingForApproval(CopilotError):
    """The next step needs a person's approval that isn't there yet."""

    exit_code = EXIT_WAITING


class SurroundingsFailed(CopilotError):
    """Git, the disk, the network or a model did not do its part."""


class ModelFailed(SurroundingsFailed):
    """A model did not answer, or its server refused. `kind` is one word for what happened ("key", "rate", "cut", …).

    `partial` is what had come before a stream ended.
    """

    def __init__(self, kind: str, what: str, *, where: object = "", next: str = "", partial: str = "") -> None:
        super().__init__(what, where=where, next=next)
        self.kind = kind
        self.partial = partial


class ProposalCorrupt(SurroundingsFailed):
    """A proposal's file no longer matches the digests that chain its records."""
