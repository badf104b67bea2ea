"""What people will have to touch for a change: files with their probability, places and reasons, in two lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copilot.domain.operation import AddField, AddSymbol, ChangeType, Operation, RemoveSymbol, RenameField
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


@dataclass(frozen=True, slots=True)
class ImpactedFile:
    """A file that people will have to change, or should look at; `probability` is calibrated on real changes, from 0 to 1."""

    path: str
    list: Literal["change", "look"]
    probability: float
    spans: tuple[Span, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ElsewhereFile:
    """A file of another repository ("billing:jobs/invoice.py"), or of what is known of a consumer, that the change reaches."""

    path: str
    spans: tuple[Span, ...]
    reasons: tuple[str, ...]
    owner: str


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


def asked_of(operation: Operation) -> AskedChange:
    """Returns the operation's names."""
    return AskedChange(
        op=operation.op,
        subject=operation.subject,
        record=operation.record,
        field=operation.field,
        to=operation.to if isinstance(operation, RenameField) else "",
        type=operation.type if isinstance(operation, AddField | ChangeType) else "",
        symbol=operation.symbol if isinstance(operation, AddSymbol | RemoveSymbol) else "",
    )
