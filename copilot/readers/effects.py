"""Which endpoints do calls read and write, whoever makes the client and whoever says the topic? All files are read by now.

A call that takes its topic from an argument reads what the callers hand over, and belongs to them: a wrapper of the repository
around a client is no pipeline by itself. So does every call of a package that only others use. An argument that nobody is seen to
hand over stays unknown, under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from copilot.readers.callers import MAX_HOPS, Caller, Callers
from copilot.readers.celery_queues import Queues
from copilot.readers.celery_tasks import LIBRARY as CELERY
from copilot.readers.chains import Chains, End
from copilot.readers.facts import Call, FileFacts, Invocation
from copilot.readers.holes import (
    MAX_NESTING,
    argument_of,
    holes_in,
    is_handed,
    may_be_text,
    placed,
    routed,
    start_of,
)
from copilot.readers.invoked import Invoked
from copilot.readers.sql_runs import RUN, tables_of
from copilot.readers.steps import Step
from copilot.readers.things import goes_through_items, replaced
from copilot.readers.values import Value, is_text

MAX_EFFECTS = 64
MAX_SHARED = 6


class Hop(NamedTuple):
    """One way from a function to a caller of it: what the arguments of `function` in the file `home` are, `path` says."""

    home: str
    function: str
    path: str
    arguments: tuple[tuple[str, Value], ...]


class Effect(NamedTuple):
    """A call that reads or writes an endpoint, as seen from `path`, whose job it belongs to.

    `call` stands in the file `home`; `hops` lead from there to `path`; `topics` is what names the endpoint, all chains followed.
    `lines` are the calls on that way; `is_guess` tells that the client is only guessed from names.
    """

    path: str
    scope: str
    home: str
    call: Call
    topics: Value
    hops: tuple[Hop, ...] = ()
    lines: tuple[tuple[str, int, int], ...] = ()
    is_guess: bool = False


class EffectReader:
    """Reads the effects of a tree's calls; `is_library` tells whether a function of a file is there for other packages."""

    def __init__(self, chains: Chains, callers: Callers, is_library: Callable[[str, str], bool]) -> None:
        self._chains = chains
        self._callers = callers
        self._invoked = Invoked(chains, callers)
        self._is_library = is_library

    def read(self, facts: Mapping[str, FileFacts]) -> Iterator[Effect]:
        """Yields the effects of all calls in these files, as those see them who say the topic, or use the package.

        What more than `MAX_SHARED` jobs would share is the package's own: their start makes it, whatever they do then.
        """
        shared: dict[tuple[str, int, Value], list[Effect]] = {}
        for effect in self._all(facts):
            shared.setdefault((effect.home, effect.call.line, effect.topics), []).append(effect)
        for effects in shared.values():
            first = effects[0]
            is_package = self._is_library(first.home, first.call.scope) and first.path != first.home
            if is_package and len({effect.path for effect in effects}) > MAX_SHARED:
                yield first._replace(path=first.home, scope=first.call.scope)
            else:
                yield from effects

    def _all(self, facts: Mapping[str, FileFacts]) -> Iterator[Effect]:
        """Yields effects hop by hop, from where the calls stand to those who say the topic."""
        self._callers.expect((*self._invoked.wanted(facts), *_takes_schemas(facts)))
        queues = Queues(self._chains, facts)
        effects = [effect for path, one in sorted(facts.items()) for effect in self._of_file(path, one, queues)]
        for _ in range(MAX_HOPS):
            found = [self._with_topics(effect) for effect in effects]
            self._callers.expect(wanted for effect in found for wanted in self._wanted(effect))
            effects = []
            for effect in found:
                seen = self._seen_further(effect)
                effects += seen
                if not seen and self._is_told(told := _routed(effect)):
                    yield told
            effects = list(dict.fromkeys(effects))
        yield from filter(self._is_told, map(_routed, map(self._with_topics, effects)))

    def _of_file(self, path: str, facts: FileFacts, queues: Queues) -> Iterator[Effect]:
        for call in facts.calls:
            for role, queue in queues.read(path, call) if call.library == CELERY else ():
                # A task is run by a program of its own, whoever imports it to send it something.
                scope = call.scope if role == "produce" else ""
                yield Effect(path, scope, path, call._replace(role=role), queue)
            if call.role in ("consume", "produce") and call.topics is not None:
                yield Effect(path, call.scope, path, call, call.topics)
            for role in ("consume", "produce") if call.role == RUN else ():
                yield Effect(path, call.scope, path, call._replace(role=role), ("sql", role, call.topics))
        for invocation in facts.invocations:
            for step, topics, is_guess in self._invoked.steps(path, invocation):
                # A guess about a topic that isn't known would rest on two unknowns.
                if not is_guess or is_text(self.followed(topics, path, ())):
                    yield _effect(path, invocation, step, topics)._replace(is_guess=is_guess)

    def followed(self, value: Value, path: str, hops: tuple[Hop, ...], depth: int = 0) -> Value:
        """Returns a value of the file at `path` with its chains followed, and its arguments put in by `hops`."""
        if value is None or depth > MAX_NESTING:
            return value
        kind = value[0]
        if kind in ("list", "any", "cat", "path"):
            return (kind, tuple(self.followed(one, path, hops, depth + 1) for one in value[1]))
        if kind in ("or", "variable"):
            name, default = (self.followed(one, path, hops, depth + 1) for one in value[1:3])
            return (kind, name, default, *value[3:])
        if kind in ("split", "load", "as"):
            at = 1 if kind == "split" else 2
            return (*value[:at], self.followed(value[at], path, hops, depth + 1), *value[at + 1 :])
        if kind == "env":
            return (*value[:2], self.followed(value[2], path, hops, depth + 1), *value[3:])
        if kind == "get":
            inner, default = (self.followed(one, path, hops, depth + 1) for one in (value[1], value[3]))
            key = self.followed(value[2], path, hops, depth + 1) if isinstance(value[2], tuple) else value[2]
            return (kind, inner, key, default)
        if kind == "pick":
            entries = tuple((key, self.followed(one, path, hops, depth + 1)) for key, one in value[1])
            return (kind, entries, self.followed(value[2], path, hops, depth + 1), value[3])
        if kind == "format":
            given = tuple((name, self.followed(one, path, hops, depth + 1)) for name, one in value[2])
            return (kind, self.followed(value[1], path, hops, depth + 1), given)
        if kind == "at":
            return placed(value[1], self.followed(value[2], value[1], hops, depth + 1))
        if kind == "sql":
            return _tables(value[1], self.followed(value[2], path, hops, depth + 1))
        if kind == "client" and value[2] is not None:
            return self.followed(value[2], path, hops, depth + 1)
        if kind == "param":
            handed = _handed(value, hops, self._chains, path)
            if handed is None:
                return ("at", path, value)
            return placed(handed[0], self.followed(handed[1], handed[0], hops, depth + 1))
        if kind in ("file", "literal"):
            return ("at", path, value)
        if kind not in ("attr", "item", "call", "var", "local", "name"):
            return value
        root = start_of(value)
        handed = _handed(root, hops, self._chains, path) if root[0] == "param" else None
        if handed is not None:
            return placed(handed[0], self.followed(replaced(value, root, handed[1]), handed[0], hops, depth + 1))
        ends = [end for end in self._chains.ends(path, value) if may_be_text(end.value)]
        if not ends or any(end.value == value for end in ends):
            return ("at", path, value)
        choices = tuple(placed(end.path, self.followed(end.value, end.path, hops, depth + 1)) for end in ends)
        return choices[0] if len(choices) == 1 else ("list" if goes_through_items(value) else "any", choices)

    def handed(self, value: Value, path: str) -> Iterator[tuple[Caller, Value]]:
        """Yields the callers of the function whose argument a value of the file starts from, with what each makes of the value."""
        for hole in holes_in(value, path):
            root = start_of(hole.value)
            for caller in self._callers.of(hole.path, root[1].rpartition(":")[0]) if root[0] == "param" else ():
                given = argument_of(self._chains, hole.path, root, caller.invocation.arguments)
                if given is not None:
                    filled = replaced(value, root, placed(caller.path, given))
                    yield caller, self.followed(filled, caller.path, ())

    def _with_topics(self, effect: Effect) -> Effect:
        return effect._replace(topics=self.followed(effect.topics, effect.path, effect.hops))

    def _seen_further(self, effect: Effect) -> list[Effect]:
        """Returns the effect as those see it who fill it in, or use its package; nothing where nobody does."""
        hole = next(iter(holes_in(effect.topics, effect.path)), None)
        found = list(self._filled(effect, hole)) if hole is not None else []
        if not found and hole is not None and (default := _default_of(hole)) is not None:
            found = [effect._replace(topics=replaced(effect.topics, *default))]
        if not found and self._is_library(effect.path, effect.scope):
            found = [
                self._seen_by(effect, caller, effect.path, effect.scope)
                for caller in self._users(effect)
                if not self._is_overridden(effect, caller, effect.path, f"{effect.scope.partition('.')[0]}.__init__")
            ]
        return found[:MAX_EFFECTS]

    def _is_told(self, effect: Effect) -> bool:
        """Tells whether an effect that goes no further is an edge: no package that waits for its topic, no unknown file."""
        if effect.topics is None or effect.topics[0] == "sql" or (not effect.hops and self._never_happens(effect)):
            return False
        is_file = effect.call.endpoint == "file" and effect.call.library not in ("trigger", "pyspark")
        return is_text(effect.topics) or not (is_file or self._is_library(effect.path, effect.scope))

    def _wanted(self, effect: Effect) -> Iterator[tuple[str, str]]:
        """Yields the functions and classes, with their files, whose callers and heirs an effect is going to ask for."""
        for hole in holes_in(effect.topics, effect.path):
            root = start_of(hole.value)
            yield hole.path, root[1].rpartition(":")[0] if root[0] == "param" else f"{root[1][1]}.__init__"
        if self._is_library(effect.path, effect.scope) and effect.scope:
            yield effect.path, effect.scope
            if "." in effect.scope:
                yield effect.path, f"{effect.scope.partition('.')[0]}.__init__"

    def _filled(self, effect: Effect, hole: End) -> Iterator[Effect]:
        """Yields the effect with the hole filled by each who fills it: callers for an argument, heirs for an attribute."""
        root = start_of(hole.value)
        if root[0] == "param":
            function = root[1].rpartition(":")[0]
            for caller in self._callers.of(hole.path, function):
                if not self._is_overridden(effect, caller, hole.path, function):
                    yield self._seen_by(effect, caller, hole.path, function)
            return
        owner, name = root[1][1], root[2]
        for path, heir in self._callers.heirs(hole.path, owner):
            for end in self._chains.member(path, heir, name):
                is_method = end.value[0] == "function"
                filling = ("call", ("local", end.value[1]), ()) if is_method else end.value
                if not is_method or end.path == path:
                    called = ("call", root, ())
                    hole_filled = called if is_method and _contains(effect.topics, called) else root
                    topics = replaced(effect.topics, hole_filled, ("at", end.path, filling))
                    yield effect._replace(path=path, scope=heir, topics=topics)

    def _users(self, effect: Effect) -> tuple[Caller, ...]:
        """Returns who calls the function of an effect, else who makes objects of its class."""
        owner = effect.scope.partition(".")[0] if "." in effect.scope else ""
        found = self._callers.of(effect.path, effect.scope)
        return found or (self._callers.of(effect.path, f"{owner}.__init__") if owner else ())

    def _is_overridden(self, effect: Effect, caller: Caller, home: str, function: str) -> bool:
        """Tells whether who makes the object is a class that has the effect's method anew, and never calls the base's."""
        owner, _, method = effect.call.scope.partition(".")
        callee = caller.invocation.callee
        if not method or callee is None or (home, function) != (effect.home, f"{owner}.__init__"):
            return False
        base = (home, effect.call.scope)
        is_super = callee[0] == "attr" and callee[1] is not None and callee[1][0] == "super"
        made = (caller.path, callee[1][1]) if is_super else next(self._classes(caller), None)
        ends = self._chains.member(made[0], made[1], method) if made is not None else ()
        own = {(end.path, str(end.value[1])) for end in ends}
        calls = {(one.path, one.invocation.scope) for one in self._callers.of(*base)}
        return bool(own) and base not in own and own.isdisjoint(calls)

    def _never_happens(self, effect: Effect) -> bool:
        """Tells whether an effect stands in a method that all who make objects of its class have anew."""
        maker = f"{effect.call.scope.partition('.')[0]}.__init__"
        makers = self._callers.of(effect.home, maker) if "." in effect.call.scope else ()
        return bool(makers) and all(self._is_overridden(effect, caller, effect.home, maker) for caller in makers)

    def _classes(self, caller: Caller) -> Iterator[tuple[str, str]]:
        for end in self._chains.all_ends(caller.path, caller.invocation.callee):
            if end.value[0] == "class":
                yield end.path, str(end.value[1])

    def _seen_by(self, effect: Effect, caller: Caller, home: str, function: str) -> Effect:
        invocation = caller.invocation
        hop = Hop(home, function, caller.path, invocation.arguments)
        line = (caller.path, invocation.line, invocation.last_line)
        hops, lines = (*effect.hops, hop), (*effect.lines, line)
        return effect._replace(path=caller.path, scope=invocation.scope, hops=hops, lines=lines)


