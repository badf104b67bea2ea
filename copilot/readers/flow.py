"""Which values of a file are records that it decodes, or records that it encodes?

Reading gives every expression an `Origin`: a root (a decode call, a dict literal, a parameter, what a function returns) and the
path from it. `RecordFlow` collects how roots flow into each other and, at the end of the file, tags each with what is known of
the records it holds. Forward tags say where a record comes from: "c" a decode call, "a" an argument of a function of this file,
"i" the result of an imported function, "l" a dict literal of this file, by the index of its keys. Backward tags say where it
goes: "p" an encode call, "d" an argument of an imported function, "r" out of a function of this file. `crossing` follows them
into other files.
"""

from __future__ import annotations

from typing import NamedTuple

Root = tuple[str, str | int]
Tag = tuple[str, str | int, str, int]
"""(kind, index of the call or name of the function, path from its record, lists around it)."""
FORWARD = "cai"
MADE = "l"
MADE_MAX = 2
"""Dict literals that one value is told to come from."""
BACKWARD = "pdr"
CHAINED = "@"
"""Begins the name of a function that only a chain of names leads to, by the number of the chain."""
MAX_ROUNDS = 8
MAX_TAGS = 8
MAX_PATH = 120


class Origin(NamedTuple):
    """Where a value comes from: `lists` times a list of what lies at `path` from `root`."""

    root: Root
    path: str = ""
    lists: int = 0

    def at(self, step: str) -> Origin | None:
        """Returns the origin of the part under the key `step`, None where the value is a list of records."""
        if self.lists or len(self.path) > MAX_PATH:
            return None
        return Origin(self.root, join_paths(self.path, step))

    def item(self) -> Origin:
        """Returns the origin of one item of the value."""
        if self.lists:
            return Origin(self.root, self.path, self.lists - 1)
        return self if len(self.path) > MAX_PATH else Origin(self.root, self.path + "[]")

    def wrapped(self) -> Origin:
        """Returns the origin of a list of the value."""
        return Origin(self.root, self.path, self.lists + 1)


def part_root(root: Root, index: int) -> Root:
    """Returns the root of one of the values that a function gives back together: `return event, label`."""
    return (root[0], f"{root[1]}#{index}")


def join_paths(path: str, step: str) -> str:
    """Returns the path of what lies at `step` from `path`."""
    if not path or not step or step.startswith(("[]", "{}")):
        return path + step
    return f"{path}.{step}"


class RecordFlow:
    """The flow of records in one file."""

    def __init__(self) -> None:
        # Dicts for their order: sets would give another file's worth of tags, where there are too many, in each process.
        self._tags: dict[Root, dict[Tag, None]] = {}
        self._edges: list[tuple[Origin, Root, str]] = []

    def flows(self, source: Origin | None, target: Root, path: str = "") -> None:
        """Notes that the value of `source` becomes what lies at `path` from `target`."""
        if source is not None and source.root != target:
            self._edges.append((source, target, path))

    def decoded(self, call: int, lists: int = 0) -> Origin:
        """Returns the origin of what a decode call gives: one record, or `lists` times a list of them."""
        root: Root = ("call", call)
        self._tags.setdefault(root, {})[("c", call, "", 0)] = None
        return Origin(root, "", lists)

    def comes(self, root: Root, kind: str, key: str | int) -> None:
        """Notes where the value of a root comes from, or goes to."""
        self._tag(root, (kind, key, "", 0))

    def encoded(self, call: int, record: Origin | None) -> None:
        """Notes that an encode call takes this record."""
        self.goes(record, "p", call)

    def goes(self, record: Origin | None, kind: str, key: str | int) -> None:
        """Notes where a record goes."""
        if record is not None:
            steps = record.path.count("[]")
            if record.path == "[]" * steps:
                self._tag(record.root, (kind, key, "", steps - record.lists))

    def sources(self, target: Root, kind: str) -> list[str | int]:
        """Returns the keys of the roots of that kind that flow into `target`, through any number of functions."""
        seen, waiting, keys = {target}, [target], []
        while waiting:
            current = waiting.pop()
            if current[0] == kind:
                keys.append(current[1])
            for source, other, _ in self._edges:
                if other == current and source.root not in seen:
                    seen.add(source.root)
                    waiting.append(source.root)
        return keys

    def settle(self) -> None:
        """Spreads the tags along the flow until nothing changes, at most `MAX_ROUNDS` times."""
        for _ in range(MAX_ROUNDS):
            changes = [self._spread(source, target, path) for source, target, path in self._edges]
            if not any(changes):
                return

    def tags(self, origin: Origin | None, kinds: str = FORWARD + MADE + BACKWARD) -> tuple[Tag, ...]:
        """Returns the tags of those kinds that the value has, sorted."""
        known = self._tags.get(origin.root) if origin is not None else None
        if origin is None or not known:
            return ()
        found = (applied(tag, origin.path) for tag in known if tag[0] in kinds)
        tags = {(*tag[:3], tag[3] + origin.lists) for tag in found if tag is not None}
        return tuple(sorted(tags, key=lambda tag: (tag[0], str(tag[1]), tag[2], tag[3])))

    def roots(self, kind: str) -> list[str]:
        """Returns the keys of the tagged roots of a kind, sorted."""
        return sorted(str(root[1]) for root in self._tags if root[0] == kind)

    def _spread(self, source: Origin, target: Root, path: str) -> bool:
        changed = False
        if not path:
            for tag in list(self._tags.get(source.root, ())):
                moved = applied(tag, source.path) if tag[0] in FORWARD + MADE else None
                if moved is not None:
                    changed |= self._tag(target, (*moved[:3], moved[3] + source.lists))
        steps = source.path.count("[]")
        if source.path == "[]" * steps:
            for tag in list(self._tags.get(target, ())):
                if tag[0] in BACKWARD and not (path and tag[3]):
                    at, lists = join_paths(tag[2], path), tag[3]
                    unwrapped = min(lists, source.lists)
                    deeper = at + "[]" * (source.lists - unwrapped)
                    changed |= self._tag(source.root, (tag[0], tag[1], deeper, lists - unwrapped + steps))
        return changed

    def _tag(self, root: Root, tag: Tag) -> bool:
        tags = self._tags.setdefault(root, {})
        if tag[0] == MADE and sum(one[0] == MADE for one in tags) >= MADE_MAX:
            return False
        if tag in tags or tag[3] < 0 or len(tags) >= MAX_TAGS or len(tag[2]) > MAX_PATH:
            return False
        tags[tag] = None
        return True


def applied(tag: Tag, path: str) -> Tag | None:
    """Returns the tag of what lies at `path` in a tagged value, None where the path does not enter the lists around it."""
    lists = tag[3]
    while lists and path.startswith("[]"):
        path, lists = path[2:].removeprefix("."), lists - 1
    if lists and path:
        return None
    return (tag[0], tag[1], join_paths(tag[2], path), lists)
