"""Procfiles, systemd, Ansible, Terraform, Kustomize, workflows and the like give the settings of what they start."""

from __future__ import annotations

import pytest

from copilot.readers.deployment_facts import may_keep
from copilot.readers.deployment_reader import read_deployment
from tests.readers.deploying import deployed, places, settings

PYTHON = {"jobs/scorer/scorer/run.py": "jobs/scorer", "jobs/feeder/feed.py": "jobs/feeder"}
ROOTS = ["jobs/scorer", "jobs/feeder"]


def test_a_compose_service_takes_over_what_it_extends_merges_and_interpolates() -> None:
    compose = """x-env: &env {MODE: fast, TOPIC: base}
services:
  base:
    build: jobs/scorer
    environment: {<<: *env, REGION: eu}
  scorer:
    extends: base
    command: python -m scorer.run --group ${GROUP:-g1}
    environment: {TOPIC: "${PREFIX}.${NAME:-scores}"}
"""
    running = deployed({"compose.yaml": compose, ".env": "PREFIX=prod\n"}, ROOTS, PYTHON)

    assert dict(running["compose:scorer"].settings) == {
        "MODE": "fast",
        "TOPIC": "prod.scores",
        "REGION": "eu",
        "--group": "g1",
    }
    assert running["compose:scorer"].root == "jobs/scorer"
    assert places(running["compose:scorer"], "TOPIC") == ["compose.yaml:9", ".env:1"]


def test_a_compose_override_is_laid_over_and_another_environment_is_a_deployment_of_its_own() -> None:
    texts = {
        "compose.yaml": "services:\n  s:\n    build: jobs/scorer\n    environment: {TOPIC: base, A: x}\n",
        "compose.override.yaml": "services:\n  s:\n    environment: {A: local}\n",
        "compose.prod.yaml": "services:\n  s:\n    environment: {TOPIC: prod}\n",
    }

    assert settings(deployed(texts, ROOTS)) == {
        "compose:s": {"TOPIC": "base", "A": "local"},
        "compose.prod:s": {"TOPIC": "prod", "A": "x"},
    }


def test_what_an_image_sets_lies_below_what_a_service_sets() -> None:
    texts = {
        "compose.yaml": "services:\n  s:\n    build: jobs/scorer\n    environment: {MODE: fast}\n",
        "jobs/scorer/Dockerfile": 'FROM x\nARG T=scores\nENV TOPIC=$T MODE="slow"\nCMD ["python", "-m", "scorer.run"]\n',
    }

    assert settings(deployed(texts, ROOTS)) == {"compose:s": {"TOPIC": "scores", "MODE": "fast"}}


def test_a_service_that_is_built_from_the_whole_tree_is_bound_by_what_it_starts() -> None:
    compose = "services:\n  a:\n    build: .\n    command: python jobs/feeder/feed.py\n  b:\n    build: .\n"
    running = deployed({"compose.yaml": compose}, ROOTS, PYTHON, busy=ROOTS)

    assert {name: one.root for name, one in running.items()} == {"compose:a": "jobs/feeder"}


def test_a_service_that_is_built_from_the_whole_tree_is_bound_to_the_only_job_with_endpoints() -> None:
    compose = "services:\n  a:\n    build: .\n"

    assert deployed({"compose.yaml": compose}, ROOTS, PYTHON, busy=["jobs/feeder"])["compose:a"].root == "jobs/feeder"


def test_a_store_beside_a_job_is_not_the_job() -> None:
    compose = "services:\n  scorer-db:\n    image: postgres\n    environment: {TOPIC: x}\n"

    assert deployed({"compose.yaml": compose}, ROOTS)["compose:scorer-db"].root == ""


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("scorer-svc", "jobs/scorer"),
        ("scorers", "jobs/scorer"),
        ("scorer-eu", "jobs/scorer"),
        ("kafka-scorer", ""),
        ("redis", ""),
    ],
)
def test_names_are_compared_by_the_words_that_tell(name: str, root: str) -> None:
    compose = f"services:\n  {name}:\n    image: x/y\n    environment: {{TOPIC: t}}\n"

    assert deployed({"compose.yaml": compose}, ROOTS)[f"compose:{name}"].root == root


