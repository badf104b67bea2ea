"""What a person asks for: operations on fields, symbols, records, topics and levels, and the request that holds them.

`subject` is a subject's name. `record` is the full name of the record that declares the field ("" for the outermost one).
`field` is the field's own name in that record ("" where the operation is about no single field), `path` is derived from the map,
not stored. Types and defaults are JSON texts (sorted keys, no spaces).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from copilot.domain.levels import Level
from copilot.domain.wishes import Wish


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


@dataclass(frozen=True, slots=True)
class RemoveDefault:
    op: ClassVar[str] = "remove_default"
    subject: str
    record: str
    field: str


@dataclass(frozen=True, slots=True)
class ChangeDoc:
    """Another doc for a field, or for the record itself where `field` is ""."""

    op: ClassVar[str] = "change_doc"
    subject: str
    record: str
    field: str
    doc: str


@dataclass(frozen=True, slots=True)
class ReorderFields:
    """`fields` are all names of the record, in the order that is wanted."""

    op: ClassVar[str] = "reorder_fields"
    field: ClassVar[str] = ""
    subject: str
    record: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RenameSymbol:
    op: ClassVar[str] = "rename_symbol"
    subject: str
    record: str
    field: str
    symbol: str
    to: str


@dataclass(frozen=True, slots=True)
class ReorderSymbols:
    """`symbols` are all symbols of the enum, in the order that is wanted."""

    op: ClassVar[str] = "reorder_symbols"
    subject: str
    record: str
    field: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RenameRecord:
    """Another full name for a named type: `record` is its full name now ("" for the outermost one), `to` the new one."""

    op: ClassVar[str] = "rename_record"
    field: ClassVar[str] = ""
    subject: str
    record: str
    to: str


@dataclass(frozen=True, slots=True)
class RenameTopic:
    """Another name for a topic. `subject` is what is known to lie on it, "" where that is not known."""

    op: ClassVar[str] = "rename_topic"
    record: ClassVar[str] = ""
    field: ClassVar[str] = ""
    subject: str
    topic: str
    to: str


@dataclass(frozen=True, slots=True)
class ChangeLevel:
    """Another compatibility level; `until` is the last day on which a looser one holds (YYYY-MM-DD), "" for a tighter one."""

    op: ClassVar[str] = "change_level"
    record: ClassVar[str] = ""
    field: ClassVar[str] = ""
    subject: str
    level: Level
    until: str = ""


@dataclass(frozen=True, slots=True)
class TagField:
    """A word for programs that says what kind of data a field holds: "PII". It goes with the value into derived schemas."""

    op: ClassVar[str] = "tag_field"
    subject: str
    record: str
    field: str
    tag: str


@dataclass(frozen=True, slots=True)
class ChangeUnit:
    """Values in another unit. A value of `was` times `factor` ("1/100") is the same in `unit`; it lies in the new field `to`.

    What a request leaves out is worked out where it is checked: there, `factor`, `to` and `type` are "" for a moment.
    """

    op: ClassVar[str] = "change_unit"
    subject: str
    record: str
    field: str
    unit: str
    was: str = ""
    factor: str = ""
    to: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class RekeyTopic:
    """Another field to key a topic's records by. `to` is the topic that holds them then: keys of written records can't change."""

    op: ClassVar[str] = "rekey_topic"
    subject: str
    record: str
    field: str
    topic: str
    to: str


@dataclass(frozen=True, slots=True)
class ConstrainField:
    """A rule about a field's values. `rule` is JSON text in the words of JSON Schema (`{"minimum":0}`); "{}" takes a rule away."""

    op: ClassVar[str] = "constrain_field"
    subject: str
    record: str
    field: str
    rule: str


Protection = Literal["mask", "tokenise", "encrypt", "erase"]


@dataclass(frozen=True, slots=True)
class ProtectField:
    """Values that nobody may read in clear any more, from producers on: masked, tokenised, encrypted, or not written at all."""

    op: ClassVar[str] = "protect_field"
    subject: str
    record: str
    field: str
    how: Protection


@dataclass(frozen=True, slots=True)
class SplitTopic:
    """A topic for each value of a field: records with `values[n]` lie on `into[n]` then, all others on `rest`.

    Where `field` is "", it is the record's type that tells: the values are full names of records.
    """

    op: ClassVar[str] = "split_topic"
    subject: str
    record: str
    field: str
    topic: str
    values: tuple[str, ...]
    into: tuple[str, ...]

    @property
    def rest(self) -> str:
        return f"{self.topic}.rest"


@dataclass(frozen=True, slots=True)
class MergeTopics:
    """One topic for the records of several: what `topic` and `others` hold lies on `to` then.

    `subject` is what is known to lie on `topic`, "" where that is not known.
    """

    op: ClassVar[str] = "merge_topics"
    record: ClassVar[str] = ""
    field: ClassVar[str] = ""
    subject: str
    topic: str
    others: tuple[str, ...]
    to: str

    @property
    def merged(self) -> tuple[str, ...]:
        return (self.topic, *self.others)


