"""Asks a model for cases in which an alternative that passed every check would fail. Cases are data; whether they hold is executed.

The model sees what one alternative changes, the schemas around it, who reads and writes them, and what the checks saw. What it
answers counts for nothing by itself (`checks.challenge`). Where it gives no answer, that is written down, and nothing is refuted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from copilot.domain.alternative import Alternative
from copilot.domain.codec import canonical
from copilot.domain.failing_case import BytesCase, FailingCase, OrderCase, RecordCase
from copilot.domain.model import Tool
from copilot.domain.patch import Patch
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Challenged, Proposal
from copilot.domain.visible import visible
from copilot.planners.neighbourhood import link_line
from copilot.planners.secret_files import is_secret
from copilot.planners.talk import NoAnswer, Question, Talk, Unacceptable

PROMPT = "critic"
CASES_ASKED_MAX = 5
TEXT_MAX = 8_000
"""Characters of each part of what the critic sees; what is longer is cut, and says so."""
FINDINGS_TOLD_MAX = 4
LINKS_TOLD_MAX = 40
VERSIONS_TOLD_MAX = 6
SAYS_LENGTH_MAX = 300
RECORD_LENGTH_MAX = 20_000
HEX_LENGTH_MAX = 2_000
MOVES_MAX = 60
_VERSION = re.compile(r"base|phase \d{1,3}|v\d{1,6}")


def survivors(proposal: Proposal) -> Iterator[Alternative]:
    """Yields the planned alternatives that change something, that no check refuses, and that nobody has tried to refute yet."""
    asked = {it.alternative for it in proposal.challenges}
    for alternative in proposal.plan.alternatives if proposal.plan else ():
        is_refused = any(it.verdict == "fail" for it in proposal.evidence_of(alternative.id))
        if proposal.patches_of(alternative.id) and alternative.id not in asked and not is_refused:
            yield alternative


def challenged(alternative: Alternative, proposal: Proposal, pipeline: PipelineMap, talk: Talk) -> Challenged:
    """Returns the cases that a model names against an alternative, none where it sees none or gives no answer."""
    question = critic_question(alternative, proposal, pipeline)
    try:
        return Challenged(alternative.id, talk.ask(question, cases_of))
    except NoAnswer as problem:
        return Challenged(alternative.id, (), str(problem))


def critic_question(alternative: Alternative, proposal: Proposal, pipeline: PipelineMap) -> Question:
    """Returns what a model is asked about one alternative."""
    subjects = sorted({impact.subject for impact in proposal.reading.impacts} if proposal.reading else set())
    inputs = {
        "alternative": "\n".join(_told(alternative)),
        "diff": "\n".join(_diff(patch) for patch in proposal.patches_of(alternative.id)),
        "schemas": "\n\n".join(text for name in subjects for text in _schemas(name, pipeline)),
        "jobs": "\n".join(_jobs(subjects, pipeline)),
        "evidence": "\n".join(_evidence(alternative.id, proposal)),
    }
    return Question("critic", PROMPT, {k: _cut(v) for k, v in inputs.items()}, ANSWER, subject=alternative.id)


def cases_of(answer: Any) -> tuple[FailingCase, ...]:
    """Returns the cases of an answer; raises Unacceptable where one has not the shape of a case."""
    cases = answer.get("cases") if isinstance(answer, dict) and set(answer) == {"cases"} else None
    if not isinstance(cases, list) or len(cases) > CASES_ASKED_MAX:
        raise Unacceptable(f"Give an object with the key cases alone: a list of at most {CASES_ASKED_MAX}.")
    return tuple(_case(number, one) for number, one in enumerate(cases, 1))


def _told(alternative: Alternative) -> Iterator[str]:
    yield alternative.title
    for number, phase in enumerate(alternative.phases, 1):
        yield f"phase {number}: {phase.name}"
        for step in phase.steps:
            yield f"  {step.kind}: {step.title}" + (f" ({', '.join(step.jobs)})" if step.jobs else "")
            yield from (f"    by hand: {place}" for place in step.manual)
        if phase.gate:
            yield f"  before the next phase: {phase.gate.text}"


def _diff(patch: Patch) -> str:
    """Returns what a phase changes, files that look as if they held secrets left out."""
    # Lines of a file begin with a sign or a blank in a diff, so this stands at the head of a file's part alone.
    parts = re.split(r"(?m)^(?=diff --git )", patch.diff)
    files = zip((it for it in patch.changes if it.before != it.after), (it for it in parts if it), strict=False)
    shown = [
        f"{it.path}: not shown, since it looks as if it held secrets\n" if is_secret(it.path) else part
        for it, part in files
    ]
    return f"phase {patch.phase + 1}\n{''.join(shown)}"


def _schemas(name: str, pipeline: PipelineMap) -> Iterator[str]:
    subject = next((it for it in pipeline.subjects if it.name == name), None)
    for version in reversed(subject.versions[-VERSIONS_TOLD_MAX:] if subject else ()):
        label = "base, which is " if subject and version == subject.latest else ""
        yield f"{name}, {label}v{version.number}\n{version.resolved}"


def _jobs(subjects: list[str], pipeline: PipelineMap) -> list[str]:
    links = (link for link in pipeline.links if link.subject in subjects)
    return [f"{link.subject}: {link_line(link).strip()}" for link in links][:LINKS_TOLD_MAX]


def _evidence(alternative: str, proposal: Proposal) -> Iterator[str]:
    for it in proposal.evidence_of(alternative):
        yield f"{it.check}: {it.verdict}"
        yield from (f"  {finding.severity}: {finding.message}" for finding in it.findings[:FINDINGS_TOLD_MAX])


def _cut(text: str) -> str:
    more = len(text) - TEXT_MAX
    return text if more <= 0 else f"{text[:TEXT_MAX]}\n[{more} more characters are not shown]"


def _case(number: int, said: Any) -> FailingCase:
    kind = said.get("case") if isinstance(said, dict) else None
    if kind not in _KINDS:
        raise Unacceptable(f"Case {number}: case is one of {', '.join(_KINDS)}.")
    try:
        return _KINDS[kind](said)
    except _Wrong as wrong:
        raise Unacceptable(f"Case {number}: {wrong}") from None


class _Wrong(ValueError):
    """A part of a case is missing, or is of another kind."""


def _record(said: Mapping[str, Any]) -> FailingCase:
    # Texts are taken too: a weak model writes the record as one.
    value = said.get("record")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if "record" not in said or len(text) > RECORD_LENGTH_MAX:
        raise _Wrong(f"record is a JSON object of at most {RECORD_LENGTH_MAX} characters.")
    path = said.get("path", "")
    subject, writer, reader = _text(said, "subject"), _version(said, "writer"), _version(said, "reader")
    return RecordCase(
        subject, writer, reader, text, path[:SAYS_LENGTH_MAX] if isinstance(path, str) else "", _says(said)
    )


def _bytes(said: Mapping[str, Any]) -> FailingCase:
    text = _text(said, "hex", HEX_LENGTH_MAX)
    return BytesCase(_text(said, "subject"), _version(said, "writer"), _version(said, "reader"), text, _says(said))


def _order(said: Mapping[str, Any]) -> FailingCase:
    moves = said.get("moves")
    if not isinstance(moves, list) or not 0 < len(moves) <= MOVES_MAX:
        raise _Wrong(f"moves is a list of 1 to {MOVES_MAX} objects with job and to.")
    if not all(isinstance(move, dict) for move in moves):
        raise _Wrong("a move is an object with job and to.")
    return OrderCase(tuple((_text(move, "job"), _version(move, "to")) for move in moves), _says(said))


def _text(said: Mapping[str, Any], key: str, length_max: int = SAYS_LENGTH_MAX) -> str:
    value = said.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= length_max:
        raise _Wrong(f"{key} is a text of 1 to {length_max} characters.")
    return value


def _version(said: Mapping[str, Any], key: str) -> str:
    label = _text(said, key).strip().lower()
    if not _VERSION.fullmatch(label):
        raise _Wrong(f'{key} is "base", "phase N" (from 1) or "vN".')
    return label


def _says(said: Mapping[str, Any]) -> str:
    text = said.get("says")
    return visible(" ".join(text.split()))[:SAYS_LENGTH_MAX] if isinstance(text, str) else ""


_KINDS: dict[str, Callable[[Mapping[str, Any]], FailingCase]] = {"record": _record, "bytes": _bytes, "order": _order}


def _schema() -> dict[str, Any]:
    text = {"type": "string"}
    version = {
        "type": "string",
        "description": '"base", "phase N" (the version after phase N, from 1), or "vN" of the history',
    }
    move = {
        "type": "object",
        "properties": {"job": text, "to": version},
        "required": ["job", "to"],
        "additionalProperties": False,
    }
    case = {
        "type": "object",
        "properties": {
            "case": {"type": "string", "enum": list(_KINDS)},
            "subject": text,
            "writer": version,
            "reader": version,
            "record": {"type": "object", "description": "a whole record of the writer's version"},
            "path": text,
            "hex": text,
            "moves": {"type": "array", "items": move},
            "says": {"type": "string", "description": "one sentence: what goes wrong, and for whom"},
        },
        "required": ["case", "says"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"cases": {"type": "array", "items": case, "maxItems": CASES_ASKED_MAX}},
        "required": ["cases"],
        "additionalProperties": False,
    }


ANSWER = Tool("critic", "Cases in which this alternative fails, none where you see none.", canonical(_schema()))
