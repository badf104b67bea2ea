"""The table that is sent around in the morning."""

import pandas as pd

COLUMNS = ["meter", "kwh", "quality"]


def table(readings):
    frame = pd.DataFrame(readings)
    frame["meter"] = frame["meter"].map(lambda meter: meter["name"])
    frame = frame[COLUMNS]
    good = frame[frame.quality <= 1]
    return good.groupby("meter").agg({"kwh": "sum"}).rename(columns={"kwh": "kwh_total"})
