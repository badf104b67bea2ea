"""Which container files hold records of a subject, and of which version of it?

A container says with which schema it was written. Where that is a version of the repository, its records are that version's;
where it is none, but has the subject's full name or is named in `copilot.toml`, they are those of a version that this repository
does not show (its history was cut, or others write too), and are tried as data that lies in the topics. A container whose record
has another name (a tool's, or an earlier one) is the subject's where its shape leaves no doubt: the same fields of the same types
in the same order as a version of this subject, and of no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from copilot.domain.codec import digest_of_text
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Gap, Span
from copilot.ports import SchemaFormat, Tree, Undecodable

OPENED_MAX = 200
"""Files whose header is looked at."""
USED_MAX = 20
"""Files of one subject whose records are read."""
CONTAINER_BYTES_MAX = 4_000_000
SHAPE_FIELDS_MIN = 3
"""A record of fewer fields, at all depths, has its shape in common with too many."""
_CACHED_SCHEMAS_MAX = 128
_NAMES_OF_TOOLS = frozenset({"topLevelRecord"})
"""What Spark calls every outermost record: it says nothing, and the fields do."""


@dataclass(frozen=True, slots=True)
class Container:
    """The records of one file; `version` is None where its header can't be read. `reason` says what could not be read."""

    path: str
    version: SchemaVersion | None
    records: tuple[Any, ...]
    is_stray: bool = False
    """No text of the repository is its version."""
    reason: str = ""


def matches(path: str, pattern: str) -> bool:
    """Tells whether a pattern of `[samples]` names a file: itself, or a folder above it."""
    return fnmatchcase(path, pattern) or path.startswith(f"{pattern.rstrip('/')}/")


def is_named(path: str, subject: str, pipeline: PipelineMap) -> bool:
    """Tells whether `copilot.toml` names the file for the subject."""
    return any(matches(path, it.pattern) for it in pipeline.samples if it.subject == subject)


def contained(
    subject: SchemaSubject, pipeline: PipelineMap, tree: Tree, schema_format: SchemaFormat
) -> Iterator[Container]:
    """Yields the containers of a subject, sorted by path, at most `USED_MAX`; and the named ones that can't be read."""
    suffixes = schema_format.container_suffixes
    listed = [it.path for it in tree.snapshot.entries if it.path.lower().endswith(suffixes)]
    named = [path for path in listed if is_named(path, subject.name, pipeline)]
    sizes = {it.path: it.size_bytes for it in tree.snapshot.entries} if listed else {}
    small = [path for path in listed if sizes[path] <= CONTAINER_BYTES_MAX]
    paths = list(dict.fromkeys([*named, *_a_folder_at_a_time(small)]))[:OPENED_MAX]
    found_data = tree.read_bytes(paths) if paths else {}
    used = 0
    for path in paths:
        found = _opened(path, found_data[path], path in named, subject, pipeline.subjects, schema_format)
        if found is not None and used < USED_MAX:
            used += 1
            yield found


def _a_folder_at_a_time(paths: Iterable[str]) -> list[str]:
    """Orders files so that the first of each folder come before the second: a large folder leaves room for the others."""
    counts: dict[str, int] = {}
    ranked = []
    for path in sorted(paths):
        folder = path.rpartition("/")[0]
        counts[folder] = counts.get(folder, 0) + 1
        ranked.append((counts[folder], path))
    return [path for _, path in sorted(ranked)]


def _opened(
    path: str,
    data: bytes | Gap,
    is_named: bool,
    subject: SchemaSubject,
    subjects: Iterable[SchemaSubject],
    schema_format: SchemaFormat,
) -> Container | None:
    """Returns the file's records, None where it is another subject's."""
    try:
        if isinstance(data, Gap):
            raise Undecodable(data.reason)
        version, is_stray = _version_in(data, is_named, subject, subjects, schema_format)
    except Undecodable as error:
        return Container(path, None, (), reason=str(error)) if is_named else None
    if version is None:
        return None
    version = replace(version, source=replace(version.source, path=path)) if is_stray else version
    if is_stray and (unread := schema_format.incompatibilities(subject.latest, version)):
        reason = f"was written with a schema that the present one can't read ({unread[0].rule})"
        return Container(path, version, (), reason=reason)
    records: list[Any] = []
    reason = ""
    try:
        records += schema_format.container_records(data, version.resolved)
    except Undecodable as error:
        reason = str(error)
    return Container(path, version, tuple(records), is_stray, reason)


