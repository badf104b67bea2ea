"""What a model is asked about a decision that stands: to word it, and to say why. Neither can change a ruling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from copilot.domain.model import Exchange
from copilot.domain.proposal import Probed, Proposal, Record, Worded
from copilot.errors import WrongUsage
from copilot.plugins import Kit
from copilot.ports import ProposalStore

if TYPE_CHECKING:
    from copilot.planners.talk import Talk


def word_decision(
    proposal: Proposal, kit: Kit, store: ProposalStore, is_stopped: Callable[[], bool]
) -> Iterator[Record]:
    """Yields what was said and the sentences that came of it; nothing where there are sentences already."""
    from copilot.planners.wording import word

    if proposal.worded is None or not proposal.worded.sentences:
        yield from _asked(proposal, kit, store, is_stopped, word)


def probe_decision(
    proposal: Proposal, kit: Kit, store: ProposalStore, is_stopped: Callable[[], bool]
) -> Iterator[Record]:
    """Yields what was said and whether the stated reason followed the evidence."""
    from copilot.planners.probing import probe

    yield from _asked(proposal, kit, store, is_stopped, probe)


def _asked(
    proposal: Proposal,
    kit: Kit,
    store: ProposalStore,
    is_stopped: Callable[[], bool],
    ask: Callable[[Proposal, Talk], Worded | Probed],
) -> Iterator[Record]:
    """Each exchange is on disk as soon as it is over, so that none is lost, or paid for twice, where the next one fails."""
    from copilot.planners.talk import Talk

    if proposal.decision is None:
        raise WrongUsage(
            f"{proposal.id} is not decided yet.", next="Let it be decided first; words are about a decision."
        )
    on = kit.model
    if on is None:
        raise WrongUsage(
            "No model is on.", next="Name one with --model, or switch one on in your own settings: docs/models.md."
        )
    told: list[Record] = []

    def keep(exchange: Exchange) -> None:
        told.append(store.append(proposal.id, exchange))

    talk = Talk(on.model, on.prompts, on.limits, keep, spent=proposal.exchanges, is_stopped=is_stopped)
    found = ask(proposal, talk)
    yield from told
    if not is_stopped():
        yield store.append(proposal.id, found)
