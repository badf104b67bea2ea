"""Which words does a Python file write, and is it worth parsing? Searches of the text instead of a syntax tree.

A file whose words hold no field name of the schemas around it can't use a field by name; most of a large repository is never
parsed because of that. Words of a blob stay true for that blob, so they are cached like all facts.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z_]\w+")
# Plain searches: one case-insensitive pattern of them all took ten times as long on a repository of a thousand files.
_ENDPOINT_SIGNS = (
    "kafka",
    "Kafka",
    "Consumer",
    "Producer",
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
    # What decorates functions may be a client of another file.
    ".agent(",
    ".subscriber(",
    "aiobotocore",
    "apache_beam",
    "azure.eventhub",
    "b64decode",
    "bigquery",
    "azure.servicebus",
    "bytewax",
    "celery",
    "CELERY_",
    ".apply_async(",
    ".delay(",
    ".send_task(",
    "task_default_queue",
    "task_routes",
    "clickhouse_connect",
    "copy_from(",
    "copy_records_to_table(",
    "dynamodb",
    "faststream",
    "firehose",
    "functions_framework",
    "kinesis",
    "kombu",
    ".lpop(",
    ".lpush(",
    ".rpop(",
    ".rpush(",
    "Minio(",
    "nats",
    "pika",
    "pubsub",
    "pulsar",
    "pyflink",
    "pyspark",
    "quixstreams",
    "readStream",
    "recordId",
    "read_parquet(",
    "read_sql_table(",
    "to_parquet(",
    "to_sql(",
    '"Records"',
    "'Records'",
    "saveAsTable",
    "spark.read",
    "spark.sql",
    "spark.table",
    '"s3"',
    "'s3'",
    '"sns"',
    "'sns'",
    '"sqs"',
    "'sqs'",
    "writeStream",
    "storage.Client",
    "xadd",
    "xread",
    # Frameworks of which no more is known than that they pass on records or tasks (`unknown_code`).
    "arroyo",
    "dramatiq",
    "from arq",
    "from hop",
    "from kq",
    "from nsq",
    "from pathway",
    "from rq",
    "huey",
    "import arq",
    "import hop",
    "import kq",
    "import nsq",
    "import pathway",
    "import rq",
    "lightbus",
    "mqtt",
    "nameko",
    "paho",
    "procrastinate",
    "propan",
    "stomp",
    "streamz",
    "taskiq",
)
# A database is reached by many libraries, and through wrappers of none: what runs a query tells, where there is one.
_RUN_SIGNS = ("execute", ".fetch", ".query(", "read_sql", ".scalar(")
_DRIVERS = (
    "psycopg",
    "sqlite3",
    "asyncpg",
    "pymysql",
    "MySQLdb",
    "mysql.connector",
    "pyodbc",
    "snowflake.connector",
    "(text(",
)
_QUERY_SIGNS = (
    "SELECT",
    "INSERT ",
    "UPDATE ",
    "DELETE FROM",
    "select ",
    "insert into ",
    "update ",
    "delete from ",
    *_DRIVERS,
)
# A handler is what a cloud starts: its file is run as much as one that says what to do when it is.
_IS_SCRIPT = re.compile(r"^(?:if\s+__name__\s*==|(?:async )?def\s+(?:lambda_handler\(|handler\(event\b))", re.MULTILINE)
_TEST_RUNNER = re.compile(r"^(?:import|from)[ \t]+(?:pytest|unittest)\b", re.MULTILINE)
_TEST = re.compile(r"^[ \t]*(?:async )?def[ \t]+test_\w*\(", re.MULTILINE)
_ACTS = re.compile(r"^(?:[\w, ]+=\s*\w+\.parse_(?:known_)?args\(|\w+\.(?:stop|awaitTermination)\(\))", re.MULTILINE)


def concerns_endpoints(text: str) -> bool:
    """Tells whether a Python text may hold endpoints or schemas, and so is parsed whatever its words are."""
    if sign_of_endpoints(text):
        return True
    return any(sign in text for sign in _RUN_SIGNS) and any(sign in text for sign in _QUERY_SIGNS)


def sign_of_endpoints(text: str) -> str:
    """Returns a word of a Python text that tells of endpoints or schemas, "" where there is none."""
    return next((sign for sign in _ENDPOINT_SIGNS if sign in text), "")


def is_script(text: str) -> bool:
    """Tells whether a Python text says what to do when it is run itself."""
    return ("__main__" in text or "handler(" in text) and _IS_SCRIPT.search(text) is not None


def is_tests(text: str) -> bool:
    """Tells whether a Python text holds tests, wherever it lies: it imports a test runner, and has functions for it."""
    runner = _TEST_RUNNER.search(text) if "def test_" in text else None
    return runner is not None and _TEST.search(text, runner.end()) is not None


def acts_when_imported(text: str) -> bool:
    """Tells whether importing a Python text reads the command line, or ends or awaits what it started: nobody can import it."""
    return ("parse_" in text or "()" in text) and _ACTS.search(text) is not None


def words_of(text: str) -> bytes:
    """Returns the words of a Python text, sorted, as they are kept."""
    return " ".join(sorted(set(_WORD.findall(text)))).encode("utf-8", "surrogatepass")


def read_words(data: bytes) -> frozenset[str] | None:
    """Returns the words that `words_of` wrote, None where the bytes are none."""
    try:
        return frozenset(data.decode("utf-8", "surrogatepass").split(" "))
    except UnicodeDecodeError:
        return None
