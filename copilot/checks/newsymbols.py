"""After each phase: does a consumer's code know the symbols that it gets from then on, and could producers write them in time?

What it gets is the symbol that is written, or, where its own schema lacks that, the default of its enum. A schema that lacks it and
has no default can't decode the record, which is seen in real bytes and not here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from copilot.checks.consumers import ConsumerView
from copilot.checks.declared import declared_about, named_operations, stand_ins
from copilot.checks.elsewhere import is_by_hand, is_left_to_people
from copilot.checks.lineage import Lineage, phase_label
from copilot.checks.reading import reader_schema
from copilot.checks.strangers import outcome_at
from copilot.checks.unwritten import unwritten_symbols
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import field_of, named_types, parsed, without_null
from copilot.domain.operation import RenameSymbol
from copilot.domain.pipeline import FieldUse
from copilot.domain.rules import PROPERTY as RULE
from copilot.domain.schema import SchemaVersion
from copilot.ports import Case

OPEN_RULES = ("contract.symbol-passes-by", "contract.symbol-left-to-people", "contract.may-meet-new-symbol")
_NEW_SYMBOL = "contract.meets-new-symbol"
_NEW_SYMBOL_LATE = "contract.symbol-too-late"


def symbol_findings(view: ConsumerView) -> Iterator[Finding]:
    """Yields the reads whose code was not written for a symbol that the phase brings."""
    base, after = view.lineage.base, view.lineage.after[view.phase]
    reader = reader_schema(view.link, view.lineage, view.phase, view.case, view.bench)
    if base is None or after is None or reader is None:
        return
    stand_ins = {
        it for symbols in unwritten_symbols(view.lineage, view.case.request.operations).values() for it in symbols
    }
    known, written, read = enums_of(base.latest), enums_of(after), enums_of(reader)
    if known == written:
        return
    carried = {new: old for new, old in _carried(view).items() if new in written and old in known}
    # A patch moves a read to the new field, and leaves it the table that was made for the old one.
    for use in [
        *(it for it in view.reads() if it.path in known),
        *(it for it in view.reads_now() if it.path in carried),
    ]:
        if use.path not in written or use.path not in read:
            continue
        old = carried.get(use.path, use.path)
        before = set(known[old]["symbols"])
        got = {_as_read(it, read[use.path]) for it in written[use.path]["symbols"] if it not in before | stand_ins}
        for symbol in sorted(it for it in got if it and it not in before):
            yield from _met(view, use, symbol)


def first_refused(lineage: Lineage, symbol: str) -> int | None:
    """Returns the first phase that brings the symbol to an enum which whoever decodes with the schema before it refuses it for."""
    for phase, after in enumerate(lineage.after):
        before = lineage.previous(phase)
        known, written = (enums_of(it) if it is not None else {} for it in (before, after))
        for path in known.keys() & written.keys():
            is_new = symbol in written[path]["symbols"] and symbol not in known[path]["symbols"]
            if is_new and "default" not in known[path]:
                return phase
    return None


def _carried(view: ConsumerView) -> Mapping[str, str]:
    """Returns the old field of each new one that may carry its value on: code that reads that one was written for the old."""
    base, after = view.lineage.base, view.lineage.after[view.phase]
    if base is None or after is None:
        return {}
    declared = declared_about(view.lineage.name, base.latest, named_operations(view.case))
    known = view.lineage.known
    return {new: old for old in sorted(declared.replaced) for new in stand_ins(old, after, known)}


def too_late(lineage: Lineage, phase: int, case: Case) -> Iterator[Finding]:
    """Yields a symbol that takes over from another one only when that goes, behind a gate that waits until nobody writes it."""
    before, after = lineage.previous(phase), lineage.after[phase]
    is_waited = any(gate.outlasts_retention for gate in case.alternative.gates_before(phase))
    if before is None or after is None or not is_waited:
        return
    was, now = enums_of(before), enums_of(after)
    for operation in case.request.operations:
        if not isinstance(operation, RenameSymbol):
            continue
        old, new = operation.symbol, operation.to
        for path in sorted(was.keys() & now.keys()):
            known, left = was[path]["symbols"], now[path]["symbols"]
            if path.rpartition(".")[2] == operation.field and old in known and new not in known and old not in left:
                label = phase_label(phase, case.alternative.phases[phase])
                text = (
                    f"{path} can't be {new} before {label}, and the gate before that waits until nobody writes {old}."
                )
                fix = f"Add {new} in an earlier phase."
                yield Finding(_NEW_SYMBOL_LATE, "error", text, None, lineage.name, path, phase, fix)


def enums_of(version: SchemaVersion) -> Mapping[str, dict[str, Any]]:
    """Returns the enums of a version by the path of their field; a text whose rule names all its values counts as one."""
    if '"enum"' not in version.resolved:
        return {}
    schema = json.loads(version.resolved)
    named = dict(named_types(schema))
    found: dict[str, dict[str, Any]] = {}
    for field in version.fields:
        kind = without_null(parsed(field.type))
        kind = named.get(kind, kind) if isinstance(kind, str) else kind
        rule = (field_of(schema, field.record, field.name) or {}).get(RULE) if kind == "string" else None
        if isinstance(kind, dict) and kind.get("type") == "enum":
            found[field.path] = kind
        elif isinstance(rule, dict) and isinstance(rule.get("enum"), list):
            found[field.path] = {"type": "enum", "symbols": rule["enum"]}
    return found


def _as_read(symbol: str, enum: dict[str, Any]) -> str:
    return symbol if symbol in enum.get("symbols", ()) else str(enum.get("default", ""))


def _met(view: ConsumerView, use: FieldUse, symbol: str) -> Iterator[Finding]:
    outcome = outcome_at(use, symbol, view.codes)
    if outcome.fate not in ("breaks", "passes"):
        return
    label = phase_label(view.phase, view.case.alternative.phases[view.phase])
    at = f" at {use.span.path}:{outcome.line}" if outcome.line != use.span.first_line else ""
    text = f"{use.job} {outcome.what}{at}, and {use.path} may be {symbol} after {label}."
    fix = f"Say at {use.span.path}:{outcome.line} what holds for {symbol}."
    place = (use.span, view.lineage.name, use.path, view.phase, fix)
    if is_by_hand(view.case, use, view.phase) or is_left_to_people(view.case, use, view.phase):
        text = f"{text[:-1]}; the plan leaves {use.span} to a person."
        yield Finding("contract.symbol-left-to-people", "warning", text, *place)
    elif outcome.fate == "passes":
        yield Finding("contract.symbol-passes-by", "warning", text, *place)
    elif use.certainty != "certain":
        yield Finding("contract.may-meet-new-symbol", "warning", text, *place)
    else:
        yield Finding(_NEW_SYMBOL, "error", text, *place)
