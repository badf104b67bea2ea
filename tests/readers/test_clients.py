from __future__ import annotations

import textwrap

import pytest

from tests.readers.sockets import map_of


def edges(code: str, **files: str) -> set[tuple[str, str, str]]:
    """The edges of one service: direction, kind of endpoint, and its name, or "?" and the variable where it isn't known."""
    texts = {"job/Dockerfile": "", "job/main.py": textwrap.dedent(code)}
    texts |= {f"job/{name}.py": textwrap.dedent(text) for name, text in files.items()}
    return {
        (link.direction, link.endpoint.kind, link.endpoint.name or f"?{link.endpoint.variable}")
        for link in map_of(texts).links
    }


def test_a_subscription_to_an_argument_is_an_edge_to_an_unknown_topic_of_its_name() -> None:
    code = """
        import confluent_kafka

        class AlertConsumer:
            def __init__(self, topic, **kwargs):
                self.consumer = confluent_kafka.Consumer(**kwargs)
                self.consumer.subscribe([topic])

            def poll(self):
                return self.consumer.poll(1.0)
        """
    assert edges(code) == {("consumes", "topic", "?topic")}


def test_a_client_kept_in_an_attribute_is_followed_into_other_methods() -> None:
    code = """
        from kafka import KafkaProducer

        class Sink:
            def __init__(self):
                self.producer = KafkaProducer(bootstrap_servers="kafka:9092")

            def push(self, row):
                self.producer.send("rows", row)
        """
    assert edges(code) == {("produces", "topic", "rows")}


def test_a_client_made_in_a_context_manager_is_followed() -> None:
    code = """
        from aiokafka import AIOKafkaProducer

        async def main():
            async with AIOKafkaProducer(bootstrap_servers="kafka:9092") as producer:
                await producer.send_and_wait("audit", b"x")
        """
    assert edges(code) == {("produces", "topic", "audit")}


def test_a_client_of_the_function_around_is_followed_into_a_callback() -> None:
    code = """
        from google.cloud import pubsub_v1

        def run():
            publisher = pubsub_v1.PublisherClient()
            topic = "copies"

            def forward(message, topic_path=topic):
                publisher.publish(topic, data=message.data)

            pubsub_v1.SubscriberClient().subscribe("originals", callback=forward)
        """
    assert edges(code) == {("consumes", "subscription", "originals"), ("produces", "topic", "copies")}


def test_a_client_that_a_function_sets_for_the_module_is_known_in_those_before_it() -> None:
    code = """
        import nats

        nc = None

        async def answer(message):
            await nc.publish("answers", b"x")

        async def main():
            global nc
            nc = await nats.connect("nats://x")
            await nc.subscribe("questions", cb=answer)
        """
    assert edges(code) == {("consumes", "topic", "questions"), ("produces", "topic", "answers")}


def test_an_argument_that_is_annotated_as_a_client_is_one() -> None:
    code = """
        from __future__ import annotations
        from confluent_kafka import Consumer, Producer

        def run(source: Consumer | None, sink: "Producer"):
            source.subscribe(["in"])
            sink.produce("out", b"x")
        """
    assert edges(code) == {("consumes", "topic", "in"), ("produces", "topic", "out")}


def test_topics_that_another_module_lists_from_its_table_are_known() -> None:
    code = """
        from confluent_kafka import Consumer
        from config import RAW_TOPICS
        Consumer({"group.id": "g"}).subscribe(RAW_TOPICS)
        """
    config = """
        TOPICS = {"orders": "shop.orders", "returns": "shop.returns", "audit": "shop.audit"}
        RAW_TOPICS = [TOPICS["orders"], TOPICS["returns"]]
        """
    assert edges(code, config=config) == {("consumes", "topic", "shop.orders"), ("consumes", "topic", "shop.returns")}


def test_each_topic_of_a_list_that_is_not_known_is_an_unknown_of_its_own() -> None:
    code = """
        from kafka import KafkaConsumer

        def run(settings):
            topics = (settings.orders_topic, settings.returns_topic)
            KafkaConsumer(*topics, bootstrap_servers="x")
        """
    assert edges(code) == {("consumes", "topic", "?orders_topic"), ("consumes", "topic", "?returns_topic")}


def test_methods_that_only_sound_like_a_client_are_no_edges() -> None:
    code = """
        from confluent_kafka import Consumer

        def run(bus, mailer, store):
            bus.subscribe("changed")
            mailer.send("bob", "kafka")
            store.publish("draft")
        """
    assert edges(code) == set()


