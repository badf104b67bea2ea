from __future__ import annotations

import json
import textwrap

import pytest

from tests.readers.sockets import map_of


def edges(texts: dict[str, str]) -> set[tuple[str, str, str, str]]:
    """The edges of a tree: job, direction, endpoint (or "?" and the variable where it isn't known), certainty."""
    found = map_of({path: textwrap.dedent(text) for path, text in texts.items()})
    return {
        (link.job, link.direction, link.endpoint.name or f"?{link.endpoint.variable}", link.certainty)
        for link in found.links
    }


CLIENT = """
    import json
    from confluent_kafka import Consumer, Producer

    class Bus:
        def __init__(self, servers, group="workers"):
            self.producer = Producer({"bootstrap.servers": servers})
            self.group = group

        def publish(self, topic, message):
            self.producer.produce(topic, json.dumps(message))
            self.producer.flush()

        def listen(self, topics, handler):
            consumer = Consumer({"group.id": self.group})
            consumer.subscribe(topics)
            while True:
                handler(consumer.poll(1.0))
    """


def test_a_wrapper_in_a_shared_package_gives_its_edges_to_those_who_use_it() -> None:
    texts = {
        "common/bus.py": CLIENT,
        "billing/Dockerfile": "",
        "billing/main.py": """
            from common.bus import Bus

            bus = Bus("x")

            def bill(order):
                bus.publish("invoices", order)

            bus.listen(["orders"], bill)
            """,
        "mail/Dockerfile": "",
        "mail/app.py": """
            from common.bus import Bus

            class Mailer:
                def __init__(self, bus: Bus):
                    self.bus = bus

                def run(self):
                    self.bus.listen(["invoices", "returns"], print)
            """,
    }
    assert edges(texts) == {
        ("billing", "produces", "invoices", "certain"),
        ("billing", "consumes", "orders", "certain"),
        ("mail", "consumes", "invoices", "certain"),
        ("mail", "consumes", "returns", "certain"),
    }


def test_a_topic_given_to_the_constructor_is_the_topic_of_the_methods() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/sink.py": """
            from kafka import KafkaProducer

            class TopicSink:
                def __init__(self, servers, topic):
                    self.topic = topic
                    self._producer = KafkaProducer(bootstrap_servers=servers)

                def push(self, row):
                    self._producer.send(self.topic, row)
            """,
        "job/main.py": """
            import os
            from sink import TopicSink

            rows = TopicSink("x", "rows")
            audit = TopicSink("x", topic=os.environ["AUDIT_TOPIC"])
            """,
    }
    assert edges(texts) == {("job", "produces", "rows", "certain"), ("job", "produces", "?AUDIT_TOPIC", "possible")}


def test_a_wrapper_that_nobody_calls_is_an_edge_to_an_unknown_under_the_name_of_its_argument() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from confluent_kafka import Consumer

            def read(names):
                consumer = Consumer({})
                consumer.subscribe(names)
            """,
    }
    assert edges(texts) == {("job", "consumes", "?names", "possible")}


def test_a_client_made_by_a_function_of_another_file_is_followed() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/clients.py": """
            from confluent_kafka import Producer

            def make_producer():
                producer = Producer({"bootstrap.servers": "x"})
                return producer

            shared = make_producer()
            """,
        "job/main.py": """
            from clients import make_producer, shared

            mine = make_producer()
            mine.produce("first", b"x")
            shared.produce("second", b"x")
            """,
    }
    assert edges(texts) == {("job", "produces", "first", "certain"), ("job", "produces", "second", "certain")}


def test_a_client_handed_to_a_function_is_followed() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from aiokafka import AIOKafkaProducer

            async def publish(out, row):
                await out.send_and_wait("rows", row)

            async def main():
                client = AIOKafkaProducer(bootstrap_servers="x")
                await publish(client, b"x")
            """,
    }
    assert edges(texts) == {("job", "produces", "rows", "certain")}


