"""Ways to keep a text from being read in clear: in a field of its own while readers move, under its old name, or not at all."""

from __future__ import annotations

from dataclasses import replace

from copilot.domain import fieldtype
from copilot.domain.alternative import Alternative, Gate, NewFile, NotOffered
from copilot.domain.keyed import keyed_by
from copilot.domain.naming import beside, next_topic
from copilot.domain.operation import Operation, ProtectField
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.deprecate import deprecation
from copilot.strategies.drift import add_beside
from copilot.strategies.ground import Ground, ground_of
from copilot.strategies.guarded import guarded_writes, module_beside, snake
from copilot.strategies.moving_jobs import job_path, tokeniser_text
from copilot.strategies.newfield import Successor, field_object, readers_moved
from copilot.strategies.protection import WAYS, Way
from copilot.strategies.rollout import CONSUMERS_FIRST, PRODUCERS_FIRST, State, alternative
from copilot.strategies.topic_move import Move, apart, step_of
from copilot.strategies.topic_places import places_of_topic
from copilot.strategies.words import GATE_EXPANDED, about_keys, joined
from copilot.strategies.work import (
    ByHand,
    Work,
    code_work,
    doubtful_work,
    notes_at,
    reads,
    set_property,
    writes,
)

BESIDE, READERS_FIRST, AT_ONCE = "beside it", "in place, readers first", "in place, at once"
NEW_TOPIC = "new topic of tokens"
GATE_CLEAR_GONE = Gate(
    "No clear value is left: a search of the topics finds none after the offsets at which the producers changed; state stores, dead"
    " letters, the lake and its snapshots, logs and backups are rewritten or expired; then access to what is left is closed.",
    outlasts_retention=True,
)
_GATE_READERS = Gate(
    "Every reader runs the version that does not need the clear value; outputs agree with those from before."
)
_GATE_MOVED = Gate(
    "Static uses of the clear field by consumers are gone, no running reader touches it, and join rates are what they were."
)


