"""The pane of the pipeline map: a graph, or a tree where the terminal is narrow, with search, neighbourhoods and details."""

from __future__ import annotations

import gc
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from copilot.domain.audit import AuditFinding
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal
from copilot.reasons.words import counted
from copilot.tui.dialogs import Answer, Pick
from copilot.tui.graph import Graph, graph_of
from copilot.tui.graph_charset import ASCII, UNICODE
from copilot.tui.graph_drawing import Drawing, draw
from copilot.tui.map_details import Known, advice, node_line, node_text
from copilot.tui.map_tree import TreeRow, tree_rows
from copilot.tui.map_views import GraphView, NodeView, TreeView
from copilot.tui.panes import Scroll
from copilot.tui.plain import plain

NARROW = 100
"""Columns of a terminal below which the map is a tree, and of the pane below which the details cover the map."""
_STEPS: tuple[int | None, ...] = (1, 2, None)


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of the map is wanted: what is around a node, and what has some words."""

    center: str = ""
    steps: int | None = 1
    words: str = ""


class MapPane(Vertical):
    """Shows a map that `show` gives it. Posts `Asked` with the beginning of a request about the selected node's schema."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f", "around", "Focus", tooltip="what is around the selected one: 1 step, 2 steps, all steps, everything"
        ),
        Binding("s,ctrl+f", "search", "Search", tooltip="keep what has these words, and its neighbours"),
        Binding("full_stop", "match(1)", "Next", show=False),
        Binding("comma", "match(-1)", "Previous", show=False),
        Binding("c", "ask", "Change"),
        Binding("t", "tree", "Tree", show=False),
        Binding("escape", "back", "Back", show=False),
    ]

    class Asked(Message):
        """The person wants to change a schema: `text` is the beginning of the request."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str, is_ascii: bool = False) -> None:
        super().__init__(id=id)
        self.is_ascii = is_ascii
        self._known: Known | None = None
        self._graph = Graph((), ())
        self._shown = Graph((), ())
        self._part = Part()
        self._wants_tree: bool | None = None
        self._selected = ""
        self._landmark = ""  # where it was opened by itself: findings that come later may know a better place
        self._laid_as: tuple[bool, bool] | None = None
        self._wants_focus = False
        self._rows_said = 0
        self._is_new = False

    def compose(self) -> ComposeResult:
        yield Input(placeholder="words of a name, a field, a file, an owner; esc clears", id="map-search")
        with Horizontal():
            yield GraphView(id="map-graph")
            yield TreeView(id="map-tree")
            yield Static(id="map-empty")
            with Scroll(id="map-detail"):
                yield Static(id="map-detail-text")
        yield Static(id="map-line")

    def on_unmount(self) -> None:
        gc.unfreeze()

    def on_mount(self) -> None:
        for hidden in ("#map-search", "#map-detail", "#map-tree", "#map-graph"):
            self.query_one(hidden).display = False
        graph = self.query_one("#map-graph")
        for moved in ("scroll_x", "scroll_y"):
            self.watch(graph, moved, self._tell, init=False)

    def show(
        self, pipeline: PipelineMap, findings: Sequence[AuditFinding] = (), proposals: Sequence[Proposal] = ()
    ) -> None:
        """Shows a map with what is known about it; what is selected, searched and focused stays where it is still there."""
        self._known = known = Known(pipeline, tuple(findings), tuple(proposals))
        graph = graph_of(pipeline, known.findings, known.proposed)
        if graph == self._graph and self._laid_as == self._wanted_form:
            self._fill_detail(keeps_place=True)
            return
        self._graph, self._is_new = graph, True
        if self._part.center not in self._graph.by_id:
            self._part = Part(words=self._part.words)
        self._lay_out()

    @property
    def is_tree(self) -> bool:
        """Tells whether the map is shown as a tree now."""
        return self.app.size.width < NARROW if self._wants_tree is None else self._wants_tree

    @property
    def _wanted_form(self) -> tuple[bool, bool]:
        return self.is_tree, self.is_ascii

    @property
    def view(self) -> NodeView:
        """Returns the widget that shows the nodes now."""
        return self.query_one("#map-tree" if self.is_tree else "#map-graph", NodeView)

    @property
    def selected(self) -> str:
        """Returns the id of the selected node, "" where there is none."""
        return self._selected

    def focus_map(self) -> None:
        """Gives the keyboard to the map, as soon as there is one."""
        self._wants_focus = not (self.is_mounted and self.view.display)
        if not self._wants_focus:
            self.view.focus()

    def on_resize(self, event: Resize) -> None:
        # Nothing is laid out before the pane has a size: what is hidden in another tab is neither wide nor narrow.
        if self._known and self._laid_as != self._wanted_form:
            self._lay_out()
        self._place_detail()

    def _lay_out(self) -> None:
        """Lays out what is wanted of the map in a thread: a large one takes most of a second."""
        if not self.size.width:
            self._laid_as = None
            return
        self._laid_as = self._wanted_form
        graph, part, is_tree, charset = self._graph, self._part, self.is_tree, ASCII if self.is_ascii else UNICODE

        def run() -> None:
            worker = get_current_worker()
            shown, matches = part_of(graph, part)
            laid = tree_rows(shown, is_ascii=self.is_ascii) if is_tree else draw(shown, charset)
            if isinstance(laid, Drawing):
                laid.lines()  # makes the rows here, so that no key has to wait for those that it scrolls to
            if not worker.is_cancelled:
                self.app.call_from_thread(self._laid_out, shown, laid, matches)

        self.run_worker(run, thread=True, exclusive=True, group="layout")

    def _laid_out(self, shown: Graph, laid: Drawing | tuple[TreeRow, ...], matches: Collection[str] | None) -> None:
        if self._is_new:
            # What was read and drawn stays; the collector would walk through all of it every few keys, for a tenth of a second.
            gc.freeze()
            self._is_new = False
        wants_focus = self._wants_focus or any(it.has_focus for it in self.query(NodeView))
        self._shown = shown
        tree, graph = self.query_one("#map-tree", TreeView), self.query_one("#map-graph", GraphView)
        is_tree = not isinstance(laid, Drawing)
        tree.display, graph.display = is_tree and bool(shown.nodes), not is_tree and bool(shown.nodes)
        self.query_one("#map-empty").display = not shown.nodes
        selected = next((id for id in matches or () if not self._selected or self._selected not in (matches or ())), "")
        selected = selected or self._selected
        if isinstance(laid, Drawing):
            is_larger = laid.width > self.size.width or laid.height > self.size.height
            if is_larger and self._part == Part() and selected in ("", self._landmark):
                selected = self._landmark = shown.landmark
            graph.show(shown, laid, selected, matches)
        else:
            tree.show(shown, laid, selected, matches)
        if wants_focus and shown.nodes:
            self._wants_focus = False
            self.view.focus()
        if not shown.nodes:
            self._selected = ""
            self.query_one("#map-empty", Static).update(self._empty_text())
        self._tell()

    def _empty_text(self) -> Content:
        if self._graph.nodes:
            return plain(f'Nothing has the words "{self._part.words}". esc shows everything again.', "$text-warning")
        lines = advice(self._known.pipeline) if self._known else ()
        return Content("\n").join([plain(line) for line in lines])

    def on_node_view_moved(self, event: NodeView.Moved) -> None:
        event.stop()
        self._selected = event.id
        self._tell()
        if self.query_one("#map-detail").display:
            self._fill_detail()

    def on_node_view_opened(self, event: NodeView.Opened) -> None:
        event.stop()
        detail = self.query_one("#map-detail", Scroll)
        if detail.display:
            detail.focus()
        else:
            self._open_detail()

    def _open_detail(self) -> None:
        self.query_one("#map-detail").display = True
        self._place_detail()
        self._fill_detail()
        if self.size.width < NARROW:
            self.query_one("#map-detail").focus()

    def _place_detail(self) -> None:
        """Gives the detail the whole pane where it is narrow, a part of it elsewhere."""
        detail = self.query_one("#map-detail")
        is_narrow = self.size.width < NARROW
        detail.styles.width = "1fr" if is_narrow else max(44, min(80, self.size.width * 2 // 5))
        if self._known:
            for name, is_tree in (("#map-tree", True), ("#map-graph", False)):
                is_wanted = self.is_tree is is_tree and bool(self._shown.nodes)
                self.query_one(name).display = is_wanted and not (is_narrow and detail.display)

    def _fill_detail(self, *, keeps_place: bool = False) -> None:
        if self._known and self._selected in self._graph.by_id:
            text = node_text(self._known, self._graph, self._selected)
            self.query_one("#map-detail-text", Static).update(text)
            if not keeps_place:
                self.query_one("#map-detail", Scroll).scroll_home(animate=False)

    def _tell(self) -> None:
        """Says below the map what is selected, and which part of the map is shown."""
        lines = [plain(node_line(self._graph, self._selected))] if self._selected in self._graph.by_id else []
        beyond = self.query_one("#map-graph", GraphView).beyond if not self.is_tree else ""
        if lines and beyond:
            lines[0] += plain(f"  {beyond}", "dim")
        told = self._part_words()
        if told:
            lines.append(plain("; ".join(told), "$text-accent"))
        self._say(Content("\n").join(lines))

    def _say(self, text: Content) -> None:
        line = self.query_one("#map-line", Static)
        rows = max(1, text.get_height({}, max(1, self.size.width - 2)))
        # Laid out only where its height changes: else each key would lay out the whole screen.
        line.update(text, layout=rows != self._rows_said)
        self._rows_said = rows

    def _part_words(self) -> list[str]:
        part, told = self._part, []
        if part.center:
            steps = "all steps" if part.steps is None else counted(part.steps, "step")
            told.append(f"{steps} around {self._graph.by_id[part.center].name} (f: {self._next_steps()})")
        if part.words:
            found = len(self._graph.matching(part.words))
            told.append(f'{found} of {len(self._graph.nodes)} have "{part.words}" (. next)')
        if told:
            return [*told, "esc everything"]
        return list(advice(self._known.pipeline)) if self._known and not self._graph.edges else []

    def _next_steps(self) -> str:
        return {1: "2 steps", 2: "all steps", None: "everything"}[self._part.steps]

    def action_around(self) -> None:
        """Shows what is around the selected node: one step, two, all, and everything again."""
        if not self._selected:
            return
        part = self._part
        if part.center != self._selected:
            self._part = Part(self._selected, _STEPS[0], part.words)
        elif part.steps is None:
            self._part = Part(words=part.words)
        else:
            self._part = Part(part.center, _STEPS[_STEPS.index(part.steps) + 1], part.words)
        self._lay_out()

    def action_search(self) -> None:
        search = self.query_one("#map-search", Input)
        search.display = True
        search.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._known and event.value.strip() != self._part.words:
            self._part = Part(self._part.center, self._part.steps, event.value.strip())
            self._lay_out()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        event.input.display = bool(self._part.words)
        self.focus_map()

    def action_match(self, step: int) -> None:
        """Goes to the next of the nodes that the search found, or of all."""
        among = self._shown.matching(self._part.words)
        if among:
            at = among.index(self._selected) if self._selected in among else -1
            self.view.select(among[(at + step) % len(among)])

    def action_tree(self) -> None:
        self._wants_tree = not self.is_tree
        if self._graph.nodes:
            self._lay_out()

    def action_ask(self) -> None:
        """Begins a request about the schema of the selected node; asks which where it has several."""
        node = self._graph.by_id.get(self._selected)
        subjects = node.subjects if node else ()
        if len(subjects) == 1:
            self.post_message(self.Asked(request_about(subjects[0])))
        elif subjects:
            picked = Pick("Which schema should change?", [(name, plain(name)) for name in subjects])
            self.app.push_screen(picked, self._picked)
        else:
            self._say(plain("No schema is known here to change.", "$text-warning"))

    def _picked(self, answer: Answer | None) -> None:
        if answer:
            self.post_message(self.Asked(request_about(answer.text)))

    def action_back(self) -> None:
        """Takes back one thing: the details, the search, the neighbourhood."""
        search, detail = self.query_one("#map-search", Input), self.query_one("#map-detail")
        if detail.display:
            detail.display = False
            self._place_detail()
        elif search.display or self._part.words:
            search.display = False
            search.value = ""
        elif self._part.center:
            self._part = Part()
            self._lay_out()
        self.focus_map()


def request_about(subject: str) -> str:
    """Returns the beginning of a request about a subject; what should change follows."""
    return f"in {subject}: "


def part_of(graph: Graph, part: Part) -> tuple[Graph, Collection[str] | None]:
    """Returns the part of a graph, and the nodes in it that have the words, None where no words are wanted."""
    ids = graph.around(part.center, part.steps) if part.center else frozenset(graph.by_id)
    if not part.words:
        return (graph.only(ids) if part.center else graph), None
    found = [id for id in graph.matching(part.words) if id in ids]
    return graph.only(graph.beside(found) & ids), found
