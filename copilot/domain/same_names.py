"""Subjects of two maps under one name: a file that comes to differ from its copies can change what the others are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaSubject


def named_as_in(base: PipelineMap, state: PipelineMap) -> PipelineMap:
    """Returns the state's map with each subject that stands where one of the base stands called as it is called there."""
    known = {_place(it): it.name for it in base.subjects}
    names = {it.name: known[_place(it)] for it in state.subjects if known.get(_place(it), it.name) != it.name}
    kept = {it.name for it in state.subjects} - names.keys()
    names = {now: before for now, before in names.items() if before not in kept}
    return _renamed(state, names) if names else state


def _place(subject: SchemaSubject) -> tuple[str, str]:
    return subject.latest.source.path, subject.latest.name


def _renamed(state: PipelineMap, names: Mapping[str, str]) -> PipelineMap:
    def called(name: str) -> str:
        return names.get(name, name)

    subjects = (
        replace(
            it, name=called(it.name), versions=tuple(replace(one, subject=called(one.subject)) for one in it.versions)
        )
        for it in state.subjects
    )
    return replace(
        state,
        subjects=tuple(sorted(subjects, key=lambda it: it.name)),
        links=tuple(replace(it, subject=called(it.subject)) if it.subject else it for it in state.links),
        uses=tuple(replace(it, subject=called(it.subject)) for it in state.uses),
        unknown_reads=tuple(replace(it, subject=called(it.subject)) for it in state.unknown_reads),
        blind_spots=tuple(replace(it, subjects=tuple(map(called, it.subjects))) for it in state.blind_spots),
    )
