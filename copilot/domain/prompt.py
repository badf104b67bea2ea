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

    @property
    def use(self) -> PromptUse:
        return PromptUse(self.id, self.version, self.digest, self.source)
