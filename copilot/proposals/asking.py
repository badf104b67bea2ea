"""What was asked for, and what the repository's settings allow: the beginning of a proposal, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copilot.domain.codec import canonical
from copilot.domain.operation import Operation, operation_object
from copilot.domain.pipeline import PipelineMap
from copilot.errors import Ambiguous, NotFound, NotUnderstood, WrongUsage
from copilot.settings import SETTINGS_PATH, Settings

if TYPE_CHECKING:
    from copilot.domain.model import Exchange
    from copilot.domain.proposal import Proposal
    from copilot.domain.wishes import Wish
    from copilot.plugins import Kit

EXAMPLES_MAX = 6


@dataclass(frozen=True, slots=True)
class Understood:
    """What a request was understood as, and what was said to a model for that."""

    operations: tuple[Operation, ...]
    wishes: tuple[Wish, ...] = ()
    exchanges: tuple[Exchange, ...] = ()


def understood(text: str, operations: Sequence[Operation | str], pipeline: PipelineMap) -> Understood:
    """Returns the operations of the sentences, then those given as such or as JSON; equal ones once; and the wishes.

    Only the repository's own schemas can be meant. Raises WrongUsage.
    """
    return Understood(_operations(text, operations, pipeline), _wishes_said_or_raised(text, pipeline))


def understood_after(
    old: Proposal, words: str, operations: Sequence[Operation | str], pipeline: PipelineMap
) -> Understood:
    """Returns what a follow-up asks: what the earlier request asked, held against the present map, and what the words change.

    No words ask the same again. Raises WrongUsage where the words, or what was asked before, can't be understood on this commit.
    """
    from copilot.planners.steering import all_wishes, says_change, together

    new: tuple[Operation, ...] = ()
    changes = bool(words.strip()) and says_change(words)
    if operations or changes:
        new = understood(words if changes else "", operations, pipeline).operations
    before = tuple(canonical(operation_object(it)) for it in old.request.operations)
    wishes = _wishes_said_or_raised(words, pipeline)
    return Understood(together(_operations("", before, pipeline), new), all_wishes(old.request.wishes, wishes))


def _wishes_said_or_raised(words: str, pipeline: PipelineMap) -> tuple[Wish, ...]:
    from copilot.planners.wishes import wishes_in

    return wishes_in(words, pipeline) if words.strip() else ()


def is_missed(error: WrongUsage) -> bool:
    """Tells whether the sentences' rules have no answer to the words; a name that is only misspelt has one."""
    from copilot.planners.names import is_misspelt

    if isinstance(error, NotFound):
        return not any(is_misspelt(error.said, name) for name in error.close)
    return isinstance(error, NotUnderstood)


def understood_by_model(
    text: str,
    operations: Sequence[Operation | str],
    kit: Kit,
    error: WrongUsage,
    *,
    old: Proposal | None = None,
    earlier: Sequence[Exchange] = (),
    is_stopped: Callable[[], bool] = bool,
    tell: Callable[[Exchange], object] = bool,
) -> Understood:
    """Returns what a model makes of free words that the sentences' rules refused with `error`, and operations given beside them.

    `old` is the proposal that the words go on from. `earlier` are exchanges about the same words: what was answered is not asked
    again. `tell` hears of each new one, whatever comes of it.

    Raises Ambiguous or WrongUsage with what it asks back; `error`, with why there was no answer, where it gave none of use.
    """
    from copilot.planners.framing import frame
    from copilot.planners.steering import all_wishes, earlier_words, together
    from copilot.planners.talk import NoAnswer, Talk

    on = kit.model
    assert on is not None, "only a model that is on is asked"
    told: list[Exchange] = []

    def heard(exchange: Exchange) -> None:
        told.append(exchange)
        tell(exchange)

    talk = Talk(on.model, on.prompts, on.limits, heard, known=earlier, is_stopped=is_stopped)
    pipeline = own_part(kit.base_map())
    beside = _operations("", operations, pipeline) if operations else ()
    try:
        before = earlier_words(old.request, old.decision.chosen if old.decision else "") if old else ""
        framed = frame(text, pipeline, talk, before)
    except NoAnswer as none:
        error.add_next(f"The model {on.model.name} was asked, too: {none}")
        raise error from none
    if is_stopped():
        raise error
    found = tuple(dict.fromkeys((*framed.operations, *beside)))
    wishes = _together(_wishes_said(text, pipeline), framed.wishes)
    if old is not None:
        found, wishes = together(old.request.operations, found), all_wishes(old.request.wishes, wishes)
    return Understood(found, wishes, (*talk.reused, *told))


