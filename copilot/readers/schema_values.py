"""Of which subjects is the schema that code hands to a codec, or writes into its settings?

A schema is a literal, a file by its path, a name of another module, or an argument. An argument is what the callers hand over:
those beside the call that reads or writes the endpoint first, then all of the job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from copilot.readers.beyond import NamedElsewhere
from copilot.readers.deployments import Running
from copilot.readers.effects import EffectReader, Hop
from copilot.readers.facts import Call
from copilot.readers.modules import SchemaFiles
from copilot.readers.store import FactStore
from copilot.readers.subjects import Subjects, unpinned
from copilot.readers.uses import words_in
from copilot.readers.values import Surroundings, Value, resolve

MAX_NESTING = 8
MAX_CALLERS_UP = 4
"""Functions that an argument is handed through, one to the next."""
_IDLE_WORDS = frozenset({"avro", "schema", "topic", "value"})


class Asked(NamedTuple):
    """Who asks for a schema: the job's root, its running copy, and the function of the file whose call has the codec."""

    root: str
    running: Running
    path: str = ""
    scope: str = ""


class SchemaValues:
    """Tells the subjects of values.

    `around` gives what a file's values are resolved in, `is_run_by` tells whether the job of a root runs a file.
    """

    def __init__(
        self,
        store: FactStore,
        subjects: Subjects,
        effects: EffectReader,
        elsewhere: NamedElsewhere,
        around: Callable[[str, Running], Surroundings],
        is_run_by: Callable[[str, str], bool],
    ) -> None:
        self._store = store
        self._subjects = subjects
        self._effects = effects
        self._elsewhere = elsewhere
        self._around = around
        self._is_run_by = is_run_by
        self._files = SchemaFiles(subjects.files)
        self._known: dict[tuple[Value, str, str, int], tuple[str, ...]] = {}

    def of_call(self, path: str, call: Call, asked: Asked, hops: tuple[Hop, ...] = ()) -> tuple[str, ...]:
        """Returns the subjects of the schemas that a decode or encode call of the file is given, the reader's first."""
        found: list[str] = []
        for value in (call.reader, call.writer):
            known = self._effects.followed(value, path, hops)
            found += self.of(known, path, asked) or self._handed(known, path, asked, 0)
        return tuple(dict.fromkeys(found))

    def of(self, value: Value, path: str, asked: Asked) -> tuple[str, ...]:
        """Returns the subjects that a value of the file may be."""
        # Links, uses and the premises of what is kept ask the same. Running copies stay.
        key = (value, path, asked.root, id(asked.running))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read(value, path, asked, 0)
        return found

    def _read(self, value: Value, path: str, asked: Asked, depth: int) -> tuple[str, ...]:
        if value is None or depth > MAX_NESTING:
            return ()
        match value[0]:
            case "literal":
                facts = self._store.python([path]).get(path)
                start = facts.literals[value[1]].start if facts is not None else -2
                name = self._subjects.at_literal(path, start)
                return (name,) if name is not None else ()
            case "load":
                return self._read(value[2], path, asked, depth + 1)
            case "at":
                return self._read(value[2], value[1], asked, depth + 1)
            case "name":
                found = self._around(path, asked.running).lookup(value[1], value[2])
                return self._read(found[1], found[0], asked, depth + 1) if found is not None else ()
            case "any" | "list":
                return tuple(
                    dict.fromkeys(name for one in value[1] for name in self._read(one, path, asked, depth + 1))
                )
            case "or":
                return self._read(value[1], path, asked, depth + 1) or self._read(value[2], path, asked, depth + 1)
            case "env" if not asked.running.settings.get(value[1]):
                return self._read(value[2], path, asked, depth + 1)
        names = (
            name
            for text in resolve(value, self._around(path, asked.running))
            if text.text
            for name in self._subjects.at_file(self._files.find(text.text, path, asked.root))
            or self._elsewhere.at(text.text)
        )
        return tuple(dict.fromkeys(names))

    def _handed(self, value: Value, path: str, asked: Asked, hops: int) -> tuple[str, ...]:
        """Returns the subjects that the job's callers hand over as the argument which a value starts from."""
        if hops == MAX_CALLERS_UP:
            return ()
        callers = [one for one in self._effects.handed(value, path) if self._is_of_job(one[0].path, asked)]
        beside = [one for one in callers if (one[0].path, one[0].invocation.scope) == (asked.path, asked.scope)]
        found = [
            name
            for caller, filled in beside or callers
            for name in self.of(filled, caller.path, asked) or self._handed(filled, caller.path, asked, hops + 1)
        ]
        return tuple(dict.fromkeys(found))

    def _is_of_job(self, path: str, asked: Asked) -> bool:
        """Tells whether a job runs a file: it is its own, or that of a package whose call it makes its own."""
        return path == asked.path or self._is_run_by(asked.root, path)


def named_like(topic: str, subjects: Iterable[str | None]) -> tuple[str, ...]:
    """Returns the subject of several that a topic is called after, word by word; () where none is, or more than one."""
    names = [name for name in subjects if name is not None]
    words = words_in(topic) - _IDLE_WORDS
    alike = [name for name in names if words_in(unpinned(name)[0].rpartition("/")[2]) - _IDLE_WORDS == words]
    return tuple(alike) if len(alike) == 1 < len(names) else ()
