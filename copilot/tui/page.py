"""What every screen can do: tell its keys, show an error, leave, and run something slow in a thread that touches no widget."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import get_current_worker

from copilot.errors import CopilotError
from copilot.tui.plain import plain
from copilot.tui.works import Work, Works

if TYPE_CHECKING:
    from copilot.proposals import Workspace

Result = TypeVar("Result")

MOVING = (
    "j k, arrows  move in a list or a text",
    "tab          go to the next part of the screen; shift+tab goes back",
    "ctrl+p       every command by its name, and how the screens look",
    "f1           this help, where ? is a letter",
)


ONLY_SHOWN = "Only shown here: asking, approving, applying, rejecting and undoing are off in a browser."


class Host(Protocol):
    """What the screens ask of the application that holds them."""

    folder: Path
    is_only_shown: bool
    works: Works

    @property
    def workspace(self) -> Workspace: ...

    def open_proposal(self, id: str) -> None: ...

    def open_review(self, id: str) -> None: ...

    def open_compare(self, id: str, selected: str, then: Callable[[str], None]) -> None: ...

    def prove(self, id: str) -> None: ...

    @property
    def is_open(self) -> bool: ...

    def catch_up(self) -> bool: ...

    def give_up(self, error: CopilotError) -> None: ...

    @property
    def is_ascii(self) -> bool: ...


KEYS: tuple[BindingType, ...] = (
    Binding("question_mark", "help", "Help", key_display="?"),
    Binding("f1", "help", "Help"),
    Binding("q", "leave", "Back"),
)
"""What every page ends its own keys with, so that they stand last."""


class Page(Screen[None]):
    """A screen with a line `#status` above its keys. `NOTES` are sentences of its help that the keys alone don't tell."""

    NOTES: ClassVar[tuple[str, ...]] = ()
    ACTS: ClassVar[frozenset[str]] = frozenset(
        (
            "ask",
            "guide",
            "approve",
            "reject",
            "prove",
            "go_on",
            "apply",
            "undo",
            "next",
            "toggle_hunk",
            "edit_hunk",
            "follow_up",
            "word",
            "probe",
            "edit",
            "postpone",
            "sign",
            "again",
            "comment",
        )
    )
    """The actions that lead to a record: off where the workspace is only shown."""

    def on_mount(self) -> None:
        if self.copilot.is_only_shown:
            self.mount(Static(plain(ONLY_SHOWN, "bold $text-warning"), id="only-shown"), before=0)

    def on_screen_resume(self) -> None:
        # What a screen is made of stays while it is there: the collector would walk through all of it every few keys, for a
        # tenth of a second.
        self.call_after_refresh(gc.freeze)

    def on_unmount(self) -> None:
        gc.unfreeze()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hides what is off where it is only shown."""
        return not (self.copilot.is_only_shown and action in self.ACTS)

    @property
    def copilot(self) -> Host:
        return cast(Host, self.app)

    @property
    def workspace(self) -> Workspace:
        return self.copilot.workspace

    @property
    def works(self) -> Works:
        return self.copilot.works

    @classmethod
    def own_keys(cls) -> tuple[Binding, ...]:
        """Returns the keys of this screen that have a name, one for each action."""
        named = (it for it in reversed(cls.BINDINGS) if isinstance(it, Binding) and it.description)
        first = {it.action: it for it in named}
        return tuple(reversed(first.values()))

    def moved(self, work: Work) -> None:
        """Is called when any work comes a step further or ends, whether this screen is on top or not."""

    def shows(self, id: str) -> bool:
        """Tells whether the screen is about that proposal, so that nobody has to be told of it elsewhere."""
        return False

    def action_help(self) -> None:
        from copilot.tui.dialogs import Dialog

        lines = [f"{self.app.get_key_display(it):12} {it.tooltip or it.description}" for it in self.own_keys()]
        keys = Dialog("Keys", [*MOVING, *lines, *([""] if self.NOTES else []), *self.NOTES])
        keys.add_class("reading")
        self.app.push_screen(keys)

    def action_leave(self) -> None:
        """Goes back to the screen below; leaves the application where there is none."""
        if len(self.app.screen_stack) > 1:
            self.dismiss()
        else:
            self.app.exit()

    def tell(self, text: str, style: str = "") -> None:
        """Shows one line above the keys."""
        try:
            self.query_one("#status", Static).update(plain(text, style))
        except NoMatches:  # the screen has gone
            return

    def fail(self, error: CopilotError, title: str = "That did not work") -> None:
        """Shows what happened, where, and what to do next."""
        from copilot.tui.dialogs import Dialog

        self.app.push_screen(Dialog(title, str(error).split("\n")))

    def in_thread(
        self,
        act: Callable[[], Result],
        then: Callable[[Result], None],
        otherwise: Callable[[CopilotError], None] | None = None,
    ) -> None:
        """Runs `act` in a thread, then `then` with its result, or `otherwise` (a dialog) with its error, in the screens' thread."""

        def run() -> None:
            worker = get_current_worker()
            try:
                result = act()
            except CopilotError as error:
                if not worker.is_cancelled:
                    self.app.call_from_thread(otherwise or self.fail, error)
            else:
                if not worker.is_cancelled:
                    self.app.call_from_thread(then, result)

        self.run_worker(run, thread=True, exit_on_error=False)
