"""The first screen: the pipeline as it was read, what a careful reader finds in it, its proposals, and the line for a request."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.css.query import DOMQuery
from textual.events import Click
from textual.style import Style
from textual.widgets import Input, OptionList, Static

from copilot.errors import Ambiguous, CopilotError, WrongUsage
from copilot.tui.key_line import KeyLine
from copilot.tui.map_notes import NOTES as MAP_NOTES
from copilot.tui.page import KEYS, Page
from copilot.tui.plain import plain
from copilot.tui.request import RequestLine
from copilot.tui.works import Work

if TYPE_CHECKING:
    from copilot.domain.audit import AuditFinding
    from copilot.domain.impacted import ImpactList
    from copilot.domain.pipeline import PipelineMap
    from copilot.domain.proposal import Proposal
    from copilot.tui.map_pane import MapPane
    from copilot.tui.panes import ListAndDetail
    from copilot.tui.picker import ProposalList, Proposals

PARTS = {"map": "Map", "findings": "Findings", "proposals": "Proposals"}
WIDE_COLUMNS = 120
READING = "reading"
WAIT_TOLD_SECONDS = 2.0
Result = TypeVar("Result")


def part_names(shown: str) -> Content:
    """Returns the names of the parts in a line, each to be clicked; the one that is shown stands out."""
    names = []
    for number, (id, words) in enumerate(PARTS.items(), 1):
        look = plain(f" {number} {words} ", "bold reverse" if id == shown else "")
        names += [look.stylize(Style.from_meta({"part": id})), Content(" ")]
    return Content.assemble(*names)


class PartNames(Static):
    """The line that stands for the parts where only one of them has room."""

    def on_click(self, event: Click) -> None:
        if isinstance(self.screen, HomeScreen) and (id := event.style.meta.get("part")):
            self.screen.action_part(id)


class HomeScreen(Page):
    """Reads the repository in a thread once it is drawn; a request is understood, written down, and proved behind the screens.

    Wide screens show all parts at once, narrow ones the one that has the focus.
    """

    NOTES = (
        "Enter opens a finding or a proposal over the whole screen.",
        "",
        *MAP_NOTES,
        "",
        "In the request line:",
        "tab          takes over the first word that is offered, or the highlighted one",
        "down, up     goes into what is offered, and out of it; up brings earlier requests back",
        "enter        asks, or takes the highlighted offer",
        "escape       closes what is offered; once more goes back to the parts above",
    )
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE_COLUMNS, "-wide")]  # noqa: RUF012 (Textual's own type is a list)
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, it is done before the next key is looked at: none that is typed right after meets a list.
        Binding(
            "slash", "ask", "Ask", key_display="/", priority=True, tooltip="write in the line below what should change"
        ),
        Binding("n", "guide", "New", tooltip="a change step by step"),
        Binding("i", "impact", "Impact", tooltip="what the written change would touch; in the line ctrl+o"),
        Binding("g", "gaps", "Gaps", tooltip="what could not be read, and why"),
        Binding("L", "app.log", "Log", tooltip="what was decided here, to search and to verify again"),
        Binding(
            "R",
            "catch_up",
            "Read again",
            show=False,
            tooltip="the repository, where HEAD has moved; coming back does it too",
        ),
        Binding("z", "zoom", "Zoom", show=False, tooltip="the map over the whole screen, and back"),
        *KEYS[:-1],
        Binding("q", "leave", "Quit", tooltip="leave; nothing is lost"),
        *(
            Binding(str(number), f"part('{id}')", words, show=False)
            for number, (id, words) in enumerate(PARTS.items(), 1)
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._pipeline: PipelineMap | None = None
        self._findings: tuple[AuditFinding, ...] = ()
        self._proposals: Proposals | None = None
        self._has_begun = False
        self._part = "proposals"
        self._reads_since = 0.0
        self._commit_read = ""
        self._asked = ""
        self._unclear: Ambiguous | None = None
        self._waits = threading.Event()
        self._is_asking = False

    def compose(self) -> ComposeResult:
        is_wide = self.app.size.width >= WIDE_COLUMNS  # as the breakpoints say, which a first frame comes before
        self.set_class(is_wide, "-wide")
        self.set_class(not is_wide, "-narrow")
        # Only what the first frame shows: lists, offers and the picture come once it is drawn.
        yield Static(plain(self.copilot.folder.name), id="heading")
        yield PartNames(id="part-names")
        with Container(id="parts"):
            yield Vertical(id="map-part", classes="part")
            with Vertical(id="beside"):
                yield Vertical(id="findings-part", classes="part")
                yield Vertical(id="proposals-part", classes="part")
        yield RequestLine(id="line")
        yield Static(id="status")
        yield KeyLine()

    def on_mount(self) -> None:
        self._line.display = not self.copilot.is_only_shown
        for number, (id, words) in enumerate(PARTS.items(), 1):
            part = self.query_one(f"#{id}-part")
            part.border_title = f"{number} {words}"
            part.border_subtitle = READING
        self.tell(f"{READING} the repository …")
        self._show_part("proposals")
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        """Mounts the rest and begins to read once the screen is drawn: what that loads would be waited for."""
        gc.enable()
        from copilot.tui.panes import ListAndDetail
        from copilot.tui.picker import ProposalList

        await self.query_one("#findings-part").mount(ListAndDetail(id="flaws"))
        await self.query_one("#proposals-part").mount(ProposalList(self.works.of, id="list"))
        await self._line.complete_itself()
        if not self.is_running:  # it was left at once
            return
        self._has_begun = True
        if self.focused is None:
            self.action_part(self._part)
        self.set_interval(1.0, self._tick)
        self._read_pipeline()
        self._read_proposals()

    def _tick(self) -> None:
        self._list.show_work(self.works.going_on())
        if self._reads_since and (seconds := time.monotonic() - self._reads_since) >= WAIT_TOLD_SECONDS:
            self.tell(
                f"{READING} the repository … {seconds:.0f} s; a first time takes longer, a later one what changed"
            )

    def _read_pipeline(self) -> None:
        self._reads_since = time.monotonic()
        self.in_thread(self._audit, self._read, self._unread)

    def _audit(self) -> tuple[PipelineMap, tuple[AuditFinding, ...]]:
        workspace = self.workspace
        self._commit_read = workspace.commit
        return workspace.audit()

    def action_catch_up(self) -> None:
        """Reads the repository again where HEAD has moved, as a merge or a checkout moves it."""
        self.in_thread(self._is_behind, self._caught_up)

    def _is_behind(self) -> bool:
        # Another screen may have caught up before this one.
        return self.copilot.catch_up() or self.workspace.commit != self._commit_read

    def _caught_up(self, has_moved: bool) -> None:
        if has_moved:
            self.tell(f"HEAD has moved: {READING} the repository …")
            self._read_pipeline()
            self._read_proposals()

    def on_app_focus(self) -> None:
        if self._has_begun:
            self.action_catch_up()

    def on_screen_resume(self) -> None:
        if self._has_begun:
            self.action_catch_up()
            self._read_proposals()

    def moved(self, work: Work) -> None:
        if not self._has_begun:
            return
        self._list.show_work((work,))
        if work.is_over or len(work.steps) <= 1:
            self._read_proposals()

    @property
    def _list(self) -> ProposalList:
        return cast("ProposalList", self.query_one("#list"))

    @property
    def _flaws(self) -> ListAndDetail:
        return cast("ListAndDetail", self.query_one("#flaws"))

    def _read_proposals(self) -> None:
        from copilot.tui.picker import read_proposals

        self.in_thread(lambda: read_proposals(self.workspace), self._show_proposals)

    def _show_proposals(self, proposals: Proposals) -> None:
        self._proposals = proposals
        part = self.query_one("#proposals-part")
        part.border_subtitle = ""
        part.set_class(not proposals.all, "-empty")
        self._list.fill(proposals)
        self._teach()
        self._show_map()

    @property
    def _map(self) -> DOMQuery[MapPane]:
        """The pane of the map, as soon as something was read: no first frame waits for it."""
        return cast("DOMQuery[MapPane]", self.query("#pipeline"))

    @property
    def _known(self) -> tuple[Proposal, ...]:
        return self._proposals.all if self._proposals else ()

    def _show_map(self) -> None:
        if self._pipeline is None:
            return
        if not self._map:
            from copilot.tui.map_pane import MapPane

            self.query_one("#map-part").mount(MapPane(id="pipeline"))
            if self._part == "map":
                self._map.first().focus_map()
        self._map.first().is_ascii = self.copilot.is_ascii
        self._map.first().show(self._pipeline, self._findings, self._known)

    def on_map_pane_asked(self, event: MapPane.Asked) -> None:
        if self.copilot.is_only_shown:
            return
        self._line.put(event.text)

    def _teach(self) -> None:
        """Tells the request line what can be named, and what was asked before."""
        if self._pipeline is not None:
            from copilot.planners.completing import vocabulary_of
            from copilot.reasons.words import asked_words

            earlier = [asked_words(it.request) for it in self._known if it.request.text]
            self._line.know(vocabulary_of(self._pipeline, earlier))

    def action_part(self, id: str) -> None:
        """Shows a part and moves the focus into it."""
        self._show_part(id)
        if id == "map":
            for pane in self._map:
                pane.focus_map()
        else:
            for items in self.query({"findings": "#flaws Choices", "proposals": "#list"}[id]):
                self.set_focus(items)

    def action_zoom(self) -> None:
        self.query_one("#parts").toggle_class("-map-only")
        self.action_part("map")

    def _show_part(self, id: str) -> None:
        for part in self.query(".part"):
            part.set_class(part.id == f"{id}-part", "-shown")
        self.query_one("#beside").set_class(id != "map", "-shown")
        self._part = id
        self.query_one("#part-names", Static).update(part_names(id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leaves the slash to whoever writes: with priority, it would never reach a line."""
        if action == "ask" and isinstance(self.focused, Input):
            return False
        return super().check_action(action, parameters)

    def action_ask(self) -> None:
        self.set_focus(self._line.input)

    def action_guide(self) -> None:
        from copilot.tui.form import FormScreen

        if self._pipeline is None:
            self.tell("The repository is not read yet.")
        elif not self._pipeline.subjects:
            self.tell("No schema was read in this repository; g tells what could not be.")
        else:
            self.app.push_screen(FormScreen(self._pipeline, self._ask))

    def action_gaps(self) -> None:
        if self._pipeline is None:
            self.tell("The repository is not read yet.")
            return
        from copilot.reasons.words import counted
        from copilot.tui.findings import gap_items, gap_text
        from copilot.tui.reading import ListScreen

        gaps = self._pipeline.gaps
        self.app.push_screen(
            ListScreen(
                counted(len(gaps), "place could not be read", "places could not be read"),
                gap_items(gaps),
                lambda id: gap_text(gaps[int(id)], self.workspace.source),
                absent="Everything was read.",
            )
        )

    @property
    def _line(self) -> RequestLine:
        return self.query_one(RequestLine)

    def on_request_line_left(self) -> None:
        if self._is_asking:
            self._waits.set()
            self._is_asking = False
            self.tell("Stopped waiting for the model; nothing was proposed.")
            return
        self.action_part(self._part)

    def on_request_line_asked(self, event: RequestLine.Asked) -> None:
        self._ask(event.text)

    def _ask(self, text: str) -> None:
        self._asked = text
        self.tell("understanding …")
        self._waits = stop = threading.Event()

        def asks(model: str) -> None:
            self.app.call_from_thread(self._asks, model, stop)

        def unless_stopped(then: Callable[[Result], None]) -> Callable[[Result], None]:
            return lambda result: None if stop.is_set() else then(result)

        self.in_thread(
            lambda: self.workspace.propose(text, is_stopped=stop.is_set, asks=asks),
            unless_stopped(self._proposed),
            unless_stopped(self._not_understood),
        )

    def _asks(self, model: str, stop: threading.Event) -> None:
        if not stop.is_set():
            self._is_asking = True
            self.tell(f"No sentence fits these words: asking {model} …  escape stops")

    def on_request_line_chose(self, event: RequestLine.Chose) -> None:
        error, asked = self._unclear, self._asked
        if error is not None:
            self.in_thread(lambda: self.workspace.clarify(asked, error, event.candidate), self._clarified)

    def _clarified(self, sentence: str) -> None:
        if sentence:
            self._line.put(sentence)
            self._line.close()
            self._ask(sentence)
        elif self._unclear is not None:
            self._line.suggest(f"{self._unclear.what} {self._unclear.next}", ())

    def action_impact(self) -> None:
        text = self._line.text
        if not text:
            self.tell("Write below what should change; i then shows what that would touch.")
            self._line.input.focus()
            return
        self._asked = text
        self.tell("looking for what it touches …")
        self.in_thread(lambda: self.workspace.impact(text), self._show_impact, self._not_understood)

    def _show_impact(self, found: ImpactList) -> None:
        from copilot.tui.impact import impact_heading, impact_items, impact_text
        from copilot.tui.reading import ListScreen

        self.tell("")
        source = self.workspace.source
        self.app.push_screen(
            ListScreen(
                impact_heading(self._asked, found),
                impact_items(found),
                lambda id: impact_text(id, found, source),
                absent="No file names this record, its fields or its schema.",
            )
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        id = event.option_id or ""
        if event.option_list.id == "list" and id:
            self.copilot.open_proposal(id)
        elif event.option_list is self._flaws.items and id:
            from copilot.tui.reading import TextScreen

            self.app.push_screen(TextScreen("Finding", self._finding_text(id)))

    def _proposed(self, id: str) -> None:
        self._is_asking = False
        self.tell("")
        self._line.clear()
        self.action_part("proposals")  # where it stands when one comes back
        if self.workspace.load(id).decision is None:
            self.copilot.prove(id)
        self.copilot.open_proposal(id)

    def _not_understood(self, error: CopilotError) -> None:
        self._is_asking = False
        self.tell("")
        if isinstance(error, Ambiguous):
            self._unclear = error
            things = f'"{error.said}" can mean {len(error.candidates)} things. Which one?'
            self._line.ask_back(things if error.said else error.what, error.candidates)
        elif isinstance(error, WrongUsage):
            asked = self._asked
            self.in_thread(lambda: self.workspace.instead_of(asked, error), lambda it: self._suggest(error, it))
        else:
            self.fail(error)

    def _suggest(self, error: WrongUsage, sentences: tuple[str, ...]) -> None:
        # The first line of what to do next; forms in general are what the sentences stand for here.
        next = error.next.split("\n")[0] if not sentences or "forms" not in error.next else "These are understood here:"
        self._line.suggest(f"{error.what} {next}", sentences)

    def _read(self, read: tuple[PipelineMap, tuple[AuditFinding, ...]]) -> None:
        from copilot.tui.findings import finding_items, heading

        self._reads_since = 0.0
        self._pipeline, self._findings = read
        self.query_one("#map-part").border_subtitle = self.query_one("#findings-part").border_subtitle = ""
        self._teach()
        self._show_map()
        self.tell("")
        self.query_one("#heading", Static).update(heading(self.copilot.folder.name, self.workspace.branch, *read))
        self._flaws.show(finding_items(self._findings), self._finding_text, absent="Nothing was found.")

    def _finding_text(self, id: str) -> Content:
        from copilot.tui.findings import finding_text

        finding = next(it for it in self._findings if it.id == id)
        return finding_text(finding, self.workspace.source)

    def _unread(self, error: CopilotError) -> None:
        self._reads_since = 0.0
        if not self.copilot.is_open:
            self.copilot.give_up(error)
            return
        self.query_one("#map-part").border_subtitle = self.query_one("#findings-part").border_subtitle = "not read"
        self.tell("The repository could not be read.", "$text-error")
        self.fail(error)
