"""The matrix of a comparison: for each alternative its outcome, a verdict for each check, and the figures that rules compare.

Columns and cells come from the proposal and a ranking of it, so that sorting and "what if" show the same cells in other places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text

from copilot.domain.decision import Ruling
from copilot.domain.evidence import Evidence, Verdict
from copilot.domain.proposal import Proposal
from copilot.reasons.merits import MERITS, Candidate, SoftRule
from copilot.reasons.ranking import evidence_by_check
from copilot.reasons.words import letters_of
from copilot.tui.alternatives import checks_asked, outcome_style, outcome_words, verdict_text
from copilot.tui.panes import Rows

UP, DOWN = "▲", "▼"
MARK = "*"
"""Stands behind the letter of an alternative that is picked for the comparison side by side."""
EDGE = "│"
NO_FIGURE = "?"
_HEADS = {
    "stand_ins": "stand-in values",
    "history_refused": "versions not read",
    "history_changed": "versions misread",
    "open_at_once": "questions open",
    "operations_reworded": "in other words",
    "stopped_at_once": "jobs stopped",
    "manual_places": "places by hand",
    "unsettled": "places unsettled",
    "readers_refusing": "readers refusing",
}
"""Short words for figures whose names alone don't say what they count; each cell tells the long ones."""
_WORST_LAST: dict[Verdict, int] = {"pass": 0, "not-applicable": 1, "unknown": 2, "fail": 3}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, and where it comes from: the check, and the rule whose figure it shows. `key` names it."""

    kind: Literal["letter", "outcome", "verdict", "measure"]
    check: str = ""
    rule: SoftRule | None = None

    @property
    def measure(self) -> str:
        return self.rule.measure if self.rule else ""

    @property
    def key(self) -> str:
        return ".".join(part for part in (self.kind, self.check, self.measure) if part)

    @property
    def words(self) -> str:
        """Returns its heading in one line."""
        return (
            _HEADS.get(self.measure, self.measure).replace("_", " ")
            or self.check
            or ("outcome" if self.kind == "outcome" else "alternative")
        )


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which column the rows stand, and whether the last come first."""

    column: Column
    is_reversed: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The matrix as it is drawn: a heading for each column, and for each alternative a text in each."""

    columns: tuple[Column, ...]
    heads: tuple[Text, ...]
    rows: tuple[tuple[str, tuple[Text, ...]], ...]


LETTER, OUTCOME = Column("letter"), Column("outcome")
BY_OUTCOME = Sorting(OUTCOME)


def columns_of(proposal: Proposal) -> tuple[Column, ...]:
    """Returns the columns: checks that had something to look at, then the figures of rules that are not 0 everywhere."""
    verdicts = tuple(Column("verdict", check) for check in checks_asked(proposal))
    figures = tuple(
        Column("measure", rule.check, rule)
        for rule in MERITS
        if isinstance(rule, SoftRule)
        and any(it.check == rule.check and it.measure(rule.measure) for it in proposal.evidence)
    )
    return (LETTER, OUTCOME, *verdicts, *figures)


def sorted_rows(proposal: Proposal, rulings: Sequence[Ruling], sorting: Sorting) -> tuple[str, ...]:
    """Returns the alternatives in the order of a column: best first, what has no value last; equal ones stay in rank order."""
    by_rank = sorted(_places(proposal, rulings).items(), key=lambda item: item[1])
    order = [id for id, _ in by_rank]
    if sorting.column.kind == "outcome":
        return tuple(reversed(order)) if sorting.is_reversed else tuple(order)
    if sorting.column.kind == "letter":
        order = [it.id for it in proposal.alternatives]
        return tuple(reversed(order)) if sorting.is_reversed else tuple(order)
    values = {id: _value(proposal, id, sorting.column) for id in order}
    sign = -1 if sorting.is_reversed else 1
    return tuple(sorted(order, key=lambda id: (values[id] == math.inf, sign * values[id])))


def next_sorting(columns: Sequence[Column], sorting: Sorting) -> Sorting:
    """Returns the sorting by the column after that one, the first again after the last."""
    at = columns.index(sorting.column) if sorting.column in columns else -1
    return Sorting(columns[(at + 1) % len(columns)])


def sorting_by(column: Column, sorting: Sorting) -> Sorting:
    """Returns the sorting by a column; by that which it is sorted by already the other way round."""
    return Sorting(column, column == sorting.column and not sorting.is_reversed)


def evidence_of(proposal: Proposal, alternative: str, check: str) -> Evidence | None:
    """Returns the last word of a check about an alternative, None where it was not run."""
    return evidence_by_check(proposal, alternative).get(check)


def heading(column: Column, sorting: Sorting) -> Text:
    """Returns the heading in two lines, with a sign where the rows are sorted by it."""
    sign = f" {DOWN if sorting.is_reversed else UP}" if column == sorting.column else ""
    words = [] if column.kind == "letter" else column.words.split(" ")
    first = " ".join(words[: len(words) // 2])
    return Text(f"{first}\n{' '.join(words[len(words) // 2 :])}{sign}")


def cell(proposal: Proposal, alternative: str, column: Column, ruling: Ruling | None, is_marked: bool) -> Text:
    """Returns what stands in one place of the matrix; `ruling` is the one about the alternative."""
    if column.kind == "letter":
        return Text(letters_of(proposal)[alternative] + (MARK if is_marked else ""), style="bold" if is_marked else "")
    if column.kind == "outcome":
        return Text(_outcome(proposal, alternative, ruling), style=outcome_style(ruling))
    if column.kind == "verdict":
        found = evidence_of(proposal, alternative, column.check)
        return verdict_text(found.verdict if found else None)
    value = _value(proposal, alternative, column)
    return Text(NO_FIGURE if math.isinf(value) else f"{value:g}", justify="right")


def grid_of(
    proposal: Proposal, rulings: Sequence[Ruling], sorting: Sorting = BY_OUTCOME, marked: Sequence[str] = ()
) -> Grid:
    """Returns the whole matrix as texts, the rows in the order of the sorting."""
    columns = columns_of(proposal)
    ruling = {it.alternative: it for it in rulings}
    ids = sorted_rows(proposal, rulings, sorting)
    heads = tuple(heading(column, sorting) for column in columns)
    rows = [tuple(cell(proposal, id, column, ruling.get(id), id in marked) for column in columns) for id in ids]
    table = _with_edge([heads, *rows], columns.index(OUTCOME))
    return Grid(columns, table[0], tuple(zip(ids, table[1:], strict=True)))


def fill(table: Rows, grid: Grid) -> None:
    """Fills the table anew and keeps the cursor on its cell."""
    kept = cursor_of(table)
    table.clear(columns=True)
    for column, head in zip(grid.columns, grid.heads, strict=True):
        table.add_column(head, key=column.key)
    for id, texts in grid.rows:
        table.add_row(*texts, key=id)
    if kept is not None:
        move_to(table, *kept)


def cursor_of(table: Rows) -> tuple[str, str] | None:
    """Returns the alternative and the key of the column under the cursor, None where the table is empty."""
    if not table.row_count:
        return None
    row, column = table.coordinate_to_cell_key(table.cursor_coordinate)
    return row.value or "", column.value or ""


def move_to(table: Rows, alternative: str, key: str) -> None:
    """Puts the cursor on a cell, as near to it as there is one."""
    rows, columns = ([it.value for it in keys] for keys in (table.rows, table.columns))
    row = table.get_row_index(alternative) if alternative in rows else 0
    table.move_cursor(row=row, column=table.get_column_index(key) if key in columns else 0)


def _outcome(proposal: Proposal, alternative: str, ruling: Ruling | None) -> str:
    """Tells the outcome, with the recorded one beside it where that is another."""
    words = outcome_words(ruling)
    if proposal.decision is None or ruling is None:
        return words
    decided = next((it for it in proposal.decision.rulings if it.alternative == alternative), None)
    is_same = decided is not None and (decided.rank, decided.outcome) == (ruling.rank, ruling.outcome)
    return words if is_same else f"{words} (was {outcome_words(decided)})"


def _with_edge(rows: Sequence[tuple[Text, ...]], at: int) -> list[tuple[Text, ...]]:
    """Returns the rows with a line behind the texts of a column: where others vanish under it, half a word is seen to be half."""
    lines = [row[at].split("\n", allow_blank=True) for row in rows]
    width = max(line.cell_len for text in lines for line in text)
    for line in (line for text in lines for line in text):
        line.append(f"{' ' * (width - line.cell_len)} {EDGE}")
    return [(*row[:at], Text("\n").join(text), *row[at + 1 :]) for row, text in zip(rows, lines, strict=True)]


def _places(proposal: Proposal, rulings: Sequence[Ruling]) -> dict[str, tuple[float, int]]:
    """Returns where each alternative stands by rank; what is refused or not ranked comes last, in the order of its letter."""
    ranks = {it.alternative: it.rank for it in rulings}
    return {it.id: (ranks.get(it.id) or math.inf, number) for number, it in enumerate(proposal.alternatives)}


def _value(proposal: Proposal, alternative: str, column: Column) -> float:
    """Returns what a column is sorted by; a figure that is missing, or was not looked at, is infinite, as the rules count it."""
    if column.rule is not None:
        return column.rule.value(Candidate(alternative, evidence_by_check(proposal, alternative), ()))
    found = evidence_of(proposal, alternative, column.check)
    return _WORST_LAST[found.verdict] if found else math.inf
