"""Edits of schema and code for one state, and the places that are left to a person because no edit fits them safely."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.domain import fieldtype
from copilot.domain.alternative import CodeAction, CodeEdit, Edit, NewFile, SchemaAction, SchemaEdit, TextEdit
from copilot.domain.mention import Mention
from copilot.domain.naming import is_test_path
from copilot.domain.operation import ChangeType, RenameField
from copilot.domain.pipeline import FieldUse, UseForm
from copilot.strategies.ground import Ground, Side, side_of

EITHER = ("subscript", "get", "attribute")
"""The forms of a read that can take the old field where a record has no new one."""
_ENTRIES = ("literal", "keyword", "subscript")
_FORMS: dict[str, tuple[str, ...]] = {
    "rename_key": ("subscript", "get", "literal", "keyword", "attribute", "column", "string"),
    "add_key": _ENTRIES,
    "add_converted": _ENTRIES,
    "remove_key": _ENTRIES,
    "set_value": _ENTRIES,
    "wrap_value": _ENTRIES,
    "read_default": ("subscript", "get"),
    "read_either": EITHER,
    "read_converted": ("subscript", "get"),
    "read_null": ("subscript", "get"),
    "read_upcast": ("subscript", "get"),
}
_BY_HAND = {
    "rename_key": "rename it by hand",
    "add_key": "write the new field here too, by hand",
    "add_converted": "write the new field here too, converted, by hand",
    "remove_key": "stop writing it, by hand",
    "set_value": "change the value that is written, by hand",
    "wrap_value": "convert the value that is written, by hand",
    "read_default": "make the read work without the field, by hand",
    "read_null": "say what null counts as, by hand",
    "read_upcast": "read the new name from the upcast record, by hand",
    "read_either": "read the new field, else the old one, by hand",
    "read_converted": "read the new field, converted back, by hand",
}


@dataclass(frozen=True, slots=True)
class ByHand:
    """A place that a person must see to: `text` is "path:line  what"."""

    side: Side
    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """What leads from the base to one state."""

    edits: tuple[Edit, ...] = ()
    by_hand: tuple[ByHand, ...] = ()

    def __add__(self, other: Work) -> Work:
        return Work(self.edits + other.edits, self.by_hand + other.by_hand)


def as_json(value: Any) -> str:
    """Returns JSON text as people write it on one line: keys in the order given, but a type begins with what it is."""
    return json.dumps(_type_first(value), ensure_ascii=False)


def _type_first(value: Any) -> Any:
    if isinstance(value, list):
        return [_type_first(item) for item in value]
    if not isinstance(value, dict):
        return value
    is_type = "logicalType" in value or value.get("type") in ("enum", "record", "fixed", "array", "map")
    first = [key for key in ("type", "name") if is_type and key in value and "default" not in value]
    return {key: _type_first(value[key]) for key in (*first, *(key for key in value if key not in first))}


def schema_work(
    ground: Ground, action: SchemaAction, *, field: str = "", name: str = "", value: str = "", record: str = ""
) -> Work:
    """Returns one schema edit for each place that holds the schema; `field` and `record` are the operation's unless given."""
    own, holder = field or ground.operation.field, record or ground.record
    return Work(tuple(SchemaEdit(place, action, holder, own, name, value) for place in ground.sources))


def set_type(ground: Ground, kind: Any) -> Work:
    """Gives the field another type; what speaks of the old one beside it, where Avro doesn't look, goes away."""
    work = schema_work(ground, "set_type", value=as_json(kind))
    for name in beside_type(ground, kind):
        work += remove_property(ground, name)
    return work


def beside_type(ground: Ground, kind: Any) -> tuple[str, ...]:
    """Returns the properties of the field that were meant for its old type, and would be wrong beside this one."""
    is_same = fieldtype.without_null(kind) == fieldtype.without_null(ground.kind)
    return () if is_same or "logicalType" not in ground.properties else ("logicalType", "precision", "scale")


