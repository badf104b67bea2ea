"""Does a library encode a value of this kind as that type, and if it does, is it still the same value?

The tables are what fastavro 1.13 and Apache avro 1.12 were measured to do; a test measures them again. Where the library of a
producer isn't known, only what both refuse counts. JSON producers encode anything, so nothing is said of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from copilot.checks.kinds import Inferred, in_words
from copilot.domain.fieldtype import base_kind, branches, is_nullable, logical_kind, without_null

_WHOLE, _FLOATING = frozenset({"int"}), frozenset({"int", "float"})
_TIME = frozenset({"int", "datetime", "naive-datetime"})
_FASTAVRO_IN_UNION: Mapping[str, frozenset[str]] = {
    "boolean": frozenset({"boolean"}),
    "int": _WHOLE,
    "long": _WHOLE,
    "float": _FLOATING,
    "double": _FLOATING,
    "string": frozenset({"string"}),
    "bytes": frozenset({"bytes"}),
    "timestamp": _TIME,
    "local-timestamp": _TIME,
    "date": _TIME | {"date"},
    "time": frozenset({"int", "time"}),
    "decimal": frozenset({"bytes", "decimal"}),
    "uuid": frozenset({"string", "uuid"}),
    "enum": frozenset({"string"}),
    "array": frozenset({"array"}),
    "map": frozenset({"map"}),
    "record": frozenset({"map"}),
    "fixed": frozenset({"bytes"}),
}
_SOFT = frozenset({"boolean", "decimal"})
_FASTAVRO = {
    **_FASTAVRO_IN_UNION,
    "boolean": frozenset({"boolean", "int"}),
    "int": _WHOLE | _SOFT,
    "long": _WHOLE | _SOFT,
    "float": _FLOATING | _SOFT,
    "double": _FLOATING | _SOFT,
    "timestamp": _TIME | _SOFT,
    "local-timestamp": _TIME | _SOFT,
    "date": _TIME | {"date"} | _SOFT,
    "time": frozenset({"int", "time"}) | _SOFT,
    "array": frozenset({"array", "set"}),
}
_APACHE = {
    **_FASTAVRO_IN_UNION,
    "int": frozenset({"int", "boolean"}),
    "long": frozenset({"int", "boolean"}),
    "float": _FLOATING | {"boolean"},
    "double": _FLOATING | {"boolean"},
    "timestamp": frozenset({"datetime"}),
    "local-timestamp": frozenset({"int", "boolean"}),
    "date": frozenset({"date"}),
    "time": frozenset({"time"}),
    "decimal": frozenset({"decimal"}),
    "uuid": frozenset({"string"}),
}
# Outside of a union, fastavro writes these without a word, and something else than the value.
_CUT = {"int", "long", "timestamp", "local-timestamp", "date", "time"}
_LIBRARIES = {
    "fastavro": ("fastavro",),
    "confluent-kafka": ("fastavro",),
    "avro": ("avro",),
    "unknown": ("avro", "fastavro"),
}
_LOGICAL = {"timestamp": "timestamp", "local-timestamp": "local-timestamp", "time": "time"}


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that a type does not take, `is_null` where that is null. `becomes` says what happens.

    `is_sure` tells that the code leaves no doubt.
    """

    what: str
    becomes: str
    is_sure: bool
    is_null: bool = False


def misfit(value: Inferred, kind: Any, library: str, named: Mapping[str, Any]) -> Misfit | None:
    """Returns what is wrong with writing a value as a type (JSON value), None where nothing is, or nothing can be told.

    `named` are the types that a name in `kind` may stand for.
    """
    engines = _LIBRARIES.get(library, ())
    options = [named.get(it, it) if isinstance(it, str) else it for it in branches(without_null(kind))]
    kinds = [_schema_kind(it) for it in options]
    if not engines or "" in kinds:
        return None
    if value.null != "no" and not is_nullable(kind):
        is_sure = value.null == "yes" and not value.is_declared
        what = "null" if not value.kinds and not value.is_open else f"null at times{_else(value)}"
        return Misfit(what, f"{_who(engines)} refuses null there", is_sure, True)
    found = _of_kinds(value, kinds, isinstance(kind, list), engines)
    if found is None and kinds == ["enum"]:
        found = _of_symbols(value, options[0])
    if found is None and kinds == ["array"] and value.items is not None and value.kinds == {"array"}:
        inner = misfit(value.items, options[0].get("items"), library, named) if isinstance(options[0], dict) else None
        is_sure = inner is not None and inner.is_sure and not value.is_open
        found = Misfit(f"a list of {inner.what}", inner.becomes, is_sure, inner.is_null) if inner else None
    return found


def _of_kinds(value: Inferred, kinds: list[str], is_union: bool, engines: tuple[str, ...]) -> Misfit | None:
    taken = [frozenset().union(*(_table(engine, is_union)[kind] for kind in kinds)) for engine in engines]
    refused = value.kinds - frozenset().union(*taken)
    if not refused:
        return None
    is_sure = refused == value.kinds and not value.is_open and not value.is_declared
    is_cut = "fastavro" in engines and not is_union and kinds[0] in _CUT
    if refused == {"float"} and is_cut:
        return Misfit(in_words(refused), "fastavro cuts the fraction off without a word", False)
    if kinds == ["boolean"] and "fastavro" in engines and not is_union:
        return Misfit(in_words(refused, value.texts), "fastavro writes only whether it is empty or zero", is_sure)
    return Misfit(in_words(refused, value.texts), f"{_who(engines)} refuses it there", is_sure)


def _of_symbols(value: Inferred, enum: Any) -> Misfit | None:
    symbols = enum.get("symbols", ()) if isinstance(enum, dict) else ()
    wrong = (value.texts or frozenset()) - frozenset(symbols)
    if not wrong or not symbols:
        return None
    return Misfit(in_words((), wrong), "it is none of the enum's symbols", not value.is_declared)


def _table(engine: str, is_union: bool) -> Mapping[str, frozenset[str]]:
    return _APACHE if engine == "avro" else _FASTAVRO_IN_UNION if is_union else _FASTAVRO


def _schema_kind(kind: Any) -> str:
    """Returns the row of the tables that a type is in, "" where it is in none."""
    base, logical = base_kind(kind), logical_kind(kind)
    for start, row in _LOGICAL.items():
        if logical.startswith(f"{start}-"):
            return row if base in ("int", "long") else base
    if logical in ("date", "decimal", "uuid"):
        return logical if base in ("int", "bytes", "string") else ""
    row = "record" if base == "error" else base
    return row if row in _FASTAVRO else ""


def _who(engines: tuple[str, ...]) -> str:
    return engines[0] if len(engines) == 1 else "every Avro library here"


def _else(value: Inferred) -> str:
    return f", else {in_words(value.kinds, value.texts)}" if value.kinds else ""
