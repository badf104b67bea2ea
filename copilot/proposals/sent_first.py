"""What would be said to a model first for a request. Nothing is sent, and nothing is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copilot.domain.model import PromptUse, Purpose
from copilot.domain.operation import ChangeRequest, Operation
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal
from copilot.errors import WrongUsage
from copilot.planners.claude import ClaudePlanner
from copilot.planners.framing import framing_question
from copilot.planners.steering import earlier_words
from copilot.planners.talk import Question, Talk
from copilot.plugins import Kit
from copilot.proposals.asking import Understood, is_missed, own_part, understood, understood_after


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it would be sent: where it goes, which model and prompt it is for, and its body as canonical JSON."""

    purpose: Purpose
    server: str
    model: str
    prompt: PromptUse
    body: str


def sent_first(text: str, operations: Sequence[Operation | str], old: Proposal | None, kit: Kit) -> Sent | None:
    """Returns the first request that a model would get, None where none is on; raises WrongUsage for what it would not help."""
    on = kit.model
    if on is None:
        return None
    question = _question(text, operations, old, kit)
    talk = Talk(on.model, on.prompts, on.limits, lambda exchange: None)
    use = on.prompts(question.prompt).use
    return Sent(question.purpose, on.model.server, on.model.name, use, talk.first(question))


def _question(text: str, operations: Sequence[Operation | str], old: Proposal | None, kit: Kit) -> Question:
    pipeline = kit.base_map()
    try:
        asked = _understood(text, operations, old, pipeline)
    except WrongUsage as error:
        if not text.strip() or not is_missed(error):
            raise
        chosen = old.decision.chosen if old and old.decision else ""
        return framing_question(text, own_part(pipeline), earlier_words(old.request, chosen) if old else "")
    request = ChangeRequest(text.strip(), asked.operations, kit.tree.commit, "", wishes=asked.wishes)
    impacts = tuple(kit.impact_of(it, pipeline) for it in request.operations)
    return ClaudePlanner(request, impacts, pipeline, kit.tree).question(kit.planner.plan(request, impacts, pipeline))


def _understood(
    text: str, operations: Sequence[Operation | str], old: Proposal | None, pipeline: PipelineMap
) -> Understood:
    return understood_after(old, text, operations, pipeline) if old else understood(text, operations, pipeline)