def _wishes_said(text: str, pipeline: PipelineMap) -> tuple[Wish, ...]:
    from copilot.planners.wishes import wishes_in

    try:
        return wishes_in(text, pipeline)
    except WrongUsage:
        return ()


def _together(said: tuple[Wish, ...], framed: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """Returns the wishes that the sentences' rules heard, then those of a model that say something else."""
    known = {replace(it, words="") for it in said}
    return (*said, *(it for it in framed if replace(it, words="") not in known))


def _operations(text: str, operations: Sequence[Operation | str], pipeline: PipelineMap) -> tuple[Operation, ...]:
    try:
        found = _asked(text, operations, own_part(pipeline))
    except WrongUsage as error:
        for operation in _asked_elsewhere(text, operations, pipeline):
            raise _not_ours(operation.subject, pipeline) from None
        if isinstance(error, NotUnderstood) and (said := _plainly(text, pipeline)):
            error.next = f'If this is meant, say it so: "{said}".'
        raise
    if not found:
        raise WrongUsage(
            "Nothing was asked for.", next='Write for example: propose "rename amount to total_cents in orders".'
        )
    return tuple(dict.fromkeys(found))


def asked_of_all(text: str, operations: Sequence[Operation | str], pipeline: PipelineMap) -> list[Operation]:
    """Returns the operations as meant of the repository's own schemas, else of those of other repositories; raises WrongUsage."""
    try:
        return _asked(text, operations, own_part(pipeline))
    except WrongUsage:
        return _asked(text, operations, pipeline)


def clarified_request(text: str, error: Ambiguous, candidate: str, pipeline: PipelineMap) -> str:
    """Returns the request said so that it means that candidate, "" where no sentence for it is understood."""
    from copilot.planners.clarifying import clarified

    return clarified(text, error, candidate, own_part(pipeline))


def instead_of(text: str, error: WrongUsage, pipeline: PipelineMap) -> tuple[str, ...]:
    """Returns requests that are understood here, those first that a misspelt name may have meant."""
    from copilot.planners.clarifying import corrected, examples

    own = own_part(pipeline)
    if isinstance(error, NotUnderstood) and (said := _plainly(text, pipeline)):
        return (said,)
    found = corrected(text, error, own) if isinstance(error, NotFound) else ()
    return found or examples(text, own, EXAMPLES_MAX)


def _plainly(text: str, pipeline: PipelineMap) -> str:
    from copilot.planners.clarifying import plainly

    return plainly(text, own_part(pipeline))


def own_part(pipeline: PipelineMap) -> PipelineMap:
    """Returns the map without the schemas of other repositories, which nobody can ask to change here."""
    own = tuple(it for it in pipeline.subjects if not pipeline.is_foreign(it.latest.source.path))
    return replace(pipeline, subjects=own)


def _asked(text: str, operations: Sequence[Operation | str], pipeline: PipelineMap) -> list[Operation]:
    from copilot.planners.intent import understand
    from copilot.planners.structured import operations_from_json

    found = list(understand(text, pipeline)) if text.strip() else []
    for operation in operations:
        found += operations_from_json(operation, pipeline) if isinstance(operation, str) else [operation]
    return found


def _asked_elsewhere(text: str, operations: Sequence[Operation | str], pipeline: PipelineMap) -> list[Operation]:
    """Returns the operations about schemas of other repositories, where that is what the words mean."""
    try:
        found = _asked(text, operations, pipeline)
    except WrongUsage:
        return []
    return [it for it in found if pipeline.is_foreign(pipeline.subject(it.subject).latest.source.path)]


def _not_ours(subject: str, pipeline: PipelineMap) -> WrongUsage:
    place = pipeline.subject(subject).latest.source.path
    clone = next((it for it in pipeline.clones if it.name == pipeline.clone_of(place)), None)
    if clone is None:
        return WrongUsage(
            f'"{subject}" is what an outside consumer reads with, which nothing here decides.',
            where=place,
            next="Ask for the change of the schema that is written.",
        )
    return WrongUsage(
        f'The schema "{subject}" lives in another repository, which is only read from here.',
        where=place,
        next=f"Propose the change there, in {clone.path}.",
    )


def allowed_commands(settings: Settings, commands: Sequence[str]) -> tuple[str, ...]:
    """Returns the commands that may run: those that the person named, else those of `copilot.toml`; raises WrongUsage for none."""
    chosen = tuple(commands) or settings.test_commands
    if not chosen:
        raise WrongUsage(
            "There are no commands to run.",
            where=SETTINGS_PATH,
            next='Name them: [commands] test = ["pytest -q"], or give --command.',
        )
    return chosen
