"""Which prompts of repositories a person has accepted on this machine: by the digest of the file, so a changed one asks again.

It is kept in the user's own state folder, where no repository can write.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from copilot.errors import SurroundingsFailed

FILE = "accepted-prompts"
FILE_BYTES_MAX = 1_000_000
_ROW = re.compile(r"([0-9a-f]{64})(?: .*)?")


def accepted_path(environ: Mapping[str, str], home: Path) -> Path:
    """Returns where accepted digests are kept."""
    root = environ.get("XDG_STATE_HOME", "")
    return (Path(root) if root.startswith("/") else home / ".local" / "state") / "pipeline-copilot" / FILE


def accepted_digests(path: Path) -> frozenset[str]:
    """Returns the digests that were accepted; a line that holds none says nothing, and a file that can't be read nothing at all."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(FILE_BYTES_MAX)
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(row[1] for line in text.splitlines() if (row := _ROW.fullmatch(line)))


def accept_digest(path: Path, digest: str, note: str) -> None:
    """Writes a digest down, and a note beside it; raises SurroundingsFailed where that fails."""
    line = f"{digest} {' '.join(note.split())}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(path, "a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        raise SurroundingsFailed(f"What was accepted can't be kept: {error.strerror}.", where=path) from None


def forget_digest(path: Path, digest: str) -> None:
    """Takes a digest out again; raises SurroundingsFailed where that fails."""
    aside = path.with_suffix(f".{os.getpid()}")
    try:
        kept = [line for line in path.read_text("utf-8").splitlines(keepends=True) if not line.startswith(digest)]
        aside.write_text("".join(kept), "utf-8")
        os.replace(aside, path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise SurroundingsFailed(f"What was accepted can't be kept: {error.strerror}.", where=path) from None
