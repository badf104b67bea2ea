"""The one Markdown text: a golden file, and nothing foreign in it that acts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.decision import Approval, Claim
from copilot.domain.evidence import Finding
from copilot.domain.proposal import Probed, Proposal, Worded
from copilot.domain.source import Span
from copilot.errors import RefusedByEvidence
from copilot.reasons.markup import code, plain
from copilot.reasons.ranking import decide
from copilot.reasons.render import markdown
from tests import faces
from tests.golden import assert_golden
from tests.reasons.proposals import NOTHING, all_pass, alternative, error, evidence, of_nothing, proposal

GOLDEN = Path(__file__).parent / "golden"
NASTY = "<img src=x onerror=alert(1)> [click](javascript:alert(1)) **bold** `tick` | pipe\n# heading @everyone \x1b[31m \u202e"


def decided() -> Proposal:
    alias, phased, naive = alternative("alias-3fa2b1"), alternative("phased-0a1b2c", 3), alternative("naive-999999")
    old_reader = Finding(
        "replay.refused",
        "warning",
        'fastavro: refuses data of phase 1 "state 1" read as version 3 (8 of 8 records): no value and no default for amount',
        phase=0,
    )
    lost = error(
        "replay.value-lost", "avro: amount is lost: 5 gives 0, data of version 3 read as phase 1 (8 of 8 records)."
    )
    spot = Finding(
        "usage.blind-spot",
        "warning",
        "scorer uses fields here that reading can't name: order[key].",
        Span("scorer/old.py", 7, 7),
    )
    orders = [
        Finding(
            "rollout.gate", "note", 'Before shop in phase 1 "state 1": every instance of scorer runs its new version.'
        ),
        Finding("rollout.order", "note", 'Safe in phase 1 "state 1": scorer before shop.'),
        Finding("rollout.one-way", "warning", "Once shop has written, scorer can't be taken back.", phase=2),
    ]
    proofs = (
        *of_nothing(),
        *all_pass(
            "alias-3fa2b1",
            replay=evidence("alias-3fa2b1", "replay", findings=[old_reader]),
            rollout=evidence("alias-3fa2b1", "rollout", measures={"coordinated_deploys": 3, "one_way_phases": 1}),
        ),
        *all_pass(
            "phased-0a1b2c",
            usage=evidence("phased-0a1b2c", "usage", measures={"phases": 3, "lines_changed": 22}, findings=[spot]),
            rollout=evidence("phased-0a1b2c", "rollout", findings=orders),
        ),
        *all_pass("naive-999999", replay=evidence("naive-999999", "replay", "fail", {"lost": 8}, [lost])),
    )
    made = proposal((NOTHING, alias, phased, naive), proofs)
    return replace(made, decision=decide(made))


def test_the_text_is_the_golden_one() -> None:
    assert_golden(GOLDEN / "decided.md", markdown(decided()))


def test_the_decision_is_the_first_line_after_the_title() -> None:
    assert markdown(decided()).splitlines()[2].startswith("**Decision: C, Rename it the phased-0a1b2c way**")


def test_the_rollout_says_whom_to_ask_about_a_job() -> None:
    made = decided()
    assert made.reading is not None

    told = markdown(replace(made, reading=replace(made.reading, owners=(("scorer", "ml <data@shop.example.com>"),))))

    assert "Deploy the consumers: scorer (owner ml &lt;data&#64;shop.example.com&gt;)" in told


def test_an_undecided_proposal_says_so() -> None:
    assert "Not decided yet" in markdown(proposal((NOTHING,), ()))


def test_a_claim_that_does_not_stand_is_refused() -> None:
    made = decided()
    assert made.decision
    rulings = (replace(made.decision.rulings[0], claims=(Claim("It wins 99 to 1.", ()),)), *made.decision.rulings[1:])

    with pytest.raises(RefusedByEvidence):
        markdown(replace(made, decision=replace(made.decision, rulings=rulings)))


def test_foreign_text_never_becomes_markup_or_a_control_sequence() -> None:
    nasty = replace(alternative("alias-3fa2b1"), title=NASTY, argument=NASTY, strategy=NASTY)
    finding = Finding("usage.blind-spot", "warning", NASTY, Span("a`b|c.py", 1, 1), fix=NASTY)
    proofs = all_pass("alias-3fa2b1", usage=evidence("alias-3fa2b1", "usage", "unknown", findings=[finding]))
    made = proposal((nasty,), proofs, text=NASTY)
    made = replace(made, request=replace(made.request, asked_by=NASTY))

    text = markdown(replace(made, decision=decide(made)))

    assert "<img" not in text
    assert "javascript:" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "**bold**" not in text
    assert "@everyone" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not re.search(r"(?m)^# heading", text)


@given(st.text())
def test_plain_text_stays_one_line_without_active_markup(text: str) -> None:
    shown = plain(text)

    assert "\n" not in shown
    assert not re.search(r"(?<!\\)[`*<>\[\]|]", shown.replace("\\\\", ""))


@given(st.text(alphabet="`ab |\\"))
def test_inline_code_is_never_closed_by_its_content(text: str) -> None:
    shown = code(text)
    fence = re.match(r"`+", shown)

    assert fence
    inner = shown[len(fence[0]) : -len(fence[0])]
    assert fence[0] not in re.findall(r"`+", inner)
    assert not re.search(r"(?<!\\)\|", inner)


def test_who_approved_and_with_which_note_stands_in_the_text() -> None:
    seen = decided()
    approval = Approval("plan", seen.alternatives[1].id, "Eve <eve@b.org>", "2026-01-02T12:00:00Z", "**go**")

    text = markdown(replace(seen, approvals=(approval,)))

    assert "## Approved\n\n- B, by Eve &lt;eve&#64;b.org&gt; at 2026-01-02T12:00:00Z: \\*\\*go\\*\\*\n" in text


def test_evidence_of_what_is_not_put_forward_takes_a_line_and_every_citation_is_found() -> None:
    loud = error("replay.value-lost", "amount is lost: " + "x" * 900)
    lossy = evidence("lossy-0001", "replay", "fail", {"lost": 8}, [loud, error("replay.value-lost", "And more.")])
    proofs = (*all_pass("good-00001"), *all_pass("lossy-0001", replay=lossy), *of_nothing())
    made = proposal((NOTHING, alternative("good-00001"), alternative("lossy-0001")), proofs)
    text = markdown(replace(made, decision=decide(made)))

    told = next(line for line in text.splitlines() if line.startswith(f"- [{lossy.id}] replay: FAIL"))

    assert told.endswith("(1 more finding)")
    assert len(told) < 450
    assert all(f"[{it.id}]" in text for it in made.evidence)
    assert sum(line.startswith("- recipe:") for line in text.splitlines()) == len(all_pass("good-00001"))


def test_what_a_model_says_stands_apart_and_marked() -> None:
    text = markdown(faces.a_proposal_with_a_model())

    start, end = text.index("## In the words of a model"), text.index("## Why")
    assert_golden(GOLDEN / "words-of-a-model.md", text[start:end])
    start, end = text.index("## Faithfulness probe"), text.index("## Evidence")
    assert_golden(GOLDEN / "probe-of-a-model.md", text[start:end])


def test_where_no_sentence_of_a_model_stands_it_says_why() -> None:
    unworded = replace(faces.a_proposal_with_a_model(), worded=Worded((), "The model refused to answer."))

    assert "nothing that it said is shown. The model refused to answer." in markdown(unworded)


def test_the_case_of_a_suggested_alternative_is_set_apart_as_the_models_own_words() -> None:
    base = faces.a_proposal_with_a_model()
    assert base.plan is not None
    suggested = replace(
        base.plan.alternatives[2], origin="claude", argument="It *wins* always.", preconditions=("No one <reads> it.",)
    )
    alternatives = (*base.plan.alternatives[:2], suggested, base.plan.alternatives[3])
    text = markdown(replace(base, plan=replace(base.plan, alternatives=alternatives)))

    assert (
        "> By a model, which suggested it; nothing rests on these words:\n>\n"
        "> Its case: It \\*wins\\* always.\n>\n> It presupposes, not checked: No one &lt;reads&gt; it.\n\n- 3 versions"
    ) in text


def test_a_probe_in_which_a_model_chose_none_does_not_say_that_it_chose_another() -> None:
    none = Probed((("as it is", "", False),), "The model chose none of the alternatives.")

    text = markdown(replace(faces.a_proposal_with_a_model(), probed=none))

    assert " It would not choose as the rules did. The model chose none of the alternatives.\n" in text
