"""Which subject, record or field does a person mean? Strict names win over loose ones; several equal candidates are asked back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from copilot.domain.pipeline import Direction, PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.domain.twins import main_twin, twins_of
from copilot.errors import Ambiguous, NotFound, WrongUsage
from copilot.planners.names import best_matches, listed, nearest, singular, words_of

_LEAD = re.compile(r"^(?:the|our|this|that|an?)\s+", re.IGNORECASE)
_TAIL = re.compile(r"\s+(?:schemas?|subjects?|topics?|tables?|records?|messages?|events?|avro|file)$", re.IGNORECASE)
_OUTPUT = re.compile(r"^(?:output|outputs|result|results)\s+(?:of|from)\s+(?P<job>.+)$", re.IGNORECASE)
_INPUT = re.compile(r"^(?:input|inputs)\s+(?:of|to|for)\s+(?P<job>.+)$", re.IGNORECASE)
_OWN = re.compile(r"^(?P<job>.+?)(?:'s|s')?\s+(?P<what>outputs?|inputs?|results?)$", re.IGNORECASE)
_WHAT = re.compile(
    r"^what\s+(?P<job>.+?)\s+(?P<verb>produces|writes|publishes|emits|sends|reads|consumes|takes)$", re.IGNORECASE
)
_POSSESSION = re.compile(r"(?:'s|(?<=s)')\s+")
_JOB_WORDS = {"step", "service", "job", "worker", "app", "process"}
_SHOWN_AT_MOST = 8
_SCHEMA_SUFFIXES = (".avsc", ".avdl", ".avpr")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an operation is about: a subject, and the full name of a record inside it ("" where that was not said)."""

    subject: SchemaSubject
    record: str = ""


def scopes_of(said: str, pipeline: PipelineMap) -> tuple[Scope, ...]:
    """Returns what a phrase such as "detections in the lightcurve step's output" can mean; raises WrongUsage for nothing.

    Fields of the subjects are not looked at: see `narrowed`.
    """
    whole = tuple(Scope(subject) for subject in subjects_of(said, pipeline))
    if whole:
        return whole
    inner: list[Scope] = []
    for match in re.finditer(r"\s+(?:in|of|inside|within)\s+", said):
        outer, part = said[match.end() :], said[: match.start()]
        for subject in subjects_of(outer, pipeline):
            inner += [Scope(subject, record) for record in records_of(part, subject)]
    if not inner:
        inner = [Scope(subject, record) for subject in pipeline.subjects for record in records_of(said, subject)]
    if inner:
        return tuple(dict.fromkeys(inner))
    raise _unknown_subject(said, pipeline)


def subjects_of(said: str, pipeline: PipelineMap) -> tuple[SchemaSubject, ...]:
    """Returns the subjects that a phrase can mean: by name, path, record or topic, or as what a job writes or reads."""
    phrase = _bare(said)
    # The full name of one subject can be the end of another's; it must be possible to say the one.
    if exact := [subject for subject in pipeline.subjects if subject.name == phrase]:
        return tuple(exact)
    by_name = _by_name(phrase, pipeline)
    by_job = _by_job(phrase, pipeline)
    both = [name for name in by_name if name in by_job]
    names = both or [*by_name, *by_job] or _by_words(phrase, pipeline)
    return tuple(subject for subject in pipeline.subjects if subject.name in names)


def records_of(said: str, subject: SchemaSubject) -> tuple[str, ...]:
    """Returns the full names of the inner records that a phrase can mean: by their name, or by a field that holds one."""
    phrase = _bare(said)
    fields = subject.latest.fields
    names = {field.record: field.record for field in fields}
    short = {full.rpartition(".")[2]: full for full in names}
    matched = best_matches(phrase, [*names, *short])
    if matched:
        return tuple(dict.fromkeys(short.get(name, name) for name in matched))
    holders = {_plain(_parent(field.path)): field.record for field in fields if "." in field.path}
    last = {path.rpartition(".")[2]: record for path, record in holders.items()}
    matched = best_matches(_plain(phrase), [*holders, *last])
    return tuple(dict.fromkeys(holders.get(name) or last[name] for name in matched))


