"""What a model was told for a proposal and what it answered, and from there on: other guidance, a follow-up, words, a probe.

A person sees here where a prompt led a model astray. The prompt is changed as a file of one's own, in one's own editor.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from copilot.domain.model import Exchange
from copilot.domain.proposal import Proposal
from copilot.errors import CopilotError
from copilot.reasons.said import probe_note, words_note
from copilot.reasons.transcript import Part, Told, summary_words, transcript
from copilot.reasons.words import letters_of
from copilot.tui.dialogs import Answer, Note
from copilot.tui.diff_keys import NO_TERMINAL
from copilot.tui.editor import edited, editor_of
from copilot.tui.key_line import KeyLine
from copilot.tui.page import KEYS, Page
from copilot.tui.panes import ListAndDetail
from copilot.tui.plain import plain
from copilot.tui.works import Work

if TYPE_CHECKING:
    import threading

    from copilot.domain.proposal import Record
    from copilot.proposals import Workspace

NOTHING_SAID = "No model was asked for this proposal."
NO_EXCHANGE = "There is no exchange whose prompt could be changed."
UNCHANGED = "Nothing was changed."
FOLLOW_UP = (
    "What is asked again follows this proposal, with the prompts as they are now.",
    'Add what should be different, such as "why not the alias?" or "keep the old topic for 30 days"; or nothing.',
    "From a frame, all words are understood anew; from any other exchange, what was understood stands and the words add to it.",
)


def exchange_of(proposal: Proposal, alternative: str) -> int:
    """Returns the number (from 1) of the exchange that an alternative came from, of the last one about it else, 1 at least."""
    suggested = {it.id for it in proposal.alternatives if it.origin == "claude"}
    last = 1
    for number, exchange in enumerate(proposal.exchanges, 1):
        if exchange.subject == alternative or (exchange.purpose == "alternatives" and alternative in suggested):
            last = number
            if exchange.purpose == "alternatives" and not exchange.problem:
                return number
    return last


class ExchangesScreen(Page):
    """Exchanges at the left in their order, at the right all of the highlighted one."""

    NOTES = (
        "Nothing that a model says is trusted: each answer was checked, and what it suggested was executed.",
        "A prompt of your own stands before the one that comes with the program; pipeline-copilot prompts lists them.",
    )
    ACTS = Page.ACTS | {"follow_up", "word", "probe"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "Guidance", tooltip="edit the prompt of this exchange, as a file of your own"),
        Binding(
            "f", "follow_up", "Follow up", tooltip="ask again with the guidance as it is now, and with further words"
        ),
        Binding("w", "word", "Words", tooltip="let the model word the decision; nothing rests on its words"),
        Binding("p", "probe", "Probe", tooltip="ask the model why, with evidence taken away or turned round"),
        *KEYS,
    ]

    def __init__(self, workspace: Workspace, id: str, alternative: str) -> None:
        super().__init__()
        self._proposal = workspace.load(id)
        self._about = alternative
        self._drafts: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        yield ListAndDetail(id="exchanges")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        self._show(keep=str(exchange_of(self._proposal, self._about)))
        self.query_one(ListAndDetail).items.focus()

    def _show(self, keep: str) -> None:
        proposal = self._proposal
        said = summary_words(proposal.exchanges) if proposal.exchanges else NOTHING_SAID
        self.query_one("#heading", Static).update(
            Content.assemble(plain(f"{proposal.id}  ", "bold"), plain(said, "$text-accent"))
        )
        told = transcript(proposal.exchanges)
        letters = letters_of(proposal)
        self.query_one(ListAndDetail).show(
            [(str(it.number), _title(it, proposal.exchanges[it.number - 1], letters)) for it in told],
            lambda number: exchange_text(told[int(number) - 1]),
            keep=keep,
            absent=NOTHING_SAID,
        )

    def _exchange(self) -> Exchange | None:
        number = self.query_one(ListAndDetail).highlighted_id
        return self._proposal.exchanges[int(number) - 1] if number else None

    def action_edit(self) -> None:
        exchange = self._exchange()
        if exchange is None:
            self.tell(NO_EXCHANGE)
            return
        id = exchange.prompt.id
        try:
            command = editor_of(os.environ)
            before = self.workspace.own_draft(id)
            with self.app.suspend():
                text = edited(self._drafts.get(id, before), f"{id}.md", command)
            if text == before:
                self.tell(UNCHANGED)
                return
            self._drafts[id] = text
            prompt = self.workspace.keep_own_prompt(id, text)
        except SuspendNotSupported:
            self.tell(NO_TERMINAL)
        except CopilotError as error:
            self.fail(error, "The prompt stays as it was")
        else:
            del self._drafts[id]
            self.tell(
                f"Your own prompt {id}, version {prompt.version}, is asked with from now on; f asks again with it."
            )

    def action_follow_up(self) -> None:
        self.app.push_screen(Note(f"A follow-up of {self._proposal.id}", FOLLOW_UP, "asks"), self._follow_up)

    def _follow_up(self, answer: Answer | None) -> None:
        if answer is None:
            return
        words, id, exchange = answer.text.strip(), self._proposal.id, self._exchange()
        # Whoever comes from the framing thinks that it went astray: what came of it must not be asked for once more.
        is_anew = exchange is not None and exchange.purpose == "frame"
        self.tell("asking …")
        self.in_thread(lambda: self.workspace.propose(words, follows=id, is_anew=is_anew), self._begun)

    def _begun(self, id: str) -> None:
        self.tell("")
        self.copilot.prove(id)
        self.copilot.open_proposal(id)

    def action_word(self) -> None:
        self._start("asking for words", self.workspace.word)

    def action_probe(self) -> None:
        self._start("probing the model's reasons", self.workspace.probe)

    def _start(self, doing: str, ask: Callable[[str, threading.Event], Iterator[Record]]) -> None:
        id = self._proposal.id
        if self.works.is_busy(id):
            self.tell("Wait until what goes on is done.")
            return
        self.tell(f"{doing} …")
        self.works.start(id, doing, lambda work: ask(id, work.stop))

    def shows(self, id: str) -> bool:
        return id == self._proposal.id

    def moved(self, work: Work) -> None:
        if work.id != self._proposal.id:
            return
        try:
            self._proposal = self.workspace.load(work.id)
        except CopilotError as error:
            self.fail(error)
            return
        self._show(keep=str(len(self._proposal.exchanges)))
        if work.is_over:
            self.tell(" ".join(filter(None, (words_note(self._proposal), probe_note(self._proposal)))))
            if work.error:
                self.fail(work.error)


def exchange_text(told: Told) -> Content:
    """Returns all of one exchange; what was sent before is told by where it stands."""
    width = max(len(label) for label, _ in told.facts)
    lines = [plain(told.title, "bold"), Content("")]
    for label, value in told.facts:
        style = "bold $text-warning" if label in ("problem", "passed over") else ""
        lines.append(Content.assemble(plain(f"{label:{width}}  ", "dim"), plain(value, style)))
    lines += _parts("answered", told.answered, "$text-accent") or [Content(""), plain("Nothing was answered.", "dim")]
    return Content("\n").join(lines + _parts("sent", told.sent, "$text-primary"))


def _parts(verb: str, parts: tuple[Part, ...], style: str) -> list[Content]:
    lines: list[Content] = []
    for part in parts:
        again = f"  the same as in exchange {part.stands_in}" if part.stands_in else ""
        lines += [Content(""), Content.assemble(plain(f"{verb} {part.title}", f"bold {style}"), plain(again, "dim"))]
        lines += [] if again else [plain(line) for line in part.text.split("\n")]
    return lines


def _title(told: Told, exchange: Exchange, letters: dict[str, str]) -> Content:
    about = f" of {letters[exchange.subject]}" if exchange.subject in letters else ""
    sign = plain("✗ ", "bold $text-warning") if exchange.problem else plain("✓ ", "$text-success")
    return Content.assemble(
        plain(f"{told.number:2} "),
        sign,
        plain(f"{exchange.purpose}{about}"),
        plain(f"  v{exchange.prompt.version}", "dim"),
    )
