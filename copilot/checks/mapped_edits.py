"""Do the edits of an alternative convert as the request asks? Each expression in them is computed on values, and compared.

What the request asks for is a mapping (`domain.mapping`); an edit that says less, or turns it around, gives another value for some.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from copilot.checks.values import example, same
from copilot.domain import mapping as mappings
from copilot.domain.alternative import CodeAction, CodeEdit
from copilot.domain.evaluated import evaluate
from copilot.domain.evidence import Finding
from copilot.domain.source import Span
from copilot.ports import Case

OTHERWISE = "replay.edit-converts-otherwise"
_WRITES: tuple[CodeAction, ...] = ("add_converted", "add_key", "rename_key")
_READS: tuple[CodeAction, ...] = ("read_either", "read_converted")
_FAILED = object()


def converted_otherwise(
    mapping: mappings.Mapping, case: Case, subject: str, values: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """Returns an error for each edit that gives another value than the mapping, with the first value that shows it."""
    written = {it.name: it.written for it in mapping.new}
    new = [_new_value(mapping, value) for value in values]
    found: list[Finding] = []
    for phase, edit in _edits(case):
        own, to = f"{{{edit.name}}}", f"{{{edit.to}}}"
        expression = edit.expression or "{}"
        if edit.to not in written or edit.name not in dict(mapping.back):
            continue
        if edit.action in _WRITES and own in written[edit.to]:
            asked, said, tried = written[edit.to], expression.replace("{}", own), list(values)
        elif edit.action in _READS:
            asked, said, tried = dict(mapping.back)[edit.name], expression.replace("{}", to), [it for it in new if it]
        else:
            continue
        shown = _difference(asked, said, tried)
        if shown:
            what = "writes" if edit.action in _WRITES else "reads"
            text = f"{_span(edit, case)} {what} {edit.to} in another way than the request asks: {shown}."
            found.append(Finding(OTHERWISE, "error", text, _span(edit, case), subject, edit.to, phase))
    return found


def _edits(case: Case) -> Iterator[tuple[int, CodeEdit]]:
    """The code edits with the first phase that has them; a plain rename beside an edit that converts the value is left out."""
    seen: set[CodeEdit] = set()
    for number, phase in enumerate(case.alternative.phases):
        wrapped = {(it.path, it.offset) for it in phase.edits if isinstance(it, CodeEdit) and it.action == "wrap_value"}
        for edit in phase.edits:
            if not isinstance(edit, CodeEdit) or edit in seen:
                continue
            seen.add(edit)
            is_plain = edit.action == "rename_key" and not edit.expression
            if not (is_plain and ((edit.path, edit.offset) in wrapped or not _is_write(edit, case))):
                yield number, edit


def _is_write(edit: CodeEdit, case: Case) -> bool:
    modes = {use.mode for use in case.base.uses if (use.span.path, use.offset) == (edit.path, edit.offset)}
    return "writes" in modes


def _new_value(mapping: mappings.Mapping, value: Mapping[str, Any]) -> dict[str, Any] | None:
    found = {it.name: _computed(it.written, value) for it in mapping.new}
    return None if any(it is _FAILED for it in found.values()) else found


def _computed(expression: str, values: Mapping[str, Any]) -> Any:
    try:
        return evaluate(expression, values)
    except ValueError:
        return _FAILED


def _difference(asked: str, said: str, tried: Iterable[Mapping[str, Any]]) -> str:
    """Returns the first value for which the two differ, in words; "" where there is none."""
    if asked == said:
        return ""
    for values in tried:
        want, got = _computed(asked, values), _computed(said, values)
        if want is _FAILED or (got is not _FAILED and same(want, got)):
            continue
        told = ", ".join(f"{name} {example(value)}" for name, value in values.items())
        return f"{told} gives {'nothing' if got is _FAILED else example(got)} and not {example(want)}"
    return ""


def _span(edit: CodeEdit, case: Case) -> Span | None:
    return next((use.span for use in case.base.uses if (use.span.path, use.offset) == (edit.path, edit.offset)), None)
