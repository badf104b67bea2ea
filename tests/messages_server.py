"""A server of the Messages API on loopback that answers by a script: the far side of a model, real sockets and all.

    with MessagesServer(tool("answer", {"n": 1}), text("done")) as server:
        ... base_url=server.base_url ...
        server.requests[0]["messages"]

Each reply of the script answers one request, in order; a callable is given the request's JSON and returns the reply. When the
script is used up, each further request is answered with status 500, so a test that asks too often sees it.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Json = Any
PIECE_LENGTH = 24
"""Characters of one piece of a streamed text: short, so that tools and texts come in several."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request is answered with. `body` is sent as it is where it is not None; else `events` as a stream.

    The stream ends after `cut_after` events with a connection that is reset, and waits `pause_seconds` before each event.
    Events must fit the SDK's own types, which is looked at when the server ends, unless they are odd on purpose.
    """

    status: int = 200
    events: tuple[Mapping[str, Json], ...] = ()
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut_after: int | None = None
    pause_seconds: float = 0.0
    is_odd: bool = False


Scripted = Reply | Callable[[Json], Reply]


def message(
    *blocks: Mapping[str, Json],
    stop: str | None = "end_turn",
    model: str = "scripted-1",
    usage: Mapping[str, int] | None = None,
    id: str = "msg_scripted",
) -> Reply:
    """Returns a reply that streams a message of these content blocks; `stop` None ends it without a stop reason."""
    counted = {"input_tokens": 100, "output_tokens": 20, **(usage or {})}
    opening: dict[str, Json] = {
        "id": id, "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {**counted, "output_tokens": 1},
    }  # fmt: skip
    events: list[Mapping[str, Json]] = [{"type": "message_start", "message": opening}]
    for index, block in enumerate(blocks):
        events += _block_events(index, block)
    if stop is not None:
        delta = {"stop_reason": stop, "stop_sequence": None}
        events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": counted["output_tokens"]}})
        events.append({"type": "message_stop"})
    return Reply(events=tuple(events))


def text(words: str, *, stop: str | None = "end_turn", usage: Mapping[str, int] | None = None) -> Reply:
    """Returns a reply in plain words."""
    return message({"type": "text", "text": words}, stop=stop, usage=usage)


def tool(
    name: str,
    input: Mapping[str, Json],
    *,
    id: str = "toolu_1",
    stop: str = "tool_use",
    usage: Mapping[str, int] | None = None,
) -> Reply:
    """Returns a reply that calls one tool."""
    return message({"type": "tool_use", "id": id, "name": name, "input": input}, stop=stop, usage=usage)


def failure(status: int, kind: str, words: str = "", headers: Mapping[str, str] | None = None) -> Reply:
    """Returns an error in the words of the Messages API."""
    body = {"type": "error", "error": {"type": kind, "message": words or kind}, "request_id": "req_scripted"}
    return Reply(status, body=json.dumps(body).encode(), headers={"request-id": "req_scripted", **(headers or {})})


def failing_stream(*blocks: Mapping[str, Json], kind: str = "overloaded_error", words: str = "Overloaded") -> Reply:
    """Returns a stream of status 200 that ends with an error event after these blocks."""
    begun = message(*blocks, stop=None)
    event = {"type": "error", "error": {"type": kind, "message": words}}
    return replace(begun, events=(*begun.events, event))


def cut(reply: Reply, after: int) -> Reply:
    """Returns the same reply, its connection reset after so many events."""
    return replace(reply, cut_after=after)


def odd(reply: Reply) -> Reply:
    """Returns the same reply, allowed to hold what the SDK's types don't know."""
    return replace(reply, is_odd=True)


def whole(reply: Reply) -> Reply:
    """Returns the same message in one piece, as servers answer that don't stream."""
    message: dict[str, Json] = {}
    texts: dict[int, str] = {}
    for event in reply.events:
        if event["type"] == "message_start":
            message = {**event["message"], "content": []}
        elif event["type"] == "content_block_start":
            message["content"].append(dict(event["content_block"]))
        elif event["type"] == "content_block_delta":
            delta = event["delta"]
            texts[event["index"]] = texts.get(event["index"], "") + str(
                delta.get("text", delta.get("partial_json", ""))
            )
        elif event["type"] == "message_delta":
            message |= event["delta"]
        elif event["type"] == "error":
            message = dict(event)
    for index, text in texts.items():
        block = message["content"][index]
        block |= {"text": text} if block["type"] == "text" else {"input": json.loads(text)}
    return Reply(body=json.dumps(message).encode())