def test_clients_kept_in_a_dict_are_followed() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from confluent_kafka import Consumer, Producer

            class Router:
                def __init__(self, names):
                    self.producers = {}
                    for name in names:
                        self.producers[name] = Producer({"client.id": name})
                    self.readers = {"orders": Consumer({"group.id": "a"})}

                def run(self, name):
                    self.readers["orders"].subscribe(["orders"])
                    self.producers[name].produce("routed", b"x")
            """,
    }
    assert edges(texts) == {("job", "consumes", "orders", "certain"), ("job", "produces", "routed", "certain")}


def test_a_class_derived_from_a_client_is_one() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/base.py": """
            from confluent_kafka import Consumer

            class AlertConsumer(Consumer):
                def __init__(self, topics, **settings):
                    super().__init__(settings)
                    self.subscribe(topics)
            """,
        "job/main.py": """
            from base import AlertConsumer

            reader = AlertConsumer(["alerts"])
            """,
    }
    assert edges(texts) == {("job", "consumes", "alerts", "certain")}


def test_who_calls_a_package_without_arguments_has_its_edges() -> None:
    texts = {
        "lib/daily.py": """
            from kafka import KafkaConsumer

            def listen():
                return KafkaConsumer("alerts")
            """,
        "job/Dockerfile": "",
        "job/main.py": """
            from lib import daily

            if __name__ == "__main__":
                daily.listen()
            """,
    }
    assert edges(texts) == {("job", "consumes", "alerts", "certain")}


def test_a_base_class_takes_the_topic_from_those_derived_from_it() -> None:
    texts = {
        "framework/step.py": """
            from confluent_kafka import Consumer

            class Step:
                topic = None

                def __init__(self, group):
                    self.consumer = Consumer({"group.id": group})

                def start(self):
                    self.consumer.subscribe([self.topic])
                    while True:
                        self.execute(self.consumer.poll())
            """,
        "filter/Dockerfile": "",
        "filter/main.py": """
            from framework.step import Step

            class Filter(Step):
                topic = "raw"

                def execute(self, message): ...
            """,
        "score/Dockerfile": "",
        "score/main.py": """
            from framework.step import Step

            class Score(Step):
                def __init__(self):
                    super().__init__("score")
                    self.topic = "filtered"
            """,
    }
    assert edges(texts) == {("filter", "consumes", "raw", "certain"), ("score", "consumes", "filtered", "certain")}


def test_a_topic_in_a_dict_handed_to_the_wrapper_is_found() -> None:
    texts = {
        "lib/reader.py": """
            from confluent_kafka import Consumer

            class Reader:
                def __init__(self, config):
                    self.config = config
                    self.consumer = Consumer(config["PARAMS"])
                    self.consumer.subscribe(self.config["TOPICS"])
            """,
        "job/Dockerfile": "",
        "job/main.py": """
            import os
            from lib.reader import Reader

            settings = {"PARAMS": {"group.id": "x"}, "TOPICS": os.environ["IN_TOPICS"].split(",")}
            reader = Reader(settings)
            """,
    }
    assert edges(texts) == {("job", "consumes", "?IN_TOPICS", "possible")}


def test_the_schema_handed_to_a_wrapper_is_the_callers() -> None:
    schema = json.dumps({"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]})
    texts = {
        "schemas/order.avsc": schema,
        "lib/sink.py": """
            import io
            import fastavro
            from confluent_kafka import Producer

            class AvroSink:
                def __init__(self, topic, schema_path):
                    self.topic = topic
                    self.schema = fastavro.schema.load_schema(schema_path)
                    self.producer = Producer({})

                def send(self, record):
                    out = io.BytesIO()
                    fastavro.schemaless_writer(out, self.schema, record)
                    self.producer.produce(self.topic, out.getvalue())
            """,
        "job/Dockerfile": "",
        "job/main.py": """
            from lib.sink import AvroSink

            sink = AvroSink("orders", "schemas/order.avsc")
            sink.send({"id": 1})
            """,
    }
    [link] = map_of({path: textwrap.dedent(text) for path, text in texts.items()}).links

    assert (link.job, link.endpoint.name, link.subject) == ("job", "orders", "order")
    assert [str(span) for span in link.proof] == ["lib/sink.py:15", "lib/sink.py:14", "job/main.py:4"]


def test_what_is_only_called_a_producer_is_possible_at_most() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            # Everything here goes through Kafka.
            from vendor_bus import make

            producer = make()
            producer.produce("orders", b"x")
            mailer = make()
            mailer.send("bob", b"x")
            """,
        "other/Dockerfile": "",
        "other/main.py": "def run(producer, topic):\n    producer.produce(topic, b'x')\n",
    }
    assert edges(texts) == {("job", "produces", "orders", "possible")}


