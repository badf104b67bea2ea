"""Compares the alternatives of a proposal: the matrix, the evidence behind each cell, and what other rules would choose.

Nothing here decides: "what if" ranks the evidence that is there, and the recorded decision stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import DataTable, Static, TabbedContent, TabPane

from copilot.domain.decision import Ruling
from copilot.domain.evidence import Evidence
from copilot.domain.source import Gap, SourceFile, Span
from copilot.errors import CopilotError
from copilot.reasons.words import asked_words, in_letters, letters_of
from copilot.tui import matrix
from copilot.tui.cells import alternative_text, evidence_command, ruling_text
from copilot.tui.evidence import evidence_text
from copilot.tui.key_line import KeyLine
from copilot.tui.matrix import BY_OUTCOME, LETTER, OUTCOME, Column
from copilot.tui.page import KEYS, Page
from copilot.tui.panes import Rows, Scroll
from copilot.tui.plain import plain
from copilot.tui.sources import Sources, paths_of
from copilot.tui.what_if import WhatIfPane
from copilot.tui.works import Work

if TYPE_CHECKING:
    from copilot.proposals import Workspace

MARKED_MAX = 2


class Matrix(Rows):
    """The table of cells; h and l move as the arrows do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "cursor_left", "Left", show=False),
        Binding("l", "cursor_right", "Right", show=False),
    ]


