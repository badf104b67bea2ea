"""Runs git, and only git, in a way that a foreign repository can't turn against the person who looks at it.

Every call is a list of arguments (never a shell), with hooks, file monitors, transports and the system's configuration off,
and a limit on time. Bytes go in and come out. `open_repository` finds the repository of a folder in one call of git, because
`map` starts no more than it must.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.errors import SurroundingsFailed, WrongUsage

GIT_SECONDS = 120
OLDEST_GIT = (2, 31)
HARDENING = (
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "protocol.allow=never",
    "-c", "protocol.ext.allow=never",
    "-c", "core.quotepath=false",
    "-c", "gc.auto=0",
    "-c", "log.showSignature=false",
)  # fmt: skip
# What the person's environment may still tell git; GIT_DIR and its kin would lead to another repository.
_KEPT = {"GIT_CONFIG_GLOBAL", "GIT_CEILING_DIRECTORIES"}


class GitFailed(SurroundingsFailed):
    """Git ended with another status than the caller knows; `complaint` is what it said."""

    def __init__(self, args: Sequence[str], status: int, complaint: str, where: object) -> None:
        said = complaint.strip() or f"status {status}"
        super().__init__(f"git {args[0]} failed: {said}", where=where, next=_way_out(complaint))
        self.status = status
        self.complaint = complaint


_WAYS_OUT = (
    ("No space left", "Free some space and run this again; nothing was lost."),
    ("Read-only file system", "Make the repository's git directory writable; nothing was lost."),
    ("ermission denied", "Make the repository's git directory readable and writable for you; nothing was lost."),
    ("bad config", "Repair the line that git names."),
    ("index file", "The index is damaged; git fsck and git status tell more. Commits can't be lost by it."),
    ("repo version", "Install a newer git and run this again."),
    ("corrupt", "The repository is damaged; git fsck tells where."),
    ("bad object", "The repository is damaged; git fsck tells where."),
    ("unable to read", "The repository lacks objects or is damaged; git fsck tells where."),
)


def _way_out(complaint: str) -> str:
    """Returns what can be done about what git said, "" where that isn't known."""
    return next((way for words, way in _WAYS_OUT if words in complaint), "")


