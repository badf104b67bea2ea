"""Which calls of message brokers' client libraries read and write what? Data alone: a new library is some lines here.

`CALLS` has, by the first part of the import, what is called as imported (its last name, or the last two where the name alone says
little); `METHODS` has, by the kind of object, the methods that matter. The parts between the first and the last move from release
to release, so they are not compared.
"""

from __future__ import annotations

from copilot.readers.steps import LISTED, MESSAGE, SAME, Steps, consumes, gives, produces
from copilot.readers.storage_table import AWS_CALLS, CLICKHOUSE_CALLS, GOOGLE_CALLS, MINIO_CALLS, STORAGE_METHODS

NAMES = {
    "confluent_kafka": "confluent-kafka",
    "kafka": "kafka-python",
    "aiokafka": "aiokafka",
    "pika": "pika",
    "aio_pika": "aio-pika",
    "kombu": "kombu",
    "nats": "nats",
    "pulsar": "pulsar",
    "redis": "redis",
    "aioredis": "redis",
    "redis_om": "redis",
    "django_redis": "redis",
    "boto3": "boto3",
    "aioboto3": "boto3",
    "aiobotocore": "boto3",
    "google": "google-cloud",
    "gcloud": "google-cloud",
    "azure": "azure",
}

_AWS = {
    **AWS_CALLS,
    "client:sqs": gives("sqs client"),
    "client:sns": gives("sns client"),
    "client:kinesis": gives("kinesis client"),
    "client:firehose": gives("firehose client"),
    "resource:sqs": gives("sqs resource"),
    "resource:sns": gives("sns resource"),
    "create_client:sqs": gives("sqs client"),
    "create_client:sns": gives("sns client"),
    "create_client:kinesis": gives("kinesis client"),
}
_REDIS = {
    name: gives("redis client")
    for name in ("Redis", "StrictRedis", "from_url", "RedisCluster", "create_redis_pool", "get_redis_connection")
}

CALLS: dict[str, Steps] = {
    "confluent_kafka": {
        "Consumer": gives("kafka consumer"),
        "AvroConsumer": gives("kafka consumer"),
        "DeserializingConsumer": gives("kafka consumer"),
        "AIOConsumer": gives("kafka consumer"),
        "ShareConsumer": gives("kafka consumer"),
        "DeserializingShareConsumer": gives("kafka consumer"),
        "Producer": gives("kafka producer"),
        "AvroProducer": gives("kafka producer"),
        "SerializingProducer": gives("kafka producer"),
        "AIOProducer": gives("kafka producer"),
    },
    "kafka": {
        "KafkaConsumer": consumes("*", "kafka consumer", needs=True),
        "KafkaProducer": gives("kafka producer"),
        "SimpleProducer": gives("kafka producer"),
        "SimpleConsumer": consumes("2 topic", "kafka consumer"),
    },
    "aiokafka": {
        "AIOKafkaConsumer": consumes("*", "kafka consumer", needs=True),
        "AIOKafkaProducer": gives("kafka producer"),
    },
    "pika": {
        "BlockingConnection": gives("amqp connection"),
        "SelectConnection": gives("amqp connection"),
        "AsyncioConnection": gives("amqp connection"),
    },
    "aio_pika": {"connect": gives("amqp connection"), "connect_robust": gives("amqp connection")},
    "kombu": {
        "Queue": gives("kombu queue", "0 name"),
        "Consumer": consumes("1 queues", endpoint="queue"),
        "mixins.Consumer": consumes("0 queues", endpoint="queue"),
        "Producer": gives("kombu producer"),
        "Connection": gives("kombu connection"),
        "BrokerConnection": gives("kombu connection"),
    },
    "nats": {"connect": gives("nats client"), "NATS": gives("nats client"), "Client": gives("nats client")},
    "pulsar": {"Client": gives("pulsar client")},
    **dict.fromkeys(("redis", "aioredis", "redis_om", "django_redis"), _REDIS),
    "boto3": {**_AWS, "Session": gives("aws session")},
    "aioboto3": {**_AWS, "Session": gives("aws session")},
    "aiobotocore": {"get_session": gives("aws session"), "AioSession": gives("aws session")},
    "google": {
        **GOOGLE_CALLS,
        "bigquery.Client": gives("bigquery client"),
        "PublisherClient": gives("pubsub publisher"),
        "SubscriberClient": gives("pubsub subscriber"),
        "PublisherAsyncClient": gives("pubsub publisher"),
        "SubscriberAsyncClient": gives("pubsub subscriber"),
    },
    "pandas": {
        "read_sql_table": consumes("0 table_name", endpoint="table"),
        "read_parquet": consumes("0 path", endpoint="file"),
    },
    "clickhouse_connect": CLICKHOUSE_CALLS,
    "minio": MINIO_CALLS,
    "gcloud": {
        "PublisherClient": gives("gcloud publisher"),
        "SubscriberClient": gives("gcloud subscriber"),
    },
    "azure": {
        "ServiceBusClient": gives("servicebus client"),
        "ServiceBusClient.from_connection_string": gives("servicebus client"),
        "EventHubProducerClient": produces("eventhub_name 1", kind="eventhub producer"),
        "EventHubProducerClient.from_connection_string": produces("eventhub_name", kind="eventhub producer"),
        "EventHubConsumerClient": consumes("eventhub_name 1", "eventhub consumer"),
        "EventHubConsumerClient.from_connection_string": consumes("eventhub_name", "eventhub consumer"),
    },
}