def test_processes_of_a_procfile_are_deployments() -> None:
    text = "scorer: TOPIC=scores python -m scorer.run --group=g1\nother: node index.js\n"
    running = deployed({"Procfile": text}, ROOTS, PYTHON)

    assert settings(running) == {"Procfile:scorer": {"TOPIC": "scores", "--group": "g1"}}
    assert running["Procfile:scorer"].root == "jobs/scorer"


def test_systemd_units_and_their_environment_files_are_read() -> None:
    unit = (
        '[Service]\nEnvironment="TOPIC=scores" MODE=fast\nEnvironmentFile=-/etc/default/scorer.env\n'
        "ExecStart=/usr/bin/python3 \\\n  /opt/app/jobs/scorer/scorer/run.py --group g1\n"
    )
    running = deployed({"deploy/x.service": unit, "deploy/scorer.env": "REGION=eu\n"}, ROOTS, PYTHON)

    assert settings(running) == {"deploy/x": {"REGION": "eu", "TOPIC": "scores", "MODE": "fast", "--group": "g1"}}
    assert running["deploy/x"].root == "jobs/scorer"


def test_programs_of_supervisord_are_deployments() -> None:
    text = '[program:scorer]\ncommand=python -m scorer.run\nenvironment=TOPIC="scores",MODE=fast\n[supervisord]\nenvironment=A=b\n'

    assert settings(deployed({"supervisord.conf": text}, ROOTS, PYTHON)) == {
        "supervisord:scorer": {"TOPIC": "scores", "MODE": "fast"}
    }


def test_a_script_runs_each_command_under_what_it_exports_before() -> None:
    text = "export TOPIC=a\npython jobs/feeder/feed.py --group g1\nexport TOPIC=b\npython jobs/feeder/feed.py\npip install x\n"

    assert settings(deployed({"run.sh": text}, ROOTS, PYTHON, busy=ROOTS)) == {
        "run:2": {"TOPIC": "a", "--group": "g1"},
        "run:4": {"TOPIC": "b"},
    }


def test_a_workflow_runs_a_job_under_its_environment_and_tests_are_none() -> None:
    text = """env: {TOPIC: nightly, PAGE: "${{ vars.PAGE }}"}
jobs:
  feed:
    env: {MODE: slow}
    steps:
      - run: |
          pip install .
          python jobs/feeder/feed.py
        env: {MODE: fast}
      - run: python -m pytest jobs/feeder
"""
    running = settings(deployed({".github/workflows/feed.yml": text}, ROOTS, PYTHON, busy=ROOTS))

    assert running == {".github/workflows/feed:feed": {"TOPIC": "nightly", "PAGE": "", "MODE": "fast"}}


def test_ansible_variables_of_each_environment_give_a_deployment() -> None:
    texts = {
        "roles/scorer/defaults/main.yml": "topic: scores\nmode: slow\n",
        "roles/scorer/templates/scorer.service": (
            "[Service]\nEnvironment=TOPIC={{ prefix }}-{{ topic }} MODE={{ mode }} X={{ x | default('y') }}\n"
            "ExecStart=/bin/scorer\n"
        ),
        "group_vars/all.yml": "mode: fast\n",
        "group_vars/staging.yml": "prefix: st\n",
        "group_vars/prod/kafka.yml": "prefix: pr\n",
        "group_vars/web.yml": "port: 80\n",
    }
    running = settings(deployed(texts, ROOTS))

    assert running == {
        "roles/scorer/templates/scorer (prod)": {"TOPIC": "pr-scores", "MODE": "fast", "X": "y"},
        "roles/scorer/templates/scorer (staging)": {"TOPIC": "st-scores", "MODE": "fast", "X": "y"},
    }


