"""Topics that code picks from a table: those that somebody picks are edges, and what nobody is seen to pick is one unknown."""

from __future__ import annotations

from time import process_time

import pytest

from tests.readers.sockets import map_of
from tests.readers.test_effects import edges

TABLE = """
    TOPICS = {"orders": "shop.orders", "returns": "shop.returns", "stock": "shop.stock"}
    """
READER = """
    from kafka import KafkaConsumer
    from tables import TOPICS

    def read(kind):
        for message in KafkaConsumer(TOPICS[kind]):
            print(message.value)
    """


def consumed(texts: dict[str, str]) -> set[tuple[str, str, str]]:
    return {(job, topic, certainty) for job, direction, topic, certainty in edges(texts) if direction == "consumes"}


def test_each_caller_reads_the_topic_of_the_key_that_it_hands_over() -> None:
    texts = {
        "tables.py": TABLE,
        "reading.py": READER,
        "jobs/orders.py": 'from reading import read\n\nif __name__ == "__main__":\n    read("orders")\n',
        "jobs/stock.py": 'from reading import read\n\nif __name__ == "__main__":\n    read(kind="stock")\n',
    }

    assert consumed(texts) == {("orders", "shop.orders", "certain"), ("stock", "shop.stock", "certain")}


def test_a_key_that_nobody_is_seen_to_hand_over_is_one_unknown_under_its_name() -> None:
    texts = {"tables.py": TABLE, "reading.py": READER}

    assert [(topic, certainty) for _, topic, certainty in consumed(texts)] == [("?kind", "possible")]


@pytest.mark.parametrize(
    "picked",
    [
        "TOPICS[kind.lower()]",
        "TOPICS[kind.strip().lower()]",
        "TOPICS.get(kind)",
        'TOPICS.get(kind.lower(), "shop.rest")',
        "chosen(kind)",
        "Choice(name=kind, topic=TOPICS[kind]).topic",
        'TABLE[kind]["topic"]',
        "OBJECTS[kind].topic",
        "Settings().topics[kind]",
    ],
)
def test_the_entry_is_found_however_the_table_is_written(picked: str) -> None:
    code = f"""
    from dataclasses import dataclass
    from kafka import KafkaConsumer

    TOPICS = {{"orders": "shop.orders", "returns": "shop.returns"}}
    TABLE = {{"orders": {{"topic": "shop.orders", "size": 3}}, "returns": {{"topic": "shop.returns"}}}}

    @dataclass
    class Choice:
        name: str
        topic: str

    class Settings:
        def __init__(self):
            self.topics = {{"orders": "shop.orders", "returns": "shop.returns"}}

    OBJECTS = {{"orders": Choice(name="o", topic="shop.orders"), "returns": Choice(name="r", topic="shop.returns")}}

    def chosen(name):
        key = name.lower()
        if key not in TOPICS:
            raise ValueError(name)
        return TOPICS[key]

    def read(kind):
        topic = {picked}
        for message in KafkaConsumer(topic):
            print(message.value)

    if __name__ == "__main__":
        read("orders")
    """

    assert {(topic, certainty) for _, topic, certainty in consumed({"job.py": code})} == {("shop.orders", "certain")}


DEPLOYED = """
    import os, sys
    from kafka import KafkaConsumer

    TOPICS = {"orders": "shop.orders", "returns": "shop.returns"}

    def main():
        consumer = KafkaConsumer(TOPICS[KEY])
        for message in consumer:
            print(message.value)

    main()
    """


@pytest.mark.parametrize(
    ("key", "service", "expected"),
    [
        ('os.environ["KIND"]', "    environment:\n      KIND: returns\n", {("shop.returns", "certain")}),
        ("sys.argv[1]", "    command: python job.py orders\n", {("shop.orders", "certain")}),
        ('os.getenv("KIND", "orders")', "", {("shop.orders", "likely")}),
        ('os.environ["KIND"]', "", {("?KIND", "possible")}),
        ("sys.argv[1]", "    command: python job.py\n", {("?argv[1]", "possible")}),
    ],
)
def test_the_deployment_picks_the_entry(key: str, service: str, expected: set[tuple[str, str]]) -> None:
    texts = {
        "feed/job.py": DEPLOYED.replace("KEY", key),
        "feed/Dockerfile": 'FROM python\nCOPY . .\nCMD ["python", "job.py"]\n',
        "docker-compose.yml": f"services:\n  feed:\n    build: ./feed\n{service}",
    }

    assert {(topic, certainty) for _, topic, certainty in consumed(texts)} == expected


