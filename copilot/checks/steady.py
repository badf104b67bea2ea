"""Does a field that the change brings keep its type from the phase that brings it to the last?

What is written under a narrower type meanwhile is cut or refused, though each phase alone can read the one before. Null may come or
go, as a field is often filled first and required later. Only types without parts and names are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copilot.checks.lineage import Lineage, phase_label
from copilot.domain.codec import canonical
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import base_kind, parsed, without_null
from copilot.domain.schema import SchemaField
from copilot.ports import Case

UNSTEADY = "compatibility.new-field-unsteady"
_PLAIN = ("boolean", "int", "long", "float", "double", "bytes", "string")


def steady_findings(lineages: Iterable[Lineage], case: Case) -> Iterator[Finding]:
    """Yields the new fields whose type in some phase is another one than in the last phase that has them, once a field."""
    for lineage in lineages:
        known = {field.path for field in lineage.base.latest.fields} if lineage.base else set()
        last: dict[str, SchemaField] = {}
        told: set[str] = set()
        for phase in range(len(lineage.after) - 1, -1, -1):
            version = lineage.after[phase]
            for field in version.fields if version else ():
                final = last.setdefault(field.path, field)
                kinds = _plain(final), _plain(field)
                if field.path not in known | told and "" not in kinds and kinds[0] != kinds[1]:
                    told.add(field.path)
                    label = phase_label(phase, case.alternative.phases[phase])
                    text = f"{field.path} is {field.type} after {label} and {final.type} in the end."
                    fix = "Give the new field its last type from the beginning."
                    yield Finding(UNSTEADY, "error", text, field.span, lineage.name, field.path, phase, fix)


def _plain(field: SchemaField) -> str:
    """Returns the type but null, "" where it is made of others or has a name of its own."""
    kind = without_null(parsed(field.type))
    return canonical(kind) if base_kind(kind) in _PLAIN else ""
