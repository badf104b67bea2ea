"""One line of progress for each record that a proposal gains."""

from __future__ import annotations

from copilot.domain.alternative import Plan
from copilot.domain.decision import Decision
from copilot.domain.evidence import Evidence
from copilot.domain.operation import ChangeRequest
from copilot.domain.proposal import Body, Compiled, Reading, Revised
from copilot.reasons.words import counted


def progress_line(body: Body) -> str:
    """Returns what happened, in one line; "" for a record that a person made, and for a check that had nothing to look at."""
    match body:
        case ChangeRequest():
            return f"understood  {counted(len(body.operations), 'operation')}"
        case Reading():
            uses = sum(len(impact.uses) for impact in body.impacts)
            known = f"{counted(body.files_read, 'file')}, {counted(uses, 'use')} of what changes"
            return f"read        {known}, {counted(body.gap_count, 'gap')}"
        case Plan():
            offered = counted(len(body.alternatives), "alternative")
            return f"planned     {offered}, {counted(len(body.not_offered), 'other strategy', 'other strategies')} not offered"
        case Compiled():
            return f"compiled    {body.alternative}: {_compiled_words(body)}"
        case Revised():
            return f"compiled    {body.alternative.id}: {body.of} without {counted(len(body.left_out), 'hunk')}"
        case Evidence(verdict="not-applicable"):
            return ""
        case Evidence():
            return f"proved      {body.alternative}: {body.check} {body.verdict}"
        case Decision():
            return f"decided     {body.chosen or 'every alternative is refused'}, stakes {body.stakes}"
        case _:
            return ""


def _compiled_words(compiled: Compiled) -> str:
    if compiled.refused:
        return f"no patch, {compiled.refused.what}"
    if not compiled.patches:
        return "changes nothing"
    files = len({change.path for patch in compiled.patches for change in patch.changes})
    return f"{counted(len(compiled.patches), 'phase')}, {counted(files, 'file')}"
