"""A person's no and "not now" about the proposal that a screen shows; each asks for a note, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from textual.binding import Binding, BindingType

from copilot.domain.proposal import Proposal
from copilot.errors import CopilotError
from copilot.tui.dialogs import Answer, Note, Remind
from copilot.tui.page import Page

NO_KEYS: tuple[BindingType, ...] = (
    Binding("n", "postpone", "Not now", tooltip="be reminded on a day, or when something has come true"),
    Binding("r", "reject", "Reject", tooltip="say no to this plan, and why"),
)
BUSY = "Work is going on; it can be left at any time, and nothing is lost."


class DecidingPage(Page):
    """A page about `_proposal`, which `_reload` reads anew."""

    _proposal: Proposal

    @property
    def _is_busy(self) -> bool:
        return self.works.is_busy(self._proposal.id)

    def _reload(self) -> None:
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides a no where it comes too late."""
        is_over = self._proposal.state in ("applied", "undone", "rejected")
        if is_over and action in ("postpone", "reject"):
            return False
        return super().check_action(action, parameters)

    def action_reject(self) -> None:
        if self._may_decide():
            text = ["The proposal and its evidence are kept; nothing is applied. A no is final for this plan."]
            self.app.push_screen(Note(f"Reject {self._proposal.id}?", text, "rejects"), self._reject)

    def action_postpone(self) -> None:
        if self._may_decide():
            text = [
                "Nothing is applied, and the proposal comes up again: first in the lists once its day has come.",
                "Approving it ends this.",
            ]
            self.app.push_screen(Remind(f"Not now: remind of {self._proposal.id} when?", text), self._postpone)

    def _reject(self, answer: Answer | None) -> None:
        if answer is not None:
            self._act(lambda: self.workspace.reject(self._proposal.id, note=answer.text), "Rejected.")

    def _postpone(self, answer: Answer | None) -> None:
        if answer is not None:
            remind = answer.confirmation
            self._act(lambda: self.workspace.postpone(self._proposal.id, remind, note=answer.text), "Postponed.")

    def _act(self, act: Callable[[], object], done: str) -> None:
        try:
            act()
        except CopilotError as error:
            self.fail(error)
            return
        self._reload()
        self.tell(done)

    def _failed(self, error: CopilotError) -> None:
        self.fail(error)

    def _may_decide(self) -> bool:
        """Tells whether something can be decided now, before a note is written in vain; shows what is in the way."""
        if self._is_busy:
            self.tell(BUSY)
            return False
        return self._knows_person()

    def _knows_person(self) -> bool:
        try:
            return bool(self.workspace.person)
        except CopilotError as error:
            self.fail(error)
            return False
