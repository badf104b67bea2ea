"""Columns that SQL in the code names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.readers.sql_columns import columns_in, names_in


def found(text: str) -> list[tuple[str, str]]:
    return [(column.name, column.mode) for column in columns_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT id, amount AS a FROM orders", [("id", "reads"), ("amount", "reads")]),
        ("SELECT o.amount FROM orders o WHERE o.id = 3", [("amount", "reads"), ("id", "compares")]),
        ("SELECT count(*), max(score) FROM t GROUP BY day", [("score", "reads"), ("day", "keys")]),
        (
            "SELECT a FROM t JOIN u ON t.id = u.ref ORDER BY a DESC",
            [("a", "reads"), ("id", "compares"), ("ref", "compares"), ("a", "keys")],
        ),
        (
            "INSERT INTO orders (id, amount) VALUES (:id, %(amount)s)",
            [("id", "writes"), ("amount", "writes"), ("id", "reads"), ("amount", "reads")],
        ),
        ("UPDATE orders SET amount = 3 WHERE id = 1", [("amount", "writes"), ("id", "compares")]),
        ("DELETE FROM orders WHERE id = 1", [("id", "compares")]),
        (
            "CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, amount DECIMAL(9, 2) NOT NULL)",
            [("id", "writes"), ("amount", "writes")],
        ),
        ("SELECT a -- b\nFROM t /* c */ WHERE d = 'e f'", [("a", "reads"), ("d", "compares")]),
        ("SELECT {columns} FROM t WHERE day = '{day}'", [("day", "compares")]),
        ('SELECT "amount" FROM `orders`', [("amount", "reads")]),
    ],
)
def test_columns_are_told_from_tables_aliases_functions_and_words(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_columns_know_their_places_and_their_table() -> None:
    text = "SELECT amount\nFROM orders\nWHERE total > 3"

    columns = list(columns_in(text))

    assert [text[column.start :].startswith(column.name) for column in columns] == [True, True]
    assert columns[1].table == "orders"


def test_names_of_an_expression_leave_variables_and_functions_out() -> None:
    assert [name for name, _ in names_in("amount > @limit and abs(total) < 3 and kind == 'paid'")] == [
        "amount",
        "total",
        "kind",
    ]


def test_names_that_an_expression_gives_are_none_that_it_takes() -> None:
    assert [name for name, _ in names_in("sum(sale.amount) AS total, CASE WHEN late THEN 'x' END as state")] == [
        "sale",
        "amount",
        "late",
    ]


@given(st.text(max_size=80))
def test_any_text_is_read_and_places_are_true(text: str) -> None:
    for column in columns_in(text):
        assert text.startswith(column.name, column.start)
