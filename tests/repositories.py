"""Real git repositories in temporary folders, for the tests of everything that touches git."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

GIT_SECONDS_MAX = 30
_LASTING: list[tempfile.TemporaryDirectory[str]] = []
_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


def lasting_folder() -> Path:
    """Returns a folder for what several tests share; it goes when the run ends."""
    _LASTING.append(tempfile.TemporaryDirectory(prefix="copilot-tests-", ignore_cleanup_errors=True))
    return Path(_LASTING[-1].name)


def git(folder: Path, *args: str, at: int = 1_700_000_000) -> str:
    """Runs git as Ada; `at` is the time of a commit."""
    env = dict(os.environ) | _ENVIRONMENT | {"GIT_AUTHOR_DATE": f"@{at} +0000", "GIT_COMMITTER_DATE": f"@{at} +0000"}
    done = subprocess.run(
        ["git", *args], cwd=folder, env=env, capture_output=True, timeout=GIT_SECONDS_MAX, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "replace").strip()


def init(folder: Path, *args: str) -> Path:
    """Makes an empty repository in which Ada works."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main", *args)
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    return folder


def write(folder: Path, files: Mapping[str, str | bytes | None]) -> None:
    """Writes (or, for None, removes) files."""
    for path, content in files.items():
        file = folder / path
        if content is None:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(
    folder: Path, files: Mapping[str, str | bytes | None], message: str = "change", at: int = 1_700_000_000
) -> str:
    """Commits files and returns the commit's id."""
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, at=at)
    return git(folder, "rev-parse", "HEAD")


def fingerprint(folder: Path) -> dict[str, bytes]:
    """Returns the bytes of all that a person's work consists of: files, index, HEAD, stash, current branches, config, hooks."""
    git_dir = Path(git(folder, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    private = Path(git(folder, "rev-parse", "--path-format=absolute", "--git-dir"))
    kept = [
        git_dir / name
        for name in ("HEAD", "index", "config", "ORIG_HEAD", "MERGE_HEAD", "logs/HEAD", "logs/refs/stash")
    ]
    kept += [private / name for name in ("HEAD", "index", "logs/HEAD", "MERGE_HEAD", "MERGE_MSG")]
    kept += [git_dir / "refs/stash", *git_dir.glob("refs/heads/[!c]*"), *git_dir.glob("hooks/*")]
    if folder != git_dir:
        kept += [file for file in folder.rglob("*") if ".git" not in file.relative_to(folder).parts]
    return {str(file): file.read_bytes() for file in kept if file.is_file()}


def partial_clone(folder: Path, left_out: str, *, is_checked_out: bool = True) -> Path:
    """Clones a repository beside it without what the filter leaves out ("blob:none", "tree:0"), and cuts it off from there."""
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = folder.parent / f"{folder.name}-partial"
    options = () if is_checked_out else ("--no-checkout",)
    git(folder.parent, "clone", "-q", *options, f"--filter={left_out}", f"file://{folder}", clone.name)
    git(clone, "remote", "set-url", "origin", f"file://{folder.parent}/nowhere")
    return clone
