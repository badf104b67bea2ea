"""Changes step by step: which fit a field, a schema or a topic, what each needs to know, and the sentence that it amounts to.

A guided change is a sentence like any other: it is understood by the same code, and what comes out is held against what was picked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from copilot.domain import fieldtype
from copilot.domain.levels import Level
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeDoc,
    ChangeLevel,
    ChangeMeaning,
    ChangeType,
    ChangeUnit,
    ConstrainField,
    Deprecate,
    FlattenField,
    MakeArray,
    MakeOptional,
    MakeRequired,
    MergeFields,
    MergeTopics,
    NestFields,
    Operation,
    ProtectField,
    RekeyTopic,
    RemoveDefault,
    RemoveField,
    RemoveSymbol,
    RenameField,
    RenameRecord,
    RenameSymbol,
    RenameTopic,
    ReorderFields,
    ReorderSymbols,
    SplitField,
    SplitTopic,
    TagField,
    TopicOperation,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.errors import WrongUsage
from copilot.planners.completing import TYPES
from copilot.planners.intent import understand
from copilot.planners.splits import can_split_by
from copilot.planners.whole import subject_on


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a change needs to know; `choices` are values to pick from, others are possible unless `is_closed`."""

    name: str
    words: str
    choices: tuple[str, ...] = ()
    is_closed: bool = False
    is_needed: bool = True
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change. `pieces` make its sentence, in their order: one that names an option that was left empty is left out."""

    makes: type[Operation]
    words: str
    pieces: tuple[str, ...]
    options: tuple[Option, ...] = ()

    @property
    def id(self) -> str:
        return "".join(self.words.split())


@dataclass(frozen=True, slots=True)
class Target:
    """What a change is about: a schema, or a topic with the schema of its records, None where that is not known; as a whole where
    `field` is None.
    """

    subject: SchemaSubject | None
    field: SchemaField | None = None
    topic: str = ""

    @property
    def name(self) -> str:
        return self.topic or (self.subject.name if self.subject else "")

    @property
    def fields(self) -> tuple[SchemaField, ...]:
        """Returns the fields that a change can be about."""
        return self.subject.latest.fields if self.subject else ()


_TO = Option("to", "its new name")
_INTO = Option("to", "name of the new field")
_OTHERS = Option("others", "the other fields, as in: b and c")
_TYPE = Option("type", "type", TYPES)
_TEXT = Option("doc", "what it says", is_quoted=True)
_SYMBOL = Option("symbol", "symbol")
_SPLIT = "split topic {TOPIC} by {FIELD}"

OF_SCHEMA = (
    Change(
        AddField,
        "add a field",
        ("add {presence}", "{type}", "`{name}`", "with default {default}", "to {SCHEMA}"),
        (
            Option("name", "name of the new field"),
            _TYPE,
            Option("presence", "optional or required", ("optional", "required"), is_closed=True, is_needed=False),
            Option("default", "default value", is_needed=False),
        ),
    ),
    Change(RenameRecord, "rename the record", ("rename record {SCHEMA} to {to}",), (_TO,)),
    Change(
        ChangeLevel,
        "change the compatibility level",
        ("change the compatibility of {SCHEMA} to {level}", "until {until}"),
        (
            Option("level", "level", get_args(Level), is_closed=True),
            Option("until", "last day of a looser level, YYYY-MM-DD", is_needed=False),
        ),
    ),
)
OF_FIELD = (
    Change(RenameField, "rename", ("rename {FIELD} to {to} in {SCHEMA}",), (_TO,)),
    Change(ChangeType, "change its type", ("change the type of {FIELD} to {type} in {SCHEMA}",), (_TYPE,)),
    Change(RemoveField, "remove", ("remove {FIELD} from {SCHEMA}",)),
    Change(Deprecate, "deprecate", ("deprecate {FIELD} in {SCHEMA}",)),
    Change(MakeOptional, "make optional", ("make {FIELD} optional in {SCHEMA}",)),
    Change(MakeRequired, "make required", ("make {FIELD} required in {SCHEMA}",)),
    Change(
        ChangeDefault,
        "set its default",
        ("set the default of {FIELD} in {SCHEMA} to {default}",),
        (Option("default", "default value, as JSON or a word"),),
    ),
    Change(RemoveDefault, "remove its default", ("remove the default of {FIELD} in {SCHEMA}",)),
    Change(
        ChangeUnit,
        "change its unit",
        ("change the unit of {FIELD} in {SCHEMA}", "from {was}", "to {unit}", "by {factor}", "as {to}"),
        (
            Option("unit", "the new unit, such as euros"),
            Option("was", "its unit now", is_needed=False),
            Option("factor", "new values are the old ones times", is_needed=False),
            Option("to", "name of the new field", is_needed=False),
        ),
    ),
    Change(
        ChangeMeaning,
        "change what it means",
        ("change the meaning of {FIELD} in {SCHEMA} to {doc}", "as {to}"),
        (Option("doc", "what it means then", is_quoted=True), Option("to", "name of the new field", is_needed=False)),
    ),
    Change(ChangeDoc, "change its doc", ("change the doc of {FIELD} in {SCHEMA} to {doc}",), (_TEXT,)),
    Change(
        ConstrainField,
        "require a rule of its values",
        ("require {FIELD} in {SCHEMA} to be {rule}",),
        (Option("rule", "as in: >= 0, between 1 and 9"),),
    ),
    Change(
        TagField,
        "tag what kind of data it is",
        ("tag {FIELD} in {SCHEMA} as {tag}",),
        (Option("tag", "tag", ("PII", "PHI", "PCI")),),
    ),
    Change(
        ProtectField,
        "protect its values",
        ("{how} {FIELD} in {SCHEMA}",),
        (Option("how", "how", ("mask", "tokenise", "encrypt", "erase"), is_closed=True),),
    ),
    Change(
        SplitField,
        "split into several",
        ("split {FIELD} in {SCHEMA} into {into} at {at}",),
        (
            Option("into", "names of the parts, as in: a and b"),
            Option("at", "what stands between them", is_quoted=True),
        ),
    ),
    Change(
        MergeFields,
        "merge with others",
        ("merge {FIELD} and {others} in {SCHEMA} into {to}",),
        (_OTHERS, _INTO),
    ),
    Change(NestFields, "nest in a record", ("nest {FIELD} and {others} in {SCHEMA} into {to}",), (_OTHERS, _INTO)),
    Change(FlattenField, "flatten its record", ("flatten {FIELD} in {SCHEMA}",)),
    Change(MakeArray, "make an array", ("make {FIELD} in {SCHEMA} an array", "called {to}"), (_INTO,)),
    Change(
        ReorderFields,
        "move before another field",
        ("move {FIELD} before {beside} in {SCHEMA}",),
        (Option("beside", "the other field"),),
    ),
)
OF_ENUM = (
    Change(AddSymbol, "add a symbol", ("add symbol {symbol} to {FIELD} in {SCHEMA}",), (_SYMBOL,)),
    Change(RemoveSymbol, "remove a symbol", ("remove symbol {symbol} from {FIELD} in {SCHEMA}",), (_SYMBOL,)),
    Change(
        RenameSymbol,
        "rename a symbol",
        ("rename symbol {symbol} to {to} in {FIELD} of {SCHEMA}",),
        (_SYMBOL, Option("to", "its new name")),
    ),
    Change(
        ReorderSymbols,
        "bring its symbols into another order",
        ("reorder the symbols of {FIELD} in {SCHEMA}: {symbols}",),
        (Option("symbols", "all of them in the new order, as in: B, A"),),
    ),
)
OF_TOPIC = (
    Change(RenameTopic, "rename the topic", ("rename topic {TOPIC} to {to}",), (_TO,)),
    Change(
        MergeTopics,
        "merge with other topics",
        ("merge topics {TOPIC} and {others} into {to}",),
        (Option("others", "the other topics, as in: b and c"), Option("to", "name of the topic for all of them")),
    ),
)
OF_TOPIC_FIELD = (
    Change(
        RekeyTopic,
        "key the topic by it",
        ("key topic {TOPIC} by {FIELD}", "as {to}"),
        (Option("to", "name of the topic that holds them then", is_needed=False),),
    ),
)
BY_VALUES = Change(
    SplitTopic,
    "split the topic by its values",
    (f"{_SPLIT} into {{into}}",),
    (Option("into", "its values, as in: A and B, or with their topics: A=orders.a and B=orders.b"),),
)
BY_SYMBOLS = Change(
    SplitTopic,
    "split the topic by its symbols",
    (_SPLIT, "into {symbols}"),
    (Option("symbols", "some of them, or with their topics: A=orders.a and B=orders.b", is_needed=False),),
)


def changes_for(target: Target) -> tuple[Change, ...]:
    """Returns the kinds of change that fit, those of its symbols last where a field is an enum."""
    if target.topic:
        return tuple(_topic_changes(target.field))
    if target.field is None:
        return OF_SCHEMA
    kind = fieldtype.parsed(target.field.type)
    fitting = tuple(it for it in OF_FIELD if it.makes is not RemoveDefault or target.field.default is not None)
    return (*fitting, *OF_ENUM) if fieldtype.enum_of(kind) is not None else fitting


def _topic_changes(field: SchemaField | None) -> Iterator[Change]:
    yield from OF_TOPIC_FIELD if field else OF_TOPIC
    if field and can_split_by(field):
        yield BY_SYMBOLS if fieldtype.enum_of(fieldtype.parsed(field.type)) is not None else BY_VALUES


def topic_target(topic: str, pipeline: PipelineMap) -> Target:
    """Returns the topic as a whole, with the schema of what lies on it where that is known."""
    name = subject_on(topic, pipeline)
    return Target(next((it for it in pipeline.subjects if it.name == name), None), topic=topic)


def choices_for(option: Option, target: Target) -> tuple[str, ...]:
    """Returns the values to pick from: those of the option itself, or what the target has of its kind."""
    if target.field is not None and option.name in ("symbol", "symbols"):
        enum = fieldtype.enum_of(fieldtype.parsed(target.field.type))
        return tuple(map(str, enum["symbols"])) if enum else ()
    if target.field is not None and option.name in ("beside", "others"):
        same = (it for it in target.fields if it.record == target.field.record)
        return tuple(it.name for it in same if it.name != target.field.name)
    return option.choices


def sentence_for(change: Change, target: Target, values: Mapping[str, str]) -> str:
    """Returns the sentence of a change as far as its values are known; what is still needed stands in it in capitals."""
    return next(_sentences(change, target, values))


def guided(
    change: Change, target: Target, values: Mapping[str, str], pipeline: PipelineMap
) -> tuple[str, tuple[Operation, ...]]:
    """Returns the sentence and the operations that it is understood as; raises WrongUsage, saying what is missing or wrong."""
    for option in change.options:
        value = _value(option, values)
        if option.is_needed and not value:
            raise WrongUsage(f"Still needed: {option.words}.")
        if option.is_closed and value and value not in option.choices:
            raise WrongUsage(f'"{value}" is none of {", ".join(option.choices)}.')
    error: WrongUsage | None = None
    for sentence in _sentences(change, target, values):
        try:
            operations = understand(sentence, pipeline)
        except WrongUsage as failure:
            error = error or failure
            continue
        if all(isinstance(it, change.makes) and _is_about(it, target) for it in operations):
            return sentence, operations
    raise error or WrongUsage(
        "These words can't be told from others in a sentence.", next="Write them as an operation in JSON."
    )


def _sentences(change: Change, target: Target, values: Mapping[str, str]) -> Iterator[str]:
    """The sentence with names as they are, then with names in backticks, which no word of the form can be taken for."""
    for mark in ("", "`"):
        names = {"SCHEMA": _marked(target.subject.name, mark)} if target.subject else {}
        names |= {"TOPIC": _marked(target.topic, mark)} if target.topic else {}
        names |= {"FIELD": _marked(target.field.path, mark)} if target.field else {}
        for option in change.options:
            value = _value(option, values)
            names[option.name] = _quoted(value) if value and option.is_quoted else value
            if not value and option.is_needed:
                names[option.name] = option.name.upper()
        pieces = (it for it in change.pieces if all(names[name] for name in _named(it)) or not _is_left_out(it, change))
        yield " ".join(" ".join(it.format(**names).split()) for it in pieces)


def _value(option: Option, values: Mapping[str, str]) -> str:
    """What stands in quotes may be a space."""
    value = values.get(option.name, "")
    return value if option.is_quoted else value.strip()


def _named(piece: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", piece)


def _is_left_out(piece: str, change: Change) -> bool:
    """Tells whether a piece is only there for options that may be empty, and is no beginning of the sentence."""
    free = {it.name for it in change.options if not it.is_needed}
    return piece is not change.pieces[0] and any(name in free for name in _named(piece))


def _marked(name: str, mark: str) -> str:
    return f"{mark}{name}{mark}"


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def _is_about(operation: Operation, target: Target) -> bool:
    topic = operation.topic if isinstance(operation, TopicOperation) else ""
    is_there = topic == target.topic if topic or target.topic else operation.subject == target.name
    field = target.field
    if not is_there:
        return False
    if field is None or isinstance(operation, ReorderFields):
        return True
    root = target.subject.latest.name if target.subject else ""
    return operation.field == field.name and (operation.record or root) == field.record
