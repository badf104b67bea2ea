"""What the keys of the diff do: leave out, go into the lines, edit a hunk in the person's editor, comment on it."""

from __future__ import annotations

import os

from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.widgets import TabbedContent

from copilot.errors import CopilotError
from copilot.patches.hunk_edits import edit_of
from copilot.tui.deciding import BUSY, DecidingPage
from copilot.tui.dialogs import Answer, Note
from copilot.tui.editor import edited, editor_of
from copilot.tui.hunks import HunkPane, later_only
from copilot.tui.selection import Shown
from copilot.tui.view import ReviewView

NO_HUNK = "There is no hunk here: choose an alternative that changes something."
UNCHANGED = "Nothing was changed. An editor in a window of its own has to wait, such as with code --wait."
NO_TERMINAL = "An editor needs a terminal, and this screen is shown in none."
DIFF_KEYS: tuple[BindingType, ...] = (
    Binding("space", "toggle_hunk", "In/out", tooltip="leave the hunk or the lines out, or take them in again"),
    Binding("p", "prove", "Prove", tooltip="prove what is left, or go on with the proof"),
    Binding("l,right", "lines", "Lines", key_display="l", tooltip="go into the hunk, to read it and leave lines out"),
    Binding(
        "v", "switch_view", "Side by side", show=False, tooltip="both sides side by side; in the lines: mark lines"
    ),
    Binding("e", "edit_hunk", "Edit", show=False, tooltip="write the hunk anew in your editor ($EDITOR)"),
    Binding("m", "comment", "Comment", show=False, tooltip="say something about the hunk; it goes into the record"),
)


class DiffKeys(DecidingPage, ReviewView):
    """The review's view, with what can be done to a hunk."""

    @property
    def _pane(self) -> HunkPane:
        return self.query_one(HunkPane)

    def on_hunk_pane_changed(self, event: HunkPane.Changed) -> None:
        self.tell(event.note)

    def action_toggle_hunk(self) -> None:
        if self._is_busy:
            self.tell(BUSY)
        else:
            self._pane.toggle()

    def action_lines(self) -> None:
        self.query_one(TabbedContent).active = "diff"
        self._pane.into_lines()

    def action_switch_view(self) -> None:
        self.query_one(TabbedContent).active = "diff"
        self._pane.switch_view()

    def action_edit_hunk(self) -> None:
        it = self._hunk()
        if it is None:
            return
        if it.first is None:
            self.tell(later_only(it))
            return
        try:
            command = editor_of(os.environ)
            with self.app.suspend():
                text = edited(self._pane.draft(it.first), "hunk.diff", command)
            self._pane.keep_draft(it.first, text)
            edit = edit_of(it.first, text)
        except SuspendNotSupported:
            self.tell(NO_TERMINAL)
        except CopilotError as error:
            self.fail(error, "The edit is not taken")
        else:
            is_new = edit != self._pane.selection.edits.get(it.first.id)
            if is_new:
                self._pane.edit(edit)
            self.tell("" if is_new else UNCHANGED)

    def action_comment(self) -> None:
        it = self._hunk()
        if it is None or not self._knows_person():
            return
        known = [f"{comment.by}, {comment.at}: {comment.text}" for comment in self._comments_on(it)]
        text = [*known, "It goes into the decision record; the plan and its approval stay as they are."]

        def keep(answer: Answer | None) -> None:
            if answer is not None and answer.text.strip():
                self._keep_comment(it, answer.text)

        self.app.push_screen(Note(f"Comment on {it.hunk.path}:{it.hunk.first_line}", text, "keeps the comment"), keep)

    def _keep_comment(self, it: Shown, text: str) -> None:
        try:
            self.workspace.comment(self._proposal.id, self.selected, it.phase, it.hunk.id, text)
        except CopilotError as error:
            self.fail(error)
        else:
            self._reload()
            self.tell("The comment is kept.")

    def _hunk(self) -> Shown | None:
        """Returns the hunk that one stands at, None with a word about it where there is none or work is going on."""
        it = self._pane.highlighted
        if self._is_busy or it is None:
            self.tell(BUSY if self._is_busy else NO_HUNK)
            return None
        self.query_one(TabbedContent).active = "diff"
        return it
