"""Phases one after the other: each lands by itself, and the next is opened on the present base once its gate is shown to hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from copilot.cli.main import main
from copilot.domain.alternative import Alternative
from copilot.domain.continuation import Continued
from copilot.domain.decision import Applied
from copilot.domain.proposal import Proposal
from copilot.errors import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, RefusedByEvidence, WrongUsage
from copilot.example.build import build_repository
from copilot.proposals import Workspace
from copilot.proposals.approve import confirmation_word
from copilot.proposals.gates import Ways
from copilot.reasons.render import markdown
from tests.proposals.papers import paper
from tests.repositories import commit, fingerprint, git

SEEN = Ways(attest="both fields agree in every record since Monday")
RULES = "services/decisions/decisions/rules.py"
TABLE = "services/sink/sink/table.py"
SCHEMA = "schemas/decision.avsc"


class Shop:
    """The example, with a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = "2026-01-02T12:00:00Z"

    def open(self) -> Workspace:
        return Workspace.open(self.folder, clock=lambda: self.now)

    def decide(self, id: str) -> Proposal:
        list(self.open().advance(id))
        return self.open().load(id)

    def propose(self) -> Proposal:
        made = self.decide(self.open().propose("rename outcome to verdict in decision"))
        assert made.decision is not None
        assert made.decision.chosen.startswith("phased")
        return made

    def next(self, id: str, ways: Ways = SEEN) -> Proposal:
        return self.decide(self.open().next(id, ways))

    def land(self, proposal: Proposal) -> Applied:
        """A person approves and applies, and somebody squashes the branch into main."""
        assert proposal.decision is not None
        workspace = self.open()
        word = confirmation_word(proposal, proposal.decision.chosen)
        workspace.approve(proposal.id, confirmation=word, note="seen")
        applied = workspace.apply(proposal.id)
        git(self.folder, "merge", "-q", "--squash", applied.branch)
        git(self.folder, "commit", "-q", "-m", "merged")
        return applied

    def text(self, path: str) -> str:
        return (self.folder / path).read_text("utf-8")


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with a decided proposal, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("shop") / "shop"
    build_repository(folder)
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    Shop(folder).propose()
    return folder


@pytest.fixture
def shop(tmp_path: Path, proposed: Path) -> Shop:
    return Shop(Path(copytree(proposed, tmp_path / "shop", symlinks=True)))


