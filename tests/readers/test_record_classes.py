from __future__ import annotations

import textwrap

import pytest

from copilot.domain.pipeline import PipelineMap
from tests.readers.sockets import map_of

FAUST = """
    import faust

    class Address(faust.Record):
        city: str

    class Order(faust.Record, serializer="json"):
        amount: int
        note: str
        address: Address

    class Unused(faust.Record):
        name: str
    """
PYDANTIC = """
    from pydantic import BaseModel, Field

    class Order(BaseModel):
        amount: int = Field(...)
        note: str
    """
DATACLASS = """
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Order:
        amount: int
        note: str
    """
STRUCT = """
    import msgspec

    class Order(msgspec.Struct, frozen=True):
        amount: int
        note: str
    """


def mapped(files: dict[str, str]) -> PipelineMap:
    return map_of({path: textwrap.dedent(text) for path, text in files.items()})


def links(found: PipelineMap) -> set[tuple[str, str, str | None]]:
    return {(link.direction, str(link.endpoint), link.subject) for link in found.links}


def followed(found: PipelineMap) -> set[tuple[str, str, str]]:
    """What is certain: the place of each use, its mode, and the field's path."""
    return {(str(use.span), use.mode, use.path) for use in found.uses if use.certainty == "certain"}


def test_the_value_type_of_a_topic_is_the_schema_of_what_its_agents_read() -> None:
    agents = """
        import faust
        from models import Order

        app = faust.App("x")
        orders = app.topic("orders", value_type=Order)

        @app.agent(orders)
        async def handle(stream):
            async for order in stream:
                print(order.amount, order.address.city)
        """

    found = mapped({"w/models.py": FAUST, "w/agents.py": agents})

    assert [subject.latest.name for subject in found.subjects] == ["Order"]
    assert links(found) == {("consumes", "orders", found.subjects[0].name)}
    assert followed(found) == {
        ("w/agents.py:11", "reads", "amount"),
        ("w/agents.py:11", "reads", "address"),
        ("w/agents.py:11", "reads", "address.city"),
    }


def test_topics_and_app_may_be_made_in_modules_of_their_own() -> None:
    files = {
        "w/app.py": "import faust\n\napp = faust.App('x')\n",
        "w/topics.py": "from app import app\nfrom models import Order\n\norders = app.topic('orders', value_type=Order)\n",
        "w/models.py": FAUST,
        "w/agents.py": """
            from app import app
            from topics import orders
            from models import Order

            @app.agent(orders)
            async def handle(stream):
                async for order in stream:
                    await orders.send(value=Order(amount=order.amount, note="", address=None))
            """,
    }

    found = mapped(files)

    name = found.subjects[0].name
    assert links(found) == {("consumes", "orders", name), ("produces", "orders", name)}
    assert ("w/agents.py:9", "reads", "amount") in followed(found)
    assert ("w/agents.py:9", "writes", "note") in followed(found)


@pytest.mark.parametrize("annotation", ["faust.Stream[Order]", "faust.StreamT[Order]"])
def test_an_agent_may_say_the_type_in_its_annotation(annotation: str) -> None:
    code = f"""
    app = faust.App("x")

    @app.agent("orders")
    async def handle(stream: {annotation}):
        async for key, order in stream.items():
            print(order.note)
    """

    found = mapped({"w/app.py": textwrap.dedent(FAUST) + textwrap.dedent(code)})

    assert {path for _, _, path in followed(found)} == {"note"}


