from __future__ import annotations

import textwrap
from time import process_time

import pytest

from copilot.readers.entries import imports_of
from copilot.readers.words import acts_when_imported, is_tests
from tests.readers.sockets import map_of

Edge = tuple[str, str, str]


def edges(files: dict[str, str]) -> set[Edge]:
    """The edges of a tree: root of the job, direction, and the endpoint's name, or "?" and the variable."""
    found = map_of({path: textwrap.dedent(text) for path, text in files.items()})
    roots = {job.name: job.root for job in found.jobs}
    return {
        (roots[link.job], link.direction, link.endpoint.name or f"?{link.endpoint.variable}") for link in found.links
    }


def consumer(topic: str) -> str:
    return f'from kafka import KafkaConsumer\n\nfor message in KafkaConsumer("{topic}"):\n    print(message)\n'


def guarded(topic: str) -> str:
    head = "from kafka import KafkaConsumer\n\n"
    return f'{head}def main():\n    KafkaConsumer("{topic}")\n\nif __name__ == "__main__":\n    main()\n'


LIBRARY = "def load(path):\n    return path\n"


def test_each_script_beside_a_library_is_a_job() -> None:
    files = {"kafka/read_a.py": guarded("a"), "kafka/read_b.py": guarded("b"), "kafka/library.py": LIBRARY}

    assert edges(files) == {("kafka/read_a.py", "consumes", "a"), ("kafka/read_b.py", "consumes", "b")}


def test_a_script_needs_no_guard_if_importing_it_consumes_and_nobody_imports_it() -> None:
    files = {"kafka/read_a.py": consumer("a"), "kafka/read_b.py": consumer("b"), "kafka/library.py": LIBRARY}

    assert edges(files) == {("kafka/read_a.py", "consumes", "a"), ("kafka/read_b.py", "consumes", "b")}


def test_a_file_of_the_top_folder_that_consumes_when_run_is_a_job_beside_the_only_script() -> None:
    files = {"simulate.py": guarded("a"), "read.py": consumer("b"), "library.py": LIBRARY}

    assert edges(files) == {("simulate.py", "consumes", "a"), ("read.py", "consumes", "b")}


def test_a_file_of_the_top_folder_that_the_script_imports_is_its_own_whatever_it_does_then() -> None:
    files = {"simulate.py": f"import read\n{guarded('a')}", "read.py": consumer("b")}

    assert edges(files) == {("simulate.py", "consumes", "a"), ("simulate.py", "consumes", "b")}


def test_each_handler_of_a_folder_is_a_job() -> None:
    code = """
        import os, boto3

        def lambda_handler(event, _):
            boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item={})
        """
    files = {"lambda/connect.py": code, "lambda/close.py": code.replace("put_item", "query"), "lambda/util.py": LIBRARY}

    assert edges(files) == {("lambda/connect.py", "produces", "?TABLE"), ("lambda/close.py", "consumes", "?TABLE")}


def test_tests_are_no_jobs_wherever_they_lie() -> None:
    code = """
        import pytest
        from kafka import KafkaConsumer

        def test_consumes():
            assert KafkaConsumer("test_topic")
        """

    assert edges({"misc/kafka-testing.py": code, "misc/read.py": guarded("a")}) == {("misc", "consumes", "a")}


def test_a_folder_with_one_script_stays_one_job() -> None:
    plan = 'if __name__ == "__main__":\n    print("nothing")\n'
    files = {"kafka/read.py": guarded("a"), "kafka/plan.py": plan, "kafka/library.py": LIBRARY}

    assert edges(files) == {("kafka", "consumes", "a")}


def test_a_guarded_module_that_others_import_is_a_library() -> None:
    files = {
        "kafka/reader.py": guarded("a"),
        "kafka/writer.py": guarded("b"),
        "kafka/main.py": "import reader\nimport writer\n\nreader.main()\nwriter.main()\n",
    }

    assert edges(files) == {("kafka", "consumes", "a"), ("kafka", "consumes", "b")}


def test_guarded_modules_of_an_image_are_one_job() -> None:
    files = {"kafka/Dockerfile": "", "kafka/a.py": guarded("a"), "kafka/b.py": guarded("b")}

    assert edges(files) == {("kafka", "consumes", "a"), ("kafka", "consumes", "b")}


