"""Does an operation make sense on the schema as it is? Every request passes here once, whether it came as words or as JSON."""

from __future__ import annotations

from copilot.domain import fieldtype
from copilot.domain.codec import canonical
from copilot.domain.operation import (
    AddField,
    AddSymbol,
    ChangeDefault,
    ChangeDoc,
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
    NestFields,
    Operation,
    ProtectField,
    RemoveDefault,
    RemoveField,
    RemoveSymbol,
    RenameField,
    RenameSymbol,
    ReorderSymbols,
    SplitField,
    TagField,
    TopicOperation,
    new_names,
)
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.errors import WrongUsage
from copilot.planners.avrotypes import check_name, check_type
from copilot.planners.constraints import check_rule
from copilot.planners.newunits import complete
from copilot.planners.reshapes import check_reshape, checked_meaning
from copilot.planners.tags import check_protection, check_tag
from copilot.planners.validation_whole import check_same_names, checked_whole


def checked(operation: Operation, pipeline: PipelineMap) -> Operation:
    """Returns the operation, made whole; raises WrongUsage where it can't be done on its subject's latest version."""
    if checked_whole(operation, pipeline):
        return operation
    latest = pipeline.subject(operation.subject).latest
    siblings = [field for field in latest.fields if field.record == (operation.record or latest.name)]
    where = f"{operation.subject} ({latest.source.path}:{latest.source.span.first_line})"
    if isinstance(operation, AddField):
        _check_added(operation, latest, siblings, where)
        return operation
    field = next(field for field in siblings if field.name == operation.field)
    where = f"{operation.subject} ({field.span})"
    match operation:
        case RenameField():
            _check_renamed(operation, field, siblings, where)
        case ChangeType():
            _check_retyped(operation, field, latest, where)
        case MakeOptional() | MakeRequired():
            _check_requiredness(operation, field, where)
        case AddSymbol() | RemoveSymbol():
            _check_symbol(operation, field, where)
        case ChangeDefault():
            _check_default(operation, field, where)
        case RemoveField():
            if len(siblings) == 1:
                raise WrongUsage(
                    f'"{field.name}" is the only field of its record.', where=where, next="Remove the schema."
                )
        case Deprecate():
            _check_deprecated(field, latest, where)
        case ChangeUnit():
            if operation.type:
                check_type(fieldtype.parsed(operation.type), known_types(latest), where)
            whole = complete(operation, field, siblings, where)
            _check_new_name(whole.to, siblings, where)
            return whole
        case ChangeMeaning():
            meant = checked_meaning(operation, field, siblings, where)
            _check_new_name(meant.to, siblings, where)
            return meant
        case SplitField() | MergeFields() | NestFields() | FlattenField() | MakeArray():
            reshaped = check_reshape(operation, siblings, latest, where)
            for name in new_names(reshaped):
                _check_new_name(name, siblings, where)
            return reshaped
        case RemoveDefault():
            if field.default is None:
                raise WrongUsage(f'"{field.name}" has no default.', where=where)
        case ChangeDoc():
            if field.doc == operation.doc:
                raise WrongUsage(f'The doc of "{field.name}" says that already.', where=where)
        case RenameSymbol():
            _check_symbol_renamed(operation, field, where)
        case ConstrainField():
            check_rule(operation, field, latest, where)
        case ProtectField():
            check_protection(operation, field, where)
        case TagField():
            check_tag(operation, field, latest, where)
        case ReorderSymbols():
            check_same_names(operation.symbols, _symbols(field, where), "symbols", where)
    return operation


def check_together(operations: tuple[Operation, ...]) -> None:
    """Raises WrongUsage where two operations of one request contradict or repeat each other."""
    seen: dict[tuple[str, str, str], list[Operation]] = {}
    for operation in operations:
        if isinstance(operation, TopicOperation) and len(operations) > 1:
            raise WrongUsage(
                f"Moving what lies on {operation.topic} is a request of its own: its phases wait for lag, not for schemas.",
                next="Make two requests.",
            )
        others = seen.setdefault((operation.subject, operation.record, operation.field), [])
        for other in others:
            repeats = other.op == operation.op and not isinstance(operation, AddSymbol | RemoveSymbol)
            if repeats or other == operation or "remove_field" in (other.op, operation.op):
                raise WrongUsage(
                    f'The request asks twice about "{operation.field}" in {operation.subject}:'
                    f" {_said(other)} and {_said(operation)}.",
                    next="Keep one of the two, or make two requests.",
                )
        others.append(operation)
    _check_new_names(operations)


def known_types(version: SchemaVersion) -> frozenset[str]:
    """Returns the names under which the version's own types can be referred to."""
    names = {full for full, _ in fieldtype.named_types(fieldtype.parsed(version.resolved))}
    return frozenset(names | {name.rpartition(".")[2] for name in names})


def _check_added(operation: AddField, latest: SchemaVersion, siblings: list[SchemaField], where: str) -> None:
    check_name(operation.field, "a field", where)
    _check_free(operation.field, siblings, where)
    check_type(fieldtype.parsed(operation.type), known_types(latest), where)
    if operation.is_required and (
        operation.default is not None or fieldtype.is_nullable(fieldtype.parsed(operation.type))
    ):
        raise WrongUsage(
            f'"{operation.field}" is to be required, and its type or default lets records do without it.',
            where=where,
            next="Give it a type without null and no default, or leave out that it is required.",
        )
    if operation.default is not None:
        _check_fits(operation.default, operation.type, operation.field, where)


