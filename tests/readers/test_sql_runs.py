from __future__ import annotations

import textwrap

import pytest

from copilot.readers.sql_runs import tables_of
from tests.readers.sockets import map_of

Edges = set[tuple[str, str]]


def tables(code: str, **files: str) -> Edges:
    """The tables of one service: direction and name, or "?" and what is known of the name."""
    texts = {"job/Dockerfile": "", "job/main.py": textwrap.dedent(code)}
    texts |= {f"job/{name}.py": textwrap.dedent(text) for name, text in files.items()}
    links = map_of(texts).links
    assert {link.endpoint.kind for link in links} <= {"table"}
    return {(link.direction, link.endpoint.name or f"?{link.endpoint.variable}") for link in links}


DRIVERS = {
    "psycopg": (
        """
        import psycopg2
        from psycopg2.extras import execute_values

        with psycopg2.connect("x") as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO orders (id) VALUES (%s)", (1,))
            cursor.execute("SELECT id FROM users u JOIN public.shops s USING (shop) FOR UPDATE OF u")
            cursor.execute("UPDATE stock AS s SET count = 1 WHERE id = 2")
            cursor.execute("DELETE FROM carts WHERE age(now(), made) > interval '1 day'")
            execute_values(cursor, "INSERT INTO lines (id) VALUES %s ON CONFLICT (id) DO UPDATE SET id = 1", [(1,)])
            cursor.copy_expert("COPY raw (id) FROM STDIN WITH CSV", open("x.csv"))
            cursor.copy_from(open("y.csv"), "days")
        """,
        {
            ("produces", "orders"),
            ("consumes", "users"),
            ("consumes", "public.shops"),
            ("produces", "stock"),
            ("produces", "carts"),
            ("produces", "lines"),
            ("produces", "raw"),
            ("produces", "days"),
        },
    ),
    "sqlalchemy": (
        """
        import sqlalchemy as sa
        from sqlalchemy import create_engine, select, text

        INSERT = text("INSERT INTO orders (id) VALUES (:id)")
        USERS = '''
            WITH recent (id) AS MATERIALIZED (SELECT id FROM visits), old AS (SELECT 1)
            SELECT id FROM users, recent r WHERE EXTRACT(epoch FROM seen - now()) > 1
            AND name IS DISTINCT FROM other
        '''
        with create_engine("x").begin() as connection:
            connection.execute(INSERT, {"id": 1})
            connection.execute(sa.text(USERS))
            connection.execute(select(User).where(User.id == 1))
        """,
        {("produces", "orders"), ("consumes", "visits"), ("consumes", "users")},
    ),
    "sqlite and pandas": (
        """
        import sqlite3
        import pandas as pd

        connection = sqlite3.connect("x.db")
        connection.executescript("CREATE TABLE IF NOT EXISTS days (id); INSERT OR REPLACE INTO days SELECT id FROM raw;")
        connection.execute("CREATE TEMP TABLE scratch AS SELECT id FROM days")
        pd.read_sql_query("select id from orders", connection)
        pd.read_sql("SELECT id FROM scratch JOIN returns USING (id)", con=connection)
        """,
        {
            ("produces", "days"),
            ("consumes", "raw"),
            ("consumes", "days"),
            ("consumes", "orders"),
            ("consumes", "returns"),
        },
    ),
    "clickhouse": (
        """
        import clickhouse_connect
        from clickhouse_driver import Client

        client = clickhouse_connect.get_client(host="x")
        client.insert("events", [[1]], column_names=["id"])
        client.query("SELECT count() FROM events_daily FINAL")
        Client("x").execute("INSERT INTO logs (id) VALUES", [(1,)])
        """,
        {("produces", "events"), ("consumes", "events_daily"), ("produces", "logs")},
    ),
    "asyncpg": (
        """
        async def save(pool, rows):
            async with pool.acquire() as connection:
                await connection.executemany('''INSERT INTO orders (id) VALUES ($1)''', rows)
                await connection.copy_records_to_table("lines", records=rows)
                return await connection.fetchrow("SELECT id FROM accounts WHERE id = $1", 1)
        """,
        {("produces", "orders"), ("produces", "lines"), ("consumes", "accounts")},
    ),
}


@pytest.mark.parametrize("name", DRIVERS)
def test_tables_of_statements_that_are_run_are_endpoints(name: str) -> None:
    code, expected = DRIVERS[name]

    assert tables(code) == expected


