"""A repository and a clone beside it, as every face sees them: real repositories, from the settings to map, proposal and verify."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from copilot.cli.impact_output import impact_json
from copilot.domain.alternative import Alternative, Step
from copilot.domain.evidence import Evidence
from copilot.domain.pipeline import PipelineMap
from copilot.domain.proposal import Proposal
from copilot.domain.source import Gap, SourceFile
from copilot.errors import SurroundingsFailed, WrongUsage
from copilot.proposals import Workspace
from copilot.proposals.auditing import audit_place
from copilot.proposals.impact import read_impact
from copilot.proposals.reading import open_place
from copilot.reasons.render import markdown
from tests.repositories import commit, git, init
from tests.shops import CHECKOUT, CONSUMER, INVOICE, PRODUCER, READ_PLACE, Shops, clone_settings, order_schema, shops

RENAME = "rename amount to total_cents in order"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")


@pytest.fixture
def two(tmp_path: Path) -> Shops:
    return shops(tmp_path)


def mapped(two: Shops, *, working_tree: bool = False) -> PipelineMap:
    return Workspace.open(two.shop, working_tree=working_tree).map()


def whole(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Returns every file of a folder, git's own too, with the time it was written."""
    return {
        str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in sorted(folder.rglob("*")) if file.is_file()
    }


def amounts(pipeline: PipelineMap) -> set[str]:
    return {str(use.span) for use in pipeline.uses if use.path == "amount"}


def test_the_lines_of_a_clone_are_read_at_the_commit_that_an_evidence_names(two: Shops) -> None:
    workspace = Workspace.open(two.shop)
    id = workspace.propose(RENAME)
    place = READ_PLACE.partition(" ")[0].rpartition(":")[0]

    found = workspace.files(
        id, [place, "copilot.toml", "billing:gone.py", "ledger:a.py"], {"billing": two.pin, "ledger": ""}
    )

    assert isinstance(found[place], SourceFile)
    assert isinstance(found["copilot.toml"], SourceFile)
    assert isinstance(found["billing:gone.py"], Gap)
    assert "copilot.toml names no clone ledger" in str(found["ledger:a.py"])


def test_the_map_shows_where_a_clone_uses_a_field(two: Shops) -> None:
    found = mapped(two)

    assert READ_PLACE in amounts(found)
    assert [(clone.name, clone.commit, clone.files_read) for clone in found.clones] == [("billing", two.pin, 2)]


def test_the_working_tree_is_read_with_its_clones_too(two: Shops) -> None:
    assert READ_PLACE in amounts(mapped(two, working_tree=True))


def test_a_map_with_clones_is_the_same_when_it_was_kept(two: Shops) -> None:
    assert mapped(two) == mapped(two)


def test_a_clone_is_read_at_its_pin_whatever_lies_in_it(two: Shops) -> None:
    before = mapped(two)
    commit(two.billing, {"services/invoice/main.py": CONSUMER.replace("amount", "total")})
    (two.billing / "services/invoice/main.py").write_text("")

    assert mapped(two) == before


def test_moving_the_pin_reads_another_state(two: Shops) -> None:
    later = commit(two.billing, {"services/invoice/main.py": "\n" + CONSUMER})
    commit(two.shop, {"copilot.toml": clone_settings(later)})

    assert "billing:services/invoice/main.py:15" in amounts(mapped(two))


def test_a_clone_that_vanished_is_told_and_its_map_is_not_remembered(two: Shops) -> None:
    mapped(two)
    shutil.move(two.billing, two.billing.with_name("elsewhere"))

    found = mapped(two)

    assert "checkout" in {job.name for job in found.jobs}
    assert READ_PLACE not in amounts(found)
    assert any("../billing is no folder here" in gap.reason for gap in found.gaps)
    assert found.clones[0].commit == ""


