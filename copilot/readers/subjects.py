"""Which schemas are there, in files and in code, and how did they come to be what they are?

A subject is a schema text of the snapshot with its history, or a row of frozen texts in version folders. Equal texts in other
places are its copies; a text of the same root name that has drifted is a subject of its own unless it is there for tests only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from copilot.domain.schema import SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import ABSENT, PARTIAL_PATH, Gap, PastFile, Span
from copilot.ports import History, Index, SchemaFormat
from copilot.readers.facts import FileFacts, Literal
from copilot.readers.jobs import is_test_path
from copilot.readers.layout import Layout
from copilot.readers.plain_schemas import (
    PLAIN_BYTES_MAX,
    PLAIN_KIND,
    PLAIN_SUFFIX,
    is_plain_schema,
    told,
)
from copilot.readers.schema_literals import GUESS
from copilot.readers.schema_parts import SchemaParts
from copilot.readers.schema_texts import SchemaTexts, Text, literal_source, part_source
from copilot.readers.store import FactStore
from copilot.readers.subject_groups import Group, collapsed, grouped, short_name, subject_names, without_parts
from copilot.readers.version_folders import version_families
from copilot.settings import Settings

VERSIONS_MAX = 200
_NO_PAST = Gap(
    Span(PARTIAL_PATH, 1, 1), f"the past of schemas {ABSENT}, which is a partial one: earlier versions are not known"
)
LITERAL_FORMAT = "avro"
_PIN = "\0"


class Subjects:
    """The subjects of one tree, and which place belongs to which of them."""

    def __init__(
        self, subjects: tuple[SchemaSubject, ...], places: Mapping[SchemaSource, str], pinned: Mapping[str, int]
    ) -> None:
        self.all = subjects
        self.places = places
        self.pinned = pinned
        self.by_name = {subject.name: subject for subject in subjects}
        self._literals = {(place.path, place.start): name for place, name in places.items() if place.host != "file"}
        self._files: dict[str, tuple[str, ...]] = {}
        for place, name in sorted(places.items(), key=lambda entry: (entry[0].path, entry[0].start)):
            if place.host == "file":
                number = f"{_PIN}{pinned[place.path]}" if place.path in pinned else ""
                self._files[place.path] = (*self._files.get(place.path, ()), name + number)
        self.files = tuple(self._files)

    def at_file(self, path: str) -> tuple[str, ...]:
        """Returns the names of the subjects whose texts, or copies, the file holds: one, for most files.

        That of a file in a folder of an earlier version names the version as well: `unpinned` takes both apart.
        """
        return self._files.get(path, ())

    def at_literal(self, path: str, start: int) -> str | None:
        """Returns the name of the subject whose text, or copy, starts there."""
        return self._literals.get((path, start))


def unpinned(name: str) -> tuple[str, int]:
    """Returns the name of a subject, and the number of the version that is meant, 0 for the newest."""
    subject, _, number = name.partition(_PIN)
    return subject, int(number or 0)


class SubjectReader:
    """Reads the subjects of a tree."""

    def __init__(
        self, formats: Mapping[str, SchemaFormat], history: History, index: Index, store: FactStore, layout: Layout
    ) -> None:
        self._formats = formats
        self._history = history
        self._store = store
        self._layout = layout
        self._texts = SchemaTexts(formats, history, index, store, layout.schemas)
        self._parts = SchemaParts(formats, history, index, store)
        self._past: Mapping[str, tuple[PastFile, ...]] = {}
        self._imported: Callable[[str], Iterable[str]] = lambda path: ()
        self._followed: set[str] = set()

    def schema_paths(self) -> list[str]:
        """Returns the schema files of the tree."""
        return list(self._schema_paths)

    @cached_property
    def _schema_paths(self) -> tuple[str, ...]:
        return tuple(sorted({*self._layout.schemas, *self._in_plain_json}))

    @cached_property
    def _in_plain_json(self) -> frozenset[str]:
        """The files that hold a schema without saying so by their suffix; only places that are named like one are looked at."""
        if LITERAL_FORMAT not in self._formats:
            return frozenset()
        entries = self._store.entries
        likely = [
            path
            for path in self._layout.plain_schemas
            if entries[path].digest and entries[path].size_bytes <= PLAIN_BYTES_MAX
        ]
        found = self._store.derive(PLAIN_KIND, likely, is_plain_schema, told)
        return frozenset(path for path, is_schema in found.items() if is_schema)

    def read_ahead(self) -> None:
        """Reads the schema files that can be read alone; `read` finds them in the cache then."""
        paths = [path for path in self.schema_paths() if self._store.entries[path].digest]
        self._texts.read_ahead(self._files(paths))

    def read(
        self,
        literals: Mapping[str, FileFacts],
        settings: Settings,
        past: Mapping[str, tuple[PastFile, ...]],
        imported: Callable[[str], Iterable[str]] = lambda path: (),
    ) -> Subjects:
        """Returns the subjects in schema files, whose history is `past`, and in the literals of Python files.

        `imported` gives the files that a Python file imports from, directly or not.
        """
        self._imported = imported
        paths = self.schema_paths()
        # Links and huge files of a working tree have no digest to be read by; asking for their text makes them gaps.
        self._store.text(path for path in paths if not self._store.entries[path].digest)
        hosts = sorted(path for path, facts in literals.items() if facts.literals)
        coded = [path for path in hosts if not is_test_path(path)]
        known = {**past, **(self._history.versions(coded) if coded else {})}
        self._past = {**dict.fromkeys((*paths, *coded), ()), **known}
        if len(known) < len(self._past):
            self._store.gaps.add(_NO_PAST)
        read = self._texts.read([*self._files(paths), *self._literals(literals, hosts)], self._siblings_of)
        if self._followed:
            self._past = {**self._past, **self._history.versions(sorted(self._followed - self._past.keys()))}
        current = without_parts(read.values())
        outside = {consumer.schema for consumer in settings.consumers}
        groups = grouped(current, version_families(current), outside)
        told_by = {group.main.source: self._longest_known(group) for group in groups}
        texts = {
            one.source: self._past_texts(told_by.get(one.source, one), literals)
            for group in groups
            for one in group.line
        }
        parsed = self._texts.read([text for earlier in texts.values() for text in earlier], self._siblings_of)
        subjects: list[SchemaSubject] = []
        places: dict[SchemaSource, str] = {}
        pinned: dict[str, int] = {}
        for name, group in zip(subject_names(groups), groups, strict=True):
            for one in group.line:
                self._tell_unread(one, [text.source for text in texts[one.source] if text.source not in parsed])
            line = [
                version
                for one in group.line
                for version in (*(parsed[text.source] for text in texts[one.source] if text.source in parsed), one)
            ]
            subjects.append(self._subject(name, group, line, settings))
            for copy in group.copies:
                places.setdefault(copy.source, name)
            places.update({one.source: name for one in group.line})
            numbers = {version.meaning: version.number for version in subjects[-1].versions}
            pinned |= {one.source.path: numbers[one.meaning] for one in group.line[:-1] if one.meaning in numbers}
        return Subjects(tuple(sorted(subjects, key=lambda subject: subject.name)), places, pinned)

    def _subject(self, name: str, group: Group, line: list[SchemaVersion], settings: Settings) -> SchemaSubject:
        """Returns the subject of a group, whose texts of all times are `line`, oldest first."""
        versions = tuple(
            replace(version, subject=name, number=number)
            for number, version in enumerate([*collapsed(line[:-1], group.main), group.main], 1)
        )
        copies = tuple(replace(copy, subject=name) for copy in group.copies)
        level, level_source = settings.level_of(name)
        sources = tuple(copy.source for copy in copies)
        return SchemaSubject(name, self._format_name(group.main), level, level_source, versions, sources, copies)

    def _format_of(self, path: str) -> str:
        if path.endswith(PLAIN_SUFFIX):
            return LITERAL_FORMAT
        return next((name for name, form in sorted(self._formats.items()) if path.endswith(form.suffixes)), "")

    def _format_name(self, version: SchemaVersion) -> str:
        return self._format_of(version.source.path) if version.source.host == "file" else LITERAL_FORMAT

    def _files(self, paths: list[str]) -> list[Text]:
        parts = self._parts.of_files([path for path in paths if self._store.entries[path].digest])
        found: list[Text] = []
        for path in paths:
            entry, commit = self._store.entries[path], self._changed_last(path)
            whole = SchemaSource(path, entry.digest, commit, "file", 0, entry.size_bytes, Span(path, 1, 1))
            sources = [part_source(path, entry.digest, commit, part) for part in parts.get(path, ())]
            found += [Text(self._format_of(path), source, "") for source in sources or [whole]]
        return found

    def _changed_last(self, path: str) -> str:
        """Returns the commit that gave the file its present content, the one that is read where history doesn't tell."""
        past = self._past.get(path, ())
        is_told = past and past[-1].digest == self._store.entries[path].digest
        return past[-1].commit if is_told else self._store.snapshot.commit

    def _literals(self, literals: Mapping[str, FileFacts], hosts: list[str]) -> list[Text]:
        if LITERAL_FORMAT not in self._formats:
            return []
        entries, commits = self._store.entries, {path: self._changed_last(path) for path in hosts}
        return [
            Text(
                LITERAL_FORMAT,
                literal_source(path, entries[path].digest, commits[path], literal),
                literal.text,
                literal.host == GUESS,
            )
            for path in hosts
            for literal in literals[path].literals
        ]

    def _longest_known(self, group: Group) -> SchemaVersion:
        """Returns the text of a group whose file has changed most often: a copy of yesterday knows nothing of the past."""
        main = group.main
        same = [
            one
            for one in (main, *group.copies)
            if one.source.host == "file" and not one.source.start and one.meaning == main.meaning
        ]
        count = {one.source: len({past.digest for past in self._past.get(one.source.path, ())}) for one in same}
        return max(same, key=lambda one: count[one.source]) if main in same else main

    def _past_texts(self, main: SchemaVersion, literals: Mapping[str, FileFacts]) -> list[Text]:
        """Returns the earlier texts of a subject, oldest first."""
        past = self._past.get(main.source.path, ())[-VERSIONS_MAX:]
        return self._past_files(main, past) if main.source.host == "file" else self._past_literals(main, past, literals)

    def _past_files(self, main: SchemaVersion, past: tuple[PastFile, ...]) -> list[Text]:
        """Returns the earlier texts of a file, of one that held several schemas the part of the same short name."""
        name = self._format_of(main.source.path)
        parts = self._parts.of_past(past) if main.source.start else {}
        found: list[Text] = []
        for file in past:
            if file.digest == main.source.digest:
                continue
            own = [part for part in parts.get(file.digest, ()) if short_name(part.name) == short_name(main.name)]
            source = SchemaSource(file.path, file.digest, file.commit, "file", 0, 0, Span(file.path, 1, 1))
            if own:
                source = part_source(file.path, file.digest, file.commit, own[0])
            if own or not parts.get(file.digest):
                found.append(Text(name, source, ""))
        return found

    def _past_literals(
        self, main: SchemaVersion, past: tuple[PastFile, ...], literals: Mapping[str, FileFacts]
    ) -> list[Text]:
        present = literals[main.source.path].literals
        now = next(one for one in present if one.start == main.source.start)
        alike = _called_like(now, present)
        digests = sorted({file.digest for file in past if file.digest != main.source.digest})
        facts = self._store.past_python(digests, lambda missing: dict(self._history.texts(missing)))
        found: list[Text] = []
        for file in past:
            before = _called_like(now, facts[file.digest].literals) if file.digest in facts else []
            # Several of one name, in functions of their own, are told by their order, while there are as many.
            if len(before) == len(alike) or (before and len(alike) == 1):
                literal = before[alike.index(now) if len(before) == len(alike) else 0]
                source = literal_source(file.path, file.digest, file.commit, literal)
                found.append(Text(LITERAL_FORMAT, source, literal.text))
        return found

    def _tell_unread(self, main: SchemaVersion, unread: list[SchemaSource]) -> None:
        """Makes earlier texts that could not be read a gap: what is compared with every version misses these."""
        if unread:
            newest = unread[-1]
            texts = "1 earlier text is" if len(unread) == 1 else f"{len(unread)} earlier texts are"
            reason = f"{texts} not among the versions; that of {newest.commit[:9]}: {self._texts.why_unread(newest)}"
            line = main.source.span.first_line
            self._store.gaps.add(Gap(Span(main.source.path, line, line), reason))

    def _siblings_of(self, source: SchemaSource) -> dict[str, str]:
        """Returns the blobs of the other schema files, as they were when the text was written."""
        files = {path: past for path, past in self._past.items() if path != source.path and self._format_of(path)}
        code = self._imported(source.path) if source.host == "python-code" else ()
        if self._texts.is_present(source):
            self._followed.update(code)
            return {path: self._store.entries[path].digest for path in (*files, *code)}
        own = self._past.get(source.path, ())
        at = next((past.at for past in own if past.commit == source.commit), "")
        before = {path: [past for past in self._past.get(path, ()) if past.at <= at] for path in (*files, *code)}
        return {path: past[-1].digest for path, past in before.items() if past}


def _called_like(literal: Literal, among: Iterable[Literal]) -> list[Literal]:
    """Returns the literals that have a literal's name, of the variable or else of the schema, in their order."""
    return sorted(
        (one for one in among if (one.name or one.root) == (literal.name or literal.root)), key=lambda it: it.start
    )
