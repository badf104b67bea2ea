"""The job that copies a topic to its new name while readers move: one writer on the new topic, so the order per key is kept."""

from __future__ import annotations

import re

from copilot.domain.pipeline import PipelineMap

_TEXT = '''"""Copies every record of {old} to {new} while readers move over; to be taken away once nobody writes {old} any more.

It is the only writer of {new} until the producers move, and it keeps key, headers, time and partition, so the order per key is
kept. After a crash the last records may come twice. {new} needs as many partitions as {old}.
"""

import os

from confluent_kafka import Consumer, Producer

BATCH = 500


def copied(message):
    return {{
        "value": message.value(),
        "key": message.key(),
        "headers": message.headers(),
        "partition": message.partition(),
        "timestamp": message.timestamp()[1],
    }}


def main():
    servers = os.environ["KAFKA_BOOTSTRAP"]
    consumer = Consumer(
        {{
            "bootstrap.servers": servers,
            "group.id": "bridge-{old}-{new}",
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
            producer.produce("{new}", **copied(message))
        if messages:
            producer.flush()
            consumer.commit(asynchronous=False)


if __name__ == "__main__":
    main()
'''


def module_name(words: str) -> str:
    """Returns the words as the name of a Python module that nobody takes for a test, whatever the topic is called."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()
    return f"topic_{name}" if name.startswith("test") or not name.isidentifier() else name


def bridge_path(old: str, new: str, pipeline: PipelineMap) -> str:
    """Returns a free path for the job's file, beside the folders of other jobs."""
    name = module_name(f"{old}_to_{new}")
    taken = {job.root for job in pipeline.jobs}
    path = f"bridges/{name}.py"
    return path if path not in taken else f"bridges/{name}_copy.py"


def bridge_text(old: str, new: str) -> str:
    """Returns the job as a Python program; its names are literals, so that whoever reads the repository sees the two topics."""
    return _TEXT.format(old=old, new=new)
