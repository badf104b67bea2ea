from orders.records import to_order

CHECKOUT = {
    "id": "o-1",
    "customer": {"id": "c-7"},
    "currency": "EUR",
    "lines": [{"unit_price_cents": 1250, "quantity": 2}, {"unit_price_cents": 499, "quantity": 1}],
}


def test_amount_is_the_sum_of_the_lines():
    assert to_order(CHECKOUT, 0)["amount"] == 2999


def test_currency_may_be_absent():
    checkout = {**CHECKOUT}
    del checkout["currency"]

    assert to_order(checkout, 0)["currency"] is None
