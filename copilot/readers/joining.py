"""One map of several repositories: the own one, and clones' maps that were moved to the names that they have here."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import replace

from copilot.domain.clones import Clone
from copilot.domain.pipeline import Certainty, FieldUse, Link, PipelineMap, Retention
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import Gap
from copilot.domain.twins import topics_of
from copilot.readers.subject_groups import is_alike

_RANKS: dict[Certainty, int] = {"certain": 0, "likely": 1, "possible": 2}


def joined(
    own: PipelineMap, others: Sequence[PipelineMap], clones: Iterable[Clone], gaps: Iterable[Gap]
) -> PipelineMap:
    """Returns the whole map; it is at the own one's commit, and counts the own one's files.

    A schema that a clone holds too becomes a copy of the own subject of that name. What each place says stays as certain as it
    was read; where two readings tell the same link or use, the more certain one counts.
    """
    clones = tuple(sorted(clones, key=lambda clone: clone.name))
    submodules = {posixpath.normpath(clone.path) for clone in clones if clone.commit}
    whole = replace(
        own,
        subjects=_subjects([own, *others]),
        endpoints=tuple(sorted({one for it in (own, *others) for one in it.endpoints})),
        jobs=tuple(sorted((one for it in (own, *others) for one in it.jobs), key=lambda job: job.name)),
        deployments=tuple(
            sorted(
                (one for it in (own, *others) for one in it.deployments),
                key=lambda one: (one.job, one.name, one.span, one.settings),
            )
        ),
        links=_links(one for it in (own, *others) for one in it.links),
        uses=_uses(one for it in (own, *others) for one in it.uses),
        blind_spots=tuple(
            sorted(
                (one for it in (own, *others) for one in it.blind_spots),
                key=lambda spot: (spot.job, spot.span, spot.reason, spot.subjects),
            )
        ),
        # A submodule that is read as a clone is no gap.
        gaps=tuple(
            sorted({*gaps, *(one for it in (own, *others) for one in it.gaps if one.span.path not in submodules)})
        ),
        clones=clones,
        retentions=_retentions(own, *others),
        samples=own.samples,
        sinks=tuple(sorted({one for it in (own, *others) for one in it.sinks})),
    )
    return replace(whole, subjects=tuple(_with_drifted(one, whole) for one in whole.subjects))


def _subjects(maps: Iterable[PipelineMap]) -> tuple[SchemaSubject, ...]:
    found: dict[str, SchemaSubject] = {}
    for pipeline in maps:
        for subject in pipeline.subjects:
            first = found.get(subject.name)
            found[subject.name] = subject if first is None else _with_copies(first, subject)
    return tuple(found[name] for name in sorted(found))


def _with_copies(subject: SchemaSubject, other: SchemaSubject) -> SchemaSubject:
    """Returns the subject with the places of another one among its copies."""
    return replace(
        subject,
        copies=tuple(dict.fromkeys((*subject.copies, other.latest.source, *other.copies))),
        copy_versions=tuple(dict.fromkeys((*subject.copy_versions, other.latest, *other.copy_versions))),
    )


def _with_drifted(subject: SchemaSubject, whole: PipelineMap) -> SchemaSubject:
    """Returns the subject with copies of it in clones that have drifted, where no topics tell the two apart.

    Of two clones the first by name counts as the original.
    """
    for other in whole.subjects:
        is_copy = whole.clone_of(other.name) > whole.clone_of(subject.name)
        if not is_copy or other.format != subject.format or not is_alike(subject.latest, other.latest):
            continue
        if not (topics_of(subject, whole) and topics_of(other, whole)):
            subject = _with_copies(subject, replace(other, copies=(), copy_versions=()))
    return subject


def _retentions(*maps: PipelineMap) -> tuple[Retention, ...]:
    """Returns what is said of each topic, by the first who says it."""
    said = {one.topic: one for pipeline in reversed(maps) for one in pipeline.retentions}
    return tuple(said[topic] for topic in sorted(said))


def _links(links: Iterable[Link]) -> tuple[Link, ...]:
    best: dict[tuple[object, ...], Link] = {}
    for link in sorted(links, key=lambda link: (_RANKS[link.certainty], link.proof)):
        best.setdefault((link.job, link.endpoint, link.direction, link.subject), link)
    return tuple(sorted(best.values(), key=lambda link: (link.job, link.direction, link.endpoint, link.subject or "")))


def _uses(uses: Iterable[FieldUse]) -> tuple[FieldUse, ...]:
    best: dict[tuple[object, ...], FieldUse] = {}
    for use in sorted(uses, key=lambda use: _RANKS[use.certainty]):
        best.setdefault((use.job, use.subject, use.path, use.mode, use.span, use.offset), use)
    ordered = sorted(
        best.values(), key=lambda use: (use.subject, use.path, use.span.path, use.offset, use.job, use.mode)
    )
    return tuple(ordered)
