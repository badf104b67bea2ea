"""Which endpoints do calls read and write, whoever makes the client and whoever says the topic? All files are read by now.

A call that takes its topic from an argument reads what the callers hand over, and belongs to them: a wrapper of the repository
around a client is no pipeline by itself. So does every call of a package that only others use. An argument that nobody is seen to
hand over stays unknown, under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from copilot.readers import libraries
from copilot.readers.callers import Caller, Callers
from copilot.readers.chains import Chains, End
from copilot.readers.facts import Call, FileFacts, Invocation
from copilot.readers.steps import Step
from copilot.readers.values import Value

MAX_HOPS = 5
MAX_EFFECTS = 64
MAX_SHARED = 6
MAX_NESTING = 8


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
        self._callers.expect(self._wanted_clients(facts))
        effects = [effect for path, one in sorted(facts.items()) for effect in self._of_file(path, one)]
        for _ in range(MAX_HOPS):
            found = [self._with_topics(effect) for effect in effects]
            self._callers.expect(wanted for effect in found for wanted in self._wanted(effect))
            effects = []
            for effect in found:
                seen = self._seen_further(effect)
                effects += seen
                if not seen and self._is_told(effect):
                    yield effect
            effects = list(dict.fromkeys(effects))
        yield from filter(self._is_told, map(self._with_topics, effects))

    def _of_file(self, path: str, facts: FileFacts) -> Iterator[Effect]:
        for call in facts.calls:
            if call.role in ("consume", "produce") and call.topics is not None:
                yield Effect(path, call.scope, path, call, call.topics)
        for invocation in facts.invocations:
            yield from self._of_invocation(path, invocation)

    def followed(self, value: Value, path: str, hops: tuple[Hop, ...], depth: int = 0) -> Value:
        """Returns a value of the file at `path` with its chains followed, and its arguments put in by `hops`."""
        if value is None or depth > MAX_NESTING:
            return value
        kind = value[0]
        if kind in ("list", "any", "cat", "path"):
            return (kind, tuple(self.followed(one, path, hops, depth + 1) for one in value[1]))
        if kind in ("split", "load", "as"):
            at = 1 if kind == "split" else 2
            return (*value[:at], self.followed(value[at], path, hops, depth + 1), *value[at + 1 :])
        if kind == "env":
            return (*value[:2], self.followed(value[2], path, hops, depth + 1), *value[3:])
        if kind == "get":
            inner, default = (self.followed(one, path, hops, depth + 1) for one in (value[1], value[3]))
            return (kind, inner, value[2], default)
        if kind == "format":
            given = tuple((name, self.followed(one, path, hops, depth + 1)) for name, one in value[2])
            return (kind, self.followed(value[1], path, hops, depth + 1), given)
        if kind == "at":
            return _placed(value[1], self.followed(value[2], value[1], hops, depth + 1))
        if kind == "client" and value[2] is not None:
            return self.followed(value[2], path, hops, depth + 1)
        if kind == "param":
            handed = _handed(value, hops, self._chains, path)
            if handed is None:
                return ("at", path, value)
            return _placed(handed[0], self.followed(handed[1], handed[0], hops, depth + 1))
        if kind in ("file", "literal"):
            return ("at", path, value)
        if kind not in ("attr", "item", "call", "var", "local", "name"):
            return value
        root = _root(value)
        handed = _handed(root, hops, self._chains, path) if root[0] == "param" else None
        if handed is not None:
            return _placed(handed[0], self.followed(_replaced(value, root, handed[1]), handed[0], hops, depth + 1))
        ends = [end for end in self._chains.ends(path, value) if _may_be_text(end.value)]
        if not ends or any(end.value == value for end in ends):
            return ("at", path, value)
        choices = tuple(_placed(end.path, self.followed(end.value, end.path, hops, depth + 1)) for end in ends)
        return choices[0] if len(choices) == 1 else ("any", choices)

    def _of_invocation(self, path: str, invocation: Invocation) -> Iterator[Effect]:
        callee = invocation.callee
        if callee is None or callee[0] != "attr" or callee[2] not in libraries.METHOD_NAMES:
            return
        arguments = dict(invocation.arguments)
        first = arguments.get("0")
        clients = self._clients(path, callee)
        guess = _guessed(invocation.receiver, callee[2]) if not clients else None
        if guess is not None and not self._is_own(path, callee):
            for step in libraries.method_steps(guess, callee[2]):
                topics = _topics(step, arguments, ())
                if step.role and topics is not None and _is_text(self.followed(topics, path, ())):
                    yield _effect(path, invocation, step, topics)._replace(is_guess=True)
        for client in clients:
            text = first[1] if first is not None and first[0] == "s" else ""
            for step in libraries.method_steps(client[1], callee[2], text):
                topics = _topics(step, arguments, client)
                if step.role and (topics is not None or not step.needs):
                    yield _effect(path, invocation, step, topics or ("var", "", None))

    def _clients(self, path: str, callee: tuple[Any, ...]) -> set[tuple[Any, ...]]:
        """Returns the clients that the method of a chain belongs to; none where the repository has the method itself."""
        found: set[tuple[Any, ...]] = set()
        for end in self._chains.ends(path, callee[1]):
            client = end.value if end.value[0] == "client" else None
            if end.value[0] == "object" and not _is_method(self._chains, end.path, end.value[1], str(callee[2])):
                client = self._chains.client_of(end.path, end.value[1])
            if _is_handed(end.value):
                found |= set(self._handed_clients(end.path, end.value, 0))
            elif client is not None:
                found.add(client)
        return found

    def _is_own(self, path: str, callee: tuple[Any, ...]) -> bool:
        """Tells whether the repository has the method, or the class of what has it."""
        return any(end.value[0] in ("function", "attr", "class") for end in self._chains.ends(path, callee))

    def _handed_clients(self, path: str, value: tuple[Any, ...], hops: int) -> Iterator[tuple[Any, ...]]:
        """Yields the clients that callers hand over as an argument, or in one, or their own callers in one of theirs."""
        param = _root(value)
        function = param[1].rpartition(":")[0]
        for caller in self._callers.of(path, function) if hops < MAX_HOPS else ():
            handed = _argument(self._chains, path, param, caller.invocation.arguments)
            for end in self._chains.ends(caller.path, _replaced(value, param, handed)) if handed is not None else ():
                if end.value[0] == "client":
                    yield end.value
                elif end.value[0] == "object":
                    client = self._chains.client_of(end.path, end.value[1])
                    yield from () if client is None else (client,)
                elif _is_handed(end.value) and (end.path, end.value) != (path, value):
                    yield from self._handed_clients(end.path, end.value, hops + 1)

    def _with_topics(self, effect: Effect) -> Effect:
        return effect._replace(topics=self.followed(effect.topics, effect.path, effect.hops))

    def _seen_further(self, effect: Effect) -> list[Effect]:
        """Returns the effect as those see it who fill it in, or use its package; nothing where nobody does."""
        hole = next(iter(_holes(effect.topics, effect.path)), None)
        found = list(self._filled(effect, hole)) if hole is not None else []
        if not found and self._is_library(effect.path, effect.scope):
            found = [self._seen_by(effect, caller, effect.path, effect.scope) for caller in self._users(effect)]
        return found[:MAX_EFFECTS]

    def _is_told(self, effect: Effect) -> bool:
        """Tells whether an effect that goes no further is an edge: no package that waits for its topic, no unknown file."""
        is_file = effect.call.endpoint == "file" and effect.call.library != "trigger"
        return _is_text(effect.topics) or not (is_file or self._is_library(effect.path, effect.scope))

    def _wanted(self, effect: Effect) -> Iterator[tuple[str, str]]:
        """Yields the functions and classes, with their files, whose callers and heirs an effect is going to ask for."""
        for hole in _holes(effect.topics, effect.path):
            root = _root(hole.value)
            yield hole.path, root[1].rpartition(":")[0] if root[0] == "param" else f"{root[1][1]}.__init__"
        if self._is_library(effect.path, effect.scope) and effect.scope:
            yield effect.path, effect.scope
            if "." in effect.scope:
                yield effect.path, f"{effect.scope.partition('.')[0]}.__init__"

    def _wanted_clients(self, facts: Mapping[str, FileFacts]) -> Iterator[tuple[str, str]]:
        """Yields the functions, with their files, that take an object as an argument whose method a client may have."""
        for path, one in facts.items():
            for invocation in one.invocations:
                callee = invocation.callee
                if callee is not None and callee[0] == "attr" and callee[2] in libraries.METHOD_NAMES:
                    for end in self._chains.ends(path, callee[1]):
                        if _is_handed(end.value):
                            yield end.path, _root(end.value)[1].rpartition(":")[0]

    def _filled(self, effect: Effect, hole: End) -> Iterator[Effect]:
        """Yields the effect with the hole filled by each who fills it: callers for an argument, heirs for an attribute."""
        root = _root(hole.value)
        if root[0] == "param":
            function = root[1].rpartition(":")[0]
            for caller in self._callers.of(hole.path, function):
                yield self._seen_by(effect, caller, hole.path, function)
            return
        owner, name = root[1][1], root[2]
        for path, heir in self._callers.heirs(hole.path, owner):
            for end in self._chains.member(path, heir, name):
                is_method = end.value[0] == "function"
                filling = ("call", ("local", end.value[1]), ()) if is_method else end.value
                if not is_method or end.path == path:
                    topics = _replaced(effect.topics, root, ("at", end.path, filling))
                    yield effect._replace(path=path, scope=heir, topics=topics)

    def _users(self, effect: Effect) -> tuple[Caller, ...]:
        """Returns who calls the function of an effect, else who makes objects of its class."""
        owner = effect.scope.partition(".")[0] if "." in effect.scope else ""
        found = self._callers.of(effect.path, effect.scope)
        return found or (self._callers.of(effect.path, f"{owner}.__init__") if owner else ())

    def _seen_by(self, effect: Effect, caller: Caller, home: str, function: str) -> Effect:
        invocation = caller.invocation
        hop = Hop(home, function, caller.path, invocation.arguments)
        line = (caller.path, invocation.line, invocation.last_line)
        hops, lines = (*effect.hops, hop), (*effect.lines, line)
        return effect._replace(path=caller.path, scope=invocation.scope, hops=hops, lines=lines)


def _placed(path: str, value: Value) -> Value:
    """Returns a value that keeps the file that it is of."""
    return value if value is None or value[0] == "at" else ("at", path, value)


_GUESSED = {"subscribe": "consumer", "produce": "producer", "send": "producer", "send_and_wait": "producer"}
_NO_TEXT = frozenset({"class", "object", "function", "module"})


def _is_handed(value: tuple[Any, ...]) -> bool:
    """Tells whether a value is an argument, or a part of one."""
    return value[0] in ("param", "attr", "item") and _root(value)[0] == "param"


def _may_be_text(value: tuple[Any, ...]) -> bool:
    """Tells whether a value may name an endpoint; a client does where it was made for one."""
    return value[0] not in _NO_TEXT and (value[0] != "client" or value[2] is not None)


def _guessed(receiver: str, method: str) -> str | None:
    """Returns the kind of client that an object seems to be by its own name and the method's, None where either says little."""
    if method in _GUESSED and _GUESSED[method] in receiver.lower():
        return f"kafka {_GUESSED[method]}"
    return None


