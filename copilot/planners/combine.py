"""Several operations in one request: their alternatives are combined kind by kind, then way by way, phases merged by position."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from copilot.domain.alternative import Alternative, Gate, NewFile, NotOffered, Phase, Step
from copilot.domain.codec import canonical, digest_of_text, encode

Choice = tuple[Alternative, ...]
_TITLE_LENGTH_LIMIT = 400
_SLUGS_SHOWN = 3


def content_of(alternative: Alternative) -> str:
    """Returns what an alternative does, without its words: the edits of its phases, and who goes out after whom for them."""
    edits = [[[type(edit).__name__, encode(edit)] for edit in phase.edits] for phase in alternative.phases]
    orders = [[step.kind for step in phase.steps] for phase in alternative.phases]
    return canonical([edits, orders])


def combined(offers: tuple[Choice, ...]) -> tuple[Choice, list[NotOffered]]:
    """Returns the alternatives for all operations together, and why others are left out.

    One operation keeps its own alternatives. Of several, each kind (one round of deploys, phased, new subject, naive) takes
    every operation's first alternative of that kind, or its first at all. The edit in place of each operation is also combined
    with the first way of the others: what is harmless for one must not fail with what breaks another. Then each alternative
    that is in none of these gets a combination of its own, so that no way is left out only because another of its kind
    stands before it.
    """
    if len(offers) == 1:
        return offers[0], []
    if not offers or not all(offers):
        missing = [
            NotOffered(
                "catalogue", "One of the operations can't be made in any way, so there is no way to make them all."
            )
        ]
        return (), missing if offers else []
    alternatives: list[Alternative] = []
    left: list[NotOffered] = []
    for choice in dict.fromkeys(_choices(offers)):
        clash = _clash(choice)
        if clash:
            left.append(
                NotOffered(_strategy(choice), f"Several operations would each make {clash} in a way of their own.")
            )
        else:
            alternatives.append(_merged(choice))
    return tuple(alternatives), left


def _choices(offers: tuple[Choice, ...]) -> Iterator[Choice]:
    taken: set[str] = set()
    for fits in _KINDS:
        choice = tuple(_first(offer, fits) for offer in offers)
        taken |= {one.id for one in choice}
        yield choice
    for own in offers:
        for one in filter(_is_naive, own):
            yield tuple(one if offer is own else offer[0] for offer in offers)
    for own in offers:
        for one in own:
            if one.id not in taken:
                choice = tuple(one if offer is own else _alike(one, offer) for offer in offers)
                taken |= {other.id for other in choice}
                yield choice


def _first(offer: Choice, fits: Callable[[Alternative], bool]) -> Alternative:
    return next((one for one in offer if fits(one)), offer[0])


def _alike(one: Alternative, offer: Choice) -> Alternative:
    """Returns the alternative of another operation that goes the same way, else the first of the same kind."""
    same = next((other for other in offer if _slug(other) == _slug(one)), None)
    kind = next(fits for fits in _KINDS if fits(one))
    return same or _first(offer, kind)


def _slug(alternative: Alternative) -> str:
    return alternative.id.rpartition("-")[0]


def _is_new_subject(alternative: Alternative) -> bool:
    return any(isinstance(edit, NewFile) for phase in alternative.phases[:1] for edit in phase.edits)


def _is_naive(alternative: Alternative) -> bool:
    return alternative.id.startswith("naive-")


def _is_phased(alternative: Alternative) -> bool:
    return len(alternative.phases) > 1


def _is_one_round(alternative: Alternative) -> bool:
    return not (_is_new_subject(alternative) or _is_naive(alternative) or _is_phased(alternative))


_KINDS: tuple[Callable[[Alternative], bool], ...] = (_is_one_round, _is_phased, _is_naive, _is_new_subject)


def _clash(choice: Choice) -> str:
    made: dict[str, str] = {}
    for alternative in choice:
        for edit in (edit for phase in alternative.phases for edit in phase.edits if isinstance(edit, NewFile)):
            if made.setdefault(edit.path, edit.text) != edit.text:
                return edit.path
    return ""


def _merged(choice: Choice) -> Alternative:
    depth = max(len(alternative.phases) for alternative in choice)
    phases = tuple(_phase(choice, position) for position in range(depth))
    title = "; ".join(alternative.title for alternative in choice)
    if len(title) > _TITLE_LENGTH_LIMIT:
        title = f"{choice[0].title}; and the other operations in the same way"
    strategy = _strategy(choice)
    slugs = list(dict.fromkeys(_slug(alternative) for alternative in choice))
    slug = "-".join(slugs[:_SLUGS_SHOWN])
    digest = digest_of_text(canonical([title, [encode(phase) for phase in phases]]))
    argument = " ".join(dict.fromkeys(alternative.argument for alternative in choice))
    testable = tuple(dict.fromkeys(claim for one in choice for claim in one.testable))
    return Alternative(f"{slug}-{digest[:6]}", title, "rules", strategy, phases, argument, testable=testable)


def _strategy(choice: Choice) -> str:
    return " + ".join(dict.fromkeys(alternative.strategy for alternative in choice))


def _phase(choice: Choice, position: int) -> Phase:
    """The phases at one position; an alternative that is finished by then keeps its last state and adds no steps."""
    states = [alternative.phases[min(position, len(alternative.phases) - 1)] for alternative in choice]
    moving = [state for state, one in zip(states, choice, strict=True) if position < len(one.phases)]
    edits = tuple(dict.fromkeys(edit for state in states for edit in state.edits))
    gates = [state.gate for state in moving if state.gate is not None]
    rewritten = tuple(dict.fromkeys(one for it in gates for one in it.rewritten))
    text = " ".join(dict.fromkeys(it.text for it in gates))
    gate = Gate(text, any(it.outlasts_retention for it in gates), rewritten)
    name = " + ".join(dict.fromkeys(state.name for state in moving))
    return Phase(name, edits, _steps(moving), gate if gates else None)


def _steps(moving: list[Phase]) -> tuple[Step, ...]:
    """Steps of one kind and turn become one, in the order of the longest list; a file stays in the first step that has it."""
    turns = [_by_turn(phase.steps) for phase in sorted(moving, key=lambda phase: -len(phase.steps))]
    order = dict.fromkeys(turn for steps in turns for turn in steps)
    told = [_by_turn(phase.steps) for phase in moving]
    merged: list[Step] = []
    taken: set[str] = set()
    for turn in order:
        own = [steps[turn] for steps in told if turn in steps]
        paths = {path for step in own for path in step.paths} - taken
        taken |= paths
        merged.append(
            replace(
                own[0],
                jobs=tuple(sorted({job for step in own for job in step.jobs})),
                paths=tuple(sorted(paths)),
                manual=tuple(dict.fromkeys(text for step in own for text in step.manual)),
            )
        )
    return tuple(merged)


def _by_turn(steps: tuple[Step, ...]) -> dict[tuple[str, int], Step]:
    """Returns the steps by their kind and which one of that kind they are."""
    kinds = [step.kind for step in steps]
    return {(step.kind, kinds[:place].count(step.kind)): step for place, step in enumerate(steps)}