def test_containers_of_ansible_tasks_are_read() -> None:
    task = (
        "- name: start it\n  docker_container:\n    name: scorer\n    image: x/scorer\n    env:\n"
        "      TOPIC: '{{ topic }}'\n      KAFKA_PASSWORD: '{{ vault }}'\n"
    )
    running = deployed(
        {"roles/r/tasks/main.yml": task, "roles/r/defaults/main.yml": "topic: scores\nvault: x1\n"}, ROOTS
    )

    assert settings(running) == {"roles/r/tasks/main:scorer": {"TOPIC": "scores", "KAFKA_PASSWORD": ""}}


TERRAFORM = """variable "topic" {
  type    = string
  default = "scores"
}
locals { prefix = "eu" }
locals {
  name = "${local.region}-x"
  region = "eu"
}
resource "aws_lambda_function" "scorer" {
  function_name = "scorer"
  environment {
    variables = {
      TOPIC = "${local.region}-${var.topic}"
      MODE  = var.mode
    }
  }
}
resource "aws_ecs_task_definition" "feeder" {
  container_definitions = jsonencode([{
    name = "feeder"
    image = "${var.registry}/feeder:1"
    environment = [
      { name = "TOPIC", value = var.topic },
      {
        name  = "MODE"
        value = "fast"
      }
    ]
  }])
}
resource "google_cloud_run_service" "feeder" {
  template {
    spec {
      containers {
        image = "gcr.io/x/feeder"
        env {
          name  = "TOPIC"
          value = "runs"
        }
      }
    }
  }
}
"""


def test_terraform_environments_are_read_with_variables_and_locals() -> None:
    running = deployed({"infra/main.tf": TERRAFORM}, ROOTS)

    assert [(one.root, dict(one.settings)) for one in running.values()] == [
        ("jobs/scorer", {"TOPIC": "eu-scores", "MODE": ""}),
        ("jobs/feeder", {"TOPIC": "runs"}),
    ]


def test_each_file_of_terraform_variables_is_a_deployment() -> None:
    texts = {
        "infra/main.tf": TERRAFORM.partition('resource "aws_ecs')[0],
        "infra/prod.tfvars": 'mode = "fast"\ntopic = "p"\n',
        "infra/staging.tfvars": 'mode = "slow"\n',
    }

    assert settings(deployed(texts, ROOTS)) == {
        "infra/main:scorer (prod)": {"TOPIC": "eu-p", "MODE": "fast"},
        "infra/main:scorer (staging)": {"TOPIC": "eu-scores", "MODE": "slow"},
    }


def test_modules_of_terraform_are_filled_in_by_who_calls_them() -> None:
    texts = {
        "infra/main.tf": (
            'module "stream" {\n  source = "./modules/stream"\n  name = "scores-eu"\n}\n'
            'module "eu" {\n  source = "./modules/job"\n  topic = module.stream.name\n}\n'
            'module "us" {\n  source = "./modules/job"\n  topic = "scores-us"\n}\n'
        ),
        "infra/modules/stream/main.tf": (
            'variable "name" {}\nresource "aws_kinesis_stream" "s" {\n  name = var.name\n}\n'
            'output "name" {\n  value = aws_kinesis_stream.s.name\n}\n'
        ),
        "infra/modules/job/main.tf": (
            'variable "topic" {}\nresource "aws_lambda_function" "f" {\n  filename = "../jobs/scorer.zip"\n'
            "  environment {\n    variables = {\n      TOPIC = var.topic\n    }\n  }\n}\n"
        ),
    }
    running = deployed(texts, ROOTS)

    assert settings(running) == {"infra/main:eu": {"TOPIC": "scores-eu"}, "infra/main:us": {"TOPIC": "scores-us"}}
    assert {one.root for one in running.values()} == {"jobs/scorer"}
    assert places(running["infra/main:us"], "TOPIC") == ["infra/modules/job/main.tf:6", "infra/main.tf:11"]


