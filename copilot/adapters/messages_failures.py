"""Says what went wrong when a model was asked: what happened, at which host, and what the person can do next.

A table by status, and by the kind that a server writes where the status says nothing (an error inside a stream has status 200).
What a server writes itself is quoted short, its control characters made visible, and never with a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from copilot.domain.visible import visible
from copilot.errors import ModelFailed

QUOTED_MAX = 300
_KEY_SHAPE = re.compile(r"\bsk-ant-[A-Za-z0-9_-]{8,}")
"""What keys of Anthropic look like: those that the SDK keeps are not known here."""


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    what: str
    next: str


_KEY = _Row(
    "key",
    "The model's server refused the key.",
    "Check the key in the environment; docs/models.md tells which variable.",
)
_PAYMENT = _Row("payment", "The model's server asks for payment first.", "Look at the plan and credit of the account.")
_PERMISSION = _Row(
    "permission", "The key may not use this model.", "Name another model, or ask for access to this one."
)
_NAME = _Row(
    "name",
    "The model's server knows no such model or address.",
    "Check name and base_url in [model] of your config.toml.",
)
_SIZE = _Row("size", "The request is larger than the model's server takes.", "Ask for a smaller change.")
_RATE = _Row("rate", "The model's server has had too many requests.", "Wait, then ask again.")
_SERVER = _Row("server", "The model's server failed.", "Ask again later; the rules go on without it.")
_BROKEN = _Row(
    "server",
    "The model's server failed at the request.",
    "Ask again later. If it stays so, it may not take such requests: check name and profile of [model] in your config.toml.",
)
_BUSY = _Row("busy", "The model's server is overloaded.", "Ask again later; the rules go on without it.")
_LATE = _Row("late", "The model's server gave up waiting for its own answer.", "Ask again later.")
_REQUEST = _Row(
    "request",
    "The model's server did not accept the request.",
    "Check name and profile of [model] in your config.toml.",
)
_CONTEXT = _Row(
    "context",
    "The request is longer than the model can hold.",
    "Choose a model with a longer context, or ask for less.",
)
_ELSEWHERE = _Row(
    "elsewhere", "The model's server sends requests on to another address, which is not followed.",
    "Write the address where they end as base_url, if you trust it.",
)  # fmt: skip
_BY_STATUS = {
    400: _REQUEST, 401: _KEY, 402: _PAYMENT, 403: _PERMISSION, 404: _NAME, 405: _NAME, 408: _LATE, 413: _SIZE,
    422: _REQUEST, 429: _RATE, 500: _BROKEN, 503: _BUSY, 504: _LATE, 529: _BUSY,
}  # fmt: skip
_BY_KIND = {
    "authentication_error": _KEY, "billing_error": _PAYMENT, "permission_error": _PERMISSION, "not_found_error": _NAME,
    "request_too_large": _SIZE, "rate_limit_error": _RATE, "timeout_error": _LATE, "overloaded_error": _BUSY,
    "invalid_request_error": _REQUEST, "exceed_context_size_error": _CONTEXT,
}  # fmt: skip
_CONTEXT_WORDS = ("context length", "context size", "context window", "prompt is too long", "too many tokens")


def refused(status: int, kind: str, said: str, where: str, *, wait_seconds: float | None = None) -> ModelFailed:
    """Returns what to tell when a server answered with an error; `said` are its own words, free of secrets."""
    rest = _ELSEWHERE if 300 <= status < 400 else _SERVER if status >= 500 or status == 200 else _REQUEST
    row = _BY_KIND.get(kind) or _BY_STATUS.get(status) or rest
    if status in (400, 413, 422, 500) and any(words in said.lower() for words in _CONTEXT_WORDS):
        row = _CONTEXT
    what = f"{row.what} It answered {status}" + (f': "{quoted(said)}"' if said.strip() else ".")
    next = f"It asks to wait {wait_seconds:.0f} s. {row.next}" if wait_seconds else row.next
    return ModelFailed(row.kind, what, where=where, next=next)


def quoted(said: str) -> str:
    """Returns a server's own words as one short line without a full stop."""
    line = " ".join(visible(" ".join(said.split())).split()).rstrip(".")
    return line if len(line) <= QUOTED_MAX else f"{line[:QUOTED_MAX]}…"


def late(seconds: float, where: str, partial: str) -> ModelFailed:
    what = f"The model did not answer within {seconds:.0f} s."
    next = "Raise seconds in [model] of your config.toml, or choose a faster model."
    return ModelFailed("late", what, where=where, next=next, partial=partial)


def unreachable(why: str, where: str) -> ModelFailed:
    what = f"The model's server can't be reached: {quoted(why)}."
    return ModelFailed(
        "connection", what, where=where, next="Check base_url, the network, and whether the server runs."
    )


def cut(why: str, where: str, partial: str) -> ModelFailed:
    what = f"The connection to the model's server was cut before the answer was whole: {quoted(why)}."
    return ModelFailed("cut", what, where=where, next="Ask again; the rules go on without it.", partial=partial)


def not_understood(why: str, where: str, partial: str) -> ModelFailed:
    what = f"What came back is no answer of the Messages API: {quoted(why)}."
    next = "Check base_url: it must lead to a server of the Messages API."
    return ModelFailed("unreadable", what, where=where, next=next, partial=partial)


def endless(why: str, where: str, partial: str) -> ModelFailed:
    what = f"The model's answer does not end: {why}."
    return ModelFailed("endless", what, where=where, next="Ask for less, or choose a stronger model.", partial=partial)


def without_key(where: str, variable: str) -> ModelFailed:
    what = f"There is no key for the model's server: {variable or 'the environment'} holds none."
    next = f"Set {variable or 'ANTHROPIC_API_KEY'}, or go on without a model: --no-model."
    return ModelFailed("key", what, where=where, next=next)


def without_client(why: str, where: str, client: str) -> ModelFailed:
    what = f"The client for {client} can't be used: {quoted(why)}."
    next = f"Set what it needs in the environment, and install anthropic[{client}]: docs/models.md."
    return ModelFailed("client", what, where=where, next=next)


def scrubber(secrets: tuple[str, ...]) -> Callable[[str], str]:
    """Returns a function that takes secrets out of a text, whoever wrote it there."""
    known = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)

    def scrubbed(text: str) -> str:
        for secret in known:
            text = text.replace(secret, "[secret]")
        return _KEY_SHAPE.sub("[secret]", text)

    return scrubbed
