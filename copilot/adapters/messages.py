"""Asks a server of the Messages API, through the SDK of Anthropic: Claude, and all that speak as it does.

The SDK takes two seconds to import, so it is loaded with the first request and not before. Every call ends within its seconds,
whatever the server does: the SDK's own limits are for each read, and it waits for as long as a server asks it to wait.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from copilot.adapters import messages_failures as failures
from copilot.adapters.messages_json import body_of, reply_of
from copilot.adapters.messages_stream import Gathered, TooLong
from copilot.adapters.model_settings import ModelSettings
from copilot.domain.codec import canonical
from copilot.errors import ModelFailed

if TYPE_CHECKING:
    import anthropic

    from copilot.domain.model import Call, Reply, Usage

CONNECT_SECONDS_MAX = 10.0
TRIES_MAX = 3
WAIT_SECONDS_MIN = 0.5
ERROR_BODY_MAX = 20_000
_TRIED_AGAIN = ("busy", "connection", "rate", "server")
_CLIENTS = {"bedrock": "AnthropicBedrock", "vertex": "AnthropicVertex", "foundry": "AnthropicFoundry"}
_NO_KEY = "unused"
"""What is sent as the key where none is set: most local servers ask for some key and look at none."""
_KEY_VARIABLES = (
    "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_FOUNDRY_API_KEY", "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
)  # fmt: skip
_SECRET_NAMES = ("auth", "cookie", "key", "secret", "token")


class _Failed(Exception):
    """One try failed; `wait_seconds` is what the server asked for before the next one, None where it said nothing."""

    def __init__(self, failure: ModelFailed, *, wait_seconds: float | None = None, may_retry: bool = True) -> None:
        super().__init__(failure.what)
        self.failure, self.wait_seconds = failure, wait_seconds
        self.may_retry = may_retry and failure.kind in _TRIED_AGAIN


class MessagesModel:
    """One model at one server. Keys come from the environment or what the SDK keeps, and leave only towards the server."""

    def __init__(
        self,
        settings: ModelSettings,
        environ: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings, self._clock, self._sleep = settings, clock, sleep
        self._key, self._token = _credentials(settings, environ)
        self._scrubbed = failures.scrubber(_secrets(settings, environ))
        self._kept: anthropic.Anthropic | None = None

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def server(self) -> str:
        return self._settings.server

    @property
    def forces_by_name(self) -> bool:
        return self._settings.profile == "claude"

    def request(self, call: Call) -> str:
        return canonical(self._body(call))

    def reply(self, raw: str) -> Reply:
        return reply_of(json.loads(raw), self.name)

    def cost_dollars(self, usage: Usage) -> float | None:
        prices = self._settings.prices
        if prices is None:
            return None
        input = usage.input * prices.input + usage.cache_read * prices.cached + usage.cache_written * prices.written
        return (input + usage.output * prices.output) / 1_000_000

    def ask(self, call: Call, seconds: float) -> Reply:
        body, ends = self._body(call), self._clock() + seconds
        for tries in range(1, TRIES_MAX + 1):
            try:
                message = self._within(body, ends - self._clock(), seconds)
            except _Failed as failed:
                wait = max(failed.wait_seconds or 0.0, WAIT_SECONDS_MIN * 2 ** (tries - 1))
                if not failed.may_retry or tries == TRIES_MAX or self._clock() + wait >= ends:
                    raise failed.failure from None
                self._sleep(wait)
            else:
                return reply_of(message, self.name)
        raise AssertionError("the last try returns or raises")

    def _body(self, call: Call) -> dict[str, Any]:
        return body_of(call, self.name, is_claude=self.forces_by_name)

    def _within(self, body: dict[str, Any], left: float, seconds: float) -> dict[str, Any]:
        """Makes one try in a thread that is left behind where it takes too long; the connection under it is closed."""
        client, gathered, outcome = self._client(), Gathered(), list[Exception]()

        def work() -> None:
            try:
                self._try(client, body, left, gathered)
            except Exception as error:
                outcome.append(error)

        thread = threading.Thread(target=work, daemon=True, name="model")
        thread.start()
        is_late = True
        try:
            thread.join(max(left, 0.0))
            is_late = thread.is_alive()
        finally:
            if is_late:
                self._kept = None
                threading.Thread(target=client.close, daemon=True, name="model-close").start()
        partial = self._scrubbed(gathered.text)
        if is_late:
            raise _Failed(failures.late(seconds, self.server, partial))
        if outcome:
            failed = self._failed(outcome[0], partial, seconds)
            # What the person has not paid for and nobody has read may be asked for again.
            failed.may_retry &= gathered.length == 0
            raise failed from outcome[0]
        message: dict[str, Any] = json.loads(partial) if partial else {}
        if message.get("type") == "error":
            told = message.get("error")
            error = told if isinstance(told, dict) else {"message": str(told or "")}
            kind, said = str(error.get("type") or ""), str(error.get("message") or "")
            raise _Failed(failures.refused(200, kind, said[:ERROR_BODY_MAX], self.server))
        if message.get("type") != "message":
            raise _Failed(failures.not_understood("it holds no message", self.server, partial))
        return message

    def _try(self, client: anthropic.Anthropic, body: dict[str, Any], left: float, gathered: Gathered) -> None:
        import httpx2

        # No parameter of the SDK, which sends what it is given beside its own.
        beside = {name: value for name, value in body.items() if name == "temperature"}
        own = {name: value for name, value in body.items() if name not in beside}
        timeout = httpx2.Timeout(left, connect=min(left, CONNECT_SECONDS_MAX))
        with client.messages.create(**own, extra_body=beside or None, timeout=timeout) as stream:
            if "application/json" in stream.response.headers.get("content-type", ""):
                whole = json.loads(stream.response.read())
                if not isinstance(whole, dict):
                    raise ValueError("it is no object")
                return gathered.whole(whole)
            for event in stream:
                gathered.add(event.to_dict(mode="json", warnings=False))
                if gathered.is_repeating:
                    return None

    def _client(self) -> anthropic.Anthropic:
        if self._kept is None:
            self._kept = self._made()
        return self._kept

    def _made(self) -> Any:
        settings = self._settings
        if settings.key_variable and self._key is None:
            raise failures.without_key(self.server, settings.key_variable)
        import anthropic

        shared: dict[str, Any] = {
            "max_retries": 0,
            "open_telemetry": False,
            "default_headers": dict(settings.headers),
            "base_url": settings.base_url or None,
            # A server that sends elsewhere is not followed: where requests go, the user says.
            "http_client": anthropic.DefaultHttpxClient(follow_redirects=False),
        }
        if settings.client != "messages":
            try:
                return getattr(anthropic, _CLIENTS[settings.client])(**shared)
            except (anthropic.AnthropicError, ImportError, ValueError) as error:
                raise failures.without_client(self._scrubbed(str(error)), self.server, settings.client) from None
        try:
            client = anthropic.Anthropic(api_key=self._key, auth_token=self._token, **shared)
        except (anthropic.AnthropicError, ValueError, OSError):
            raise failures.without_key(self.server, "") from None
        if client.api_key is None and client.auth_token is None and client.credentials is None:
            raise failures.without_key(self.server, "")
        return client

    def _failed(self, error: Exception, partial: str, seconds: float) -> _Failed:
        import anthropic
        import httpx2

        why = self._scrubbed(str(error.__cause__ or error))
        if isinstance(error, anthropic.APIStatusError):
            return self._refused(error, partial)
        if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
            if isinstance(error.__cause__, httpx2.ConnectTimeout):
                return _Failed(failures.unreachable("no connection in time", self.server), may_retry=False)
            return _Failed(failures.late(seconds, self.server, partial))
        if isinstance(error, anthropic.APIConnectionError):
            return _Failed(failures.unreachable(why, self.server))
        if isinstance(error, httpx2.TransportError):
            return _Failed(failures.cut(why, self.server, partial), may_retry=False)
        if isinstance(error, TooLong):
            return _Failed(failures.endless(why, self.server, partial))
        if isinstance(error, ValueError | httpx2.DecodingError | anthropic.APIResponseValidationError):
            return _Failed(failures.not_understood(why, self.server, partial))
        if self._settings.client != "messages":
            # The libraries that find credentials of a cloud raise what they like, with the first request.
            return _Failed(failures.without_client(why or type(error).__name__, self.server, self._settings.client))
        if isinstance(error, anthropic.AnthropicError):
            return _Failed(failures.without_key(self.server, self._settings.key_variable))
        raise error

    def _refused(self, error: anthropic.APIStatusError, partial: str) -> _Failed:
        headers = error.response.headers
        wait = _seconds(headers.get("retry-after"))
        said = self._scrubbed(error.api_message or str(error.body or "")[:ERROR_BODY_MAX])
        where = f"{self.server} (request {error.request_id})" if error.request_id else self.server
        failure = failures.refused(error.status_code, error.type or "", said, self._scrubbed(where), wait_seconds=wait)
        failure.partial = partial
        return _Failed(failure, wait_seconds=wait, may_retry=headers.get("x-should-retry") != "false")


def _credentials(settings: ModelSettings, environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Returns key and token. What the environment holds for one address is not sent to another one from a file."""
    if settings.key_variable:
        return environ.get(settings.key_variable) or None, None
    if not settings.is_sdk_key:
        return _NO_KEY, None
    key, token = environ.get("ANTHROPIC_API_KEY") or None, environ.get("ANTHROPIC_AUTH_TOKEN") or None
    if key or token:
        return key, None if key else token
    return (_NO_KEY if settings.profile == "compatible" else None), None


def _secrets(settings: ModelSettings, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Returns what must never come back out: keys, and the values of headers whose names say that they are secret."""
    names = (*_KEY_VARIABLES, settings.key_variable)
    lines = (line.partition(":") for line in environ.get("ANTHROPIC_CUSTOM_HEADERS", "").split("\n"))
    headers = (*settings.headers, *((name.strip(), value.strip()) for name, _, value in lines))
    secret = [value for name, value in headers if any(word in name.lower() for word in _SECRET_NAMES)]
    # A scheme before the secret ("Bearer …") comes back without it too.
    return (*(environ.get(name, "") for name in names), *secret, *(value.rpartition(" ")[2] for value in secret))


def _seconds(retry_after: str | None) -> float | None:
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None
