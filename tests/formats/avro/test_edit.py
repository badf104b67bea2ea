"""Edits of hand-written texts in many layouts: golden texts, and what must stay as it was."""

from __future__ import annotations

from typing import Any

import pytest

from copilot.domain.alternative import SchemaEdit
from copilot.domain.schema import SchemaVersion
from copilot.errors import SchemaUnreadable
from tests.formats.avro.arranging import FORMAT, edit, literal_in, source_of

TWO_SPACES = """{
  "type": "record",
  "name": "Order",
  "namespace": "shop",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "amount", "type": "double", "doc": "in whole units"}
  ]
}
"""
FOUR_SPACES_TALL = """{
    "type": "record",
    "name": "Order",
    "fields": [
        {
            "name": "id",
            "type": "string"
        },
        {
            "name": "tags",
            "type": [
                "null",
                "string"
            ],
            "default": null
        }
    ]
}
"""
TABS = '{\n\t"type": "record",\n\t"name": "Order",\n\t"fields": [\n\t\t{ "name": "id", "type": "long" }\n\t]\n}'
COMPACT = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"at","type":"int"}]}'
LEADING_COMMAS = """{ "type": "record"
, "name": "Order"
, "fields":
  [ { "name": "id", "type": "long" }
  , { "name": "at", "type": "int" }
  ]
}
"""
DOUBLE_QUOTED = """import fastavro

SCHEMA = fastavro.parse_schema({
    "type": "record",
    "name": "Order",  # kept short
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "amount", "type": "double"},  # whole units, see über.md
    ],
})
"""
SINGLE_QUOTED = """SCHEMA = {
    'type': 'record', 'name': 'Order',
    'fields': [
        {'name': 'id', 'type': 'string'},  # the key
        {'name': 'amount', 'type': ['null', 'double'], 'default': None}  # whole units
    ]
}
"""
IN_A_STRING = """SCHEMA = '''
{
  "type": "record",
  "name": "Order",
  "fields": [
    {"name": "id", "type": "string"}
  ]
}
'''
"""
NEW_FIELD = {"name": "note", "type": ["null", "string"], "default": None}
LAYOUTS = [TWO_SPACES, FOUR_SPACES_TALL, TABS, COMPACT, LEADING_COMMAS]


def changed(text: str, *edits: SchemaEdit) -> str:
    return FORMAT.edit(text, edits)


def test_a_field_is_added_the_way_its_neighbours_are_written() -> None:
    after = changed(TWO_SPACES, edit(TWO_SPACES, "add_field", value=NEW_FIELD))

    assert after == TWO_SPACES.replace(
        '"doc": "in whole units"}',
        '"doc": "in whole units"},\n    {"name": "note", "type": ["null", "string"], "default": null}',
    )


def test_a_field_is_added_over_several_lines_where_neighbours_are() -> None:
    after = changed(FOUR_SPACES_TALL, edit(FOUR_SPACES_TALL, "add_field", value=NEW_FIELD))

    assert (
        after
        == """{
    "type": "record",
    "name": "Order",
    "fields": [
        {
            "name": "id",
            "type": "string"
        },
        {
            "name": "tags",
            "type": [
                "null",
                "string"
            ],
            "default": null
        },
        {
            "name": "note",
            "type": [
                "null",
                "string"
            ],
            "default": null
        }
    ]
}
"""
    )


def test_tabs_padding_and_a_missing_last_line_end_stay() -> None:
    after = changed(TABS, edit(TABS, "add_field", value=NEW_FIELD))

    new = '\t\t{ "name": "note", "type": ["null", "string"], "default": null }\n'
    assert after == TABS.replace('"long" }\n', f'"long" }},\n{new}')


def test_compact_text_stays_compact() -> None:
    after = changed(COMPACT, edit(COMPACT, "add_field", value=NEW_FIELD))

    assert after == COMPACT.replace('"int"}]', '"int"},{"name":"note","type":["null","string"],"default":null}]')


def test_leading_commas_stay_leading() -> None:
    after = changed(LEADING_COMMAS, edit(LEADING_COMMAS, "add_field", value={"name": "note", "type": "string"}))

    assert after == LEADING_COMMAS.replace('"int" }\n', '"int" }\n  , { "name": "note", "type": "string" }\n')


def test_a_field_is_added_after_a_named_one() -> None:
    after = changed(TWO_SPACES, edit(TWO_SPACES, "add_field", value={"name": "x", "type": "int"}, name="id"))

    assert after == TWO_SPACES.replace('"string"},\n', '"string"},\n    {"name": "x", "type": "int"},\n')


