"""With what does a call that reads or writes decode or encode? With the codec that was traced to it, else with the nearest one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copilot.domain.pipeline import Decoder, Direction
from copilot.readers.facts import DECORATED, FORWARDED, OF_KEYS, Call, FileFacts
from copilot.readers.model_classes import LIBRARY
from copilot.readers.modules import Modules
from copilot.readers.outlines import Outline
from copilot.readers.record_classes import LIBRARY as RECORD_CLASS
from copilot.readers.sql_runs import LIBRARY as DATABASE
from copilot.readers.store import FactStore
from copilot.readers.values import Surroundings, Value, resolve


class NearbyCodecs:
    """The calls that decode and encode, by where they stand."""

    def __init__(self, store: FactStore, modules: Modules, outlines: Mapping[str, Outline]) -> None:
        self._store = store
        self._modules = modules
        self._classes: dict[str, list[str]] = {}
        for path, outline in sorted(outlines.items()):
            for name in outline.classes:
                self._classes.setdefault(name, []).append(path)

    def of_call(
        self, path: str, facts: FileFacts, call: Call, among: Mapping[str, FileFacts]
    ) -> list[tuple[str, Call]]:
        """Returns the calls that decode or encode for a consume or produce call: the traced one, else the nearest.

        `facts` are those of the file at `path`, `among` those of all files of its job.
        """
        if call.codec >= 0:
            return [(path, facts.calls[call.codec])]
        if call.library == DATABASE:
            # A database encodes and decodes by itself.
            return []
        role = "encode" if call.role == "produce" and call.codec != FORWARDED else "decode"
        here = [(path, one) for one in facts.calls if one.role == role and one.receiver != OF_KEYS]
        own = [entry for entry in here if entry[1].scope == call.scope]
        # What a framework does for one handler, or one topic, says nothing about others.
        here = [entry for entry in here if entry[1].library != RECORD_CLASS]
        for near in (
            [entry for entry in own if call.receiver == DECORATED or entry[1].library != RECORD_CLASS],
            [entry for entry in here if entry[1].scope.partition(".")[0] == call.scope.partition(".")[0]],
            here,
        ):
            if near:
                return near
        beside = self._modules.related(path, among)
        nearby = ((file, one) for file in beside for one in among[file].calls)
        for calls in (nearby, self._imported(path, facts)):
            found = [entry for entry in calls if entry[1].role == role and entry[1].receiver != OF_KEYS]
            found = [entry for entry in found if entry[1].library != RECORD_CLASS]
            if found:
                return found
        return []

    def decoder_of_class(self, value: Value, around: Surroundings, direction: Direction) -> Decoder | None:
        """Returns the decoder of a framework's class, where the repository holds the class."""
        for text in resolve(value, around):
            package, _, name = text.text.rpartition(".")
            for path in self._classes.get(name, ()):
                if not package or f"/{package.replace('.', '/')}" in f"/{path}":
                    role = "decode" if direction == "consumes" else "encode"
                    calls = [call for call in self._store.python([path])[path].calls if call.role == role]
                    own = [call for call in calls if call.scope.partition(".")[0] == name]
                    if own:
                        return decoder_of(own[0])
        return None

    def _imported(self, path: str, facts: FileFacts) -> Iterator[tuple[str, Call]]:
        """Yields the calls in functions and classes that a file imports from packages of their own."""
        for _, module, name in facts.imports:
            file = self._modules.file_of(path, module) if name else None
            imported = self._store.python([file]) if file else {}
            for home, one in imported.items():
                yield from ((home, call) for call in one.calls if call.scope.partition(".")[0] == name)


def decoder_of(call: Call) -> Decoder:
    """Returns the decoder that a call which decodes or encodes stands for."""
    if call.library in ("json", RECORD_CLASS):
        return Decoder("json", "writer")
    if call.library == LIBRARY:
        return Decoder("fastavro", "single")
    if call.role == "encode":
        return Decoder(call.library, "single" if call.writer is not None else "unknown")
    if call.reader is not None:
        return Decoder(call.library, "own")
    return Decoder(call.library, "single" if call.writer is not None else "writer")
