"""`pipeline-copilot` alone: the repository around the current folder on a screen. No verb: it parses no arguments."""

from __future__ import annotations

import gc

from copilot.cli.console import is_served
from copilot.cli.modelling import own_model
from copilot.errors import EXIT_DONE


def open_home(*, is_ascii: bool = False) -> int:
    """Opens the repository on a screen, and returns when the person has left it."""
    # Nothing that is loaded until the first frame is garbage; the screens switch the collector on again.
    gc.disable()

    from copilot.proposals.later import LaterWorkspace
    from copilot.tui.app import home

    home(LaterWorkspace(".", is_only_shown=is_served(), model=own_model), is_ascii=is_ascii)
    return EXIT_DONE
