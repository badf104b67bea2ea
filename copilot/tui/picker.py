"""The list of a repository's proposals, newest first: the state of each, what is at stake, its gate, and the work on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets.option_list import Option

from copilot.reasons.words import asked_words, counted, postponed_words
from copilot.tui.panes import Choices
from copilot.tui.plain import plain
from copilot.tui.stages import progress_words
from copilot.tui.works import Work

if TYPE_CHECKING:
    from copilot.domain.proposal import Proposal
    from copilot.proposals import Workspace

EMPTY = "No proposals yet. / and a sentence asks for a change, n asks step by step."


@dataclass(frozen=True, slots=True)
class Proposals:
    """What lies in the store: those that can be read, those that are due and the newest first, and how many can't be."""

    all: tuple[Proposal, ...]
    damaged: int
    due: frozenset[str] = frozenset()

    @property
    def carried_on(self) -> frozenset[str]:
        """The ids of those that another one, which was applied, goes on with."""
        return frozenset(it.continued.of for it in self.all if it.continued and it.applied)


def read_proposals(workspace: Workspace) -> Proposals:
    """Reads the store, which may take a while: call it in a thread."""
    found = workspace.newest()
    due = frozenset(it.id for it in found if workspace.is_due(it))
    return Proposals(found, len(workspace.damaged()), due)


def gate_due(proposal: Proposal, carried_on: Collection[str]) -> str:
    """Returns what the next phase of an applied proposal waits for, "" where none is left or it was gone on with already."""
    if proposal.state != "applied" or proposal.id in carried_on:
        return ""
    applied = proposal.applied[-1]
    phases = proposal.alternative(applied.alternative).phases
    if applied.phase + 1 >= len(phases):
        return ""
    gate = phases[applied.phase].gate
    return gate.text if gate else f'nothing: "{phases[applied.phase + 1].name}" can begin'


def proposal_row(
    proposal: Proposal, carried_on: Collection[str] = (), work: Work | None = None, *, is_due: bool = False
) -> Content:
    """Returns the lines of one proposal; `is_due` where it was put off until a day that has come."""
    stakes = f"{proposal.decision.stakes} stakes" if proposal.decision else ""
    lines = [
        Content.assemble(
            plain(f"{proposal.id}  {proposal.state:9} ", "bold"),
            plain(f"{stakes:12} "),  # dim, it is lost under the highlight
            plain(asked_words(proposal.request)),
        )
    ]
    gate = gate_due(proposal, carried_on)
    if work is not None and not work.is_over:
        lines.append(plain(f"  {work_words(proposal, work)}", "$text-accent"))
    elif proposal.state == "postponed" and proposal.postponed:
        words = postponed_words(proposal.postponed)
        lines.append(plain(f"  due: it was {words}" if is_due else f"  {words}", "$text-warning" if is_due else "dim"))
    elif gate:
        lines.append(plain(f"  waiting for gate: {gate}", "$text-warning"))
    return Content("\n").join(lines)


def work_words(proposal: Proposal, work: Work) -> str:
    """Returns what goes on, as the screen of the proof says it, and for how long."""
    stopping = "stopping, after " if work.stop.is_set() else ""
    return f"{stopping}{progress_words(proposal, work)} … {work.seconds:.0f} s"


class ProposalList(Choices):
    """Each option's id is that of a proposal."""

    def __init__(self, work_of: Callable[[str], Work | None], *, id: str) -> None:
        super().__init__(id=id)
        self._work_of = work_of
        self._known: dict[str, Proposal] = {}
        self._carried_on: frozenset[str] = frozenset()
        self._due: frozenset[str] = frozenset()

    def fill(self, proposals: Proposals) -> None:
        """Shows what was read, and keeps the highlight where it was."""
        at = self.highlighted
        kept = None if at is None else self.get_option_at_index(at).id
        self._known = {it.id: it for it in proposals.all}
        self._carried_on = proposals.carried_on
        self._due = proposals.due
        options = [Option(self._row(it), id=it.id) for it in proposals.all]
        if not options:
            options.append(Option(plain(EMPTY), disabled=True))
        if proposals.damaged:
            words = f"{counted(proposals.damaged, 'proposal')} can't be read: pipeline-copilot log says why"
            options.append(Option(plain(words, "$text-warning"), disabled=True))
        self.set_options(options)
        ids = list(self._known)
        self.highlighted = ids.index(kept) if kept in ids else 0

    def show_work(self, works: Sequence[Work]) -> None:
        """Draws the lines of proposals anew on which work goes on, or just ended."""
        for work in works:
            if work.id in self._known:
                self.replace_option_prompt(work.id, self._row(self._known[work.id]))

    def _row(self, proposal: Proposal) -> Content:
        is_due = proposal.id in self._due
        return proposal_row(proposal, self._carried_on, self._work_of(proposal.id), is_due=is_due)
