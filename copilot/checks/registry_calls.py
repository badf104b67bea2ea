"""What of a registry does a job's own code settle, whatever the plan says? It registers what it is deployed with, or reads with one
version of its choice.

Confluent's serializers register their schema unless `auto.register.schemas` is off; what is set by somebody else's value is told as
such. Only the files in which a link shows are looked at, so silence proves nothing, and no verdict rests on it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from copilot.checks.lineage import Lineage, lineages, phase_label
from copilot.checks.parsed_code import Codes, ParsedCode
from copilot.checks.reading import BASE
from copilot.domain.evidence import Finding
from copilot.domain.naming import is_test_path
from copilot.domain.pipeline import Direction
from copilot.domain.source import Span
from copilot.ports import Bench, Case

REGISTERS, PINNED = "rollout.registers", "rollout.pinned"
_SETTING = "auto.register.schemas"
_REGISTERING = ("AvroSerializer", "AvroProducer")
"""What registers by itself unless it is told not to."""
_ASKED = ("register_schema", "register_schema_full_response")
_BY_ID = ("get_schema", "get_by_id", "get_by_version", "get_version")
"""Methods of registry clients that are given the number of a schema, or of a version."""
_FIXED_ID = "use.schema.id"


def registry_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields notes about the first phase that changes a subject, one a file in which a job settles something."""
    codes = Codes(case, bench, BASE)
    for lineage in lineages(case):
        phase = next((it for it in range(len(lineage.after)) if lineage.changes_in(it)), None)
        if phase is None:
            continue
        label = phase_label(phase, case.alternative.phases[phase])
        for direction in _SIDES:
            for job, path in _files(case, lineage, direction):
                yield from _of_file(codes.at(path), job, path, direction, label, lineage.name, phase)


def _of_file(
    code: ParsedCode | None, job: str, path: str, direction: Direction, label: str, subject: str, phase: int
) -> Iterator[Finding]:
    rule, ask, text, fix = _SIDES[direction]
    line, how = ask(code) if code else (0, "")
    if how:
        message = text.format(job=job, how=f"{how}, {path}:{line}", label=label)
        yield Finding(rule, "note", message, Span(path, line, line), subject, phase=phase, fix=fix)


def _files(case: Case, lineage: Lineage, direction: Direction) -> list[tuple[str, str]]:
    """Returns each job on that side of the subject with the files in which it shows, in order."""
    return sorted(
        {
            (link.job, span.path)
            for link in case.base.links_of(lineage.name, direction)
            for span in link.proof
            if span.path.endswith(".py") and not is_test_path(span.path)
        }
    )


def _registers(code: ParsedCode) -> tuple[int, str]:
    """Returns the line of the first call that registers a schema, and why it does; (0, "") where none does, or it is off."""
    calls = [(call, _called(call)) for call in code.calls()]
    if asked := min((call.lineno for call, name in calls if name in _ASKED), default=0):
        return asked, "it asks the registry to"
    makers = [call.lineno for call, name in calls if name in _REGISTERING]
    settings = _values_of(code, _SETTING)
    if not makers or any(value is False for value in settings):
        return 0, ""
    if not settings:
        return min(makers), f"{_SETTING} is on where nothing sets it"
    return min(makers), f"{_SETTING} is on" if True in settings else f"{_SETTING} is not seen to be off"


def _pinned(code: ParsedCode) -> tuple[int, str]:
    """Returns the line where a schema is asked for by a number that stands in the code, and the call; (0, "") where none is."""
    for call in code.calls():
        numbers = [number for it in call.args if (number := _number(code, it)) is not None]
        if _called(call) in _BY_ID and numbers:
            return call.lineno, f"{_called(call)}, {numbers[0]}"
    fixed = [value for value in _values_of(code, _FIXED_ID) if type(value) is int]
    return (min(it.lineno for it in _entries_of(code, _FIXED_ID)), f"{_FIXED_ID}, {fixed[0]}") if fixed else (0, "")


def _number(code: ParsedCode, node: ast.expr) -> int | None:
    """Returns the number that an argument is: a constant, or a name that the file binds to one."""
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if not isinstance(node, ast.Name):
        return None
    for statement in code.tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() as number)) if name == node.id:
                return number
    return None


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _values_of(code: ParsedCode, setting: str) -> list[object]:
    """Returns the constants that a setting has in a file, None for each value that is none."""
    return [node.value if isinstance(node, ast.Constant) else None for node in _entries_of(code, setting)]


def _entries_of(code: ParsedCode, setting: str) -> list[ast.expr]:
    found: list[ast.expr] = []
    for node in ast.walk(code.tree):
        match node:
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                found += [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == setting]
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=key))], value=value) if key == setting:
                found.append(value)
    return found


_SIDES: Mapping[Direction, tuple[str, Callable[[ParsedCode], tuple[int, str]], str, str]] = {
    "produces": (
        REGISTERS,
        _registers,
        "{job} registers the schema that it is deployed with by itself ({how}): from that deploy on the registry has the "
        "schema of {label}, whoever has looked at it.",
        f'Set "{_SETTING}" to False there, and register the schema in a step of its own.',
    ),
    "consumes": (
        PINNED,
        _pinned,
        "{job} reads with one version that it asks a registry for ({how}): no deploy moves it before somebody sets another one.",
        "Set the version there in the phase that moves the consumers, and again before a field that it has goes.",
    ),
}
"""For each side of a subject: the rule, what is asked of a file, what is said, and what mends it."""
