"""Which recorded records are there to try a change with? Those of the files that `copilot.toml` names for the subject.

What such a record holds is somebody's data: it is decoded and compared, and never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from copilot.domain.evidence import Finding
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaSubject, SchemaVersion
from copilot.domain.source import Gap, SourceFile, Span
from copilot.ports import Bench, SchemaFormat, Tree

FILES_MAX = 20
RECORDS_MAX = 200
FILE_BYTES_MAX = 1_000_000
_SUFFIXES = (".json", ".jsonl", ".ndjson")
_FOLDERS = frozenset({"sample", "samples", "fixture", "fixtures", "testdata", "test_data", "data", "examples"})
HIDDEN, HIDDEN_READ, HIDDEN_REASON = "a recorded value", "another one", "for a reason that may hold recorded data"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Records by the meaning of the version that they fit, and what is to be said of files that hold none."""

    values: Mapping[str, tuple[Any, ...]]
    findings: tuple[Finding, ...]

    @property
    def count(self) -> int:
        return sum(len(values) for values in self.values.values())


def recorded_files(
    subject: SchemaSubject, pipeline: PipelineMap, bench: Bench
) -> Iterator[tuple[Span, tuple[Any, ...]]]:
    """Yields each file of recorded records with those that fit a version: files that are named, and JSON in folders for samples."""
    schema_format = bench.formats.get(subject.format)
    patterns = [sample.pattern for sample in pipeline.samples if sample.subject == subject.name]
    entries = bench.tree.snapshot.entries
    named = [it.path for it in entries if any(fnmatchcase(it.path, pattern) for pattern in patterns)]
    paths = list(dict.fromkeys([*named, *(it.path for it in entries if _is_sample(it.path, it.size_bytes))]))
    for path, file in sorted(bench.tree.read(paths[:FILES_MAX]).items()):
        if isinstance(file, SourceFile) and schema_format is not None:
            for version in reversed(subject.versions):
                fitting = schema_format.recorded(version.resolved, file.text)
                records = tuple(value for value, _ in zip(fitting, range(RECORDS_MAX), strict=False))
                if records:
                    yield Span(path, 1, 1), records
                    break


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


def _is_sample(path: str, size: int) -> bool:
    *folders, name = path.lower().split("/")
    return name.endswith(_SUFFIXES) and not _FOLDERS.isdisjoint(folders) and size <= FILE_BYTES_MAX


def recorded_of(
    subject: str, versions: Iterable[SchemaVersion], pipeline: PipelineMap, tree: Tree, schema_format: SchemaFormat
) -> Recorded:
    """Returns the recorded records of a subject, at most `RECORDS_MAX` for each version, from at most `FILES_MAX` files."""
    named = [sample for sample in pipeline.samples if sample.subject == subject]
    if not named:
        return Recorded({}, ())
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for sample in named:
        paths = [it.path for it in tree.snapshot.entries if fnmatchcase(it.path, sample.pattern)]
        if not paths:
            text = f"No file is called {sample.pattern}, so no recorded records of {subject} were tried."
            findings.append(Finding("replay.samples-missing", "warning", text, sample.span, subject))
        for path, file in sorted(tree.read(paths[:FILES_MAX]).items()):
            if isinstance(file, Gap):
                text = f"{path} {file.reason}, so its records were not tried."
                findings.append(Finding("replay.samples-unread", "warning", text, sample.span, subject))
            else:
                texts[path] = file.text
    values: dict[str, tuple[Any, ...]] = {}
    for version in versions:
        fitting = (value for text in texts.values() for value in schema_format.recorded(version.resolved, text))
        values[version.meaning] = tuple(value for value, _ in zip(fitting, range(RECORDS_MAX), strict=False))
    found = Recorded({meaning: kept for meaning, kept in values.items() if kept}, tuple(findings))
    if texts and not found.count:
        text = f"No record in {', '.join(sorted(texts))} has just the fields of a version of {subject}."
        findings.append(Finding("replay.samples-unfit", "warning", text, named[0].span, subject))
        return Recorded({}, tuple(findings))
    return found
