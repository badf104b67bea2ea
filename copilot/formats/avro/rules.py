"""Can data of one schema be read as another? The rules of Avro's schema resolution, with reasons down to the inner field.

Source: Avro specification 1.11.1, "Schema Resolution", read as Avro for Java's `SchemaCompatibility` since 1.9 does (names are
compared without namespace, aliases with it), because registries answer with it. One case that it lets through, though its decoder
can't read such data, is refused here unless the answer of a registry is asked for: two fields that are fed by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from copilot.domain.evidence import Finding
from copilot.formats.avro.types import NO_DEFAULT, Field, Type, graph_of

if TYPE_CHECKING:
    from copilot.domain.schema import SchemaVersion

PROMOTIONS = {
    "long": frozenset({"int"}),
    "float": frozenset({"int", "long"}),
    "double": frozenset({"int", "long", "float"}),
    "bytes": frozenset({"string"}),
    "string": frozenset({"bytes"}),
}
_SHOWN_MAX = 8


def incompatibilities(reader: SchemaVersion, writer: SchemaVersion) -> tuple[Finding, ...]:
    """Returns why data of `writer` can't be read as `reader`; the paths and lines are the reader's."""
    reasons = Walk().reasons(graph_of(reader.resolved), graph_of(writer.resolved), "")
    if not reasons:
        return ()
    spans = {field.path: field.span for field in reversed(reader.fields)}
    return tuple(
        Finding(
            rule=rule,
            severity="error",
            message=message,
            span=spans.get(path.rstrip("[]{}"), reader.source.span),
            subject=reader.subject,
            path=path,
            fix=fix,
        )
        for rule, path, message, fix in dict.fromkeys(reasons)
    )


Reason = tuple[str, str, str, str]
Reasons = tuple[Reason, ...]


FieldsOf = Callable[[Type, Type], Iterable[Field]]
"""Tells which fields of a reader's record have to be compared with the writer's, in their order."""


def all_fields(reader: Type, writer: Type) -> Iterable[Field]:
    """Returns every field."""
    return reader.fields


AMBIGUOUS_ALIAS = "avro.ambiguous-alias"


class Walk:
    """One comparison of two graphs; remembers the pairs it has seen, so recursion ends and shared types are compared once.

    `as_registry` leaves out what registries let through; only with it, `fields_of` may leave out what is known to fit.
    """

    def __init__(self, *, as_registry: bool = False, fields_of: FieldsOf = all_fields) -> None:
        self._fields_of = fields_of
        self._seen: dict[tuple[int, int], Reasons] = {}
        self._as_registry = as_registry

    def reasons(self, reader: Type, writer: Type, path: str) -> Reasons:
        """Returns (rule, path, message, fix) for each reason; nothing where the writer's data can be read."""
        # A schema decodes its own data, whatever aliases it has; a registry compares even that.
        if reader is writer and (reader.is_plain or not self._as_registry):
            return ()
        if reader.is_plain or writer.is_plain:
            return self._compare(reader, writer, path)  # shared by all fields of their type: each has its own path
        pair = (id(reader), id(writer))
        known = self._seen.get(pair)
        if known is not None:
            return known
        self._seen[pair] = ()
        found = self._compare(reader, writer, path)
        if len(found) > 1:
            # Records that several others lead to would hand up what is wrong with them twice as often at each step.
            found = tuple(dict.fromkeys(found))
        self._seen[pair] = found
        return found

    def _compare(self, reader: Type, writer: Type, path: str) -> Reasons:
        kind = reader.kind
        if kind == "union":
            return self._into_union(reader, writer, path)
        if writer.kind == "union":
            return self._out_of_union(reader, writer, path)
        if kind != writer.kind:
            if writer.kind in PROMOTIONS.get(kind, ()):
                return ()
            return (_type_mismatch(reader, writer, path),)
        if kind == "record":
            return (*_name_mismatch(reader, writer, path), *self._fields(reader, writer, path))
        if kind == "array":
            return self._inner(reader, writer, f"{path}[]")
        if kind == "map":
            return self._inner(reader, writer, f"{path}{{}}")
        if kind == "enum":
            return (*_name_mismatch(reader, writer, path), *_missing_symbols(reader, writer, path))
        if kind == "fixed":
            return (*_name_mismatch(reader, writer, path), *_size_mismatch(reader, writer, path))
        return ()

    def _inner(self, reader: Type, writer: Type, path: str) -> Reasons:
        assert reader.inner is not None
        assert writer.inner is not None
        return self.reasons(reader.inner, writer.inner, path)

    def _into_union(self, reader: Type, writer: Type, path: str) -> Reasons:
        found: list[Reason] = []
        for branch in writer.branches if writer.kind == "union" else (writer,):
            # What has another name doesn't fit, whatever is in it: of many records that name each other, few pairs are left.
            named_alike = (own for own in reader.branches if self._is_worth_a_look(own, branch))
            for own in named_alike:
                reasons = self.reasons(own, branch, path)
                if not reasons:
                    break
                if self._as_registry and any(rule == AMBIGUOUS_ALIAS for rule, *_ in reasons):
                    # Registries stop at it, though a later branch may take the data.
                    found.extend(reasons)
                    break
            else:
                found.extend(self._missing_branch(reader, branch, path))
        return tuple(found)

    def _is_worth_a_look(self, own: Type, branch: Type) -> bool:
        if own.kind != branch.kind or not own.name or names_fit(own, branch):
            return True
        # Registries look at the fields all the same, and stop at an alias that fits twice.
        return self._as_registry and any(field.aliases for field in own.fields)

    def _missing_branch(self, reader: Type, branch: Type, path: str) -> Reasons:
        # The branch that was meant is the one of the same kind, of the same name where several are: its inner reasons say
        # more than that the union lacks a record.
        alike = [own for own in reader.branches if own.kind == branch.kind and own.kind not in PROMOTIONS]
        meant = [own for own in alike if own.short == branch.short or branch.name in own.aliases]
        if meant or len(alike) == 1:
            return self.reasons((meant or alike)[0], branch, path)
        taken = _listed([own.label for own in reader.branches]) or "nothing"
        message = f"The union{_at(path)} has no branch for {branch.label}; it takes {taken}."
        fix = f"Keep {branch.label} as a branch of the union, at least as long as such data can be read."
        return (("avro.missing-union-branch", path, message, fix),)

    def _out_of_union(self, reader: Type, writer: Type, path: str) -> Reasons:
        found: list[Reason] = []
        for branch in writer.branches:
            reasons = self.reasons(reader, branch, path)
            if reasons and branch.kind == "null":
                message = f"The data may hold null{_at(path)}, and {reader.label} can't."
                fix = f'Read it as ["null", {reader.kind}] as long as data with null can be read.'
                reasons = (("avro.type-mismatch", path, message, fix),)
            found.extend(reasons)
        return tuple(found)

    def _fields(self, reader: Type, writer: Type, path: str) -> Reasons:
        found: list[Reason] = []
        fed: dict[str, str] = {}
        written = writer.by_name
        for field in self._fields_of(reader, writer):
            source = written.get(field.name)
            if field.aliases:
                sources = source_fields(field, writer)
                if len(sources) > 1:
                    found.append(_ambiguous_alias(field, sources, _below(path, field)))
                source = sources[0] if sources else None
            if source is None:
                if field.default is NO_DEFAULT:
                    found.append(missing_default(field, reader, _below(path, field)))
                continue
            if source.type is not field.type or not field.type.is_plain:
                found.extend(self.reasons(field.type, source.type, _below(path, field)))
            if not self._as_registry:
                if source.name in fed:
                    found.append(_shared_source(field, source.name, fed[source.name], _below(path, field)))
                fed.setdefault(source.name, field.name)
        return tuple(found)


