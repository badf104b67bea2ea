"""The texts of the command line, as a person reads them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.cli.console import Console
from copilot.cli.layout import WIDTH, columns
from copilot.cli.map_mermaid import label, map_mermaid
from copilot.cli.map_text import FIELDS_SHOWN, PLACES_SHOWN, map_text
from copilot.cli.progress import Progress, progress_line
from copilot.cli.proposal_text import next_lines, proposal_text
from copilot.cli.rationale_text import rationale_text
from copilot.cli.transcript_text import transcript_text
from copilot.cli.verbs import help_text
from copilot.domain.decision import Approval
from copilot.domain.pipeline import Endpoint, FieldUse, Job
from copilot.domain.proposal import plan_digest
from copilot.domain.source import Gap, Span
from copilot.errors import RefusedByEvidence
from copilot.proposals import Workspace
from copilot.reasons.version_words import type_words, version_words
from copilot.reasons.words import letters_of
from tests import faces
from tests.golden import assert_golden
from tests.line import example

GOLDEN = Path(__file__).parent / "golden"


def test_the_help_is_as_written() -> None:
    assert_golden(GOLDEN / "help.txt", help_text())


def test_the_map_is_as_written() -> None:
    assert_golden(GOLDEN / "map.txt", map_text(faces.a_map()))


def test_the_flowchart_is_as_written() -> None:
    assert_golden(GOLDEN / "map.mmd", map_mermaid(faces.a_map()))


def test_a_map_of_several_repositories_is_as_written() -> None:
    assert_golden(GOLDEN / "map-others.txt", map_text(faces.a_map_with_others()))
    assert_golden(GOLDEN / "map-others.mmd", map_mermaid(faces.a_map_with_others()))


def test_an_empty_repository_is_told_so() -> None:
    assert_golden(GOLDEN / "map-empty.txt", map_text(faces.an_empty_map()))
    assert map_mermaid(faces.an_empty_map()).splitlines()[1:] == ['    nothing["no job and no endpoint was found"]']


def test_the_flowchart_has_one_arrow_between_two_nodes_with_all_its_schemas() -> None:
    pipeline = faces.a_map()
    link = next(it for it in pipeline.links if it.subject)
    twins = (replace(link, certainty="likely"), replace(link, subject="other", certainty="likely"), link)

    lines = map_mermaid(replace(pipeline, links=twins)).splitlines()

    (arrow,) = [line for line in lines if "->" in line]
    assert f'-->|"{link.subject}, other"|' in arrow or f'-.->|"{link.subject}, other"|' in arrow
    assert ("-.->" in arrow) == (link.certainty != "certain")


@pytest.mark.parametrize("name", ["low", "high"])
def test_a_proposal_is_as_written(name: str) -> None:
    proposal = faces.a_proposal(stakes="high" if name == "high" else "low")

    assert_golden(GOLDEN / f"proposal-{name}.txt", proposal_text(proposal))


def test_all_reasons_of_a_proposal_are_as_written() -> None:
    proposal = faces.a_proposal(stakes="high")
    approval = Approval(plan_digest(proposal, "alias-33bb44"), "alias-33bb44", "ada", "2026-01-01T00:00:00Z", "seen")

    text = rationale_text(replace(proposal, approvals=(approval,)))

    assert_golden(GOLDEN / "rationale.txt", text)
    assert max(map(len, text.split("\n"))) <= WIDTH


def test_all_reasons_show_hidden_characters_and_no_line_that_a_name_began() -> None:
    hostile = faces.a_hostile_proposal()
    assert hostile.plan is not None
    phases = tuple(replace(phase, name="a\nNEXT\u202e") for phase in hostile.plan.alternatives[3].phases)
    alternatives = tuple(replace(it, phases=phases if it.phases else ()) for it in hostile.plan.alternatives)

    text = rationale_text(replace(hostile, plan=replace(hostile.plan, alternatives=alternatives)))

    assert text.count("\nNEXT") == 1
    assert text.replace("\n", "").isprintable()


def test_a_claim_without_evidence_is_not_shown_on_a_terminal_either() -> None:
    proposal = faces.a_proposal()
    with pytest.raises(RefusedByEvidence):
        rationale_text(replace(proposal, evidence=proposal.evidence[1:1]))


def test_a_refused_proposal_is_as_written() -> None:
    assert_golden(GOLDEN / "proposal-refused.txt", proposal_text(faces.a_refused_proposal()))


def test_an_undecided_proposal_says_how_to_go_on() -> None:
    text = proposal_text(faces.an_undecided_proposal())

    assert "is not decided yet" in text
    assert "goes on from the last record" in text


def test_a_narrow_terminal_gets_lines_that_fit_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.cli.layout.screen_width", lambda: 72)

    for text in (map_text(faces.a_map()), proposal_text(faces.a_proposal(stakes="high"))):
        assert max(len(line) for line in text.split("\n")) <= 72


def test_a_wide_row_that_ends_in_an_empty_cell_takes_one_line() -> None:
    assert columns([("x" * (WIDTH - 10), "? unknown", "")]) == [f"{'x' * (WIDTH - 10)}  ? unknown"]


def test_no_text_of_ours_is_wider_than_the_screen_we_promise() -> None:
    for text in (help_text(), map_text(faces.a_map()), proposal_text(faces.a_proposal(stakes="high"))):
        assert max(len(line) for line in text.split("\n")) <= WIDTH


def test_no_name_of_the_repository_begins_a_line_of_its_own() -> None:
    forged = "orders\nNOT READ (0)"
    use = replace(faces.a_use(forged, "reads", 3, "certain"), job=forged, span=Span(forged, 3, 3))
    gap = Gap(Span(forged, 1, 1), forged)
    endpoint = Endpoint("topic", forged)
    pipeline = replace(faces.a_map_with_uses((use,)), gaps=(gap,), jobs=(Job(forged, forged),), endpoints=(endpoint,))

    lines = map_text(pipeline).split("\n")

    assert "NOT READ (0)" not in [line.strip() for line in lines]
    assert any("orders\\u000aNOT READ (0)" in line for line in lines)


def test_many_places_of_one_field_are_counted_not_listed() -> None:
    uses = tuple(faces.a_use("amount", "reads", line, "certain") for line in range(1, PLACES_SHOWN + 4))

    text = map_text(faces.a_map_with_uses(uses))

    assert "and 3 more" in text


def test_many_fields_of_one_subject_are_counted_not_listed() -> None:
    uses: tuple[FieldUse, ...] = tuple(
        faces.a_use(f"field_{number:02}", "reads", number + 1, "certain") for number in range(FIELDS_SHOWN + 2)
    )

    text = map_text(faces.a_map_with_uses(uses))

    assert "… 2 more fields: --format json shows all" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [('a"b', "a#quot;b"), ("a\nb", "a b"), ("<b>&", "#lt;b#gt;#amp;"), ("x\u202ey", "x#92;u202ey"), ("#1;", "#35;1;")],
)
def test_a_label_can_not_leave_its_quotes(text: str, shown: str) -> None:
    assert label(text) == shown


@pytest.mark.parametrize(
    ("type_json", "words"),
    [
        ('"long"', "long"),
        ('["null","double"]', "null | double"),
        ('{"logicalType":"timestamp-millis","type":"long"}', "long (timestamp-millis)"),
        ('{"items":{"fields":[],"name":"Item","type":"record"},"type":"array"}', "array of Item"),
        ('{"type":"map","values":"int"}', "map of int"),
        ('{"name":"Side","symbols":["L"],"type":"enum"}', "Side"),
        ('{"type":"string"}', "string"),
    ],
)
def test_types_are_said_in_words(type_json: str, words: str) -> None:
    assert type_words(type_json) == words


def test_a_version_is_said_by_what_it_changed() -> None:
    first, second = faces.a_subject().versions

    assert version_words(None, first) == "2 fields"
    assert version_words(first, second) == "+ note null | string; amount: int → long"
    assert version_words(second, second) == "docs, names or order only"


def test_every_record_has_a_line_of_progress_but_for_checks_that_had_nothing_to_look_at() -> None:
    proposal = faces.a_proposal()
    bodies = (
        proposal.request,
        proposal.reading,
        proposal.plan,
        *proposal.compiled,
        *(it for it in proposal.evidence if it.verdict != "not-applicable"),
        proposal.decision,
    )

    idle = next(it for it in proposal.evidence if it.verdict == "not-applicable")
    assert progress_line(idle, {}) == ""
    lines = [progress_line(body, letters_of(proposal)) for body in bodies if body is not None]

    assert all(lines)
    assert not any("\n" in line for line in lines)
    assert lines[0] == "understood  1 operation"
    assert lines[-1] == "decided     C (alias-33bb44), stakes low"


def told_of_a_proposal(*, is_live: bool, is_detailed: bool = False) -> str:
    proposal, told = faces.a_proposal(), io.StringIO()
    console = Console(io.StringIO(), told, is_live=is_live, columns=40)
    progress = Progress(console, is_detailed=is_detailed)
    for body in (proposal.reading, proposal.plan, *proposal.compiled, *proposal.evidence, proposal.decision):
        assert body is not None
        progress.tell(body)
    console.print("the answer")
    return told.getvalue()


def test_progress_in_a_pipe_is_a_line_for_each_stage_and_alternative() -> None:
    lines = told_of_a_proposal(is_live=False).splitlines()

    alternatives = len(faces.a_proposal().alternatives)
    assert [line.split()[0] for line in lines] == ["read", "planned", *["proved"] * (len(lines) - 3), "decided"]
    assert 0 < len(lines) - 3 <= alternatives
    assert len(told_of_a_proposal(is_live=False, is_detailed=True).splitlines()) > len(lines)


def test_progress_on_a_terminal_is_one_line_that_the_answer_takes_the_place_of() -> None:
    told = told_of_a_proposal(is_live=True)

    assert "\n" not in told
    assert told.endswith("\r\x1b[K")
    assert max(map(len, told.replace("\x1b[K", "").split("\r"))) < 40


def test_what_to_type_next_follows_from_the_state() -> None:
    assert any("review p-0123456789" in line for line in next_lines(faces.a_proposal()))
    assert next_lines(faces.an_approved_proposal()) == ["  pipeline-copilot apply p-0123456789"]
    assert any("undo p-0123456789 --from" in line for line in next_lines(faces.an_applied_proposal()))


def test_a_deployment_that_a_template_and_its_values_tell_of_is_counted_once() -> None:
    text = map_text(Workspace.open(example()).map())

    assert "features  in services/features, 3 deployments" in text


def test_what_was_said_to_a_model_is_told_whole() -> None:
    assert_golden(GOLDEN / "transcript.txt", transcript_text(faces.a_proposal_with_a_model()))


def test_what_a_model_says_of_a_decision_stands_apart_and_marked() -> None:
    assert_golden(GOLDEN / "rationale-model.txt", rationale_text(faces.a_proposal_with_a_model()))


def test_a_proposal_without_a_model_says_so() -> None:
    assert transcript_text(faces.a_proposal()) == "p-0123456789  No model was asked for this proposal."


def test_what_to_type_next_leads_to_what_a_model_was_told() -> None:
    line = "  pipeline-copilot show p-0123456789 --prompts  read what a model was told and answered"

    assert line in proposal_text(faces.a_proposal_with_a_model()).split("\n")
    assert "--prompts" not in proposal_text(faces.a_proposal())
