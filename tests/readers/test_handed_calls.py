"""Functions that threads, pools, loops and schedulers are handed are called with what is handed over beside them."""

from __future__ import annotations

import pytest

from tests.readers.test_effects import edges
from tests.readers.test_field_uses import HEAD, uses_of

BUS = """
    import asyncio, threading, functools, schedule
    from concurrent.futures import ThreadPoolExecutor
    from multiprocessing import Process
    from kafka import KafkaConsumer

    class Feed:
        def read(self, topic, limit=10):
            for message in KafkaConsumer(topic):
                print(message.value)

    feed = Feed()
    read = feed.read
    pool = ThreadPoolExecutor()

    """


@pytest.mark.parametrize(
    "started",
    [
        'threading.Thread(target=read, args=("orders",)).start()',
        'threading.Thread(target=feed.read, args=["orders"], daemon=True).start()',
        'threading.Thread(target=read, kwargs={"topic": "orders"}).start()',
        'threading.Timer(5, read, ["orders"]).start()',
        'Process(target=read, args=("orders", 5)).start()',
        'pool.submit(read, "orders")',
        'pool.submit(feed.read, topic="orders")',
        'asyncio.run(asyncio.to_thread(feed.read, "orders"))',
        'asyncio.get_event_loop().run_in_executor(None, read, "orders")',
        'asyncio.get_event_loop().run_in_executor(None, functools.partial(read, "orders"))',
        'schedule.every(10).minutes.do(read, "orders")',
        'scheduler.add_job(read, "interval", args=["orders"])',
        'background_tasks.add_task(read, "orders")',
    ],
)
def test_a_function_that_is_handed_on_is_called_with_what_stands_beside_it(started: str) -> None:
    assert edges({"job.py": BUS + started + "\n"}) == {("job", "consumes", "orders", "certain")}


def test_a_method_of_a_client_that_a_pool_is_handed_is_called() -> None:
    code = """
    import asyncio
    from kafka import KafkaProducer

    producer = KafkaProducer()

    async def publish(event):
        await asyncio.get_running_loop().run_in_executor(None, producer.send, "orders", event)
    """

    assert edges({"job.py": code}) == {("job", "produces", "orders", "certain")}


def test_a_record_that_a_pool_is_handed_is_followed_into_the_function() -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
from kafka import KafkaConsumer
SCHEMA = fastavro.schema.load_schema("order.avsc")
pool = ThreadPoolExecutor()

def handle(order):
    print(order["id"])

def run():
    for message in KafkaConsumer("orders"):
        order = fastavro.schemaless_reader(io.BytesIO(message.value), SCHEMA)
        pool.submit(handle, order)
"""

    assert [(use.mode, use.certainty) for use in uses_of({"app/main.py": HEAD + code})] == [("reads", "certain")]


def test_each_of_many_calls_that_are_handed_on_keeps_its_own_arguments() -> None:
    code = """
    import asyncio
    from kafka import KafkaProducer

    class Writer:
        def __init__(self):
            self.producer = KafkaProducer()

        def select(self, table, rows):
            self.producer.send(table, rows)

    class Load:
        def __init__(self):
            self.writer = Writer()

        async def run(self):
            await asyncio.to_thread(self.writer.select, table="users", rows=rows("users.csv"))
            await asyncio.to_thread(self.writer.select, table="orders", rows=rows("orders.csv"))
            await asyncio.to_thread(self.writer.select, table="stock", rows=rows("stock.csv"))

    Load()
    """

    assert {topic for _, _, topic, _ in edges({"job.py": code})} == {"users", "orders", "stock"}


SENDS = {
    "app/Dockerfile": "",
    "app/__init__.py": "",
    "app/out.py": """
        from confluent_kafka import Producer

        producer = Producer({})

        def send(topic, message):
            producer.produce(topic, value=message)
        """,
    "app/handlers.py": """
        KNOWN = {}

        class Handler:
            def handle(self, message, *, deliver):
                deliver("orders", message)

        def handler_of(kind):
            return KNOWN.get(kind)()
        """,
}


@pytest.mark.parametrize("handler", ["Handler()", "handler_of(kind)"])
def test_a_function_that_is_handed_over_as_an_argument_is_called_under_its_name(handler: str) -> None:
    main = f"""
        from app.handlers import Handler, handler_of
        from app.out import send

        def main(kind):
            {handler}.handle(kind, deliver=send)

        main("x")
        """

    assert edges({**SENDS, "app/main.py": main}) == {("app", "produces", "orders", "certain")}


def test_of_two_functions_that_are_handed_to_nobody_known_neither_is_taken() -> None:
    main = """
        from app.handlers import handler_of
        from app.other import other
        from app.out import send

        def main(kind):
            handler_of(kind).handle(kind, deliver=send)
            handler_of(kind).handle(kind, deliver=other)

        main("x")
        """

    other = "def other(topic, message):\n    print(topic)\n"

    assert edges({**SENDS, "app/main.py": main, "app/other.py": other}) == {("app", "produces", "?topic", "possible")}
