"""A program that is asked line by line: its answers, its limits, and what it sees."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from copilot.adapters.line_program import LineProgram
from copilot.errors import SurroundingsFailed

ECHO = "import sys, json\nfor line in sys.stdin: print(json.dumps({'told': json.loads(line)}), flush=True)"


def python(code: str, seconds: float = 20) -> LineProgram:
    return LineProgram("it", [sys.executable, "-c", code], seconds=seconds)


def test_one_process_answers_each_question() -> None:
    program = python("import os; PID = os.getpid()\n" + ECHO.replace("{'told'", "{'pid': PID, 'told'"))

    answers = [program({"a": "ż\n"}), program({"b": ""})]

    assert [answer["told"] for answer in answers] == [{"a": "ż\n"}, {"b": ""}]
    assert len({answer["pid"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("code", "seconds", "told"),
    [
        ("import time; time.sleep(60)", 1, "it gave no answer within 1 seconds"),
        ("raise SystemExit", 20, "it stopped without an answer"),
        ("print('no JSON')", 20, "what it answers is no JSON object"),
        ("print('[1]')", 20, "what it answers is no JSON object"),
        ("print('[' * 100_000)", 20, "what it answers is no JSON object"),
    ],
)
def test_silence_and_nonsense_are_failures_that_last(code: str, seconds: float, told: str) -> None:
    program = python(code, seconds=seconds)

    for _ in range(2):
        with pytest.raises(SurroundingsFailed, match=f"The decoder it failed: {told}"):
            program({"a": "b"})


def test_a_program_that_does_not_read_is_ended_at_the_limit_too() -> None:
    with pytest.raises(SurroundingsFailed, match="no answer within 1 seconds"):
        python("import time; time.sleep(60)", seconds=1)({"a": "x" * 10_000_000})


def test_a_program_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(SurroundingsFailed, match="there is no program java"):
        LineProgram("java", ["java"])({"hello": ""})


def test_a_program_of_the_current_folder_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = tmp_path / "java"
    trap.write_text("#!/bin/sh\ntouch ran\n")
    trap.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")

    with pytest.raises(SurroundingsFailed):
        LineProgram("java", ["java"])({"hello": ""})

    assert not (tmp_path / "ran").exists()


def test_the_program_sees_nothing_of_the_persons_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-javaagent:evil.jar")
    program = python(
        "import os, json, sys; sys.stdin.readline(); print(json.dumps({**os.environ, 'cwd': os.getcwd()}))"
    )

    seen = program({})

    assert "JAVA_TOOL_OPTIONS" not in seen
    assert seen["cwd"] == "/"
