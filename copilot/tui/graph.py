"""The map as a graph to look at: its nodes with their words, its arrows, and the parts of it that a person asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from copilot.domain.audit import AuditFinding
from copilot.domain.clones import EXTERNAL, clone_in
from copilot.domain.pipeline import Certainty, Endpoint, Job, Link, PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.domain.sinks import Sink
from copilot.reasons.words import counted, listed

NodeKind = Literal["job", "endpoint", "sink", "schema"]
Look = Literal["plain", "unknown", "foreign"]
Thing = Job | Endpoint | Sink | SchemaSubject

_RANKS: Mapping[Certainty, int] = {"certain": 0, "likely": 1, "possible": 2}


@dataclass(frozen=True, slots=True)
class Node:
    """What one box stands for. `title` says what it is, `name` and `note` are its two lines.

    `searched` is all that a search finds it by, in lower case. `subjects` are the schemas that it carries, reads or writes.
    """

    id: str
    kind: NodeKind
    look: Look
    title: str
    name: str
    note: str
    subjects: tuple[str, ...] = ()
    searched: str = ""
    finding_count: int = 0
    is_proposed: bool = False

    @property
    def marks(self) -> str:
        """Returns what there is to see about it: "!" and how many findings, "*" where a proposal is about it."""
        return " ".join([f"!{self.finding_count}"] * bool(self.finding_count) + ["*"] * self.is_proposed)


@dataclass(frozen=True, slots=True)
class Edge:
    """Records go from `source` to `target` (ids of nodes); the certainty is that of the surest link."""

    source: str
    target: str
    certainty: Certainty = "certain"


@dataclass(frozen=True)
class Graph:
    """Nodes in the order of the map, and one edge for each pair that data goes between."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    things: Mapping[str, Thing] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def downstream(self) -> Mapping[str, tuple[str, ...]]:
        """For each node those that it sends to."""
        return _grouped((edge.source, edge.target) for edge in self.edges)

    @cached_property
    def upstream(self) -> Mapping[str, tuple[str, ...]]:
        """For each node those that send to it."""
        return _grouped((edge.target, edge.source) for edge in self.edges)

    @cached_property
    def part_of(self) -> Mapping[str, int]:
        """For each node the number of the part that it hangs together with."""
        parts: dict[str, int] = {}
        for node in self.nodes:
            waiting = [] if node.id in parts else [node.id]
            number = len(parts)
            while waiting:
                one = waiting.pop()
                if parts.setdefault(one, number) == number:
                    beside = (*self.downstream.get(one, ()), *self.upstream.get(one, ()))
                    waiting += [other for other in beside if other not in parts]
        return parts

    @cached_property
    def landmark(self) -> str:
        """The node to begin at where not all can be seen at once: most findings, else most arrows; "" where there is none."""

        def weight(node: Node) -> tuple[int, int]:
            arrows = len(self.downstream.get(node.id, ())) + len(self.upstream.get(node.id, ()))
            return node.finding_count, arrows

        return max(self.nodes, key=weight).id if self.nodes else ""

    def around(self, id: str, steps: int | None) -> frozenset[str]:
        """Returns the node and what is at most so many arrows up or down the stream from it; None follows them to their ends.

        A step never turns round: who else reads the same topic is neither up nor down the stream, unless one step asks for it.
        """
        return self._reached(id, self.downstream, steps) | self._reached(id, self.upstream, steps)

    def _reached(self, id: str, following: Mapping[str, tuple[str, ...]], steps: int | None) -> frozenset[str]:
        reached, newest = {id}, [id]
        while newest and (steps is None or steps > 0):
            newest = [other for one in newest for other in following.get(one, ()) if other not in reached]
            reached.update(newest)
            steps = None if steps is None else steps - 1
        return frozenset(reached)

    def matching(self, words: str) -> tuple[str, ...]:
        """Returns the nodes that have every one of the words somewhere, in the order of the graph."""
        wanted = words.lower().split()
        return tuple(node.id for node in self.nodes if all(word in node.searched for word in wanted))

    def beside(self, ids: Iterable[str]) -> frozenset[str]:
        """Returns the nodes and what is one arrow away from them."""
        return frozenset(other for id in ids for other in self.around(id, 1))

    def only(self, ids: frozenset[str]) -> Graph:
        """Returns the part that these nodes and the edges between them are."""
        return Graph(
            tuple(node for node in self.nodes if node.id in ids),
            tuple(edge for edge in self.edges if edge.source in ids and edge.target in ids),
            self.things,
        )


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}


def job_id(name: str) -> str:
    """Returns the id of a job's node."""
    return f"job:{name}"


def endpoint_id(endpoint: Endpoint) -> str:
    """Returns the id of an endpoint's node."""
    return f"{endpoint.kind}:{endpoint.name}:{endpoint.variable}"


