"""Texts that people read are kept as files beside the tests; UPDATE_GOLDEN=1 writes them anew, and git shows what changed."""

from __future__ import annotations

import os
from pathlib import Path

UPDATE_VARIABLE = "UPDATE_GOLDEN"


def assert_golden(path: Path, text: str) -> None:
    """Compares a text with its file; trailing spaces don't count, as no one sees them."""
    shown = "\n".join(line.rstrip() for line in text.split("\n")).rstrip("\n") + "\n"
    if os.environ.get(UPDATE_VARIABLE):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown, "utf-8")
    assert path.exists(), f"{path} is missing: run the test once with {UPDATE_VARIABLE}=1 and read what it wrote"
    assert shown == path.read_text("utf-8"), (
        f"{path.name} no longer fits: if the new text is right, {UPDATE_VARIABLE}=1"
    )
