"""From a model's answer to alternatives in our own nouns; what does not fit is said so that the model can put it right.

Schemas are changed by the catalogue's typed edits alone, so that every check knows what is done to them. Free-form edits replace
text that was read, and may not reach into a schema's text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from copilot.domain.alternative import (
    Alternative,
    Gate,
    NewFile,
    Phase,
    Replacement,
    SchemaAction,
    SchemaEdit,
    Step,
    StepKind,
)
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.model import Tool
from copilot.domain.pipeline import PipelineMap
from copilot.domain.precondition import Precondition
from copilot.domain.schema import SchemaVersion
from copilot.domain.source import SourceFile
from copilot.domain.visible import visible
from copilot.planners.claimed import CONDITION, condition_of
from copilot.planners.names import best_matches, listed, nearest
from copilot.planners.talk import Unacceptable
from copilot.ports import Tree

STRATEGY = "suggested"
ALTERNATIVES_MAX = 3
PHASES_MAX = 6
EDITS_MAX = 40
STEPS_MAX = 12
WORDS_MAX = 8
SENTENCE_LENGTH_MAX = 400
TEXT_LENGTH_MAX = 40_000
_PHASE_WORDS: Mapping[StepKind, str] = {
    "schema": "schema",
    "producers": "who writes",
    "consumers": "who reads",
    "sinks": "tables",
    "cutover": "all at once",
    "manual": "by hand",
}
_STEP_KINDS: tuple[str, ...] = get_args(StepKind)
_ID_DIGITS = 6
Item = TypeVar("Item")
Suggested = SchemaEdit | Replacement | NewFile


class Suggestions:
    """Reads answers about one map and its tree; `read` are the lines that were shown of each file."""

    def __init__(self, pipeline: PipelineMap, tree: Tree, read: Mapping[str, set[int]]) -> None:
        self._pipeline, self._tree, self._read = pipeline, tree, read
        self._jobs = {it.name for it in pipeline.jobs}

    def alternatives(self, answer: Any) -> tuple[Alternative, ...]:
        """Returns the alternatives of an answer; raises Unacceptable with what is wrong, and where."""
        told = _object(answer, "The answer", ("alternatives",))
        return self._each(told, "alternatives", "the answer", ALTERNATIVES_MAX, self._alternative)

    def _alternative(self, told: Any, where: str) -> Alternative:
        keys = ("title", "argument", "preconditions", "cites", "phases", "strategy")
        entry = _object(told, where, keys)
        title, argument = _sentence(entry, "title", where), _sentence(entry, "argument", where)
        claims = self._each(entry, "preconditions", where, WORDS_MAX, self._condition)
        phases = self._each(entry, "phases", where, PHASES_MAX, self._phase)
        if not phases:
            raise Unacceptable(f"{where} has no phases: what changes nothing is there already.")
        ungated = next((it.name for it in phases[:-1] if it.gate is None), "")
        if ungated:
            raise Unacceptable(f'{where}: phase "{ungated}" needs a gate, since another phase follows it.')
        if phases[-1].gate is not None:
            raise Unacceptable(f"{where}: nothing follows the last phase, so its gate must be empty.")
        digest = digest_of_text(canonical([encode(it) for it in phases]))
        id = f"claude-{digest[:_ID_DIGITS]}"
        told_title, told_argument = f"By a model: {title}", f"The model says: {argument}"
        words = tuple(it for it in claims if isinstance(it, str))
        testable = tuple(it for it in claims if not isinstance(it, str))
        return Alternative(
            id, told_title, "claude", STRATEGY, phases, told_argument, preconditions=words, testable=testable
        )

    def _condition(self, told: Any, where: str) -> Precondition | str:
        """Returns a claim in a shape that can be checked, else its words."""
        found = condition_of(told, where, self._pipeline)
        return _plain(found, where) if isinstance(found, str) else found

    def _phase(self, told: Any, where: str) -> Phase:
        entry = _object(told, where, ("name", "edits", "steps", "gate"))
        edits = self._each(entry, "edits", where, EDITS_MAX, self._edit)
        steps = self._each(entry, "steps", where, STEPS_MAX, self._step)
        if not edits or not steps:
            raise Unacceptable(f"{where} needs edits and steps.")
        paths = {it.source.path if isinstance(it, SchemaEdit) else it.path for it in edits}
        carried = {path for step in steps for path in step.paths}
        strange, left = sorted(carried - paths), sorted(paths - carried)
        if strange or left:
            what = f"no edit changes {strange[0]}, which a step carries" if strange else f"no step carries {left[0]}"
            raise Unacceptable(f"{where}: {what}. The steps of a phase carry exactly the files that its edits change.")
        gate = visible(" ".join(str(entry.get("gate") or "").split()))[:SENTENCE_LENGTH_MAX]
        _sentence(entry, "name", where)
        # Names of phases stand in what checks find and rulings claim, so they are words of ours.
        name = ", ".join(dict.fromkeys(_PHASE_WORDS[step.kind] for step in steps))
        return Phase(name, edits, steps, Gate(f"the model says: {gate}") if gate else None)

    def _step(self, told: Any, where: str) -> Step:
        entry = _object(told, where, ("title", "kind", "jobs", "paths", "manual"))
        kind = entry.get("kind")
        if kind not in _STEP_KINDS:
            raise Unacceptable(f"{where}: the kind of a step is {listed(_STEP_KINDS)}.")
        jobs = self._each(entry, "jobs", where, STEPS_MAX * 4, self._job)
        paths = self._each(entry, "paths", where, EDITS_MAX, _plain)
        manual = self._each(entry, "manual", where, EDITS_MAX, _plain)
        title = _sentence(entry, "title", where)
        by_hand = manual or ((title,) if kind == "manual" else ())
        return Step(f"model: {title}", kind, jobs, paths, by_hand)

    def _job(self, told: Any, where: str) -> str:
        if told not in self._jobs:
            raise Unacceptable(f'{where}: there is no job "{str(told)[:80]}".{_near(str(told), self._jobs)}')
        return str(told)

    def _edit(self, told: Any, where: str) -> Suggested:
        kinds: dict[str, Callable[[dict[str, Any], str], Suggested]] = {
            "schema": self._schema_edit,
            "replace": self._replacement,
            "new_file": self._new_file,
        }
        kind = told.get("edit") if isinstance(told, dict) else None
        if kind not in kinds:
            raise Unacceptable(f'{where}: "edit" is {listed(kinds)}.')
        return kinds[kind](told, where)

    def _schema_edit(self, told: dict[str, Any], where: str) -> SchemaEdit:
        entry = _object(told, where, ("edit", "path", "action", "record", "field", "name", "value"))
        action: Any = entry.get("action")
        if action not in get_args(SchemaAction):
            raise Unacceptable(
                f'{where}: there is no action "{str(action)[:40]}"; use {listed(get_args(SchemaAction))}.'
            )
        texts = {key: str(entry.get(key) or "") for key in ("path", "record", "field", "name")}
        version, record = self._record(texts["path"], texts["record"], where)
        fields = {it.name for it in version.fields if it.record == record}
        needs_field = action not in ("add_field", "reorder_fields", "rename_type", "set_type_property")
        if needs_field and texts["field"] not in fields:
            near = _near(texts["field"], fields)
            raise Unacceptable(f'{where}: {record} has no field "{texts["field"][:80]}".{near}')
        # In the order that it was written in, as it will stand in the file.
        value = (
            "" if action in ("remove_field", "remove_property") else json.dumps(entry.get("value"), ensure_ascii=False)
        )
        return SchemaEdit(version.source, action, record, texts["field"], texts["name"], value)

    def _record(self, path: str, record: str, where: str) -> tuple[SchemaVersion, str]:
        """Returns the schema at a path that declares a record, and the record's full name."""
        found = [it for it in self._schemas() if it.source.path == path]
        if not found:
            paths = {it.source.path for it in self._schemas()}
            raise Unacceptable(f'{where}: no schema stands in "{path[:120]}".{_near(path, paths)}')
        known = {full: it for it in found for full in (it.name, *(field.record for field in it.fields))}
        short = {full.rpartition(".")[2]: full for full in known}
        names = best_matches(record, [*known, *short]) if record else (found[0].name,)
        full = {short.get(name, name) for name in names}
        if len(full) != 1:
            raise Unacceptable(f'{where}: {path} declares {listed(known)}, and no single one is "{record[:80]}".')
        (name,) = full
        return known[name], name

    def _schemas(self) -> list[SchemaVersion]:
        own = [it for it in self._pipeline.subjects if not self._pipeline.is_foreign(it.latest.source.path)]
        return [version for it in own for version in (it.latest, *it.copy_versions)]

    def _replacement(self, told: dict[str, Any], where: str) -> Replacement:
        entry = _object(told, where, ("edit", "path", "before", "after"))
        path, before, after = (_whole(entry, key, where) for key in ("path", "before", "after"))
        file = self._tree.read([path])[path]
        if not isinstance(file, SourceFile):
            raise Unacceptable(f"{where}: {path} can't be edited: it {file.reason}.", may_look=True)
        starts = _starts(file.text, before)
        lines = [file.text.count("\n", 0, at) + 1 for at in starts]
        if len(starts) != 1:
            places = f"stands several times in {path}: lines {', '.join(map(str, lines[:WORDS_MAX]))}"
            what = places if starts else f"is not in {path} at the base"
            raise Unacceptable(f'{where}: "before" {what}. Copy text that stands there exactly once.', may_look=True)
        self._refuse_schema_text(file, starts[0], before, where)
        last = lines[0] + before.rstrip("\n").count("\n")
        unread = [at for at in range(lines[0], last + 1) if at not in self._read.get(path, ())]
        if unread:
            what = f"line {unread[0]} of {path} was not shown to you"
            raise Unacceptable(f"{where}: {what}. Look at it first, with span.", may_look=True)
        return Replacement(path, before, after)

    def _refuse_schema_text(self, file: SourceFile, start: int, before: str, where: str) -> None:
        first = len(file.text[:start].encode())
        last = first + len(before.encode())
        for version in self._schemas():
            source = version.source
            end = source.end if source.host != "file" or source.end else len(file.text.encode())
            if source.path == file.path and first < end and last > source.start:
                raise Unacceptable(f'{where}: {file.path} holds a schema there: change it by edits of kind "schema".')

    def _new_file(self, told: dict[str, Any], where: str) -> NewFile:
        entry = _object(told, where, ("edit", "path", "text"))
        path, text = _whole(entry, "path", where), _whole(entry, "text", where)
        if isinstance(self._tree.read([path])[path], SourceFile):
            raise Unacceptable(f"{where}: {path} exists already: replace text in it.", may_look=True)
        return NewFile(path, text)

    def _each(
        self, entry: Mapping[str, Any], key: str, where: str, most: int, made: Callable[[Any, str], Item]
    ) -> tuple[Item, ...]:
        items = entry.get(key)
        if items is None:
            return ()
        if not isinstance(items, list) or len(items) > most:
            raise Unacceptable(f'{where}: "{key}" must be a list of at most {most}.')
        return tuple(made(item, f"{where}, {key} {number}") for number, item in enumerate(items, 1))


