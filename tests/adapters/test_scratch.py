from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.adapters.scratch import GitScratch
from copilot.domain.patch import FileChange, Patch
from copilot.patches.diff import make_patch
from copilot.ports import RoundTrip
from tests.checks.cases import COMMIT, tree_of

ALL_WELL = RoundTrip(True, True, True, "")
TEXTS = st.text(st.sampled_from("ab {}\r\n\té"), max_size=60)
PATHS = st.sampled_from(["a.py", "with space.avsc", 'quo"te/é', "x/.gitattributes", ".gitattributes"])


def patch_of(*changes: FileChange) -> Patch:
    return make_patch("a", 0, COMMIT, changes)


def round_trip(patch: Patch, files: dict[str, str] | None = None) -> RoundTrip:
    before = {change.path: change.before for change in patch.changes if change.before is not None}
    return GitScratch(tree_of(before if files is None else files)).round_trip(patch)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(PATHS, st.tuples(st.none() | TEXTS, st.none() | TEXTS), max_size=3))
def test_every_patch_applies_and_reverses_byte_for_byte(changes: dict[str, tuple[str | None, str | None]]) -> None:
    patch = patch_of(*(FileChange(path, *sides) for path, sides in changes.items()))

    assert round_trip(patch) == ALL_WELL


def test_attributes_of_the_repository_do_not_change_line_ends() -> None:
    attributes = FileChange(".gitattributes", None, "* text eol=crlf\n")

    assert round_trip(patch_of(attributes, FileChange("a.py", "x\n", "y\n"))) == ALL_WELL


def test_the_persons_git_settings_do_not_reach_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[core]\n\tautocrlf = true\n[apply]\n\twhitespace = fix\n[init]\n\ttemplateDir = /nowhere\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))

    assert round_trip(patch_of(FileChange("a.py", "x\r\n", "y  \r\n"))) == ALL_WELL


def test_a_diff_that_does_not_say_what_the_patch_says_is_seen() -> None:
    patch = patch_of(FileChange("a.py", "x\n", "y\n"))
    forged = replace(patch, diff=patch.diff.replace("+y", "+z"))

    assert round_trip(forged) == RoundTrip(True, False, True, "")


def test_a_diff_that_touches_another_file_is_seen() -> None:
    patch = patch_of(FileChange("a.py", "x\n", "y\n"))
    other = patch_of(FileChange("b.py", None, "y\n"))

    assert not round_trip(replace(patch, diff=patch.diff + other.diff)).after_equal


def test_a_diff_that_git_refuses_is_reported_in_its_words() -> None:
    patch = replace(patch_of(FileChange("a.py", "x\n", "y\n")), diff="not a diff\n")

    assert round_trip(patch).message.startswith("error: No valid patches in input")


def test_a_patch_on_another_base_is_seen() -> None:
    patch = patch_of(FileChange("a.py", "x\n", "y\n"))

    assert round_trip(patch, {"a.py": "z\n"}).message == "a.py is not in the base as the patch expects it."
    assert not round_trip(patch, {}).applied


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    round_trip(patch_of(FileChange("a.py", "x\n", "y\n")))

    assert list(tmp_path.iterdir()) == []
