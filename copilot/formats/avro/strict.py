"""Reads a schema as registries do: strictly, and from parsed JSON straight to the graph that rules walk on.

Source: Avro specification 1.11.1, read as Avro for Java 1.12's parser does, since registries answer with it: names and defaults are
checked, a union holds no union and no type twice, a name may be used before it is defined. It knows no places in a text and no
sibling files; those are `parse`'s.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from copilot.formats.avro.defaults import fits_field
from copilot.formats.avro.names import COMPLEX_KINDS, PRIMITIVES
from copilot.formats.avro.types import (
    NO_DEFAULT,
    NULLABLE_TYPES,
    PLAIN_ARRAYS,
    PLAIN_LOGICAL_TYPES,
    PRIMITIVE_TYPES,
    WHOLE_DEFAULTED,
    Field,
    Type,
)

SCHEMA_DEPTH_MAX = 200
PATH_SHOWN_MAX = 60
NUMBER_DIGITS_MAX = sys.int_info.default_max_str_digits
SCHEMA_TEXT_MAX = 16_000_000
"""In characters."""

_COMMENT_OR_STRING = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|//[^\n]*', re.DOTALL)
Path = tuple[Any, str, str] | None
"""Where in a schema: the path to what is around, a separator and a name. It is written out only where something is wrong."""
_WORDS = PRIMITIVES | COMPLEX_KINDS
_WORD_MAX = max(map(len, _WORDS))
_ORDERS = frozenset({"ascending", "descending", "ignore"})


class Alike:
    """What graphs may share, by name, with what it was read from: the last fields of plain types, and enums."""

    __slots__ = ("enums", "fields")

    def __init__(self) -> None:
        self.fields: dict[str, tuple[Any, Field]] = {}
        self.enums: dict[str, tuple[Any, Type]] = {}


class InvalidSchema(Exception):
    """No registry takes this schema; `path` leads to the field where it is wrong, "" for the schema itself."""

    def __init__(self, path: str, reason: str) -> None:
        shown = path if len(path) <= PATH_SHOWN_MAX else f"…{path[-PATH_SHOWN_MAX:]}"
        super().__init__(f"{shown}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


def read_schema(schema: Any, alike: Alike | None = None) -> tuple[Any, Type]:
    """Returns a schema as parsed JSON, and its graph; a string that names no type is read as JSON text; raises InvalidSchema.

    Graphs that are read with one `alike` share what is written alike.
    """
    # A long text is no name, and not worth its hash.
    is_text = isinstance(schema, str) and (len(schema) > _WORD_MAX or schema not in _WORDS)
    value = parse_text(schema) if is_text else schema
    return value, read_value(value, alike)


def read_text(text: str) -> Type:
    """Returns the graph of a schema's JSON text; raises InvalidSchema."""
    return read_value(parse_text(text))


