from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.adapters.git import Git, open_repository
from copilot.adapters.sandbox import BubblewrapSandbox
from copilot.adapters.tree import CommitTree
from copilot.domain.operation import ChangeRequest, Limits
from copilot.domain.patch import FileChange
from copilot.errors import SurroundingsFailed
from copilot.patches.diff import make_patch
from copilot.ports import Ran
from tests.checks.cases import COMMIT, tree_of

FILES = {"greeting.txt": "hello\n", "run.sh": "#!/bin/sh\ncat greeting.txt\n"}
REQUEST = ChangeRequest("a try", (), COMMIT, "ada")
needs_bubblewrap = pytest.mark.tool("bwrap")


def run(command: str, **limits: int) -> Ran:
    sandbox = BubblewrapSandbox(tree_of(FILES, {"run.sh": "100755"}))
    return sandbox.run(command, (), replace(REQUEST, limits=replace(Limits(), **limits)))


def shell(script: str, **limits: int) -> Ran:
    return run(f"sh -c '{script}'", **limits)


def test_without_bubblewrap_there_is_no_isolation() -> None:
    assert BubblewrapSandbox(tree_of(FILES), program="no-such-program").isolation == ""


def test_a_bubblewrap_that_cannot_make_namespaces_is_no_isolation(tmp_path: Path) -> None:
    program = tmp_path / "bwrap"
    program.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "bubblewrap 9.9.9" && exit 0\nexit 1\n')
    program.chmod(0o755)

    assert BubblewrapSandbox(tree_of(FILES), program=str(program)).isolation == ""


@needs_bubblewrap
def test_the_isolation_is_named_with_its_version() -> None:
    assert BubblewrapSandbox(tree_of(FILES)).isolation.startswith("bubblewrap 0.")


@needs_bubblewrap
def test_a_command_runs_on_the_base_and_on_the_patched_tree() -> None:
    sandbox = BubblewrapSandbox(tree_of(FILES, {"run.sh": "100755"}))
    patch = make_patch(
        "a", 0, COMMIT, [FileChange("greeting.txt", "hello\n", "good bye\n"), FileChange("new", None, "x")]
    )

    assert sandbox.run("./run.sh", (), REQUEST).output == "hello\n"
    assert sandbox.run("./run.sh", (patch,), REQUEST).output == "good bye\n"
    assert sandbox.run("cat new", (patch,), REQUEST).output == "x"


@needs_bubblewrap
def test_the_exit_code_is_that_of_the_command() -> None:
    assert shell("exit 7").exit_code == 7
    assert run("no-such-command").exit_code == 127


@needs_bubblewrap
def test_a_command_is_no_shell_line() -> None:
    assert run("echo a; echo '$HOME' | cat > x").output == "a; echo $HOME | cat > x\n"


@needs_bubblewrap
def test_there_is_no_network() -> None:
    script = 'import socket; socket.create_connection(("192.0.2.1", 80), 3)'

    ran = run(f"python3 -c '{script}'")

    assert ran.exit_code == 1
    assert "Network is unreachable" in ran.output


@needs_bubblewrap
def test_no_secret_of_the_environment_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    assert "secret" not in run("env").output


@needs_bubblewrap
def test_homes_and_temporary_files_of_this_machine_are_not_seen(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")

    assert run(f"ls {tmp_path}").exit_code != 0
    assert run("ls -A /home/sandbox").output == ""
    # An interpreter that is installed below /tmp is shown where it is, and nothing beside it.
    own = {Path(prefix).parts[2] for prefix in (sys.prefix, sys.base_prefix) if Path(prefix).parts[:2] == ("/", "tmp")}
    assert set(run("ls -A /tmp").output.split()) <= own


@needs_bubblewrap
def test_only_the_copy_can_be_written() -> None:
    assert "Read-only file system" in run("touch /usr/x").output
    assert shell("touch x && ls x").output == "x\n"


@needs_bubblewrap
def test_the_command_has_no_capabilities_and_is_not_root() -> None:
    assert shell("id -u; grep CapEff /proc/self/status").output.split() == ["1000", "CapEff:", "0000000000000000"]


@needs_bubblewrap
def test_the_git_directory_is_one_of_its_own() -> None:
    assert shell("git status --porcelain; git log --format=%s; git rev-parse --git-dir").output.split("\n")[:2] == [
        "The exported tree",
        ".git",
    ]


@needs_bubblewrap
def test_the_time_limit_is_named() -> None:
    ran = run("sleep 60", command_seconds=1)

    assert ran.stopped_by == "limit of 1 seconds"
    assert ran.took_seconds < 5


@needs_bubblewrap
def test_the_memory_limit_holds_for_all_processes_together() -> None:
    script = "import os,time; os.fork(); x = bytearray(60 * 2**20); time.sleep(30)"

    assert run(f"python3 -c '{script}'", command_memory_mib=100).stopped_by == "limit of 100 MiB of memory"


@needs_bubblewrap
def test_the_process_limit_stops_what_only_forks() -> None:
    ran = shell("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 30 & done; wait", command_processes=12)

    assert ran.stopped_by == "limit of 12 processes" or "ork" in ran.output


@needs_bubblewrap
def test_the_end_of_a_long_output_is_kept() -> None:
    ran = shell("seq 1 20000; echo end", command_output_kib=1)

    assert ran.output.endswith("\n20000\nend\n")
    assert ran.output.startswith("(105 KiB before this are left out, over the limit of 1 KiB)\n")
    assert ran.stopped_by == ""


@needs_bubblewrap
def test_a_background_process_does_not_outlive_the_command() -> None:
    ran = shell("sleep 60 & echo done")

    assert ran.output == "done\n"
    assert ran.took_seconds < 5


@needs_bubblewrap
def test_binary_files_come_along_and_links_out_of_the_tree_do_not(tmp_path: Path) -> None:
    repository = tmp_path / "r"
    repository.mkdir()
    (repository / "data.bin").write_bytes(b"\x00\xff\x00")
    (repository / "inside").symlink_to("data.bin")
    (repository / "outside").symlink_to("/etc/passwd")
    (repository / "up").symlink_to("../r")
    git = Git(repository)
    git.run("init", "-q")
    git.run("add", "-A")
    git.run("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x")
    opened = open_repository(repository)
    sandbox = BubblewrapSandbox(CommitTree(opened, opened.head), opened.git)

    assert sandbox.run("ls", (), REQUEST).output.split() == ["data.bin", "inside"]
    assert sandbox.run("cat inside", (), REQUEST).exit_code == 0


@needs_bubblewrap
def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    shell("mkdir a && touch a/b && chmod 555 a")

    assert os.listdir(tmp_path) == []


@needs_bubblewrap
def test_a_tree_over_the_limit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.adapters.export.EXPORT_BYTES_MAX", 3)

    with pytest.raises(SurroundingsFailed, match="over the limit"):
        run("true")


@needs_bubblewrap
def test_what_ran_once_on_a_state_is_not_run_again() -> None:
    sandbox = BubblewrapSandbox(tree_of(FILES))
    patch = make_patch("a", 0, COMMIT, [FileChange("greeting.txt", "hello\n", "good bye\n")])

    assert sandbox.run("cat greeting.txt", (), REQUEST) is sandbox.run("cat greeting.txt", (), REQUEST)
    assert sandbox.run("cat greeting.txt", (patch,), REQUEST).output == "good bye\n"
