"""Which recorded records are there to try a change with? Files that `copilot.toml` names for the subject, those in folders for
samples, and container files anywhere whose own schema says that they are the subject's.

What such a record holds is somebody's data: it is decoded and compared, and never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from typing import Any

from copilot.checks.containers import Container, contained, is_named, matches
from copilot.checks.misfits import UNFIT, misfit_findings
from copilot.domain.evidence import Finding
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaSubject, SchemaVersion
from copilot.domain.source import Gap, SourceFile, Span
from copilot.ports import Bench, SchemaFormat, Tree

FILES_MAX = 20
RECORDS_MAX = 200
FILE_BYTES_MAX = 1_000_000
_SUFFIXES = (".json", ".jsonl", ".ndjson")
_FOLDERS = frozenset(
    {"sample", "samples", "sampledata", "fixture", "fixtures", "testdata", "data", "example", "examples"}
)
"""Without dashes and underscores."""
_SHOWN = 5
HIDDEN, HIDDEN_READ, HIDDEN_REASON = "a recorded value", "another one", "for a reason that may hold recorded data"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Records by the meaning of the version that they fit, and what is to be said of files that hold none.

    `strays` are versions that no text of the repository is, with the path of the container that was written with them.
    """

    values: Mapping[str, tuple[Any, ...]]
    findings: tuple[Finding, ...]
    strays: tuple[tuple[SchemaVersion, str], ...] = ()

    @property
    def count(self) -> int:
        return sum(len(values) for values in self.values.values())


def recorded_files(
    subject: SchemaSubject, pipeline: PipelineMap, bench: Bench
) -> Iterator[tuple[Span, tuple[Any, ...]]]:
    """Yields each file of recorded records with those that fit a version: files that are named, samples, and containers."""
    schema_format = bench.formats.get(subject.format)
    if schema_format is None:
        return
    for path, file in _texts(subject.name, pipeline, bench.tree).items():
        if isinstance(file, SourceFile):
            for version in reversed(subject.versions):
                records = tuple(islice(schema_format.recorded(version.resolved, file.text), RECORDS_MAX))
                if records:
                    yield Span(path, 1, 1), records
                    break
    for found in contained(subject, pipeline, bench.tree, schema_format):
        if found.records:
            yield Span(found.path, 1, 1), found.records


def recorded_values(record: Any, path: str) -> Iterator[Any]:
    """Yields the values at a field's path in one record, none of them null."""
    yield from _values(record, path.split("."))


def _values(record: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield record
        return
    name = path[0].rstrip("[]{}")
    inner = record.get(name) if isinstance(record, dict) else None
    if inner is None:
        return
    many = inner if isinstance(inner, list) else list(inner.values()) if path[0].endswith("{}") else [inner]
    for one in many:
        yield from _values(one, path[1:])


def _texts(subject: str, pipeline: PipelineMap, tree: Tree) -> Mapping[str, SourceFile | Gap]:
    """The files of JSON: those that are named first, then those in folders for samples."""
    entries = tree.snapshot.entries
    named = [it.path for it in entries if is_named(it.path, subject, pipeline) and it.path.lower().endswith(_SUFFIXES)]
    found = [it.path for it in entries if _is_sample(it.path, it.size_bytes)]
    paths = list(dict.fromkeys([*named, *found]))[:FILES_MAX]
    return dict(sorted(tree.read(paths).items()))


def _is_sample(path: str, size: int) -> bool:
    *folders, name = path.lower().replace("_", "").replace("-", "").split("/")
    return name.endswith(_SUFFIXES) and not _FOLDERS.isdisjoint(folders) and size <= FILE_BYTES_MAX


def recorded_of(subject: SchemaSubject, pipeline: PipelineMap, tree: Tree, schema_format: SchemaFormat) -> Recorded:
    """Returns the recorded records of a subject, at most `RECORDS_MAX` for each version, from at most `FILES_MAX` files a kind."""
    texts = _texts(subject.name, pipeline, tree)
    values: dict[str, list[Any]] = {}
    sources: dict[str, int] = {}
    for version in subject.versions:
        for path, file in texts.items():
            fitting = schema_format.recorded(version.resolved, file.text) if isinstance(file, SourceFile) else ()
            _keep(values, sources, version, path, [it for it in fitting if it])
    containers = tuple(contained(subject, pipeline, tree, schema_format))
    strays: dict[str, tuple[SchemaVersion, str]] = {}
    for found in containers:
        if found.version is not None and found.records:
            _keep(values, sources, found.version, found.path, found.records)
            if found.is_stray:
                strays.setdefault(found.version.meaning, (found.version, found.path))
    misfits = tuple(misfit_findings(subject, pipeline, texts, schema_format))
    known = {*sources, *(it.span.path for it in misfits if it.span)}
    findings = [
        *_tried(subject.name, sources),
        *_said(subject.name, pipeline, tree, texts, containers, known),
        *misfits,
    ]
    return Recorded({key: tuple(kept) for key, kept in values.items()}, tuple(findings), tuple(strays.values()))


def _keep(
    values: dict[str, list[Any]], sources: dict[str, int], version: SchemaVersion, path: str, records: Iterable[Any]
) -> None:
    kept = values.get(version.meaning, [])
    fresh = list(islice(records, RECORDS_MAX - len(kept)))
    if fresh:
        values[version.meaning] = [*kept, *fresh]
        sources[path] = max(sources.get(path, 0), len(fresh))


def _tried(subject: str, sources: Mapping[str, int]) -> Iterator[Finding]:
    if sources:
        shown = ", ".join(f"{path} ({count})" for path, count in sorted(sources.items())[:_SHOWN])
        more = f" and {len(sources) - _SHOWN} more" if len(sources) > _SHOWN else ""
        yield Finding(
            "replay.recorded", "note", f"Recorded records of {subject} were tried: {shown}{more}.", None, subject
        )


def _said(
    subject: str,
    pipeline: PipelineMap,
    tree: Tree,
    texts: Mapping[str, SourceFile | Gap],
    containers: Iterable[Container],
    known: AbstractSet[str],
) -> Iterator[Finding]:
    """Yields what is to be said of files that gave nothing; of those that nobody named only what could not be read."""
    reasons = {path: file.reason for path, file in texts.items() if isinstance(file, Gap)}
    reasons |= {it.path: it.reason for it in containers if it.reason}
    for sample in pipeline.samples:
        if sample.subject != subject:
            continue
        paths = [it.path for it in tree.snapshot.entries if matches(it.path, sample.pattern)]
        if not paths:
            text = f"No file is called {sample.pattern}, so no recorded records of {subject} were tried."
            yield Finding("replay.samples-missing", "warning", text, sample.span, subject)
        elif not any(path in known or path in reasons for path in paths):
            text = f"{', '.join(paths[:_SHOWN])} can't be read as records, so none of {subject} were tried."
            yield Finding(UNFIT, "warning", text, sample.span, subject)
        for path in paths:
            if reason := reasons.pop(path, ""):
                text = f"{path} {reason}, so its records were not tried."
                yield Finding("replay.samples-unread", "warning", text, sample.span, subject)
    for path, reason in sorted(reasons.items())[:_SHOWN]:
        text = f"{path} {reason}, so its records were not tried."
        yield Finding("replay.samples-unread", "note", text, Span(path, 1, 1), subject)
