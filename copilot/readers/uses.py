"""Which names in the code are fields of the subjects around it, and how sure is that?

A name counts only where it is a field of a subject that its job produces or consumes: writes bind to what is produced, reads
to what is consumed, and a receiver that was traced to a record binds to that record's subject. Without a trace, a receiver named
like a record or like the field's container makes a use likely, a bare name makes it possible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast

from copilot.domain.pipeline import BlindSpot, Certainty, FieldUse, Mode, UseForm
from copilot.domain.schema import SchemaSubject
from copilot.domain.source import Span
from copilot.readers.facts import FileFacts, Use
from copilot.readers.flow import FORWARD, MADE, Tag
from copilot.readers.table_classes import WRITING

RECORD_WORDS = frozenset(
    {
        "record",
        "rec",
        "message",
        "msg",
        "event",
        "row",
        "alert",
        "payload",
        "item",
        "entry",
        "document",
        "doc",
        "output",
        "body",
    }
)
SHAPE_SHARE_MIN = 0.5
SAME_SHARE_MIN = 0.8
"""The share of the names of two records from which one is meant to be the other."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_TABLES = frozenset({"pandas", "polars", "pyspark", "dask", "modin", "geopandas", "xarray", "vaex", "cudf"})
_WRITING = ("writes", "passes")
_WEAK_FORMS = frozenset({"string", "attribute", "keyword"})


class TracedRecord(NamedTuple):
    """A record that a value may be a part of: the subjects it may be of, the path from it, whether that is sure, whether
    it was followed to where it is decoded, and not to where it is encoded, whether the job's code writes it down itself, and
    whether it was followed to JSON of an endpoint that no known subject of the job goes through.
    """

    subjects: frozenset[str]
    path: str
    is_sure: bool
    is_decoded: bool
    is_made: bool = False
    is_elsewhere: bool = False