def set_property(ground: Ground, name: str, value: Any) -> Work:
    """Sets a property of the field's object, unless it has that value already."""
    if ground.properties.get(name, ...) == value and type(ground.properties.get(name)) is type(value):
        return Work()
    return schema_work(ground, "set_property", name=name, value=as_json(value))


def remove_property(ground: Ground, name: str) -> Work:
    """Takes a property of the field's object away, where the latest version has it."""
    return schema_work(ground, "remove_property", name=name) if name in ground.properties else Work()


def default_given(ground: Ground) -> Work | None:
    """Gives the field a neutral default, null first where it can be null; None where there is no such value."""
    if fieldtype.is_nullable(ground.kind):
        ordered = fieldtype.null_first(ground.kind)
        order = set_type(ground, ordered) if ordered != ground.kind else Work()
        return order + set_property(ground, "default", None)
    try:
        return set_property(ground, "default", fieldtype.neutral_value(ground.kind))
    except ValueError:
        return None


def default_for_old_readers(ground: Ground) -> Work:
    """Gives a field that is to go a default first, where the level asks that old readers read new data.

    Only a field with a default can be dropped under FORWARD and FULL. Nothing where the level does not ask for it, the field has
    a default, or its type has no neutral value.
    """
    asked = ground.subject.compatibility.startswith(("FORWARD", "FULL"))
    return (default_given(ground) or Work()) if asked and not ground.has_default else Work()


def remove_default(ground: Ground) -> Work:
    """Takes the field's default away, where a place has one."""
    places = [place for place in ground.sources if (field := ground.field_at(place)) and field.default is not None]
    own = ground.operation.field
    return Work(tuple(SchemaEdit(place, "remove_property", ground.record, own, "default") for place in places))


def remove_aliases(ground: Ground) -> Work:
    """Takes the field's aliases away, where a place has some."""
    places = [place for place in ground.sources if (field := ground.field_at(place)) and field.aliases]
    own = ground.operation.field
    return Work(tuple(SchemaEdit(place, "remove_property", ground.record, own, "aliases") for place in places))


def add_field(ground: Ground, field: dict[str, Any], *, after: str = "") -> Work:
    """Adds a whole field object, at the end of the record or after a sibling."""
    return schema_work(ground, "add_field", field=str(field["name"]), name=after, value=as_json(field))


def new_file(path: str, schema: Any) -> Work:
    """Adds a schema file, laid out with two spaces."""
    return Work((NewFile(path, json.dumps(schema, indent=2, ensure_ascii=False) + "\n"),))


def code_work(
    ground: Ground, uses: Iterable[FieldUse], action: CodeAction, *, to: str = "", expression: str = ""
) -> Work:
    """Returns one code edit for each use whose form the action fits; other places, and other repositories, are left to a person."""
    edits: list[Edit] = []
    by_hand: list[ByHand] = []
    for use in uses:
        if action == "read_default" and _has_default(use):
            continue
        is_python = use.span.path.endswith(".py") and not ground.pipeline.is_foreign(use.span.path)
        if use.form in _FORMS[action] and is_python:
            edits.append(CodeEdit(use.span.path, use.offset, action, use.name, to, expression))
        else:
            by_hand.append(ByHand(side_of(use, ground.impact), _at(use, f"uses `{use.name}`: {_BY_HAND[action]}")))
    return Work(tuple(edits), tuple(by_hand))


def kept_renamed(ground: Ground, to: str) -> Work:
    """Gives records that tests keep as data the new name, once no code takes the old one; doubtful ones are a person's.

    Lines that hold uses are left out: whatever happens to those happens by the use.
    """
    kept = _kept(ground)
    sure = [it for it in kept if it.word and not ground.pipeline.is_foreign(it.span.path)]
    name = ground.operation.field
    edits = (TextEdit(it.span.path, it.span.first_line, it.word, it.word.replace(name, to)) for it in sure)
    rest = kept_notes(ground, f"rename it to `{to}` by hand where it is this field", sure)
    return Work(tuple(edits)) + rest


