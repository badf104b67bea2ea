"""What the review shows, and where: alternatives and their verdicts above, what the selected one changes and why below.

Everything shown is read from the proposal. What the keys do is `review`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static, Tab, TabbedContent, TabPane

from copilot.domain.alternative import Alternative
from copilot.domain.decision import Comment
from copilot.domain.evidence import Evidence
from copilot.errors import CopilotError
from copilot.patches.hunk_parts import parts_words
from copilot.proposals.comment import comments_on
from copilot.reasons.render import markdown
from copilot.reasons.words import asked_words, letters_of, postponed_words
from copilot.tui import alternatives
from copilot.tui.before import AskedBefore, AskedBeforePage
from copilot.tui.cited import CitedLines
from copilot.tui.evidence import evidence_text, evidence_title
from copilot.tui.hanging import hanging
from copilot.tui.hunks import HunkPane
from copilot.tui.key_line import KeyLine
from copilot.tui.look_at import look_at_text
from copilot.tui.panes import ListAndDetail, Rows, Scroll
from copilot.tui.plain import plain
from copilot.tui.rationale import rationale_lines
from copilot.tui.rollout import rollout_markdown
from copilot.tui.selection import Shown

if TYPE_CHECKING:
    from copilot.proposals import Workspace


class ReviewView(AskedBeforePage):
    """Shows a proposal; `selected` is the id of the alternative that the lower part is about."""

    def __init__(self, workspace: Workspace, id: str) -> None:
        super().__init__()
        self._proposal = workspace.load(id)
        decision = self._proposal.decision
        self.selected = decision.chosen if decision and decision.chosen else self._first()
        self._ruling_is_due = True

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        yield AskedBefore()
        yield Rows(id="alternatives", cursor_type="row", cursor_foreground_priority="renderable")
        yield Static(id="selected")
        with TabbedContent(id="tabs"):
            with TabPane("1 Diff", id="diff"):
                yield HunkPane(id="hunks")
            with TabPane("2 Evidence", id="evidence"):
                yield ListAndDetail(id="checks")
            with TabPane("3 Rationale", id="rationale"):
                yield CitedLines(id="reasons")
            with TabPane("4 Not covered", id="open"), Scroll():
                yield Static(id="uncovered")
            with TabPane("5 Look at", id="look"), Scroll():
                yield Static(id="by-hand")
            with TabPane("6 Rollout", id="rollout"):
                yield CitedLines(id="steps")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        if not self.query(Tab):  # it was left at once, before its tabs were there
            return
        self._show_proposal()
        self.query_one("#alternatives").focus()
        self.look_before(self._proposal)

    def on_resize(self, event: Resize) -> None:
        alternatives.fill(self.query_one(Rows), self._proposal, event.size.width, self.selected)

    def _first(self) -> str:
        """Returns the first alternative that changes something, "" where there is none yet."""
        return next((it.id for it in self._proposal.alternatives if it.phases), "")

    @property
    def _alternative(self) -> Alternative | None:
        return self._proposal.alternative(self.selected) if self.selected else None

    def _show_proposal(self) -> None:
        proposal = self._proposal
        stakes = f", stakes {proposal.decision.stakes}" if proposal.decision else ""
        state = postponed_words(proposal.postponed) if proposal.postponed else proposal.state
        open_count = len(proposal.decision.not_covered) if proposal.decision else 0
        open_words = f", {open_count} not covered" if open_count else ""
        self.query_one(TabbedContent).get_tab("open").label = f"4 Not covered{f' ({open_count})' if open_count else ''}"
        self.query_one("#heading", Static).update(
            Content.assemble(
                plain(f"{proposal.id}  ", "bold"),
                plain(f"{state}{stakes}", "$text-accent"),
                plain(f"{open_words}  ", "bold $text-warning"),
                plain(asked_words(proposal.request)),
            )
        )
        alternatives.fill(self.query_one(Rows), proposal, self.size.width, self.selected)
        self._show_reasons()
        self._show_alternative()

    def _show_reasons(self) -> None:
        decision = self._proposal.decision
        self._lines = rationale_lines(self._markdown())
        self.query_one("#reasons", CitedLines).show(self._lines)
        uncovered = decision.not_covered if decision else ("This proposal is not decided yet.",)
        self.query_one("#uncovered", Static).update(hanging(plain(f"- {text}") for text in uncovered))

    def _markdown(self) -> str:
        try:
            return markdown(self._proposal)
        except CopilotError as error:
            return str(error)

    def _show_alternative(self) -> None:
        alternative = self._alternative
        if alternative is None:
            return
        self._ruling_is_due = True
        if self.query_one(TabbedContent).active == "rationale":
            self.call_after_refresh(self._show_ruling)
        ruling = alternatives.ruling_of(self._proposal, alternative.id)
        rule = plain(f"  {ruling.rule}", "dim") if ruling else Content("")
        self.query_one("#selected", Static).update(
            Content.assemble(
                plain(f"{letters_of(self._proposal)[alternative.id]}  ", "bold"), plain(alternative.title), rule
            )
        )
        patches = self._proposal.patches_of(alternative.id)
        self.query_one(HunkPane).show_patches(alternative, patches, self._refusal(), self._comments_on)
        self.query_one("#by-hand", Static).update(look_at_text(self._proposal, alternative.id))
        steps = rollout_markdown(self._proposal, alternative.id)
        self.query_one("#steps", CitedLines).show(rationale_lines(steps))
        evidence = {it.id: it for it in self._proposal.evidence_of(alternative.id)}
        open_first = min(evidence, key=lambda id: _calm(evidence[id]), default=None)
        self.query_one("#checks", ListAndDetail).show(
            [(id, evidence_title(it)) for id, it in evidence.items()],
            lambda id: evidence_text(evidence[id]),
            keep=open_first,
            absent="Not checked yet.",
        )
        self.tell("")

    def on_tabbed_content_tab_activated(self, event: TabbedContent.TabActivated) -> None:
        if event.pane.id == "rationale":
            self.call_after_refresh(self._show_ruling)

    def _show_ruling(self) -> None:
        """Begins the rationale at the selected alternative, once for each; what stands above it is a scroll away."""
        if self._ruling_is_due and self.selected:
            heading = f"### {letters_of(self._proposal)[self.selected]}: "
            at = next((number for number, (line, _) in enumerate(self._lines) if line.startswith(heading)), 0)
            reasons = self.query_one("#reasons", CitedLines)
            reasons.highlighted = at
            reasons.scroll_to_highlight(top=True)
            self._ruling_is_due = False

    def _comments_on(self, it: Shown) -> tuple[Comment, ...]:
        return comments_on(self._proposal, it.hunk)

    def _refusal(self) -> str:
        for compiled in self._proposal.compiled:
            if compiled.alternative == self.selected and compiled.refused:
                return f"No patch: {compiled.refused.what} {compiled.refused.next}"
        return "This alternative changes nothing."

    def tell(self, text: str, style: str = "") -> None:
        """Shows one line above the keys; where something is left out or edited, that is never forgotten."""
        pane = self.query_one(HunkPane)
        words = parts_words(pane.left_out, pane.edited)
        if not text and words:
            text = f"{words}: p proves it again, approving waits for that"
        super().tell(text, style or ("$text-warning" if words else ""))


def _calm(evidence: Evidence) -> int:
    """Returns how little there is to see: 0 where a check failed or could not tell, 1 where it warns, else 2."""
    if evidence.verdict in ("fail", "unknown"):
        return 0
    return 1 if any(finding.severity == "warning" for finding in evidence.findings) else 2
