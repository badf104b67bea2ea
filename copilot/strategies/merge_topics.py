"""Ways to bring the records of several topics together on one: as they are, under one schema, or by readers of all of them."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from copilot.domain.alternative import Alternative, Edit, Gate, NewFile, NotOffered, Phase, Step, TextEdit
from copilot.domain.mention import whole_words
from copilot.domain.operation import MergeTopics, Operation
from copilot.domain.pipeline import Impact, Link, PipelineMap
from copilot.domain.schema import SchemaVersion
from copilot.strategies.moving_jobs import job_path, merger_text, wrapper_text
from copilot.strategies.one_schema import NamesClash, envelope_of, union_of
from copilot.strategies.topic_move import Move, move_alternative, step_of
from copilot.strategies.topic_places import places_of_topic
from copilot.strategies.words import named

BY_RECORD, UNION, ENVELOPE = "mixed topic", "union subject", "envelope"
LISTED, NAIVE = "list of topics", "naive merge"
Told = Callable[[Link], str]


def merge_topics(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to merge topics; nothing for other operations."""
    if not isinstance(operation, MergeTopics):
        return ()
    merge = _Merge.of(operation, impact, pipeline)
    return (_mixed(merge), *_under_one_schema(merge), _listed(merge), _at_once(merge))


@dataclass(frozen=True, slots=True)
class _Merge:
    """The move of each topic's jobs, and the schema that lies on each, where it is known; `move` has all their links."""

    operation: MergeTopics
    moves: tuple[Move, ...]
    types: dict[str, SchemaVersion | None]
    move: Move

    @classmethod
    def of(cls, operation: MergeTopics, impact: Impact, pipeline: PipelineMap) -> _Merge:
        types: dict[str, SchemaVersion | None] = {}
        moves: list[Move] = []
        for topic in operation.merged:
            own = _part(topic, impact)
            moves.append(Move(topic, operation.to, own, pipeline, places_of_topic(topic, own, pipeline)))
            # What producers write is what lies there; a reader's own schema only says so where no writer is known.
            names = [link.subject for link in (*own.producers, *own.consumers) if link.subject]
            types[topic] = pipeline.subject(names[0]).latest if names else None
        return cls(
            operation, tuple(moves), types, Move(", ".join(operation.merged), operation.to, impact, pipeline, ())
        )

    @property
    def to(self) -> str:
        return self.operation.to

    @property
    def versions(self) -> list[SchemaVersion]:
        """The schemas, each once."""
        return list({it.meaning: it for it in self.types.values() if it is not None}.values())

    def edits(self, *owners: str) -> tuple[Edit, ...]:
        return tuple(edit for move in self.moves for edit in move.edits(*owners))

    def lists(self, *, is_retired: bool) -> tuple[Edit, ...]:
        """Brings the one name into lists of topics, once a line: beside the old ones, or in their place."""
        texts = {(it.span.path, it.span.first_line): it.excerpt for it in self.move.impact.mentions}
        places = {(it.path, it.line): it.separator for move in self.moves for it in move.places if it.owner == "list"}
        edits: list[Edit] = []
        for (path, line), separator in places.items():
            text = texts.get((path, line), "")
            found = sorted(match.span() for old in self.operation.merged for match in whole_words(old).finditer(text))
            if not found:
                continue
            # The piece of the line from the first of the names to the last one, in which others may stand too.
            piece = text[found[0][0] : found[-1][1]]
            rest = [name for name in piece.split(separator) if name and name not in self.operation.merged]
            after = separator.join([self.to, *rest]) if is_retired else f"{piece}{separator}{self.to}"
            edits.append(TextEdit(path, line, piece, after))
        return tuple(edits)

    def notes(self, links: Iterable[Link], told: Told) -> tuple[str, ...]:
        texts = (f"{it.proof[0] if it.proof else it.job}  {it.job}: {told(it)}" for it in links)
        return tuple(dict.fromkeys(texts))

    def others(self, topic: str) -> str:
        """Names what comes beside a topic's own records."""
        own = self.types[topic]
        rest = [it.name for it in self.versions if own is None or it.name != own.name]
        return ", ".join(rest) if rest else "records of the other topics"

    def record(self, topic: str) -> str:
        own = self.types[topic]
        return own.name if own else f"what lies on {topic}"


