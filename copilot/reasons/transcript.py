"""What was said to a model and what it answered, in parts that a person can read; nothing of it is left out or put in other words.

A request repeats what came before it, so a part that an earlier request of the proposal had too is told by where it stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.domain.codec import encode
from copilot.domain.model import REPETITION, Exchange, PromptSource, Purpose, Usage, used
from copilot.domain.proposal import Proposal

NOT_TOLD = "the server did not say"
_ASKED_FOR: dict[Purpose, str] = {
    "frame": "what the words of the request ask for",
    "alternatives": "further ways to make the change, which the checks judge as all others",
    "critic": "cases in which this way fails, which are then executed",
    "words": "sentences about the decision that stands; nothing rests on them",
    "probe": "what it would choose and why, to see whether its reason follows the evidence; nothing rests on it",
}
_STOPPED = {
    "tool_use": "it called a tool",
    "end_turn": "it was done",
    "max_tokens": "at the limit of one answer, so the end is missing",
    "refusal": "it refused",
    "model_context_window_exceeded": "it can hold no more",
    REPETITION: "it said the same again and again, so it was stopped here; only what was whole before counts",
}
_WHOSE: dict[PromptSource, str] = {
    "built in": "built in",
    "own": "your own file",
    "repository": "the repository's, accepted here",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a request or of an answer; `stands_in` is the number of the exchange that had the same part first, else 0."""

    title: str
    text: str
    stands_in: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """One exchange, counted from 1: facts as labels with values, then what was sent, and what was answered."""

    number: int
    title: str
    facts: tuple[tuple[str, str], ...]
    sent: tuple[Part, ...]
    answered: tuple[Part, ...]


def transcript(exchanges: Sequence[Exchange]) -> tuple[Told, ...]:
    """Returns each exchange in the order in which they took place."""
    known: dict[tuple[str, str], int] = {}
    told: list[Told] = []
    for number, exchange in enumerate(exchanges, 1):
        sent = tuple(
            Part(title, text, known.get((_bare(title), text), 0)) for title, text in parts_of_request(exchange.sent)
        )
        for part in sent:
            known.setdefault((_bare(part.title), part.text), number)
        about = f" of {exchange.subject}" if exchange.subject else ""
        answered = tuple(Part(title, text) for title, text in parts_of_answer(exchange.answer))
        told.append(Told(number, exchange.purpose + about, tuple(facts_of(exchange)), sent, answered))
    return tuple(told)


