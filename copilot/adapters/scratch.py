"""Applies a patch with the real git and takes it back, in a throw-away repository that holds nothing but the files touched.

The user's git directory is never opened for writing: the base comes from the tree, the scratch repository is made anew in a
temporary folder, and git sees neither the user's configuration nor hooks or filters.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from copilot.adapters.git import Git, GitFailed
from copilot.domain.patch import Patch
from copilot.domain.source import SourceFile
from copilot.errors import SurroundingsFailed
from copilot.ports import RoundTrip, Tree

COMPLAINT_CHARACTERS = 400
# The scratch repository must give bytes back as they are, whatever the person's own git is told to do with line ends.
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_ATTR_NOSYSTEM": "1"}
_AS_IS = ("-c", "core.autocrlf=false", "-c", "core.safecrlf=false", "-c", "core.attributesFile=/dev/null")


class GitScratch:
    """A scratch repository for each patch, on the files of `tree`."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def round_trip(self, patch: Patch) -> RoundTrip:
        """Applies and reverses a patch, and compares every byte; raises SurroundingsFailed where the disk does not do its part."""
        outside = [change.path for change in patch.changes if not is_plain(change.path)]
        if outside:
            return RoundTrip(False, False, False, f"{outside[0]} is not a path inside the repository.")
        base = self._base_of(patch)
        expected = {change.path: change.before for change in patch.changes}
        if base != expected:
            differing = next(path for path in expected if base[path] != expected[path])
            return RoundTrip(False, False, False, f"{differing} is not in the base as the patch expects it.")
        if not patch.changes:
            return RoundTrip(True, True, True, "")
        try:
            with tempfile.TemporaryDirectory(prefix="pipeline-copilot-scratch-") as folder:
                return _round_trip(Path(folder), patch)
        except OSError as error:
            raise SurroundingsFailed(
                f"The scratch repository could not be written: {error.strerror}.",
                where=error.filename or tempfile.gettempdir(),
                next="Make room in the temporary folder, or name another one in TMPDIR.",
            ) from None

    def _base_of(self, patch: Patch) -> dict[str, str | None]:
        listed = {entry.path for entry in self._tree.snapshot.entries}
        paths = [change.path for change in patch.changes]
        read = self._tree.read([path for path in paths if path in listed])
        texts = {path: file.text for path, file in read.items() if isinstance(file, SourceFile)}
        # A file that is there and can't be read never equals what a patch expects.
        return {path: texts.get(path, "\0" if path in listed else None) for path in paths}


def _round_trip(folder: Path, patch: Patch) -> RoundTrip:
    git = Git(folder)
    git.run("init", "--quiet", "--template=", env=ALONE)
    # A patch may itself hold a .gitattributes; what stands here goes before it.
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text("* -text -ident -filter -working-tree-encoding -whitespace\n")
    for change in patch.changes:
        if change.before is not None:
            file = folder / change.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(change.before.encode())
    base = {change.path: change.before for change in patch.changes if change.before is not None}
    after = {change.path: change.after for change in patch.changes if change.after is not None}
    complaint = _apply(git, patch.diff)
    if complaint:
        return RoundTrip(False, False, False, complaint)
    after_equal = _files(folder) == _encoded(after)
    complaint = _apply(git, patch.diff, "--reverse")
    reversed_equal = not complaint and _files(folder) == _encoded(base)
    return RoundTrip(True, after_equal, reversed_equal, complaint)


def _apply(git: Git, diff: str, *options: str) -> str:
    """Returns git's complaint, "" where it applied."""
    try:
        git.run(*_AS_IS, "apply", "--whitespace=nowarn", *options, "-", input=diff.encode(), env=ALONE)
    except GitFailed as failed:
        return failed.complaint.strip()[:COMPLAINT_CHARACTERS] or f"git apply ended with status {failed.status}."
    return ""


def is_plain(path: str) -> bool:
    """Tells whether a path stays inside the folder that it is joined to, and out of its `.git`."""
    return all(part.lower() not in ("", ".", "..", ".git") for part in path.split("/"))


def _files(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for root, folders, names in os.walk(folder):
        if ".git" in folders and Path(root) == folder:
            folders.remove(".git")
        for name in names:
            file = Path(root, name)
            found[file.relative_to(folder).as_posix()] = file.read_bytes()
    return found


def _encoded(texts: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in texts.items()}
