"""Which methods of clients do calls go to that only the other files tell? What `invocations` noted, with all files read.

A client that a call is handed, or that an object holds, is followed to where it is made. Where nothing tells, the names of an
object and its method together are a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from copilot.readers import libraries
from copilot.readers.callers import Callers
from copilot.readers.chains import Chains
from copilot.readers.facts import DECORATED, FileFacts, Invocation
from copilot.readers.holes import is_handed, start_of
from copilot.readers.steps import Step, topics_of
from copilot.readers.values import Value

_GUESSED = {"subscribe": "consumer", "produce": "producer", "send": "producer", "send_and_wait": "producer"}


class Invoked:
    """The methods of clients that a tree's noted calls go to."""

    def __init__(self, chains: Chains, callers: Callers) -> None:
        self._chains = chains
        self._callers = callers

    def steps(self, path: str, invocation: Invocation) -> Iterator[tuple[Step, Value, bool]]:
        """Yields what a call does by the tables, what names the endpoint, and whether the client is only a guess."""
        callee = invocation.callee
        is_decorator = invocation.receiver == DECORATED
        names = libraries.DECORATOR_NAMES if is_decorator else libraries.METHOD_NAMES
        if callee is None or callee[0] != "attr" or callee[2] not in names:
            return
        arguments = dict(invocation.arguments)
        first = arguments.get("0")
        text = first[1] if first is not None and first[0] == "s" else ""
        clients = self._clients(path, callee)
        for client in clients:
            steps = libraries.decorator_steps if is_decorator else partial(libraries.method_steps, first=text)
            for step in steps(client[1], callee[2]):
                topics = topics_of(step, arguments, client)
                if step.role and (topics is not None or not step.needs):
                    own = invocation.scope.rpartition(".")[2] if is_decorator else ""
                    yield step, topics or ("var", own, None), False
        guess = _guessed(invocation.receiver, callee[2]) if not clients else None
        if guess is not None and not self._is_own(path, callee):
            for step in libraries.method_steps(guess, callee[2]):
                topics = topics_of(step, arguments, ())
                if step.role and topics is not None:
                    yield step, topics, True

    def wanted(self, facts: Mapping[str, FileFacts]) -> Iterator[tuple[str, str]]:
        """Yields the functions, with their files, that take an object as an argument whose method a client may have."""
        for path, one in facts.items():
            for invocation in one.invocations:
                callee = invocation.callee
                if callee is not None and callee[0] == "attr" and callee[2] in libraries.METHOD_NAMES:
                    for end in self._chains.all_ends(path, callee[1]):
                        if is_handed(end.value):
                            yield end.path, start_of(end.value)[1].rpartition(":")[0]

    def _clients(self, path: str, callee: tuple[Any, ...]) -> set[tuple[Any, ...]]:
        """Returns the clients that the method of a chain belongs to; none where the repository has the method itself."""
        found: set[tuple[Any, ...]] = set()
        for end in self._chains.all_ends(path, callee[1]):
            client = end.value if end.value[0] == "client" else None
            if end.value[0] == "object" and not _is_method(self._chains, end.path, end.value[1], str(callee[2])):
                client = self._chains.client_of(end.path, end.value[1])
            if is_handed(end.value):
                found |= set(self._handed_clients(end.path, end.value))
            elif client is not None:
                found.add(client)
        return found

    def _is_own(self, path: str, callee: tuple[Any, ...]) -> bool:
        """Tells whether the repository has the method, or the class of what has it."""
        return any(end.value[0] in ("function", "attr", "class") for end in self._chains.all_ends(path, callee))

    def _handed_clients(self, path: str, value: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """Yields the clients that callers hand over as an argument, or in one, or their own callers in one of theirs."""
        for end in self._callers.filled(path, value):
            if end.value[0] == "client":
                yield end.value
            elif end.value[0] == "object":
                client = self._chains.client_of(end.path, end.value[1])
                yield from () if client is None else (client,)


def _guessed(receiver: str, method: str) -> str | None:
    """Returns the kind of client that an object seems to be by its own name and the method's, None where either says little."""
    if method in _GUESSED and _GUESSED[method] in receiver.lower():
        return f"kafka {_GUESSED[method]}"
    return None


def _is_method(chains: Chains, path: str, owner: str, name: str) -> bool:
    return any(end.value[0] == "function" for end in chains.member(path, owner, name))
