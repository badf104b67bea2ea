"""Which calls read and write objects and items of stores, without SQL? Data alone, laid out as in `broker_table`.

An object goes by its bucket: keys are mostly computed from what is stored.
"""

from __future__ import annotations

from copilot.readers.steps import SAME, Steps, consumes, gives, produces

AWS_CALLS: Steps = {
    "client:s3": gives("s3 client"),
    "client:dynamodb": gives("dynamodb client"),
    "resource:s3": gives("s3 resource"),
    "resource:dynamodb": gives("dynamodb resource"),
}
GOOGLE_CALLS: Steps = {"storage.Client": gives("gcs client")}
CLICKHOUSE_CALLS: Steps = {
    name: gives("clickhouse client") for name in ("get_client", "get_async_client", "create_client")
}
MINIO_CALLS: Steps = {"Minio": gives("minio client")}
_ITEM_READS = ("get_item", "query", "scan")
_ITEM_WRITES = ("put_item", "update_item", "delete_item")

STORAGE_METHODS: dict[str, Steps] = {
    "s3 client": {
        "put_object": produces("Bucket", "Body", endpoint="file"),
        "create_multipart_upload": produces("Bucket", endpoint="file"),
        "upload_file": produces("1 Bucket", endpoint="file"),
        "upload_fileobj": produces("1 Bucket", endpoint="file"),
        "get_object": consumes("Bucket", endpoint="file"),
        "list_objects": consumes("Bucket", endpoint="file"),
        "list_objects_v2": consumes("Bucket", endpoint="file"),
        "download_file": consumes("0 Bucket", endpoint="file"),
        "download_fileobj": consumes("0 Bucket", endpoint="file"),
    },
    "s3 resource": {
        "Object": gives("s3 object", "0 bucket_name"),
        "Bucket": gives("s3 bucket", "0 name"),
    },
    "s3 bucket": {
        "Object": gives("s3 object", "own"),
        "put_object": produces("own", "Body", endpoint="file"),
        "upload_file": produces("own", endpoint="file"),
        "upload_fileobj": produces("own", endpoint="file"),
        "download_file": consumes("own", endpoint="file"),
        "download_fileobj": consumes("own", endpoint="file"),
    },
    "s3 object": {
        "put": produces("own", "Body", endpoint="file"),
        "upload_file": produces("own", endpoint="file"),
        "upload_fileobj": produces("own", endpoint="file"),
        "get": consumes("own", endpoint="file"),
        "download_file": consumes("own", endpoint="file"),
        "download_fileobj": consumes("own", endpoint="file"),
    },
    "minio client": {
        "put_object": produces("0 bucket_name", "2 data", endpoint="file"),
        "fput_object": produces("0 bucket_name", endpoint="file"),
        **dict.fromkeys(("get_object", "fget_object", "list_objects"), consumes("0 bucket_name", endpoint="file")),
    },
    "dynamodb client": {
        **{name: produces("TableName", "Item", endpoint="table", needs=True) for name in _ITEM_WRITES},
        **{name: consumes("TableName", endpoint="table", needs=True) for name in _ITEM_READS},
    },
    "dynamodb resource": {"Table": gives("dynamodb table", "0 name")},
    "dynamodb table": {
        **{name: produces("own", "Item", endpoint="table") for name in _ITEM_WRITES},
        **{name: consumes("own", endpoint="table") for name in _ITEM_READS},
        "batch_writer": SAME,
    },
    "clickhouse client": {
        **dict.fromkeys(("insert", "insert_df", "insert_arrow"), produces("0 table", endpoint="table", needs=True)),
    },
    "gcs client": {
        "bucket": gives("gcs bucket", "0 bucket_name"),
        "get_bucket": gives("gcs bucket", "0 bucket_or_name"),
    },
    "gcs bucket": {"blob": gives("gcs blob", "own"), "get_blob": gives("gcs blob", "own")},
    "gcs blob": {
        **dict.fromkeys(
            ("upload_from_string", "upload_from_file", "upload_from_filename"), produces("own", endpoint="file")
        ),
        **dict.fromkeys(
            ("download_as_bytes", "download_as_string", "download_as_text", "download_to_filename", "download_to_file"),
            consumes("own", endpoint="file"),
        ),
    },
}
COMMON_NAMES = frozenset({"insert", "get", "put", "query", "scan", "bucket", "blob", "Bucket", "Object", "Table"})
"""Methods whose names anything may have: they are followed inside a file only."""
