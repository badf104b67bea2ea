"""`verify --counterfactual` on the command line: text, JSON that fits its schema, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from copilot.cli.counterfactual_text import counterfactual_text
from copilot.cli.main import main
from copilot.domain.decision import Claim
from copilot.domain.proposal import Proposal
from copilot.errors import EXIT_DONE, EXIT_USAGE
from copilot.reasons.counterfactual import counterfactual, counterfactual_object
from copilot.reasons.ranking import decide
from copilot.reasons.words import letters_of
from tests import faces
from tests.golden import assert_golden
from tests.line import copy_of_example
from tests.reasons.proposals import NOTHING, all_pass, alternative, error, evidence, of_nothing, proposal
from tests.tui.stage import workspace_with

SCHEMA = json.loads(files("copilot.cli").joinpath("counterfactual-1.schema.json").read_text("utf-8"))


def decided() -> Proposal:
    lossy = evidence("lossy-0001", "replay", "fail", {"lost": 8}, [error("replay.value-lost", "amount is lost.")])
    slow = evidence("slow-00001", "rollout", measures={"coordinated_deploys": 3, "one_way_phases": 1})
    proofs = (*all_pass("good-00001"), *all_pass("slow-00001", rollout=slow), *all_pass("lossy-0001", replay=lossy))
    ways = (NOTHING, alternative("good-00001"), alternative("slow-00001"), alternative("lossy-0001"))
    made = proposal(ways, (*proofs, *of_nothing()))
    return replace(made, decision=decide(made))


def test_what_changes_without_each_evidence_for_people() -> None:
    made = decided()

    text = counterfactual_text(counterfactual(made), letters_of(made))

    assert_golden(Path(__file__).parent / "golden" / "counterfactual.txt", text)


def test_what_changes_without_each_evidence_for_programs() -> None:
    value = counterfactual_object(counterfactual(decided()))

    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(value, SCHEMA)
    lossy = next(it for it in value["evidence"] if it["check"] == "replay" and it["alternative"] == "lossy-0001")
    assert lossy["rulings"][0]["before"]["outcome"] == "refused"
    assert lossy["rulings"][0]["after"]["outcome"] == "unproved"


def test_a_citation_that_carries_nothing_and_is_no_background_is_told() -> None:
    made = decided()
    assert made.decision is not None
    usage = next(it for it in made.evidence if it.alternative == "nothing" and it.check == "usage")
    first = made.decision.rulings[0]
    padded = replace(first, claims=(*first.claims, Claim("It is good.", (usage.id,))))
    found = counterfactual(replace(made, decision=replace(made.decision, rulings=(padded, *made.decision.rulings[1:]))))

    assert not found.holds
    assert [row.evidence for row in found.rows if row.unfounded] == [usage.id]
    assert "CITED AS A REASON, AND CHANGES NOTHING (1)" in counterfactual_text(found, letters_of(made))


def test_every_citation_of_the_example_carries_its_ruling_or_is_background(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, id = copy_of_example(tmp_path)

    assert main(["verify", id, "-C", str(folder), "--counterfactual", "--format", "json"]) == EXIT_DONE
    value = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, SCHEMA)
    assert value["holds"]


def test_an_open_proposal_has_nothing_to_take_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_with(tmp_path, faces.an_undecided_proposal())

    assert main(["verify", "-C", str(tmp_path), "--counterfactual"]) == EXIT_USAGE
    assert "not decided yet" in capsys.readouterr().err
