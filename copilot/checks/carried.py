"""Does the plan bring out what it changes: is every file carried by a step, every job there, every new program run by somebody?

A file that no step carries is deployed by nobody, a step for a job that isn't there deploys nobody, and without a gate nobody looks
whether the next phase may begin.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from copilot.checks.lineage import phase_label
from copilot.domain.evidence import Finding
from copilot.domain.patch import FileChange, Patch
from copilot.domain.python_text import parsed_python
from copilot.domain.source import Span
from copilot.ports import Case

NOT_CARRIED, NOT_CHANGED, NOT_RUN = "scope.not-carried", "scope.not-changed", "scope.not-run"
NO_JOB, NO_GATE = "scope.no-such-job", "scope.no-gate"
_IDLE = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


def carried_findings(case: Case) -> Iterator[Finding]:
    """Yields what the steps and gates of a plan forget; nothing of a plan without steps, which people carry out as they like."""
    if not any(phase.steps for phase in case.alternative.phases):
        return
    before: dict[str, str | None] = {}
    ever = {change.path for patch in case.patches for change in patch.changes}
    for patch in case.patches:
        yield from _not_carried(case, patch, before, ever)
        before = {change.path: change.after for change in patch.changes}
    yield from _strangers(case)
    for number, phase in enumerate(case.alternative.phases[:-1]):
        if phase.gate is None:
            text = f"Another phase follows {phase_label(number, phase)}, and no gate says when it may begin."
            yield Finding(NO_GATE, "error", text, phase=number, fix="Say what must be seen before it.")
    idle = {
        change.path: (patch, change) for patch in case.patches for change in patch.changes if _is_idle(change, patch)
    }
    yield from (_not_run(*it) for it in idle.values())


def _not_carried(case: Case, patch: Patch, before: dict[str, str | None], ever: set[str]) -> Iterator[Finding]:
    phase = case.alternative.phases[patch.phase]
    carried = {path for step in phase.steps for path in step.paths}
    after = {change.path: change.after for change in patch.changes}
    changing = {path for path in after | before if after.get(path, ...) != before.get(path, ...)}
    label = phase_label(patch.phase, phase)
    for path in sorted(changing - carried):
        text = f"No step of {label} brings out {path}, which changes there."
        yield Finding(NOT_CARRIED, "error", text, Span(path, 1, 1), phase=patch.phase, fix="Name it in a step.")
    # A step names the files that its edits are about; that one of them changed in an earlier phase already is nothing to mend.
    is_late = case.alternative.waited is not None
    for path in sorted(carried - (ever if carried & changing else changing)) if not is_late else ():
        text = f"A step of {label} brings out {path}, and nothing of it changes there."
        yield Finding(
            NOT_CHANGED, "error", text, Span(path, 1, 1), phase=patch.phase, fix="Look for the edit that got lost."
        )


def _strangers(case: Case) -> Iterator[Finding]:
    known = {job.name for state in (case.base, *case.states) for job in state.jobs}
    for number, phase in enumerate(case.alternative.phases):
        for step in phase.steps:
            for job in step.jobs:
                if job not in known:
                    text = f'The step "{step.title}" deploys {job}, and no such job was found.'
                    yield Finding(NO_JOB, "error", text, phase=number, fix="Name the job as the map does.")


def _is_idle(change: FileChange, patch: Patch) -> bool:
    """Tells whether a new Python file only defines things, and no other file of the patch names it."""
    tree = parsed_python(change.after or "") if change.before is None and change.path.endswith(".py") else None
    name = change.path.rpartition("/")[2].removesuffix(".py")
    is_named = any(name in (it.after or "") for it in patch.changes if it.path != change.path)
    return tree is not None and not is_named and not name.startswith(("test_", "__")) and all(map(_defines, tree.body))


def _defines(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, _IDLE)


def _not_run(patch: Patch, change: FileChange) -> Finding:
    text = f"{change.path} is new and does nothing when it is run, and no file of the patch uses it."
    return Finding(
        NOT_RUN, "error", text, Span(change.path, 1, 1), phase=patch.phase, fix="Let it start what it defines."
    )
