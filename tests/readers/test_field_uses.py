"""Where a job's code uses the fields of its records: what it makes itself, hands on under a key, or tests."""

from __future__ import annotations

import pytest

from copilot.domain.pipeline import FieldUse
from tests.readers.sockets import map_of

SCHEMA = '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "amount", "type": "int"}]}'
HEAD = "import fastavro, io\nfrom confluent_kafka import Producer\n"
TAIL = """
SCHEMA = fastavro.schema.load_schema("order.avsc")
def put(p: Producer, topic, record, key):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, SCHEMA, record)
    p.produce(topic, out.getvalue(), key=key)
"""


def uses_of(texts: dict[str, str], path: str = "id") -> list[FieldUse]:
    """Returns the uses of a field of Order in the files of a job in `app/`."""
    return [use for use in map_of({"app/order.avsc": SCHEMA, "app/Dockerfile": "", **texts}).uses if use.path == path]


@pytest.mark.parametrize(
    "key",
    [
        'order["id"]',
        'order["id"].encode()',
        'str(order["id"])',
        "f\"{order['id']}-1\"",
        'order.get("id").lower().encode()',
    ],
)
def test_what_a_message_is_keyed_by_is_a_key_in_whatever_form(key: str) -> None:
    code = TAIL + f'def run(p: Producer, order):\n    put(p, "orders", order, key={key})\n'

    modes = {use.mode for use in uses_of({"app/main.py": HEAD + code})}

    assert modes == {"keys"}


def test_a_text_that_is_compared_in_another_form_is_compared() -> None:
    code = (
        TAIL
        + 'def run(p: Producer, order):\n    if order["id"].lower() == "x":\n        put(p, "orders", order, None)\n'
    )

    (use,) = uses_of({"app/main.py": HEAD + code})

    assert use.mode == "compares"


TWO = """
def made(row):
    order = {"id": row["no"], "amount": 1}
    return order, {"other": 2}
"""
RUN = """
def run(p: Producer, send, row):
    order, other = made(row)
    print(order["id"])
    put(p, "orders", order, None)
"""


def test_records_that_come_back_together_are_told_apart() -> None:
    uses = uses_of({"app/main.py": HEAD + TAIL + TWO + RUN})

    assert [(use.mode, use.certainty) for use in uses] == [("passes", "certain"), ("reads", "certain")]


def test_records_that_come_back_together_from_another_file_are_told_apart() -> None:
    uses = uses_of({"app/making.py": TWO, "app/main.py": HEAD + "from making import made\n" + TAIL + RUN})

    assert [(use.mode, use.certainty) for use in uses] == [("reads", "certain"), ("passes", "certain")]


def test_a_name_read_from_a_dict_that_looks_like_a_record_is_its_field() -> None:
    code = (
        'import json\nSCHEMA = fastavro.schema.load_schema("order.avsc")\n'
        'def run(p: Producer, encode):\n    made = {"id": "1", "amount": 2}\n    print(made["id"])\n'
        '    p.produce("orders", encode(made, SCHEMA))\n'
        "def bytes_of(record):\n    out = io.BytesIO()\n    fastavro.schemaless_writer(out, SCHEMA, record)\n"
        '    Producer({}).produce("orders", out.getvalue())\n'
        'def other():\n    table = {"id": 1, "x": 2, "y": 3, "z": 4}\n    print(table["id"])\n'
    )

    uses = uses_of({"app/main.py": HEAD + code})

    assert [(use.mode, use.certainty, use.span.first_line) for use in uses if use.mode == "reads"] == [
        ("reads", "likely", 7)
    ]


def test_tests_in_a_folder_of_their_own_are_of_the_job_that_they_import() -> None:
    main = HEAD + TAIL + 'def run(p: Producer, order):\n    put(p, "orders", order, order["id"])\n'
    other = 'import json\ndef work():\n    print("kafka")\n'
    order = 'ORDER = {"id": "1", "amount": 2}\n'
    uses = uses_of(
        {
            "app/main.py": main,
            "lib/pyproject.toml": "",
            "lib/work.py": other,
            "lib/tests/test_work.py": "from lib import work\n" + order,
            "tests/unit/samples.py": order,
            "tests/unit/test_main.py": "from app.main import run\nfrom tests.unit.samples import ORDER\n" + order,
            "tests/unit/test_else.py": order,
        }
    )

    assert {use.span.path for use in uses if use.is_test} == {"tests/unit/test_main.py"}


def test_a_class_that_looks_like_a_record_declares_its_fields() -> None:
    code = (
        "from dataclasses import dataclass\n@dataclass\nclass Order:\n    id: str\n    amount: int\n"
        "@dataclass\nclass Place:\n    id: str\n    street: str\n    town: str\n    zip: str\n"
    )

    uses = uses_of(
        {"app/main.py": HEAD + code + TAIL + 'def run(p: Producer, order):\n    put(p, "orders", order, None)\n'}
    )

    assert [(use.form, use.certainty, use.span.first_line) for use in uses] == [("attribute", "likely", 6)]


