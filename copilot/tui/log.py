"""The log: what was decided in this repository, by this clone and others, searched by words and verified again on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from copilot.errors import CopilotError
from copilot.proposals.past import Past, deed_words, is_about
from copilot.reasons.words import counted
from copilot.tui.hanging import hanging
from copilot.tui.key_line import KeyLine
from copilot.tui.page import KEYS, Page
from copilot.tui.panes import ListAndDetail
from copilot.tui.plain import plain

if TYPE_CHECKING:
    from copilot.flow import Begun
    from copilot.proposals import Verification

NONE_YET = "Nothing was decided here yet. What is asked for on the first screen comes to stand here once it is decided."
NOT_FOUND = "No decision holds all these words. esc leaves the search."


class LogScreen(Page):
    """Decisions at the left, newest first; the highlighted one's reasons at the right, with what a verification saw of it."""

    NOTES = (
        "The search looks into requests, subjects, alternatives with the reasons why they were refused, and notes.",
        "Records that other clones committed stand here as well; only those of this clone can be verified or opened.",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", priority=True),
        Binding(
            "v", "verify", "Verify", tooltip="Prove the decision again by its recipes, and tell what changed since"
        ),
        Binding("escape", "all", "All", show=False),
        *KEYS,
    ]

    def __init__(self, words: str = "") -> None:
        super().__init__()
        self._words = words
        self._known: tuple[Past, ...] = ()
        self._verified: dict[str, Verification | CopilotError] = {}
        self._verifying = ""

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        yield ListAndDetail(id="decisions")
        yield Input(self._words, placeholder="words that a decision holds, for example: INC-42 amount", id="words")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#words").display = bool(self._words)
        self.query_one(ListAndDetail).items.focus()
        self._read()

    def on_screen_resume(self) -> None:
        self._read()

    def _read(self) -> None:
        self.in_thread(self.workspace.decisions, self._took)

    def _took(self, known: tuple[Past, ...]) -> None:
        self._known = known
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leaves the slash to whoever writes: with priority, it would never reach a line."""
        if action == "search" and isinstance(self.focused, Input):
            return False
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        words = self.query_one("#words", Input)
        words.display = True
        self.set_focus(words)

    def action_all(self) -> None:
        words = self.query_one("#words", Input)
        words.value = ""
        words.display = False
        self.query_one(ListAndDetail).items.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._words = event.value
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.query_one(ListAndDetail).items.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        past = self._past(event.option_id)
        if past is None:
            return
        if past.source:
            self.tell(f"This clone has only the record of it, {past.source}: what it says stands at the right.")
        else:
            self.copilot.open_proposal(past.id)

    def action_verify(self) -> None:
        past = self._past(self.query_one(ListAndDetail).highlighted_id)
        if self._verifying:
            self.tell(f"{self._verifying} is still being verified.")
        elif past is None:
            self.tell("There is nothing to verify.")
        elif past.source:
            self.tell(
                "This clone has only the record of it, and a record holds no inputs to prove it by.", "$text-warning"
            )
        else:
            self._verifying = past.id
            self.tell(f"verifying {past.id}: reading its base …")
            self.in_thread(lambda: self.workspace.verify(past.id, self._begins), self._seen, self._unseen)

    def _begins(self, begun: Begun) -> None:
        """Is called from the thread that verifies."""
        words = f"verifying {self._verifying}: {begun.check or 'reading'} of {begun.alternative}"
        self.app.call_from_thread(self.tell, f"{words}, {begun.at} of {begun.of} …")

    def _seen(self, seen: Verification) -> None:
        self._verified[seen.proposal] = seen
        self._verifying = ""
        self._show()
        self.tell(verdict_words(seen))

    def _unseen(self, error: CopilotError) -> None:
        self._verified[self._verifying] = error
        self._verifying = ""
        self._show()
        self.tell(error.what, "$text-warning")

    def _show(self) -> None:
        found = [it for it in self._known if is_about(it, self._words)]
        about = f", {len(found)} with these words" if self._words.strip() else ""
        self.query_one("#heading", Static).update(
            plain(f"{counted(len(self._known), 'decision')}{about}, newest first")
        )
        detail = self.query_one(ListAndDetail)
        detail.show(
            [(it.id, past_row(it)) for it in found],
            self._detail,
            keep=detail.highlighted_id,
            absent=NOT_FOUND if self._known else NONE_YET,
        )

    def _detail(self, id: str) -> Content:
        past = self._past(id)
        return past_text(past, self._verified.get(id)) if past else Content("")

    def _past(self, id: str | None) -> Past | None:
        return next((it for it in self._known if it.id == id), None)


def past_row(past: Past) -> Content:
    """Returns the lines of one decision in the list."""
    return hanging(
        [plain(f"{past.at[:10]}  {past.state}", "bold"), plain(f"  {past.asked}{', record' if past.source else ''}")]
    )


def past_text(past: Past, seen: Verification | CopilotError | None) -> Content:
    """Returns all that is remembered of a decision, and what a verification of it saw."""
    lines = [plain(past.asked, "bold"), plain(f"{past.id}, {past.state}, on commit {past.base[:12]}")]
    lines += [plain(f"asked by {past.asked_by}")] if past.asked_by else []
    lines += [plain(f"from the record {past.source}")] if past.source else []
    if seen is not None:
        lines += _part("Verified again", verified_lines(seen, past))
    lines += _part("Done", [plain(deed_words(it)) for it in past.deeds] or [plain("nobody has said yes or no yet")])
    chosen = past.way(past.chosen)
    put_forward = (
        f"{chosen.letter}, {chosen.title}: {chosen.rule}" if chosen else "nothing; every alternative was refused"
    )
    lines += _part("Put forward by the rules", [plain(put_forward)])
    refused = [
        line
        for it in past.refused
        for line in (
            plain(f"{it.letter}, {it.title}"),
            plain(f"  by: {it.rule}"),
            *(plain(f"  {why}") for why in it.why),
        )
    ]
    lines += _part("Refused by the evidence", refused) if refused else []
    return hanging(lines)


def verified_lines(seen: Verification | CopilotError, past: Past) -> list[Content]:
    """Returns whether the decision holds, how much is the same, and by check what is not."""
    if isinstance(seen, CopilotError):
        return [plain(line, "$text-warning") for line in str(seen).split("\n")]
    letters = {it.id: it.letter for it in past.ways}
    rows = [
        plain(f"{it.outcome}: {letters.get(it.alternative, it.alternative)} {it.check}. {it.reason}", "$text-warning")
        for it in seen.seen
        if it.outcome != "same"
    ]
    return [plain(verdict_words(seen), "" if seen.holds else "$text-warning"), *rows]


def verdict_words(seen: Verification) -> str:
    """Returns in one sentence whether a decision holds, with the count of each outcome."""
    counts = Counter(it.outcome for it in seen.seen)
    told = ", ".join(f"{counts[it]} {it}" for it in ("same", "changed", "can't be re-run") if counts[it])
    if seen.holds:
        return f"The decision holds: of {counted(len(seen.seen), 'evidence', 'evidences')} seen again {told}."
    return f"The decision {'cannot be confirmed' if seen.decision != 'changed' else 'no longer holds'}: {seen.reason} ({told})"


def _part(heading: str, lines: Sequence[Content]) -> list[Content]:
    return [Content(""), plain(heading, "$text-accent"), *lines]