BROKERS = {
    "confluent consumer": (
        """
        from confluent_kafka import DeserializingConsumer, TopicPartition
        consumer = DeserializingConsumer({"group.id": "g"})
        consumer.assign([TopicPartition("orders", 0)])
        """,
        {("consumes", "topic", "orders")},
    ),
    "confluent serializing producer": (
        """
        from confluent_kafka import SerializingProducer
        p = SerializingProducer({"bootstrap.servers": "x"})
        p.produce(topic="orders", key="1", value={"id": 1}, on_delivery=print)
        """,
        {("produces", "topic", "orders")},
    ),
    "confluent asynchronous producer": (
        """
        from confluent_kafka.aio import AIOProducer
        async def main():
            producer = AIOProducer({"bootstrap.servers": "x"})
            await producer.produce("orders", value=b"1")
        """,
        {("produces", "topic", "orders")},
    ),
    "aiokafka consumer": (
        """
        from aiokafka import AIOKafkaConsumer
        async def main():
            consumer = AIOKafkaConsumer("orders", "returns", bootstrap_servers="x")
            await consumer.start()
            async for message in consumer:
                print(message.value)
        """,
        {("consumes", "topic", "orders"), ("consumes", "topic", "returns")},
    ),
    "kafka-python consumer that subscribes later": (
        """
        import os
        from kafka import KafkaConsumer
        consumer = KafkaConsumer(bootstrap_servers="x", group_id="g")
        consumer.subscribe(topics=[os.environ["IN_TOPIC"]])
        """,
        {("consumes", "topic", "?IN_TOPIC")},
    ),
    "pika": (
        """
        import pika
        connection = pika.BlockingConnection(pika.ConnectionParameters("localhost"))
        channel = connection.channel()
        channel.queue_declare(queue="tasks", durable=True)
        channel.basic_publish(exchange="", routing_key="tasks", body=b"x")
        channel.basic_consume(queue="tasks", on_message_callback=print)
        """,
        {("produces", "queue", "tasks"), ("consumes", "queue", "tasks")},
    ),
    "aio-pika": (
        """
        import aio_pika
        async def main():
            connection = await aio_pika.connect_robust("amqp://x")
            async with connection:
                channel = await connection.channel()
                queue = await channel.declare_queue("jobs", auto_delete=True)
                async with queue.iterator() as messages:
                    async for message in messages:
                        await channel.default_exchange.publish(aio_pika.Message(b"x"), routing_key="done")
        """,
        {("consumes", "queue", "jobs"), ("produces", "queue", "done")},
    ),
    "nats jetstream": (
        """
        import nats
        async def main():
            nc = await nats.connect("nats://x")
            js = nc.jetstream()
            await js.publish("events.new", b"x")
            sub = await js.pull_subscribe("events.*", "worker")
            for message in await sub.fetch(10):
                await message.ack()
        """,
        {("produces", "topic", "events.new"), ("consumes", "topic", "events.*")},
    ),
    "pulsar": (
        """
        import pulsar
        client = pulsar.Client("pulsar://x")
        producer = client.create_producer("persistent://public/default/out")
        consumer = client.subscribe("in", subscription_name="s")
        message = consumer.receive()
        producer.send(message.data())
        """,
        {("produces", "topic", "persistent://public/default/out"), ("consumes", "topic", "in")},
    ),
    "redis streams": (
        """
        import redis
        r = redis.Redis(host="x")
        r.xadd("clicks", {"user": 1}, maxlen=1000)
        for stream, messages in r.xreadgroup("g", "c", {"orders": ">"}, count=10):
            pass
        r.get("clicks")
        """,
        {("produces", "stream", "clicks"), ("consumes", "stream", "orders")},
    ),
    "redis streams that a base reads, each with its prefix, and a pipeline writes": (
        """
        from redis import Redis
        PREFIX = "events:"
        class Consumer:
            def __init__(self, streams):
                self.redis = Redis()
                self.streams = [f"{PREFIX}{stream}" for stream in streams]
            def read(self):
                return self.redis.xreadgroup("g", "c", {stream: ">" for stream in self.streams}, count=1)
        class Orders(Consumer):
            def handle(self, message):
                with self.redis.pipeline(transaction=False) as pipe:
                    pipe.xadd("totals", message)
                    pipe.execute()
        if __name__ == "__main__":
            Orders(streams=["orders.insert", "orders.update"]).read()
        """,
        {
            ("consumes", "stream", "events:orders.insert"),
            ("consumes", "stream", "events:orders.update"),
            ("produces", "stream", "totals"),
        },
    ),
    "redis lists that are queues, and one that only remembers": (
        """
        import redis
        r = redis.Redis(host="x")
        r.lpush("jobs", "a")
        print(r.rpop("jobs"))
        r.rpush("mails", "b")
        name, mail = r.blpop(["mails"], timeout=5)
        r.lpush("recent", "c")
        r.ltrim("recent", 0, 10)
        r.brpoplpush("waiting", "working")
        """,
        {
            ("produces", "queue", "jobs"),
            ("consumes", "queue", "jobs"),
            ("produces", "queue", "mails"),
            ("consumes", "queue", "mails"),
            ("consumes", "queue", "waiting"),
        },
    ),
    "redis lists and streams through a helper of another package": (
        """
        from redis_om import get_redis_connection
        KEY = "order_completed"
        redis = get_redis_connection(host="x")
        while True:
            for stream, messages in redis.xreadgroup("stock", KEY, {KEY: ">"}, None):
                pass
        """,
        {("consumes", "stream", "order_completed")},
    ),
    "pulsar patterns": (
        """
        import re
        from pulsar import Client as PulsarClient
        client = PulsarClient("pulsar://x")
        client.subscribe(re.compile("persistent://public/default/.*"), "all")
        client.subscribe(["a", "b"], "both")
        """,
        {
            ("consumes", "topic", "?topics like ^persistent://public/default/.*"),
            ("consumes", "topic", "a"),
            ("consumes", "topic", "b"),
        },
    ),
    "kombu": (
        """
        from kombu import Connection, Exchange, Queue
        tasks = Queue("tasks", Exchange("tasks"), routing_key="tasks")
        with Connection("amqp://x") as connection:
            connection.Producer(serializer="json").publish({"a": 1}, routing_key="tasks", declare=[tasks])
            with connection.Consumer([tasks], callbacks=[print]):
                connection.drain_events()
            connection.SimpleQueue("simple").put({"a": 1})
        """,
        {("produces", "queue", "tasks"), ("consumes", "queue", "tasks"), ("produces", "queue", "simple")},
    ),
    "kombu's mixin": (
        """
        from kombu import Exchange, Queue
        from kombu.mixins import ConsumerProducerMixin

        ORDERS = Queue("orders", Exchange("shop"))

        class Worker(ConsumerProducerMixin):
            def __init__(self, connection):
                self.connection = connection

            def get_consumers(self, Consumer, channel):
                return [Consumer(queues=[ORDERS], callbacks=[self.handle]), Consumer([Queue("returns")])]

            def handle(self, body, message):
                self.producer.publish({"a": 1}, routing_key="done")
        """,
        {("consumes", "queue", "orders"), ("consumes", "queue", "returns"), ("produces", "queue", "done")},
    ),
    "a client that is made in one of two ways, far from where it is used": (
        """
        import os
        import boto3
        QUEUE_URL = os.environ["QUEUE_URL"]

        def session(profile=None):
            if profile:
                return boto3.Session(profile_name=profile)
            return boto3.Session()

        def connect():
            try:
                made = session()
                if "ENDPOINT" in os.environ:
                    return made.client("sqs", endpoint_url=os.environ["ENDPOINT"])
                return made.client("sqs")
            except OSError as error:
                print(error)

        def messages(sqs, url):
            yield from sqs.receive_message(QueueUrl=url)["Messages"]

        def run():
            sqs = connect()
            for message in messages(sqs, QUEUE_URL):
                print(message)
        """,
        {("consumes", "queue", "?QUEUE_URL")},
    ),
    "classes that are clients": (
        """
        import os
        from kafka import KafkaConsumer, KafkaProducer

        class Source(KafkaConsumer):
            def __init__(self):
                self.read_settings()
                super().__init__(self.topic, **self.settings)

            def read_settings(self):
                self.topic = os.environ["SOURCE_TOPIC"]

        class Sink(KafkaProducer):
            def __init__(self):
                super().__init__(bootstrap_servers="x")

            def write(self, row):
                self.send("rows", row)
        """,
        {("consumes", "topic", "?SOURCE_TOPIC"), ("produces", "topic", "rows")},
    ),
    "sqs client": (
        """
        import boto3, os
        sqs = boto3.client("sqs", region_name="eu-west-1")
        sqs.send_message(QueueUrl=os.environ["OUT_URL"], MessageBody="x")
        found = sqs.receive_message(QueueUrl="https://sqs.eu-west-1.amazonaws.com/1/in", WaitTimeSeconds=10)
        """,
        {("produces", "queue", "?OUT_URL"), ("consumes", "queue", "in")},
    ),
    "sqs resource": (
        """
        import boto3
        queue = boto3.resource("sqs").get_queue_by_name(QueueName="in")
        for message in queue.receive_messages():
            message.delete()
        """,
        {("consumes", "queue", "in")},
    ),
    "kinesis and sns": (
        """
        import boto3
        session = boto3.Session()
        kinesis = session.client("kinesis")
        kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey="k")
        boto3.client("sns").publish(TopicArn="arn:aws:sns:eu:1:alerts", Message="x")
        boto3.client("ses").put_object(Bucket="b", Key="k", Body=b"x")
        """,
        {("produces", "stream", "clicks"), ("produces", "topic", "alerts")},
    ),
    "bigquery": (
        """
        import google.cloud.bigquery as bq
        client = bq.Client()
        client.insert_rows_json("shop.orders", [{"id": 1}])
        client.load_table_from_uri("gs://x/*.csv", "shop.days")
        client.query("SELECT id FROM `shop.users` WHERE day = @day").result()
        """,
        {("produces", "table", "shop.orders"), ("produces", "table", "shop.days"), ("consumes", "table", "shop.users")},
    ),
    "pub/sub": (
        """
        from google.cloud import pubsub_v1
        publisher = pubsub_v1.PublisherClient()
        subscriber = pubsub_v1.SubscriberClient()
        topic_path = publisher.topic_path("project", "orders")
        path = subscriber.subscription_path("project", "orders-sub")
        publisher.publish(topic_path, b"x", origin="shop")
        subscriber.subscribe(path, callback=print)
        publisher.publish("projects/project/topics/returns", b"x")

        def report(project):
            publisher.publish(f"projects/{project}/topics/reports", b"x")
        """,
        {
            ("produces", "topic", "orders"),
            ("produces", "topic", "returns"),
            ("produces", "topic", "reports"),
            ("consumes", "subscription", "orders-sub"),
        },
    ),
}