def graph_of(pipeline: PipelineMap, findings: Iterable[AuditFinding] = (), proposed: Iterable[str] = ()) -> Graph:
    """Returns the graph of a map. `proposed` are the subjects that open proposals are about.

    Schemas that no job is known to read or write stand in it alone, so that a repository of schemas isn't empty.
    """
    subjects = _subjects_of(pipeline.links)
    things: dict[str, Thing] = {
        **{endpoint_id(it): it for it in pipeline.endpoints},
        **{job_id(it.name): it for it in pipeline.jobs},
        **{f"sink:{it.name}": it for it in pipeline.sinks},
        **{
            f"schema:{it.name}": it
            for it in pipeline.subjects
            if not any(it.name in known for known in subjects.values())
        },
    }
    nodes = _Nodes(pipeline, subjects, tuple(findings), frozenset(proposed))
    edges: dict[tuple[str, str], Certainty] = {}
    for source, target, certainty in _arrows(pipeline, subjects):
        known = edges.get((source, target), certainty)
        edges[source, target] = min(known, certainty, key=_RANKS.__getitem__)
    return Graph(
        tuple(nodes.node(id, thing) for id, thing in things.items()),
        tuple(Edge(*ends, certainty) for ends, certainty in sorted(edges.items())),
        things,
    )


def _subjects_of(links: Iterable[Link]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for link in links:
        for id in (job_id(link.job), endpoint_id(link.endpoint)):
            if link.subject:
                found[id][link.subject] = None
    return {id: tuple(names) for id, names in found.items()}


def _arrows(pipeline: PipelineMap, subjects: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str, Certainty]]:
    for link in pipeline.links:
        ends = (job_id(link.job), endpoint_id(link.endpoint))
        yield (*(ends if link.direction == "produces" else ends[::-1]), link.certainty)
    for sink in pipeline.sinks:
        for endpoint in pipeline.endpoints:
            id = endpoint_id(endpoint)
            if endpoint.name == sink.topic if sink.topic else sink.subject in subjects.get(id, ()):
                yield id, f"sink:{sink.name}", "certain"


class _Nodes:
    """Makes nodes: what their boxes say of the things of one map."""

    def __init__(
        self,
        pipeline: PipelineMap,
        subjects: Mapping[str, tuple[str, ...]],
        findings: tuple[AuditFinding, ...],
        proposed: frozenset[str],
    ) -> None:
        self._pipeline = pipeline
        self._subjects = subjects
        self._findings = findings
        self._proposed = proposed
        self._short = short_names(name for names in subjects.values() for name in names)
        self._deployments = _grouped((it.job, it.name) for it in pipeline.deployments)
        self._fields = {it.name: tuple(field.path for field in it.latest.fields) for it in pipeline.subjects}
        self._paths = {it.name: it.latest.source.span.path for it in pipeline.subjects}

    def node(self, id: str, thing: Thing) -> Node:
        subjects = self._subjects.get(id, ())
        match thing:
            case Job():
                kind, look, title, name, note = self._job(thing)
                more = [thing.root, thing.owner, *self._deployments.get(thing.name, ())]
            case Endpoint():
                known = bool(thing.name)
                kind, look = "endpoint", "plain" if known else "unknown"
                title, name, note = (
                    thing.kind,
                    str(thing),
                    listed(self._short[it] for it in subjects) or "schema unknown",
                )
                more = [thing.variable]
            case Sink():
                kind, look, title, name, note = (
                    "sink",
                    "foreign",
                    f"{thing.loader} table",
                    thing.name,
                    "told by copilot.toml",
                )
                more, subjects = [thing.owner], (thing.subject,) if thing.subject else ()
            case SchemaSubject():
                subjects = (thing.name,)
                kind, look, title, name = "schema", "plain", f"{thing.format} schema", thing.name
                note, more = "no job known", []
        about = [word for it in subjects for word in (it, self._paths.get(it, ""), *self._fields.get(it, ()))]
        searched = "\n".join([name, title, note, *more, *about]).lower()
        return Node(id, kind, look, title, name, note, subjects, searched, *self._seen(thing, subjects))

    def _job(self, job: Job) -> tuple[NodeKind, Look, str, str, str]:
        # One that is told in a template and in its values is one all the same.
        copies = len({*self._deployments.get(job.name, ())})
        note = counted(copies, "deployment") if copies else job.root
        if not self._pipeline.is_foreign(job.name):
            return "job", "plain", "job", job.name, note
        clone, name = clone_in(job.name), job.name.partition(":")[2]
        if clone == EXTERNAL:
            return "job", "foreign", "consumer elsewhere", name, job.owner or "told by copilot.toml"
        return "job", "foreign", f"job in {clone}", name, note

    def _seen(self, thing: Thing, subjects: tuple[str, ...]) -> tuple[int, bool]:
        """Returns how many findings are about a thing, and whether a proposal is."""
        found = sum(is_about(it, thing, subjects) for it in self._findings)
        return found, not isinstance(thing, Job) and not self._proposed.isdisjoint(subjects)


def is_about(finding: AuditFinding, thing: Thing, subjects: Iterable[str]) -> bool:
    """Tells whether a finding concerns a thing: it names the job or topic, or the schema of a topic and no job."""
    if isinstance(thing, Job):
        return finding.job == thing.name
    if isinstance(thing, Endpoint) and finding.topic:
        return finding.topic == thing.name
    return bool(finding.subject) and finding.subject in subjects


def short_names(subjects: Iterable[str]) -> Mapping[str, str]:
    """Returns for each subject the end of its name, by whole folders, that no other subject's name ends with."""
    names = dict.fromkeys(subjects)
    tails: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for tail in _tails(name):
            tails[tail].add(name)
    return {name: next(it for it in _tails(name) if it == name or len(tails[it]) == 1) for name in names}


def _tails(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[at:]) for at in range(len(parts) - 1, -1, -1)]
