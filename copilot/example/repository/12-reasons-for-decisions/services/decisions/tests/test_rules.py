from decisions.rules import decide


def a_decision(score, amount):
    return decide({"order_id": "o-1", "score": score, "amount": amount, "model_version": "2025-12-b"}, 0)


def outcome_of(score, amount):
    return a_decision(score, amount)["outcome"]


def test_a_low_score_is_approved():
    assert outcome_of(0.05, amount=30) == "APPROVE"


def test_a_high_score_is_declined():
    assert outcome_of(0.97, amount=30) == "DECLINE"


def test_a_large_order_is_declined_earlier():
    assert outcome_of(0.7, amount=499) == "APPROVE"
    assert outcome_of(0.7, amount=620) == "DECLINE"


def test_a_decline_says_why():
    assert a_decision(0.7, amount=620)["reason"] == "score 0.70 is at or over 0.6 for an order of 620.00 EUR"
    assert a_decision(0.05, amount=30)["reason"] is None
