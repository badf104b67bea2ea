"""Which queues do the tasks of Celery wait in, and who puts messages there? All files are read by now.

A task waits in the queue that its decorator names, else in that of the first route that fits its name, else in the default one,
which is called "celery" where no setting names another. Settings hold for the tasks that are nearest to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from copilot.readers.celery_tasks import SEND, SETTING, SETTINGS, TASK
from copilot.readers.chains import Chains
from copilot.readers.facts import Call, FileFacts
from copilot.readers.holes import is_handed
from copilot.readers.things import name_of
from copilot.readers.values import Value

_DEFAULT: Value = ("or", ("var", "task_default_queue", None), ("s", "celery"))


class Queues:
    """The queues of a tree's tasks."""

    def __init__(self, chains: Chains, facts: Mapping[str, FileFacts]) -> None:
        self._chains = chains
        self._settings: dict[str, dict[str, list[Value]]] = {"routes": {}, "default": {}}
        self._tasks: dict[tuple[str, str], Call] = {}
        for path, one in sorted(facts.items()):
            for name, value in one.names:
                kind = SETTINGS.get(name.rpartition(".")[2])
                if kind and value is not None:
                    self._settings[kind].setdefault(path, []).append(value)
            for call in one.calls:
                if call.role == SETTING:
                    self._settings[call.receiver].setdefault(path, []).append(call.topics)
                elif call.role == TASK and self._is_task(path, call):
                    self._tasks[path, call.scope] = call
        noted = (call for one in facts.values() for call in one.calls if call.role in (SEND, TASK))
        self._names_queues = any(call.topics is not None for call in noted)
        # Whoever sends something may choose the queue, and then a program has to wait for it there.
        self._sent: dict[tuple[str, str], list[Value]] = {}
        for path, one in sorted(facts.items()):
            for call in one.calls:
                for key in self._sent_to(path, call) if call.role == SEND else ():
                    if call.topics is None or not is_handed(call.topics):
                        queue = ("at", path, call.topics) if call.topics is not None else None
                        self._sent.setdefault(key, []).append(queue)

    def read(self, path: str, call: Call) -> Iterator[tuple[str, Value]]:
        """Yields the role of a noted call, consume or produce, with the queue; nothing where it is about no task."""
        for role, queue in self._told(path, call):
            if queue is not None:
                yield role, queue

    def _told(self, path: str, call: Call) -> Iterator[tuple[str, Value]]:
        if call.role == TASK and (path, call.scope) in self._tasks:
            sent = self._sent.get((path, call.scope), [])
            for queue in dict.fromkeys(sent if sent and call.topics is None else [None, *sent]):
                found = queue or self._queue_of(path, call)
                # Where queues are named, one that nobody is seen to send to may wait in any.
                if sent or found is not _DEFAULT or not self._names_queues:
                    yield "consume", found
        elif call.role == SEND and call.topics is not None:
            yield "produce", call.topics
        elif call.role == SEND and call.writer is not None:
            yield "produce", self._sent_by_name(path, call)
        elif call.role == SEND:
            for home, scope in self._sent_to(path, call):
                yield "produce", self._queue_of(home, self._tasks[home, scope])

    def _sent_to(self, path: str, call: Call) -> Iterator[tuple[str, str]]:
        """Yields the tasks, with their files, that a call sends something to."""
        if call.writer is not None:
            title = _text(call.writer)
            yield from (key for key, task in self._tasks.items() if title and _text(task.writer) == title)
        for end in self._chains.all_ends(path, call.reader) if call.reader is not None else ():
            if end.value[0] == "function" and (end.path, str(end.value[1])) in self._tasks:
                yield end.path, str(end.value[1])

    def _is_task(self, path: str, call: Call) -> bool:
        if call.reader is None:
            return True
        ends = self._chains.all_ends(path, call.reader)
        if not ends and "celery" in name_of(call.reader).lower():
            # A program of a package that is not here, like `@shop_celery.task(...)`.
            return True
        for end in ends:
            made = self._chains.client_of(end.path, str(end.value[1])) if end.value[0] == "object" else end.value
            if made is not None and made[:2] == ("client", "celery app"):
                return True
        return False

    def _queue_of(self, path: str, task: Call) -> Value:
        title = _text(task.writer)
        if task.topics is not None:
            return ("at", path, task.topics)
        module = path.removesuffix(".py").replace("/", ".")
        own = f"{module}.{task.scope}" if task.writer is None else ""
        return self._routed(path, title or own, is_whole=bool(title))

    def _sent_by_name(self, path: str, call: Call) -> Value:
        for key in self._sent_to(path, call):
            return self._queue_of(key[0], self._tasks[key])
        return self._routed(path, _text(call.writer), is_whole=True)

    def _routed(self, path: str, name: str, *, is_whole: bool) -> Value:
        """Returns the queue that the settings nearest to a file give a task of that name, None where they may give any."""
        if not name and self._settings["routes"]:
            return None
        for file, values in self._nearest("routes", path):
            for value in values:
                for pattern, route in self._entries(file, value):
                    if _fits(pattern, name, is_whole=is_whole):
                        for end in self._chains.all_ends(file, ("item", route, "queue")):
                            return ("at", end.path, end.value)
        for file, values in self._nearest("default", path):
            return ("at", file, values[-1])
        return _DEFAULT

    def _entries(self, file: str, value: Value) -> Iterator[tuple[str, Value]]:
        for end in self._chains.all_ends(file, value):
            if end.value[0] == "map":
                yield from ((pattern, ("at", end.path, route)) for pattern, route in end.value[1])

    def _nearest(self, kind: str, path: str) -> list[tuple[str, list[Value]]]:
        """Returns the settings of the file that shares most folders with another one."""
        found = self._settings[kind].items()
        return sorted(found, key=lambda entry: (-_shared(entry[0], path), entry[0]))[:1]


def _shared(one: str, other: str) -> int:
    """Returns how many folders two paths share."""
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count


def _fits(pattern: str, name: str, *, is_whole: bool) -> bool:
    """Tells whether a route is for a task; what leads to its module may start above what the program calls it."""
    if not name:
        return False
    parts = name.split(".")
    tails = [name] if is_whole else [".".join(parts[start:]) for start in range(len(parts))]
    return any(fnmatchcase(tail, pattern) for tail in tails)


def _text(value: Value) -> str:
    return str(value[1]) if value is not None and value[0] == "s" else ""
