"""What this service puts on the wire. Kept in code so that the image needs no files but its own."""

FEATURES_SCHEMA = {
    "type": "record",
    "name": "OrderFeatures",
    "namespace": "shop.risk",
    "fields": [
        {"name": "order_id", "type": "string"},
        {"name": "customer_id", "type": "string"},
        {"name": "amount", "type": "long"},
        {"name": "orders_last_hour", "type": "int"},
        {"name": "amount_last_hour", "type": "long"},
        {"name": "is_foreign_currency", "type": "boolean"},
        {"name": "amount_per_item", "type": "double", "default": 0},
        {"name": "has_coupon", "type": "boolean", "default": False},
        {"name": "computed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ],
}