def test_a_decoder_in_a_file_that_has_nothing_to_do_with_the_consumer_is_not_its_own() -> None:
    schema = json.dumps({"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]})
    reading = """
        from confluent_kafka import Consumer
        consumer = Consumer({})
        consumer.subscribe(["clicks"])
        """
    decoding = """
        import fastavro
        SCHEMA = fastavro.schema.load_schema("order.avsc")
        def read(data):
            return fastavro.schemaless_reader(data, SCHEMA)
        """
    texts = {"job/Dockerfile": "", "job/order.avsc": schema, "job/a.py": reading, "job/b.py": decoding}
    related = {**texts, "job/main.py": "import a\nimport b\n# kafka\n"}

    def subjects(files: dict[str, str]) -> list[str | None]:
        return [link.subject for link in map_of({path: textwrap.dedent(text) for path, text in files.items()}).links]

    assert subjects(texts) == [None]
    assert subjects(related) == ["order"]


def test_a_client_handed_on_and_on_is_followed_and_so_are_the_topics_beside_it() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from google.cloud import pubsub_v1

            def publish(publisher, topics, events):
                for kind in topics:
                    publisher.publish(topics[kind], events[kind])

            def replay(publisher, topics, events):
                publish(publisher, topics, events)

            def main(project, events):
                publisher = pubsub_v1.PublisherClient()
                topics = {}
                for kind in ["departed", "arrived"]:
                    topics[kind] = publisher.topic_path(project, kind)
                replay(publisher, topics, events)
            """,
    }
    assert edges(texts) == {("job", "produces", "departed", "certain"), ("job", "produces", "arrived", "certain")}


def test_a_topic_with_an_argument_in_it_is_put_together() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from kafka import KafkaProducer

            producer = KafkaProducer()

            def send(kind, row):
                producer.send(f"shop.{kind}", row)

            def note(kind, row):
                producer.send("notes." + kind, row)

            send("orders", b"x")
            note("late", b"x")
            """,
    }
    assert edges(texts) == {("job", "produces", "shop.orders", "certain"), ("job", "produces", "notes.late", "certain")}


def test_a_function_that_names_topics_gives_each_call_its_own() -> None:
    texts = {
        "shared/names.py": 'def topic_of(kind, region="eu"):\n    return f"shop.{region}.{kind}"\n',
        "a/Dockerfile": "",
        "a/main.py": """
            from kafka import KafkaProducer
            from shared.names import topic_of

            KafkaProducer().send(topic_of("orders"), b"x")
            """,
        "b/Dockerfile": "",
        "b/main.py": """
            # Knows names of Kafka topics, and sends nothing.
            from shared.names import topic_of

            print(topic_of("returns", region="us"))
            """,
    }
    assert edges(texts) == {("a", "produces", "shop.eu.orders", "certain")}


def test_objects_of_one_class_keep_what_each_was_made_with() -> None:
    texts = {
        "shared/settings.py": "class Stream:\n    def __init__(self, topic):\n        self.topic = topic\n",
        "a/Dockerfile": "",
        "a/main.py": """
            from kafka import KafkaProducer
            from shared.settings import Stream

            stream = Stream("orders")
            KafkaProducer().send(stream.topic, b"x")
            """,
        "b/Dockerfile": "",
        "b/main.py": """
            # Names a Kafka topic that it never sends to.
            from shared.settings import Stream

            stream = Stream("returns")
            """,
    }
    assert edges(texts) == {("a", "produces", "orders", "certain")}


def test_wrappers_that_come_with_a_star_and_clients_kept_globally_are_followed() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/bus/__init__.py": "from .sinks import *\n",
        "job/bus/sinks.py": """
            from confluent_kafka import Producer

            _PRODUCER = None

            def connect():
                global _PRODUCER
                _PRODUCER = Producer({})

            class Sink:
                def __init__(self, topic):
                    self.topic = topic

                def push(self, row):
                    _PRODUCER.produce(self.topic, row)
            """,
        "job/main.py": """
            from bus import *

            def main(env):
                orders = Sink("shop-{}.orders".format(env))
                returns = Sink(f"shop-{env}.returns")
            """,
    }
    assert edges(texts) == {
        ("job", "produces", "?shop-{env}.orders", "possible"),
        ("job", "produces", "?shop-{env}.returns", "possible"),
    }


