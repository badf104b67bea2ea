"""What checks counted in words, and why one had nothing to look at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import copilot.checks
from copilot.domain.evidence import Measure
from copilot.proposals import Workspace
from copilot.reasons.check_words import measure_words, why_not_applicable
from tests.line import copy_of_example

CHECKS = Path(copilot.checks.__file__).parent


def counted() -> list[tuple[str, str]]:
    """Returns the check and the name of each measure that the battery's own code makes."""
    found = []
    for file in sorted(CHECKS.glob("*.py")):
        text = file.read_text("utf-8")
        name = re.search(r'^    name = (?:"(\w+)"|CHECK)$', text, re.MULTILINE)
        if name:
            check = name[1] or file.stem
            found += [(check, measure) for measure in re.findall(r'Measure\(f?"(\w+)', text)]
    return found


def test_the_battery_counts_something() -> None:
    assert len(counted()) > 50


@pytest.mark.parametrize(("check", "name"), counted())
def test_each_measure_of_the_battery_has_words_of_its_own(check: str, name: str) -> None:
    name = f"{name}3" if name.endswith("_") else name

    told = measure_words(check, Measure(name, 2, "a unit that no words hold"))

    assert "a unit that no words hold" not in told
    assert "_" not in told
    assert told.endswith(": 2")


def test_a_measure_of_a_plug_in_is_told_by_its_name_and_unit() -> None:
    assert measure_words("privacy", Measure("columns_masked", 3, "columns")) == "columns masked: 3"
    assert measure_words("privacy", Measure("longest_wait", 1.5, "seconds")) == "longest wait, in seconds: 1.5"


def test_each_verdict_that_is_not_applicable_says_why_and_no_other_does(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path, "add an optional double discount to Order")
    proposal = Workspace.open(folder).load(id)
    told = {(it.alternative, it.check): why_not_applicable(it) for it in proposal.evidence}
    side = next(it.id for it in proposal.alternatives if it.id.startswith("side-subject"))

    for it in proposal.evidence:
        assert bool(told[it.alternative, it.check] or it.findings) or it.verdict != "not-applicable"
    assert told["nothing", "replay"] == "It changes no file, so there is nothing to look at."
    assert told[side, "replay"].startswith("No schema that it changes was there before")
    assert told[side, "rollout"].startswith("Its edits deploy no jobs")
    assert all(not why for (_, check), why in told.items() if check == "scope" and why != told["nothing", "replay"])
