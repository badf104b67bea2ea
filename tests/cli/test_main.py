"""Which words do what, and what a mistake is answered with."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from copilot import VERSION
from copilot.cli import main as entry
from copilot.cli.console import Console, has_terminal
from copilot.cli.main import EXIT_BROKEN_PIPE, EXIT_INTERRUPTED, main
from copilot.cli.verbs import VERBS
from copilot.errors import EXIT_DONE, EXIT_SURROUNDINGS, EXIT_USAGE, WrongUsage
from tests.repositories import commit, init


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_one_line(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([flag]) == EXIT_DONE
    assert capsys.readouterr().out == f"pipeline-copilot {VERSION}\n"


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"], []])
def test_help_names_every_verb(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == EXIT_DONE

    shown = capsys.readouterr().out
    assert all(f"  {verb.usage}" in shown for verb in VERBS)


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == EXIT_DONE
    assert f"usage: pipeline-copilot {verb}" in capsys.readouterr().out


def test_a_wrong_verb_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mop"]) == EXIT_USAGE

    shown = capsys.readouterr()
    assert shown.out == ""
    assert 'There is no verb "mop".\n  next   "pipeline-copilot map" is the nearest one' in shown.err


@pytest.mark.parametrize(
    "words",
    [
        ["map", "--surprise"],
        ["map", "--at", "HEAD", "--working-tree"],
        ["map", "--format", "xml"],
        ["propose"],
        ["propose", "remove a from b", "--operation", "{}"],
        ["propose", "remove a from b", "--command", "make"],
        ["propose", "--operation", "@no/such/file"],
        ["undo", "p-1"],
        ["reject", "p-1"],
        ["postpone", "p-1"],
    ],
)
def test_wrong_usage_says_what_to_do_and_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == EXIT_USAGE

    shown = capsys.readouterr()
    assert shown.out == ""
    assert "  next   " in shown.err
    assert "Traceback" not in shown.err


def test_an_interruption_is_quiet_and_says_that_nothing_is_lost(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "_dispatch", interrupted)

    assert main(["map"]) == EXIT_INTERRUPTED
    assert "Nothing is lost" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["typing", "copilot.cli.verbs", "copilot.cli.console", "copilot.cli.verb_map"])
def test_an_interruption_while_the_program_loads_is_quiet_too(tmp_path: Path, module: str) -> None:
    commit(init(tmp_path), {"a": "x"})
    interrupting = f"""
import os, signal, sys

class Interrupting:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.modules.pop({module!r}, None)
sys.meta_path.insert(0, Interrupting())
from copilot.cli.main import run
run()
"""

    ran = subprocess.run(
        [sys.executable, "-c", interrupting, "map"],
        cwd=tmp_path,
        env=_with_this_checkout(tmp_path),
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == EXIT_INTERRUPTED
    assert ran.stdout == b""
    assert b"Traceback" not in ran.stderr


def test_a_full_disk_is_the_surroundings_fault(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device", "/full/place")

    monkeypatch.setattr(entry, "_dispatch", full)

    assert main(["map"]) == EXIT_SURROUNDINGS
    assert "No space left on device" in capsys.readouterr().err


def test_what_is_printed_obeys_no_escape_of_the_repository() -> None:
    results, progress = io.StringIO(), io.StringIO()
    console = Console(results, progress)

    console.print("a\x1b[31mb\u202ec\nd\te")
    console.note("x\x07\ny")
    console.report(WrongUsage("bad \x1b]0;title\x07", where="a\u200bb"))
    console.print_json({"a": "\x7f\x9b\u202e"})

    assert results.getvalue().isprintable() or not set(results.getvalue()) & set("\x1b\x07\x7f\x9b\u202e")
    assert results.getvalue().startswith("a\\u001b[31mb\\u202ec\nd\te\n")
    assert progress.getvalue().startswith("x\\u0007\\u000ay\n")
    assert not set(progress.getvalue()) & set("\x1b\x07\u200b")


def test_quiet_progress_prints_nothing() -> None:
    progress = io.StringIO()

    Console(io.StringIO(), progress, is_quiet=True).note("proved")

    assert progress.getvalue() == ""


def test_a_dumb_terminal_is_no_terminal() -> None:
    assert not has_terminal({"TERM": "dumb"})
    assert not has_terminal({})


def test_a_reader_that_goes_away_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)

    ran = subprocess.run(
        [sys.executable, "-c", "from copilot.cli.main import run; run()", "--help"],
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(write)

    assert ran.returncode == EXIT_BROKEN_PIPE
    assert ran.stderr == b""


@pytest.mark.parametrize("words", ["--version", "log", "nonsense", "propose --operation -"])
def test_closed_ends_are_no_mistake_of_ours(tmp_path: Path, words: str) -> None:
    commit(init(tmp_path), {"a": "x"})
    command = f"{sys.executable} -c 'from copilot.cli.main import run; run()' {words} <&- >&- 2>&-; echo $? > code"

    subprocess.run(["sh", "-c", command], cwd=tmp_path, env=_with_this_checkout(tmp_path), timeout=60, check=False)

    expected = EXIT_USAGE if words in ("nonsense", "propose --operation -") else EXIT_DONE
    assert int((tmp_path / "code").read_text()) == expected


def test_a_full_disk_behind_standard_output_is_told(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("wb") as results:
        ran = subprocess.run(
            [sys.executable, "-c", "from copilot.cli.main import run; run()", "--version"],
            stdout=results,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    assert ran.returncode == EXIT_SURROUNDINGS
    assert ran.stderr.startswith(b"The results could not be written: No space left on device.")
    assert b"Traceback" not in ran.stderr


def test_an_operation_without_end_is_not_read_to_its_end() -> None:
    from copilot.cli.arguments import OPERATION_CHARACTERS_MAX, operation_text

    with pytest.raises(WrongUsage, match=f"larger than the limit of {OPERATION_CHARACTERS_MAX} characters"):
        operation_text("@/dev/zero")


def _with_this_checkout(home: Path) -> dict[str, str]:
    return dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[2]), "XDG_CACHE_HOME": str(home / "cache")}


def test_demo_builds_the_example_and_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--build", str(tmp_path / "shop")]) == EXIT_DONE

    assert (tmp_path / "shop" / "schemas" / "order.avsc").exists()
    assert "Built the example repository" in capsys.readouterr().out
    assert main(["demo", "--build", str(tmp_path / "shop")]) == EXIT_USAGE


@pytest.mark.parametrize(
    "words",
    [
        ["propose", "add a string caf\udce9 to order"],
        ["impact", "remove f\udcfcr from order"],
        ["reject", "p-1", "--because", "f\udcfcr"],
        ["postpone", "p-1", "--until", "M\udce4rz"],
        ["next", "p-1", "--attest", "gepr\udcfcft"],
    ],
)
def test_words_that_are_no_utf_8_are_refused_before_a_part_of_them_is_kept(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == EXIT_USAGE
    assert "no text in UTF-8" in capsys.readouterr().err
