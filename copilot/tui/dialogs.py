"""The questions that the review asks: each gives an answer, or None where the person took it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from copilot.tui.hanging import hanging
from copilot.tui.panes import Choices, Scroll
from copilot.tui.plain import plain


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes: what was typed to confirm it ("" where nothing had to be), the note, or the id that was picked."""

    text: str = ""
    confirmation: str = ""


class Dialog(ModalScreen[Answer | None]):
    """A titled box over the review; escape takes the question back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str, text: Sequence[str]) -> None:
        super().__init__()
        self._heading = title
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(plain(self._heading), classes="dialog-title")
            with Scroll(classes="dialog-text"):
                yield Static(hanging(map(plain, self._text)))
            yield from self.answers()

    def answers(self) -> ComposeResult:
        """Yields the widgets that take the answer."""
        yield Static(plain("esc closes", "dim"))


class Note(Dialog):
    """Asks for a note, which may be empty, or for what `asked` says; enter is the yes."""

    def __init__(self, title: str, text: Sequence[str], verb: str, asked: str = "a note, or nothing") -> None:
        super().__init__(title, text)
        self._verb = verb
        self._asked = asked

    def answers(self) -> ComposeResult:
        yield Input(placeholder=self._asked, id="note")
        yield Static(plain(f"enter {self._verb}, esc goes back", "dim"))

    def on_mount(self) -> None:
        self.query_one("#note", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(Answer(event.value))


class Remind(Dialog):
    """Asks when to be reminded, as a day or in words, and for a note, which may be empty."""

    def answers(self) -> ComposeResult:
        yield Input(placeholder="in 2 weeks, a day (YYYY-MM-DD), or in words: billing has moved", id="when")
        yield Input(placeholder="a note, or nothing", id="note")
        yield Static(plain("enter postpones, esc goes back", "dim"), id="hint")

    def on_mount(self) -> None:
        self.query_one("#when", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        when, note = (self.query_one(id, Input).value.strip() for id in ("#when", "#note"))
        if not when:
            self.query_one("#hint", Static).update(
                plain("A day, or what has to come true, is needed.", "bold $text-error")
            )
            self.query_one("#when", Input).focus()
        elif event.input.id == "when":
            self.query_one("#note", Input).focus()
        else:
            self.dismiss(Answer(note, when))


class Pick(Dialog):
    """Asks for one of several ids."""

    def __init__(self, title: str, options: Sequence[tuple[str, Content]]) -> None:
        super().__init__(title, ())
        self._options = options

    def answers(self) -> ComposeResult:
        yield Choices(*(Option(prompt, id=id) for id, prompt in self._options))

    def on_mount(self) -> None:
        self.query_one(Choices).focus()

    def on_option_list_option_selected(self, event: Choices.OptionSelected) -> None:
        self.dismiss(Answer(event.option_id or ""))
