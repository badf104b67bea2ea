from decisions.rules import decide


def outcome_of(score, amount):
    return decide({"order_id": "o-1", "score": score, "amount": amount}, 0)["outcome"]


def test_a_low_score_is_approved():
    assert outcome_of(0.05, amount=30) == "APPROVE"


def test_a_high_score_is_declined():
    assert outcome_of(0.97, amount=30) == "DECLINE"


def test_a_large_order_is_declined_earlier():
    assert outcome_of(0.7, amount=499) == "APPROVE"
    assert outcome_of(0.7, amount=620) == "DECLINE"
