"""What a model was told and what it answered, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from copilot.cli.layout import columns, wrapped
from copilot.domain.proposal import Proposal
from copilot.domain.visible import visible
from copilot.reasons.transcript import Part, Told, summary_words, transcript
from copilot.reasons.words import asked_words

NOTHING_SAID = "No model was asked for this proposal."
_BAR = "  | "


def transcript_text(proposal: Proposal) -> str:
    """Returns all exchanges of a proposal; each line of foreign text begins with a bar, so that it can't pass for one of ours."""
    if not proposal.exchanges:
        return f"{proposal.id}  {NOTHING_SAID}"
    lines = wrapped(asked_words(proposal.request), f"{proposal.id}  ")
    lines += wrapped(summary_words(proposal.exchanges), "  ")
    lines += [
        "  Below stands all of it. A line that begins with | is what was sent or answered, as it was; the others are ours."
    ]
    for told in transcript(proposal.exchanges):
        lines += ["", *_exchange(told, len(proposal.exchanges))]
    return "\n".join(lines)


def _exchange(told: Told, count: int) -> list[str]:
    lines = [*wrapped(f"EXCHANGE {told.number} OF {count}: {told.title}"), *columns(told.facts, "  ")]
    lines += _parts("SENT", told.sent)
    return lines + (_parts("ANSWERED", told.answered) or ["", "  ANSWERED nothing"])


def _parts(heading: str, parts: Iterable[Part]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        again = f" (the same as in exchange {part.stands_in})" if part.stands_in else ""
        lines += ["", *wrapped(f"{heading} {part.title}{again}", "  ")]
        if not again:
            lines += [_BAR + visible(line, keep="\t") for line in part.text.split("\n")]
    return lines