def _routed(effect: Effect) -> Effect:
    """Returns an effect whose topic the record at hand picks, as one that may write to every topic of its table."""
    return effect._replace(topics=routed(effect.topics)) if effect.call.role == "produce" else effect


def _contains(value: Any, part: tuple[Any, ...]) -> bool:
    """Tells whether a part stands anywhere in a value."""
    return value == part or (isinstance(value, tuple) and any(_contains(one, part) for one in value))


def _default_of(hole: End) -> tuple[tuple[Any, ...], Value] | None:
    """Returns the argument that a hole starts from and the object that its default is, None where it is none or a plain text."""
    root = start_of(hole.value)
    is_object = root[0] == "param" and root != hole.value and root[2] is not None
    return (root, placed(hole.path, root[2])) if is_object else None


def _tables(role: str, text: Value) -> Value:
    """Returns the tables that a SQL text reads or writes, the text itself where it isn't known yet, None where there are none."""
    if text is not None and text[0] in ("any", "list"):
        found = tuple(one for one in (_tables(role, part) for part in text[1]) if one is not None)
        return ("list", found) if found else None
    if text is not None and text[0] == "pick":
        entries = tuple((key, one) for key, part in text[1] if (one := _tables(role, part)) is not None)
        return ("pick", entries, *text[2:]) if entries else None
    inner: Value = text
    if text is not None and text[0] == "at":
        inner = text[2]
        if inner is not None and inner[0] in ("any", "list"):
            return _tables(role, ("list", tuple(placed(text[1], part) for part in inner[1])))
        if inner is not None and inner[0] == "pick":
            return _tables(role, ("pick", tuple((key, placed(text[1], part)) for key, part in inner[1]), *inner[2:]))
    if inner is None or inner[0] not in ("s", "cat"):
        return ("sql", role, text)
    names = tuple(name for other, name in tables_of(text) if other == role)
    return ("list", names) if names else None


