"""Which places beyond the repository does a change reach? What the joined map knows, and files of clones that name the field.

What is named without being known to be read (a schema that comes with each record, a topic that only the cluster knows) counts
where other fields of the record that few files name stand there too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from copilot.domain.clones import Clone, elsewhere
from copilot.domain.impacted import ElsewhereFile, ImpactList
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.source import SourceFile, Span
from copilot.domain.twins import places_of
from copilot.impact.words import Words
from copilot.ports import Index, Tree

Opened = Callable[[Clone], Tree | None]
"""Gives the files of a clone at its commit, None where they can't be read: the map tells that."""
WORDS_MAX = 40
BESIDE_MIN = 2
TELLING_MAX = 12
"""A name that more files of a clone hold than this tells nothing of the record: `id`, `name`, `status`."""
FILES_MAX = 10
LINES_MAX = 5
_VERBS = {"passes": "passes on", "keys": "keys by", "compares": "compares", "computes": "computes with"}


def with_elsewhere(
    found: ImpactList, impacts: Iterable[Impact], pipeline: PipelineMap, opened: Opened, index: Index
) -> ImpactList:
    """Returns the answer with the files of clones and outside consumers that the changes reach, sorted by path."""
    every = tuple(impacts)
    known = _by_path(place for impact in every for place in _places(impact, pipeline))
    trees = [(clone.name, tree) for clone in pipeline.clones if (tree := opened(clone)) is not None]
    named = _by_path(
        (replace(span, path=elsewhere(name, span.path)), reason)
        for name, tree in trees
        for span, reason in _by_name(every, pipeline, tree, Words(tree, index))
    )
    files = tuple(
        ElsewhereFile(
            path,
            tuple(sorted({span for span, _ in places})),
            tuple(dict.fromkeys(reason for _, reason in places)),
            _owner(path, pipeline),
            path not in known,
        )
        for path, places in sorted({**named, **known}.items())
    )
    return replace(found, elsewhere=files)


def _by_path(places: Iterable[tuple[Span, str]]) -> dict[str, list[tuple[Span, str]]]:
    found: dict[str, list[tuple[Span, str]]] = {}
    for span, reason in places:
        found.setdefault(span.path, []).append((span, reason))
    return found


def _by_name(impacts: Iterable[Impact], pipeline: PipelineMap, tree: Tree, words: Words) -> Iterator[tuple[Span, str]]:
    """Yields where files of a clone name the field, those that name most telling fields of its record, and why."""
    for impact in impacts:
        holder, _, field = impact.path.rpartition(".")
        fields = pipeline.subject(impact.subject).latest.fields if impact.subject else ()
        if not any(it.path == impact.path for it in fields):
            continue
        beside = {it.name for it in fields if it.path.rpartition(".")[0] == holder} - {field}
        held = _files_naming(field, sorted(beside, key=len, reverse=True)[: WORDS_MAX - 1], words)
        for path, file in tree.read(held).items():
            lines = _lines_with(field, file.text) if isinstance(file, SourceFile) else []
            reason = f"names {field} beside {held[path]} other fields of {impact.subject}"
            yield from ((Span(path, line, line), reason) for line in lines[:LINES_MAX])


def _files_naming(field: str, beside: Iterable[str], words: Words) -> dict[str, int]:
    """Returns the files that name a field beside enough telling ones, those with most first, and how many others each names."""
    own, others = field.encode(), {name.encode() for name in beside}
    files = {path: (others | {own}).intersection(held.split(b"\n")) for path, held in words.each()}
    counts = Counter(word for held in files.values() for word in held)
    telling = {word for word in others if counts[word] <= TELLING_MAX}
    weights = {path: len(held & telling) for path, held in files.items() if own in held}
    worth = sorted((path for path in weights if weights[path] >= BESIDE_MIN), key=lambda it: (-weights[it], it))
    return {path: len(files[path] & others) for path in worth[:FILES_MAX]}


def _lines_with(word: str, text: str) -> list[int]:
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    return [number for number, line in enumerate(text.split("\n"), 1) if pattern.search(line)]


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