def test_what_is_copied_into_an_image_tells_its_job() -> None:
    texts = {
        "compose.yaml": (
            "services:\n  a:\n    build: {context: ., dockerfile: docker/Dockerfile.a}\n"
            "  b:\n    build: {context: ., dockerfile: Dockerfile1}\n"
        ),
        "docker/Dockerfile.a": "FROM x\nCOPY requirements.txt .\nCOPY jobs/scorer /app\nCMD python main.py\n",
        "Dockerfile1": "FROM x\nCOPY --from=y /z /z\nCOPY jobs/feeder/ /app/\n",
    }
    running = deployed(texts, ROOTS, PYTHON, busy=ROOTS)

    assert {name: one.root for name, one in running.items()} == {"compose:a": "jobs/scorer", "compose:b": "jobs/feeder"}


BASE = """kind: Deployment
metadata: {name: scorer}
spec:
  template:
    spec:
      containers:
      - name: scorer
        image: scorer
        envFrom: [{configMapRef: {name: conf}}]
        env: [{name: TOPIC, value: base}, {name: FULL, value: $(REGION)-x}]
"""


def test_overlays_of_kustomize_are_deployments_of_their_own() -> None:
    patch = (
        "kind: Deployment\nmetadata: {name: scorer}\nspec: {template: {spec: {containers: [{name: scorer, "
        "env: [{name: TOPIC, value: prod}]}]}}}\n"
    )
    texts = {
        "k/base/kustomization.yaml": "resources: [d.yaml]\nconfigMapGenerator:\n- name: conf\n  literals: [REGION=eu, MODE=slow]\n",
        "k/base/d.yaml": BASE,
        "k/prod/kustomization.yaml": (
            "resources: [../base]\npatches:\n- path: p.yaml\nconfigMapGenerator:\n- name: conf\n  behavior: merge\n"
            "  literals: [MODE=fast]\n"
        ),
        "k/prod/p.yaml": patch,
        "k/dev/kustomization.yaml": "bases:\n- ../base\n",
    }

    assert settings(deployed(texts, ROOTS)) == {
        "k/prod:scorer": {"REGION": "eu", "MODE": "fast", "TOPIC": "prod", "FULL": "eu-x"},
        "k/dev:scorer": {"REGION": "eu", "MODE": "slow", "TOPIC": "base", "FULL": "eu-x"},
    }


def test_config_maps_of_other_files_are_found_by_name() -> None:
    texts = {"k8s/d.yaml": BASE, "k8s/c.yaml": "kind: ConfigMap\nmetadata: {name: conf}\ndata: {REGION: us}\n"}

    assert settings(deployed(texts, ROOTS)) == {"k8s/d:scorer": {"REGION": "us", "TOPIC": "base", "FULL": "us-x"}}


def test_a_manifest_with_one_container_is_of_the_job_it_lies_in() -> None:
    deploy = (
        "kind: Deployment\nmetadata: {name: x}\nspec: {containers: [{name: y, image: z, env: [{name: A, value: b}]}]}\n"
    )
    texts = {
        "jobs/scorer/k8s/deploy.yaml": deploy,
        "jobs/feeder/k8s/redis.yaml": deploy.replace("image: z", "image: redis"),
        "jobs/feeder/k8s/both.yaml": deploy + "---\n" + deploy.replace("y", "w"),
    }
    running = deployed(texts, ROOTS, busy=ROOTS)

    assert {name: one.root for name, one in running.items()} == {"jobs/scorer/k8s/deploy:y": "jobs/scorer"}


def test_a_compose_file_of_any_name_is_one() -> None:
    facts = read_deployment("manifest", "# topic\nservices:\n  s:\n    build: jobs/scorer\n")

    assert (facts.family, facts.units[0].context) == ("compose", "jobs/scorer")


