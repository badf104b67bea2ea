"""Facts to signs: short, named statements that are true of a file or not. The table of weights gives each its worth.

Signs of one group are about one thing, and `why` says the group in a sentence. `x>=0.5` holds besides `x>=0.25`: what is stronger
adds its own weight to that of the weaker one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copilot.domain.impacted import AskedChange
from copilot.impact.facts import FileFacts

_ADDS = {"add_field", "add_symbol"}
_GOES = {"remove_field", "rename_field", "remove_symbol"}
MANY_SIBLINGS = 0.4


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the signs of one file need to know of all the others."""

    kind: str
    naming_field: int
    naming_siblings: int
    siblings_max: float
    together_max: float
    ranks: dict[str, int]


def surroundings_of(asked: Sequence[AskedChange], files: Sequence[FileFacts]) -> Surroundings:
    """Returns the change's kind (adds, goes or stays: what becomes of the name), and how the files compare."""
    ops = {it.op for it in asked}
    others = [it for it in files if not it.is_schema]
    order = sorted(files, key=lambda it: (-it.siblings, it.path))
    return Surroundings(
        kind="goes" if ops & _GOES else "adds" if ops & _ADDS else "stays",
        naming_field=sum(it.field >= 2 for it in files),
        naming_siblings=sum(it.siblings >= MANY_SIBLINGS for it in files),
        siblings_max=max((it.siblings for it in others), default=0.0),
        together_max=max((it.together for it in others), default=0.0),
        ranks={it.path: number for number, it in enumerate(order)},
    )


def signs_of(it: FileFacts, around: Surroundings) -> tuple[str, ...]:
    """Returns the names of the signs that hold of a file."""
    if it.is_schema:
        return ("schema.itself",)
    groups = (_siblings, _field, _record, _schema_name, _place, _past, _activity, _company, _language)
    return tuple(dict.fromkeys(sign for group in groups for sign in group(it, around)))


def _steps(name: str, value: float, *cuts: float) -> Iterator[str]:
    for cut in cuts:
        if value >= cut:
            yield f"{name}>={cut:g}"


def _below(name: str, value: float, *cuts: float) -> Iterator[str]:
    for cut in cuts:
        if value <= cut:
            yield f"{name}<={cut:g}"


def _siblings(it: FileFacts, around: Surroundings) -> Iterator[str]:
    yield from _steps("siblings.share", it.siblings, 0.12, 0.25, 0.4, 0.6, 0.8, 0.95)
    yield from _steps("siblings.count", it.siblings_count, 2, 3, 5, 8)
    yield from _steps("siblings.last", it.last_siblings, 0.3, 0.6, 1)
    yield from _steps("siblings.rarest", it.rarest_sibling, 0.4, 0.6, 0.8)
    if it.siblings_count >= 2:
        relative = it.siblings / around.siblings_max if around.siblings_max else 0.0
        yield from _steps("siblings.of-best", relative, 0.5, 0.8)
        yield from _below("siblings.rank", around.ranks[it.path], 2, 4, 8, 16)
        if it.siblings_count >= 3 and relative >= 0.999:
            yield "siblings.best"
    if it.passage:
        yield from _steps("siblings.close", it.passage.density, 0.15, 0.3, 0.5, 0.75, 0.95)
    if it.siblings < MANY_SIBLINGS:
        return
    if it.passage and it.passage.density >= 0.8 * it.siblings:
        yield "siblings.in-one-place"
    if around.naming_siblings <= 4:
        yield "siblings.few-files"
    if around.naming_siblings >= 25:
        yield "siblings.many-files"
    for name, holds in (
        ("record", it.record >= 2),
        ("together", it.together >= 0.2),
        ("beside", it.beside >= 0.2),
        ("same-top", it.is_same_top),
        ("recent", 0 <= it.age_days < 30),
        ("stale", it.age_days < 0),
        ("test", it.place.is_test),
        ("docs", it.place.language == "docs"),
    ):
        if holds:
            yield f"siblings.and-{name}"
    if it.is_same_suffix and it.siblings >= 0.5:
        yield "sister.schema"
        if it.steps == 0:
            yield "sister.same-folder"
        if it.field >= 2:
            yield "sister.with-field"


def _field(it: FileFacts, around: Surroundings) -> Iterator[str]:
    passage, kind = it.passage, around.kind
    if passage:
        if passage.field_near:
            yield "field.near"
            yield f"field.near-{kind}"
        yield from _steps("field.mentions", passage.field_mentions, 2, 5, 12)
    if it.field == 0:
        yield from _steps("field.parts", it.parts, 0.5, 1)
    elif it.field == 1:
        yield "field.inside"
    else:
        yield f"field.named-{kind}"
        if it.field == 3:
            yield "field.as-written"
        yield from _steps("field.rare", it.field_rarity, 0.3, 0.5, 0.7)
        if it.field_rarity >= 0.5:
            yield f"field.rare-{kind}"
        if not (passage and passage.field_near):
            yield "field.elsewhere"
        for name, holds in (
            ("siblings", it.siblings >= 0.25),
            ("record", it.record >= 2),
            ("together", it.together >= 0.2),
            ("few-files", around.naming_field <= 3),
            ("many-files", around.naming_field >= 30),
        ):
            if holds:
                yield f"field.and-{name}"


