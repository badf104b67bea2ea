"""What a customer is charged for an order."""


def charge(order):
    return {
        "reference": order["order_id"],
        "cents": round(order["amount"] * order["quantity"] * (1 - order["discount"])),
        "is_due": order["status"] == "NEW",
        "source": order["channel"].lower(),
    }
