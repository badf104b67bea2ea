"""Topics in lists, dicts and configuration files that code goes through."""

from __future__ import annotations

import pytest

from tests.readers.sockets import map_of

HEAD = "from confluent_kafka import Consumer\n{}\nconsumer = Consumer({{}})\n{}\n"
YAML = """
topics:
  x: a
  y: b
listed: [a, b]
sources:
  - {name: x, topic: a}
  - {name: y, topic: b}
by_name:
  x: {topic: a}
  y: {topic: b}
secrets:
  password: hidden
"""
LOADED = "import yaml\nCONFIG = yaml.safe_load(open('config.yaml'))"
LOOP = "for {} in {}:\n    consumer.subscribe([{}])"


def topics(module: str, code: str, **files: str) -> dict[str, str]:
    """The topics of a consumer by name, with how sure they are; `module` is what stands before it."""
    found = map_of({"w/read.py": HEAD.format(module, code), "w/config.yaml": YAML, **files})
    return {str(link.endpoint): link.certainty for link in found.links}


BOTH = {"a": "certain", "b": "certain"}
TABLES = {
    "a list": ('TOPICS = ["a", "b"]', LOOP.format("topic", "TOPICS", "topic")),
    "a numbered list": ('TOPICS = ["a", "b"]', LOOP.format("number, topic", "enumerate(TOPICS)", "topic")),
    "keys": ('TOPICS = {"a": 1, "b": 2}', LOOP.format("topic", "TOPICS", "topic")),
    "keys of items": (
        'TOPICS = {"a": {"n": 1}, "b": {"n": 2}}',
        LOOP.format("topic, given", "TOPICS.items()", "topic"),
    ),
    "values of items": ('TOPICS = {"x": "a", "y": "b"}', LOOP.format("name, topic", "TOPICS.items()", "topic")),
    "values": ('TOPICS = {"x": "a", "y": "b"}', "consumer.subscribe(list(TOPICS.values()))"),
    "keys as a list": ('TOPICS = {"a": 1, "b": 2}', "consumer.subscribe(list(TOPICS.keys()))"),
    "a dict as a list": ('TOPICS = {"a": 1, "b": 2}', "consumer.subscribe(list(TOPICS))"),
    "dicts": ('TOPICS = [{"topic": "a"}, {"topic": "b"}]', LOOP.format("one", "TOPICS", 'one["topic"]')),
    "a comprehension": ('TOPICS = [{"t": "a"}, {"t": "b"}]', 'consumer.subscribe([one["t"] for one in TOPICS])'),
    "dicts in a dict": (
        'TOPICS = {"x": {"t": "a"}, "y": {"t": "b"}}',
        LOOP.format("one", "TOPICS.values()", 'one["t"]'),
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test_each_item_that_code_goes_through_is_a_topic(table: str) -> None:
    module, code = TABLES[table]

    assert topics(module, code) == BOTH


@pytest.mark.parametrize("table", TABLES)
def test_the_table_may_be_of_another_module(table: str) -> None:
    module, code = TABLES[table]

    assert topics("from .settings import TOPICS", code, **{"w/settings.py": module + "\n"}) == BOTH


CONFIGURED = {
    "a list": LOOP.format("topic", 'CONFIG["listed"]', "topic"),
    "keys": ("consumer.subscribe(list(CONFIG['topics']))", {"x": "certain", "y": "certain"}),
    "values": 'consumer.subscribe(list(CONFIG["topics"].values()))',
    "values of items": LOOP.format("name, topic", 'CONFIG["topics"].items()', "topic"),
    "dicts": LOOP.format("one", 'CONFIG["sources"]', 'one["topic"]'),
    "got of dicts": LOOP.format("one", 'CONFIG["sources"]', 'one.get("topic")'),
    "dicts in a dict": LOOP.format("one", 'CONFIG["by_name"].values()', 'one["topic"]'),
}


@pytest.mark.parametrize("case", CONFIGURED)
@pytest.mark.parametrize("is_imported", [False, True])
def test_each_item_of_a_configuration_that_code_goes_through_is_a_topic(case: str, is_imported: bool) -> None:
    given = CONFIGURED[case]
    code, expected = given if isinstance(given, tuple) else (given, BOTH)
    module, files = (
        (LOADED, {}) if not is_imported else ("from .settings import CONFIG", {"w/settings.py": LOADED + "\n"})
    )

    assert topics(module, code, **files) == expected


def test_values_of_secrets_are_not_gone_through() -> None:
    assert "hidden" not in topics(LOADED, 'consumer.subscribe(list(CONFIG["secrets"].values()))')


@pytest.mark.parametrize(
    "load",
    [
        'importlib.resources.read_text("pkg.schemas", "order.avsc")',
        '(importlib.resources.files("pkg") / "schemas" / "order.avsc").read_text()',
        'pkgutil.get_data("pkg", "schemas/order.avsc")',
        'open(Path(__file__).parent / "pkg" / "schemas" / "order.avsc").read()',
    ],
)
def test_a_schema_among_the_resources_of_a_package_is_bound_through_modules(load: str) -> None:
    order = '{"type": "record", "name": "Order", "fields": [{"name": "amount", "type": "int"}]}'
    code = """
from confluent_kafka import Producer
from fastavro import schemaless_writer, parse_schema
from .schemas import ORDER
def send(record, out):
    schemaless_writer(out, parse_schema(ORDER), record)
    Producer({}).produce("orders", out.getvalue())
"""
    schemas = f"import importlib.resources, json, pkgutil\nfrom pathlib import Path\nORDER = json.loads({load})\n"

    found = map_of(
        {
            "w/send.py": code,
            "w/schemas.py": schemas,
            "w/pkg/schemas/order.avsc": order,
            "other/schemas/order.avsc": order.replace("amount", "total"),
        }
    )

    assert [
        next(one for one in found.subjects if one.name == link.subject).latest.source.path for link in found.links
    ] == ["w/pkg/schemas/order.avsc"]
