"""The move of jobs from one topic to another: which places go with whom, in which order, and what must be seen before the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from copilot.domain.alternative import Alternative, Edit, Gate, NewFile, NotOffered, Phase, Step, TextEdit
from copilot.domain.codec import canonical, digest_of_text, encode
from copilot.domain.pipeline import Impact, Link, PipelineMap
from copilot.strategies.rollout import path_of
from copilot.strategies.topic_places import Place, chain_of
from copilot.strategies.words import named

_CHAINS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Move:
    """The two names with their places, and the edits of each side.

    `also` are edits that go out with the writers, besides the name that they write to; `also_manual` what is left to people then.
    """

    old: str
    new: str
    impact: Impact
    pipeline: PipelineMap
    places: tuple[Place, ...]
    also: tuple[Edit, ...] = ()
    also_manual: tuple[str, ...] = ()

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


def step_of(
    title: str,
    kind: Literal["producers", "consumers", "cutover", "schema"],
    jobs: tuple[str, ...],
    edits: tuple[Edit, ...],
    manual: tuple[str, ...],
) -> Step:
    """Returns a step that carries the files of these edits."""
    return Step(title, kind, jobs, tuple(sorted({path_of(edit) for edit in edits})), manual)


def apart(
    move: Move,
    slug: str,
    title: str,
    strategy: str,
    begun: tuple[Edit, ...],
    first: tuple[Step, ...],
    argument: str,
    last_move: str,
    filled: Gate,
) -> Alternative | NotOffered:
    """Returns phases in which readers move, then writers; `begun` brings the new topic, `filled` is seen before a reader moves."""
    if move.shared:
        place = move.shared[0]
        return NotOffered(
            strategy,
            f"{named(set(place.jobs))} get the name from one place ({place.path}:{place.line}), so writers and readers can't move"
            " one after the other: give each a setting of its own first.",
        )
    readers, writers = move.edits("consumers"), (*move.edits("producers"), *move.also)
    retired = (*move.edits("list"), *readers, *writers)
    read = step_of(
        "Deploy the consumers", "consumers", move.consumers, readers, move.by_hand(move.impact.consumers, "reads")
    )
    hand = move.by_hand(move.impact.producers, "writes")
    told = tuple(
        f"{it.path}:{it.line}  {last_move[0].lower()}{last_move[1:]}" for it in move.places if it.owner == "producers"
    )
    written = step_of(
        "Deploy the producers", "producers", move.producers, writers, (*told[:1], *hand, *move.also_manual)
    )
    closed = step_of(f"Retire {move.old}", "schema", (), move.edits("list"), move.leftovers())
    gone = tuple(edit for edit in begun if isinstance(edit, NewFile))
    phases = (
        Phase("new topic", begun, first, filled),
        *([Phase("move readers", (*begun, *readers), (read,), _gate_read(move))] if readers or read.manual else []),
        Phase("move writers", (*begun, *readers, *writers), (written,), _gate_written(move)),
        Phase("retire", retired, (_with_paths(closed, gone),)),
    )
    return move_alternative(move, slug, title, strategy, phases, argument)


def _with_paths(step: Step, gone: tuple[NewFile, ...]) -> Step:
    return Step(step.title, step.kind, step.jobs, tuple(sorted({*step.paths, *(it.path for it in gone)})), step.manual)


def cut_over(move: Move) -> Alternative:
    """Returns the way in which all stop, and start on the new topic."""
    edits = (*move.edits("producers", "consumers", "both", "list"), *move.also)
    manual = (
        *move.by_hand((*move.impact.producers, *move.impact.consumers), "is on"),
        *move.also_manual,
        *move.leftovers(),
    )
    moved = (*move.edits("producers", "consumers", "both"), *move.also)
    jobs = tuple(sorted({*move.producers, *move.consumers}))
    title = f"Stop the producers, let every consumer read {move.old} to its end, then start all on {move.new}"
    steps = (move.creation(), step_of(title, "cutover", jobs, moved, manual))
    return move_alternative(
        move,
        "cut-over",
        f"Stop, drain {move.old}, and start everybody on {move.new} at once",
        "coordinated cut-over",
        (Phase("cut over", edits, steps, _gate_empty(move)),),
        "It wins where a pause is allowed and all jobs are known: no record is written twice, nothing more has to run. Whoever is"
        " not known stays behind without a word, and history stays under the old name.",
    )


def move_alternative(
    move: Move, slug: str, title: str, strategy: str, phases: tuple[Phase, ...], argument: str
) -> Alternative:
    """Returns the alternative, with the way on which each job gets the name."""
    links = (*move.impact.producers, *move.impact.consumers)
    chains = [f"{link.job} gets the name at {chain_of(link)}." for link in links if link.proof]
    text = " ".join([argument, *dict.fromkeys(chains[:_CHAINS_SHOWN])])
    digest = digest_of_text(canonical([title, [encode(phase) for phase in phases]]))
    return Alternative(f"{slug}-{digest[:6]}", title, "rules", strategy, phases, text)


def _gate_read(move: Move) -> Gate:
    return Gate(
        f"Every consumer group reads {move.new} and none reads {move.old}; outputs agree with those from before for a day. Offsets"
        " don't follow a group to another topic: each starts where its last record is, or takes repeats."
    )


def _gate_written(move: Move) -> Gate:
    return Gate(f"Nothing was written to {move.old} for a day, and its last record is on {move.new}.")


def _gate_empty(move: Move) -> Gate:
    return Gate(f"Every consumer group has read {move.old} to its end while nobody wrote to it.")
