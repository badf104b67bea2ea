"""What the evidence refutes stays in the log, in `show` and in the record that is committed."""

from __future__ import annotations

import json
from pathlib import Path

from copilot.domain.alternative import Plan
from copilot.domain.decision import Decision
from copilot.proposals import Workspace
from copilot.proposals.record_files import record_files
from copilot.reasons.render import markdown
from tests.line import copy_of_example


def test_a_refuted_alternative_keeps_its_case_its_refusal_and_its_evidence(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)
    proposal = Workspace.open(folder).load(id)
    assert proposal.decision is not None
    refuted = [it for it in proposal.decision.rulings if it.outcome == "refused" and it.alternative != "nothing"]
    assert refuted

    record = record_files(proposal, proposal.decision.chosen, "docs/decisions", "2026-01-01T00:00:00Z", ())
    shown, kept = markdown(proposal), json.loads(record.json)

    for ruling in refuted:
        alternative = proposal.alternative(ruling.alternative)
        assert alternative.argument
        cited = [id for claim in ruling.claims if not claim.is_background for id in claim.cites]
        assert cited
        for text in (shown, record.markdown):
            assert f"Refused: **{ruling.rule}**" in text
            assert all(f"- [{id}]" in text for id in cited)
        told = next(it for it in kept["alternatives"] if it["id"] == alternative.id)
        assert told["argument"] == alternative.argument
        assert set(cited) <= {it["id"] for it in kept["evidence"]}


def test_a_decision_that_a_later_one_replaces_stays_in_the_records(tmp_path: Path) -> None:
    folder, id = copy_of_example(tmp_path)
    workspace = Workspace.open(folder)
    chosen = workspace.load(id).decision
    assert chosen is not None
    hunk = next(
        f"{change.path}@@1"
        for change in workspace.load(id).patches_of(chosen.chosen)[0].changes
        if change.before is not None
    )

    list(workspace.revise(id, chosen.chosen, [hunk]))

    bodies = [record.body for record in workspace.records(id)]
    decisions = [it for it in bodies if isinstance(it, Decision)]
    assert decisions[0] == chosen
    assert len(decisions) == 2
    assert sum(isinstance(it, Plan) for it in bodies) == 1
