"""The job that brings a topic's records to another one under another key: one writer, so the order of each new key is kept."""

from __future__ import annotations

from copilot.domain.pipeline import PipelineMap
from copilot.strategies.decoding import DECODING, RECORDS
from copilot.strategies.topic_bridge import module_name

_TEXT = '''"""Copies every record of {old} to {new}, keyed by {field}; to be taken away once nobody writes {old} any more.

It is the only writer of {new} until the producers move, so records of one {field} keep the order in which it reads them. Those
that lay in different partitions of {old} had no order there. After a crash the last records may come twice.

{records}
"""

import io
import json
import os

from confluent_kafka import Consumer, Producer

BATCH = 500


def key_of(value):
    record = DECODE[os.environ["RECORDS"]](value)
    found = record{access}
    return None if found is None else str(found).encode()


{decoding}


def moved(message):
    return {{
        "value": message.value(),
        "key": key_of(message.value()) if message.value() is not None else message.key(),
        "headers": message.headers(),
        "timestamp": message.timestamp()[1],
    }}


def main():
    servers = os.environ["KAFKA_BOOTSTRAP"]
    consumer = Consumer(
        {{
            "bootstrap.servers": servers,
            "group.id": "migrator-{old}-{new}",
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
            producer.produce("{new}", **moved(message))
        if messages:
            producer.flush()
            consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
'''


def migrator_path(old: str, new: str, pipeline: PipelineMap) -> str:
    """Returns a free path for the job's file, beside the folders of other jobs."""
    name = module_name(f"{old}_to_{new}")
    path = f"migrators/{name}.py"
    return path if path not in {job.root for job in pipeline.jobs} else f"migrators/{name}_again.py"


def migrator_text(old: str, new: str, path: str) -> str:
    """Returns the job as a Python program; `path` is the field's path in the record."""
    access = "".join(f'["{name}"]' for name in path.split("."))
    return _TEXT.format(old=old, new=new, field=path, access=access, decoding=DECODING, records=RECORDS)
