"""Ways to split a topic by a field's values, or by record type: one job sorts, and stays, or goes once producers choose."""

from __future__ import annotations

from copilot.domain.alternative import Alternative, Edit, Gate, NewFile, NotOffered, Phase, Step, TextEdit
from copilot.domain.operation import Operation, SplitTopic
from copilot.domain.pipeline import Decoder, Impact, PipelineMap
from copilot.strategies.moving_jobs import job_path, router_text, type_router_text
from copilot.strategies.topic_move import Move, move_alternative, step_of
from copilot.strategies.topic_places import places_of_topic

_NAMED_AT_MOST = 4
_TYPED = Gate(
    'Every producer runs the version that sets the header "type": a count of messages since then without it, or with another word'
    " than the known ones, is zero over a day."
)


def split_topic(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to split a topic; nothing for other operations."""
    if not isinstance(operation, SplitTopic):
        return ()
    places = places_of_topic(operation.topic, impact, pipeline)
    move = Move(operation.topic, operation.into[0], impact, pipeline, places)
    path = job_path("routers", operation.topic, pipeline)
    routes = tuple(zip(operation.values, operation.into, strict=True))
    no_cutover = NotOffered(
        "coordinated cut-over",
        "Which record goes to which topic is code that people write in each producer, so no patch moves all at once.",
    )
    if operation.field:
        router = NewFile(path, router_text(operation.topic, routes, operation.rest, impact.path))
        return (*_by_router(move, operation, router), no_cutover)
    by_name, by_header = (
        NewFile(path, type_router_text(operation.topic, routes, operation.rest, is_header=is_header))
        for is_header in (False, True)
    )
    bare = sorted({it.job for it in impact.producers if it.decoder and _is_bare(it.decoder)})
    return (
        *(_without_names(bare) if bare else _by_router(move, operation, by_name)),
        _typed_first(move, operation, (*_listed(move, operation), by_header), by_header),
        no_cutover,
    )


def _by_router(move: Move, operation: SplitTopic, router: NewFile) -> tuple[Alternative | NotOffered, ...]:
    begun = (*_listed(move, operation), router)
    return (
        _routed(move, operation, begun, router),
        _chosen(move, operation, begun, router),
        _at_once(move, operation, begun, router),
    )


def _is_bare(encoder: Decoder) -> bool:
    return encoder.reader_schema == "single" and encoder.library != "confluent-kafka"


def _without_names(bare: list[str]) -> tuple[NotOffered, ...]:
    reason = (
        f"Bytes that {', '.join(bare)} produces are bare Avro as far as code shows: they don't say which record they hold, so a"
        " job can't sort them before each message says its type."
    )
    return tuple(NotOffered(way, reason) for way in ("router", "producers choose", "naive split"))


def _by(operation: SplitTopic) -> str:
    return operation.field or "type"


def _typed_first(move: Move, operation: SplitTopic, begun: tuple[Edit, ...], router: NewFile) -> Alternative:
    """Each message says its type before anybody sorts by it: a dispatch that needs no schema."""
    say = tuple(
        f'{it.proof[0] if it.proof else it.job}  {it.job} writes {move.old}: give each message the header "type" with the full name'
        f" of its record, one of {', '.join(operation.values)}"
        for it in move.impact.producers
    )
    typed = step_of("Deploy the producers", "producers", move.producers, (), tuple(dict.fromkeys(say)))
    listed = tuple(edit for edit in begun if edit is not router)
    return move_alternative(
        move,
        "typed-first",
        f"Let each message of {move.old} say its type in a header first, sort by that into {_topics(operation)}, then move readers",
        "type in the envelope first",
        (
            Phase("typed", listed, (_created(move, operation), typed), _TYPED),
            Phase("new topics", begun, (_started(router),), _filled(operation)),
            *_readers_moved(move, operation, begun),
        ),
        "It wins where bytes don't say which record they hold, or where a job should sort without reading them: readers can"
        f" dispatch by the header from then on, too. Records from before it have none, and go to {operation.rest}. Between topics"
        f" there is no order any more; a header carries the place in {move.old}.",
    )


def _topics(operation: SplitTopic) -> str:
    names = (*operation.into, operation.rest)
    more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
    return ", ".join(names[:_NAMED_AT_MOST]) + more


def _listed(move: Move, operation: SplitTopic) -> tuple[Edit, ...]:
    """Adds the new names to lists of topics that somebody creates."""
    return tuple(
        TextEdit(it.path, it.line, move.old, it.separator.join((move.old, *operation.into, operation.rest)))
        for it in move.places
        if it.owner == "list"
    )


def _created(move: Move, operation: SplitTopic) -> Step:
    lists = tuple(sorted({place.path for place in move.places if place.owner == "list"}))
    text = f"Create {_topics(operation)} with the partitions, retention and access rights of {move.old}"
    where = next((str(it.proof[0]) for it in move.impact.producers if it.proof), "")
    subject = "; register the schema for each, as <topic>-value, where a registry names subjects after topics"
    return Step(text, "schema", (), lists, (f"{where}  {text[0].lower()}{text[1:]}{subject}",) if where else ())


def _started(router: NewFile) -> Step:
    manual = (f"{router.path}:1  deploy one copy of it, with KAFKA_BOOTSTRAP and RECORDS set, and watch its lag",)
    return step_of("Start the router", "producers", (), (router,), manual)


def _readers(move: Move, operation: SplitTopic) -> Step:
    manual = tuple(
        f"{it.proof[0] if it.proof else it.job}  {it.job} reads {move.old}: read those of {_topics(operation)} that it needs;"
        " between them records have no order"
        for it in move.impact.consumers
    )
    return step_of("Deploy the consumers", "consumers", move.consumers, (), tuple(dict.fromkeys(manual)))


def _readers_moved(move: Move, operation: SplitTopic, begun: tuple[Edit, ...]) -> tuple[Phase, ...]:
    """The phase in which people move readers; none where no reader is known."""
    if not move.impact.consumers:
        return ()
    return (Phase("move readers", begun, (_readers(move, operation),), _moved(operation)),)


def _filled(operation: SplitTopic) -> Gate:
    return Gate(
        f"Together {_topics(operation)} have every record of {operation.topic} once (counts and keys agree over an hour);"
        f" {operation.rest} is empty, or each value in it has an owner; the lag is near zero."
    )


def _moved(operation: SplitTopic) -> Gate:
    return Gate(
        f"No consumer group but the router's reads {operation.topic}; outputs agree with those from before for a day, also where"
        f" records of one key have several values of {_by(operation)}."
    )


def _routed(move: Move, operation: SplitTopic, begun: tuple[Edit, ...], router: NewFile) -> Alternative:
    return move_alternative(
        move,
        "router",
        f"Let one router sort {move.old} by {_by(operation)} into {_topics(operation)}, and move readers",
        "router",
        (
            Phase("new topics", begun, (_created(move, operation), _started(router)), _filled(operation)),
            *_readers_moved(move, operation, begun),
        ),
        f"The default choice: producers stay as they are, {move.old} becomes the way in, and each topic has one writer, so records"
        f" of one key and one {_by(operation)} keep their order. Between topics there is no order any more; a header carries the"
        f" place in {move.old}. It costs one more job that everything hangs on.",
    )


def _chosen(move: Move, operation: SplitTopic, begun: tuple[Edit, ...], router: NewFile) -> Alternative:
    choose = tuple(
        f"{it.proof[0] if it.proof else it.job}  {it.job} writes {move.old}: stop it, let {router.path} pass the end offsets of"
        f" {move.old}, then start it on the topic of each record's {_by(operation)}, and on {operation.rest} for all others"
        for it in move.impact.producers
    )
    written = step_of("Deploy the producers", "producers", move.producers, (), tuple(dict.fromkeys(choose)))
    closed = Step(f"Retire {move.old} and the router", "schema", (), (router.path,), move.leftovers())
    kept = tuple(edit for edit in begun if edit is not router)
    last = Gate(f"Nothing was written to {move.old} for a day, and the router has read it to its end.")
    return move_alternative(
        move,
        "producers-choose",
        f"Sort {move.old} by a router, move readers, then let producers write to the topic of each {_by(operation)}",
        "producers choose",
        (
            Phase("new topics", begun, (_created(move, operation), _started(router)), _filled(operation)),
            *_readers_moved(move, operation, begun),
            Phase("move writers", begun, (written,), last),
            Phase("retire", kept, (closed,)),
        ),
        "It wins where no further job may stay: in the end each producer chooses the topic, in code that people write. A producer"
        " that writes two records which belong together needs a transaction or an outbox for that.",
    )


def _at_once(move: Move, operation: SplitTopic, begun: tuple[Edit, ...], router: NewFile) -> Alternative | NotOffered:
    every = ",".join((*operation.into, operation.rest))
    places = [it for it in move.places if it.owner in ("consumers", "both")]
    edits = tuple(
        TextEdit(it.path, it.line, f"{it.quote}{move.old}{it.quote}", f"{it.quote}{every}{it.quote}") for it in places
    )
    if not edits:
        return NotOffered("naive split", f"No place was found here from which a reader gets the name {move.old}.")
    read = step_of("Deploy the consumers", "consumers", move.consumers, edits, ())
    return move_alternative(
        move,
        "naive",
        f"Start the router and give every reader the list {every}, in one deploy",
        "naive split",
        (Phase("split", (*begun, *edits), (_created(move, operation), _started(router), read)),),
        "The edit people make first: a list where one name stood. Code that takes the setting for one topic subscribes to a name"
        " that nobody writes, and whatever needs records of one key in order gets them in none.",
    )
