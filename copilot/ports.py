"""The sockets: what the folders of one layer may know of each other. `plugins` puts the implementations in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

# Only names of types: at run time a socket needs none of them, and `map` has no time for nouns that it never meets.
if TYPE_CHECKING:
    from copilot.domain.alternative import Alternative, NotOffered, Plan, SchemaEdit
    from copilot.domain.evidence import Evidence, Finding
    from copilot.domain.failing_case import FailingCase
    from copilot.domain.impacted import AskedChange, ImpactList
    from copilot.domain.model import Call, ModelLimits, Reply, Usage
    from copilot.domain.operation import ChangeRequest, Operation
    from copilot.domain.pair import Age, PairVerdict
    from copilot.domain.patch import Patch, Refused
    from copilot.domain.pipeline import Impact, PipelineMap
    from copilot.domain.prompt import Prompt
    from copilot.domain.proposal import Body, Record
    from copilot.domain.samples import Fitted
    from copilot.domain.schema import SchemaPart, SchemaSource, SchemaVersion
    from copilot.domain.source import Gap, PastFile, Snapshot, SourceFile
    from copilot.settings import Settings


class Tree(Protocol):
    """A snapshot whose files can be read."""

    @property
    def commit(self) -> str:
        """The commit that the tree is, or is based on, or `WORKING_TREE`."""
        ...

    @property
    def digest(self) -> str:
        """Names all that the tree holds: trees of the same digest are the same. It may be there before the files are listed."""
        ...

    @property
    def snapshot(self) -> Snapshot: ...

    def read(self, paths: Iterable[str]) -> Mapping[str, SourceFile | Gap]:
        """Returns each path's text, or why it can't be read (binary, huge, not UTF-8, a link, a submodule, absent)."""
        ...

    def read_bytes(self, paths: Iterable[str]) -> Mapping[str, bytes | Gap]:
        """Returns each path's bytes, or why they can't be read (huge, a pointer of Git LFS, a link, a submodule, absent)."""
        ...


class History(Protocol):
    """Earlier versions of the files of a snapshot."""

    def versions(self, paths: Sequence[str]) -> Mapping[str, tuple[PastFile, ...]]:
        """Returns, for each path, the versions that the branch itself held, oldest first, renames followed.

        Paths whose past the clone can't tell are left out.
        """
        ...

    def texts(self, digests: Iterable[str]) -> Mapping[str, str]:
        """Returns the texts of blobs; those that are no UTF-8 text are left out."""
        ...


@dataclass(frozen=True, slots=True)
class PastChange:
    """One earlier commit: when (seconds since 1970, UTC), and which files it changed."""

    commit: str
    seconds: int
    paths: tuple[str, ...]


class ChangeLog(Protocol):
    """Which files changed together, up to the commit of a snapshot and never later.

    `is_whole` turns false when the clone turns out to lack a part of what was asked for.
    """

    is_whole: bool

    def recent(self) -> tuple[PastChange, ...]:
        """Returns the last changes, newest first, a bounded number."""
        ...

    def of(self, path: str) -> tuple[PastChange, ...]:
        """Returns the last changes that touched a file, newest first, each with all that it touched."""
        ...

    def naming(self, path: str, names: Sequence[str]) -> tuple[PastChange, ...]:
        """Returns those of them in which a line of the file that names one of the names came, went or changed."""
        ...


OF_TREES = "tree/"
"""Begins the kinds of entries that are of a whole tree or of many files: the next commit needs others, so these go first."""


class Index(Protocol):
    """A cache by content: what was derived from a blob stays true for that blob. Losing it costs only time."""

    def get(self, kind: str, keys: Sequence[str]) -> Mapping[str, bytes]: ...

    def put(self, kind: str, entries: Mapping[str, bytes]) -> None: ...


class Spread(Protocol):
    """Does pure work on each text, by key: one after the other, or on several processors."""

    def begin(self, work: Callable[[str], bytes], texts: Mapping[str, str]) -> Callable[[], dict[str, bytes]]:
        """Begins; what this returns ends the work and gives its results."""
        ...


class OneByOne:
    """Does the work here, one text after the other."""

    def begin(self, work: Callable[[str], bytes], texts: Mapping[str, str]) -> Callable[[], dict[str, bytes]]:
        return lambda: {key: work(text) for key, text in texts.items()}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded value (JSON-like, but bytes, Decimal, datetime, date, time and UUID as the decoder gives them)."""

    value: Any
    leftover_bytes: int


