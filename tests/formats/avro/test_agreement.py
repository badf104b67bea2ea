"""The short cut before the decoders' models: it never says yes where one of them, or a registry, has something to say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from copilot.formats.avro.agreement import all_read
from copilot.formats.avro.edits import field, record
from copilot.formats.avro.model import FINE
from copilot.formats.avro.model_apache import ApacheModel
from copilot.formats.avro.model_avsc import AvscModel, first_bad_default
from copilot.formats.avro.model_fastavro import FastavroModel
from copilot.formats.avro.model_java import JavaModel
from copilot.formats.avro.rules import Walk
from copilot.formats.avro.strict import InvalidSchema, read_value
from copilot.formats.avro.types import Type
from tests.formats.avro.edits import EDITS, Edit
from tests.formats.avro.generated import SYMBOLS, fields, records


def is_undisputed(reader: Type, writer: Type) -> bool:
    """What the short cut stands for, asked of everyone."""
    models = (JavaModel(reader), ApacheModel(), FastavroModel(), AvscModel())
    return (
        Walk(as_registry=True).reasons(reader, writer, "") == ()
        and first_bad_default(reader) is None
        and first_bad_default(writer) is None
        and all(model.outcome(writer, reader) == FINE for model in models)
    )


def assert_proved(reader: Any, writer: Any) -> bool:
    graphs = read_value(reader), read_value(writer)
    is_short = all_read(*graphs)
    assert is_undisputed(*graphs) or not is_short
    return is_short


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
        edit = draw(st.sampled_from(("add", "drop", "wrap", "default", "name")))
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
