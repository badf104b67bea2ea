"""What of an alternative can be edited here, and what is left to a person? One place must not cost the whole way.

A code edit that its file refuses is taken out of every phase that has it, and becomes a step by hand in the first of them: the
place, what to write there, and why it was not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from copilot.domain.alternative import Alternative, CodeEdit, Edit, ImportEdit, Phase, SchemaEdit, Step, TextEdit
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.source import Gap, SourceFile
from copilot.patches.splices import CannotEdit, line_of

Edited = Callable[[SourceFile, Sequence[Edit]], str]
"""Makes the edits of one file; raises CannotEdit."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """An edit that its file refuses, as the step by hand that it becomes: "path:line  what"."""

    edit: CodeEdit | TextEdit
    text: str


def fitted(alternative: Alternative, files: Mapping[str, SourceFile | Gap], edited: Edited) -> Alternative:
    """Returns the alternative without the code edits that can't be made, each left to a person instead.

    One that fits as it is comes back as it is; what no person could do here (a schema that can't be edited) is left for `compile`.
    """
    phases: list[Phase] = []
    told: set[str] = set()
    for phase in alternative.phases:
        unfit = [one for path in _paths(phase) for one in _unfit(phase, files.get(path), edited, path)]
        phases.append(_without(phase, unfit, told) if unfit else phase)
        told |= {one.text for one in unfit}
    if tuple(phases) == alternative.phases:
        return alternative
    digest = digest_of_text(canonical([alternative.title, [encode(phase) for phase in phases]]))
    return replace(alternative, id=f"{alternative.id.rpartition('-')[0]}-{digest[:6]}", phases=tuple(phases))


def _paths(phase: Phase) -> list[str]:
    return sorted({edit.path for edit in phase.edits if isinstance(edit, CodeEdit | TextEdit)})


def _unfit(phase: Phase, file: SourceFile | Gap | None, edited: Edited, path: str) -> list[Unfit]:
    own = [
        edit
        for edit in phase.edits
        if isinstance(edit, CodeEdit | TextEdit | ImportEdit | SchemaEdit) and _path_of(edit) == path
    ]
    if not isinstance(file, SourceFile) or _problem(file, own, edited) is None:
        return []
    kept: list[Edit] = [edit for edit in own if isinstance(edit, SchemaEdit | ImportEdit)]
    if _problem(file, kept, edited) is not None:
        return []
    unfit: list[Unfit] = []
    # One after the other: two edits that fit by themselves can stand in each other's way.
    for edit in own:
        if isinstance(edit, CodeEdit | TextEdit):
            problem = _problem(file, [*kept, edit], edited)
            if problem is None:
                kept.append(edit)
            else:
                unfit.append(Unfit(edit, _by_hand(file, edit, problem)))
    return unfit


def _problem(file: SourceFile, edits: Sequence[Edit], edited: Edited) -> CannotEdit | None:
    try:
        edited(file, edits)
    except CannotEdit as problem:
        return problem
    return None


def _by_hand(file: SourceFile, edit: CodeEdit | TextEdit, problem: CannotEdit) -> str:
    if isinstance(edit, TextEdit):
        return f"{edit.path}:{edit.line}  write `{edit.after}` for `{edit.before}` by hand: {problem.what.rstrip('.')}"
    line = line_of(file.text.encode(), edit.offset)
    reason = (problem.what.partition(": ")[2] or problem.what).rstrip(".")
    if reason.startswith("f-string: "):
        reason = "inside an f-string it takes quotes that Python before 3.12 does not read"
    return f"{edit.path}:{line}  {_TASKS[edit.action].format(old=edit.name, new=edit.to)} by hand: {reason}"


_TASKS = {
    "rename_key": "rename `{old}` to `{new}`",
    "add_key": "write `{new}` beside `{old}`",
    "add_converted": "write `{new}`, converted, beside `{old}`",
    "remove_key": "take `{old}` out",
    "read_default": "read without `{old}`",
    "read_null": "say what null in `{old}` counts as",
    "read_upcast": "read `{new}` from the upcast record, in the place of `{old}`,",
    "read_either": "read `{new}`, else `{old}`",
    "read_converted": "read `{new}`, converted, in the place of `{old}`",
    "set_value": "set the value of `{old}`",
    "wrap_value": "convert the value of `{old}`",
}


def _without(phase: Phase, unfit: list[Unfit], told: set[str]) -> Phase:
    gone = {one.edit for one in unfit}
    edits = tuple(edit for edit in phase.edits if edit not in gone)
    paths = {_path_of(edit) for edit in edits}
    return replace(phase, edits=edits, steps=tuple(_step(step, unfit, paths, told) for step in phase.steps))


def _step(step: Step, unfit: list[Unfit], paths: set[str], told: set[str]) -> Step:
    manual = [one.text for one in unfit if one.edit.path in step.paths and one.text not in told]
    kept = tuple(path for path in step.paths if path in paths or not any(one.edit.path == path for one in unfit))
    return replace(step, paths=kept, manual=tuple(dict.fromkeys((*step.manual, *manual))))


def _path_of(edit: Edit) -> str:
    return edit.source.path if isinstance(edit, SchemaEdit) else edit.path
