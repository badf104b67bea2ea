"""Which places beyond the repository does a change reach? What the joined map knows, and files of clones that name the field.

What is named without being known to be read (a schema that comes with each record, a topic that only the cluster knows) counts
where other fields of the record that few files name stand there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from copilot.domain.clones import Clone
from copilot.domain.impacted import ElsewhereFile, ImpactList
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.source import Span
from copilot.domain.twins import places_of

Naming = Callable[[Sequence[Clone], Sequence[str]], Mapping[str, Mapping[str, Sequence[int]]]]
"""Tells where files of clones, written NAME:PLACE, hold words: by path and word the lines."""
WORDS_MAX = 40
BESIDE_MIN = 2
TELLING_MAX = 12
"""A name that more files of a clone hold than this tells nothing of the record: `id`, `name`, `status`."""
FILES_MAX = 10
LINES_MAX = 5
_VERBS = {"passes": "passes on", "keys": "keys by", "compares": "compares", "computes": "computes with"}


def with_elsewhere(
    found: ImpactList, impacts: Iterable[Impact], pipeline: PipelineMap, naming: Naming | None = None
) -> ImpactList:
    """Returns the answer with what is known of other repositories, nothing where none is known."""
    return replace(found, elsewhere=_files_elsewhere(impacts, pipeline, naming))


def _files_elsewhere(
    impacts: Iterable[Impact], pipeline: PipelineMap, naming: Naming | None
) -> tuple[ElsewhereFile, ...]:
    """Returns the files of clones and outside consumers that the changes reach, sorted by path."""
    every = tuple(impacts)
    known = _by_path(place for impact in every for place in _places(impact, pipeline))
    named = _by_path(place for impact in every if naming is not None for place in _by_name(impact, pipeline, naming))
    return tuple(
        ElsewhereFile(
            path,
            tuple(sorted({span for span, _ in places})),
            tuple(dict.fromkeys(reason for _, reason in places)),
            _owner(path, pipeline),
            path not in known,
        )
        for path, places in sorted({**named, **known}.items())
    )


def _by_path(places: Iterable[tuple[Span, str]]) -> dict[str, list[tuple[Span, str]]]:
    found: dict[str, list[tuple[Span, str]]] = {}
    for span, reason in places:
        found.setdefault(span.path, []).append((span, reason))
    return found


def _by_name(impact: Impact, pipeline: PipelineMap, naming: Naming) -> Iterator[tuple[Span, str]]:
    """Yields where files of clones name the field, those that name most telling fields of its record, and why."""
    holder, _, field = impact.path.rpartition(".")
    fields = pipeline.subject(impact.subject).latest.fields if impact.subject else ()
    beside = {it.name for it in fields if it.path.rpartition(".")[0] == holder} - {field}
    if not field or not any(it.path == impact.path for it in fields):
        return
    words = [field, *sorted(beside, key=len, reverse=True)[: WORDS_MAX - 1]]
    for clone in pipeline.clones:
        files = naming((clone,), words)
        told = {word for word in beside if sum(word in lines for lines in files.values()) <= TELLING_MAX}
        weights = {path: len(told & lines.keys()) for path, lines in files.items() if field in lines}
        worth = sorted((path for path in weights if weights[path] >= BESIDE_MIN), key=lambda it: (-weights[it], it))
        for path in worth[:FILES_MAX]:
            for line in files[path][field][:LINES_MAX]:
                count = len(beside & files[path].keys())
                yield Span(path, line, line), f"names {field} beside {count} other fields of {impact.subject}"


def _places(impact: Impact, pipeline: PipelineMap) -> Iterator[tuple[Span, str]]:
    for use in impact.uses:
        if pipeline.is_foreign(use.span.path):
            doubt = "" if use.certainty == "certain" else f", {use.certainty}"
            yield use.span, f"{_VERBS.get(use.mode, use.mode)} {use.path}{doubt}{', in a test' if use.is_test else ''}"
    for source in places_of(pipeline.subject(impact.subject), pipeline) if impact.subject else ():
        if pipeline.is_foreign(source.path):
            yield source.span, "holds the schema"
    known = {use.job for use in impact.uses}
    for link in (*impact.producers, *impact.consumers):
        if link.proof and link.job not in known and pipeline.is_foreign(link.job):
            yield (
                link.proof[0],
                f"{link.job} {link.direction} {impact.subject or impact.path}, uses of fields not known",
            )


def _owner(path: str, pipeline: PipelineMap) -> str:
    clone = pipeline.clone_of(path)
    owners = [it.owner for it in pipeline.clones if clone and it.name == clone]
    owners += [it.owner for it in pipeline.consumers if it.schema == path]
    return next(iter(owners), "")