def answer_tool() -> Tool:
    """Returns the tool that alternatives are told by."""
    text: dict[str, Any] = {"type": "string"}

    def listing(items: Mapping[str, Any], most: int) -> dict[str, Any]:
        # A weak model that a server holds to the schema ends its lists nowhere else.
        return {"type": "array", "items": items, "maxItems": most}

    def thing(properties: Mapping[str, Any], *needed: str) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": properties,
            "required": list(needed or properties),
            "additionalProperties": False,
        }

    edit = thing(
        {
            "edit": {"type": "string", "enum": ["schema", "replace", "new_file"]},
            "path": text,
            "action": {"type": "string", "enum": list(get_args(SchemaAction))},
            **dict.fromkeys(("record", "field", "name", "before", "after", "text"), text),
            "value": {},
        },
        "edit",
        "path",
    )
    step = thing(
        {
            "title": text,
            "kind": {"type": "string", "enum": list(_STEP_KINDS)},
            "jobs": listing(text, STEPS_MAX * 4),
            "paths": listing(text, EDITS_MAX),
        }
    )
    phase = thing({"name": text, "edits": listing(edit, EDITS_MAX), "steps": listing(step, STEPS_MAX), "gate": text})
    lists = {"preconditions": listing(CONDITION, WORDS_MAX), "phases": listing(phase, PHASES_MAX)}
    one = thing({"title": text, "argument": text, **lists}, "title", "argument", "phases")
    schema = thing({"alternatives": listing(one, ALTERNATIVES_MAX)})
    return Tool("alternatives", "Further ways to make the change, none where none is better.", canonical(schema))


