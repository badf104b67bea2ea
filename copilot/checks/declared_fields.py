"""What do classes of the same file (dataclasses, pydantic models, named tuples) declare for the fields that code reads and sets?"""

from __future__ import annotations

import ast

from copilot.checks.annotations import annotated
from copilot.checks.kinds import UNKNOWN, Inferred
from copilot.checks.parsed_code import ParsedCode


def declared_of_attribute(code: ParsedCode, node: ast.Attribute) -> Inferred | None:
    """Returns what is declared for an attribute of `self`, or of a parameter annotated with a class; None where nothing is."""
    if not isinstance(node.value, ast.Name):
        return None
    if node.value.id == "self":
        owner = next((outer for outer in code.enclosing(node) if isinstance(outer, ast.ClassDef)), None)
    else:
        scope = code.scope(node)
        own = [it for it in code.bindings.get(node.value.id, []) if code.scope(it) is scope]
        annotation = own[0].annotation if len(own) == 1 and isinstance(own[0], ast.arg) else None
        owner = code.class_of(annotation.id) if isinstance(annotation, ast.Name) else None
    return _declared_in(owner, node.attr) if owner is not None else None


def declared_of_keyword(code: ParsedCode, value: ast.expr) -> Inferred:
    """Returns what the class that a call makes an object of declares for the keyword whose value this is."""
    keyword = code.parent(value)
    call = code.parent(keyword) if isinstance(keyword, ast.keyword) else None
    made = call.func if isinstance(call, ast.Call) else None
    owner = code.class_of(made.id) if isinstance(made, ast.Name) else None
    name = keyword.arg if isinstance(keyword, ast.keyword) else None
    return (_declared_in(owner, name) if owner is not None and name else None) or UNKNOWN


def _declared_in(owner: ast.ClassDef, name: str) -> Inferred | None:
    for statement in owner.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=declared), annotation=annotation) if declared == name:
                return annotated(annotation)
    return None
