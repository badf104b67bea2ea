"""Which recorded records fit no version of a subject, and why? They can't be tried, and nobody may take them for tried.

Of files that `copilot.toml` names, each such record is told. Of others, in folders for samples, those beside records that fit, and
those that have the better part of the subject's fields; never what is a record of another subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from copilot.checks.containers import is_named
from copilot.domain.evidence import Finding
from copilot.domain.pipeline import PipelineMap
from copilot.domain.samples import Fitted, Misfit
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import Gap, SourceFile, Span
from copilot.ports import SchemaFormat

UNFIT = "replay.samples-unfit"
_REASONS_SHOWN = 3


def misfit_findings(
    subject: SchemaSubject, pipeline: PipelineMap, texts: Mapping[str, SourceFile | Gap], schema_format: SchemaFormat
) -> Iterator[Finding]:
    """Yields one finding for each file with such records: how many, where the first one is, and why."""
    for path, file in texts.items():
        if isinstance(file, Gap):
            continue
        fitted = schema_format.fitted([it.resolved for it in subject.versions], file.text)
        named = is_named(path, subject.name, pipeline)
        if not fitted.misfits or not (named or _is_about(fitted)):
            continue
        misfits = fitted.misfits if named else _of_nobody(file.text, subject, pipeline, schema_format)
        if misfits:
            told = f"fit no version of {subject.name} and were not tried"
            text = f"{len(misfits)} of {fitted.count} records of {path} {told}: {_reasons(misfits)}."
            if fitted.count == 1:
                text = f"The one record of {path} fits no version of {subject.name} and was not tried: {_reasons(misfits)}."
            span = Span(path, misfits[0].line, misfits[0].line)
            yield Finding(UNFIT, "warning" if named else "note", text, span, subject.name)


def _is_about(fitted: Fitted) -> bool:
    return len(fitted.misfits) < fitted.count or any(it.is_near for it in fitted.misfits)


def _of_nobody(
    text: str, subject: SchemaSubject, pipeline: PipelineMap, schema_format: SchemaFormat
) -> tuple[Misfit, ...]:
    """Returns the records that no subject's version takes, told by the versions of this one where they can be."""
    others = [it for it in pipeline.subjects if it.format == subject.format and it.name != subject.name]
    versions = [version.resolved for one in (*others, subject) for version in one.versions]
    return schema_format.fitted(versions, text).misfits


def _reasons(misfits: Sequence[Misfit]) -> str:
    by_reason: dict[str, list[Misfit]] = {}
    for misfit in misfits:
        by_reason.setdefault(misfit.why, []).append(misfit)
    told = [
        f"{why} ({f'{len(them)} records, the first ' if len(them) > 1 else ''}in line {them[0].line})"
        for why, them in sorted(by_reason.items(), key=lambda it: (-len(it[1]), it[1][0].line))
    ]
    more = f"; and {len(told) - _REASONS_SHOWN} more" if len(told) > _REASONS_SHOWN else ""
    return "; ".join(told[:_REASONS_SHOWN]) + more