def _object(told: Any, where: str, keys: Sequence[str]) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise Unacceptable(f"{where} must be an object.")
    unknown = [key for key in told if key not in keys]
    if unknown:
        raise Unacceptable(f'{where} has no key "{str(unknown[0])[:40]}"; its keys are {", ".join(keys)}.')
    return told


def _sentence(entry: Mapping[str, Any], key: str, where: str) -> str:
    return _plain(entry.get(key), f'{where}, "{key}"')


def _plain(told: Any, where: str) -> str:
    if not isinstance(told, str) or not told.strip():
        raise Unacceptable(f"{where} must be a text.")
    if len(told) > SENTENCE_LENGTH_MAX:
        raise Unacceptable(f"{where} is longer than {SENTENCE_LENGTH_MAX} characters.")
    return visible(" ".join(told.split()))


def _whole(entry: Mapping[str, Any], key: str, where: str) -> str:
    told = entry.get(key)
    if not isinstance(told, str) or (not told and key != "after"):
        raise Unacceptable(f'{where}: "{key}" must be a text.')
    if len(told) > TEXT_LENGTH_MAX:
        raise Unacceptable(f'{where}: "{key}" is longer than {TEXT_LENGTH_MAX} characters.')
    return told


def _starts(text: str, part: str) -> list[int]:
    found: list[int] = []
    at = text.find(part)
    while at >= 0 and len(found) <= WORDS_MAX:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def _near(said: str, names: Sequence[str] | set[str]) -> str:
    close = nearest(said, sorted(names))
    return f" The nearest are {listed(close)}." if close else ""
