"""Does a job look up the symbols of an enumeration in a table of its own, which lacks one of them?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from copilot.domain import fieldtype
from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.pipeline import FieldUse
from copilot.domain.python_text import parsed_python
from copilot.domain.schema import SchemaField
from copilot.findings.case import Audited, Rule, listed, place

LACKING = Rule("symbol-not-in-table", "The first record with that symbol stops the job with a KeyError.")
_CATCHING = re.compile(r"\bexcept\s*(?::|\(|Exception|KeyError|LookupError)")
_READING = ("reads", "passes", "compares", "computes")


_parsed = lru_cache(maxsize=8)(parsed_python)


@dataclass(frozen=True, slots=True)
class _Table:
    """A dict of constants in the code: where it is made, and its keys."""

    path: str
    line: int
    keys: frozenset[str]


def missing_symbols(case: Audited) -> Iterator[AuditFinding]:
    """Yields tables that are asked for a symbol by `TABLE[record["field"]]` and lack one that the schema has.

    A table that code adds to, tests, or makes in several places may hold it, and nothing is said.
    """
    enums = {
        (subject.name, field.path): field
        for subject in case.pipeline.subjects
        for field in subject.latest.fields
        if _symbols(field)
    }
    told: set[tuple[str, str, str]] = set()
    for use in case.pipeline.uses:
        field = enums.get((use.subject, use.path))
        if field is None or use.is_test or use.mode not in _READING or use.certainty == "possible":
            continue
        for name in _tables_asked(case, use):
            table = _table(case, use, name)
            lacking = [symbol for symbol in _symbols(field) if table is not None and symbol not in table.keys]
            # Twins of a schema give each place twice: one of them is told.
            is_told = (use.job, use.path, name) in told
            if table is None or is_told or not lacking or not table.keys <= {*_symbols(field)}:
                continue
            told.add((use.job, use.path, name))
            verb = "it lacks" if len(lacking) == 1 else "it lacks the symbols"
            title = f'{use.job} looks up "{use.path}" of {use.subject} in {name}, but {verb} {listed(lacking)}.'
            proof = [
                Proof(use.span, use.excerpt),
                Proof(place(table.path, table.line), f"has {listed(sorted(table.keys))}"),
                Proof(field.span, f"has {listed(_symbols(field))}"),
            ]
            next = f"Add {listed(lacking)} to {name}, or say what holds for symbols that it lacks."
            yield LACKING.finding(
                "warning", title, proof, next, subject=use.subject, path=use.path, job=use.job, about=name
            )


def _symbols(field: SchemaField) -> list[str]:
    kind = fieldtype.enum_of(fieldtype.without_null(fieldtype.parsed(field.type)))
    return list(kind["symbols"]) if kind is not None else []


def _tables_asked(case: Audited, use: FieldUse) -> list[str]:
    """Returns the names of what is subscripted with the field: `STATUS` of `STATUS[order["state"]]`, directly or through a name."""
    text = case.texts([use.span.path]).get(use.span.path, "")
    tree = _parsed(text)
    if tree is None or _CATCHING.search(text):
        return []
    held = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_of(node.value, use)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return sorted(
        {
            node.value.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and (_is_of(node.slice, use) or (isinstance(node.slice, ast.Name) and node.slice.id in held))
        }
    )


def _is_of(node: ast.expr, use: FieldUse) -> bool:
    """Tells whether an expression is the field itself, as it is used: `order["state"]`, `order.get("state")`, `order.state`."""
    if not use.span.first_line <= node.lineno <= use.span.last_line:
        return False
    if isinstance(node, ast.Attribute):
        return node.attr == use.name
    inner = (
        node.slice
        if isinstance(node, ast.Subscript)
        else node.args[0]
        if isinstance(node, ast.Call) and node.args
        else None
    )
    return isinstance(inner, ast.Constant) and inner.value == use.name


def _table(case: Audited, use: FieldUse, name: str) -> _Table | None:
    """Returns the one dict of constants by that name in the job's code, None where there is none, or where it may hold more."""
    found: list[_Table] = []
    for path, text in {**case.texts([use.span.path]), **case.code_of(use.job)}.items():
        if name not in text:
            continue
        if re.search(rf"\b{name}(?:\.(?:update|setdefault|get)\(|\[[^\]]+\]\s*=(?!=))|\bin {name}\b", text):
            return None
        for node in ast.walk(_parsed(text) or ast.Module([], [])):
            is_made = isinstance(node, ast.Assign) and any(
                isinstance(it, ast.Name) and it.id == name for it in node.targets
            )
            if isinstance(node, ast.Assign) and is_made:
                keys = _keys(node.value)
                if keys is None:
                    return None
                found.append(_Table(path, node.lineno, keys))
    return found[0] if len(found) == 1 else None


def _keys(node: ast.expr) -> frozenset[str] | None:
    if not isinstance(node, ast.Dict) or not node.keys:
        return None
    keys = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return frozenset(keys) if len(keys) == len(node.keys) else None