class CompareScreen(Page):
    """Shows a proposal as a matrix; `then` is told the alternative under the cursor when the person goes on to review it."""

    NOTES = (
        "Enter on a cell gives its evidence the whole screen; escape goes back to the matrix.",
        "A click on a heading sorts by it, a second one the other way round.",
        '"What if" changes no decision: to take another acceptable alternative, review and approve it.',
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", tooltip="Mark an alternative; two marked ones can be put side by side"),
        Binding("d", "side_by_side", "Side by side", tooltip="The two marked alternatives side by side"),
        Binding("o", "sort", "Sort", tooltip="Sort by the next column; O turns the order round"),
        Binding("O", "turn", "Turn round", show=False, key_display="O"),
        Binding("w", "what_if", "What if", tooltip="What other rules would choose; w again goes back"),
        Binding("J", "move_rule(1)", "Later", tooltip="What if: move the rule down", key_display="J"),
        Binding("K", "move_rule(-1)", "Earlier", tooltip="What if: move the rule up", key_display="K"),
        Binding("x", "switch_rule", "On/off", tooltip="What if: switch the rule off or on"),
        Binding("u", "default_rules", "Reset", tooltip="What if: the rules of a decision again"),
        Binding("v", "review", "Review", tooltip="Review the alternative under the cursor"),
        *KEYS,
        Binding("1", "tab('cell')", show=False),
        Binding("2", "tab('what-if')", show=False),
        Binding("escape", "close", show=False),
    ]

    def __init__(self, workspace: Workspace, id: str, selected: str, then: Callable[[str], None]) -> None:
        super().__init__()
        self._proposal = workspace.load(id)
        self._first = selected
        self._then = then
        self._sorting = BY_OUTCOME
        self._marked: tuple[str, ...] = ()
        self._files: dict[str, SourceFile | Gap] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        yield Matrix(id="matrix", cursor_type="cell", header_height=2, fixed_columns=2)
        yield Static(id="selected")
        with TabbedContent(id="tabs"):
            with TabPane("1 Evidence", id="cell"), Scroll(id="cell-detail"):
                yield Static(id="cell-text", classes="detail-text")
            with TabPane("2 What if", id="what-if"):
                yield WhatIfPane(id="asked")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show()
        if self._first:
            matrix.move_to(self._table, self._first, OUTCOME.key)
        self._table.focus()

    @property
    def _table(self) -> Matrix:
        return self.query_one(Matrix)

    @property
    def _current(self) -> str:
        """The alternative under the cursor, "" where there is none."""
        at = matrix.cursor_of(self._table)
        return at[0] if at else ""

    @property
    def _is_asking(self) -> bool:
        return self.query_one(TabbedContent).active == "what-if"

    def _ruling(self, id: str) -> Ruling | None:
        return next((it for it in self._rulings if it.alternative == id), None)

    def _show(self) -> None:
        """Shows everything anew."""
        proposal, pane = self._proposal, self.query_one(WhatIfPane)
        ranking = pane.show_proposal(proposal)
        # What was decided is shown as it was recorded, by whatever version of the rules.
        recorded = proposal.decision.rulings if proposal.decision else ()
        self._rulings = recorded if pane.rules.is_default else ranking.rulings
        self.query_one("#heading", Static).update(
            Content.assemble(
                plain(f"{proposal.id}  ", "bold"),
                plain(f"{proposal.state}  ", "$text-accent"),
                plain("" if pane.rules.is_default else "ranked as a what if  ", "bold $text-warning"),
                plain(asked_words(proposal.request)),
            )
        )
        self._fill()
        self._show_cell()

    def _fill(self) -> None:
        grid = matrix.grid_of(self._proposal, self._rulings, self._sorting, self._marked)
        self._columns = grid.columns
        matrix.fill(self._table, grid)

    def _show_cell(self) -> None:
        at = matrix.cursor_of(self._table)
        if at is None:
            self.query_one("#cell-text", Static).update(plain("No alternatives are there yet.", "dim"))
            return
        id, column = at[0], self._column(at[1])
        ruling = self._ruling(id)
        letters = letters_of(self._proposal)
        rule = plain(f"  {in_letters(ruling.rule, letters)}", "dim") if ruling else Content("")
        title = plain(self._proposal.alternative(id).title)
        self.query_one("#selected", Static).update(Content.assemble(plain(f"{letters[id]}  ", "bold"), title, rule))
        self.query_one("#cell-text", Static).update(self._cell_text(id, column))
        self.query_one("#cell-detail", Scroll).scroll_home(animate=False)

    def _column(self, key: str) -> Column:
        return next(it for it in self._columns if it.key == key)

    def _cell_text(self, id: str, column: Column) -> Content:
        if column == LETTER:
            return alternative_text(self._proposal, id)
        if column == OUTCOME:
            return ruling_text(self._proposal, id, self._ruling(id))
        evidence = matrix.evidence_of(self._proposal, id, column.check)
        if evidence is None:
            return plain(f"The check {column.check} was not run on {letters_of(self._proposal)[id]}.")
        self._read_files(evidence)
        sources = Sources(self._proposal.request.commit, self._files, self._proposal.patches_of(id))
        return evidence_text(evidence, sources, evidence_command(self._proposal, evidence), column.measure)

    def _read_files(self, evidence: Evidence) -> None:
        """Reads in a thread what is not read yet, and shows the cell again where it is still that one."""
        missing = [path for path in paths_of(evidence) if path not in self._files]
        if not missing:
            return
        at = matrix.cursor_of(self._table)

        def read(files: dict[str, SourceFile | Gap]) -> None:
            self._files.update(files)
            if matrix.cursor_of(self._table) == at:
                self._show_cell()

        def unread(error: CopilotError) -> None:
            read({path: Gap(Span(path, 1, 1), f"can't be read: {error.what}") for path in missing})

        self.in_thread(lambda: self.workspace.files(self._proposal.id, missing, evidence.recipe.clones), read, unread)

    def on_data_table_cell_highlighted(self, event: DataTable.CellHighlighted) -> None:
        self._show_cell()

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        self.action_tab("cell")
        self.add_class("reading")
        self.query_one("#cell-detail").focus()
        self.tell("escape goes back to the matrix")

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self._sort(matrix.sorting_by(self._column(event.column_key.value or ""), self._sorting))

    def action_close(self) -> None:
        """Gives the matrix its place back."""
        self.action_tab("cell")

    def action_leave(self) -> None:
        if self.has_class("reading"):
            self.action_close()
        else:
            super().action_leave()

    def action_tab(self, id: str) -> None:
        self.query_one(TabbedContent).active = id
        self.remove_class("reading")
        self.set_class(self._is_asking, "asking")
        self.tell("")
        if self._is_asking:
            self.query_one(WhatIfPane).go()
        else:
            self._table.focus()
        self.refresh_bindings()

    def action_what_if(self) -> None:
        self.action_tab("cell" if self._is_asking else "what-if")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Shows the keys of "what if" while it is on the screen, and those of the matrix while that is."""
        if action in ("move_rule", "switch_rule", "default_rules"):
            return self._is_asking
        return not self._is_asking if action in ("mark", "side_by_side", "sort") else True

    def action_sort(self) -> None:
        self._sort(matrix.next_sorting(self._columns, self._sorting))

    def action_turn(self) -> None:
        self._sort(matrix.sorting_by(self._sorting.column, self._sorting))

    def _sort(self, sorting: matrix.Sorting) -> None:
        self._sorting = sorting
        self._fill()
        turned = ", turned round" if sorting.is_reversed else ""
        self.tell(f"Sorted by {sorting.column.words}{turned}.")

    def action_mark(self) -> None:
        id = self._current
        if not id:
            return
        kept = tuple(it for it in self._marked if it != id)
        # A third mark takes the place of the oldest, as nobody wants to hear that two are marked already.
        self._marked = kept if len(kept) < len(self._marked) else (*kept, id)[-MARKED_MAX:]
        self._fill()
        letters = letters_of(self._proposal)
        marked = " and ".join(letters[it] for it in self._marked) or "Nothing"
        self.tell(f"{marked} marked." + ("  d puts them side by side." if len(self._marked) == MARKED_MAX else ""))

    def action_side_by_side(self) -> None:
        from copilot.tui.beside import BesideScreen

        marked = self._marked
        if len(marked) == 1 and self._current != marked[0]:
            marked = (*marked, self._current)
        if len(marked) < MARKED_MAX:
            self.tell("Mark two alternatives with space first, or one and go to the other.")
            return
        self.app.push_screen(BesideScreen(self._proposal, *marked))

    def action_move_rule(self, by: int) -> None:
        self.tell(self.query_one(WhatIfPane).move(by))

    def action_switch_rule(self) -> None:
        self.tell(self.query_one(WhatIfPane).switch())

    def action_default_rules(self) -> None:
        self.query_one(WhatIfPane).reset()
        self.tell("")

    def on_what_if_pane_reranked(self) -> None:
        self._show()

    def action_review(self) -> None:
        id = self._current
        self.dismiss()
        if id:
            self._then(id)

    def moved(self, work: Work) -> None:
        if work.id != self._proposal.id:
            return
        try:
            self._proposal = self.workspace.load(work.id)
        except CopilotError as error:
            self.fail(error)
        else:
            self._show()
