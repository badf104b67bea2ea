"""What is known of one node of the map, as text with its proof: who reads and writes, as what, and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from copilot.domain.audit import AuditFinding
from copilot.domain.pipeline import Deployment, Endpoint, FieldUse, Job, Link, PipelineMap
from copilot.domain.proposal import Proposal
from copilot.domain.schema import SchemaSubject
from copilot.domain.sinks import Sink
from copilot.reasons.version_words import type_words
from copilot.reasons.words import asked_words, counted, decoder_words
from copilot.tui.evidence import FINDING_STYLES
from copilot.tui.graph import Graph, Thing, is_about
from copilot.tui.hanging import hanging
from copilot.tui.plain import plain

CLOSED = ("rejected", "applied", "undone")
Lines = Iterator[Content]


@dataclass(frozen=True, slots=True)
class Known:
    """All that the map pane shows: the map, what was found in it, and the proposals."""

    pipeline: PipelineMap
    findings: tuple[AuditFinding, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def proposed(self) -> tuple[str, ...]:
        """Returns the subjects that open proposals are about."""
        return tuple(dict.fromkeys(name for it in self.proposals if is_open(it) for name in subjects_of(it)))


def is_open(proposal: Proposal) -> bool:
    """Tells whether a person may still do something with the proposal."""
    return proposal.state not in CLOSED


def subjects_of(proposal: Proposal) -> tuple[str, ...]:
    """Returns the subjects that a proposal is about."""
    return tuple(dict.fromkeys(it.subject for it in proposal.request.operations if it.subject))


def node_text(known: Known, graph: Graph, id: str) -> Content:
    """Returns all that is known of a node."""
    node, thing = graph.by_id[id], graph.things[id]
    lines = [Content.assemble(plain(f"{node.title}  ", "dim"), plain(node.name, "bold"))]
    match thing:
        case Job():
            lines += _job(known.pipeline, thing)
        case Endpoint():
            lines += _endpoint(known.pipeline, thing, node.subjects)
        case Sink():
            lines += [plain(f"loaded from {thing.topic or thing.subject} by {thing.loader}, says {thing.span}")]
            lines += _owner(thing.owner)
        case SchemaSubject():
            lines += [plain("No job is known to read or write it.", "$text-warning")]
            lines += [plain("Its jobs may lie in another repository: name its clone in copilot.toml, [clones.NAME].")]
    lines += [
        line for name in node.subjects for line in _subject(known.pipeline, name, is_whole=not isinstance(thing, Job))
    ]
    lines += _told(known, thing, node.subjects)
    return hanging(lines)


def node_line(graph: Graph, id: str) -> str:
    """Returns one line about a node that holds its names in full."""
    node = graph.by_id[id]
    ways = (len(graph.upstream.get(id, ())), len(graph.downstream.get(id, ())))
    arrows = f"{ways[0]} in, {ways[1]} out" if any(ways) else "no arrow"
    subjects = ", ".join(node.subjects)
    return "  ".join(
        part for part in (node.title, node.name, subjects and f"schema {subjects}", arrows, node.marks) if part
    )


def _section(title: str, lines: Iterable[Content]) -> Lines:
    """Yields a titled block after an empty line, nothing where it is empty."""
    shown = list(lines)
    if shown:
        yield Content("")
        yield plain(title, "bold")
        yield from shown


def _owner(owner: str) -> Lines:
    if owner:
        yield plain(f"owner {owner}")


def _job(pipeline: PipelineMap, job: Job) -> Lines:
    told = next((it for it in pipeline.consumers if it.job == job.name), None)
    yield plain(f"told by {told.span}" if told else f"in {job.root}")
    yield from _owner(job.owner)
    links = [link for link in pipeline.links if link.job == job.name]
    for title, direction in (("Reads", "consumes"), ("Writes", "produces")):
        yield from _section(
            title, _links((it, f"{it.endpoint.kind} {it.endpoint}") for it in links if it.direction == direction)
        )
    if not links:
        yield Content("")
        yield plain("No topic, table or file is known that it reads or writes.", "$text-warning")
        yield plain("The gaps (key g) may say why; a name that is only set where it runs is not read.")
    yield from _section("Deployments", _deployments(it for it in pipeline.deployments if it.job == job.name))
    yield from _section("Fields", _uses(it for it in pipeline.uses if it.job == job.name and not it.is_test))
    spots = [it for it in pipeline.blind_spots if it.job == job.name]
    yield from _section("Fields by names that can't be read", (plain(f"{it.span}  {it.reason}") for it in spots))


def _endpoint(pipeline: PipelineMap, endpoint: Endpoint, subjects: Sequence[str]) -> Lines:
    if not endpoint.name:
        yield plain(
            f"Its name is set by {endpoint.variable or 'something outside of this repository'}.", "$text-warning"
        )
    retention = pipeline.retention_of(endpoint.name) if endpoint.kind == "topic" else None
    if retention:
        days = "for ever" if retention.days is None else f"{retention.days:g} days"
        yield plain(f"keeps records {days}, says {retention.span}")
    links = [link for link in pipeline.links if link.endpoint == endpoint]
    for title, direction, nobody in (
        ("Written by", "produces", "No writer was found here."),
        ("Read by", "consumes", "No reader was found here."),
    ):
        shown = list(_links((it, it.job) for it in links if it.direction == direction))
        hint = "One that lies elsewhere can be told to copilot.toml, [clones.NAME] or [consumers.NAME]."
        yield from _section(title, shown or [plain(nobody, "$text-warning"), plain(hint, "dim")])
    if not subjects:
        yield Content("")
        yield plain("The schema of what it carries is not known.", "$text-warning")


def _links(links: Iterable[tuple[Link, str]]) -> Lines:
    for link, other in links:
        schema = f"{link.subject} v{link.version}" if link.version else link.subject or "schema unknown"
        yield Content.assemble(plain(other, "$text-accent"), plain(f"  {schema}, {link.certainty}"))
        if link.decoder:
            yield plain(f"  {decoder_words(link.decoder, link.direction == 'consumes')}")
        if link.forwards:
            yield plain("  hands on the bytes that it read")
        if link.deployments:
            yield plain(f"  in {', '.join(link.deployments)}")
        for depth, span in enumerate(link.proof):
            yield plain(f"  {'at' if not depth else 'by'} {span}", "dim")


def _deployments(deployments: Iterable[Deployment]) -> Lines:
    by_name: dict[str, list[Deployment]] = defaultdict(list)
    for one in deployments:
        by_name[one.name].append(one)
    for deployment, told in by_name.items():
        yield plain(deployment, "$text-accent")
        for one in told:
            yield plain(f"  at {one.span}", "dim")
            for name, value in one.settings:
                yield plain(f"  {name} = {value}")


def _uses(uses: Iterable[FieldUse]) -> Lines:
    places: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for use in uses:
        mode = use.mode if use.certainty == "certain" else f"{use.mode}, {use.certainty}"
        places[use.subject, use.path][mode].append(str(use.span))
    for (subject, path), modes in places.items():
        yield Content.assemble(plain(path, "$text-accent"), plain(f"  {subject}", "dim"))
        for mode, spans in modes.items():
            yield plain(f"  {mode}  {', '.join(dict.fromkeys(spans))}")


def _subject(pipeline: PipelineMap, name: str, *, is_whole: bool) -> Lines:
    """Yields the schema; its fields only where `is_whole`."""
    subject = next((it for it in pipeline.subjects if it.name == name), None)
    if subject is None:
        yield from _section(f"Schema {name}", [plain("Its text was not found.", "$text-warning")])
        return
    latest = subject.latest
    versions = counted(len(subject.versions), "version")
    lines = [
        plain(f"{subject.format} {latest.name}, {versions}, keeps {subject.compatibility} ({subject.level_source})"),
        plain(f"at {latest.source.span}", "dim"),
    ]
    if is_whole:
        lines += [
            Content.assemble(plain(f"  {field.path}", "$text-accent"), plain(f"  {type_words(field.type)}"))
            for field in latest.fields
        ]
    yield from _section(f"Schema {name}", lines)


def _told(known: Known, thing: Thing, subjects: Sequence[str]) -> Lines:
    """Yields what others say of a thing: objectives, findings, proposals."""
    names = {*subjects, thing.name}
    objectives = [it for it in known.pipeline.objectives if it.about in names]
    yield from _section("Objectives", (plain(f"{' '.join(it.text.split())}  {it.span}") for it in objectives))
    findings = [it for it in known.findings if is_about(it, thing, subjects)]
    yield from _section("Findings", (line for it in findings for line in _finding(it)))
    proposals = [it for it in known.proposals if is_open(it) and {*subjects_of(it)} & {*subjects}]
    yield from _section(
        "Open proposals", (plain(f"{it.id}  {it.state}  {asked_words(it.request)}") for it in proposals)
    )


def _finding(finding: AuditFinding) -> Lines:
    yield Content.assemble(plain(f"{finding.severity}  ", FINDING_STYLES[finding.severity]), plain(finding.title))
    yield from (plain(f"  {proof.span}  {proof.text}", "dim") for proof in finding.proof)
    yield plain(f"  next: {finding.next}")


def advice(pipeline: PipelineMap) -> tuple[str, ...]:
    """Returns what a person can do so that the map shows more; () where nothing is missing from it."""
    told = []
    if pipeline.uncommitted_count:
        told.append(
            f"{counted(pipeline.uncommitted_count, 'uncommitted change')} not read: commit, or use map --working-tree."
        )
    if not pipeline.jobs and not pipeline.endpoints and not pipeline.subjects:
        told.append(
            f"Nothing was found in {counted(pipeline.files_read, 'file')}: no schema, and no code that reads or writes topics."
        )
        told.append(
            'If this repository holds only a part, name the others in copilot.toml: [clones.NAME] path = "../NAME".'
        )
    elif not pipeline.links:
        told.append("No job is known to read or write anything, so there are no arrows.")
        told.append(
            "Jobs may lie elsewhere (copilot.toml, [clones.NAME] or [consumers.NAME]), or use a library that is not known."
        )
    unknown = sum(not it.name for it in pipeline.endpoints)
    if unknown:
        told.append(
            f"{counted(unknown, 'endpoint')} without a name, which is set only where the job runs. "
            "A default in code or a value in a deployment file would tell it."
        )
    if pipeline.gaps:
        told.append(f"{counted(len(pipeline.gaps), 'place')} could not be read: g shows them.")
    return tuple(told)
