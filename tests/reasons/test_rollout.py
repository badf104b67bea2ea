"""What people are told about bringing a phase into service."""

from __future__ import annotations

from pathlib import Path

from copilot.proposals import Workspace
from copilot.reasons.rollout import going_live
from tests.line import copy_of_example


def test_what_brings_a_phase_into_service_names_its_steps_in_order_what_is_left_to_hand_and_what_waits(
    tmp_path: Path,
) -> None:
    folder, id = copy_of_example(tmp_path, "add an optional double discount to Order")
    proposal = Workspace.open(folder).load(id)
    assert proposal.decision is not None

    lines = going_live(proposal, proposal.decision.chosen, 0)

    assert lines[0] == "1. Publish the schema"
    assert lines[1].startswith("2. Deploy the producers: orders (owner ")
    assert lines[2].startswith("   by hand: services/orders/orders/records.py:9 ")
    assert any(line.startswith("3. Deploy the consumers: features") for line in lines)
    assert [line.partition(":")[0] for line in lines[-2:]] == ["Order", "Gate"]
