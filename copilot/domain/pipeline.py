"""The pipeline as read: jobs, the endpoints they read and write, with which schema and decoder, and who uses which field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from copilot.domain.clones import Clone, Consumer, clone_in
from copilot.domain.mention import Mention
from copilot.domain.samples import SampleFiles
from copilot.domain.schema import SchemaSubject, SchemaVersion
from copilot.domain.sinks import Sink
from copilot.domain.source import Gap, Span

EndpointKind = Literal["topic", "subscription", "queue", "stream", "table", "file", "http"]
Direction = Literal["produces", "consumes"]
Certainty = Literal["certain", "likely", "possible"]
Mode = Literal["reads", "writes", "passes", "keys", "compares", "computes"]
UseForm = Literal["subscript", "get", "literal", "keyword", "attribute", "column", "string", "query", "unparsed"]
"""`unparsed`: quoted in a file that can't be parsed, so what is done with it is not known."""


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """What carries records: a topic (or channel), a subscription of one, a queue, a stream, or data at rest.

    `name` is "" where only the running system knows it; `variable` then names what sets it."""

    kind: EndpointKind
    name: str
    variable: str = ""

    def __str__(self) -> str:
        return self.name or f"unknown ({self.variable or 'not set in this repository'})"


LIBRARY_OF = {"confluent-kafka": "fastavro", "spark": "java", "flink": "java"}
"""The implementation that decodes and encodes for those which have none of their own."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """The implementation that a job decodes or encodes with.

    `library` is "fastavro", "avro", "confluent-kafka" (its registry serde), "spark", "flink", "json", or "unknown".
    `reader_schema` is "writer" (decodes with the schema the data carries), "own" (a schema of its own, resolved against
    the writer's), "single" (one local schema for both, so the writer's must be that very one), or "unknown".
    """

    library: str
    reader_schema: Literal["writer", "own", "single", "unknown"]


@dataclass(frozen=True, slots=True)
class Job:
    """What reads and writes endpoints: a service, a step, a script.

    `root` is the folder (or file) that it consists of; `owner` whom to ask, as `copilot.toml` has it, "" where not said.
    """

    name: str
    root: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One running copy of a job with its settings, as (name, value) sorted by name; secrets' values are never kept."""

    job: str
    name: str
    settings: tuple[tuple[str, str], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Link:
    """A job reads or writes an endpoint; `proof` is the chain of places that shows it, nearest to the call first.

    `subject` is None where the schema isn't known. `forwards` tells that a producer hands on the bytes that it consumed, so that
    it builds no record of its own. `version` is the number of the version that the code names, where versions have files of
    their own; 0 is the newest. `deployments` names the deployments in which it holds, sorted; () where none is known. `pinned` is
    where a consumer asks a registry for one version by its number, None where none was seen to.
    """

    job: str
    endpoint: Endpoint
    direction: Direction
    subject: str | None
    decoder: Decoder | None
    certainty: Certainty
    proof: tuple[Span, ...]
    forwards: bool = False
    version: int = 0
    deployments: tuple[str, ...] = ()
    pinned: Span | None = None


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A place in code that uses a field of a subject.

    `path` is the field's path in the subject. `offset` is where the name's token starts in the file, in UTF-8 bytes: the
    string constant with its quotes, the keyword, the attribute name, or the bare name inside a query. `excerpt` is the line,
    stripped.
    """

    job: str
    subject: str
    path: str
    mode: Mode
    form: UseForm
    certainty: Certainty
    span: Span
    offset: int
    is_test: bool
    excerpt: str

    @property
    def name(self) -> str:
        return self.path.rsplit(".", 1)[-1].rstrip("[]{}")

    @property
    def is_write(self) -> bool:
        """Tells whether it puts the field into a record; `out["b"] = rec["a"]` passes `a` on by reading it."""
        return self.mode == "writes" or (self.mode == "passes" and self.form in ("literal", "keyword"))

    @property
    def value_text(self) -> str:
        """What the line writes to the field, as far as it stands there: `"at": VALUE`, `at=VALUE`; "at" may stand in VALUE, too."""
        places = list(re.finditer(rf"\b{re.escape(self.name)}\b['\"]?\]?\s*[:=](?!=)", self.excerpt))
        return self.excerpt[places[-1].end() :] if places else self.excerpt.rpartition(self.name)[2]

    @property
    def is_declaration(self) -> bool:
        """Tells whether it is the line of a class that declares the field: `amount: int`."""
        return self.form == "attribute" and self.excerpt[len(self.name) :].lstrip().startswith(":")


@dataclass(frozen=True, slots=True)
class Objective:
    """A business objective that `copilot.toml` states for an endpoint or a job."""

    name: str
    about: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a topic keeps its records, as `copilot.toml` says; `days` is None where some are kept for ever.

    A compacted topic (`is_compacted`) keeps the last record of each key, and forgets what a later one of the key replaces.
    """

    topic: str
    days: float | None
    span: Span
    is_compacted: bool = False


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A place of a job where fields are used by names that reading can't see (`rec[key]`, `getattr`, `**rec`).

    `subjects` are those that the record can be of, as far as it was traced; () where it may be of any that the job meets.
    `is_whole` tells that a record is handed on with all its fields (`json.dumps(rec)`), none of which is set or read there.
    """

    job: str
    span: Span
    reason: str
    subjects: tuple[str, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class PipelineMap:
    """All that was read at one commit; every tuple is sorted, so equal trees give equal maps.

    What other clones hold stands beside the repository's own, with names and paths that begin with the clone's name and ":".
    """

    commit: str
    subjects: tuple[SchemaSubject, ...]
    endpoints: tuple[Endpoint, ...]
    jobs: tuple[Job, ...]
    deployments: tuple[Deployment, ...]
    links: tuple[Link, ...]
    uses: tuple[FieldUse, ...]
    blind_spots: tuple[BlindSpot, ...]
    objectives: tuple[Objective, ...]
    gaps: tuple[Gap, ...]
    files_read: int
    uncommitted_count: int = 0
    clones: tuple[Clone, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    unknown_reads: tuple[FieldUse, ...] = ()
    """Reads from records that were followed from where they are decoded, of names that no version of their subject has."""
    retentions: tuple[Retention, ...] = ()
    sinks: tuple[Sink, ...] = ()
    """The tables that `copilot.toml` says are loaded from topics."""
    samples: tuple[SampleFiles, ...] = ()
    """The files of recorded records that `copilot.toml` names."""
    other_languages: tuple[tuple[str, int], ...] = ()
    """Languages of programs that no reader looks into, with the count of their files, most files first."""

    def subject(self, name: str) -> SchemaSubject:
        """Returns the subject of exactly that name; raises KeyError."""
        for subject in self.subjects:
            if subject.name == name:
                return subject
        raise KeyError(name)

    def clone_of(self, name: str) -> str:
        """Returns the name of the clone that a path, job or subject of this map lies in, "" where it is the repository's own."""
        head = clone_in(name)
        return head if head and any(clone.name == head for clone in self.clones) else ""

    def is_foreign(self, name: str) -> bool:
        """Tells whether a path or job is not this repository's to change: a clone's, an outside consumer or its reader schema."""
        outside = {known for consumer in self.consumers for known in (consumer.job, consumer.schema)}
        return bool(self.clone_of(name)) or (name != "" and name in outside)

    def schema_of(self, link: Link) -> SchemaVersion | None:
        """Returns the version that a link's code names, None where its schema isn't known."""
        subject = next((it for it in self.subjects if it.name == link.subject), None)
        if subject is None:
            return None
        return subject.versions[link.version - 1] if 0 < link.version <= len(subject.versions) else subject.latest

    def links_of(self, subject: str, direction: Direction) -> tuple[Link, ...]:
        """Returns who produces or consumes the subject."""
        return tuple(link for link in self.links if link.subject == subject and link.direction == direction)

    def retention_of(self, topic: str) -> Retention | None:
        """Returns how long the topic keeps records, None where nothing is said."""
        return next((it for it in self.retentions if it.topic == topic), None)


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change of one field (or of a whole subject) touches; computed by `impact`, ranked most certain first.

    `uses` of the field itself by mode; `producers` (those that build records) and `consumers` of the subject; `downstream` names
    subjects that carry a field of the same name one job downstream, which people will want to look at; `blind_spots` and `gaps`
    are those of the jobs concerned.
    """

    subject: str
    path: str
    producers: tuple[Link, ...]
    consumers: tuple[Link, ...]
    uses: tuple[FieldUse, ...]
    downstream: tuple[str, ...]
    blind_spots: tuple[BlindSpot, ...]
    gaps: tuple[Gap, ...]
    mentions: tuple[Mention, ...] = ()
    """Where the old name stands as a word in any file, for operations that rename a topic, a record or a symbol; that of a
    field with another name or type only where tests keep whole records as data."""

    @property
    def about(self) -> str:
        """The subject, or the topic where nothing is known to lie on one."""
        return self.subject or self.path
