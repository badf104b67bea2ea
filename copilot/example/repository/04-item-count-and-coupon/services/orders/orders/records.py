"""From a checkout, as the shop's outbox has it, to an Order record."""


def to_order(checkout, now_ms):
    lines = checkout["lines"]
    return {
        "order_id": checkout["id"],
        "customer_id": checkout["customer"]["id"],
        "amount": sum(line["unit_price_cents"] * line["quantity"] for line in lines),
        "currency": checkout.get("currency"),
        "created_at": now_ms,
        # Gift cards and top-ups have no items.
        "item_count": sum(line["quantity"] for line in lines if line.get("sku")) or None,
        "coupon_code": checkout.get("coupon"),
    }