class Undecodable(Exception):
    """A decoder refused; the text is the decoder's own reason, shortened."""


class DecoderUnderTest(Protocol):
    """One real implementation of a format's encoding. Schemas are self-contained JSON texts (`SchemaVersion.resolved`)."""

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def encode(self, schema: str, value: Any) -> bytes:
        """Returns the bytes of one record without a container; raises Undecodable."""
        ...

    def decode(self, data: bytes, writer: str, reader: str) -> Decoded:
        """Decodes one record; raises Undecodable."""
        ...


class SchemaFormat(Protocol):
    """One schema language."""

    def __hash__(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def suffixes(self) -> tuple[str, ...]: ...

    @property
    def decoders(self) -> tuple[DecoderUnderTest, ...]:
        """The implementations that can be run here."""
        ...

    @property
    def decoders_not_run(self) -> tuple[tuple[str, str], ...]:
        """The names of implementations that the user configured and that can't be trusted here, and why."""
        ...

    def parts(self, text: str, path: str) -> tuple[SchemaPart, ...]:
        """Returns the schemas of a file that holds several, in text order; () where the whole file is one."""
        ...

    def parse(self, text: str, source: SchemaSource, siblings: Mapping[str, str]) -> SchemaVersion | Gap:
        """Reads one schema text (number 0, subject ""). `siblings` are texts by path that references may be found in."""
        ...

    def incompatibilities(self, reader: SchemaVersion, writer: SchemaVersion) -> tuple[Finding, ...]:
        """Returns why data of `writer` can't be read as `reader`; empty means that it can."""
        ...

    def judge(self, reader: Any, writer: Any, *, reader_is: Age | None = None) -> PairVerdict:
        """Returns a registry's answer on two schemas, JSON values or texts, and what each decoder makes of the data.

        Where it is said which of the two is the newer one, also what no rule and no decoder notices: units, sentinels, fields
        that look renamed.
        """
        ...

    def stands_alone(self, schema: Any) -> bool:
        """Tells whether one schema, a JSON value or text, is valid without any other."""
        ...

    def lint(self, schema: Any) -> tuple[Finding, ...]:
        """Returns what is wrong with one schema, a JSON value or text, whatever it is compared with."""
        ...

    def meaning_changes(self, old: SchemaVersion, new: SchemaVersion) -> tuple[Finding, ...]:
        """Returns what compatibility rules don't see: units, scales, defaults, logical types, precision."""
        ...

    def samples(self, schema: str, seed: str, count: int) -> tuple[Any, ...]:
        """Returns records for a self-contained schema, the same for the same arguments; boundary values first."""
        ...

    def recorded(self, schema: str, text: str) -> tuple[Any, ...]:
        """Returns the records that a text of JSON holds and that fit a self-contained schema, as values to encode."""
        ...

    def fitted(self, schemas: Sequence[str], text: str) -> Fitted:
        """Returns how many records a text of JSON holds, and why some fit none of the self-contained schemas, oldest first."""
        ...

    @property
    def container_suffixes(self) -> tuple[str, ...]:
        """How the names of files end that hold records together with the schema that they were written with."""
        ...

    def container_schema(self, data: bytes) -> str:
        """Returns the schema that a container file was written with, as text; raises Undecodable."""
        ...

    def container_records(self, data: bytes, schema: str) -> Iterator[Any]:
        """Yields a bounded number of a container's first records, as values to encode; raises Undecodable where one is damaged.

        `schema` is self-contained, and has the fingerprint of the one that the file was written with.
        """
        ...

    def edit(self, text: str, edits: Sequence[SchemaEdit]) -> str:
        """Splices edits into a file's text, touching nothing else; raises SchemaUnreadable where one does not fit."""
        ...


class Mapper(Protocol):
    """Reads a tree into the map of its pipeline."""

    def map(self, tree: Tree, settings: Settings) -> PipelineMap: ...


class ImpactOf(Protocol):
    """Finds what an operation touches."""

    def __call__(self, operation: Operation, pipeline: PipelineMap) -> Impact: ...


class ImpactFinder(Protocol):
    """Ranks the files that people will have to touch for a change, as far as one commit and its past tell."""

    def __call__(self, asked: Sequence[AskedChange]) -> ImpactList: ...


class ImpactRanker(Protocol):
    """Ranks them for operations on a map that was read: the same answer, and what the map knows of other repositories."""

    def __call__(self, impacts: Mapping[Operation, Impact], pipeline: PipelineMap) -> ImpactList: ...


class Strategy(Protocol):
    """One family of ways to make a change: a pure function of operation, impact and map."""

    def __call__(
        self, operation: Operation, impact: Impact, pipeline: PipelineMap
    ) -> tuple[Alternative | NotOffered, ...]: ...


class Planner(Protocol):
    """Finds alternatives for a request."""

    def plan(self, request: ChangeRequest, impacts: tuple[Impact, ...], pipeline: PipelineMap) -> Plan: ...


class Model(Protocol):
    """A server of the Messages API. Nothing that it answers is trusted: whoever asks checks the answer."""

    @property
    def name(self) -> str:
        """The model that is asked for."""
        ...

    @property
    def server(self) -> str:
        """The host that requests go to, without credentials; "recorded" where answers come from a recording, "hand-written"
        where somebody wrote one."""
        ...

    @property
    def forces_by_name(self) -> bool:
        """Tells whether a forced tool may stand beside others; elsewhere the name is dropped, so it must stand alone."""
        ...

    def ask(self, call: Call, seconds: float) -> Reply:
        """Asks once, within the seconds; raises ModelFailed with what the person can do about it."""
        ...

    def reply(self, raw: str) -> Reply:
        """Returns the reply that an earlier answer was, by its `raw`: what is known already is not asked again."""
        ...

    def request(self, call: Call) -> str:
        """Returns the body that `ask` sends for a call, as canonical JSON."""
        ...

    def cost_dollars(self, usage: Usage) -> float | None:
        """Returns what tokens cost by the prices that the user set, None where none are set."""
        ...


class Prompts(Protocol):
    """The prompts by id."""

    def __call__(self, id: str) -> Prompt:
        """Returns the prompt of that id; raises WrongUsage for one that is missing or not well made."""
        ...


@dataclass(frozen=True, slots=True)
class ModelKit:
    """A model that is on, the prompts that it is asked by, and what it may cost for one proposal."""

    model: Model
    prompts: Prompts
    limits: ModelLimits


class Compiler(Protocol):
    """Turns an alternative into a patch for each of its phases, in memory."""

    def compile(self, alternative: Alternative, tree: Tree) -> tuple[Patch, ...] | Refused: ...

    def fitted(self, alternative: Alternative, tree: Tree) -> Alternative:
        """Returns the alternative with each code edit that can't be made here left to a person, as a step by hand."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """What a check judges: one alternative, its patches, and the map before and after each phase.

    `cases` are those that somebody made up to refute it; only `checks.challenge` looks at them.
    """

    request: ChangeRequest
    base: PipelineMap
    impacts: tuple[Impact, ...]
    alternative: Alternative
    patches: tuple[Patch, ...]
    states: tuple[PipelineMap, ...]
    refused: Refused | None = None
    impacted: ImpactList | None = None
    cases: tuple[FailingCase, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What applying a patch in a scratch tree and taking it back did, file by file, byte by byte."""

    applied: bool
    after_equal: bool
    reversed_equal: bool
    message: str


class Scratch(Protocol):
    """A throw-away repository beside the user's, which never sees the user's git directory for writing."""

    def round_trip(self, patch: Patch) -> RoundTrip: ...


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ran: `stopped_by` names the limit that ended it, "" where it ended by itself."""

    exit_code: int
    output: str
    took_seconds: float
    stopped_by: str


class Sandbox(Protocol):
    """Runs the repository's own commands in an exported copy of the tree, without network."""

    @property
    def isolation(self) -> str:
        """Names the isolation ("bubblewrap 0.8.0"), or is "" where there is none: then nothing is run."""
        ...

    def run(self, command: str, patches: tuple[Patch, ...], request: ChangeRequest) -> Ran: ...


@dataclass(frozen=True, slots=True)
class Bench:
    """The tools that a check may use."""

    tree: Tree
    formats: Mapping[str, SchemaFormat]
    scratch: Scratch
    sandbox: Sandbox


class Check(Protocol):
    """One question about an alternative. Equal cases and tools give equal evidence."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    def run(self, case: Case, bench: Bench) -> Evidence: ...


class ProposalStore(Protocol):
    """Where proposals live; appending is atomic, and one process at a time advances a proposal."""

    def ids(self) -> tuple[str, ...]: ...

    def records(self, id: str) -> tuple[Record, ...]:
        """Returns all whole records; raises WrongUsage for an unknown id, ProposalCorrupt where the chain is broken."""
        ...

    def append(self, id: str, body: Body) -> Record:
        """Appends one record, on disk before this returns; raises SurroundingsFailed where that fails."""
        ...
