"""What people will have to touch for a change: files with their probability, places and reasons, in two lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.domain.alternative import Alternative
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeType,
    ChangeUnit,
    Operation,
    RemoveSymbol,
    RenameField,
    new_names,
)
from copilot.domain.patch import Patch
from copilot.domain.source import Span


@dataclass(frozen=True, slots=True)
class AskedChange:
    """One operation by its names alone, as somebody gave them, whether or not any map knows them.

    `subject` may be a subject, a record, a table or a file's path; `record` and `field` may be dotted.
    """

    op: str
    subject: str
    record: str
    field: str
    to: str = ""
    type: str = ""
    symbol: str = ""

    @property
    def is_addition(self) -> bool:
        """Tells whether `field` is new: a field, or a symbol where the record that is named is the enum itself."""
        return self.op == "add_field" or (self.op == "add_symbol" and self.field == self.symbol)


@dataclass(frozen=True, slots=True)
class ImpactedFile:
    """A file that people will have to change, or should look at; `probability` is calibrated on real changes, from 0 to 1."""

    path: str
    list: Literal["change", "look"]
    probability: float
    spans: tuple[Span, ...]
    reasons: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The probability as people read it; nothing on a list is worth 0."""
        return max(1, round(100 * self.probability))

    @property
    def where(self) -> str:
        """The path with its lines: "shop/produce.py:41,60-63"."""
        return where_of(self.path, self.spans)


@dataclass(frozen=True, slots=True)
class ElsewhereFile:
    """A file of another repository ("billing:jobs/invoice.py"), or of what is known of a consumer, that the change reaches.

    `is_guess` tells that it names the field beside others of the record, and that no more is known.
    """

    path: str
    spans: tuple[Span, ...]
    reasons: tuple[str, ...]
    owner: str
    is_guess: bool = False

    @property
    def where(self) -> str:
        """The path with its lines."""
        return where_of(self.path, self.spans)


@dataclass(frozen=True, slots=True)
class ImpactList:
    """The answer at one commit, most probable first; `warnings` say what was asked for and not found.

    `elsewhere` is what the map knows of clones and outside consumers, by path.
    """

    commit: str
    changes: tuple[AskedChange, ...]
    files: tuple[ImpactedFile, ...]
    warnings: tuple[str, ...]
    files_read: int
    elsewhere: tuple[ElsewhereFile, ...] = ()


def where_of(path: str, spans: Sequence[Span]) -> str:
    """Returns a path with the lines of its spans."""
    lines = [str(it.first_line) if it.first_line == it.last_line else f"{it.first_line}-{it.last_line}" for it in spans]
    return path + (":" + ",".join(lines) if lines else "")


def asked_of(operation: Operation, path: str) -> AskedChange:
    """Returns the operation's names; `path` is the file that its schema stands in, which leaves no doubt which one is meant."""
    return AskedChange(
        op=operation.op,
        subject=path,
        record=operation.record,
        field=operation.field,
        to=operation.to if isinstance(operation, RenameField) else next(iter(new_names(operation)), ""),
        type=operation.type if isinstance(operation, AddField | ChangeType | ChangeUnit) else "",
        symbol=operation.symbol if isinstance(operation, AddSymbol | RemoveSymbol) else "",
    )


def files_reached(alternative: Alternative, patches: Sequence[Patch]) -> frozenset[str]:
    """Returns the files that some phase edits, or that some step asks a person to change."""
    edited = {change.path for patch in patches for change in patch.changes}
    places = (place for phase in alternative.phases for step in phase.steps for place in step.manual)
    # A place is written "path:line", and two spaces before what is to be done there.
    asked = {place.partition("  ")[0].rpartition(":")[0] for place in places}
    return frozenset(edited | asked - {""})


def files_left(found: ImpactList, reached: frozenset[str]) -> tuple[ImpactedFile, ...]:
    """Returns the files of the short list that are not reached, most probable first."""
    return tuple(it for it in found.files if it.list == "change" and it.path not in reached)
