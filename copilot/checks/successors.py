"""Where a new field takes over an old one's value: does every producer that set the old one set the new one, too?

No schema demands a field that has a default or may be null. A producer that goes on without it writes that default in place of the
value, and no library says a word. So who set the old field in the base is asked for the new one, where that comes and where the old
one goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.checks.declared import declared_about, named_operations, stand_ins
from copilot.checks.elsewhere import is_asked_of, is_by_hand, is_left_to_people, was_asked_before
from copilot.checks.lineage import Lineage, phase_label
from copilot.domain.evidence import Finding
from copilot.domain.pipeline import FieldUse, Link
from copilot.ports import Case

NOT_HANDED_ON, MAY_NOT_BE = "contract.value-not-handed-on", "contract.value-may-not-be-handed-on"


@dataclass(frozen=True, slots=True)
class Succession:
    """A field that goes, and the fields of a state that may carry its value on; `beside` are others whose values they take, too."""

    old: str
    new: tuple[str, ...]
    beside: frozenset[str] = frozenset()


def successions(lineage: Lineage, phase: int, case: Case) -> Iterator[Succession]:
    """Yields what takes over in a phase: its new field comes then, or the old one goes."""
    now, base = lineage.after[phase], lineage.base.latest if lineage.base else None
    if now is None or base is None:
        return
    previous = lineage.previous(phase)
    known, before, here = (
        frozenset(it.path for it in version.fields) if version else frozenset() for version in (base, previous, now)
    )
    to_come = [frozenset(it.path for it in after.fields) for after in lineage.after[phase:] if after]
    declared = declared_about(lineage.name, base, named_operations(case))
    renamed = dict(declared.renamed)
    for old in sorted(known & (declared.replaced | renamed.keys())):
        new = (renamed[old],) if old in renamed else stand_ins(old, now, lineage.known)
        carriers = tuple(path for path in new if path in here)
        is_going = any(old not in paths for paths in to_come)
        if carriers and is_going and (old in before - here or not set(carriers) & before):
            others = (declared.replaced - {old}) & known if old not in renamed else frozenset[str]()
            yield Succession(old, carriers, frozenset(others))


def not_handed_on(
    it: Succession, link: Link, before: list[FieldUse], lineage: Lineage, phase: int, case: Case, *, is_open: bool
) -> Iterator[Finding]:
    """Yields that a producer, which is not seen to set what takes a field's place, sets that field: its values get lost.

    `is_open` tells that the job also sets fields by names that reading can't see.
    """
    sets = [use for use in before if use.path == it.old and use.certainty != "possible"]
    if not sets:
        return
    label = phase_label(phase, case.alternative.phases[phase])
    new = " or ".join(it.new)
    text = (
        f"{link.job} sets {it.old}, and not {new}, which takes its place, after {label}: what it writes loses the value"
    )
    place = (sets[0].span, lineage.name, it.new[0], phase, f"Set {new} wherever {link.job} sets {it.old}.")
    is_asked = is_asked_of(case, link.job, phase) or was_asked_before(case, link.job, phase)
    # Fields that go into one are set in one place, and the plan names that once.
    told = [*sets, *(use for use in before if use.path in it.beside and use.certainty != "possible")]
    if is_asked or any(is_by_hand(case, use, phase) or is_left_to_people(case, use, phase) for use in told):
        yield Finding(MAY_NOT_BE, "warning", f"{text}, unless a person changes it as the plan asks.", *place)
    elif is_open or any(use.certainty != "certain" for use in sets):
        yield Finding(MAY_NOT_BE, "warning", f"{text}, as far as can be seen.", *place)
    else:
        yield Finding(NOT_HANDED_ON, "error", f"{text}.", *place)
