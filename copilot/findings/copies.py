"""Have two texts of one schema drifted apart?"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import combinations

from copilot.domain.audit import AuditFinding, Proof
from copilot.domain.schema import SchemaSubject, SchemaVersion
from copilot.domain.twins import main_twin, topics_of, twins_of
from copilot.findings.case import Audited, Rule, is_for_tests
from copilot.findings.decoders import meetings
from copilot.findings.differences import differences, lacking, retyped

DRIFTED = Rule(
    "copy-drifted",
    "Whoever changes one text leaves the other behind; what is written by one can't be relied on where the other is read.",
)
SHARED_MIN = 4
SHARE_MIN = 0.6
_VERSION = re.compile(r"v?\d+(?:[._-]\d+)*(?:[._-]?(?:snapshot|alpha|beta|rc|dev|pre)\w*)?", re.IGNORECASE)

_NUMBER = re.compile(r"\d+")
_MARK = re.compile(r"(?:(?:^|[._-])[vV]|(?<=[a-z])V)(\d+)")
"""The version in a file's name: `order_v2`, `OrderV2`."""


def drifted_copies(case: Audited) -> Iterator[AuditFinding]:
    """Yields texts of one schema that differ in their fields; those that meet on a topic are told as decoders."""
    met = {frozenset((it.reader.source.path, it.writer.source.path)) for it in meetings(case)}
    for main, copy, is_sure in _pairs(case):
        places = frozenset((main.latest.source.path, copy.source.path))
        is_meant = copy.fingerprint == main.latest.fingerprint or _are_stages(main.latest, copy)
        if places in met or is_meant:
            continue
        age = next((it.number for it in main.versions[:-1] if it.fingerprint == copy.fingerprint), 0)
        if not (is_sure or age or _is_alike(main.latest, copy)):
            continue
        what = f"is version {age} of {len(main.versions)}" if age else "has drifted"
        title = (
            f"The copy of {main.name} in {copy.source.path} {what}: compared with {main.latest.source.path}, "
            f"{differences(copy, main.latest)}."
        )
        yield DRIFTED.finding(
            "warning" if is_sure or age else "note",
            title,
            _proof(main.latest, copy),
            "Bring both to one text, load one of them in both places, or give them different names.",
            subject=main.name,
            about=copy.source.path,
        )


def _pairs(case: Audited) -> Iterator[tuple[SchemaSubject, SchemaVersion, bool]]:
    """Yields subjects with other texts of the same schema, and whether it is sure that they are meant to be one."""
    told: set[frozenset[str]] = set()
    for subject in case.pipeline.subjects:
        for copy in subject.copy_versions:
            paths = (copy.source.path, subject.latest.source.path)
            if not any(map(is_for_tests, paths)) and not _is_of_another_stream(copy, subject, case):
                yield subject, copy, True
        for twin in twins_of(subject, case.pipeline):
            pair = frozenset((subject.name, twin.name))
            if pair not in told and not any(is_for_tests(it.latest.source.path) for it in (subject, twin)):
                told.add(pair)
                main = main_twin(subject, case.pipeline)
                other = twin if main.name == subject.name else subject
                if main.name in pair:
                    yield main, other.latest, True
    yield from _namesakes(case, told)


def _namesakes(case: Audited, told: set[frozenset[str]]) -> Iterator[tuple[SchemaSubject, SchemaVersion, bool]]:
    """Yields subjects of one full name with a namespace, which nobody gives to two things by chance."""
    by_name: dict[str, list[SchemaSubject]] = {}
    for subject in case.pipeline.subjects:
        if "." in subject.latest.name and not is_for_tests(subject.latest.source.path):
            by_name.setdefault(subject.latest.name, []).append(subject)
    for subjects in by_name.values():
        for one, other in combinations(subjects, 2):
            if frozenset((one.name, other.name)) not in told and not _is_of_another_stream(other.latest, one, case):
                main, copy = sorted(
                    (one, other), key=lambda it: (-len(it.versions), it.latest.source.path.count("/"), it.name)
                )
                yield main, copy.latest, False


def _is_of_another_stream(copy: SchemaVersion, subject: SchemaSubject, case: Audited) -> bool:
    """Tells whether a text that looks like a copy is a subject by itself, and on topics of its own."""
    itself = next((it for it in case.pipeline.subjects if it.latest.source == copy.source), None)
    if itself is None or itself.name == subject.name:
        return False
    own, others = topics_of(itself, case.pipeline), topics_of(subject, case.pipeline)
    return bool(own and others) and own.isdisjoint(others)


def _are_stages(one: SchemaVersion, other: SchemaVersion) -> bool:
    """Tells whether two texts are meant to differ: code makes one out of another, or by their places.

    Such as `1.2.0/order`, `1.3.0-SNAPSHOT/order`; `order`, `order-v2`; `OrderV1`, `OrderV2`; `03_lab`, `05_lab`. Whoever changes
    one of two texts in a file sees the other.
    """
    if one.is_derived or other.is_derived or one.source.path == other.source.path:
        return True
    (folder, first), (beside, second) = (posixpath.split(it.source.path) for it in (one, other))
    if _versions_in(folder) != _versions_in(beside):
        return True
    first, second = sorted((posixpath.splitext(first)[0], posixpath.splitext(second)[0]), key=len)
    is_numbered = first != second and _NUMBER.sub("", first) == _NUMBER.sub("", second)
    if is_numbered or _MARK.findall(first) != _MARK.findall(second):
        return True
    return folder == beside and bool(re.match(rf"{re.escape(first)}(?:[-_.]|(?=[A-Z]))", second))


def _versions_in(folder: str) -> list[str]:
    return [segment for segment in folder.split("/") if _VERSION.fullmatch(segment)]


def _is_alike(one: SchemaVersion, other: SchemaVersion) -> bool:
    ours, theirs = {field.path for field in one.fields}, {field.path for field in other.fields}
    shared = len(ours & theirs)
    return shared >= SHARED_MIN and shared >= SHARE_MIN * len(ours | theirs)


def _proof(main: SchemaVersion, copy: SchemaVersion) -> list[Proof]:
    proof = [Proof(copy.source.span, "the copy")]
    proof += [Proof(field.span, f"{field.path} is only here") for field in lacking(copy, main)[:2]]
    proof += [Proof(field.span, f"{field.path} is only here") for field in lacking(main, copy)[:2]]
    proof += [Proof(field.span, f"another type for {field.path}") for field in retyped(copy, main)[:2]]
    return [*proof, Proof(main.source.span, "the other text")] if len(proof) == 1 else proof
