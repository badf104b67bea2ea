"""Terraform: environments given as whole mappings, by `dynamic` blocks, loops and `for_each`."""

from __future__ import annotations

import pytest

from copilot.readers.deployment_files import DeploymentFile
from copilot.readers.deployment_reader import read_deployment
from copilot.readers.deployments import bind_deployments
from tests.readers.deploying import deployed, places, settings

FUNCTION = """
resource "aws_lambda_function" "scorer" {
  function_name = "scorer"
  %s
}
"""
DYNAMIC = """
resource "google_cloud_run_v2_service" "this" {
  template {
    containers {
      image = "gcr.io/x/scorer"
      dynamic "env" {
        for_each = %s
        content {
          name  = env.%s
          value = env.%s
        }
      }
    }
  }
}
"""
VARIABLE = 'variable "env" {\n  type = map(string)\n  default = {\n    TOPIC = "scores"\n  }\n}\n'
LOCAL = 'locals {\n  env = {\n    TOPIC = "scores"\n  }\n}\n'


def run(text: str, **more: str) -> dict[str, dict[str, str]]:
    return settings(deployed({"infra/main.tf": text, **more}, ["jobs/scorer"]))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (VARIABLE, FUNCTION % "environment {\n    variables = var.env\n  }"),
        (LOCAL, FUNCTION % "environment {\n    variables = local.env\n  }"),
        (LOCAL, FUNCTION % "environment_variables = local.env"),
        (LOCAL, FUNCTION % "environment {\n    variables = merge(local.env, var.more)\n  }"),
        (LOCAL, FUNCTION % "environment {\n    variables = merge(\n      local.env,\n      var.more,\n    )\n  }"),
        ("", FUNCTION % 'environment {\n    variables = merge(var.more, {\n      TOPIC = "scores"\n    })\n  }'),
        ("", FUNCTION % 'environment {\n    variables = { TOPIC = "scores" }\n  }'),
        (VARIABLE, DYNAMIC % ("var.env", "key", "value")),
        (LOCAL, DYNAMIC % ("local.env", "key", "value")),
        ("", DYNAMIC % ('{\n          TOPIC = "scores"\n        }', "key", "value")),
        (LOCAL, DYNAMIC % ("{ for k, v in local.env : k => v }", "key", "value")),
        (
            'locals {\n  env = [\n    { name = "TOPIC", value = "scores" },\n  ]\n}\n',
            DYNAMIC % ("local.env", "value.name", "value.value"),
        ),
        (
            LOCAL,
            'resource "aws_ecs_task_definition" "scorer" {\n  container_definitions = jsonencode([{\n    name = "scorer"\n'
            "    environment = [for k, v in local.env : { name = k, value = v }]\n  }])\n}\n",
        ),
    ],
)
def test_an_environment_may_be_a_mapping_that_stands_elsewhere(given: str, text: str) -> None:
    assert [*run(given + text).values()] == [{"TOPIC": "scores"}]


@pytest.mark.parametrize("handed", ['{\n    TOPIC = "scores"\n  }', "local.env", "merge(local.env, var.more)"])
def test_a_module_is_handed_a_mapping_by_who_calls_it(handed: str) -> None:
    texts = {
        "infra/main.tf": f'{LOCAL}module "scorer" {{\n  env = {handed}\n  source = "./modules/run"\n}}\n',
        "infra/modules/run/main.tf": f'variable "env" {{\n  default = {{}}\n}}\n{DYNAMIC % ("var.env", "key", "value")}',
    }
    running = deployed(texts, ["jobs/scorer"])

    assert settings(running) == {"infra/main:scorer": {"TOPIC": "scores"}}
    assert places(running["infra/main:scorer"], "TOPIC")[0] == "infra/modules/run/main.tf:10"


def test_a_file_of_variables_may_set_a_mapping() -> None:
    text = VARIABLE + FUNCTION % "environment {\n    variables = var.env\n  }"

    assert run(text, **{"infra/eu.tfvars": 'env = {\n  TOPIC = "scores-eu"\n}\n'}) == {
        "infra/main:scorer (eu)": {"TOPIC": "scores-eu"}
    }


JOBS = """locals {
  jobs = {
    scorer = { topic = "scores" }
    feeder = {
      topic = "runs"
    }
  }
}
"""


def test_what_is_repeated_for_a_mapping_is_one_deployment_for_each_of_its_keys() -> None:
    text = (
        JOBS + 'resource "aws_lambda_function" "job" {\n  for_each = local.jobs\n  function_name = each.key\n'
        "  environment {\n    variables = {\n      TOPIC = each.value.topic\n    }\n  }\n}\n"
    )
    running = deployed({"infra/main.tf": text}, ["jobs/scorer", "jobs/feeder"])

    assert {name: (one.root, one.settings["TOPIC"]) for name, one in running.items()} == {
        "infra/main:job[scorer]": ("jobs/scorer", "scores"),
        "infra/main:job[feeder]": ("jobs/feeder", "runs"),
    }


def test_a_module_may_be_repeated_for_a_mapping() -> None:
    texts = {
        "infra/main.tf": (
            JOBS + 'module "job" {\n  source = "./run"\n  for_each = local.jobs\n  name = each.key\n'
            "  topic = each.value.topic\n}\n"
        ),
        "infra/run/main.tf": FUNCTION.replace('"scorer"\n', "var.name\n")
        % "environment {\n    variables = {\n      TOPIC = var.topic\n    }\n  }",
    }
    running = deployed(texts, ["jobs/scorer", "jobs/feeder"])

    assert {name: dict(one.settings) for name, one in running.items()} == {
        "infra/main:job[scorer]": {"TOPIC": "scores"},
        "infra/main:job[feeder]": {"TOPIC": "runs"},
    }