def _takes_schemas(facts: Mapping[str, FileFacts]) -> Iterator[tuple[str, str]]:
    """Yields the functions, with their files, that decode or encode with a schema which they are handed."""
    for path, one in facts.items():
        for call in one.calls:
            for value in (call.writer, call.reader):
                if value is not None and is_handed(value):
                    yield path, start_of(value)[1].rpartition(":")[0]


def _effect(path: str, invocation: Invocation, step: Step, topics: Value) -> Effect:
    call = Call(
        step.role,
        "",
        topics,
        None,
        None,
        invocation.scope,
        invocation.line,
        invocation.last_line,
        invocation.codec if step.role == "produce" else -1,
        invocation.receiver,
        step.endpoint,
    )
    return Effect(path, invocation.scope, path, call, topics)


def _handed(param: tuple[Any, ...], hops: tuple[Hop, ...], chains: Chains, path: str) -> tuple[str, Value] | None:
    """Returns what is handed over for an argument, and the file of the caller, None where no hop is a call of its function."""
    function = param[1].rpartition(":")[0]
    for hop in hops:
        if (hop.home, hop.function) == (path, function):
            handed = argument_of(chains, path, param, hop.arguments)
            return hop.path, handed if handed is not None else ("var", param[1].rpartition(":")[2], None)
    return None
