"""Builds the records that this service writes."""


def order_record(order):
    return {
        "order_id": order["id"],
        "customer": order["customer"],
        "amount": order["cents"],
        "quantity": order["quantity"],
        "status": order["status"],
        "channel": order["channel"],
        "note": order.get("note"),
        "discount": order.get("discount", 0.0),
        "placed_at": order["placed_at"],
        "address": {"street": order["street"], "city": order["city"]},
    }
