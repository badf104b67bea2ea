"""What would be decided without each cited evidence, as text: what carries a ruling first, then what only explains."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.cli.layout import columns, section, wrapped
from copilot.reasons.background import Effect
from copilot.reasons.counterfactual import Counterfactual, Without
from copilot.reasons.words import counted


def counterfactual_text(found: Counterfactual, letters: Mapping[str, str]) -> str:
    """Returns a line for each evidence with what changes without it; `letters` are those of the alternatives."""
    carrying = [row for row in found.rows if any(it.changes for it in row.effects)]
    stakes = [row for row in found.rows if row not in carrying and (row.stakes != found.stakes or not row.effects)]
    others = [row for row in found.rows if row not in carrying and row not in stakes]
    lines = wrapped(
        f"{found.proposal}: {counted(len(found.rows), 'cited evidence', 'cited evidences')} taken away, one by one."
    )
    rows = [
        (row.evidence, row.check, f"of {letters[row.alternative]}", _changes(row, found, letters)) for row in carrying
    ]
    lines += section("A RULING CHANGES", columns(rows, "  "), len(rows))
    told = [(row.evidence, row.check, f"of {letters[row.alternative]}", f"stakes {row.stakes}") for row in stakes]
    lines += section("ONLY THE STAKES REST ON IT", columns(told, "  "), len(told))
    plain = [(row.evidence, row.check, f"of {letters[row.alternative]}", _cited_by(row, letters)) for row in others]
    lines += section("BACKGROUND", columns(plain, "  "), len(plain))
    wrong = [(row.evidence, _cited_by(row, letters)) for row in found.rows if row.unfounded]
    lines += section("CITED AS A REASON, AND CHANGES NOTHING", columns(wrong, "  "), len(wrong))
    verdict = "Every citation carries its ruling or is marked as background."
    return "\n".join([*lines, "", *wrapped(verdict if found.holds else "Decide again: some citations carry nothing.")])


def _changes(row: Without, found: Counterfactual, letters: Mapping[str, str]) -> str:
    told = [_change(it, letters) for it in row.effects if it.changes]
    if row.chosen != found.chosen:
        told.append(f"{letters[row.chosen]} is chosen instead" if row.chosen else "nothing is chosen any more")
    if row.stakes != found.stakes:
        told.append(f"stakes {row.stakes}")
    return "; ".join(told)


def _change(effect: Effect, letters: Mapping[str, str]) -> str:
    before, after = effect.before, effect.after
    letter = letters[before.alternative]
    if before.outcome != after.outcome:
        return f"{letter} {before.outcome} → {after.outcome} ({after.rule})"
    return f"{letter} stays {before.outcome}: {after.rule}"


def _cited_by(row: Without, letters: Mapping[str, str]) -> str:
    return f"cited by {', '.join(letters[it.before.alternative] for it in row.effects)}; nothing changes"