def _check_free(name: str, siblings: list[SchemaField], where: str) -> None:
    for field in siblings:
        if field.name == name:
            raise WrongUsage(
                f'There is a field "{name}" already, of type {field.type}.',
                where=f"{where.split(' (')[0]} ({field.span})",
                next="Choose another name, or ask for a change of that field.",
            )
        if name in field.aliases:
            raise WrongUsage(
                f'"{name}" is an alias of the field "{field.name}" already.',
                where=where,
                next="Choose another name: readers would take one field for the other.",
            )


def _check_new_name(name: str, siblings: list[SchemaField], where: str) -> None:
    check_name(name, "a field", where)
    _check_free(name, siblings, where)


def _check_fits(default: str, kind: str, field: str, where: str) -> None:
    if not fieldtype.fits(fieldtype.parsed(default), fieldtype.parsed(kind)):
        raise WrongUsage(
            f'The default {default} does not fit "{field}", which is of type {kind}.',
            where=where,
            next="Give a value of that type, or null for a field that can be null.",
        )


def _check_renamed(operation: RenameField, field: SchemaField, siblings: list[SchemaField], where: str) -> None:
    check_name(operation.to, "a field", where)
    if operation.to == field.name:
        raise WrongUsage(f'"{field.name}" has that name already.', where=where)
    _check_free(operation.to, [sibling for sibling in siblings if sibling is not field], where)


def _check_retyped(operation: ChangeType, field: SchemaField, latest: SchemaVersion, where: str) -> None:
    kind = fieldtype.parsed(operation.type)
    own = {full for full, _ in fieldtype.named_types(fieldtype.parsed(field.type))}
    check_type(kind, known_types(latest) - own - {name.rpartition(".")[2] for name in own}, where)
    if canonical(kind) == canonical(fieldtype.parsed(field.type)):
        raise WrongUsage(f'"{field.name}" is of type {field.type} already.', where=where)


def _check_requiredness(operation: MakeOptional | MakeRequired, field: SchemaField, where: str) -> None:
    nullable = fieldtype.is_nullable(fieldtype.parsed(field.type))
    if isinstance(operation, MakeOptional) and nullable and field.default is not None:
        raise WrongUsage(
            f'"{field.name}" is optional already: it can be null and its default is {field.default}.', where=where
        )
    if isinstance(operation, MakeRequired) and not nullable and field.default is None:
        raise WrongUsage(f'"{field.name}" is required already: it can\'t be null and has no default.', where=where)
    if isinstance(operation, MakeRequired) and fieldtype.parsed(field.type) == "null":
        raise WrongUsage(f'"{field.name}" can only be null.', where=where, next="Change its type first.")


def _symbols(field: SchemaField, where: str) -> list[str]:
    enum = fieldtype.enum_of(fieldtype.parsed(field.type))
    if enum is None:
        raise WrongUsage(f'"{field.name}" is not an enum, its type is {field.type[:80]}.', where=where)
    return [str(symbol) for symbol in enum.get("symbols", ())]


def _check_symbol_renamed(operation: RenameSymbol, field: SchemaField, where: str) -> None:
    symbols = _symbols(field, where)
    check_name(operation.to, "a symbol", where)
    if operation.symbol not in symbols:
        next = f"It has {', '.join(symbols)}."
        raise WrongUsage(f'"{field.name}" has no symbol {operation.symbol}.', where=where, next=next)
    if operation.to in symbols:
        raise WrongUsage(
            f'"{field.name}" has the symbol {operation.to} already.',
            where=where,
            next=f"To let {operation.symbol} go, remove it: its records would become {operation.to} without a trace.",
        )


def _check_symbol(operation: AddSymbol | RemoveSymbol, field: SchemaField, where: str) -> None:
    symbols = _symbols(field, where)
    enum = fieldtype.enum_of(fieldtype.parsed(field.type)) or {}
    shown = ", ".join(symbols)
    if isinstance(operation, AddSymbol):
        check_name(operation.symbol, "a symbol", where)
        if operation.symbol in symbols:
            raise WrongUsage(
                f'"{field.name}" has the symbol {operation.symbol} already.', where=where, next=f"It has {shown}."
            )
        return
    if operation.symbol not in symbols:
        raise WrongUsage(f'"{field.name}" has no symbol {operation.symbol}.', where=where, next=f"It has {shown}.")
    if len(symbols) == 1:
        raise WrongUsage(f"{operation.symbol} is the enum's only symbol.", where=where, next="Remove the field.")
    holds_default = field.default is not None and fieldtype.parsed(field.default) == operation.symbol
    if enum.get("default") == operation.symbol or holds_default:
        raise WrongUsage(
            f'{operation.symbol} is the default of "{field.name}".',
            where=where,
            next="Change the default first, in a request of its own.",
        )


def _check_default(operation: ChangeDefault, field: SchemaField, where: str) -> None:
    _check_fits(operation.default, field.type, field.name, where)
    if field.default is not None and canonical(fieldtype.parsed(field.default)) == operation.default:
        raise WrongUsage(f'The default of "{field.name}" is {field.default} already.', where=where)


def _check_deprecated(field: SchemaField, latest: SchemaVersion, where: str) -> None:
    written = fieldtype.field_of(fieldtype.parsed(latest.resolved), field.record, field.name) or {}
    if written.get("deprecated"):
        raise WrongUsage(f'"{field.name}" is marked as deprecated already.', where=where)


def _check_new_names(operations: tuple[Operation, ...]) -> None:
    named: set[tuple[str, str, str]] = set()
    for operation in operations:
        names = new_names(operation)
        names = (operation.to,) if isinstance(operation, RenameField) else names
        names = (operation.field,) if isinstance(operation, AddField) else names
        for name in names:
            key = (operation.subject, operation.record, name)
            if key in named:
                raise WrongUsage(
                    f'The request gives the name "{name}" twice in {operation.subject}.', next="Choose another name."
                )
            named.add(key)


def _said(operation: Operation) -> str:
    return operation.op.replace("_", " ")