TopicChange = RenameTopic | RekeyTopic
"""Operations on a topic, after which its records lie on another one."""
TopicOperation = TopicChange | SplitTopic | MergeTopics
"""All operations on topics."""


@dataclass(frozen=True, slots=True)
class ChangeMeaning:
    """Values that mean something else, which no conversion gives: `doc` says what; they lie in the new field `to`."""

    op: ClassVar[str] = "change_meaning"
    subject: str
    record: str
    field: str
    doc: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class SplitField:
    """A text in parts: at each of the first places of `at`, so that the last part keeps what is left."""

    op: ClassVar[str] = "split_field"
    subject: str
    record: str
    field: str
    into: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class MergeFields:
    """Several texts in one, `at` between them: `field` is the first, `others` follow in their order."""

    op: ClassVar[str] = "merge_fields"
    subject: str
    record: str
    field: str
    others: tuple[str, ...]
    to: str
    at: str


@dataclass(frozen=True, slots=True)
class NestFields:
    """Fields as one record: `field` and `others` lie in `to`, where they are called `inner`.

    With `currency`, a code such as "EUR", the record also has a field `currency` that says it.
    """

    op: ClassVar[str] = "nest_fields"
    subject: str
    record: str
    field: str
    others: tuple[str, ...]
    to: str
    inner: tuple[str, ...]
    currency: str = ""


@dataclass(frozen=True, slots=True)
class FlattenField:
    """The fields of an inner record beside it: `into` are their names there, in the order of the record."""

    op: ClassVar[str] = "flatten_field"
    subject: str
    record: str
    field: str
    into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MakeArray:
    """Several values where one was: the array `to` holds the field's value as its first."""

    op: ClassVar[str] = "make_array"
    subject: str
    record: str
    field: str
    to: str


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
    | RemoveDefault
    | ChangeDoc
    | ReorderFields
    | RenameSymbol
    | ReorderSymbols
    | RenameRecord
    | RenameTopic
    | ChangeLevel
    | TagField
    | ChangeUnit
    | ChangeMeaning
    | RekeyTopic
    | SplitField
    | MergeFields
    | NestFields
    | FlattenField
    | MakeArray
    | ConstrainField
    | ProtectField
    | SplitTopic
    | MergeTopics
)

TEXT_KEYS = ("to", "symbol", "doc", "topic", "level", "tag", "unit", "was", "factor", "at", "currency", "how")
LIST_KEYS = ("fields", "symbols", "others", "into", "inner", "values")
JSON_KEYS = ("type", "default", "rule")
"""Kinds of keys beside subject, record and field: words, lists of names, and JSON values that are kept as their texts."""


def old_names(operation: Operation) -> tuple[str, ...]:
    """Returns the fields that an operation is about, its own first; more than one where it brings several together."""
    others = operation.others if isinstance(operation, MergeFields | NestFields) else ()
    return (operation.field, *others)


def new_names(operation: Operation) -> tuple[str, ...]:
    """Returns the fields that take over from those, where an operation brings values into other fields."""
    match operation:
        case SplitField() | FlattenField():
            return operation.into
        case ChangeUnit() | ChangeMeaning() | MergeFields() | NestFields() | MakeArray():
            return (operation.to,)
    return ()


def old_topics(operation: TopicOperation) -> tuple[str, ...]:
    """Returns the topics that hold the records today."""
    return operation.merged if isinstance(operation, MergeTopics) else (operation.topic,)


def operation_object(operation: Operation) -> dict[str, Any]:
    """Returns an operation as `--operation` takes it: types and defaults are JSON values, keys that say nothing are absent."""
    found: dict[str, Any] = {
        "op": operation.op,
        "subject": operation.subject,
        "record": operation.record,
        "field": operation.field,
    }
    found |= {key: getattr(operation, key) for key in TEXT_KEYS if hasattr(operation, key)}
    found |= {key: list(getattr(operation, key)) for key in LIST_KEYS if hasattr(operation, key)}
    for key in JSON_KEYS:
        text = getattr(operation, key, None)
        if text is not None:
            found[key] = json.loads(text)
    if isinstance(operation, AddField) and operation.is_required:
        found["required"] = True
    if isinstance(operation, ChangeLevel) and operation.until:
        found["until"] = operation.until
    return found


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
    allowed to run; empty unless `--run-commands`. `wishes` are what was asked of the way there.
    """

    text: str
    operations: tuple[Operation, ...]
    commit: str
    asked_by: str
    follows: str = ""
    limits: Limits = Limits()
    commands: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()
