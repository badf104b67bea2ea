"""What is printed on a parcel."""


def label(order):
    lines = [order["customer"], order["address"]["street"], order["address"]["city"]]
    if order["note"]:
        lines.append(order["note"])
    return {"order": order["order_id"], "lines": lines, "pieces": order["quantity"]}
