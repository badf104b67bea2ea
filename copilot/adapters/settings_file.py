"""Reads `copilot.toml` from a tree."""

from __future__ import annotations

from copilot.domain.source import ABSENT, MISSING, Gap
from copilot.errors import WrongUsage
from copilot.ports import Tree
from copilot.settings import SETTINGS_PATH, Settings, read_settings


def settings_of(tree: Tree) -> Settings:
    """Returns what the tree's `copilot.toml` says; raises WrongUsage where it can't be understood."""
    file = tree.read([SETTINGS_PATH])[SETTINGS_PATH]
    if isinstance(file, Gap) and file.reason == MISSING:
        return Settings()
    if isinstance(file, Gap):
        is_absent = file.reason.startswith(ABSENT)
        # A clone without it would be judged by other levels than its owners set: nothing is read until it is here.
        missing = f"Bring it into this partial clone: git checkout HEAD -- {SETTINGS_PATH}."
        next = missing if is_absent else "Make it a plain text file."
        raise WrongUsage(f"{SETTINGS_PATH} {file.reason}.", where=SETTINGS_PATH, next=next)
    return read_settings(file.text)
