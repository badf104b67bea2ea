"""What every face calls: a workspace, which proposes, proves, asks for approval, applies, undoes and verifies.

`reading` alone is enough for a map, so the names below are imported when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.proposals.verification import Verification
    from copilot.proposals.workspace import Workspace

__all__ = ["Verification", "Workspace"]


def __getattr__(name: str) -> object:
    if name == "Workspace":
        from copilot.proposals.workspace import Workspace

        return Workspace
    if name == "Verification":
        from copilot.proposals.verification import Verification

        return Verification
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