def test_windows_line_ends_stay() -> None:
    text = FOUR_SPACES_TALL.replace("\n", "\r\n")

    after = changed(text, edit(text, "add_field", value=NEW_FIELD))

    assert after.count("\n") == after.count("\r\n")
    assert after.replace("\r\n", "\n") == changed(
        FOUR_SPACES_TALL, edit(FOUR_SPACES_TALL, "add_field", value=NEW_FIELD)
    )


def test_a_rename_with_an_alias_touches_one_line() -> None:
    after = changed(
        TWO_SPACES,
        edit(TWO_SPACES, "rename_field", "amount", "total"),
        edit(TWO_SPACES, "set_property", "amount", ["amount"], name="aliases"),
    )

    assert after == TWO_SPACES.replace(
        '{"name": "amount", "type": "double", "doc": "in whole units"}',
        '{"name": "total", "type": "double", "doc": "in whole units", "aliases": ["amount"]}',
    )


@pytest.mark.parametrize("text", LAYOUTS)
@pytest.mark.parametrize("name", ["", "id"])
def test_removing_what_was_added_gives_the_base_back(text: str, name: str) -> None:
    added = changed(text, edit(text, "add_field", value=NEW_FIELD, name=name))

    assert added != text
    assert changed(added, edit(added, "remove_field", "note")) == text


@pytest.mark.parametrize("text", [DOUBLE_QUOTED, SINGLE_QUOTED])
@pytest.mark.parametrize("name", ["", "id"])
def test_removing_what_was_added_gives_the_code_back(text: str, name: str) -> None:
    added = changed(text, edit(text, "add_field", value=NEW_FIELD, name=name, source=literal_in(text)))

    assert added != text
    assert changed(added, edit(added, "remove_field", "note", source=literal_in(added))) == text


def test_a_comment_stays_with_its_field_in_python() -> None:
    after = changed(DOUBLE_QUOTED, edit(DOUBLE_QUOTED, "add_field", value=NEW_FIELD, source=literal_in(DOUBLE_QUOTED)))

    assert after == DOUBLE_QUOTED.replace(
        "über.md\n", 'über.md\n        {"name": "note", "type": ["null", "string"], "default": None},\n'
    )


def test_single_quotes_and_pythons_words_are_kept() -> None:
    new = {"name": "it's", "type": "boolean", "default": True}

    after = changed(SINGLE_QUOTED, edit(SINGLE_QUOTED, "add_field", value=new, source=literal_in(SINGLE_QUOTED)))

    assert after == SINGLE_QUOTED.replace(
        "None}  # whole units\n",
        "None},  # whole units\n        {'name': 'it\\'s', 'type': 'boolean', 'default': True}\n",
    )


def test_the_last_field_goes_with_its_comment_and_the_comma_before_it() -> None:
    after = changed(SINGLE_QUOTED, edit(SINGLE_QUOTED, "remove_field", "amount", source=literal_in(SINGLE_QUOTED)))

    assert (
        after
        == """SCHEMA = {
    'type': 'record', 'name': 'Order',
    'fields': [
        {'name': 'id', 'type': 'string'}  # the key
    ]
}
"""
    )


def test_json_inside_a_python_string_is_edited_as_json() -> None:
    source = literal_in(IN_A_STRING, "python-string")

    after = changed(IN_A_STRING, edit(IN_A_STRING, "add_field", value=NEW_FIELD, source=source))

    assert '"string"},\n    {"name": "note", "type": ["null", "string"], "default": null}\n  ]' in after


def test_a_value_that_would_end_the_python_string_is_refused() -> None:
    source = literal_in(IN_A_STRING, "python-string")
    new = {"name": "note", "type": "string", "doc": "'''"}

    with pytest.raises(SchemaUnreadable, match="break the Python code"):
        changed(IN_A_STRING, edit(IN_A_STRING, "add_field", value=new, source=source))


def test_json_with_escapes_inside_a_python_string_is_refused() -> None:
    code = 'SCHEMA = "{\\"type\\": \\"string\\"}"\n'

    with pytest.raises(SchemaUnreadable, match="escape"):
        changed(code, edit(code, "remove_field", "x", source=literal_in(code, "python-string")))


def test_two_literals_of_one_file_are_edited_at_once() -> None:
    code = "A = {'type': 'record', 'name': 'A', 'fields': [{'name': 'é', 'type': 'int'}]}\n"
    code += 'B = {"type": "record", "name": "B", "fields": [{"name": "b", "type": "int"}]}\n'
    data = code.encode()
    half = data.index(b"B = ")
    first = literal_in(code[: code.index("B = ")])
    second = literal_in(code)
    second = type(second)(second.path, "", "", second.host, half + 4, second.end, second.span)

    after = changed(
        code,
        edit(code, "set_property", "é", 1, name="default", source=first),
        edit(code, "rename_field", "b", "c", source=second),
    )

    assert after == code.replace("'int'}", "'int', 'default': 1}").replace('{"name": "b"', '{"name": "c"')