def test_what_the_start_of_every_job_makes_is_told_once() -> None:
    texts = {
        "app/tracker.py": """
            from confluent_kafka import Producer

            class Tracker:
                def __init__(self, topic):
                    self.topic = topic
                    self.producer = Producer({})

                def note(self, row):
                    self.producer.produce(self.topic, row)
            """,
        "app/start.py": """
            # Tracks payloads through Kafka.
            from app.tracker import Tracker

            def create_app():
                return Tracker("payload-status")
            """,
    }
    for number in range(8):
        texts |= {
            f"job{number}/Dockerfile": "",
            f"job{number}/main.py": "# kafka\nfrom app.start import create_app\n\ncreate_app()\n",
        }
    assert edges(texts) == {("app", "produces", "payload-status", "certain")}


def test_a_client_that_a_function_hands_back_as_it_is_stays_one() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/telemetry.py": """
            from opentelemetry.instrumentation.confluent_kafka import ConfluentKafkaInstrumentor

            def instrument(consumer, enabled=False):
                if not enabled:
                    return consumer
                return ConfluentKafkaInstrumentor.instrument_consumer(consumer)
            """,
        "job/main.py": """
            from confluent_kafka import Consumer
            from telemetry import instrument

            consumer = instrument(Consumer({"group.id": "x"}))
            consumer.subscribe(["exports"])
            """,
    }
    assert edges(texts) == {("job", "consumes", "exports", "certain")}


def test_a_client_in_an_object_that_is_handed_on_is_followed() -> None:
    texts = {
        "filter/Dockerfile": "",
        "filter/util.py": """
            # Sends to Kafka.
            def dispose(fltr, results, topic):
                producer = fltr.producer
                for out in results:
                    producer.produce(topic, value=out)

            def run_all(fltr, queries):
                for query in queries:
                    dispose(fltr, [], query["topic_name"])
            """,
        "filter/core.py": """
            import confluent_kafka
            import util

            class Filter:
                def __init__(self):
                    self.producer = self.make_producer()

                def make_producer(self):
                    return confluent_kafka.Producer({})

                def run(self, queries):
                    util.run_all(self, queries)
            """,
    }
    assert edges(texts) == {("filter", "produces", "?topic_name", "possible")}


def test_what_a_class_hands_to_its_base_is_the_topic_of_the_base() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/base.py": """
            from kafka import KafkaProducer

            class Sender:
                def __init__(self, name, topic="nobody-set-this"):
                    self.topic = topic
                    self.producer = KafkaProducer()

                def send(self, row):
                    self.producer.send(self.topic, row)
            """,
        "job/main.py": """
            from base import Sender

            class Orders(Sender):
                def __init__(self):
                    super().__init__("orders", topic="orders-v2")

            class Other(Sender):
                def __init__(self, *args, **kwargs):
                    super().__init__("other", **kwargs)

            Orders().send({})
            Other(topic="invoices").send({})
            """,
    }
    assert edges(texts) == {
        ("job", "produces", "orders-v2", "certain"),
        ("job", "produces", "invoices", "certain"),
    }


def test_a_default_that_nobody_overrides_is_likely_and_one_that_all_override_is_none() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from kafka import KafkaProducer

            def alert(row, topic="alerts"):
                KafkaProducer().send(topic, row)

            def report(row, topic="reports"):
                KafkaProducer().send(topic, row)

            report({}, "reports-v2")
            """,
    }
    assert edges(texts) == {("job", "produces", "alerts", "likely"), ("job", "produces", "reports-v2", "certain")}


