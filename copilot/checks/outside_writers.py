"""Does a consumer take its own schema for that of a writer which is not here, and do the bytes change under it?

Such a consumer reads with one local schema for both sides. Where nobody in this repository writes its topic, no deploy here moves
the bytes: with another text it misreads every record, until a writer that nobody here decides about moves too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copilot.checks.lineage import Lineage, phase_label
from copilot.checks.reading import BASE, reader_schema
from copilot.domain.codec import canonical
from copilot.domain.evidence import Finding
from copilot.domain.fieldtype import full_name, parsed
from copilot.ports import Bench, Case

RULE = "usage.writer-elsewhere"
_DEPTH_MAX = 90


def outside_writers(case: Case, bench: Bench, changed: tuple[Lineage, ...]) -> Iterator[Finding]:
    """Yields one finding for each such consumer, in the first phase after which its text stands for other bytes."""
    written = {link.endpoint for link in case.base.links if link.direction == "produces" and link.endpoint.name}
    known = {lineage.name: lineage for lineage in changed if lineage.base}
    for link in case.base.links:
        is_single = link.decoder is not None and link.decoder.reader_schema == "single"
        lineage = known.get(link.subject or "")
        if lineage is None or link.direction != "consumes" or not is_single or link.endpoint in written:
            continue
        if case.base.is_foreign(link.job):
            continue
        before = reader_schema(link, lineage, BASE, case, bench)
        for number, phase in enumerate(case.alternative.phases[: len(case.states)]):
            after = reader_schema(link, lineage, number, case, bench)
            if before and after and bytes_of(before.resolved) != bytes_of(after.resolved):
                text = (
                    f"{link.job} takes its own schema for the writer's, and who writes {link.endpoint} is not here: after"
                    f" {phase_label(number, phase)} it misreads every record until that writer has moved too."
                )
                span = link.proof[0] if link.proof else None
                fix = "Move at the same moment as the writer, or let it decode with the writer's schema first."
                yield Finding(RULE, "warning", text, span, str(link.subject), phase=number, fix=fix)
                break


def bytes_of(schema: str) -> str:
    """Returns what the bytes of a schema's records hang on: the kinds in their order, without any name but those of symbols."""
    return canonical(_shape(parsed(schema), "", {}, 0))


def _shape(kind: Any, space: str, known: dict[str, int], depth: int) -> Any:
    if depth > _DEPTH_MAX:
        return "deep"
    if isinstance(kind, list):
        return [_shape(branch, space, known, depth + 1) for branch in kind]
    if isinstance(kind, str):
        return known.get(full_name(kind, space), known.get(kind, kind))
    inner = kind.get("type")
    if inner in ("record", "error", "enum", "fixed"):
        full = full_name(str(kind.get("name")), str(kind.get("namespace") or space))
        known.setdefault(full, len(known))
        if inner == "enum":
            return ["enum", list(kind.get("symbols", ()))]
        if inner == "fixed":
            return ["fixed", kind.get("size")]
        fields = [_shape(it.get("type"), full.rpartition(".")[0], known, depth + 1) for it in kind.get("fields", ())]
        return ["record", fields]
    if inner in ("array", "map"):
        return [inner, _shape(kind.get("items", kind.get("values")), space, known, depth + 1)]
    return _shape(inner, space, known, depth + 1)