class Git:
    """Runs git in one folder."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def run(
        self, *args: str, input: bytes = b"", env: Mapping[str, str] | None = None, ok: Sequence[int] = (0,)
    ) -> bytes:
        """Returns what git printed; raises GitFailed for a status that isn't in `ok`."""
        try:
            done = subprocess.run(
                ["git", *HARDENING, *args],
                cwd=self.folder,
                input=input,
                capture_output=True,
                env=clean_environment(os.environ) | dict(env or {}),
                timeout=GIT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SurroundingsFailed(
                f"git {args[0]} was stopped by the limit of {GIT_SECONDS} seconds.", where=self.folder
            ) from None
        except OSError as error:
            raise self._cannot_start(error) from None
        if done.returncode not in ok:
            raise GitFailed(args, done.returncode, done.stderr.decode("utf-8", "replace"), self.folder)
        return done.stdout

    def text(self, *args: str, input: bytes = b"", ok: Sequence[int] = (0,)) -> str:
        """Returns what git printed as text without the last line end."""
        return self.run(*args, input=input, ok=ok).decode("utf-8", "replace").removesuffix("\n")

    def start(self, *args: str) -> subprocess.Popen[bytes]:
        """Starts a git that is asked and answers through pipes; the caller limits and ends it. Raises OSError."""
        return subprocess.Popen(
            ["git", *HARDENING, *args],
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environment(os.environ),
        )

    def _cannot_start(self, error: OSError) -> SurroundingsFailed | WrongUsage:
        if not self.folder.is_dir():
            return WrongUsage(f'"{self.folder}" is not a folder.', next="Name a folder inside a git repository.")
        if isinstance(error, FileNotFoundError):
            return SurroundingsFailed("git is not installed.", next="Install git 2.31 or newer and run this again.")
        return SurroundingsFailed(f"git could not be started: {error.strerror}", where=self.folder)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that was found and may be read. `top` is None in a bare one; `head` is "" before the first commit."""

    git: Git
    top: Path | None
    git_dir: Path
    common_dir: Path
    is_shallow: bool
    head: str

    @property
    def where(self) -> Path:
        return self.top or self.git_dir

    def resolve(self, rev: str) -> str:
        """Returns the full id of the commit that `rev` names; raises WrongUsage."""
        if rev == "HEAD" and self.head:
            return self.head
        if rev == "HEAD":
            raise self._without_head()
        try:
            found = self.git.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
        except GitFailed:
            shallow = " The clone is shallow: it may lie beyond its depth." if self.is_shallow else ""
            raise WrongUsage(
                f'"{rev}" names no commit of this repository.{shallow}',
                where=self.where,
                next="Name a branch, a tag or a commit; git log shows them.",
            ) from None
        return found

    def _without_head(self) -> SurroundingsFailed | WrongUsage:
        lost = self.git.text("rev-parse", "--verify", "--quiet", "HEAD", ok=(0, 1, 128))
        if lost:
            return SurroundingsFailed(
                f"HEAD names commit {lost[:12]}, which is not in this repository.",
                where=self.where,
                next="The repository is damaged; git fsck tells where. Fetch it again, or check out a whole branch.",
            )
        return WrongUsage(
            "The repository has no commits yet.",
            where=self.where,
            next="Commit the files once; until then, pipeline-copilot map --working-tree reads them.",
        )

    def identity(self) -> str:
        """Returns who the person is, as "Name <mail>"; raises WrongUsage where git doesn't know."""
        found = self.identity_or_nobody()
        if not found:
            raise WrongUsage(
                "Git doesn't know who you are, and what is approved, rejected or undone carries a name.",
                where=self.where,
                next="Set it once: git config --global user.name NAME, and user.email MAIL.",
            )
        return found

    def identity_or_nobody(self) -> str:
        """Returns who the person is, "" where git doesn't know."""
        name, mail = (
            os.environ.get(variable, "").strip() or self.git.text("config", "--get", key, ok=(0, 1)).strip()
            for variable, key in (("GIT_AUTHOR_NAME", "user.name"), ("GIT_AUTHOR_EMAIL", "user.email"))
        )
        name, mail = re.sub(r"[\x00-\x1f<>]", "", name), re.sub(r"[^!-;=?-~]", "", mail)
        return f"{name} <{mail}>" if name and mail else ""


def open_repository(path: Path | str) -> Repository:
    """Finds the repository that a folder belongs to; raises WrongUsage where there is none, SurroundingsFailed else."""
    git = Git(Path(path).absolute())
    try:
        printed = git.text(
            "rev-parse",
            "--is-bare-repository",
            "--is-inside-work-tree",
            "--is-shallow-repository",
            "--path-format=absolute",
            "--git-dir",
            "--git-common-dir",
            "--show-cdup",
        )
    except GitFailed as failed:
        raise _not_opened(git, failed) from None
    lines = printed.split("\n")
    if len(lines) < 5 or not Path(lines[3]).is_absolute():
        raise _too_old(git)
    git_dir, common_dir, up = Path(lines[3]), Path(lines[4]), lines[5] if len(lines) > 5 else ""
    top = Path(os.path.normpath(git.folder.resolve() / up)) if lines[1] == "true" else None
    here = Git(top or git_dir)
    head = here.text("rev-parse", "--verify", "--quiet", "HEAD^{commit}", ok=(0, 1, 128))
    return Repository(here, top, git_dir, common_dir, lines[2] == "true", head)


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment that git may see: no pointer to another repository, no prompt, no pager, plain English."""
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_") or name in _KEPT}
    return kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        # An empty list: no protocol at all, whatever the repository's configuration allows one by one.
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_PAGER": "cat",
        "LC_ALL": "C",
    }


_STRANGERS = re.compile(r"dubious ownership in repository at '(.+)'$", re.MULTILINE)


def _not_opened(git: Git, failed: GitFailed) -> SurroundingsFailed | WrongUsage:
    if strangers := _STRANGERS.search(failed.complaint):
        # The folder that git names is the one to be trusted, not the one inside it that was asked for.
        return SurroundingsFailed(
            "Git refuses to open this repository, because it belongs to another user.",
            where=strangers[1],
            next=f"If you trust it: git config --global --add safe.directory {shlex.quote(strangers[1])}",
        )
    if "not a git repository" in failed.complaint:
        return WrongUsage(
            f'"{git.folder}" is not inside a git repository.',
            next="Name a folder inside one, or make one: git init, git add, git commit.",
        )
    return failed


def _too_old(git: Git) -> SurroundingsFailed:
    version = git.text("version")
    needed = ".".join(map(str, OLDEST_GIT))
    return SurroundingsFailed(f"{version} is too old.", next=f"Install git {needed} or newer and run this again.")
