"""Files that probably change besides what an alternative edits are told, and nothing rests on it."""

from __future__ import annotations

from dataclasses import replace

from copilot.checks.usage import UsageCheck
from copilot.domain.alternative import Step
from copilot.domain.evidence import Evidence
from copilot.domain.impacted import ImpactedFile, ImpactList
from copilot.domain.operation import RenameField
from copilot.domain.source import Span
from copilot.ports import Case
from tests.checks.orders import SCORER_PATH, bench, case, field, use

AMOUNT = field("amount", "long")
TOTAL = field("total", "long", aliases=["amount"])
RENAME = RenameField("order", "", "amount", "total")
PAGE = ImpactedFile("docs/orders.md", "change", 0.724, (Span("docs/orders.md", 7, 9),), ("names amount", "b", "c"))
RARE = ImpactedFile("docs/rare.md", "look", 0.2, (), ("names amount",))


def run(it: Case, *files: ImpactedFile) -> Evidence:
    return UsageCheck().run(replace(it, impacted=ImpactList("c", (), files, (), 3)), bench())


def renamed(*steps: Step) -> Case:
    return case(RENAME, [[AMOUNT]], [[TOTAL]], steps=[steps])


def test_a_likely_file_that_is_not_edited_is_a_note_with_its_place_and_probability() -> None:
    note = run(renamed(), PAGE, RARE).likely[0]

    assert (note.rule, note.severity, note.span) == ("usage.likely-file-left", "note", Span("docs/orders.md", 7, 9))
    assert note.message == (
        "docs/orders.md may have to change too (72%: names amount; b); no phase edits it, and no step names it."
    )


def test_files_that_are_only_worth_a_look_are_not_told() -> None:
    assert run(renamed(), RARE).likely == ()


def test_what_is_likely_changes_neither_verdict_nor_id() -> None:
    without, told = UsageCheck().run(renamed(), bench()), run(renamed(), PAGE)

    assert told.likely
    assert (told.verdict, told.id, told.findings) == (without.verdict, without.id, without.findings)


def test_a_file_that_a_step_leaves_to_a_person_is_not_told_again() -> None:
    step = Step("by hand", "consumers", (), (), ("docs/orders.md:7  say what total is",))

    assert run(renamed(step), PAGE).likely == ()


def test_a_file_with_a_use_that_is_proved_to_be_left_is_told_once() -> None:
    scorer = replace(PAGE, path=SCORER_PATH)

    evidence = run(case(RENAME, [[AMOUNT]], [[TOTAL]], uses=[use("amount", line=2)]), scorer)

    assert [it.rule for it in evidence.findings if it.severity == "error"] == ["usage.use-left"]
    assert evidence.likely == ()


def test_an_alternative_that_changes_nothing_leaves_nothing() -> None:
    still = replace(renamed(), patches=(), states=())

    assert run(still, PAGE).likely == ()
