"""Makes commits and branches beside whatever the person is doing: working tree, index, stash and HEAD are never touched.

Trees are built with an index file of their own in a temporary folder, and a branch only ever comes into being: `create_branch`
never moves one. What a branch was made for is read back from the trailers of its last commit.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from copilot.adapters.git import Git, GitFailed, Repository
from copilot.domain.listing import FILE_MODE
from copilot.domain.visible import visible
from copilot.errors import SurroundingsFailed, WrongUsage

BRANCH_ATTEMPTS_MAX = 100
SUBJECT_LENGTH_MAX = 72
ID_DIGITS = 12
_BRANCH_FORMAT = "%(objectname) %(refname)%0a%(contents)%00"


@dataclass(frozen=True, slots=True)
class FoundBranch:
    """A branch whose last commit carries the trailers that were asked for; `commits` are those since the base, oldest first."""

    name: str
    commits: tuple[str, ...]


def write_tree(git: Git, base: str, files: Mapping[str, bytes | None]) -> str:
    """Returns the id of the base's tree with these files changed, made or (None) removed; modes stay as they were."""
    modes = modes_of(git, base, files)
    lines: list[bytes] = []
    for path, data in sorted(files.items()):
        if data is None:
            lines.append(f"0 {'0' * len(base)}\t{path}\0".encode())
        else:
            digest = git.run("hash-object", "-w", "-t", "blob", "--stdin", "--no-filters", input=data).decode().strip()
            lines.append(f"{modes.get(path, FILE_MODE)} {digest}\t{path}\0".encode())
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-") as folder:
        env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.run("read-tree", base, env=env)
        git.run("update-index", "-z", "--index-info", input=b"".join(lines), env=env)
        return git.run("write-tree", env=env).decode().strip()


def write_commit(git: Git, tree: str, parent: str, message: str, who: str, at: str) -> str:
    """Returns the id of a new commit that no branch holds yet; `who` is "Name <mail>", `at` UTC in ISO 8601."""
    name, mail = split_identity(who)
    date = f"@{int(datetime.fromisoformat(at).timestamp())} +0000"
    env = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", name), ("EMAIL", mail), ("DATE", date))
    }
    return git.run("commit-tree", "-p", parent, "-F", "-", tree, input=message.encode(), env=env).decode().strip()


def create_branch(git: Git, wanted: str, commit: str, reason: str) -> str:
    """Makes a branch at the commit and returns its name, which is the wanted one or that with a number behind it."""
    complaint = ""
    for attempt in range(1, BRANCH_ATTEMPTS_MAX + 1):
        name = wanted if attempt == 1 else f"{wanted}-{attempt}"
        if git.run("for-each-ref", "--format=%(refname)", f"refs/heads/{name}"):
            continue
        try:
            # The old value of zeros makes git refuse where the branch came into being a moment ago.
            git.run("update-ref", "-m", reason, f"refs/heads/{name}", commit, "0" * len(commit))
            return name
        except GitFailed as failed:
            complaint = failed.complaint
            if not git.run("for-each-ref", "--format=%(refname)", f"refs/heads/{name}"):
                break
    raise SurroundingsFailed(
        f"The branch {wanted} can't be made: {complaint.strip() or 'all its names are taken'}",
        where=git.folder,
        next="See what git says; a branch named copilot stands in the way of copilot/...",
    )


def modes_of(git: Git, commit: str, paths: Iterable[str]) -> dict[str, str]:
    """Returns git's modes of those paths that the commit has."""
    wanted = sorted(paths)
    if not wanted:
        return {}
    listed = git.run("--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", *wanted)
    entries = (line.partition(b"\t") for line in listed.split(b"\0") if line)
    return {path.decode("utf-8", "backslashreplace"): meta.split()[0].decode() for meta, _, path in entries}


def changed_paths(git: Git, old: str, new: str) -> tuple[str, ...]:
    """Returns the paths in which two commits differ, sorted."""
    listed = git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", old, new)
    return tuple(sorted(path.decode("utf-8", "backslashreplace") for path in listed.split(b"\0") if path))


def commits_since(git: Git, commit: str, path: str, until_digest: str, at_most: int) -> tuple[str, ...]:
    """Returns the newest commits ("id subject") that changed the path since it had that content, newest first."""
    printed = git.run(
        "--literal-pathspecs", "log", f"-n{at_most}", "--raw", "--no-abbrev", "--no-renames", "--format=%x01%H %s", commit,
        "--", path,
    ).decode("utf-8", "replace")  # fmt: skip
    found: list[str] = []
    for block in printed.split("\x01")[1:]:
        subject, _, raw = block.partition("\n")
        if f" {until_digest} " in raw.partition("\t")[0] and raw.split()[3:4] == [until_digest]:
            break
        id, _, words = subject.partition(" ")
        found.append(f"{id[:ID_DIGITS]} {words}")
    return tuple(found)


def find_branch(repository: Repository, prefix: str, base: str, trailers: Mapping[str, str]) -> FoundBranch | None:
    """Returns the branch under the prefix whose last commit carries these trailers, and None where there is none.

    Read with git itself: GitPython obeys GIT_DIR and its kin, and knows no SHA-256 repository.
    """
    wanted = {f"{name}: {one_line(value)}" for name, value in trailers.items()}
    listed = repository.git.run("for-each-ref", f"--format={_BRANCH_FORMAT}", f"refs/heads/{prefix}*")
    for block in listed.decode("utf-8", "replace").split("\0")[:-1]:
        id, _, rest = block.lstrip("\n").partition(" ")
        refname, _, message = rest.partition("\n")
        # `message_of` puts the trailers last; they are read as they were written, whatever the configuration says of trailers.
        if wanted <= set(message.rstrip("\n").rpartition("\n\n")[2].split("\n")):
            since = repository.git.text("rev-list", "--reverse", "--topo-order", f"{base}..{id}")
            return FoundBranch(refname.removeprefix("refs/heads/"), tuple(since.split()))
    return None


def message_of(subject: str, paragraphs: Iterable[str], trailers: Iterable[tuple[str, str]]) -> str:
    """Returns a commit message: a short subject, paragraphs, and the trailers, each on one line, hidden characters as escapes."""
    line = visible(one_line(subject), keep="")
    short = line if len(line) <= SUBJECT_LENGTH_MAX else line[: SUBJECT_LENGTH_MAX - 1] + "…"
    body = [visible(paragraph) for paragraph in paragraphs if paragraph]
    signed = "\n".join(f"{name}: {visible(one_line(value), keep='')}" for name, value in trailers)
    return "\n\n".join([short, *body, signed]) + "\n"


def one_line(text: str) -> str:
    """Returns the text without line ends and control characters, which could forge a trailer."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).split())


def split_identity(who: str) -> tuple[str, str]:
    """Returns name and mail of "Name <mail>"; raises WrongUsage where it is something else."""
    matched = re.fullmatch(r"\s*([^<>\n]+?)\s*<([^<>\s]+)>\s*", who)
    if matched is None:
        raise WrongUsage(
            f'"{one_line(who)}" is not a name and a mail address.', next='Write "Name <mail@example.org>".'
        )
    return one_line(matched[1]), matched[2]
