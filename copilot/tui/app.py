"""The application: the repository, the work that goes on in it, and the screens over both. Nothing here decides anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.reactive import Reactive
from textual.screen import Screen

from copilot.domain.visible import visible
from copilot.errors import CopilotError
from copilot.proposals.later import LaterWorkspace
from copilot.tui.looks import Looks
from copilot.tui.page import Page
from copilot.tui.themes import TERMINAL_DARK, TERMINAL_LIGHT
from copilot.tui.works import Moved, Work, Works

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from copilot.proposals import Workspace

NOTICE_SECONDS = 12


def review(workspace: Workspace, id: str, *, is_ascii: bool = False) -> None:
    """Opens the review of one proposal and returns when the person leaves it."""
    CopilotApp(workspace, id, is_ascii=is_ascii).run()


def home(workspace: LaterWorkspace, *, is_ascii: bool = False) -> None:
    """Opens the repository: its map, its findings, its proposals, and the line that takes a request.

    Raises CopilotError where git refuses the repository, which is known only once the screen is there.
    """
    app = CopilotApp(workspace, is_ascii=is_ascii)
    app.run()
    if app.refusal:
        raise app.refusal


class CopilotApp(App[None]):
    """Shows the review of `id`, or the repository where it is "". Leaving at any time loses nothing."""

    TITLE = "pipeline-copilot"
    CSS_PATH = "copilot.tcss"
    ansi_theme_dark = Reactive(TERMINAL_DARK, init=False)
    ansi_theme_light = Reactive(TERMINAL_LIGHT, init=False)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True)]

    def __init__(self, workspace: Workspace | LaterWorkspace, id: str = "", *, is_ascii: bool = False) -> None:
        super().__init__()
        self._looks = Looks(self, is_ascii=is_ascii)
        self._looks.begin()
        self.folder = workspace.folder
        self.is_only_shown = workspace.is_only_shown
        self._workspace = workspace
        self.works = Works(self)
        self._first = id
        self.refusal: CopilotError | None = None

    @property
    def workspace(self) -> Workspace:
        return self._workspace.get() if isinstance(self._workspace, LaterWorkspace) else self._workspace

    @property
    def is_open(self) -> bool:
        """Tells whether git took the repository for one, as far as anything has asked for it."""
        return not isinstance(self._workspace, LaterWorkspace) or self._workspace.is_open

    def catch_up(self) -> bool:
        """Tells whether there is another commit to read than before; the workspace is that of the new one then. Asks git."""
        if isinstance(self._workspace, LaterWorkspace):
            return self._workspace.catch_up()
        before, self._workspace = self._workspace, self._workspace.caught_up()
        return self._workspace is not before

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), *self._looks.filters]

    @property
    def is_ascii(self) -> bool:
        """Tells whether only ASCII is drawn; what draws lines by itself can do better than be translated."""
        return self._looks.is_ascii

    def get_default_screen(self) -> Screen[object]:
        """Returns the first screen. It is not pushed over another one, whose frame would be drawn and thrown away."""
        if self._first:
            from copilot.tui.review import ReviewScreen

            return cast("Screen[object]", ReviewScreen(self.workspace, self._first))
        from copilot.tui.home import HomeScreen

        return cast("Screen[object]", HomeScreen())

    def on_mount(self) -> None:
        self._looks.follow()

    def give_up(self, error: CopilotError) -> None:
        """Leaves the screens, for there is nothing to show on them."""
        self.refusal = error
        self.exit()

    def on_unmount(self) -> None:
        self.works.stop_all()

    def on_moved(self, event: Moved) -> None:
        self.works.took(event)
        for screen in tuple(self.screen_stack):
            if isinstance(screen, Page) and screen.is_running:
                screen.moved(event.work)
        if event.work.is_over:
            self._tell_end(event.work)

    def _tell_end(self, work: Work) -> None:
        """Says in words how a work ended, where the person looks at something else."""
        if isinstance(self.screen, Page) and self.screen.shows(work.id):
            return
        from copilot.tui.stages import end_words

        try:
            words = end_words(self.workspace.load(work.id), work)
        except CopilotError as error:
            words = error.what
        severity: SeverityLevel = "error" if work.error else "information"
        self.notify(visible(words), title=work.id, severity=severity, timeout=NOTICE_SECONDS, markup=False)

    def open_proposal(self, id: str) -> None:
        """Shows how the proof of a proposal goes on while it does, else its review."""
        if self.works.is_busy(id):
            from copilot.tui.proving import ProvingScreen

            self.push_screen(ProvingScreen(id))
        else:
            self.open_review(id)

    def open_review(self, id: str) -> None:
        """Shows a proposal, or why it can't be read."""
        from copilot.tui.review import ReviewScreen

        self._open(lambda: ReviewScreen(self.workspace, id))

    def open_compare(self, id: str, selected: str, then: Callable[[str], None]) -> None:
        """Compares the alternatives of a proposal; `then` is told which one the person goes on with."""
        from copilot.tui.compare import CompareScreen

        self._open(lambda: CompareScreen(self.workspace, id, selected, then))

    def _open(self, screen: Callable[[], Page]) -> None:
        try:
            self.push_screen(screen())
        except CopilotError as error:
            if isinstance(self.screen, Page):
                self.screen.fail(error, "That can't be opened")

    def action_log(self) -> None:
        """Shows what was decided in this repository."""
        from copilot.tui.log import LogScreen

        if not isinstance(self.screen, LogScreen):
            self.push_screen(LogScreen())

    def prove(self, id: str) -> None:
        """Runs the line on a proposal behind the screens, from where it stands."""
        self.works.start(id, "proving", lambda work: self.workspace.advance(id, work.stop, work.begins))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yields the commands of the palette: the keys of the screen by their names, then what every screen can do."""
        for key in screen.own_keys() if isinstance(screen, Page) else ():
            if not screen.check_action(key.action.partition("(")[0], ()):
                continue
            yield SystemCommand(key.description, f"the key {self.get_key_display(key)}", _acting(screen, key.action))
        if not any(key.action == "app.log" for key in (screen.own_keys() if isinstance(screen, Page) else ())):
            yield SystemCommand("Log", "what was decided here, to search and to verify again", self.action_log)
        for name, words, choose in self._looks.choices():
            yield SystemCommand(name, words, choose)
        yield SystemCommand("Theme", "choose among all colours", self.action_change_theme)
        yield SystemCommand("Quit", "leave; nothing is lost", self.action_quit)


def _acting(screen: Screen[object], action: str) -> Callable[[], Awaitable[None]]:
    async def act() -> None:
        await screen.run_action(action)

    return act
