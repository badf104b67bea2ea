"""What are the names of a clone's map in the map of this repository? Places and jobs get the clone's name before them.

A subject is the repository's own where both hold one schema: the same record by its full name, in the same format and with the
same meaning. Any other subject of a clone stands by itself, under the clone's name. Topics are one by their name, wherever they are
used; an endpoint that only the running system knows, and a file at a relative path, belong to one repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from copilot.domain.clones import Clone, clone_in, elsewhere
from copilot.domain.pipeline import Endpoint, FieldUse, Link, PipelineMap
from copilot.domain.schema import SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Gap, Span
from copilot.readers.beyond import Beyond


def names_of(pipeline: PipelineMap, clone: str, others: Iterable[SchemaSubject]) -> dict[str, str]:
    """Returns the name here of each subject of a clone's map; `others` are subjects under the names that they have here."""
    known: dict[tuple[str, str, str], str] = {}
    for other in others:
        known.setdefault(_identity(other), other.name)
    return {
        subject.name: known.get(_identity(subject), elsewhere(clone, subject.name)) for subject in pipeline.subjects
    }


def moved(pipeline: PipelineMap, clone: Clone, names: Mapping[str, str]) -> PipelineMap:
    """Returns a clone's map as it reads from here; `names` are its subjects' (`names_of`), objectives are left out."""

    def job(name: str) -> str:
        return elsewhere(clone.name, name) if name else ""

    def subject(name: str) -> str:
        return names.get(name) or _given(name, clone.name)

    def span(one: Span) -> Span:
        return replace(one, path=elsewhere(clone.name, one.path))

    def endpoint(one: Endpoint) -> Endpoint:
        return _endpoint(one, clone.name)

    return PipelineMap(
        commit=pipeline.commit,
        subjects=tuple(_subject(one, subject, span) for one in pipeline.subjects),
        endpoints=tuple(endpoint(one) for one in pipeline.endpoints),
        jobs=tuple(
            replace(one, name=job(one.name), root=elsewhere(clone.name, one.root), owner=one.owner or clone.owner)
            for one in pipeline.jobs
        ),
        deployments=tuple(replace(one, job=job(one.job), span=span(one.span)) for one in pipeline.deployments),
        links=tuple(
            replace(
                one,
                job=job(one.job),
                endpoint=endpoint(one.endpoint),
                subject=subject(one.subject) if one.subject else None,
                proof=tuple(map(span, one.proof)),
            )
            for one in pipeline.links
        ),
        uses=tuple(_use(one, job, subject, span) for one in pipeline.uses),
        blind_spots=tuple(
            replace(one, job=job(one.job), span=span(one.span), subjects=tuple(map(subject, one.subjects)))
            for one in pipeline.blind_spots
        ),
        objectives=(),
        gaps=tuple(Gap(span(one.span), one.reason) for one in pipeline.gaps),
        files_read=pipeline.files_read,
        retentions=tuple(replace(one, span=span(one.span)) for one in pipeline.retentions),
        sinks=tuple(
            replace(one, name=job(one.name), subject=subject(one.subject) if one.subject else "", span=span(one.span))
            for one in pipeline.sinks
        ),
    )


def given_to(beyond: Beyond, names: Mapping[str, str]) -> Beyond:
    """Returns what is written elsewhere under the names by which a clone's own reading knows it; `moved` takes them back."""
    inside = {name: local for local, name in reversed(list(names.items()))}

    def local(name: str) -> str:
        return inside.get(name) or (name if clone_in(name) else elsewhere("", name))

    return Beyond(
        tuple(replace(subject, name=local(subject.name)) for subject in beyond.subjects if subject.name not in inside),
        tuple(_renamed(link, local) for link in beyond.links),
        tuple((path, local(name)) for path, name in beyond.files),
    )


def _renamed(link: Link, local: Callable[[str], str]) -> Link:
    return replace(link, subject=local(link.subject or ""))


def _given(name: str, clone: str) -> str:
    """Returns the name here of a subject that was given to the clone's reading, or of its own where it is new there."""
    head, colon, rest = name.partition(":")
    return rest if colon and not head else name if clone_in(name) else elsewhere(clone, name)


def _identity(subject: SchemaSubject) -> tuple[str, str, str]:
    return subject.format, subject.latest.name, subject.latest.meaning


def _subject(one: SchemaSubject, name: Callable[[str], str], span: Callable[[Span], Span]) -> SchemaSubject:
    own = name(one.name)
    source = one.level_source if one.level_source == "assumed" else span(Span(one.level_source, 1, 1)).path
    return replace(
        one,
        name=own,
        level_source=source,
        versions=tuple(_version(version, own, span) for version in one.versions),
        copies=tuple(_source(copy, span) for copy in one.copies),
        copy_versions=tuple(_version(version, own, span) for version in one.copy_versions),
    )


def _version(version: SchemaVersion, subject: str, span: Callable[[Span], Span]) -> SchemaVersion:
    fields = tuple(replace(field, span=span(field.span)) for field in version.fields)
    return replace(version, subject=subject, fields=fields, source=_source(version.source, span))


def _source(source: SchemaSource, span: Callable[[Span], Span]) -> SchemaSource:
    place = span(source.span)
    return replace(source, path=span(Span(source.path, 1, 1)).path, span=place)


def _use(
    one: FieldUse, job: Callable[[str], str], subject: Callable[[str], str], span: Callable[[Span], Span]
) -> FieldUse:
    return replace(one, job=job(one.job), subject=subject(one.subject), span=span(one.span))


def _endpoint(endpoint: Endpoint, clone: str) -> Endpoint:
    if not endpoint.name:
        return replace(endpoint, variable=elsewhere(clone, endpoint.variable) if endpoint.variable else "")
    is_local = endpoint.kind == "file" and not endpoint.name.startswith("/") and "://" not in endpoint.name
    return replace(endpoint, name=elsewhere(clone, endpoint.name)) if is_local else endpoint
