"""Expand and contract : a new field next to the old one, both written for a while, readers moved, the old one dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, CodeAction
from copilot.domain.naming import next_of
from copilot.domain.pipeline import FieldUse
from copilot.strategies.backfill import backfill_of, with_backfill
from copilot.strategies.backfill_job import Fill
from copilot.strategies.declarations import declared_instead, declared_too, filled_by_hand
from copilot.strategies.deprecate import deprecation
from copilot.strategies.drift import add_beside
from copilot.strategies.ground import Ground, Side
from copilot.strategies.retention import is_let_go, kept_for_ever
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.words import (
    GATE_EXPANDED,
    GATE_MOVED,
    GATE_READERS_MOVED,
    GATE_REPLACED,
    GATE_STOPPED,
    about_decoders,
    about_keys,
    joined,
)
from copilot.strategies.work import (
    EITHER,
    Work,
    as_json,
    beside_type,
    built_by_consumers,
    code_work,
    default_for_old_readers,
    doubtful_work,
    kept_notes,
    kept_renamed,
    notes_at,
    reads,
    remove_aliases,
    remove_default,
    schema_work,
    set_property,
    set_type,
    writes,
    written_twice,
)

STRATEGY = "expand and contract"


@dataclass(frozen=True, slots=True)
class Successor:
    """The field that follows the old one. `default` is None where it has none, else the value in a tuple of one.

    `conversion` is a Python expression with "{}" for the written value, "" where the same value is right; None where a person
    must write the conversion. `back` is the expression that gives the old value from the new one where it is another; readers go
    on with the old value, which is right whatever they do with it. `properties` go beside those of the old field. `last_default`
    is what a record without the field says once the old one is gone: while both are there
    only null tells readers to take the old one. The notes say what a person must see to where it is written, and where it is read.
    """

    name: str
    kind: Any
    default: tuple[Any, ...] | None
    conversion: str | None = ""
    back: str = ""
    doc: str = ""
    properties: tuple[tuple[str, Any], ...] = ()
    last_default: tuple[Any, ...] = ()
    writers_note: str = ""
    readers_note: str = ""


@dataclass(frozen=True, slots=True)
class Parallel:
    """The states of a parallel change, each whole: `kept` is the last one where the old fields stay, `old` and `new` are words.

    In `stopped` nobody writes the old fields any more, and readers still take them from stored records; None where no code that
    writes them is known, so that there is nothing to stop.
    """

    expanded: Work
    moved: Work
    kept: Work
    stopped: Work | None
    contracted: Work
    old: str
    new: str
    fills: tuple[Fill, ...] = ()
    """How stored records get the new fields; () where nothing converts their values."""
    is_told_apart: bool = True
    """Whether a new field that an old record lacks reads as null, so that readers can take the old one for it."""


def free_name(ground: Ground) -> str:
    """Returns the next free name of the field's family: `amount_v2`, in the record's own way of writing."""
    taken = {field.name for field in ground.subject.latest.fields if field.record == ground.record}
    return next_of(ground.operation.field, taken)


def expand_contract(ground: Ground, slug: str, title: str, successor: Successor, argument: str) -> Alternative:
    """Offers the states of a parallel change; the old name is not kept as an alias.

    An alias next to both fields makes Java and avsc refuse, and fastavro return the stale value (measured). Where the level
    asks that the whole history stays readable, and no topic is known to let go of it, the old field stays; so it does where a
    topic is known to keep its records for ever.
    """
    both, moved = expanded(ground, successor), readers_moved(ground, successor)
    parallel = Parallel(
        both,
        both + default_for_old_readers(ground) + moved,
        both + deprecation(ground) + moved,
        _stopped(ground, successor),
        _contracted(ground, successor),
        f"`{ground.operation.field}`",
        f"`{successor.name}`",
        _fills(ground, successor),
        is_told_apart=successor.default == (None,),
    )
    return parallel_change(ground, slug, title, parallel, argument)


def _fills(ground: Ground, successor: Successor) -> tuple[Fill, ...]:
    if successor.conversion is None:
        return ()
    # What is stored comes from the decoder, which gives the same datetime for an instant in any unit.
    kinds = [fieldtype.logical_kind(fieldtype.without_null(it)) for it in (ground.kind, successor.kind)]
    is_instant = all(it.startswith("timestamp-") for it in kinds)
    how = "{}" if is_instant else successor.conversion or "{}"
    return (Fill(successor.name, how.replace("{}", f"{{{ground.operation.field}}}")),)


def parallel_change(ground: Ground, slug: str, title: str, parallel: Parallel, argument: str) -> Alternative:
    """Puts the states of a parallel change in order; the last one is left out where the old fields have to stay."""
    old = parallel.old
    gate = GATE_EXPANDED if parallel.is_told_apart else GATE_REPLACED
    states = [State("expand", parallel.expanded, PRODUCERS_FIRST, gate)]
    level = ground.subject.compatibility
    backfill = backfill_of(ground, parallel.fills)
    rewritten = backfill.rewritten if backfill else ()
    for_ever = kept_for_ever(ground, rewritten)
    if for_ever or (level.endswith("_TRANSITIVE") and not is_let_go(ground, rewritten)):
        backfill = None
        states.append(State("move readers", parallel.kept, CONSUMERS_FIRST))
        title = f"{title}, and keep {old} as deprecated"
        last = f"{old} stays, because " + (
            f"{for_ever.topic} keeps its records for ever ({for_ever.span}), and old ones have no other value."
            if for_ever
            else f"{level} asks that every version stays readable, and nothing says that old records ever leave the topic."
        )
    else:
        if parallel.stopped is None:
            states.append(
                State("move readers", _moved(parallel), CONSUMERS_FIRST, replace(GATE_MOVED, rewritten=rewritten))
            )
        else:
            states.append(State("move readers", _moved(parallel), CONSUMERS_FIRST, GATE_READERS_MOVED))
            states.append(
                State("stop old write", parallel.stopped, CONSUMERS_FIRST, replace(GATE_STOPPED, rewritten=rewritten))
            )
        states.append(State("contract", parallel.contracted, CONSUMERS_FIRST))
        title = f"{title}, then drop {old}"
        last = (
            "Each state is compatible with the one before it; a reader that skips from before the expansion to after the"
            f" contraction gets the default of {parallel.new} instead of the value, so old records must be gone or rewritten."
        )
    text = joined(argument, last, about_decoders(ground), about_keys(ground))
    return with_backfill(alternative(ground, slug, title, STRATEGY, states, text), backfill)


def _moved(parallel: Parallel) -> Work:
    """Returns the state in which readers move; where all of that is by hand, the old fields are marked in it.

    Without an edit it would be no state of its own, and people would be asked to move readers in the deploy that drops the field.
    """
    expanded, moved = parallel.expanded, parallel.moved
    is_by_hand = moved.edits == expanded.edits and moved.by_hand != expanded.by_hand
    return parallel.kept if is_by_hand else moved


def field_object(ground: Ground, successor: Successor) -> dict[str, Any]:
    """Returns the new field's object: the old one's properties with another name, type and default.

    Types that the old field defines are referred to by name: a schema may define a name only once.
    """
    namespace = ground.record.rpartition(".")[0]
    left_out = ("aliases", "default", "name", "type", *beside_type(ground, successor.kind))
    kept = {key: value for key, value in ground.properties.items() if key not in left_out}
    kept |= dict(successor.properties)
    added: dict[str, Any] = {
        "name": successor.name,
        "type": fieldtype.by_reference(successor.kind, ground.kind, namespace),
    }
    if successor.doc:
        kept["doc"] = successor.doc
    if successor.default is not None:
        added["default"] = successor.default[0]
    return {**added, **kept}


def expanded(ground: Ground, successor: Successor) -> Work:
    """Brings the new field beside the old one, and lets producers write both."""
    work = add_beside(ground, ground.operation.field, field_object(ground, successor))
    work += _written_twice(ground, successor)
    if successor.writers_note:
        work += notes_at(ground, [use for use in writes(ground) if not use.is_test], successor.writers_note)
    return work + doubtful_work(ground, f"where it writes, write `{successor.name}` too", "producers")


def _written_twice(ground: Ground, successor: Successor) -> Work:
    declared = _declared_too(ground, successor, "producers") + _declared_too(ground, successor, "consumers")
    declared += filled_by_hand(ground, f"`{successor.name}`")
    if successor.conversion is not None:
        return declared + written_twice(ground, successor.name, successor.conversion)
    return declared + notes_at(ground, writes(ground), f"write `{successor.name}` next to it, converted by hand")


def _declared_too(ground: Ground, successor: Successor, side: Side) -> Work:
    """Lets classes declare both fields: an object that is made of a record carries whatever the record has."""
    return declared_too(ground, ground.uses_by(side), successor.name, _kind_declared(successor))


def _kind_declared(successor: Successor) -> Any:
    """Returns the type that code declares for the new field, None where it is that of the old one."""
    return successor.kind if successor.conversion != "" else None


def readers_moved(ground: Ground, successor: Successor) -> Work:
    """Lets consumers read the new field, else the old one; records that they hand on carry both, those of tests the new one."""
    own = [use for use in reads(ground) if not use.is_declaration]
    either = [use for use in own if use.form in EITHER]
    other = [use for use in own if use.form not in EITHER]
    work = code_work(ground, either, "read_either", to=successor.name, expression=successor.back)
    if successor.back:
        work += notes_at(ground, other, f"read `{successor.name}`, converted back, else it")
        work += _told_to_readers(ground, successor, own) + _built_twice(ground, successor)
        return work + _declared_too(ground, successor, "consumers")
    work += code_work(ground, other, "rename_key", to=successor.name)
    built = built_by_consumers(ground)
    work += code_work(ground, [use for use in built if use.is_test], "rename_key", to=successor.name)
    work += code_work(ground, [use for use in built if not use.is_test], "add_key", to=successor.name)
    return work + _told_to_readers(ground, successor, own) + _declared_too(ground, successor, "consumers")


def _built_twice(ground: Ground, successor: Successor) -> Work:
    """Records that consumers hand on carry both; those of their tests stay: readers still take the old field where it is alone."""
    built = [use for use in built_by_consumers(ground) if not use.is_test]
    return code_work(ground, built, "add_converted", to=successor.name, expression=successor.conversion or "")


def _told_to_readers(ground: Ground, successor: Successor, own: Sequence[FieldUse]) -> Work:
    work = Work()
    if successor.readers_note:
        work += notes_at(ground, [use for use in own if not use.is_test], successor.readers_note)
    return work + doubtful_work(ground, f"where it reads, read `{successor.name}` instead", "consumers")


def old_left_out(ground: Ground) -> Work:
    """Lets producers leave the old field out: null where the level allows it, else the neutral value that old readers can take."""
    if ground.has_default:
        return Work()
    given = default_for_old_readers(ground)
    if given.edits:
        return given
    kind = fieldtype.null_first(ground.kind)
    return (set_type(ground, kind) if kind != ground.kind else Work()) + set_property(ground, "default", None)


def _stopped(ground: Ground, successor: Successor) -> Work | None:
    """Producers write the new field alone; the schema keeps the old one for what is stored."""
    own = ground.uses_by("producers")
    if not any(use.is_write and not use.is_test for use in own):
        return None
    work = add_beside(ground, ground.operation.field, field_object(ground, successor)) + old_left_out(ground)
    built = [use for use in own if use.is_write]
    read = [use for use in own if not use.is_write and not use.is_declaration]
    work += declared_instead(ground, own, successor.name, _kind_declared(successor))
    work += code_work(ground, built, "rename_key", to=successor.name, expression=successor.conversion or "")
    if successor.conversion is None:
        work += notes_at(ground, built, f"write the value of `{successor.name}`")
    action: CodeAction = "read_converted" if successor.back else "rename_key"
    work += code_work(ground, read, action, to=successor.name, expression=successor.back)
    work += doubtful_work(ground, f"where it writes, write `{successor.name}` alone", "producers")
    return work + readers_moved(ground, successor)


def _contracted(ground: Ground, successor: Successor) -> Work:
    # The old field's own object is turned into the new one in place: the lines that differ from the base stay few.
    work = schema_work(ground, "rename_field", value=as_json(successor.name))
    default = successor.last_default or successor.default
    kind = fieldtype.value_first(successor.kind, default[0]) if default else successor.kind
    if kind != ground.kind:
        work += set_type(ground, kind)
    work += remove_default(ground) if default is None else set_property(ground, "default", default[0])
    work += remove_aliases(ground) + declared_instead(ground, ground.uses, successor.name, _kind_declared(successor))
    if successor.doc:
        work += set_property(ground, "doc", successor.doc)
    if successor.back:
        work += _read_back(ground, successor)
    else:
        named = [use for use in ground.uses if not use.is_declaration]
        work += code_work(ground, named, "rename_key", to=successor.name)
    for name, value in successor.properties:
        work += set_property(ground, name, value)
    if successor.conversion and not successor.back:
        work += code_work(ground, writes(ground), "wrap_value", expression=successor.conversion)
    elif successor.conversion is None:
        work += notes_at(ground, writes(ground), f"write the value of `{successor.name}`")
    if successor.conversion == "":
        work += kept_renamed(ground, successor.name)
    else:
        work += kept_notes(ground, f"give it `{successor.name}` with a value of that instead, by hand")
    return work + doubtful_work(ground, f"leave the old name for `{successor.name}`, by hand where it is this field")


def _read_back(ground: Ground, successor: Successor) -> Work:
    """Names change where records are built; reads take the new field through the conversion back."""
    built = [use for use in ground.uses if use.is_write]
    read = [use for use in ground.uses if not use.is_write and not use.is_declaration]
    work = code_work(ground, built, "rename_key", to=successor.name, expression=successor.conversion or "")
    return work + code_work(ground, read, "read_converted", to=successor.name, expression=successor.back)
