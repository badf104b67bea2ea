"""What Airflow's operators start is a deployment: with its arguments, its environment, and the job that its script or image is."""

from __future__ import annotations

import textwrap

import pytest

from copilot.readers.deployment_reader import read_deployment
from tests.readers.deploying import deployed, places

PYTHON = {"jobs/load.py": "jobs/load.py", "scorer/main.py": "scorer"}


def _running(operators: str, path: str = "dags/daily.py") -> list[tuple[str, str, dict[str, str]]]:
    head = "import os\nfrom airflow import DAG\nTOPIC = 'orders'\n"
    running = deployed(
        {path: head + textwrap.dedent(operators)}, ["jobs/load.py", "scorer"], PYTHON, busy=PYTHON.values()
    )
    return [(one.name, one.root, dict(one.settings)) for one in running.values()]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("['--topic', 'orders', 'daily']", {"--topic": "orders", "argv[1]": "daily"}),
        ("['--topic', TOPIC]", {"--topic": "orders"}),
        ("['--topic', f'{TOPIC}.eu']", {"--topic": "orders.eu"}),
        ("['--topic', os.getenv('T', 'orders')]", {"--topic": "orders"}),
        ("['--topic', '{{ params.topic }}']", {"--topic": ""}),
        ("['--topic', computed()]", {"--topic": ""}),
    ],
)
def test_a_spark_job_is_started_with_its_arguments(arguments: str, expected: dict[str, str]) -> None:
    operator = f"SparkSubmitOperator(task_id='load', application='/opt/jobs/load.py', application_args={arguments})"

    assert _running(operator) == [("dags/daily:load", "jobs/load.py", expected)]


@pytest.mark.parametrize(
    "operator",
    [
        "KubernetesPodOperator(task_id='t', image='reg/scorer:1', env_vars={'TOPIC': TOPIC})",
        "KubernetesPodOperator(task_id='t', image='reg/scorer:1', env_vars=[V1EnvVar(name='TOPIC', value=TOPIC)])",
        "DockerOperator(task_id='t', image='scorer', environment={'TOPIC': 'orders'})",
        "BashOperator(task_id='t', bash_command='python scorer/main.py', env={'TOPIC': 'orders'})",
    ],
)
def test_a_container_or_command_has_the_environment_of_its_operator(operator: str) -> None:
    assert _running(operator) == [("dags/daily:t", "scorer", {"TOPIC": "orders"})]


def test_a_shell_command_of_an_operator_keeps_what_airflow_fills_in_as_one_word() -> None:
    operator = "BashOperator(task_id='t', bash_command='spark-submit jobs/load.py --day {{ ds }} --topic orders')"

    assert _running(operator) == [("dags/daily:t", "jobs/load.py", {"--day": "{{ds}}", "--topic": "orders"})]


def test_an_argument_is_proved_by_the_line_of_the_operator() -> None:
    operator = (
        "SparkSubmitOperator(task_id='t', application='jobs/load.py',\n  application_args=['--topic', 'orders'])\n"
    )
    dag = f"import airflow\n{operator}"
    running = deployed({"dags/d.py": dag}, ["jobs/load.py"], PYTHON, busy=["jobs/load.py"])["dags/d:t"]

    assert places(running, "--topic") == ["dags/d.py:3"]


@pytest.mark.parametrize(
    "text",
    [
        "airflow bash_command (",
        "import airflow\nBashOperator(bash_command=x)",
        "BashOperator(bash_command='python jobs/load.py a')",
    ],
)
def test_what_is_no_dag_or_says_nothing_gives_nothing(text: str) -> None:
    assert read_deployment("dag", text).units == ()