def test_secrets_of_manifests_are_never_kept() -> None:
    secret = "kind: Secret\nmetadata: {name: conf}\nstringData: {TOPIC: hunter2}\n"
    manifest = BASE + "        - {name: URL, value: 'postgres://me:hunter2@db/x'}\n"

    assert "hunter2" not in repr(read_deployment("manifest", secret)) + repr(read_deployment("manifest", manifest))


def test_parameters_of_a_template_are_its_variables() -> None:
    text = (
        "kind: Template\nobjects:\n- kind: ClowdApp\n  metadata: {name: app}\n  spec:\n    deployments:\n"
        "    - name: scorer-p1\n      podSpec: {image: 'x/app', env: [{name: TOPIC, value: '${IN}'}]}\n"
        "    - name: scorer-p2\n      podSpec: {image: 'x/app', env: [{name: TOPIC, value: fixed}]}\n"
        "parameters:\n- {name: IN, value: inbox}\n"
    )

    assert settings(deployed({"deploy/app.yml": text}, ROOTS)) == {
        "deploy/app:scorer-p1": {"TOPIC": "inbox"},
        "deploy/app:scorer-p2": {"TOPIC": "fixed"},
    }


def test_an_env_file_that_nothing_names_is_only_an_example() -> None:
    running = deployed({"jobs/scorer/.env": "TOPIC=scores\n", "jobs/feeder/.env.example": "TOPIC=feed\n"}, ROOTS)

    assert {(one.root, one.settings["TOPIC"], one.is_example) for one in running.values()} == {
        ("jobs/scorer", "scores", True),
        ("jobs/feeder", "feed", True),
    }


@pytest.mark.parametrize("value", ["TODO_TOPIC", "<your topic>", "changeme", "your-topic-here", "xxxx"])
def test_what_an_example_leaves_to_be_filled_in_sets_nothing(value: str) -> None:
    running = deployed({"jobs/feeder/.env.example": f"TOPIC={value}\nGROUP=feeders\n"}, ROOTS)

    assert [dict(one.settings) for one in running.values()] == [{"GROUP": "feeders"}]


@pytest.mark.parametrize("value", ["todo-items", "todos.v1", "TODOS", "tbd-orders"])
def test_a_topic_whose_name_only_begins_like_a_gap_is_set_by_an_example(value: str) -> None:
    running = deployed({"jobs/feeder/.env.example": f"TOPIC={value}\n"}, ROOTS)

    assert [dict(one.settings) for one in running.values()] == [{"TOPIC": value}]


def test_what_a_service_passes_on_from_its_surroundings_is_not_set() -> None:
    compose = "services:\n  s:\n    build: jobs/scorer\n    environment: [TOPIC, MODE]\n"

    assert settings(deployed({"compose.yaml": compose, ".env": "MODE=fast\n"}, ROOTS)) == {
        "compose:s": {"MODE": "fast"}
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DB_PASSWORD", "x"),
        ("apiKey", "x"),
        ("URL", "amqp://user:pw@host/"),
        ("JAAS", 'org.apache...ScramLoginModule required username="u" password="p";'),
        ("X", "AKIAABCDEFGHIJKLMNOP"),
    ],
)
def test_secrets_are_told_by_name_or_by_look(name: str, text: str) -> None:
    assert not may_keep(name, text)


@pytest.mark.parametrize("name", ["KEY_SCHEMA", "TOKENS_TOPIC", "key.serializer"])
def test_names_of_places_are_no_secrets(name: str) -> None:
    assert may_keep(name, "x")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python jobs/feeder/feed.py orders scores", {"argv[1]": "orders", "argv[2]": "scores"}),
        ("python -m feeder.feed --group g orders > log.txt &", {"--group": "g", "argv[1]": "orders"}),
        (
            "spark-submit --master local jobs/feeder/feed.py orders | tee log",
            {"--master": "local", "argv[1]": "orders"},
        ),
        ("python manage.py runserver", None),
    ],
)
def test_the_words_after_a_script_are_its_arguments_by_their_number(
    command: str, expected: dict[str, str] | None
) -> None:
    texts = {"Procfile": f"work: {command}\n"}
    running = settings(deployed(texts, ROOTS, {**PYTHON, "jobs/feeder/feeder/feed.py": "jobs/feeder"}))

    assert running.get("Procfile:work") == expected


