"""Which defaults do some decoders refuse, though registries take them? And which fields look optional and are not?"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.domain.evidence import Finding
from copilot.formats.avro.model import below
from copilot.formats.avro.model_apache import reads_default
from copilot.formats.avro.model_avsc import LONG_MAX, takes_default
from copilot.formats.avro.model_fastavro import accepts_default
from copilot.formats.avro.model_java import fills_in
from copilot.formats.avro.types import NO_DEFAULT, Field, Type

_LATER_BRANCH = "Put the type of the default first in the union."


def default_findings(graph: Type) -> Iterator[Finding]:
    """Yields what is to be said of the defaults of all records, each record once."""
    return _findings(graph, "", set())


def _findings(kind: Type, path: str, seen: set[int]) -> Iterator[Finding]:
    if kind.is_plain or id(kind) in seen:
        return
    seen.add(id(kind))
    for field in kind.fields:
        at = below(path, field)
        yield from _of_field(field, at)
        yield from _findings(field.type, at, seen)
    for branch in kind.branches:
        yield from _findings(branch, path, seen)
    if kind.inner is not None:
        yield from _findings(kind.inner, path + ("[]" if kind.kind == "array" else "{}"), seen)


def _of_field(field: Field, path: str) -> Iterator[Finding]:
    if field.default is NO_DEFAULT:
        if field.type.kind == "union" and any(branch.kind == "null" for branch in field.type.branches):
            message = f'"{path}" may be null and has no default: readers refuse data that lacks it all the same.'
            fix = "Give it the default null, with null first in the union, if it is meant to be optional."
            yield Finding("avro.nullable-without-default", "note", message, path=path, fix=fix)
        return
    refusing = []
    if not fills_in(field):
        refusing.append("Avro for Java")
    if not reads_default(field.default, field.type):
        refusing.append("the Apache package for Python")
    if not accepts_default(field.default, field.type):
        refusing.append("fastavro")
    if not takes_default(field.default, field.type):
        refusing.append("avsc for JavaScript")
    if refusing:
        yield _refused(field, path, ", ".join(refusing[:-1]) + " and " * (len(refusing) > 1) + refusing[-1])


def _refused(field: Field, path: str, who: str) -> Finding:
    is_refused = not takes_default(field.default, field.type)
    is_whole = isinstance(field.default, int) and not isinstance(field.default, bool)
    if is_refused and is_whole and abs(field.default) > LONG_MAX:
        what, fix = "is beyond 2^53", "Use a number that JavaScript counts exactly, or none."
    elif is_refused and field.type.kind == "union":
        what, fix = "is not of the union's first branch", _LATER_BRANCH
    elif field.type.kind in ("float", "double"):
        what, fix = "is no number with a point", "Write it with a point: 0.0."
    elif field.type.kind == "enum":
        what, fix = "is no symbol of the enum", "Use one of its symbols."
    else:
        what, fix = "does not fit everywhere", "Use a value that fits the type exactly, inner fields included."
    message = f'The default of "{path}" {what}: {who} can\'t fill it in.'
    return Finding("avro.default-not-portable", "warning", message, path=path, fix=fix)
