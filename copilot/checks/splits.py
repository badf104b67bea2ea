"""A topic is split by a field's values: does somebody fill each part, does every reader meet one, and what loses its order?"""

from __future__ import annotations

from collections.abc import Iterator

from copilot.checks.lineage import phase_label
from copilot.checks.recorded import recorded_files, recorded_values
from copilot.checks.topics import LEFT, unmoved
from copilot.domain.evidence import Finding
from copilot.domain.keyed import keys_written
from copilot.domain.operation import SplitTopic
from copilot.domain.pipeline import PipelineMap
from copilot.ports import Bench, Case

ORDER_LOST, TO_REST = "usage.order-lost", "usage.value-to-rest"


def is_split(operation: SplitTopic, state: PipelineMap) -> bool:
    """Tells whether each of the new topics has a writer."""
    written = {link.endpoint.name for link in state.links if link.direction == "produces"}
    return set(operation.into) <= written


def split_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields what a split leaves behind; nothing for other operations."""
    for operation, impact in zip(case.request.operations, case.impacts, strict=False):
        if isinstance(operation, SplitTopic) and case.patches:
            for number, state in enumerate(case.states):
                yield from _unmet(operation, case, number, state)
                yield from _too_early(operation, case, number)
            yield from unmoved(case, operation.topic, ("consumes",))
            yield from _disordered(operation, case)
            yield from _unnamed(operation, impact.path, case, bench)


def _unmet(operation: SplitTopic, case: Case, number: int, state: PipelineMap) -> Iterator[Finding]:
    """Readers of the old topic that come to read a name which nobody writes."""
    written = {link.endpoint.name for link in state.links if link.direction == "produces"}
    readers = {it.job for it in case.base.links if it.endpoint.name == operation.topic and it.direction == "consumes"}
    known = {it.endpoint.name for it in case.base.links}
    told: set[tuple[str, str]] = set()
    for link in state.links:
        name = link.endpoint.name
        is_new = link.direction == "consumes" and link.job in readers and name not in known | written
        if is_new and name and (link.job, name) not in told:
            told.add((link.job, name))
            text = f'{link.job} subscribes to one topic called "{name}", which nobody writes.'
            fix = f"Let its code take a list, and name those of {', '.join(operation.into)} that it needs."
            yield Finding(LEFT, "error", text, link.proof[0] if link.proof else None, phase=number, fix=fix)


def _too_early(operation: SplitTopic, case: Case, number: int) -> Iterator[Finding]:
    """Readers that people move in a phase before which nobody fills the new topics: what they have not read, they never will."""
    if is_split(operation, case.states[number - 1] if number else case.base):
        return
    readers = {it.job for it in case.base.links if it.endpoint.name == operation.topic and it.direction == "consumes"}
    phase = case.alternative.phases[number]
    for job in sorted({job for step in phase.steps for job in step.jobs if step.kind == "consumers"} & readers):
        text = f"{job} moves in {phase_label(number, phase)}, and nobody fills {', '.join(operation.into)} before it."
        yield Finding(LEFT, "error", text, None, phase=number, fix="Fill the new topics in a phase of its own first.")


def _disordered(operation: SplitTopic, case: Case) -> Iterator[Finding]:
    keys = sorted({use.path for use in keys_written(operation.topic, case.base)})
    if keys and all(key.rpartition(".")[2] == operation.field for key in keys):
        # Records of one key have one value of it, so they stay together.
        return
    told = f"records of one {', '.join(keys)}" if keys else "records of one key"
    seen: set[str] = set()
    for link in case.base.links:
        if link.endpoint.name == operation.topic and link.direction == "consumes" and link.job not in seen:
            seen.add(link.job)
            parts = operation.field or "types"
            text = (
                f"{link.job} gets {told} in order today; from several topics, those of different {parts} come in none."
            )
            span = link.proof[0] if link.proof else None
            yield Finding(ORDER_LOST, "warning", text, span, operation.subject)


def _unnamed(operation: SplitTopic, path: str, case: Case, bench: Bench) -> Iterator[Finding]:
    if not operation.field:
        return
    subject = case.base.subject(operation.subject)
    for file, records in recorded_files(subject, case.base, bench):
        values = [value for record in records for value in recorded_values(record, path)]
        rest = sum(str(value) not in operation.values for value in values)
        if rest:
            text = (
                f"{rest} of {len(values)} recorded values of {path} in {file.path} are none of those named: they go to"
            )
            text += f" {operation.rest}."
            yield Finding(
                TO_REST, "warning", text, file, operation.subject, path, fix="Name them too, or see who reads the rest."
            )