def source_fields(field: Field, writer: Type) -> list[Field]:
    """Returns the writer's fields that a reader's field may be fed from: of its own name first, then of its aliases.

    An alias that is the field's own name finds it twice, which registries refuse as they do two different fields.
    """
    direct = writer.by_name.get(field.name)
    if not field.aliases:
        return [] if direct is None else [direct]
    names = (field.name, *dict.fromkeys(field.aliases))
    return [source for name in names if (source := writer.by_name.get(name)) is not None]


def symbols_beyond(one: Type, other: Type) -> list[str]:
    """Returns the symbols of one enum that another lacks, in their order."""
    known = frozenset(other.symbols)
    return [symbol for symbol in one.symbols if symbol not in known]


def names_fit(reader: Type, writer: Type) -> bool:
    """Tells whether a named type of the reader stands for the writer's: equal short names, or an alias of the full name."""
    return reader.short == writer.short or writer.name in reader.aliases


def _below(path: str, field: Field) -> str:
    return f"{path}.{field.name}" if path else field.name


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN_MAX]) + (", ..." if len(names) > _SHOWN_MAX else "")


def _at(path: str) -> str:
    return f' at "{path}"' if path else ""


def _type_mismatch(reader: Type, writer: Type, path: str) -> Reason:
    message = f"{writer.label} can't be read as {reader.label}{_at(path)}."
    fix = f"Keep {writer.label} here and add a new field of the new type beside it."
    if reader.kind in PROMOTIONS.get(writer.kind, ()):
        fix = f"Only the other way round is a promotion: {reader.kind} data can be read as {writer.kind}. Keep {writer.kind}."
    return "avro.type-mismatch", path, message, fix


