"""Where the settings say a level, and what is written there: a line that others share stays as it is."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from copilot.domain.alternative import Alternative, NotOffered
from copilot.domain.operation import ChangeLevel
from copilot.formats.avro import AvroFormat
from copilot.impact.fields import impact_of
from copilot.impact.mentions import mentions_of
from copilot.patches.compile import PatchCompiler
from copilot.settings import SETTINGS_PATH, read_settings
from copilot.strategies.level import change_level
from tests.checks.cases import tree_of
from tests.planners.builders import pipeline, subject
from tests.readers.sockets import MemoryIndex

RECORD = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}
OTHER = {"type": "record", "name": "Refund", "fields": [{"name": "id", "type": "string"}]}


def levels_after(settings: str | None, operation: ChangeLevel, slug: str) -> list[dict[str, str]]:
    """Returns the level of each subject after each phase, and checks that all else stays."""
    files = {} if settings is None else {SETTINGS_PATH: settings}
    alternative = offered(settings, operation)[0][slug]
    compiled = PatchCompiler({"avro": AvroFormat()}).compile(alternative, tree_of(files))
    assert isinstance(compiled, tuple), compiled
    found: list[dict[str, str]] = []
    for patch in compiled:
        text = next((change.after or "" for change in patch.changes), settings or "")
        rest: dict[str, Any] = {name: it for name, it in tomllib.loads(text).items() if name != "compatibility"}
        assert rest == {name: it for name, it in tomllib.loads(settings or "").items() if name != "compatibility"}
        found.append({name: read_settings(text).level_of(name)[0] for name in ("order", "refund")})
    return found


def offered(settings: str | None, operation: ChangeLevel) -> tuple[dict[str, Alternative], dict[str, str]]:
    files = {} if settings is None else {SETTINGS_PATH: settings}
    known = read_settings(settings or "")
    subjects = [subject("order", "order.avsc", RECORD), subject("refund", "refund.avsc", OTHER)]
    levels = [known.level_of(it.name) for it in subjects]
    map = pipeline(
        [
            replace(it, compatibility=level, level_source=source)
            for it, (level, source) in zip(subjects, levels, strict=True)
        ]
    )
    mentions = mentions_of(operation, map, tree_of(files), MemoryIndex())
    found = change_level(operation, replace(impact_of(operation, map), mentions=mentions), map)
    real = {it.id.rpartition("-")[0]: it for it in found if isinstance(it, Alternative)}
    return real, {it.strategy: it.reason for it in found if isinstance(it, NotOffered)}


TIGHTER = ChangeLevel("order", "FULL")


@pytest.mark.parametrize(
    "settings",
    [
        '[compatibility]\norder = "BACKWARD"\n',
        '[compatibility]\n"*" = "BACKWARD"  # for all\n\n[owners]\norders = "a@example.org"\n',
        '[owners]\norders = "a@example.org"\n',
        '[compatibility]\nrefund = "BACKWARD"',
        None,
    ],
    ids=["own line", "shared line", "no table", "no end of line", "no file"],
)
def test_only_the_level_that_was_asked_for_changes(settings: str | None) -> None:
    assert levels_after(settings, TIGHTER, "set") == [{"order": "FULL", "refund": "BACKWARD"}]


def test_a_looser_level_has_a_way_back_and_says_when() -> None:
    settings = '[compatibility]\norder = "FULL"\n'
    operation = ChangeLevel("order", "NONE", "2026-12-31")

    until = levels_after(settings, operation, "until")

    assert [it["order"] for it in until] == ["NONE", "FULL"]
    gate = offered(settings, operation)[0]["until"].phases[0].gate
    assert gate is not None
    assert gate.text.startswith("It is 2026-12-31")


def test_a_level_over_the_whole_history_can_come_in_two_steps() -> None:
    settings = '[compatibility]\norder = "BACKWARD"\n'

    steps = levels_after(settings, ChangeLevel("order", "FULL_TRANSITIVE"), "stepwise")

    assert [it["order"] for it in steps] == ["FULL", "FULL_TRANSITIVE"]


def test_there_is_no_step_before_a_level_that_looks_at_the_last_version() -> None:
    assert "no step before it" in offered(None, TIGHTER)[1]["step by step"]