def fields_of(said: str, scope: Scope) -> tuple[SchemaField, ...]:
    """Returns the fields that a name or path can mean inside a scope, one for each declaring record; "meter's name" is a path."""
    said = _POSSESSION.sub(".", said)
    fields = [field for field in scope.subject.latest.fields if not scope.record or field.record == scope.record]
    by_path = best_matches_by(said, fields, lambda field: field.path)
    found = by_path or best_matches_by(_plain(said), fields, lambda field: _plain(field.path))
    found = found or best_matches_by(said, fields, lambda field: field.name)
    found = found or [field for field in fields if "." in said and _plain(field.path).endswith("." + _plain(said))]
    found = found or best_matches_by(said, fields, lambda field: f"{field.record.rpartition('.')[2]}.{field.name}")
    one_each: dict[tuple[str, str], SchemaField] = {}
    for field in found:
        one_each.setdefault((field.record, field.name), field)
    return tuple(one_each.values())


def dotted(name: str) -> list[tuple[str, str]]:
    """Reads `Order.amount` and "Order's amount" as a field of a schema, at each dot."""
    pairs = [(name[: match.start()], name[match.end() :]) for match in re.finditer(r"\.|'s\s+|s'\s+", name)]
    return [(outer, inner) for outer, inner in pairs if outer and inner]


def best_matches_by(said: str, fields: Iterable[SchemaField], key: Callable[[SchemaField], str]) -> list[SchemaField]:
    """Returns the fields whose key matches best."""
    known = list(fields)
    matched = set(best_matches(said, [key(field) for field in known]))
    return [field for field in known if key(field) in matched]


def the_field(
    said: str, scopes: tuple[Scope, ...], pipeline: PipelineMap, *, named: bool, where: str = ""
) -> tuple[Scope, SchemaField]:
    """Returns the one field that is meant; raises WrongUsage with the nearest names, or Ambiguous with the candidates.

    `named` tells whether the person named the subject, or every subject is a candidate.
    """
    found = [(scope, field) for scope in scopes for field in fields_of(said, scope)]
    unique = {(scope.subject.name, field.record, field.name): (scope, field) for scope, field in found}
    if len(unique) == 1:
        return next(iter(unique.values()))
    main = _one_of_twins(tuple(scope for scope, _ in unique.values()), pipeline)
    same = {(field.record, field.name) for _, field in unique.values()}
    if main is not None and len(same) == 1:
        return next((scope, field) for scope, field in unique.values() if scope.subject == main)
    if not unique:
        raise _unknown_field(said, scopes, named, where)
    candidates = tuple(
        f"{field.path} in {scope.subject.name}" for scope, field in _one_a_family(unique.values(), pipeline)
    )
    raise Ambiguous(
        f'"{said}" can be {listed(candidates[:_SHOWN_AT_MOST])}.',
        candidates,
        said=said,
        where=where,
        next=f'Say it exactly, as in "{candidates[0]}".',
    )


def _one_a_family(
    found: Iterable[tuple[Scope, SchemaField]], pipeline: PipelineMap
) -> tuple[tuple[Scope, SchemaField], ...]:
    """Leaves out copies of a schema whose main text is a candidate too: naming that one means all of them."""
    all_found = tuple(found)
    subjects = {scope.subject.name for scope, _ in all_found}
    mains = {name: main_twin(pipeline.subject(name), pipeline).name for name in subjects}
    kept = [it for it in all_found if mains[it[0].subject.name] == it[0].subject.name]
    kept += [it for it in all_found if mains[it[0].subject.name] not in subjects]
    return tuple(it for it in all_found if it in kept)


def the_scope(scopes: tuple[Scope, ...], said: str, pipeline: PipelineMap, *, where: str = "") -> Scope:
    """Returns the only scope; raises Ambiguous where there are several."""
    if len(scopes) == 1:
        return scopes[0]
    main = _one_of_twins(scopes, pipeline)
    if main is not None and len({scope.record for scope in scopes}) == 1:
        return next(scope for scope in scopes if scope.subject == main)
    candidates = tuple(_described(scope) for scope in scopes)
    what = f'"{said}" can be {listed(candidates[:_SHOWN_AT_MOST])}.' if said else "Several schemas are there."
    raise Ambiguous(what, candidates, said=said, where=where, next=f'Say which one, as in "in {candidates[0]}".')


def _one_of_twins(scopes: tuple[Scope, ...], pipeline: PipelineMap) -> SchemaSubject | None:
    """The subject that stands for all, where the candidates are one schema in several places; None where they are not."""
    if not scopes:
        return None
    subjects = tuple(dict.fromkeys(scope.subject for scope in scopes))
    family = (subjects[0], *twins_of(subjects[0], pipeline))
    if any(subject not in family for subject in subjects):
        return None
    main = main_twin(subjects[0], pipeline)
    return main if main in subjects else subjects[0]


