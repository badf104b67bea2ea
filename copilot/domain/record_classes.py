"""Which classes of Python code stand for records, as far as their decorators and bases tell?"""

from __future__ import annotations

import ast

_STRICT_DECORATORS = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "s"})
_STRICT_BASES = frozenset({"NamedTuple", "Struct"})


def last_name(node: ast.expr) -> str:
    """Returns the name of a name, the last one of a dotted one, "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def base_names(owner: ast.ClassDef) -> list[str]:
    """Returns the last name of each base, one with parameters (`Generic[T]`) without them."""
    return [last_name(it.value if isinstance(it, ast.Subscript) else it) for it in owner.bases]


def refuses_others(owner: ast.ClassDef) -> bool:
    """Tells whether a class itself says that its objects take no name but those that it declares."""
    decorated = (last_name(it.func if isinstance(it, ast.Call) else it) for it in owner.decorator_list)
    return not (_STRICT_DECORATORS.isdisjoint(decorated) and _STRICT_BASES.isdisjoint(base_names(owner)))
