"""Whose records are in a function's arguments and results, when its callers are in other files of the same job?

Facts know a file alone; here the tags that end at a function's edge are followed into the files that call it, or that it is
imported from, until they reach a decode or encode call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from copilot.readers.facts import FileFacts
from copilot.readers.flow import BACKWARD, Tag, applied
from copilot.readers.modules import Modules

MAX_HOPS = 6
MAX_ENDS = 12


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
        self._functions = {path: dict(one.functions) for path, one in facts.items()}
        self._arguments: dict[tuple[str, str], list[tuple[str, Tag]]] = {}
        self._results: dict[tuple[str, str], list[tuple[str, Tag]]] = {}
        self._targets: dict[tuple[str, str], tuple[str, str] | None] = {}
        self._ends: dict[tuple[str, str, str | int, bool], tuple[End, ...]] = {}
        for path, one in sorted(facts.items()):
            self._collect(path, one)

    def ends(self, path: str, tag: Tag, is_test: bool) -> tuple[End, ...]:
        """Returns the records that a tag of the file leads to; in a test, what is handed to a function stands for one."""
        found = (_moved(end, tag) for end in self._of(path, tag[0], tag[1], is_test, 0))
        return tuple(sorted({end for end in found if end is not None and end.lists == 0}))[:MAX_ENDS]

    def _collect(self, path: str, facts: FileFacts) -> None:
        for dotted, position, keyword, tags in facts.crossings.passes:
            key = self._parameter(path, dotted, keyword or str(position))
            if key is not None:
                self._arguments.setdefault(key, []).extend((path, tag) for tag in tags)
        for dotted, tags in facts.crossings.results:
            target = self._target(path, dotted)
            if target is not None:
                self._results.setdefault(target, []).extend((path, tag) for tag in tags)

    def _target(self, path: str, dotted: str) -> tuple[str, str] | None:
        """Returns the file and name of an imported function, or of a part of its result; None where this job's files have none."""
        if (path, dotted) not in self._targets:
            module, _, name = dotted.rpartition(".")
            file = self._modules.file_of(path, module)
            self._targets[path, dotted] = (
                (file, name) if name.partition("#")[0] in self._functions.get(file, {}) else None
            )
        return self._targets[path, dotted]

    def _parameter(self, path: str, dotted: str, argument: str) -> tuple[str, str] | None:
        target = self._target(path, dotted)
        if target is None:
            return None
        file, name = target
        names = self._functions[file].get(name, ())
        if argument.isdigit():
            return (file, f"{name}:{names[int(argument)]}") if int(argument) < len(names) else None
        return (file, f"{name}:{argument}")

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
            for end in self._of(file, tag[0], tag[1], is_test, hops + 1)
        )
        found = tuple(sorted({end for end in moved if end is not None}))[:MAX_ENDS]
        self._ends[path, kind, key, is_test] = found
        return found

    def _next(self, path: str, kind: str, key: str, is_test: bool) -> Iterator[tuple[str, Tag]]:
        """Yields the tags, with their files, that stand on the other side of a function's edge."""
        if kind == "a":
            yield from self._arguments.get((path, key), ())
        elif kind == "r":
            yield from self._results.get((path, key), ())
        elif kind == "d":
            dotted, _, argument = key.rpartition("#")
            parameter = self._parameter(path, dotted, argument)
            if parameter is not None:
                taken = dict(self._facts[parameter[0]].crossings.takes).get(parameter[1], ())
                yield from ((parameter[0], tag) for tag in taken if is_test or tag[0] in BACKWARD)
        elif kind == "i":
            target = self._target(path, key)
            if target is not None:
                given = dict(self._facts[target[0]].crossings.returns).get(target[1], ())
                yield from ((target[0], tag) for tag in given)
                yield target[0], ("r", target[1], "", 0)


def _moved(end: End, tag: Tag) -> End | None:
    """Returns the record of what lies where `tag` says, in a value that is itself the record of `end`."""
    found = applied((end.kind, end.call, end.path, end.lists), tag[2])
    return None if found is None else End(end.kind, end.file, end.call, found[2], found[3] + tag[3])
