"""What other repositories hold, as far as the reading of one needs it: who writes its topics, and schema files that it may name.

A consumer's schema may live with its producer, and everybody's in a repository of schemas alone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from copilot.domain.clones import clone_in
from copilot.domain.pipeline import Endpoint, Link, PipelineMap
from copilot.domain.schema import SchemaSubject
from copilot.readers.jobs import is_test_path
from copilot.readers.modules import SchemaFiles, says_little


@dataclass(frozen=True, slots=True)
class Beyond:
    """Producers elsewhere, subjects under names that can't be those of subjects read here, and files as (path there, subject)."""

    subjects: tuple[SchemaSubject, ...] = ()
    links: tuple[Link, ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    @property
    def by_name(self) -> dict[str, SchemaSubject]:
        """The subjects by name."""
        return {subject.name: subject for subject in self.subjects}

    @property
    def digest(self) -> str:
        """What a map hangs on that was read with this; "" for nothing."""
        if not (self.links or self.files):
            return ""
        said = [[(one.name, one.fingerprint, one.meaning) for one in subject.versions] for subject in self.subjects]
        told = repr((list(self.by_name), said, self.links, self.files))
        return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


NOTHING = Beyond()


class NamedElsewhere:
    """Schema files of other repositories, found by the paths that code here names."""

    def __init__(self, beyond: Beyond) -> None:
        self._files = SchemaFiles(path for path, _ in beyond.files)
        self._names: dict[str, tuple[str, ...]] = {}
        for path, name in beyond.files:
            self._names[path] = (*self._names.get(path, ()), name)

    def at(self, stated: str) -> tuple[str, ...]:
        """Returns the subject of the file that is meant: the same folder and name, or a telling name at the top of its repository.

        () where there is none, or where repositories have different ones.
        """
        file = self._files.find(stated, "", "")
        tail = stated.strip().rsplit("/", 2)[-2:]
        is_meant = file.split("/")[-2:] == tail or ("/" not in file and file == tail[-1] and not says_little(file))
        found = frozenset(self._names.get(file, ())) if file and is_meant else frozenset()
        return tuple(found) if len(found) == 1 else ()


def beyond(pipeline: PipelineMap, others: Iterable[PipelineMap], *, with_files: bool) -> Beyond:
    """Returns what others certainly or likely write to the topics that this repository's jobs consume, and their schema files."""
    wanted = consumed_topics(pipeline)
    links: set[Link] = set()
    files: set[tuple[str, str]] = set()
    maps = tuple(others)
    known = {subject.name: replace(subject, copies=(), copy_versions=()) for it in maps for subject in it.subjects}
    own = {subject.name for subject in pipeline.subjects}
    every = own | known.keys()
    for link in (link for it in maps for link in it.links):
        is_sure = link.direction == "produces" and link.certainty != "possible"
        if is_sure and link.subject and link.endpoint in wanted and link.subject in every:
            links.add(Link("", link.endpoint, "produces", link.subject, None, "certain", ()))
    if with_files:
        files = {entry for it in maps for entry in _files(it)}
    named = {link.subject for link in links} | {name for _, name in files}
    subjects = {name: subject for name, subject in known.items() if name in named - own}
    ordered = sorted(links, key=lambda link: (link.endpoint, link.subject or ""))
    return Beyond(tuple(subjects[name] for name in sorted(subjects)), tuple(ordered), tuple(sorted(files)))


def consumed_topics(pipeline: PipelineMap) -> frozenset[Endpoint]:
    """Returns the endpoints with a name that some job consumes."""
    return frozenset(link.endpoint for link in pipeline.links if link.direction == "consumes" and link.endpoint.name)


def lacks_schemas(pipeline: PipelineMap) -> bool:
    """Tells whether the schema of some link isn't known, so that files elsewhere may be what is named."""
    return any(link.subject is None for link in pipeline.links)


def _files(other: PipelineMap) -> Iterator[tuple[str, str]]:
    """Yields the schema files of a map by the paths that they have in their own repository."""
    for subject in other.subjects:
        for source in (subject.latest.source, *subject.copies):
            path = source.path.partition(":")[2] if clone_in(source.path) else source.path
            if source.host == "file" and not is_test_path(path):
                yield posixpath.normpath(path), subject.name
