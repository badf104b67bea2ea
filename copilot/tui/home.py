"""The first screen: the pipeline as it was read, what a careful reader finds in it, its proposals, and the line for a request."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer, Input, OptionList, Static, TabbedContent, TabPane

from copilot.domain.audit import AuditFinding
from copilot.domain.pipeline import PipelineMap
from copilot.errors import CopilotError
from copilot.reasons.words import counted
from copilot.tui.findings import finding_text, finding_title
from copilot.tui.page import KEYS, Page
from copilot.tui.panes import ListAndDetail
from copilot.tui.picker import ProposalList
from copilot.tui.works import Work

TABS = {"map": "Map", "findings": "Findings", "proposals": "Proposals"}


class HomeScreen(Page):
    """Reads the repository in a thread once it is drawn; a request is understood, written down, and proved behind the screens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask", "Ask", key_display="/"),
        *KEYS,
        *(
            Binding(str(number), f"tab('{id}')", words, show=False)
            for number, (id, words) in enumerate(TABS.items(), 1)
        ),
    ]

    def compose(self) -> ComposeResult:
        yield Static(id="heading")
        with TabbedContent(id="tabs"):
            with TabPane("1 Map", id="map"):
                yield ListAndDetail(id="jobs")
            with TabPane("2 Findings", id="findings"):
                yield ListAndDetail(id="flaws")
            with TabPane("3 Proposals", id="proposals"):
                yield ProposalList(self.workspace, id="list")
        yield Input(placeholder="What should change? For example: add optional double FIELD to SCHEMA", id="request")
        yield Static(id="status")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.tell("reading the repository …")
        self.in_thread(self.workspace.audit, self._read, self._unread)
        self.action_tab("proposals")

    def on_screen_resume(self) -> None:
        self.query_one(ProposalList).fill()

    def moved(self, work: Work) -> None:
        self.query_one(ProposalList).fill()

    def action_tab(self, id: str) -> None:
        self.query_one(TabbedContent).active = id
        self.query_one({"map": "#jobs Choices", "findings": "#flaws Choices", "proposals": "#list"}[id]).focus()

    def action_ask(self) -> None:
        self.query_one("#request", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if text:
            self.tell("understanding …")
            self.in_thread(lambda: self.workspace.propose(text), self._proposed, self._not_understood)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "list" and event.option_id:
            self.copilot.open_proposal(event.option_id)

    def _proposed(self, id: str) -> None:
        self.tell("")
        if self.workspace.load(id).decision is None:
            self.copilot.prove(id)
        self.copilot.open_proposal(id)

    def _not_understood(self, error: CopilotError) -> None:
        self.tell(error.what, "$text-warning")
        self.fail(error, "That was not understood")

    def _read(self, read: tuple[PipelineMap, tuple[AuditFinding, ...]]) -> None:
        pipeline, findings = read
        self.tell("")
        known = ", ".join(
            (
                counted(len(pipeline.jobs), "job"),
                counted(len(pipeline.endpoints), "endpoint"),
                counted(len(pipeline.subjects), "schema"),
                counted(len(findings), "finding"),
                counted(len(pipeline.gaps), "gap"),
            )
        )
        self.query_one("#heading", Static).update(f"{self.workspace.folder.name}  {known}")
        found = {it.id: it for it in findings}
        self.query_one("#flaws", ListAndDetail).show(
            [(id, finding_title(it)) for id, it in found.items()],
            lambda id: finding_text(found[id]),
            absent="Nothing was found.",
        )

    def _unread(self, error: CopilotError) -> None:
        self.tell("The repository could not be read.", "$text-error")
        self.fail(error)
