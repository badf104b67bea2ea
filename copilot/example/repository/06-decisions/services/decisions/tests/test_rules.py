from decisions.rules import decide


def test_a_low_score_is_approved():
    assert decide({"order_id": "o-1", "score": 0.05}, 0)["outcome"] == "APPROVE"


def test_a_high_score_is_declined():
    assert decide({"order_id": "o-1", "score": 0.97}, 0)["outcome"] == "DECLINE"
