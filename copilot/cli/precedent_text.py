"""What was said no to before and is asked again, as each verb that shows a proposal prints it."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.cli.layout import section, wrapped
from copilot.cli.verbs import COMMAND
from copilot.proposals.precedents import Precedent, precedent_words
from copilot.reasons.markup import plain

SHOWN = 3


def precedent_lines(found: Sequence[Precedent]) -> list[str]:
    """Returns the section for a terminal, nothing where nobody asked before."""
    lines = []
    for precedent in found[:SHOWN]:
        first, *rest = precedent_words(precedent)
        lines += wrapped(first, "  - ", "    ")
        lines += [line for text in rest for line in wrapped(text, "      ", "        ")]
    return section("ASKED BEFORE", [*lines, *_more(found, "  ")]) if found else []


def precedent_markdown(found: Sequence[Precedent]) -> list[str]:
    """Returns the same as Markdown, after the text that is committed with a change, which never holds it."""
    lines = []
    for precedent in found[:SHOWN]:
        first, *rest = precedent_words(precedent)
        lines += [f"- {plain(first)}", *(f"  - {plain(text)}" for text in rest)]
    return ["", "## Asked before", "", *lines, *_more(found, "- ")] if found else []


def precedent_objects(found: Sequence[Precedent]) -> list[dict[str, object]]:
    """Returns the same as JSON values, all of them."""
    return [
        {
            "proposal": it.past.id,
            "state": it.past.state,
            "request": it.past.asked,
            "is_same": it.is_same,
            "base": it.past.base,
            "record": it.past.source or None,
            "no": {"act": no.word, "by": no.by, "at": no.at, "note": no.note} if (no := it.past.no) else None,
            "refused": [
                {
                    "alternative": way.id,
                    "strategy": way.strategy,
                    "rule": way.rule,
                    "claims": list(way.why),
                    "now": outcome or None,
                }
                for way, _, outcome in it.refused
            ],
            "differs": list(it.differs),
        }
        for it in found
    ]


def _more(found: Sequence[Precedent], indent: str) -> list[str]:
    left = len(found) - SHOWN
    return [f"{indent}… {left} more: {COMMAND} log --search WORDS"] if left > 0 else []
