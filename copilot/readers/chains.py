"""Where does a chain of names end? Followed through modules, classes and their bases, attributes, and what functions return.

`things` tells what the chains are made of. A chain ends at a class, an object of one, a function, a client of a library, a value
that can be resolved, or at an argument, which only the callers tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from copilot.readers import libraries
from copilot.readers.facts import FileFacts
from copilot.readers.model_classes import SCHEMA
from copilot.readers.modules import Modules
from copilot.readers.paths import FLASK_CONFIG
from copilot.readers.steps import topics_of
from copilot.readers.things import SPREAD, name_of, replaced
from copilot.readers.values import EACH, KEYS, ONE, VALUES, Value

MAX_DEPTH = 10
MAX_ENDS = 16
MAX_PICKED = 48
"""Entries of tables that one chain is followed into."""
TYPE = 4
"""Where a client that a chain ends at has the type of its values, if its making says one."""


class End(NamedTuple):
    """What a chain leads to, in the file at `path`: ("class", name), ("object", class), ("function", name), or another value.

    An object whose making was seen has what was handed over beside its class, a method that a class inherits the object of it.
    """

    path: str
    value: tuple[Any, ...]


class Handed(NamedTuple):
    """What a call in the file at `path` hands over."""

    path: str
    arguments: tuple[tuple[str, Value], ...]


class Chains:
    """Follows chains through the files of a tree; `facts_of` gives None for a file that can't be read."""

    def __init__(self, facts_of: Callable[[str], FileFacts | None], modules: Modules) -> None:
        self._facts_of = facts_of
        self._modules = modules
        self._tables: dict[str, tuple[dict[str, Value], frozenset[str], dict[str, tuple[str, ...]], FileFacts]] = {}
        self._known: dict[tuple[str, Value], tuple[End, ...]] = {}

    def ends(self, path: str, chain: Value, depth: int = 0) -> tuple[End, ...]:
        """Returns what a chain of the file leads to, at most `MAX_ENDS`; () where it leads nowhere."""
        if chain is None or depth > MAX_DEPTH:
            return ()
        key = (path, chain)
        if key not in self._known:
            self._known[key] = ()
            self._known[key] = tuple(dict.fromkeys(self._ends(path, chain, depth + 1)))[:MAX_ENDS]
        return self._known[key]

    def all_ends(self, path: str, chain: Value) -> tuple[End, ...]:
        """Returns what a chain may lead to, each entry of a table that one is picked from among it."""
        found: dict[End, None] = {}
        waiting, seen = [(path, chain)], {(path, chain)}
        while waiting and len(found) < MAX_ENDS:
            entries = []
            for end in self.ends(*waiting.pop()):
                if end.value[0] != "pick":
                    found[end] = None
                else:
                    entries += [(end.path, held) for _, held in end.value[1]]
            # What is picked from tables of tables, by keys that are picked themselves, is more with each step.
            fresh = [one for one in dict.fromkeys(entries) if one not in seen][: MAX_PICKED - len(seen)]
            seen.update(fresh)
            waiting += reversed(fresh)
        return tuple(found)[:MAX_ENDS]

    def parameters(self, path: str, function: str) -> tuple[str, ...]:
        """Returns the parameters of a function, without `self`."""
        return self._table(path)[2].get(function, ())

    def facts(self, path: str) -> FileFacts:
        """Returns the facts of a file, without any where it can't be read."""
        return self._table(path)[3]

    def bases(self, path: str, name: str) -> tuple[End, ...]:
        """Returns the classes of the repository that a class is derived from directly."""
        listed = dict(self._table(path)[3].bases).get(name, ())
        ends = (end for base in listed for end in self.ends(path, base))
        return tuple(end for end in ends if end.value[0] == "class")

    def member(self, path: str, owner: str, name: str, depth: int = 0) -> tuple[End, ...]:
        """Returns what an attribute or method of a class's objects is, looked for in its bases too."""
        names, _, functions, _ = self._table(path)
        full = f"{owner}.{name}"
        if full in functions:
            return (End(path, ("function", full)),)
        found = self.ends(path, names.get(full), depth + 1)
        if found or depth > MAX_DEPTH:
            return found
        return tuple(
            end for base in self.bases(path, owner) for end in self.member(base.path, base.value[1], name, depth + 1)
        )

    def client_of(self, path: str, owner: str, depth: int = 0) -> Value:
        """Returns the client that a class is derived from, None where it is derived from none."""
        for base in dict(self._table(path)[3].bases).get(owner, ()):
            if base is not None and base[0] == "name":
                steps = libraries.call_steps(f"{base[1]}.{base[2]}")
                if steps and steps[0].gives:
                    return ("client", steps[0].gives, None, -1)
        for end in self.bases(path, owner) if depth < MAX_DEPTH else ():
            found = self.client_of(end.path, end.value[1], depth + 1)
            if found is not None:
                return found
        return None

    def _table(self, path: str) -> tuple[dict[str, Value], frozenset[str], dict[str, tuple[str, ...]], FileFacts]:
        if path not in self._tables:
            facts = self._facts_of(path) or FileFacts()
            self._tables[path] = (dict(facts.names), frozenset(facts.classes), dict(facts.functions), facts)
        return self._tables[path]

    def _ends(self, path: str, chain: tuple[Any, ...], depth: int) -> Iterator[End]:
        kind, rest = chain[0], chain[1:]
        if kind == "local":
            yield from self._local(path, str(rest[0]), depth)
        elif kind == "name":
            yield from self._imported(path, str(rest[0]), str(rest[1]), depth)
        elif kind == "self":
            yield End(path, ("object", rest[0]))
        elif kind == "super":
            for end in self.bases(path, str(rest[0])):
                yield End(end.path, ("object", end.value[1]))
        elif kind == "var":
            yield from self.ends(path, chain[2], depth)
        elif kind in ("any", "list"):
            for item in chain[1]:
                yield from self.ends(path, item, depth)
        elif kind in ("attr", "item", "call"):
            for end in self.ends(path, chain[1], depth):
                if kind == "call":
                    yield from self._called(end, Handed(path, chain[2] or ()), depth)
                elif isinstance(chain[2], tuple):
                    yield from self._pick(end, path, chain[2], depth)
                else:
                    yield from self._step(end, str(kind), str(chain[2]), depth)
        elif kind == "at":
            yield from self.ends(chain[1], chain[2], depth)
        else:
            yield End(path, chain)

    def _local(self, path: str, name: str, depth: int) -> Iterator[End]:
        names, classes, functions, facts = self._table(path)
        if name in classes:
            yield End(path, ("class", name))
        elif name in functions:
            yield End(path, ("function", name))
        elif name in names:
            yield from self.ends(path, names[name], depth)
        else:
            for alias, module, real in facts.imports:
                if alias == name:
                    yield from self._imported(path, module, real, depth)
                elif alias == "*" and (file := self._modules.file_of(path, module)) and file != path:
                    yield from self.ends(file, ("local", name), depth)

    def _imported(self, path: str, module: str, name: str, depth: int) -> Iterator[End]:
        file = self._modules.file_of(path, module)
        if file and name:
            found = self.ends(file, ("local", name), depth) or (
                self._of_any_class(file, name, depth) if module == FLASK_CONFIG else ()
            )
            if found:
                yield from found
                return
        inner = self._modules.file_of(path, f"{module}{'' if module.endswith('.') else '.'}{name}" if name else module)
        if inner:
            yield End(inner, ("module",))
        elif not file and "." in module.strip("."):
            owner, _, last = module.rpartition(".")
            yield from self.ends(path, ("attr", ("name", owner, last), name), depth)

    def _entry(self, end: End, name: str, depth: int) -> Iterator[End]:
        """Yields what a dict holds under a name: its own entry, else that of a dict that it takes over."""
        entries = end.value[1]
        own = [value for key, value in entries if key == name]
        if own:
            yield from self.ends(end.path, own[-1], depth)
            return
        for key, value in reversed(entries):
            if key == SPREAD:
                found = self.ends(end.path, ("item", value, name), depth)
                if found:
                    yield from found
                    return

    def _each(self, end: End, part: str, depth: int) -> Iterator[End]:
        """Yields what a loop goes through: the chain was followed into each item of a list already, which may be a dict."""
        value = end.value
        if value[0] in ("load", "get"):
            yield from (End(end.path, value),) if part == EACH else ()
            yield End(end.path, ("get", value, KEYS if part == EACH else part, None))
        elif value[0] != "map":
            yield from (end,) if part == EACH else ()
        else:
            yield from (end,) if part == EACH else ()
            for key, held in value[1]:
                if key == SPREAD:
                    yield from self.ends(end.path, ("item", held, part), depth)
                elif part == VALUES:
                    yield from self.ends(end.path, held, depth)
                else:
                    yield from (End(end.path, ("s", key)),) if isinstance(key, str) else self.ends(end.path, key, depth)

    def _pick(self, end: End, path: str, key: tuple[Any, ...], depth: int) -> Iterator[End]:
        """Yields the entry of a table under a key that is a value of the file at `path`: which one it is, is told later."""
        value = end.value
        placed = key if key[0] == "at" else ("at", path, key)
        if value[0] == "map":
            entries = tuple(self._entries(end, depth))
            if entries:
                yield End(path, ("pick", entries, placed, name_of(key)))
        elif value[0] == "pick":
            yield from self._each_of(end, lambda held: ("item", held, placed))
        elif value[0] in ("load", "get"):
            yield End(end.path, ("get", value, placed, None))
        elif value[0] in ("param", "attr", "item"):
            yield End(end.path, ("item", value, placed))
        else:
            yield from self._step(end, "item", ONE, depth)

    def _entries(self, end: End, depth: int) -> Iterator[tuple[Any, Value]]:
        """Yields the entries of a dict, with those of the dicts that it takes over in their place, each value with its file."""
        for key, held in end.value[1]:
            if key != SPREAD:
                yield key if key is None or isinstance(key, str) else ("at", end.path, key), ("at", end.path, held)
                continue
            for one in self.ends(end.path, held, depth):
                yield from self._entries(one, depth) if one.value[0] == "map" else ()

    def _each_of(self, end: End, step: Callable[[Value], Value]) -> Iterator[End]:
        """Yields a picked entry one step further: the step is made from each entry, once it is told which one is meant."""
        entries = tuple((key, step(held)) for key, held in end.value[1])
        yield End(end.path, ("pick", entries, *end.value[2:]))

    def _of_any_class(self, path: str, name: str, depth: int) -> tuple[End, ...]:
        """Returns what the classes of a file have for an attribute: production's first, as it is what runs."""
        classes = sorted(self._table(path)[1], key=lambda owner: ("prod" not in owner.lower(), owner))
        return next((found for owner in classes if (found := self.member(path, owner, name, depth))), ())

    def _step(self, end: End, kind: str, name: str, depth: int) -> Iterator[End]:
        value = end.value
        if value[0] == "pick":
            yield from self._each_of(end, lambda held: (kind, held, name))
        elif value[0] == "client" and name == SCHEMA:
            yield from self.ends(end.path, self._type_of(end), depth)
        elif value[0] == "client" and libraries.gives_object(value[1], name):
            yield End(end.path, ("method", value, name))
        elif value[0] == "client":
            yield end
        elif kind == "item" and name == ONE and value[0] not in ("param", "attr", "item"):
            yield from self._each(end, VALUES if value[0] in ("map", "load", "get") else EACH, depth)
        elif kind == "item" and name in (EACH, KEYS, VALUES) and value[0] not in ("param", "attr", "item"):
            yield from self._each(end, name, depth)
        elif value[0] == "map":
            yield from self._entry(end, name, depth)
        elif value[0] == "s" and name == "value":
            # A member of an enumeration is asked for its text.
            yield end
        elif value[0] in ("load", "get"):
            yield End(end.path, ("get", value, name, None))
        elif value[0] in ("param", "attr", "item"):
            # Methods and clients are those of the class that an argument is said to be of; data is what callers hand over.
            typed = _as_typed(value, end.path) if kind == "attr" else None
            known = self.ends(end.path, ("attr", typed, name), depth) if typed is not None else ()
            told = tuple(one for one in known if one.value[0] in ("function", "client", "class", "method"))
            yield from told or (End(end.path, (kind, value, name)),)
        elif kind == "attr" and value[0] == "module":
            yield from self.ends(end.path, ("local", name), depth)
        elif kind == "attr" and value[0] == "object" and len(value) > 2 and dict(value[2][1]).get(name) is not None:
            # An object that is made with settings by name holds those, whatever its class has for them.
            yield from self.ends(value[2][0], dict(value[2][1])[name], depth)
        elif kind == "attr" and value[0] == "object" and (spread := _spread_of(value)) is not None:
            yield from self._spread_field(end, spread, name, depth)
        elif kind == "attr" and value[0] in ("object", "class"):
            found = tuple(_bound(one, end) for one in self.member(end.path, value[1], name, depth))
            if len(value) > 2:
                made = self.member(end.path, value[1], "__init__", depth)
                filled = (self._filled(one, made, value[2]) for one in found)
                found = tuple(last for one in filled for last in self.ends(one.path, one.value, depth) or (one,))
            yield from found or (End(end.path, ("attr", ("self", value[1]), name)),)

    def _spread_field(self, end: End, spread: Value, name: str, depth: int) -> Iterator[End]:
        """Yields a field of an object that is made with all that a file or dict holds: `Config(**loaded)`.

        Where that lacks the name, what the class has for it holds.
        """
        own = self.member(end.path, end.value[1], name, depth)
        if any(one.value[0] == "function" for one in own):
            yield from own
            return
        default = ("at", own[0].path, own[0].value) if own else None
        for one in self.ends(end.value[2][0], ("item", spread, name), depth) or own:
            yield End(one.path, (*one.value[:3], default)) if one.value[0] == "get" else one

    def _called(self, end: End, handed: Handed, depth: int) -> Iterator[End]:
        """Yields what a call of the class or function that a chain ends at gives, with what is handed over put in."""
        value = end.value
        if value[0] == "class":
            yield End(end.path, ("object", value[1], tuple(handed)))
        elif value[0] == "function":
            given_back = self._table(end.path)[0].get(f"{value[1]}()")
            if len(value) > 2:
                given_back = replaced(given_back, ("self", value[1].rpartition(".")[0]), value[2])
            for one in self.ends(end.path, given_back, depth):
                filled = self._filled(one, (end,), tuple(handed))
                yield from self.ends(filled.path, filled.value, depth) if filled != one else (one,)
        elif value[0] == "literal":
            yield end
        elif value[0] == "pick":
            given = tuple((name, argument and ("at", handed.path, argument)) for name, argument in handed.arguments)
            yield from self._each_of(end, lambda held: ("call", held, given))
        elif value[0] == "method":
            client = _client_of(value[1], value[2], handed)
            if client is not None:
                yield End(end.path, client)
        elif value[0] in ("param", "attr", "item"):
            yield End(end.path, ("call", value, ()))

    def _type_of(self, end: End) -> Value:
        """Returns the chain to the schema that a client, like a topic that is made with a type of its values, decodes with."""
        value = end.value
        if len(value) > TYPE:
            return ("attr", value[TYPE], SCHEMA)
        codec = self._table(end.path)[3].calls[value[3]] if value[3] >= 0 else None
        return (codec.reader or codec.writer) if codec is not None else None

    def _filled(self, end: End, functions: tuple[End, ...], handed: tuple[Any, ...]) -> End:
        """Returns a value with the arguments of these functions put in, which are no arguments of those around the call."""
        path, arguments = handed
        value: Any = end.value
        for function in functions:
            if function.path != end.path or function.value[0] != "function":
                continue
            given = dict(arguments)
            for position, name in enumerate(self.parameters(function.path, function.value[1])):
                value = _replaced(value, f"{function.value[1]}:{name}", given.get(name, given.get(str(position))), path)
        return End(end.path, value)


