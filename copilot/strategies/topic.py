"""Ways to give a topic another name. A topic can't be renamed: there is a new one, and jobs move from the one to the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from copilot.domain.alternative import Alternative, Edit, Gate, NewFile, NotOffered, Phase, Step, TextEdit
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.operation import Operation, RenameTopic
from copilot.domain.pipeline import Impact, Link, PipelineMap
from copilot.strategies.topic_bridge import bridge_path, bridge_text
from copilot.strategies.topic_places import Place, chain_of, places_of_topic
from copilot.strategies.words import named

BRIDGE = "ST6 bridge job"
DUAL = "ST5 dual publish"
IN_PLACE = "K4 rename in place"
NAIVE = "K4 naive topic rename"
_CHAINS_SHOWN = 6
Kind = Literal["schema", "producers", "consumers", "cutover"]


def rename_topic(operation: Operation, impact: Impact, pipeline: PipelineMap) -> tuple[Alternative | NotOffered, ...]:
    """Offers the ways to move jobs to a topic of another name; nothing for other operations."""
    if not isinstance(operation, RenameTopic):
        return ()
    move = _Move(operation, impact, pipeline, places_of_topic(operation.topic, impact, pipeline))
    return (
        _bridged(move),
        _published_twice(move),
        _cut_over(move),
        _at_once(move),
        NotOffered(
            IN_PLACE, "A broker has no way to rename a topic: its records stay under the name they were written to."
        ),
    )


@dataclass(frozen=True, slots=True)
class _Move:
    """The operation with its places, and the edits of each side."""

    operation: RenameTopic
    impact: Impact
    pipeline: PipelineMap
    places: tuple[Place, ...]

    @property
    def old(self) -> str:
        return self.operation.topic

    @property
    def new(self) -> str:
        return self.operation.to

    @property
    def shared(self) -> tuple[Place, ...]:
        """The places from which writers and readers get one name."""
        return tuple(place for place in self.places if place.owner == "both")

    def edits(self, *owners: str) -> tuple[Edit, ...]:
        """Returns the edits that give the new name to these owners."""
        return tuple(
            TextEdit(it.path, it.line, f"{it.quote}{self.old}{it.quote}", f"{it.quote}{self.new}{it.quote}")
            for it in self.places
            if it.owner in owners
        )

    def listed_beside(self) -> tuple[Edit, ...]:
        """Returns the edits that add the new name to lists of topics, beside the old one."""
        lists = [place for place in self.places if place.owner == "list"]
        return tuple(TextEdit(it.path, it.line, self.old, f"{self.old}{it.separator}{self.new}") for it in lists)

    def jobs(self, links: Iterable[Link]) -> tuple[str, ...]:
        return tuple(sorted({link.job for link in links if not self.pipeline.is_foreign(link.job)}))

    @property
    def producers(self) -> tuple[str, ...]:
        return self.jobs(self.impact.producers)

    @property
    def consumers(self) -> tuple[str, ...]:
        return self.jobs(self.impact.consumers)

    def by_hand(self, links: Iterable[Link], verb: str) -> tuple[str, ...]:
        """Names the links that no edit here moves: those of other repositories, and names that stand in no place of this one."""
        edited = {
            (place.path, place.line) for place in self.places if place.owner in ("producers", "consumers", "both")
        }
        texts: list[str] = []
        owners = {it.job: it.owner for it in self.pipeline.consumers} | {
            it.name: it.owner for it in self.pipeline.clones
        }
        for link in links:
            last = link.proof[-1] if link.proof else None
            if last is not None and (last.path, last.first_line) in edited:
                continue
            owner = owners.get(self.pipeline.clone_of(link.job) or link.job, "")
            told = f"{link.proof[0] if link.proof else link.job}  {link.job} {verb} {self.old}: move it to {self.new}"
            texts.append(f"{told} (owner {owner})" if owner else told)
        return tuple(dict.fromkeys(texts))

    def leftovers(self) -> tuple[str, ...]:
        """Names the places of nobody known: scripts, dashboards, runbooks, documentation."""
        rest = [place for place in self.places if place.owner == "nobody"]
        return tuple(f"{it.path}:{it.line}  names {self.old}: say {self.new} where it means this topic" for it in rest)

    def creation(self) -> Step:
        lists = tuple(sorted({place.path for place in self.places if place.owner == "list"}))
        text = f"Create {self.new} with the partitions, retention and access rights of {self.old}"
        where = self.impact.producers[0].proof[0] if self.impact.producers and self.impact.producers[0].proof else None
        subject = f"; register its schema under {self.new}-value where a registry names subjects after topics"
        manual = (f"{where}  writes {self.old}: {text[0].lower()}{text[1:]}{subject}",) if where else ()
        return Step(text, "schema", (), lists, manual)


def _step(title: str, kind: Kind, jobs: tuple[str, ...], edits: tuple[Edit, ...], manual: tuple[str, ...] = ()) -> Step:
    paths = tuple(sorted({edit.path for edit in edits if isinstance(edit, TextEdit | NewFile)}))
    return Step(title, kind, jobs, paths, manual)


def _bridged(move: _Move) -> Alternative | NotOffered:
    path = bridge_path(move.old, move.new, move.pipeline)
    bridge = NewFile(path, bridge_text(move.old, move.new))
    started = f"{path}:1  deploy it with KAFKA_BOOTSTRAP set, and watch its lag"
    first = _step("Start the bridge", "producers", (), (bridge,), (started,))
    return _apart(
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
    )


def _published_twice(move: _Move) -> Alternative | NotOffered:
    twice = tuple(
        f"{link.proof[0]}  {link.job} writes {move.old}: publish every record to {move.new} as well"
        for link in move.impact.producers
        if link.proof
    )
    first = _step("Let the producers publish to both", "producers", move.producers, (), tuple(dict.fromkeys(twice)))
    if not twice:
        return NotOffered(DUAL, f"No producer of {move.old} was found that could write twice.")
    return _apart(
        move,
        "dual-publish",
        f"Publish to {move.old} and {move.new} for a while, move readers, then stop writing {move.old}",
        DUAL,
        move.listed_beside(),
        (move.creation(), first),
        "It wins where no further job may run. Each record is written twice by code that people have to change; a crash between the"
        " two leaves one topic without it, and the order across the two is not the same.",
        f"Take the second publication out again, and write {move.new} only",
    )


def _apart(
    move: _Move,
    slug: str,
    title: str,
    strategy: str,
    begun: tuple[Edit, ...],
    first: tuple[Step, ...],
    argument: str,
    last_move: str,
) -> Alternative | NotOffered:
    """Phases in which writers and readers move one after the other."""
    if move.shared:
        place = move.shared[0]
        return NotOffered(
            strategy,
            f"{named(set(place.jobs))} get the name from one place ({place.path}:{place.line}), so writers and readers can't move"
            " one after the other: give each a setting of its own first.",
        )
    readers, writers = move.edits("consumers"), move.edits("producers")
    retired = (*move.edits("list"), *readers, *writers)
    read = _step(
        "Deploy the consumers", "consumers", move.consumers, readers, move.by_hand(move.impact.consumers, "reads")
    )
    hand = move.by_hand(move.impact.producers, "writes")
    told = tuple(
        f"{it.path}:{it.line}  {last_move[0].lower()}{last_move[1:]}" for it in move.places if it.owner == "producers"
    )
    written = _step("Deploy the producers", "producers", move.producers, writers, (*told[:1], *hand))
    closed = _step(f"Retire {move.old}", "schema", (), move.edits("list"), move.leftovers())
    gone = tuple(edit for edit in begun if isinstance(edit, NewFile))
    phases = (
        Phase("new topic", begun, first, _gate_filled(move)),
        *([Phase("move readers", (*begun, *readers), (read,), _gate_read(move))] if readers or read.manual else []),
        Phase("move writers", (*begun, *readers, *writers), (written,), _gate_written(move)),
        Phase("retire", retired, (_with_paths(closed, gone),)),
    )
    return _alternative(move, slug, title, strategy, phases, argument)


def _with_paths(step: Step, gone: tuple[NewFile, ...]) -> Step:
    return Step(step.title, step.kind, step.jobs, tuple(sorted({*step.paths, *(it.path for it in gone)})), step.manual)


def _cut_over(move: _Move) -> Alternative:
    edits = move.edits("producers", "consumers", "both", "list")
    manual = (*move.by_hand((*move.impact.producers, *move.impact.consumers), "is on"), *move.leftovers())
    moved = move.edits("producers", "consumers", "both")
    jobs = tuple(sorted({*move.producers, *move.consumers}))
    title = f"Stop the producers, let every consumer read {move.old} to its end, then start all on {move.new}"
    steps = (move.creation(), _step(title, "cutover", jobs, moved, manual))
    return _alternative(
        move,
        "cut-over",
        f"Stop, drain {move.old}, and start everybody on {move.new} at once",
        "ST17 coordinated cut-over",
        (Phase("cut over", edits, steps, _gate_empty(move)),),
        "It wins where a pause is allowed and all jobs are known: no record is written twice, nothing more has to run. Whoever is"
        " not known stays behind without a word, and history stays under the old name.",
    )


def _at_once(move: _Move) -> Alternative | NotOffered:
    edits = move.edits("producers", "consumers", "both", "list")
    if not edits:
        return NotOffered(NAIVE, f"No place was found here from which a job gets the name {move.old}.")
    producers = _step("Deploy the producers", "producers", move.producers, move.edits("producers", "both"), ())
    consumers = _step("Deploy the consumers", "consumers", move.consumers, move.edits("consumers"), ())
    rest = _step("Publish the settings", "schema", (), move.edits("list"), move.leftovers())
    return _alternative(
        move,
        "naive",
        f"Replace {move.old} by {move.new} everywhere, in one deploy",
        NAIVE,
        (Phase("replaced", edits, (rest, producers, consumers)),),
        f"The edit people make first. What a consumer has not read of {move.old} when it moves, nobody reads any more, and between"
        " the deploys one side is on a topic that the other has left.",
    )


def _alternative(
    move: _Move, slug: str, title: str, strategy: str, phases: tuple[Phase, ...], argument: str
) -> Alternative:
    links = (*move.impact.producers, *move.impact.consumers)
    chains = [f"{link.job} gets the name at {chain_of(link)}." for link in links if link.proof]
    text = " ".join([argument, *dict.fromkeys(chains[:_CHAINS_SHOWN])])
    digest = digest_of_text(canonical([title, [encode(phase) for phase in phases]]))
    return Alternative(f"{slug}-{digest[:6]}", title, "rules", strategy, phases, text)


def _gate_filled(move: _Move) -> Gate:
    return Gate(
        f"{move.new} gets every record that {move.old} gets: counts per partition agree over an hour, and the lag is near zero."
    )


def _gate_read(move: _Move) -> Gate:
    return Gate(
        f"Every consumer group reads {move.new} and none reads {move.old}; outputs agree with those from before for a day. Offsets"
        " don't follow a group to another topic: each starts where its last record is, or takes repeats."
    )


def _gate_written(move: _Move) -> Gate:
    return Gate(f"Nothing was written to {move.old} for a day, and its last record is on {move.new}.")


def _gate_empty(move: _Move) -> Gate:
    return Gate(f"Every consumer group has read {move.old} to its end while nobody wrote to it.")
