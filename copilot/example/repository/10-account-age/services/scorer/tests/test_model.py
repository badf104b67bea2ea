from scorer.model import probability, to_score

QUIET = {
    "order_id": "o-1",
    "customer_id": "c-7",
    "amount": 2999,
    "amount_last_hour": 2999,
    "amount_per_item": 999.67,
    "orders_last_hour": 1,
    "is_foreign_currency": False,
    "has_coupon": False,
    "account_age_days": 400,
}


def test_a_quiet_order_scores_low():
    assert probability(QUIET) < 0.1


def test_many_orders_in_an_hour_score_high():
    assert probability({**QUIET, "orders_last_hour": 9, "amount_last_hour": 90000}) > 0.7


def test_an_old_account_scores_lower():
    assert probability({**QUIET, "account_age_days": 900}) < probability({**QUIET, "account_age_days": 0})


def test_the_score_names_its_model():
    assert to_score(QUIET, 0)["model_version"] == "2025-12-b"
