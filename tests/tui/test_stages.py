"""The lines of a proof: pure functions over a proposal and the work on it."""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.proposal import Proposal
from copilot.flow import Begun
from copilot.tui.stages import alternative_rows, board, end_words, seconds_left, stage_rows, verdict_words
from copilot.tui.works import Step, Work
from tests.reasons.proposals import all_pass, alternative, evidence, of_nothing, proposal

NOTHING = alternative("nothing", 0)
WAYS = tuple(alternative(id) for id in ("alias-000001", "phased-000002", "naive-000003"))
IDS = [it.id for it in WAYS]


def _begun_with(proved: int) -> Proposal:
    """Returns a proposal of which "nothing" and the first ways are proved."""
    proofs = [*of_nothing(), *(it for id in IDS[:proved] for it in all_pass(id))]
    return proposal([NOTHING, *WAYS], proofs)


def _work(found: Proposal, seconds: float) -> Work:
    """Returns the work that has proved each alternative of which there is evidence for `seconds`, and turned to the next."""
    work = Work(found.id, "proving", began=0.0)
    at = 0.0
    for way in found.alternatives:
        proofs = found.evidence_of(way.id)
        checks = len(proofs) or 3
        for number, seen in enumerate(proofs, 1):
            work.begun.append((Begun("prove", way.id, seen.check, number, checks), at))
            at += seconds / checks
            work.steps.append(Step(seen, at))
        if not proofs:
            work.begun.append((Begun("prove", way.id, of=checks), at))
            break
    work.ended = at + 0.5
    return work


def test_a_stage_has_its_time_and_says_what_came_of_it() -> None:
    found = _begun_with(1)
    work = _work(found, 4.0)

    rows = {row.name: row for row in stage_rows(found, work)}

    assert rows["prove"].state == "now"
    assert rows["decide"].state == "waits"
    assert rows["decide"].seconds is None
    assert rows["plan"].title == "4 alternatives, 1 other strategy not offered"


def test_an_alternative_tells_the_check_that_runs_and_the_verdicts_so_far() -> None:
    found = _begun_with(1)

    rows = alternative_rows(found, _work(found, 4.0))

    assert [(row.name, row.state) for row in rows] == [("A", "done"), ("B", "done"), ("C", "now"), ("D", "waits")]
    assert rows[1].seconds is not None
    assert round(rows[1].seconds, 1) == 4.0
    assert rows[2].notes == ("reads the repository as it would be, 0.5 s",)
    assert rows[3].seconds is None


def test_nothing_is_said_of_the_time_left_before_an_alternative_that_changes_something_was_proved() -> None:
    found = _begun_with(0)

    assert seconds_left(found, _work(found, 4.0)) is None


def test_the_time_left_is_what_the_others_took() -> None:
    found = _begun_with(1)

    left = seconds_left(found, _work(found, 4.0))

    # One is at 0.5 s of 4, and one waits.
    assert left is not None
    assert round(left, 1) == 7.5


def test_what_failed_and_what_is_unknown_is_named_and_the_rest_counted() -> None:
    seen = (
        evidence("a", "replay", "fail"),
        evidence("a", "undo"),
        evidence("a", "usage", "unknown"),
        evidence("a", "syntax"),
        evidence("a", "commands", "not-applicable"),
    )

    assert verdict_words(seen) == "2 pass; FAIL replay; unknown usage; 1 n/a"


def test_a_stopped_proof_says_what_stays() -> None:
    found = _begun_with(1)
    work = _work(found, 4.0)
    work.is_over = True

    assert f"{len(found.evidence)} verdicts recorded so far stay" in end_words(found, work)
    assert [row.state for row in alternative_rows(found, work)] == ["done", "done", "stopped", "waits"]


def test_no_line_is_wider_than_the_screen_and_continued_titles_stay_in_their_column() -> None:
    found = _begun_with(1)

    lines = board(found, _work(found, 4.0), 50).plain.split("\n")

    assert max(map(len, lines)) <= 50
    assert any(line.startswith(" " * 26) and line.strip() for line in lines)


def test_the_first_stage_says_what_it_does_and_for_how_long_before_anything_is_recorded() -> None:
    found = replace(_begun_with(0), reading=None, plan=None, compiled=(), evidence=())
    work = Work(found.id, "proving", began=0.0, ended=3.0)

    row = stage_rows(found, work)[0]

    assert (row.state, row.seconds, row.title) == ("now", 3.0, "reads the schemas and the code of this commit")