def test_making_a_field_optional_keeps_the_text_of_its_type() -> None:
    text = """{"type": "record", "name": "A", "fields": [
  {"name": "place", "type": {
      "type":   "record", "name": "Place",
      "fields": [ {"name": "lat", "type": "double"} ]
  }}
]}
"""
    place = {"type": "record", "name": "Place", "fields": [{"name": "lat", "type": "double"}]}

    after = changed(
        text,
        edit(text, "set_type", "place", ["null", place]),
        edit(text, "set_property", "place", None, name="default"),
        edit(text, "rename_field", "lat", "latitude", record="Place"),
    )

    assert after == text.replace('"type": {\n', '"type": ["null", {\n').replace(
        "  }}\n", '  }], "default": null}\n'
    ).replace('"lat"', '"latitude"')


def test_making_a_field_required_keeps_the_text_of_its_type() -> None:
    text = """{"type": "record", "name": "A", "fields": [
  {"name": "tags", "type": ["null", {"type":  "array", "items": "string"}], "default": null}
]}"""

    after = changed(
        text,
        edit(text, "set_type", "tags", {"type": "array", "items": "string"}),
        edit(text, "remove_property", "tags", name="default"),
    )

    assert after == text.replace(
        '["null", {"type":  "array", "items": "string"}], "default": null', '{"type":  "array", "items": "string"}'
    )


ENUM = """{"type": "record", "name": "A", "fields": [
  {"name": "state", "type": ["null", {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}]},
  {"name": "states", "type": {"type": "array", "items": "State"}}
]}"""


@pytest.mark.parametrize("field", ["state", "states"])
def test_a_symbol_is_added_in_the_enum_that_the_type_holds_or_names(field: str) -> None:
    after = changed(
        ENUM, edit(ENUM, "add_symbol", field, "SENT"), edit(ENUM, "set_enum_property", field, "NEW", name="default")
    )

    assert after == ENUM.replace('["NEW", "PAID"]}', '["NEW", "PAID", "SENT"], "default": "NEW"}')
    assert changed(after, edit(after, "remove_symbol", field, "SENT")) == ENUM.replace(
        '["NEW", "PAID"]}', '["NEW", "PAID"], "default": "NEW"}'
    )


def test_removing_and_adding_at_the_end_of_one_list_fit_together() -> None:
    after = changed(
        TWO_SPACES,
        edit(TWO_SPACES, "remove_field", "amount"),
        edit(TWO_SPACES, "add_field", value={"name": "x", "type": "int"}),
    )

    assert after == TWO_SPACES.replace(
        '{"name": "amount", "type": "double", "doc": "in whole units"}', '{"name": "x", "type": "int"}'
    )


