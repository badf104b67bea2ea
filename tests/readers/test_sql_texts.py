from __future__ import annotations

import pytest

from copilot.readers.sql_texts import Connected, is_sql, read_sql
from tests.readers.test_clients import edges

SOURCE = """CREATE TABLE IF NOT EXISTS orders (
  id BIGINT, -- the order's
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka', 'topic' = 'orders.v1', 'properties.group.id' = 'g', 'format' = 'json'
)"""


def test_a_table_of_flink_is_the_topic_that_it_is_connected_to() -> None:
    [table] = read_sql(SOURCE).connected

    assert table == Connected("orders", "topic", "orders.v1", "consume")


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("SELECT a FROM shop.orders JOIN `shop`.`users` USING (id)", ("shop.orders", "shop.users"), ()),
        ("INSERT INTO gold.totals SELECT * FROM silver.orders", ("silver.orders",), ("gold.totals",)),
        ("CREATE TABLE gold.t AS SELECT 1", (), ("gold.t",)),
        ("CREATE TABLE gold.t (a INT) USING delta", (), ()),
        ("WITH late AS (SELECT * FROM a.b) SELECT * FROM late", ("a.b",), ()),
        ("SELECT EXTRACT(DAY FROM o.ts), x FROM UNNEST(y) WHERE a IS DISTINCT FROM o.b", (), ()),
        ("-- FROM old.table\nSELECT 1", (), ()),
    ],
)
def test_tables_are_told_by_the_words_before_them(text: str, reads: tuple[str, ...], writes: tuple[str, ...]) -> None:
    found = read_sql(text)

    assert (found.reads, found.writes) == (reads, writes)


@pytest.mark.parametrize("text", ["Pick one from the list", "select", "insert coin", "update it from time to time"])
def test_plain_sentences_are_no_sql(text: str) -> None:
    assert not is_sql(text)


def test_flink_tables_are_read_or_written_as_other_statements_say() -> None:
    code = '''
        from pyflink.table import EnvironmentSettings, TableEnvironment

        def main(out_topic="totals"):
            t_env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
            t_env.execute_sql("""CREATE TABLE src (id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'orders')""")
            sink = f"""
                CREATE TABLE dst (id BIGINT) WITH (
                    'connector' = 'upsert-kafka',
                    'topic' = '{out_topic}',
                    'key.format' = 'json'
                )"""
            t_env.execute_sql(sink)
            t_env.execute_sql("CREATE TABLE out (id BIGINT) WITH ('connector' = 'print')")
            t_env.sql_query("SELECT id FROM src").execute_insert("dst")
            t_env.from_path("src").execute_insert("print")
        '''
    assert edges(code) == {("consumes", "topic", "orders"), ("produces", "topic", "totals")}


def test_spark_sql_reads_and_writes_tables_of_the_catalogue_only() -> None:
    code = """
        from pyspark.sql import SparkSession

        def main(spark: SparkSession, day):
            spark.table("bronze.orders").createOrReplaceTempView("orders")
            spark.sql("INSERT INTO gold.totals SELECT sum(x) FROM orders JOIN silver.users u ON true")
            spark.sql("SELECT * FROM {}.{}".format("silver", "days"))
        """
    assert edges(code) >= {("produces", "table", "gold.totals"), ("consumes", "table", "silver.users")}
    assert ("consumes", "table", "orders") not in edges(code)


def test_sql_in_code_that_runs_no_tables_is_not_read() -> None:
    assert edges("QUERY = 'SELECT a FROM shop.orders'  # kafka\n") == set()