def test_a_name_that_is_filled_in_is_unknown_under_what_is_known_of_it() -> None:
    code = """
        import os

        def save(cursor, table):
            cursor.execute(f"INSERT INTO {os.environ['SCHEMA']}.orders (id) VALUES (1)")
            cursor.execute("INSERT INTO " + table + " (id) VALUES (1)")
        """
    assert tables(code) == {("produces", "?{SCHEMA}.orders"), ("produces", "?table")}


def test_what_is_filled_in_may_be_the_rest_of_a_statement() -> None:
    code = """
        def copy(connection, where, day):
            rest = f"orders WHERE {where} AND day = {day}"
            connection.execute(f"SELECT id FROM {rest}")
        """
    assert tables(code) == {("consumes", "orders")}


def test_a_statement_is_followed_through_constants_builders_and_wrappers() -> None:
    code = """
        from database import Database
        from queries import INSERT_ORDER, select_from

        class Store:
            FIND = "SELECT id FROM shops"

            def __init__(self):
                self.database = Database()

            def save(self):
                self.database.run(INSERT_ORDER, 1)
                self.database.run(select_from("users"))
                self.database.run(self.FIND)
                self.database.run(unknown())
        """
    database = """
        import psycopg

        class Database:
            def run(self, statement, *values):
                with psycopg.connect("x") as connection:
                    connection.execute(statement, values)
        """
    queries = f"""
        INSERT_ORDER = '''INSERT INTO orders ({", ".join(f"column_{number}" for number in range(60))}) VALUES (1)'''
        UNUSED = "INSERT INTO unused (id) VALUES (1)"

        def select_from(table):
            return f"SELECT id FROM {{table}}"
        """
    found = tables(code, database=database, queries=queries)

    assert found == {("produces", "orders"), ("consumes", "users"), ("consumes", "shops")}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "SELECT pg_notify('orders', 'x')",
        "SELECT relname FROM pg_class",
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'orders'",
        "SELECT name FROM sqlite_master WHERE type = 'table'",
        "INSERT INTO FUNCTION s3('x') SELECT 1",
        "SELECT 1 FROM shop.INFORMATION_SCHEMA.TABLES",
        "SELECT keyspace_name FROM system_schema.keyspaces",
        "SELECT * FROM generate_series(1, 2)",
        "SELECT x FROM (SELECT 1 AS x) t",
        "SELECT x FROM LATERAL unnest(ARRAY[1]) x",
        "SELECT x FROM $1",
        "CREATE TABLE IF NOT EXISTS orders (id int REFERENCES users ON UPDATE CASCADE ON DELETE SET NULL)",
        "Could not INSERT INTO orders",
        "LISTEN orders",
    ],
)
def test_a_text_that_names_no_table_to_read_or_write_gives_none(statement: str) -> None:
    assert list(tables_of(("s", statement))) == []


def test_prose_and_statements_that_nobody_runs_are_no_edges() -> None:
    code = """
        import psycopg2

        EXAMPLE = "SELECT id FROM examples"
        print("select a file from the list")
        logger.info("INSERT INTO orders failed")
        psycopg2.connect("x").cursor().execute("SELECT 1")
        """
    assert tables(code) == set()


def test_a_statement_that_is_only_shown_is_no_edge() -> None:
    code = """
        from pyflink.table import TableEnvironment

        print("CREATE TABLE t (id INT) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.group.id' = 'g')")
        """
    assert tables(code) == set()


def test_migrations_are_no_edges() -> None:
    code = """
        from alembic import op

        def upgrade():
            op.execute("UPDATE orders SET state = 'open'")
        """
    assert tables(code) == set()


def test_rows_of_a_table_are_not_taken_for_records_that_are_encoded_beside() -> None:
    code = """
        import fastavro
        import io
        from confluent_kafka import Producer

        SCHEMA = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "int"}]}

        def forward(cursor):
            cursor.execute("SELECT id FROM orders")
            out = io.BytesIO()
            fastavro.schemaless_writer(out, SCHEMA, {"id": cursor.fetchone()[0]})
            Producer({}).produce("orders", out.getvalue())
            cursor.execute("UPDATE orders SET sent = 1")
        """
    links = map_of({"job/Dockerfile": "", "job/main.py": textwrap.dedent(code)}).links

    subjects = {(link.direction, link.endpoint.kind, link.subject is not None) for link in links}
    assert subjects == {("consumes", "table", False), ("produces", "table", False), ("produces", "topic", True)}
