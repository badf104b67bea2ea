"""Which schemas does an alternative change, and between which states do their data and their readers meet?

A lineage is one subject with its history and its text after each phase. Subjects of two maps are matched by where they stand
and what their outermost type is called, because a new file can change the names of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from copilot.domain.alternative import Phase
from copilot.domain.fieldtype import as_decoded, is_nullable, parsed, value_kind
from copilot.domain.levels import Age as Age
from copilot.domain.levels import Direction as Direction
from copilot.domain.levels import demanded as demanded
from copilot.domain.pipeline import PipelineMap
from copilot.domain.schema import SchemaSubject, SchemaVersion
from copilot.ports import Case


@dataclass(frozen=True, slots=True)
class Lineage:
    """A subject that the alternative changes; `base` is None where it is new, `after` holds None where it is gone."""

    subject: SchemaSubject
    base: SchemaSubject | None
    after: tuple[SchemaVersion | None, ...]
    brought: frozenset[str] = frozenset()
    """Names of fields that the base has because an earlier phase of the same change has landed."""

    @property
    def known(self) -> frozenset[str]:
        """The paths of the fields that were there before the change began."""
        fields = self.base.latest.fields if self.base else ()
        return frozenset(field.path for field in fields if field.name not in self.brought)

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def history(self) -> tuple[SchemaVersion, ...]:
        return self.base.versions if self.base else ()

    def previous(self, phase: int) -> SchemaVersion | None:
        """Returns what stood before that phase, None where nothing did."""
        if phase > 0:
            return self.after[phase - 1]
        return self.base.latest if self.base else None

    @property
    def is_told_only(self) -> bool:
        """Tells whether every state differs from the base in docs, tags and the like only, so that all data reads as before."""
        if self.base is None or None in self.after:
            return False
        before = as_decoded(parsed(self.base.latest.resolved))
        return all(it is not None and as_decoded(parsed(it.resolved)) == before for it in self.after)

    def changes_in(self, phase: int) -> bool:
        """Tells whether the meaning of the schema is another after the phase than before it."""
        before, after = self.previous(phase), self.after[phase]
        return (before and before.meaning) != (after and after.meaning)

    def vanished(self, phase: int) -> frozenset[str]:
        """Returns the paths whose readers get something else than in the base after a phase: gone, or of another type."""
        after = self.after[phase]
        if self.base is None or after is None:
            return frozenset()
        types = {field.path: field.type for field in after.fields}
        fields = [(field.path, field.type, types.get(field.path)) for field in self.base.latest.fields]
        return frozenset(
            path for path, old, new in fields if new is None or (new != old and not _is_same_to_code(old, new))
        )

    def demanded(self, phase: int) -> frozenset[str]:
        """Returns the paths that records have to hold after a phase, and did not in the base; none of a new subject."""
        return required_in(self.after[phase]) - required_in(self.base.latest) if self.base else frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """Data of one version meets a reader with another one, because of a phase.

    `present` is the version by which the data is read so far, where that is another than the writer's: what such a reader sees
    is what must stay.
    """

    phase: int
    direction: Direction
    age: Age
    writer: SchemaVersion
    reader: SchemaVersion
    writer_label: str
    reader_label: str
    present: SchemaVersion | None = None


def required_in(version: SchemaVersion | None) -> frozenset[str]:
    """Returns what a record has to hold: both Python libraries write null for a key that is missing, where null is allowed."""
    fields = version.fields if version else ()
    return frozenset(it.path for it in fields if it.is_required and not _may_be_null(it.type))


def _may_be_null(type: str) -> bool:
    # Only a union or null itself: of ten thousand fields, most need no parsing to be seen.
    return type.startswith(("[", '"null"')) and is_nullable(parsed(type))


def _is_same_to_code(before: str, after: str) -> bool:
    """Tells whether code that can't be read gets what it got before: the same kind of value, and no null that it did not get.

    What changes inside a record is told by the paths inside it.
    """
    old, new = parsed(before), parsed(after)
    is_new_null = is_nullable(new) and not is_nullable(old)
    return not is_new_null and value_kind(old) == value_kind(new)


def lineages(case: Case) -> tuple[Lineage, ...]:
    """Returns the subjects that mean something else, are new, or are gone after some phase, sorted by name."""
    found = [
        Lineage(
            subject,
            subject,
            tuple(_counterpart(subject, case.base, state) for state in case.states),
            case.alternative.brought,
        )
        for subject in case.base.subjects
    ]
    known = {_place(version) for lineage in found for version in lineage.after if version}
    known |= {_place(subject.latest) for subject in case.base.subjects}
    fresh = {_place(subject.latest): subject for state in case.states for subject in state.subjects}
    for place, subject in fresh.items():
        # What a consumer outside reads with was a copy until the original changed; it is nothing that the alternative brings.
        if place not in known and not case.base.is_foreign(place[0]):
            found.append(Lineage(subject, None, tuple(_at(place, state) for state in case.states)))
    changed = (it for it in found if any(it.changes_in(phase) for phase in range(len(it.after))))
    return tuple(sorted(changed, key=lambda lineage: lineage.name))


def pairs(
    lineage: Lineage, phases: tuple[Phase, ...], strays: Iterable[tuple[SchemaVersion, str]] = ()
) -> tuple[Pair, ...]:
    """Returns every meeting that a phase brings about, in the order of the phases.

    The new schema meets data of every version before it; readers of the base and of earlier phases, which may still run,
    meet new data. Pairs that mean the same are left out. `strays` are versions of recorded data that the history lacks, with the
    path of the file that has them: nobody reads with them.
    """
    labels = [phase_label(number, phase) for number, phase in enumerate(phases)]
    found: list[Pair] = []
    for number, after in enumerate(lineage.after):
        if after is None or not lineage.changes_in(number):
            continue
        earlier = [(version, f"version {version.number}") for version in lineage.history]
        earlier += [(it, labels[index]) for index, it in enumerate(lineage.after[:number]) if it]
        running = earlier[len(lineage.history) - 1 :] if lineage.history else earlier
        # Real data comes before what only the history shows: of many versions the newest are tried.
        found += _of_strays(number, after, labels[number], lineage, strays)
        found += _pairs(number, after, labels[number], lineage.previous(number), earlier, running)
    return tuple(found)


def phase_label(number: int, phase: Phase) -> str:
    """Returns what a finding calls the state after a phase."""
    return f'phase {number + 1} "{phase.name}"'


def _of_strays(
    phase: int, after: SchemaVersion, label: str, lineage: Lineage, strays: Iterable[tuple[SchemaVersion, str]]
) -> list[Pair]:
    if lineage.base is None:
        return []
    return [
        Pair(phase, "backward", "older", it, after, f"the schema in {path}", label, lineage.base.latest)
        for it, path in strays
        if it.meaning != after.meaning
    ]


def _pairs(
    phase: int,
    after: SchemaVersion,
    label: str,
    previous: SchemaVersion | None,
    earlier: Iterable[tuple[SchemaVersion, str]],
    running: Iterable[tuple[SchemaVersion, str]],
) -> list[Pair]:
    found = []
    for direction, others in (("backward", earlier), ("forward", running)):
        seen: set[str] = {after.meaning}
        for other, name in reversed(list(others)):
            if other.meaning in seen:
                continue
            seen.add(other.meaning)
            age: Age = "previous" if previous and other.meaning == previous.meaning else "older"
            if direction == "backward":
                found.append(Pair(phase, "backward", age, other, after, name, label))
            else:
                found.append(Pair(phase, "forward", age, after, other, label, name))
    return found


def _counterpart(subject: SchemaSubject, base: PipelineMap, state: PipelineMap) -> SchemaVersion | None:
    same_place = _at(_place(subject.latest), state)
    if same_place:
        return same_place
    taken = {_place(other.latest) for other in base.subjects if other.name != subject.name}
    by_path = [it.latest for it in state.subjects if it.latest.source.path == subject.latest.source.path]
    free = [version for version in by_path if _place(version) not in taken]
    if len(free) == 1:
        return free[0]
    # A drifted schema that means the same again is a copy from then on, and still there.
    as_copy = [it.latest for it in state.subjects if subject.latest.source in it.copies]
    if as_copy and as_copy[0].name == subject.latest.name:
        return as_copy[0]
    by_name = _subjects_by_name(state).get(subject.name)
    return by_name.latest if by_name and _place(by_name.latest) not in taken else None


def _at(place: tuple[str, str], state: PipelineMap) -> SchemaVersion | None:
    return next((it.latest for it in state.subjects if _place(it.latest) == place), None)


def _place(version: SchemaVersion) -> tuple[str, str]:
    return version.source.path, version.name


def _subjects_by_name(state: PipelineMap) -> Mapping[str, SchemaSubject]:
    return {subject.name: subject for subject in state.subjects}