def test_clients_that_are_made_side_by_side_are_followed() -> None:
    texts = {
        "job/Dockerfile": "",
        "job/main.py": """
            from confluent_kafka import Consumer, Producer

            producer, consumer = Producer({}), Consumer({})
            consumer.subscribe(["orders"])
            producer.produce("scores", b"")
            """,
    }
    assert edges(texts) == {("job", "consumes", "orders", "certain"), ("job", "produces", "scores", "certain")}


def test_a_pattern_may_be_handed_to_a_function_that_makes_the_consumer() -> None:
    code = """
from kafka import KafkaConsumer, KafkaProducer
REQUESTS = r"^(app.request).+"
RESPONSES = "responses"
def start(regex):
    consumer = KafkaConsumer(bootstrap_servers="x")
    consumer.subscribe(pattern=regex)
    return consumer
def run():
    for message in start(regex=REQUESTS):
        answer(message, message.topic)
def answer(payload, user, topic=RESPONSES):
    KafkaProducer().send(topic=f"{topic}.{user}", value=payload)
"""

    found = map_of({"w/run.py": code, "main.py": "from w.run import run\nif __name__ == '__main__':\n    run()\n"})

    assert {(link.direction, link.endpoint.variable) for link in found.links} == {
        ("consumes", "topics like ^(app.request).+"),
        ("produces", "responses.{topic}"),
    }


@pytest.mark.parametrize("call", ["self.source()", "super().source()"])
def test_a_method_of_a_base_that_an_heir_calls_with_nothing_has_its_defaults(call: str) -> None:
    texts = {
        "pkg/__init__.py": "",
        "pkg/base.py": """
            class Base:
                def source(self, topic="orders"):
                    return self.spark.readStream.format("kafka").option("subscribe", topic).load()
            """,
        "pkg/clean.py": f"""
            from pkg.base import Base

            class Clean(Base):
                def source_of_all(self):
                    return {call}

                def run(self):
                    self.source_of_all().writeStream.start()
            """,
        "clean_main.py": """
            from pkg.clean import Clean

            if __name__ == "__main__":
                Clean().run()
            """,
        "other_main.py": """
            from pkg.base import Base

            if __name__ == "__main__":
                Base().source("returns")
            """,
    }

    assert edges(texts) == {
        ("clean_main", "consumes", "orders", "certain"),
        ("other_main", "consumes", "returns", "certain"),
    }


@pytest.mark.parametrize("calls_base", [False, True])
def test_what_a_method_of_a_base_does_is_not_done_by_who_overrides_it(calls_base: bool) -> None:
    own = "super().save(message)" if calls_base else "print(message)"
    texts = {
        "common/base.py": """
            from kafka import KafkaConsumer, KafkaProducer

            class Worker:
                def __init__(self, topic, done):
                    self.consumer = KafkaConsumer(topic)
                    self.producer = KafkaProducer()
                    self.done = done

                def save(self, message):
                    self.producer.send(self.done, message)
            """,
        "mail/Dockerfile": "",
        "mail/main.py": f"""
            from common.base import Worker

            class Mailer(Worker):
                def __init__(self, topic, done="done"):
                    super().__init__(topic, done)

                def save(self, message):
                    {own}

            mailer = Mailer("orders")
            for message in mailer.consumer:
                mailer.save(message)
            """,
    }

    expected = {("mail", "consumes", "orders", "certain")}
    assert {edge for edge in edges(texts) if edge[1] == "consumes"} == expected
    assert {edge[2] for edge in edges(texts) if edge[1] == "produces"} == ({"done"} if calls_base else set())
