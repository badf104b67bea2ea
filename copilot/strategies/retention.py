"""How long can old records still be met on the topics of a change, and what does that mean for a gate that waits for their end?"""

from __future__ import annotations

from copilot.strategies.ground import Ground


def about_retention(ground: Ground) -> str:
    """Returns what `copilot.toml` says of the topics' retention, and which topics it says nothing of."""
    sentences = [_about(topic, ground) for topic in _topics(ground) if topic]
    return " ".join(sentences) or "On which topic the records lie is not known, nor how long they stay there."


def is_let_go(ground: Ground) -> bool:
    """Tells whether every topic of the change is known to let go of old records in time."""
    known = [ground.pipeline.retention_of(topic) for topic in _topics(ground)]
    return bool(known) and all(it is not None and it.days is not None for it in known)


def _topics(ground: Ground) -> list[str]:
    links = (*ground.impact.producers, *ground.impact.consumers)
    return sorted({link.endpoint.name for link in links if link.endpoint.kind == "topic"})


def _about(topic: str, ground: Ground) -> str:
    known = ground.pipeline.retention_of(topic)
    if known is None:
        return f"How long {topic} keeps records is not known: copilot.toml does not say."
    if known.days is None:
        return f"{topic} keeps records for ever ({known.span}), so waiting is not enough: rewrite them."
    return f"{topic} keeps records for {known.days:g} {'day' if known.days == 1 else 'days'} ({known.span})."
