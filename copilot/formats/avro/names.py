"""Avro's words and names: primitives, kinds, and how a full name comes from a name and the namespaces around it."""

from __future__ import annotations

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
RECORD_KINDS = frozenset({"record", "error"})
NAMED_KINDS = frozenset({"record", "error", "enum", "fixed"})
COMPLEX_KINDS = NAMED_KINDS | {"array", "map"}


def full_name(name: str, namespace: object, enclosing: str) -> str:
    """Returns the full name of a definition: a dotted name stands for itself, else the namespace comes before it."""
    if "." in name:
        return name.lstrip(".")
    space = namespace if isinstance(namespace, str) else enclosing
    return f"{space}.{name}" if space else name


def namespace_of(name: str) -> str:
    """Returns the namespace part of a full name, "" where it has none."""
    return name.rpartition(".")[0]


def short_name(name: str) -> str:
    """Returns a full name without its namespace."""
    return name.rpartition(".")[2]


def candidates(reference: str, enclosing: str) -> tuple[str, ...]:
    """Returns the full names that a reference may mean, the likeliest first.

    A short one means the type of the enclosing namespace; Avro for Java then falls back on the type without a namespace.
    """
    if "." in reference:
        return (reference.lstrip("."),)
    return (f"{enclosing}.{reference}", reference) if enclosing else (reference,)
