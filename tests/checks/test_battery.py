from __future__ import annotations

from copilot.checks.battery import BATTERY


def test_the_battery_stands_in_the_order_it_is_shown() -> None:
    names = [check.name for check in BATTERY]

    assert names == [
        "scope",
        "syntax",
        "compatibility",
        "replay",
        "usage",
        "contract",
        "sinks",
        "rollout",
        "undo",
        "commands",
    ]
