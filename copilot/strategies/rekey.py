"""Ways to key a topic by another field: on a new topic that one job fills, for all or for readers alone, written twice, after a
stop, or on the topic itself.
"""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.alternative import Alternative, CodeEdit, Edit, Gate, NewFile, NotOffered, Phase, Step
from copilot.domain.keyed import keys_written
from copilot.domain.operation import Operation, RekeyTopic
from copilot.domain.pipeline import FieldUse, Impact, PipelineMap
from copilot.strategies.moving_jobs import job_path, migrator_text
from copilot.strategies.topic_move import Move, apart, cut_over, move_alternative, step_of
from copilot.strategies.topic_places import places_of_topic

MIGRATOR = "new topic with a migrator"
DUAL = "dual write"
REPARTITIONED = "repartition for the readers"
IN_PLACE = "key in place"
_RENAMED = ("subscript", "get", "attribute", "string", "column")


def rekey_topic(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to key a topic by another field; nothing for other operations."""
    if not isinstance(operation, RekeyTopic):
        return ()
    edits, by_hand = _writes(operation, impact, pipeline)
    places = places_of_topic(operation.topic, impact, pipeline)
    move = Move(operation.topic, operation.to, impact, pipeline, places, edits, by_hand)
    return (
        _migrated(move, operation),
        _written_twice(move, operation),
        _drained(move, operation),
        _repartitioned(move, operation),
        _in_place(move, operation),
        NotOffered(
            "more partitions early",
            "How many partitions a topic has is the broker's to say; nothing of it was read here.",
        ),
    )


def _writes(
    operation: RekeyTopic, impact: Impact, pipeline: PipelineMap
) -> tuple[tuple[CodeEdit, ...], tuple[str, ...]]:
    """The edits of the keys that producers name, and the producers whose key people have to change."""
    edits: list[CodeEdit] = []
    by_hand: list[str] = []
    seen: set[str] = set()
    for use in keys_written(operation.topic, pipeline):
        seen.add(use.job)
        if _is_sibling(use, impact.path) and use.form in _RENAMED and use.span.path.endswith(".py"):
            edits.append(CodeEdit(use.span.path, use.offset, "rename_key", use.name, operation.field))
        else:
            by_hand.append(f"{use.span}  keys {operation.topic} by {use.path}: key it by {impact.path}")
    for link in impact.producers:
        if link.job not in seen and not link.forwards:
            place = link.proof[0] if link.proof else link.job
            by_hand.append(f"{place}  {link.job} writes {operation.topic}: give each record the key {impact.path}")
    return tuple(edits), tuple(dict.fromkeys(by_hand))


def _is_sibling(use: FieldUse, path: str) -> bool:
    return use.path.rpartition(".")[0] == path.rpartition(".")[0]


def _migrator(move: Move) -> tuple[NewFile, Step]:
    path = job_path("migrators", f"{move.old}_to_{move.new}", move.pipeline)
    job = NewFile(path, migrator_text(move.old, move.new, move.impact.path))
    started = f"{path}:1  deploy one copy of it, with KAFKA_BOOTSTRAP and RECORDS set, and watch its lag"
    return job, step_of("Start the migrator", "producers", (), (job,), (started,))


def _migrated(move: Move, operation: RekeyTopic) -> Alternative | NotOffered:
    job, start = _migrator(move)
    return apart(
        move,
        "migrator",
        f"Bring {move.new}, filled from {move.old} by one migrator that keys by {operation.field}; move readers, then writers",
        MIGRATOR,
        (*move.listed_beside(), job),
        (move.creation(), start),
        f"The default choice: {move.new} has one writer at any time, so the order of each {operation.field} is kept, every reader"
        f" moves when it is ready, and the cut is an offset that is written down. Between records that lay in different partitions"
        f" of {move.old} there was no order to keep.",
        f"Stop the producers, write down the end offset of each partition of {move.old}, let {job.path} pass them, then start the"
        f" producers on {move.new} with the new key",
        _filled(move, operation),
    )


def _repartitioned(move: Move, operation: RekeyTopic) -> Alternative | NotOffered:
    """The new topic for readers alone: it is filled for good, and producers don't know of it."""
    job, start = _migrator(move)
    if move.shared:
        place = move.shared[0]
        return NotOffered(
            REPARTITIONED, f"Writers and readers get the name from one place ({place.path}:{place.line})."
        )
    readers = move.edits("consumers")
    manual = move.by_hand(move.impact.consumers, "reads")
    if not readers and not manual:
        return NotOffered(
            REPARTITIONED, f"No reader of {move.old} was found that would need {operation.field} together."
        )
    begun = (*move.listed_beside(), job)
    read = step_of("Deploy the consumers", "consumers", move.consumers, readers, manual)
    return move_alternative(
        move,
        "repartition",
        f"Leave {move.old} to its producers, and let readers take {move.new}, which a migrator keys by {operation.field} for good",
        REPARTITIONED,
        (
            Phase("new topic", begun, (move.creation(), start), _filled(move, operation)),
            Phase("move readers", (*begun, *readers), (read,)),
        ),
        f"It wins where only readers need {operation.field} together: no producer changes, and each reader can go back. The"
        " migrator stays as long as they do, every record lies on two topics, and other readers of"
        f" {move.old} keep its present key.",
    )


def _written_twice(move: Move, operation: RekeyTopic) -> Alternative | NotOffered:
    twice = tuple(
        f"{link.proof[0]}  {link.job} writes {move.old}: publish every record to {move.new} as well, keyed by {operation.field},"
        " with a number that counts up per key"
        for link in move.impact.producers
        if link.proof
    )
    if not twice:
        return NotOffered(DUAL, f"No producer of {move.old} was found that could write twice.")
    told = tuple(dict.fromkeys(twice))
    return apart(
        move,
        "dual-write",
        f"Publish to {move.old} by its key and to {move.new} by {operation.field}, move readers, then stop writing {move.old}",
        DUAL,
        move.listed_beside(),
        (move.creation(), step_of("Let the producers publish to both", "producers", move.producers, (), told)),
        "It wins where no further job may run. Code that people change writes each record twice, and a number per key has to show"
        " that no later record overtook an earlier one; history stays under the old name.",
        f"Take the first publication out, and write {move.new} only",
        _filled(move, operation),
    )


def _drained(move: Move, operation: RekeyTopic) -> Alternative:
    way = cut_over(move)
    title = f"Stop, drain {move.old}, and start everybody on {move.new}, keyed by {operation.field}"
    return replace(way, title=title, strategy="drain and switch")


def _in_place(move: Move, operation: RekeyTopic) -> Alternative | NotOffered:
    edits: tuple[Edit, ...] = move.also
    if not edits:
        return NotOffered(IN_PLACE, "No key that code names was found here, so there is no edit of it to try.")
    step = step_of("Deploy the producers", "producers", move.producers, edits, move.also_manual)
    return move_alternative(
        move,
        "naive",
        f"Key {move.old} by {operation.field} from now on, on the topic itself",
        IN_PLACE,
        (Phase("keyed anew", edits, (step,)),),
        "The edit people make first. It is right only where nobody hangs on the order of a key and nothing is compacted: records"
        f" of one {operation.field} from before and after lie in two partitions, and what keeps state by key meets both.",
    )


def _filled(move: Move, operation: RekeyTopic) -> Gate:
    return Gate(
        f"{move.new} has as many records as {move.old} and the same set of {operation.field}; no record of one {operation.field}"
        " comes before an earlier one (0 inversions per key over an hour); no partition has more than twice the mean; the lag is"
        " near zero."
    )
