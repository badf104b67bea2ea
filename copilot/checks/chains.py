"""What does a chain of versions say that no two of them do? A field that comes back, and one that is renamed by way of both names.

Told of each version from the third on. A field that comes back gives what old records hold under its new meaning. Where one version
has both names, each step looks harmless, and whoever skips it reads a default in place of the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copilot.domain.evidence import Finding
from copilot.domain.schema import SchemaField, SchemaVersion
from copilot.ports import SchemaFormat

VERSIONS_MAX = 40
_SHOWN = 3
READDED, SKIPPED = "meaning.name-readded", "meaning.version-skipped"
READDED_FIX = "Take a name that no version had, unless it means the very same."
_RENAMED = "rename-loses-values"


@dataclass(frozen=True, slots=True)
class ChainChange:
    """One such change; `version` is the label of the one that makes it."""

    version: str
    rule: str
    path: str
    message: str
    fix: str


def came_back(field: SchemaField, earlier: Sequence[SchemaVersion]) -> tuple[int, SchemaField] | None:
    """Returns the latest of earlier versions, by its place, that had a field of that path, and the field; None where none had."""
    for place in range(len(earlier) - 1, -1, -1):
        was = next((it for it in earlier[place].fields if it.path == field.path), None)
        if was is not None:
            return place, was
    return None


def told_of_types(was: SchemaField, now: SchemaField) -> str:
    """Returns what a field that comes back makes of the records of its time."""
    if was.type == now.type:
        return "of the same type. Records of that time give their old value under the new meaning."
    return f"of type {was.type}, and is now {now.type}. Records of that time differ."


def chain_changes(
    versions: Sequence[SchemaVersion], labels: Sequence[str], schema_format: SchemaFormat
) -> Iterator[ChainChange]:
    """Yields what versions, oldest first, do that the step from the one before does not show: of long chains the newest ones."""
    first = max(0, len(versions) - VERSIONS_MAX)
    kept, names = versions[first:], labels[first:]
    for at in range(2, len(kept)):
        yield from _readded(at, kept, names)
    if len(kept) > 2:
        yield from _skipped(kept, names, schema_format)


def _readded(at: int, versions: Sequence[SchemaVersion], labels: Sequence[str]) -> Iterator[ChainChange]:
    if any(it.meaning == versions[at].meaning for it in versions[:at]):
        return  # all of it is as it was: a change was taken back
    groups: dict[tuple[int, str], list[SchemaField]] = {}
    for field in _fresh(versions[at], versions[at - 1]):
        found = came_back(field, versions[: at - 1])
        if found is not None:
            groups.setdefault((found[0], told_of_types(found[1], field)), []).append(field)
    for (since, told), fields in groups.items():
        names = ", ".join(f'"{it.path}"' for it in fields[:_SHOWN])
        more = f" and {len(fields) - _SHOWN} more" if len(fields) > _SHOWN else ""
        verb = "comes" if len(fields) == 1 else "come"
        message = f"{names}{more} {verb} back in {labels[at]}: {labels[since]} had {'it' if verb == 'comes' else 'them'}, {told}"
        yield ChainChange(labels[at], READDED, fields[0].path, message, READDED_FIX)


def _fresh(version: SchemaVersion, before: SchemaVersion) -> Iterator[SchemaField]:
    """Yields the fields that the version before lacks, but for those that lie in such a one."""
    known, fresh = {field.path for field in before.fields}, set[str]()
    for field in version.fields:
        if field.path not in known:
            fresh.add(field.path)
            if field.path.rpartition(".")[0].rstrip("[]{}") not in fresh:
                yield field


def _skipped(
    versions: Sequence[SchemaVersion], labels: Sequence[str], schema_format: SchemaFormat
) -> Iterator[ChainChange]:
    newest = len(versions) - 1
    told: set[str] = set()
    for since in range(newest - 2, -1, -1):
        for path, finding in _renames(versions[since], versions[newest], schema_format).items():
            both = _with_both(finding, since, versions, schema_format)
            if both is not None and path not in told:
                told.add(path)
                message = f"{labels[newest]} reading data of {labels[since]} or before: {finding.message} "
                message += f"{labels[both]} has both names, so no step shows it."
                fix = f"Read with {labels[both]} until no older data is left, or write that anew."
                yield ChainChange(labels[newest], SKIPPED, path, message, fix)


def _with_both(
    finding: Finding, since: int, versions: Sequence[SchemaVersion], schema_format: SchemaFormat
) -> int | None:
    """Returns the first version after `since` that has the new name while the old one is there still; None where none has."""
    for place in range(since + 1, len(versions) - 1):
        if any(it.path == finding.path for it in versions[place].fields):
            step = _renames(versions[since], versions[place], schema_format).get(finding.path)
            # The same words are about the same two names.
            return None if step is not None and step.message == finding.message else place
    return None


def _renames(old: SchemaVersion, new: SchemaVersion, schema_format: SchemaFormat) -> dict[str, Finding]:
    return {it.path: it for it in schema_format.meaning_changes(old, new) if it.rule.endswith(_RENAMED)}
