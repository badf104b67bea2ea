"""The part of a map that the words of a request are about, as a text for a model: bounded, and no larger for a larger repository.

Schemas are ranked by the words that the request shares with their names, topics, jobs and fields. The first ones are told with
their fields and who reads and writes them, further ones by name. Tools that only read (`looks`) answer for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copilot.domain.pipeline import Link, PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.planners.names import singular, words_of

BYTES_MAX = 6_000
SUBJECTS_TOLD_MAX = 4
SUBJECTS_NAMED_MAX = 40
FIELDS_TOLD_MAX = 40
USES_TOLD_MAX = 12
DOC_LENGTH_MAX = 100
TYPE_LENGTH_MAX = 120
_COMMON = frozenset(
    words_of(
        "a an and are as at be but by can could do does don't for from has have I in is it its just let make me must need needs no"
        " not of on one or our please send sent set should so some that the their them then there they this to too up us use want"
        " we when which will with would you add added new remove drop rename change field column schema record value break also"
    )
)
"""Words that say nothing about what a request is about."""


def neighbourhood(text: str, pipeline: PipelineMap, *, bytes_max: int = BYTES_MAX) -> str:
    """Returns the schemas around the words of a request, those first that share most of them; equal maps give equal texts."""
    said = words_said(text)
    scores = {it.name: score_of(it, said, pipeline) for it in _own(pipeline)}
    ranked = sorted(_own(pipeline), key=lambda it: (-scores[it.name], it.name))
    near = [it for it in ranked if scores[it.name]][:SUBJECTS_TOLD_MAX] or ranked[:1]
    whole = "\n\n".join("\n".join(_told(subject, said, pipeline)) for subject in near)
    others = [it.name for it in ranked if it not in near]
    tail = _names("other schemas", others) + _names("jobs", [it.name for it in pipeline.jobs])
    room = bytes_max - len(tail.encode())
    cut = whole.encode()[: max(room, 0)].decode("utf-8", "ignore")
    return cut + ("\n[cut: look with the tools]" if len(cut) < len(whole) else "") + tail


def words_said(text: str) -> set[str]:
    """Returns the words of a text that may name something, in the singular."""
    return {singular(word) for word in words_of(text) if word not in _COMMON}


def score_of(subject: SchemaSubject, said: Iterable[str], pipeline: PipelineMap) -> int:
    """Returns how many of the words a schema shares: those of its name count most, then topics and jobs, then fields."""
    words = set(said)
    links = [it for it in pipeline.links if it.subject == subject.name]
    named = _words([subject.name, subject.latest.name.rpartition(".")[2]])
    around = _words([it.endpoint.name for it in links] + [it.job for it in links])
    fields = _words(field.path for field in subject.latest.fields)
    return 6 * len(words & named) + 3 * len(words & around) + 2 * len(words & fields)


def field_line(field: SchemaField) -> str:
    """Returns one field as a line: its path, type, default and the beginning of its doc."""
    default = f", default {field.default[:TYPE_LENGTH_MAX]}" if field.default is not None else ", no default"
    doc = f"  # {_short(field.doc, DOC_LENGTH_MAX)}" if field.doc else ""
    return f"  {field.path}: {_short(field.type, TYPE_LENGTH_MAX)}{default}{doc}"


def link_line(link: Link) -> str:
    """Returns one link as a line: who reads or writes what, and the place that shows it."""
    verb = "writes" if link.direction == "produces" else "reads"
    decoder = f" with {link.decoder.library}" if link.decoder else ""
    place = f"  {link.proof[0]}" if link.proof else ""
    return f"  job {link.job} {verb} {link.endpoint.kind} {link.endpoint}{decoder}{place}"


def _told(subject: SchemaSubject, said: set[str], pipeline: PipelineMap) -> Iterator[str]:
    latest = subject.latest
    yield (
        f"schema {subject.name} ({subject.format} record {latest.name}, {len(subject.versions)} versions,"
        f" keeps {subject.compatibility}, {latest.source.path})"
    )
    if subject.copies:
        yield f"  copies of it: {', '.join(it.path for it in subject.copies[:SUBJECTS_TOLD_MAX])}"
    fields = sorted(latest.fields, key=lambda it: (not _words([it.path]) & said, "." in it.path))
    yield from (field_line(field) for field in fields[:FIELDS_TOLD_MAX])
    if len(fields) > FIELDS_TOLD_MAX:
        yield f"  and {len(fields) - FIELDS_TOLD_MAX} more fields"
    yield from dict.fromkeys(link_line(link) for link in pipeline.links if link.subject == subject.name)
    near = {field.path for field in latest.fields if _words([field.name]) & said}
    uses = [it for it in pipeline.uses if it.subject == subject.name and it.path in near and not it.is_test]
    for use in uses[:USES_TOLD_MAX]:
        yield f"  {use.span} {use.job} {use.mode} {use.path}"


def _names(title: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - SUBJECTS_NAMED_MAX} more" if len(names) > SUBJECTS_NAMED_MAX else ""
    return f"\n\n{title}: {', '.join(names[:SUBJECTS_NAMED_MAX])}{more}"


def _own(pipeline: PipelineMap) -> list[SchemaSubject]:
    return [it for it in pipeline.subjects if not pipeline.is_foreign(it.latest.source.path)]


def _words(names: Iterable[str]) -> set[str]:
    return {singular(word) for name in names for word in words_of(name)}


def _short(text: str, length_max: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= length_max else plain[: length_max - 1] + "…"