def _version_in(
    data: bytes,
    is_named: bool,
    subject: SchemaSubject,
    subjects: Iterable[SchemaSubject],
    schema_format: SchemaFormat,
) -> tuple[SchemaVersion | None, bool]:
    """Returns the version that the file was written with, None where it is another subject's, and whether the history lacks it."""
    written = _version_of(schema_format.container_schema(data), schema_format)
    is_own = isinstance(written, SchemaVersion) and written.name == subject.latest.name
    is_nameless = isinstance(written, SchemaVersion) and written.name in _NAMES_OF_TOOLS
    if isinstance(written, SchemaVersion) and not is_own and not is_named:
        others = [it for it in subjects if it.name != subject.name and it.format == subject.format]
        if same := _of_shape(written, subject, others):
            return same, False
    if isinstance(written, SchemaVersion) and not is_own and (is_named or is_nameless):
        written = _version_of(_called(subject.latest.name, written.resolved), schema_format)
    if isinstance(written, Gap):
        raise Undecodable(f"has a schema that can't be read: {written.reason}")
    known = next((it for it in reversed(subject.versions) if it.fingerprint == written.fingerprint), None)
    return known or (written if is_own or is_named else None), known is None


def _of_shape(written: SchemaVersion, subject: SchemaSubject, others: Iterable[SchemaSubject]) -> SchemaVersion | None:
    """Returns the version of just that shape, None where there is none, where it says little, or where others may be meant."""
    if len(written.fields) < SHAPE_FIELDS_MIN:
        return None
    shape = _shape(written.resolved)
    found = next((it for it in reversed(subject.versions) if _shape(it.resolved) == shape), None)
    if found is None or any(
        written.name == it.name or _shape(it.resolved) == shape for one in others for it in one.versions
    ):
        return None
    return found


@lru_cache(maxsize=4 * _CACHED_SCHEMAS_MAX)
def _shape(resolved: str) -> str:
    """A schema without the names of its types: fields, kinds, symbols, sizes and logical types in their order."""
    numbers: dict[str, int] = {}
    return json.dumps(_without_names(json.loads(resolved), numbers))


def _without_names(node: Any, numbers: dict[str, int]) -> Any:
    if isinstance(node, str):
        return numbers.get(node.rpartition(".")[2], node)
    if isinstance(node, list):
        return [_without_names(branch, numbers) for branch in node]
    if "name" in node:
        numbers.setdefault(str(node["name"]).rpartition(".")[2], len(numbers))
    kept = [node.get(key) for key in ("symbols", "size", "logicalType", "precision", "scale")]
    inner = [_without_names(node[key], numbers) for key in ("type", "items", "values") if key in node]
    fields = [[field["name"], _without_names(field["type"], numbers)] for field in node.get("fields", ())]
    return [inner, kept, fields]


@lru_cache(maxsize=_CACHED_SCHEMAS_MAX)
def _called(name: str, resolved: str) -> str:
    schema = json.loads(resolved)
    if not isinstance(schema, dict) or schema.get("type") != "record":
        return resolved
    return json.dumps({key: value for key, value in schema.items() if key != "namespace"} | {"name": name})


def _version_of(text: str, schema_format: SchemaFormat) -> SchemaVersion | Gap:
    return _parsed(text, schema_format.parse)


@lru_cache(maxsize=_CACHED_SCHEMAS_MAX)
def _parsed(text: str, parse: Callable[..., SchemaVersion | Gap]) -> SchemaVersion | Gap:
    source = SchemaSource("", digest_of_text(text), "", "file", 0, len(text.encode()), Span("", 1, 1))
    return parse(text, source, {})
