"""The colours: light, dark and high contrast, told apart by people who see no red or green; no meaning rests on them alone.

Good is blue, bad is orange and doubtful is yellow, after the palette of Okabe and Ito, "Color Universal Design" (2008).
"""

from __future__ import annotations

from rich.terminal_theme import TerminalTheme
from textual.theme import Theme

DARK, LIGHT, CONTRAST = "copilot-dark", "copilot-light", "copilot-contrast"
NAMES = {DARK: "Dark", LIGHT: "Light", CONTRAST: "High contrast"}

THEMES = (
    Theme(
        DARK,
        primary="#4c9be8",
        secondary="#7fb2d9",
        success="#56b4e9",
        warning="#f0e442",
        error="#f0883e",
        accent="#9ecbf2",
        foreground="#e4e6ea",
        background="#14171c",
        surface="#1b1f26",
        panel="#2a303a",
    ),
    Theme(
        LIGHT,
        primary="#005f9e",
        secondary="#3d6f95",
        success="#0072b2",
        warning="#7a6000",
        error="#b34700",
        accent="#00568f",
        foreground="#16191d",
        background="#fafafa",
        surface="#f0f2f4",
        panel="#d8dde3",
        dark=False,
    ),
    Theme(
        CONTRAST,
        primary="#66c2ff",
        secondary="#ffffff",
        success="#66c2ff",
        warning="#ffff00",
        error="#ffa040",
        accent="#ffffff",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#3c3c3c",
        boost="#262626",
        text_alpha=1.0,
        variables={"text-muted": "#ffffff", "text-disabled": "#d0d0d0", "border": "#ffffff"},
    ),
)

_BLUE, _ORANGE, _YELLOW = (86, 180, 233), (240, 136, 62), (240, 228, 66)
_DEEP_BLUE, _RUST, _OCHRE = (0, 114, 178), (179, 71, 0), (122, 96, 0)


def _terminal(back: tuple[int, int, int], fore: tuple[int, int, int], *signals: tuple[int, int, int]) -> TerminalTheme:
    """Names the eight colours of a terminal, in which libraries speak, by the same palette: its red is orange, its green blue."""
    red, green, yellow = signals
    eight = [back, red, green, yellow, green, red, green, fore]
    return TerminalTheme(back, fore, eight, eight)


TERMINAL_DARK = _terminal((20, 23, 28), (228, 230, 234), _ORANGE, _BLUE, _YELLOW)
TERMINAL_LIGHT = _terminal((250, 250, 250), (22, 25, 29), _RUST, _DEEP_BLUE, _OCHRE)