def _name_mismatch(reader: Type, writer: Type, path: str) -> Reasons:
    if names_fit(reader, writer):
        return ()
    message = f"The {reader.kind}{_at(path)} is called {reader.name}, in the data {writer.name}."
    fix = f'Add "{writer.name}" to the aliases of {reader.name}.'
    return (("avro.name-mismatch", path, message, fix),)


def _missing_symbols(reader: Type, writer: Type, path: str) -> Reasons:
    missing = symbols_beyond(writer, reader)
    if not missing or (reader.default is not None and reader.default in reader.symbols):
        return ()
    message = f"The enum {reader.name}{_at(path)} lacks symbols that the data may hold: {_listed(missing)}."
    fix = "Keep these symbols, or give the enum itself (not the field) a default that they may collapse into."
    return (("avro.missing-enum-symbols", path, message, fix),)


def _size_mismatch(reader: Type, writer: Type, path: str) -> Reasons:
    if reader.size == writer.size:
        return ()
    message = f"The fixed {reader.name}{_at(path)} has {reader.size} bytes, in the data {writer.size}."
    return (
        (
            "avro.fixed-size-mismatch",
            path,
            message,
            f"Keep the size {writer.size}, or use a new fixed of another name.",
        ),
    )


def missing_default(field: Field, reader: Type, path: str) -> Reason:
    """Returns why data that lacks a field can't be read."""
    message = f'The data lacks "{path}" (of {reader.name}), and the field has no default.'
    fix = f'Give "{field.name}" a default.'
    nullable = field.type.kind == "union" and any(branch.kind == "null" for branch in field.type.branches)
    if nullable:
        fix = f'Give "{field.name}" a default; that it may be null is not one.'
    elif field.type.kind == "enum" and field.type.default is not None:
        fix = f'Give the field "{field.name}" a default; the default of its enum only replaces unknown symbols.'
    return "avro.reader-field-missing-default", path, message, fix


def _ambiguous_alias(field: Field, sources: list[Field], path: str) -> Reason:
    names = " and ".join(f'"{source.name}"' for source in sources)
    message = f'The field "{path}" matches several fields of the data by name or alias: {names}.'
    return (
        AMBIGUOUS_ALIAS,
        path,
        message,
        f'Drop the alias from "{field.name}": readers disagree on which one they take.',
    )


def _shared_source(field: Field, source: str, other: str, path: str) -> Reason:
    message = f'The fields "{other}" and "{field.name}" would both be read from "{source}" of the data.'
    fix = f'Drop the alias "{source}": a field of the data can feed one field only.'
    return "avro.shared-alias", path, message, fix
