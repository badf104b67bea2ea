"""Which words does a Python file write, and is it worth parsing? One pass of a regular expression instead of a syntax tree.

A file whose words hold no field name of the schemas around it can't use a field by name; most of a large repository is never
parsed because of that. Words of a blob stay true for that blob, so they are cached like all facts.
"""

from __future__ import annotations

import re
from functools import lru_cache

from copilot.readers.facts import LOADED_MAX

_WORD = re.compile(r"[A-Za-z_]\w+")
# Plain searches: one case-insensitive pattern of them all took ten times as long on a repository of a thousand files.
_ENDPOINT_SIGNS = (
    "kafka",
    "Kafka",
    "avro",
    "Avro",
    "faust",
    "topic",
    "TOPIC",
    "SCHEMA_PATH",
    "schema_path",
    '"record"',
    "'record'",
    # Clients of message brokers, and frameworks, by the words that only their users write.
    "aiobotocore",
    "apache_beam",
    "azure.eventhub",
    "azure.servicebus",
    "bytewax",
    "celery",
    "faststream",
    "kinesis",
    "kombu",
    "nats",
    "pika",
    "pubsub",
    "pulsar",
    "pyflink",
    "quixstreams",
    "readStream",
    "saveAsTable",
    '"sns"',
    "'sns'",
    '"sqs"',
    "'sqs'",
    "writeStream",
    "xadd",
    "xread",
)
_IS_SCRIPT = re.compile(r"^if\s+__name__\s*==", re.MULTILINE)


def words_of(text: str) -> bytes:
    """Returns flags and words of a Python text: "e" (may hold endpoints or schemas), "s" (a script), then the words.

    The words of a file that may hold endpoints are left out: it is parsed anyway.
    """
    concerns_endpoints = any(sign in text for sign in _ENDPOINT_SIGNS)
    is_script = "__main__" in text and _IS_SCRIPT.search(text) is not None
    words = () if concerns_endpoints else sorted(set(_WORD.findall(text)))
    return " ".join([("e" if concerns_endpoints else "") + ("s" if is_script else ""), *words]).encode()


@lru_cache(maxsize=LOADED_MAX)
def read_words(data: bytes) -> tuple[bool, bool, frozenset[str]]:
    """Returns whether the file concerns endpoints, whether it is a script, and its words."""
    flags, *words = data.decode().split(" ")
    return "e" in flags, "s" in flags, frozenset(words)