def protect_field(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to protect a field's values; nothing for other operations."""
    if not isinstance(operation, ProtectField):
        return ()
    ground = ground_of(operation, impact, pipeline)
    if not writes(ground):
        return (NotOffered("at the producers", "No producer was found here that writes the field."),)
    way = WAYS.get(operation.how)
    return (
        _beside(ground, way),
        _in_place(ground, way, operation),
        *_on_new_topic(ground, way, operation),
        _at_once(ground, way, operation),
        NotOffered(
            "by the registry's serializer", "Rules that encrypt are a feature of a registry that is not run here."
        ),
        NotOffered(
            "crypto-shredding", "A key for each person, to be thrown away, needs a key store; none is known here."
        ),
    )


def _beside(ground: Ground, way: Way | None) -> Alternative | NotOffered:
    field = ground.operation.field
    if way is None:
        return NotOffered(BESIDE, "A value that is erased has nothing to stand in a field of its own.")
    name = beside(field, way.mark)
    if any(it.record == ground.record and it.name == name for it in ground.subject.latest.fields):
        return NotOffered(BESIDE, f"There is a field `{name}` already.")
    successor = Successor(
        name,
        fieldtype.null_first(ground.kind),
        (None,),
        f"{way.function}({{}})",
        doc=f"{field}, {way.function}.",
        readers_note=f"takes what is {way.function} from then on: see that it needs no clear text",
    )
    own = [use for use in writes(ground) if not use.is_test]
    written = code_work(ground, own, "add_converted", to=name, expression=f"{way.function}({{}})")
    expanded = add_beside(ground, field, field_object(ground, successor)) + written
    expanded += _module(ground, way, written)
    expanded += notes_at(ground, [use for use in writes(ground) if use.is_test], f"expect `{name}` here, by hand")
    moved = expanded + readers_moved(ground, successor)
    # What a producer itself takes from the record it built, such as the key it publishes by, would be empty too.
    taken = [use for use in ground.uses_by("producers") if not use.is_write and not use.is_test]
    emptied = moved + deprecation(ground) + code_work(ground, own, "set_value", expression=_nothing(ground))
    emptied += code_work(ground, taken, "rename_key", to=name)
    return alternative(
        ground,
        "beside",
        f"Write `{name}` beside `{field}`, move readers, then write nothing into `{field}`",
        BESIDE,
        (
            State("expand", expanded, PRODUCERS_FIRST, GATE_EXPANDED),
            State("move readers", moved, CONSUMERS_FIRST, _GATE_MOVED),
            State("empty", emptied, PRODUCERS_FIRST, GATE_CLEAR_GONE),
        ),
        joined(
            f"The default choice: a name keeps its meaning, each reader moves when it is ready. {way.costs}",
            f"`{field}` stays in the schema without a value, to be removed by a request of its own.",
            about_keys(ground),
        ),
    )


def _in_place(ground: Ground, way: Way | None, operation: ProtectField) -> Alternative:
    field = operation.field
    told = f"{ground.properties.get('doc', '')} {_announced(way)}".strip()
    readers = [use for use in reads(ground) if not use.is_test]
    what = f"gets what is {way.function}" if way else "gets nothing"
    announced = set_property(ground, "doc", told) + notes_at(ground, readers, f"{what} later: make it ready for that")
    announced += doubtful_work(ground, f"{what} later: make it ready for that", "consumers")
    return alternative(
        ground,
        "readers-first",
        f"Announce it, make readers ready, then {operation.how} `{field}` under its own name",
        READERS_FIRST,
        (
            State("announce", announced, CONSUMERS_FIRST, _GATE_READERS),
            State("protect", announced + _turned(ground, way), PRODUCERS_FIRST, GATE_CLEAR_GONE),
        ),
        joined(
            "It wins where the field's name must stay. The schema can't tell old records from new ones, so a reader that replays"
            f" history meets both under one name. {way.costs if way else ''}".strip(),
            about_keys(ground),
        ),
    )


def _on_new_topic(ground: Ground, way: Way | None, operation: ProtectField) -> tuple[Alternative | NotOffered, ...]:
    """Tokens on a topic of their own, where the value is the key: what is stored is written anew, and no key lies twice."""
    if way is None or operation.how != "tokenise":
        return ()
    topics = keyed_by(operation, ground.pipeline)
    if not topics:
        reason = "No topic was seen to be keyed by it, so what is stored can expire, or be rewritten where it lies."
        return (NotOffered(NEW_TOPIC, reason),)
    if len(topics) > 1:
        reason = f"{', '.join(topics)} are keyed by it, and joins between them would need all to move in one moment: key each by"
        return (NotOffered(NEW_TOPIC, f"{reason} `{beside(operation.field, way.mark)}` once that field is there."),)
    old = topics[0]
    new = next_topic(old, {link.endpoint.name for link in ground.pipeline.links})
    impact = replace(
        ground.impact,
        producers=tuple(it for it in ground.impact.producers if it.endpoint.name == old),
        consumers=tuple(it for it in ground.impact.consumers if it.endpoint.name == old),
    )
    turned = _turned(ground, way)
    variable = _names(ground)[1]
    text = way.module_text(operation.field, variable)
    path = job_path("tokenisers", f"{old}_to_{new}", ground.pipeline)
    schema = ground.subject.latest.source.path
    job = NewFile(path, tokeniser_text(old, new, impact.path, schema, way.function, text))
    places = places_of_topic(old, impact, ground.pipeline)
    move = Move(old, new, impact, ground.pipeline, places, turned.edits, tuple(it.text for it in turned.by_hand))
    started = f"{path}:1  deploy one copy of it, with KAFKA_BOOTSTRAP, RECORDS and {variable} set, and watch its lag"
    begun = (*move.listed_beside(), job)
    offered = apart(
        move,
        "new-topic",
        f"Bring {new} with tokens for `{operation.field}`, in records and keys, filled from {old}; move readers, then writers",
        NEW_TOPIC,
        begun,
        (move.creation(), step_of("Start the tokeniser", "producers", (), (job,), (started,))),
        f"It wins where {old} is keyed by `{operation.field}`: on the topic itself records of one value would lie in two"
        " partitions, by the clear key and by its token. What is stored is written anew, each reader moves when it needs no clear"
        f" text, and {old} with all clear values is deleted in the end. {way.costs}",
        f"Stop the producers, let {path} pass the end of {old}, then start them on {new} with the same secret",
        Gate(
            f"{new} has as many records as {old}, as many different keys, and no clear value; a token that a producer makes is"
            " the one that the job makes; the lag is near zero."
        ),
    )
    return (offered,)


def _at_once(ground: Ground, way: Way | None, operation: ProtectField) -> Alternative:
    return alternative(
        ground,
        "naive",
        f"{operation.how.capitalize()} `{operation.field}` where it is written, from the first deploy on",
        AT_ONCE,
        (State("protect", _turned(ground, way), PRODUCERS_FIRST),),
        "The edit people make first. Every checker passes it, as the type is the same; whoever joins, compares or searches by the"
        " clear text gets no error, and no match either.",
    )


def _turned(ground: Ground, way: Way | None) -> Work:
    own = [use for use in writes(ground) if not use.is_test]
    doubtful = doubtful_work(ground, "where it writes, see to the clear value too", "producers")
    if way is None:
        return code_work(ground, own, "set_value", expression=_nothing(ground)) + doubtful
    name, variable = _names(ground)
    work = guarded_writes(ground, name, way.function, way.module_text(ground.operation.field, variable))
    return work + _needs(way, variable, work) + doubtful


def _module(ground: Ground, way: Way, written: Work) -> Work:
    name, variable = _names(ground)
    module = module_beside(written, name, way.function, way.module_text(ground.operation.field, variable))
    return module + _needs(way, variable, module)


def _needs(way: Way, variable: str, work: Work) -> Work:
    """What the module's deployment has to have, told at the module itself."""
    paths = [edit.path for edit in work.edits if isinstance(edit, NewFile)] if way.needs else []
    return Work((), tuple(ByHand("producers", f"{path}:1  {way.needs.format(variable=variable)}") for path in paths))


def _names(ground: Ground) -> tuple[str, str]:
    name = snake(ground.operation.field)
    return f"protect_{name}", f"{name.upper()}_KEY"


def _nothing(ground: Ground) -> str:
    return fieldtype.python_literal(None if fieldtype.is_nullable(ground.kind) else "")


def _announced(way: Way | None) -> str:
    return f"To be {way.function}: do not rely on the clear text." if way else "To be erased: do not rely on a value."
