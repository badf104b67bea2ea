"""The shop's policy: from a score to a decision."""

DECLINE_FROM = 0.9


def decide(score, now_ms):
    outcome = "DECLINE" if score["score"] >= DECLINE_FROM else "APPROVE"
    return {
        "order_id": score["order_id"],
        "outcome": outcome,
        "score": score["score"],
        "decided_at": now_ms,
    }
