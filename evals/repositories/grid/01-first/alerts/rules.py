"""Whom to wake."""


class Watch:
    """One reading, looked at."""

    def __init__(self, reading):
        self.reading = reading
        self.kwh = reading["kwh"]

    @property
    def is_high(self):
        return self.kwh > 5

    def told(self):
        meter, site = self.reading["meter"], self.reading["site"]
        where = site["name"] or site["id"]
        return {"meter": meter["id"], "high": self.is_high, "where": where}


def alert(reading):
    return Watch(reading).told()


def outage_alert(outage):
    key = "cause"
    long = outage["minutes"] >= 30
    return {
        "meter": outage["meter"],
        "urgent": long,
        "cause": outage.get(key) or "unknown",
        "hour": outage["began_at"] // 3600,
    }
