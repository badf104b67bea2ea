from orders.records import to_order

CHECKOUT = {
    "id": "o-1",
    "customer": {"id": "c-7"},
    "currency": "EUR",
    "lines": [
        {"sku": "tea-01", "unit_price_cents": 1250, "quantity": 2},
        {"sku": "cup-14", "unit_price_cents": 499, "quantity": 1},
    ],
}


def test_amount_is_the_sum_of_the_lines():
    assert to_order(CHECKOUT, 0)["amount"] == 2999


def test_currency_may_be_absent():
    checkout = {**CHECKOUT}
    del checkout["currency"]

    assert to_order(checkout, 0)["currency"] is None


def test_a_gift_card_has_no_items():
    checkout = {**CHECKOUT, "lines": [{"unit_price_cents": 5000, "quantity": 1}]}

    assert to_order(checkout, 0)["item_count"] is None


def test_the_coupon_is_carried():
    assert to_order({**CHECKOUT, "coupon": "AUTUMN10"}, 0)["coupon_code"] == "AUTUMN10"
