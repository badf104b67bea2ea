"""Which subjects are one schema in several places? A service's own copy that drifted stands as a subject beside the shared one.

Two subjects are twins when their outermost types have one full name and they meet: one lists the other's text among its copies,
or both are seen on one topic, one of them perhaps only possibly. Subjects that are seen on topics of their own only are different
streams, whatever they are called, and a schema that code makes out of another one follows that one by itself.
"""

from __future__ import annotations

from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaSource, SchemaSubject


def twins_of(subject: SchemaSubject, pipeline: PipelineMap) -> tuple[SchemaSubject, ...]:
    """Returns the subject's twins, in the map's order, without itself."""
    return tuple(
        other
        for other in pipeline.subjects
        if other.name != subject.name and other.latest.name == subject.latest.name and _meet(subject, other, pipeline)
    )


def places_of(subject: SchemaSubject, pipeline: PipelineMap) -> tuple[SchemaSource, ...]:
    """Returns every place that holds the schema: its own text first, then copies and twins, each once.

    A copy that stands as a subject of another stream is left out.
    """
    twins = twins_of(subject, pipeline)
    family = {subject.name, *(twin.name for twin in twins)}
    strangers = {other.latest.source for other in pipeline.subjects if other.name not in family}
    sources = [subject.latest.source, *subject.copies]
    for twin in twins:
        sources += [twin.latest.source, *twin.copies]
    return tuple(dict.fromkeys(source for source in sources if source not in strangers))


def main_twin(subject: SchemaSubject, pipeline: PipelineMap) -> SchemaSubject:
    """Returns the one that a person means by the common name: the repository's own, a file, outside of every job, written.

    What lies inside a job and is written by nobody is a reader's copy, and comes after a literal in code that is written.
    """
    roots = [job.root.rstrip("/") + "/" for job in pipeline.jobs if job.root not in ("", ".")]

    def rank(one: SchemaSubject) -> tuple[bool, bool, bool, bool, bool, int, str]:
        source = one.latest.source
        is_inside = any(source.path.startswith(root) for root in roots)
        is_unwritten = not pipeline.links_of(one.name, "produces")
        is_foreign = pipeline.is_foreign(source.path)
        is_readers = is_inside and is_unwritten
        return (is_foreign, is_readers, source.host != "file", is_inside, is_unwritten, len(one.name), one.name)

    return min((subject, *twins_of(subject, pipeline)), key=rank)


def topics_of(subject: SchemaSubject, pipeline: PipelineMap) -> set[str]:
    """Returns the names of the topics that the subject certainly or likely is on."""
    return {
        link.endpoint.name
        for link in pipeline.links
        if link.subject == subject.name and link.endpoint.name and link.certainty != "possible"
    }


def _meet(one: SchemaSubject, other: SchemaSubject, pipeline: PipelineMap) -> bool:
    if one.latest.is_derived or other.latest.is_derived:
        return False
    own, others = topics_of(one, pipeline), topics_of(other, pipeline)
    if own and others:
        return bool(own & others)
    if (own or others) and (own or _seen_on(one, pipeline)) & (others or _seen_on(other, pipeline)):
        return True
    return other.latest.source in one.copies or one.latest.source in other.copies


def _seen_on(subject: SchemaSubject, pipeline: PipelineMap) -> set[str]:
    """Returns the topics that the subject may be on, as when one job reads several with several schemas."""
    return {link.endpoint.name for link in pipeline.links if link.subject == subject.name and link.endpoint.name}