def test_a_task_may_be_a_template_in_a_file_of_its_own() -> None:
    texts = {
        "infra/main.tf": (
            'resource "aws_ecs_task_definition" "scorer" {\n  family = "scorer"\n'
            '  container_definitions = templatefile("${path.module}/tasks/scorer.json.tftpl", {\n'
            '    topic = var.topic\n  })\n}\nvariable "topic" {\n  default = "scores"\n}\n'
        ),
        "infra/tasks/scorer.json.tftpl": (
            '[{"name": "scorer", "image": "x/scorer",\n  "environment": [{"name": "TOPIC", "value": "${topic}"}]}]\n'
        ),
    }
    running = deployed(texts, ["jobs/scorer"])

    assert settings(running) == {"infra/main:scorer": {"TOPIC": "scores"}}
    assert places(running["infra/main:scorer"], "TOPIC") == [
        "infra/tasks/scorer.json.tftpl:2",
        "infra/main.tf:4",
        "infra/main.tf:8",
    ]


def test_what_stands_around_an_environment_does_not_hide_it() -> None:
    text = (
        'module "x" {\n  source = "git::x"\n  roles = {\n    (module.a.id) = ["r/editor", "r/user"]\n  }\n'
        '  iam = var.a != null ? { "r/x" = var.a } : {}\n}\n/* no\n{ */\nlocals {\n  text = <<-EOT\n    { ${var.a} "\n    EOT\n}\n'
        'data "x" "y" {\n  filter = "a \\" {${lookup(var.m, "k")}"\n  many = [\n    for one in var.all : one if one != "{"\n  ]\n}'
        "\n"
    ) + FUNCTION % 'environment {\n    variables = {\n      TOPIC = "scores" # the topic\n    }\n  }'

    assert [*run(text).values()] == [{"TOPIC": "scores"}]


@pytest.mark.parametrize(
    "text", ["}", "{", "a {", 'a = "', "a = [", "a = f(", "x = <<EOT\n", "resource a {}", "(", "a = {b", "[[[" * 90]
)
def test_a_text_that_is_no_terraform_is_read_as_far_as_it_goes(text: str) -> None:
    assert run(text) == {}


def test_a_resource_that_only_fills_in_a_template_of_something_else_is_no_deployment() -> None:
    text = 'resource "helm_release" "scorer" {\n  name = "scorer"\n  values = [templatefile("scorer.yaml.tftpl", { a = 1 })]\n}\n'

    assert run(text, **{"infra/scorer.yaml.tftpl": "replicas: 1\n"}) == {}


def test_a_function_in_a_module_is_told_by_what_the_module_is_called_with() -> None:
    texts = {
        "infra/main.tf": (
            'module "lambda_scorer" {\n  source = "./fn"\n  function_name = "scorer"\n  prefix = var.unknown\n  more = {\n'
            '    TOPIC = "scores"\n  }\n}\nmodule "feeding" {\n  source = "./fn"\n'
            '  source_dir = "${path.root}/../jobs/feeder"\n  more = {}\n}\n'
        ),
        "infra/fn/main.tf": FUNCTION.replace('"scorer"\n', '"${var.prefix}-x"\n')
        % 'environment {\n    variables = merge({ MODE = "fast" }, var.more)\n  }',
    }
    running = deployed(texts, ["jobs/scorer", "jobs/feeder"])

    assert {name: (one.root, dict(one.settings)) for name, one in running.items()} == {
        "infra/main:lambda_scorer": ("jobs/scorer", {"MODE": "fast", "TOPIC": "scores"}),
        "infra/main:feeding": ("jobs/feeder", {"MODE": "fast"}),
    }


def test_a_template_may_go_through_a_mapping_and_hold_a_container_beside_the_task() -> None:
    texts = {
        "infra/main.tf": ('module "scorer" {\n  source = "./task"\n  env = {\n    TOPIC = "scores"\n  }\n}\n'),
        "infra/task/main.tf": (
            'module "task" {\n  source = "hub/ecs/task"\n  definitions = jsonencode(yamldecode(templatefile(\n'
            '    "${path.module}/c.yaml.tftpl", {\n      env_vars = var.env\n      name : "x"\n    }\n  )))\n}\n'
        ),
        "infra/task/c.yaml.tftpl": (
            '- name: "${name}"\n  image: "${image}"\n  environment:\n    %{~ for key, value in env_vars ~}\n'
            "    - name: ${key}\n      value: |-\n        ${value}\n    %{~ endfor ~}\n"
            "- name: collector\n  image: x/collector\n  environment: [{name: LEVEL, value: info}]\n"
        ),
    }
    running = deployed(texts, ["jobs/scorer"])

    assert [(one.name, one.root, dict(one.settings)) for one in running.values()] == [
        ("infra/main:scorer", "jobs/scorer", {"TOPIC": "scores"})
    ]


def test_each_of_several_things_in_a_module_goes_by_its_own_name() -> None:
    texts = {
        "infra/main.tf": 'module "scorer" {\n  source = "./all"\n}\n',
        "infra/all/main.tf": FUNCTION % 'environment {\n    variables = {\n      TOPIC = "scores"\n    }\n  }'
        + FUNCTION.replace("scorer", "feeder") % 'environment {\n    variables = {\n      TOPIC = "runs"\n    }\n  }',
    }
    files = [DeploymentFile(path, "terraform", read_deployment("terraform", text)) for path, text in texts.items()]

    assert [(one.root, one.settings["TOPIC"]) for one in bind_deployments(files, ["jobs/scorer", "jobs/feeder"])] == [
        ("jobs/scorer", "scores"),
        ("jobs/feeder", "runs"),
    ]
