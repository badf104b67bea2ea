"""What can be done with a change once it is applied: take it back, and go on with the phase after it. Both only make branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.domain.decision import Applied
from copilot.errors import CopilotError
from copilot.proposals.gates import Ways
from copilot.tui.deciding import DecidingPage
from copilot.tui.dialogs import Answer, Note

if TYPE_CHECKING:
    from copilot.proposals import Workspace


class AfterApplying(DecidingPage):
    """A page about a proposal that may be applied. One act at a time: `_doing` is what goes on, "" where nothing does."""

    _doing = ""

    def _begin(self, doing: str) -> None:
        self._doing = doing
        self.tell(doing)

    def _ended(self, _: object) -> None:
        self._doing = ""
        self._reload()

    def _failed(self, error: CopilotError) -> None:
        self._ended(error)
        self.fail(error)

    @property
    def _applied(self) -> Applied | None:
        return self._proposal.applied[-1] if self._proposal.state == "applied" else None

    @property
    def _has_next(self) -> bool:
        applied = self._applied
        return applied is not None and applied.phase + 1 < len(self._proposal.alternative(applied.alternative).phases)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Shows each key while there is something that it can be done with."""
        if action in ("undo", "next") and not (self._has_next if action == "next" else self._applied):
            return False
        return super().check_action(action, parameters)

    def action_undo(self) -> None:
        if self._applied and self._may_decide():
            branch = self._applied.branch
            text = [
                "A new commit on a new branch restores the files as they were; nothing else moves.",
                f"It starts at the branch that holds the change now: {branch}, unless you name another (main, once it is merged).",
            ]
            ask = Note(f"Take {self._proposal.id} back?", text, "takes it back", "a branch, or nothing")
            self.app.push_screen(ask, lambda answer: self._undo(answer, branch))

    def _undo(self, answer: Answer | None, branch: str) -> None:
        if answer is not None:
            self._begin("taking it back …")
            source = answer.text.strip() or branch
            self.in_thread(
                lambda: self.workspace.undo(self._proposal.id, from_branch=source), self._ended, self._failed
            )

    def action_next(self) -> None:
        applied = self._applied
        if applied is None or not self._has_next or not self._may_decide():
            return
        phases = self._proposal.alternative(applied.alternative).phases
        gate = phases[applied.phase].gate
        text = [
            f'Phase {applied.phase + 2} is "{phases[applied.phase + 1].name}". It is proved anew on the commit you are on.',
            f"Before it begins, this must be so: {gate.text}" if gate else "It waits for nothing.",
            "What you write is recorded with your name, as what you answer for.",
        ]
        ask = Note("Go on with the next phase?", text, "goes on", "what you saw that shows it")
        self.app.push_screen(ask, self._next)

    def _next(self, answer: Answer | None) -> None:
        if answer is not None:
            self._begin("looking whether the gate holds …")
            ways = Ways(answer.text.strip())
            self.in_thread(lambda: self._caught_up().next(self._proposal.id, ways), self._opened, self._failed)

    def _caught_up(self) -> Workspace:
        """Returns the workspace of the commit that one is on now, and not of the one when the screen was opened. Asks git."""
        self.copilot.catch_up()
        return self.workspace

    def _opened(self, id: str) -> None:
        self._ended(id)
        if self.workspace.load(id).decision is None:
            self.copilot.prove(id)
        self.copilot.open_proposal(id)
