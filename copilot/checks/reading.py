"""Which schema does a consumer read with, after a phase? Its own copy where it keeps one, the subject's own otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from copilot.checks.lineage import Lineage
from copilot.domain.pipeline import Link, PipelineMap
from copilot.domain.schema import SchemaSource, SchemaVersion
from copilot.domain.source import SourceFile
from copilot.ports import Bench, Case

BASE = -1


def reader_schema(link: Link, lineage: Lineage, phase: int, case: Case, bench: Bench) -> SchemaVersion | None:
    """Returns the schema that the consumer's own code reads with; `phase` is `BASE` for the base.

    None where the copy can't be read, or the subject is gone.
    """
    state = case.states[phase] if phase != BASE else case.base
    current = lineage.after[phase] if phase != BASE else lineage.base.latest if lineage.base else None
    if link.decoder is None or link.decoder.reader_schema not in ("own", "single"):
        return current
    if link.version and lineage.base:
        return lineage.base.versions[link.version - 1]
    read = _read_copy_of(link.job, lineage, state) or _twin_of(link.job, lineage, state)
    if read is not None:
        return read
    copy = _copy_of(link.job, lineage, state) or _file_before(link.job, lineage, case)
    if copy is None or current is None:
        return current
    text = _text_at(copy, phase, case, bench)
    schema_format = bench.formats.get(lineage.subject.format)
    if text is None or schema_format is None:
        return None
    parsed = schema_format.parse(text, copy, {})
    return parsed if isinstance(parsed, SchemaVersion) else None


def _read_copy_of(job: str, lineage: Lineage, state: PipelineMap) -> SchemaVersion | None:
    """Returns the copy in the job's own folder, else in its own clone, as the map read it, None where there is none or several."""
    subject = next((it for it in state.subjects if it.name == lineage.name), None)
    own = [copy for copy in subject.copy_versions if _is_of(job, copy.source.path, state)] if subject else []
    if subject and not own and (clone := state.clone_of(job)):
        own = [copy for copy in subject.copy_versions if state.clone_of(copy.source.path) == clone]
    return own[0] if len(own) == 1 else None


def _twin_of(job: str, lineage: Lineage, state: PipelineMap) -> SchemaVersion | None:
    """Returns what the job's own folder says of the record, where that drifted so far that it is a subject of its own."""
    name = lineage.subject.latest.name
    own = [it.latest for it in state.subjects if it.latest.name == name and _is_of(job, it.latest.source.path, state)]
    return own[0] if len(own) == 1 else None


def _copy_of(job: str, lineage: Lineage, state: PipelineMap) -> SchemaSource | None:
    """Returns the copy in the job's own folder, None where there is none or several."""
    subject = next((it for it in state.subjects if it.name == lineage.name), None)
    own = [copy for copy in subject.copies if _is_of(job, copy.path, state)] if subject else []
    return own[0] if len(own) == 1 else None


def _file_before(job: str, lineage: Lineage, case: Case) -> SchemaSource | None:
    """Returns the job's copy in the base: one that moves ahead of the others counts as a subject of its own from then on."""
    copy = _copy_of(job, lineage, case.base)
    return copy if copy and copy.host == "file" else None


def _is_of(job: str, path: str, state: PipelineMap) -> bool:
    root = next((it.root.rstrip("/") for it in state.jobs if it.name == job), "")
    return root not in ("", ".") and (path == root or path.startswith(root + "/"))


def _text_at(source: SchemaSource, phase: int, case: Case, bench: Bench) -> str | None:
    whole = _file_text(source.path, phase, case, bench)
    if whole is None or source.host == "file":
        return whole
    return whole.encode()[source.start : source.end].decode("utf-8", "replace")


def _file_text(path: str, phase: int, case: Case, bench: Bench) -> str | None:
    return file_texts([path], phase, case, bench).get(path)


def file_texts(paths: Iterable[str], phase: int, case: Case, bench: Bench) -> dict[str, str]:
    """Returns the texts of files after a phase, `BASE` being the base; what is not there or no text is left out."""
    changes = next((patch.changes for patch in case.patches if patch.phase == phase), ())
    changed = {change.path: change.after for change in changes}
    asked = list(paths)
    read = bench.tree.read([path for path in asked if path not in changed])
    texts = {path: file.text for path, file in read.items() if isinstance(file, SourceFile)}
    return texts | {path: text for path in asked if (text := changed.get(path)) is not None}
