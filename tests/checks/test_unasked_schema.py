"""Which parts of a schema change though no edit is about them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from copilot.checks.unasked_schema import unasked_parts
from copilot.domain.alternative import SchemaEdit
from copilot.domain.schema import SchemaSource
from copilot.domain.source import Span

SOURCE = SchemaSource("order.avsc", "", "", "file", 0, 0, Span("order.avsc", 1, 1))
KIND = {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}
FIELDS: dict[str, Any] = {
    "id": {"name": "id", "type": "string"},
    "kind": {"name": "kind", "type": KIND},
    "item": {"name": "item", "type": {"type": "record", "name": "Item", "fields": [{"name": "qty", "type": "int"}]}},
}


def schema(**changed: dict[str, Any] | None) -> str:
    fields = [it for it in (FIELDS | changed).values() if it is not None]
    return json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": fields})


def edit(action: Any, field: str, value: Any = None, *, name: str = "", record: str = "shop.Order") -> SchemaEdit:
    return SchemaEdit(SOURCE, action, record, field, name, json.dumps(value))


DOC = edit("set_property", "id", "The id.", name="doc")
WITH_DOC = {"name": "id", "type": "string", "doc": "The id."}


@pytest.mark.parametrize(
    ("edits", "after"),
    [
        ([DOC], schema(id=WITH_DOC)),
        ([edit("add_field", "note")], schema(note={"name": "note", "type": "string"})),
        ([edit("remove_field", "item")], schema(item=None)),
        ([edit("rename_field", "id", "key")], schema(id={"name": "key", "type": "string"})),
        ([edit("add_symbol", "kind", "C")], schema(kind={"name": "kind", "type": KIND | {"symbols": ["A", "B", "C"]}})),
        ([edit("set_type", "id", "long")], schema(id={"name": "id", "type": "long"})),
    ],
)
def test_what_edits_ask_for_is_asked_for(edits: list[SchemaEdit], after: str) -> None:
    assert list(unasked_parts(edits, schema(), after)) == []


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (schema(id=WITH_DOC, kind=FIELDS["kind"] | {"doc": "?"}), ["doc of kind"]),
        (schema(id=WITH_DOC | {"default": ""}), ["default of id"]),
        (schema(id=WITH_DOC, item=None), ["item of shop.Order", "type shop.Item"]),
        (schema(id=WITH_DOC, more={"name": "more", "type": "int"}), ["more of shop.Order"]),
        (schema(id=WITH_DOC, kind={"name": "kind", "type": KIND | {"symbols": ["B"]}}), ["type shop.Kind"]),
        (schema(id=WITH_DOC).replace('"qty"', '"count"'), ["qty of shop.Item", "count of shop.Item"]),
        (schema(id=WITH_DOC).replace('"namespace": "shop"', '"namespace": "shop", "doc": "?"'), ["doc of shop.Order"]),
    ],
)
def test_what_no_edit_is_about_is_told_by_its_place(after: str, told: list[str]) -> None:
    assert sorted(unasked_parts([DOC], schema(), after)) == sorted(told)


def test_another_order_of_the_fields_is_told() -> None:
    turned = json.dumps({"type": "record", "name": "Order", "namespace": "shop", "fields": [*FIELDS.values()][::-1]})

    assert list(unasked_parts([DOC], schema(), turned)) == ["order of shop.Order"]
    assert list(unasked_parts([edit("reorder_fields", "", [])], schema(), turned)) == []


def test_a_text_that_is_no_json_is_left_to_the_check_of_syntax() -> None:
    assert list(unasked_parts([DOC], schema(), "{")) == []
