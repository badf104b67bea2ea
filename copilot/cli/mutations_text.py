"""What became of patches broken on purpose, as text: the score, each survivor with its harm, and who killed the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from copilot.cli.layout import columns, section, wrapped
from copilot.proposals.mutation import MutantSeen, MutationReport
from copilot.reasons.words import counted, listed


def mutations_text(report: MutationReport) -> str:
    """Returns the report for people; survivors come first, as they are what there is to act on."""
    lines = wrapped(_score(report))
    lines += section("SURVIVED", [line for it in report.survived for line in _survivor(it)], len(report.survived))
    lines += section("KILLED", [*_killers(report.killed), *columns(_rows(report.killed), "  ")], len(report.killed))
    equal = report.of("equivalent")
    lines += section(
        "NOT COUNTED", columns([(it.mutation, f"{it.place}: {it.message}") for it in equal], "  "), len(equal)
    )
    absent = report.of("not applicable")
    lines += section("NOT APPLICABLE", columns([(it.mutation, it.message) for it in absent], "  "), len(absent))
    left = report.of("not tried")
    lines += section("NOT TRIED", columns([(it.mutation, it.place) for it in left], "  "), len(left))
    return "\n".join(lines)


def _score(report: MutationReport) -> str:
    seen = (*report.killed, *report.survived)
    if report.score is None:
        return f"Nothing of {report.alternative} could be broken."
    ways = counted(len({it.mutation for it in seen}), "way")
    return (
        f"{report.proposal}: the patch of {report.alternative} was broken {counted(len(seen), 'time')} in {ways};"
        f" the battery noticed {len(report.killed)} ({report.score:.0%})."
    )


def _survivor(seen: MutantSeen) -> list[str]:
    lines = wrapped(f"{seen.mutation}: {seen.place}", "  ", "    ")
    lines += wrapped(f"What it would do: {seen.harm}.", "    ")
    told = f"Told only as a warning of {seen.by}: {seen.message}" if seen.message else "No check says a word."
    return [*lines, *wrapped(told, "    ")]


def _killers(killed: Sequence[MutantSeen]) -> list[str]:
    by = Counter(it.by or "decision" for it in killed).most_common()
    return wrapped(f"by {listed(f'{check} {count}' for check, count in by)}", "  ") if by else []


def _rows(killed: Sequence[MutantSeen]) -> list[tuple[str, str, str]]:
    return [(it.mutation, it.by, f"{it.place}. {it.message}") for it in killed]
