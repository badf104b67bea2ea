"""Records stay followed through objects, tables and rows."""

from __future__ import annotations

import pytest

from tests.readers.sockets import map_of
from tests.readers.test_mapper import READER, SHOP

HEAD = """import dataclasses, pandas as pd, polars as pl
from pyspark.sql import functions as F
from pyspark.sql.functions import expr
from sink.model import Order
"""


def uses_of_amount(code: str) -> list[tuple[str, str, str]]:
    """Returns mode, form and certainty of the uses of `amount` in the sink, whose loop body is `code` over `order`."""
    body = "\n".join("        " + line for line in code.splitlines())
    text = HEAD + READER.replace('        print(order["amount"])', body)
    found = map_of({**SHOP, "services/sink/sink/main.py": text})
    own = [use for use in found.uses if use.path == "amount" and use.span.path == "services/sink/sink/main.py"]
    return sorted({(use.mode, use.form, use.certainty) for use in own})


@pytest.mark.parametrize(
    "code",
    [
        "made = Order(**order)\nprint(made.amount)",
        "made = Order.model_validate(order)\nprint(made.amount)",
        "made = Order.from_dict(order)\nprint(made.amount)",
        "made = dacite.from_dict(data_class=Order, data=order)\nprint(made.amount)",
        "made = Order.parse_obj(order)\nprint(made.amount)",
    ],
)
def test_attributes_of_an_object_made_of_a_record_are_its_fields(code: str) -> None:
    assert ("reads", "attribute", "certain") in uses_of_amount(code)


@pytest.mark.parametrize("back", ["dataclasses.asdict(made)", "made.model_dump()", "vars(made)", "made.dict()"])
def test_a_dict_made_of_the_object_has_them_too(back: str) -> None:
    assert ("reads", "subscript", "certain") in uses_of_amount(f'made = Order(**order)\nprint({back}["amount"])')


@pytest.mark.parametrize(
    ("code", "mode", "form"),
    [
        ('print(table["amount"])', "reads", "subscript"),
        ("print(table.amount)", "reads", "attribute"),
        ('print(table[["id", "amount"]])', "reads", "column"),
        ('print(table.loc[table.id > 3, "amount"])', "reads", "column"),
        ('table.groupby("amount").size()', "keys", "column"),
        ('table.merge(other, on="amount")', "keys", "column"),
        ('table.rename(columns={"amount": "total"})', "reads", "column"),
        ('table.drop(columns=["amount"])', "reads", "column"),
        ('for _, row in table.iterrows():\n    print(row["amount"])', "reads", "subscript"),
        ("for row in table.itertuples():\n    print(row.amount)", "reads", "attribute"),
        ('table.apply(lambda row: row["amount"], axis=1)', "reads", "subscript"),
        ('table.reset_index()["amount"]', "reads", "subscript"),
        ('table.select(pl.col("amount"))', "reads", "column"),
        ('table.with_columns(total=pl.col("amount"))', "reads", "column"),
        ('table.filter(F.col("amount") > 3)', "compares", "column"),
        ('table.filter(F.col("amount").isNull())', "compares", "column"),
        ('table.withColumn("x", F.col("amount") * 2)', "computes", "column"),
        ('table.groupBy(F.col("amount")).count()', "keys", "column"),
        ('table.groupBy("amount").count()', "keys", "column"),
        ('table.agg(F.sum("amount"))', "computes", "column"),
        ('table[table["amount"].isin([1, 2])]', "compares", "subscript"),
        ('table.sort_values(by="amount")', "keys", "column"),
        ("table.assign(amount=1)", "writes", "keyword"),
    ],
)
def test_columns_of_a_table_of_records_are_their_fields(code: str, mode: str, form: str) -> None:
    assert (mode, form, "certain") in uses_of_amount(f"table = pd.DataFrame([order])\n{code}")


def test_items_of_a_list_are_followed_into_lambdas() -> None:
    code = 'orders = []\norders.append(order)\nprint(sorted(orders, key=lambda it: it["amount"]))'

    assert ("keys", "subscript", "certain") in uses_of_amount(code)


