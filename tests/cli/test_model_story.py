"""A whole change with a model behind a real socket: asked in free words, challenged, decided, read, approved, applied."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from copilot.cli.main import main
from copilot.domain.proposal import Challenged, Proposal
from copilot.errors import EXIT_DONE, EXIT_USAGE
from copilot.proposals import Workspace
from copilot.reasons import document
from tests import messages_server as say
from tests.line import DECISION
from tests.messages_server import MessagesServer
from tests.repositories import git

WORDS = "we need to know how sure the scorer is, old decisions have no such value"
ADD = {"op": "add_field", "subject": "decision", "field": "certainty", "type": ["null", "double"], "default": None}
SAYS = "Every record is lost."
CASE = {
    "case": "record",
    "subject": "decision",
    "writer": "base",
    "reader": "phase 1",
    "record": DECISION,
    "path": "score",
    "says": SAYS,
}
BREAKING = {
    "title": "Safe in every way",
    "argument": "Nothing breaks, and no reader has to move.",
    "preconditions": ["Nobody reads outcome."],
    "phases": [
        {
            "name": "all at once",
            "edits": [
                {
                    "edit": "schema",
                    "path": "schemas/decision.avsc",
                    "action": "remove_field",
                    "record": "shop.risk.Decision",
                    "field": "outcome",
                },
            ],
            "steps": [
                {"title": "Deploy", "kind": "producers", "jobs": ["decisions"], "paths": ["schemas/decision.avsc"]}
            ],
            "gate": "",
        }
    ],
}
ANSWERS: dict[str, Any] = {
    "frame": {"operations": [ADD], "wishes": []},
    "alternatives": {"alternatives": [BREAKING]},
    "critic": {"cases": [CASE]},
    "words": {"sentences": []},
}


def answering(answers: dict[str, Any]) -> Any:
    """Returns a reply that calls the tool that a request is about with the answer for it."""

    def reply(asked: Any) -> say.Reply:
        name = (asked.get("tool_choice") or {}).get("name") or asked["tools"][-1]["name"]
        return say.tool(name, answers[name])

    return reply


def propose(folder: Path, *more: str, words: str = WORDS) -> int:
    return main(["propose", words, "-C", str(folder), "--model", "some-model", *more])


def the_one(folder: Path) -> Proposal:
    (proposal,) = Workspace.open(folder).list()
    return proposal


def test_a_change_goes_from_free_words_to_a_commit(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.then(*[answering(ANSWERS)] * 20)
    before = git(folder, "rev-parse", "HEAD")

    assert propose(folder) == EXIT_DONE
    assert "understood by scripted-1 as  add the optional field certainty" in capsys.readouterr().out
    proposal = the_one(folder)
    assert {it.purpose for it in proposal.exchanges} == {"frame", "alternatives", "critic"}
    assert proposal.decision is not None
    assert proposal.decision.chosen

    capsys.readouterr()
    assert main(["show", proposal.id, "-C", str(folder), "--prompts"]) == EXIT_DONE
    transcript = capsys.readouterr().out
    assert WORDS in transcript
    assert SAYS in transcript
    assert "key-of-a-test" not in transcript
    assert all(it["model"] == "some-model" for it in server.requests)

    workspace = Workspace.open(folder)
    workspace.approve(proposal.id, by="Ada <ada@example.org>")
    assert main(["apply", proposal.id, "-C", str(folder)]) == EXIT_DONE
    applied = workspace.load(proposal.id).applied[-1]
    assert "certainty" in git(folder, "show", f"{applied.branch}:schemas/decision.avsc")
    assert git(folder, "rev-parse", "HEAD") == before
    assert main(["verify", proposal.id, "-C", str(folder)]) == EXIT_DONE


def test_a_model_that_lies_about_its_way_does_not_win(folder: Path, server: MessagesServer) -> None:
    server.then(*[answering(ANSWERS)] * 20)

    assert propose(folder) == EXIT_DONE

    proposal = the_one(folder)
    (lie,) = (it for it in proposal.alternatives if it.origin == "claude")
    assert proposal.decision is not None
    assert proposal.decision.ruling(lie.id).outcome == "refused"
    assert proposal.decision.chosen != lie.id
    assert all(it.alternative != lie.id for it in proposal.challenges)


def test_a_way_that_presupposes_what_is_not_so_is_refused_with_the_place(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    edit = {
        "edit": "schema",
        "path": "schemas/decision.avsc",
        "action": "add_field",
        "record": "shop.risk.Decision",
        "field": "certainty",
        "value": {"name": "certainty", "type": "double", "default": 0.5},
    }
    step = {"title": "Deploy", "kind": "schema", "jobs": [], "paths": [edit["path"]]}
    claims = [
        {"kind": "no_reader", "subject": "decision", "field": "outcome"},
        {"kind": "other", "words": "Half is as good as unknown."},
    ]
    way = {
        "title": "A default in the middle",
        "argument": "It needs no null.",
        "preconditions": claims,
        "phases": [{"name": "a", "edits": [edit], "steps": [step], "gate": ""}],
    }
    server.then(*[answering({**ANSWERS, "alternatives": {"alternatives": [way]}})] * 20)

    assert propose(folder) == EXIT_DONE

    proposal = the_one(folder)
    (told,) = (it for it in proposal.alternatives if it.origin == "claude")
    assert proposal.decision is not None
    ruling = proposal.decision.ruling(told.id)
    assert (ruling.outcome, ruling.rule) == ("refused", "presupposes what is not so")
    (seen,) = (it for it in proposal.evidence if it.check == "preconditions")
    assert ruling.claims[0].cites == (seen.id,)
    assert ruling.claims[0].text.startswith(
        "It presupposes that no job reads outcome of decision. That does not hold: seen in "
    )
    capsys.readouterr()
    main(["show", proposal.id, "-C", str(folder)])
    assert "It presupposes, not checked: Half is as good as unknown." in capsys.readouterr().out
    assert main(["verify", proposal.id, "-C", str(folder)]) == EXIT_DONE


def test_a_page_that_a_model_writes_instead_is_not_held_for_what_was_asked(
    folder: Path, server: MessagesServer
) -> None:
    page = {"edit": "new_file", "path": "docs/certainty.md", "text": "How sure.\n"}
    step = {"title": "Write it", "kind": "consumers", "jobs": [], "paths": [page["path"]]}
    way = {
        "title": "A page",
        "argument": "It is read.",
        "phases": [{"name": "a", "edits": [page], "steps": [step], "gate": ""}],
    }
    server.then(*[answering({**ANSWERS, "alternatives": {"alternatives": [way]}})] * 20)

    assert propose(folder) == EXIT_DONE

    proposal = the_one(folder)
    (told,) = (it for it in proposal.alternatives if it.origin == "claude")
    assert proposal.decision is not None
    assert proposal.decision.ruling(told.id).outcome == "unproved"
    assert "usage" in proposal.decision.ruling(told.id).rule


def test_a_claim_that_was_refuted_stays_to_be_read(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.then(*[answering(ANSWERS)] * 20)
    propose(folder)
    capsys.readouterr()

    main(["show", the_one(folder).id, "-C", str(folder)])

    shown = capsys.readouterr().out
    assert re.search(r"- Against [B-Z], claim refuted \[ev-", shown)
    assert f'It was said: "{SAYS}"' in shown

    main(["show", the_one(folder).id, "-C", str(folder), "--format", "json"])

    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, document.schema())
    assert ("refuted", SAYS) in {(case["fate"], case["says"]) for it in found["challenges"] for case in it["cases"]}


def test_a_question_comes_back_with_candidates_of_the_map(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    question = {"text": "Which score is meant?", "candidates": ["score in decision"]}
    server.then(answering({"frame": {"operations": [], "question": question}}))

    assert propose(folder, words="we need to know how sure somebody is about it") == EXIT_USAGE

    told = capsys.readouterr().err
    assert "Which score is meant?" in told
    assert "score in decision" in told


def test_a_budget_that_runs_out_midway_ends_in_an_honest_decision(
    folder: Path, server: MessagesServer, own_folder: Path
) -> None:
    (own_folder / "config.toml").write_text("[model]\ncalls = 2\n")
    server.then(*[answering(ANSWERS)] * 20)

    assert propose(folder) == EXIT_DONE

    proposal = the_one(folder)
    assert len(server.requests) == 2
    assert proposal.decision is not None
    assert {it.problem for it in proposal.challenges} == {"The limit calls of the model (2) is reached."}


def test_what_was_asked_before_a_kill_is_not_asked_again(folder: Path, server: MessagesServer) -> None:
    reached = threading.Event()

    def hang(asked: Any) -> say.Reply:
        reached.set()
        time.sleep(3)
        return say.tool("critic", {"cases": []})

    server.then(answering(ANSWERS), answering(ANSWERS), answering(ANSWERS), hang)
    command = [sys.executable, "-c", "from copilot.cli.main import run; run()", "propose", WORDS, "-C", str(folder)]
    started = subprocess.Popen(
        [*command, "--model", "some-model"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)
    )
    assert reached.wait(60)
    started.send_signal(signal.SIGKILL)
    started.wait(10)
    known = len(server.requests)
    server.then(*[answering(ANSWERS)] * 20)

    assert propose(folder) == EXIT_DONE

    proposal = the_one(folder)
    assert proposal.decision is not None
    again = [it["tool_choice"].get("name") or it["tools"][-1]["name"] for it in server.requests[known:]]
    assert "alternatives" not in again
    assert len({it.alternative for it in proposal.challenges}) == len(proposal.challenges)
    kinds = [type(it.body) for it in Workspace.open(folder).records(proposal.id)]
    assert kinds.count(Challenged) == len(proposal.challenges)


def test_a_person_may_want_no_critic(folder: Path, server: MessagesServer, own_folder: Path) -> None:
    (own_folder / "config.toml").write_text("[model]\ncritics = 0\n")
    server.then(*[answering(ANSWERS)] * 20)

    assert propose(folder) == EXIT_DONE

    proposal = the_one(folder)
    assert {it.purpose for it in proposal.exchanges} == {"frame", "alternatives"}
    assert proposal.challenges == ()
    assert proposal.decision is not None
