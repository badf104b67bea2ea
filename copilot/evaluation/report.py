"""The report of a run: failures first, then the curve, the figures, and the difference to a baseline. Pure text from outcomes."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from copilot.domain.codec import encode
from copilot.domain.visible import visible
from copilot.evaluation import score
from copilot.evaluation.outcome import CaseOutcome
from copilot.evaluation.score import Share

SUITE_VERSION = 1
"""Of the gates and the figures: reports of different versions are not compared."""
_NOTE_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, words below it, and a table; rows are as long as `columns`."""

    title: str
    words: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def sections(outcomes: Sequence[CaseOutcome], baseline: Sequence[CaseOutcome] = ()) -> tuple[Section, ...]:
    """Returns the parts of a report, what failed before what went well."""
    planners = tuple(dict.fromkeys(it.planner for it in outcomes if it.planner))
    first = [it for it in outcomes if it.planner == planners[0]] if planners else []
    broken = [it for it in outcomes if it.broken]
    return (
        _summary(outcomes, planners),
        Section("Failures", *_failures(it for it in first if not it.is_solved)),
        *([_broken(broken)] if broken else []),
        _curve(outcomes, planners),
        _figures(outcomes, planners),
        _groups("By kind of change", first, lambda it: it.kinds),
        _groups("By trap", first, lambda it: (f"trap {number}" for number in it.traps)),
        _groups("By family", first, lambda it: (it.family,)),
        *([_difference(first, baseline)] if baseline else []),
    )


def markdown(outcomes: Sequence[CaseOutcome], baseline: Sequence[CaseOutcome] = ()) -> str:
    """Returns the report as Markdown."""
    parts = ["# How often the copilot is right"]
    for section in sections(outcomes, baseline):
        parts.append(f"## {section.title}")
        parts += [section.words] if section.words else []
        if section.rows:
            lines = [_row(section.columns), _row("---" for _ in section.columns), *map(_row, section.rows)]
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def page(outcomes: Sequence[CaseOutcome], baseline: Sequence[CaseOutcome] = ()) -> str:
    """Returns the report as one HTML page that loads nothing from elsewhere."""
    body = ["<h1>How often the copilot is right</h1>"]
    for section in sections(outcomes, baseline):
        body.append(f"<h2>{html.escape(section.title)}</h2>")
        body += [f"<p>{html.escape(section.words)}</p>"] if section.words else []
        if section.rows:
            head = "".join(f"<th>{html.escape(it)}</th>" for it in section.columns)
            rows = "".join(
                "<tr>" + "".join(f"<td>{html.escape(visible(it))}</td>" for it in row) + "</tr>" for row in section.rows
            )
            body.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    head = f'<meta charset="utf-8"><title>Evals</title>{_STYLE}'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def as_json(outcomes: Sequence[CaseOutcome]) -> dict[str, Any]:
    """Returns the outcomes as JSON; a report of it can be a baseline."""
    return {"suite_version": SUITE_VERSION, "outcomes": [encode(it) for it in outcomes]}


def junit(outcomes: Sequence[CaseOutcome]) -> str:
    """Returns the outcomes as JUnit XML, a test case for each case and planner."""
    failed = [it for it in outcomes if not it.is_solved]
    counts = {"tests": str(len(outcomes)), "failures": str(len(failed)), "name": "pipeline-copilot evals"}
    root = ElementTree.Element("testsuite", counts)
    for it in outcomes:
        name = {"classname": it.planner or "broken", "name": it.case, "time": f"{it.took_seconds:.3f}"}
        case = ElementTree.SubElement(root, "testcase", name)
        if not it.is_solved:
            ElementTree.SubElement(case, "failure", {"message": visible(_why(it))})
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _summary(outcomes: Sequence[CaseOutcome], planners: Sequence[str]) -> Section:
    rows = tuple((planner, str(score.solved(_of(outcomes, planner)))) for planner in planners)
    words = "A case is solved when it passes every gate. Shares carry their 95 % interval."
    return Section("Solved", words, ("planner", "cases solved"), rows)


def _failures(failed: Iterable[CaseOutcome]) -> tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    rows = tuple(
        (it.case, it.failed.gate if it.failed else "not run", it.chosen, _short(_why(it)), it.record) for it in failed
    )
    words = "" if rows else "None."
    return words, ("case", "gate", "chosen", "why", "proposal"), rows


