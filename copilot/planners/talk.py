"""Asks a model under one budget, and tells of every exchange, also of those that were of no use.

A structured answer comes by one forced tool; what comes is checked by whoever asked, and the model hears what was wrong with it a
bounded number of times. Before it answers it may look around with tools that only read. Where no answer comes, `NoAnswer` says
why, and the line goes on with the rules alone.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from copilot.domain.codec import canonical
from copilot.domain.model import (
    REPETITION,
    Block,
    Call,
    Exchange,
    Message,
    ModelLimits,
    Purpose,
    Reply,
    Text,
    Tool,
    ToolResult,
    ToolUse,
    Usage,
    used,
)
from copilot.domain.prompt import Prompt
from copilot.errors import ModelFailed
from copilot.planners.fence import fenced, filled
from copilot.ports import Model, Prompts

Found = TypeVar("Found")
_UNPAID: Mapping[str, Any] = {"usage": Usage(), "cost_dollars": None, "took_seconds": 0.0}
SECONDS_LEFT_MIN = 2.0
"""With less time left than this no further call is begun."""
STOP_LOOK_SECONDS = 0.1
_LASTING = ("busy", "client", "connection", "elsewhere", "key", "name", "payment", "permission", "rate", "server")
"""Kinds of failures that another question would meet too."""
_STOPS = {
    "": "The answer was cut off before its end.",
    "max_tokens": "The answer was longer than the limit of one answer (max_tokens), so its end is missing.",
    "refusal": "The model refused to answer.",
    "model_context_window_exceeded": "The request and its answer were longer than the model can hold.",
    "pause_turn": "The model paused and did not go on.",
    REPETITION: "The model said the same again and again, so it was stopped. Ask for less, or choose a stronger model.",
}


class NoAnswer(Exception):
    """The model gave nothing that can be used; the text says why."""


class Unacceptable(ValueError):
    """An answer that can't be used; the text tells what is wrong with it, `may_look` whether a look may mend it.

    `told` is what the model is told in place of the text, where what is wrong is told to people in other words.
    """

    def __init__(self, what: str, *, may_look: bool = False, told: str = "") -> None:
        super().__init__(what)
        self.may_look, self.told = may_look, told or what


@dataclass(frozen=True, slots=True)
class Look:
    """A tool that only reads, and what it answers to an input; a ValueError of it is told to the model."""

    tool: Tool
    answer: Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the prompt, the texts for its places, and the tool that the answer comes by.

    `context` are further stable parts of the system text; `subject` tells alike questions of one proposal apart.
    """

    purpose: Purpose
    prompt: str
    inputs: Mapping[str, str]
    answer: Tool
    context: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()
    subject: str = ""