def test_options_may_refer_to_the_variables_of_their_container() -> None:
    manifest = (
        "kind: Deployment\nspec: {template: {spec: {containers: [{name: scorer, args: [--topic, $(TOPIC)], "
        "env: [{name: TOPIC, value: orders}]}]}}}\n"
    )

    assert settings(deployed({"d.yaml": manifest}, ROOTS))["d:scorer"] == {"TOPIC": "orders", "--topic": "orders"}


@pytest.mark.parametrize(
    "name", ["docker/Dockerfile.enricher", "docker/enricher.Dockerfile", "docker/Dockerfile-enricher"]
)
def test_a_container_runs_what_the_dockerfile_of_its_name_starts(name: str) -> None:
    texts = {
        name: 'FROM x\nENV MODE=fast\nCOPY jobs/feeder/feed.py .\nCMD ["python", "feed.py"]\n',
        "k8s.yaml": "kind: Deployment\nspec: {template: {spec: {containers: [{name: main, image: reg/enricher:1, "
        "env: [{name: TOPIC, value: orders}]}]}}}\n",
    }
    running = deployed(texts, ROOTS, PYTHON)["k8s:main"]

    assert (running.root, dict(running.settings)) == ("jobs/feeder", {"MODE": "fast", "TOPIC": "orders"})


@pytest.mark.parametrize("verb", ["functions deploy", "run deploy", "run jobs create"])
def test_what_gcloud_deploys_has_the_variables_that_it_sets(verb: str) -> None:
    script = f"gcloud {verb} scorer --source jobs/scorer --set-env-vars TOPIC=orders,MODE=fast\n"
    running = deployed({"deploy.sh": script}, ROOTS, PYTHON, busy=ROOTS)["deploy:scorer"]

    assert running.root == "jobs/scorer"
    assert {name: value for name, value in running.settings.items() if name[0] != "-"} == {
        "TOPIC": "orders",
        "MODE": "fast",
    }


@pytest.mark.parametrize(
    "steps",
    [
        "defaults: {run: {working-directory: jobs/feeder}}\njobs: {work: {steps: [{run: python main.py}]}}",
        "jobs: {work: {steps: [{run: python main.py, working-directory: jobs/feeder}]}}",
        "jobs: {work: {steps: [{run: cd jobs/feeder && python main.py}]}}",
        'jobs: {work: {steps: [{run: "cd jobs\\ncd feeder\\npython main.py"}]}}',
    ],
)
def test_a_step_starts_the_script_of_the_folder_that_it_works_in(steps: str) -> None:
    python = {"jobs/scorer/main.py": "jobs/scorer", "jobs/feeder/main.py": "jobs/feeder"}
    running = deployed({".github/workflows/w.yml": f"env: {{TOPIC: orders}}\n{steps}\n"}, ROOTS, python, busy=ROOTS)

    assert [(one.root, dict(one.settings)) for one in running.values()] == [("jobs/feeder", {"TOPIC": "orders"})]


@pytest.mark.parametrize(
    ("name", "value", "is_kept"),
    [
        ("KAFKA_TOPIC_KEY", "orders.v1", True),
        ("KAFKA_TOPIC_KEY", "K7fQz0aXw2Lm9PqRsT4uVb6yNc8dEe1h", False),
        ("EVENTGRID_TOPIC_KEY", "abc123", False),
        ("API_KEY", "orders.v1", False),
    ],
)
def test_the_key_of_a_topic_is_kept_where_it_is_called_like_one(name: str, value: str, is_kept: bool) -> None:
    assert may_keep(name, value) is is_kept
