"""Ways to deprecate a field: marked for programs, for people only, made ready for removal, or with its readers moved off."""

from __future__ import annotations

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import Deprecate, Operation
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newsubject import new_version, without_field
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import GATE_DEPRECATED, about_decoders, joined
from copilot.strategies.work import Work, code_work, doubtful_work, reads_stopped, set_property, set_type, writes

NOTICE = "Deprecated: do not use in new code."
READY = "ready for removal"
READERS = "readers stop"
WRITERS = "producers stop"


def deprecate(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to deprecate a field; nothing for other operations."""
    if not isinstance(operation, Deprecate):
        return ()
    ground = ground_of(operation, impact, pipeline)
    name = operation.field
    return (
        _marked(ground),
        _doc_only(ground),
        _ready(ground),
        _readers_off(ground),
        _writers_off(ground),
        new_version(ground, f"Deprecate `{name}`, and leave it out", without_field(name), also=deprecation(ground)),
    )


def deprecation(ground: Ground) -> Work:
    """Marks the field as deprecated, for programs and for people."""
    return set_property(ground, "deprecated", True) + _noticed(ground)


def _noticed(ground: Ground) -> Work:
    doc = str(ground.properties.get("doc", ""))
    return set_property(ground, "doc", doc if NOTICE in doc else f"{doc} {NOTICE}".strip())


def _marked(ground: Ground) -> Alternative:
    return alternative(
        ground,
        "marked",
        f"Mark `{ground.operation.field}` as deprecated, as a property and in its doc",
        "deprecate",
        (State("deprecate", deprecation(ground), CONSUMERS_FIRST),),
        "The default choice: linters and catalogues see the property, people see the doc, and no byte changes.",
    )


def _doc_only(ground: Ground) -> Alternative:
    return alternative(
        ground,
        "doc-only",
        f"Say in the doc of `{ground.operation.field}` that it is deprecated",
        "doc only",
        (State("deprecate", _noticed(ground), CONSUMERS_FIRST),),
        "It wins where tools refuse properties that they don't know. No program will notice it.",
    )


def _ready(ground: Ground) -> Alternative | NotOffered:
    if ground.has_default:
        return NotOffered(READY, "The field has a default, so readers can do without it already.")
    if fieldtype.is_nullable(ground.kind):
        ordered = fieldtype.null_first(ground.kind)
        given = (set_type(ground, ordered) if ordered != ground.kind else Work()) + set_property(
            ground, "default", None
        )
    else:
        try:
            given = set_property(ground, "default", fieldtype.neutral_value(ground.kind))
        except ValueError:
            return NotOffered(READY, "Its type has no neutral value to use as a default.")
    return alternative(
        ground,
        "ready",
        f"Deprecate `{ground.operation.field}` and give it a default, ready for removal",
        READY,
        (State("deprecate", deprecation(ground) + given, CONSUMERS_FIRST),),
        joined(
            "It wins where the removal is planned: once every reader has the default, the field can go in any order of deploys.",
            about_decoders(ground),
        ),
    )


def _readers_off(ground: Ground) -> Alternative | NotOffered:
    moved = reads_stopped(ground)
    if not moved.edits:
        return NotOffered(READERS, "No consumer was found that reads the field in a way that can be edited.")
    marked = deprecation(ground)
    work = marked + moved + doubtful_work(ground, "stop reading it by hand", "consumers")
    return alternative(
        ground,
        "readers-stop",
        f"Deprecate `{ground.operation.field}`, then let its readers do without it",
        READERS,
        (State("deprecate", marked, CONSUMERS_FIRST, GATE_DEPRECATED), State("readers stop", work, CONSUMERS_FIRST)),
        joined(
            "It wins where the readers are ours: afterwards only the producers know the field.", about_decoders(ground)
        ),
    )


def _writers_off(ground: Ground) -> Alternative | NotOffered:
    if not ground.has_default:
        return NotOffered(WRITERS, "The field has no default, so producers must go on writing it.")
    stopped = code_work(ground, writes(ground), "remove_key")
    if not stopped.edits:
        return NotOffered(WRITERS, "No producer was found that writes the field in a way that can be edited.")
    marked = deprecation(ground)
    work = marked + stopped + doubtful_work(ground, "stop writing it by hand", "producers")
    return alternative(
        ground,
        "producers-stop",
        f"Deprecate `{ground.operation.field}`, then let its producers leave it to the default",
        WRITERS,
        (State("deprecate", marked, CONSUMERS_FIRST, GATE_DEPRECATED), State("producers stop", work, PRODUCERS_FIRST)),
        joined(
            "It wins where the value has become meaningless: readers see the default from then on.",
            about_decoders(ground),
        ),
    )
