"""Does a patch reach the schemas that producers write with, where those stand in the code?

Where a dict or a text in the code is what the serializer is given, an edit of the file elsewhere that holds the same schema changes
nothing on the wire: the producer goes on as before.
"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.checks.elsewhere import is_asked_of
from copilot.checks.lineage import Lineage, phase_label
from copilot.domain.evidence import Finding
from copilot.domain.pipeline import Link, PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.ports import Case

OPEN_RULES = ("contract.literal-may-be-left",)


def literal_findings(lineage: Lineage, phase: int, link: Link, case: Case) -> Iterator[Finding]:
    """Yields the producer's own literals that still say what the base said, although the schema says something else."""
    base, after = lineage.base, lineage.after[phase]
    if base is None or after is None or after.meaning == base.latest.meaning:
        return
    state = case.states[phase]
    for literal in _literals(link.job, lineage.name, state):
        if literal.meaning != base.latest.meaning or literal.source.path == after.source.path:
            continue
        label = phase_label(phase, case.alternative.phases[phase])
        place = literal.source.span
        text = f"{link.job} writes with the schema at {place}, which {label} leaves as it was: nothing changes on the wire."
        fix = f"Edit the schema at {place} too, or load it from {after.source.path}."
        is_told = any(span.path == literal.source.path for span in link.proof) and link.certainty == "certain"
        if is_told and not is_asked_of(case, link.job, phase):
            yield Finding("contract.literal-left-behind", "error", text, place, lineage.name, "", phase, fix)
        else:
            text = f"{text[:-1]}, if it is the one that the producer uses."
            yield Finding("contract.literal-may-be-left", "warning", text, place, lineage.name, "", phase, fix)


def _literals(job: str, subject: str, state: PipelineMap) -> list[SchemaVersion]:
    root = next((it.root.rstrip("/") for it in state.jobs if it.name == job), "")
    own = next((it for it in state.subjects if it.name == subject), None)
    return [
        copy
        for copy in (own.copy_versions if own else ())
        if copy.source.host != "file" and root not in ("", ".") and (copy.source.path + "/").startswith(root + "/")
    ]
