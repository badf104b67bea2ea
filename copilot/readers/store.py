"""Facts of files by blob: read from the cache, derived from the text where the cache lacks them, each blob once.

Everything kept here is a pure function of a blob's text, so a run over an unchanged tree reads no text and parses nothing.
"""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from copilot.domain.listing import files_by_path
from copilot.domain.source import Gap, Span
from copilot.ports import Index, Spread, Tree
from copilot.readers.facts import FACTS_KIND, FileFacts, load_facts
from copilot.readers.outlines import OUTLINE_KIND, Outline, facts_of, first_look, load_outline
from copilot.readers.premises import Premises
from copilot.readers.words import read_words, words_of

WORDS_KIND = "python-words-4"
BATCH_BYTES_MAX = 32 * 1024 * 1024
"""Texts that are read at once; what comes of them is kept before the next ones are read, so memory stays flat."""


ALIKE_KEY = "tree"
ALIKE_MIN = 2000
"""More blobs than this that say the same (mostly: nothing) are worth a list; looking each up took a tenth of a second."""


Facts = TypeVar("Facts")


class FactStore:
    """The facts of one tree's files."""

    def __init__(self, tree: Tree, index: Index, spread: Spread) -> None:
        self.tree = tree
        self.snapshot = tree.snapshot
        self.entries = files_by_path(self.snapshot.entries)
        self.gaps: set[Gap] = set()
        self.unknown_count = 0
        self.premises = Premises()
        self._index = index
        self._spread = spread
        self._texts: dict[str, str] = {}
        self._facts: dict[str, FileFacts] = {}

    def begin_outlines(self, paths: Iterable[str]) -> Callable[[], dict[str, Outline]]:
        """Begins to look at Python files; what this returns gives the outlines of all that can be read, and tells their gaps."""
        digests = self.entries.digests(paths)
        outlines = self._recall(OUTLINE_KIND, digests.values(), load_outline)
        missing = [path for path, digest in digests.items() if digest not in outlines]
        self.unknown_count = len(missing)
        looks = (self._spread.begin(first_look, batch) for batch in self._batches(missing))
        first = next(looks, None)

        def finish() -> dict[str, Outline]:
            for look in chain([first] if first is not None else [], looks):
                looked = {digest: marshal.loads(data) for digest, data in look().items()}
                self._index.put(FACTS_KIND, {digest: facts for digest, (_, facts) in looked.items() if facts})
                self._index.put(OUTLINE_KIND, {digest: outline for digest, (outline, _) in looked.items()})
                outlines.update(load_each({digest: outline for digest, (outline, _) in looked.items()}, load_outline))
            found = {path: outlines[digest] for path, digest in digests.items() if digest in outlines}
            told = ((path, gap) for path, outline in found.items() if outline.gaps for gap in outline.gaps)
            self.gaps.update(Gap(Span(path, line, line), reason) for path, (line, reason) in told)
            return found

        return finish

    def words(self, paths: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
        """Yields the words of each Python file that can be read."""
        yield from self.derive(WORDS_KIND, paths, words_of, read_words).items()

    def python(self, paths: Iterable[str]) -> dict[str, FileFacts]:
        """Returns the facts of Python files; a file that can't be read has none, and a gap."""
        wanted = [path for path in paths if path in self.entries]
        missing = [path for path in wanted if path not in self._facts]
        for path, facts in self.derive(FACTS_KIND, missing, facts_of, load_facts).items() if missing else ():
            self._facts[path] = facts
            if facts.gaps:
                self.gaps.update(Gap(Span(path, line, line), reason) for line, reason in facts.gaps)
        return {path: self._facts[path] for path in wanted if path in self._facts}

    def forget(self, paths: Iterable[str]) -> None:
        """Lets go of facts, which are read again if they are asked for again."""
        for path in paths:
            self._facts.pop(path, None)

    def past_python(self, digests: Sequence[str], texts: Callable[[list[str]], dict[str, str]]) -> dict[str, FileFacts]:
        """Returns the facts of earlier blobs, whose texts `texts` gives where the cache lacks them."""
        found = load_each(self._index.get(FACTS_KIND, digests), load_facts)
        missing = [digest for digest in digests if digest not in found]
        fresh = {digest: facts_of(text) for digest, text in texts(missing).items()}
        self._index.put(FACTS_KIND, fresh)
        return {**found, **load_each(fresh, load_facts)}

    def text(self, paths: Iterable[str]) -> dict[str, str]:
        """Returns the texts of files; what can't be read becomes a gap."""
        wanted = list(paths)
        unread = [path for path in wanted if path not in self._texts]
        if unread:
            for path, file in self.tree.read(unread).items():
                if isinstance(file, Gap):
                    self.gaps.add(file)
                else:
                    self._texts[path] = file.text
        return {path: self._texts[path] for path in wanted if path in self._texts}

    def derive(
        self, kind: str, paths: Iterable[str], derive: Callable[[str], bytes], load: Callable[[bytes], Facts | None]
    ) -> dict[str, Facts]:
        """Returns what `derive` makes of each file's text, as `load` reads it: from the cache where it is there.

        What `load` can't read (None) is derived again: the loss of an entry costs time and nothing else.
        """
        digests = self.entries.digests(paths)
        found = self._recall(kind, digests.values(), load)
        for batch in self._batches([path for path, digest in digests.items() if digest not in found]):
            fresh = self._spread.begin(derive, batch)()
            self._index.put(kind, fresh)
            found |= load_each(fresh, load)
        return {path: found[digest] for path, digest in digests.items() if digest in found}

    def _recall(self, kind: str, digests: Iterable[str], load: Callable[[bytes], Facts | None]) -> dict[str, Facts]:
        """Returns what is kept for blobs. What very many of them say alike is kept once, with the list of those that do."""
        wanted = set(digests) - {""}
        if len(wanted) <= ALIKE_MIN:
            return load_each(self._index.get(kind, sorted(wanted)), load)
        alike, value = _load_alike(self._index.get(f"{kind}-alike", [ALIKE_KEY]).get(ALIKE_KEY, b""))
        common = load(value) if alike else None
        listed = wanted & alike if common is not None else frozenset()
        rest = self._index.get(kind, sorted(wanted - listed))
        if len(rest) > ALIKE_MIN:
            most, times = Counter(rest.values()).most_common(1)[0]
            if times > ALIKE_MIN:
                same = [digest for digest, data in rest.items() if data == most]
                # The list is of this tree alone, so it can't grow for ever.
                same += listed if value == most else ()
                self._index.put(f"{kind}-alike", {ALIKE_KEY: marshal.dumps((most, frozenset(same)))})
        found = dict.fromkeys(listed, common) if common is not None else {}
        found.update(load_each(rest, load))
        return found

    def _batches(self, paths: list[str]) -> Iterator[dict[str, str]]:
        """Yields the texts of files by blob, as many at once as fit the limit; what can't be read becomes a gap."""
        batch: list[str] = []
        size = 0
        for path in paths:
            if batch and size + self.entries[path].size_bytes > BATCH_BYTES_MAX:
                yield self._by_blob(batch)
                batch, size = [], 0
            batch.append(path)
            size += self.entries[path].size_bytes
        if batch:
            yield self._by_blob(batch)

    def _by_blob(self, paths: list[str]) -> dict[str, str]:
        texts: dict[str, str] = {}
        for path, file in self.tree.read(paths).items():
            if isinstance(file, Gap):
                self.gaps.add(file)
            elif file.digest == self.entries[path].digest:
                texts[file.digest] = file.text
            else:
                self.gaps.add(Gap(Span(path, 1, 1), "changed while the tree was read"))
        return texts


def load_each(data: Mapping[str, bytes], load: Callable[[bytes], Facts | None]) -> dict[str, Facts]:
    """Returns what can be loaded, equal bytes once: thousands of files of a large tree say the same, mostly nothing."""
    values = {one: load(one) for one in set(data.values())}
    return {digest: value for digest, one in data.items() if (value := values[one]) is not None}


def _load_alike(data: bytes) -> tuple[frozenset[str], bytes]:
    try:
        value, digests = marshal.loads(data)
    except (EOFError, ValueError, TypeError):
        return frozenset(), b""
    return frozenset(digests), value