def kept_notes(ground: Ground, what: str, done: Sequence[Mention] = ()) -> Work:
    """Names the records that tests keep as data, but for those that are done."""
    name = ground.operation.field
    told = (f"{it.span}  keeps a record with `{name}`: {what}" for it in _kept(ground) if it not in done)
    return Work((), tuple(ByHand("consumers", text) for text in told))


def _kept(ground: Ground) -> list[Mention]:
    # What is mentioned for another operation is the name of a type or symbol, and no record.
    if not isinstance(ground.operation, RenameField | ChangeType):
        return []
    used = {(use.span.path, use.span.first_line) for use in (*ground.uses, *ground.doubtful)}
    return [it for it in ground.impact.mentions if (it.span.path, it.span.first_line) not in used]


def add_sibling(uses: Iterable[FieldUse], name: str, expression: str) -> Work:
    """Adds an entry with a literal value to the records that the uses build."""
    return Work(tuple(CodeEdit(use.span.path, use.offset, "add_key", use.name, name, expression) for use in uses))


def doubtful_work(ground: Ground, what: str, *sides: Side) -> Work:
    """Names the places that may use the field; they are never edited."""
    chosen = [use for use in ground.doubtful if not sides or side_of(use, ground.impact) in sides]
    told = (
        (
            use,
            f"names `{use.name}`, and the file can't be parsed" if use.form == "unparsed" else f"may use `{use.name}`",
        )
        for use in chosen
    )
    return Work((), tuple(ByHand(side_of(use, ground.impact), _at(use, f"{how}: {what}")) for use, how in told))


def notes_at(ground: Ground, uses: Iterable[FieldUse], what: str) -> Work:
    """Names certain uses for a person to look at, without an edit."""
    return Work((), tuple(ByHand(side_of(use, ground.impact), _at(use, f"uses `{use.name}`: {what}")) for use in uses))


def link_notes(ground: Ground, side: Side, what: str) -> Work:
    """Names, once a job, where a side meets the subject."""
    links = ground.impact.producers if side == "producers" else ground.impact.consumers
    seen: dict[str, ByHand] = {}
    for link in links:
        place = str(link.proof[0]) if link.proof else link.job
        seen.setdefault(link.job, ByHand(side, f"{place}  {link.job}: {what}"))
    return Work((), tuple(seen.values()))


def producer_notes(ground: Ground, what: str) -> Work:
    """Names where each producer writes the field, or builds the record, or at least meets the subject.

    A record may be built in one place, by one line a field, or by names that reading can't see, such as those of a comprehension.
    """
    own = [use for use in writes(ground) if not use.is_test]
    jobs = {link.job for link in ground.impact.producers}
    built = record_builds(ground, jobs - {use.job for use in own})
    built += record_builds(ground, jobs - {use.job for use in (*own, *built)}, ("subscript", "attribute"))
    seen = {use.job for use in (*own, *built)}
    notes = [ByHand("producers", _at(use, f"writes `{use.name}`: {what}")) for use in own]
    notes += [ByHand("producers", _at(use, f"builds the record: {what}")) for use in built]
    spots = [it for it in ground.impact.blind_spots if it.job in jobs - seen and not is_test_path(it.span.path)]
    notes += [ByHand("producers", f"{it.span}  may build the record ({it.reason}): {what}") for it in spots]
    seen |= {it.job for it in spots}
    left = {note.text: note for note in link_notes(ground, "producers", what).by_hand}
    for link in ground.impact.producers:
        if link.job not in seen:
            notes += [note for text, note in left.items() if f"  {link.job}: " in text]
    return Work((), tuple(dict.fromkeys(notes)))


