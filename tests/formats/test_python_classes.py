"""Records that typed classes stand for; the expected schemas are those that dataclasses-avroschema 0.71.1 gives, less doc texts."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from copilot.formats.json_text import InvalidText, plain
from copilot.formats.python_classes import fold_class

HEAD = """
import enum
from dataclasses import dataclass, field
from dataclasses_avroschema import AvroModel, types

class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"

@dataclass
class Item(AvroModel):
    number: int
    count: int = 1

"""


def folded(body: str, name: str = "Order", bases: str = "AvroModel") -> dict[str, Any]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"{HEAD}@dataclass\nclass {name}({bases}):\n{lines}"
    node = next(it for it in ast.parse(text).body if isinstance(it, ast.ClassDef) and it.name == name)
    start = sum(len(line) for line in text.splitlines(keepends=True)[: node.lineno - 1])
    tree = fold_class(text, start, len(text) - 1)
    assert tree is not None
    result: dict[str, Any] = plain(tree)
    return result


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("str", {"type": "string"}),
        ("int", {"type": "long"}),
        ("types.Int32", {"type": "int"}),
        ("datetime.datetime", {"type": {"type": "long", "logicalType": "timestamp-millis"}}),
        ("uuid.UUID", {"type": {"type": "string", "logicalType": "uuid"}}),
        ("typing.List[str]", {"type": {"type": "array", "items": "string"}}),
        ("tuple[str, ...]", {"type": {"type": "array", "items": "string"}}),
        ("dict[str, float]", {"type": {"type": "map", "values": "double"}}),
        ("typing.Optional[str]", {"type": ["string", "null"]}),
        ("typing.Optional[str] = None", {"type": ["null", "string"], "default": None}),
        ("str | None = 'x'", {"type": ["string", "null"], "default": "x"}),
        ("typing.Union[int, str] = 'x'", {"type": ["string", "long"], "default": "x"}),
        (
            "typing.List[str] = field(default_factory=list)",
            {"type": {"type": "array", "items": "string"}, "default": []},
        ),
        ("int = field(default=-7)", {"type": "long", "default": -7}),
        ("'Item'", {"type": {"type": "record", "name": "Item"}}),
        (
            "Colour = Colour.BLUE",
            {"type": {"type": "enum", "name": "Colour", "symbols": ["red", "blue"]}, "default": "blue"},
        ),
    ],
)
def test_a_typed_field_is_one_of_avro(annotation: str, expected: dict[str, Any]) -> None:
    [found] = folded(f"it: {annotation}")["fields"]
    if isinstance(found["type"], dict):
        found["type"].pop("fields", None)

    assert found == {"name": "it", **expected}


def test_a_class_that_comes_again_is_named() -> None:
    first, second = folded("first: Item\nothers: typing.List[Item]")["fields"]

    assert [field["name"] for field in first["type"]["fields"]] == ["number", "count"]
    assert second["type"] == {"type": "array", "items": "Item"}


def test_fields_of_a_base_come_first_and_what_is_no_field_is_left_out() -> None:
    body = "limit: ClassVar[int] = 3\n_cache: int = 0\nnote: str\nclass Meta:\n    namespace = 'shop'\n    schema_name = 'Line'"

    found = folded(body, bases="Item")

    assert (found["namespace"], found["name"]) == ("shop", "Line")
    assert [field["name"] for field in found["fields"]] == ["number", "count", "note"]


@pytest.mark.parametrize(
    ("body", "bases"),
    [
        ("it: Money", "AvroModel"),
        ("it: int = next_number()", "AvroModel"),
        ("it: typing.List[str] = field(default_factory=names)", "AvroModel"),
        ("it: int", "shop.Base"),
        ("it: typing.Optional[()]", "AvroModel"),
        ("it: typing.Annotated[()]", "AvroModel"),
        ("it: typing.Union[()]", "AvroModel"),
        (f"it: '{'-' * 50_000}1'", "AvroModel"),
    ],
)
def test_what_this_file_does_not_tell_is_refused(body: str, bases: str) -> None:
    with pytest.raises(InvalidText, match=r"is a (type|default|base)|makes a default|(is|names) no type"):
        folded(body, bases=bases)
