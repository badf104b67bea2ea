"""Code that may read or write records in ways that are not known: it is a gap with its line, and never silence."""

from __future__ import annotations

import pytest

from copilot.readers.unknown_code import FRAMEWORKS
from tests.readers.sockets import map_of


def gaps_of(**files: str) -> list[tuple[str, int, str]]:
    """Returns path, line and reason of the gaps of a job with these files; "__" in a name is a dot."""
    named = {f"app/{name.replace('__', '.')}": text for name, text in files.items()}
    found = map_of({"app/Dockerfile": "", **named}).gaps
    return [(gap.span.path, gap.span.first_line, gap.reason) for gap in found]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nfrom streamkit import Consumer\n\nclass Step(Consumer):\n    topic = 'orders'\n",
        "import os\nfrom streamkit.steps import (\n    OrderConsumer,\n)\n\nOrderConsumer('orders').run()\n",
        "import os\nimport streamkit\n\nclass Step(streamkit.Consumer):\n    topic = 'orders'\n",
    ],
)
def test_a_consumer_of_an_unknown_installed_framework_is_a_gap(text: str) -> None:
    ((path, line, reason),) = gaps_of(main__py=text)

    assert (path, line) == ("app/main.py", 2)
    assert "comes from the package streamkit, which is not known: what it reads is not told" in reason


@pytest.mark.parametrize(
    "text",
    [
        "from confluent_kafka import Consumer\nConsumer({}).subscribe(['orders'])\n",
        "from channels.generic.websocket import AsyncWebsocketConsumer\n\nclass Chat(AsyncWebsocketConsumer):\n    pass\n",
        "from own import Consumer\n\nclass Step(Consumer):\n    pass\n",
        "from .own import Consumer\n\nclass Step(Consumer):\n    pass\n",
    ],
)
def test_known_clients_own_code_and_what_takes_requests_are_no_gap(text: str) -> None:
    assert gaps_of(main__py=text, own__py="class Consumer:\n    pass\n") == []


def test_a_template_of_python_code_that_consumes_is_a_gap() -> None:
    text = "import os\nfrom confluent_kafka import Consumer\nConsumer({{ conf }}).subscribe(['{{ topic }}'])\n"

    assert gaps_of(job__py__j2=text) == [("app/job.py.j2", 2, "is a template of Python, which is not read")]
    assert gaps_of(job__py__j2="x = {{ x }}\n") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from shop_common.kafka import client_factory\n\nclient_factory.get('orders')\n", "client_factory"),
        ("from shop.kafka_lib.loops import run\n\nrun('orders')\n", "run"),
        ("import dramatiq\n\n@dramatiq.actor\ndef charge(order):\n    print(order['amount'])\n", "dramatiq"),
    ],
)
def test_what_passes_on_records_in_a_package_that_nobody_knows_is_a_gap(text: str, told: str) -> None:
    ((path, line, reason),) = gaps_of(main__py=text)

    assert (path, line) == ("app/main.py", 1)
    assert reason.startswith(f"{told} comes from the package ")


@pytest.mark.parametrize("text", ["from {} import Client\n", "import {}\n"])
@pytest.mark.parametrize("package", sorted(FRAMEWORKS))
def test_a_framework_is_told_where_nothing_else_of_the_file_speaks_of_records(package: str, text: str) -> None:
    assert [line for _, line, _ in gaps_of(main__py=text.format(package))] == [1]


@pytest.mark.parametrize(
    "imported",
    [
        "from testcontainers.kafka import KafkaContainer",
        "from shop_common.kafka.errors import Refused",
        "from shop_common.kafka import KafkaError",
        "from opentelemetry.instrumentation.kafka import KafkaInstrumentor",
        "from mypy_boto3_sqs import SQSClient",
        "from .kafka import loop",
    ],
)
def test_what_only_stands_beside_a_broker_is_no_gap(imported: str) -> None:
    text = f"import kafka\n{imported}\n\nif __name__ == '__main__':\n    kafka.KafkaConsumer('orders')\n"

    assert gaps_of(main__py=text, kafka__py="loop = 1\n") == []
