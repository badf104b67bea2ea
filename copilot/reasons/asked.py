"""An operation in words, for people: what was understood, said once more in a sentence of its own.

Programs get the same as JSON (`document`). Types and values stand as in a schema.
"""

from __future__ import annotations

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
    FlattenField,
    MakeArray,
    MergeFields,
    MergeTopics,
    NestFields,
    Operation,
    ProtectField,
    RekeyTopic,
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
)
from copilot.reasons.words import listed

_VERBS = {
    "remove_field": "remove {}",
    "make_optional": "make {} optional",
    "make_required": "make {} required",
    "deprecate": "deprecate {}",
    "remove_default": "remove the default of {}",
}
"""What is said of a field and nothing else."""


def operation_words(operation: Operation) -> str:
    """Returns an operation as a sentence: "rename amount to total in orders, record shop.Line"."""
    where = f" in {operation.subject}" if operation.subject and not isinstance(operation, ChangeLevel) else ""
    where += f", record {operation.record}" if operation.record and not isinstance(operation, RenameRecord) else ""
    return _asked(operation) + where


def _asked(it: Operation) -> str:
    match it:
        case AddField():
            kind = "required " if it.is_required else "optional " if it.is_optional else ""
            default = f" and the default {it.default}" if it.default is not None else ""
            return f"add the {kind}field {it.field} of the type {_plain(it.type)}{default}"
        case RenameField():
            return f"rename {it.field} to {it.to}"
        case ChangeType():
            return f"change the type of {it.field} to {_plain(it.type)}"
        case ChangeDefault():
            return f"set the default of {it.field} to {it.default}"
        case ChangeDoc():
            return f"change the doc of {it.field or 'the record'} to “{it.doc}”"
        case ConstrainField():
            return f"hold {it.field} to the rule {it.rule}" if it.rule != "{}" else f"take the rule of {it.field} away"
        case ProtectField():
            return f"{it.how} {it.field}"
        case TagField():
            return f"tag {it.field} as {it.tag}"
        case AddSymbol() | RemoveSymbol() | RenameSymbol() | ReorderSymbols():
            return _of_symbols(it)
        case ReorderFields():
            return f"bring the fields into the order {listed(it.fields)}"
        case RenameRecord():
            return f"rename the type {it.record or 'of the whole schema'} to {it.to}"
        case RenameTopic() | RekeyTopic() | SplitTopic() | MergeTopics():
            return _of_topics(it)
        case ChangeLevel():
            return f"ask for the compatibility {it.level} of {it.subject}" + (f" until {it.until}" if it.until else "")
        case (
            ChangeUnit() | ChangeMeaning() | SplitField() | MergeFields() | NestFields() | FlattenField() | MakeArray()
        ):
            return _of_shape(it)
        case _:
            return _VERBS.get(it.op, it.op.replace("_", " ") + " {}").format(it.field)


def _of_symbols(it: AddSymbol | RemoveSymbol | RenameSymbol | ReorderSymbols) -> str:
    match it:
        case AddSymbol():
            return f"add the symbol {it.symbol} to {it.field}"
        case RemoveSymbol():
            return f"remove the symbol {it.symbol} from {it.field}"
        case RenameSymbol():
            return f"rename the symbol {it.symbol} of {it.field} to {it.to}"
        case ReorderSymbols():
            return f"bring the symbols of {it.field} into the order {listed(it.symbols)}"


def _of_topics(it: RenameTopic | RekeyTopic | SplitTopic | MergeTopics) -> str:
    match it:
        case RenameTopic():
            return f"rename the topic {it.topic} to {it.to}"
        case RekeyTopic():
            return f"key the records of {it.topic} by {it.field}, on the topic {it.to}"
        case MergeTopics():
            return f"bring the topics {listed(it.merged)} together on {it.to}"
        case SplitTopic():
            pairs = (f"{value} to {topic}" for value, topic in zip(it.values, it.into, strict=True))
            return (
                f"split the topic {it.topic} by {it.field or 'record type'}: {', '.join(pairs)}, the rest to {it.rest}"
            )


def _of_shape(
    it: ChangeUnit | ChangeMeaning | SplitField | MergeFields | NestFields | FlattenField | MakeArray,
) -> str:
    match it:
        case ChangeUnit():
            return f"change the unit of {it.field} from {it.was} to {it.unit}, in {it.to} (times {it.factor})"
        case ChangeMeaning():
            return f"change the meaning of {it.field} to “{it.doc}”" + (f", in {it.to}" if it.to else "")
        case SplitField():
            return f"split {it.field} into {listed(it.into)} at “{it.at}”"
        case MergeFields():
            return f"merge {listed((it.field, *it.others))} into {it.to}, “{it.at}” between them"
        case NestFields():
            money = f", with the currency {it.currency}" if it.currency else ""
            return f"nest {listed((it.field, *it.others))} into {it.to} as {listed(it.inner)}{money}"
        case FlattenField():
            return f"flatten {it.field} into {listed(it.into)}"
        case MakeArray():
            return f"make {it.field} an array, {it.to}"


def _plain(kind: str) -> str:
    """A type that is a name stands without its quotes."""
    return kind.strip('"') if kind.count('"') == 2 and kind.startswith('"') else kind
