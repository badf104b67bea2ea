"""How the ranking of `impact` looks beside one alternative: each file, how likely it is to change, and whether that changes it."""

from __future__ import annotations

from textual.content import Content

from copilot.domain.impacted import ImpactedFile, files_reached
from copilot.domain.proposal import Proposal
from copilot.reasons.look_at import NOTE, why
from copilot.tui.hanging import hanging
from copilot.tui.plain import plain

ABSENT = "The files that people will have to touch were not ranked for this proposal."


def look_at_text(proposal: Proposal, alternative: str) -> Content:
    """Returns the whole list for one alternative, most probable first."""
    found = proposal.reading.impacted if proposal.reading else None
    if found is None:
        return plain(ABSENT, "dim")
    reached = files_reached(proposal.alternative(alternative), proposal.patches_of(alternative))
    lines = [plain(NOTE, "dim"), *(plain(text, "$text-warning") for text in found.warnings), Content("")]
    for it in found.files:
        lines += _file(it, it.path in reached)
    for beyond in found.elsewhere:
        lines += [plain(f"      {beyond.path}", "bold"), plain(f"      {'; '.join(beyond.reasons)}", "dim")]
    return hanging(lines)


def _file(it: ImpactedFile, is_reached: bool) -> list[Content]:
    if is_reached:
        state = plain("  in the plan", "$text-success")
    else:
        state = plain("  not in the plan", "$text-warning") if it.list == "change" else Content("")
    return [
        Content.assemble(plain(f"{it.percent:3d}%  "), plain(it.where, "bold"), state),
        plain(f"      {why(it)}", "dim"),
    ]
