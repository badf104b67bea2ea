"""Which calls of stream and batch frameworks read and write what? Data alone, laid out as in `broker_table`.

`DECORATORS` has what decorates a function that is fed. `ATTRIBUTES` has what is reached without a call.
"""

from __future__ import annotations

from copilot.readers.airflow_table import AIRFLOW_CALLS
from copilot.readers.spark_table import SPARK_ATTRIBUTES, SPARK_CALLS, SPARK_METHODS
from copilot.readers.steps import SAME, Steps, consumes, gives, produces

NAMES = {
    "faust": "faust",
    "faust_avro": "faust",
    "faststream": "faststream",
    "quixstreams": "quixstreams",
    "bytewax": "bytewax",
    "pyspark": "pyspark",
    "delta": "pyspark",
    "pyflink": "flink",
    "apache_beam": "apache-beam",
    "airflow": "airflow",
    "celery": "celery",
}

_BROKERS = ("KafkaBroker", "ConfluentBroker", "NatsBroker", "RabbitBroker", "RedisBroker")
_ROUTERS = ("KafkaRouter", "ConfluentRouter", "NatsRouter", "RabbitRouter", "RedisRouter")
_RABBIT = ("RabbitBroker", "RabbitRouter")
_REDIS = ("RedisBroker", "RedisRouter")

CALLS: dict[str, Steps] = {
    "faust": {"App": gives("faust app")},
    "faust_avro": {"App": gives("faust app")},
    "faststream": {
        **{name: gives("faststream broker") for name in (*_BROKERS, *_ROUTERS)},
        **{name: gives("faststream rabbit") for name in _RABBIT},
        **{name: gives("faststream redis") for name in _REDIS},
        "StreamSub": gives("faststream stream", "0 stream"),
        "ListSub": gives("faststream list", "0 list"),
        "PubSub": gives("faststream channel", "0 channel"),
        "RabbitQueue": gives("faststream queue", "0 name"),
        "KafkaPublisher": produces("0 topic"),
        "KafkaRoute": consumes("1 topic"),
        "NatsRoute": consumes("1 subject"),
    },
    "quixstreams": {
        "Application": gives("quix app"),
        "Application.Quix": gives("quix app"),
        "QuixConfigurationService": consumes("0 topic", needs=True),
    },
    "bytewax": {
        "KafkaSource": consumes("1 topics"),
        "KafkaSink": produces("1 topic"),
        "KafkaInput": consumes("1 topics"),
        "KafkaOutput": produces("1 topic"),
        "KafkaInputConfig": consumes("1 topic"),
        "KafkaOutputConfig": produces("1 topic"),
        "operators.input": consumes("topics", needs=True),
        "operators.output": produces("topic", needs=True),
    },
    "pyflink": {
        "FlinkKafkaConsumer": consumes("0 topics"),
        "FlinkKafkaProducer": produces("0 topic"),
        "KafkaSource.builder": gives("flink source"),
        "KafkaRecordSerializationSchema.builder": gives("flink sink"),
        "FlinkKinesisConsumer": consumes("0 streams", endpoint="stream"),
    },
    "apache_beam": {
        "ReadFromKafka": consumes("1 topics"),
        "WriteToKafka": produces("1 topic"),
        "ReadFromPubSub": consumes("0 topic", needs=True),
        "ReadFromPubSub+": consumes("1 subscription", endpoint="subscription", needs=True),
        "WriteToPubSub": produces("0 topic"),
        "WriteStringsToPubSub": produces("0 topic"),
        "ReadStringsFromPubSub": consumes("0 topic", needs=True),
        "ReadStringsFromPubSub+": consumes("1 subscription", endpoint="subscription", needs=True),
        "WriteToBigQuery": produces("0 table", endpoint="table"),
        "ReadFromBigQuery": consumes("table", endpoint="table", needs=True),
        **{
            f"ReadFrom{form}": consumes("0 file_pattern path", endpoint="file")
            for form in ("Avro", "Parquet", "Text", "Csv", "Json", "TFRecord")
        },
        **{
            f"WriteTo{form}": produces("0 file_path_prefix path", endpoint="file")
            for form in ("Avro", "Parquet", "Text", "Csv", "Json", "TFRecord")
        },
    },
    "airflow": AIRFLOW_CALLS,
    "celery": {"Celery": gives("celery app")},
    **SPARK_CALLS,
}

