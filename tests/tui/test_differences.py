"""Two alternatives aspect by aspect: nothing is left out, and what differs carries a mark."""

from __future__ import annotations

import pytest
from hypothesis import given

from copilot.domain.proposal import Proposal
from copilot.tui.differences import DIFFERS, Aspect, aspects_of, differences_text
from tests import faces
from tests.reasons.test_ranking import proposals
from tests.reasons.test_what_if import two_ways


def by_label(aspects: tuple[Aspect, ...]) -> dict[str, Aspect]:
    return {f"{it.section} {it.label}": it for it in aspects}


def test_it_compares_title_strategy_phases_verdicts_measures_and_findings() -> None:
    found = by_label(aspects_of(faces.a_proposal(), "naive-11aa22", "expand-55cc66"))

    assert found["About title"].right == "Write both names, move the readers, drop the old name"
    assert found["About strategy"].left == "strategy naive, by the rules"
    assert (found["Phases phase 2"].left, found["Phases phase 2"].is_different) == ("", True)
    assert found["Phases files"] == Aspect("Phases", "files", *["jobs/billing.py\nschemas/order.avsc"] * 2)
    assert (found["Verdicts replay"].left, found["Verdicts replay"].right) == ("✗ FAIL", "✓ pass")
    assert "Measures replay: took" not in found
    assert found["Findings replay"].left.endswith("schemas/order.avsc:6")
    assert found["Findings replay"].right == ""


def test_figures_that_differ_are_different() -> None:
    found = by_label(aspects_of(two_ways(), "few-000001", "small-0001"))

    lines = found["Measures usage: lines changed"]
    assert (lines.left, lines.right, lines.is_different) == ("9", "2", True)
    assert not found["Measures usage: phases"].is_different


@pytest.mark.parametrize("width", [76, 136, 250])
def test_no_line_is_wider_than_the_screen_and_what_differs_has_a_mark(width: int) -> None:
    aspects = aspects_of(faces.a_proposal(), "naive-11aa22", "expand-55cc66")

    lines = differences_text(aspects, ("B", "D"), width, only_different=False).plain.split("\n")

    assert max(map(len, lines)) <= width
    assert sum(line.startswith(DIFFERS) for line in lines) == sum(it.is_different for it in aspects)


def test_only_what_differs_leaves_the_rest_out() -> None:
    aspects = aspects_of(two_ways(), "few-000001", "small-0001")

    text = differences_text(aspects, ("B", "C"), 120, only_different=True).plain

    assert "lines changed" in text
    assert "consumers" not in text


def test_one_beside_itself_differs_in_nothing() -> None:
    aspects = aspects_of(two_ways(), "few-000001", "few-000001")

    assert (
        differences_text(aspects, ("B", "B"), 120, only_different=True).plain
        == "They differ in nothing that was looked at."
    )


@given(proposals())
def test_which_one_is_left_changes_no_difference(made: Proposal) -> None:
    first, last = made.alternatives[0].id, made.alternatives[-1].id

    there, back = aspects_of(made, first, last), aspects_of(made, last, first)

    assert {(it.section, it.label, it.left, it.right) for it in there} == {
        (it.section, it.label, it.right, it.left) for it in back
    }


def test_foreign_text_stays_text() -> None:
    aspects = aspects_of(faces.a_hostile_proposal(), "naive-11aa22", "alias-33bb44")

    text = differences_text(aspects, ("B", "C"), 120, only_different=False).plain

    assert "[bold red]boo[/] \\u001b[31m" in text
