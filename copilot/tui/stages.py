"""How a proof stands, as lines: each stage with its time, each alternative with the check that runs and the verdicts so far.

Pure functions over the proposal as it is on disk and the work on it. Times are those of this work; what was recorded before it
has none, and a time that is left is named only where another alternative has shown how long it takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from textual.content import Content

from copilot.domain.alternative import Alternative
from copilot.domain.evidence import Evidence
from copilot.domain.proposal import Proposal
from copilot.reasons.words import asked_words, counted, letters_of, listed
from copilot.tui.plain import plain
from copilot.tui.works import Work

STAGES = {
    "read": "reads the schemas and the code of this commit",
    "plan": "looks for ways to make the change",
    "compile": "turns each way into a patch",
    "prove": "puts each way through the checks",
    "challenge": "executes the cases that were made up against a way",
    "decide": "ranks what was proved",
}
"""The stages in their order, with what each does; nobody is challenged where no model is asked."""
LEAST_SECONDS_LEFT = 1.0
LEAST_TEXT_COLUMNS = 20
_INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class Row:
    """A stage or an alternative: "done", "now", "waits" or "stopped"; how long, None where nobody measured it; and what is said."""

    name: str
    state: str
    seconds: float | None
    title: str
    notes: tuple[str, ...] = ()


def board(proposal: Proposal, work: Work | None, width: int) -> Content:
    """Returns the lines of the whole proof, none wider than `width` columns where words allow it."""
    lines = [plain(asked_words(proposal.request), "bold"), Content("")]
    for row in stage_rows(proposal, work):
        lines += _lines(row, "", width)
        if row.name == "prove":
            lines += [line for it in alternative_rows(proposal, work) for line in _lines(it, _INDENT, width)]
    if work and work.error:
        lines += [Content(""), *(plain(line, "$text-error") for line in f"Failed. {work.error}".split("\n"))]
    return Content("\n").join(lines)


def stage_rows(proposal: Proposal, work: Work | None) -> tuple[Row, ...]:
    """Returns a row for each stage, in their order."""
    now = _stage_now(work)
    ended = _ended(proposal)
    rows = []
    for stage in STAGES:
        if stage == "challenge" and not proposal.challenges and now[0] != stage:
            continue
        state = "done" if ended[stage] else now[1] if now[0] == stage else "waits"
        doing = STAGES[stage] if state == "now" else ""
        rows.append(Row(stage, state, _stage_seconds(stage, work), _stage_words(stage, proposal, work) or doing))
    return tuple(rows)


def alternative_rows(proposal: Proposal, work: Work | None) -> tuple[Row, ...]:
    """Returns a row for each alternative: its title, the check that runs, and the verdicts so far."""
    letters = letters_of(proposal)
    return tuple(_alternative_row(it, letters[it.id], proposal, work) for it in proposal.alternatives)


def progress_words(proposal: Proposal, work: Work) -> str:
    """Returns in one line what goes on: "proving B (alias): replay, 7 of 18"."""
    now = work.begun[-1][0] if work.begun else None
    if now is None or not now.alternative:
        return f"{work.doing}: {now.stage}" if now else work.doing
    letter = letters_of(proposal).get(now.alternative, "")
    at = f", {now.at} of {now.of}" if now.at else ""
    return f"{work.doing} {letter}: {now.check or 'reading what it leads to'}{at}"


def end_words(proposal: Proposal, work: Work) -> str:
    """Returns how a work ended, in one sentence: what was decided, what a stop left, or what failed."""
    if work.error:
        return f"Failed: {work.error.what} What is recorded stays."
    if proposal.decision is None:
        kept = counted(len(proposal.evidence), "verdict")
        return f"Stopped after {work.seconds:.1f} s. {kept} recorded so far stay; the proof goes on from there."
    chosen = proposal.decision.chosen
    if not chosen:
        return "Decided: every alternative is refused."
    return f"Decided: {letters_of(proposal)[chosen]}, {proposal.alternative(chosen).title}."


def seconds_left(proposal: Proposal, work: Work) -> float | None:
    """Returns about how long proving takes from now, from what an alternative took that was proved as a whole in this work.

    None while no alternative that changes something has been: nothing is known then.
    """
    now = work.begun[-1][0].alternative if work.begun else ""
    changing = [it.id for it in proposal.alternatives if proposal.patches_of(it.id)]
    took = [seconds for id in changing if id != now and (seconds := _whole_seconds(id, work)) is not None]
    if not took:
        return None
    typical = sum(took) / len(took)
    waiting = sum(1 for id in changing if id != now and not proposal.evidence_of(id))
    began = _began(now, work) if now in changing else None
    rest = max(0.0, typical - (work.seconds - began)) if began is not None else 0.0
    return waiting * typical + rest


def _alternative_row(alternative: Alternative, letter: str, proposal: Proposal, work: Work | None) -> Row:
    evidence = proposal.evidence_of(alternative.id)
    now = work.begun[-1][0] if work and work.begun else None
    is_at_it = now is not None and now.alternative == alternative.id and proposal.decision is None
    notes = [verdict_words(evidence)] if evidence else []
    if is_at_it and work and not work.is_over:
        return Row(letter, "now", _seconds(alternative.id, work), alternative.title, (_check_words(work), *notes))
    state = "stopped" if is_at_it else "done" if evidence else "waits"
    return Row(letter, state, _seconds(alternative.id, work), alternative.title, tuple(notes))


def verdict_words(evidence: tuple[Evidence, ...]) -> str:
    """Returns the verdicts so far: how many passed, and by name what failed or could not be told."""
    by = {
        verdict: [it.check for it in evidence if it.verdict == verdict]
        for verdict in ("pass", "fail", "unknown", "not-applicable")
    }
    told = [f"{len(by['pass'])} pass"] if by["pass"] else []
    told += [f"FAIL {listed(by['fail'])}"] if by["fail"] else []
    told += [f"unknown {listed(by['unknown'])}"] if by["unknown"] else []
    told += [f"{len(by['not-applicable'])} n/a"] if by["not-applicable"] else []
    return "; ".join(told)


def _check_words(work: Work) -> str:
    now, since = work.begun[-1]
    if not now.check:
        return f"reads the repository as it would be, {work.seconds - since:.1f} s"
    before = [it for it in _check_seconds(now.check, work) if it >= LEAST_SECONDS_LEFT]
    usual = f" (took up to {max(before):.0f} s before)" if before else ""
    return f"{now.check}, {now.at} of {now.of}, for {work.seconds - since:.1f} s{usual}"


def _stage_words(stage: str, proposal: Proposal, work: Work | None) -> str:
    reading, plan, compiled = proposal.reading, proposal.plan, proposal.compiled
    if stage == "read" and reading:
        uses = sum(len(impact.uses) for impact in reading.impacts)
        known = f"{counted(reading.files_read, 'file')}, {counted(uses, 'use')} of what changes"
        return f"{known}, {counted(reading.gap_count, 'gap')}"
    if stage == "plan" and plan:
        offered = counted(len(plan.alternatives), "alternative")
        return f"{offered}, {counted(len(plan.not_offered), 'other strategy', 'other strategies')} not offered"
    if stage == "compile" and compiled:
        patched = sum(1 for it in compiled if it.patches)
        return f"{patched} of {len(proposal.alternatives)} become a patch"
    if stage == "prove" and proposal.evidence:
        return counted(len(proposal.evidence), "verdict") + _left_words(proposal, work)
    if stage == "challenge" and proposal.challenges:
        return counted(sum(len(it.cases) for it in proposal.challenges), "case")
    if stage == "decide" and proposal.decision and work:
        return end_words(proposal, work)
    return ""


def _left_words(proposal: Proposal, work: Work | None) -> str:
    left = seconds_left(proposal, work) if work and not work.is_over and proposal.decision is None else None
    return f", about {left:.0f} s left" if left is not None and left >= LEAST_SECONDS_LEFT else ""


def _ended(proposal: Proposal) -> dict[str, bool]:
    is_compiled = proposal.plan is not None and len(proposal.compiled) >= len(proposal.alternatives)
    is_decided = proposal.decision is not None
    return {
        "read": proposal.reading is not None,
        "plan": proposal.plan is not None,
        "compile": is_compiled,
        "prove": is_decided or bool(proposal.challenges),
        "challenge": is_decided,
        "decide": is_decided,
    }


def _stage_now(work: Work | None) -> tuple[str, str]:
    """Returns the stage that the line is in, and whether it is "now" or "stopped" there."""
    if work is None:
        return "", ""
    return work.begun[-1][0].stage if work.begun else "read", "stopped" if work.is_over else "now"


def _stage_seconds(stage: str, work: Work | None) -> float | None:
    begun = work.begun[:] if work else []
    if work and not begun and stage == "read":
        return work.seconds
    began = next((at for it, at in begun if it.stage == stage), None)
    if began is None or work is None:
        return None
    # The first one also waited for what the line itself loads.
    began = 0.0 if stage == begun[0][0].stage else began
    after = list(STAGES)[list(STAGES).index(stage) + 1 :]
    return next((at for it, at in begun if it.stage in after), work.seconds) - began


def _began(alternative: str, work: Work) -> float | None:
    return next((at for it, at in work.begun[:] if it.alternative == alternative), None)


def _seconds(alternative: str, work: Work | None) -> float | None:
    """Returns how long an alternative has been proved in this work, None where it was not begun in it."""
    began = _began(alternative, work) if work else None
    if began is None or work is None:
        return None
    return next((at for it, at in work.begun[:] if at > began and it.alternative != alternative), work.seconds) - began


def _whole_seconds(alternative: str, work: Work) -> float | None:
    """Returns the same of one that went through all its checks in this work."""
    checks = [it for it, _ in work.begun[:] if it.alternative == alternative and it.check]
    return _seconds(alternative, work) if checks and checks[-1].at == checks[-1].of else None


def _check_seconds(check: str, work: Work) -> Iterator[float]:
    ends = {(it.body.alternative, it.body.check): it.seconds for it in work.steps if isinstance(it.body, Evidence)}
    for begun, at in work.begun[:]:
        if begun.check == check and (begun.alternative, check) in ends:
            yield ends[begun.alternative, check] - at


def _lines(row: Row, indent: str, width: int) -> list[Content]:
    took = f"{row.seconds:6.1f} s" if row.seconds is not None else " " * 8
    style = {"now": "bold", "waits": "dim", "stopped": "$text-warning"}.get(row.state, "")
    name = f"{row.name:2}" if indent else f"{row.name:7}"
    head = f"{indent}{row.state:8}{name} {took}  "
    lines = [plain(line, style) for line in _wrapped(row.title, head, width)]
    for note in row.notes:
        style = "$text-error" if "FAIL" in note else ""
        lines += [plain(line, style) for line in _wrapped(note, " " * (len(indent) + 11), width)]
    return lines


def _wrapped(text: str, head: str, width: int) -> list[str]:
    room = max(width, len(head) + LEAST_TEXT_COLUMNS)
    return wrap(text, room, initial_indent=head, subsequent_indent=" " * len(head)) or [head.rstrip()]
