"""Text as every screen shows it; on its own, because a first frame needs nothing more of the panes."""

from __future__ import annotations

from textual.content import Content

from copilot.domain.visible import visible


def plain(text: str, style: str = "") -> Content:
    """Returns text that is shown as it stands: no markup in it is obeyed, and control characters are visible."""
    return Content.styled(visible(text), style) if style else Content(visible(text))