def parse_text(text: str) -> Any:
    """Returns the JSON value of a schema's text, in which comments may stand; raises InvalidSchema."""
    if len(text) > SCHEMA_TEXT_MAX:
        raise InvalidSchema("", f"the text is longer than {SCHEMA_TEXT_MAX} characters (SCHEMA_TEXT_MAX)")
    text = text.removeprefix("\ufeff")
    try:
        value, end = _JSON.raw_decode(text)
        if end == len(text):
            return value
    except (ValueError, RecursionError):
        pass  # a space before it, a comment, or an error, which is said below
    try:
        try:
            return _JSON.decode(text)
        except json.JSONDecodeError:
            if "/" not in text:
                raise
            return _JSON.decode(_COMMENT_OR_STRING.sub(_without_comment, text))
    except json.JSONDecodeError as error:
        raise InvalidSchema("", f"not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except _NotANumber as error:
        raise InvalidSchema("", f"not valid JSON: {error}") from None
    except ValueError:
        # The only one that is left: Python converts no text of more digits to a whole number.
        raise InvalidSchema("", f"a number of more than {NUMBER_DIGITS_MAX} digits (NUMBER_DIGITS_MAX)") from None
    except RecursionError:
        raise InvalidSchema("", _too_deep()) from None


def read_value(schema: Any, alike: Alike | None = None) -> Type:
    """Returns the graph of a schema that is parsed JSON; raises InvalidSchema."""
    reading = _Reading(alike=alike)
    graph = reading.schema(schema, "", None, 0)
    if reading.awaited:
        # Names used before their definition are rare: only then is the schema read once more, with all definitions at hand.
        missing = sorted(reading.awaited.keys() - reading.known.keys())
        if missing:
            raise _invalid(reading.awaited[missing[0]], f'"{missing[0]}" is no type, and nothing defines it')
        graph = _Reading(reading.known).schema(schema, "", None, 0)
    if reading.is_filled and reading.is_recursive:
        _check_defaults_again(schema)
    return graph


def _check_defaults_again(schema: Any) -> None:
    from copilot.formats.avro.defaults_again import unfinished_default

    reading = _Reading(leaves_open=True)
    try:
        found = unfinished_default(reading.schema(schema, "", None, 0), reading.done)
    except RecursionError:
        raise InvalidSchema("", "its types lead to one another too deep for its defaults to be checked") from None
    if found is not None:
        record, field = found
        label = f"no {field.type.label}" if field.type.kind != "awaited" else f'no value of "{field.type.name}"'
        reason = f'registries refuse the default {_shown(field.default)} of a field of "{record.name}"'
        raise InvalidSchema(field.name, f"{reason}: it is {label}, or a record around the field")


class _Reading:
    """One reading of one schema; `known` are the named types, `awaited` names that were used before a definition came.

    `done` are the types that were defined to their end, in that order; as in Java, a reference finds only these at once.
    `leaves_open` has the graph end where one finds none. `is_recursive` tells whether there are such references, `is_filled`
    whether a default is an array or an object.
    """

    def __init__(
        self, ahead: Mapping[str, Type] | None = None, *, alike: Alike | None = None, leaves_open: bool = False
    ) -> None:
        self._alike = Alike() if alike is None else alike
        self.known: dict[str, Type] = {}
        self.awaited: dict[str, Path] = {}
        self._ahead = (
            {name: Type(found.kind, found.name, found.short) for name, found in ahead.items()} if ahead else {}
        )
        self._raw: dict[str, Any] = {}
        self.done: dict[str, Type] = {}
        self.is_recursive = self.is_filled = False
        self._leaves_open = leaves_open

    def schema(self, schema: Any, space: str, path: Path, depth: int) -> Type:
        if type(schema) is str:
            return PRIMITIVE_TYPES.get(schema) or self._reference(schema, space, path)
        if depth > SCHEMA_DEPTH_MAX:
            raise _invalid(path, _too_deep())
        if type(schema) is list:
            return self._union(schema, space, path, depth)
        if type(schema) is not dict:
            raise _invalid(path, f"{_shown(schema)} is neither a type nor a name")
        kind = schema.get("type")
        if kind == "record" or kind == "error":
            return self._record(schema, space, path, depth)
        if type(kind) is not str:
            raise _invalid(path, '"type" of a schema must be a name; a type inside a type belongs in its place')
        if kind in PRIMITIVE_TYPES:
            return PRIMITIVE_TYPES[kind] if "logicalType" not in schema else _logical_type(kind, schema)
        if kind == "array":
            if "items" not in schema:
                raise _invalid(path, 'an array without "items"')
            items = schema["items"]
            if type(items) is str and items in PLAIN_ARRAYS:
                return PLAIN_ARRAYS[items]
            return Type(kind, inner=self.schema(items, space, (path, "", "[]"), depth + 1))
        if kind == "map":
            if "values" not in schema:
                raise _invalid(path, 'a map without "values"')
            return Type(kind, inner=self.schema(schema["values"], space, (path, "", "{}"), depth + 1))
        if kind == "enum":
            return self._enum(schema, space, path)
        if kind == "fixed":
            return self._fixed(schema, space, path)
        raise _invalid(
            path, f'"{kind}" is no type that an object can define; a defined type is named without an object'
        )

    def _reference(self, name: str, space: str, path: Path) -> Type:
        full = f"{space}.{name}" if space and "." not in name else name
        found = self.done.get(full) or self.done.get(name)
        if found is not None:
            return found
        self.is_recursive = True
        if full in self.known and not self._leaves_open:
            return self.known[full]
        if full in self._ahead:
            return self._ahead[full]
        self.awaited.setdefault(full, path)
        return Type("awaited", full)

    def _union(self, branches: list[Any], space: str, path: Path, depth: int) -> Type:
        if len(branches) == 2 and type(branches[0]) is str and type(branches[1]) is str:
            shared = NULLABLE_TYPES.get((branches[0], branches[1]))
            if shared is not None:
                return shared
        found = tuple([self.schema(branch, space, path, depth + 1) for branch in branches])
        seen = {branch.name or branch.kind for branch in found}
        if len(seen) < len(found):
            names = [branch.name or branch.kind for branch in found]
            twice = next(name for at, name in enumerate(names) if name in names[:at])
            raise _invalid(path, f'the union has "{twice}" twice')
        if "union" in seen:
            raise _invalid(path, "a union directly inside a union")
        return Type("union", branches=found)

    def _record(self, schema: dict[str, Any], space: str, path: Path, depth: int) -> Type:
        record, space = self._named(schema, "record", space, path)
        entries = schema.get("fields")
        if type(entries) is not list:
            raise _invalid(path, f'record "{record.name}" without a list of "fields"')
        by_name = record.by_name
        alike = self._alike.fields
        for entry in entries:
            try:
                name, kind = entry["name"], entry["type"]
                known = alike.get(name)
            except (KeyError, TypeError):
                raise _no_field(entry, record, path) from None
            if known is not None and known[0] == entry and name not in by_name:
                by_name[name] = known[1]
                continue
            if type(name) is not str or name in by_name:
                raise _no_field(entry, record, path)
            # Asked here as well: most names are ASCII, and a call for each takes a tenth of the whole reading.
            if not (name.isidentifier() if name.isascii() else _is_name(name)):
                raise _no_field(entry, record, path)
            found = None
            if type(kind) is str:
                found = PRIMITIVE_TYPES.get(kind)
            elif type(kind) is list and len(kind) == 2 and type(kind[0]) is type(kind[1]) is str:
                found = NULLABLE_TYPES.get((kind[0], kind[1]))
            if found is None:
                found = self.schema(kind, space, (path, ".", name), depth + 1)
            doc = ""
            if "doc" in entry and type(entry["doc"]) is str:
                doc = entry["doc"]
            if len(entry) == 2 or (doc and len(entry) == 3):
                field = by_name[name] = Field(name, found, NO_DEFAULT, (), doc)
                if found.is_plain:
                    alike[name] = entry, field
                continue
            default = entry.get("default", NO_DEFAULT)
            if default is not NO_DEFAULT:
                if not fits_field(default, found):
                    raise _invalid((path, ".", name), f"the default {_shown(default)} is no {found.label}")
                self.is_filled = self.is_filled or type(default) is dict or type(default) is list
                if type(default) is int and type(kind) is dict:
                    found = WHOLE_DEFAULTED.get(found.kind, found)
            aliases = _aliases(entry, (path, ".", name)) if "aliases" in entry else ()
            if "order" in entry and str(entry["order"]).lower() not in _ORDERS:
                reason = f'"order" must be ascending, descending or ignore, not {_shown(entry["order"])}'
                raise _invalid((path, ".", name), reason)
            field = by_name[name] = Field(name, found, default, aliases, doc)
            # Other defaults may be equal and not the same: 1 is True for Python.
            if found.is_plain and (default is NO_DEFAULT or default is None):
                alike[name] = entry, field
        record.fields = tuple(by_name.values())
        self.done[record.name] = record
        return record

    def _enum(self, schema: dict[str, Any], space: str, path: Path) -> Type:
        if self._alike.enums and not self._ahead:
            full = f"{space}.{schema.get('name')}" if space else str(schema.get("name"))
            alike = self._alike.enums.get(full)
            if alike is not None and alike[0] == schema and full not in self.known:
                self.known[full], self._raw[full], self.done[full] = alike[1], schema, alike[1]
                return alike[1]
        enum, _ = self._named(schema, "enum", space, path)
        symbols = schema.get("symbols")
        if type(symbols) is not list:
            raise _invalid(path, f'enum "{enum.name}" without a list of "symbols"')
        for symbol in symbols:
            if type(symbol) is not str or not (symbol.isidentifier() if symbol.isascii() else _is_name(symbol)):
                raise _invalid(path, f"{_shown(symbol)} can't be a symbol of {enum.label}")
        if len(set(symbols)) < len(symbols):
            twice = next(symbol for at, symbol in enumerate(symbols) if symbol in symbols[:at])
            raise _invalid(path, f'{enum.label} has the symbol "{twice}" twice')
        default = schema.get("default")
        if type(default) is str:
            if default not in symbols:
                raise _invalid(path, f'the default "{default}" is no symbol of {enum.label}')
            enum.default = default
        enum.symbols = tuple(symbols)
        self._alike.enums[enum.name] = schema, enum
        self.done[enum.name] = enum
        return enum

    def _fixed(self, schema: dict[str, Any], space: str, path: Path) -> Type:
        fixed, _ = self._named(schema, "fixed", space, path)
        size = schema.get("size")
        if type(size) is not int or not 0 <= size < 2**31:
            raise _invalid(path, f'{fixed.label} without a whole number of bytes as "size"')
        fixed.size = size
        self.done[fixed.name] = fixed
        return _logical(fixed, schema)

    def _named(self, schema: dict[str, Any], kind: str, enclosing: str, path: Path) -> tuple[Type, str]:
        """Returns a named type with nothing but its names, and its namespace."""
        name, space = schema.get("name"), schema.get("namespace")
        if type(name) is not str:
            raise _invalid(path, f"{kind} without a name")
        if "." in name:
            space, _, short = name.rpartition(".")
        else:
            short = name
            if type(space) is not str:
                space = enclosing
        if not (short.isidentifier() if short.isascii() else _is_name(short)):
            raise _invalid(path, f"{_shown(name)} can't be the name of the {kind}")
        if space and space is not enclosing and not all(map(_is_name, space.split("."))):
            raise _invalid(path, f"{_shown(space)} can't be the namespace of the {kind}")
        full = f"{space}.{short}" if space else short
        if not space and full in PRIMITIVES:
            raise _invalid(path, f'a {kind} can\'t be named "{full}", as a primitive type is')
        named = self._ahead.get(full)
        if named is None:
            named = Type(kind, full, short)
        if "aliases" in schema:
            aliases = _aliases(schema, path)
            named.aliases = frozenset(_full_alias(alias, space, path) for alias in aliases)
            named.short_aliases = frozenset(alias for alias in aliases if "." not in alias)
        if full not in self.known:
            self.known[full] = named
            self._raw[full] = schema
        elif self._raw[full] != schema:
            raise _invalid(path, f'the type "{full}" is defined twice')
        return named, space


def _no_field(entry: Any, record: Type, path: Path) -> InvalidSchema:
    name = entry.get("name") if type(entry) is dict else None
    if type(name) is not str:
        return _invalid(path, f'a field of "{record.name}" without a name')
    if not _is_name(name):
        return _invalid((path, ".", name), f"{_shown(name)} can't be the name of a field")
    if name in record.by_name:
        return _invalid((path, ".", name), f'"{record.name}" has the field "{name}" twice')
    return _invalid((path, ".", name), f'field "{name}" without a type')


def _invalid(path: Path, reason: str) -> InvalidSchema:
    steps = []
    while path is not None:
        path, *step = path
        steps.append(step)
    written = ""
    for separator, name in reversed(steps):
        written += separator + name if written else name
    return InvalidSchema(written, reason)


def _is_name(text: str) -> bool:
    """Tells whether it is a letter or underscore and then letters, digits and underscores, in any script, as in Java."""
    if text.isascii():
        return text.isidentifier()
    # Java asks each half of a character beyond the first 65,536 by itself, and neither is a letter.
    letters = all(character.isalpha() or character == "_" or character.isdecimal() for character in text)
    return letters and not text[0].isdecimal() and max(text) <= "\uffff"


def _aliases(holder: dict[str, Any], path: Path) -> tuple[str, ...]:
    found = holder["aliases"]
    if type(found) is not list or not all(type(alias) is str for alias in found):
        raise _invalid(path, '"aliases" must be a list of names')
    return tuple(dict.fromkeys(found))


def _full_alias(alias: str, space: str, path: Path) -> str:
    if not _is_name(alias.rpartition(".")[2]):
        raise _invalid(path, f"{_shown(alias)} can't be an alias")
    if "." not in alias:
        return f"{space}.{alias}" if space else alias
    # Java writes the alias of another namespace in full, with a dot before one that has none: then it fits no name.
    return alias[1:] if not space and alias.rindex(".") == 0 else alias


def _logical_type(kind: str, schema: dict[str, Any]) -> Type:
    if len(schema) == 2 and type(schema["logicalType"]) is str:
        shared = PLAIN_LOGICAL_TYPES.get((kind, schema["logicalType"]))
        if shared is not None:
            return shared
    return _logical(Type(kind), schema)


def _logical(kind: Type, schema: dict[str, Any]) -> Type:
    logical = schema.get("logicalType")
    if type(logical) is str:
        kind.logical = logical
        precision, scale = schema.get("precision"), schema.get("scale", 0)
        kind.precision = precision if type(precision) is int else None
        kind.scale = scale if type(scale) is int else 0
    return kind


class _NotANumber(ValueError):
    """NaN and its like, which Python's reader of JSON takes."""


def _no_constant(name: str) -> NoReturn:
    raise _NotANumber(f"{name} is no JSON number")


_JSON = json.JSONDecoder(parse_constant=_no_constant)


def _without_comment(found: re.Match[str]) -> str:
    return found[1] or " "


def _too_deep() -> str:
    return f"types nested deeper than {SCHEMA_DEPTH_MAX} levels (SCHEMA_DEPTH_MAX)"


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