def _part(topic: str, impact: Impact) -> Impact:
    """The part of the impact that is about one of the topics."""
    pattern = whole_words(topic)
    return replace(
        impact,
        path=topic,
        producers=tuple(it for it in impact.producers if it.endpoint.name == topic),
        consumers=tuple(it for it in impact.consumers if it.endpoint.name == topic),
        mentions=tuple(it for it in impact.mentions if pattern.search(it.excerpt)),
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """How the one topic is filled: by which job, with which schemas, and what that asks of those who read and write the topics."""

    slug: str
    title: str
    strategy: str
    job: NewFile
    read: Told
    write: Told
    argument: str
    schemas: tuple[NewFile, ...] = ()


def _mixed(merge: _Merge) -> Alternative | NotOffered:
    bare = [it for it in merge.move.impact.consumers if it.decoder is not None and it.decoder.reader_schema == "single"]
    if bare and len(merge.versions) > 1:
        place = bare[0].proof[0] if bare[0].proof else bare[0].job
        return NotOffered(
            BY_RECORD,
            f"{bare[0].job} ({place}) takes its own schema for the writer's, so the bytes don't say which record they hold: on one"
            " topic nobody could tell them apart.",
        )
    path = job_path("mergers", merge.to, merge.move.pipeline)
    way = _Way(
        slug="by-record",
        title=f"Bring {merge.move.old} as they are together on {merge.to}, subjects named by record; move readers, then writers",
        strategy=BY_RECORD,
        job=NewFile(path, merger_text(merge.operation.merged, merge.to)),
        read=lambda it: (
            f"reads {it.endpoint.name}: on {merge.to} it meets {merge.others(it.endpoint.name)} too; read on where the"
            f" record's own schema is called {merge.record(it.endpoint.name)}, and leave the rest out"
        ),
        write=lambda it: (
            f"writes {it.endpoint.name}: where a registry is used, let its serializer name the subject by the record"
            " (RecordNameStrategy or TopicRecordNameStrategy), by topic the second kind of record is refused"
        ),
        argument="It wins where each record carries its schema, by a registry's id or in a container: nothing is written anew, and"
        " a kind of record can come or change without the others.",
    )
    return _apart(merge, way)


def _under_one_schema(merge: _Merge) -> tuple[Alternative | NotOffered, ...]:
    reason = ""
    unknown = [topic for topic, version in merge.types.items() if version is None]
    if unknown:
        reason = f"What schema the records of {', '.join(unknown)} have was not found."
    elif len(merge.versions) < 2:
        reason = f"All of them hold {merge.versions[0].name}, so there is nothing to tell apart."
    else:
        try:
            union = union_of(merge.versions)
        except NamesClash as clash:
            reason = (
                f"Two of the schemas declare {clash}, each in its own way, and one schema can declare a name only once."
            )
        else:
            return (_union(merge, union), _envelope(merge, union))
    return (NotOffered(UNION, reason), NotOffered(ENVELOPE, reason))


def _union(merge: _Merge, union: list[object]) -> Alternative | NotOffered:
    schema, job = _schema_file(merge, union), job_path("mergers", merge.to, merge.move.pipeline)
    way = _Way(
        slug="union",
        title=f"Bring {merge.move.old} together on {merge.to} as one union schema, {schema.path}; move readers, then writers",
        strategy=UNION,
        job=NewFile(job, wrapper_text(_names(merge), merge.to, schema.path, {})),
        schemas=(schema,),
        read=lambda it: (
            f"reads {it.endpoint.name}: read {merge.to} with {schema.path}, ask which branch a record is, and leave out all"
            f" but {merge.record(it.endpoint.name)}"
        ),
        write=lambda it: (
            f"writes {it.endpoint.name}: write it by {schema.path} as the branch {merge.record(it.endpoint.name)}, with no"
            " schema registered by the serializer itself"
        ),
        argument=f"It wins where a registry names subjects after topics: {merge.to}-value is one schema. One more kind of record is"
        " one more branch, which new readers read in old data and old readers refuse.",
    )
    return _apart(merge, way)


def _envelope(merge: _Merge, union: list[object]) -> Alternative | NotOffered:
    envelope, types = envelope_of(merge.to, union)
    schema, job = _schema_file(merge, envelope), job_path("mergers", merge.to, merge.move.pipeline)
    way = _Way(
        slug="envelope",
        title=f"Bring {merge.move.old} together on {merge.to} in envelopes of {schema.path}; move readers, then writers",
        strategy=ENVELOPE,
        job=NewFile(job, wrapper_text(_names(merge), merge.to, schema.path, types)),
        schemas=(schema,),
        read=lambda it: (
            f"reads {it.endpoint.name}: read {merge.to} with {schema.path}, leave out all whose type is not"
            f" {types[merge.record(it.endpoint.name)]}, and take `record` out"
        ),
        write=lambda it: (
            f"writes {it.endpoint.name}: put the record into the envelope of {schema.path}, with its type"
            f" {types[merge.record(it.endpoint.name)]} and a sequence"
        ),
        argument="It wins where readers can't ask which branch of a union a record was, as with dicts in Python: the type is a"
        " field, and so is the place that it comes from. Every record is written anew, and each reader takes it out of its"
        " envelope.",
    )
    return _apart(merge, way)


def _paths(edits: Iterable[Edit]) -> tuple[str, ...]:
    return tuple(sorted({it.path for it in edits if isinstance(it, NewFile | TextEdit)}))


def _names(merge: _Merge) -> dict[str, str]:
    return {topic: version.name for topic, version in merge.types.items() if version is not None}


def _schema_file(merge: _Merge, schema: object) -> NewFile:
    source = next(it for it in merge.types.values() if it is not None).source
    folder = posixpath.dirname(source.path) if source.host == "file" else "schemas"
    stem = re.sub(r"[^A-Za-z0-9]+", "_", merge.to).strip("_").lower() or "merged"
    taken = {subject.latest.source.path for subject in merge.move.pipeline.subjects}
    path = posixpath.join(folder, f"{stem}.avsc")
    path = path if path not in taken else posixpath.join(folder, f"{stem}_merged.avsc")
    return NewFile(path, json.dumps(schema, indent=2, ensure_ascii=False) + "\n")


def _apart(merge: _Merge, way: _Way) -> Alternative | NotOffered:
    """Returns phases in which the topic is filled, readers move, then writers, and the job goes."""
    shared = next((place for move in merge.moves for place in move.shared), None)
    if shared is not None:
        return NotOffered(
            way.strategy,
            f"{named(set(shared.jobs))} get a name from one place ({shared.path}:{shared.line}), so writers and readers can't move"
            " one after the other: give each a setting of its own first.",
        )
    impact, job = merge.move.impact, way.job
    readers, writers = merge.edits("consumers"), merge.edits("producers")
    started = (f"{job.path}:1  deploy one copy of it, with KAFKA_BOOTSTRAP and RECORDS set, and watch its lag",)
    brought, retiring = (*merge.lists(is_retired=False), *way.schemas), merge.lists(is_retired=True)
    start = (*brought, job)
    created = replace(merge.move.creation(), paths=_paths(brought))
    moved = step_of(
        "Deploy the consumers", "consumers", merge.move.consumers, readers, merge.notes(impact.consumers, way.read)
    )
    told = (
        f"{job.path}:1  stop the producers, let it read {merge.move.old} to their end, then start them on {merge.to}",
    )
    written = step_of(
        "Deploy the producers",
        "producers",
        merge.move.producers,
        writers,
        (*told, *merge.notes(impact.producers, way.write)),
    )
    leftovers = tuple(text for move in merge.moves for text in move.leftovers())
    retired = Step(f"Retire {merge.move.old}", "schema", (), (*_paths(retiring), job.path), leftovers)
    kept = (*retiring, *way.schemas, *readers, *writers)
    phases = (
        Phase(
            "new topic", start, (created, step_of("Start the merger", "producers", (), (job,), started)), _filled(merge)
        ),
        *([Phase("move readers", (*start, *readers), (moved,), _read(merge))] if impact.consumers else []),
        Phase("move writers", (*start, *readers, *writers), (written,), _written(merge)),
        Phase("retire", kept, (retired,)),
    )
    order = " Between records of different topics there is no order, neither today nor then."
    return move_alternative(merge.move, way.slug, way.title, way.strategy, phases, way.argument + order)


def _listed(merge: _Merge) -> Alternative | NotOffered:
    every = ",".join(merge.operation.merged)
    edits = tuple(
        TextEdit(it.path, it.line, f"{it.quote}{move.old}{it.quote}", f"{it.quote}{every}{it.quote}")
        for move in merge.moves
        for it in move.places
        if it.owner == "consumers"
    )
    if not edits:
        return NotOffered(LISTED, f"No place was found here from which a reader of {merge.move.old} gets a name.")
    notes = merge.notes(
        merge.move.impact.consumers,
        lambda it: f"reads {it.endpoint.name}: it meets {merge.others(it.endpoint.name)} too; a message says its topic",
    )
    step = step_of("Deploy the consumers", "consumers", merge.move.consumers, edits, notes)
    return move_alternative(
        merge.move,
        "list",
        f"Keep {merge.move.old}, and give every reader the list {every}",
        LISTED,
        (Phase("list", edits, (step,)),),
        f"It brings no {merge.to}, and is right where only readers want everything: nothing is copied, each topic keeps its"
        " subject, and a message says which topic it comes from. Code that takes the setting for one topic subscribes to a"
        " name that nobody writes.",
    )


def _at_once(merge: _Merge) -> Alternative | NotOffered:
    lists = merge.lists(is_retired=True)
    edits = (*merge.edits("producers", "consumers", "both"), *lists)
    if not edits:
        return NotOffered(NAIVE, "No place was found here from which a job gets one of the names.")
    writers, readers = merge.edits("producers", "both"), merge.edits("consumers")
    steps = (
        step_of("Publish the settings", "schema", (), lists, ()),
        step_of("Deploy the producers", "producers", merge.move.producers, writers, ()),
        step_of("Deploy the consumers", "consumers", merge.move.consumers, readers, ()),
    )
    return move_alternative(
        merge.move,
        "naive",
        f"Write {merge.to} wherever {merge.move.old} stand, in one deploy",
        NAIVE,
        (Phase("replaced", edits, steps),),
        "The edit people make first. Every reader meets records that it was not written for, a registry that names subjects after"
        " topics refuses the second kind, and what was not read of the old topics nobody reads any more.",
    )


def _filled(merge: _Merge) -> Gate:
    return Gate(
        f"{merge.to} has as many records as {merge.move.old} together, each (topic, partition, offset) of the header sequence once;"
        " the lag is near zero."
    )


def _read(merge: _Merge) -> Gate:
    return Gate(
        f"No consumer group but the merger's reads {merge.move.old}; outputs agree with those from before for a day. Offsets don't"
        " follow a group to another topic: each starts where its last record is, or takes repeats."
    )


def _written(merge: _Merge) -> Gate:
    return Gate(f"Nothing was written to {merge.move.old} for a day, and the merger has read them to their end.")
