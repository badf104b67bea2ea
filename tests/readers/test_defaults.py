"""What a default says: the text is likely, as somebody may give another."""

from __future__ import annotations

import pytest

from tests.readers.sockets import map_of

HEAD = "import argparse, sys\nfrom kafka import KafkaConsumer\n"
PARSER = 'parser = argparse.ArgumentParser()\nparser.add_argument("--topic", default="orders")\n'


def topics(code: str) -> dict[str, str]:
    found = map_of({"w/read.py": HEAD + code})
    return {str(link.endpoint): link.certainty for link in found.links}


@pytest.mark.parametrize(
    "code",
    [
        f"{PARSER}args = parser.parse_args()\nKafkaConsumer(args.topic)",
        f'{PARSER}args = vars(parser.parse_args())\nKafkaConsumer(args["topic"])',
        f'{PARSER}args = parser.parse_args()\nargs = vars(args)\nKafkaConsumer(args.get("topic", "others"))',
        'def run(args):\n    KafkaConsumer(args.get("topic", "orders"))',
        'def run(args):\n    KafkaConsumer(getattr(args, "topic", "orders"))',
        'def run(args):\n    KafkaConsumer(args.get("topic") or "orders")',
        'def run(topic="orders"):\n    KafkaConsumer(topic)\nrun()',
        'def run(**given):\n    KafkaConsumer(given.get("topic", "orders"))\nrun()',
        'topic = sys.argv[1] if len(sys.argv) > 1 else "orders"\nKafkaConsumer(topic)',
    ],
)
def test_a_default_is_likely(code: str) -> None:
    assert topics(code) == {"orders": "likely"}


def test_what_a_caller_hands_over_goes_before_the_default() -> None:
    code = 'def run(**given):\n    KafkaConsumer(given.pop("topic", "orders"))\nrun(topic="given")'

    assert topics(code) == {"given": "certain"}


def test_an_empty_default_names_nothing() -> None:
    assert topics('def run(args):\n    KafkaConsumer(args.get("topic", ""))') == {"unknown (topic)": "possible"}
