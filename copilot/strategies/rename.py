"""Ways to rename a field: in place, with an alias, as a parallel change, or in a new subject."""

from __future__ import annotations

from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import Operation, RenameField
from copilot.domain.pipeline import FieldUse, Impact, PipelineMap
from copilot.strategies.copies import copies_stay
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.newfield import Successor, expand_contract
from copilot.strategies.newsubject import new_version
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.upcast import UPCAST, raw_reads, upcast_at_read
from copilot.strategies.words import about_aliases, about_decoders, about_keys, joined
from copilot.strategies.work import Work, as_json, code_work, doubtful_work, kept_renamed, schema_work, set_property

ALIAS = "alias"


def rename(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to rename a field; nothing for other operations."""
    if not isinstance(operation, RenameField):
        return ()
    ground = ground_of(operation, impact, pipeline)
    what = f"Rename `{operation.field}` to `{operation.to}`"
    return (
        _with_alias(ground, operation, what),
        _parallel(ground, operation, what),
        _upcast(ground, operation, what),
        *copies_stay(ground, lambda rest: _with_alias(rest, operation, what)),
        _in_place(ground, operation, what),
        new_version(ground, what, lambda record, field: field.update(name=operation.to)),
    )


def _renamed(ground: Ground, operation: RenameField, but: tuple[FieldUse, ...] = ()) -> Work:
    work = schema_work(ground, "rename_field", value=as_json(operation.to))
    uses = [use for use in ground.uses if use not in but]
    work += code_work(ground, uses, "rename_key", to=operation.to) + kept_renamed(ground, operation.to)
    return work + doubtful_work(ground, f"rename it to `{operation.to}` by hand where it is this field")


def _in_place(ground: Ground, operation: RenameField, what: str) -> Alternative:
    loss = (
        "The field has a default, so every registry level may accept this, and every reader silently gets the default"
        " instead of the value."
        if ground.has_default
        else "Neither side can read what the other wrote."
    )
    return alternative(
        ground,
        "naive",
        f"{what} in place, without an alias",
        "naive rename",
        (State("renamed", _renamed(ground, operation), PRODUCERS_FIRST),),
        joined(
            "The edit people make first.", loss, "It works only with everything stopped and no old data read again."
        ),
    )


def _with_alias(ground: Ground, operation: RenameField, what: str) -> Alternative | NotOffered:
    both = _version_with_both(ground, operation)
    if both:
        return NotOffered(
            ALIAS,
            f"Version {both} of {ground.subject.name} has both `{operation.field}` and `{operation.to}`: with an alias, Java and"
            " avsc refuse its data, and fastavro returns the stale value.",
        )
    work = _renamed(ground, operation) + _aliased(ground, operation)
    return alternative(
        ground,
        "alias",
        f"{what}, with its earlier names as aliases",
        ALIAS,
        (State("renamed", work, CONSUMERS_FIRST),),
        joined(
            "The smallest change that keeps old data readable: it wins when every reader is known and understands"
            " aliases. A reader with a schema of its own from before can't read new data.",
            about_aliases(ground),
            about_decoders(ground),
            about_keys(ground),
        ),
    )


def _aliased(ground: Ground, operation: RenameField) -> Work:
    names = [name for name in earlier_names(ground) if name != operation.to]
    taken = {field.name for field in ground.subject.latest.fields if field.record == ground.record} - {operation.field}
    return set_property(ground, "aliases", [name for name in names if name not in taken])


def _upcast(ground: Ground, operation: RenameField, what: str) -> Alternative | NotOffered:
    both = _version_with_both(ground, operation)
    if both:
        return NotOffered(
            UPCAST, f"Version {both} has both names, so which of two values is meant no function can tell."
        )
    renamed = _renamed(ground, operation, raw_reads(ground)) + _aliased(ground, operation)
    return upcast_at_read(ground, operation.to, what, renamed)


def _parallel(ground: Ground, operation: RenameField, what: str) -> Alternative:
    kept = (ground.default,) if ground.has_default and ground.default is not None else ()
    return expand_contract(
        ground,
        "phased",
        f"{what} step by step, both written for a while",
        Successor(operation.to, fieldtype.null_first(ground.kind), (None,), last_default=kept),
        "It wins for shared data with readers that can't all move at once: no deploy has to wait for another, and each state"
        " can be taken back until the last.",
    )


def earlier_names(ground: Ground) -> list[str]:
    """Returns the field's name and every name that an alias, now or in an earlier version, links it to; newest first."""
    names: list[Any] = [ground.operation.field]
    for version in reversed(ground.subject.versions):
        for field in version.fields:
            if field.record == ground.record and (field.name in names or set(field.aliases) & set(names)):
                names += [name for name in (field.name, *field.aliases) if name not in names]
    return names


def _version_with_both(ground: Ground, operation: RenameField) -> int:
    for version in ground.subject.versions:
        names = {field.name for field in version.fields if field.record == ground.record}
        if {operation.field, operation.to} <= names:
            return version.number
    return 0
