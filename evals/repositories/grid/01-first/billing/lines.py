"""Lines of a bill."""

CENTS_A_KWH = {"L1": 31, "L2": 31, "L3": 28}


def line(reading):
    meter = reading["meter"]
    price = CENTS_A_KWH[meter["phase"]]
    return {
        "meter": meter["id"],
        "text": "{}: {:.3f} kWh".format(meter["name"], reading["kwh"]),
        "cents": round(reading["kwh"] * price),
        "estimated": reading["quality"] > 1,
    }
