"""The review of one proposal: what each key does. The screen holds no truth: every act goes through the workspace, which refuses
what the laws forbid. Work runs in threads, which never touch a widget themselves.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from copilot.domain.patch import HunkEdit
from copilot.domain.proposal import Probed, Worded
from copilot.errors import CopilotError
from copilot.tui import alternatives
from copilot.tui.cited import CitedLines
from copilot.tui.deciding import BUSY, NO_KEYS
from copilot.tui.diff_keys import DIFF_KEYS, DiffKeys
from copilot.tui.following import Following
from copilot.tui.hunks import HunkPane
from copilot.tui.page import KEYS
from copilot.tui.panes import Rows
from copilot.tui.questions import NOT_DECIDED, obstacle_to
from copilot.tui.stages import progress_words
from copilot.tui.works import Act, Work

if TYPE_CHECKING:
    from copilot.proposals import Workspace

TABS = {
    "diff": "Diff",
    "evidence": "Evidence",
    "rationale": "Rationale",
    "open": "Not covered",
    "look": "Look at",
    "rollout": "Rollout",
}


TICK_SECONDS = 0.5
BEFORE_APPLYING = frozenset(("approve", "toggle_hunk", "edit_hunk", "prove"))


class ReviewScreen(DiffKeys, Following):
    """Shows a proposal and takes a person's decision about it."""

    NOTES = (
        "Enter on a line of the rationale or the rollout opens the evidence that it cites, a click on a citation too; "
        "backspace goes back to it.",
        'Approving changes no file. What is approved is put on a branch of its own by "apply", which never touches your '
        "working tree, index or current branch.",
        "Apply takes the first phase alone, so that is what hunks are left out of. One with [-] is of a later phase, "
        "which is fitted to the base of its own day: there it can be left out. To have it otherwise now, ask anew.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Sign", tooltip="see what is approved, and approve or apply it"),
        Binding("a", "applied", "Applied", tooltip="where it is, what comes next, and how to take it back"),
        *NO_KEYS,
        *DIFF_KEYS,
        Binding("c", "compare", "Compare", tooltip="compare the alternatives, and ask what other rules would choose"),
        Binding(
            "b", "before", "Before", show=False, tooltip="who said no to what is asked again, why, and what differs now"
        ),
        Binding("w", "model", "Model", tooltip="see what a model was told and answered, and go on from there"),
        *KEYS,
        Binding("backspace", "back_to_reading", "Back to the citation", show=False),
        *(
            Binding(str(number), f"tab('{id}')", words, show=False)
            for number, (id, words) in enumerate(TABS.items(), 1)
        ),
    ]

    def __init__(self, workspace: Workspace, id: str) -> None:
        super().__init__(workspace, id)
        self._revised: tuple[str, frozenset[str], tuple[HunkEdit, ...]] | None = None

    def on_mount(self) -> None:
        self.set_interval(TICK_SECONDS, self._tick)
        if self._is_busy:
            self._tick()
        elif self._proposal.decision is None:
            self.tell(NOT_DECIDED)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        # The message can be older than the table that is shown now.
        id = alternatives.current(self.query_one("#alternatives", Rows))
        if id and id != self.selected:
            self.selected = id
            self._show_alternative()

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.action_tab("diff")

    def go_to_line_citing(self, evidence: str) -> None:
        """Highlights the first line of the rationale that cites that evidence."""
        at = next(at for at, (line, _) in enumerate(self._lines) if evidence in line)
        self.query_one("#reasons", CitedLines).highlighted = at

    def action_compare(self) -> None:
        self.copilot.open_compare(self._proposal.id, self.selected, self.select)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides the key to the model's words where there are none, and no model is on; once it is applied, what came before."""
        is_applied = bool(self._proposal.applied)
        if (is_applied and action in BEFORE_APPLYING) or (action == "applied" and not is_applied):
            return False
        if action == "model" and not self._proposal.exchanges and not self.workspace.model_name:
            return False
        return super().check_action(action, parameters)

    def action_model(self) -> None:
        from copilot.tui.exchanges import ExchangesScreen

        self.app.push_screen(
            ExchangesScreen(self.workspace, self._proposal.id, self.selected), lambda _: self._reload()
        )

    def action_prove(self) -> None:
        pane, of, id = self.query_one(HunkPane), self.selected, self._proposal.id
        left_out, edited = pane.left_out, pane.edited
        if self._is_busy:
            return
        if self._proposal.decision is None:
            self.copilot.prove(id)
            self.copilot.open_proposal(id)
        elif left_out or edited:
            self._revised = (of, left_out, edited)
            self._start(
                "proving it again",
                lambda work: self.workspace.revise(id, of, left_out, work.stop, edited, begins=work.begins),
            )
        else:
            self.tell("Nothing is left out or edited: the evidence shown is about exactly this change.")

    def _start(self, doing: str, act: Act) -> None:
        self.works.start(self._proposal.id, doing, act)
        self._tick()

    def _tick(self) -> None:
        """Says what is waited for, and for how long."""
        work = self.works.of(self._proposal.id)
        if work and not work.is_over:
            self.tell(f"{progress_words(self._proposal, work)} … {work.seconds:.0f} s in all")

    def shows(self, id: str) -> bool:
        return id == self._proposal.id

    def moved(self, work: Work) -> None:
        if work.id != self._proposal.id:
            return
        if not work.is_over:
            self._catch_up()
            return
        self._reload()
        self.tell(self._ended(work))
        if work.error:
            self.fail(work.error)

    def _ended(self, work: Work) -> str:
        """Selects what came of changing the diff, and says how the work ended."""
        if work.steps and isinstance(work.steps[-1].body, Worded | Probed):
            return "What the model said stands in the rationale."
        for revision in self._proposal.revisions:
            if (revision.of, frozenset(revision.left_out), revision.edited) == self._revised:
                self._revised = None
                self.selected = revision.alternative.id
                self._show_proposal()
                return "Proved: what is left is an alternative of its own, shown here."
        return "Proved and decided." if self._proposal.decision else "Stopped: nothing is lost, p goes on."

    def action_applied(self) -> None:
        self._open_sign()

    def action_approve(self) -> None:
        pane = self.query_one(HunkPane)
        is_changed = bool(pane.left_out or pane.edited)
        obstacle = BUSY if self._is_busy else obstacle_to(self._proposal, self.selected, is_changed)
        if obstacle:
            self.tell(obstacle)
        elif self._knows_person():
            self._open_sign()

    def _open_sign(self) -> None:
        from copilot.tui.sign import SignScreen

        sign = SignScreen(self.workspace, self._proposal.id, self.selected)
        self.app.push_screen(sign, lambda _: self._reload())

    def _catch_up(self) -> None:
        """Shows in the table what a record brought; the rest waits for the end, for whoever reads it stays where they are."""
        with suppress(CopilotError):  # told once the work is over
            self._load()
        alternatives.fill(self.query_one("#alternatives", Rows), self._proposal, self.size.width, self.selected)
        self._tick()

    def _reload(self) -> None:
        try:
            self._load()
        except CopilotError as error:
            self.fail(error)
        else:
            self._show_proposal()

    def _load(self) -> None:
        """Reads the proposal anew, and selects what was chosen where it was not decided before."""
        before, self._proposal = self._proposal, self.workspace.load(self._proposal.id)
        if before.decision is None and self._proposal.decision:
            self.selected = self._proposal.decision.chosen or self.selected
