"""The pane of an alternative's hunks: which are taken, and which a person leaves out."""

from __future__ import annotations

from textual.content import Content

from copilot.domain.alternative import Alternative
from copilot.domain.patch import Hunk, Patch
from copilot.patches.hunks import hunks_of
from copilot.tui.diff import hunk_text, hunk_title
from copilot.tui.panes import ListAndDetail, plain

# The stylesheet gives the list this share of the screen, within these bounds.
LIST_PERCENT, LIST_WIDTH_MIN, LIST_WIDTH_MAX = 34, 24, 48
SCROLLBAR_WIDTH = 2


class HunkPane(ListAndDetail):
    """The hunks of the phases of one alternative. What is left out is remembered for each alternative."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._left_out: dict[str, frozenset[str]] = {}
        self._alternative = ""
        self._phases: list[tuple[str, tuple[Hunk, ...]]] = []
        self._hunks: dict[str, Hunk] = {}
        self._reason = ""

    @property
    def left_out(self) -> frozenset[str]:
        """Returns the ids of the hunks that are left out of the alternative shown."""
        return self._left_out.get(self._alternative, frozenset())

    def show_patches(self, alternative: Alternative, patches: tuple[Patch, ...], reason: str) -> None:
        """Shows an alternative's hunks, or the reason why it has none."""
        self._alternative = alternative.id
        names = [phase.name for phase in alternative.phases]
        self._phases = [(names[patch.phase], hunks_of(patch)) for patch in patches]
        self._reason = reason
        self._fill(None)

    def on_resize(self) -> None:
        self._fill(self.highlighted_id)

    def toggle(self) -> None:
        """Leaves the highlighted hunk out, or takes it in again. A later phase follows the first in what it leaves out."""
        key = self.highlighted_id
        if key is None:
            return
        id = self._first_phase_id(self._hunks[key])
        if id:
            self._left_out[self._alternative] = self.left_out ^ {id}
            self._fill(key)

    def _first_phase_id(self, hunk: Hunk) -> str:
        """Returns the id by which the first phase knows the same lines, "" where it has no such hunk."""
        first = self._phases[0][1]
        return next((it.id for it in first if (it.path, it.lines) == (hunk.path, hunk.lines)), "")

    def _fill(self, keep: str | None) -> None:
        self._hunks = {}
        width = min(LIST_WIDTH_MAX, max(LIST_WIDTH_MIN, self.app.size.width * LIST_PERCENT // 100)) - SCROLLBAR_WIDTH
        items: list[tuple[str, Content]] = []
        for number, (name, hunks) in enumerate(self._phases):
            if len(self._phases) > 1:
                items.append(("", plain(f"phase {number + 1} of {len(self._phases)}: {name}", "bold")))
            for hunk in hunks:
                self._hunks[f"{number} {hunk.id}"] = hunk
                items.append((f"{number} {hunk.id}", hunk_title(hunk, self._is_left_out(hunk), width)))
        self.show(items, self._text, keep=keep, absent=self._reason)

    def _is_left_out(self, hunk: Hunk) -> bool:
        return bool(self.left_out) and self._first_phase_id(hunk) in self.left_out

    def _text(self, key: str) -> Content:
        return hunk_text(self._hunks[key], self._is_left_out(self._hunks[key]))
