"""What a model may look at before it answers: tools that only read the map and the files of one commit.

Each answer is data between marks, bounded in length. No tool writes, leaves the commit, or shows a file that looks as if it held
secrets. What was shown is kept, since an edit may only replace text that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from copilot.domain.codec import canonical
from copilot.domain.model import Tool
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaField, SchemaSubject
from copilot.domain.source import SourceFile
from copilot.planners.fence import fenced
from copilot.planners.names import listed, nearest
from copilot.planners.neighbourhood import field_line, link_line, score_of, words_said
from copilot.planners.secret_files import is_secret
from copilot.planners.talk import Look
from copilot.ports import Tree

LENGTH_MAX = 8_000
"""Characters of one answer, without its marks."""
SPAN_LINES_MAX = 160
LINES_MAX = 60
FOUND_MAX = 12
_TEXT: Mapping[str, Any] = {"type": "string"}
_WHOLE: Mapping[str, Any] = {"type": "integer"}


class Looking:
    """The tools over one map and its tree, and which files were shown through them."""

    def __init__(self, pipeline: PipelineMap, tree: Tree) -> None:
        self._pipeline, self._tree = pipeline, tree
        self.read: dict[str, set[int]] = {}
        """The numbers of the lines that were shown of each file."""

    @property
    def looks(self) -> tuple[Look, ...]:
        """Returns the tools, in an order that never changes."""
        return (
            _look("search", "Finds schemas, fields, jobs and topics by words.", {"words": _TEXT}, self._search),
            _look(
                "uses",
                "Tells who reads and writes a schema, or one field of it, with places.",
                {"subject": _TEXT, "field": _TEXT},
                self._uses,
                optional=("field",),
            ),
            _look(
                "span",
                f"Shows lines of a file, at most {SPAN_LINES_MAX} at a time.",
                {"path": _TEXT, "first": _WHOLE, "last": _WHOLE},
                self._span,
            ),
            _look("version", "Shows one version of a schema.", {"subject": _TEXT, "number": _WHOLE}, self._version),
            _look(
                "history",
                "Tells how a field changed from version to version of its schema.",
                {"subject": _TEXT, "field": _TEXT},
                self._history,
            ),
            _look(
                "gaps", "Lists what could not be read below a path.", {"path": _TEXT}, self._gaps, optional=("path",)
            ),
        )

    def _search(self, asked: Mapping[str, Any]) -> Iterable[str]:
        said = words_said(_text(asked, "words"))
        scores = {it.name: score_of(it, said, self._pipeline) for it in self._pipeline.subjects}
        near = sorted((it for it in self._pipeline.subjects if scores[it.name]), key=lambda it: -scores[it.name])
        for subject in near[:FOUND_MAX]:
            fields = [field.path for field in subject.latest.fields if words_said(field.path) & said]
            yield f"schema {subject.name}" + (f", fields {', '.join(fields[:FOUND_MAX])}" if fields else "")
        names = [("job", it.name) for it in self._pipeline.jobs]
        names += [(it.kind, it.name) for it in self._pipeline.endpoints if it.name]
        yield from [f"{kind} {name}" for kind, name in names if words_said(name) & said][: 2 * FOUND_MAX]

    def _uses(self, asked: Mapping[str, Any]) -> Iterable[str]:
        subject = self._subject(asked)
        path = self._field(subject, asked).path if asked.get("field") else ""
        yield from dict.fromkeys(link_line(it) for it in self._pipeline.links if it.subject == subject.name)
        for use in self._pipeline.uses:
            if use.subject == subject.name and path in ("", use.path) and not is_secret(use.span.path):
                yield f"{use.span} {use.job} {use.mode} {use.path} ({use.certainty}): {use.excerpt}"
        for spot in self._pipeline.blind_spots:
            if subject.name in spot.subjects:
                yield f"{spot.span} {spot.job} uses fields that reading can't see: {spot.reason}"

    def _span(self, asked: Mapping[str, Any]) -> Iterable[str]:
        path, first, last = _text(asked, "path"), _number(asked, "first"), _number(asked, "last")
        if is_secret(path):
            raise ValueError(f"{path} looks as if it held secrets, so it is not shown.")
        file = self._tree.read([path])[path]
        if not isinstance(file, SourceFile):
            raise ValueError(f"{path} can't be read: {file.reason}.{self._near(path)}")
        lines = file.text.split("\n")
        first, last = max(first, 1), min(last, len(lines), max(first, 1) + SPAN_LINES_MAX - 1)
        if first > len(lines):
            raise ValueError(f"{path} has {len(lines)} lines.")
        yield f"{path}, lines {first} to {last} of {len(lines)}"
        length = 0
        for number in range(first, last + 1):
            length += len(lines[number - 1]) + 8
            if length > LENGTH_MAX:
                yield f"[the lines from {number} on are not shown: ask for fewer]"
                return
            self.read.setdefault(path, set()).add(number)
            yield f"{number}\t{lines[number - 1]}"

    def _near(self, path: str) -> str:
        entries = [it.path for it in self._tree.snapshot.entries if it.path.endswith(path.rpartition("/")[2])]
        close = [it for it in entries if not is_secret(it)][:FOUND_MAX] or nearest(path, self._known_paths())
        return f" Known ones are {listed(close)}." if close else ""

    def _known_paths(self) -> Iterator[str]:
        yield from (it.latest.source.path for it in self._pipeline.subjects)
        yield from dict.fromkeys(use.span.path for use in self._pipeline.uses)

    def _version(self, asked: Mapping[str, Any]) -> Iterable[str]:
        subject, number = self._subject(asked), _number(asked, "number")
        version = next((it for it in subject.versions if it.number == number), None)
        if version is None:
            raise ValueError(f"{subject.name} has the versions {', '.join(str(it.number) for it in subject.versions)}.")
        yield f"version {number} of {subject.name}, {version.source.span}"
        yield from (field_line(field) for field in version.fields[: 2 * LINES_MAX])

    def _history(self, asked: Mapping[str, Any]) -> Iterable[str]:
        subject, said = self._subject(asked), _text(asked, "field")
        known = {field.path for version in subject.versions for field in version.fields}
        if said not in known:
            raise ValueError(f'No version of {subject.name} has a field "{said}".{_did_you_mean(said, known)}')
        before = ""
        for version in subject.versions:
            field = next((it for it in version.fields if it.path == said), None)
            line = field_line(field).strip() if field else "is not there"
            if line != before:
                yield f"version {version.number} ({version.source.commit[:9]}): {line}"
            before = line

    def _gaps(self, asked: Mapping[str, Any]) -> Iterable[str]:
        path = str(asked.get("path") or "")
        gaps = [it for it in self._pipeline.gaps if it.span.path.startswith(path)]
        return (f"{gap.span} {gap.reason}" for gap in gaps)

    def _subject(self, asked: Mapping[str, Any]) -> SchemaSubject:
        name = _text(asked, "subject")
        found = next((it for it in self._pipeline.subjects if it.name == name), None)
        if found is None:
            names = [it.name for it in self._pipeline.subjects]
            raise ValueError(f'There is no schema "{name[:80]}".{_did_you_mean(name, names)}')
        return found

    def _field(self, subject: SchemaSubject, asked: Mapping[str, Any]) -> SchemaField:
        path = _text(asked, "field")
        found = next((it for it in subject.latest.fields if it.path == path), None)
        if found is None:
            paths = [it.path for it in subject.latest.fields]
            raise ValueError(f'{subject.name} has no field "{path[:80]}".{_did_you_mean(path, paths)}')
        return found


def _look(
    name: str,
    description: str,
    properties: Mapping[str, Mapping[str, Any]],
    lines: Callable[[Mapping[str, Any]], Iterable[str]],
    optional: Sequence[str] = (),
) -> Look:
    needed = [key for key in properties if key not in optional]
    schema = {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}

    def answer(asked: Mapping[str, Any]) -> str:
        unknown = [key for key in asked if key not in properties]
        if unknown:
            raise ValueError(f"{name} has no key {unknown[0][:40]!r}; its keys are {', '.join(properties)}.")
        found = list(lines(asked))
        most = len(found) if name == "span" else 2 * LINES_MAX
        more = [f"[{len(found) - most} more]"] if len(found) > most else []
        return fenced(name, "\n".join([*found[:most], *more]) or "Nothing.", LENGTH_MAX + 400)

    return Look(Tool(name, description, canonical(schema)), answer)


def _did_you_mean(said: str, names: Iterable[str]) -> str:
    close = nearest(said, names)
    return f" The nearest are {listed(close)}." if close else ""


def _text(asked: Mapping[str, Any], key: str) -> str:
    value = asked.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be a text.")
    return value.strip()


def _number(asked: Mapping[str, Any], key: str) -> int:
    value = asked.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{key} must be a whole number.")
    return value
