"""The checks that every alternative goes through, in the order in which they are shown; cheap ones come first."""

from __future__ import annotations

from copilot.checks.commands import CommandsCheck
from copilot.checks.compatibility import CompatibilityCheck
from copilot.checks.contract import ContractCheck
from copilot.checks.replay import ReplayCheck
from copilot.checks.rollout import RolloutCheck
from copilot.checks.scope import ScopeCheck
from copilot.checks.sinks import SinksCheck
from copilot.checks.syntax import SyntaxCheck
from copilot.checks.undo import UndoCheck
from copilot.checks.usage import UsageCheck
from copilot.ports import Check

BATTERY: tuple[Check, ...] = (
    ScopeCheck(),
    SyntaxCheck(),
    CompatibilityCheck(),
    ReplayCheck(),
    UsageCheck(),
    ContractCheck(),
    SinksCheck(),
    RolloutCheck(),
    UndoCheck(),
    CommandsCheck(),
)
