"""Ways to give a topic another name. A topic can't be renamed: there is a new one, and jobs move from the one to the other."""

from __future__ import annotations

from copilot.domain.alternative import Alternative, Gate, NewFile, NotOffered, Phase
from copilot.domain.operation import Operation, RenameTopic
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.strategies.moving_jobs import bridge_text, job_path
from copilot.strategies.topic_move import Move, apart, cut_over, move_alternative, step_of
from copilot.strategies.topic_places import places_of_topic

BRIDGE = "bridge job"
DUAL = "dual publish"
NAIVE = "naive topic rename"
IN_PLACE = "rename in place"


def rename_topic(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to move jobs to a topic of another name; nothing for other operations."""
    if not isinstance(operation, RenameTopic):
        return ()
    move = Move(operation.topic, operation.to, impact, pipeline, places_of_topic(operation.topic, impact, pipeline))
    return (
        _bridged(move),
        _published_twice(move),
        cut_over(move),
        _at_once(move),
        NotOffered(
            IN_PLACE, "A broker has no way to rename a topic: its records stay under the name they were written to."
        ),
    )


def _bridged(move: Move) -> Alternative | NotOffered:
    path = job_path("bridges", f"{move.old}_to_{move.new}", move.pipeline)
    bridge = NewFile(path, bridge_text(move.old, move.new))
    started = f"{path}:1  deploy it with KAFKA_BOOTSTRAP set, and watch its lag"
    first = step_of("Start the bridge", "producers", (), (bridge,), (started,))
    return apart(
        move,
        "bridge",
        f"Bring {move.new}, fill it from {move.old} by a bridge, then move readers, then writers",
        BRIDGE,
        (*move.listed_beside(), bridge),
        (move.creation(), first),
        "The default choice: the new topic has one writer at any time, so the order per key is kept, and every reader moves when"
        " it is ready and can go back. It costs one more job, a little lag, and storage for both while it lasts; a reader that"
        f" starts on {move.new} from its beginning meets records again that it had already.",
        f"Stop the producers, let {path} copy {move.old} to its end, then start them with the new name",
        _gate_filled(move),
    )


def _published_twice(move: Move) -> Alternative | NotOffered:
    twice = tuple(
        f"{link.proof[0]}  {link.job} writes {move.old}: publish every record to {move.new} as well"
        for link in move.impact.producers
        if link.proof
    )
    first = step_of("Let the producers publish to both", "producers", move.producers, (), tuple(dict.fromkeys(twice)))
    if not twice:
        return NotOffered(DUAL, f"No producer of {move.old} was found that could write twice.")
    return apart(
        move,
        "dual-publish",
        f"Publish to {move.old} and {move.new} for a while, move readers, then stop writing {move.old}",
        DUAL,
        move.listed_beside(),
        (move.creation(), first),
        "It wins where no further job may run. Each record is written twice by code that people have to change; a crash between the"
        " two leaves one topic without it, and the order across the two is not the same.",
        f"Take the second publication out again, and write {move.new} only",
        _gate_filled(move),
    )


def _at_once(move: Move) -> Alternative | NotOffered:
    edits = move.edits("producers", "consumers", "both", "list")
    if not edits:
        return NotOffered(NAIVE, f"No place was found here from which a job gets the name {move.old}.")
    producers = step_of("Deploy the producers", "producers", move.producers, move.edits("producers", "both"), ())
    consumers = step_of("Deploy the consumers", "consumers", move.consumers, move.edits("consumers"), ())
    rest = step_of("Publish the settings", "schema", (), move.edits("list"), move.leftovers())
    return move_alternative(
        move,
        "naive",
        f"Replace {move.old} by {move.new} everywhere, in one deploy",
        NAIVE,
        (Phase("replaced", edits, (rest, producers, consumers)),),
        f"The edit people make first. What a consumer has not read of {move.old} when it moves, nobody reads any more, and between"
        " the deploys one side is on a topic that the other has left.",
    )


def _gate_filled(move: Move) -> Gate:
    return Gate(
        f"{move.new} gets every record that {move.old} gets: counts per partition agree over an hour, and the lag is near zero."
    )
