"""Builds the example repository, history included, in a folder: how does the demo get something real to work on?

The files lie in `repository/`, one folder a commit, and `history.toml` says who made it and when. Dates and authors are fixed
and git is told to ignore the user's own settings, so every machine gets the same commit ids.
"""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from copilot.errors import SurroundingsFailed, WrongUsage

HISTORY = Path(__file__).parent / "repository"
GIT_SECONDS_MAX = 60
_GIT = ("git", "-c", "core.autocrlf=false", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=" + os.devnull)


@dataclass(frozen=True, slots=True)
class NewCommit:
    """One commit of a new repository: `files` are those that it writes, None for one that it takes away."""

    message: str
    person: str
    seconds: int
    files: Mapping[str, bytes | None]
    executable: tuple[str, ...] = ()


def build_repository(folder: Path) -> str:
    """Builds the repository in `folder`, which must be empty or absent, and returns the id of its last commit.

    Takes tenths of a second. Raises WrongUsage where the folder holds something, SurroundingsFailed where git fails.
    """
    return new_repository(folder, _commits(HISTORY))


def new_repository(folder: Path, commits: Iterable[NewCommit]) -> str:
    """Builds a repository with those commits on "main", oldest first; raises as `build_repository` does."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUsage("The example can only be built in an empty folder.", where=folder, next="Name a new folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SurroundingsFailed(f"The folder can't be made: {error.strerror}.", where=folder) from None
    _git(folder, "init", "--quiet", "--initial-branch=main", "--object-format=sha1", "--template=")
    _git(folder, "fast-import", "--quiet", "--done", input=b"".join(_stream(commits)))
    _git(folder, "read-tree", "--reset", "-u", "main")
    return _git(folder, "rev-parse", "main").decode("ascii").strip()


def _commits(history: Path) -> Iterator[NewCommit]:
    story = tomllib.loads((history / "history.toml").read_text("utf-8"))
    for step in story["steps"]:
        root = history / step["folder"]
        removed = dict.fromkeys(step.get("removed", []))
        files = {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(_files(root))}
        person = story["people"][step["author"]]
        yield NewCommit(step["message"], person, _seconds(step["at"]), {**removed, **files}, tuple(story["executable"]))


def _stream(commits: Iterable[NewCommit]) -> Iterator[bytes]:
    """Yields the history in the language of `git fast-import`."""
    for commit in commits:
        yield b"commit refs/heads/main\n"
        person = f"{commit.person} {commit.seconds} +0000\n".encode()
        yield b"author " + person + b"committer " + person + _data((commit.message + "\n").encode())
        for path, content in commit.files.items():
            if content is None:
                yield f"D {path}\n".encode()
            else:
                mode = "100755" if path in commit.executable else "100644"
                yield f"M {mode} inline {path}\n".encode() + _data(content)
    yield b"done\n"


def _files(root: Path) -> Iterator[Path]:
    for file in root.rglob("*"):
        # Whoever runs the example's tests in place leaves compiled files behind; an installer does, too.
        if file.is_file() and "__pycache__" not in file.parts:
            yield file


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content + b"\n"


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _git(folder: Path, *arguments: str, input: bytes = b"") -> bytes:
    try:
        ran = subprocess.run(
            [*_GIT, *arguments],
            cwd=folder,
            env=_environment(),
            input=input,
            capture_output=True,
            timeout=GIT_SECONDS_MAX,
            check=True,
        )
    except FileNotFoundError:
        raise SurroundingsFailed("git is not installed.", next="Install git 2.30 or newer.") from None
    except subprocess.TimeoutExpired:
        raise SurroundingsFailed(f"git {arguments[0]} took over {GIT_SECONDS_MAX} s.", where=folder) from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode("utf-8", "replace").strip()
        raise SurroundingsFailed(f"git {arguments[0]} failed: {reason}", where=folder) from None
    return ran.stdout


def _environment() -> dict[str, str]:
    """Returns the environment without anything that could point git elsewhere or change what it writes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
