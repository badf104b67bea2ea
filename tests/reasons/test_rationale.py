"""Every sentence stands on its evidence, or is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.domain.decision import Claim, Decision
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.figures import numbers_in
from copilot.errors import RefusedByEvidence
from copilot.reasons.ranking import decide
from copilot.reasons.rationale import check_claims, problems_in
from tests.reasons.proposals import all_pass, alternative, evidence, proposal

LOST = Finding("replay.value-lost", "warning", "amount: 41 gives 0 in version 3.")
PROOF = evidence("try-000001", "replay", measures={"records": 64}, findings=[LOST, replace(LOST, path="b")])


def decision_with(claim: Claim) -> Decision:
    made = decide(proposal((alternative("try-000001"),), all_pass("try-000001")))
    return replace(made, rulings=(replace(made.rulings[0], claims=(claim,)),), stakes_reasons=())


def problems(text: str, *cites: str, proof: Evidence = PROOF, is_background: bool = False) -> list[str]:
    return list(problems_in(decision_with(Claim(text, cites, is_background)), [proof]))


@pytest.mark.parametrize(
    "text",
    [
        "64 records went through.",
        "It lost 2 values.",
        "2 warnings.",
        "41 gives 0.",
        "In version 3.",
        "amount_v2 of alias-31fa2b.",
    ],
)
def test_numbers_of_measures_counts_and_findings_stand(text: str) -> None:
    assert problems(text, PROOF.id) == []


@pytest.mark.parametrize("text", ["65 records went through.", "It lost 64.5 values.", "Seen 7 times."])
def test_other_numbers_are_refused(text: str) -> None:
    assert len(problems(text, PROOF.id)) == 1


def test_a_claim_without_citation_is_refused_unless_it_is_background() -> None:
    assert len(problems("It is good.")) == 1
    assert problems("It is good.", is_background=True) == []
    assert len(problems("It is 7 times good.", is_background=True)) == 1


def test_an_unknown_citation_is_refused_with_its_id() -> None:
    assert "ev-000000000000" in problems("It is good.", "ev-000000000000")[0]

    with pytest.raises(RefusedByEvidence, match="does not stand on its evidence"):
        check_claims(decision_with(Claim("It is good.", ("ev-000000000000",))), [PROOF])


def test_numbers_inside_names_are_no_numbers() -> None:
    assert numbers_in("v2 amount_3 alias-3fa2b1 1.13.1 ev-000012345678 ST3 `x4`") == ()
    assert numbers_in("3 of 12, 4.5 and (6).") == ("3", "12", "4.5", "6")
