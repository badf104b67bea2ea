"""What was asked for, and what the repository's settings allow: the beginning of a proposal, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.domain.operation import Operation
from copilot.domain.pipeline import PipelineMap
from copilot.errors import WrongUsage
from copilot.settings import SETTINGS_PATH, Settings


def understood(text: str, operations: Sequence[Operation | str], pipeline: PipelineMap) -> tuple[Operation, ...]:
    """Returns the operations of the sentences, then those given as such or as JSON; equal ones once. Raises WrongUsage."""
    from copilot.planners.intent import understand
    from copilot.planners.structured import operations_from_json

    found = list(understand(text, pipeline)) if text.strip() else []
    for operation in operations:
        found += operations_from_json(operation, pipeline) if isinstance(operation, str) else [operation]
    if not found:
        raise WrongUsage(
            "Nothing was asked for.", next='Write for example: propose "rename amount to total_cents in orders".'
        )
    return tuple(dict.fromkeys(found))


def allowed_commands(settings: Settings, commands: Sequence[str]) -> tuple[str, ...]:
    """Returns the commands that may run: those that the person named, else those of `copilot.toml`; raises WrongUsage for none."""
    chosen = tuple(commands) or settings.test_commands
    if not chosen:
        raise WrongUsage(
            "There are no commands to run.",
            where=SETTINGS_PATH,
            next='Name them: [commands] test = ["pytest -q"], or give --command.',
        )
    return chosen
