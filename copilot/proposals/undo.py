"""Takes an applied change back: a new commit, on a new branch from the one that the person names.

The change is found by content, so merge, rebase and squash are alike: each file must still be exactly what was approved.
"""

from __future__ import annotations

from copilot.adapters.blobs import blob_digest
from copilot.adapters.commits import (
    commits_since,
    create_branch,
    find_branch,
    message_of,
    write_commit,
    write_tree,
)
from copilot.adapters.git import Repository
from copilot.adapters.tree import CommitTree
from copilot.domain.decision import Applied, Undone
from copilot.domain.patch import FileChange, Patch
from copilot.domain.proposal import Proposal
from copilot.errors import RefusedByEvidence, WrongUsage
from copilot.proposals.record_files import find_record, marked_undone
from copilot.settings import Settings

COMMITS_NAMED_MAX = 5


def undo_applied(
    repository: Repository, proposal: Proposal, settings: Settings, *, from_branch: str, by: str, at: str
) -> Undone:
    """Makes the branch that restores the files of the applied patch; raises RefusedByEvidence where they changed since."""
    applied = _applied(proposal)
    patch = proposal.patches_of(applied.alternative)[applied.phase]
    tip = repository.resolve(from_branch)
    trailers = {"Undoes": proposal.id, "Plan": applied.plan, "From": tip}
    branch = f"copilot/undo-{proposal.id}"
    found = find_branch(repository, branch, tip, trailers)
    if found:
        return Undone(applied.plan, found.commits[-1], found.name, at)
    tree = CommitTree(repository, tip)
    digests = {entry.path: entry.digest for entry in tree.snapshot.entries}
    _refuse_changed(repository, patch, digests, tip, from_branch)
    files: dict[str, bytes | None] = {change.path: _encoded(change.before) for change in patch.changes}
    record = find_record(tree, proposal.id, settings.records_folder)
    if record:
        files.update(marked_undone(record, by=by, at=at, source=tip))
    subject = f"Undo {proposal.alternative(applied.alternative).title}"
    kept = "The decision record stays and says so." if record else "No decision record was found on this branch."
    message = message_of(
        subject, (f"The files are again what they were before {proposal.id}. {kept}",), trailers.items()
    )
    commit = write_commit(repository.git, write_tree(repository.git, tip, files), tip, message, by, at)
    name = create_branch(repository.git, branch, commit, f"pipeline-copilot undo {proposal.id}")
    return Undone(applied.plan, commit, name, at)


def _applied(proposal: Proposal) -> Applied:
    if not proposal.applied:
        raise WrongUsage(f"{proposal.id} was never applied, so there is nothing to undo.")
    return proposal.applied[-1]


def _refuse_changed(repository: Repository, patch: Patch, digests: dict[str, str], tip: str, from_branch: str) -> None:
    changed = [change for change in patch.changes if digests.get(change.path, "") != _digest(change.after, tip)]
    if not changed:
        return
    if all(digests.get(change.path, "") == _digest(change.before, tip) for change in patch.changes):
        raise RefusedByEvidence(
            f"{from_branch} doesn't hold this change: its files are what they were before.",
            next="Name the branch that it was merged into.",
        )
    lines = [_described(repository, change, tip) for change in changed]
    raise RefusedByEvidence(
        "Later commits touched the same files, so taking the change back would lose their work:\n" + "\n".join(lines),
        where=from_branch,
        next="Undo those commits first, or propose the opposite change.",
    )


def _described(repository: Repository, change: FileChange, tip: str) -> str:
    after = _digest(change.after, tip) or "0" * len(tip)
    commits = commits_since(repository.git, tip, change.path, after, COMMITS_NAMED_MAX)
    return f"  {change.path}: {'; '.join(commits) or 'never had the approved content here'}"


def _digest(text: str | None, like: str) -> str:
    return "" if text is None else blob_digest(text.encode(), like)


def _encoded(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
