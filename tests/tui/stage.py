"""A review on the stage: a proposal built by hand in the store of a real repository, and the screen as plain lines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from textual.app import App

from copilot.adapters.store import FileStore
from copilot.domain.decision import Applied, Approval, Rejection
from copilot.domain.proposal import Body, Proposal, plan_digest
from copilot.patches.diff import make_patch
from copilot.proposals import Workspace
from tests.repositories import commit, git, init

Act = TypeVar("Act", Approval, Rejection, Applied)
NOW = "2026-01-02T03:04:05Z"
LOOKS_MAX, LOOK_SECONDS = 1500, 0.02
SIZES = ((80, 24), (140, 40))


def workspace_with(folder: Path, *proposals: Proposal, files: Mapping[str, str] | None = None) -> Workspace:
    """Returns the workspace of a repository with one commit, in which the proposals, moved onto it, lie as records."""
    init(folder)
    git(folder, "config", "user.email", "ada@example.com")
    base = commit(folder, files or {}, "Begin")
    store = FileStore(folder / ".git" / "pipeline-copilot" / "proposals", lambda: NOW)
    for proposal in proposals:
        for body in bodies_of(grounded(proposal, base)):
            store.append(proposal.id, body)
    return Workspace.open(folder, clock=lambda: NOW)


def grounded(proposal: Proposal, base: str) -> Proposal:
    """Returns the proposal about another base commit, with the patches, approvals and so on of that."""
    compiled = tuple(
        replace(one, patches=tuple(make_patch(it.alternative, it.phase, base, it.changes) for it in one.patches))
        for one in proposal.compiled
    )
    moved = replace(proposal, request=replace(proposal.request, commit=base), compiled=compiled)
    if proposal.decision is None:
        return moved

    def acts(found: tuple[Act, ...]) -> tuple[Act, ...]:
        return tuple(replace(act, plan=plan_digest(moved, act.alternative)) for act in found)

    return replace(
        moved,
        approvals=acts(proposal.approvals),
        rejections=acts(proposal.rejections),
        applied=acts(proposal.applied),
    )


def bodies_of(proposal: Proposal) -> tuple[Body, ...]:
    """Returns the records' bodies that make up a proposal, in the order in which the line makes them."""
    parts = (
        proposal.request,
        *proposal.exchanges,
        proposal.reading,
        proposal.plan,
        *proposal.compiled,
        *proposal.evidence,
    )
    acts = (
        *proposal.challenges,
        proposal.decision,
        proposal.worded,
        proposal.probed,
        *proposal.approvals,
        *proposal.rejections,
        *proposal.comments,
        *proposal.applied,
        proposal.postponed,
    )
    return tuple(body for body in (*parts, *acts) if body is not None)


async def until(app: App[None], is_so: Callable[[], bool], what: str = "it") -> None:
    """Waits until something is so. A pause of the pilot waits until the process rests, which it doesn't while one proves."""
    for _ in range(LOOKS_MAX):
        if is_so():
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(f"waited in vain for {what}:\n{screen_text(app)}")


def screen_text(app: App[None]) -> str:
    """Returns what the screen shows, line by line, without colours."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
