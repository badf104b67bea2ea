"""The line that takes a request: it completes words from the map, remembers earlier requests, and asks back right above itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from copilot.tui.plain import plain

if TYPE_CHECKING:
    from copilot.planners.completing import Completion, Vocabulary

HINT = "What should change? Begin with add, rename, remove ...; n asks step by step"


class RequestLine(Vertical):
    """Offers stand above the line; the focus stays in it, so typing always goes on. It understands nothing itself."""

    class Asked(Message):
        """A person finished a request."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Chose(Message):
        """A person chose the thing that an ambiguous request means."""

        def __init__(self, candidate: str) -> None:
            super().__init__()
            self.candidate = candidate

    class Left(Message):
        """A person wants to go back to what is above the line."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._vocabulary: Vocabulary | None = None
        self._texts: tuple[str, ...] = ()
        self._choose: Callable[[str], None] = self._put
        self._at_earlier: int | None = None
        self._draft = ""
        self._is_quiet_about: str | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="asking"):
            yield Static(">", id="prompt")
            yield RequestInput(placeholder=HINT, compact=True, suggester=_Ghost(self._ghost), id="request")

    async def complete_itself(self) -> None:
        """Adds what stands above the line once something is offered; the line takes keys before."""
        await self.mount(Static(id="reply"), Offers(id="offers"), before=0)
        self._offer_completions()

    @property
    def input(self) -> Input:
        return self.query_one("#request", Input)

    @property
    def text(self) -> str:
        return self.input.value.strip()

    @property
    def _offers(self) -> OptionList:
        return self.query_one("#offers", OptionList)

    @property
    def _is_complete(self) -> bool:
        """Not so for a moment at the beginning, nor when the screen goes before that moment is over."""
        return bool(self.query("#offers"))

    @property
    def _at(self) -> int | None:
        return self._offers.highlighted if self._is_complete else None

    def know(self, vocabulary: Vocabulary) -> None:
        """Takes over what can be completed."""
        self._vocabulary = vocabulary

    def put(self, text: str) -> None:
        """Writes a request into the line as if it had been typed, without asking it."""
        self._put(text)
        self.screen.set_focus(self.input)

    def clear(self) -> None:
        """Empties the line, and takes what is offered away."""
        self._put("")
        self.close()

    def ask_back(self, answer: str, candidates: Sequence[str]) -> None:
        """Shows why a request is not clear, and the things it can mean; the one that is chosen is told by `Chose`."""
        self._show(answer, [(it, "") for it in candidates], self._chosen, at=0)

    def _chosen(self, candidate: str) -> None:
        self.post_message(self.Chose(candidate))

    def suggest(self, answer: str, sentences: Sequence[str]) -> None:
        """Shows why a request is not understood, and sentences that would be; the one that is chosen goes into the line."""
        self._show(answer, [(it, "") for it in sentences], self._put)

    def close(self) -> None:
        """Takes the offers and the answer away."""
        self._show("", [], self._put)

    def _show(
        self, answer: str, offers: Sequence[tuple[str, str]], choose: Callable[[str], None], at: int | None = None
    ) -> None:
        if not self._is_complete:
            return
        self._texts = tuple(text for text, _ in offers)
        self._choose = choose
        shown = self.query_one("#reply", Static)
        shown.update(plain(answer, "$text-warning"))
        shown.display = bool(answer)
        self._offers.set_options([Option(_look(text, note)) for text, note in offers])
        self._offers.highlighted = at
        self._offers.display = bool(offers)

    def _put(self, text: str) -> None:
        self.input.value = text
        self.input.cursor_position = len(text)

    def _ghost(self, text: str) -> str | None:
        found = self._completions(text)
        return next((it.text for it in found if it.text.startswith(text)), None)

    def _completions(self, text: str) -> tuple[Completion, ...]:
        if not self._vocabulary or not text.strip():
            return ()
        from copilot.planners.completing import completions  # no first frame waits for the patterns of the forms

        return completions(text, self._vocabulary)

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.value == self._is_quiet_about:
            return
        self._is_quiet_about = None
        self._at_earlier = None
        self._offer_completions()

    def _offer_completions(self) -> None:
        found = self._completions(self.input.value)
        texts = {it.shown: it.text for it in found}
        self._show("", [(it.shown, it.note) for it in found], lambda shown: self._put(f"{texts[shown]} "))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.input.focus()
        self._choose(self._texts[event.option_index])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        at = self._at
        if at is not None:
            self._choose(self._texts[at])
        elif self.text:
            text = self.text
            self.close()
            self.post_message(self.Asked(text))

    def move(self, by: int) -> None:
        """Moves the highlight among the offers, or through earlier requests where none is highlighted."""
        at = self._at
        if at is not None:
            self._offers.highlighted = None if at + by < 0 else min(at + by, len(self._texts) - 1)
        elif by > 0 and self._at_earlier is None and self._texts:
            self._offers.highlighted = 0
        else:
            self._recall(-by)

    def _recall(self, back: int) -> None:
        earlier = self._vocabulary.earlier if self._vocabulary else ()
        at = (-1 if self._at_earlier is None else self._at_earlier) + back
        if at >= len(earlier) or at < -1:
            return
        if self._at_earlier is None:
            self._draft = self.input.value
        text = earlier[at] if at >= 0 else self._draft
        self.close()
        self._is_quiet_about = text
        self._put(text)
        self._at_earlier = at if at >= 0 else None

    def complete(self) -> None:
        """Takes the highlighted offer over, else the first; goes to the next part of the screen where there is none."""
        if self._texts:
            self._choose(self._texts[self._at or 0])
        else:
            self.screen.focus_next()

    def leave(self) -> None:
        """Takes the offers away, or goes back to what is above where there are none."""
        if self._is_complete and (self._offers.display or self.query_one("#reply").display):
            self.close()
        else:
            self.post_message(self.Left())


class Offers(OptionList, can_focus=False):
    """What could be meant; the mouse reaches it, and the keys of the line do."""


class RequestInput(Input):
    """Hands the keys that mean more than text to the line around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "line('move', -1)", "Earlier", show=False),
        Binding("down", "line('move', 1)", "Offers", show=False),
        Binding("tab", "line('complete')", "Complete", key_display="tab"),
        Binding("escape", "line('leave')", "Back", key_display="esc"),
        Binding("ctrl+o", "screen.impact", "Impact"),
        Binding("f1", "screen.help", "Help"),
    ]

    def action_line(self, name: str, *arguments: int) -> None:
        line = next(it for it in self.ancestors if isinstance(it, RequestLine))
        getattr(line, name)(*arguments)


class _Ghost(Suggester):
    """The rest of the first completion, in dim letters behind the cursor."""

    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        return self._complete(value)


def _look(text: str, note: str) -> Content:
    return Content.assemble(plain(text), plain(f"   {note}" if note else "", "dim"))
