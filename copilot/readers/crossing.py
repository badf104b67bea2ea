"""Whose records are in a function's arguments and results, when its callers are in other files of the same job?

Facts know a file alone; here the tags that end at a function's edge are followed into the files that call it, or that it is
imported from, until they reach a decode or encode call. A method is found through the object that it is called of, and where
a class only declares it, in those that are derived from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from copilot.readers.callers import Callers
from copilot.readers.chains import Chains
from copilot.readers.chains import End as ChainEnd
from copilot.readers.facts import FileFacts
from copilot.readers.flow import BACKWARD, CHAINED, FORWARD, MADE, Tag, applied
from copilot.readers.holes import is_handed
from copilot.readers.jobs import is_test_path
from copilot.readers.modules import Modules
from copilot.readers.values import Value

MAX_HOPS = 6
MAX_ENDS = 12
MAX_TARGETS = 12
"""Functions that one call is told to go to."""


class End(NamedTuple):
    """A record of a decode ("c") or encode ("p") call: the file and index of the call, and the path from the record."""

    kind: str
    file: str
    call: int
    path: str
    lists: int


class Crossing:
    """The flow of records between the files of one job."""

    def __init__(self, facts: Mapping[str, FileFacts], modules: Modules) -> None:
        self._facts = facts
        self._modules = modules
        # The job's files alone: what others hold is no premise of what is kept of it.
        self._chains = Chains(facts.get, modules)
        self._callers = Callers(facts, self._chains, lambda wanted: {})
        self._functions = {path: dict(one.functions) for path, one in facts.items()}
        self._takes = {path: dict(one.crossings.takes) for path, one in facts.items()}
        self._returns = {path: dict(one.crossings.returns) for path, one in facts.items()}
        self._arguments: dict[tuple[str, str], list[tuple[str, Tag]]] = {}
        self._results: dict[tuple[str, str], list[tuple[str, Tag]]] = {}
        self._targets: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
        self._ends: dict[tuple[str, str, str | int, bool], tuple[End, ...]] = {}
        for path, one in sorted(facts.items()):
            self._collect(path, one)

    def ends(self, path: str, tag: Tag, is_test: bool) -> tuple[End, ...]:
        """Returns the records that a tag of the file leads to; in a test, what is handed to a function stands for one."""
        found = (_moved(end, tag) for end in self._of(path, tag[0], tag[1], is_test, 0))
        return tuple(sorted({end for end in found if end is not None and end.lists == 0}))[:MAX_ENDS]

    def is_made(self, path: str, tag: Tag) -> bool:
        """Tells whether a tag of the file leads to a dict that a function of another file writes down and gives back."""
        waiting, seen = [(path, tag)], {(path, tag)}
        while waiting:
            at, (kind, key, part, _) = waiting.pop()
            if kind == MADE and not part:
                return True
            called = self._functions_called(at, str(key)) if kind == "i" and not part else ()
            given = {(file, one) for file, name in called for one in self._returns[file].get(name, ())} - seen
            seen |= given
            waiting += given
        return False

    def _collect(self, path: str, facts: FileFacts) -> None:
        for dotted, position, keyword, tags in facts.crossings.passes:
            for key in self._parameters(path, dotted, keyword or str(position)):
                self._arguments.setdefault(key, []).extend((path, tag) for tag in tags)
        for dotted, tags in facts.crossings.results:
            for target in self._functions_called(path, dotted):
                self._results.setdefault(target, []).extend((path, tag) for tag in tags)

    def _functions_called(self, path: str, dotted: str) -> tuple[tuple[str, str], ...]:
        """Returns the files and names of what a call of the file goes to, or of a part of its result."""
        key = (path, dotted)
        if key not in self._targets:
            is_chained = dotted.startswith(CHAINED)
            self._targets[key] = self._chained(*key) if is_chained else self._imported(*key)
        return self._targets[key]

    def _imported(self, path: str, dotted: str) -> tuple[tuple[str, str], ...]:
        module, _, name = dotted.rpartition(".")
        file = self._modules.file_of(path, module)
        plain, _, part = name.partition("#")
        functions = self._functions.get(file, {})
        if plain in functions:
            return ((file, name),)
        made = f"{plain}.__init__"
        return ((file, made),) if made in functions and not part else ()

    def _chained(self, path: str, dotted: str) -> tuple[tuple[str, str], ...]:
        """Returns the methods and functions that a chain leads to, those of derived classes for what their base only declares."""
        number, hash_sign, part = dotted.removeprefix(CHAINED).partition("#")
        chain = self._facts[path].crossings.callees[int(number)]
        found: dict[tuple[str, str], None] = {}
        for end in self._chains.all_ends(path, chain):
            known = self._callers.filled(end.path, end.value) if is_handed(end.value) else (end,)
            for file, name in (code for one in known for code in self._code_of(one)):
                if name in self._functions.get(file, {}):
                    found[file, name + hash_sign + part] = None
        return tuple(found)[:MAX_TARGETS]

    def _code_of(self, end: ChainEnd) -> Iterator[tuple[str, str]]:
        """Yields the functions that are run where what a chain ends at is called."""
        kind, name = end.value[0], str(end.value[1]) if len(end.value) > 1 else ""
        if kind == "class":
            yield end.path, f"{name}.__init__"
        elif kind == "function":
            yield end.path, name
            owner, _, method = name.rpartition(".")
            for file, heir in self._callers.heirs(end.path, owner) if owner else ():
                yield file, f"{heir}.{method}"

    def _bases(self, path: str, function: str) -> Iterator[tuple[str, str]]:
        """Yields the methods that a method stands in for: whoever calls one of an object's base may call the object's own."""
        owner, _, name = function.rpartition(".")
        for base in self._chains.bases(path, owner) if owner and name != "__init__" else ():
            for end in self._chains.member(base.path, base.value[1], name):
                if end.value[0] == "function":
                    yield end.path, str(end.value[1])

    def _parameters(self, path: str, dotted: str, argument: str) -> Iterator[tuple[str, str]]:
        for file, name in self._functions_called(path, dotted):
            names = self._functions[file].get(name, ())
            if not argument.isdigit():
                yield file, f"{name}:{argument}"
            elif int(argument) < len(names):
                yield file, f"{name}:{names[int(argument)]}"

    def _of(self, path: str, kind: str, key: str | int, is_test: bool, hops: int) -> tuple[End, ...]:
        if kind in "cp":
            return (End(kind, path, int(key), "", 0),)
        known = self._ends.get((path, kind, key, is_test))
        if known is not None or hops > MAX_HOPS:
            return known or ()
        self._ends[path, kind, key, is_test] = ()
        moved = (
            _moved(end, tag)
            for file, tag in self._next(path, kind, str(key), is_test)
            # What tests hand to a function, and do with what it gives, says nothing of where its records come from and go.
            if is_test or not is_test_path(file)
            for end in self._of(file, tag[0], tag[1], is_test, hops + 1)
        )
        found = tuple(sorted({end for end in moved if end is not None}))[:MAX_ENDS]
        self._ends[path, kind, key, is_test] = found
        return found

    def _next(self, path: str, kind: str, key: str, is_test: bool) -> Iterator[tuple[str, Tag]]:
        """Yields the tags, with their files, that stand on the other side of a function's edge."""
        if kind == "a":
            yield from self._arguments.get((path, key), ())
            yield from self._handed_to_base(path, key)
        elif kind == "r":
            yield from self._results.get((path, key), ())
        elif kind == "d":
            dotted, _, argument = key.rpartition("#")
            for file, parameter in self._parameters(path, dotted, argument):
                taken = self._takes[file].get(parameter, ())
                yield from ((file, tag) for tag in taken if is_test or tag[0] in BACKWARD)
        elif kind == "i":
            for file, name in self._functions_called(path, key):
                yield from ((file, tag) for tag in self._returns[file].get(name, ()) if tag[0] in FORWARD)
                yield file, ("r", name, "", 0)

    def _handed_to_base(self, path: str, key: str) -> Iterator[tuple[str, Tag]]:
        """Yields what is handed to the same parameter of the method that a method of the file stands in for."""
        function, _, parameter = key.rpartition(":")
        names = self._functions[path].get(function, ())
        for file, name in self._bases(path, function) if parameter in names else ():
            theirs = self._functions[file].get(name, ())
            position = names.index(parameter)
            if position < len(theirs):
                yield file, ("a", f"{name}:{theirs[position]}", "", 0)
                taken = self._takes[file].get(f"{name}:{theirs[position]}", ())
                yield from ((file, tag) for tag in taken if tag[0] in FORWARD)


