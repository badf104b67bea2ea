"""From free words to validated operations and wishes, by a model: what it says is held against the map, or asked back.

The model sees the words, and the part of the map around them. Names that it invents are refused with the nearest ones; wishes
must be the person's own words. What stays unclear becomes a question whose candidates exist in the map.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.domain.codec import canonical
from copilot.domain.model import Tool
from copilot.domain.operation import Operation
from copilot.domain.pipeline import PipelineMap
from copilot.domain.visible import visible
from copilot.domain.wishes import Avoids, KeepsOld, KeepsWorking, Prefers, Unheard, Wish
from copilot.errors import Ambiguous, WrongUsage
from copilot.planners.fence import fenced
from copilot.planners.names import listed, nearest
from copilot.planners.neighbourhood import neighbourhood
from copilot.planners.structured import OPERATIONS_LIMIT, operation_schema, operations_from_json
from copilot.planners.talk import Look, Question, Talk, Unacceptable
from copilot.planners.wishes import DAYS_MAX, the_job

PROMPT = "frame"
WISHES_MAX = 8
CANDIDATES_MAX = 8
QUESTION_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True)
class Framed:
    """What free words were understood as."""

    operations: tuple[Operation, ...]
    wishes: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class _AskedBack:
    text: str
    candidates: tuple[str, ...]


def frame(text: str, pipeline: PipelineMap, talk: Talk, earlier: str = "", looks: Sequence[Look] = ()) -> Framed:
    """Returns the operations and wishes of a request in free words; `earlier` is what was decided before, if it goes on from that.

    Raises Ambiguous with candidates of the map, or WrongUsage, where the model asks back; NoAnswer where it gave nothing of use.
    """
    question = framing_question(text, pipeline, earlier, looks)
    found = talk.ask(question, lambda answer: _accepted(answer, text, pipeline, is_follow_up=bool(earlier)))
    if isinstance(found, Framed):
        return found
    if found.candidates:
        raise Ambiguous(
            found.text, found.candidates, next=f'Say which, as in "{text.strip()} ({found.candidates[0]})".'
        )
    raise WrongUsage(found.text, next="Say it in the request, and ask again.")


def framing_question(text: str, pipeline: PipelineMap, earlier: str = "", looks: Sequence[Look] = ()) -> Question:
    """Returns what a model is asked, and the part of the map that goes with it."""
    around = [fenced("map", neighbourhood(f"{text} {earlier}", pipeline))]
    before = [fenced("earlier", earlier)] if earlier else []
    return Question("frame", PROMPT, {"request": text}, ANSWER, context=(*around, *before), looks=tuple(looks))


def _schema() -> dict[str, Any]:
    words = {"type": "string", "description": "the person's own words, copied letter for letter from the request"}
    wish = {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": list(_WISHES)},
            "job": {"type": "string"},
            "days": {"type": "number"},
            "strategy": {"type": "string"},
            "words": words,
        },
        "required": ["kind", "words"],
        "additionalProperties": False,
    }
    question = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "candidates": {
                "type": "array",
                "items": {"type": "string"},
                "description": 'names of the map: a schema, a job, or "FIELD in SCHEMA"',
            },
        },
        "required": ["text", "candidates"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "operations": {"type": "array", "items": operation_schema()},
            "wishes": {"type": "array", "items": wish},
            "question": question,
        },
        "additionalProperties": False,
    }


def _accepted(answer: Any, text: str, pipeline: PipelineMap, *, is_follow_up: bool) -> Framed | _AskedBack:
    if not isinstance(answer, dict) or set(answer) - {"operations", "wishes", "question"}:
        raise Unacceptable("Give an object with the keys operations, wishes and question, and no others.")
    question, operations = answer.get("question"), answer.get("operations") or []
    if is_follow_up and not (question or operations) and answer.get("wishes"):
        return Framed((), _heard(answer["wishes"], text, pipeline))
    if bool(question) == bool(operations):
        raise Unacceptable("Give either operations or a question, and not both.")
    if question:
        return _asked_back(question, pipeline)
    if not isinstance(operations, list) or len(operations) > OPERATIONS_LIMIT:
        raise Unacceptable(f"operations must be a list of at most {OPERATIONS_LIMIT} objects.")
    try:
        found = operations_from_json(canonical(operations), pipeline)
    except WrongUsage as error:
        raise Unacceptable(str(error)) from None
    return Framed(tuple(dict.fromkeys(found)), _heard(answer.get("wishes") or [], text, pipeline))


def _heard(said: Any, text: str, pipeline: PipelineMap) -> tuple[Wish, ...]:
    try:
        return _wishes(said, text, pipeline)
    except WrongUsage as error:
        raise Unacceptable(str(error)) from None


def _asked_back(question: Any, pipeline: PipelineMap) -> _AskedBack:
    said, names = (question.get("text"), question.get("candidates")) if isinstance(question, dict) else (None, None)
    if not isinstance(said, str) or not said.strip() or not isinstance(names, list) or len(names) > CANDIDATES_MAX:
        raise Unacceptable(f"A question needs a text, and a list of at most {CANDIDATES_MAX} candidates.")
    known = _candidates_of(pipeline)
    for name in names:
        if name not in known:
            close = nearest(str(name), known)
            near = f" The nearest are {listed(close)}." if close else ""
            raise Unacceptable(f'The candidate "{str(name)[:80]}" is not in the map.{near}')
    plain = visible(" ".join(said.split()))
    return _AskedBack(plain[:QUESTION_LENGTH_MAX], tuple(dict.fromkeys(known[name] for name in names)))


def _candidates_of(pipeline: PipelineMap) -> dict[str, str]:
    """Returns what a candidate may be, with the words by which a person names it."""
    topics, jobs = (it.name for it in pipeline.endpoints if it.name), (it.name for it in pipeline.jobs)
    names = (*topics, *jobs, *(it.name for it in pipeline.subjects))
    fields = [(field.path, it.name) for it in pipeline.subjects for field in it.latest.fields]
    dotted = {f"{subject}.{path}": f"{path} in {subject}" for path, subject in fields}
    return {**dotted, **{said: said for said in dotted.values()}, **{name: name for name in names}}


def _wishes(said: Any, text: str, pipeline: PipelineMap) -> tuple[Wish, ...]:
    if not isinstance(said, list) or len(said) > WISHES_MAX or not all(isinstance(it, dict) for it in said):
        raise Unacceptable(f"wishes must be a list of at most {WISHES_MAX} objects.")
    return tuple(dict.fromkeys(_wish(it, text, pipeline) for it in said))


def _wish(said: Mapping[str, Any], text: str, pipeline: PipelineMap) -> Wish:
    kind, words = said.get("kind"), said.get("words")
    if kind not in _WISHES:
        raise Unacceptable(f"The kind of a wish is {listed(_WISHES)}.")
    if not isinstance(words, str) or not words.strip() or _plain(words) not in _plain(text):
        raise Unacceptable(f"The words of a wish must stand in the request: {str(words)[:80]!r} does not.")
    return _WISHES[kind](said, " ".join(words.split()), pipeline)


def _keeps_working(said: Mapping[str, Any], words: str, pipeline: PipelineMap) -> Wish:
    job = said.get("job")
    if not isinstance(job, str) or not job.strip():
        raise Unacceptable(f'The wish "{words[:80]}" needs the key job.')
    return KeepsWorking(the_job(job, pipeline, where=f'"{words}"'), words)


def _keeps_old(said: Mapping[str, Any], words: str, pipeline: PipelineMap) -> Wish:
    days = said.get("days")
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 < days <= DAYS_MAX:
        raise Unacceptable(f'The wish "{words[:80]}" needs days between 0 and {DAYS_MAX}.')
    return KeepsOld(float(days), words)


def _prefers(said: Mapping[str, Any], words: str, pipeline: PipelineMap) -> Wish:
    return Prefers(_way(said, words), words)


def _avoids(said: Mapping[str, Any], words: str, pipeline: PipelineMap) -> Wish:
    return Avoids(_way(said, words), words)


def _way(said: Mapping[str, Any], words: str) -> str:
    strategy = said.get("strategy")
    if not isinstance(strategy, str) or not strategy.strip():
        raise Unacceptable(f'The wish "{words[:80]}" needs the key strategy.')
    return visible(" ".join(strategy.split()))[:80]


def _plain(text: str) -> str:
    return " ".join(text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'}).lower().split())


_WISHES: dict[str, Callable[[Mapping[str, Any], str, PipelineMap], Wish]] = {
    "keeps_working": _keeps_working,
    "keeps_old": _keeps_old,
    "prefers": _prefers,
    "avoids": _avoids,
    "other": lambda said, words, pipeline: Unheard(words),
}
ANSWER = Tool("frame", "What the request asks for, in operations on the map, or a question back.", canonical(_schema()))
