"""The levels of compatibility that a subject may have to keep; apart, because a command line needs these names and no noun."""

from __future__ import annotations

from typing import Literal

Level = Literal["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"]
DEFAULT_LEVEL: Level = "BACKWARD"
