"""Which classes stand for tables of a database by their columns? SQLAlchemy, SQLModel, Django, peewee and the like.

A record that is written into such a table ends there: its columns are mostly called like the record's fields, and keep their
names when a field gets another one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from copilot.readers.scope import receiver_name

_COLUMNS = frozenset({"Column", "mapped_column", "column_property"})
_ANNOTATION = "Mapped"
_FIELD_LIBRARIES = frozenset({"django", "peewee", "mongoengine", "tortoise", "playhouse", "umongo"})
_NO_TABLES = frozenset({"serializers", "forms", "filters", "wtforms", "marshmallow"})
WRITING = frozenset({"create", "get_or_create", "update_or_create", "values"})
"""Methods of tables whose keywords are columns."""


def columns_of(node: ast.ClassDef, libraries: set[str]) -> dict[str, ast.Name]:
    """Returns the columns that a class declares, by name, {} where it stands for no table."""
    has_fields = not _FIELD_LIBRARIES.isdisjoint(libraries)
    found = dict(_assigned(node, has_fields=has_fields))
    is_told = any(one.arg == "table" and getattr(one.value, "value", False) is True for one in node.keywords)
    if is_told or found:
        found |= dict(_annotated(node, is_told=is_told))
    return found if found or is_told else dict(_annotated(node, is_told=False))


def _assigned(node: ast.ClassDef, *, has_fields: bool) -> Iterator[tuple[str, ast.Name]]:
    """Yields `amount = Column(Float)` and `amount = models.FloatField()`."""
    for part in node.body:
        match part:
            case ast.Assign(targets=[ast.Name() as target], value=ast.Call(func=function)):
                called = function.attr if isinstance(function, ast.Attribute) else receiver_name(function)
                owner = receiver_name(function.value) if isinstance(function, ast.Attribute) else ""
                is_field = has_fields and called.endswith(("Field", "ForeignKey")) and owner not in _NO_TABLES
                if called in _COLUMNS or is_field:
                    yield target.id, target


def _annotated(node: ast.ClassDef, *, is_told: bool) -> Iterator[tuple[str, ast.Name]]:
    """Yields `amount: Mapped[float] = mapped_column()`, and where the class says that it is a table, each with a type."""
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            annotation = part.annotation
            is_mapped = isinstance(annotation, ast.Subscript) and receiver_name(annotation.value) == _ANNOTATION
            if is_mapped or is_told:
                yield part.target.id, part.target
