"""The job that brings each record of a topic to the topic of its value: keys and order within a key and value are kept."""

from __future__ import annotations

from copilot.domain.pipeline import PipelineMap
from copilot.strategies.decoding import DECODING, RECORDS
from copilot.strategies.topic_bridge import module_name

_TEXT = '''"""Brings each record of {old} to the topic of its {field}; a value that is not named goes to {rest}.

Bytes, keys, headers and times stay as they are, so records of one key and one {field} keep their order. Between topics there is
none: the header "sequence" has the partition and offset in {old}, by which a reader can tell what came first. After a crash the
last records may come twice.

{records}
"""

import io
import json
import os

from confluent_kafka import Consumer, Producer

BATCH = 500


def value_of(value):
    return DECODE[os.environ["RECORDS"]](value){access}


{decoding}


def routed(message):
    headers = [*(message.headers() or []), ("sequence", f"{{message.partition()}}:{{message.offset()}}".encode())]
    return {{
        "value": message.value(),
        "key": message.key(),
        "headers": headers,
        "timestamp": message.timestamp()[1],
    }}


def send(producer, message):
    found = value_of(message.value())
{branches}
    else:
        producer.produce("{rest}", **routed(message))


def main():
    servers = os.environ["KAFKA_BOOTSTRAP"]
    consumer = Consumer(
        {{
            "bootstrap.servers": servers,
            "group.id": "router-{old}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }}
    )
    producer = Producer({{"bootstrap.servers": servers, "enable.idempotence": True}})
    consumer.subscribe(["{old}"])
    while True:
        messages = consumer.consume(BATCH, timeout=1.0)
        for message in messages:
            if message.error():
                raise RuntimeError(message.error())
            send(producer, message)
        if messages:
            producer.flush()
            consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
'''


def router_path(old: str, pipeline: PipelineMap) -> str:
    """Returns a free path for the job's file, beside the folders of other jobs."""
    name = module_name(old)
    path = f"routers/{name}.py"
    return path if path not in {job.root for job in pipeline.jobs} else f"routers/{name}_again.py"


def router_text(old: str, routes: tuple[tuple[str, str], ...], rest: str, path: str) -> str:
    """Returns the job as a Python program; `routes` are (value, topic), `path` is the field's path in the record."""
    access = "".join(f'["{name}"]' for name in path.split("."))
    branches = "\n".join(
        f'    {"elif" if number else "if"} found == {value!r}:\n        producer.produce("{topic}", **routed(message))'
        for number, (value, topic) in enumerate(routes)
    )
    return _TEXT.format(
        old=old, rest=rest, field=path, access=access, branches=branches, decoding=DECODING, records=RECORDS
    )