def facts_of(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Yields what is known of an exchange beside its texts."""
    prompt = exchange.prompt
    yield "asked for", _ASKED_FOR[exchange.purpose]
    yield "prompt", f"{prompt.id}, version {prompt.version}, {_WHOSE[prompt.source]}, SHA-256 {prompt.digest}"
    if prompt.passed_over:
        yield (
            "passed over",
            f".copilot/prompts/{prompt.id}.md of the repository, not accepted here: {prompt.passed_over}",
        )
    if prompt.unusable:
        yield "not used", prompt.unusable
    yield "model", f"{exchange.model} at {exchange.server}"
    why = _STOPPED.get(exchange.stop_reason)
    yield "stopped", (f"{exchange.stop_reason}: {why}" if why else exchange.stop_reason) or NOT_TOLD
    yield "tokens", tokens_words(exchange.usage)
    yield "cost", cost_words([exchange])
    yield "took", f"{exchange.took_seconds:.1f} s"
    if exchange.problem:
        yield "problem", exchange.problem


def summary_words(exchanges: Sequence[Exchange]) -> str:
    """Returns how many exchanges there were, with whom, and what they took together."""
    models = dict.fromkeys(f"{it.model} at {it.server}" for it in exchanges)
    count = "1 exchange" if len(exchanges) == 1 else f"{len(exchanges)} exchanges"
    seconds = sum(it.took_seconds for it in exchanges)
    return (
        f"{count} with {', '.join(models)}: {tokens_words(used(exchanges))}; {cost_words(exchanges)}; {seconds:.1f} s"
    )


def tokens_words(usage: Usage) -> str:
    """Returns tokens as the server counts them."""
    return (
        f"{usage.input:,} input, {usage.cache_read:,} from the cache, {usage.cache_written:,} into it,"
        f" {usage.output:,} output"
    )


def cost_words(exchanges: Sequence[Exchange]) -> str:
    """Returns what exchanges cost together, and of how many no price is known."""
    known = [it.cost_dollars for it in exchanges if it.cost_dollars is not None]
    if not known:
        return "no price is set"
    unknown = len(exchanges) - len(known)
    return f"${sum(known):.4f}" + (f", and {unknown} without a price" if unknown else "")


def parts_of_request(sent: str) -> Iterator[tuple[str, str]]:
    """Yields the parts of a request as titles with texts; one that is no request of the Messages API comes whole."""
    body = _json(sent)
    if not isinstance(body, dict):
        yield "request", sent
        return
    for number, (title, text) in enumerate(_blocks(body.get("system", [])), 1):
        yield f"system {number} {title}".rstrip(), text
    tools = body.get("tools", [])
    for tool in tools if isinstance(tools, list) else [tools]:
        name = tool.get("name", "") if isinstance(tool, dict) else ""
        yield f"tool {name}".rstrip(), _shown(tool)
    messages = body.get("messages", [])
    for number, message in enumerate(messages if isinstance(messages, list) else [messages], 1):
        whole = message if isinstance(message, dict) else {"content": [message]}
        for title, text in _blocks(whole.get("content", [])):
            yield f"message {number}, {whole.get('role', 'nobody')}{f' {title}' if title else ''}", text
    rest = {key: value for key, value in body.items() if key not in ("system", "tools", "messages")}
    if rest:
        yield "settings", _shown(rest)


def parts_of_answer(answer: str) -> Iterator[tuple[str, str]]:
    """Yields the parts of an answer; one that broke off comes as far as it came."""
    message = _json(answer)
    if not isinstance(message, dict):
        if answer:
            yield "as far as it came", answer
        return
    for title, text in _blocks(message.get("content", [])):
        yield title or "text", text
    rest = {key: value for key, value in message.items() if key != "content"}
    if rest:
        yield "beside it", _shown(rest)


def transcript_document(proposal: Proposal) -> dict[str, Any]:
    """Returns the exchanges as JSON values: `sent` is the body of the request, `answer` the message as it came."""
    rows = [encode(it) for it in proposal.exchanges]
    for row, exchange in zip(rows, proposal.exchanges, strict=True):
        row["sent"] = _or_text(exchange.sent)
        row["answer"] = _or_text(exchange.answer)
    return {"version": 1, "proposal": proposal.id, "exchanges": rows}


def _blocks(content: Any) -> Iterator[tuple[str, str]]:
    """Yields what stands in a message; a plain text has no title."""
    for block in content if isinstance(content, list) else [content]:
        match block:
            case str(text):
                yield "", text
            case {"type": "text", "text": str(text), **rest}:
                yield _with("", rest), text
            case {"type": "tool_use", "name": str(name), "input": value, **rest}:
                yield _with(f"calls {name}", rest), _shown(value)
            case {"type": "tool_result", "content": str(text), **rest}:
                yield _with("result", rest), text
            case {"type": str(kind)}:
                yield kind, _shown(block)
            case _:
                yield "unknown", _shown(block)


def _with(title: str, rest: Mapping[Any, Any]) -> str:
    """Keeps beside a title what a block says of itself: its id, or how far a server may keep it."""
    said = ", ".join(f"{key} {_short(value)}" for key, value in rest.items() if value is not None)
    return f"{title} ({said})".strip() if said else title


def _bare(title: str) -> str:
    """Returns a title without what stands beside it: how far a server may keep a part moves on with each request."""
    return title.partition(" (")[0]


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _or_text(text: str) -> Any:
    value = _json(text)
    return value if isinstance(value, dict) else text


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
