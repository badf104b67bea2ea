"""`propose` with a model behind a real socket, and with what was recorded of it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE, EXIT_USAGE
from copilot.proposals import Workspace
from tests import messages_server as say
from tests.messages_server import MessagesServer
from tests.repositories import git

WORDS = "we need to know how sure the scorer is, old decisions have no such value; don't break scorer"
ADD = {"op": "add_field", "subject": "decision", "field": "certainty", "type": ["null", "double"], "default": None}
FRAMED = say.tool("frame", {"operations": [ADD], "wishes": []})


def propose(folder: Path, *more: str) -> int:
    return main(["propose", WORDS, "-C", str(folder), *more])


def test_free_words_are_framed_by_the_model_that_is_named(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.then(FRAMED)

    assert propose(folder, "--model", "some-model") == EXIT_DONE
    assert "asking      some-model, as no sentence fits the words" in capsys.readouterr().err
    assert server.requests[0]["model"] == "some-model"


def test_a_key_in_the_environment_alone_switches_no_model_on(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert propose(folder) == EXIT_USAGE
    told = capsys.readouterr().err
    assert "not understood" in told
    assert "A model can make sense of free words, if you set one up: docs/models.md." in told
    assert server.requests == []


def test_no_model_is_asked_where_the_person_says_so(
    folder: Path, server: MessagesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINE_COPILOT_MODEL", "some-model")

    assert propose(folder, "--no-model") == EXIT_USAGE
    assert server.requests == []


def test_what_was_recorded_answers_offline(folder: Path, server: MessagesServer, tmp_path: Path) -> None:
    server.then(FRAMED)
    kept, again = tmp_path / "kept", Path(shutil.copytree(folder, tmp_path / "again", symlinks=True))

    assert propose(folder, "--model", "some-model", "--record", str(kept)) == EXIT_DONE
    asked = len(server.requests)
    assert propose(again, "--recorded", str(kept)) == EXIT_DONE

    assert len(server.requests) == asked
    first, second = (Workspace.open(it).list()[-1] for it in (folder, again))
    assert [it.request.operations for it in (first, second)] == [first.request.operations] * 2
    assert {it.server for it in second.exchanges} == {"recorded"}


def test_a_failing_server_leaves_the_refusal_of_the_rules(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.then(say.failure(401, "authentication_error"))

    assert propose(folder, "--model", "some-model") == EXIT_USAGE
    assert "The model some-model was asked, too: " in capsys.readouterr().err


def test_what_would_be_sent_is_shown_byte_for_byte_and_nothing_is_sent(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert propose(folder, "--model", "some-model", "--show-what-is-sent", "--format", "json") == EXIT_DONE
    shown = json.loads(capsys.readouterr().out)["sent"]
    assert server.requests == []
    assert Workspace.open(folder).list() == ()
    assert shown["server"] == server.base_url.removeprefix("http://")

    server.then(FRAMED)
    propose(folder, "--model", "some-model")
    assert shown["request"] == server.requests[0]
    assert "key-of-a-test" not in json.dumps(shown)


def test_what_is_sent_for_a_sentence_that_is_understood_is_the_question_for_alternatives(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    change = ["propose", "add optional double certainty to decision", "-C", str(folder), "--model", "some-model"]

    assert main([*change, "--show-what-is-sent"]) == EXIT_DONE
    shown = capsys.readouterr().out
    assert shown.startswith(
        f"to      {server.base_url.removeprefix('http://')}, model some-model\nprompt  alternatives version "
    )
    assert "size    " in shown
    main(change)
    assert json.loads(shown[shown.index("{") :]) == server.requests[0]


def test_without_a_model_nothing_would_be_sent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert propose(folder, "--show-what-is-sent") == EXIT_DONE
    assert capsys.readouterr().out.startswith("Nothing: no model is on.")


def test_a_repository_that_names_a_server_is_told_that_it_is_ignored(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "copilot.toml").open("a") as settings:
        settings.write('\n[model]\nuse = true\nname = "theirs"\nbase_url = "http://127.0.0.1:9"\n')
    git(folder, "commit", "-q", "-a", "-m", "Name a server")
    server.then(FRAMED)

    assert propose(folder, "--model", "mine") == EXIT_DONE

    assert "ignored     copilot.toml:" in capsys.readouterr().err
    assert {request["model"] for request in server.requests} == {"mine"}


def test_a_server_that_only_a_repository_names_is_not_asked(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "copilot.toml").open("a") as settings:
        settings.write(f'\n[model]\nuse = true\nname = "theirs"\nbase_url = "{server.base_url}"\n')
    git(folder, "commit", "-q", "-a", "-m", "Name a server")

    assert propose(folder) == EXIT_USAGE
    assert server.requests == []


QUESTION = {"question": {"text": "Which score is meant?", "candidates": ["score in decision"]}}


@pytest.mark.parametrize(
    ("answers", "outcome", "shown"),
    [
        ([say.tool("frame", QUESTION)], "asked back", "Which score is meant?"),
        ([say.tool("frame", {"operations": []})] * 3, "no answer", "Give either operations or a question"),
        ([say.failure(401, "authentication_error")], "no answer", "refused the key"),
    ],
)
def test_what_was_said_is_kept_where_no_proposal_comes_of_it(
    answers: list[say.Reply],
    outcome: str,
    shown: str,
    folder: Path,
    server: MessagesServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.then(*answers)

    assert propose(folder, "--model", "some-model") == EXIT_USAGE
    (id,) = re.findall(r"pipeline-copilot show (q-[0-9a-f]{10}) --prompts", capsys.readouterr().err)
    assert main(["show", id, "-C", str(folder), "--prompts"]) == EXIT_DONE
    told = capsys.readouterr().out
    assert WORDS in told
    assert shown in told
    assert main(["log", "-C", str(folder)]) == EXIT_DONE
    assert re.search(rf"{id} +{outcome} ", capsys.readouterr().out)
    main(["log", "-C", str(folder), "--format", "json"])
    assert [it["talk"] for it in json.loads(capsys.readouterr().out)["talks"]] == [id]
    assert Workspace.open(folder).list() == ()


def test_a_question_that_is_asked_again_is_answered_from_what_was_kept(folder: Path, server: MessagesServer) -> None:
    server.then(say.tool("frame", QUESTION))

    assert propose(folder, "--model", "some-model") == EXIT_USAGE
    assert propose(folder, "--model", "some-model") == EXIT_USAGE
    assert len(server.requests) == 1


@pytest.mark.parametrize("more", [["--export", "kept.jsonl"], ["--contract-test"]])
def test_what_led_to_no_proposal_can_be_read_and_nothing_else(
    more: list[str], folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.then(say.tool("frame", QUESTION))
    propose(folder, "--model", "some-model")
    (id,) = re.findall(r"q-[0-9a-f]{10}", capsys.readouterr().err)

    assert main(["apply", id, "-C", str(folder)]) == EXIT_USAGE
    assert main(["show", "q-0123456789", "-C", str(folder)]) == EXIT_USAGE
    capsys.readouterr()
    assert main(["show", id, "-C", str(folder), *more]) == EXIT_USAGE
    assert "led to no proposal" in capsys.readouterr().err


def test_the_log_tells_of_words_that_can_not_be_read_any_more(
    folder: Path, server: MessagesServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.then(say.tool("frame", QUESTION))
    propose(folder, "--model", "some-model")
    (file,) = (folder / ".git" / "pipeline-copilot" / "talks").glob("q-*.jsonl")
    file.write_text(file.read_text().replace("Which score", "What score", 1))
    capsys.readouterr()

    assert main(["log", "-C", str(folder)]) == EXIT_DONE
    assert f"{file}:2" in capsys.readouterr().err


def test_a_slip_in_ones_own_prompt_costs_no_proposal_and_is_told(
    folder: Path,
    server: MessagesServer,
    own_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = own_folder / "prompts"
    own.mkdir()
    (own / "frame.md").write_text("You frame.")
    server.then(FRAMED)

    assert propose(folder, "--model", "some-model") == EXIT_DONE

    told = capsys.readouterr().err
    assert f'"frame" of your own was not used, and another one stood in. A prompt begins with a head. At {own}' in told
    main(["show", "-C", str(folder), "--prompts"])
    assert re.search(r"not used +A prompt begins with a head\.", capsys.readouterr().out)


def test_whoever_asks_again_after_failures_has_the_whole_budget_again(
    folder: Path,
    server: MessagesServer,
    own_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (own_folder / "config.toml").write_text("[model]\ncalls = 2\n")
    server.then(*[say.failure(401, "authentication_error")] * 3)

    for _ in range(3):
        assert propose(folder, "--model", "some-model") == EXIT_USAGE
        assert "refused the key" in capsys.readouterr().err
    assert len(server.requests) == 3


def test_an_answer_that_was_of_no_use_is_asked_for_anew(folder: Path, server: MessagesServer) -> None:
    server.then(say.text("I refuse.", stop="refusal"), FRAMED)

    assert propose(folder, "--model", "some-model") == EXIT_USAGE
    assert propose(folder, "--model", "some-model") == EXIT_DONE
