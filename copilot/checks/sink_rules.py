"""What loaders of Iceberg, BigQuery, Snowflake and Delta tables do when the schema of what they load changes.

`takes`: nothing has to be done. `option`: only with the option that the rule names, else loading stops or leaves the column out.
`by hand`: somebody has to alter the table, or the load, first. `never`: no such change of a column exists; it takes a new one.
Each rule names the page of the maker's documentation that it was read from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from copilot.domain.sinks import Loader

Answer = Literal["takes", "option", "by hand", "never"]
ColumnChange = Literal[
    "add nullable", "add required", "drop nullable", "drop required", "rename", "make optional", "make required", "reorder",
    "int to long", "float to double", "int to double", "long to double", "whole to float", "more digits", "another scale",
    "another type",
]  # fmt: skip

_ICEBERG = "https://iceberg.apache.org/spec/#schema-evolution"
_ICEBERG_DDL = "https://iceberg.apache.org/docs/latest/evolution/"
_ICEBERG_SINK = "https://iceberg.apache.org/docs/latest/kafka-connect/"
_BIGQUERY = "https://cloud.google.com/bigquery/docs/managing-table-schemas"
_BIGQUERY_AVRO = "https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-avro"
_SNOWFLAKE = "https://docs.snowflake.com/en/user-guide/data-load-schema-evolution"
_SNOWFLAKE_ALTER = "https://docs.snowflake.com/en/sql-reference/sql/alter-table-column"
_SNOWFLAKE_TABLE = "https://docs.snowflake.com/en/sql-reference/sql/alter-table"
_SNOWFLAKE_TYPES = "https://docs.snowflake.com/en/sql-reference/data-types-numeric"
_DELTA = "https://docs.delta.io/latest/delta-batch.html"
_DELTA_WIDER = "https://docs.delta.io/latest/delta-type-widening.html"
_DELTA_MAPPING = "https://docs.delta.io/latest/delta-column-mapping.html"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a loader does with one kind of change, what that takes, and where it is written."""

    answer: Answer
    told: str
    source: str


_EVOLVES = "the sink adds, widens and relaxes columns only with iceberg.tables.evolve-schema-enabled"
_ADDITION = "an append job adds columns only with ALLOW_FIELD_ADDITION, as NULLABLE"
_RELAXATION = "an append job makes a REQUIRED column NULLABLE only with ALLOW_FIELD_RELAXATION"
_EVOLUTION = "columns come and lose NOT NULL by themselves only with ENABLE_SCHEMA_EVOLUTION and MATCH_BY_COLUMN_NAME"
_MERGE = "a write adds columns only with mergeSchema"
_WIDENS = "a write widens the column only with delta.enableTypeWidening and mergeSchema"
_RELAXED = "ALTER COLUMN … DROP NOT NULL first, or the required column without a value stops the writer"
_STAYS = "the column stays, and is null from then on"
_NEW_COLUMN = "a column can't become that type: it takes a new one"
_RENAMED = "ALTER TABLE … RENAME COLUMN, just when the producers change; the load alone would fill a second column"
_BY_NAME = "columns are matched by name"

