"""A hunk in the person's own editor: real programs, a file outside of the repository, and nothing lost when it goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from copilot.errors import SurroundingsFailed, WrongUsage
from copilot.proposals import Workspace
from copilot.tui.app import CopilotApp
from copilot.tui.diff_keys import NO_TERMINAL, UNCHANGED
from copilot.tui.editor import edited, editor_of
from copilot.tui.hunks import HunkPane
from tests import faces
from tests.line import copy_of_example
from tests.tui.stage import screen_text, workspace_with
from tests.tui.test_example import idle
from tests.tui.test_review import drive, review_of, status_of

REPLACE = """
import pathlib, sys
old, new, path = sys.argv[1:]
file = pathlib.Path(path)
file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
"""


def replacing(old: str, new: str) -> str:
    """Returns a command for $EDITOR that replaces one text by another."""
    quoted = REPLACE.replace("\n", "\\n")
    return f"{sys.executable} -c 'exec(\"\"\"{quoted}\"\"\")' '{old}' '{new}'"


@contextmanager
def nothing_to_suspend() -> Iterator[None]:
    yield


def test_visual_goes_before_editor_and_its_words_are_split() -> None:
    assert editor_of({"VISUAL": "code --wait", "EDITOR": "vi"}) == ("code", "--wait")
    assert editor_of({"VISUAL": " ", "EDITOR": "'my editor' -x"}) == ("my editor", "-x")


@pytest.mark.parametrize("environment", [{}, {"EDITOR": ""}, {"EDITOR": "vi 'x"}])
def test_a_missing_editor_says_what_to_set(environment: dict[str, str]) -> None:
    with pytest.raises(WrongUsage) as caught:
        editor_of(environment)

    assert "export EDITOR=nano" in caught.value.next


def test_a_text_comes_back_as_it_was_saved_and_the_file_goes(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = f"import sys, pathlib; pathlib.Path({str(seen)!r}).write_text(sys.argv[1])"

    assert edited("a\r\n\n", "hunk.diff", (sys.executable, "-c", script)) == "a\r\n\n"
    assert seen.read_text().endswith("hunk.diff")
    assert not Path(seen.read_text()).exists()


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (("/no/such/editor",), "can't be started"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "ended with 3"),
        ((sys.executable, "-c", "import sys; open(sys.argv[1], 'wb').write(b'\\xff')"), "can't be read"),
        ((sys.executable, "-c", "import sys, os; os.remove(sys.argv[1])"), "can't be read"),
    ],
)
def test_an_editor_that_fails_is_told(command: tuple[str, ...], what: str) -> None:
    with pytest.raises(SurroundingsFailed, match=what):
        edited("a", "hunk.diff", command)


def test_an_edited_hunk_waits_for_its_proof_and_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", replacing("+\treturn", "+\treturn"))

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        monkeypatch.setattr(app, "suspend", nothing_to_suspend)
        pane: HunkPane = review_of(app).query_one(HunkPane)
        await pilot.press("1", "e")
        await pilot.pause()
        assert status_of(app) == UNCHANGED
        monkeypatch.setenv("VISUAL", replacing('order["total"]', 'order.get("total")'))
        await pilot.press("e")
        await pilot.pause()
        assert [edit.hunk for edit in pane.edited] == ["jobs/billing.py@@1"]
        assert 'order.get("total")' in screen_text(app)
        assert "1 hunk edited: p proves it again" in status_of(app)
        await pilot.press("a")
        assert "press p first" in status_of(app)
        await pilot.press("space")
        await pilot.pause()
        assert pane.edited == ()

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_an_edit_that_does_not_apply_is_refused_and_opened_again_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", replacing(" def bill", " def charge"))
    monkeypatch.delenv("VISUAL", raising=False)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        monkeypatch.setattr(app, "suspend", nothing_to_suspend)
        pane: HunkPane = review_of(app).query_one(HunkPane)
        await pilot.press("1", "e")
        await pilot.pause()
        assert "line 5 is not what jobs/billing.py has" in " ".join(screen_text(app).split())
        await pilot.press("escape")
        assert pane.edited == ()
        hunk = pane.highlighted
        assert hunk is not None
        assert hunk.first is not None
        assert " def charge" in pane.draft(hunk.first)

    drive(workspace_with(tmp_path, faces.a_proposal()), act, size=(140, 40))


def test_without_an_editor_or_a_terminal_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        await pilot.press("1", "e")
        await pilot.pause()
        assert "No editor is named" in screen_text(app)
        await pilot.press("escape")
        monkeypatch.setenv("EDITOR", "vi")
        await pilot.press("e")
        await pilot.pause()
        assert status_of(app) == NO_TERMINAL

    drive(workspace_with(tmp_path, faces.a_proposal()), act)


def test_an_edited_hunk_is_proved_and_become_an_alternative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, id = copy_of_example(tmp_path)
    workspace = Workspace.open(folder)

    async def act(app: CopilotApp, pilot: Pilot[None]) -> None:
        monkeypatch.setattr(app, "suspend", nothing_to_suspend)
        pane: HunkPane = review_of(app).query_one(HunkPane)
        while not (pane.highlighted and pane.highlighted.hunk.path.endswith("rules.py")):
            await pilot.press("1", "j")
        monkeypatch.setenv("VISUAL", replacing('"verdict": outcome', '"verdict": outcome or None'))
        await pilot.press("e")
        await pilot.pause()
        assert len(pane.edited) == 1
        await pilot.press("p")
        await idle(app, pilot)
        made = workspace.load(id).revisions[0]
        assert made.alternative.title.endswith(", 1 hunk edited")
        assert review_of(app).selected == made.alternative.id
        assert "outcome or None" in screen_text(app)

    drive(workspace, act, id=id, size=(140, 40))
    assert workspace.load(id).decision is not None