METHODS: dict[str, Steps] = {
    "faust app": {
        "topic": gives("faust topic", "*"),
        "channel": gives("faust channel"),
        "stream": consumes("0 channel"),
        "send": produces("0 channel", "value 2"),
        **dict.fromkeys(("Table", "GlobalTable", "SetTable"), produces("changelog_topic", needs=True)),
    },
    "faust topic": {
        "send": produces("own", "value 1"),
        "send_soon": produces("own", "value 1"),
        "stream": consumes("own"),
        "get_topic_name": SAME,
    },
    "faststream broker": {
        "publish": produces("1 topic subject channel list stream", "0 message"),
        "request": produces("1 topic subject channel", "0 message"),
        "publish_batch": produces("topic", "0"),
        "subscriber": consumes("* topic subject channel list stream"),
        "publisher": produces("0 topic subject channel list stream", kind="faststream publisher"),
    },
    "faststream rabbit": {
        "publish": produces("1 queue routing_key", "0 message", endpoint="queue"),
        "subscriber": consumes("0 queue", endpoint="queue"),
        "publisher": produces("0 queue routing_key", kind="faststream publisher", endpoint="queue"),
    },
    "faststream redis": {
        "publish": produces("1 channel", "0 message", needs=True),
        "publish+": produces("list", "0 message", endpoint="queue", needs=True),
        "publish++": produces("stream", "0 message", endpoint="stream", needs=True),
        "request": produces("1 channel", "0 message", needs=True),
        "publish_batch": produces("list", "0", endpoint="queue", needs=True),
        "subscriber": consumes("0 channel", needs=True),
        "subscriber+": consumes("list", endpoint="queue", needs=True),
        "subscriber++": consumes("stream", endpoint="stream", needs=True),
        "publisher": produces("0 channel", kind="faststream publisher", needs=True),
        "publisher+": produces("list", kind="faststream publisher", endpoint="queue", needs=True),
        "publisher++": produces("stream", kind="faststream publisher", endpoint="stream", needs=True),
    },
    "quix app": {
        "topic": gives("quix topic", "0 name"),
        "dataframe": gives("quix dataframe"),
        "dataframe+": consumes("0 topic", needs=True),
        "add_source": produces("1 topic", needs=True),
        "get_producer": gives("kafka producer"),
        "get_consumer": gives("kafka consumer"),
    },
    "quix dataframe": {"to_topic": produces("0 topic", kind="="), "*": SAME},
    "flink source": {
        "set_topics": consumes("*", "="),
        "set_topic_pattern": consumes("~0", "="),
        "*": SAME,
    },
    "flink sink": {"set_topic": produces("0", kind="="), "set_topic_selector": produces("", kind="="), "*": SAME},
    **SPARK_METHODS,
}

DECORATORS: dict[str, Steps] = {
    "faust app": {"agent": consumes("0 channel"), "agent+": produces("sink", needs=True)},
    "faststream broker": METHODS["faststream broker"],
    "faststream rabbit": METHODS["faststream rabbit"],
    "faststream redis": METHODS["faststream redis"],
}

ATTRIBUTES: dict[str, dict[str, str]] = {
    "pyspark": SPARK_ATTRIBUTES,
    "spark session": SPARK_ATTRIBUTES,
    "faststream broker": {"broker": "faststream broker"},
    "faststream rabbit": {"broker": "faststream rabbit"},
    "faststream redis": {"broker": "faststream redis"},
    "amqp channel": {"default_exchange": "amqp channel.default_exchange"},
}
