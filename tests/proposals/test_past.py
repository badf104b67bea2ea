"""Decisions of the past: what is remembered of them, how they are found, and when they bear on what is asked again."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from copilot.adapters.store import FileStore
from copilot.domain.decision import Postponed, Rejection, Undone
from copilot.domain.operation import AddField, RenameField
from copilot.domain.proposal import Proposal, plan_digest
from copilot.proposals import Workspace
from copilot.proposals.past import Past, is_about, past_in_record, past_of
from copilot.proposals.precedents import Precedent, precedent_words, precedents
from copilot.proposals.recall import precedents_of
from copilot.reasons.document import record_document
from tests.proposals.papers import PLAIN, begin, paper
from tests.repositories import commit

LATER = "2026-03-04T05:06:07Z"
NOTE = "the dashboards of risk read it, see INC-42"


def _two(tmp_path: Path) -> tuple[Workspace, Proposal, Proposal]:
    """Returns a repository with a decided proposal on its first commit, and one for the same on its next."""
    made = paper(tmp_path)
    base = commit(tmp_path, {"more.txt": "more\n"})
    again = begin(tmp_path, base)
    workspace = made.open()
    return workspace, workspace.load(made.id), workspace.load(again)


def _rejected(proposal: Proposal) -> Proposal:
    no = Rejection(plan_digest(proposal, PLAIN), PLAIN, "Bo <bo@example.org>", LATER, NOTE)
    return replace(proposal, rejections=(no,))


def _told(found: tuple[Precedent, ...]) -> str:
    return "\n".join(line for it in found for line in precedent_words(it))


def test_what_a_person_rejected_is_told_with_who_when_why_and_what_differs_now(tmp_path: Path) -> None:
    _, then, now = _two(tmp_path)

    found = precedents(now, [past_of(_rejected(then), LATER)])

    told = _told(found)
    assert f"{then.id}: this was rejected by Bo <bo@example.org> on 2026-03-04: {NOTE}" in told
    assert f"the base moved from {then.request.commit[:9]} to {now.request.commit[:9]}" in told
    assert "the verdicts are the same" in told
    assert found[0].is_same


def test_another_name_for_the_same_field_is_told_as_what_was_asked_then(tmp_path: Path) -> None:
    _, then, now = _two(tmp_path)
    other = replace(now.request, operations=(RenameField("order", "", "amount", "sum"),))

    found = precedents(replace(now, request=other), [past_of(_rejected(then), LATER)])

    assert not found[0].is_same
    assert f'"{then.request.text}" was rejected' in _told(found)


def test_another_field_or_another_kind_of_change_has_no_precedent(tmp_path: Path) -> None:
    _, then, now = _two(tmp_path)
    past = past_of(_rejected(then), LATER)

    for operation in (RenameField("order", "", "price", "sum"), AddField("order", "", "amount", '"long"')):
        assert precedents(replace(now, request=replace(now.request, operations=(operation,))), [past]) == ()


def test_a_way_that_the_evidence_refused_is_told_where_its_strategy_is_offered_again(tmp_path: Path) -> None:
    _, then, now = _two(tmp_path)
    past = past_of(then, LATER)
    assert past.refused

    found = precedents(now, [past, replace(past, id="p-0000000000")])

    assert len(found) == 1
    assert "refused then and now: " in _told(found)
    assert past.refused[0].rule in _told(found)
    undecided = replace(now, decision=None, evidence=())
    assert "refused then: " in _told(precedents(undecided, [past]))
    assert "not proved yet" in _told(precedents(undecided, [past]))


def test_a_verdict_that_is_another_one_now_is_named(tmp_path: Path) -> None:
    _, then, now = _two(tmp_path)
    first, *rest = (it for it in now.evidence if it.alternative == PLAIN)
    others = tuple(it for it in now.evidence if it.alternative != PLAIN)
    changed = replace(now, evidence=(*others, replace(first, verdict="unknown"), *rest))

    told = _told(precedents(changed, [past_of(_rejected(then), LATER)]))

    assert f"{first.check} was {first.verdict} and is unknown" in told


def test_not_now_and_taken_back_are_told_too_but_not_what_was_approved_since(tmp_path: Path) -> None:
    _, then, now = _two(tmp_path)
    later = replace(then, postponed=Postponed("Bo", LATER, "after the sale", "2026-04-01"))
    undone = replace(then, undone=(Undone("", "abc", "copilot/undo", LATER),))

    assert "this was postponed by Bo on 2026-03-04: after the sale; until 2026-04-01" in _told(
        precedents(now, [past_of(later, LATER)])
    )
    assert "this was undone on 2026-03-04" in _told(precedents(now, [past_of(undone, LATER)]))


def test_a_committed_record_of_another_clone_tells_the_same_as_its_proposal(tmp_path: Path) -> None:
    _, then, _ = _two(tmp_path)
    own = past_of(then, LATER)

    found = past_in_record(json.loads(json.dumps(record_document(then, PLAIN))), "docs/decisions/a.json", "2026-01-02")

    assert (found.id, found.asked, found.operations, found.keys) == (own.id, own.asked, own.operations, own.keys)
    assert [(it.letter, it.title, it.outcome, it.rule, it.verdicts) for it in found.ways] == [
        (it.letter, it.title, it.outcome, it.rule, it.verdicts) for it in own.ways
    ]
    assert found.at == "2026-01-02"


def test_ways_of_a_record_beyond_the_alphabet_have_the_letters_that_the_proposal_shows(tmp_path: Path) -> None:
    _, then, _ = _two(tmp_path)
    document = json.loads(json.dumps(record_document(then, PLAIN)))
    document["alternatives"] *= 27

    found = past_in_record(document, "docs/decisions/a.json", "2026-01-02")

    assert [it.letter for it in found.ways[24:28]] == ["Y", "Z", "A2", "B2"]


def test_words_are_found_in_requests_notes_and_refused_alternatives(tmp_path: Path) -> None:
    _, then, _ = _two(tmp_path)
    past = past_of(_rejected(then), LATER)

    assert is_about(past, "INC-42 dashboards")
    assert is_about(past, "AMOUNT order 2026-03")
    assert is_about(past, past.refused[0].rule)
    assert not is_about(past, "amount coupon")


def test_records_of_the_present_commit_and_of_this_clone_are_one_list(tmp_path: Path) -> None:
    workspace, then, now = _two(tmp_path)
    workspace.reject(now.id, note=NOTE)
    foreign = record_document(then, PLAIN) | {"proposal": "p-00000000aa"}
    commit(
        tmp_path,
        {
            "docs/decisions/2025-12-24-rename.json": json.dumps(foreign),
            "docs/decisions/2025-12-25-notes.json": "[1, 2]",
            "docs/decisions/2025-12-26-broken.json": "{",
        },
    )

    found = {it.id: it for it in Workspace.open(tmp_path).decisions()}

    assert set(found) == {then.id, now.id, "p-00000000aa"}
    assert found["p-00000000aa"].source == "docs/decisions/2025-12-24-rename.json"
    assert found[now.id].state == "rejected"


def test_a_record_that_came_from_another_clone_bears_on_what_is_asked_here(tmp_path: Path) -> None:
    _, then, now = _two(tmp_path)
    foreign = record_document(then, PLAIN) | {"proposal": "p-00000000aa", "state": "undone"}
    commit(tmp_path, {"docs/decisions/2025-12-24-rename.json": json.dumps(foreign)})

    told = _told(Workspace.open(tmp_path).precedents(now))

    assert "p-00000000aa: this was undone on 2025-12-24" in told
    assert "record docs/decisions/2025-12-24-rename.json" in told


def test_a_rejection_is_found_among_hundreds_of_proposals_within_a_tenth_of_a_second(tmp_path: Path) -> None:
    workspace, then, now = _two(tmp_path)
    workspace.reject(then.id, note=NOTE)
    folder = tmp_path / ".git" / "pipeline-copilot" / "proposals"
    file = (folder / f"{now.id}.jsonl").read_bytes()
    for number in range(500):
        (folder / f"p-{number:010x}.jsonl").write_bytes(file)
    store = FileStore(folder, lambda: LATER)

    began = time.process_time()
    found = precedents_of(now, store, None, "docs/decisions")
    took = time.process_time() - began

    assert NOTE in _told(found)
    assert took < 0.1


def test_broken_settings_are_no_obstacle(tmp_path: Path) -> None:
    _, _, now = _two(tmp_path)
    commit(tmp_path, {"copilot.toml": "this is not TOML"})

    assert Workspace.open(tmp_path).precedents(now)


def test_a_phase_that_carries_a_change_on_asks_for_nothing_again(tmp_path: Path) -> None:
    from copilot.domain.continuation import Continued

    _, then, now = _two(tmp_path)
    known: list[Past] = [past_of(_rejected(then), LATER)]
    assert precedents(now, known)
    body = Continued(then.id, 1, 2, "The topic is drained.", (), (), then.alternatives[0])

    assert precedents(replace(now, continued=body), known) == ()


def test_what_was_asked_later_is_no_precedent(tmp_path: Path) -> None:
    workspace, then, now = _two(tmp_path)
    workspace.reject(now.id, note=NOTE)
    folder = tmp_path / ".git" / "pipeline-copilot" / "proposals"
    store = FileStore(folder, lambda: LATER)
    assert precedents_of(then, store, None, "docs/decisions")
    file = folder / f"{now.id}.jsonl"
    request, _, rest = file.read_text().partition("\n")
    file.write_text(request.replace('"at":"2026-01-02', '"at":"2026-01-09') + "\n" + rest)

    assert precedents_of(then, store, None, "docs/decisions") == ()


def test_only_what_the_evidence_of_today_does_not_say_by_itself_is_news(tmp_path: Path) -> None:
    _, then, now = _two(tmp_path)
    past = past_of(then, LATER)

    assert [it.is_news for it in precedents(now, [past])] == [False]
    assert [it.is_news for it in precedents(replace(now, decision=None, evidence=()), [past])] == [True]
    assert [it.is_news for it in precedents(now, [past_of(_rejected(then), LATER)])] == [True]
