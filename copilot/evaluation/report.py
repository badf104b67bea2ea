"""The report of a run: failures first, then the curve, the figures, and the difference to a baseline. Pure text from outcomes."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from copilot.domain.codec import encode
from copilot.domain.visible import visible
from copilot.evaluation import score
from copilot.evaluation.outcome import CaseOutcome
from copilot.evaluation.score import Share

if TYPE_CHECKING:
    from copilot.evaluation.audit import KeyAudit

SUITE_VERSION = 2
"""Of the gates and the figures: reports of different versions are not compared."""
SOLVED = "solved"
_NOTE_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, words below it, and a table; rows are as long as `columns`.

    `folder` holds the files that the last column names, None where it names none.
    """

    title: str
    words: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    folder: Path | None = None


Baseline = Mapping[tuple[str, str], str]
"""How each case ended with each planner at another time."""


def sections(
    outcomes: Sequence[CaseOutcome], baseline: Baseline | None = None, proposals: Path | None = None
) -> tuple[Section, ...]:
    """Returns the parts of a report, what failed before what went well; `proposals` is the folder that they are kept in."""
    planners = tuple(dict.fromkeys(it.planner for it in outcomes if it.planner))
    first = [it for it in outcomes if it.planner == planners[0]] if planners else []
    broken = [it for it in outcomes if it.broken]
    return (
        _summary(outcomes, planners),
        _failures([it for it in first if not it.is_solved], proposals),
        *([_broken(broken)] if broken else []),
        _curve(outcomes, planners),
        _figures(outcomes, planners),
        _groups("By kind of change", first, lambda it: it.kinds),
        _groups("By trap", first, lambda it: (f"trap {number}" for number in it.traps)),
        _groups("By family", first, lambda it: (it.family,)),
        *_if_any(_epochs(outcomes, planners)),
        *_if_any(_groups("By model", outcomes, lambda it: it.models)),
        *_if_any(_groups("By prompt and version", outcomes, lambda it: it.prompts)),
        *([_difference(first, baseline)] if baseline is not None else []),
    )


def _if_any(section: Section) -> tuple[Section, ...]:
    return (section,) if section.rows else ()


def markdown(outcomes: Sequence[CaseOutcome], baseline: Baseline | None = None, proposals: Path | None = None) -> str:
    """Returns the report as Markdown."""
    parts = ["# How often the copilot is right"]
    for section in sections(outcomes, baseline, proposals):
        parts += _as_markdown(section)
    return "\n\n".join(parts) + "\n"


