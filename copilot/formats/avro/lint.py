"""Is one Avro schema well made? What registries refuse, what some decoders refuse, and what does not mean what it seems to.

Separate from compatibility: a schema can fit all of its history and still be unreadable in Python or JavaScript. An error is what
registries refuse, a warning what some decoder refuses or what is without effect, a note what misleads people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator
from typing import Any

from copilot.domain.evidence import Finding, Severity
from copilot.formats.avro.lint_defaults import default_findings
from copilot.formats.avro.lint_logical import logical_findings
from copilot.formats.avro.names import NAMED_KINDS, PRIMITIVES, RECORD_KINDS, full_name, namespace_of
from copilot.formats.avro.strict import InvalidSchema, read_schema
from copilot.formats.json_text import BYTE_ORDER_MARK

_LOOK_ALIKES = (
    ({"int", "long"}, "whole numbers"),
    ({"float", "double"}, "floating numbers"),
    ({"string", "bytes"}, "texts and bytes"),
)
_VERSIONED = re.compile(r"(?:^|[._])v?\d+(?:_\d+)*$", re.IGNORECASE)


def lint(schema: Any) -> tuple[Finding, ...]:
    """Returns what is wrong with a schema, a JSON value or text, in the order of its fields; a registry's refusal comes alone."""
    try:
        value, graph = read_schema(schema)
    except InvalidSchema as error:
        message = f"Registries refuse the schema: {error.reason}."
        return (
            Finding("avro.invalid", "error", message, path=error.path, fix="Correct it; nothing else was looked at."),
        )
    found = [*_mark(schema), *_Walk().findings(value, "", ""), *default_findings(graph)]
    return tuple(dict.fromkeys(found))


def finding(rule: str, severity: Severity, path: str, message: str, fix: str) -> Finding:
    """Returns one finding of the lint."""
    return Finding(f"avro.{rule}", severity, message, path=path, fix=fix)


class _Walk:
    """Goes through a valid schema as it is written; `known` are the full names that were defined so far."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def findings(self, schema: Any, space: str, path: str) -> Iterator[Finding]:
        if isinstance(schema, str):
            yield from self._reference(schema, space, path)
        elif isinstance(schema, list):
            yield from _union(schema, path)
            for branch in schema:
                yield from self.findings(branch, space, path)
        else:
            yield from logical_findings(schema, path)
            kind = schema["type"]
            if kind in NAMED_KINDS:
                yield from self._named(schema, kind, space, path)
            elif kind == "array":
                yield from self.findings(schema["items"], space, path + "[]")
            elif kind == "map":
                yield from self.findings(schema["values"], space, path + "{}")

    def _reference(self, name: str, space: str, path: str) -> Iterator[Finding]:
        full = f"{space}.{name}" if space and "." not in name else name
        if name not in PRIMITIVES and not {full, name} & self._known:
            message = f'"{name}" is used before it is defined: only Avro for Java since 1.12 reads that.'
            yield finding("used-before-defined", "warning", path, message, "Define it where it is used first.")

    def _named(self, schema: dict[str, Any], kind: str, space: str, path: str) -> Iterator[Finding]:
        full = full_name(schema["name"], schema.get("namespace"), space)
        own = namespace_of(full)
        if full in self._known:
            message = f'"{full}" is defined a second time, in the same words: Python readers refuse that.'
            yield finding("defined-twice", "warning", path, message, f'Write only "{full}" here.')
        self._known.add(full)
        yield from _names([full], path, f"the {kind}")
        if not path and _VERSIONED.search(own):
            message = f'The namespace "{own}" holds a version: to readers that compare full names, each version is another type.'
            yield finding("versioned-namespace", "note", path, message, "Keep one namespace for all versions.")
        if kind == "enum":
            yield from _names(schema["symbols"], path, "a symbol")
            yield from _differ_by_case(schema["symbols"], path, "symbols")
        if kind in RECORD_KINDS:
            yield from self._fields(schema["fields"], own, path)

    def _fields(self, fields: list[dict[str, Any]], space: str, path: str) -> Iterator[Finding]:
        names = {field["name"]: None for field in fields}
        yield from _differ_by_case(names, path, "fields")
        for field in fields:
            at = f"{path}.{field['name']}" if path else field["name"]
            yield from _names([field["name"]], at, "the field")
            yield from _aliases(field, names, at)
            yield from _beside(field, at)
            yield from self.findings(field["type"], space, at)


def _mark(schema: Any) -> Iterator[Finding]:
    if isinstance(schema, str) and schema.startswith(BYTE_ORDER_MARK):
        message = "The text begins with a byte order mark: fastavro and avro for Python refuse a file with it."
        yield finding("byte-order-mark", "warning", "", message, "Save it as UTF-8 without the mark.")


def _union(branches: list[Any], path: str) -> Iterator[Finding]:
    plain = {
        branch if isinstance(branch, str) else branch["type"] for branch in branches if not isinstance(branch, list)
    }
    for pair, what in _LOOK_ALIKES:
        if pair <= plain:
            both = " and ".join(sorted(pair))
            message = f"The union holds {both}: which of them a writer takes for {what} differs between languages."
            yield finding("look-alike-branches", "note", path, message, "Keep the wider of the two only.")


def _aliases(field: dict[str, Any], names: Container[str], path: str) -> Iterator[Finding]:
    for alias in field.get("aliases", ()):
        if alias in names:
            whose = "its own name" if alias == field["name"] else "another field of the record"
            message = f'The alias "{alias}" is {whose}: registries then refuse every new version, this one against itself too.'
            yield finding("alias-is-a-field", "warning", path, message, f'Take the alias "{alias}" out.')


def _beside(field: dict[str, Any], path: str) -> Iterator[Finding]:
    """What belongs into the type and has no effect on the field."""
    if "logicalType" in field:
        branches = field["type"] if isinstance(field["type"], list) else [field["type"]]
        plain = [it for it in branches if isinstance(it, str) and it != "null"]
        get = f"get a plain {plain[0]}" if len(plain) == 1 else "take the type as it is"
        message = f'"logicalType" stands beside the type and has no effect: readers {get}.'
        within = [{"type": it, "logicalType": field["logicalType"]} if [it] == plain else it for it in branches]
        fix = json.dumps(within if isinstance(field["type"], list) else within[0], ensure_ascii=False)
        yield finding("logical-type-beside", "warning", path, message, f"Write it inside: {fix}.")
    if "symbols" in field or "items" in field or "values" in field:
        message = "Members of a type stand beside it and have no effect."
        yield finding("members-beside", "warning", path, message, 'Write them inside: "type": {"type": ...}.')


def _names(names: list[str], path: str, what: str) -> Iterator[Finding]:
    for name in names:
        if not name.isascii():
            message = f'"{name}", the name of {what}, is not ASCII: Python and JavaScript readers refuse it.'
            yield finding("name-not-ascii", "warning", path, message, "Use letters a to z, digits and underscores.")


def _differ_by_case(names: Iterable[str], path: str, what: str) -> Iterator[Finding]:
    by_letters: dict[str, list[str]] = {}
    for name in names:
        by_letters.setdefault(name.casefold(), []).append(name)
    for _, alike in sorted(item for item in by_letters.items() if len(item[1]) > 1):
        message = f"The {what} {', '.join(alike)} differ by case only: most tables and some readers take them for one."
        yield finding("names-differ-by-case", "warning", path, message, "Give them names that differ in letters.")