def _moved(end: End, tag: Tag) -> End | None:
    """Returns the record of what lies where `tag` says, in a value that is itself the record of `end`."""
    found = applied((end.kind, end.call, end.path, end.lists), tag[2])
    return None if found is None else End(end.kind, end.file, end.call, found[2], found[3] + tag[3])


def modules_called(facts: FileFacts, *, is_handed_records: bool) -> frozenset[str]:
    """Returns the modules that may hold what a file's records are handed to, or come from.

    Of a file that is handed records all methods count that it hands its arguments to, and the bases of its classes; of another
    one, methods that it hands what it decodes itself.
    """
    names, bases = dict(facts.names), dict(facts.bases)
    found = set(_modules_in(tuple(bases.values()), {}, {})) if is_handed_records else set[str]()
    given = [(one[0], one[3]) for one in facts.crossings.passes]
    for dotted, tags in (*given, *facts.crossings.results):
        if not dotted.startswith(CHAINED):
            found.add(dotted.rpartition(".")[0])
        elif is_handed_records or any(tag[0] in "cp" for tag in tags):
            chain = facts.crossings.callees[int(dotted.removeprefix(CHAINED).partition("#")[0])]
            found.update(_modules_in(chain, names, bases))
    return frozenset(found)


def _modules_in(value: Any, names: Mapping[str, Value], bases: Mapping[str, tuple[Value, ...]]) -> Iterator[str]:
    """Yields the modules that a chain names, or that what an object's attribute is made of does, or the object's bases."""
    match value:
        case ("name", str(module), str(name)):
            yield module
            yield f"{module}{'' if module.endswith('.') else '.'}{name}"
        case ("attr", ("self" | "super", owner), attribute):
            yield from _modules_in((names.get(f"{owner}.{attribute}"), bases.get(owner)), {}, {})
        case tuple():
            for part in value:
                if isinstance(part, tuple):
                    yield from _modules_in(part, names, bases)
