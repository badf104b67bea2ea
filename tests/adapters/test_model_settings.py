"""Which model is asked and where: the user's own file and environment alone, each mistake told with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.adapters.messages import MessagesModel
from copilot.adapters.model_settings import ModelSettings, Prices, model_settings
from copilot.adapters.own_settings import own_settings
from copilot.domain.model import ModelLimits
from copilot.errors import ModelFailed, WrongUsage
from copilot.plugins import build_model
from tests import messages_server as say
from tests.adapters.test_messages import CALL

FILE = """
[model]
use = true
name = "qwen"
base_url = "http://localhost:11434/v1/"
price_input = 1
price_output = 2.5
calls = 5
dollars = 0.5

[model.headers]
"X-Team" = "data"
"X-Secret" = "$TEAM_SECRET"
"""


def write(home: Path, text: str) -> None:
    folder = home / ".config" / "pipeline-copilot"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text)


def test_the_file_says_it_all(tmp_path: Path) -> None:
    write(tmp_path, FILE)

    assert model_settings({"TEAM_SECRET": "s3cret"}, tmp_path) == ModelSettings(
        name="qwen",
        base_url="http://localhost:11434",
        profile="compatible",
        is_sdk_key=False,
        headers=(("X-Team", "data"), ("X-Secret", "s3cret")),
        prices=Prices(1.0, 1.0, 2.5),
        limits=ModelLimits(calls=5, dollars=0.5),
    )


def test_other_settings_of_the_file_are_read_beside_it(tmp_path: Path) -> None:
    write(tmp_path, '[model]\nname = "m"\n[decoders.avsc]\nfolder = "/node"\n')

    assert own_settings({}, tmp_path).avsc_folder == "/node"


@pytest.mark.parametrize(
    ("environ", "name", "base_url", "profile"),
    [
        ({}, "", "", "claude"),
        ({"ANTHROPIC_API_KEY": "k"}, "", "", "claude"),
        ({"PIPELINE_COPILOT_MODEL": "m"}, "m", "", "claude"),
        (
            {"PIPELINE_COPILOT_MODEL": "m", "ANTHROPIC_BASE_URL": "http://[::1]:80/v1"},
            "m",
            "http://[::1]:80",
            "compatible",
        ),
        ({"PIPELINE_COPILOT_MODEL": " "}, "", "", "claude"),
    ],
)
def test_the_environment_says_it_all(
    environ: dict[str, str], name: str, base_url: str, profile: str, tmp_path: Path
) -> None:
    found = model_settings(environ, tmp_path)

    assert (found.name, found.base_url, found.profile) == (name, base_url, profile)


def test_a_name_alone_switches_nothing_on(tmp_path: Path) -> None:
    write(tmp_path, '[model]\nname = "m"\n')

    assert build_model({}, tmp_path) is None
    assert build_model({}, tmp_path, "other") is not None


@pytest.mark.parametrize(
    ("text", "says", "next"),
    [
        ("model = 1", "must be a table", "[model]"),
        ("[model]\nuse = 'yes'", '"use"', "true or false"),
        ("[model]\nuse = true", "names no model", "name"),
        ("[model]\napi_key = 'k'", 'no key "api_key"', "key_variable"),
        ("[model]\ncolour = 'red'", 'no key "colour"', "base_url"),
        ("[model]\nprofile = 'gpt'", '"profile"', "compatible"),
        ("[model]\nclient = 'gpt'", '"client"', "bedrock"),
        ("[model]\ncalls = -1", '"calls"', "number"),
        ("[model]\ncalls = 1.5", '"calls"', "number"),
        ("[model]\ncalls = true", '"calls"', "number"),
        ("[model]\ndollars = inf", '"dollars"', "number"),
        ("[model]\nprice_input = 1", "lacks price_output", "price_output"),
        ("[model]\nbase_url = 'localhost:11434'", "no address of the web", "https://"),
        ("[model]\nbase_url = 'http://a:99999'", "no address of the web", "https://"),
        ("[model]\nbase_url = 'https://me:secret@host'", "holds a user or a password", "key_variable"),
        ("[model]\nheaders = 'X'", '"headers"', "[model.headers]"),
        ("[model.headers]\nX-Key = '$NOT_SET'", "not set", "Set NOT_SET"),
        ('[model.headers]\nX-Key = "a\\nb: c"', "can't be sent", "one line"),
        ("[model", "can't be read", "decoders"),
    ],
)
def test_what_is_not_understood_is_told(text: str, says: str, next: str, tmp_path: Path) -> None:
    write(tmp_path, text)

    with pytest.raises(WrongUsage) as caught:
        model_settings({}, tmp_path)

    assert says in caught.value.what
    assert next in caught.value.next
    assert str(caught.value.where).endswith("config.toml")
    assert "secret" not in str(caught.value)


def asked_with(server: say.MessagesServer, home: Path, file: str, environ: dict[str, str]) -> dict[str, str]:
    write(home, file.replace("BASE", server.base_url))
    model = MessagesModel(model_settings(environ, home, "m"), environ)
    model.ask(CALL, 20)
    return server.headers[-1]


def test_a_key_of_the_environment_is_not_sent_to_an_address_of_the_file(tmp_path: Path) -> None:
    with say.MessagesServer(say.text("fine")) as server:
        headers = asked_with(server, tmp_path, '[model]\nbase_url = "BASE"', {"ANTHROPIC_API_KEY": "the-key"})

    assert headers["authorization"] == "Bearer unused"
    assert "the-key" not in str(headers)


def test_the_variable_that_the_file_names_holds_the_key_for_its_address(tmp_path: Path) -> None:
    file = '[model]\nbase_url = "BASE"\nkey_variable = "GATE_KEY"\n[model.headers]\nX-Team = "data"'
    with say.MessagesServer(say.text("fine")) as server:
        headers = asked_with(server, tmp_path, file, {"GATE_KEY": "gate", "ANTHROPIC_API_KEY": "the-key"})

    assert (headers["authorization"], headers["x-team"]) == ("Bearer gate", "data")


def test_the_client_of_a_cloud_goes_where_its_own_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_FOUNDRY_API_KEY", "cloud-key")
    environ = {"ANTHROPIC_API_KEY": "the-key", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    with say.MessagesServer(say.text("fine")) as server:
        headers = asked_with(server, tmp_path, '[model]\nclient = "foundry"\nbase_url = "BASE"', environ)

    assert (headers["x-api-key"], "the-key" in str(headers)) == ("cloud-key", False)


def test_a_cloud_whose_settings_are_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUD_ML_REGION", raising=False)
    write(tmp_path, '[model]\nclient = "vertex"\n')

    with pytest.raises(ModelFailed, match="client for vertex can't be used") as caught:
        MessagesModel(model_settings({}, tmp_path, "m"), {}).ask(CALL, 20)

    assert (caught.value.kind, caught.value.where) == ("client", "vertex")