def _described(scope: Scope) -> str:
    return f"{scope.record} in {scope.subject.name}" if scope.record else scope.subject.name


def _bare(said: str) -> str:
    phrase = said.strip().strip("`\"'").strip()
    phrase = _LEAD.sub("", phrase)
    while _TAIL.search(phrase) and not _OWN.match(_TAIL.sub("", phrase)):
        phrase = _TAIL.sub("", phrase)
    return phrase


def _by_name(phrase: str, pipeline: PipelineMap) -> list[str]:
    """Subjects by their own name, then path, then record or topic, each as a whole or by its last parts."""
    phrase = re.sub(r"'s\b|s'(?=\s)", "", phrase)
    on_topic = _topics(pipeline).get(phrase, set()) if not exactly_called(phrase, pipeline) else set()
    for names in (_subject_names, _paths, _record_names, _topics):
        keyed = names(pipeline)
        matched = best_matches(phrase, keyed)
        if matched:
            found = {subject for name in matched for subject in keyed[name]}
            if on_topic:  # A topic that is named exactly counts for more than names that are only like it.
                return sorted(found & on_topic or on_topic)
            return sorted(found | _called_alike(phrase, found, pipeline) if names is _subject_names else found)
    return []


def exactly_called(name: str, pipeline: PipelineMap) -> tuple[str, ...]:
    """Returns the subjects that have the name as it is written, by their own name or that of their record."""
    known = [_subject_names(pipeline), _record_names(pipeline)]
    found = {subject for keyed in known for subject in keyed.get(name, ())}
    return tuple(subject.name for subject in pipeline.subjects if subject.name in found)


def _called_alike(phrase: str, found: Iterable[str], pipeline: PipelineMap) -> set[str]:
    """Returns the twins whose record is called so: a copy's file may have the name that the schema itself only has inside."""
    twins = {it.name for name in found for it in twins_of(pipeline.subject(name), pipeline)}
    keyed = _record_names(pipeline)
    return {subject for name in best_matches(phrase, keyed) for subject in keyed[name]} & twins


def _subject_names(pipeline: PipelineMap) -> dict[str, set[str]]:
    keyed: dict[str, set[str]] = {}
    for subject in pipeline.subjects:
        for name in _tails(subject.name):
            keyed.setdefault(name, set()).add(subject.name)
    return keyed


def _paths(pipeline: PipelineMap) -> dict[str, set[str]]:
    keyed: dict[str, set[str]] = {}
    for subject in pipeline.subjects:
        for source in (subject.latest.source, *subject.copies):
            for name in _tails(source.path):
                keyed.setdefault(name, set()).add(subject.name)
    return keyed


def _record_names(pipeline: PipelineMap) -> dict[str, set[str]]:
    keyed: dict[str, set[str]] = {}
    for subject in pipeline.subjects:
        full = subject.latest.name
        for name in (full, full.rpartition(".")[2]):
            keyed.setdefault(name, set()).add(subject.name)
    return keyed


def _topics(pipeline: PipelineMap) -> dict[str, set[str]]:
    keyed: dict[str, set[str]] = {}
    for link in pipeline.links:
        if link.subject and link.endpoint.name:
            keyed.setdefault(link.endpoint.name, set()).add(link.subject)
    return keyed


