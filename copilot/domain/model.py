"""What is said to a model and what it answers, as data: a proposal keeps every exchange, so that a person can read all of it.

Texts of requests and answers are canonical JSON in the words of the Messages API, so what is kept is what was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Purpose = Literal["frame", "alternatives", "critic", "words", "probe"]
PromptSource = Literal["built in", "own", "repository"]
REPETITION = "repetition"
"""The stop reason that is ours: the model said the same again and again, so the rest was not waited for."""


@dataclass(frozen=True, slots=True)
class Text:
    """A part of a message in plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """The model calls a tool; `input` is canonical JSON."""

    id: str
    name: str
    input: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered to the call of that id."""

    id: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Opaque:
    """A part of an answer that only goes back as it came (thinking, kinds that are not known here): canonical JSON."""

    json: str


Block = Text | ToolUse | ToolResult | Opaque


@dataclass(frozen=True, slots=True)
class Message:
    """One turn."""

    role: Literal["user", "assistant"]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the model may call; `schema` is the JSON Schema of its input as canonical JSON text."""

    name: str
    description: str
    schema: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a model. `system` parts and `tools` are the stable beginning that a server may keep; `forced` is the one
    tool that must be called, "" where the model chooses."""

    system: tuple[str, ...]
    tools: tuple[Tool, ...]
    messages: tuple[Message, ...]
    forced: str = ""
    tokens_max: int = 4096


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counts them: new input, input read from and written to its cache, and output."""

    input: int = 0
    cache_read: int = 0
    cache_written: int = 0
    output: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.cache_read + other.cache_read,
            self.cache_written + other.cache_written,
            self.output + other.output,
        )

    @property
    def all_input(self) -> int:
        """All tokens that the model read, kept ones too."""
        return self.input + self.cache_read + self.cache_written


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered. `stop_reason` is "" where the stream ended before it said one; `raw` is the message as it came."""

    blocks: tuple[Block, ...]
    stop_reason: str
    model: str
    usage: Usage
    raw: str


@dataclass(frozen=True, slots=True)
class PromptUse:
    """Which prompt a request was made of: its id, version, the digest of its file, and whose it is.

    `passed_over` is the digest of a file of the repository that stood beside it and that nobody had accepted here, or why that
    file can't be read.
    """

    id: str
    version: int
    digest: str
    source: PromptSource
    passed_over: str = ""
    unusable: str = ""
    """What is wrong with a file that the person wrote or accepted, and that this one stands in for."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as a record of the proposal.

    `sent` is the request as canonical JSON, `server` the host that it went to, "recorded" where it came from a recording. `problem`
    says why the answer could not be used, "" where it was. `cost_dollars` is None where no price is set. `took_seconds` is what the
    call took here.
    """

    purpose: Purpose
    prompt: PromptUse
    sent: str
    server: str
    model: str
    answer: str
    stop_reason: str
    usage: Usage
    cost_dollars: float | None
    took_seconds: float
    problem: str = ""
    subject: str = ""
    """What it is about where several are asked alike: the alternative that a critic looks at."""
    FORMER: ClassVar = ("continues",)


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """What a model may cost for one proposal; each limit is named in the message that reports it."""

    calls: int = 24
    looks: int = 16
    look_bytes: int = 12_000
    input_tokens: int = 200_000
    output_tokens: int = 32_000
    seconds: int = 300
    dollars: float = 1.0
    repairs: int = 2
    critics: int = 6
    """How many alternatives it is asked to refute, in the order of the plan."""
    rulings: int = 6
    """How many rulings words and the probe are about, the chosen one first; what nobody reads costs a small model minutes."""
    answer_tokens: int = 4096
    """The most that one answer may hold."""


def used(exchanges: Sequence[Exchange]) -> Usage:
    """Returns the tokens of all of them together."""
    return sum((it.usage for it in exchanges), Usage())
