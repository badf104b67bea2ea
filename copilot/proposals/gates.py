"""Does the gate of a phase hold? By a command's result, the result of a query, or the word of a named person, each kept as a proof.

Nothing is taken for granted: without any of them the gate is not shown to hold. A gate that waits for records to leave their topics
can't hold before the retention that `copilot.toml` names has passed since the phase landed, whatever a command or a query says;
only a person who answers for it can say that they were rewritten or purged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copilot.checks.commands import why_unreadable
from copilot.domain.alternative import Gate, Phase, TimeBox
from copilot.domain.codec import digest_of_text
from copilot.domain.continuation import GateProof
from copilot.domain.pipeline import Impact, PipelineMap
from copilot.domain.visible import visible
from copilot.errors import RefusedByEvidence, WrongUsage
from copilot.planners.time_boxes import DAYS_MAX_DEFAULT, longest_kept
from copilot.ports import Ran
from copilot.proposals.query_results import Condition, condition, digest_of_result, shown_by
from copilot.settings import SETTINGS_PATH, GateSettings

OUTPUT_LINES_SHOWN = 5
TEXT_CHARACTERS_MAX = 2000


@dataclass(frozen=True, slots=True)
class Ways:
    """What a person brings to show that a gate holds: words to answer for, a result with conditions, leave to run a command."""

    attest: str = ""
    result: Path | None = None
    holds: tuple[str, ...] = ()
    runs_command: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.attest.strip() or self.result or self.runs_command)


@dataclass(frozen=True, slots=True)
class Standing:
    """The gate of a landed phase: which proposal and phase it belongs to, since when, and what the settings say of it."""

    proposal: str
    number: int
    phase: Phase
    landed_at: str
    settings: GateSettings | None
    not_before: datetime | None

    @property
    def wished_until(self) -> datetime | None:
        """Until when the state has to last, as the person wished; None where nothing was."""
        box = self.phase.time_box
        return _after(self.landed_at, box.least_days) if box and box.least_days else None

    @property
    def label(self) -> str:
        return f'phase {self.number + 1} "{self.phase.name}" of {self.proposal}'


def checked(ways: Ways) -> Ways:
    """Returns the ways as given; raises WrongUsage where they make no sense, before anything is read or run."""
    if ways.holds and ways.result is None:
        raise WrongUsage("--holds says what a result must hold, and no result is given.", next="Add --result FILE.")
    if len(ways.attest) > TEXT_CHARACTERS_MAX:
        raise WrongUsage(f"An attestation has at most {TEXT_CHARACTERS_MAX} characters.", next="Link to the rest.")
    for text in ways.holds:
        condition(text)
    return ways


def proofs_of(
    standing: Standing, ways: Ways, *, by: str, at: str, run: Callable[[str], Ran | None]
) -> tuple[GateProof, ...]:
    """Returns what shows that the gate holds; `run` runs a command in a sandbox, None where nothing here can isolate it.

    Raises RefusedByEvidence where it is not shown, WrongUsage where something else was brought than the settings can use.
    """
    gate = standing.phase.gate
    if gate is None:
        return (GateProof("no gate", f"{standing.label} has no gate", by, at),)
    if ways.is_empty:
        raise _missing(standing, gate, at)
    _refuse_too_early(standing, ways, at)
    return tuple(_proofs(standing, ways, by, at, run))


def is_among(ways: Ways, proofs: Sequence[GateProof]) -> bool:
    """Tells whether all that is brought is what the proofs hold already, so that nothing of it would be passed over."""
    if any(it.kind == "no gate" for it in proofs):
        return True
    attested = tuple(it.text for it in proofs if it.kind == "attested")
    queried = {it.digest: it.text for it in proofs if it.kind == "query"}
    said = queried.get(digest_of_result(ways.result), "") if ways.result is not None else ""
    return (
        (not ways.attest.strip() or any(text.startswith(" ".join(ways.attest.split())) for text in attested))
        and (ways.result is None or (bool(said) and all(str(condition(it)) in said for it in ways.holds)))
        and (not ways.runs_command or any(it.kind == "command" for it in proofs))
    )


def not_before(
    gate: Gate | None, landed_at: str, impacts: tuple[Impact, ...], pipeline: PipelineMap
) -> datetime | None:
    """Returns when the records from before a landed phase can have left their topics, None where nothing is known or waited for."""
    if gate is None or not gate.outlasts_retention:
        return None
    kept = longest_kept(gate, impacts, pipeline)
    return _after(landed_at, kept.days) if kept is not None and kept.days is not None else None


def time_box(standing: Standing, at: str) -> str:
    """Returns since when the state lasts, until when it should at most, and by how much that is over."""
    box = _box(standing)
    ends = _ends(standing, box)
    told = f"In this state since {standing.landed_at[:10]}; it should end by {ends:%Y-%m-%d}, its time-box: {box}."
    passed = overrun(standing, at)
    return told + (f"\nThat time is over: {passed}." if passed else "")


def overrun(standing: Standing, at: str) -> str:
    """Returns by how much the state has lasted longer than it should, "" where it has not.

    A warning and nothing more: a change that nobody may end any more because it took too long would never end.
    """
    ends = _ends(standing, _box(standing))
    days = (_time(at) - ends).days
    if _time(at) <= ends:
        return ""
    late = "less than a day" if days < 1 else f"{days} {'day' if days == 1 else 'days'}"
    return f"{standing.label} should have ended by {ends:%Y-%m-%d}, {late} ago"


def _box(standing: Standing) -> TimeBox:
    """What `copilot.toml` says now comes first: whoever needs longer says so there."""
    if standing.settings is not None and standing.settings.days is not None:
        return TimeBox(standing.settings.days, str(standing.settings.span))
    how = f'[gates."{standing.phase.name}"] days = … in {SETTINGS_PATH} changes it'
    box = standing.phase.time_box or TimeBox(DAYS_MAX_DEFAULT, "the default")
    return replace(box, source=f"{box.source}; {how}")


def _ends(standing: Standing, box: TimeBox) -> datetime:
    if not box.until:
        return _after(standing.landed_at, box.days)
    return _time(f"{box.until}T23:59:59Z")


def _proofs(standing: Standing, ways: Ways, by: str, at: str, run: Callable[[str], Ran | None]) -> Iterator[GateProof]:
    if ways.result is not None:
        text, digest = shown_by(ways.result, _conditions(standing.settings, ways))
        yield GateProof("query", text, by, at, digest)
    if ways.runs_command:
        yield _ran(standing, by, at, run)
    if ways.attest.strip():
        early = standing.not_before and _time(at) < standing.not_before
        note = f" (before {standing.not_before:%Y-%m-%d}, when the retention has passed)" if early else ""
        yield GateProof("attested", " ".join(ways.attest.split()) + note, by, at)


def _conditions(said: GateSettings | None, ways: Ways) -> list[Condition]:
    if ways.holds or said is None:
        return [condition(it) for it in ways.holds]
    return [condition(it, said.span) for it in said.holds]


def _ran(standing: Standing, by: str, at: str, run: Callable[[str], Ran | None]) -> GateProof:
    command = standing.settings.command if standing.settings else ""
    if not command:
        raise WrongUsage(
            f'{SETTINGS_PATH} names no command for the gate of "{standing.phase.name}".',
            where=SETTINGS_PATH,
            next=f'Write [gates."{standing.phase.name}"] with command = "…", or show it in another way.',
        )
    if why := why_unreadable(command):
        raise WrongUsage(
            f'The command for the gate of "{standing.phase.name}" can\'t be read: {why}.',
            where=standing.settings.span if standing.settings else "",
            next="Write a program and its arguments; it runs without a shell.",
        )
    ran = run(command)
    if ran is None:
        raise RefusedByEvidence(
            f'"{command}" was not run, because nothing here can isolate it from this machine and its network.',
            next="Install bubblewrap, or show the gate by --result or --attest.",
        )
    if ran.stopped_by or ran.exit_code:
        how = f"was stopped by the {ran.stopped_by}" if ran.stopped_by else f"ended with exit code {ran.exit_code}"
        tail = "\n".join(f"  | {visible(line)}" for line in ran.output.splitlines()[-OUTPUT_LINES_SHOWN:])
        raise RefusedByEvidence(
            f'The gate of {standing.label} does not hold: "{command}" {how}.' + (f"\n{tail}" if tail else ""),
            where=standing.settings.span if standing.settings else "",
            next="Mend what it shows, and ask again.",
        )
    return GateProof(
        "command", f'"{command}" ended with exit code 0 in the sandbox', by, at, digest_of_text(ran.output)
    )


def _refuse_too_early(standing: Standing, ways: Ways, at: str) -> None:
    wished = standing.wished_until
    if wished is not None and not ways.attest.strip() and _time(at) < wished:
        box = standing.phase.time_box
        raise RefusedByEvidence(
            f"The gate of {standing.label} can't hold before {wished:%Y-%m-%d %H:%M} UTC: the old was to stay that long"
            f" ({box.source if box else ''}).",
            next='Wait until then; or, where that is not wished any more, answer for it: --attest "…".',
        )
    ends = standing.not_before
    if ends is None or ways.attest.strip() or _time(at) >= ends:
        return
    raise RefusedByEvidence(
        f"The gate of {standing.label} can't hold before {ends:%Y-%m-%d %H:%M} UTC: records from before it are still kept.",
        where=SETTINGS_PATH,
        next='Wait until then; or, where they were rewritten or purged, answer for it: --attest "…".',
    )


def _missing(standing: Standing, gate: Gate, at: str) -> RefusedByEvidence:
    name = standing.phase.name
    said = standing.settings
    ways = [
        f"--run-gate  runs {said.command!r}, which {said.span} names, in a sandbox"
        if said and said.command
        else f'--run-gate  once {SETTINGS_PATH} names a command: [gates."{name}"] command = "…"',
        "--result FILE  a query's result as JSON or CSV"
        + (f", which must hold {', '.join(said.holds)}" if said and said.holds else ' with --holds "mismatches = 0"'),
        '--attest "what you saw"  recorded with your name and the time',
    ]
    waits = ""
    if standing.not_before and _time(at) < standing.not_before:
        waits = f"\nIts records are kept until {standing.not_before:%Y-%m-%d %H:%M} UTC."
    return RefusedByEvidence(
        f"The gate of {standing.label} is not shown to hold:\n  {gate.text}\n{time_box(standing, at)}{waits}",
        next="bring one of\n" + "\n".join(f"         {way}" for way in ways),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _after(text: str, days: float) -> datetime:
    """Returns the time so many days after another one, the last that can be written where that is later still."""
    try:
        return _time(text) + timedelta(days=days)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