def test_an_unpinned_clone_is_read_where_it_stands(tmp_path: Path) -> None:
    two = shops(tmp_path, pin="")
    before = mapped(two)
    commit(two.billing, {"services/invoice/main.py": "\n" + CONSUMER})

    assert READ_PLACE in amounts(before)
    assert "billing:services/invoice/main.py:15" in amounts(mapped(two))
    assert any("is not pinned" in gap.reason for gap in before.gaps)


def test_reading_a_clone_leaves_every_byte_of_it_alone(two: Shops) -> None:
    before = whole(two.billing)

    mapped(two)

    assert whole(two.billing) == before


def test_a_partial_clone_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    two = shops(tmp_path)
    git(two.billing, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{two.billing}", "partial")
    commit(two.shop, {"copilot.toml": clone_settings(two.pin).replace("../billing", "../partial")})

    found = mapped(two)

    assert any(gap.span.path.startswith("billing:") and "is not in this clone" in gap.reason for gap in found.gaps)
    assert found.clones[0].commit == two.pin


def test_a_submodule_that_is_named_is_read_and_no_gap(tmp_path: Path) -> None:
    two = shops(tmp_path)
    git(two.shop, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(two.billing), "billing")
    without = commit(two.shop, {"copilot.toml": ""})
    commit(two.shop, {"copilot.toml": '[clones.billing]\npath = "billing"\n'})

    found = mapped(two)

    assert READ_PLACE in amounts(found)
    assert found.gaps == ()
    assert [gap.span.path for gap in Workspace.open(two.shop, at=without).map().gaps] == ["billing"]


def test_an_audit_tells_what_lies_between_the_repositories_and_not_what_lies_in_the_clone(tmp_path: Path) -> None:
    compose = "services:\n  invoice:\n    build: services/invoice\n    environment:\n      TAX_SCHEMA: /app/schemas/tax.avsc\n"
    code = CONSUMER.replace('"orders"', '"orders-created"')
    more = {
        "services/invoice/main.py": code,
        "compose.yaml": compose,
        "schemas/refund.avsc": order_schema(name="Refund"),
    }
    written = PRODUCER.replace('"orders"', '"orders.created"')
    own = {"schemas/order.avsc": order_schema(), **CHECKOUT, "services/checkout/main.py": written}
    two = shops(tmp_path, billing={**INVOICE, **more}, shop=own)

    _, found = audit_place(open_place(two.shop))

    assert {finding.rule for finding in audit_place(open_place(two.billing))[1]} >= {"schema-path-missing"}
    assert [(it.rule, it.title) for it in found if it.severity != "note"] == [
        (
            "topic-misspelt",
            "billing:invoice consumes orders-created, which nobody here produces; checkout produces orders.created.",
        )
    ]


class TestImpact:
    """What a change reaches, told before anything is proposed."""

    def test_places_in_the_clone_are_told_with_their_owner(self, tmp_path: Path) -> None:
        two = shops(tmp_path, billing={**INVOICE, "contracts/order.avsc": order_schema()})

        found = read_impact(open_place(two.shop), RENAME, ())

        assert [(it.path, [span.first_line for span in it.spans], it.reasons, it.owner) for it in found.elsewhere] == [
            ("billing:contracts/order.avsc", [1], ("holds the schema",), "billing@shop.example.com"),
            ("billing:services/invoice/main.py", [14], ("computes with amount",), "billing@shop.example.com"),
        ]
        assert not any(it.path.startswith("billing:") for it in found.files)

    def test_a_change_of_a_schema_that_lives_in_the_clone_reaches_it_too(self, tmp_path: Path) -> None:
        two = shops(tmp_path, billing={"schemas/order.avsc": order_schema(), **CHECKOUT}, shop=INVOICE)

        found = read_impact(open_place(two.shop), RENAME, ())

        assert {it.path for it in found.elsewhere} == {
            "billing:schemas/order.avsc",
            "billing:services/checkout/main.py",
        }

    def test_a_file_of_the_clone_that_names_the_field_beside_others_of_the_record_is_told(self, tmp_path: Path) -> None:
        show = "def show(message):\n    print(message['amount'], message['order_id'], message['note'])\n"
        apart = "def weigh(parcel):\n    return parcel['amount'], parcel['status']\n"
        two = shops(tmp_path, billing={**INVOICE, "tools/show.py": show, "tools/weigh.py": apart})

        found = read_impact(open_place(two.shop), RENAME, ())

        assert [(it.path, [span.first_line for span in it.spans], it.is_guess) for it in found.elsewhere] == [
            ("billing:services/invoice/main.py", [14], False),
            ("billing:tools/show.py", [2], True),
        ]
        assert found.elsewhere[1].reasons == ("names amount beside 2 other fields of order",)

    def test_who_reads_a_topic_of_no_known_schema_is_told(self, tmp_path: Path) -> None:
        sent = 'from confluent_kafka import Producer\nProducer({}).produce("clicks", b"1")\n'
        read = 'from confluent_kafka import Consumer\nconsumer = Consumer({})\nconsumer.subscribe(["clicks"])\n'
        two = shops(tmp_path, billing={"read.py": read}, shop={"send.py": sent})

        found = read_impact(open_place(two.shop), "rename topic clicks to visits", ())

        assert [(it.path, it.reasons) for it in found.elsewhere] == [
            ("billing:read.py", ("billing:read consumes clicks, uses of fields not known",))
        ]

    def test_what_the_map_does_not_know_is_not_searched_elsewhere_and_that_is_told(self, two: Shops) -> None:
        found = read_impact(open_place(two.shop), "rename amount to total_cents in parcel", ())

        assert found.elsewhere == ()
        assert any(it.startswith("Other repositories were not searched: ") for it in found.warnings)

    def test_programs_get_the_places_elsewhere_apart(self, two: Shops) -> None:
        value = impact_json(read_impact(open_place(two.shop), RENAME, ()))

        schema = json.loads(files("copilot.cli").joinpath("impact-1.schema.json").read_text("utf-8"))
        jsonschema.validate(json.loads(json.dumps(value)), schema)
        assert [it["path"] for it in value["elsewhere"]] == ["billing:services/invoice/main.py"]


class TestAProposal:
    """A change of the producer's schema, while the consumer's code lies in the clone."""

    def decided(self, two: Shops, text: str = RENAME) -> Proposal:
        workspace = Workspace.open(two.shop)
        id = workspace.propose(text)
        for _ in workspace.advance(id):
            pass
        return workspace.load(id)

    def alternative(self, proposal: Proposal, slug: str) -> Alternative:
        return next(one for one in proposal.alternatives if one.id.startswith(slug))

    def test_a_file_that_only_names_the_field_is_to_be_looked_at_by_hand(self, tmp_path: Path) -> None:
        show = "def show(message):\n    print(message['amount'], message['order_id'], message['note'])\n"

        text = markdown(self.decided(shops(tmp_path, billing={**INVOICE, "tools/show.py": show})))

        assert "- `billing:tools/show.py:2`: names amount beside 2 other fields of order; whether it reads them" in text

    def evidence(self, proposal: Proposal, slug: str, check: str) -> Evidence:
        id = self.alternative(proposal, slug).id
        return next(one for one in proposal.evidence_of(id) if one.check == check)

    def steps(self, alternative: Alternative) -> Iterator[Step]:
        for phase in alternative.phases:
            yield from phase.steps

    def test_the_naive_edit_is_refused_because_of_the_place_in_the_clone(self, two: Shops) -> None:
        proposal = self.decided(two)

        usage = self.evidence(proposal, "naive", "usage")
        left = [finding for finding in usage.findings if finding.rule == "usage.use-left"]
        assert usage.verdict == "fail"
        assert [str(finding.span) for finding in left] == [READ_PLACE]
        assert f"the clone billing, read at {two.pin[:9]}" in left[0].message

    def test_an_alias_does_not_help_a_reader_elsewhere_that_never_sees_aliases(self, two: Shops) -> None:
        assert self.evidence(self.decided(two), "alias", "usage").verdict == "fail"

    def test_a_parallel_change_lets_the_people_of_the_clone_move_between_and_stays_unproved(self, two: Shops) -> None:
        proposal = self.decided(two)

        phased = self.alternative(proposal, "phased")
        assert proposal.decision is not None
        assert proposal.decision.chosen == phased.id
        assert proposal.decision.stakes == "high"
        assert self.evidence(proposal, "phased", "usage").verdict == "unknown"
        assert [phase.name for phase in phased.phases] == ["expand", "move readers", "stop old write", "contract"]
        marked, step = phased.phases[1].steps
        assert (marked.kind, marked.paths) == ("schema", ("schemas/order.avsc",))
        assert step.jobs == ("billing:invoice",)
        assert step.manual[0].startswith(f"{READ_PLACE}  uses `amount`: read the new field")
        assert "in another repository (owner billing@shop.example.com)" in step.manual[0]

    def test_the_turn_of_a_job_elsewhere_is_told(self, two: Shops) -> None:
        manual = [text for step in self.steps(self.alternative(self.decided(two), "naive")) for text in step.manual]

        assert [text for text in manual if "deploy billing:invoice after checkout" in text] == manual

    def test_no_patch_holds_a_file_of_the_clone(self, two: Shops) -> None:
        proposal = self.decided(two)

        paths = {change.path for it in proposal.compiled for patch in it.patches for change in patch.changes}
        assert paths == {"schemas/order.avsc", "schemas/order_v2.avsc", "services/checkout/main.py"}
        assert not any(it.refused for it in proposal.compiled)
        assert all(self.evidence(proposal, it.id, "scope").verdict != "fail" for it in proposal.alternatives)

    def test_the_rationale_says_what_was_read_and_what_was_not(self, two: Shops) -> None:
        commit(two.shop, {"copilot.toml": clone_settings(two.pin) + '[clones.ledger]\npath = "../ledger"\n'})

        decision = self.decided(two).decision

        assert decision is not None
        assert f"Outside this repository only billing at {two.pin[:9]} was read" in " ".join(decision.not_covered)
        assert "copilot.toml names ledger, which could not be read." in decision.not_covered

    def test_proving_leaves_every_byte_of_the_clone_alone(self, two: Shops) -> None:
        before = whole(two.billing)

        self.decided(two)

        assert whole(two.billing) == before

    def test_moving_the_pin_gives_other_evidence(self, two: Shops) -> None:
        first = self.decided(two)
        moved = commit(two.billing, {"README": "nothing that concerns the field\n"})
        commit(two.shop, {"copilot.toml": clone_settings(moved)})

        second = self.decided(two)

        assert first.reading is not None
        assert second.reading is not None
        assert first.reading.map_digest != second.reading.map_digest
        assert dict(second.evidence[0].recipe.inputs)["clone.billing"] == moved
        assert {it.id for it in first.evidence}.isdisjoint(it.id for it in second.evidence)

    def test_moving_the_pin_to_a_reader_that_moved_proves_the_last_phase(self, two: Shops) -> None:
        moved = commit(
            two.billing, {"services/invoice/main.py": CONSUMER.replace('order["amount"]', 'order["order_id"]')}
        )
        commit(two.shop, {"copilot.toml": clone_settings(moved)})

        assert self.evidence(self.decided(two), "phased", "usage").verdict == "pass"

    def test_verify_sees_the_same_while_the_clone_is_there(self, two: Shops) -> None:
        id = self.decided(two).id

        verification = Workspace.open(two.shop).verify(id)

        assert {seen.outcome for seen in verification.seen} == {"same"}
        assert verification.holds

    def test_verify_can_not_be_run_again_when_the_clone_has_vanished(self, two: Shops) -> None:
        id = self.decided(two).id
        shutil.rmtree(two.billing)

        verification = Workspace.open(two.shop).verify(id)

        assert verification.decision == "can't be re-run"
        assert {seen.outcome for seen in verification.seen} == {"can't be re-run"}
        assert verification.reason == f"The clone billing was read at {two.pin[:9]}, and can't be read now."

    def test_verify_can_not_be_run_again_when_an_unpinned_clone_has_moved(self, tmp_path: Path) -> None:
        two = shops(tmp_path, pin="")
        id = self.decided(two).id
        moved = commit(two.billing, {"README": ""})

        reason = Workspace.open(two.shop).verify(id).reason

        assert f"and stands at {moved[:9]} now" in reason

    def test_a_run_that_was_cut_short_is_not_gone_on_with_beside_another_clone(self, two: Shops) -> None:
        workspace = Workspace.open(two.shop)
        id = workspace.propose(RENAME)
        next(workspace.advance(id))
        shutil.rmtree(two.billing)

        with pytest.raises(SurroundingsFailed, match="reads differently now") as told:
            list(Workspace.open(two.shop).advance(id))

        assert "a clone that copilot.toml names" in told.value.next

    def test_what_is_applied_holds_nothing_of_the_clone(self, two: Shops) -> None:
        proposal = self.decided(two)
        workspace = Workspace.open(two.shop)
        workspace.approve(proposal.id, confirmation="order", note="seen")

        branch = workspace.apply(proposal.id).branch

        changed = git(two.shop, "diff", "--name-only", f"HEAD..{branch}").split("\n")
        assert {path for path in changed if not path.startswith("docs/decisions/")} == {
            "schemas/order.avsc",
            "services/checkout/main.py",
        }

    def test_a_schema_that_lives_in_the_clone_is_changed_there(self, tmp_path: Path) -> None:
        two = shops(tmp_path, billing={"schemas/order.avsc": order_schema(), **CHECKOUT}, shop=INVOICE)

        with pytest.raises(WrongUsage, match="lives in another repository") as told:
            Workspace.open(two.shop).propose(RENAME)

        assert told.value.where == "billing:schemas/order.avsc"
        assert told.value.next == "Propose the change there, in ../billing."

    def test_a_copy_of_the_schema_in_the_clone_is_a_place_for_its_people(self, tmp_path: Path) -> None:
        two = shops(tmp_path, billing={**INVOICE, "contracts/order.avsc": order_schema()})

        phased = self.alternative(self.decided(two), "phased")

        manual = [text for step in phased.phases[0].steps for text in step.manual]
        assert [text.partition(";")[0] for text in manual] == [
            "billing:contracts/order.avsc:1  holds the schema: add `total_cents`"
        ]

    def test_a_repository_of_schemas_alone_tells_all_others_when_to_move(self, tmp_path: Path) -> None:
        pins = [
            (name, commit(init(tmp_path / name), files)) for name, files in (("billing", INVOICE), ("till", CHECKOUT))
        ]
        settings = "".join(f'[clones.{name}]\npath = "../{name}"\ncommit = "{pin}"\n' for name, pin in pins)
        contracts = init(tmp_path / "contracts")
        pin = commit(contracts, {"schemas/order.avsc": order_schema(), "copilot.toml": settings})

        proposal = self.decided(Shops(contracts, tmp_path / "billing", pin))

        phased = self.alternative(proposal, "phased")
        assert proposal.decision is not None
        assert proposal.decision.chosen == phased.id
        assert [(step.kind, step.jobs) for step in phased.phases[-1].steps] == [
            ("schema", ()),
            ("consumers", ("billing:invoice",)),
        ]
        (text,) = phased.phases[-1].steps[1].manual
        assert text.endswith("in another repository; deploy billing:invoice before till:checkout")