def logged(shop: Shop, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What `log` says of each proposal, newest first: its state, and which phase is next."""
    capsys.readouterr()
    main(["log", "-C", str(shop.folder)])
    rows = re.split(r"^(?=p-)", capsys.readouterr().out, flags=re.MULTILINE)[1:]
    return [" ".join([row.split()[1], *re.findall(r"next:\s+[a-z ]+", " ".join(row.split()))]) for row in rows]


def chosen_of(proposal: Proposal) -> Alternative:
    assert proposal.decision is not None
    return proposal.alternative(proposal.decision.chosen)


def test_a_rename_goes_through_all_its_phases_to_the_end(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    first = shop.propose()
    with pytest.raises(WrongUsage, match="is not applied"):
        shop.open().next(first.id, SEEN)
    shop.land(first)
    assert '"verdict"' in shop.text(SCHEMA)
    assert '"outcome"' in shop.text(SCHEMA)

    commit(shop.folder, {TABLE: shop.text(TABLE) + "\n# somebody else was here\n"})
    shop.now = "2026-01-20T12:00:00Z"
    second = shop.next(first.id)
    assert second.continued is not None
    assert (second.continued.phase, second.continued.phases) == (1, 4)
    assert second.continued.moved == (TABLE,)
    assert [phase.name for phase in second.alternatives[1].phases] == ["move readers", "stop old write", "contract"]
    assert second.reading is not None
    assert second.reading.impacted is not None
    assert not any(it.path.startswith("docs/decisions") for it in second.reading.impacted.files)
    assert second.decision is not None
    assert second.decision.chosen == second.alternatives[1].id
    assert second.request.commit == git(shop.folder, "rev-parse", "HEAD")
    shop.land(second)
    assert "verdict" in shop.text(TABLE)
    assert "# somebody else was here" in shop.text(TABLE)

    assert logged(shop, capsys) == ["applied next: stop old write", "applied"]
    third = shop.next(first.id)
    assert third.request.follows == second.id
    shop.land(third)
    assert '"outcome"' in shop.text(SCHEMA)
    assert "outcome=" not in shop.text(RULES)
    fourth = shop.next(first.id)
    assert [phase.name for phase in fourth.alternatives[1].phases] == ["contract"]
    shop.land(fourth)
    assert '"outcome"' not in shop.text(SCHEMA)
    assert '["outcome"]' not in shop.text(TABLE)
    assert "outcome=" not in shop.text(RULES)

    with pytest.raises(WrongUsage, match="last phase"):
        shop.open().next(first.id, SEEN)
    undone = shop.open().undo(fourth.id, from_branch="main")
    assert '"outcome"' in git(shop.folder, "show", f"{undone.branch}:{SCHEMA}")


def test_a_gate_that_nobody_shows_to_hold_says_what_is_missing(shop: Shop) -> None:
    first = shop.propose()
    shop.land(first)
    before = fingerprint(shop.folder)

    with pytest.raises(RefusedByEvidence) as told:
        shop.open().next(first.id, Ways())

    assert 'The gate of phase 1 "expand"' in told.value.what
    assert "every producer runs the version that writes both fields" in told.value.what
    assert 'it should end by 2026-02-01, its time-box: 30 days (the default; [gates."expand"] days' in told.value.what
    for way in ("--run-gate", "--result", "--attest"):
        assert way in told.value.next
    assert [it.id for it in shop.open().list()] == [first.id]
    assert fingerprint(shop.folder) == before


def test_a_time_box_that_is_over_is_a_warning_and_stops_nobody(shop: Shop) -> None:
    first = shop.propose()
    assert [it.time_box is not None for it in chosen_of(first).phases] == [True, True, True, False]
    shop.land(first)
    shop.now = "2026-02-11T12:00:00Z"

    with pytest.raises(RefusedByEvidence, match=r"That time is over: .* should have ended by 2026-02-01, 10 days ago"):
        shop.open().next(first.id, Ways())
    made = shop.next(first.id)

    assert made.continued is not None
    assert made.continued.late.endswith("should have ended by 2026-02-01, 10 days ago")
    assert 'Its time-box was over: phase 1 "expand"' in markdown(made)


def test_how_a_gate_was_shown_is_kept_and_told_with_name_and_time(shop: Shop) -> None:
    first = shop.propose()
    shop.land(first)
    result = shop.folder.parent / "counts.json"
    result.write_text(json.dumps([{"mismatches": 0, "records": 120000}]))

    made = shop.next(first.id, Ways("and the log agrees", result, ("mismatches = 0", "records >= 100000")))

    assert made.continued is not None
    query, attested = made.continued.proofs
    assert (query.kind, attested.kind) == ("query", "attested")
    assert (attested.by, attested.at) == ("Ada <ada@example.org>", shop.now)
    assert len(query.digest) == 64
    text = markdown(made)
    assert f"Carries on `{first.id}`, from phase 2 of 4." in text
    assert "in counts.json (1 row), bytes" in text
    assert f"- attested, by Ada &lt;ada&#64;example.org&gt; at {shop.now}: and the log agrees" in text


def test_the_same_asked_again_on_the_same_base_is_the_same_proposal(shop: Shop) -> None:
    first = shop.propose()
    shop.land(first)

    made = shop.open().next(first.id, SEEN)

    assert shop.open().next(first.id, Ways()) == made
    assert shop.open().next(first.id, SEEN) == made
    for more in (Ways("and so does the log"), Ways(result=shop.folder / "copilot.toml"), Ways(runs_command=True)):
        with pytest.raises(WrongUsage, match="carries it on already, and what you bring can't be added"):
            shop.open().next(first.id, more)
    with pytest.raises(WrongUsage, match="a command can't be added"):
        shop.open().next(first.id, Ways(), run_commands=True, commands=("true",))
    shop.decide(made)
    shop.open().reject(made)
    assert shop.open().next(first.id, SEEN) != made


def test_a_phase_that_is_not_in_the_base_has_to_be_merged_first(shop: Shop) -> None:
    first = shop.propose()
    assert first.decision is not None
    workspace = shop.open()
    workspace.approve(first.id, confirmation=confirmation_word(first, first.decision.chosen), note="seen")
    applied = workspace.apply(first.id)

    with pytest.raises(RefusedByEvidence) as told:
        shop.open().next(first.id, SEEN)

    assert 'Phase "expand" is not in this base' in told.value.what
    assert told.value.what.endswith(("is what it was before.", "are what they were before."))
    assert applied.branch in told.value.next


def test_lines_that_others_changed_are_never_guessed(shop: Shop) -> None:
    first = shop.propose()
    shop.land(first)
    commit(shop.folder, {TABLE: shop.text(TABLE).replace('decision["outcome"]', 'decision["outcome"].upper()')})

    with pytest.raises(RefusedByEvidence, match=f"Others changed the same lines of {TABLE}"):
        shop.open().next(first.id, SEEN)


def retention(shop: Shop, days: int) -> None:
    text = shop.text("copilot.toml") + f'\n[topics."decisions"]\nretention_days = {days}\n'
    commit(shop.folder, {"copilot.toml": text})


def test_records_that_are_still_kept_hold_a_gate_back_whatever_a_query_says(shop: Shop, tmp_path: Path) -> None:
    retention(shop, 7)
    first = shop.propose()
    shop.land(first)
    moved = shop.next(first.id)
    shop.land(moved)
    second = shop.next(first.id)
    shop.land(second)
    result = tmp_path / "reads.csv"
    result.write_text("reads\n0\n")
    shown = Ways(result=result, holds=("reads = 0",))

    with pytest.raises(RefusedByEvidence, match="can't hold before 2026-01-09 12:00 UTC"):
        shop.open().next(second.id, shown)
    shop.now = "2026-01-09T12:00:01Z"
    third = shop.next(second.id, shown)

    assert [phase.name for phase in third.alternatives[1].phases] == ["contract"]
    assert third.alternatives[1].waited is not None
    assert third.alternatives[1].waited.gone


@pytest.mark.tool("bwrap")
def test_a_command_shows_a_gate_only_where_it_is_allowed_and_ends_well(shop: Shop) -> None:
    said = '\n[gates.expand]\ncommand = "python -c \'import sys; sys.exit(open(\\"{}\\").read().count(\\"x\\"))\'"\n'
    commit(shop.folder, {"copilot.toml": shop.text("copilot.toml") + said.format("seen"), "seen": "xx"})
    first = shop.propose()
    shop.land(first)

    with pytest.raises(RefusedByEvidence, match="is not shown to hold"):
        shop.open().next(first.id, Ways())
    with pytest.raises(RefusedByEvidence, match="ended with exit code 2"):
        shop.open().next(first.id, Ways(runs_command=True))
    commit(shop.folder, {"seen": "nothing"})
    made = shop.open().load(shop.open().next(first.id, Ways(runs_command=True)))

    assert isinstance(made.continued, Continued)
    assert made.continued.proofs[0].kind == "command"


def test_a_command_that_can_not_be_read_is_wrong_usage_with_its_line(shop: Shop) -> None:
    commit(shop.folder, {"copilot.toml": shop.text("copilot.toml") + '\n[gates.expand]\ncommand = "sh -c \'x"\n'})
    first = shop.propose()
    shop.land(first)

    with pytest.raises(WrongUsage, match="can't be read: no closing quotation") as caught:
        shop.open().next(first.id, Ways(runs_command=True))

    assert str(caught.value.where).startswith("copilot.toml:")


def test_what_has_one_phase_has_nothing_to_go_on_with(tmp_path: Path) -> None:
    made = paper(tmp_path)
    workspace = made.open()
    workspace.approve(made.id)
    workspace.apply(made.id)

    with pytest.raises(WrongUsage, match="landed its last phase"):
        made.open().next(made.id, SEEN)
    workspace.undo(made.id, from_branch=workspace.load(made.id).applied[-1].branch)
    with pytest.raises(WrongUsage, match="taken back"):
        made.open().next(made.id, SEEN)


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        (lambda folder: Ways(holds=("a = 0",)), "no result is given"),
        (lambda folder: Ways(result=folder / "absent.csv", holds=("a = 0",)), "can't be read"),
        (lambda folder: Ways(result=folder / "absent.csv"), "What the result must hold is not said"),
        (lambda folder: Ways(runs_command=True), "names no command for the gate"),
        (lambda folder: Ways(attest="x" * 2001), "at most 2000 characters"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(shop: Shop, ways: Callable[[Path], Ways], told: str) -> None:
    first = shop.propose()
    shop.land(first)

    with pytest.raises(WrongUsage, match=told):
        shop.open().next(first.id, ways(shop.folder))


def test_the_verb_ends_with_the_code_that_its_answer_has(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    first = shop.propose()
    where = ["next", first.id, "-C", str(shop.folder)]
    assert main(where) == EXIT_USAGE
    shop.land(first)

    assert main(where) == EXIT_REFUSED
    assert main([*where, "--holds", "a = 0"]) == EXIT_USAGE
    assert main([*where, "--attest", " "]) == EXIT_USAGE
    assert "is not shown to hold" in capsys.readouterr().err
    assert main([*where, "--attest", "seen", "--format", "json"]) == EXIT_DONE

    shown = capsys.readouterr()
    value = json.loads(shown.out)
    assert value["follows"] == first.id
    assert value["continues"]["phase"] == 2
    assert value["continues"]["proofs"][0]["text"] == "seen"
    assert "carries on  " in shown.err
    assert main([*where, "--quiet"]) == EXIT_DONE


def test_the_verb_takes_commands_as_propose_does(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    first = shop.propose()
    shop.land(first)
    where = ["next", first.id, "-C", str(shop.folder), "--attest", "seen", "--command", "true"]

    assert main(where) == EXIT_USAGE
    assert "runs nothing by itself" in capsys.readouterr().err
    assert main([*where, "--run-commands", "--quiet"]) in (EXIT_DONE, EXIT_REFUSED)

    assert shop.open().load(shop.open().next(first.id, Ways())).request.commands == ("true",)


def test_a_backfill_lands_with_its_job_and_the_next_phase_takes_it_away(shop: Shop) -> None:
    commit(shop.folder, {"copilot.toml": shop.text("copilot.toml") + "\n[topics.decisions]\ncompacted = true\n"})
    first = shop.propose()
    shop.land(first)
    second = shop.next(first.id)
    assert second.continued is not None
    assert [it.name for it in second.alternatives[1].phases] == [
        "backfill",
        "move readers",
        "stop old write",
        "contract",
    ]
    shop.land(second)
    job = shop.folder / "backfills/decisions_verdict.py"
    assert 'TOPIC = "decisions"' in job.read_text("utf-8")

    printed = shop.folder.parent / "left.ndjson"
    printed.write_text('{"partition": 0, "written": 0, "left": 2}\n{"partition": 1, "written": 0, "left": 0}\n')
    with pytest.raises(RefusedByEvidence):
        shop.next(second.id, Ways(result=printed, holds=("left = 0",)))
    undone = shop.open().undo(second.id, from_branch="main")
    assert "backfills" not in git(shop.folder, "ls-tree", "--name-only", undone.branch)


def test_what_the_backfill_s_job_prints_shows_that_its_gate_holds(shop: Shop) -> None:
    commit(shop.folder, {"copilot.toml": shop.text("copilot.toml") + "\n[topics.decisions]\ncompacted = true\n"})
    first = shop.propose()
    shop.land(first)
    second = shop.next(first.id)
    shop.land(second)
    printed = shop.folder.parent / "left.ndjson"
    printed.write_text('{"partition": 0, "written": 0, "left": 0}\n{"partition": 1, "written": 0, "left": 0}\n')

    third = shop.next(second.id, Ways(result=printed, holds=("left = 0",)))
    shop.land(third)

    assert not (shop.folder / "backfills").exists()
    assert "verdict" in shop.text(TABLE)
    fourth = shop.next(third.id)
    shop.land(fourth)
    fifth = shop.next(fourth.id)
    assert fifth.decision is not None
    assert fifth.decision.chosen == fifth.alternatives[1].id
    shop.land(fifth)
    assert '"outcome"' not in shop.text(SCHEMA)


def test_a_change_of_type_goes_through_all_its_phases_too(shop: Shop) -> None:
    """The field that takes over is in the base from the second phase on, and still carries the old one's values."""
    first = shop.decide(shop.open().propose("change the type of score in decision to string"))
    way = next(it for it in first.alternatives if it.id.startswith("phased"))
    word = confirmation_word(first, way.id)
    shop.open().approve(first.id, alternative=way.id, confirmation=word, note="seen")
    applied = shop.open().apply(first.id)
    git(shop.folder, "merge", "-q", "--squash", applied.branch)
    git(shop.folder, "commit", "-q", "-m", "merged")

    for name in [phase.name for phase in way.phases[1:]]:
        shop.now = f"{int(shop.now[:4]) + 1}{shop.now[4:]}"
        made = shop.next(first.id)
        assert made.decision is not None
        assert made.decision.chosen == made.alternatives[1].id
        assert made.alternatives[1].phases[0].name == name
        assert not any("operation" in claim.text for ruling in made.decision.rulings for claim in ruling.claims)
        shop.land(made)
    assert '"score_v2"' in shop.text(SCHEMA)
    assert '"name": "score",' not in shop.text(SCHEMA)
