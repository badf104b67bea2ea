"""Records are read lightly: names, types' words and lines, whatever else the text holds."""

from __future__ import annotations

import pytest

from copilot.impact.shape_reader import shapes_in
from copilot.impact.shapes import Shape

PROTO = """\
syntax = "proto3";
// message Ghost { string no = 1; }
message Order {
  option deprecated = true;
  string id = 1; /* the key */
  repeated Line lines = 2 [packed = true];
  map<string, int64> totals = 3;
  oneof payment {
    string card = 4;
  }
  message Line { optional int32 amount = 1; }
  enum State { OPEN = 0; SHUT = 1; }
  reserved 9;
}
service Orders { rpc Get(Order) returns (Order) { option x = 1; } }
"""
AVRO = """\
{"type": "record", "name": "Order", "namespace": "shop", "fields": [
  {"name": "id", "type": "string"},
  {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
    {"name": "amount", "type": ["null", "long"]}]}}}
]}
"""
COLUMNS = """\
[
  {"name": "id", "type": "STRING", "mode": "REQUIRED"},
  {"name": "geo", "type": "RECORD", "fields": [
    {"name": "city", "type": "STRING"}
  ]},
]
"""
JSON_SCHEMA = """\
{
  // a comment that JSON does not know
  "properties": {
    "id": {"type": "string"},
    "geo": {"type": "object", "properties": {"city": {"type": ["null", "string"]}}}
  },
  "definitions": {"Line": {"properties": {"amount": {"type": "integer"}}}}
}
"""
PYTHON = """\
from dataclasses import dataclass

@dataclass
class Order:
    id: str
    amount: int = 0

    class Meta:
        table = "orders"

class Row(Base):
    __tablename__ = "rows"
    id = Column(Integer, primary_key=True)
    total = db.Column(db.Float)

SCHEMA = StructType([
    StructField("id", StringType()),
    StructField("city", StringType()),
])
Pair = TypedDict("Pair", {"left": int, "right": int})
"""

IN_A_STRING = '''\
order_schema = """
{
  "type": "record", "name": "Order", "namespace": "shop",
  "fields": [
    {"name": "id", "type": "long"},
    {"name": "city", "type": "string"}
  ]
}
"""
refund_schema = avro.loads("""{"type": "record", "name": "Refund", "fields": [
    {"name": "order_id", "type": "long"}]}""")
short = parse_schema(json.loads('{"type": "record", "name": "Short", "fields": [{"name": "only", "type": "int"}]}'))
greeting = "{fields}"
'''

AVDL = """\
protocol Orders {
  /** the order */
  record Order {
    string id;
    union { null, long } amount = null;
    array<string> tags;
  }
}
"""
SQL = """\
CREATE TABLE IF NOT EXISTS shop.orders (
  id BIGINT NOT NULL,
  `city` VARCHAR(20) DEFAULT 'x',
  PRIMARY KEY (id)
);
"""
GO = 'type Order struct {\n\tID string `json:"id"`\n\tAmount *int64\n}\n'
YAML = """\
fields:
- name: id
  type: STRING
- name: geo
  type: RECORD
  fields:
  - name: city
"""
YAML_SCHEMA = "properties:\n  id:\n    type: string\n  geo:\n    properties:\n      city:\n        type: string\n"


def told(shapes: tuple[Shape, ...]) -> dict[str, list[str]]:
    return {shape.name: [field.name for field in shape.fields] for shape in shapes}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "order.proto",
            PROTO,
            {"Order": ["id", "lines", "totals", "card"], "Order.Line": ["amount"], "Order.State": ["OPEN", "SHUT"]},
        ),
        ("order.avsc", AVRO, {"Order": ["id", "lines"], "Line": ["amount"]}),
        ("orders.json", COLUMNS, {"orders": ["id", "geo"], "orders.geo": ["city"]}),
        ("orders.json", JSON_SCHEMA, {"orders": ["id", "geo"], "orders.geo": ["city"], "orders.Line": ["amount"]}),
        (
            "models.py",
            PYTHON,
            {"Order": ["id", "amount"], "Row": ["id", "total"], "SCHEMA": ["id", "city"], "Pair": ["left", "right"]},
        ),
        ("schemas.py", IN_A_STRING, {"Order": ["id", "city"], "Refund": ["order_id"], "Short": ["only"]}),
        ("orders.avdl", AVDL, {"Order": ["id", "amount", "tags"]}),
        ("orders.sql", SQL, {"shop.orders": ["id", "city"]}),
        ("order.go", GO, {"Order": ["ID", "Amount"]}),
        ("orders.yaml", YAML, {"orders": ["id", "geo"], "orders.geo": ["city"]}),
        ("orders.yml", YAML_SCHEMA, {"orders": ["id", "geo"], "orders.geo": ["city"]}),
    ],
    ids=[
        "protobuf",
        "avro",
        "bigquery",
        "json-schema",
        "python",
        "avro-in-python",
        "avro-idl",
        "sql",
        "go",
        "yaml",
        "yaml-schema",
    ],
)
def test_records_and_their_fields_are_read(path: str, text: str, expected: dict[str, list[str]]) -> None:
    assert told(shapes_in(path, text)) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("order.proto", PROTO),
        ("order.avsc", AVRO),
        ("orders.json", COLUMNS),
        ("o.json", JSON_SCHEMA),
        ("m.py", PYTHON),
        ("s.py", IN_A_STRING),
        ("o.avdl", AVDL),
        ("o.sql", SQL),
        ("o.go", GO),
        ("o.yaml", YAML),
        ("o.yml", YAML_SCHEMA),
    ],
)
def test_every_field_stands_on_its_line(path: str, text: str) -> None:
    lines = text.split("\n")

    assert all(field.name in lines[field.line - 1] for shape in shapes_in(path, text) for field in shape.fields)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("broken.json", '{"properties": {"id": {"type": '),
        ("deep.json", '{"type": ' * 500),
        ("broken.proto", "message Order { string id = "),
        ("old.py", "print 'python 2'\nclass A: pass"),
        ("image.png", "PNG"),
        ("closed.json", '}]}"fields"'),
        ("broken.avdl", "record Order { string id; union {"),
        ("broken.sql", "create table x (id int, (((("),
        ("wide.java", "class A { " + "a b " * 5000 + "\n}"),
        ("odd.yaml", "properties:\n - name: x\n   properties:\n  y: 1\n- {}: {{ z }}\n"),
        ("empty.avsc", ""),
    ],
)
def test_what_is_broken_or_foreign_is_no_error(path: str, text: str) -> None:
    for cut in range(0, len(text), 7):
        found = shapes_in(path, text[:cut])

        assert all(field.line <= text.count("\n", 0, cut) + 1 for shape in found for field in shape.fields)


def test_a_template_among_the_json_hides_only_itself() -> None:
    text = '{"properties": {"id": @COMMON_ID@, "city": {"type": "string"}}}'

    assert told(shapes_in("order.schema.json", text)) == {"order": ["city"]}