def _is_text(value: Value) -> bool:
    """Tells whether a value surely is a text, or texts: a guess about anything else would rest on two unknowns."""
    if value is None:
        return False
    if value[0] in ("list", "any"):
        return any(map(_is_text, value[1]))
    if value[0] in ("cat", "path"):
        return all(map(_is_text, value[1]))
    return value[0] in ("s", "env") or (value[0] == "at" and _is_text(value[2]))


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


def _topics(step: Step, arguments: Mapping[str, Value], client: tuple[Any, ...]) -> Value:
    """Returns what names the endpoint of a call whose arguments are known, None where the call doesn't say."""
    for place in step.topic.split():
        if place == "own":
            own: Value = client[2]
            return own
        if place == "*":
            given = tuple(value for name, value in arguments.items() if name.isdigit())
            if given:
                return ("list", given)
        elif place.lstrip("{") in arguments:
            found: Value = arguments[place.lstrip("{")]
            return found
    return None


def _holes(value: Value, path: str, depth: int = 0) -> Iterable[End]:
    """Yields the arguments and attributes in a value that nothing was put in for, with the files that they are of."""
    if value is None or depth > MAX_NESTING:
        return
    if value[0] in ("list", "any", "cat", "path"):
        for one in value[1]:
            yield from _holes(one, path, depth + 1)
    elif value[0] == "split":
        yield from _holes(value[1], path, depth + 1)
    elif value[0] in ("var", "at"):
        yield from _holes(value[2], value[1] if value[0] == "at" else path, depth + 1)
    elif value[0] in ("param", "attr", "item", "call"):
        root = _root(value)
        if root[0] == "param" or (root[0] == "attr" and root[1][0] == "self"):
            yield End(path, value)