def test_the_commands_of_an_image_are_as_many_jobs_with_their_own_settings() -> None:
    files = {
        "app/Dockerfile": "FROM python",
        "app/reader.py": """
            import os
            from kafka import KafkaConsumer
            from app.common import start

            if __name__ == "__main__":
                KafkaConsumer(os.environ["TOPIC"])
            """,
        "app/writer.py": """
            import os
            from kafka import KafkaProducer

            if __name__ == "__main__":
                KafkaProducer().send(os.environ["TOPIC"], b"")
            """,
        "app/common.py": "def start(): ...\n",
        "compose.yaml": """
            services:
              reader:
                build: ./app
                command: python reader.py
                environment: {TOPIC: clicks}
              writer:
                build: ./app
                command: python writer.py
                environment: {TOPIC: orders}
            """,
    }

    assert edges(files) == {("app/reader.py", "consumes", "clicks"), ("app/writer.py", "produces", "orders")}


def test_programs_of_a_supervisor_template_are_jobs() -> None:
    reader = "from base import listen\n\nif __name__ == '__main__':\n    listen('{topic}')\n"
    files = {
        "conf/supervisord.conf.template": "[program:a]\ncommand = python app/a.py\n\n[program:b]\ncommand = python app/b.py\n",
        "app/base.py": "from kafka import KafkaConsumer\n\ndef listen(topic):\n    return KafkaConsumer(topic)\n",
        "app/a.py": reader.format(topic="alerts"),
        "app/b.py": reader.format(topic="notices"),
    }

    assert edges(files) == {("app/a.py", "consumes", "alerts"), ("app/b.py", "consumes", "notices")}


def test_what_scripts_start_in_a_package_is_theirs() -> None:
    files = {
        "run_daily.py": "from pkg import daily\n\nif __name__ == '__main__':\n    daily.create()\n",
        "pkg/daily.py": """
            import apache_beam as beam

            def create():
                return beam.Pipeline() | beam.io.WriteToBigQuery("warehouse.daily")

            if __name__ == "__main__":
                create()
            """,
    }

    assert edges(files) == {("run_daily.py", "produces", "warehouse.daily")}


def test_uses_in_a_library_belong_to_every_script_that_reaches_it() -> None:
    schema = '{"type": "record", "name": "Order", "fields": [{"name": "amount", "type": "long"}]}'
    script = """
        from fastavro import parse_schema, schemaless_reader
        from kafka import KafkaConsumer
        import json, io
        from shop.rules import check

        schema = parse_schema(json.load(open("schemas/order.avsc")))
        for message in KafkaConsumer("{topic}"):
            check(schemaless_reader(io.BytesIO(message.value), schema))
        """
    files = {
        "schemas/order.avsc": schema,
        "shop/a.py": textwrap.dedent(script).replace("{topic}", "a"),
        "shop/b.py": textwrap.dedent(script).replace("{topic}", "b"),
        "shop/rules.py": 'def check(order):\n    return order["amount"] > 0\n',
    }

    found = map_of(files)

    assert {(use.job, use.path) for use in found.uses if use.span.path == "shop/rules.py"} == {
        ("a", "amount"),
        ("b", "amount"),
    }


def test_imports_are_found_without_parsing() -> None:
    text = "import os, a.b as c\nfrom .near import (\n    one,\n    two as three,\n)\nif x:\n    from .. import far\n"

    assert imports_of(text).decode().split() == [
        "..",
        "..far",
        ".near",
        ".near.one",
        ".near.two",
        "a.b",
        "os",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# def test_\nimport pytest\n" + "\n" * 20_000,
        "# def test_\n" + "import pytest\n" * 20_000,
        "from x import (\n" * 20_000,
        "parse_args()\n" + "a=\n" * 20_000,
    ],
    ids=["empty lines", "imports of a test runner", "imports that do not end", "values that do not come"],
)
def test_no_text_keeps_the_first_look_busy(text: str) -> None:
    begin = process_time()

    told = is_tests(text), acts_when_imported(text)
    imports_of(text)

    assert told == (False, False)
    assert process_time() - begin < 2
