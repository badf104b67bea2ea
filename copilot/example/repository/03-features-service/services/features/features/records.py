"""From an Order, and the customer's orders of the last hour, to the features of that order."""

HOME_CURRENCIES = (None, "EUR")


def to_features(order, recent, now_ms):
    """`recent` are the customer's earlier orders of the last hour."""
    return {
        "order_id": order["order_id"],
        "customer_id": order["customer_id"],
        "amount": order["amount"],
        "orders_last_hour": len(recent) + 1,
        "amount_last_hour": order["amount"] + sum(earlier["amount"] for earlier in recent),
        "is_foreign_currency": order["currency"] not in HOME_CURRENCIES,
        "computed_at": now_ms,
    }


def within_the_hour(orders, now):
    return [order for order in orders if (now - order["created_at"]).total_seconds() < 3600]