MODEL = """
import dataclasses
@dataclasses.dataclass
class Order:
    id: str
    amount: int
    @classmethod
    def of(cls, row):
        return cls(id=row["no"], amount=1)
    def to_dict(self):
        return {"id": self.id, "amount": self.amount}
class Other:
    def to_dict(self):
        return {"id": 1, "x": 2, "y": 3}
"""


def test_a_module_of_others_says_what_is_made_and_declared_as_the_record() -> None:
    script = HEAD + "from models.order import Order\n" + TAIL
    script += 'if __name__ == "__main__":\n    put(Producer({}), "orders", Order.of({}).to_dict(), None)\n'
    texts = {"scripts/send.py": script, "models/order.py": MODEL, "scripts/order.avsc": SCHEMA}

    uses = [use for use in map_of(texts).uses if use.path == "id" and use.span.path == "models/order.py"]

    assert [(use.mode, use.form, use.span.first_line) for use in uses] == [
        ("reads", "attribute", 5),
        ("writes", "keyword", 9),
        ("writes", "literal", 11),
    ]


def test_what_an_object_is_made_with_is_of_the_record_that_it_looks_like() -> None:
    schema = (
        '{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "lines", "type":'
        ' {"type": "array", "items": {"type": "record", "name": "Line", "fields": [{"name": "id", "type": "int"},'
        ' {"name": "sku", "type": "string"}, {"name": "count", "type": "int"}]}}}]}'
    )
    code = TAIL + 'def run(p: Producer, put_on):\n    put_on(Thing(id=1, sku="a", count=2))\n'

    uses = map_of({"app/Dockerfile": "", "app/order.avsc": schema, "app/main.py": HEAD + code}).uses

    assert [(use.path, use.certainty) for use in uses if use.path.endswith("id")] == [("lines[].id", "likely")]


def test_keys_that_a_pattern_asks_of_a_record_are_uses() -> None:
    code = TAIL + "def run(p: Producer, order):\n    match order:\n        case {'id': 'x', 'amount': amount}:\n"
    code += '            put(p, "orders", order, None)\n'
    main = {"app/main.py": HEAD + code}

    assert [(use.mode, use.certainty) for use in uses_of(main)] == [("compares", "certain")]
    assert [(use.mode, use.certainty) for use in uses_of(main, "amount")] == [("reads", "certain")]


KEEP = TAIL + 'def keep(p: Producer, order):\n    put(p, "orders", {"id": order, "amount": 1}, None)\n'
PROFILES = (
    'import json\ndef tell(p: Producer, order):\n    record = {RECORD}\n    p.produce("profiles", json.dumps(record))\n'
)


def told(record: str) -> list[tuple[str, str]]:
    """Returns what is said of `id` in the file that sends a record as JSON to a topic of its own."""
    code = HEAD + PROFILES.replace("{RECORD}", record)
    uses = uses_of({"app/main.py": HEAD + KEEP, "app/tell.py": code})
    return [(use.mode, use.certainty) for use in uses if use.span.path == "app/tell.py"]


def test_a_record_sent_as_json_to_another_topic_is_no_more_than_possibly_of_the_subject() -> None:
    assert told('{"id": order, "amount": 1}') == [("writes", "possible")]


def test_a_record_sent_as_json_to_another_topic_and_unlike_the_subject_does_not_use_it() -> None:
    assert told('{"id": order, "name": "", "street": "", "town": ""}') == []


def test_what_is_received_as_json_from_another_topic_is_no_more_than_possibly_of_the_subject() -> None:
    reading = (
        "import fastavro, io, json\nfrom confluent_kafka import Consumer\n"
        'SCHEMA = fastavro.schema.load_schema("order.avsc")\n'
        'def orders(c: Consumer):\n    c.subscribe(["orders"])\n'
        "    order = fastavro.schemaless_reader(io.BytesIO(c.poll(1).value()), SCHEMA)\n    print(order['id'])\n"
    )
    profiles = (
        "import json\nfrom confluent_kafka import Consumer\n"
        'def profiles(c: Consumer):\n    c.subscribe(["profiles"])\n'
        "    record = json.loads(c.poll(1).value())\n    print(record['id'])\n"
    )

    uses = uses_of({"app/main.py": reading, "app/profiles.py": profiles})

    assert [(use.span.path, use.certainty) for use in uses] == [
        ("app/main.py", "certain"),
        ("app/profiles.py", "possible"),
    ]


def test_a_dict_most_of_whose_names_are_no_fields_is_not_likely_a_record_by_what_it_is_called() -> None:
    code = 'def tell(send):\n    record = {"id": 1, "name": "", "street": "", "town": ""}\n    send(record)\n'
    alike = 'def tell(send):\n    record = {"id": 1, "amount": 1, "street": ""}\n    send(record)\n'

    unlike = uses_of({"app/main.py": HEAD + KEEP, "app/tell.py": code})
    known = uses_of({"app/main.py": HEAD + KEEP, "app/tell.py": alike})

    assert [use.certainty for use in unlike if use.span.path == "app/tell.py"] == ["possible"]
    assert [use.certainty for use in known if use.span.path == "app/tell.py"] == ["likely"]