def _bound(member: End, owner: End) -> End:
    """Returns a method with the object that it is asked of, where that is of another class than the one which has the method."""
    value = member.value
    is_inherited = owner.value[0] == "object" and value[0] == "function"
    if not is_inherited or (member.path, value[1].rpartition(".")[0]) == (owner.path, owner.value[1]):
        return member
    return End(member.path, (*value[:2], ("at", owner.path, owner.value[:2])))


def _client_of(owner: tuple[Any, ...], name: str, handed: Handed) -> tuple[Any, ...] | None:
    """Returns the client that a method of another one gives; the type of its values stands behind the rest, where it has one."""
    arguments = dict(handed.arguments)
    first = arguments.get("0")
    steps = libraries.method_steps(owner[1], name, first[1] if first is not None and first[0] == "s" else "")
    if not steps:
        return None
    step = steps[0]
    topics = topics_of(step, arguments, owner) if step.keeps else None
    client = ("client", step.gives, topics and ("at", handed.path, topics), -1)
    typed = arguments.get("value_type")
    return (*client, ("at", handed.path, typed)) if typed is not None else client


def _spread_of(value: tuple[Any, ...]) -> Value:
    """Returns the dict that an object was made with (`Config(**loaded)`), None where it was made with none that can be followed."""
    spread: Value = dict(value[2][1]).get(SPREAD) if len(value) > 2 else None
    return None if spread is None or spread[0] == "kwargs" else spread


def _as_typed(value: tuple[Any, ...], path: str) -> Value:
    """Returns a chain with an object of the parameter's class in the place of the parameter, None where nothing says its class."""
    root = value
    while root[0] in ("attr", "item", "call") and isinstance(root[1], tuple):
        root = root[1]
    is_typed = root[0] == "param" and root[2] is not None and root[2][0] in ("call", "name")
    typed: Value = _replaced(value, root[1], None, path) if is_typed else None
    return typed


def _replaced(value: Any, param: str, filling: Value, path: str) -> Any:
    if not isinstance(value, tuple):
        return value
    if len(value) == 3 and value[0] == "param" and value[1] == param:
        if filling is not None:
            return ("at", path, filling)
        return value[2] if value[2] is not None else ("var", param.rpartition(":")[2], None)
    return tuple(_replaced(part, param, filling, path) for part in value)
