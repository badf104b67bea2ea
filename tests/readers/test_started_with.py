"""Topics that a program takes from the words that it is started with."""

from __future__ import annotations

import pytest

from tests.readers.test_effects import edges


@pytest.mark.parametrize(
    "code",
    [
        "KafkaConsumer(sys.argv[1])",
        "_, topic, group = sys.argv\nKafkaConsumer(topic, group_id=group)",
        "topic, group = sys.argv[1:3]\nKafkaConsumer(topic)",
        "words = sys.argv[1:]\nKafkaConsumer(words[0])",
        "topic = sys.argv[1] if len(sys.argv) > 1 else 'none'\nKafkaConsumer(topic)",
    ],
)
def test_a_word_of_the_command_line_is_what_the_deployment_starts_the_program_with(code: str) -> None:
    texts = {"app/Dockerfile": "", "app/main.py": f"import sys\nfrom kafka import KafkaConsumer\n{code}\n"}
    compose = "services:\n  app:\n    build: app\n    command: python main.py orders g1\n"

    assert edges(texts | {"compose.yaml": compose}) == {("app", "consumes", "orders", "certain")}


def test_a_word_that_nobody_is_seen_to_give_is_unknown_under_its_number_or_the_default() -> None:
    start = "import sys\nfrom kafka import KafkaConsumer\n"
    texts = {
        "one/Dockerfile": "",
        "one/main.py": start + "KafkaConsumer(sys.argv[2])\n",
        "two/Dockerfile": "",
        "two/main.py": start + "KafkaConsumer(sys.argv[1] if len(sys.argv) > 1 else 'orders')\n",
    }

    assert edges(texts) == {("one", "consumes", "?argv[2]", "possible"), ("two", "consumes", "orders", "likely")}


def test_partitions_that_spark_is_assigned_name_their_topics() -> None:
    code = """
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.getOrCreate()
        spark.readStream.format("kafka").option("assign", '{"orders": [0, 1], "returns": [0]}').load()
        """

    assert edges({"app/Dockerfile": "", "app/main.py": code}) == {
        ("app", "consumes", "orders", "certain"),
        ("app", "consumes", "returns", "certain"),
    }


@pytest.mark.parametrize(
    "environment",
    ["env: [{name: SINK, value: clean}]", "envVars: {SINK: clean}"],
)
def test_a_spark_application_hands_over_its_arguments_and_the_environment_of_its_driver(environment: str) -> None:
    code = """
        import os, sys
        from pyspark.sql import SparkSession

        if __name__ == "__main__":
            spark = SparkSession.builder.getOrCreate()
            stream = spark.readStream.format("kafka").option("subscribe", sys.argv[1]).load()
            stream.writeStream.format("kafka").option("topic", os.environ["SINK"]).start()
        """
    manifest = f"""
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {{name: nightly}}
spec:
  type: Python
  image: registry/spark:3
  mainApplicationFile: local:///opt/spark/work-dir/clean_clicks.py
  arguments: ["clicks", "--mode", "fast"]
  driver:
    cores: 1
    {environment}
  executor: {{instances: 2}}
"""
    texts = {"jobs/clean_clicks.py": code, "jobs/other.py": code, "deploy/spark.yaml": manifest}

    assert {one for one in edges(texts) if one[0] == "clean_clicks"} == {
        ("clean_clicks", "consumes", "clicks", "certain"),
        ("clean_clicks", "produces", "clean", "certain"),
    }


@pytest.mark.parametrize("add", ["add_argument", "add_value_provider_argument"])
def test_options_of_a_beam_class_are_set_by_what_starts_the_pipeline(add: str) -> None:
    options = f"""
from apache_beam.options.pipeline_options import PipelineOptions

class StreamOptions(PipelineOptions):
    @classmethod
    def _add_argparse_args(cls, parser):
        parser.{add}("--source-topic", required=True)
        parser.{add}("--output_table", default="shop.daily")
"""
    pipeline = """
import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from job.options import StreamOptions

def run():
    asked = PipelineOptions().view_as(StreamOptions)
    with beam.Pipeline(options=asked) as p:
        p | beam.io.ReadFromPubSub(topic=asked.source_topic) | beam.io.WriteToBigQuery(table=asked.output_table)

if __name__ == "__main__":
    run()
"""
    texts = {
        "job/options.py": options,
        "job/main.py": pipeline,
        "run.sh": "python -m job.main \\\n  --source-topic=projects/p/topics/orders\n",
    }

    assert edges(texts) == {
        ("job", "consumes", "orders", "certain"),
        ("job", "produces", "shop.daily", "likely"),
    }