def _tails(path: str) -> list[str]:
    """The path and what is left of it after each leading folder is taken off: a/b/c, b/c, c."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def _by_job(phrase: str, pipeline: PipelineMap) -> list[str]:
    job, direction = _job_phrase(phrase)
    if not job:
        return []
    found = jobs_of(job, pipeline)
    links = [link for link in pipeline.links if link.job in found and link.direction == direction]
    return sorted({link.subject for link in links if link.subject})


def jobs_of(said: str, pipeline: PipelineMap) -> tuple[str, ...]:
    """Returns the names of the jobs that a phrase such as "the billing service" can mean: by name, else by folder."""
    bare = _job_key(said)
    if any(known.name == said for known in pipeline.jobs):
        return (said,)
    found = [known.name for known in pipeline.jobs if _job_key(known.name) == bare]
    found = found or [known.name for known in pipeline.jobs if _job_key(known.root.rpartition("/")[2]) == bare]
    return tuple(found)


def _job_phrase(phrase: str) -> tuple[str, Direction]:
    for pattern, direction in ((_OUTPUT, "produces"), (_INPUT, "consumes")):
        match = pattern.match(phrase)
        if match:
            return match["job"], "produces" if direction == "produces" else "consumes"
    match = _OWN.match(phrase)
    if match:
        return match["job"], "consumes" if match["what"].lower().startswith("input") else "produces"
    match = _WHAT.match(phrase)
    if match:
        return match["job"], "consumes" if match["verb"].lower() in ("reads", "consumes", "takes") else "produces"
    return "", "produces"


def _job_key(name: str) -> str:
    words = words_of(_LEAD.sub("", name.strip().strip("`\"'")))
    kept = [word for word in words if word not in _JOB_WORDS] or list(words)
    return singular("_".join(kept))


def _by_words(phrase: str, pipeline: PipelineMap) -> list[str]:
    """The loosest way: every word of the phrase stands in the subject's name."""
    wanted = set(words_of(re.sub(r"'s\b", "", phrase)))
    return [subject.name for subject in pipeline.subjects if wanted and wanted <= set(words_of(subject.name))]


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _plain(path: str) -> str:
    return path.replace("[]", "").replace("{}", "")


def _unknown_subject(said: str, pipeline: PipelineMap) -> WrongUsage:
    names = [subject.name for subject in pipeline.subjects]
    if not names:
        return _no_schema(pipeline)
    others = {**_record_names(pipeline), **_topics(pipeline)}
    close = nearest(_bare(said), [*names, *others, *(job.name for job in pipeline.jobs)])
    known = close or tuple(names[:_SHOWN_AT_MOST])
    lead = "Did you mean" if close else "Known ones are"
    mark = "?" if close else "."
    gaps = f" {_gaps(len(pipeline.gaps))}" if pipeline.gaps else ""
    what = f'No schema, topic or job matches "{said}".'
    return NotFound(what, _bare(said), close, next=f"{lead} {listed(known)}{mark}{gaps}")


def _no_schema(pipeline: PipelineMap) -> WrongUsage:
    unread = [gap for gap in pipeline.gaps if gap.span.path.endswith(_SCHEMA_SUFFIXES)]
    if not unread:
        return WrongUsage(
            "No schema was found in this repository.",
            next='Run "pipeline-copilot map" to see what was read, and what could not be.',
        )
    more = f" {_gaps(len(unread))}" if len(unread) > 1 else ""
    return WrongUsage(
        f"No schema of this repository could be read: {unread[0].span.path}: {unread[0].reason}.",
        where=unread[0].span,
        next=f"Correct the file and commit it.{more}",
    )


def _gaps(count: int) -> str:
    places, them = ("1 place", "it") if count == 1 else (f"{count} places", "them")
    return f'{places} could not be read: "pipeline-copilot map" lists {them}.'


def _is_name_of(subject: SchemaSubject, said: str) -> bool:
    outer = next((field.record for field in subject.latest.fields if "." not in field.path), "")
    names = (subject.name, subject.name.rpartition("/")[2], outer, outer.rpartition(".")[2])
    return _bare(said).lower() in {name.lower() for name in names if name}


def _unknown_field(said: str, scopes: tuple[Scope, ...], named: bool, where: str) -> WrongUsage:
    wholes = [scope.subject for scope in scopes if not named and _is_name_of(scope.subject, said)]
    if wholes:
        whole = min(wholes, key=lambda it: (len(it.name), it.name))
        example = next((f', as in "{it.name} in {whole.name}"' for it in whole.latest.fields), "")
        return NotFound(
            f'No field "{said}" in any schema; it is the whole schema {whole.name}.',
            said,
            (),
            where=where,
            next=f"Name one of its fields{example}; impact lists what names all of it.",
        )
    paths = [field.path for scope in scopes for field in scope.subject.latest.fields]
    names = [field.name for scope in scopes for field in scope.subject.latest.fields]
    close = nearest(said, [*dict.fromkeys([*paths, *names])])
    subjects = listed(_described(scope) for scope in scopes[:_SHOWN_AT_MOST]) if named else "any schema"
    known = close or tuple(dict.fromkeys(names))[:_SHOWN_AT_MOST]
    lead, mark = ("Did you mean", "?") if close else ("Its fields are", ".")
    if not known:
        lead, mark = "There are no fields to choose from", "."
    return NotFound(
        f'No field "{said}" in {subjects}.', said, close, where=where, next=f"{lead} {listed(known)}".rstrip() + mark
    )
