"""A request that fits several things, or names what isn't there, said again so that it is clear; and requests that would work here.

Every sentence that is offered was understood before: nothing is offered that would only be refused in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from copilot.domain import fieldtype
from copilot.domain.operation import Operation, TopicOperation
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.errors import Ambiguous, NotFound, WrongUsage
from copilot.planners.forms import FORMS, readings_of
from copilot.planners.intent import understand
from copilot.planners.names import words_of
from copilot.planners.plainly import sayings_of
from copilot.planners.sentences import Part, parts_of
from copilot.planners.several import each_of

TRIES_MAX = 60
FIELDS_TRIED_MAX = 12
_BEFORE_NAMES = re.compile(r"\b(?:in|of|to|from|on|into|inside|within|for)\s+", re.IGNORECASE)


def clarified(text: str, error: Ambiguous, candidate: str, pipeline: PipelineMap) -> str:
    """Returns the request with the candidate in the place of what was ambiguous, "" where no such sentence is understood.

    What else is ambiguous in it stays so, and is asked next.
    """
    thing, _, subject = candidate.rpartition(" in ")
    for sentence in islice(_said_exactly(text, error, thing, subject), TRIES_MAX):
        try:
            if _is_about(understand(sentence, pipeline), thing, subject, pipeline):
                return sentence
        except Ambiguous as again:
            if again.candidates != error.candidates:
                return sentence
        except WrongUsage:
            continue
    return ""


def corrected(text: str, error: NotFound, pipeline: PipelineMap) -> tuple[str, ...]:
    """Returns the request with each of the nearest names in the place of the unknown one, where that is understood."""
    sentences = (_replaced(text, error.said, name) for name in error.close)
    return tuple(dict.fromkeys(it for it in sentences if it != text and _is_understood(it, pipeline)))


def plainly(text: str, pipeline: PipelineMap) -> str:
    """Returns the request in the words of the forms, as `impact` takes them from people; "" where that is not understood here."""
    parts = [one for part in parts_of(text) for one in each_of(part)]
    sentence = "; ".join(_first_understood(part, pipeline) for part in parts)
    return sentence if sentence != text.strip() and _is_understood(sentence, pipeline) else ""


def _first_understood(part: Part, pipeline: PipelineMap) -> str:
    """A part may need the schema that another one names, so a reading is enough where it is not understood by itself."""
    sayings = [saying for saying in sayings_of(part) if readings_of(saying)]
    found = next((it for it in sayings if _is_understood(it.said, pipeline)), sayings[0] if sayings else part)
    return found.said


def examples(text: str, pipeline: PipelineMap, count: int) -> tuple[str, ...]:
    """Returns requests that are understood in this repository, those first that share most words with what was written."""
    said = set(words_of(text))
    forms = sorted(FORMS, key=lambda form: -len(said & set(words_of(form))))
    subjects = [it for it in pipeline.subjects if not pipeline.is_foreign(it.latest.source.path)]
    subjects.sort(key=lambda it: -len(said & set(words_of(it.name))))
    found = (_example(form, subjects[0], said, pipeline) for form in forms if "SCHEMA" in form) if subjects else ()
    return tuple(islice((it for it in found if it), count))


def _said_exactly(text: str, error: Ambiguous, thing: str, subject: str) -> Iterator[str]:
    whole = f"{thing} in {subject}" if thing else subject
    if error.said and not thing:
        yield _replaced(text, error.said, subject)
    named = _replaced(text, error.said, thing) if error.said and thing else text
    yield f"{named} in {subject}"
    yield f"{named} to {subject}"
    for match in _BEFORE_NAMES.finditer(named):
        rest = named[match.end() :]
        for end in [*(it.start() for it in re.finditer(r"\s", rest)), len(rest)]:
            yield named[: match.end()] + subject + rest[end:]
    yield _replaced(text, error.said, whole) if error.said else text


def _replaced(text: str, said: str, by: str) -> str:
    if not said:
        return text
    return re.sub(rf"(?<![\w.]){re.escape(said)}(?!\w)", lambda _: by, text, count=1)


def _is_about(operations: tuple[Operation, ...], thing: str, subject: str, pipeline: PipelineMap) -> bool:
    """Tells whether one of the operations is about the candidate, which names a field's path or a record, or only a subject."""
    kind, _, name = subject.partition(" ")
    if kind == "topic" and name:
        return any(isinstance(it, TopicOperation) and it.topic == name for it in operations)
    subject = name if kind == "record" and name else subject
    of_subject = [it for it in operations if it.subject == subject]
    if not thing:
        return bool(of_subject)
    fields = {(it.record, it.name): it.path for it in pipeline.subject(subject).latest.fields}
    root = pipeline.subject(subject).latest.name
    return any(thing in (it.record, fields.get((it.record or root, it.field))) for it in of_subject)


def _is_understood(sentence: str, pipeline: PipelineMap) -> bool:
    try:
        understand(sentence, pipeline)
    except WrongUsage:
        return False
    return True


def _example(form: str, subject: SchemaSubject, said: set[str], pipeline: PipelineMap) -> str:
    fields = sorted(subject.latest.fields, key=lambda it: (it.name.lower() not in said, "." in it.path))
    for field in fields[:FIELDS_TRIED_MAX] if "FIELD" in form else fields[:1]:
        sentence = _filled(form, subject, field)
        if _is_understood(sentence, pipeline):
            return sentence
    return ""


def _filled(form: str, subject: SchemaSubject, field: SchemaField) -> str:
    enum = fieldtype.enum_of(fieldtype.parsed(field.type))
    if enum is not None and form.startswith("remove symbol"):
        form = form.replace("REVIEW", enum["symbols"][-1])
    sentence = form.replace("SCHEMA", subject.name).replace("FIELD", field.path)
    return re.sub(r"\bNAME\b", f"new_{field.name}", sentence)
