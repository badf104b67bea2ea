"""Which calls of Spark and Delta read and write what? Data alone, laid out as in `broker_table`.

Readers and writers are builders: the format says whether a name is a topic, a table or a path, and comes first or not at all. What
only shows data or keeps it in memory is no endpoint.
"""

from __future__ import annotations

from copilot.readers.steps import SAME, Steps, consumes, gives, produces

_NOWHERE = ("console", "memory", "noop", "rate", "socket")
_IN_TABLES = (
    "bigquery",
    "iceberg",
    "jdbc",
    "snowflake",
    "net.snowflake.spark.snowflake",
    "org.apache.spark.sql.cassandra",
    "io.github.spark_redshift_community.spark.redshift",
)
_PATHS = "* path paths"
_FILE_FORMATS = ("parquet", "json", "csv", "orc", "text")
_READS_FILES: Steps = {
    **{name: consumes(_PATHS, "spark reading", endpoint="file", needs=True) for name in _FILE_FORMATS},
    "load": consumes("0 path", "spark reading", endpoint="file", needs=True),
    "option:path": consumes("1", "spark reading", endpoint="file"),
}
_WRITES_FILES: Steps = {
    **{name: produces("0 path", kind="spark writing", endpoint="file", needs=True) for name in _FILE_FORMATS},
    "save": produces("0 path", kind="spark writing", endpoint="file", needs=True),
    "start": produces("0 path", kind="spark writing", endpoint="file", needs=True),
    "option:path": produces("1", kind="spark writing", endpoint="file"),
}
_READS_TABLES: Steps = {
    "load": consumes("0 path", "spark reading", endpoint="table", needs=True),
    **{f"option:{name}": consumes("1", "spark reading", endpoint="table") for name in ("dbtable", "table")},
    "options": consumes("dbtable table", "spark reading", endpoint="table", needs=True),
    "*": SAME,
}
_WRITES_TABLES: Steps = {
    "save": produces("0 path", kind="spark writing", endpoint="table", needs=True),
    **{f"option:{name}": produces("1", kind="spark writing", endpoint="table") for name in ("dbtable", "table")},
    "options": produces("dbtable table", kind="spark writing", endpoint="table", needs=True),
    "*": SAME,
}

SPARK_METHODS: dict[str, Steps] = {
    "spark builder": {"getOrCreate": gives("spark session"), "*": SAME},
    "spark session": {"table": consumes("0 tableName", endpoint="table", needs=True)},
    "spark reader": {
        "format:kafka": gives("spark kafka reader"),
        "format:kinesis": gives("spark kinesis reader"),
        **{f"format:{name}": gives("spark table reader") for name in _IN_TABLES},
        **{f"format:{name}": gives("spark reading") for name in _NOWHERE},
        "option:subscribe": consumes("1", "spark reading"),
        "option:subscribePattern": consumes("~1", "spark reading"),
        "option:dbtable": consumes("1", "spark reading", endpoint="table"),
        "options": consumes("subscribe ~subscribePattern", "=", needs=True),
        "options+": consumes("path", "=", endpoint="file", needs=True),
        "jdbc": consumes("1 table", "spark reading", endpoint="table", needs=True),
        "table": consumes("0 tableName", "spark reading", endpoint="table"),
        **_READS_FILES,
        "*": SAME,
    },
    "spark table reader": _READS_TABLES,
    "spark kafka reader": {
        "option:subscribe": consumes("1", "spark reading"),
        "option:subscribePattern": consumes("~1", "spark reading"),
        "option:assign": consumes("1", "spark reading"),
        "options": consumes("subscribe ~subscribePattern", "spark reading", needs=True),
        "load": consumes(""),
        "*": SAME,
    },
    "spark kinesis reader": {
        "option:streamName": consumes("1", "spark reading", endpoint="stream"),
        "load": consumes("", endpoint="stream"),
        "*": SAME,
    },
    "spark reading": {"*": SAME},
    "spark writer": {
        "format:kafka": gives("spark kafka writer"),
        **{f"format:{name}": gives("spark table writer") for name in _IN_TABLES},
        **{f"format:{name}": gives("spark writing") for name in _NOWHERE},
        "option:topic": produces("1", kind="spark writing"),
        "option:dbtable": produces("1", kind="spark writing", endpoint="table"),
        "options": produces("path", kind="=", endpoint="file", needs=True),
        "jdbc": produces("1 table", kind="spark writing", endpoint="table", needs=True),
        "toTable": produces("0 tableName", endpoint="table"),
        "saveAsTable": produces("0 name", endpoint="table"),
        "insertInto": produces("0 tableName", endpoint="table"),
        **_WRITES_FILES,
        "*": SAME,
    },
    "spark table writer": {
        "saveAsTable": produces("0 name", endpoint="table"),
        "insertInto": produces("0 tableName", endpoint="table"),
        "toTable": produces("0 tableName", endpoint="table"),
        **_WRITES_TABLES,
    },
    "spark kafka writer": {
        "option:topic": produces("1", kind="spark writing"),
        "options": produces("topic", kind="spark writing", needs=True),
        "start": produces(""),
        "save": produces(""),
        "*": SAME,
    },
    "spark writing": {"*": SAME},
    "delta files": {
        "toDF": consumes("own", endpoint="file"),
        "merge": produces("own", kind="spark writing", endpoint="file"),
        "alias": SAME,
    },
    "delta table": {
        "toDF": consumes("own", endpoint="table"),
        "merge": produces("own", kind="spark writing", endpoint="table"),
        "alias": SAME,
    },
}

SPARK_CALLS: dict[str, Steps] = {
    "pyspark": {
        **{
            f"builder.{name}": gives("spark builder")
            for name in ("appName", "master", "config", "enableHiveSupport", "remote")
        },
        "builder.getOrCreate": gives("spark session"),
        "SparkSession": gives("spark session"),
        "SQLContext": gives("spark session"),
        "HiveContext": gives("spark session"),
    },
    "delta": {
        "DeltaTable.forPath": gives("delta files", "1 path"),
        "DeltaTable.forName": gives("delta table", "1 tableOrViewName"),
    },
}

SPARK_ATTRIBUTES = {
    "readStream": "spark reader",
    "read": "spark reader",
    "writeStream": "spark writer",
    "write": "spark writer",
    "builder": "spark builder",
}
COMMON_NAMES = frozenset({*_FILE_FORMATS, "alias", "merge", "table", "jdbc"})
"""Methods whose names anything may have: they are followed inside a file only."""