@pytest.mark.parametrize(
    ("code", "mode", "form"),
    [
        ('sorted(orders, key=itemgetter("id", "amount"))', "keys", "subscript"),
        ('max(orders, key=operator.itemgetter("amount"))', "keys", "subscript"),
        ('sorted(orders, key=attrgetter("amount"))', "keys", "attribute"),
        ('list(map(itemgetter("amount"), orders))', "reads", "subscript"),
        ('orders.sort(key=itemgetter("amount"))', "keys", "subscript"),
    ],
)
def test_items_of_a_list_are_followed_into_getters(code: str, mode: str, form: str) -> None:
    before = "import operator\nfrom operator import attrgetter, itemgetter\norders = []\norders.append(order)\n"

    assert (mode, form, "certain") in uses_of_amount(f"{before}print({code})")


@pytest.mark.parametrize(
    ("place", "mode"),
    [("{order['amount']:.2f}", "computes"), ("{order['amount']!r:>9}", "reads"), ("{order['amount']}", "reads")],
)
def test_a_format_asks_a_kind_of_what_a_text_shows(place: str, mode: str) -> None:
    assert [it[0] for it in uses_of_amount(f'print(f"{place} paid")')] == [mode]


def test_a_lambda_of_something_else_is_not_followed() -> None:
    assert uses_of_amount('print(sorted(others, key=lambda it: it["amount"]))') != [("keys", "subscript", "certain")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('db.execute("SELECT id, amount FROM orders")', ("reads", "query", "possible")),
        ('db.execute(f"INSERT INTO {table} (id, amount) VALUES (1, 2)")', ("writes", "query", "possible")),
        ('db.orders.find({"amount": {"$gt": 3}})', ("compares", "literal", "likely")),
        ('db.orders.find({"order.amount": 3})', ("compares", "query", "possible")),
        ('db.orders.aggregate([{"$group": {"_id": "$amount"}}])', ("reads", "query", "possible")),
        ('pd.DataFrame([order]).query("amount > 3")', ("compares", "query", "certain")),
        ('pd.DataFrame([order]).where("amount > 3")', ("compares", "query", "certain")),
        ('pd.DataFrame([order]).filter(f"amount > {limit}")', ("compares", "query", "certain")),
        ('pd.DataFrame([order]).agg(expr("sum(amount)").alias("total"))', ("computes", "query", "certain")),
        ('pd.DataFrame([order]).agg(F.expr(f"least({most}, sum(amount))"))', ("computes", "query", "certain")),
        ('pd.DataFrame([order]).selectExpr("id", "max(amount) AS most")', ("computes", "query", "certain")),
        ('pd.DataFrame([order]).selectExpr(["id", "order.amount"])', ("computes", "query", "certain")),
        ('kept = {k: order[k] for k in ("id", "amount")}', ("passes", "string", "certain")),
        ('for k in ["id", "amount"]:\n    print(order[k])', ("reads", "string", "certain")),
        ('for k in ["id", "amount"]:\n    print(order.get(k))', ("reads", "string", "certain")),
        (
            'table = pd.DataFrame([order])\nNAMES = ["id", "amount"]\nprint(table[NAMES])',
            ("reads", "string", "certain"),
        ),
    ],
)
def test_names_in_queries_and_lists_of_constants_are_uses(code: str, expected: tuple[str, str, str]) -> None:
    assert expected in uses_of_amount(code)


def test_names_in_queries_lead_to_their_bytes() -> None:
    code = 'é = "é"\ndb.execute("""\n    SELECT id, amount\n    FROM orders""")'
    body = "\n".join("        " + line for line in code.splitlines())
    text = READER.replace('        print(order["amount"])', body)

    (use,) = [
        use
        for use in map_of({**SHOP, "services/sink/sink/main.py": text}).uses
        if use.form == "query" and use.path == "amount"
    ]

    assert text.encode()[use.offset :].startswith(b"amount\n")
    assert "SELECT id, amount" in text.splitlines()[use.span.first_line - 1]


def test_a_list_of_constants_is_no_blind_spot_and_a_list_of_unknown_names_is_one() -> None:
    def spots(code: str) -> int:
        text = READER.replace('print(order["amount"])', code).replace("for name in wanted()", "for name in NAMES")
        return len(map_of({**SHOP, "services/sink/sink/main.py": text}).blind_spots)

    assert (spots('NAMES = ("id", "amount")'), spots("NAMES = load()")) == (0, 1)
