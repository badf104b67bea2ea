"""The schemas of what meters send. They are literals, so that nobody has to find a file."""

READING = {
    "type": "record",
    "name": "Reading",
    "namespace": "grid.readings",
    "fields": [
        {"name": "id", "type": "string", "doc": "Id of the reading."},
        {
            "name": "meter",
            "type": {
                "type": "record",
                "name": "Meter",
                "fields": [
                    {"name": "id", "type": "string"},
                    {"name": "name", "type": "string"},
                    {"name": "phase", "type": {"type": "enum", "name": "Phase", "symbols": ["L1", "L2", "L3"]}},
                ],
            },
        },
        {
            "name": "site",
            "type": {
                "type": "record",
                "name": "Site",
                "fields": [
                    {"name": "id", "type": "string"},
                    {"name": "name", "type": ["null", "string"], "default": None},
                ],
            },
        },
        {"name": "taken_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "kwh", "type": "double", "doc": "Energy since the last reading, in kWh."},
        {"name": "quality", "type": "int", "default": 0},
        {"name": "tags", "type": {"type": "map", "values": "string"}},
    ],
}

OUTAGE = {
    "type": "record",
    "name": "Outage",
    "namespace": "grid.outages",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "meter", "type": "string"},
        {"name": "began_at", "type": "long", "doc": "Seconds since 1970."},
        {"name": "minutes", "type": "int"},
        {"name": "duration_min", "type": ["null", "int"], "default": None},
        {"name": "cause", "type": ["null", "string"], "default": None},
    ],
}
