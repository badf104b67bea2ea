"""What one could ask for and nobody can carry out here, with the reason: told beside the rows of a change, and never a row."""

from __future__ import annotations

from copilot.domain.alternative import NotOffered
from copilot.domain.operation import (
    AddField,
    ChangeType,
    ChangeUnit,
    FlattenField,
    MakeArray,
    MakeRequired,
    MergeFields,
    NestFields,
    Operation,
    RemoveField,
    RenameField,
    SplitField,
)
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.words import named

_OTHER_SHAPE = (
    RenameField,
    ChangeType,
    ChangeUnit,
    SplitField,
    MergeFields,
    NestFields,
    FlattenField,
    MakeArray,
)
_REGISTRY_RULES = NotOffered(
    "migration rules of a registry",
    "They run in a registry's own serializers, in editions that are paid for, and every client has to know them; none is here.",
)
_NOTES: tuple[tuple[tuple[type[Operation], ...], NotOffered], ...] = (
    (_OTHER_SHAPE, _REGISTRY_RULES),
    (
        (AddField,),
        NotOffered(
            "computed where it is read", "The request does not say from which fields the value could be computed."
        ),
    ),
    (
        (MakeRequired,),
        NotOffered(
            "history filled",
            "Which value stands for an old null is nowhere said, so none can be written into the past.",
        ),
    ),
)


def notes(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[NotOffered, ...]:
    """Returns the notes that belong to a change of this kind."""
    found = [note for kinds, note in _NOTES if isinstance(operation, kinds)]
    tables = _tables(operation, impact, pipeline) if isinstance(operation, (*_OTHER_SHAPE, RemoveField)) else set()
    if tables:
        reason = f"What readers of {named(tables)} see under a name is defined where no schema or code of this repository says it."
        found.append(NotOffered("view over the table", reason))
    return tuple(found)


def _tables(operation: Operation, impact: Impact, pipeline: PipelineMap) -> set[str]:
    topics = {link.endpoint.name for link in (*impact.producers, *impact.consumers)}
    return {
        sink.name
        for sink in pipeline.sinks
        if sink.subject == operation.subject or (sink.topic and sink.topic in topics)
    }