def test_a_producer_that_goes_by_the_record_may_write_to_every_topic_of_its_table() -> None:
    code = """
    from kafka import KafkaProducer

    TOPICS = {"orders": "shop.orders", "returns": "shop.returns"}
    producer = KafkaProducer()

    def route(event):
        producer.send(TOPICS[event["type"]], b"")

    for row in open("rows"):
        kind = row.split(",")[0]
        producer.send(TOPICS[kind], b"")
    """

    assert {(topic, certainty) for _, _, topic, certainty in edges({"job.py": code})} == {
        ("shop.orders", "likely"),
        ("shop.returns", "likely"),
    }


def test_a_wrapper_writes_where_its_callers_say() -> None:
    code = """
    from kafka import KafkaProducer

    TOPICS = {"orders": "shop.orders", "returns": "shop.returns", "stock": "shop.stock"}

    class Bus:
        def __init__(self):
            self.producer = KafkaProducer()

        def publish(self, kind, event):
            self.producer.send(TOPICS[kind], event)

    bus = Bus()
    bus.publish("orders", b"")
    bus.publish("stock", b"")
    """

    assert {topic for _, _, topic, _ in edges({"job.py": code})} == {"shop.orders", "shop.stock"}


def test_a_loop_over_the_keys_picks_every_entry() -> None:
    code = """
    from kafka import KafkaConsumer

    TOPICS = {"orders": "shop.orders", "returns": "shop.returns"}

    for kind in TOPICS:
        KafkaConsumer(TOPICS[kind])
    """

    assert {topic for _, topic, _ in consumed({"job.py": code})} == {"shop.orders", "shop.returns"}


def test_the_key_of_a_configuration_file_is_picked_too() -> None:
    texts = {
        "config.yml": "topics:\n  orders: shop.orders\n  returns: shop.returns\n",
        "job.py": """
    import yaml
    from kafka import KafkaConsumer

    with open("config.yml") as file:
        config = yaml.safe_load(file)

    def read(kind):
        KafkaConsumer(config["topics"][kind])

    read("returns")
    """,
    }

    assert {topic for _, topic, _ in consumed(texts)} == {"shop.returns"}


def test_functions_of_a_table_are_all_called() -> None:
    code = """
    import sys
    from kafka import KafkaConsumer, KafkaProducer

    def read():
        KafkaConsumer("orders")

    def write():
        KafkaProducer().send("returns", b"")

    COMMANDS = {"read": read, "write": write}
    COMMANDS[sys.argv[1]]()
    """

    assert {(direction, topic) for _, direction, topic, _ in edges({"job.py": code})} == {
        ("consumes", "orders"),
        ("produces", "returns"),
    }


def test_tables_that_are_picked_from_tables_are_followed_in_time() -> None:
    kinds = ", ".join(f"Kind.{name}: message" for name in "ABCDEFGH")
    names = ", ".join(f'"{name}": unwrap' for name in "abcdefgh")
    code = f"""
from confluent_kafka import Producer
from kinds import Kind
def unwrap(one):
    return value(one, one.FIELDS["value"])
NAMES = {{{names}}}
def message(one):
    made = NAMES.get(one.name)
    if made is not None:
        return made(one)
    return one
KINDS = {{{kinds}}}
def value(one, field):
    made = KINDS.get(field.kind)
    return made(one)
def run(one):
    Producer({{}}).produce("orders", value(one, one.field))
"""
    started = process_time()

    map_of({"app/Dockerfile": "", "app/main.py": code})

    assert process_time() - started < 5
