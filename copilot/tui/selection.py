"""What a person takes of an alternative's first patch: lines left out and hunks written anew. Later phases follow the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from copilot.domain.patch import Hunk, HunkEdit, Patch
from copilot.patches.hunk_parts import changed_lines, part_ids
from copilot.patches.hunks import hunks_of


@dataclass(frozen=True, slots=True)
class Selection:
    """Lines that are left out and edits, by the hunk's id in the first patch."""

    lines: Mapping[str, frozenset[int]] = field(default_factory=dict)
    edits: Mapping[str, HunkEdit] = field(default_factory=dict)

    def toggled(self, hunk: Hunk, numbers: Iterable[int]) -> Selection:
        """Returns the selection with those lines left out, or taken in again where all of them are out."""
        chosen = changed_lines(hunk) & frozenset(numbers)
        out = self.lines.get(hunk.id, frozenset())
        return self._with(hunk.id, out - chosen if chosen <= out else out | chosen)

    def toggled_hunk(self, hunk: Hunk) -> Selection:
        """Returns the selection with the whole hunk out, or in where any of it is out; an edit of it is taken back."""
        if hunk.id in self.edits:
            return replace(self, edits={id: it for id, it in self.edits.items() if id != hunk.id})
        return self._with(hunk.id, frozenset() if hunk.id in self.lines else changed_lines(hunk) or frozenset({0}))

    def edited(self, hunk: Hunk, edit: HunkEdit | None) -> Selection:
        """Returns the selection with a hunk as it was written, None where it is as it was proposed."""
        rest = {id: it for id, it in self.edits.items() if id != hunk.id}
        return replace(self._with(hunk.id, frozenset()), edits=rest | ({hunk.id: edit} if edit else {}))

    def left_out(self, hunks: Iterable[Hunk]) -> frozenset[str]:
        """Returns the ids of what is left out, as a revision takes them."""
        return frozenset(id for hunk in hunks if hunk.id in self.lines for id in part_ids(hunk, self.lines[hunk.id]))

    def sign(self, hunk: Hunk) -> str:
        """Returns one letter: "x" all of it is taken, " " nothing, "~" a part, "e" it is edited."""
        if hunk.id in self.edits:
            return "e"
        if hunk.id not in self.lines:
            return "x"
        return " " if changed_lines(hunk) <= self.lines[hunk.id] else "~"

    def _with(self, id: str, numbers: frozenset[int]) -> Selection:
        rest = {known: lines for known, lines in self.lines.items() if known != id}
        return replace(self, lines=rest | ({id: numbers} if numbers else {}))


@dataclass(frozen=True, slots=True)
class Shown:
    """A hunk on the screen: its phase, counted from 0, and the hunk of the first phase with the same lines, if there is one."""

    key: str
    phase: int
    hunk: Hunk
    first: Hunk | None


def shown_hunks(patches: Iterable[Patch]) -> tuple[Shown, ...]:
    """Returns all hunks of all phases, in the order of the phases and their diffs."""
    found: list[Shown] = []
    known: dict[tuple[str, tuple[str, ...]], Hunk] = {}
    for number, patch in enumerate(patches):
        for hunk in hunks_of(patch):
            lines = (hunk.path, hunk.lines)
            if number == 0:
                known[lines] = hunk
            found.append(Shown(f"{patch.phase} {hunk.id}", patch.phase, hunk, known.get(lines)))
    return tuple(found)