def _broken(broken: Sequence[CaseOutcome]) -> Section:
    rows = tuple((it.case, it.planner, _short(it.broken)) for it in broken)
    return Section("Could not be run", "", ("case", "planner", "why"), rows)


def _curve(outcomes: Sequence[CaseOutcome], planners: Sequence[str]) -> Section:
    curves = [dict(score.attrition(_of(outcomes, planner))) for planner in planners]
    gates = list(curves[0]) if curves else []
    rows = tuple((gate, *(_of_all(curve[gate]) for curve in curves)) for gate in gates)
    words = "How many cases are left after each gate; one that asks nothing of a case is passed."
    return Section("Gates in order", words, ("gate", *planners), rows)


def _figures(outcomes: Sequence[CaseOutcome], planners: Sequence[str]) -> Section:
    rows = []
    for name, figure in _FIGURES:
        rows.append((name, *(str(figure(_of(outcomes, planner))) for planner in planners)))
    seconds = [sum(it.took_seconds for it in _of(outcomes, planner)) for planner in planners]
    rows.append(
        (
            "seconds a case",
            *(f"{took / max(len(_of(outcomes, p)), 1):.1f}" for p, took in zip(planners, seconds, strict=True)),
        )
    )
    return Section("Figures", "", ("figure", *planners), tuple(rows))


_FIGURES = (
    ("programs run after the change (the others wait for people)", score.runs),
    ("silent losses: run, and a value or a reader is lost", score.silent_losses),
    ("false alarms on clean changes", score.false_alarms),
    ("injections that change or reach the answer", score.injection_leaks),
    ("questions where a question is right", lambda found: score.answered_right(found, "question")),
    ("refusals where a refusal is right", lambda found: score.answered_right(found, "refusal")),
    ("impact, recall of files that have to change", lambda found: score.impact(found)[0]),
    ("impact, precision of the short list", lambda found: score.impact(found)[1]),
    ("citations without which the ruling changes", score.needed_citations),
    ("tokens a solved case", score.tokens_a_solved_case),
    ("patches broken on purpose that the battery tells (--deep)", score.killed_mutants),
)


def _groups(title: str, outcomes: Sequence[CaseOutcome], keys: Any) -> Section:
    rows = tuple((key, str(value)) for key, value in score.by(outcomes, keys))
    return Section(title, "" if rows else "No case says.", (title.removeprefix("By ").lower(), "cases solved"), rows)


def _difference(outcomes: Sequence[CaseOutcome], baseline: Sequence[CaseOutcome]) -> Section:
    rows = tuple(differences(outcomes, baseline))
    return Section("Against the baseline", "" if rows else "Nothing differs.", ("case", "was", "is"), rows)


def differences(outcomes: Sequence[CaseOutcome], baseline: Sequence[CaseOutcome]) -> Iterator[tuple[str, str, str]]:
    """Yields cases that end otherwise than in the baseline, that are new in it, or gone."""
    old = {(it.case, it.planner): it for it in baseline}
    new = {(it.case, it.planner): it for it in outcomes}
    for key in sorted(old | new):
        was, now = (_end(found.get(key)) for found in (old, new))
        if was != now:
            yield key[0], was, now


def _end(outcome: CaseOutcome | None) -> str:
    if outcome is None:
        return "absent"
    if outcome.broken:
        return "not run"
    return f"fails at {outcome.failed.gate}" if outcome.failed else "solved"


def _why(outcome: CaseOutcome) -> str:
    return outcome.broken or (outcome.failed.note if outcome.failed else "")


def _of(outcomes: Sequence[CaseOutcome], planner: str) -> list[CaseOutcome]:
    return [it for it in outcomes if it.planner == planner]


def _of_all(found: Share) -> str:
    return f"{found.right} of {found.of}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _NOTE_SHOWN else line[: _NOTE_SHOWN - 1] + "…"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(visible(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


_STYLE = (
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "body{color:#222;background:#fff}table{border-collapse:collapse;margin:1rem 0}"
    "td,th{border:1px solid #bbb;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#111}td,th{border-color:#555}}</style>"
)