def test_all_fields_of_a_list_can_be_replaced() -> None:
    after = changed(
        COMPACT,
        edit(COMPACT, "remove_field", "id"),
        edit(COMPACT, "remove_field", "at"),
        edit(COMPACT, "add_field", value={"name": "x", "type": "int"}),
    )

    assert after == '{"type":"record","name":"Order","fields":[{"name":"x","type":"int"}]}'


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"action": "remove_field", "field": "nope"}, 'no field "nope"'),
        ({"action": "rename_field", "field": "id", "value": "amount"}, 'a field "amount" already'),
        ({"action": "add_field", "value": {"name": "id", "type": "int"}}, 'a field "id" already'),
        ({"action": "add_field", "value": {"name": "x"}}, "without a type"),
        ({"action": "set_type", "field": "id", "value": {"type": "enum", "name": "E"}}, "symbols"),
        ({"action": "set_type", "field": "id", "value": "strnig"}, 'leave "strnig" without a definition'),
        ({"action": "add_symbol", "field": "id", "value": "X"}, "holds no enum"),
        ({"action": "remove_field", "field": "id", "record": "shop.Other"}, 'record "shop.Other" is not defined'),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_with_a_reason(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(SchemaUnreadable) as caught:
        changed(TWO_SPACES, edit(TWO_SPACES, **entry))

    assert words in str(caught.value)


def test_a_definition_that_others_need_moves_to_the_first_of_them() -> None:
    after = changed(ENUM, edit(ENUM, "remove_field", "state"))

    assert (
        after
        == """{"type": "record", "name": "A", "fields": [
  {"name": "states", "type": {"type": "array", "items": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}}}
]}"""
    )


def test_a_definition_that_would_change_its_name_by_moving_is_not_lost() -> None:
    text = """{"type": "record", "name": "x.A", "fields": [
  {"name": "a", "type": {"type": "fixed", "name": "F", "size": 2}},
  {"name": "b", "type": {"type": "record", "name": "y.B", "fields": [{"name": "c", "type": "x.F"}]}}
]}"""

    with pytest.raises(SchemaUnreadable, match=r'leave "x\.F" without a definition'):
        changed(text, edit(text, "remove_field", "a"))


def test_an_enum_of_another_file_is_refused_with_its_name() -> None:
    text = '{"type": "record", "name": "A", "fields": [{"name": "state", "type": ["null", "shop.State"]}]}'

    with pytest.raises(SchemaUnreadable) as caught:
        changed(text, edit(text, "add_symbol", "state", "NEW"))

    assert 'Edit the file that defines "shop.State"' in str(caught.value)


def test_an_edited_text_is_read_as_the_change_says() -> None:
    after = changed(
        TWO_SPACES, edit(TWO_SPACES, "set_type", "amount", {"type": "bytes", "logicalType": "decimal", "precision": 9})
    )

    version = FORMAT.parse(after, literal_in(after, "file"), {})

    assert isinstance(version, SchemaVersion)
    assert [field.logical_type for field in version.fields] == ["", "decimal"]


SHARED = """{
  "type": "record",
  "name": "Order",
  "namespace": "shop",
  "fields": [
    {"name": "home", "type": {"type": "record", "name": "Address", "fields": [{"name": "city", "type": "string"}]}},
    {"name": "work", "type": ["null", "Address"], "default": null},
    {"name": "other", "type": "shop.Address"},
    {"name": "status", "type": {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"], "default": "NEW"}}
  ]
}
"""


def test_fields_change_places_and_keep_their_texts() -> None:
    after = edited(SHARED, "reorder_fields", value='["status", "home", "work", "other"]')

    assert after.index('"status"') < after.index('"home"') < after.index('"work"')
    assert sorted(after.replace("\n", "").replace(",", "")) == sorted(SHARED.replace("\n", "").replace(",", ""))


def test_a_type_can_not_be_moved_behind_its_use() -> None:
    with pytest.raises(SchemaUnreadable, match="used before it is defined"):
        edited(SHARED, "reorder_fields", value='["work", "home", "other", "status"]')


def test_a_new_order_has_to_name_every_field() -> None:
    with pytest.raises(SchemaUnreadable, match="what stands there is"):
        edited(SHARED, "reorder_fields", value='["home", "work"]')


def test_a_symbol_gets_another_name_and_the_default_follows() -> None:
    after = edited(SHARED, "rename_symbol", field="status", name="NEW", value='"OPEN"')

    assert '"symbols": ["OPEN", "PAID"], "default": "OPEN"' in after


def test_symbols_change_places() -> None:
    assert '["PAID", "NEW"]' in edited(SHARED, "reorder_symbols", field="status", value='["PAID", "NEW"]')


def test_an_inner_record_is_renamed_with_every_reference() -> None:
    after = edited(SHARED, "rename_type", record="shop.Address", value='"shop.Place"')

    assert '"name": "Place"' in after
    assert '["null", "Place"]' in after
    assert '"type": "shop.Place"' in after
    assert "Address" not in after


def test_another_namespace_takes_along_what_names_none_and_references_keep_their_meaning() -> None:
    after = edited(SHARED, "rename_type", record="shop.Order", value='"sales.Order"')

    assert '"namespace": "sales"' in after
    assert '["null", "Address"]' in after
    assert '"type": "sales.Address"' in after


def test_a_record_inside_gets_a_namespace_of_its_own_behind_its_name() -> None:
    after = edited(SHARED, "rename_type", record="shop.Address", value='"geo.Address"')

    assert '"name": "Address", "namespace": "geo", "fields"' in after
    assert '["null", "geo.Address"]' in after


def test_a_text_that_only_refers_to_the_type_follows() -> None:
    text = '{"type": "record", "name": "Parcel", "namespace": "shop", "fields": [{"name": "to", "type": "Address"}]}'

    assert '"type": "shop.Place"' in edited(text, "rename_type", record="shop.Address", value='"shop.Place"')


def test_a_property_of_a_named_type_is_set() -> None:
    after = edited(SHARED, "set_type_property", record="shop.Status", name="aliases", value='["State"]')

    assert '"default": "NEW", "aliases": ["State"]}' in after


def edited(text: str, action: Any, *, record: str = "", field: str = "", name: str = "", value: str = "") -> str:
    return FORMAT.edit(text, [SchemaEdit(source_of(text), action, record, field, name, value)])
