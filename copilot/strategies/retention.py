"""How long can old records still be met on the topics of a change, and what does that mean for a gate that waits for their end?"""

from __future__ import annotations

from copilot.domain.alternative import Rewritten
from copilot.domain.pipeline import Retention
from copilot.strategies.ground import Ground


def about_retention(ground: Ground, rewritten: tuple[Rewritten, ...] = ()) -> str:
    """Returns what `copilot.toml` says of the topics' retention, and which topics it says nothing of."""
    again = {it.topic for it in rewritten}
    sentences = [_about(topic, ground, topic in again) for topic in topics_of(ground) if topic]
    return " ".join(sentences) or "On which topic the records lie is not known, nor how long they stay there."


def is_let_go(ground: Ground, rewritten: tuple[Rewritten, ...] = ()) -> bool:
    """Tells whether every topic of the change is known to let go of old records in time, or has them rewritten."""
    known = [ground.pipeline.retention_of(topic) for topic in topics_of(ground)]
    again = {it.topic for it in rewritten}
    return bool(known) and all(it and (it.days is not None or it.topic in again) for it in known)


def kept_for_ever(ground: Ground, rewritten: tuple[Rewritten, ...] = ()) -> Retention | None:
    """Returns what says that a topic of the change never lets go of its records and has none rewritten; None where nothing does."""
    known = (ground.pipeline.retention_of(topic) for topic in topics_of(ground))
    again = {it.topic for it in rewritten}
    return next((it for it in known if it and it.days is None and it.topic not in again), None)


def topics_of(ground: Ground) -> list[str]:
    """Returns the topics that the change's records lie on, "" for one whose name is not known."""
    links = (*ground.impact.producers, *ground.impact.consumers)
    return sorted({link.endpoint.name for link in links if link.endpoint.kind == "topic"})


def _about(topic: str, ground: Ground, is_rewritten: bool) -> str:
    known = ground.pipeline.retention_of(topic)
    if known is None:
        return f"How long {topic} keeps records is not known: copilot.toml does not say."
    if known.days is None:
        if is_rewritten:
            return f"{topic} is compacted ({known.span}): the backfill has written its old records again."
        how = "rewrite them" if known.is_compacted else "bring what is needed of them to a new topic"
        return f"{topic} keeps records for ever ({known.span}), so waiting is not enough: {how}."
    return f"{topic} keeps records for {known.days:g} {'day' if known.days == 1 else 'days'} ({known.span})."
