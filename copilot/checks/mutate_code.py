"""Mutations of edits in code: whom the patch forgets, what it converts wrongly, what it misspells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from copilot.checks.mutant import Mutant, edits_of, is_test_place, job_of, place_of, without
from copilot.domain.alternative import CodeAction, CodeEdit, Edit, SchemaEdit
from copilot.domain.pipeline import Direction
from copilot.ports import Case, Tree

_CONVERTING: tuple[CodeAction, ...] = ("wrap_value", "add_converted")
_GUARDS: tuple[CodeAction, ...] = ("read_default", "read_null")
_WRITES_BOTH: tuple[CodeAction, ...] = ("add_key", "add_converted")
_INVERSE = (("*", "/"), ("/", "*"), ("+", "-"), ("-", "+"))


def use_forgotten(case: Case, tree: Tree) -> Iterator[Mutant]:
    """One place of the code left as it is, in every phase, whatever each phase does there."""
    for path, offset in dict.fromkeys((it.path, it.offset) for it in _code_edits(case)):
        own = [it for it in _code_edits(case) if (it.path, it.offset) == (path, offset)]
        yield from without(place_of(own[0]), case, own)


def consumer_forgotten(case: Case, tree: Tree) -> Iterator[Mutant]:
    """All code of one consumer left as it is."""
    yield from _job_forgotten(case, "consumes")


def producer_forgotten(case: Case, tree: Tree) -> Iterator[Mutant]:
    """All code of one producer left as it is."""
    yield from _job_forgotten(case, "produces")


def renamed_in_schema_only(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The schema of a new name, and the code of the old one."""
    renames = [it for it in _code_edits(case) if it.action == "rename_key"]
    yield from without("no code follows the new name", case, renames)


def dual_write_dropped(case: Case, tree: Tree) -> Iterator[Mutant]:
    """The new field beside the old one, and nobody who writes it."""
    yield from without("nothing writes both", case, (it for it in _code_edits(case) if it.action in _WRITES_BOTH))


def guard_dropped(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """A read that fails, or computes with nothing, where the field is absent or null."""
    if isinstance(edit, CodeEdit) and edit.action in _GUARDS and not is_test_place(edit, case):
        yield None


def conversion_dropped(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The value as it was, under the new type or unit."""
    if isinstance(edit, CodeEdit) and edit.action in _CONVERTING:
        yield replace(edit, expression="{}")


def conversion_inverted(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """The conversion the other way round: times for divided by, plus for minus."""
    if isinstance(edit, CodeEdit) and edit.action in _CONVERTING:
        found = next(((sign, other) for sign, other in _INVERSE if f" {sign} " in edit.expression), None)
        if found:
            yield replace(edit, expression=edit.expression.replace(f" {found[0]} ", f" {found[1]} "))


def code_misspelt(edit: Edit, case: Case) -> Iterator[Edit | None]:
    """Code that says another new name than the schema."""
    if isinstance(edit, CodeEdit) and edit.to and not is_test_place(edit, case):
        yield replace(edit, to=f"{edit.to}_x")


def _code_edits(case: Case) -> list[CodeEdit]:
    """Returns the edits that something rests on: a reader that is led to a new name reads on without it where the old one stays."""
    gone = {
        edit.field
        for edit in edits_of(case.alternative)
        if isinstance(edit, SchemaEdit) and edit.action in ("rename_field", "remove_field")
    }
    found = (it for it in edits_of(case.alternative) if isinstance(it, CodeEdit) and not is_test_place(it, case))
    return [it for it in found if it.action != "read_either" or it.name in gone]


def _job_forgotten(case: Case, direction: Direction) -> Iterator[Mutant]:
    links = (
        link for impact in case.impacts for link in (impact.consumers if direction == "consumes" else impact.producers)
    )
    for job in dict.fromkeys(link.job for link in links):
        own: Iterable[Edit] = (it for it in _code_edits(case) if job_of(it.path, case) == job)
        yield from without(job, case, own)
