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
        {"name": "computed_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ],
}
