"""What a customer is charged for an order."""


def charge(order):
    return {
        "reference": order["order_id"],
        "cents": order["amount"] * order["quantity"],
        "is_due": order["status"] == "NEW",
        "source": order["channel"].lower(),
    }
