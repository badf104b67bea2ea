"""What was said no to before and is asked again: a line on the screen of a proposal, and all of it in a dialog."""

from __future__ import annotations

from textual.widgets import Static

from copilot.proposals.past import Precedent, precedent_words
from copilot.reasons.words import counted
from copilot.tui.dialogs import Dialog
from copilot.tui.panes import plain


class AskedBefore(Static):
    """Takes no room where nothing was, or nothing but what the evidence refuses again by itself.

    The screen around it gives it what was found, and a key to its dialog.
    """

    def __init__(self) -> None:
        super().__init__(id="asked-before")
        self.found: tuple[Precedent, ...] = ()
        self.display = False

    def fill(self, found: tuple[Precedent, ...]) -> None:
        """Shows who said no first; `found` is in the order of `proposals.past.precedents`."""
        self.found = found
        news = [it for it in found if it.is_news]
        self.display = bool(news)
        if news:
            left = f", {counted(len(found) - 1, 'more')}" if len(found) > 1 else ""
            self.update(plain(f"Asked before (b tells all{left}): {precedent_words(news[0])[0]}", "$text-warning"))
        self.screen.refresh_bindings()

    def dialog(self) -> Dialog:
        """Returns all of it, to be read."""
        lines: list[str] = []
        for precedent in self.found:
            first, *rest = precedent_words(precedent)
            lines += [*([""] if lines else []), first, *(f"  {text}" for text in rest)]
        return Dialog("Asked before", lines)
