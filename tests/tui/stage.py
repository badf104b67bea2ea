"""A review on the stage: a proposal built by hand in the store of a real repository, and the screen as plain lines."""

from __future__ import annotations

import subprocess
from pathlib import Path

from textual.app import App

from copilot.adapters.store import FileStore
from copilot.domain.proposal import Body, Proposal
from copilot.proposals import Workspace

NOW = "2026-01-02T03:04:05Z"
SIZES = ((80, 24), (140, 40))


def workspace_with(folder: Path, *proposals: Proposal) -> Workspace:
    """Returns the workspace of a repository without files in which the proposals lie as records."""
    for arguments in (
        ("init", "--quiet", "--initial-branch=main"),
        ("config", "user.name", "Ada"),
        ("config", "user.email", "ada@example.com"),
        ("commit", "--quiet", "--allow-empty", "--message=Begin"),
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    store = FileStore(folder / ".git" / "pipeline-copilot" / "proposals", lambda: NOW)
    for proposal in proposals:
        for body in bodies_of(proposal):
            store.append(proposal.id, body)
    return Workspace.open(folder, clock=lambda: NOW)


def bodies_of(proposal: Proposal) -> tuple[Body, ...]:
    """Returns the records' bodies that make up a proposal, in the order in which the line makes them."""
    parts = (proposal.request, proposal.reading, proposal.plan, *proposal.compiled, *proposal.evidence)
    acts = (proposal.decision, *proposal.approvals, *proposal.rejections, *proposal.comments, *proposal.applied)
    return tuple(body for body in (*parts, *acts) if body is not None)


def screen_text(app: App[None]) -> str:
    """Returns what the screen shows, line by line, without colours."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
