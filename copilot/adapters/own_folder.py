"""Where a person's own configuration of this program lies: never in a repository, whose text must not make anything run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def own_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Returns the folder, whether it is there or not."""
    root = environ.get("XDG_CONFIG_HOME", "")
    return (Path(root) if root.startswith("/") else home / ".config") / "pipeline-copilot"
