"""Whatever a model's server does, a proposal is what it is without a model: same choice, same exit code, whole records, no key."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from copilot.cli.main import main
from copilot.errors import EXIT_DONE, EXIT_USAGE
from copilot.proposals import Workspace
from tests import messages_server as say
from tests.adapters.test_messages_failures import CANARY, REFUSED, USE, WORDS, silent
from tests.messages_server import MessagesServer, Reply
from tests.repositories import commit, init, lasting_folder
from tests.shops import CHECKOUT, order_schema

SENTENCE = "add optional double discount to order"
FREE_WORDS = "we would like to know what people saved with each of their purchases"
NO_USE = [
    ("cut in the middle", say.cut(say.message(WORDS, USE), 3), "cut"),
    ("ends without an end", replace(say.message(USE), events=say.message(USE).events[:3]), "cut off"),
    ("half an input", say.message(USE | {"input": {}}, stop="max_tokens"), "longer than the limit"),
    ("a refusal", say.message(WORDS, stop="refusal"), "refused to answer"),
    ("full", say.odd(say.message(WORDS, stop="model_context_window_exceeded")), "can hold"),
    (
        "a kind of block that is not known",
        say.odd(say.message({"type": "brand_new", "n": 1})),
        "in the form that was asked for",
    ),
    ("no content", say.message(stop="end_turn"), "in the form that was asked for"),
    ("another tool", say.tool("rm", {"path": "/"}), "in the form that was asked for"),
    ("only prose", say.text("I would add the field, and tell everybody."), "in the form that was asked for"),
    ("prose with other JSON", say.text('Here: {"answer": [1, 2]}'), ""),
    ("a look again and again", say.tool("search", {"words": "order"}), "in the form that was asked for"),
    ("an input of another shape", say.tool("alternatives", {"alternatives": "all of them"}), ""),
    ("the same again and again", say.text("order " * 400), "again and again"),
]
IN_ONE_PIECE = [
    (f"{name}, in one piece", say.whole(reply), says)
    for name, reply, says in NO_USE
    if reply.cut_after is None and name not in ("ends without an end", "the same again and again")
]
# One row of each kind: what a row says is tested where the server is asked.
_KINDS = {kind: (name, reply, says) for name, reply, kind, says, _ in reversed(REFUSED)}
ALWAYS = [*_KINDS.values(), *NO_USE, *IN_ONE_PIECE]


@dataclass(frozen=True)
class Plain:
    """What the rules alone come to."""

    code: int
    chosen: str | None
    alternatives: tuple[str, ...]


@pytest.fixture(scope="module")
def shop() -> Path:
    folder = init(lasting_folder() / "shop")
    commit(folder, {"schemas/order.avsc": order_schema(), **CHECKOUT})
    return folder


@pytest.fixture
def folder(shop: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(shop, tmp_path / "shop", symlinks=True))


@pytest.fixture(scope="module")
def plain(shop: Path) -> Plain:
    copy = Path(shutil.copytree(shop, lasting_folder() / "plain", symlinks=True))
    return outcome(copy, main(["propose", SENTENCE, "-C", str(copy), "--quiet", "--no-model"]))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    monkeypatch.setattr("copilot.adapters.messages.WAIT_SECONDS_MIN", 0.001)


def outcome(folder: Path, code: int) -> Plain:
    (proposal,) = Workspace.open(folder).list()
    assert proposal.decision
    assert proposal.plan
    return Plain(code, proposal.decision.chosen, tuple(it.title for it in proposal.plan.alternatives))


def holds_the_key(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and b"CANARY" in path.read_bytes()]


@pytest.mark.slow
@pytest.mark.parametrize(("reply", "says"), [row[1:] for row in ALWAYS], ids=[row[0] for row in ALWAYS])
def test_a_failing_model_leaves_the_proposal_of_the_rules(
    reply: Reply,
    says: str,
    folder: Path,
    plain: Plain,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with MessagesServer(*[reply] * 99) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.base_url)
        code = main(["propose", SENTENCE, "-C", str(folder), "--model", "some-model"])
        asked = len(server.requests)

    assert asked > 0
    assert outcome(folder, code) == plain
    assert main(["show", "-C", str(folder), "--format", "json"]) == EXIT_DONE
    assert main(["show", "-C", str(folder), "--prompts"]) == EXIT_DONE
    told = capfd.readouterr()
    assert says in told.out + told.err
    assert "CANARY" not in told.out + told.err
    assert holds_the_key(folder) == []


def test_a_silent_server_leaves_the_proposal_of_the_rules(
    folder: Path, plain: Plain, monkeypatch: pytest.MonkeyPatch, own_folder: Path
) -> None:
    (own_folder / "config.toml").write_text("[model]\nseconds = 4\n")
    for base_url in silent():
        monkeypatch.setenv("ANTHROPIC_BASE_URL", base_url)
        code = main(["propose", SENTENCE, "-C", str(folder), "--model", "some-model", "--quiet"])

    assert outcome(folder, code) == plain


@pytest.mark.parametrize(("reply", "says"), [row[1:] for row in ALWAYS], ids=[row[0] for row in ALWAYS])
def test_free_words_that_no_model_answers_are_told_as_without_one(
    reply: Reply, says: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with MessagesServer(*[reply] * 9) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.base_url)
        code = main(["propose", FREE_WORDS, "-C", str(folder), "--model", "some-model"])

    told = capfd.readouterr().err
    assert code == EXIT_USAGE
    assert "some-model was asked, too" in told
    assert says in told
    assert "Traceback" not in told
    assert "CANARY" not in told
    assert holds_the_key(folder) == []
    assert Workspace.open(folder).list() == ()
