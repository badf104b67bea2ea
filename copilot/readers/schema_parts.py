"""Which files hold several schemas, and where does each stand? Told by the format, kept by blob."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping
from functools import partial

from copilot.domain.schema import SchemaPart
from copilot.domain.source import PastFile
from copilot.ports import History, Index, SchemaFormat
from copilot.readers.plain_schemas import PLAIN_FORMAT, PLAIN_SUFFIX
from copilot.readers.store import FactStore, load_each

PARTS_KIND = "schema-parts-1"
Parts = tuple[SchemaPart, ...]


class SchemaParts:
    """The parts of schema files, of the present tree and of the past; a file that is one schema has none."""

    def __init__(self, formats: Mapping[str, SchemaFormat], history: History, index: Index, store: FactStore) -> None:
        self._formats = formats
        self._history = history
        self._index = index
        self._store = store

    def of_files(self, paths: Iterable[str]) -> dict[str, Parts]:
        """Returns the parts of present files, by path."""
        by_suffix: dict[tuple[str, str], list[str]] = {}
        for path in paths:
            by_suffix.setdefault(self._language(path), []).append(path)
        found: dict[str, Parts] = {}
        for (name, suffix), listed in sorted(by_suffix.items()):
            derive = partial(_parts_in, self._formats[name], suffix)
            found.update(self._store.derive(_kind(suffix), listed, derive, _loaded))
        return found

    def of_past(self, past: Iterable[PastFile]) -> dict[str, Parts]:
        """Returns the parts of earlier files, by blob."""
        languages = {file.digest: self._language(file.path) for file in past}
        found: dict[str, Parts] = {}
        for name, suffix in sorted({language for language in languages.values() if language[0]}):
            digests = sorted(digest for digest, language in languages.items() if language == (name, suffix))
            known = load_each(self._index.get(_kind(suffix), digests), _loaded)
            texts = self._history.texts([digest for digest in digests if digest not in known])
            fresh = {digest: _parts_in(self._formats[name], suffix, text) for digest, text in texts.items()}
            self._index.put(_kind(suffix), fresh)
            found |= {**known, **load_each(fresh, _loaded)}
        return found

    def _language(self, path: str) -> tuple[str, str]:
        """Returns the format of a path and its suffix, two empty texts where no format has one."""
        if path.endswith(PLAIN_SUFFIX) and PLAIN_FORMAT in self._formats:
            return PLAIN_FORMAT, PLAIN_SUFFIX
        for name, form in sorted(self._formats.items()):
            for suffix in form.suffixes:
                if path.endswith(suffix):
                    return name, suffix
        return "", ""


def _kind(suffix: str) -> str:
    return f"{PARTS_KIND}{suffix}"


def _parts_in(form: SchemaFormat, suffix: str, text: str) -> bytes:
    rows = [(it.name, it.start, it.end, it.first_line, it.last_line) for it in form.parts(text, f"schema{suffix}")]
    return marshal.dumps(tuple(rows))


def _loaded(data: bytes) -> Parts | None:
    try:
        return tuple(SchemaPart(*row) for row in marshal.loads(data))
    except (EOFError, ValueError, TypeError):
        return None
