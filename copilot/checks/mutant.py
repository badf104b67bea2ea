"""What a mutation is: a patch that is broken on purpose, so that the battery can be asked whether it notices.

A mutation is a pure function from what was chosen to mutants of it, one for each place where it can be made. Most break one
edit, in every phase that has it; `at_edits` and `without` make those.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from copilot.domain.alternative import Alternative, CodeEdit, Edit, NewFile, Phase, SchemaEdit
from copilot.domain.patch import FileChange
from copilot.domain.schema import SchemaField
from copilot.ports import Case, Tree

MUTANTS_MAX = 4
"""How many places one mutation is made at; the first ones stand for the rest."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken version of the chosen alternative; `place` says where it is broken.

    `texts` are the file changes of each phase where they are not what its edits compile to, () where they are.
    """

    place: str
    alternative: Alternative
    texts: tuple[tuple[FileChange, ...], ...] = ()


Mutants = Callable[[Case, Tree], Iterable[Mutant]]
Break = Callable[[Edit, Case], Iterable[Edit | None]]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One way to break a patch. `harm` says what the broken one would do, `needs` what there must be to break."""

    name: str
    harm: str
    needs: str
    mutants: Mutants
    is_order: bool = False
    """True where it only changes who is deployed when: harmless where the rollout check proves every order safe."""
    is_of_old_records: bool = False
    """True where the last schema only reads old records otherwise: harmless where the replay check finds none left to read."""

    def of(self, case: Case, tree: Tree) -> tuple[Mutant, ...]:
        """Returns the mutants of what was chosen, at most `MUTANTS_MAX`; () where there is nothing to break so."""
        return tuple(itertools.islice(self.mutants(case, tree), MUTANTS_MAX))


def at_edits(broken: Break) -> Mutants:
    """Returns the mutation that puts each answer of `broken` in the place of an edit, in every phase; None drops the edit."""

    def mutants(case: Case, tree: Tree) -> Iterator[Mutant]:
        for edit in edits_of(case.alternative):
            for other in broken(edit, case):
                if other != edit:
                    yield Mutant(place_of(edit), with_edits(case.alternative, {edit: other}))

    return mutants


def without(place: str, case: Case, dropped: Iterable[Edit]) -> Iterator[Mutant]:
    """Yields the mutant that lacks those edits in every phase; none where there are none, or nothing else would be left."""
    gone = set(dropped)
    if gone and gone != set(edits_of(case.alternative)):
        yield Mutant(place, with_edits(case.alternative, dict.fromkeys(gone)))


def edits_of(alternative: Alternative) -> tuple[Edit, ...]:
    """Returns each edit once, in the order of the phases."""
    return tuple(dict.fromkeys(edit for phase in alternative.phases for edit in phase.edits))


def with_edits(alternative: Alternative, changed: dict[Edit, Edit | None]) -> Alternative:
    """Returns the alternative with other edits in all phases; those that become None are left out.

    A file that no edit of the phase is about any more goes from its steps too: who forgets a file forgets it there as well.
    """

    def of(phase: Phase) -> Phase:
        kept = tuple(edit for old in phase.edits if (edit := changed.get(old, old)) is not None)
        gone = {path_of(edit) for edit in phase.edits} - {path_of(edit) for edit in kept}
        steps = (replace(step, paths=tuple(it for it in step.paths if it not in gone)) for step in phase.steps)
        return replace(phase, edits=kept, steps=tuple(steps))

    return replace(alternative, phases=tuple(of(phase) for phase in alternative.phases))


def with_more(alternative: Alternative, more: Iterable[Edit]) -> Alternative:
    """Returns the alternative with further edits: in the phases that edit their text, or in all phases where none does.

    The first step of the first such phase carries a file that the plan did not change so far.
    """
    edits = tuple(more)
    texts = {_text_of(it) for it in edits_of(alternative)}
    known = {path_of(it) for it in edits_of(alternative)}
    new = tuple(dict.fromkeys(path_of(it) for it in edits if path_of(it) not in known))

    def of(number: int, phase: Phase) -> Phase:
        own = {_text_of(it) for it in phase.edits}
        added = tuple(it for it in edits if _text_of(it) not in texts or _text_of(it) in own)
        steps = phase.steps
        if new and not number and steps:
            steps = (replace(steps[0], paths=(*steps[0].paths, *new)), *steps[1:])
        return replace(phase, edits=(*phase.edits, *added), steps=steps)

    return with_phases(alternative, (of(number, it) for number, it in enumerate(alternative.phases)))


def with_phases(alternative: Alternative, phases: Iterable[Phase]) -> Alternative:
    """Returns the alternative with other phases."""
    return replace(alternative, phases=tuple(phases))


def place_of(edit: Edit) -> str:
    """Returns where an edit is made, for a person."""
    if isinstance(edit, SchemaEdit):
        return f"{edit.source.path}: {edit.action} {edit.field or edit.record}".rstrip()
    if isinstance(edit, CodeEdit):
        return f"{edit.path}: {edit.action} {edit.name}"
    return edit.path if isinstance(edit, NewFile) else f"{edit.path}:{getattr(edit, 'line', 1)}"


def path_of(edit: Edit) -> str:
    """Returns the file that an edit is about."""
    return edit.source.path if isinstance(edit, SchemaEdit) else edit.path


def field_at(edit: SchemaEdit, case: Case) -> SchemaField | None:
    """Returns the field of the base that a schema edit is about, None for a new one."""
    return next((it for it in _fields(case) if (it.record, it.name) == (edit.record, edit.field)), None)


def sibling_of(edit: SchemaEdit, case: Case) -> SchemaField | None:
    """Returns another field of the same record and type, the next one where there is one."""
    own = field_at(edit, case)
    if own is None:
        return None
    alike = [it for it in _fields(case) if it.record == own.record and it.type == own.type]
    place = next(number for number, it in enumerate(alike) if it.name == own.name)
    others = [it for it in (*alike[place + 1 :], *alike[:place]) if it.name != own.name]
    return others[0] if others else None


def fields_of_record(record: str, case: Case) -> tuple[SchemaField, ...]:
    """Returns the fields that a record declares in the base, each name once."""
    return tuple({it.name: it for it in _fields(case) if it.record == record}.values())


def job_of(path: str, case: Case) -> str:
    """Returns the job whose folder holds a path, the innermost one; "" where there is none."""
    own = [job for job in case.base.jobs if job.root not in ("", ".") and _is_below(path, job.root.rstrip("/"))]
    return max(own, key=lambda job: len(job.root)).name if own else ""


def is_test_place(edit: Edit, case: Case) -> bool:
    """Tells whether an edit is about a test, which breaks nothing that runs."""
    tests = {use.span.path for use in case.base.uses if use.is_test}
    return path_of(edit) in tests


def is_words(edit: Edit) -> bool:
    """Tells whether an edit writes what only people and tools read: a doc, a mark."""
    is_property = isinstance(edit, SchemaEdit) and edit.action in ("set_property", "set_type_property")
    return is_property and getattr(edit, "name", "") not in ("default", "aliases")


def _text_of(edit: Edit) -> object:
    """Returns the schema text that an edit is about, or the file."""
    return edit.source if isinstance(edit, SchemaEdit) else edit.path


def _fields(case: Case) -> Iterator[SchemaField]:
    for subject in case.base.subjects:
        for version in (subject.latest, *subject.copy_versions):
            yield from version.fields


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")