SINK_RULES: Mapping[Loader, Mapping[ColumnChange, Rule]] = {
    "iceberg": {
        "add nullable": Rule("option", _EVOLVES, _ICEBERG_SINK),
        "add required": Rule("option", f"{_EVOLVES}; rows that are there have no value, so it is optional", _ICEBERG_SINK),
        "drop nullable": Rule("takes", _STAYS, _ICEBERG),
        "drop required": Rule("by hand", f"{_RELAXED}: the sink evolves by the fields that a record has", _ICEBERG_SINK),
        "rename": Rule("by hand", _RENAMED, _ICEBERG_DDL),
        "make optional": Rule("option", f"a null in a required column stops the writer; {_EVOLVES}", _ICEBERG_SINK),
        "make required": Rule("takes", "the column stays optional", _ICEBERG),
        "reorder": Rule("takes", "columns have ids, and their order is free", _ICEBERG),
        "int to long": Rule("option", f"int to long is a promotion; {_EVOLVES}", _ICEBERG),
        "float to double": Rule("option", f"float to double is a promotion; {_EVOLVES}", _ICEBERG),
        "int to double": Rule("never", _NEW_COLUMN, _ICEBERG),
        "long to double": Rule("never", _NEW_COLUMN, _ICEBERG),
        "whole to float": Rule("never", _NEW_COLUMN, _ICEBERG),
        "more digits": Rule("by hand", "ALTER TABLE … ALTER COLUMN may raise a decimal's precision", _ICEBERG),
        "another scale": Rule("never", "the scale of a decimal can't change", _ICEBERG),
        "another type": Rule("never", _NEW_COLUMN, _ICEBERG),
    },
    "bigquery": {
        "add nullable": Rule("option", _ADDITION, _BIGQUERY),
        "add required": Rule("by hand", "no REQUIRED column can be added: load with a schema where it is NULLABLE", _BIGQUERY),
        "drop nullable": Rule("takes", _STAYS, _BIGQUERY),
        "drop required": Rule("option", _RELAXATION, _BIGQUERY),
        "rename": Rule("by hand", _RENAMED, _BIGQUERY),
        "make optional": Rule("option", _RELAXATION, _BIGQUERY),
        "make required": Rule("by hand", "NULLABLE can't become REQUIRED: give the load job the table's own schema", _BIGQUERY),
        "reorder": Rule("takes", _BY_NAME, _BIGQUERY_AVRO),
        "int to long": Rule("takes", "both are INT64", _BIGQUERY_AVRO),
        "float to double": Rule("takes", "both are FLOAT64", _BIGQUERY_AVRO),
        "int to double": Rule("by hand", "ALTER COLUMN … SET DATA TYPE FLOAT64 first", _BIGQUERY),
        "long to double": Rule("by hand", "ALTER COLUMN … SET DATA TYPE FLOAT64 first", _BIGQUERY),
        "whole to float": Rule("by hand", "ALTER COLUMN … SET DATA TYPE FLOAT64 first", _BIGQUERY),
        "more digits": Rule("by hand", "ALTER COLUMN … SET DATA TYPE may raise the precision of a NUMERIC", _BIGQUERY),
        "another scale": Rule("by hand", "ALTER COLUMN … SET DATA TYPE may raise the scale, with as many more digits", _BIGQUERY),
        "another type": Rule("never", _NEW_COLUMN, _BIGQUERY),
    },
    "snowflake": {
        "add nullable": Rule("option", _EVOLUTION, _SNOWFLAKE),
        "add required": Rule("option", f"{_EVOLUTION}; it is added as a column that takes NULL", _SNOWFLAKE),
        "drop nullable": Rule("takes", _STAYS, _SNOWFLAKE),
        "drop required": Rule("option", _EVOLUTION, _SNOWFLAKE),
        "rename": Rule("by hand", _RENAMED, _SNOWFLAKE_TABLE),
        "make optional": Rule("by hand", "ALTER COLUMN … DROP NOT NULL first: only missing columns lose it", _SNOWFLAKE),
        "make required": Rule("takes", "the column goes on taking NULL", _SNOWFLAKE_ALTER),
        "reorder": Rule("option", "columns are matched by name only with MATCH_BY_COLUMN_NAME", _SNOWFLAKE),
        "int to long": Rule("takes", "both are NUMBER(38,0)", _SNOWFLAKE_TYPES),
        "float to double": Rule("takes", "both are FLOAT, of 64 bits", _SNOWFLAKE_TYPES),
        "int to double": Rule("never", _NEW_COLUMN, _SNOWFLAKE_ALTER),
        "long to double": Rule("never", _NEW_COLUMN, _SNOWFLAKE_ALTER),
        "whole to float": Rule("never", _NEW_COLUMN, _SNOWFLAKE_ALTER),
        "more digits": Rule("by hand", "ALTER COLUMN … SET DATA TYPE may raise the precision of a NUMBER", _SNOWFLAKE_ALTER),
        "another scale": Rule("never", "the scale of a NUMBER can't change", _SNOWFLAKE_ALTER),
        "another type": Rule("never", _NEW_COLUMN, _SNOWFLAKE_ALTER),
    },
    "delta": {
        "add nullable": Rule("option", _MERGE, _DELTA),
        "add required": Rule("option", f"{_MERGE}; it takes null", _DELTA),
        "drop nullable": Rule("takes", _STAYS, _DELTA),
        "drop required": Rule("by hand", "ALTER COLUMN … DROP NOT NULL first, where the column has that constraint", _DELTA),
        "rename": Rule("by hand", f"{_RENAMED}; it takes column mapping", _DELTA_MAPPING),
        "make optional": Rule("by hand", "ALTER COLUMN … DROP NOT NULL first, where the column has that constraint", _DELTA),
        "make required": Rule("takes", "the column goes on taking null", _DELTA),
        "reorder": Rule("takes", _BY_NAME, _DELTA),
        "int to long": Rule("option", _WIDENS, _DELTA_WIDER),
        "float to double": Rule("option", _WIDENS, _DELTA_WIDER),
        "int to double": Rule("by hand", "ALTER COLUMN … TYPE DOUBLE first, with delta.enableTypeWidening", _DELTA_WIDER),
        "long to double": Rule("never", _NEW_COLUMN, _DELTA_WIDER),
        "whole to float": Rule("never", _NEW_COLUMN, _DELTA_WIDER),
        "more digits": Rule("option", _WIDENS, _DELTA_WIDER),
        "another scale": Rule("option", f"{_WIDENS}, and a greater scale takes as many more digits", _DELTA_WIDER),
        "another type": Rule("never", _NEW_COLUMN, _DELTA_WIDER),
    },
}  # fmt: skip
