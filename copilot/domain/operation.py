"""What a person asks for: operations on fields, symbols and defaults, and the request that holds them.

`subject` is a subject's name. `record` is the full name of the record that declares the field ("" for the outermost one).
`field` is the field's own name in that record, `path` is derived from the map, not stored. Types and defaults are JSON texts
(sorted keys, no spaces).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class AddField:
    op: ClassVar[str] = "add_field"
    subject: str
    record: str
    field: str
    type: str
    default: str | None = None
    is_optional: bool = False
    """True where the request says "optional": data without the field must stay readable."""
    is_required: bool = False
    """True where the request says "required": every record has to hold a value, and a reader may rely on it."""


@dataclass(frozen=True, slots=True)
class RemoveField:
    op: ClassVar[str] = "remove_field"
    subject: str
    record: str
    field: str


@dataclass(frozen=True, slots=True)
class RenameField:
    op: ClassVar[str] = "rename_field"
    subject: str
    record: str
    field: str
    to: str


@dataclass(frozen=True, slots=True)
class ChangeType:
    op: ClassVar[str] = "change_type"
    subject: str
    record: str
    field: str
    type: str


@dataclass(frozen=True, slots=True)
class MakeOptional:
    op: ClassVar[str] = "make_optional"
    subject: str
    record: str
    field: str


@dataclass(frozen=True, slots=True)
class MakeRequired:
    op: ClassVar[str] = "make_required"
    subject: str
    record: str
    field: str


@dataclass(frozen=True, slots=True)
class AddSymbol:
    op: ClassVar[str] = "add_symbol"
    subject: str
    record: str
    field: str
    symbol: str


@dataclass(frozen=True, slots=True)
class RemoveSymbol:
    op: ClassVar[str] = "remove_symbol"
    subject: str
    record: str
    field: str
    symbol: str


@dataclass(frozen=True, slots=True)
class ChangeDefault:
    op: ClassVar[str] = "change_default"
    subject: str
    record: str
    field: str
    default: str


@dataclass(frozen=True, slots=True)
class Deprecate:
    op: ClassVar[str] = "deprecate"
    subject: str
    record: str
    field: str


Operation = (
    AddField
    | RemoveField
    | RenameField
    | ChangeType
    | MakeOptional
    | MakeRequired
    | AddSymbol
    | RemoveSymbol
    | ChangeDefault
    | Deprecate
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one proposal may cost; each limit is named in the message that reports it."""

    check_seconds: int = 120
    command_seconds: int = 600
    command_memory_mib: int = 2048
    command_output_kib: int = 256
    command_processes: int = 256
    alternatives: int = 8


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """One request: the words, the operations they were understood as, and the commit they are about.

    `asked_by` is "Name <mail>", "" where git knows no name. `commands` are the repository's own test commands that the person
    allowed to run; empty unless `--run-commands`.
    """

    text: str
    operations: tuple[Operation, ...]
    commit: str
    asked_by: str
    follows: str = ""
    limits: Limits = Limits()
    commands: tuple[str, ...] = ()
