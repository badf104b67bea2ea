"""The short cut before the decoders' models: it never says yes where one of them, or a registry, has something to say.

Where it leaves out what is known to be fine, or answers for all of them, they say what they would say if they looked at everything.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from copilot.formats.avro.agreement import Agreement
from copilot.formats.avro.edits import field, record
from copilot.formats.avro.judge import judge
from copilot.formats.avro.model import FINE, Outcome, first_refused_default
from copilot.formats.avro.model_apache import ApacheModel
from copilot.formats.avro.model_avsc import AvscModel, takes_default
from copilot.formats.avro.model_fastavro import FastavroModel, accepts_default
from copilot.formats.avro.model_java import JavaModel
from copilot.formats.avro.rules import Walk
from copilot.formats.avro.strict import InvalidSchema, read_value
from copilot.formats.avro.types import Type
from tests.formats.avro.edits import EDITS, Edit
from tests.formats.avro.generated import SYMBOLS, fields, records

LEVELS = ("yes", "wrong-value", "no")


def refusing(*schemas: Type) -> list[str]:
    """Who refuses one of the schemas for a default."""
    taken = {"avsc": takes_default, "fastavro": accepts_default}
    return [name for name, takes in taken.items() if any(first_refused_default(it, takes) for it in schemas)]


def is_undisputed(reader: Type, writer: Type) -> bool:
    """What the short cut stands for, asked of everyone."""
    models = (JavaModel(writer, reader), ApacheModel(), FastavroModel(), AvscModel())
    return (
        Walk(as_registry=True).reasons(reader, writer, "") == ()
        and not refusing(reader, writer)
        and all(model.outcome(writer, reader) == FINE for model in models)
    )


def all_read(reader: Type, writer: Type) -> bool:
    return Agreement(reader, writer).is_whole


def assert_proved(reader: Any, writer: Any) -> bool:
    graphs = read_value(reader), read_value(writer)
    is_short = all_read(*graphs)
    assert is_undisputed(*graphs) or not is_short
    assert_same_words(reader, writer, *graphs)
    return is_short


def assert_same_words(reader: Any, writer: Any, new: Type, old: Type) -> None:
    """What is said of a pair is what rules and models say that look at all of it."""
    outcomes: dict[str, Outcome] = {}
    if reader != writer:
        outcomes = {
            model.name: model.outcome(old, new)
            for model in (JavaModel(old, new), ApacheModel(), FastavroModel(), AvscModel())
        }
    for name in refusing(new, old):
        outcomes.pop(name, None)

    verdict = judge(reader, writer)

    reasons = dict.fromkeys(Walk(as_registry=True).reasons(new, old, ""))
    assert [it[:4] for it in verdict.reasons] == list(reasons)
    for it in verdict.decoders:
        told = outcomes.get(it.decoder, Outcome(LEVELS.index(it.reads), it.path, it.note))
        assert (told.level, told.path, told.note) == (LEVELS.index(it.reads), it.path, it.note)


def inside(schema: Any) -> list[Any]:
    """The records and enums of a schema, outermost first."""
    if isinstance(schema, list):
        return [found for branch in schema for found in inside(branch)]
    if not isinstance(schema, dict):
        return []
    below = [entry["type"] for entry in schema.get("fields", ())] + [schema.get("items"), schema.get("values")]
    own = [schema] if schema["type"] in ("record", "enum") else []
    return own + [found for part in below for found in inside(part)]


@st.composite
def edited(draw: st.DrawFn) -> tuple[Any, Any]:
    """A schema, and one that differs from it by a few small edits at any depth, valid or not."""
    old = draw(records(has_logical=True))
    new = json.loads(json.dumps(old))
    for _ in range(draw(st.integers(0, 3))):
        part = draw(st.sampled_from(inside(new)))
        edit = draw(st.sampled_from(("add", "drop", "wrap", "default", "name", "type")))
        if part["type"] == "enum":
            part["symbols"] = draw(st.permutations(SYMBOLS))[: draw(st.integers(1, 4))]
            part.pop("default", None)
        elif edit == "add":
            added = draw(fields("e", "Added", 1, True))
            part["fields"] = [*(one for one in part["fields"] if one["name"] != "e"), added]
        elif edit == "name":
            part["namespace"] = draw(st.sampled_from(("", "other")))
        elif part["fields"]:
            entry = draw(st.sampled_from(part["fields"]))
            if edit == "drop":
                part["fields"].remove(entry)
            elif edit == "type":
                entry["type"] = draw(st.sampled_from(("string", "int", ["null", "int"], ["string", "null"])))
                entry.pop("default", None)
            elif edit == "default":
                entry["default"] = draw(st.sampled_from((None, 1, 1.5, "s", [], {}, "A")))
            elif not isinstance(entry["type"], list) and entry["type"] != "null":
                entry["type"] = draw(st.permutations(["null", entry["type"]]))
    return old, new


@settings(max_examples=400, deadline=None)
@given(edited())
def test_the_short_cut_is_taken_only_where_everyone_agrees(pair: tuple[Any, Any]) -> None:
    for reader, writer in (pair, pair[::-1], (pair[0], pair[0]), (pair[1], pair[1])):
        try:
            event(f"short cut: {assert_proved(reader, writer)}")
        except InvalidSchema:
            event("invalid")


@settings(max_examples=100, deadline=None)
@given(records(has_logical=True), records(has_logical=True))
def test_two_schemas_that_share_names_are_answered_alike(one: Any, other: Any) -> None:
    event(f"short cut: {assert_proved(one, other)}")


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_on_which_readers_differ_takes_no_short_cut(edit: Edit) -> None:
    assert_proved(edit.new, edit.old)
    assert_proved(edit.old, edit.new)


TREE = record(field(["null", "shop.Order"], "child", default=None), field("string", "id"))


@pytest.mark.parametrize(
    ("reader", "writer"),
    [
        (TREE, TREE),
        (record(*TREE["fields"], field(["null", "string"], "more", default=None)), TREE),
        (TREE, record(*TREE["fields"], field("string", "more"))),
        (record(field("long"), field("int", "b", default=0)), record(field("int"))),
        (record(field(["null", "string"])), record(field("string"))),
    ],
)
def test_the_commonest_edits_take_the_short_cut(reader: Any, writer: Any) -> None:
    graphs = read_value(reader), read_value(writer)

    assert all_read(*graphs)
    assert is_undisputed(*graphs)


def test_aliases_of_a_field_that_the_data_lacks_are_left_to_the_models() -> None:
    inner = {"type": "record", "name": "In", "aliases": ["shop.Order"], "fields": []}
    old = record(field("int"))

    assert not all_read(read_value(record(field("int"), field(inner, "b", default={}))), read_value(old))


PLAIN = (field("string", "a"), field(["null", "int"], "b", default=None), field("long", "c", default=0))


@pytest.mark.parametrize(
    "fields",
    [
        (field("int", "a"), *PLAIN[1:]),
        (*PLAIN, field("int", "d")),
        (PLAIN[0], field("int", "b"), PLAIN[2]),
        (field("int", "d"), field("boolean", "c"), field("int", "a")),
        (field(["null", "int"], "a"), field("string", "b")),
        (field({"type": "fixed", "name": "F", "size": 2, "aliases": ["G"]}, "a"), field("int", "d")),
        (field("int", "a", aliases=["c"]), *PLAIN[1:]),
        (field(["int", "null"], "a", default=None), *PLAIN[1:]),
        (field("bytes", "a"), field("boolean", "c")),
    ],
)
def test_refusals_are_told_alike_with_and_without_a_short_cut(fields: tuple[Any, ...]) -> None:
    new, old = record(*fields), record(*PLAIN)
    outer = field(["null", new], "x"), field(["null", old], "x")

    assert_proved(new, old)
    assert_proved(old, new)
    assert_proved(record(field(new, "x"), name="Out"), record(field(old, "x"), name="Out"))
    assert_proved(record(outer[0], name="Out"), record(outer[1], name="Out"))


def test_fields_that_are_written_alike_are_told_apart_where_their_defaults_differ() -> None:
    true, one = record(field("boolean", default=True)), record(field("boolean", default=1))

    assert judge(true, true).compatible is True
    assert "default 1 is no boolean" in judge(true, one).error
