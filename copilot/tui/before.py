"""What was said no to before and is asked again, and what a follow-up answers: a line on the screen, and all of it in a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from copilot.proposals.precedents import Precedent, precedent_words
from copilot.reasons.words import counted
from copilot.tui.dialogs import Dialog
from copilot.tui.page import Page
from copilot.tui.plain import plain

if TYPE_CHECKING:
    from copilot.domain.proposal import Proposal


class AskedBefore(Static):
    """Takes no room where nothing was, or nothing but what the evidence refuses again by itself.

    The screen around it gives it what was found, and a key to its dialog.
    """

    def __init__(self) -> None:
        super().__init__(id="asked-before")
        self.found: tuple[Precedent, ...] = ()
        self.changed: tuple[str, ...] = ()
        self.display = False

    def fill(self, found: tuple[Precedent, ...], changed: tuple[str, ...] = ()) -> None:
        """Shows what a follow-up answers, else who said no first; `found` is in the order of `proposals.precedents`."""
        self.found, self.changed = found, changed
        news = [it for it in found if it.is_news]
        self.display = bool(news or changed)
        if changed:
            self.update(plain(f"Follow-up (b tells all): {changed[0]}", "$text-accent"))
        elif news:
            left = f", {counted(len(found) - 1, 'more')}" if len(found) > 1 else ""
            self.update(plain(f"Asked before (b tells all{left}): {precedent_words(news[0])[0]}", "$text-warning"))
        self.screen.refresh_bindings()

    def dialog(self) -> Dialog:
        """Returns all of it, to be read."""
        lines = list(self.changed)
        for precedent in self.found:
            first, *rest = precedent_words(precedent)
            lines += [*([""] if lines else []), first, *(f"  {text}" for text in rest)]
        return Dialog("What this follow-up changed" if self.changed else "Asked before", lines)


class AskedBeforePage(Page):
    """A page with that line, and a key for "before"."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides the key where nothing was asked before."""
        if action == "before":
            return any(it.found or it.changed for it in self.query(AskedBefore))
        return super().check_action(action, parameters)

    def action_before(self) -> None:
        """Shows who said no to what is asked again, why, and what is different now."""
        self.app.push_screen(self.query_one(AskedBefore).dialog())

    def look_before(self, proposal: Proposal) -> None:
        """Fills the line, in a thread."""
        self.in_thread(
            lambda: (self.workspace.precedents(proposal), self.workspace.changed_since(proposal.id)),
            lambda found: self.query_one(AskedBefore).fill(*found),
        )
