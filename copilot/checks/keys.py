"""A topic gets another key: what hangs on the old one, and is the order of each key kept on the way?

Only records of one key lie in one partition, in order. Whoever keeps state, joins or looks up by the old key meets records of one
key in several partitions afterwards, so in several of its copies; and where the key changes on the topic itself, records of one key
from before and after lie in two partitions. Keys are seen where code names them, also through one local name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from copilot.checks.lineage import phase_label
from copilot.checks.parsed_code import Codes
from copilot.checks.partitions import PARTITIONS, Replayed, recorded_keys, replayed
from copilot.checks.reading import BASE
from copilot.checks.topics import BY_HAND, is_written_by_hand
from copilot.domain.evidence import Finding
from copilot.domain.keyed import keys_read, keys_written
from copilot.domain.operation import RekeyTopic
from copilot.domain.pipeline import FieldUse, PipelineMap
from copilot.ports import Bench, Case

IN_PLACE, KEPT_APART, UNSEEN = "usage.key-in-place", "usage.key-kept-apart", "usage.key-unseen"
REPLAYED = "usage.key-replayed"
_LOOKUPS = ("get", "setdefault", "pop")


def is_keyed(operation: RekeyTopic, state: PipelineMap) -> bool:
    """Tells whether each producer whose key is seen keys the records by the field that was asked for, on whichever topic."""
    written = keys_written(operation.to, state) or keys_written(operation.topic, state)
    return bool(written) and all(use.name == operation.field for use in written)


def key_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields what another key takes from readers; nothing for other operations."""
    for operation in case.request.operations:
        if isinstance(operation, RekeyTopic) and case.patches:
            written = keys_written(operation.topic, case.base)
            if not written:
                text = f"By what the records of {operation.topic} are keyed today was not seen in the code of its producers."
                yield Finding(UNSEEN, "warning", text, None, operation.subject)
            yield from _replayed(operation, written, case, bench)
            yield from _filled_by_hand(operation, case)
            yield from _kept_apart(operation, written, case, bench)
            yield from _in_place(operation, written, case)


def _replayed(operation: RekeyTopic, written: tuple[FieldUse, ...], case: Case, bench: Bench) -> Iterator[Finding]:
    """What becomes of the order of recorded records; nothing where none are there, or the present key is not one field."""
    old = sorted({use.path for use in written})
    impact = next(it for it in case.impacts if it.subject == operation.subject)
    if len(old) != 1 or old[0] == impact.path:
        return
    for file, pairs in recorded_keys(operation.subject, old[0], impact.path, case.base, bench):
        it = replayed(pairs)
        text = (
            f"{it.records} recorded records, keyed by {old[0]} and then by {operation.field}, over {PARTITIONS} partitions:"
            f" {_kept(it, operation)}. {it.scattered} of {it.old_keys} {old[0]} come to several partitions. On the topic itself,"
            f" {it.moved} of {it.new_keys} {operation.field} go on in another one."
        )
        yield Finding(REPLAYED, "note", text, file, operation.subject, impact.path)


def _kept(found: Replayed, operation: RekeyTopic) -> str:
    """Returns what the records show of the order of each new key, on the way from the old topic to the new one."""
    if found.new_keys == found.records:
        return f"each {operation.field} has one record, which shows nothing of an order"
    if found.spread:
        return f"{found.spread} of {found.new_keys} {operation.field} lie in several today, where there is no order to keep"
    return f"each of {found.new_keys} {operation.field} lies in one today, so who copies them in order keeps it"


def _filled_by_hand(operation: RekeyTopic, case: Case) -> Iterator[Finding]:
    if is_written_by_hand(operation.to, case, len(case.alternative.phases) - 1):
        text = f"That {operation.to} gets every record, in order, hangs on code that people write."
        yield Finding(BY_HAND, "warning", text, None, operation.subject)


def _kept_apart(operation: RekeyTopic, written: tuple[FieldUse, ...], case: Case, bench: Bench) -> Iterator[Finding]:
    old = {use.path for use in written}
    seen: set[tuple[str, str, str]] = set()
    for use, how in _keyed_reads(operation.topic, old, case, bench):
        key = (use.job, use.path, str(use.span))
        if use.name == operation.field or key in seen or (old and use.path not in old):
            continue
        seen.add(key)
        text = (
            f"{use.job} {how} {use.path}, by which {operation.topic} is keyed today: afterwards records of one {use.path} come to"
            f" several of its copies, and in no order."
        )
        fix = f"Run one copy of {use.job}, or let it bring the records of one {use.path} together by itself first."
        yield Finding(KEPT_APART, "warning", text, use.span, operation.subject, use.path, fix=fix)


def _keyed_reads(topic: str, old: set[str], case: Case, bench: Bench) -> Iterator[tuple[FieldUse, str]]:
    for use in keys_read(topic, case.base):
        yield use, "groups, joins or looks up by"
    jobs = {it.job for it in case.base.links if it.endpoint.name == topic and it.direction == "consumes"}
    codes = Codes(case, bench, BASE)
    for use in case.base.uses:
        is_read = use.mode in ("reads", "passes") and not use.is_test and use.certainty != "possible"
        if is_read and use.job in jobs and use.path in old and _is_looked_up(use, codes):
            yield use, "keeps records by"


def _is_looked_up(use: FieldUse, codes: Codes) -> bool:
    """Tells whether a local name that the use is given to becomes the index of something, or a message's key."""
    code = codes.of(use)
    named = [(name, code.scope(node)) for node in code.read(use) if (name := code.name_given(node))] if code else []
    return any(_is_index(it, name) for name, scope in named for it in ast.walk(scope))


def _is_index(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Subscript(slice=ast.Name(id=found)):
            return found == name
        case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Name(id=found), *_]) if attr in _LOOKUPS:
            return found == name
    return False


def _in_place(operation: RekeyTopic, written: tuple[FieldUse, ...], case: Case) -> Iterator[Finding]:
    """The key changes on a topic that holds records by the old one."""
    for number, state in enumerate(case.states):
        now = keys_written(operation.topic, state)
        if (
            now
            and any(use.name == operation.field for use in now)
            and all(it.name != operation.field for it in written)
        ):
            old = ", ".join(sorted({use.path for use in written})) or "what is not known"
            label = phase_label(number, case.alternative.phases[number])
            text = (
                f"{operation.topic} is keyed by {old} before {label} and by {operation.field} after it: records of one"
                f" {operation.field} lie in two partitions, so the later can be read first, and compaction keeps both."
            )
            fix = f"Take a new topic, and cut over at a recorded offset: {operation.to}."
            yield Finding(
                IN_PLACE, "error" if written else "warning", text, now[0].span, operation.subject, "", number, fix
            )
            return
