"""Is a place left to people, in another repository or here, and can they follow in time?

Such a place can't be seen to change: what a patch needs there is at best a step for somebody, so it is never a pass. Repositories
don't move in one moment either. A read can follow where an earlier phase names it, or where its step comes before the producers and
it needs nothing that is not there yet: a name that is new is there before only for who resolves with a schema of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copilot.checks.standing import base_span
from copilot.domain.alternative import Step
from copilot.domain.operation import RenameField
from copilot.domain.pipeline import FieldUse
from copilot.domain.source import Span
from copilot.ports import Case


def is_left_to_people(case: Case, use: FieldUse, phase: int) -> bool:
    """Tells whether the use is elsewhere, and its people are asked in time to change it for that phase."""
    return case.base.is_foreign(use.span.path) and _is_asked_in_time(case, use, phase)


def is_by_hand(case: Case, use: FieldUse, phase: int) -> bool:
    """Tells whether the use is here, and the plan leaves its place to a person in time for that phase."""
    return not case.base.is_foreign(use.span.path) and _is_asked_in_time(case, use, phase)


def _is_asked_in_time(case: Case, use: FieldUse, phase: int) -> bool:
    # Steps name lines of the base, and an edit further up has moved them since.
    before = base_span(case, use.span, phase)
    own = {str(use.span), str(before)} if before else {str(use.span)}
    if use.mode == "writes" or not _decodes(case, use):
        return any(_names(one.steps, own) for one in case.alternative.phases[: phase + 1])
    if any(_names(one.steps, own) for one in case.alternative.phases[:phase]):
        return True
    return _names(_before_producers(case, phase), own) and not _needs_what_comes(case, use)


def _decodes(case: Case, use: FieldUse) -> bool:
    """Tells whether the use may see records of others; a job that only produces reads what it has built, and moves as a whole."""
    links = [link for link in case.base.links if link.job == use.job and link.subject == use.subject]
    return not links or any(link.direction == "consumes" for link in links)


def was_left_to_hand(case: Case, span: Span, phase: int) -> bool:
    """Tells whether the plan left a place of the state after a phase to a person, by then, and a gate waits for it.

    `phase` is -1 for the base, of which nothing is left to anybody.
    """
    before = base_span(case, span, phase) if phase >= 0 else None
    own = {str(span), str(before)} if before else {str(span)}
    return any(one.gate and _names(one.steps, own) for one in case.alternative.phases[: phase + 1])


def _names(steps: Iterable[Step], places: set[str]) -> bool:
    return any(place in places for place in _places(steps))


def may_follow(case: Case, job: str, phase: int) -> bool:
    """Tells whether a job is elsewhere, and its people are asked for something in time for that phase."""
    if not case.base.is_foreign(job):
        return False
    earlier = [step for one in case.alternative.phases[:phase] for step in one.steps]
    return any(_is_of(case, job, place) for place in _places((*earlier, *_before_producers(case, phase))))


def is_asked_of(case: Case, job: str, phase: int) -> bool:
    """Tells whether a job is elsewhere, and a step of that phase or of one before names a place of it."""
    places = (place for one in case.alternative.phases[: phase + 1] for place in _places(one.steps))
    return case.base.is_foreign(job) and any(_is_of(case, job, place) for place in places)


def was_asked_before(case: Case, job: str, phase: int) -> bool:
    """Tells whether a step of an earlier phase names a place where the job meets what changes, so that a gate waited for it.

    That is where it publishes, or where it builds its records, as far as reading sees that.
    """
    earlier = {place for one in case.alternative.phases[:phase] for place in _places(one.steps)}
    proofs = {str(link.proof[0]) for link in case.base.links if link.job == job and link.proof}
    changed = {impact.subject for impact in case.impacts}
    builds = {
        str(use.span)
        for use in case.base.uses
        if use.job == job and use.subject in changed and use.mode in ("writes", "passes") and not use.is_test
    }
    unseen = {str(spot.span) for spot in case.base.blind_spots if spot.job == job}
    return not earlier.isdisjoint(proofs | builds | unseen)


def where_it_lies(case: Case, span: Span) -> str:
    """Returns in words which repository a place elsewhere is in, and as of when; "" for a place of this one."""
    name = case.base.clone_of(span.path)
    clone = next((it for it in case.base.clones if it.name == name), None)
    return f"the clone {clone.name}, read at {clone.commit[:9]}" if clone else ""


def _needs_what_comes(case: Case, use: FieldUse) -> bool:
    """Tells whether the use has to take another name, which its job sees only when the producers have moved."""
    is_renamed = any(isinstance(it, RenameField) and it.field == use.name for it in case.request.operations)
    links = [link for link in case.base.links if link.job == use.job and link.direction == "consumes"]
    decoders = [link.decoder for link in links if link.subject == use.subject and link.decoder]
    return is_renamed and any(decoder.reader_schema == "writer" for decoder in decoders)


def _before_producers(case: Case, phase: int) -> tuple[Step, ...]:
    steps = case.alternative.phases[phase].steps
    producers = next((number for number, step in enumerate(steps) if step.kind == "producers"), len(steps))
    return steps[:producers]


def _is_of(case: Case, job: str, place: str) -> bool:
    """Tells whether a place ("path:line") lies in the job's clone, or is what `copilot.toml` says of an outside consumer."""
    clone = case.base.clone_of(job)
    if clone:
        return case.base.clone_of(place) == clone
    said = [it for it in case.base.consumers if it.job == job]
    return any(place == str(it.span) or (it.schema and place.rpartition(":")[0] == it.schema) for it in said)


def _places(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        for text in step.manual:
            yield text.split("  ", 1)[0]
