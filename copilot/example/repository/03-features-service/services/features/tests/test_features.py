from datetime import datetime, timedelta, timezone

from features.records import to_features, within_the_hour

NOW = datetime(2025, 9, 1, 12, 0, tzinfo=timezone.utc)


def an_order(**changes):
    order = {"order_id": "o-1", "customer_id": "c-7", "amount": 2999, "currency": "EUR", "created_at": NOW}
    return {**order, **changes}


def test_the_first_order_counts_itself():
    features = to_features(an_order(), [], 0)

    assert features["orders_last_hour"] == 1
    assert features["amount_last_hour"] == 2999


def test_another_currency_is_foreign():
    assert to_features(an_order(currency="USD"), [], 0)["is_foreign_currency"]


def test_orders_leave_the_window_after_an_hour():
    old = an_order(created_at=NOW - timedelta(minutes=61))

    assert within_the_hour([old, an_order()], NOW) == [an_order()]
