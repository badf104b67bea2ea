"""Facts of files by blob: read from the cache, derived from the text where the cache lacks them, each blob once.

Everything kept here is a pure function of a blob's text, so a run over an unchanged tree reads no text and parses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from copilot.domain.source import Gap, Span, TreeEntry
from copilot.ports import Index, Tree
from copilot.readers.facts import FACTS_KIND, FileFacts, dump_facts, load_facts
from copilot.readers.python_reader import read_python
from copilot.readers.words import read_words, words_of

WORDS_KIND = "python-words-2"


Spread = Callable[[Callable[[str], bytes], Mapping[str, str]], dict[str, bytes]]
"""Does pure work on each text, by key: one after the other, or on several processors."""


def one_by_one(work: Callable[[str], bytes], texts: Mapping[str, str]) -> dict[str, bytes]:
    """Does the work here, one text after the other."""
    return {key: work(text) for key, text in texts.items()}


def facts_of(text: str) -> bytes:
    """Returns the facts of one Python file, as they are kept."""
    return dump_facts(read_python(text))


class FactStore:
    """The facts of one tree's files."""

    def __init__(self, tree: Tree, index: Index, spread: Spread) -> None:
        self.tree = tree
        self.snapshot = tree.snapshot
        self.entries: dict[str, TreeEntry] = {entry.path: entry for entry in self.snapshot.entries}
        self.gaps: set[Gap] = set()
        self._index = index
        self._spread = spread
        self._texts: dict[str, str] = {}
        self._facts: dict[str, FileFacts] = {}

    def words(self, paths: Iterable[str]) -> dict[str, tuple[bool, bool, frozenset[str]]]:
        """Returns for each Python file whether it concerns endpoints, whether it is a script, and its words."""
        derived = self.derive(WORDS_KIND, paths, words_of)
        return {path: read_words(data) for path, data in derived.items()}

    def python(self, paths: Iterable[str]) -> dict[str, FileFacts]:
        """Returns the facts of Python files; a file that can't be read has none, and a gap."""
        wanted = [path for path in paths if path in self.entries]
        missing = [path for path in wanted if path not in self._facts]
        for path, data in self.derive(FACTS_KIND, missing, facts_of).items():
            facts = load_facts(data)
            self._facts[path] = facts if facts is not None else FileFacts(gaps=((1, "its facts could not be kept"),))
            for line, reason in self._facts[path].gaps:
                self.gaps.add(Gap(Span(path, line, line), reason))
        return {path: self._facts[path] for path in wanted if path in self._facts}

    def past_python(self, digests: Sequence[str], texts: Callable[[list[str]], dict[str, str]]) -> dict[str, FileFacts]:
        """Returns the facts of earlier blobs, whose texts `texts` gives where the cache lacks them."""
        known = dict(self._index.get(FACTS_KIND, digests))
        fresh: dict[str, bytes] = {}
        for digest, text in texts([digest for digest in digests if digest not in known]).items():
            fresh[digest] = facts_of(text)
        self._index.put(FACTS_KIND, fresh)
        loaded = {digest: load_facts(data) for digest, data in {**known, **fresh}.items()}
        return {digest: facts for digest, facts in loaded.items() if facts is not None}

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

    def derive(self, kind: str, paths: Iterable[str], derive: Callable[[str], bytes]) -> dict[str, bytes]:
        """Returns what `derive` makes of each file's text, from the cache where it is there."""
        digests = {path: self.entries[path].digest for path in paths}
        known = self._index.get(kind, sorted({digest for digest in digests.values() if digest}))
        missing = [path for path, digest in digests.items() if digest not in known]
        texts = {digests[path]: text for path, text in self.text(missing).items()}
        fresh = self._spread(derive, texts)
        self._index.put(kind, fresh)
        return {
            path: fresh[digest] if digest in fresh else known[digest]
            for path, digest in digests.items()
            if digest in fresh or digest in known
        }
