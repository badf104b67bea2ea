"""Ways to change the level that a subject has to keep: at once, for one occasion with a way back, or step by step.

The level stands in `copilot.toml`, as a line for the subject or for a pattern that others share; only a line of the subject's
own is changed, else it gets one.
"""

from __future__ import annotations

import json
import re
from typing import cast

from copilot.domain.alternative import Alternative, Edit, Gate, NewFile, NotOffered, Phase, Step, TextEdit
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.levels import Level, demanded
from copilot.domain.operation import ChangeLevel, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.domain.twins import twins_of
from copilot.settings import SETTINGS_PATH

STEPWISE = "step by step"
_TABLE = re.compile(r"\[\s*compatibility\s*\]")


def change_level(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to change a level; nothing for other operations."""
    if not isinstance(operation, ChangeLevel):
        return ()
    subject = pipeline.subject(operation.subject)
    if operation.until:
        return (
            _for_one_occasion(operation, subject, impact, pipeline),
            _for_good(operation, subject, impact, pipeline),
            NotOffered(
                "new subject version",
                "Ask for the change that needs the looser level: each has a new subject among its ways, which needs none.",
            ),
        )
    return (_at_once(operation, subject, impact, pipeline), _stepwise(operation, subject, impact, pipeline))


def _for_one_occasion(
    operation: ChangeLevel, subject: SchemaSubject, impact: Impact, pipeline: PipelineMap
) -> Alternative:
    before = subject.compatibility
    note = f"until {operation.until}, then {before} again"
    loose = _set(subject, operation.level, impact, pipeline, note)
    back = _set(subject, before, impact, pipeline, "")
    gate = Gate(
        f"It is {operation.until}, or the change that needed {operation.level} is out: whichever comes first. Every version"
        " that was registered meanwhile is known by name."
    )
    return _alternative(
        subject,
        "until",
        f"Ask for {operation.level} until {operation.until}, then for {before} again",
        "loosened, with an end",
        (
            Phase("loosened", loose, (_step(loose, "Loosen the level"),), gate),
            Phase("restored", back, (_step(back, "Restore the level"),)),
        ),
        "It wins where one change has to go through that the level forbids: what it lets through is told, and the way back is a"
        " phase of the same proposal, with its day. A registry of your own has to be set by hand, both times.",
    )


def _for_good(operation: ChangeLevel, subject: SchemaSubject, impact: Impact, pipeline: PipelineMap) -> Alternative:
    edits = _set(subject, operation.level, impact, pipeline, "")
    return _alternative(
        subject,
        "naive",
        f"Ask for {operation.level} from now on",
        "naive loosening",
        (Phase("loosened", edits, (_step(edits, "Loosen the level"),)),),
        "The edit people make first. Nobody comes back to it: every later change goes through without the guard.",
    )


def _at_once(operation: ChangeLevel, subject: SchemaSubject, impact: Impact, pipeline: PipelineMap) -> Alternative:
    edits = _set(subject, operation.level, impact, pipeline, "")
    return _alternative(
        subject,
        "set",
        f"Ask for {operation.level} from now on",
        "level set",
        (Phase("set", edits, (_step(edits, "Set the level"),)),),
        "It wins where the whole history keeps the level already: nothing changes for anybody, and the next change is held to it.",
    )


def _stepwise(
    operation: ChangeLevel, subject: SchemaSubject, impact: Impact, pipeline: PipelineMap
) -> Alternative | NotOffered:
    near = cast(Level, operation.level.removesuffix("_TRANSITIVE"))
    if near == operation.level:
        return NotOffered(
            STEPWISE, f"{operation.level} looks at the version before only, so there is no step before it."
        )
    if demanded(near) <= demanded(subject.compatibility):
        return NotOffered(STEPWISE, f"It keeps {subject.compatibility} already, and there is no level between the two.")
    first = _set(subject, near, impact, pipeline, "")
    last = _set(subject, operation.level, impact, pipeline, "")
    gate = Gate(
        "No record of a version that violates the level is left, and the registry has let those versions go.",
        outlasts_retention=True,
    )
    return _alternative(
        subject,
        "stepwise",
        f"Ask for {near} now, and for {operation.level} once the versions that violate it are gone",
        STEPWISE,
        (
            Phase("looks at the last one", first, (_step(first, "Set the level"),), gate),
            Phase("looks at all", last, (_step(last, "Set the level"),)),
        ),
        "It wins where old versions violate the level: new changes are held to it from now on, and the history follows when it"
        " can.",
    )


def _set(subject: SchemaSubject, level: Level, impact: Impact, pipeline: PipelineMap, note: str) -> tuple[Edit, ...]:
    """Returns the edit of `copilot.toml`; () where the line says that level already."""
    entry = f"{json.dumps(subject.name)} = {json.dumps(level)}"
    written = f"{entry}  # {note}" if note else entry
    line = _line_of(subject)
    if line and level == subject.compatibility:
        return ()
    if line and _is_own(subject, line, impact, pipeline):
        value = json.dumps(level) + (f"  # {note}" if note else "")
        return (TextEdit(SETTINGS_PATH, line, json.dumps(subject.compatibility), value),)
    header = next((it.span.first_line for it in impact.mentions if _TABLE.fullmatch(it.excerpt)), 0)
    if header:
        return (TextEdit(SETTINGS_PATH, header + 1, "", written + "\n"),)
    if impact.mentions:
        return (TextEdit(SETTINGS_PATH, 1, "", f"[compatibility]\n{written}\n\n"),)
    return (NewFile(SETTINGS_PATH, f"[compatibility]\n{written}\n"),)


def _line_of(subject: SchemaSubject) -> int:
    path, _, line = subject.level_source.rpartition(":")
    return int(line) if path == SETTINGS_PATH and line.isdigit() else 0


def _is_own(subject: SchemaSubject, line: int, impact: Impact, pipeline: PipelineMap) -> bool:
    """Tells whether the line is about this schema alone: its copies that drifted may share it."""
    family = {subject.name, *(twin.name for twin in twins_of(subject, pipeline))}
    sharing = {it.name for it in pipeline.subjects if it.level_source == subject.level_source}
    text = next((it.excerpt for it in impact.mentions if it.span.first_line == line), "")
    return sharing <= family and _holds(text, subject.compatibility)


def _holds(text: str, level: Level) -> bool:
    return json.dumps(level) in text


def _step(edits: tuple[Edit, ...], title: str) -> Step:
    paths = tuple(sorted({edit.path for edit in edits if isinstance(edit, TextEdit | NewFile)}))
    return Step(title, "schema", (), paths or (SETTINGS_PATH,))


def _alternative(
    subject: SchemaSubject, slug: str, title: str, strategy: str, phases: tuple[Phase, ...], argument: str
) -> Alternative:
    titled = f"{title}, for {subject.name}"
    digest = digest_of_text(canonical([titled, [encode(phase) for phase in phases]]))
    return Alternative(f"{slug}-{digest[:6]}", titled, "rules", strategy, phases, argument)