class Talk:
    """All that one proposal says to a model. `told` hears of each exchange when it is over.

    `spent` are those from before: they count, and answer equal requests; `known` are those of other runs, which only answer.
    `reused` are those of them that did. `answered` are those of another proposal, `answered_in`: they answer too, and are told
    again as taken from there, since nothing was paid for them here.
    """

    def __init__(
        self,
        model: Model,
        prompts: Prompts,
        limits: ModelLimits,
        told: Callable[[Exchange], object],
        *,
        spent: Iterable[Exchange] = (),
        known: Iterable[Exchange] = (),
        answered: Iterable[Exchange] = (),
        answered_in: str = "",
        is_stopped: Callable[[], bool] = bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model, self._prompts, self.limits, self._told = model, prompts, limits, told
        self._is_stopped, self._clock = is_stopped, clock
        self._exchanges = list(spent)
        self._known = {it.sent: it for it in (*known, *self._exchanges) if it.stop_reason}
        taken = (replace(it, server=answered_in, **_UNPAID) for it in answered if it.stop_reason)
        self._answered = {it.sent: it for it in taken}
        self.reused: list[Exchange] = []
        self._ends = clock() + limits.seconds - sum(it.took_seconds for it in self._exchanges)
        self._lasting: ModelFailed | None = None
        self.was_repeating = False
        """Whether the answer that was taken last came of a model that went on to say the same again and was stopped."""

    def ask(self, question: Question, accept: Callable[[Any], Found]) -> Found:
        """Returns what `accept` makes of the answer; it raises Unacceptable for one that can't be used. Raises NoAnswer."""
        prompt = self._prompts(question.prompt)
        messages = [Message("user", (Text(filled(prompt, question.inputs)),))]
        looked = repairs = 0
        wants_look = bool(question.looks)
        seen: set[tuple[str, str]] = set()
        refused = ""
        while True:
            may_look = wants_look and looked < self.limits.looks
            call = self._call(question, prompt, messages, may_look)
            exchange, reply = self._asked(question, prompt, call)
            uses = [block for block in reply.blocks if isinstance(block, ToolUse)]
            if may_look and uses and all(use.name != question.answer.name for use in uses):
                self._tell(exchange)
                results = [self._looked(use, question.looks, looked + at) for at, use in enumerate(uses)]
                asked = {(use.name, use.input) for use in uses}
                # Who looks at the same again has nothing left to look for: the next call must be the answer.
                looked = self.limits.looks if asked <= seen else looked + len(uses)
                seen |= asked
                messages += [Message("assistant", reply.blocks), Message("user", tuple(results))]
                continue
            try:
                found = accept(value_of(reply, question.answer.name))
            except Unacceptable as problem:
                told = _with_cause(str(problem), reply)
                self._tell(replace(exchange, problem=told))
                if repairs == self.limits.repairs or reply.stop_reason in ("refusal", "max_tokens", REPETITION):
                    raise NoAnswer(f"The model's answer could not be used: {told}") from None
                if _said(reply) == refused:
                    raise NoAnswer(
                        f"The model's answer could not be used, and it gave the same again: {told}"
                    ) from None
                refused = _said(reply)
                repairs += 1
                wants_look = problem.may_look and bool(question.looks)
                messages += [Message("assistant", reply.blocks), _refused(uses, problem.told, question.answer.name)]
            else:
                self._tell(exchange)
                self.was_repeating = reply.stop_reason == REPETITION
                return found

    def first(self, question: Question) -> str:
        """Returns the request that would be sent first, as canonical JSON; sends nothing."""
        prompt = self._prompts(question.prompt)
        messages = [Message("user", (Text(filled(prompt, question.inputs)),))]
        return self._model.request(self._call(question, prompt, messages, bool(question.looks)))

    def _call(self, question: Question, prompt: Prompt, messages: Sequence[Message], may_look: bool) -> Call:
        """The tools stay the same from call to call where a forced name is kept to, so that the server's cache holds."""
        together = (*(look.tool for look in question.looks), question.answer)
        tools = together if may_look or self._model.forces_by_name else (question.answer,)
        system = (prompt.system, *question.context)
        forced = "" if may_look else question.answer.name
        return Call(system, tools, tuple(messages), forced, self.limits.answer_tokens)

    def _asked(self, question: Question, prompt: Prompt, call: Call) -> tuple[Exchange, Reply]:
        """Asks once. What failed is told here; what came is for the caller to judge and tell."""
        known = self._known.get(self._model.request(call))
        if known is not None:
            self.reused.append(known)
            return known, _named(self._model.reply(known.answer), call.forced)
        taken = self._answered.get(self._model.request(call))
        if taken is not None:
            return replace(taken, problem=""), _named(self._model.reply(taken.answer), call.forced)
        if self._lasting:
            raise NoAnswer(_why(self._lasting))
        left = self._ends - self._clock()
        limit = self._limit_reached(left)
        if limit:
            raise NoAnswer(limit)
        began = self._clock()
        blank = Reply((), "", self._model.name, used(()), "")
        exchange = self._exchange(question, prompt, call, blank)
        try:
            reply = self._reply(call, left)
        except ModelFailed as failure:
            took = self._clock() - began
            self._tell(replace(exchange, answer=failure.partial, took_seconds=took, problem=failure.what))
            self._lasting = failure if failure.kind in _LASTING else None
            raise NoAnswer(_why(failure)) from failure
        took = self._clock() - began
        return replace(self._exchange(question, prompt, call, reply), took_seconds=took), _named(reply, call.forced)

    def _reply(self, call: Call, seconds: float) -> Reply:
        """Asks in a thread, which is left behind where a person stops the line: nobody waits for a server then."""
        came: list[Reply] = []
        failed: list[Exception] = []

        def work() -> None:
            try:
                came.append(self._model.ask(call, seconds))
            except Exception as error:
                failed.append(error)

        worker = threading.Thread(target=work, name="question", daemon=True)
        worker.start()
        while worker.is_alive():
            worker.join(STOP_LOOK_SECONDS)
            if self._is_stopped():
                raise NoAnswer("It was stopped.")
        if failed:
            raise failed[0]
        return came[0]

    def _exchange(self, question: Question, prompt: Prompt, call: Call, reply: Reply) -> Exchange:
        return Exchange(
            question.purpose,
            prompt.use,
            self._model.request(call),
            self._model.server,
            reply.model,
            reply.raw,
            reply.stop_reason,
            reply.usage,
            self._model.cost_dollars(reply.usage),
            0.0,
            subject=question.subject,
        )

    def _tell(self, exchange: Exchange) -> None:
        if exchange.sent in self._known:
            return
        self._exchanges.append(exchange)
        self._told(exchange)

    def _limit_reached(self, left: float) -> str:
        limits, spent = self.limits, used(self._exchanges)
        dollars = sum(it.cost_dollars or 0.0 for it in self._exchanges)
        reached = {
            "calls": sum(it.sent not in self._answered for it in self._exchanges) >= limits.calls,
            "input_tokens": spent.all_input >= limits.input_tokens,
            "output_tokens": spent.output >= limits.output_tokens,
            "seconds": left < SECONDS_LEFT_MIN,
            "dollars": dollars >= limits.dollars,
        }
        if self._is_stopped():
            return "It was stopped."
        name = next((name for name, is_reached in reached.items() if is_reached), "")
        return f"The limit {name} of the model ({getattr(limits, name)}) is reached." if name else ""

    def _looked(self, use: ToolUse, looks: Sequence[Look], number: int) -> ToolResult:
        if number >= self.limits.looks:
            return ToolResult(use.id, f"The limit of {self.limits.looks} look-ups is reached: answer now.", True)
        look = next((it for it in looks if it.tool.name == use.name), None)
        if look is None:
            return ToolResult(use.id, f"There is no tool {use.name!r}.", True)
        try:
            value = json.loads(use.input)
            if not isinstance(value, dict):
                raise ValueError("The input must be an object.")
            return ToolResult(use.id, look.answer(value)[: self.limits.look_bytes])
        except ValueError as error:
            # It may name files and schemas that are nearest, in whatever words a repository has for them.
            return ToolResult(use.id, fenced("problem", str(error), self.limits.look_bytes), True)


def streamed(work: Callable[[Callable[[Exchange], object]], Found]) -> Generator[Exchange, None, Found]:
    """Runs `work` in a thread, yielding each exchange that it tells as soon as it is over; returns what `work` does."""
    told: queue.SimpleQueue[Exchange | None] = queue.SimpleQueue()
    outcome: list[Found] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work(told.put))
        except BaseException as error:
            failure.append(error)
        told.put(None)

    thread = threading.Thread(target=run, name="model", daemon=True)
    thread.start()
    while (exchange := told.get()) is not None:
        yield exchange
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def _why(failure: ModelFailed) -> str:
    """Returns on one line what happened, where, and what to do next."""
    where = f"At {failure.where}." if failure.where else ""
    return " ".join(part for part in (failure.what, where, failure.next) if part)


