"""The pane of an alternative's diff: files and hunks at the left, the lines at the right, and what a person takes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from copilot.domain.alternative import Alternative
from copilot.domain.decision import Comment
from copilot.domain.patch import Hunk, HunkEdit, Patch
from copilot.patches.hunk_edits import lines_without, text_of
from copilot.reasons.words import counted
from copilot.tui.diff import Row, file_title, hunk_lines, hunk_title, side_by_side, unified
from copilot.tui.diff_view import DiffView, Document
from copilot.tui.panes import Choices
from copilot.tui.plain import plain
from copilot.tui.selection import Selection, Shown, shown_hunks
from copilot.tui.syntax import Colours

# The stylesheet gives the list this share of the screen, within these bounds.
LIST_PERCENT, LIST_WIDTH_MIN, LIST_WIDTH_MAX = 34, 24, 48
SCROLLBAR_WIDTH = 2
SPLIT_WIDTH_MIN = 160
"""From this width of the screen on, both sides stand beside each other unless a person wants it otherwise."""
HunkColours = dict[str, tuple[Colours, Colours]]
WIDE_WIDTH_MIN = 120
"""Below this width of the screen, the list makes room for the lines while one walks in them."""


class HunkPane(Horizontal):
    """The hunks of the phases of one alternative. What is taken of it is remembered for each alternative."""

    class Changed(Message):
        """What is taken has changed; `note` says what else there is to know."""

        def __init__(self, note: str = "") -> None:
            super().__init__()
            self.note = note

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="list-and-detail")
        self._selections: dict[str, Selection] = {}
        self._alternative: Alternative | None = None
        self._patches: tuple[Patch, ...] = ()
        self._hunks: dict[str, Shown] = {}
        self._comments: Callable[[Shown], Iterable[Comment]] = lambda _: ()
        self._colours: HunkColours = {}
        self._known: dict[str, tuple[tuple[Patch, ...], dict[str, Shown], HunkColours]] = {}
        self._drafts: dict[tuple[str, str], str] = {}
        self._reason = ""
        self._is_split: bool | None = None

    def compose(self) -> ComposeResult:
        yield Choices(classes="items")
        yield DiffView(classes="diff-lines")

    @property
    def lines(self) -> DiffView:
        return self.query_one(DiffView)

    @property
    def items(self) -> Choices:
        return self.query_one(Choices)

    @property
    def selection(self) -> Selection:
        """Returns what is taken of the alternative shown."""
        return self._selections.get(self._alternative.id, Selection()) if self._alternative else Selection()

    @property
    def left_out(self) -> frozenset[str]:
        """Returns the ids of the hunks and lines that are left out of the alternative shown."""
        return self.selection.left_out(it.first for it in self._hunks.values() if it.phase == 0 and it.first)

    @property
    def edited(self) -> tuple[HunkEdit, ...]:
        """Returns the hunks that were written anew."""
        return tuple(sorted(self.selection.edits.values(), key=lambda edit: edit.hunk))

    @property
    def highlighted(self) -> Shown | None:
        """Returns the hunk that the list stands at."""
        return self._hunks.get(self.highlighted_id or "")

    @property
    def highlighted_id(self) -> str | None:
        at = self.items.highlighted
        return None if at is None else self.items.get_option_at_index(at).id

    def show_patches(
        self,
        alternative: Alternative,
        patches: tuple[Patch, ...],
        reason: str,
        comments: Callable[[Shown], Iterable[Comment]],
    ) -> None:
        """Shows an alternative's hunks, or the reason why it has none; `comments` tells what was said about one."""
        is_same = self._alternative == alternative and self._patches == patches
        keep = self.highlighted_id if is_same else None
        if not is_same:
            known = self._known.get(alternative.id)
            # Finding the hunks of 3,000 lines takes most of what a key may take: once for each alternative.
            if known is None or known[0] != patches:
                hunks = shown_hunks(patches)
                known = patches, {it.key: it for it in hunks}, dict(_colours(patches, hunks))
                self._known[alternative.id] = known
            _, self._hunks, self._colours = known
        self._alternative, self._patches, self._reason, self._comments = alternative, patches, reason, comments
        self._fill(keep, keeps_place=is_same)

    def on_resize(self) -> None:
        self._fill(self.highlighted_id, keeps_place=True)
        self._make_room()

    def toggle(self) -> None:
        """Leaves the highlighted hunk out, or takes it in again."""
        it = self.highlighted
        if it is not None:
            self._change(it, lambda selection, first: selection.toggled_hunk(first))

    def edit(self, edit: HunkEdit | None) -> None:
        """Takes a hunk of the first phase as a person wrote it; None where it is the hunk as it was."""
        it = self.highlighted
        if it is not None:
            self._change(it, lambda selection, first: selection.edited(first, edit))

    def draft(self, hunk: Hunk) -> str:
        """Returns the text to edit: as a person left it last, else the hunk without the lines that are left out."""
        if (known := self._drafts.get((self._alternative_id, hunk.id))) is not None:
            return known
        out = self.selection.lines.get(hunk.id, frozenset())
        return text_of(hunk, lines_without(hunk, out))

    def keep_draft(self, hunk: Hunk, text: str) -> None:
        """Remembers what a person wrote, whether it applies or not."""
        self._drafts[self._alternative_id, hunk.id] = text

    @property
    def _alternative_id(self) -> str:
        return self._alternative.id if self._alternative else ""

    def into_lines(self) -> None:
        """Goes from the list into the lines of the highlighted hunk."""
        if self.highlighted_id:
            self.lines.go_to(self.highlighted_id)
            # At once: a key that was typed right after must not meet the list.
            self.screen.set_focus(self.lines)

    def switch_view(self) -> None:
        """Shows both sides beside each other, or one below the other."""
        self._is_split = not self.is_split
        self._fill(self.highlighted_id)

    @property
    def is_split(self) -> bool:
        return self.app.size.width >= SPLIT_WIDTH_MIN if self._is_split is None else self._is_split

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        # The message can be older than the list that is shown now.
        if self.highlighted_id and not self.lines.has_focus:
            self.lines.go_to(self.highlighted_id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.into_lines()

    def on_diff_view_reached(self, event: DiffView.Reached) -> None:
        if event.hunk in self._hunks:
            self.items.highlighted = self.items.get_option_index(event.hunk)

    def on_diff_view_left(self, event: DiffView.Left) -> None:
        self.items.focus()

    def on_diff_view_chosen(self, event: DiffView.Chosen) -> None:
        is_any = False
        for key, numbers in event.lines.items():
            if key in self._hunks and numbers:
                is_any = True
                self._change(self._hunks[key], partial(_toggled, numbers=numbers))
        if not is_any:
            self.post_message(self.Changed('Only lines with "+" or "-" can be left out.'))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        self._make_room()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        self.call_after_refresh(self._make_room)

    def _make_room(self) -> None:
        # Called a moment after the focus moved, when the pane may have gone with its screen.
        has_focus = any(it.has_focus for it in self.query(DiffView))
        self.set_class(has_focus and self.app.size.width < WIDE_WIDTH_MIN, "lines-only")

    def _change(self, it: Shown, how: Callable[[Selection, Hunk], Selection]) -> None:
        note = ""
        if it.first is None:
            note = later_only(it)
        elif self._alternative is not None:
            before = self.selection
            if it.first.id in before.edits and it.first.id in how(before, it.first).edits and self.lines.has_focus:
                note = "This hunk is edited: e edits it further, space in the list takes the edit back."
            else:
                self._selections[self._alternative.id] = how(before, it.first)
            self._show_states()
        self.post_message(self.Changed(note))

    def _show_states(self) -> None:
        """Shows what is taken now; the hunks are those that were there before."""
        for key, title in self._titles(self._list_width):
            if key and self.items.get_option(key).prompt != title:
                self.items.replace_option_prompt(key, title)
        self._show_lines(self.highlighted_id or "", keeps_place=True)

    @property
    def _list_width(self) -> int:
        return min(LIST_WIDTH_MAX, max(LIST_WIDTH_MIN, self.app.size.width * LIST_PERCENT // 100)) - SCROLLBAR_WIDTH

    def _fill(self, keep: str | None, *, keeps_place: bool = False) -> None:
        options = [Option(title, id=key or None, disabled=not key) for key, title in self._titles(self._list_width)]
        self.items.clear_options()
        self.items.add_options(options or [Option(plain(self._reason, "dim"), disabled=True)])
        wanted = keep if keep in self._hunks else next(iter(self._hunks), None)
        self.items.highlighted = self.items.get_option_index(wanted) if wanted else None
        self._show_lines(wanted or "", keeps_place=keeps_place)

    def _show_lines(self, hunk: str, *, keeps_place: bool) -> None:
        rows = tuple(self._rows()) or (Row("", self._reason, "dim"),)
        out = {key: self._lines_out(it) for key, it in self._hunks.items()}
        self.lines.show(Document(rows, self._colours, out), hunk, keeps_place=keeps_place)

    def _titles(self, width: int) -> Iterator[tuple[str, Content]]:
        phase, path = -1, ""
        for key, it in self._hunks.items():
            if it.phase != phase:
                phase, path = it.phase, ""
                if len(self._patches) > 1:
                    yield "", plain(self._phase_words(phase), "bold $text-accent")
            if it.hunk.path != path:
                path = it.hunk.path
                yield "", file_title(path, width)
            yield key, hunk_title(it.hunk, self._sign(it), width)

    def _rows(self) -> Iterator[Row]:
        phase, path = -1, ""
        arrange = side_by_side if self.is_split else unified
        for key, it in self._hunks.items():
            if it.phase != phase:
                phase, path = it.phase, ""
                if len(self._patches) > 1:
                    yield Row(key, self._phase_words(phase), "bold $text-accent")
            if it.hunk.path != path:
                path = it.hunk.path
                yield Row(key, path, "bold")
            yield Row(key, f"{it.hunk.header}{self._state_words(it)}", "$text-accent")
            for comment in self._comments(it):
                yield Row(key, f"{comment.by}, {comment.at}: {' '.join(comment.text.split())}", "italic $text-warning")
            edit = self.selection.edits.get(it.first.id) if it.first else None
            hunk = replace(it.hunk, lines=edit.lines) if edit else it.hunk
            yield from arrange(key, hunk_lines(hunk, is_edited=edit is not None))

    def _phase_words(self, phase: int) -> str:
        assert self._alternative is not None
        phases = self._alternative.phases
        return f"phase {phase + 1} of {len(phases)}: {phases[phase].name}"

    def _sign(self, it: Shown) -> str:
        return self.selection.sign(it.first) if it.first else "-"

    def _lines_out(self, it: Shown) -> frozenset[int]:
        return self.selection.lines.get(it.first.id, frozenset()) if it.first else frozenset()

    def _state_words(self, it: Shown) -> str:
        match self._sign(it):
            case "-":
                return f"  only phase {it.phase + 1} has this: it can be left out when that phase begins"
            case "e":
                return "  edited: p proves the change with it"
            case " ":
                return "  left out: p proves the change without it"
            case "~":
                return f"  {counted(len(self._lines_out(it)), 'line')} left out: p proves the change without them"
            case _:
                return ""


def later_only(it: Shown) -> str:
    """Returns why a hunk that only a later phase has is neither left out nor edited, and what to do instead; two lines of 80."""
    return (
        f"Only phase {it.phase + 1} has this. It can be left out when that phase begins (pipeline-copilot next). "
        "To have it otherwise now, ask anew in other words."
    )


def _toggled(selection: Selection, hunk: Hunk, numbers: frozenset[int]) -> Selection:
    return selection.toggled(hunk, numbers)


def _colours(patches: Iterable[Patch], hunks: Iterable[Shown]) -> Iterator[tuple[str, tuple[Colours, Colours]]]:
    texts = {
        (patch.phase, it.path): (Colours(it.path, it.before or ""), Colours(it.path, it.after or ""))
        for patch in patches
        for it in patch.changes
    }
    for it in hunks:
        yield it.key, texts[it.phase, it.hunk.path]
