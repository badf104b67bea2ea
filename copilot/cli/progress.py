"""How a proposal gets on while it is proved: one line written over on a terminal, a few lines elsewhere, all on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copilot.cli.console import Console
from copilot.domain.alternative import Plan
from copilot.domain.decision import Decision
from copilot.domain.evidence import Evidence
from copilot.domain.model import Exchange
from copilot.domain.operation import ChangeRequest
from copilot.domain.proposal import Body, Compiled, Probed, Reading, Revised, Worded
from copilot.patches.hunk_parts import parts_words
from copilot.reasons.words import counted, letters_for, listed

_SLOW_STEPS = (Compiled, Revised, Evidence)


class Progress:
    """Tells each record that a proposal gains; `is_detailed` gives every one of them a line that stays."""

    def __init__(self, console: Console, *, is_detailed: bool = False) -> None:
        self._console = console
        self._is_detailed = is_detailed
        self._letters: dict[str, str] = {}
        self._proved: list[Evidence] = []

    def tell(self, body: Body) -> None:
        """Tells one record."""
        if isinstance(body, Plan):
            self._letters = letters_for(body.alternatives)
        line = progress_line(body, self._letters)
        if self._is_detailed:
            self._console.note(line)
        elif self._console.is_live:
            self._console.live(line)
        else:
            self._tell_few(body, line)

    def _tell_few(self, body: Body, line: str) -> None:
        """Tells the stages, and in one line what was proved about each alternative, once its last verdict is there."""
        is_other = not isinstance(body, Evidence) or any(it.alternative != body.alternative for it in self._proved)
        if is_other and self._proved:
            self._console.note(_proved_line(self._proved, self._letters))
            self._proved = []
        if isinstance(body, Evidence):
            self._proved.append(body)
        elif not isinstance(body, _SLOW_STEPS):
            self._console.note(line)


def progress_line(body: Body, letters: Mapping[str, str]) -> str:
    """Returns what happened, in one line; "" for a record that a person made, and for a check that had nothing to look at.

    `letters` are those of the alternatives, as the table of the decision has them.
    """
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
            return f"compiled    {_named(body.alternative, letters)}: {_compiled_words(body)}"
        case Revised():
            return f"compiled    {body.alternative.id}: {body.of} {parts_words(body.left_out, body.edited)}"
        case Evidence(verdict="not-applicable"):
            return ""
        case Evidence():
            return f"proved      {_named(body.alternative, letters)}: {body.check} {body.verdict}"
        case Decision():
            chosen = _named(body.chosen, letters) if body.chosen else "every alternative is refused"
            return f"decided     {chosen}, stakes {body.stakes}"
        case Exchange():
            return f"asked       {body.model} ({body.purpose}{f', {body.problem}' if body.problem else ''})"
        case Worded():
            return (
                f"worded      {counted(len(body.sentences), 'sentence')}{f', {body.problem}' if body.problem else ''}"
            )
        case Probed():
            tried = body.trials[1:]
            return f"probed      the stated reason followed in {sum(it[2] for it in tried)} of {counted(len(tried), 'trial')}"
        case _:
            return ""


def _proved_line(proved: Sequence[Evidence], letters: Mapping[str, str]) -> str:
    """Returns an alternative's verdicts in one line; "" where no check had anything to look at."""
    passed = sum(it.verdict == "pass" for it in proved)
    told = [f"{counted(passed, 'check passes', 'checks pass')}"] if passed else []
    told += [f"{it.check} {it.verdict}" for it in proved if it.verdict in ("fail", "unknown")]
    return f"proved      {_named(proved[0].alternative, letters)}: {listed(told)}" if told else ""


def _named(id: str, letters: Mapping[str, str]) -> str:
    return f"{letters[id]} ({id})" if id in letters else id


def _compiled_words(compiled: Compiled) -> str:
    if compiled.refused:
        return f"no patch, {compiled.refused.what}"
    if not compiled.patches:
        return "changes nothing"
    files = len({change.path for patch in compiled.patches for change in patch.changes})
    return f"{counted(len(compiled.patches), 'phase')}, {counted(files, 'file')}"
