"""Who calls a function, in which file, and what does it hand over? The calls of all files, looked up by the name that is called."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from copilot.readers.chains import Chains, End
from copilot.readers.facts import FileFacts, Invocation
from copilot.readers.holes import argument_of, is_handed, start_of
from copilot.readers.things import replaced
from copilot.readers.values import Value

MAX_CALLERS = 64
MAX_HOPS = 5
MAX_HEIRS = 64
_NAMING = frozenset({"name", "attr", "local"})


class Caller(NamedTuple):
    """A call of a function in the file at `path`; `heir` is the class that is called, or whose method calls its base's."""

    path: str
    invocation: Invocation


def given_clients(facts: Mapping[str, FileFacts], chains: Chains) -> Iterator[tuple[str, str]]:
    """Yields (name, module or class) of what gives clients to other files: variables, functions, classes that hold one."""
    for path, one in facts.items():
        stem = posixpath.splitext(posixpath.basename(path))[0]
        stem = posixpath.basename(posixpath.dirname(path)) if stem == "__init__" else stem
        for name, value in one.names:
            if value is not None and value[0] in ("client", "call") and _is_client(chains, path, value):
                owner, _, _ = name.removesuffix("()").rpartition(".")
                yield (owner, owner) if owner else (name.removesuffix("()"), stem)
        for owner, bases in one.bases:
            if bases and chains.client_of(path, owner) is not None:
                yield owner, owner


def _is_client(chains: Chains, path: str, value: Value) -> bool:
    return any(end.value[0] == "client" for end in chains.all_ends(path, value))


