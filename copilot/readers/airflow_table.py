"""Which operators of Airflow move what from where to where? Data alone, as in `broker_table`; buckets are files by name."""

from __future__ import annotations

from copilot.readers.steps import Step, Steps, consumes, produces


def _moves(source: str, source_kind: str, target: str, target_kind: str) -> tuple[Step, Step]:
    return (
        consumes(source, endpoint=source_kind, needs=True),
        produces(target, endpoint=target_kind, needs=True),
    )


_TRANSFERS = {
    "GCSToBigQueryOperator": _moves("bucket", "file", "destination_project_dataset_table", "table"),
    "GoogleCloudStorageToBigQueryOperator": _moves("bucket", "file", "destination_project_dataset_table", "table"),
    "BigQueryToGCSOperator": _moves("source_project_dataset_table", "table", "destination_cloud_storage_uris", "file"),
    "BigQueryToCloudStorageOperator": _moves(
        "source_project_dataset_table", "table", "destination_cloud_storage_uris", "file"
    ),
    "BigQueryToBigQueryOperator": _moves(
        "source_project_dataset_tables", "table", "destination_project_dataset_table", "table"
    ),
    "GCSToGCSOperator": _moves("source_bucket", "file", "destination_bucket", "file"),
    "S3ToGCSOperator": _moves("bucket", "file", "dest_gcs", "file"),
    "S3ToRedshiftOperator": _moves("s3_bucket", "file", "table", "table"),
    "RedshiftToS3Operator": _moves("table", "table", "s3_bucket", "file"),
}

AIRFLOW_CALLS: Steps = {
    "ConsumeFromTopicOperator": consumes("topics"),
    "ProduceToTopicOperator": produces("topic"),
    "AwaitMessageSensor": consumes("topics"),
    "AwaitMessageTriggerFunctionSensor": consumes("topics"),
    "PubSubPublishMessageOperator": produces("topic"),
    "PubSubPullSensor": consumes("subscription", endpoint="subscription"),
    "PubSubPullOperator": consumes("subscription", endpoint="subscription"),
    "SqsPublishOperator": produces("sqs_queue", endpoint="queue"),
    "SqsSensor": consumes("sqs_queue", endpoint="queue"),
    "SnsPublishOperator": produces("target_arn"),
    "BigQueryOperator": produces("destination_dataset_table", endpoint="table", needs=True),
    "BigQueryExecuteQueryOperator": produces("destination_dataset_table", endpoint="table", needs=True),
    "PostgresToGCSOperator": produces("bucket", endpoint="file", needs=True),
    "MySQLToGCSOperator": produces("bucket", endpoint="file", needs=True),
    "LocalFilesystemToGCSOperator": produces("bucket", endpoint="file", needs=True),
    "LocalFilesystemToS3Operator": produces("dest_bucket", endpoint="file", needs=True),
    "GCSObjectExistenceSensor": consumes("bucket", endpoint="file", needs=True),
    **{name: steps[0] for name, steps in _TRANSFERS.items()},
    **{f"{name}+": steps[1] for name, steps in _TRANSFERS.items()},
}
