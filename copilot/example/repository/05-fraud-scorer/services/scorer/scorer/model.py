"""A logistic regression over named features. The weights say which features there are."""

import json
import math
from pathlib import Path

WEIGHTS = json.loads((Path(__file__).parent / "weights.json").read_text())


def probability(record, weights=WEIGHTS):
    logit = weights["bias"]
    for name, weight in weights["features"].items():
        logit += weight * float(record[name])
    return 1 / (1 + math.exp(-logit))


def to_score(record, now_ms, weights=WEIGHTS):
    return {
        "order_id": record["order_id"],
        "score": probability(record, weights),
        "model_version": weights["version"],
        "scored_at": now_ms,
    }
