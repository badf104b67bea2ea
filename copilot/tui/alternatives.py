"""The table of alternatives: one row each, a column for each check where the screen is wide enough, else one for all."""

from __future__ import annotations

from collections.abc import Collection

from rich.text import Text

from copilot.domain.alternative import Alternative
from copilot.domain.decision import Ruling
from copilot.domain.evidence import Verdict
from copilot.domain.proposal import Proposal
from copilot.domain.visible import visible
from copilot.reasons.words import letters_of, signed
from copilot.tui.panes import Rows

TITLE_WIDTH_MIN = 24
_COLOURS: dict[Verdict, str] = {
    "pass": "green",
    "fail": "bold red",
    "unknown": "bold yellow",
    "not-applicable": "dim",
}
_NARROW_CHECKS = 36
_OTHER_COLUMNS = 21
"""What the letter, the outcome and the spaces around all columns take."""


def ruling_of(proposal: Proposal, alternative: str) -> Ruling | None:
    """Returns the ruling about an alternative, None before there is a decision about it."""
    rulings = proposal.decision.rulings if proposal.decision else ()
    return next((ruling for ruling in rulings if ruling.alternative == alternative), None)


def kind_of(alternative: Alternative) -> str:
    """Returns the first part of its id, which tells alternatives of one request apart where their titles begin alike."""
    return alternative.id.rsplit("-", 1)[0]


def fill(table: Rows, proposal: Proposal, width: int, selected: str) -> None:
    """Fills the table for a screen of that width and puts the cursor on the selected alternative."""
    letters = letters_of(proposal)
    columns = checks_asked(proposal)
    checks = list(columns)
    is_wide = _left(width, columns.values()) >= TITLE_WIDTH_MIN
    heads = checks if is_wide else ["checks"]
    widths = list(columns.values()) if is_wide else [_NARROW_CHECKS]
    title_width = max(16, _left(width, widths))
    table.clear(columns=True)
    table.add_column("", width=1)
    table.add_column("outcome", width=10)
    table.add_column("alternative", width=title_width)
    for head, cell_width in zip(heads, widths, strict=True):
        table.add_column(head, width=cell_width)
    for alternative in proposal.alternatives:
        ruling = ruling_of(proposal, alternative.id)
        outcome = outcome_words(ruling)
        verdicts = {it.check: it.verdict for it in proposal.evidence_of(alternative.id)}
        cells = [verdict_text(verdicts.get(check)) for check in checks] if is_wide else [_summary(verdicts)]
        title = Text(visible(f"{kind_of(alternative)}: {alternative.title}"), overflow="ellipsis", no_wrap=True)
        title.truncate(title_width, overflow="ellipsis")
        table.add_row(
            letters[alternative.id], Text(outcome, style=outcome_style(ruling)), title, *cells, key=alternative.id
        )
    if selected:
        move_to(table, selected)


def checks_asked(proposal: Proposal) -> dict[str, int]:
    """Returns each check that had something to look at anywhere, with the width of its column."""
    widths: dict[str, int] = {}
    for evidence in proposal.evidence:
        widths[evidence.check] = max(widths.get(evidence.check, len(evidence.check)), len(signed(evidence.verdict)))
    asked = {evidence.check for evidence in proposal.evidence if evidence.verdict != "not-applicable"}
    return {check: width for check, width in widths.items() if check in asked}


def _left(width: int, columns: Collection[int]) -> int:
    return width - sum(columns) - 2 * len(columns) - _OTHER_COLUMNS


def move_to(table: Rows, alternative: str) -> None:
    """Puts the cursor on the row of an alternative."""
    table.move_cursor(row=table.get_row_index(alternative))


def current(table: Rows) -> str:
    """Returns the alternative under the cursor, "" where the table is empty."""
    if not table.row_count:
        return ""
    return table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value or ""


def verdict_text(verdict: Verdict | None) -> Text:
    """Returns a verdict as a cell, empty where the check was not run."""
    return Text(signed(verdict), style=_COLOURS[verdict]) if verdict else Text("")


def _summary(verdicts: dict[str, Verdict]) -> Text:
    """Returns all verdicts in one cell, the bad ones first and by name."""
    parts = []
    for verdict in ("fail", "unknown", "pass"):
        checks = [check for check, of in verdicts.items() if of == verdict]
        if checks:
            names = str(len(checks)) if verdict == "pass" else ", ".join(checks)
            parts.append(Text(f"{signed(verdict)} {names}", style=_COLOURS[verdict]))
    summary = Text("  ").join(parts) if parts else Text("nothing to check" if verdicts else "not checked", style="dim")
    summary.truncate(_NARROW_CHECKS, overflow="ellipsis")
    return summary


def outcome_words(ruling: Ruling | None) -> str:
    """Returns the outcome as a cell has room for it."""
    if ruling is None:
        return "undecided"
    return f"rank {ruling.rank}" if ruling.outcome == "acceptable" else ruling.outcome


def outcome_style(ruling: Ruling | None) -> str:
    """Returns the colour of an outcome, which its word tells as well."""
    return {"chosen": "bold green", "refused": "red", "unproved": "yellow"}.get(ruling.outcome if ruling else "", "")