def misfits(replies: Iterable[Reply]) -> list[str]:
    """Returns the events that the SDK's own types don't accept, and why."""
    from anthropic.types import ErrorResponse, RawMessageStreamEvent
    from pydantic import TypeAdapter, ValidationError

    kinds: tuple[TypeAdapter[Any], TypeAdapter[Any]] = (TypeAdapter(RawMessageStreamEvent), TypeAdapter(ErrorResponse))
    found: list[str] = []
    for event in (event for reply in replies if not reply.is_odd for event in reply.events):
        try:
            kinds[event["type"] == "error"].validate_python(event)
        except ValidationError as error:
            found.append(f"{json.dumps(event)}: {error}")
    return found


def _block_events(index: int, block: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    kind = block["type"]
    start: dict[str, Json] = dict(block)
    deltas: list[dict[str, Json]] = []
    if kind == "text":
        start = {"type": "text", "text": "", "citations": None}
        deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(block["text"])]
    elif kind == "tool_use":
        start = {**block, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in _pieces(json.dumps(block["input"]))]
    elif kind == "thinking":
        start = {"type": "thinking", "thinking": "", "signature": ""}
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in _pieces(block["thinking"])]
        deltas.append({"type": "signature_delta", "signature": block.get("signature", "sig")})
    yield {"type": "content_block_start", "index": index, "content_block": start}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _pieces(whole: str) -> Sequence[str]:
    return [whole[at : at + PIECE_LENGTH] for at in range(0, len(whole), PIECE_LENGTH)]


class MessagesServer:
    """The server; `requests` are the JSON bodies that it was asked with, `headers` those of each, names in lower case."""

    def __init__(self, *script: Scripted) -> None:
        self._script = list(script)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._served: list[Reply] = []
        self.requests: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> MessagesServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)
        if error is None:
            assert misfits(self._served) == []

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def left(self) -> int:
        """How many replies of the script were not asked for."""
        return len(self._script)

    def then(self, *script: Scripted) -> None:
        """Adds replies to the script."""
        with self._lock:
            self._script += script

    def _answered(self, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        asked = json.loads(body)
        with self._lock:
            self.requests.append(asked)
            self.headers.append({name.lower(): value for name, value in headers.items()})
            self.paths.append(path)
            scripted = self._script.pop(0) if self._script else failure(500, "api_error", "the script is used up")
        reply = scripted(asked) if callable(scripted) else scripted
        self._served.append(reply)
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                """Prints nothing: a test's output is what it asserts."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                reply = server._answered(self.path, dict(self.headers), body)
                try:
                    self._send(reply)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("connection", "close")
                if reply.body is not None:
                    self.send_header("content-type", reply.content_type)
                    self.send_header("content-length", str(len(reply.body)))
                    self.end_headers()
                    self._wait(reply.pause_seconds)
                    self.wfile.write(reply.body)
                    return
                self.send_header("content-type", "text/event-stream; charset=utf-8")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for number, event in enumerate(reply.events):
                    if number == reply.cut_after:
                        return self._reset()
                    self._wait(reply.pause_seconds)
                    self._chunk(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
                self._chunk(b"")

            def _chunk(self, data: bytes) -> None:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()

            def _reset(self) -> None:
                """Ends the connection with a reset, as a proxy does that loses its far side."""
                self.wfile.flush()
                time.sleep(0.05)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True

            def _wait(self, seconds: float) -> None:
                if seconds:
                    server._ended.wait(seconds)

        return Handler
