"""How likely a driver is to be asked for again."""


def score(trip):
    stars = trip["stars"] if trip["stars"] is not None else 4
    penalty = 0.5 if trip["outcome"] == "CANCELLED" else 0.0
    return {"driver": trip["driver"], "score": round(stars / 5 - penalty, 2)}
