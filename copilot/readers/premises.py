"""On what, beyond its own files, does what was read of a job rest? Questions to the rest of the tree, and their answers.

What was read of a job is kept with all that was asked meanwhile, and holds as long as every question would be answered the
same. What is asked to answer a question is no premise of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Question = tuple[Any, ...]
"""The kind of the question, then what is asked about: texts and numbers."""
Premise = tuple[Question, Any]
"""A question and its answer, which is plain data, too."""


class Premises:
    """The questions that may be asked about one tree; equal trees give equal answers."""

    def __init__(self) -> None:
        self._answers: dict[str, Callable[..., Any]] = {}
        self._noted: dict[Question, Any] | None = None

    def answer(self, kind: str, answer: Callable[..., Any]) -> None:
        """Lets `answer` tell what is asked under that kind."""
        self._answers[kind] = answer

    def ask(self, kind: str, *about: str | int) -> Any:
        """Returns the answer, and notes it where somebody keeps notes."""
        noted, self._noted = self._noted, None
        answer = self._answers[kind](*about)
        if noted is not None:
            noted[kind, *about] = answer
        self._noted = noted
        return answer

    @contextmanager
    def noting(self) -> Iterator[dict[Question, Any]]:
        """Keeps notes of what is asked in the meantime."""
        self._noted = {}
        try:
            yield self._noted
        finally:
            self._noted = None

    def hold(self, premises: Iterable[Premise]) -> bool:
        """Tells whether all these questions would be answered the same."""
        return all(self._answers[question[0]](*question[1:]) == answer for question, answer in premises)
