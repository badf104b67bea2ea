from __future__ import annotations

from pathlib import Path

import pytest

from copilot.adapters.export import export_tree
from copilot.adapters.git import Git
from copilot.domain.patch import FileChange
from copilot.errors import SurroundingsFailed
from copilot.patches.diff import make_patch
from tests.checks.cases import COMMIT, tree_of


def test_the_patched_state_is_written_and_committed_in_a_repository_of_its_own(tmp_path: Path) -> None:
    tree = tree_of({"a/run.sh": "old\r\n", "b": "b", "c": "gone"}, {"a/run.sh": "100755"})
    changes = [
        FileChange("a/run.sh", "old\r\n", "new\r\n"),
        FileChange("c", "gone", None),
        FileChange("d/e", None, "é"),
    ]

    export_tree(tree, None, make_patch("a", 0, COMMIT, changes), tmp_path / "copy")

    git = Git(tmp_path / "copy")
    listed = [line.split() for line in git.text("ls-tree", "-r", "HEAD").split("\n")]
    assert [(mode, path) for mode, _, _, path in listed] == [("100755", "a/run.sh"), ("100644", "b"), ("100644", "d/e")]
    assert (tmp_path / "copy/a/run.sh").read_bytes() == b"new\r\n"
    assert git.text("status", "--porcelain") == ""


def test_ignored_files_of_the_tree_come_along(tmp_path: Path) -> None:
    export_tree(tree_of({".gitignore": "*.log\n", "kept.log": "x"}), None, None, tmp_path)

    assert (tmp_path / "kept.log").exists()


def test_names_that_lead_out_are_not_written(tmp_path: Path) -> None:
    export_tree(
        tree_of({"../x": "1", "a/../../y": "1", ".git/config": "[core]\n", "z": "1"}), None, None, tmp_path / "copy"
    )

    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [".git", "z"]


def test_a_tree_over_the_limit_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.adapters.export.EXPORT_BYTES_MAX", 3)

    with pytest.raises(SurroundingsFailed, match="over the limit"):
        export_tree(tree_of({"a": "four"}), None, None, tmp_path / "copy")

    assert not (tmp_path / "copy").exists()
