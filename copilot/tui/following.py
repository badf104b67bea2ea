"""From a citation to the evidence that it names, and back to where one was reading."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.widgets import TabbedContent

from copilot.reasons.words import letters_of
from copilot.tui import alternatives
from copilot.tui.cited import CitedLines
from copilot.tui.dialogs import Answer, Pick
from copilot.tui.evidence import evidence_title
from copilot.tui.panes import ListAndDetail, Rows
from copilot.tui.plain import plain
from copilot.tui.view import ReviewView

NOTHING_CITED = "This line cites no evidence; enter opens that of a line with [ev-…] in it."
NOWHERE_BACK = "Backspace goes back from the evidence to the citation that opened it."


@dataclass(frozen=True, slots=True)
class Reading:
    """Where somebody was: the alternative, the tab, and the line."""

    alternative: str
    tab: str
    line: int


class Following(ReviewView):
    """The review's view, with citations that can be followed."""

    _readings: tuple[Reading, ...] = ()

    def on_cited_lines_followed(self, event: CitedLines.Followed) -> None:
        known = {it.id: it for it in self._proposal.evidence}
        ids = [id for id in event.evidence if id in known]
        if len(ids) == 1:
            self._open_evidence(ids[0])
        elif ids:
            letters = letters_of(self._proposal)
            options = [
                (id, Content.assemble(plain(f"{letters[known[id].alternative]}  "), evidence_title(known[id])))
                for id in ids
            ]
            self.app.push_screen(Pick("This line cites", options), self._open_picked)
        else:
            self.tell(NOTHING_CITED)

    def action_back_to_reading(self) -> None:
        if not self._readings:
            self.tell(NOWHERE_BACK)
            return
        *rest, last = self._readings
        self._readings = tuple(rest)
        self.select(last.alternative)
        self._ruling_is_due = False
        self.action_tab(last.tab)
        lines = self.query_one(f"#{last.tab} CitedLines", CitedLines)
        lines.highlighted = last.line
        self.call_after_refresh(lines.scroll_to_highlight)
        self.tell("")

    def action_tab(self, id: str) -> None:
        """Shows a tab and puts the focus into it."""
        self.query_one(TabbedContent).active = id
        focus = {
            "diff": "#hunks Choices",
            "evidence": "#checks Choices",
            "rationale": "#reasons",
            "open": "#open Scroll",
            "look": "#look Scroll",
            "rollout": "#steps",
        }
        self.query_one(focus[id]).focus()

    def _open_picked(self, answer: Answer | None) -> None:
        if answer:
            self._open_evidence(answer.text)

    def _open_evidence(self, id: str) -> None:
        tab = self.query_one(TabbedContent).active
        if tab in ("rationale", "rollout"):
            line = self.query_one(f"#{tab} CitedLines", CitedLines).highlighted or 0
            self._readings = (*self._readings, Reading(self.selected, tab, line))
        evidence = next(it for it in self._proposal.evidence if it.id == id)
        self.select(evidence.alternative)
        self.query_one("#checks", ListAndDetail).highlight(id)
        self.action_tab("evidence")
        self.tell("backspace goes back to the citation" if self._readings else "")

    def select(self, alternative: str) -> None:
        """Shows another alternative."""
        if alternative != self.selected:
            self.selected = alternative
            alternatives.move_to(self.query_one("#alternatives", Rows), alternative)
            self._show_alternative()