class Callers:
    """The callers in a tree; `find` gives the facts of more files, those that write both names of a pair."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        chains: Chains,
        find: Callable[[Collection[tuple[str, str]]], Mapping[str, FileFacts]],
    ) -> None:
        self._chains = chains
        self._find = find
        self._calls: dict[str, list[Caller]] = {}
        self._heirs: dict[str, list[tuple[str, str]]] = {}
        self._handed: dict[str, list[tuple[str, Value]]] = {}
        self._handed_as: dict[str, set[str]] = {}
        self._read: set[str] = set()
        self._expected: set[tuple[str, str]] = set()
        self._known: dict[tuple[str, str], tuple[Caller, ...]] = {}
        self._add(facts)

    def expect(self, functions: Iterable[tuple[str, str]]) -> None:
        """Reads the files that may call these functions of these files, all at once: each search looks at every file."""
        named = list(functions)
        # What calls a function may hand it on under another name, which is looked for then.
        for _ in range(2):
            wanted = {pair for path, function in named for pair in self._pairs(path, function)} - self._expected
            if wanted:
                self._expected |= wanted
                self._add(self._find(wanted))

    def of(self, path: str, function: str) -> tuple[Caller, ...]:
        """Returns the calls of a function of the file, those that make an object of a class for its constructor."""
        key = (path, function)
        if key not in self._known:
            self._known[key] = ()
            owner, _, name = function.rpartition(".")
            self._known[key] = tuple(dict.fromkeys(self._of(path, owner, name)))[:MAX_CALLERS]
        return self._known[key]

    def heirs(self, path: str, owner: str) -> list[tuple[str, str]]:
        """Returns the classes, with their files, that are derived from a class, directly or not."""
        found: list[tuple[str, str]] = []
        waiting = [(path, owner)]
        while waiting and len(found) < MAX_HEIRS:
            file, name = waiting.pop()
            for heir in self._heirs.get(name, ()):
                is_heir = any((end.path, end.value[1]) == (file, name) for end in self._chains.bases(*heir))
                if is_heir and heir not in found and heir != (path, owner):
                    found.append(heir)
                    waiting.append(heir)
        return sorted(found)

    def filled(self, path: str, value: tuple[Any, ...], hops: int = 0) -> Iterator[End]:
        """Yields what a chain that starts from an argument leads to, as callers, or their own callers in turn, hand it over."""
        param = start_of(value)
        for caller in self.of(path, param[1].rpartition(":")[0]) if hops < MAX_HOPS else ():
            handed = argument_of(self._chains, path, param, caller.invocation.arguments)
            for end in self._chains.all_ends(caller.path, replaced(value, param, handed)) if handed is not None else ():
                if not is_handed(end.value):
                    yield end
                elif (end.path, end.value) != (path, value):
                    yield from self.filled(end.path, end.value, hops + 1)

    def _of(self, path: str, owner: str, name: str) -> Iterator[Caller]:
        target = (path, f"{owner}.{name}" if owner else name)
        names = [name]
        if name == "__init__":
            names += [owner, *(heir for _, heir in self.heirs(path, owner))]
        names += sorted(self._handed_as.get(name, ()))
        for called in dict.fromkeys(names):
            for caller in self._calls.get(called, ()):
                if target in self._targets(caller):
                    yield caller

    def _targets(self, caller: Caller) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        callee = caller.invocation.callee
        for end in (
            self._handed_functions(caller) if _is_argument(callee) else self._chains.all_ends(caller.path, callee)
        ):
            if end.value[0] == "function":
                found.add((end.path, end.value[1]))
            elif end.value[0] == "class":
                made = self._chains.member(end.path, end.value[1], "__init__")
                found |= {(one.path, one.value[1]) for one in made if one.value[0] == "function"}
                found.add((end.path, f"{end.value[1]}.__init__"))
        return found

    def _handed_functions(self, caller: Caller) -> list[End]:
        """Returns the functions that callers hand over as the argument which is called.

        Where nobody sees who calls the function around (its object comes out of a registry, say), it is what all others hand over
        under that keyword, if that is one function.
        """
        callee = caller.invocation.callee
        assert callee is not None
        found = [end for end in self.filled(caller.path, callee) if end.value[0] == "function"]
        if found:
            return found
        handed = self._handed.get(_last_name(callee), ())
        ends = {
            end for path, value in handed for end in self._chains.all_ends(path, value) if end.value[0] == "function"
        }
        return list(ends) if len(ends) == 1 else []

    def _pairs(self, path: str, function: str) -> Iterator[tuple[str, str]]:
        """Yields two names that a file writes which calls the function; twice the same where it is called under a keyword."""
        yield from _pairs(path, function)
        yield from ((keyword, keyword) for keyword in self._handed_as.get(function.rpartition(".")[2], ()))

    def _add(self, facts: Mapping[str, FileFacts]) -> None:
        fresh = sorted(facts.keys() - self._read)
        if fresh:
            self._known.clear()
        for path in fresh:
            self._read.add(path)
            for invocation in facts[path].invocations:
                self._calls.setdefault(_last_name(invocation.callee), []).append(Caller(path, invocation))
                for keyword, value in invocation.arguments:
                    if value is not None and value[0] in _NAMING and keyword.isidentifier():
                        self._handed.setdefault(keyword, []).append((path, value))
                        self._handed_as.setdefault(_last_name(value), set()).add(keyword)
            for owner, bases in facts[path].bases:
                for base in bases:
                    self._heirs.setdefault(_last_name(base), []).append((path, owner))


def _is_argument(callee: Value) -> bool:
    return callee is not None and callee[0] == "param"


def _pairs(path: str, function: str) -> Iterator[tuple[str, str]]:
    """Yields two names that a file writes which calls the function: its own, and that of its class, module or package."""
    owner, _, name = function.rpartition(".")
    if owner:
        yield (owner, owner) if name == "__init__" else (name, owner)
        return
    folder, _, file = path.rpartition("/")
    for module in {file.removesuffix(".py"), posixpath.basename(folder)} - {"__init__", ""}:
        yield name, module


def _last_name(chain: Value) -> str:
    if chain is None:
        return ""
    if chain[0] == "any":
        return next(map(_last_name, chain[1]), "")
    if chain[0] == "param":
        return str(chain[1]).rpartition(":")[2]
    return str(chain[2] if chain[0] in ("name", "attr") else chain[1] if chain[0] == "local" else "")