Traced = tuple[TracedRecord, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a subject by name: where it lies, the words of what holds it, the names beside it, the outermost record."""

    subject: str
    path: str
    words: frozenset[str]
    beside: frozenset[str]
    root: str


@dataclass(frozen=True, slots=True)
class JobFields:
    """The fields that a job may use, by name: those of subjects that it produces, that it consumes, and of either."""

    job: str
    produced: Mapping[str, tuple[Place, ...]]
    consumed: Mapping[str, tuple[Place, ...]]
    both: Mapping[str, tuple[Place, ...]]

    holders: Mapping[str, frozenset[str]]
    known_names: frozenset[str]
    tables: frozenset[str] = frozenset()
    """Names of the classes of the job's files that stand for tables of a database."""

    @property
    def names(self) -> frozenset[str]:
        """Every name that may be a field."""
        return frozenset(self.both)


def places_of(subjects: list[SchemaSubject]) -> dict[str, tuple[Place, ...]]:
    """Returns the fields of subjects by name, earlier names of the history left out."""
    found: dict[str, list[Place]] = {}
    for subject in sorted(subjects, key=lambda subject: subject.name):
        names: dict[str, set[str]] = {}
        for field in subject.latest.fields:
            names.setdefault(field.path[: -len(field.name)], set()).add(field.name)
        # Once for each holder: a record of ten thousand fields has as many places that share it.
        beside = {holder: frozenset(listed) for holder, listed in names.items()}
        root_words = words_in(subject.latest.name.rpartition(".")[2]) | RECORD_WORDS
        for field in subject.latest.fields:
            holder = field.path[: -len(field.name)]
            container = holder.rstrip(".").rpartition(".")[2].rstrip("[]{}")
            words = words_in(container) if container else root_words
            place = Place(subject.name, field.path, words, beside[holder], subject.latest.name)
            found.setdefault(field.name, []).append(place)
    return {name: tuple(places) for name, places in found.items()}


def holders_in(subject: SchemaSubject) -> frozenset[str]:
    """Returns the paths under which a subject's records hold records; "" is the record itself."""
    return frozenset(field.path[: -len(field.name)].rstrip(".") for field in subject.latest.fields)


@lru_cache(maxsize=4096)
def words_in(name: str) -> frozenset[str]:
    """Returns the words of a name in lower case and singular: `nonDetections` and `non_detection` give the same."""
    words = (word.lower() for word in _WORD.findall(name))
    return frozenset(word[:-1] if word.endswith("s") and len(word) > 3 else word for word in words)


def uses_of_file(
    path: str,
    facts: FileFacts,
    fields: JobFields,
    is_test: bool,
    traced: Callable[[Tag], Traced],
) -> Iterator[FieldUse]:
    """Yields the uses of fields in one file; `traced` gives the records that a tag leads to."""
    excerpts = dict(facts.excerpts)
    for use in facts.uses:
        if use.name not in fields.both:
            continue
        for place, certainty in _places(use, facts, fields, is_test, traced):
            yield FieldUse(
                fields.job,
                place.subject,
                place.path,
                cast(Mode, use.mode),
                cast(UseForm, use.form),
                certainty,
                Span(path, use.line, use.line),
                use.offset,
                is_test,
                excerpts.get(use.line, ""),
            )


def with_records_only(facts: FileFacts, fields: JobFields, traced: Callable[[Tag], Traced]) -> FileFacts:
    """Returns facts with those uses of fields alone whose receivers were traced to records, or that make or declare the very
    record or a table.
    """

    def is_traced(tags: tuple[Tag, ...]) -> bool:
        return any(record.subjects for tag in tags for record in traced(tag))

    def is_alike(use: Use) -> bool:
        places = fields.both[use.name] if use.shape >= 0 else ()
        return any(_likeness(facts.shapes[use.shape], place.beside) >= SAME_SHARE_MIN for place in places)

    def is_column(use: Use) -> bool:
        return use.shape >= 0 and use.receiver in fields.tables

    named = (use for use in facts.uses if use.name in fields.both)
    uses = tuple(use for use in named if is_traced(use.tags) or is_alike(use) or is_column(use))
    return facts._replace(uses=uses, blinds=tuple(blind for blind in facts.blinds if is_traced(blind.tags)))


def joins_tables(files: Iterable[FileFacts]) -> bool:
    """Tells whether a job works with tables: joins bring columns of their own, which are in no schema of a record."""
    return any(module.partition(".")[0] in _TABLES for one in files for _, module, _ in one.imports)


def blind_spots_of_file(path: str, facts: FileFacts, job: str, traced: Callable[[Tag], Traced]) -> Iterator[BlindSpot]:
    """Yields the places of one file where a record's field is used by a name that can't be read."""
    for blind in facts.blinds:
        records = [record for tag in blind.tags for record in traced(tag)]
        if blind.is_whole:
            # A record that is made here is named where it is made; one that comes from elsewhere is only handed on.
            whole = {name for one in records if one.is_decoded and not one.path for name in one.subjects}
            if whole:
                span = Span(path, blind.line, blind.line)
                yield BlindSpot(job, span, blind.reason, tuple(sorted(whole)), is_whole=True)
            continue
        # Where it is decoded says what it is of, whatever it is then written as.
        known = [record.subjects for record in [one for one in records if one.is_decoded] or records]
        if known or not words_in(blind.receiver).isdisjoint(RECORD_WORDS):
            # One end whose subject is not known may be of any, so then nothing is ruled out.
            subjects: frozenset[str] = frozenset().union(*known) if all(known) else frozenset()
            yield BlindSpot(job, Span(path, blind.line, blind.line), blind.reason, tuple(sorted(subjects)))


def unknown_reads(
    path: str, facts: FileFacts, fields: JobFields, beside: Mapping[str, FileFacts], traced: Callable[[Tag], Traced]
) -> Iterator[FieldUse]:
    """Yields the reads of names, from records that surely come from a decoder, which no version of the record's subject has.

    Names that the job itself puts into records (`beside` are all its files) are no fields of their schema, and left out.
    """
    excerpts = dict(facts.excerpts)
    for use in facts.uses:
        if use.form not in ("subscript", "get") or use.mode == "writes" or use.name in fields.known_names:
            continue
        tags = [tag for tag in use.tags if tag[0] in FORWARD]
        ends = [end for tag in tags for end in traced(tag)]
        records = sorted({(subject, end.path) for end in ends for subject in end.subjects})
        if not records or not all(end.is_sure and end.subjects and end.is_decoded for end in ends):
            continue
        is_placed = all(holder in fields.holders.get(subject, ()) for subject, holder in records)
        if not is_placed or any(_is_put_in(use.name, one) for one in beside.values()):
            continue
        subject, holder = records[0]
        name = f"{holder}.{use.name}" if holder else use.name
        mode, form = cast(Mode, use.mode), cast(UseForm, use.form)
        span, excerpt = Span(path, use.line, use.line), excerpts.get(use.line, "")
        yield FieldUse(fields.job, subject, name, mode, form, "certain", span, use.offset, False, excerpt)


def _is_put_in(name: str, facts: FileFacts) -> bool:
    """Tells whether a file puts a value of that name into a record which is there already."""
    for use in facts.uses:
        if use.name == name and use.form == "attribute" and not use.tags and use.receiver[:1].isupper():
            return True  # declared in a class, with a default perhaps
        if use.name == name and use.mode in ("writes", "passes", "computes"):
            is_set = use.mode == "writes" and use.form in ("subscript", "get", "column")
            is_merged = use.form in ("literal", "keyword") and any(tag[0] in FORWARD for tag in use.tags)
            if is_set or is_merged:
                return True
    return False


def _places(
    use: Use,
    facts: FileFacts,
    fields: JobFields,
    is_test: bool,
    traced: Callable[[Tag], Traced],
) -> list[tuple[Place, Certainty]]:
    ends = [one for tag in use.tags for one in traced(tag)]
    known = [one for one in ends if one.subjects]
    if not known:
        found = _untraced_places(use, facts, fields, is_test)
        if any(one.is_elsewhere for one in ends):
            return [(place, "possible") for place, _ in found if not _is_unlike(use, facts, place)]
        return found
    found = _traced_places(use, fields.both[use.name], known)
    is_told = any(one.is_decoded or one.is_made for one in known) or any(tag[0] == MADE for tag in use.tags)
    if use.mode in _WRITING or is_told:
        return found
    # Seen on its way out, but not where it comes from: what is read of it may as well be of what the job consumes.
    named = {place.subject for place, _ in found}
    others = _untraced_places(use, facts, fields, is_test)
    return [*found, *((place, "possible") for place, _ in others if place.subject not in named)]


def _untraced_places(use: Use, facts: FileFacts, fields: JobFields, is_test: bool) -> list[tuple[Place, Certainty]]:
    """Returns the fields that a name may be of which no record was followed to: by what it is called of, and what is beside it."""
    made = _places_made(use, facts, fields)
    if made:
        return [(place, "likely") for place in made]
    if use.receiver in fields.tables or (use.form == "keyword" and use.receiver in WRITING):
        return _columns_alike(use, facts, fields)
    if use.form in ("attribute", "keyword") and use.shape >= 0:
        # Declared in a class, or what an object of one is made with: of whichever record looks like that.
        keys = facts.shapes[use.shape]
        alike = tuple(it for it in fields.both.get(use.name, ()) if _likeness(keys, it.beside))
        if alike:
            return [(place, "likely") for place in _best_places(use, facts, alike)]
    writes = use.mode == "writes" or (use.mode == "passes" and use.form == "literal")
    candidates = fields.both if is_test or use.form == "query" else fields.produced if writes else fields.consumed
    if use.mode == "keys" and use.form == "string":
        return _message_keys(use, fields)
    places = candidates.get(use.name, ())
    if use.form == "query":
        # Columns and documents of a store often have the names of fields, and yet are not the fields themselves.
        return [(place, "possible") for place in _best_places(use, facts, places) or places]
    if use.form in _WEAK_FORMS:
        return [(place, "possible") for place in places]
    likely = _best_places(use, facts, tuple(it for it in places if not _is_unlike(use, facts, it)))
    if not likely:
        return [(place, "possible") for place in places]
    if is_test and len({place.root for place in likely}) > 1:
        # Tests hand in what a job consumes and look at what it produces.
        side = fields.consumed if writes else fields.produced
        likely = [place for place in likely if place in side.get(use.name, ())] or likely
    is_told = len({place.root for place in likely}) == 1
    return [(place, "likely" if is_told else "possible") for place in likely]


def _columns_alike(use: Use, facts: FileFacts, fields: JobFields) -> list[tuple[Place, Certainty]]:
    """Returns the fields whose values a table's column may hold, where most of what is named beside it is a field, too.

    A column keeps its name when the field gets another one, so it is never more than possible.
    """
    keys = facts.shapes[use.shape] if use.shape >= 0 else ()
    shared = ((place, len(place.beside.intersection(keys))) for place in fields.both.get(use.name, ()))
    return [(place, "possible") for place, count in shared if count > 1 and count >= SHAPE_SHARE_MIN * len(keys)]


def _places_made(use: Use, facts: FileFacts, fields: JobFields) -> list[Place]:
    """Returns the fields that a name read from a dict is which the file makes itself, and which looks like a record of the job."""
    shapes = [int(tag[1]) for tag in use.tags if tag[0] == MADE and not tag[2]]
    if use.shape >= 0 or not shapes:
        return []
    asked = use._replace(shape=shapes[0])
    keys = facts.shapes[asked.shape]
    alike = tuple(it for it in fields.produced.get(use.name, ()) if _likeness(keys, it.beside))
    return _best_places(asked, facts, alike)


def _message_keys(use: Use, fields: JobFields) -> list[tuple[Place, Certainty]]:
    """Returns the fields that a call like `set_key_field("x")` names: those of whole messages, produced ones unless it says not."""
    side = fields.consumed if "consum" in use.receiver.lower() else fields.produced
    whole = [place for place in side.get(use.name, fields.both[use.name]) if place.path == use.name]
    return [(place, "likely" if "produc" in use.receiver.lower() else "possible") for place in whole]


def _best_places(use: Use, facts: FileFacts, places: tuple[Place, ...]) -> list[Place]:
    """Returns the places that fit a use best: by the name of the receiver, and by the other keys of a dict literal."""
    receiver = words_in(use.receiver)
    keys = facts.shapes[use.shape] if use.shape >= 0 else ()
    scores = [(not receiver.isdisjoint(place.words)) + _likeness(keys, place.beside) for place in places]
    best = max(scores, default=0.0)
    return [place for place, score in zip(places, scores, strict=True) if score == best] if best else []


def _traced_places(use: Use, places: tuple[Place, ...], known: list[TracedRecord]) -> list[tuple[Place, Certainty]]:
    found: dict[Place, Certainty] = {}
    for subjects, holder, is_sure, *_ in known:
        path = f"{holder}.{use.name}" if holder else use.name
        ours = [place for place in places if place.subject in subjects]
        exact = [place for place in ours if place.path == path]
        for place in exact:
            if is_sure or place not in found:
                found[place] = "certain" if is_sure else "likely"
        for place in () if exact else ours:
            found.setdefault(place, "possible")
    return list(found.items())


def _is_unlike(use: Use, facts: FileFacts, place: Place) -> bool:
    """Tells whether a name stands in a dict literal most of whose names are no fields of the place's record."""
    keys = facts.shapes[use.shape] if use.form == "literal" and use.shape >= 0 else ()
    return len(place.beside.intersection(keys)) < SHAPE_SHARE_MIN * len(keys)


@lru_cache(maxsize=4096)
def _likeness(keys: tuple[str, ...], names: frozenset[str]) -> float:
    """Returns the share of names that a dict literal and a record have in common, 0 below half of either's names."""
    shared = len(names.intersection(keys))
    if shared < 2 or shared < SHAPE_SHARE_MIN * len(keys) or shared < SHAPE_SHARE_MIN * len(names):
        return 0.0
    return shared / len(names.union(keys))
