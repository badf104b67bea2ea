"""The shop's policy: from a score and the order's amount to a decision."""

DECLINE_FROM = 0.9
DECLINE_LARGE_FROM = 0.6
LARGE_ORDER_EUR = 500


def is_large(amount):
    return amount > LARGE_ORDER_EUR


def decide(score, now_ms):
    limit = DECLINE_LARGE_FROM if is_large(score["amount"]) else DECLINE_FROM
    outcome = "DECLINE" if score["score"] >= limit else "APPROVE"
    return {
        "order_id": score["order_id"],
        "outcome": outcome,
        "score": score["score"],
        "decided_at": now_ms,
    }
