"""Prose whose lines go on below where they began: under the words of a bullet, not under its sign."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions

_BEGINS = re.compile(r" *(?:> *)?(?:(?:\d+ )?[-•│✓✗–≠] +|\d+  )?")
"""What stands before the words of a line: its indent, and the sign or number of an item."""
_HANG_SHARE = 3
"""A line hangs by at most this part of the width: else narrow terminals would show one word a line."""


class Hanging(Content):
    """Text of several lines, each wrapped below the beginning of its words."""

    @property
    def _lines(self) -> list[Content]:
        # Text of one line is split into itself: what is split has to be plain content.
        return Content(self.plain, list(self.spans)).split(allow_blank=True)

    def get_height(self, rules: RulesMap, width: int) -> int:
        return sum(line.get_height(rules, width - _hang(line, width)) for line in self._lines)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        strips: list[Strip] = []
        for y, line in enumerate(self._lines):
            span = options.selection.get_span(y) if options.selection and options.selection_style else None
            if span and options.selection_style:
                end = len(line.plain) if span[1] == -1 else span[1]
                line = line.stylize(options.selection_style, span[0], end)
            strips += _rows(line, y, width, style, replace(options, selection=None))
        return strips if height is None else strips[:height]


def hanging(lines: Iterable[Content]) -> Hanging:
    """Returns lines as one text."""
    joined = Content("\n").join(lines)
    return Hanging(joined.plain, list(joined.spans))


def _rows(line: Content, y: int, width: int, style: Style, options: RenderOptions) -> Iterable[Strip]:
    """Yields the rows of one line; each knows which characters of the text it shows, for what the mouse selects."""
    hang = _hang(line, width)
    words = line[hang:] if hang else line
    blank = Strip.blank(hang, style.rich_style)
    at, text = hang, line.plain
    for number, row in enumerate(words.render_strips(width - hang, None, style, options)):
        shown = row.text.rstrip()
        at = max(at, text.find(shown, at)) if shown else at
        row = row.apply_offsets(at, y)
        at += len(shown)
        if hang:
            begin = line[:hang].render_strips(hang, 1, style, options)[0].apply_offsets(0, y) if not number else blank
            row = Strip.join([begin, row])
        yield row


def _hang(line: Content, width: int) -> int:
    """Returns how many cells stand before the words of a line that does not fit, 0 where it fits."""
    if line.cell_length <= width:
        return 0
    begin = _BEGINS.match(line.plain)
    hang = Content(begin[0]).cell_length if begin else 0
    return hang if hang * _HANG_SHARE <= width else 0