def is_of_record(use: FieldUse, ground: Ground) -> bool:
    """Tells whether a use is likely one of the record that the field lies in: of the field itself, or of one beside it."""
    parent = ground.impact.path[: -len(ground.operation.field)]
    is_beside = use.path.startswith(parent) and "." not in use.path[len(parent) :]
    return is_beside and use.subject == ground.subject.name and use.certainty != "possible"


def record_builds(
    ground: Ground, jobs: set[str], forms: tuple[UseForm, ...] = ("literal", "keyword")
) -> tuple[FieldUse, ...]:
    """Returns where those jobs build the record: the writes of the one sibling that is written most often, tests left out."""
    found: dict[str, dict[tuple[str, int], FieldUse]] = {}
    for use in ground.pipeline.uses:
        builds = use.form in forms and use.is_write and use.job in jobs
        if builds and is_of_record(use, ground) and not ground.pipeline.is_foreign(use.span.path):
            found.setdefault(use.path, {}).setdefault((use.span.path, use.offset), use)
    real = [path for path, uses in found.items() if any(not use.is_test for use in uses.values())]
    if not real:
        return ()
    best = min(real, key=lambda path: (-len(found[path]), path))
    return tuple(found[best][place] for place in sorted(found[best]) if not found[best][place].is_test)


def writes(ground: Ground) -> tuple[FieldUse, ...]:
    """Returns where producers, their tests included, write the field."""
    return tuple(use for use in ground.uses_by("producers") if use.is_write)


def reads(ground: Ground) -> tuple[FieldUse, ...]:
    """Returns where consumers read the field; records that their tests build are not reads."""
    return tuple(use for use in ground.uses_by("consumers") if not use.is_write)


def reads_stopped(ground: Ground) -> Work:
    """Lets reads of consumers work without the field: with its default, or with null where code knows null already.

    A place that compares or computes with a value which never was null would only fail later, so it is left to a person.
    """
    value = fieldtype.python_literal(ground.default if ground.has_default else None)
    is_foreseen = value != "None" or fieldtype.is_nullable(ground.kind)
    own = reads(ground)
    breaking = [
        use for use in own if not is_foreseen and not use.is_test and use.mode in ("compares", "computes", "keys")
    ]
    edited = [use for use in own if use not in breaking]
    told = [use for use in edited if not use.is_test]
    work = code_work(ground, edited, "read_default", expression=value)
    work += notes_at(ground, breaking, "do without it, by hand")
    return work + notes_at(
        ground, told, f"gets {value} from every record without the field, see what is left to do here"
    )


def built_by_consumers(ground: Ground) -> tuple[FieldUse, ...]:
    """Returns the records that consumers, or their tests, build or hand on with the field."""
    return tuple(use for use in ground.uses_by("consumers") if use.is_write)


def _is_computed(use: FieldUse) -> bool:
    """Tells whether the value written at a use may be a call, as far as its line shows."""
    return "(" in use.excerpt.rpartition(use.name)[2]


def written_twice(ground: Ground, to: str, conversion: str = "") -> Work:
    """Lets producers write a second field with the same value, or what `conversion` makes of it; in their tests only plain ones.

    A test's record with a computed value (`random()`) would hold two different ones, so it is left to a person.
    """
    own = [use for use in writes(ground) if not (use.is_test and _is_computed(use))]
    rest = [use for use in writes(ground) if use not in own]
    work = code_work(ground, own, "add_converted" if conversion else "add_key", to=to, expression=conversion)
    return work + notes_at(ground, rest, f"write `{to}` here too, by hand")


def _has_default(use: FieldUse) -> bool:
    """Tells whether a read gives a default of its own already: `rec.get("a", 0)`."""
    return use.form == "get" and re.search(rf"""(['"]){re.escape(use.name)}\1\s*,""", use.excerpt) is not None


def _at(use: FieldUse, what: str) -> str:
    return f"{use.span.path}:{use.span.first_line}  {what}"
