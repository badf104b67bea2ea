"""Asks a model for alternatives beyond the catalogue's, and takes over those that are well made and do something else.

They join the plan of the rules, face the same checks, and gain nothing by where they come from. Where no answer comes, the plan
stays that of the rules and says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from copilot.domain.alternative import Alternative, NotOffered, Plan
from copilot.domain.codec import canonical
from copilot.domain.free_form import refusal_of
from copilot.domain.operation import ChangeRequest, operation_object
from copilot.domain.patch import Refused
from copilot.domain.pipeline import FieldUse, Impact, PipelineMap
from copilot.domain.source import SourceFile
from copilot.planners.fence import fenced
from copilot.planners.looks import Looking
from copilot.planners.neighbourhood import neighbourhood
from copilot.planners.secret_files import is_secret
from copilot.planners.suggested import ALTERNATIVES_MAX, Suggestions, answer_tool
from copilot.planners.talk import NoAnswer, Question, Talk, Unacceptable
from copilot.ports import Compiler, Tree

PROMPT = "alternatives"
MODEL = "model"
"""The strategy of a NotOffered that tells why a model gave no alternatives."""
CODE_LENGTH_MAX = 5_000
"""Characters of code around the places that use what changes, which a model sees without looking."""
LINES_AROUND = 4
REPEATED = "The model said the same again and again, so it was stopped; what it had said before is kept."


class ClaudePlanner:
    """Plans for one request on one commit: what the rules found, and what a model adds to it."""

    def __init__(self, request: ChangeRequest, impacts: tuple[Impact, ...], pipeline: PipelineMap, tree: Tree) -> None:
        self._request, self._impacts, self._pipeline, self._tree = request, impacts, pipeline, tree
        self._looking = Looking(pipeline, tree)
        self._sound: tuple[Alternative, ...] = ()

    def question(self, plan: Plan) -> Question:
        """Returns what a model is asked: the words, the operations, the ways that are known, and the map and code around them."""
        request = self._request
        words = f"{request.text} {' '.join(it.subject for it in request.operations)}"
        around = fenced("map", neighbourhood(words, self._pipeline))
        code = self._code()
        inputs = {
            "request": "\n".join([request.text, *(f"wish: {it.words}" for it in request.wishes)]),
            "operations": canonical([operation_object(it) for it in request.operations]),
            "known": "\n".join(_known(plan)),
        }
        context = (around, *([fenced("code", code)] if code else []))
        return Question("alternatives", PROMPT, inputs, answer_tool(), context, self._looking.looks)

    def with_suggestions(self, plan: Plan, talk: Talk, compiler: Compiler) -> Plan:
        """Returns the plan with the alternatives of a model after those of the rules, and why others were left out."""
        room = self._request.limits.alternatives - len(plan.alternatives)
        if room <= 0:
            limit = (
                f"The limit of {self._request.limits.alternatives} alternatives is reached by those of the catalogue."
            )
            return _with(plan, (), [NotOffered(MODEL, limit)])
        try:
            told = talk.ask(self.question(plan), lambda answer: self._accepted(answer, compiler))
            unusable = [NotOffered(MODEL, REPEATED)] if talk.was_repeating else []
        except NoAnswer as problem:
            told = self._sound
            rest = " What was well made of its answer is kept." if told else ""
            unusable = [NotOffered(MODEL, f"{problem}{rest}")]
        kept, left = self._new(told, plan, compiler)
        reason = f"The limit of {self._request.limits.alternatives} alternatives leaves it out."
        left += [NotOffered(it.title, reason) for it in kept[room:]]
        return _with(plan, kept[:room], unusable + left)

    def _accepted(self, answer: Any, compiler: Compiler) -> tuple[Alternative, ...]:
        """Returns the alternatives of an answer; raises Unacceptable for the first that is not well made, and keeps the others
        for the case that no better answer comes."""
        try:
            return self._made(answer, compiler)
        except Unacceptable:
            self._sound = tuple(self._made_alone(answer, compiler)) or self._sound
            raise

    def _made_alone(self, answer: Any, compiler: Compiler) -> Iterator[Alternative]:
        entries = answer.get("alternatives") if isinstance(answer, dict) else None
        for entry in entries[:ALTERNATIVES_MAX] if isinstance(entries, list) else ():
            with suppress(Unacceptable):
                yield from self._made({"alternatives": [entry]}, compiler)

    def _made(self, answer: Any, compiler: Compiler) -> tuple[Alternative, ...]:
        found = Suggestions(self._pipeline, self._tree, self._looking.read).alternatives(answer)
        for number, alternative in enumerate(found, 1):
            made = compiler.compile(alternative, self._tree)
            if isinstance(made, Refused):
                where = f" ({made.where})" if made.where else ""
                raise Unacceptable(f"Alternative {number} can't be made: {made.what}{where} {made.next}", may_look=True)
        return found

    def _new(
        self, told: Sequence[Alternative], plan: Plan, compiler: Compiler
    ) -> tuple[list[Alternative], list[NotOffered]]:
        """Parts the alternatives whose patches differ from all before them from those that make the same bytes, or write where no
        text of a model may go."""
        known = {_bytes_of(it, self._tree, compiler): it.title for it in plan.alternatives}
        kept: list[Alternative] = []
        same: list[NotOffered] = []
        for alternative in told:
            if kept_out := refusal_of(alternative):
                same.append(NotOffered(alternative.title, kept_out))
                continue
            made = _bytes_of(alternative, self._tree, compiler)
            if made in known:
                same.append(NotOffered(alternative.title, f'It would make the same patches as "{known[made]}".'))
            else:
                known[made] = alternative.title
                kept.append(alternative)
        return kept, same

    def _code(self) -> str:
        """Returns the lines around the places that use what changes; they count as read."""
        parts: list[str] = []
        length = 0
        for path, lines in self._places():
            part = "\n".join([path, *(f"{number}\t{text}" for number, text in lines)])
            length += len(part)
            if length > CODE_LENGTH_MAX:
                break
            self._looking.read.setdefault(path, set()).update(number for number, _ in lines)
            parts.append(part)
        return "\n\n".join(parts)

    def _places(self) -> Iterator[tuple[str, list[tuple[int, str]]]]:
        wanted: dict[str, set[int]] = {}
        for use in _shown_first(use for impact in self._impacts for use in impact.uses):
            first, last = use.span.first_line - LINES_AROUND, use.span.last_line + LINES_AROUND
            wanted.setdefault(use.span.path, set()).update(range(max(first, 1), last + 1))
        own = [path for path in wanted if not (is_secret(path) or self._pipeline.is_foreign(path))]
        files = self._tree.read(own)
        for path in own:
            file = files[path]
            if isinstance(file, SourceFile):
                texts = file.text.split("\n")
                yield path, [(number, texts[number - 1]) for number in sorted(wanted[path]) if number <= len(texts)]


def _shown_first(uses: Iterable[FieldUse]) -> list[FieldUse]:
    return sorted(dict.fromkeys(uses), key=lambda use: (use.is_test, use.certainty != "certain", use.span))


def _known(plan: Plan) -> Iterator[str]:
    for alternative in plan.alternatives:
        yield f"offered: {alternative.title} ({alternative.strategy}). {alternative.argument}"
    for none in plan.not_offered:
        yield f"not offered: {none.strategy}. {none.reason}"


def _bytes_of(alternative: Alternative, tree: Tree, compiler: Compiler) -> object:
    made = compiler.compile(alternative, tree)
    if isinstance(made, Refused):
        return alternative.id
    return tuple(tuple((change.path, change.after) for change in patch.changes) for patch in made)


def _with(plan: Plan, more: Sequence[Alternative], left: Sequence[NotOffered]) -> Plan:
    not_offered = tuple(dict.fromkeys((*plan.not_offered, *left)))
    return replace(plan, alternatives=(*plan.alternatives, *more), not_offered=not_offered)
