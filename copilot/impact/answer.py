"""Which files will people have to touch for a change? Finds the record, gathers evidence, ranks, and says why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from copilot.domain.impacted import AskedChange, ImpactedFile, ImpactList
from copilot.domain.listing import SUBMODULE_MODE, paths_with_mode
from copilot.domain.source import ABSENT, Gap
from copilot.errors import Ambiguous, NotFound
from copilot.impact.facts import FileFacts, gather
from copilot.impact.kinship import with_kin
from copilot.impact.names import ChangeNames
from copilot.impact.nearby import names_near, records_near
from copilot.impact.past import Past
from copilot.impact.ranking import Ranked, rank, split
from copilot.impact.spans import spans_of
from copilot.impact.target import Target, find_target
from copilot.impact.weights import WEIGHTS
from copilot.impact.why import reasons_of
from copilot.impact.words import Words, last_names, normal
from copilot.ports import ChangeLog, Index, Spread, Tree

ALSO_SHOWN = 3
CANDIDATES_SHOWN = 10
THINGS = frozenset(
    [
        "api",
        "app",
        "bucket",
        "cluster",
        "consumer",
        "container",
        "database",
        "db",
        "deployment",
        "job",
        "pipeline",
        "producer",
        "queue",
        "registry",
        "repo",
        "repository",
        "server",
        "service",
        "stream",
        "subscription",
        "table",
        "topic",
    ]
)
"""What people drop or rename that is no field, unless a schema has one of that name."""
WHOLES = frozenset(["record", "schema", "subject", "message", "class", "enum"])
"""What people call a whole record, after its name."""
POINTER_BYTES_MAX = 250
"""No larger is a pointer of Git LFS, or a link."""
PARTIAL = "This clone is a partial one and lacks a part of its log: the list is less sure than with all of it."
SHALLOW = "This clone is shallow: what changed together before is not known, so the list is less sure than with the whole log."


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found for a change before anything is ranked; `asked` as it is meant, "the Order record" by its name alone."""

    asked: tuple[AskedChange, ...]
    targets: tuple[Target, ...]
    files: tuple[FileFacts, ...]
    files_read: int
    files_absent: int = 0
    near: tuple[tuple[str, ...], ...] = ()
    """For each change, the records that may be meant where none has the name."""


def see(asked: Sequence[AskedChange], tree: Tree, index: Index, log: ChangeLog, spread: Spread | None = None) -> Seen:
    """Reads the tree and its log for the names of a change; nothing later than the tree's commit is read."""
    words = Words(tree, index, spread)
    meant = tuple(_meant_by(it, tree, words) for it in asked)
    asked, targets = tuple(it for it, _ in meant), tuple(target for _, target in meant)
    names = ChangeNames(asked, targets)
    past = Past(_records(targets), log)
    evidence = gather(names, targets, words, past)
    near = tuple(
        () if target.is_record_found else records_near(it, tree, words)
        for it, target in zip(asked, targets, strict=True)
    )
    files = with_kin(evidence, names, past, tree)
    return Seen(asked, targets, files, words.count - len(words.absent), len(words.absent), near)


def impact_list(
    asked: Sequence[AskedChange],
    tree: Tree,
    index: Index,
    log: ChangeLog,
    spread: Spread | None = None,
    passed_over: tuple[str, ...] = (),
) -> ImpactList:
    """Returns the ranked files of a change, or of several that are made together; none whose path begins as `passed_over` says.

    Where no record is named, raises Ambiguous if several have the field, and NotFound if the words are of no field.
    """
    seen = see(asked, tree, index, log, spread)
    asked = seen.asked
    for it, target in zip(asked, seen.targets, strict=True):
        _ask_back(it, target)
    files_seen = tuple(it for it in seen.files if not it.path.startswith(passed_over))
    change, look = split(rank(asked, files_seen, WEIGHTS))
    fields = " and ".join(dict.fromkeys(last_names([it.field])[0] for it in asked if it.field)) or "the field"
    record = " and ".join(dict.fromkeys(it.record for it in seen.targets if it.record))

    def told(it: Ranked, is_change: bool) -> ImpactedFile:
        return ImpactedFile(
            path=it.facts.path,
            list="change" if is_change else "look",
            probability=round(it.probability, 3),
            spans=spans_of(it.facts, seen.targets),
            reasons=reasons_of(it, fields, record),
        )

    files = (*(told(it, True) for it in change), *(told(it, False) for it in look))
    warnings = (
        *_warnings(asked, seen),
        *_lacks(seen, is_shallow=tree.snapshot.is_shallow, is_whole=log.is_whole),
        *_unread([it.facts for it in (*change, *look)], tree),
    )
    return ImpactList(tree.snapshot.commit, tuple(asked), files, warnings, seen.files_read)


def _meant_by(asked: AskedChange, tree: Tree, words: Words) -> tuple[AskedChange, Target]:
    """Returns the change and its record; "the Order record" is Order, where nothing has a field of the whole name."""
    target = find_target(asked, tree, words)
    name, _, kind = asked.field.rpartition(" ")
    if not name or kind.lower() not in WHOLES or target.has_field or asked.record or asked.subject:
        return asked, target
    bare = replace(asked, field=name)
    found = find_target(bare, tree, words)
    return (bare, found) if found.is_record_found and not found.has_field else (asked, target)


