"""How long should the state of each phase last at most? As `copilot.toml` says, or what its gate waits out, or by default.

A state between two phases costs: two fields to keep equal, a job to run, a level that is loosened. Without a day nobody ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from copilot.domain.alternative import Alternative, Gate, Phase, TimeBox
from copilot.domain.operation import ChangeLevel, Operation
from copilot.domain.pipeline import Impact, PipelineMap, Retention
from copilot.domain.source import Span
from copilot.domain.wishes import KeepsOld, Wish
from copilot.settings import Settings

DAYS_MAX_DEFAULT = 30


def timed(
    alternative: Alternative,
    operations: Iterable[Operation],
    impacts: tuple[Impact, ...],
    pipeline: PipelineMap,
    settings: Settings,
    wishes: Iterable[Wish] = (),
) -> Alternative:
    """Returns the alternative with the time-box of every phase that another one follows.

    The phase before the last, which has old and new, lasts at least as long as the old is wished to stay.
    """
    keeps = max((it for it in wishes if isinstance(it, KeepsOld)), key=lambda it: it.days, default=None)
    asked = max((it.until for it in operations if isinstance(it, ChangeLevel)), default="")

    def box(phase: Phase) -> TimeBox:
        kept = longest_kept(phase.gate, impacts, pipeline)
        said = settings.gate_of(phase.name)
        if said is not None and said.days is not None:
            return TimeBox(said.days, _source_of(said.span, said.days, kept))
        return TimeBox(0, "as asked for", asked) if asked else _box_by_default(kept)

    *early, last = alternative.phases or (None,)
    if last is None:
        return alternative
    boxes = [box(it) for it in early if it is not None]
    if keeps is not None and boxes:
        boxes[-1] = _kept(boxes[-1], keeps)
    timed = (replace(it, time_box=one) for it, one in zip(early, boxes, strict=True) if it is not None)
    return replace(alternative, phases=(*timed, last))


def _kept(box: TimeBox, wish: KeepsOld) -> TimeBox:
    """Returns the box of a state that has to last as long as the person wished, a while longer where it would end by then."""
    source = f'{box.source}; "{wish.words}"'
    days = box.days if box.until or box.days > wish.days else wish.days + DAYS_MAX_DEFAULT
    return replace(box, days=days, source=source, least_days=wish.days)


def longest_kept(gate: Gate | None, impacts: Iterable[Impact], pipeline: PipelineMap) -> Retention | None:
    """Returns the longest retention that a gate waits out, None where it waits for none, or none with an end is known."""
    if gate is None or not gate.outlasts_retention:
        return None
    links = (link for impact in impacts for link in (*impact.producers, *impact.consumers))
    known = {pipeline.retention_of(link.endpoint.name) for link in links if link.endpoint.name}
    finite = [it for it in known if it is not None and it.days is not None]
    return max(finite, key=lambda it: (it.days or 0, it.topic), default=None)


def _source_of(span: Span, days: float, kept: Retention | None) -> str:
    if kept is None or kept.days is None or kept.days <= days:
        return str(span)
    return f"{span}; {kept.topic} keeps records for {kept.days:g}, {kept.span}"


def _box_by_default(kept: Retention | None) -> TimeBox:
    if kept is None or kept.days is None:
        return TimeBox(DAYS_MAX_DEFAULT, "the default")
    return TimeBox(
        kept.days + DAYS_MAX_DEFAULT,
        f"{kept.days:g} for which {kept.topic} keeps records, {kept.span}, and {DAYS_MAX_DEFAULT} by default",
    )
