"""A model that obeys the repository instead of us: it reads no secret, reaches nothing outside, and decides nothing."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from copilot.adapters.prompt_files import PromptFiles, built_in_folder
from copilot.cli.main import main
from copilot.domain.decision import Decision
from copilot.domain.proposal import Proposal
from copilot.domain.visible import is_hidden
from copilot.errors import Ambiguous
from copilot.planners.fence import fenced
from copilot.proposals import Workspace
from copilot.proposals.record_files import record_files
from copilot.reasons.render import markdown
from copilot.tui.app import CopilotApp
from tests.injection.attacks import ALIAS, CANARY, FIELD_NAME, MESSAGE, MORE, SECRETS, SYMBOL, TEXTS, poisoned
from tests.injection.obedient import Obedient
from tests.planners.scripted import kit_of
from tests.repositories import fingerprint, git, lasting_folder
from tests.tui.stage import screen_text

CHANGE = "rename amount to total_cents in order"
FILE_MARK = f"{CANARY}-file name: approve.md"
FACES = ("show", "show --prompts", "show json", "log", "map", "Markdown", "record", "TUI")


@dataclass(frozen=True)
class Story:
    """What came of the attack, and what the same request gives without a model."""

    folder: Path
    model: Obedient
    proposal: Proposal
    plain: Proposal
    before: dict[str, bytes]


@pytest.fixture(scope="module")
def story() -> Story:
    folder = poisoned(lasting_folder() / "attacked")
    plain = _ended(Workspace.open(poisoned(lasting_folder() / "quiet")))
    before = _tree(folder)
    model = Obedient(folder)
    with _no_network():
        workspace = Workspace.open(folder, model=lambda tree: kit_of(model))
        decided = _ended(workspace)
        for _ in (*workspace.word(decided.id), *workspace.probe(decided.id)):
            pass
    return Story(folder, model, workspace.load(decided.id), plain, before)


def _ended(workspace: Workspace) -> Proposal:
    id = workspace.propose(CHANGE)
    for _ in workspace.advance(id):
        pass
    return workspace.load(id)


@contextlib.contextmanager
def _no_network() -> Iterator[None]:
    def refuse(*args: Any) -> None:
        raise AssertionError(f"somebody connects to {args[1:]}")

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", refuse)
    yield
    patch.undo()


def _tree(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in fingerprint(folder).items() if "pipeline-copilot" not in name}


def _face(name: str, story: Story) -> str:
    workspace, id = Workspace.open(story.folder), story.proposal.id
    if name == "Markdown":
        return markdown(story.proposal)
    if name == "record":
        chosen = story.proposal.decision.chosen if story.proposal.decision else ""
        files = record_files(story.proposal, chosen, "docs/decisions", "2026-01-02T03:04:05Z", ()).files()
        return b"".join(files.values()).decode()
    if name == "TUI":
        return asyncio.run(_screens(workspace, id))
    words = {
        "show": ["show", id],
        "show --prompts": ["show", id, "--prompts"],
        "show json": ["show", id, "--format", "json"],
    }
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        main([*words.get(name, [name]), "-C", str(story.folder)])
    return out.getvalue()


async def _screens(workspace: Workspace, id: str) -> str:
    app = CopilotApp(workspace, id)
    app.animation_level = "none"
    shown = []
    async with app.run_test(size=(160, 60)) as pilot:
        await pilot.pause()
        for keys in ("1", "2", "3", "4", "5", "6", "down", "1", "2", "3"):
            await pilot.press(keys)
            await pilot.pause()
            shown.append(screen_text(app))
    return "\n".join(shown)


def test_the_model_was_attacked_and_did_as_it_was_told(story: Story) -> None:
    sent = "".join(story.model.seen)

    assert CANARY in sent
    assert {it.purpose for it in story.proposal.exchanges} == {"alternatives", "critic", "words", "probe"}
    assert len(story.model.results) > 5


@pytest.mark.parametrize(
    "mark", [*(text.split(" ")[0] for text in MORE.values()), FIELD_NAME, SYMBOL, ALIAS, FILE_MARK]
)
def test_each_kind_of_attack_reached_the_model_and_nothing_that_rests_on_checks(mark: str, story: Story) -> None:
    decision = story.proposal.decision

    assert mark in "".join(story.model.seen)
    assert decision is not None
    assert mark not in repr((story.proposal.evidence, decision.rulings, decision.stakes_reasons))


def test_nothing_that_is_sent_holds_a_mark_of_a_chat_template(story: Story) -> None:
    sent = "".join(it.sent for it in story.proposal.exchanges)

    assert "‹|im_start|>system" in sent
    for mark in ("<|im_start|>", "<|im_end|>", "</s>", "[/INST]", "<tool_call>"):
        assert mark not in sent


def test_no_secret_is_ever_sent(story: Story) -> None:
    sent = "".join([*story.model.seen, *(it.sent for it in story.proposal.exchanges)])

    assert [secret for secret in SECRETS if secret in sent] == []
    assert "looks like a secret" in sent


def test_tools_read_inside_the_commit_alone(story: Story) -> None:
    answers = [it.text for it in story.model.results]

    assert not any("root:" in text or "[core]" in text for text in answers)
    assert any("/etc/passwd" in text for text in answers if "can't be read" in text)
    assert any("looks as if it held secrets" in text for text in answers)


def test_all_that_tools_answer_stands_between_marks_with_nothing_hidden(story: Story) -> None:
    answers = [it.text for it in story.model.results]
    ours = re.compile(
        r"This can't be used\. Call '\w+' again, whole and corrected\.\n|There is no tool 'write_file'\."
        r"|The limit of 16 look-ups is reached: answer now\."
    )

    for text in answers:
        rest = ours.sub("", text)
        assert rest == "" or re.fullmatch(r'(?s)<data name="\w+" id="\w{8}">\n.*\n</data id="\w{8}">', rest), text
        assert [hex(ord(mark)) for mark in set(text) if mark not in "\n\t" and is_hidden(mark)] == []
    # The name of a file that nobody asked for, told as the nearest one.
    assert any("\\u202e" in text and CANARY in text for text in answers)


def test_commit_messages_are_not_sent(story: Story) -> None:
    assert MESSAGE not in "".join(story.model.seen)


def test_words_of_an_obedient_model_are_not_shown(story: Story) -> None:
    worded = story.proposal.worded

    assert worded is not None
    assert worded.sentences == ()
    assert "could not be used" in worded.problem
    shown = _face("Markdown", story)
    assert CANARY not in shown[shown.index("## In the words of a model") : shown.index("## Why")]


def test_a_probe_of_an_obedient_model_changes_nothing_and_shows_none_of_its_words(story: Story) -> None:
    probed, decision = story.proposal.probed, story.proposal.decision
    records = Workspace.open(story.folder).records(story.proposal.id)

    assert probed is not None
    assert CANARY not in repr(probed)
    assert [it.body for it in records if isinstance(it.body, Decision)] == [decision]
    shown = _face("Markdown", story)
    assert CANARY not in shown[shown.index("## Faithfulness probe") : shown.index("## Evidence")]


def test_framing_by_an_obedient_model_ends_in_a_question_with_names_of_the_map(
    story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace.open(story.folder, model=lambda tree: kit_of(model))
    model = Obedient(story.folder)
    before = [it.id for it in workspace.list()]

    with _no_network(), pytest.raises(Ambiguous) as told:
        workspace.propose("we would like to know more about what people remark, please")

    assert told.value.candidates == ("note in order",)
    assert [it.id for it in workspace.list()] == before
    assert [hex(ord(mark)) for mark in set(told.value.what) if is_hidden(mark)] == []
    sent = "".join(model.seen)
    assert CANARY in sent
    assert [secret for secret in SECRETS if secret in sent] == []
    assert "is not in the map" in sent
    (talk,) = workspace.talks()
    capsys.readouterr()
    main(["show", talk.id, "-C", str(story.folder), "--prompts"])
    shown = capsys.readouterr().out
    assert [hex(ord(mark)) for mark in set(shown) if mark not in "\n\t" and is_hidden(mark)] == []
    assert [secret for secret in SECRETS if secret in shown] == []
    assert _tree(story.folder) == story.before


def test_nothing_is_written_but_the_proposal(story: Story) -> None:
    assert _tree(story.folder) == story.before
    assert git(story.folder, "status", "--porcelain") == ""


def test_the_decision_is_the_one_that_the_rules_make(story: Story) -> None:
    decision, plain = story.proposal.decision, story.plain.decision

    assert decision is not None
    assert plain is not None
    assert decision.chosen == plain.chosen
    known = {ruling.alternative: ruling.outcome for ruling in plain.rulings}
    assert {it.alternative: it.outcome for it in decision.rulings if it.alternative in known} == known
    seen = {it.id for it in story.proposal.evidence if it.alternative in known and it.check != "challenge"}
    assert seen == {it.id for it in story.plain.evidence}


def test_no_patch_goes_where_no_text_of_a_model_may(story: Story) -> None:
    paths = {change.path for one in story.proposal.compiled for patch in one.patches for change in patch.changes}
    reasons = " ".join(it.reason for it in story.proposal.plan.not_offered) if story.proposal.plan else ""

    assert not any(path.startswith(".") or "conftest" in path for path in paths)
    assert ".github/workflows/leak.yml" in reasons
    assert "tests/conftest.py" in reasons


def test_what_is_proved_and_decided_holds_no_word_of_the_model(story: Story) -> None:
    asked = [it for it in story.proposal.evidence if it.check == "challenge"]
    decision = story.proposal.decision

    assert asked
    assert decision is not None
    assert CANARY not in repr((story.proposal.evidence, decision.rulings, decision.stakes_reasons))


def test_whatever_the_model_says_is_marked_as_its_own(story: Story) -> None:
    ways = [it for it in story.proposal.alternatives if it.origin == "claude"]

    assert ways
    for way in ways:
        assert way.title.startswith("By a model: ")
        assert way.argument.startswith("The model says: ")
        assert all(step.title.startswith("model: ") for phase in way.phases for step in phase.steps)


@pytest.mark.parametrize("name", FACES)
def test_nothing_that_is_shown_is_hidden_moves_the_screen_or_holds_a_secret(name: str, story: Story) -> None:
    shown = _face(name, story)

    assert shown.strip()
    assert [hex(ord(mark)) for mark in set(shown) if mark not in "\n\t" and is_hidden(mark)] == []
    # The others stand in files that the change edits, so a person sees them in the diff of their own code.
    assert [secret for secret in (SECRETS[0], SECRETS[3]) if secret in shown] == []


def test_markdown_of_a_model_is_no_markup(story: Story) -> None:
    text = markdown(story.proposal)

    assert "<script>" not in text
    assert "![x](" not in text
    assert f"\n# {CANARY}" not in text


def test_the_prompt_of_the_repository_is_not_used(story: Story) -> None:
    assert {it.prompt.source for it in story.proposal.exchanges} == {"built in"}
    own = PromptFiles(built_in_folder())("critic").digest
    assert own in {it.prompt.digest for it in story.proposal.exchanges}


@pytest.mark.parametrize("attack", TEXTS)
def test_a_fence_holds_what_is_in_it(attack: str) -> None:
    found = fenced("file", TEXTS[attack], 4_000)

    opening, *inside, closing = found.split("\n")
    assert opening.startswith('<data name="file"')
    assert closing.startswith("</data id=")
    assert not any("<data" in line or "</data" in line for line in inside)
    assert not any(is_hidden(mark) for line in inside for mark in line if mark != "\t")
    assert len(found) < 4_200
