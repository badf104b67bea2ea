"""What every face calls: a workspace, which proposes, proves, asks for approval, applies, undoes and verifies."""

from copilot.proposals.verification import Verification
from copilot.proposals.workspace import Workspace

__all__ = ["Verification", "Workspace"]
