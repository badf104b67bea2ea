"""Lines that are too long go on below their words, and the mouse still selects what is shown."""

from __future__ import annotations

import pytest
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection
from textual.style import Style
from textual.visual import RenderOptions

from copilot.tui.hanging import hanging
from copilot.tui.plain import plain

ITEM = plain("  - one two three four five six seven")


def _style(name: str | Style) -> Style:
    return Style.parse(name) if isinstance(name, str) else name


def rows(*lines: Content, width: int, selection: Selection | None = None) -> list[str]:
    """Returns the rows of a text, what is selected in capitals."""
    options = RenderOptions(_style, {}, selection=selection, selection_style=Style(bold=True))
    strips = hanging(lines).render_strips(width, None, Style(), options)
    return [
        "".join(it.text.upper() if it.style and it.style.bold else it.text for it in strip).rstrip() for strip in strips
    ]


@pytest.mark.parametrize(
    ("line", "below"),
    [
        ("  - one two three four five six", "    "),
        ("• one two three four five six", "  "),
        ("✓ one two three four five six", "  "),
        ("   >  8 │     one two three four five six seven eight", "              "),
        ("one two three four five six", ""),
    ],
)
def test_a_long_line_goes_on_below_its_words(line: str, below: str) -> None:
    _, second, *_ = rows(plain(line), width=len(below) * 3 or 12)

    assert second.startswith(below + second.strip())
    assert second.strip().isascii()


def test_a_line_that_fits_and_an_empty_one_stay_as_they_are() -> None:
    assert rows(plain("- short"), plain(""), plain("  end"), width=20) == ["- short", "", "  end"]


def test_a_narrow_text_does_not_hang() -> None:
    assert rows(ITEM, width=9) == ["  - one", "two three", "four five", "six seven"]


@pytest.mark.parametrize("width", [5, 9, 20, 33, 80])
def test_it_is_as_high_as_its_rows(width: int) -> None:
    lines = (ITEM, plain("short"), plain(""), plain("word " * 10))

    assert hanging(lines).get_height({}, width) == len(rows(*lines, width=width))


def test_what_is_selected_is_shown_as_selected_in_each_row() -> None:
    selected = Selection(Offset(14, 1), Offset(22, 1))

    assert rows(plain("above"), ITEM, width=20, selection=selected) == [
        "above",
        "  - one two thREE",
        "    FOUR five six",
        "    seven",
    ]


def test_each_row_knows_which_characters_it_shows() -> None:
    strips = hanging([plain("above"), ITEM]).render_strips(20, None, Style(), RenderOptions(_style, {}))

    places = [it.style.meta["offset"] for strip in strips for it in strip if it.style and "offset" in it.style.meta]
    assert places == [(0, 0), (0, 1), (4, 1), (18, 1), (32, 1)]
