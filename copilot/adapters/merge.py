"""Brings one change of a text onto another state of it, as git does, without touching any repository."""

from __future__ import annotations

import tempfile
from pathlib import Path

from copilot.adapters.git import Git, GitFailed

_CONFLICTS_MAX = 127
"""`git merge-file` ends with the number of conflicts, and says no more than this."""


def merged(before: str, after: str, present: str) -> str | None:
    """Returns `present` with what led from `before` to `after`, None where both changed the same lines."""
    if before == after or present == after:
        return present
    if before == present:
        return after
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-") as folder:
        for name, text in (("present", present), ("before", before), ("after", after)):
            Path(folder, name).write_bytes(text.encode())
        git = Git(folder)
        conflicts = range(1, _CONFLICTS_MAX + 1)
        try:
            found = git.run("merge-file", "-p", "-q", "present", "before", "after").decode()
        except GitFailed as failed:
            if failed.status in conflicts:
                return None
            raise
        return found