@pytest.mark.parametrize("name", BROKERS)
def test_clients_of_message_brokers_are_read(name: str) -> None:
    code, expected = BROKERS[name]

    assert edges(code) == expected


FRAMEWORKS = {
    "faust": (
        """
        import faust
        app = faust.App("shop", broker="kafka://x")
        orders = app.topic("orders", value_type=dict)
        totals = app.topic("totals")

        @app.agent(orders)
        async def add(stream):
            async for order in stream:
                await totals.send(value={"total": order["amount"]})
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals")},
    ),
    "faust agent with a sink": (
        """
        import faust
        app = faust.App("shop")
        totals = app.topic("totals")

        @app.agent(app.topic("orders"), sink=[totals])
        async def add(stream):
            async for order in stream:
                yield order
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals")},
    ),
    "faststream": (
        """
        from faststream import FastStream
        from faststream.kafka import KafkaBroker
        broker = KafkaBroker("x:9092")
        app = FastStream(broker)

        @broker.subscriber("orders", group_id="g")
        @broker.publisher("totals")
        async def add(order: dict) -> dict:
            await broker.publish(order, "audit")
            return order
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals"), ("produces", "topic", "audit")},
    ),
    "faust tables with a changelog of their own, and agents without a topic": (
        """
        import faust
        app = faust.App("shop")
        totals = app.topic("totals", partitions=1)
        table = app.Table("totals", default=int, partitions=1, changelog_topic=totals)
        counts = app.Table("counts", default=int)

        @app.agent(app.topic("orders"))
        async def add(orders):
            async for order in orders:
                table[order.shop] += order.amount

        @app.agent()
        async def say(texts):
            async for text in texts:
                print(text)
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals"), ("consumes", "topic", "?say")},
    ),
    "faststream redis": (
        """
        from faststream.redis import ListSub, RedisBroker, StreamSub
        broker = RedisBroker("redis://x")

        @broker.subscriber("alerts")
        @broker.publisher(stream="handled")
        async def on_alert(alert): ...

        @broker.subscriber(list="jobs")
        async def on_job(job):
            await broker.publish(job, list="done")

        @broker.subscriber(stream=StreamSub("clicks", group="g", consumer="c"))
        async def on_click(click): ...

        @broker.subscriber(list=ListSub("batches", batch=True))
        async def on_batch(jobs): ...
        """,
        {
            ("consumes", "topic", "alerts"),
            ("produces", "stream", "handled"),
            ("consumes", "queue", "jobs"),
            ("produces", "queue", "done"),
            ("consumes", "stream", "clicks"),
            ("consumes", "queue", "batches"),
        },
    ),
    "faststream rabbit": (
        """
        from faststream.rabbit import RabbitBroker, RabbitQueue
        broker = RabbitBroker("amqp://x")

        @broker.subscriber(RabbitQueue("orders", durable=True))
        async def add(order): ...
        """,
        {("consumes", "queue", "orders")},
    ),
    "quix streams": (
        """
        import os
        from quixstreams import Application
        app = Application(broker_address="x", consumer_group="g")
        orders = app.topic("orders", value_deserializer="json")
        totals = app.topic(os.environ["output"])
        sdf = app.dataframe(orders)
        sdf = sdf.apply(lambda row: row).filter(lambda row: row["amount"] > 0)
        sdf["x"] = sdf["amount"]
        sdf.to_topic(totals)
        app.run()
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "?output")},
    ),
    "quix producer": (
        """
        from quixstreams import Application
        app = Application(broker_address="x")
        topic = app.topic(name="orders", value_serializer="json")
        with app.get_producer() as producer:
            producer.produce(topic=topic.name, key="k", value=b"x")
        """,
        {("produces", "topic", "orders")},
    ),
    "quix sources, and some columns of a stream": (
        """
        from quixstreams import Application
        from quixstreams.dataframe.joins.lookups import QuixConfigurationService
        from sources import Sensors
        app = Application(consumer_group="g")
        raw = app.topic("raw")
        app.add_source(source=Sensors(name="sensors"), topic=raw)
        sdf = app.dataframe(raw)
        sdf = sdf[["sensor", "value"]]
        sdf = sdf.tumbling_window(10).mean().final()
        sdf.to_topic(app.topic("means"))
        app.dataframe(source=Sensors(name="more")).to_topic(app.topic("more"))
        QuixConfigurationService(topic=app.topic("settings"), app_config=app.config)
        """,
        {
            ("consumes", "topic", "settings"),
            ("produces", "topic", "raw"),
            ("consumes", "topic", "raw"),
            ("produces", "topic", "means"),
            ("produces", "topic", "more"),
        },
    ),
    "bytewax of old": (
        """
        import os
        from bytewax.dataflow import Dataflow
        from bytewax.connectors.kafka import KafkaInput, KafkaOutput
        TOPICS = os.environ.get("TOPICS", "orders").split(",")
        flow = Dataflow()
        flow.input("in", KafkaInput(brokers=["x"], topics=TOPICS, add_config={"group.id": "g"}))
        flow.output("out", KafkaOutput(brokers=["x"], topic="totals"))
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals")},
    ),
    "bytewax": (
        """
        import bytewax.operators as op
        from bytewax.connectors.kafka import operators as kop, KafkaSink
        from bytewax.dataflow import Dataflow
        flow = Dataflow("f")
        kinp = kop.input("inp", flow, brokers=["x"], topics=["orders"])
        op.output("out", kinp.oks, KafkaSink(["x"], "totals"))
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals")},
    ),
    "spark": (
        """
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        df = (spark.readStream.format("kafka").option("kafka.bootstrap.servers", "x")
              .option("subscribe", "orders").option("startingOffsets", "earliest").load())
        query = (df.selectExpr("CAST(value AS STRING)").writeStream.format("kafka")
                 .option("topic", "totals").outputMode("append").start())
        df.writeStream.format("delta").toTable("gold.totals")
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals"), ("produces", "table", "gold.totals")},
    ),
    "spark's files, tables and lakes": (
        """
        from pyspark.sql import SparkSession
        from delta.tables import DeltaTable

        spark = SparkSession.builder.appName("daily").getOrCreate()
        raw = spark.read.format("json").option("multiline", True).load("s3a://lake/raw/")
        old = spark.read.parquet("s3a://lake/old").union(spark.table("silver.old"))
        fast = spark.readStream.schema(raw.schema).csv("landing/")
        fast.writeStream.format("delta").option("checkpointLocation", "cp").start("s3a://lake/silver")
        raw.write.mode("append").partitionBy("day").save("s3a://lake/gold")
        raw.write.format("console").save("nowhere")
        raw.write.format("iceberg").mode("append").save("lake.gold")
        raw.write.format("jdbc").option("url", "u").option("dbtable", "public.gold").save()
        spark.read.format("jdbc").option("dbtable", "(select 1 from t) q").load()
        DeltaTable.forPath(spark, "s3a://lake/merged").alias("t").merge(raw, "t.id = s.id").execute()
        """,
        {
            ("consumes", "file", "s3a://lake/raw/"),
            ("consumes", "file", "s3a://lake/old"),
            ("consumes", "table", "silver.old"),
            ("consumes", "file", "landing/"),
            ("produces", "file", "s3a://lake/silver"),
            ("produces", "file", "s3a://lake/gold"),
            ("produces", "table", "lake.gold"),
            ("produces", "table", "public.gold"),
            ("consumes", "table", "?a query"),
            ("produces", "file", "s3a://lake/merged"),
        },
    ),
    "a session that the host or another module gives": (
        """
        from shared import make_session
        spark = make_session()
        df = spark.read.format("parquet").load("raw")
        df.write.saveAsTable("gold.orders")
        spark.table("gold.customers")
        """,
        {("consumes", "file", "raw"), ("produces", "table", "gold.orders"), ("consumes", "table", "gold.customers")},
    ),
    "queries that are filled in": (
        """
        import os
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        day, base = "today", os.environ["BASE"]
        spark.sql("SELECT id FROM %s.orders WHERE day = '%s'" % (base, day))
        spark.sql("INSERT INTO {}.totals SELECT id FROM raw.users".format(base))
        spark.sql("SELECT COLUMNS FROM %s.long" % base)
        spark.sql("SELECT id FROM {0:s}.{1:s}".format(base, "days"))
        raw = spark.read.format("bigquery").load("shop.raw_{{ ds_nodash }}")
        """.replace("COLUMNS", ", ".join(f"column_{number}" for number in range(50))),
        {
            ("consumes", "table", "?{BASE}.orders"),
            ("consumes", "table", "?{BASE}.long"),
            ("consumes", "table", "?{BASE}.days"),
            ("consumes", "table", "?shop.raw_{{ ds_nodash }}"),
            ("produces", "table", "?{BASE}.totals"),
            ("consumes", "table", "raw.users"),
        },
    ),
    "patterns": (
        """
        from confluent_kafka import Consumer, Producer
        from pyspark.sql import SparkSession
        Producer({}).produce("alerts-ztf", b"")
        Producer({}).produce("audit", b"")
        Consumer({}).subscribe(["^alerts-.*"])
        SparkSession.builder.getOrCreate().readStream.format("kafka").option("subscribePattern", "aud.*").load()
        """,
        {
            ("produces", "topic", "alerts-ztf"),
            ("produces", "topic", "audit"),
            ("consumes", "topic", "?topics like ^alerts-.*"),
            ("consumes", "topic", "?topics like ^aud.*"),
            ("consumes", "topic", "alerts-ztf"),
            ("consumes", "topic", "audit"),
        },
    ),
    "patterns that could keep a matcher busy are not tried": (
        """
        from confluent_kafka import Consumer, Producer
        Producer({}).produce("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", b"")
        Consumer({}).subscribe(["^(a+)+b"])
        """,
        {
            ("produces", "topic", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ("consumes", "topic", "?topics like ^(a+)+b"),
        },
    ),
    "patterns of many optional parts, or many choices, are not tried either": (
        f"""
        from confluent_kafka import Consumer, Producer
        Producer({{}}).produce("{"a" * 60}", b"")
        Consumer({{}}).subscribe(["^{"a?" * 60}{"a" * 60}b?"])
        Consumer({{}}).subscribe(["^{"(a|a)" * 36}b"])
        """,
        {
            ("produces", "topic", "a" * 60),
            ("consumes", "topic", f"?topics like ^{'a?' * 60}{'a' * 60}b?"),
            ("consumes", "topic", f"?topics like ^{'(a|a)' * 36}b"),
        },
    ),
    "patterns with several parts": (
        """
        from confluent_kafka import Consumer, Producer
        Producer({}).produce("shop.eu.orders.v1", b"")
        Producer({}).produce("shop.eu.invoices.v1", b"")
        Consumer({}).subscribe([r"^[a-z]+\\.(eu|us)\\.(orders|payments|refunds)\\.v[0-9]+$"])
        """,
        {
            ("produces", "topic", "shop.eu.orders.v1"),
            ("produces", "topic", "shop.eu.invoices.v1"),
            ("consumes", "topic", r"?topics like ^[a-z]+\.(eu|us)\.(orders|payments|refunds)\.v[0-9]+$"),
            ("consumes", "topic", "shop.eu.orders.v1"),
        },
    ),
    "spark with options in a dict": (
        """
        from pyspark.sql import SparkSession
        SINK = {"kafka.bootstrap.servers": "x", "topic": "totals"}
        spark = SparkSession.builder.getOrCreate()
        df = spark.readStream.format("kafka").options(**{"subscribe": "orders", "startingOffsets": "latest"}).load()
        df.writeStream.format("kafka").options(**SINK).start()
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals")},
    ),
    "spark with options that are not known": (
        """
        from pyspark.sql import SparkSession
        def run(spark, options):
            df = spark.readStream.format("kafka").options(**options).load()
            df.write.format("kafka").options(**options).save()
            df.write.format("parquet").save("out")
        """,
        {("consumes", "topic", "?"), ("produces", "topic", "?"), ("produces", "file", "out")},
    ),
    "flink builders": (
        """
        from pyflink.datastream.connectors.kafka import KafkaSource, KafkaSink, KafkaRecordSerializationSchema
        source = KafkaSource.builder().set_bootstrap_servers("x").set_topics("orders").set_group_id("g").build()
        sink = KafkaSink.builder().set_record_serializer(
            KafkaRecordSerializationSchema.builder().set_topic("totals").set_value_serialization_schema(None).build()
        ).build()
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals")},
    ),
    "flink tables that windows read": (
        """
        t_env.execute_sql("CREATE TABLE trips (at TIMESTAMP(3)) WITH ('connector' = 'kafka', 'topic' = 'trips-raw')")
        t_env.execute_sql("CREATE TABLE days (n INT) WITH ('connector' = 'jdbc', 'table-name' = 'trip_days')")
        t_env.execute_sql('''
            INSERT INTO days SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE trips, DESCRIPTOR(at), INTERVAL '1' DAY))
            GROUP BY window_start
        ''')
        """,
        {("consumes", "topic", "trips-raw"), ("produces", "table", "trip_days")},
    ),
    "flink tables that functions make and give the names of": (
        """
        import os

        def make_source(t_env):
            table_name = "events"
            t_env.execute_sql(f'''
                CREATE TABLE {table_name} (url VARCHAR) WITH (
                    'connector' = 'kafka', 'topic' = '{os.environ.get("KAFKA_TOPIC")}', 'format' = 'json'
                )
            ''')
            return table_name

        def make_sink(t_env):
            name = "processed"
            t_env.execute_sql(f"CREATE TABLE {name} (url VARCHAR) WITH ('connector' = 'jdbc', 'table-name' = '{name}')")
            return name

        def run(t_env):
            source, sink = make_source(t_env), make_sink(t_env)
            t_env.sql_query(f"SELECT url FROM {source}").execute_insert(f"{sink}").wait()
        """,
        {("consumes", "topic", "?KAFKA_TOPIC"), ("produces", "table", "processed")},
    ),
    "flink tables of one name": (
        """
        def make_source(t_env):
            t_env.execute_sql('''CREATE TABLE events (id INT) WITH (
                'connector' = 'kafka', 'topic' = 'events-raw', 'scan.startup.mode' = 'earliest-offset')''')

        def make_sink(t_env):
            t_env.execute_sql("CREATE TABLE events (id INT) WITH ('connector' = 'jdbc', 'table-name' = 'events')")

        t_env.execute_sql("INSERT INTO events SELECT id FROM events")
        """,
        {("consumes", "topic", "events-raw"), ("produces", "table", "events")},
    ),
    "flink descriptors": (
        """
        from pyflink.table import Schema, TableDescriptor
        TOPIC = "orders"
        t_env.create_temporary_table(
            "source",
            TableDescriptor.for_connector("kafka").schema(Schema.new_builder().build()).option("topic", TOPIC).build(),
        )
        t_env.create_temporary_table("sink", TableDescriptor.for_connector("kafka").option("topic", "totals").build())
        t_env.create_temporary_table("shown", TableDescriptor.for_connector("print").build())
        t_env.from_path("source").execute_insert("sink")
        """,
        {("consumes", "topic", "orders"), ("produces", "topic", "totals")},
    ),
    "beam": (
        """
        import apache_beam as beam
        from apache_beam.io.kafka import ReadFromKafka, WriteToKafka
        with beam.Pipeline() as p:
            read = p | ReadFromKafka(consumer_config={"bootstrap.servers": "x"}, topics=["orders"])
            read | beam.Map(str) | WriteToKafka(producer_config={}, topic="totals")
            p | beam.io.ReadFromPubSub(subscription="projects/p/subscriptions/s") | beam.io.WriteToBigQuery("d.t")
            p | beam.io.ReadFromText("gs://in/*.json") | beam.io.WriteToText("gs://out/part")
        """,
        {
            ("consumes", "file", "gs://in/*.json"),
            ("produces", "file", "gs://out/part"),
            ("consumes", "topic", "orders"),
            ("produces", "topic", "totals"),
            ("consumes", "subscription", "s"),
            ("produces", "table", "d.t"),
        },
    ),
    "airflow": (
        """
        from airflow.providers.apache.kafka.operators.produce import ProduceToTopicOperator
        from airflow.providers.apache.kafka.operators.consume import ConsumeFromTopicOperator
        ProduceToTopicOperator(task_id="a", topic="orders", producer_function="x")
        ConsumeFromTopicOperator(task_id="b", topics=["returns"], apply_function="y")
        """,
        {("produces", "topic", "orders"), ("consumes", "topic", "returns")},
    ),
    "celery": (
        """
        from celery import Celery
        app = Celery("shop", broker="redis://x")

        @app.task(queue="scoring")
        def score(order): ...

        @app.task
        def local(order): ...

        app.send_task("mail.send", args=[1], queue="mails")
        """,
        {("consumes", "queue", "scoring"), ("produces", "queue", "mails")},
    ),
}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_stream_frameworks_are_read(name: str) -> None:
    code, expected = FRAMEWORKS[name]

    assert edges(code) == expected


STORES = {
    "objects of S3": (
        """
        import boto3
        s3 = boto3.client("s3")
        s3.put_object(Bucket="raw", Key="a/b.json", Body=b"")
        s3.download_file("models", "m.bin", "/tmp/m.bin")
        boto3.resource("s3").Object("orders", "first.json").put(Body=b"")
        s3.create_multipart_upload(Bucket="exports", Key="all.json")
        for one in boto3.resource("s3").Bucket("archive").objects.all():
            print(one)
        """,
        {
            *{("produces", "file", "raw"), ("consumes", "file", "models"), ("produces", "file", "orders")},
            ("produces", "file", "exports"),
        },
    ),
    "objects of MinIO": (
        """
        from minio import Minio
        client = Minio("minio:9000", access_key="x")
        client.put_object("raw", "a/b.json", data=None, length=1)
        client.fget_object(bucket_name="models", object_name="m.bin", file_path="/tmp/m.bin")
        """,
        {("produces", "file", "raw"), ("consumes", "file", "models")},
    ),
    "items of DynamoDB": (
        """
        import boto3
        table = boto3.resource("dynamodb").Table("Orders")
        with table.batch_writer() as batch:
            batch.put_item(Item={})
        table.query(KeyConditionExpression="x")
        boto3.client("dynamodb").get_item(TableName="Customers", Key={})
        """,
        {("produces", "table", "Orders"), ("consumes", "table", "Orders"), ("consumes", "table", "Customers")},
    ),
    "addresses with an account that isn't known": (
        """
        import os
        import boto3
        region, account = os.environ["AWS_REGION"], get_account()
        boto3.client("sns").publish(TopicArn=f"arn:aws:sns:{region}:{account}:alerts", Message="x")
        boto3.client("sqs").send_message(QueueUrl=f"https://sqs.{region}.amazonaws.com/{account}/orders", MessageBody="x")
        boto3.client("kinesis").put_record(StreamARN=f"arn:aws:kinesis:{region}:{account}:stream/{os.environ['NAME']}")
        """,
        {("produces", "topic", "alerts"), ("produces", "queue", "orders"), ("produces", "stream", "?NAME")},
    ),
    "tables and files of pandas": (
        """
        import pandas as pd
        old = pd.read_parquet("s3://lake/old.parquet")
        old.to_sql(con=engine, name="orders", if_exists="append")
        pd.read_sql_table("customers", engine).to_parquet("s3://lake/customers.parquet")
        old.to_parquet(path)
        """,
        {
            ("consumes", "file", "s3://lake/old.parquet"),
            ("produces", "table", "orders"),
            ("consumes", "table", "customers"),
            ("produces", "file", "s3://lake/customers.parquet"),
        },
    ),
    "blobs of Cloud Storage": (
        """
        from google.cloud import storage
        client = storage.Client()
        client.bucket("raw").blob("a.json").upload_from_string("{}")
        client.get_bucket("models").blob("m.bin").download_to_filename("/tmp/m.bin")
        """,
        {("produces", "file", "raw"), ("consumes", "file", "models")},
    ),
    "a queue's address that a client gives by name": (
        """
        import boto3

        def send(client, name):
            client.send_message(QueueUrl=client.get_queue_url(QueueName=name)["QueueUrl"], MessageBody="x")

        send(boto3.client("sqs"), "transform")
        """,
        {("produces", "queue", "transform")},
    ),
}


@pytest.mark.parametrize("name", STORES)
def test_stores_of_clouds_are_read(name: str) -> None:
    code, expected = STORES[name]

    assert edges(code) == expected


TRIGGERS = {
    "sqs, whatever clients the function has": (
        """
        import json, boto3
        out = boto3.client("kinesis")
        table = boto3.client("dynamodb")

        def lambda_handler(event, context, metrics):
            for record in event["Records"]:
                json.loads(record["body"])
        """,
        {("consumes", "queue", "?lambda_handler")},
    ),
    "kinesis": (
        """
        import base64, json

        def handler(event, context):
            for record in event["Records"]:
                json.loads(base64.b64decode(record["kinesis"]["data"]))
        """,
        {("consumes", "stream", "?handler")},
    ),
    "sqs": (
        """
        import json

        def handle(event, _context):
            for record in event.get("Records", []):
                json.loads(record["body"])
        """,
        {("consumes", "queue", "?handle")},
    ),
    "kafka": (
        """
        import base64

        def lambda_function(event, context):
            for _, records in event["records"].items():
                for record in records:
                    print(record["topic"], base64.b64decode(record["value"]))
        """,
        {("consumes", "topic", "?lambda_function")},
    ),
    "pub/sub in the background": (
        """
        import base64

        def on_order(event, context):
            print(base64.b64decode(event["data"]).decode("utf-8"))
        """,
        {("consumes", "topic", "?on_order")},
    ),
    "pub/sub as a cloud event": (
        """
        import base64
        import functions_framework

        @functions_framework.cloud_event
        def on_order(cloud_event):
            print(base64.b64decode(cloud_event.data["message"]["data"]))
        """,
        {("consumes", "topic", "?on_order")},
    ),
    "a function of Pulsar": (
        """
        from pulsar import Function

        class Split(Function):
            def process(self, input, context):
                for word in input.split():
                    context.publish("words", word)

        class Helper:
            def process(self, input, context):
                context.publish("nowhere", input)
        """,
        {("consumes", "topic", "?Split"), ("produces", "topic", "words")},
    ),
    "a request of an http gateway": (
        """
        import base64

        def handler(event, context):
            return {"statusCode": 200, "body": base64.b64decode(event["body"])}
        """,
        set(),
    ),
}


@pytest.mark.parametrize("name", TRIGGERS)
def test_functions_that_a_cloud_triggers_are_fed_by_an_unknown(name: str) -> None:
    code, expected = TRIGGERS[name]

    assert edges(code) == expected


def test_avro_containers_are_files_where_their_path_is_known() -> None:
    code = """
        import fastavro
        from pathlib import Path
        from avro.datafile import DataFileReader
        from avro.io import DatumReader

        def convert(path):
            with open("in/orders.avro", "rb") as source, Path("out.avro").open("wb") as sink:
                fastavro.writer(sink, {"type": "string"}, fastavro.reader(source))
            for row in DataFileReader(open("old.avro", "rb"), DatumReader()):
                print(row)
            with open(path, "rb") as unknown:
                print(list(fastavro.reader(unknown)))
        """
    assert edges(code) == {
        ("consumes", "file", "in/orders.avro"),
        ("produces", "file", "out.avro"),
        ("consumes", "file", "old.avro"),
    }


def test_transfers_of_airflow_read_one_place_and_write_another() -> None:
    code = """
from airflow import DAG
from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator
from airflow.providers.google.cloud.transfers.bigquery_to_gcs import BigQueryToGCSOperator
from airflow.providers.amazon.aws.transfers.s3_to_redshift import S3ToRedshiftOperator

with DAG("load"):
    GCSToBigQueryOperator(task_id="a", bucket="raw", destination_project_dataset_table="p.d.orders")
    BigQueryToGCSOperator(
        task_id="b", source_project_dataset_table="p.d.orders", destination_cloud_storage_uris=["gs://out/x-*.csv"]
    )
    S3ToRedshiftOperator(task_id="c", s3_bucket="{{ var.value.bucket }}", s3_key="k", schema="public", table="sales")
"""

    found = map_of({"dags/load.py": code})

    edges = {(link.direction, link.endpoint.kind, link.endpoint.name, link.endpoint.variable) for link in found.links}
    assert edges == {
        ("consumes", "file", "raw", ""),
        ("produces", "table", "p.d.orders", ""),
        ("consumes", "table", "p.d.orders", ""),
        ("produces", "file", "gs://out/x-*.csv", ""),
        ("consumes", "file", "", "{{ var.value.bucket }}"),
        ("produces", "table", "sales", ""),
    }