METHODS: dict[str, Steps] = {
    **STORAGE_METHODS,
    "kafka consumer": {
        "subscribe": consumes("0 topics ~pattern"),
        "assign": consumes("0 partitions"),
        **dict.fromkeys(("poll", "consume", "getone", "getmany"), MESSAGE),
    },
    "kafka producer": {
        "produce": produces("0 topic", "1 value"),
        "send": produces("0 topic", "1 value"),
        "send_and_wait": produces("0 topic", "1 value"),
        "send_batch": produces("1 topic", "0 batch"),
        "send_messages": produces("0 topic", "1"),
    },
    "amqp connection": {"channel": gives("amqp channel")},
    "amqp channel": {
        "basic_consume": consumes("queue 0", endpoint="queue"),
        "basic_get": consumes("queue 0", endpoint="queue"),
        "consume": consumes("0 queue", endpoint="queue"),
        "basic_publish": produces("1 routing_key", "2 body", endpoint="queue"),
        "declare_queue": gives("amqp queue", "0 name"),
        "get_queue": gives("amqp queue", "0 name"),
        "declare_exchange": gives("amqp exchange", "0 name"),
        "get_exchange": gives("amqp exchange", "0 name"),
    },
    "amqp channel.default_exchange": {"publish": produces("1 routing_key", "0 message", endpoint="queue")},
    "amqp exchange": {"publish": produces("1 routing_key", "0 message", endpoint="queue")},
    "amqp queue": {
        "consume": consumes("own", endpoint="queue"),
        "iterator": consumes("own", "message", endpoint="queue"),
        "get": consumes("own", "message", endpoint="queue"),
    },
    "kombu connection": {
        "Producer": gives("kombu producer"),
        "Consumer": consumes("0 queues", endpoint="queue"),
        "SimpleQueue": gives("kombu queue client", "0 name"),
    },
    "kombu queue client": {
        "put": produces("own", "0 message", endpoint="queue"),
        "get": consumes("own", "message", endpoint="queue"),
    },
    "kombu producer": {"publish": produces("routing_key", "0 body", endpoint="queue")},
    "nats client": {
        "jetstream": SAME,
        "subscribe": consumes("0 subject", "nats subscription"),
        "pull_subscribe": consumes("0 subject", "nats subscription"),
        "pull_subscribe_bind": consumes("subject stream", "nats subscription"),
        "publish": produces("0 subject", "1 payload"),
        "request": produces("0 subject", "1 payload"),
    },
    "nats subscription": {"fetch": MESSAGE, "next_msg": MESSAGE},
    "pulsar client": {
        "create_producer": produces("0 topic", kind="pulsar producer"),
        "subscribe": consumes("0 topic", "pulsar consumer"),
        "create_reader": consumes("0 topic", "pulsar consumer"),
    },
    "pulsar consumer": {"receive": MESSAGE, "batch_receive": MESSAGE, "read_next": MESSAGE},
    "pulsar context": {"publish": produces("0 topic_name", "1 message")},
    "redis client": {
        "xadd": produces("0 name", "1 fields", endpoint="stream"),
        "xread": consumes("{0 {streams", "message", endpoint="stream"),
        "xreadgroup": consumes("{2 {streams", "message", endpoint="stream"),
        "xautoclaim": consumes("0 name", "message", endpoint="stream"),
        "publish": produces("0 channel", "1 message"),
        "pubsub": gives("redis pubsub"),
        "pipeline": gives("redis client"),
        "blpop": consumes("0 keys", "message", endpoint="queue"),
        "brpop": consumes("0 keys", "message", endpoint="queue"),
        "brpoplpush": consumes("0 src", "message", endpoint="queue"),
        "blmove": consumes("0 first_list", "message", endpoint="queue"),
        # Of a list that nobody waits for, only both ends together tell that it is a queue.
        "lpush": produces("0 name", "1 values", endpoint=LISTED),
        "rpush": produces("0 name", "1 values", endpoint=LISTED),
        "lpop": consumes("0 name", "message", endpoint=LISTED),
        "rpop": consumes("0 name", "message", endpoint=LISTED),
        "rpoplpush": consumes("0 src", "message", endpoint=LISTED),
        "lmove": consumes("0 first_list", "message", endpoint=LISTED),
    },
    "redis pubsub": {"subscribe": consumes("*"), "psubscribe": consumes("*")},
    "aws session": dict(_AWS),
    "sqs client": {
        "send_message": produces("QueueUrl", "MessageBody", endpoint="queue"),
        "send_message_batch": produces("QueueUrl", "Entries", endpoint="queue"),
        "receive_message": consumes("QueueUrl", "message", endpoint="queue"),
        "get_queue_url": gives("sqs url", "QueueName"),
        "create_queue": gives("sqs url", "QueueName"),
    },
    "sqs resource": {
        "get_queue_by_name": gives("sqs queue", "QueueName"),
        "create_queue": gives("sqs queue", "QueueName"),
        "Queue": gives("sqs queue", "0 url"),
    },
    "sqs queue": {
        "send_message": produces("own", "MessageBody", endpoint="queue"),
        "send_messages": produces("own", "Entries", endpoint="queue"),
        "receive_messages": consumes("own", "message", endpoint="queue"),
    },
    "sns client": {
        "create_topic": gives("sns arn", "Name"),
        "publish": produces("TopicArn TargetArn", "Message", needs=True),
        "publish_batch": produces("TopicArn", "PublishBatchRequestEntries"),
    },
    "sns resource": {"Topic": gives("sns topic", "0 arn"), "create_topic": gives("sns topic", "Name")},
    "sns topic": {"publish": produces("own", "Message")},
    "kinesis client": {
        "put_record": produces("StreamName StreamARN", "Data", endpoint="stream"),
        "put_records": produces("StreamName StreamARN", "Records", endpoint="stream"),
        "get_shard_iterator": consumes("StreamName StreamARN", endpoint="stream"),
        "subscribe_to_shard": consumes("ConsumerARN", endpoint="stream"),
        "get_records": MESSAGE,
    },
    "firehose client": {
        "put_record": produces("DeliveryStreamName", "Record", endpoint="stream"),
        "put_record_batch": produces("DeliveryStreamName", "Records", endpoint="stream"),
    },
    "pubsub publisher": {
        "publish": produces("0 topic", "1 data messages"),
        "topic_path": gives("pubsub topic", "1 topic"),
    },
    "pubsub subscriber": {
        "subscription_path": gives("pubsub subscription", "1 subscription"),
        "subscribe": consumes("0 subscription", endpoint="subscription"),
        "pull": consumes("subscription 0", "message", endpoint="subscription"),
        "streaming_pull": consumes("subscription", "message", endpoint="subscription"),
    },
    "bigquery client": {
        "load_table_from_uri": produces("1 destination", endpoint="table"),
        "load_table_from_file": produces("1 destination", endpoint="table"),
        "load_table_from_dataframe": produces("1 destination", endpoint="table"),
        "load_table_from_json": produces("1 destination", endpoint="table"),
        "insert_rows_json": produces("0 table", endpoint="table"),
        "insert_rows": produces("0 table", endpoint="table"),
        "list_rows": consumes("0 table", endpoint="table"),
        "get_table": gives("bigquery table", "0 table"),
    },
    "data frame": {
        "to_sql": produces("0 name", endpoint="table", needs=True),
        "copy_records_to_table": produces("0 table_name", endpoint="table", needs=True),
        "copy_from": produces("1 table", endpoint="table", needs=True),
        "to_parquet": produces("0 path", endpoint="file", needs=True),
    },
    "gcloud publisher": {"publish": produces("0 topic", "1 messages")},
    "gcloud subscriber": {"pull": consumes("0 subscription", "message", endpoint="subscription")},
    "servicebus client": {
        "get_queue_sender": produces("queue_name 0", endpoint="queue"),
        "get_queue_receiver": consumes("queue_name 0", "servicebus receiver", endpoint="queue"),
        "get_topic_sender": produces("topic_name 0"),
        "get_subscription_receiver": consumes("topic_name 0", "servicebus receiver"),
    },
    "servicebus receiver": {"receive_messages": MESSAGE},
}

TELLING_METHODS = {
    "get_queue_url": "sqs client",
    "get_queue_by_name": "sqs resource",
    "to_sql": "data frame",
    "copy_records_to_table": "data frame",
    "copy_from": "data frame",
    "to_parquet": "data frame",
}
"""Methods that only one kind of client has, whatever it is called."""
