"""What the pages say is true: the files exist, the commands are commands, the settings can be read, the README is short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from copilot.cli.verbs import VERBS
from copilot.settings import read_settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "evals/performance/README.md"])
README_WORDS_MAX = 700
FOLDERS = ("copilot/", "docs/", "tests/", "evals/", ".ci/")


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    code = re.findall(r"`([^`\n]+)`", text_of(page))
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page)) if ":" not in link]
    named = [name for name in code if name.startswith(FOLDERS) and " " not in name and name != "docs/decisions"]

    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [link for link in links if not (page.parent / link).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_verb_that_a_page_names_is_one(page: Path) -> None:
    named = set(re.findall(r"pipeline-copilot ([a-z]+)", text_of(page)))

    assert named - {verb.name for verb in VERBS} == set()


def test_the_readme_is_short() -> None:
    assert 0 < len(text_of(ROOT / "README.md").split()) < README_WORDS_MAX


def test_the_settings_on_the_page_can_be_read() -> None:
    block = re.search(r"```toml\n(.*?)```", text_of(ROOT / "docs/settings.md"), re.DOTALL)
    assert block

    settings = read_settings(block[1])

    assert settings.level_of("order")[0] == "BACKWARD_TRANSITIVE"
    assert settings.level_of("another")[0] == "BACKWARD"
    assert settings.records_folder == "docs/decisions"
    assert settings.objectives
    assert settings.owners
    assert [(one.topic, one.days) for one in settings.retentions] == [("orders.v1", 7)]


def test_the_page_about_decisions_lists_the_rules_in_their_order() -> None:
    from copilot.reasons.merits import MERITS
    from copilot.reasons.refusals import HARD_RULES, NOT_ASKED, NOT_COMPILED

    listed = re.findall(r"^\d+\. (.+)$", text_of(ROOT / "docs/how-a-decision-is-made.md"), re.MULTILINE)

    hard = [NOT_COMPILED, NOT_ASKED, *(rule.name for rule in HARD_RULES)]
    assert listed == [*hard, *(rule.name for rule in MERITS)]


def test_the_page_about_decisions_lists_the_checks_in_their_order() -> None:
    from copilot.checks.battery import BATTERY
    from copilot.checks.challenge import ChallengeCheck
    from copilot.flow import OCCASIONAL

    page = text_of(ROOT / "docs/how-a-decision-is-made.md")

    names = [*(check.name for check in BATTERY), *(check.name for check in OCCASIONAL), ChallengeCheck.name]
    assert re.findall(r"^\| ([a-z]+) \| [A-Z]", page, re.MULTILINE) == names
