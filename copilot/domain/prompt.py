"""A prompt: what a model is told, with places for the inputs of one request."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.domain.model import PromptSource, PromptUse


@dataclass(frozen=True, slots=True)
class Prompt:
    """`system` is the stable part, the same for every request; `user` has a place `{{name}}` for each of `inputs`.

    `answer` is the name of the tool that the answer comes by; `digest` is the SHA-256 of the whole file.
    """

    id: str
    version: int
    inputs: tuple[str, ...]
    answer: str
    system: str
    user: str
    digest: str
    source: PromptSource
    passed_over: str = ""
    """The digest of a file of the repository that nobody has accepted here, or why it can't be read; "" where there is none."""

    unusable: str = ""
    """Why a file that stands before this one was not used: what is wrong with it, and where."""

    @property
    def use(self) -> PromptUse:
        return PromptUse(self.id, self.version, self.digest, self.source, self.passed_over, self.unusable)


@dataclass(frozen=True, slots=True)
class PromptOffer:
    """A file that says how to ask: where it lies and what it holds. Of those of one id, one is used.

    `version` is 0 and `text` may be "" where `problem` tells why the file is no prompt. `is_accepted` is false for a file of the
    repository whose digest nobody has accepted on this machine.
    """

    id: str
    source: PromptSource
    where: str
    version: int
    digest: str
    text: str
    problem: str
    is_accepted: bool
    is_used: bool