def _root(value: Value) -> tuple[Any, ...]:
    """Returns the argument, or the attribute of `self`, that a chain starts from."""
    assert value is not None
    while value[0] in ("attr", "item", "call") and isinstance(value[1], tuple) and value[1][0] != "self":
        value = value[1]
    return value


def _replaced(value: Any, hole: tuple[Any, ...], filling: Value) -> Any:
    if value == hole:
        return filling
    if isinstance(value, tuple):
        return tuple(_replaced(part, hole, filling) for part in value)
    return value


def _is_method(chains: Chains, path: str, owner: str, name: str) -> bool:
    return any(end.value[0] == "function" for end in chains.member(path, owner, name))


def _handed(param: tuple[Any, ...], hops: tuple[Hop, ...], chains: Chains, path: str) -> tuple[str, Value] | None:
    """Returns what is handed over for an argument, and the file of the caller, None where no hop is a call of its function."""
    function = param[1].rpartition(":")[0]
    for hop in hops:
        if (hop.home, hop.function) == (path, function):
            handed = _argument(chains, path, param, hop.arguments)
            return hop.path, handed if handed is not None else ("var", param[1].rpartition(":")[2], None)
    return None


def _argument(chains: Chains, path: str, param: tuple[Any, ...], arguments: tuple[tuple[str, Value], ...]) -> Value:
    """Returns what a call hands over for a parameter: its default where the call leaves it out."""
    function, _, name = param[1].rpartition(":")
    given = dict(arguments)
    if name in given:
        return given[name]
    names = chains.parameters(path, function)
    position = str(names.index(name)) if name in names else ""
    default: Value = param[2]
    return given.get(position, default)