def _with_cause(problem: str, reply: Reply) -> str:
    """Returns the problem, after what explains it: some servers close the brackets of an answer that they cut off."""
    stopped = _STOPS.get(reply.stop_reason, "")
    return f"{stopped} {problem}" if stopped and stopped not in problem else problem


def _named(reply: Reply, forced: str) -> Reply:
    """Returns the reply with the name of the forced tool where a server left it out; `raw` stays as it came."""
    blocks = tuple(replace(it, name=forced) if isinstance(it, ToolUse) and not it.name else it for it in reply.blocks)
    return replace(reply, blocks=blocks)


def value_of(reply: Reply, tool: str) -> Any:
    """Returns the input that the tool was called with; of a model that wrote it as text, that text's only JSON object.

    Raises Unacceptable with what was wrong, the reason why the answer ended where that explains it.
    """
    inputs = [block.input for block in reply.blocks if isinstance(block, ToolUse) and block.name == tool]
    texts = [] if inputs else [block.text for block in reply.blocks if isinstance(block, Text)]
    said = [json.loads(text) for text in inputs] or [it for text in texts for it in _objects_in(text)]
    # The same answer twice is one answer.
    found = list({canonical(it): it for it in said}.values())
    stopped = _STOPS.get(reply.stop_reason, "")
    if stopped and (not found or found[0] == {}):
        raise Unacceptable(stopped)
    if reply.stop_reason == REPETITION:
        # What it said first stood before it began to say the same again.
        found = found[:1]
    if len(found) != 1:
        answers = f"{len(found)} answers" if found else "no answer"
        told = answers if found else "no call of it"
        raise Unacceptable(
            f"The model gave {answers} where one in the form that was asked for was due.",
            told=f"Call the tool {tool!r} exactly once; there was {told}.",
        )
    return found[0]


def _said(reply: Reply) -> str:
    """Returns what a reply says, without the ids that are new in each."""
    return repr([(it.name, it.input) if isinstance(it, ToolUse) else it for it in reply.blocks])


def _objects_in(text: str) -> list[Any]:
    """Returns the JSON objects in a text, fenced or bare, those that stand in another one left out."""
    found: list[Any] = []
    decoder, at = json.JSONDecoder(), text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found.append(value)
        at = text.find("{", end)
    return found


def _refused(uses: Sequence[ToolUse], problem: str, tool: str) -> Message:
    """Every call needs a result, so the problem stands in each; where there was no call, in plain words.

    It names what is nearest in the map, so it stands between marks as all text of a repository.
    """
    text = f"This can't be used. Call {tool!r} again, whole and corrected.\n{fenced('problem', problem)}"
    results: tuple[Block, ...] = tuple(ToolResult(use.id, text, True) for use in uses)
    return Message("user", results or (Text(text),))