def _ask_back(asked: AskedChange, target: Target) -> None:
    """Refuses what says no record: a field of several of them, and words that no record has and that say no name."""
    if asked.record or asked.subject or not asked.field:
        return
    words = asked.field.split()
    is_thing = not asked.is_addition and (len(words) > 1 or normal(words[-1]) in THINGS)
    if is_thing and not (target.has_field and target.is_schema):
        raise NotFound(
            f'"{asked.field}" is a field of no schema here, and impact answers for fields of records.',
            asked.field,
            (),
            next='Name the field and its record, as in "remove coupon from order". For a field of that name in code, say the file'
            " where it is declared.",
        )
    if target.rivals:
        candidates = tuple(f"{asked.field} in {path}" for path in sorted((target.path, *target.rivals)))
        quoted = [f'"{it}"' for it in candidates]
        raise Ambiguous(
            f'"{asked.field}" can be {_choice(quoted[:CANDIDATES_SHOWN], len(quoted) - CANDIDATES_SHOWN)}.',
            candidates,
            said=asked.field,
            next=f'Say it exactly, as in "{candidates[0]}".',
        )


def _did_you_mean(near: Sequence[str]) -> str:
    return f" Did you mean {_choice(near)}?" if near else ""


def _choice(names: Sequence[str], more: int = 0) -> str:
    if more > 0:
        return f"{', '.join(names)} or one of {more} more"
    return f"{', '.join(names[:-1])}{' or ' if names[1:] else ''}{names[-1]}"


def _lacks(seen: Seen, *, is_shallow: bool, is_whole: bool) -> Iterator[str]:
    """Yields what this clone lacks of what an answer rests on."""
    if seen.files_absent:
        files = "1 file is" if seen.files_absent == 1 else f"{seen.files_absent} files are"
        yield f"This clone is a partial one: {files} not in it, and known by path and past alone."
    if is_shallow:
        yield SHALLOW
    elif not is_whole:
        yield PARTIAL


def _unread(listed: Sequence[FileFacts], tree: Tree) -> Iterator[str]:
    """Yields what is listed and stands for something else, and whose own repositories are not read."""
    small = [it.path for it in listed if 0 < it.size_bytes <= POINTER_BYTES_MAX]
    gaps = [file for file in tree.read(small).values() if isinstance(file, Gap) and ABSENT not in file.reason]
    yield from (f"{gap.span.path} {gap.reason}." for gap in gaps[:ALSO_SHOWN])
    submodules = paths_with_mode(tree.snapshot.entries, SUBMODULE_MODE)
    if submodules:
        yield f"{'Submodules are' if submodules[1:] else 'A submodule is'} not read: {_some(submodules)}."


def _some(paths: Sequence[str], shown: int = ALSO_SHOWN) -> str:
    rest = len(paths) - shown
    return ", ".join(paths[:shown]) + (f" and {rest} more" if rest > 0 else "")


def _records(targets: Sequence[Target]) -> dict[str, tuple[str, ...]]:
    """Returns the schema files, each with the fields of all its records that are meant."""
    found: dict[str, tuple[str, ...]] = {}
    for target in targets:
        if target.path:
            found[target.path] = tuple(dict.fromkeys((*found.get(target.path, ()), *target.all_names)))
    return found


def _warnings(asked: Sequence[AskedChange], seen: Seen) -> tuple[str, ...]:
    said = []
    for it, target, near in zip(asked, seen.targets, seen.near, strict=True):
        name = it.record or it.subject or it.field
        if not target.is_record_found:
            where = f"; {target.path} is taken for its file" if target.path else ""
            what = "record" if it.record or it.subject else "record or field"
            said.append(f'No {what} "{name}" was found{where}: the list rests on names alone.{_did_you_mean(near)}')
            continue
        if target.also_in:
            said.append(
                f'"{name}" is taken for {target.path}; it could also mean {_some(target.also_in)}. Ask with a path to choose.'
            )
        if target.is_one_of > 1:
            said.append(
                f'{target.path} holds {target.is_one_of} records; "{it.field}" is taken to be for {target.record}. Name the'
                f' record to choose: "add {it.field} to RECORD in {target.path}".'
            )
        is_named = bool(it.record or it.subject or target.has_field or it.is_addition)
        if it.field and not is_named and it.op != "rename_field":
            said.append(
                f'No field "{it.field}" in any schema; it is the whole record {target.record} in {target.path}, and the list is of'
                " what names that."
            )
        elif it.field and not (target.has_field or it.is_addition or it.field == target.record):
            close = [f'"{name}"' for name in names_near(it.field, target.all_names)]
            said.append(f'{target.record} in {target.path} has no field "{it.field}".{_did_you_mean(close)}')
        elif target.has_field and it.is_addition:
            kind = "symbol" if it.symbol else "field"
            said.append(f'{target.record} in {target.path} has a {kind} "{it.field}" already.')
    return tuple(dict.fromkeys(said))
