"""Does an order of deploys break a reader? Plays the moves of one case on the boards that `rollout` explores, phase by phase.

What counts is an order that the plan allows: steps one after the other, a phase only once the one before it is through. Where a
move leaves the plan, the game goes on, so that it is told what would happen, and that the plan keeps it from happening.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from copilot.checks.hazards import Crossings
from copilot.checks.lineage import phase_label
from copilot.checks.rollout import View
from copilot.checks.rollout_board import Board, Break, Move
from copilot.checks.tried import NotRun
from copilot.ports import Bench, Case

MOVES_MAX = 60
_LABEL = re.compile(r"base|phase (\d{1,3})")
BASE = -1


@dataclass(frozen=True, slots=True)
class Played:
    """What playing gave: whether a reader breaks, where the order leaves the plan (in words), and all of it in a sentence."""

    text: str
    breaks: bool = False
    is_back: bool = False
    is_open: bool = False
    leaves_plan: str = ""
    phase: int = 0


def played(moves: tuple[tuple[str, str], ...], case: Case, bench: Bench) -> Played:
    """Plays the moves; raises NotRun where they name a job or a phase that is not there, or nobody who moves."""
    if not 0 < len(moves) <= MOVES_MAX:
        raise NotRun(f"an order has from 1 to {MOVES_MAX} moves")
    known = {job.name for job in case.base.jobs}
    if not all(job in known for job, _ in moves):
        raise NotRun("it moves a job that the map does not have")
    crossings = Crossings(case, bench)
    views = [View.of(case, phase, tuple(crossings.of(phase))) for phase in range(len(case.states))]
    asked = [(job, _phase(label, len(views))) for job, label in moves]
    game = _Game(views)
    for job, target in asked:
        found = game.move(job, target)
        if found is not None:
            return found
    if not game.made:
        raise NotRun("none of its jobs has another version in any phase")
    moved = "1 move" if game.made == 1 else f"{game.made} moves"
    left = f" It leaves the plan: {game.left}." if game.left else ""
    return Played(f"refuted: nothing breaks in this order of {moved}.{left}", leaves_plan=game.left)


def _phase(label: str, count: int) -> int:
    found = _LABEL.fullmatch(label.strip().lower())
    phase = int(found[1]) - 1 if found and found[1] else BASE
    if found is None or not BASE <= phase < count:
        raise NotRun('it moves a job to something else than "base" or a phase of the alternative')
    return phase


@dataclass
class _Game:
    """Where everybody stands: for each phase, who has moved (as bits), and whom stored data binds."""

    views: list[View]
    moved: dict[int, int] = field(default_factory=dict)
    bound: dict[int, int] = field(default_factory=dict)
    stands: dict[str, int] = field(default_factory=dict)
    left: str = ""
    made: int = 0

    def move(self, job: str, target: int) -> Played | None:
        """Moves a job to the state after the phase `target`; returns what breaks, None where nothing does."""
        now = self.stands.get(job, BASE)
        is_back = target < now
        phases = range(now, target, -1) if is_back else range(now + 1, target + 1)
        self.stands[job] = target
        own = [phase for phase in phases if job in self.views[phase].movers]
        if len(own) > 1:
            self._leave(f"it takes {job} through several phases at once")
        for phase in own:
            found = self._step(job, phase, is_back=is_back)
            if found is not None:
                return found
        return None

    def _step(self, job: str, phase: int, *, is_back: bool) -> Played | None:
        view = self.views[phase]
        place, moved = view.movers.index(job), self.moved.get(phase, 0)
        if bool(moved >> place & 1) is not is_back:
            # It has been moved already, with those that are cut over together.
            return None
        move = self._as_planned(view, place, is_back=is_back)
        if not is_back:
            self._keep_to(view, move, job)
        self.made += 1
        for certain in (True, False):
            board = view.board(certain_only=certain)
            edge = board.broken(moved, self.bound.get(phase, 0), move)
            if edge is not None:
                return self._broken(view, board, Break((move,), edge), is_open=not certain)
        self.moved[phase] = moved & ~move.jobs if is_back else moved | move.jobs
        self.bound[phase] = self.bound.get(phase, 0) | board.bound(moved | move.jobs)
        return None

    def _as_planned(self, view: View, place: int, *, is_back: bool) -> Move:
        cut = (it for it in view.plan() if it.is_at_once and it.jobs >> place & 1)
        return next((Move(it.jobs, is_back, is_at_once=True) for it in cut), Move(1 << place, is_back))

    def _keep_to(self, view: View, move: Move, job: str) -> None:
        """Notes where a deploy comes before one that the plan has earlier."""
        label = phase_label(view.phase, view.case.alternative.phases[view.phase])
        for earlier in self.views[: view.phase]:
            if self.moved.get(earlier.phase, 0) != (1 << len(earlier.movers)) - 1:
                before = phase_label(earlier.phase, view.case.alternative.phases[earlier.phase])
                self._leave(f"{job} moves in {label} before {before} is through")
        moved = self.moved.get(view.phase, 0)
        for step in view.plan():
            if step.jobs & move.jobs:
                return
            waiting = [name for place, name in enumerate(view.movers) if step.jobs & ~moved & ~move.jobs & 1 << place]
            if waiting:
                self._leave(f"in {label} it deploys {job} before {', '.join(waiting)}")

    def _leave(self, why: str) -> None:
        self.left = self.left or why

    def _broken(self, view: View, board: Board, broken: Break, *, is_open: bool) -> Played:
        is_back = broken.moves[-1].is_back
        text = view.telling().story(broken)
        if self.left:
            text += f" It does not count: the plan does not allow this order, as {self.left}."
        elif is_back:
            text += " It does not count against the plan, which takes nothing back: what can't be is told by rollout."
        elif is_open:
            text += " Whether it is so could not be read for certain."
        return Played(text, True, is_back, is_open, self.left, view.phase)
