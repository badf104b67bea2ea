"""Which producers register the schema that they are deployed with by themselves, whatever the plan says of publishing it?

Confluent's serializers do unless `auto.register.schemas` is off; what is set by somebody else's value is told as such. Only the
files in which a link shows are looked at, so silence proves nothing, and no verdict rests on it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from copilot.checks.lineage import lineages, phase_label
from copilot.checks.parsed_code import Codes, ParsedCode
from copilot.checks.reading import BASE
from copilot.domain.evidence import Finding
from copilot.domain.naming import is_test_path
from copilot.domain.source import Span
from copilot.ports import Bench, Case

REGISTERS = "rollout.registers"
_SETTING = "auto.register.schemas"
_REGISTERING = ("AvroSerializer", "AvroProducer")
"""What registers by itself unless it is told not to."""
_ASKED = ("register_schema", "register_schema_full_response")


def registering_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields notes about the first phase that changes a subject, one a file in which a producer registers."""
    codes = Codes(case, bench, BASE)
    for lineage in lineages(case):
        phase = next((it for it in range(len(lineage.after)) if lineage.changes_in(it)), None)
        if phase is None:
            continue
        label = phase_label(phase, case.alternative.phases[phase])
        places = {(link.job, it.path) for link in case.base.links_of(lineage.name, "produces") for it in link.proof}
        for job, path in sorted(places):
            code = codes.at(path) if not is_test_path(path) else None
            line, how = _registers(code) if code else (0, "")
            if how:
                text = f"{job} registers the schema that it is deployed with by itself ({how}, {path}:{line}): from that deploy "
                text += f"on the registry has the schema of {label}, whoever has looked at it."
                fix = f'Set "{_SETTING}" to False there, and register the schema in a step of its own.'
                yield Finding(REGISTERS, "note", text, Span(path, line, line), lineage.name, phase=phase, fix=fix)


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
