"""What a follow-up answers and changed, as each verb that shows a proposal prints it."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.cli.layout import section, wrapped
from copilot.reasons.markup import plain


def since_lines(follows: str, changed: Sequence[str]) -> list[str]:
    """Returns the section for a terminal, nothing where the proposal steers none."""
    return section(f"SINCE {follows}", [line for text in changed for line in wrapped(text, "  - ", "    ")])


def since_markdown(follows: str, changed: Sequence[str]) -> list[str]:
    """Returns the same as Markdown, after the text that is committed with a change, which never holds it."""
    return ["", f"## Since {follows}", "", *(f"- {plain(text)}" for text in changed)] if changed else []


def since_object(changed: Sequence[str]) -> dict[str, object]:
    """Returns the same as a member of a JSON object."""
    return {"changed_since": list(changed)} if changed else {}
