from __future__ import annotations

from copilot.checks.commands import CommandsCheck
from copilot.domain.evidence import Evidence
from copilot.domain.patch import FileChange
from copilot.patches.diff import make_patch
from copilot.ports import Ran
from tests.checks.benches import FINE, ToldSandbox, bench_of
from tests.checks.cases import COMMIT, alternative_of, case_of

BROKEN = Ran(1, "E  assert 1 == 2\n", 2.0, "")
SLOW = Ran(-9, "", 600.0, "limit of 600 seconds")


def commands(sandbox: ToldSandbox, *asked: str, phases: int = 1) -> Evidence:
    patches = tuple(
        make_patch("try-000001", number, COMMIT, [FileChange("a.py", "", f"{number}\n")]) for number in range(phases)
    )
    return CommandsCheck().run(case_of(alternative_of(), patches, commands=asked), bench_of(sandbox=sandbox))


def rules(evidence: Evidence) -> list[str]:
    return [finding.rule for finding in evidence.findings]


def test_a_command_that_passes_before_and_after_passes() -> None:
    sandbox = ToldSandbox()

    evidence = commands(sandbox, "pytest", phases=3)

    assert evidence.verdict == "pass"
    assert sandbox.asked == [("pytest", -1), ("pytest", 0), ("pytest", 2)]
    assert evidence.measure("took_seconds_1") == 4.5


def test_a_command_that_breaks_with_the_change_fails() -> None:
    evidence = commands(ToldSandbox({0: BROKEN}), "pytest")

    assert evidence.verdict == "fail"
    assert evidence.findings[0].message == '"pytest" passes before the change and fails after it: exit code 1.'


def test_the_tests_that_failed_are_named_without_what_they_say_and_outside_the_id() -> None:
    said = "FAILED tests/test_a.py::test_x[secret] - KeyError: 'secret'\nFAIL: test_y (b.TestB)\n1 failed in 0.12s\n"

    evidence = commands(ToldSandbox({0: Ran(1, said, 2.0, "")}), "pytest")

    assert [it.message for it in evidence.likely] == ["The output names as failed: tests/test_a.py::test_x, test_y."]
    assert evidence.id == commands(ToldSandbox({0: BROKEN}), "pytest").id


def test_a_command_that_fails_before_proves_nothing() -> None:
    sandbox = ToldSandbox({-1: BROKEN, 0: BROKEN})

    evidence = commands(sandbox, "pytest")

    assert (evidence.verdict, rules(evidence)) == ("unknown", ["commands.fails-before"])
    assert sandbox.asked == [("pytest", -1)]


def test_a_limit_that_stopped_it_is_named_and_proves_nothing() -> None:
    evidence = commands(ToldSandbox({0: SLOW}), "pytest")

    assert (evidence.verdict, rules(evidence)) == ("unknown", ["commands.stopped"])
    assert "limit of 600 seconds" in evidence.findings[0].message


def test_one_broken_command_outweighs_an_unknown_one() -> None:
    evidence = commands(ToldSandbox({0: BROKEN}), "pytest", "unclosed '")

    assert (evidence.verdict, rules(evidence)) == ("fail", ["commands.fails", "commands.unreadable"])


def test_without_isolation_nothing_is_run_and_the_verdict_is_unknown() -> None:
    sandbox = ToldSandbox(isolation="")

    evidence = commands(sandbox, "pytest")

    assert (evidence.verdict, rules(evidence), sandbox.asked) == ("unknown", ["commands.no-isolation"], [])


def test_commands_that_nobody_allowed_are_not_run() -> None:
    sandbox = ToldSandbox()

    evidence = commands(sandbox)

    assert (evidence.verdict, rules(evidence), sandbox.asked) == ("not-applicable", ["commands.not-allowed"], [])


def test_the_time_it_took_is_no_part_of_the_evidence_id() -> None:
    slower = ToldSandbox({-1: Ran(0, "other", 9.0, "")})

    assert commands(slower, "pytest").id == commands(ToldSandbox({-1: FINE}), "pytest").id


def test_changing_nothing_runs_nothing() -> None:
    assert commands(ToldSandbox(), "pytest", phases=0).verdict == "not-applicable"
