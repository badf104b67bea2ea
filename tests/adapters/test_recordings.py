"""What was recorded answers again, offline, word for word; what was not says which request missed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.adapters.recordings import RecordedModel, RecordingModel
from copilot.domain.codec import digest_of_text
from copilot.domain.model import Call, Message, Reply, Text
from copilot.errors import ModelFailed, SurroundingsFailed, WrongUsage
from copilot.plugins import build_model
from tests import messages_server as say
from tests.adapters.test_messages import CALL, model_at

OTHER = replace(CALL, messages=(Message("user", (Text("Frame this.\nAnd that, please."),)),))
CANARY = "key-of-a-test"


def record(folder: Path, home: Path, *calls: Call, profile: str = "compatible") -> list[Reply]:
    replies = [say.tool("answer", {"n": number}) for number in range(len(calls))]
    with say.MessagesServer(*replies) as server:
        model = RecordingModel(model_at(server, home, profile), folder)
        return [model.ask(call, 20) for call in calls]


@pytest.mark.parametrize("profile", ["claude", "compatible"])
def test_a_recorded_run_answers_word_for_word(profile: str, tmp_path: Path) -> None:
    told = record(tmp_path / "kept", tmp_path, CALL, OTHER, profile=profile)

    model = build_model({}, tmp_path, recorded=tmp_path / "kept")

    assert model is not None
    assert [model.ask(call, 1) for call in (CALL, OTHER)] == told
    assert (model.name, model.server, model.forces_by_name) == ("some-model", "recorded", profile == "claude")


def test_a_recording_is_named_by_its_request_and_holds_no_key(tmp_path: Path) -> None:
    record(tmp_path / "kept", tmp_path, CALL)

    (file,) = (tmp_path / "kept").iterdir()
    entry = json.loads(file.read_text())
    assert file.stem == entry["digest"] == digest_of_text(RecordedModel(tmp_path / "kept").request(CALL))
    assert entry["origin"] == "recorded"
    assert CANARY not in file.read_text()


def test_a_failure_is_recorded_and_fails_again(tmp_path: Path) -> None:
    with say.MessagesServer(say.failure(402, "billing_error")) as server, pytest.raises(ModelFailed) as first:
        RecordingModel(model_at(server, tmp_path), tmp_path / "kept").ask(CALL, 20)

    with pytest.raises(ModelFailed) as again:
        RecordedModel(tmp_path / "kept").ask(CALL, 20)

    assert (again.value.kind, again.value.what) == (first.value.kind, first.value.what)


def test_a_request_that_was_not_recorded_is_named_with_what_differs_from_the_nearest(tmp_path: Path) -> None:
    record(tmp_path / "kept", tmp_path, CALL, replace(OTHER, tokens_max=1, forced=""))

    with pytest.raises(ModelFailed) as caught:
        RecordedModel(tmp_path / "kept").ask(OTHER, 20)

    digest = digest_of_text(RecordedModel(tmp_path / "kept").request(OTHER))
    assert caught.value.kind == "missed"
    assert f"request {digest[:12]}" in caught.value.what
    assert '"You frame."' in caught.value.what
    assert "asks for answer" in caught.value.what
    assert f"{digest}.json" in caught.value.next
    assert 'messages[0].content[0].text: "And that, please." here, "" there' in caught.value.next


def change(file: Path, **parts: object) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **parts}))


def test_a_recording_that_was_changed_must_say_so(tmp_path: Path) -> None:
    record(tmp_path / "kept", tmp_path, CALL)
    (file,) = (tmp_path / "kept").iterdir()
    change(file, reply={"type": "message", "content": [{"type": "text", "text": "mine"}]})

    with pytest.raises(WrongUsage, match="changed after") as caught:
        RecordedModel(tmp_path / "kept")
    assert "hand-written" in caught.value.next

    change(file, origin="hand-written")
    model = RecordedModel(tmp_path / "kept")
    assert (model.server, model.ask(CALL, 1).blocks) == ("hand-written", (Text("mine"),))


def test_a_hand_written_answer_needs_no_request(tmp_path: Path) -> None:
    record(tmp_path / "kept", tmp_path, OTHER)
    digest = digest_of_text(RecordedModel(tmp_path / "kept").request(CALL))
    reply = {"type": "message", "content": [{"type": "text", "text": "by hand"}]}
    entry = {"origin": "hand-written", "model": "some-model", "reply": reply}
    (tmp_path / "kept" / f"{digest}.json").write_text(json.dumps(entry))

    assert RecordedModel(tmp_path / "kept").ask(CALL, 1).blocks == (Text("by hand"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("[]", "needs a"),
        ('{"origin": "recorded"}', "needs a"),
        ('{"reply": {}}', "where it is from"),
        ('{"origin": "recorded", "reply": {}}', "changed after"),
    ],
)
def test_a_file_that_is_no_recording_is_told(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text)

    with pytest.raises(WrongUsage, match=says) as caught:
        RecordedModel(tmp_path)

    assert str(caught.value.where).endswith("x.json")


def test_recordings_of_several_models_are_told_apart(tmp_path: Path) -> None:
    record(tmp_path / "kept", tmp_path, CALL)
    entry = {"origin": "hand-written", "model": "another", "reply": {}}
    (tmp_path / "kept" / "x.json").write_text(json.dumps(entry))

    with pytest.raises(WrongUsage, match="another, some-model"):
        RecordedModel(tmp_path / "kept")


def test_a_folder_without_recordings_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(WrongUsage, match=r"no recordings|no such folder") as caught:
            RecordedModel(folder)
        assert "--record" in caught.value.next


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with say.MessagesServer(say.text("fine")) as server, pytest.raises(SurroundingsFailed, match="can't be kept"):
        RecordingModel(model_at(server, tmp_path), tmp_path / "file" / "kept").ask(CALL, 20)