@pytest.mark.parametrize("models", [PYDANTIC, DATACLASS, STRUCT], ids=["pydantic", "dataclass", "msgspec"])
def test_what_a_subscriber_is_annotated_with_is_its_schema(models: str) -> None:
    handlers = """
        from faststream.kafka import KafkaRouter
        from .models import Order

        router = KafkaRouter()

        @router.subscriber("orders")
        @router.publisher("copies")
        async def handle(order: Order, logger) -> Order:
            await router.broker.publish(Order(amount=order.amount, note="x"), "audit")
            return Order(amount=1, note=order.note)

        @router.subscriber("batches", batch=True)
        async def many(orders: list[Order]):
            for order in orders:
                print(order.amount)
        """

    found = mapped({"w/models.py": models, "w/handlers.py": handlers})

    name = found.subjects[0].name
    assert links(found) == {
        ("consumes", "orders", name),
        ("consumes", "batches", name),
        ("produces", "copies", name),
        ("produces", "audit", name),
    }
    assert followed(found) == {
        ("w/handlers.py:10", "reads", "amount"),
        ("w/handlers.py:10", "writes", "amount"),
        ("w/handlers.py:10", "writes", "note"),
        ("w/handlers.py:11", "reads", "note"),
        ("w/handlers.py:11", "writes", "amount"),
        ("w/handlers.py:11", "writes", "note"),
        ("w/handlers.py:16", "reads", "amount"),
    }


def test_a_handler_of_bytes_or_without_a_class_says_nothing_of_a_schema() -> None:
    handlers = """
        from faststream.kafka import KafkaBroker
        from models import Order

        broker = KafkaBroker()

        @broker.subscriber("orders")
        async def typed(order: Order): ...

        @broker.subscriber("raw")
        async def raw(message: bytes): ...

        @broker.subscriber("open")
        async def open_(message: dict): ...
        """

    found = mapped({"w/models.py": PYDANTIC, "w/handlers.py": handlers})

    assert links(found) == {
        ("consumes", "orders", found.subjects[0].name),
        ("consumes", "raw", None),
        ("consumes", "open", None),
    }


def test_a_class_that_no_topic_and_no_handler_names_is_no_schema() -> None:
    code = """
        from kafka import KafkaConsumer

        for message in KafkaConsumer("orders"):
            print(message)
        """

    assert mapped({"w/models.py": PYDANTIC, "w/read.py": code}).subjects == ()


def test_a_class_that_only_running_tells_is_a_gap() -> None:
    models = PYDANTIC + "    at: datetime = Field(default_factory=now)\n"
    handler = "from faststream.kafka import KafkaBroker\nfrom models import Order\n\nbroker = KafkaBroker()\n\n"
    handler += "@broker.subscriber('orders')\nasync def handle(order: Order): ...\n"

    found = mapped({"w/models.py": models, "w/handlers.py": handler})

    assert links(found) == {("consumes", "orders", None)}
    assert [str(gap.span) for gap in found.gaps if "makes a default" in gap.reason] == ["w/models.py:7"]


def test_the_columns_of_a_quix_dataframe_are_fields_of_what_its_topic_decodes() -> None:
    fields = '[{"name": "amount", "type": "int"}, {"name": "note", "type": "string"}]'
    schema = f'{{"type": "record", "name": "Order", "fields": {fields}}}'
    code = """
        import json
        from quixstreams import Application
        from quixstreams.models.serializers.avro import AvroDeserializer

        app = Application(broker_address="x")
        orders = app.topic("orders", value_deserializer=AvroDeserializer(json.load(open("order.avsc"))))
        frame = app.dataframe(orders)
        frame = frame[frame["amount"] > 3]
        frame = frame.apply(lambda row: row["note"])
        """

    found = mapped({"w/order.avsc": schema, "w/app.py": code})

    assert links(found) == {("consumes", "orders", "order")}
    assert followed(found) == {("w/app.py:9", "compares", "amount"), ("w/app.py:10", "reads", "note")}


def test_what_a_publisher_returns_says_its_class_without_an_annotation() -> None:
    handlers = """
        from faststream.kafka import KafkaBroker
        from models import Order

        broker = KafkaBroker()

        @broker.subscriber("raw")
        @broker.publisher("orders", batch=True)
        async def handle(message: bytes):
            return Order(amount=1, note="x")
        """

    found = mapped({"w/models.py": PYDANTIC, "w/handlers.py": handlers})

    assert links(found) == {("consumes", "raw", None), ("produces", "orders", found.subjects[0].name)}
