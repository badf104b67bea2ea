"""What only tests deploy is no certain edge of production, and no job."""

from __future__ import annotations

import pytest

from tests.readers.sockets import map_of

CODE = (
    "import os\nfrom kafka import KafkaProducer\n\nproducer = KafkaProducer()\n"
    "producer.send(os.environ['TOPIC'], b'x')\n"
)


def compose(name: str, topic: str) -> str:
    return f"services:\n  {name}:\n    build: {{context: sink}}\n    environment: {{TOPIC: {topic}}}\n"


def edges(texts: dict[str, str]) -> set[tuple[str, str]]:
    found = map_of({"sink/Dockerfile": "", "sink/main.py": CODE, **texts})
    return {(link.endpoint.name, link.certainty) for link in found.links}


@pytest.mark.parametrize("path", ["compose.test.yaml", "ci/e2e/docker-compose.yml"])
def test_a_topic_that_only_a_deployment_for_tests_sets_is_likely(path: str) -> None:
    assert edges({path: compose("sink", "orders").replace("context: sink", "context: /sink")}) == {("orders", "likely")}


def test_a_service_that_calls_itself_a_test_is_no_certain_producer() -> None:
    assert edges({"compose.yaml": compose("sink-test", "orders")}) == {("orders", "likely")}


def test_what_production_sets_too_stays_certain() -> None:
    texts = {"compose.yaml": compose("sink", "orders"), "compose.test.yaml": compose("sink", "orders")}

    assert edges(texts) == {("orders", "certain")}


def test_a_topic_of_the_code_is_certain_whoever_deploys_it() -> None:
    texts = {"compose.test.yaml": compose("sink", "x"), "sink/main.py": CODE.replace("os.environ['TOPIC']", "'orders'")}

    assert edges(texts) == {("orders", "certain")}


def test_folders_of_tests_are_no_jobs_because_something_called_test_is_deployed() -> None:
    job = (
        "kind: Job\nmetadata:\n  name: test-producer\nspec:\n  containers:\n  - name: test-producer\n"
        "    image: x/test-producer\n    env: [{name: TOPIC, value: orders}]\n"
    )
    texts = {
        "k8s/test.yaml": job,
        "tests/test_sink.py": "from sink import main\n",
        "sink/Dockerfile": "",
        "sink/main.py": CODE,
    }

    assert [job.name for job in map_of(texts).jobs] == ["sink"]


def test_a_job_with_such_a_word_in_its_own_name_is_deployed_like_others() -> None:
    texts = {"abtest/Dockerfile": "", "ab-test/Dockerfile": "", "ab-test/main.py": CODE}
    compose = "services:\n  ab-test:\n    build: ab-test\n    environment: {TOPIC: orders}\n"

    assert ("orders", "certain") in edges({**texts, "compose.yaml": compose})
