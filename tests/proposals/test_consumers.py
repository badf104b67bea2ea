"""A change of a schema that somebody outside reads, of whom only `copilot.toml` tells: evidence, rollout, what is not covered."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.domain.alternative import Alternative
from copilot.domain.evidence import Evidence, Finding
from copilot.domain.proposal import Proposal
from copilot.errors import WrongUsage
from copilot.proposals import Workspace
from tests.repositories import commit, init
from tests.shops import CHECKOUT, FIELDS, order_schema

CONTRACT = "contracts/reports.avsc"
WITH_DEFAULT = (FIELDS[0], {**FIELDS[1], "default": 0})


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


def shop(folder: Path, *, contract: str = "", decoder: str = "fastavro") -> Path:
    """Makes a repository whose orders a consumer outside reads."""
    init(folder)
    settings = f'[consumers.reports]\nsubject = "order"\nowner = "reports@shop.example.com"\ndecoder = "{decoder}"\n'
    files = {"schemas/order.avsc": order_schema(), **CHECKOUT}
    if contract:
        files[CONTRACT] = contract
        settings += f'schema = "{CONTRACT}"\n'
    commit(folder, {**files, "copilot.toml": settings})
    return folder


def decided(folder: Path, text: str) -> Proposal:
    workspace = Workspace.open(folder)
    id = workspace.propose(text)
    for _ in workspace.advance(id):
        pass
    return workspace.load(id)


def alternative(proposal: Proposal, slug: str) -> Alternative:
    return next(one for one in proposal.alternatives if one.id.startswith(slug))


def evidence(proposal: Proposal, slug: str, check: str) -> Evidence:
    return next(it for it in proposal.evidence_of(alternative(proposal, slug).id) if it.check == check)


def about_reports(found: Evidence) -> list[Finding]:
    return [finding for finding in found.findings if "external:reports" in finding.message]


RENAME = "rename amount to total_cents in order"


def test_a_reader_schema_that_can_not_read_on_fails_whatever_the_level(tmp_path: Path) -> None:
    proposal = decided(shop(tmp_path, contract=order_schema(), decoder="java"), RENAME)

    found = evidence(proposal, "naive", "compatibility")
    (told,) = about_reports(found)
    assert found.verdict == "fail"
    assert told.severity == "error"
    assert str(told.span) == "copilot.toml:1"
    assert 'can\'t read data of phase 1 "renamed" with its own schema' in told.message


def test_a_decoder_that_is_run_here_shows_the_value_that_gets_lost(tmp_path: Path) -> None:
    proposal = decided(shop(tmp_path, contract=order_schema(WITH_DEFAULT)), RENAME)

    found = evidence(proposal, "naive", "replay")
    assert found.verdict == "fail"
    assert any(it.rule == "replay.wire-misread" and "gives 0" in it.message for it in about_reports(found))


def test_for_a_decoder_that_is_not_run_here_stands_what_the_others_agree_on(tmp_path: Path) -> None:
    proposal = decided(shop(tmp_path, contract=order_schema(WITH_DEFAULT), decoder="java"), RENAME)

    assert any(it.rule == "replay.wire-misread" for it in about_reports(evidence(proposal, "naive", "replay")))
    assert proposal.decision is not None
    told = proposal.decision.not_covered
    assert "external:reports decodes with java, which was not run." in told
    assert "Of external:reports only its reader schema is known; its code was not read." in told


def test_what_is_known_of_a_decoder_that_is_not_run_here_leaves_the_question_open(tmp_path: Path) -> None:
    state = {"type": "enum", "name": "State", "symbols": ["OPEN", "PAID"], "default": "OPEN"}
    fields = (*FIELDS, {"name": "state", "type": state})
    folder = shop(tmp_path, contract=order_schema(fields), decoder="java")
    commit(folder, {"schemas/order.avsc": order_schema(fields)})

    proposal = decided(folder, "add symbol LOST to state in order")

    found = [evidence(proposal, it.id, "compatibility") for it in proposal.alternatives if it.phases]
    rules = [{finding.rule for finding in about_reports(it)} for it in found]
    assert {"compatibility.consumer-may-misread"} in rules
    assert "pass" not in {it.verdict for it in found if about_reports(it)}


def test_a_consumer_that_is_asked_in_time_leaves_the_alternative_unproved(tmp_path: Path) -> None:
    proposal = decided(shop(tmp_path, contract=order_schema()), RENAME)

    assert evidence(proposal, "alias", "compatibility").verdict == "unknown"
    (phase,) = alternative(proposal, "alias").phases
    kinds = [(step.kind, step.jobs) for step in phase.steps]
    assert kinds == [("schema", ()), ("consumers", ("external:reports",)), ("producers", ("checkout",))]
    (text,) = phase.steps[1].manual
    assert text.startswith(f"{CONTRACT}:1  external:reports reads with it: rename `amount` to `total_cents`")
    assert text.endswith("deploy external:reports before checkout (owner reports@shop.example.com)")


def test_what_a_consumer_reads_with_is_in_no_patch(tmp_path: Path) -> None:
    proposal = decided(shop(tmp_path, contract=order_schema()), RENAME)

    assert not any(it.refused for it in proposal.compiled)
    assert CONTRACT not in {change.path for it in proposal.compiled for patch in it.patches for change in patch.changes}


def test_a_field_that_is_added_with_a_default_asks_nothing_of_a_consumer(tmp_path: Path) -> None:
    proposal = decided(shop(tmp_path, contract=order_schema()), "add optional string coupon to order")

    assert proposal.decision is not None
    chosen = proposal.decision.chosen
    verdicts = {it.check: it.verdict for it in proposal.evidence_of(chosen)}
    assert verdicts["compatibility"] == verdicts["replay"] == verdicts["usage"] == verdicts["contract"] == "pass"


def test_a_consumer_of_whom_nothing_more_is_known_is_named_where_something_goes(tmp_path: Path) -> None:
    proposal = decided(shop(tmp_path), "remove amount from order")

    manual = [
        text for it in proposal.alternatives for phase in it.phases for step in phase.steps for text in step.manual
    ]
    assert any(text.startswith("copilot.toml:1  external:reports reads this: see that it works") for text in manual)


def test_nobody_here_changes_what_a_consumer_reads_with(tmp_path: Path) -> None:
    folder = shop(tmp_path, contract=order_schema(WITH_DEFAULT))

    with pytest.raises(WrongUsage, match="what an outside consumer reads with"):
        Workspace.open(folder).propose("rename amount to total_cents in reports")


def test_a_consumer_that_never_read_a_field_is_not_hurt_when_it_goes(tmp_path: Path) -> None:
    currency = {"name": "currency", "type": "string"}
    folder = shop(tmp_path, contract=order_schema())
    commit(
        folder,
        {
            "schemas/order.avsc": order_schema((*FIELDS, currency)),
            "copilot.toml": f'[consumers.reports]\ntopic = "orders"\nschema = "{CONTRACT}"\ndecoder = "fastavro"\n',
        },
    )

    proposal = decided(folder, "remove currency from order")

    # Once it has gone, both mean the same: the consumer's is a copy then, and nothing that has gone.
    for check in ("compatibility", "replay", "contract", "rollout"):
        found = evidence(proposal, "naive", check)
        assert [it.message for it in (*about_reports(found), *found.findings) if it.severity == "error"] == []
