"""Turns an approved plan into commits on a branch of its own, one for each step, the decision record in the last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.adapters.blobs import blob_digest
from copilot.adapters.commits import (
    changed_paths,
    create_branch,
    find_branch,
    message_of,
    one_line,
    write_commit,
    write_tree,
)
from copilot.adapters.git import Repository
from copilot.adapters.tree import CommitTree
from copilot.domain.alternative import Alternative, Step
from copilot.domain.approving import Standing
from copilot.domain.decision import Applied
from copilot.domain.patch import FileChange, Patch
from copilot.domain.proposal import Proposal, plan_digest
from copilot.errors import RefusedByEvidence, WaitingForApproval, WrongUsage
from copilot.proposals.people import People, waiting_for
from copilot.proposals.record_files import RecordFiles, record_files, slug_of
from copilot.reasons.words import postponed_words
from copilot.settings import Settings

FIRST_PHASE = 0


@dataclass(frozen=True, slots=True)
class _Commit:
    subject: str
    notes: tuple[str, ...]
    changes: tuple[FileChange, ...]


def apply_plan(
    repository: Repository, proposal: Proposal, settings: Settings, people: People, *, target: str, at: str
) -> Applied:
    """Makes the branch of the approved plan; `target` is the commit that the person works on, which must be the base.

    Where a run was cut off between the branch and its record, that branch is found by its trailers and taken as it is.
    """
    standing = approvals_to_apply(proposal, people)
    approval = standing.there[-1].approval
    patch = proposal.patches_of(approval.alternative)[FIRST_PHASE]
    _refuse_moved_base(proposal, target)
    refuse_other_base_text(repository, patch)
    prefix = f"copilot/{proposal.id}-"
    trailers = {"Proposal": proposal.id, "Plan": approval.plan}
    found = find_branch(repository, prefix, patch.base, trailers)
    if found:
        return Applied(approval.plan, approval.alternative, FIRST_PHASE, found.commits, found.name, at)
    tree = CommitTree(repository, patch.base)
    record = record_files(proposal, approval.alternative, settings.records_folder, at, tree.snapshot.entries)
    commits = tuple(_write(repository, proposal, standing, patch, record, at))
    _check_written(repository, patch, record, commits[-1])
    reason = f"pipeline-copilot apply {proposal.id}"
    branch = create_branch(repository.git, prefix + slug_of(proposal.request), commits[-1], reason)
    return Applied(approval.plan, approval.alternative, FIRST_PHASE, commits, branch, at)


def approvals_to_apply(proposal: Proposal, people: People) -> Standing:
    """Returns the approvals of the plan as it stands now; raises WaitingForApproval where they are not enough."""
    review = f"Look at it and approve: pipeline-copilot review {proposal.id}"
    if proposal.decision is None:
        raise WaitingForApproval(f"{proposal.id} is not decided yet, so nobody can have approved it.", next=review)
    if proposal.state == "rejected":
        raise WaitingForApproval(f"{proposal.id} was rejected.", next="Propose again, or leave hunks out.")
    if proposal.postponed is not None:
        raise WaitingForApproval(f"{proposal.id} is {postponed_words(proposal.postponed)}.", next=review)
    plans = {ruling.alternative: plan_digest(proposal, ruling.alternative) for ruling in proposal.decision.rulings}
    current = [it.alternative for it in reversed(proposal.approvals) if plans.get(it.alternative) == it.plan]
    standings = [people.standing(proposal, alternative) for alternative in dict.fromkeys(current)]
    for standing in standings:
        if not standing.missing:
            return standing
    if standings:
        raise waiting_for(proposal.id, standings[0])
    if proposal.approvals:
        raise WaitingForApproval("The plan changed after it was approved, so it waits for a new approval.", next=review)
    raise WaitingForApproval(f"Nobody has approved {proposal.id} yet.", next=review)


def commits_of(alternative: Alternative, patch: Patch) -> tuple[_Commit, ...]:
    """Returns what goes into each commit, in the order of the steps; a file that no step names goes with the last one."""
    steps = alternative.phases[patch.phase].steps
    named = {path for step in steps for path in step.paths}
    planned: list[_Commit] = []
    for step in steps:
        changes = tuple(change for change in patch.changes if change.path in step.paths)
        if changes:
            planned.append(_Commit(step.title, _notes(step), changes))
    rest = tuple(change for change in patch.changes if change.path not in named)
    if not planned:
        return (_Commit(alternative.title, (), patch.changes),)
    last = planned[-1]
    return (*planned[:-1], _Commit(last.subject, last.notes, last.changes + rest))


def _write(
    repository: Repository, proposal: Proposal, standing: Standing, patch: Patch, record: RecordFiles, at: str
) -> Iterator[str]:
    approvals = [it.approval for it in standing.there]
    who = approvals[-1].by
    alternative = proposal.alternative(standing.alternative)
    planned = commits_of(alternative, patch)
    files: dict[str, bytes | None] = {}
    parent = patch.base
    for number, commit in enumerate(planned, 1):
        files.update({change.path: _encoded(change.after) for change in commit.changes})
        if number == len(planned):
            files.update(record.files())
        notes = tuple(f"Note: {one_line(it.note)}" for it in approvals if it.note.strip())
        about = f"Step {number} of {len(planned)} of: {one_line(alternative.title)}\nDecision: {record.markdown_path}"
        approved = [("Approved-by", by) for by in dict.fromkeys(it.by for it in approvals)]
        trailers = (("Proposal", proposal.id), ("Plan", standing.plan), *approved)
        message = message_of(subject_of(commit.subject, alternative), (about, *commit.notes, *notes), trailers)
        tree = write_tree(repository.git, patch.base, files)
        parent = write_commit(repository.git, tree, parent, message, who, at)
        yield parent


def subject_of(step: str, alternative: Alternative) -> str:
    """Returns the step and what it is a step of: "Publish the schema" alone would tell a reader of the log nothing."""
    return step if step == alternative.title else f"{step}: {alternative.title}"


def _notes(step: Step) -> tuple[str, ...]:
    if not step.manual:
        return ()
    return ("By hand:\n" + "\n".join(f"- {one_line(place)}" for place in step.manual),)


def _refuse_moved_base(proposal: Proposal, target: str) -> None:
    base = proposal.request.commit
    if target != base:
        raise RefusedByEvidence(
            f"The plan was proved on commit {base[:12]}, and you are on {target[:12]}.",
            where=proposal.id,
            next=f"Propose again to prove it here, or apply it where it was proved: apply {proposal.id} --at {base[:12]}",
        )


def refuse_other_base_text(repository: Repository, patch: Patch) -> None:
    """Raises RefusedByEvidence where a file of the patch is another one in the base commit."""
    digests = {entry.path: entry.digest for entry in CommitTree(repository, patch.base).snapshot.entries}
    for change in patch.changes:
        before = "" if change.before is None else blob_digest(change.before.encode(), patch.base)
        if digests.get(change.path, "") != before:
            raise RefusedByEvidence(
                f"{change.path} is not what the plan was proved on.", where=patch.base[:12], next="Propose again."
            )


def _check_written(repository: Repository, patch: Patch, record: RecordFiles, commit: str) -> None:
    """Makes sure that the commits hold the approved files and the record, and nothing else, before a branch shows them."""
    written = set(changed_paths(repository.git, patch.base, commit))
    if written != {change.path for change in patch.changes} | set(record.files()):
        raise WrongUsage("A file of the record stands where the patch writes.", where=record.markdown_path)
    digests = {entry.path: entry.digest for entry in CommitTree(repository, commit).snapshot.entries}
    for change in patch.changes:
        after = "" if change.after is None else blob_digest(change.after.encode(), commit)
        assert digests.get(change.path, "") == after, f"{change.path} was committed with other bytes than approved"


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
