"""Do the repository's own commands still do what they did, in an exported copy of the tree, before and after the patch?

Runs only what the person allowed, only with isolation. A command that fails before the change proves nothing about it.
"""

from __future__ import annotations

import re
import shlex

from copilot.checks.evidence import make_evidence
from copilot.domain.codec import digest_of
from copilot.domain.evidence import Evidence, Finding, Measure, Verdict
from copilot.domain.patch import Patch
from copilot.ports import Bench, Case, Ran

FAILURES_SHOWN = 5
_FAILED_TEST = re.compile(r"^(?:FAILED|FAIL:|ERROR:?)[ \t]+([^\s\[]+)", re.MULTILINE)
"""How pytest and unittest name a test that failed; what stands in brackets is data."""
_RUN_COMMANDS = "Allow them with --run-commands."


class CommandsCheck:
    """Runs each allowed command on the base, after the first phase and after the last one."""

    name = "commands"
    version = 1

    def run(self, case: Case, bench: Bench) -> Evidence:
        """Returns the evidence; times are volatile, and of the output only names of failed tests are told, outside the id."""
        commands = case.request.commands
        if not case.patches:
            return make_evidence(self.name, self.version, case, verdict="not-applicable")
        if not commands:
            note = Finding(
                "commands.not-allowed", "note", "The repository's own tests were not run.", fix=_RUN_COMMANDS
            )
            return make_evidence(self.name, self.version, case, verdict="not-applicable", findings=(note,))
        inputs = tuple((f"command.{number}", command) for number, command in enumerate(commands))
        limits = ("limits", digest_of(case.request.limits))
        isolation = bench.sandbox.isolation
        if not isolation:
            finding = _no_isolation()
            return make_evidence(self.name, self.version, case, verdict="unknown", findings=(finding,), inputs=inputs)
        findings: list[Finding] = []
        said: list[Finding] = []
        measures: list[Measure] = []
        for number, command in enumerate(commands):
            found, seconds = _try_command(command, case, bench, said)
            findings += found
            measures.append(Measure(f"took_seconds_{number + 1}", round(seconds, 2), "seconds", is_volatile=True))
        return make_evidence(
            self.name,
            self.version,
            case,
            verdict=_verdict(findings),
            measures=(Measure("commands", len(commands), "commands"), *measures),
            findings=findings,
            tools=(("isolation", isolation),),
            inputs=(*inputs, limits),
            likely=said,
        )


def _try_command(command: str, case: Case, bench: Bench, said: list[Finding]) -> tuple[list[Finding], float]:
    reason = why_unreadable(command)
    if reason:
        message = f'The command "{command}" cannot be read: {reason}.'
        return [Finding("commands.unreadable", "warning", message, fix="Quote it as in a shell.")], 0.0
    before = bench.sandbox.run(command, (), case.request)
    took = before.took_seconds
    if _failed(before):
        message = f'"{command}" fails before the change too: {_how(before)}.'
        return [Finding("commands.fails-before", "warning", message, fix="Mend it on the base first.")], took
    findings: list[Finding] = []
    for patch in _states(case.patches):
        after = bench.sandbox.run(command, (patch,), case.request)
        took += after.took_seconds
        if after.stopped_by:
            message = f'"{command}" was stopped by the {after.stopped_by} after the change.'
            findings.append(Finding("commands.stopped", "warning", message, phase=patch.phase, fix="Raise that limit."))
        elif after.exit_code:
            message = f'"{command}" passes before the change and fails after it: {_how(after)}.'
            findings.append(Finding("commands.fails", "error", message, phase=patch.phase))
            said += _named_failures(after.output, patch.phase)
    return findings, took


def _named_failures(output: str, phase: int) -> list[Finding]:
    """Returns the tests that the output names as failed, without what it says of them: that may hold the repository's data."""
    named = list(dict.fromkeys(_FAILED_TEST.findall(output)))
    if not named:
        return []
    more = f" and {len(named) - FAILURES_SHOWN} more" if len(named) > FAILURES_SHOWN else ""
    text = f"The output names as failed: {', '.join(named[:FAILURES_SHOWN])}{more}."
    return [Finding("commands.named-failures", "note", text, phase=phase)]


def _states(patches: tuple[Patch, ...]) -> tuple[Patch, ...]:
    return patches[:1] if len(patches) == 1 or patches[0].digest == patches[-1].digest else (patches[0], patches[-1])


def _verdict(findings: list[Finding]) -> Verdict:
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return "fail"
    return "unknown" if severities else "pass"


def _failed(ran: Ran) -> bool:
    return bool(ran.stopped_by or ran.exit_code)


def _how(ran: Ran) -> str:
    return f"stopped by the {ran.stopped_by}" if ran.stopped_by else f"exit code {ran.exit_code}"


def why_unreadable(command: str) -> str:
    """Returns why a command can't be split into a program and its arguments, "" where it can."""
    try:
        return "" if shlex.split(command) else "it is empty"
    except ValueError as error:
        return str(error).rstrip(".").lower()


def _no_isolation() -> Finding:
    return Finding(
        "commands.no-isolation",
        "warning",
        "The commands were not run, because nothing here can isolate them from this machine and its network.",
        fix="Install bubblewrap, on a system that lets it make namespaces.",
    )
