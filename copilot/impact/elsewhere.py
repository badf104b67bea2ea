"""Which places beyond the repository does a change reach? What the joined map knows: uses, texts of the schema, readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from copilot.domain.impacted import ElsewhereFile, ImpactList
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.source import Span
from copilot.domain.twins import places_of

_VERBS = {"passes": "passes on", "keys": "keys by", "compares": "compares", "computes": "computes with"}


def with_elsewhere(found: ImpactList, impacts: Iterable[Impact], pipeline: PipelineMap) -> ImpactList:
    """Returns the answer with what the map knows of other repositories, nothing where none is known."""
    return replace(found, elsewhere=_files_elsewhere(impacts, pipeline))


def _files_elsewhere(impacts: Iterable[Impact], pipeline: PipelineMap) -> tuple[ElsewhereFile, ...]:
    """Returns the files of clones and outside consumers that the changes reach, sorted by path."""
    found: dict[str, list[tuple[Span, str]]] = {}
    for impact in impacts:
        for span, reason in _places(impact, pipeline):
            found.setdefault(span.path, []).append((span, reason))
    return tuple(
        ElsewhereFile(
            path,
            tuple(sorted({span for span, _ in found[path]})),
            tuple(dict.fromkeys(reason for _, reason in found[path])),
            _owner(path, pipeline),
        )
        for path in sorted(found)
    )


def _places(impact: Impact, pipeline: PipelineMap) -> Iterator[tuple[Span, str]]:
    for use in impact.uses:
        if pipeline.is_foreign(use.span.path):
            doubt = "" if use.certainty == "certain" else f", {use.certainty}"
            yield use.span, f"{_VERBS.get(use.mode, use.mode)} {use.path}{doubt}{', in a test' if use.is_test else ''}"
    for source in places_of(pipeline.subject(impact.subject), pipeline):
        if pipeline.is_foreign(source.path):
            yield source.span, "holds the schema"
    known = {use.job for use in impact.uses}
    for link in (*impact.producers, *impact.consumers):
        if link.proof and link.job not in known and pipeline.is_foreign(link.job):
            yield link.proof[0], f"{link.job} {link.direction} {impact.subject}, uses of fields not known"


def _owner(path: str, pipeline: PipelineMap) -> str:
    clone = pipeline.clone_of(path)
    owners = [it.owner for it in pipeline.clones if clone and it.name == clone]
    owners += [it.owner for it in pipeline.consumers if it.schema == path]
    return next(iter(owners), "")
