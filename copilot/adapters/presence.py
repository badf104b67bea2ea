"""Reads objects in a partial clone, where git itself gives up at the first one that the clone lacks.

A remote has promised the missing objects, and git ends rather than say "missing" when it may not ask there. A throw-away
repository that borrows the objects knows of no promise, nor of any other setting of the clone.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from copilot.adapters.git import Git, GitFailed
from copilot.errors import SurroundingsFailed

_PROMISE = "promisor"


def run_on_what_is_here(git: Git, *args: str, like: str, input: bytes = b"") -> bytes:
    """Returns what git prints about objects, missing ones told as such; `like` is an id of the same repository.

    Raises SurroundingsFailed where what is missing is needed to answer at all (a folder of the tree).
    """
    try:
        return git.run(*args, input=input)
    except GitFailed as failed:
        if not lacks_promised(failed):
            raise
    try:
        with tempfile.TemporaryDirectory(prefix="pipeline-copilot-") as folder:
            return _borrowing(git, Path(folder), like).run(*args, input=input)
    except GitFailed as failed:
        raise SurroundingsFailed(
            f"This partial clone lacks what is needed here: {failed.complaint.strip()}",
            where=git.folder,
            next="Fetch the missing objects (git checkout of that commit does), then run this again.",
        ) from None


def lacks_promised(failed: GitFailed) -> bool:
    """Tells whether git ended at an object that a partial clone lacks, and not at a fault."""
    return _PROMISE in failed.complaint


def _borrowing(git: Git, folder: Path, like: str) -> Git:
    objects = git.text("rev-parse", "--path-format=absolute", "--git-path", "objects")
    alone = Git(folder)
    hash_name = "sha256" if len(like) == 64 else "sha1"
    alone.run("init", "--quiet", "--bare", "--template=", f"--object-format={hash_name}")
    (folder / "objects" / "info").mkdir(exist_ok=True)
    (folder / "objects" / "info" / "alternates").write_text(f"{objects}\n", errors="surrogateescape")
    return alone
