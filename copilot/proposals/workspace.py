"""A repository as every face sees it: its map, its proposals, and what can be done with them.

Each act takes the proposal's lock, reads the proposal anew from its file, and appends what came of it. The rules of each act
stand in the module of its name; here is only who calls whom.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from copilot import VERSION
from copilot.adapters.git import Repository, open_repository
from copilot.adapters.settings_file import settings_of
from copilot.adapters.store import FileStore, ShownStore
from copilot.adapters.tree import CommitTree, WorkingTree
from copilot.domain.audit import AuditFinding
from copilot.domain.decision import Applied, Approval, Comment, Postponed, Rejection, Undone
from copilot.domain.impacted import ImpactList
from copilot.domain.model import Exchange
from copilot.domain.operation import ChangeRequest, Limits, Operation
from copilot.domain.patch import HunkEdit
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal, Record, fold, proposal_id
from copilot.domain.source import WORKING_TREE, Gap, SourceFile
from copilot.errors import Ambiguous, CopilotError, ProposalCorrupt, SurroundingsFailed, WrongUsage
from copilot.plugins import Kit, build_kit
from copilot.ports import Index, Tree
from copilot.proposals.asking import (
    Understood,
    allowed_commands,
    is_missed,
    understood,
    understood_after,
    understood_by_model,
)
from copilot.proposals.reading import Place, open_place, read_map
from copilot.proposals.stored import damaged, readable, stored
from copilot.proposals.talks import LETTER, keep_talk, said_about
from copilot.proposals.verification import Seen, Verification
from copilot.settings import DEFAULT_RECORDS_FOLDER

if TYPE_CHECKING:
    from copilot.domain.approving import Standing
    from copilot.domain.prompt import Prompt, PromptOffer
    from copilot.flow import Begun
    from copilot.ports import ModelKit
    from copilot.proposals.gates import Ways
    from copilot.proposals.mutation import MutantSeen
    from copilot.proposals.past import Past
    from copilot.proposals.people import People
    from copilot.proposals.precedents import Precedent
    from copilot.proposals.sent_first import Sent
    from copilot.proposals.travel import Taken

    Begins = Callable[[Begun], object]
    ModelOf = Callable[[Tree], ModelKit | None]

FOLDER = "pipeline-copilot"
FOLLOWS_MAX = 100


def utc_now() -> str:
    """Returns the time, UTC, ISO 8601, in whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Workspace:
    """One repository at one commit (or its working tree), and its proposals."""

    def __init__(
        self,
        repository: Repository,
        commit: str,
        index: Index,
        clock: Callable[[], str],
        *,
        is_only_shown: bool = False,
        model: ModelOf | None = None,
    ) -> None:
        self._model = model
        self._repository = repository
        self._at = commit
        self._index = index
        self._clock = clock
        self.is_only_shown = is_only_shown
        kind, own = ShownStore if is_only_shown else FileStore, repository.common_dir / FOLDER
        self._store = kind(own / "proposals", clock)
        self._talks = kind(own / "talks", clock, LETTER)
        self._kits: dict[str, Kit] = {}

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        at: str = "HEAD",
        working_tree: bool = False,
        clock: Callable[[], str] = utc_now,
        is_only_shown: bool = False,
        model: ModelOf | None = None,
    ) -> Workspace:
        """Opens the repository around a folder; raises WrongUsage or SurroundingsFailed, saying why it can't.

        A branch without commits, as a new one begun with nothing, is an obstacle only to what needs a commit. A workspace that is
        only shown refuses whatever would ask, decide or apply. `model` gives the model that may be asked, None where none is on.
        """
        place = open_place(path, at=at, working_tree=working_tree, needs_commit=False)
        return cls(place.repository, place.commit, place.index, clock, is_only_shown=is_only_shown, model=model)

    def caught_up(self) -> Workspace:
        """Returns the workspace of the commit that HEAD names now: itself where it reads that one, or was told another to read."""
        repository = open_repository(self.folder)
        if self._at != self._repository.head or repository.head == self._at:
            return self
        return Workspace(
            repository,
            repository.head,
            self._index,
            self._clock,
            is_only_shown=self.is_only_shown,
            model=self._model,
        )

    @property
    def folder(self) -> Path:
        """The repository's top folder, or its git directory where it is bare."""
        return self._repository.where

    @property
    def person(self) -> str:
        """Who sits here, as "Name <mail>"; raises WrongUsage where git doesn't know."""
        return self._repository.identity()

    @property
    def commit(self) -> str:
        """The commit that is read, in full, `WORKING_TREE`, or "" before the first one."""
        return self._at

    @property
    def branch(self) -> str:
        """The branch that is checked out, "" where it is not the one that is read."""
        if self._at != self._repository.head:
            return ""
        return self._repository.git.text("symbolic-ref", "--short", "--quiet", "HEAD", ok=(0, 1))

    def source(self, path: str) -> SourceFile | Gap:
        """Returns a file as it was read, or why it can't be."""
        return self._tree.read([path])[path]

    def ignored(self) -> tuple[Gap, ...]:
        """Returns what `copilot.toml` says that a repository has no say in, such as which model is asked."""
        return self._kit(self._commit()).settings.ignored

    def map(self) -> PipelineMap:
        """Reads the pipeline."""
        return read_map(self._place())

    def audit(self) -> tuple[PipelineMap, tuple[AuditFinding, ...]]:
        """Reads the pipeline, and returns it with what a careful reader finds in it, the worst first."""
        from copilot.proposals.auditing import audit_place

        return audit_place(self._place())

    @cached_property
    def _tree(self) -> Tree:
        is_live = self._at == WORKING_TREE
        return WorkingTree(self._repository) if is_live else CommitTree(self._repository, self._at, self._index)

    def _place(self) -> Place:
        return Place(self._repository, self._at or self._repository.resolve("HEAD"), self._index)

    def propose(
        self,
        text: str = "",
        operations: Sequence[Operation | str] = (),
        *,
        run_commands: bool = False,
        commands: Sequence[str] = (),
        follows: str = "",
        is_anew: bool = False,
        limits: Limits | None = None,
        is_stopped: Callable[[], bool] = bool,
        asks: Callable[[str], object] = lambda model: None,
    ) -> str:
        """Writes the request down and returns the proposal's id; an open one for the same request is taken up again.

        Not so where the map or the tools have changed since it was read: what was proved then is not what would be proved now.
        An operation may be given as JSON text. `commands` replace those of copilot.toml. Words that no sentence fits go to the
        model, where one is on: `asks` is told its name before, and `is_stopped` ends the waiting.

        `follows` is a proposal that the words steer ("why not the alias?", "also keep the old topic for 30 days"): what it asked is
        asked again, with what they add or change. See `changed_since`. Where `is_anew`, all its words are understood again, and the
        words with them: what it was understood as was wrong.
        """
        commit = self._commit()
        kit = self._kit(commit)
        old = self.load(follows) if follows else None
        if old is not None and is_anew:
            text, old = self._words(old, text), None
        asked = self._understood(text, operations, kit, old, is_stopped, asks)
        request = ChangeRequest(
            self._words(old, text),
            asked.operations,
            commit,
            self._repository.identity_or_nobody(),
            follows,
            limits or Limits(),
            allowed_commands(kit.settings, commands) if run_commands else (),
            asked.wishes,
        )
        id = self._begin(request, kit)
        if asked.exchanges:
            with self._store.lock(id):
                known = self.load(id).exchanges
                for exchange in asked.exchanges:
                    if exchange not in known:
                        self._store.append(id, exchange)
        return id

    def sent_first(self, text: str, operations: Sequence[Operation | str] = (), *, follows: str = "") -> Sent | None:
        """Returns what a model would be told first for a request, None where none is on; sends and writes nothing."""
        kit = self._kit(self._commit())
        if kit.model is None:
            return None
        from copilot.proposals.sent_first import sent_first

        return sent_first(text, operations, self.load(follows) if follows else None, kit)

    def _words(self, old: Proposal | None, text: str) -> str:
        if old is None:
            return text.strip()
        from copilot.planners.steering import all_words

        return all_words(old.request, text)

    def _understood(
        self,
        text: str,
        operations: Sequence[Operation | str],
        kit: Kit,
        old: Proposal | None,
        is_stopped: Callable[[], bool],
        asks: Callable[[str], object],
    ) -> Understood:
        try:
            if old is not None:
                return understood_after(old, text, operations, kit.base_map())
            return understood(text, operations, kit.base_map())
        except WrongUsage as error:
            if kit.model is None or not text.strip() or not is_missed(error):
                raise
            asks(kit.model.model.name)
            earlier = said_about(text, kit.tree.commit, (self._store, self._talks))
            told: list[Exchange] = []
            try:
                return understood_by_model(
                    text, operations, kit, error, old=old, earlier=earlier, is_stopped=is_stopped, tell=told.append
                )
            except WrongUsage as outcome:
                if told:
                    request = ChangeRequest(text.strip(), (), kit.tree.commit, self._repository.identity_or_nobody())
                    outcome.add_next(keep_talk(self._talks, request, told))
                raise

    def talks(self) -> tuple[Proposal, ...]:
        """Returns what was said to a model about words that led to a question or to nothing, oldest first: requests without
        operations, with their exchanges."""
        return stored(self._talks)

    def damaged_talks(self) -> tuple[SurroundingsFailed, ...]:
        """Returns why others of them can't be read."""
        return damaged(self._talks)

    def talk(self, id: str) -> Proposal:
        """Returns one of them; raises WrongUsage for an unknown id."""
        return fold(id, self._talks.records(id))

    def advance(self, id: str, stop: threading.Event | None = None, begins: Begins | None = None) -> Iterator[Record]:
        """Runs the line from where it stands to its decision, or until `stop` is set, yielding each record when it is on disk.

        `begins` is told what the line turns to, as it does, from another thread.
        """
        from copilot.flow import run

        with self._store.lock(id):
            proposal = self.load(id)
            if proposal.decision is None:
                kit = replace(self._kit_of(proposal), earlier=self._followed(proposal))
                yield from run(proposal, kit, self._store, stop, begins)

    def changed_since(self, id: str) -> tuple[str, ...]:
        """Returns what a decided follow-up answers, and what it changed in the decision that it follows, one sentence each."""
        from copilot.reasons.followed import followed_lines

        proposal = self.load(id)
        old = self._followed(proposal)
        is_steered = old is not None and proposal.request.text != old.request.text and proposal.continued is None
        if old is None or not is_steered or old.decision is None or proposal.decision is None:
            return ()
        return followed_lines(old, proposal)

    def _followed(self, proposal: Proposal) -> Proposal | None:
        """Returns the proposal that this one follows, None where there is none that can be read."""
        id = proposal.request.follows
        records = readable(self._store, id) if id else ()
        return fold(id, records) if isinstance(records, tuple) and records else None

    def word(self, id: str, stop: threading.Event | None = None) -> Iterator[Record]:
        """Lets the model that is on word the decision, yielding what was said; raises WrongUsage where none is on."""
        from copilot.proposals.saying import word_decision

        with self._store.lock(id):
            proposal = self.load(id)
            kit = self._kit_of(proposal)
            yield from word_decision(proposal, kit, self._store, stop.is_set if stop else bool)

    def probe(self, id: str, stop: threading.Event | None = None) -> Iterator[Record]:
        """Asks the model that is on whether its reasons follow the evidence, as `word` asks it for words."""
        from copilot.proposals.saying import probe_decision

        with self._store.lock(id):
            proposal = self.load(id)
            kit = self._kit_of(proposal)
            yield from probe_decision(proposal, kit, self._store, stop.is_set if stop else bool)

    def load(self, id: str) -> Proposal:
        """Returns the proposal as its file tells it."""
        return fold(id, self._store.records(id))

    def files(
        self, id: str, paths: Iterable[str], clones: Mapping[str, str] | None = None
    ) -> dict[str, SourceFile | Gap]:
        """Returns files as they are at the commit that a proposal is about, each of them or why it can't be read.

        `clones` are those that were read for it, with the commit of each: a path of theirs is written NAME:PLACE.
        """
        from copilot.adapters.clones import read_in_clones

        clones = clones or {}
        tree = CommitTree(self._repository, self._base(self.load(id)), self._index)
        abroad = [path for path in paths if path.partition(":")[0] in clones]
        here = tree.read([path for path in paths if path not in abroad])
        if not abroad:
            return here
        return here | read_in_clones(self._repository, settings_of(tree).clones, clones, abroad)

    def records(self, id: str) -> tuple[Record, ...]:
        """Returns the proposal's records, oldest first."""
        return self._store.records(id)

    def find(self, prefix: str = "") -> str:
        """Returns the id that begins so; without a prefix that of the proposal asked for last, be it one that was there already.

        Raises WrongUsage, Ambiguous, or SurroundingsFailed where nothing but damaged proposals lies here.
        """
        if not prefix:
            proposals = self.list()
            if not proposals:
                # One that can't be read is there all the same: whoever asks for the newest has to hear of it.
                for error in self.damaged():
                    raise error
                raise WrongUsage("There are no proposals here yet.", next='Make one: pipeline-copilot propose "..."')
            asked = self._store.remembered()
            return asked if any(it.id == asked for it in proposals) else proposals[-1].id
        found = tuple(
            id for id in self._store.ids() if id.startswith(prefix) or id.removeprefix("p-").startswith(prefix)
        )
        if len(found) > 1 and prefix not in found:
            raise Ambiguous(f'"{prefix}" begins several ids.', found, next=f"Use one of {', '.join(found)}.")
        return prefix if prefix in found or not found else found[0]

    def list(self) -> tuple[Proposal, ...]:
        """Returns the proposals that can be read, oldest first; `damaged` tells of the others."""
        return stored(self._store)

    def newest(self) -> tuple[Proposal, ...]:
        """Returns the same, newest first, and before them those that were put off until a day that has come."""
        found = self.list()[::-1]
        return (*filter(self.is_due, found), *(it for it in found if not self.is_due(it)))

    def is_due(self, proposal: Proposal) -> bool:
        """Tells whether the day has come that a proposal was put off to."""
        return (
            proposal.state == "postponed"
            and proposal.postponed is not None
            and proposal.postponed.is_due(self._clock())
        )

    def decisions(self) -> tuple[Past, ...]:
        """Returns what was decided here, newest first: in this clone, and in the records that the present commit holds."""
        from copilot.proposals.recall import decisions

        return decisions(self._store, *self._present())

    def precedents(self, proposal: Proposal) -> tuple[Precedent, ...]:
        """Returns the past decisions that said no to what a proposal asks again."""
        from copilot.proposals.recall import precedents_of

        return precedents_of(proposal, self._store, *self._present())

    def _present(self) -> tuple[CommitTree | None, str]:
        """Returns the commit that the person works on, None where there is none, and its folder of decision records."""
        try:
            tree = CommitTree(self._repository, self._repository.resolve("HEAD"), self._index)
        except WrongUsage:
            return None, DEFAULT_RECORDS_FOLDER
        try:
            return tree, settings_of(tree).records_folder
        except WrongUsage:
            return tree, DEFAULT_RECORDS_FOLDER

    def damaged(self) -> tuple[SurroundingsFailed, ...]:
        """Returns why proposals that lie here can't be read; a file that was begun and holds nothing yet is none."""
        return damaged(self._store)

    def revise(
        self,
        id: str,
        alternative: str,
        left_out: Sequence[str] | frozenset[str],
        stop: threading.Event | None = None,
        edited: Sequence[HunkEdit] = (),
        begins: Begins | None = None,
    ) -> Iterator[Record]:
        """Makes an alternative of another one without those hunks and lines, and with hunks written anew; proves and decides anew.

        The same changes lead to the alternative that is there already; then no record comes. Ids are those of `Revised`.
        """
        from copilot.flow import run
        from copilot.proposals.revise import revision_of

        with self._store.lock(id):
            proposal = self.load(id)
            revision = revision_of(proposal, alternative, frozenset(left_out), tuple(edited))
            if revision.alternative.id not in {one.id for one in proposal.alternatives}:
                yield self._store.append(id, revision)
                yield from run(self.load(id), self._kit_of(proposal), self._store, stop, begins)

    def approve(
        self,
        id: str,
        *,
        by: str = "",
        note: str = "",
        alternative: str | None = None,
        plan: str = "",
        confirmation: str = "",
    ) -> Approval:
        """Writes a person's yes down, signed where the base commit wants several; see `proposals.approve` for what is refused."""
        from copilot.proposals.approve import approval_of

        with self._store.lock(id):
            proposal = self.load(id)
            approval = approval_of(
                proposal,
                by=by or self.person,
                at=self._clock(),
                note=note,
                alternative=alternative or "",
                plan=plan,
                confirmation=confirmation,
            )
            approval = self._people(proposal).signed(proposal, approval)
            self._store.append(id, approval)
            return approval

    def standing(self, id: str, alternative: str) -> Standing:
        """Returns who has approved that alternative, and how many people must; raises RefusedByEvidence where nobody can tell."""
        proposal = self.load(id)
        return self._people(proposal).standing(proposal, alternative)

    def _people(self, proposal: Proposal) -> People:
        from copilot.proposals.people import People

        base = self._tree_of(proposal)
        return People(self._repository, base, settings_of(base))

    def reject(self, id: str, *, by: str = "", note: str = "", alternative: str | None = None) -> Rejection:
        """Writes a person's no down; it also ends an approval that was given before."""
        from copilot.proposals.approve import rejection_of

        with self._store.lock(id):
            rejection = rejection_of(
                self.load(id), by=by or self.person, at=self._clock(), note=note, alternative=alternative or ""
            )
            self._store.append(id, rejection)
            return rejection

    def comment(self, id: str, alternative: str, phase: int, hunk: str, text: str, *, by: str = "") -> Comment:
        """Writes a person's words about a hunk down; see `proposals.comment` for what is refused."""
        from copilot.proposals.comment import comment_of

        with self._store.lock(id):
            by = by or self.person
            comment = comment_of(self.load(id), alternative, phase, hunk, text=text, by=by, at=self._clock())
            self._store.append(id, comment)
            return comment

    def export(self, id: str) -> bytes:
        """Returns the file in which a proposal travels: its chained records, and whose they are."""
        from copilot.proposals.travel import exported

        return exported(id, self._store.written(id))

    def take_in(self, data: bytes, where: str) -> Taken:
        """Takes a proposal in from such a file, or what it adds to the one that is here; see `proposals.travel`."""
        from copilot.proposals.travel import arrived, take_in

        found = arrived(data, where)
        proposal = fold(found.id, found.records)
        try:
            self._repository.resolve(proposal.request.commit)
        except WrongUsage:
            raise SurroundingsFailed(
                f"{found.id} is about commit {proposal.request.commit[:12]}, which is not in this repository.",
                where=self.folder,
                next="Fetch the branch that it was proposed on, then take the file in again.",
            ) from None
        with self._store.lock(found.id):
            taken = take_in(found, self._store, self._repository, self._people(proposal))
        self._asked(found.id)
        return taken

    def postpone(self, id: str, remind: str, *, by: str = "", note: str = "") -> Postponed:
        """Writes a person's "not now" down; `remind` is a day, a time, or what has to come true, in words."""
        from copilot.proposals.approve import postponement_of

        with self._store.lock(id):
            by = by or self.person
            postponed = postponement_of(self.load(id), remind, by=by, at=self._clock(), note=note)
            self._store.append(id, postponed)
            return postponed

    def apply(self, id: str) -> Applied:
        """Makes the branch of the approved plan; where that was done already, tells what was made then."""
        from copilot.proposals.apply import apply_plan

        with self._store.lock(id):
            proposal = self.load(id)
            if proposal.undone:
                raise WrongUsage(
                    f"{id} was applied and taken back.", next="The same words asked again are a new proposal."
                )
            if proposal.applied:
                return proposal.applied[-1]
            settings, people = settings_of(self._tree_of(proposal)), self._people(proposal)
            applied = apply_plan(self._repository, proposal, settings, people, target=self._commit(), at=self._clock())
            self._store.append(id, applied)
            return applied

    def next(self, id: str, ways: Ways, *, run_commands: bool = False, commands: Sequence[str] = ()) -> str:
        """Opens the proposal of the phases that are left after a landed one, on the present base, and returns its id.

        The gate must be shown to hold (`proposals.gates`), else RefusedByEvidence; one that is open on this base is taken up again.
        """
        from copilot.proposals.follow import beginning_of, landed, last_landed
        from copilot.proposals.next_phase import continued, taken_up
        from copilot.proposals.still_open import is_open

        everyone = self.list()
        proposal = last_landed(self.load(id), self.load, everyone)
        applied = landed(proposal)
        commit = self._commit()
        kit = self._kit(commit)
        request = replace(
            proposal.request,
            commit=commit,
            asked_by=self._repository.identity_or_nobody(),
            follows=proposal.id,
            commands=allowed_commands(kit.settings, commands) if run_commands else (),
        )
        followers = [it for it in everyone if it.continued and it.continued.of == proposal.id]
        known = next((it for it in followers if it.request.commit == commit and is_open(it, kit)), None)
        if known is not None:
            return self._asked(taken_up(known, request, ways))
        old_map = self._kit_of(beginning_of(proposal, self.load)).base_map
        body = continued(proposal, applied, request, kit, old_map, ways, by=self.person, at=self._clock())
        follower = self._begin(request, kit)
        with self._store.lock(follower):
            if self.load(follower).continued is None:
                self._store.append(follower, body)
        return follower

    def has_branch(self, name: str) -> bool:
        """Tells whether a branch of that name is there now."""
        return bool(self._repository.git.run("for-each-ref", "--format=%(refname)", f"refs/heads/{name}"))

    def undo(self, id: str, *, from_branch: str) -> Undone:
        """Makes the branch that takes an applied change back."""
        from copilot.proposals.undo import undo_applied

        with self._store.lock(id):
            proposal = self.load(id)
            undone = undo_applied(
                self._repository,
                proposal,
                settings_of(self._tree_of(proposal)),
                from_branch=from_branch,
                by=self.person,
                at=self._clock(),
            )
            if not any(undone.commit == known.commit for known in proposal.undone):
                self._store.append(id, undone)
            return undone

    def verify(self, id: str, begins: Begins | None = None) -> Verification:
        """Sees the evidence of a decided proposal again; changes nothing. `begins` is told of each check before it runs."""
        from copilot.proposals.verify import lost_base, verify

        proposal = self.load(id)
        try:
            commit = self._base(proposal)
        except SurroundingsFailed as error:
            return lost_base(proposal, error)
        return verify(proposal, self._kit(commit), *([begins] if begins else []))

    def see_again(self, id: str, evidence: str) -> Seen:
        """Sees one evidence again by its recipe; changes nothing."""
        from copilot.proposals.verify import see_again

        proposal = self.load(id)
        return see_again(proposal, self._kit_of(proposal), evidence)

    def mutate(self, id: str, is_over: Callable[[], bool] = bool) -> Iterator[MutantSeen]:
        """Breaks the chosen patch on purpose until it `is_over`, and yields what the battery says; changes nothing."""
        from copilot.proposals.mutate import mutate

        proposal = self.load(id)
        return mutate(proposal, self._kit_of(proposal), is_over)

    def contract_test(self, id: str) -> str:
        """Returns a test of recorded bytes for the chosen alternative, proved to fail on its base; changes nothing."""
        from copilot.proposals.contract_test import contract_test

        proposal = self.load(id)
        return contract_test(proposal, self._kit_of(proposal))

    def _begin(self, request: ChangeRequest, kit: Kit) -> str:
        from copilot.proposals.still_open import is_open

        for _ in range(FOLLOWS_MAX):
            id = proposal_id(request, VERSION)
            with self._store.lock(id):
                if id not in self._store.ids() or isinstance(known := readable(self._store, id), WrongUsage):
                    self._store.append(id, request)
                    return self._asked(id)
                if isinstance(known, SurroundingsFailed) and not isinstance(known, ProposalCorrupt):
                    raise known
                if not isinstance(known, ProposalCorrupt) and is_open(fold(id, known), kit):
                    return self._asked(id)
            # A closed, outdated or damaged proposal stays as it is: the same words asked again are a new one that follows it.
            request = replace(request, follows=id)
        raise WrongUsage("This was proposed and closed too often.", next="Commit something, or ask for something else.")

    def _asked(self, id: str) -> str:
        self._store.remember(id)
        return id

    def prompts(self) -> tuple[PromptOffer, ...]:
        """Returns the files that say how models are asked, by id: the person's own, the repository's, and the built-in."""
        from copilot.proposals.prompting import prompts_of

        return prompts_of(self._tree)

    def accept_prompt(self, digest: str) -> PromptOffer:
        """Writes down that the repository's prompt whose digest begins so may be used here; raises WrongUsage where none does."""
        from copilot.proposals.prompting import accept_prompt

        return accept_prompt(self._tree, digest, f"{self._clock()} {self.folder}")

    def forget_prompt(self, digest: str) -> None:
        """Takes an acceptance back; raises WrongUsage where nothing that was accepted begins so."""
        from copilot.proposals.prompting import forget_prompt

        forget_prompt(digest)

    def own_prompt(self, id: str) -> Path:
        """Returns the person's own file of a prompt, made from the one that is used where there is none yet."""
        from copilot.proposals.prompting import own_prompt

        return own_prompt(self._tree, id)

    def own_draft(self, id: str) -> str:
        """Returns the prompt that is used as a text for the person to edit, as the next version."""
        from copilot.proposals.prompting import own_draft

        return own_draft(self._tree, id)

    def keep_own_prompt(self, id: str, text: str) -> Prompt:
        """Writes the person's own prompt and returns it; raises WrongUsage, and writes nothing, where the text is none."""
        from copilot.proposals.prompting import keep_own_prompt

        return keep_own_prompt(id, text)

    @cached_property
    def model_name(self) -> str:
        """The model that may be asked, "" where none is on."""
        try:
            on = self._model(self._tree) if self._model is not None else None
        except CopilotError:
            return ""
        return on.model.name if on else ""

    def impact(self, text: str) -> ImpactList:
        """Returns what a change will touch, before anything is proposed; raises WrongUsage for what is not understood."""
        from copilot.proposals.impact import read_impact

        return read_impact(self._place(), text, ())

    def clarify(self, text: str, error: Ambiguous, candidate: str) -> str:
        """Returns an ambiguous request said so that it means that candidate, "" where no such sentence is understood."""
        from copilot.proposals.asking import clarified_request

        kit = self._kit(self._commit())
        found = clarified_request(text, error, candidate, kit.base_map())
        # Free words go to the model again, with what was chosen.
        return found or (f"{text} ({candidate})" if kit.model is not None else "")

    def instead_of(self, text: str, error: WrongUsage) -> tuple[str, ...]:
        """Returns what could be asked instead of what was not understood, each a sentence that is."""
        from copilot.proposals.asking import instead_of

        return instead_of(text, error, self._kit(self._commit()).base_map())

    def _commit(self) -> str:
        if self._at == WORKING_TREE:
            raise WrongUsage(
                "Proposals are made and applied on commits, not on uncommitted files.",
                where=self.folder,
                next="Leave --working-tree out; commit first what the proposal should see.",
            )
        return self._at or self._repository.resolve("HEAD")

    def _base(self, proposal: Proposal) -> str:
        try:
            return self._repository.resolve(proposal.request.commit)
        except WrongUsage:
            raise SurroundingsFailed(
                f"Commit {proposal.request.commit[:12]}, which {proposal.id} is about, is not in this repository any more.",
                where=self.folder,
                next="Fetch it back, or propose again on a commit that is there.",
            ) from None

    def _tree_of(self, proposal: Proposal) -> CommitTree:
        """Returns the files of the commit that a proposal is about as git has them: who may approve does not hang on an index."""
        return CommitTree(self._repository, self._base(proposal))

    def _kit_of(self, proposal: Proposal) -> Kit:
        """Returns what reads and proves at the commit that a proposal is about."""
        return self._kit(self._base(proposal))

    def _kit(self, commit: str) -> Kit:
        if commit not in self._kits:
            tree = CommitTree(self._repository, commit, self._index)
            model = self._model(tree) if self._model is not None else None
            self._kits[commit] = replace(build_kit(self._repository, tree, settings_of(tree), self._index), model=model)
        return self._kits[commit]
