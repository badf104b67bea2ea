from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.domain.patch import FileChange
from copilot.patches.diff import make_patch, quoted, unified_diff

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "HOME": os.devnull,
}
LINES = st.lists(st.sampled_from(["a", "b", "  {", "},", "", "é", "x\r", "\ty", "\r"]), max_size=30)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n", "\r\n"]))
PATHS = st.sampled_from(
    ["plain.py", "with space.avsc", 'quo"te', "dir/ünï.txt", "tab\there", "back\\slash", " lead", "a b/b c"]
)


def git(folder: Path, *arguments: str, text: str = "") -> None:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, input=text.encode(), capture_output=True, env=ENVIRONMENT, timeout=20, check=False)
    assert done.returncode == 0, done.stderr.decode() + text


def write(folder: Path, changes: list[FileChange]) -> None:
    for change in changes:
        if change.before is not None:
            (folder / change.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / change.path).write_bytes(change.before.encode())


def read(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(PATHS, st.tuples(st.none() | TEXTS, st.none() | TEXTS), min_size=1, max_size=3))
def test_git_applies_a_diff_and_takes_it_back_byte_for_byte(
    changes: dict[str, tuple[str | None, str | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("repository")
    files = [FileChange(path, before, after) for path, (before, after) in sorted(changes.items()) if before != after]
    git(folder, "init", "-q")
    write(folder, files)
    base = read(folder)
    diff = unified_diff(files)
    if not diff:
        return

    git(folder, "apply", "--whitespace=nowarn", "-", text=diff)
    after = read(folder)
    git(folder, "apply", "--whitespace=nowarn", "-R", "-", text=diff)

    assert after == {change.path: change.after for change in files if change.after is not None}
    assert read(folder) == base


def test_a_small_change_reads_like_git_wrote_it() -> None:
    change = FileChange("orders.py", "one\ntwo\nthree\n", "one\n2\nthree\n")

    assert unified_diff([change]) == (
        "diff --git a/orders.py b/orders.py\n--- a/orders.py\n+++ b/orders.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
    )


def test_a_missing_last_newline_is_said() -> None:
    assert unified_diff([FileChange("a", "x", "y")]).endswith(
        "-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n"
    )


def test_a_file_that_stays_as_it_was_is_left_out_of_the_patch() -> None:
    patch = make_patch(
        "a", 0, "c", [FileChange("same", "x", "x"), FileChange("b", "x", "y"), FileChange("a", None, "z")]
    )

    assert [change.path for change in patch.changes] == ["a", "b"]


def test_the_digest_covers_base_and_content_but_not_whose_alternative_it_is() -> None:
    change = [FileChange("b", "x", "y")]

    assert make_patch("a", 0, "c", change).digest == make_patch("b", 0, "c", change).digest
    assert make_patch("a", 0, "c", change).digest != make_patch("a", 0, "d", change).digest
    assert make_patch("a", 0, "c", change).digest != make_patch("a", 0, "c", [FileChange("b", "x", "z")]).digest


def test_control_characters_in_a_path_are_escaped_as_git_does() -> None:
    assert quoted("b/\x1b[31m\n\u202e") == '"b/\\033[31m\\n\\342\\200\\256"'