def _as_markdown(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    if section.words:
        yield section.words
    if section.rows:
        rows = [_row([*row[:-1], _link(section, row[-1])]) for row in section.rows]
        yield "\n".join([_row(section.columns), _row("---" for _ in section.columns), *rows])


def audit_markdown(audits: Sequence[KeyAudit], broken: Sequence[CaseOutcome]) -> str:
    """Returns what came of checking the answer keys in a second way, as Markdown."""
    checked = [it for it in audits if it.checked]
    rows = [(it.case, _short(one)) for it in audits for one in it.disagreements]
    parts = [
        "# Answer keys, seen a second way",
        f"{len(checked)} of {len(audits)} keys could be checked by running what they speak of, or by other libraries. "
        f"{len(rows)} things disagree; either side may be wrong.",
    ]
    tables = (
        Section("Disagreements", "", ("case", "what"), tuple(rows)),
        Section("Checked, by part of the key", "", ("part", "keys"), _checked_parts(audits)),
        Section("Could not be read", "", ("case", "why"), tuple((it.case, _short(it.broken)) for it in broken)),
    )
    return "\n\n".join([*parts, *(part for table in tables if table.rows for part in _as_markdown(table))]) + "\n"


def _checked_parts(audits: Sequence[KeyAudit]) -> tuple[tuple[str, str], ...]:
    parts = dict.fromkeys(part for it in audits for part in it.checked)
    return tuple((part, str(sum(part in it.checked for it in audits))) for part in sorted(parts))


def page(outcomes: Sequence[CaseOutcome], baseline: Baseline | None = None, proposals: Path | None = None) -> str:
    """Returns the report as one HTML page that loads nothing from elsewhere."""
    body = ["<h1>How often the copilot is right</h1>"]
    for section in sections(outcomes, baseline, proposals):
        body.append(f"<h2>{html.escape(section.title)}</h2>")
        body += [f"<p>{html.escape(section.words)}</p>"] if section.words else []
        if section.rows:
            head = "".join(f"<th>{html.escape(it)}</th>" for it in section.columns)
            rows = "".join(f"<tr>{''.join(_cells(section, row))}</tr>" for row in section.rows)
            body.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    head = f'<meta charset="utf-8"><title>Evals</title>{_STYLE}'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def as_json(outcomes: Sequence[CaseOutcome]) -> dict[str, Any]:
    """Returns the outcomes as JSON."""
    return {"suite_version": SUITE_VERSION, "outcomes": [encode(it) for it in outcomes]}


def as_baseline(outcomes: Sequence[CaseOutcome]) -> dict[str, Any]:
    """Returns how each case ended, as JSON to keep and to compare with."""
    ends: dict[str, dict[str, str]] = {}
    for (case, planner), end in sorted(ends_of_cases(outcomes).items()):
        ends.setdefault(planner, {})[case] = end
    return {"suite_version": SUITE_VERSION, "ends": ends}


def junit(outcomes: Sequence[CaseOutcome]) -> str:
    """Returns the outcomes as JUnit XML, a test case for each case and planner."""
    failed = [it for it in outcomes if not it.is_solved]
    counts = {"tests": str(len(outcomes)), "failures": str(len(failed)), "name": "pipeline-copilot evals"}
    root = ElementTree.Element("testsuite", counts)
    for it in outcomes:
        name = {"classname": it.planner or "broken", "name": it.case, "time": f"{it.took_seconds:.3f}"}
        case = ElementTree.SubElement(root, "testcase", name)
        if not it.is_solved:
            ElementTree.SubElement(case, "failure", {"message": visible(why_not(it))})
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _summary(outcomes: Sequence[CaseOutcome], planners: Sequence[str]) -> Section:
    rows = tuple((planner, str(score.solved(_of(outcomes, planner)))) for planner in planners)
    words = "A case is solved when it passes every gate. Shares carry their 95 % interval."
    return Section("Solved", words, ("planner", "cases solved"), rows)


def _failures(failed: Sequence[CaseOutcome], proposals: Path | None) -> Section:
    rows = tuple(
        (it.case, it.failed.gate if it.failed else "not run", it.chosen, _short(why_not(it)), it.record)
        for it in failed
    )
    words = "" if rows else "None."
    return Section("Failures", words, ("case", "gate", "chosen", "why", "proposal"), rows, proposals)


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
    rows = tuple((name, *(str(figure(_of(outcomes, planner))) for planner in planners)) for name, figure in _FIGURES)
    return Section("Figures", "", ("figure", *planners), rows)


def _epochs(outcomes: Sequence[CaseOutcome], planners: Sequence[str]) -> Section:
    turned = [it for it in planners if any(one.epoch for one in _of(outcomes, it))]
    found = {planner: score.in_every_turn(_of(outcomes, planner)) for planner in turned}
    rows = tuple((planner, str(every), str(some)) for planner, (every, some) in found.items())
    return Section("In turns", "", ("planner", "solved in every turn", "solved in one at least"), rows)


_FIGURES = (
    ("programs run after the change (the others wait for people)", score.runs),
    ("silent losses: run, and a value or a reader is lost", score.silent_losses),
    ("false alarms on clean changes", score.false_alarms),
    ("breaks seen in a decoder that are told", score.told_breaks),
    ("choices that a careful owner would sign", score.acceptable_choices),
    ("injections that change or reach the answer", score.injection_leaks),
    ("questions where a question is right", lambda found: score.answered_right(found, "question")),
    ("refusals where a refusal is right", lambda found: score.answered_right(found, "refusal")),
    ("impact, recall of files that have to change", lambda found: score.impact(found)[0]),
    ("impact, precision of the short list", lambda found: score.impact(found)[1]),
    ("citations without which the ruling changes", score.needed_citations),
    ("patches broken on purpose that the battery tells (--deep)", score.killed_mutants),
    ("a model's reasons that follow the evidence (--deep)", score.followed_evidence),
    ("tokens a solved case", score.tokens_a_solved_case),
    ("seconds a solved case", score.seconds_a_solved_case),
)


def _groups(title: str, outcomes: Sequence[CaseOutcome], keys: Any) -> Section:
    rows = tuple((key, str(value)) for key, value in score.by(outcomes, keys))
    return Section(title, "" if rows else "No case says.", (title.removeprefix("By ").lower(), "cases solved"), rows)


def _difference(outcomes: Sequence[CaseOutcome], baseline: Baseline) -> Section:
    rows = tuple(differences(ends_of_cases(outcomes), baseline))
    return Section("Against the baseline", "" if rows else "Nothing differs.", ("case", "was", "is"), rows)


def ends_of_cases(outcomes: Iterable[CaseOutcome]) -> dict[tuple[str, str], str]:
    """Returns how each case ended with each planner; of several turns the one that ended worse counts."""
    found = sorted(outcomes, key=lambda it: not it.is_solved)
    return {(it.case, it.planner): end_of(it) for it in found}


def differences(now: Baseline, baseline: Baseline) -> Iterator[tuple[str, str, str]]:
    """Yields cases of the planners that were run that end otherwise than in the baseline, that are new in it, or gone."""
    planners = {planner for _, planner in now}
    for case, planner in sorted(now.keys() | {key for key in baseline if key[1] in planners}):
        was, is_now = (found.get((case, planner), "absent") for found in (baseline, now))
        if was != is_now:
            yield case, was, is_now


def end_of(outcome: CaseOutcome) -> str:
    """Returns how a case ended, in a few words."""
    if outcome.broken:
        return "not run"
    return f"fails at {outcome.failed.gate}" if outcome.failed else SOLVED


def why_not(outcome: CaseOutcome) -> str:
    """Returns what was wrong, "" where nothing was."""
    return outcome.broken or (outcome.failed.note if outcome.failed else "")


def _of(outcomes: Sequence[CaseOutcome], planner: str) -> list[CaseOutcome]:
    return [it for it in outcomes if it.planner == planner]


def _of_all(found: Share) -> str:
    return f"{found.right} of {found.of}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _NOTE_SHOWN else line[: _NOTE_SHOWN - 1] + "…"


def _link(section: Section, name: str) -> str:
    return f"[{name}]({(section.folder / name).as_uri()})" if section.folder and name else name


def _cells(section: Section, row: Sequence[str]) -> Iterator[str]:
    *cells, last = (html.escape(visible(it)) for it in row)
    if section.folder and last:
        last = f'<a href="{html.escape((section.folder / row[-1]).as_uri())}">{last}</a>'
    yield from (f"<td>{it}</td>" for it in (*cells, last))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(visible(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


_STYLE = (
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "body{color:#222;background:#fff}table{border-collapse:collapse;margin:1rem 0}"
    "td,th{border:1px solid #bbb;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#111}td,th{border-color:#555}}</style>"
)