def _record(it: FileFacts, around: Surroundings) -> Iterator[str]:
    if it.record == 3:
        yield "record.as-written"
        yield from _steps("record.rare", it.record_rarity, 0.4, 0.6, 0.8)
    elif it.record:
        yield "record.styled" if it.record == 2 else "record.inside"
    if it.record >= 2 and it.together >= 0.2:
        yield "record.and-together"
    if it.passage:
        yield from _steps("record.mentions", it.passage.record_mentions, 1, 3, 8, 20)
        if it.passage.builds:
            yield "record.built"
            yield f"record.built-{around.kind}"
        if it.passage.defines:
            yield "record.defined"
            if it.siblings >= 0.3:
                yield "record.defined-with-siblings"
    if it.type_rarity:
        yield "type.named"
        yield from _steps("type.rare", it.type_rarity, 0.5, 0.75)


def _schema_name(it: FileFacts, around: Surroundings) -> Iterator[str]:
    if it.names_schema:
        yield "schema-file.named"
        yield from _steps("schema-file.rare", it.schema_rarity, 0.4, 0.6, 0.8)
    if it.passage and it.passage.imports:
        yield "schema-file.imported"


def _place(it: FileFacts, around: Surroundings) -> Iterator[str]:
    if it.is_twin:
        yield "path.same-file-name"
    if it.is_same_stem:
        yield "path.same-stem"
    yield from _steps("path.like-schema", it.stem_likeness, 0.3, 0.5, 0.75)
    yield from _steps("path.like-record", it.record_likeness, 0.3, 0.5, 0.75)
    yield from _steps("path.like-field", it.field_likeness, 0.5, 0.99)
    yield from _steps("path.names-record", it.folder_likeness, 0.5, 0.99)
    yield from _below("folder.steps", it.steps, 0, 1, 2, 4, 6)
    if it.is_same_top:
        yield "folder.same-top"
    if it.is_same_suffix:
        yield "language.as-schema"


def _past(it: FileFacts, around: Surroundings) -> Iterator[str]:
    yield from _steps("beside.rate", it.beside, 0.03, 0.1, 0.2, 0.35, 0.5)
    if not it.together_of:
        yield "together.no-past"
        return
    yield from _steps("together.weighted", it.together_weighted, 0.03, 0.08, 0.15, 0.3, 0.45, 0.6)
    if it.with_record_of:
        yield from _steps("record-past.rate", it.with_record, 0.1, 0.25, 0.4, 0.6)
        yield from _steps("record-past.count", it.with_record_count, 1, 2, 4)
        if it.with_record_of >= 3 and not it.with_record_count:
            yield "record-past.never"
    yield from _steps("together.rate", it.together, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7)
    yield from _steps("together.count", it.together_count, 2, 4, 8)
    if it.together_of <= 2 and it.together_count:
        yield "together.young"
    if it.together_of >= 6 and not it.together_count:
        yield "together.never"
    if it.together_count >= 2 and it.together >= 0.99 * around.together_max:
        yield "together.best"


def _activity(it: FileFacts, around: Surroundings) -> Iterator[str]:
    if it.age_days < 0:
        yield "activity.stale"
    else:
        yield from _below("activity.days", it.age_days, 2, 10, 30, 100, 300)
    yield from _steps("activity.in-30-days", it.touches_30, 2, 5)
    yield from _steps("activity.in-90-days", it.touches_90, 3, 10)


def _company(it: FileFacts, around: Surroundings) -> Iterator[str]:
    if it.passage:
        yield "read.whole"
    yield from _steps("kin.guess", it.kin, 1, 2, 3, 4)
    yield from _steps("company.names", it.names_likely, 2, 3)
    yield from _steps("company.named-by", it.named_by_likely, 2, 3)
    yield from _steps("company.pair", it.pair, 0.1, 0.25, 0.5)


def _language(it: FileFacts, around: Surroundings) -> Iterator[str]:
    place = it.place
    yield f"language.{place.language}"
    if place.is_test:
        is_code = place.language not in ("json", "data", "yaml", "text", "sql")
        yield "test.any"
        yield "test.code" if is_code else "test.fixture"
    if place.is_generated:
        yield "generated.any"
        for name, holds in (
            ("together", it.together >= 0.3),
            ("not-together", it.together_of >= 3 and it.together < 0.1),
            ("like-schema", it.is_same_stem or it.stem_likeness >= 0.5),
            ("siblings", it.siblings >= 0.8),
        ):
            if holds:
                yield f"generated.and-{name}"
    for name, holds in (
        ("frozen.copy", place.is_frozen),
        ("frozen.version-folder", place.is_versioned),
        ("fixture.folder", place.is_fixture),
        ("ritual.news", place.is_news),
        ("ritual.version-file", place.is_version_file),
        ("ritual.always", (place.is_news or place.is_version_file) and it.beside >= 0.3),
        ("size.over-30k", it.size_bytes >= 30_000),
        ("size.over-120k", it.size_bytes >= 120_000),
        ("size.under-500", it.size_bytes <= 500),
    ):
        if holds:
            yield name
