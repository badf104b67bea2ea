"""A person's words about a hunk. They change no plan, and stand in the decision record that is committed with the change."""

from __future__ import annotations

from copilot.domain.decision import Comment
from copilot.domain.patch import Hunk
from copilot.domain.proposal import Proposal
from copilot.domain.source import Span
from copilot.errors import WrongUsage
from copilot.patches.hunks import hunks_of

COMMENT_CHARACTERS_MAX = 4_000


def comment_of(proposal: Proposal, alternative: str, phase: int, hunk: str, *, text: str, by: str, at: str) -> Comment:
    """Returns the comment on a hunk of the patch of that phase, counted from 0; raises WrongUsage where it can't be kept."""
    if proposal.applied:
        raise WrongUsage(
            f"{proposal.id} is applied, and its decision record with it.",
            next="Say it where the branch is reviewed, or propose what is still missing.",
        )
    words = text.strip()
    if not words:
        raise WrongUsage("The comment is empty.", next="Write what whoever decides should know.")
    if len(words) > COMMENT_CHARACTERS_MAX:
        raise WrongUsage(
            f"The comment has {len(words)} characters; at most {COMMENT_CHARACTERS_MAX} are kept.",
            next="Say it shorter.",
        )
    found = _hunk(proposal, alternative, phase, hunk)
    where = Span(found.path, found.first_line, found.first_line)
    return Comment(alternative, phase, hunk, where, words, by, at)


def comments_on(proposal: Proposal, hunk: Hunk) -> tuple[Comment, ...]:
    """Returns the comments on that hunk and on the same lines of other phases and alternatives, oldest first."""
    return tuple(comment for comment in proposal.comments if _is_about(proposal, comment, hunk))


def _is_about(proposal: Proposal, comment: Comment, hunk: Hunk) -> bool:
    if comment.where.path != hunk.path:
        return False
    own = _hunk(proposal, comment.alternative, comment.phase, comment.hunk)
    return own.lines == hunk.lines


def _hunk(proposal: Proposal, alternative: str, phase: int, id: str) -> Hunk:
    hunks = {
        hunk.id: hunk for patch in proposal.patches_of(alternative) if patch.phase == phase for hunk in hunks_of(patch)
    }
    if id not in hunks:
        known = (
            f"Use one of {', '.join(sorted(hunks))}."
            if hunks
            else "Name an alternative and a phase that change something."
        )
        raise WrongUsage(f'Phase {phase + 1} of "{alternative}" has no hunk "{id}".', next=known)
    return hunks[id]
