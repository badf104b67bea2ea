from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.readers.deployment_facts import DeploymentFacts, dump_deployment, load_deployment
from copilot.readers.deployment_files import DeploymentFile
from copilot.readers.deployment_kinds import deployment_kind
from copilot.readers.deployment_reader import read_deployment
from copilot.readers.deployments import bind_deployments
from tests.readers.sockets import map_of

KINDS = sorted(
    {
        deployment_kind(path)
        for path in (
            *(
                "compose.yaml",
                "c/Chart.yaml",
                "c/values.yaml",
                "c/templates/d.yaml",
                "d.yaml",
                ".env",
                "Procfile",
                "Dockerfile",
            ),
            *("x.service", "main.tf", "run.sh", "supervisord.conf", "kustomization.yaml", ".github/workflows/x.yml"),
            *("roles/r/tasks/main.yml", "group_vars/all.yml", "hosts.ini", "roles/r/templates/a.yaml.j2"),
            *("roles/r/templates/a.ini.j2", "tasks/a.json.tftpl"),
        )
    }
)
_WORDS = (
    "- hosts: tasks: vars: [a:vars] for_each dynamic merge( "
    "{{ }} .Values.a range end if | ( $ ${ } - : = [ ] environment variable resource services: env: name: value: {% %} #"
)
PIECES = st.sampled_from(
    [*_WORDS.split(), '"', "'", "\\", "\n", "  ", "a: b", "kind: Deployment", "- name: x\n", "  image: y\n"]
)


def files(**texts: str) -> list[DeploymentFile]:
    paths = {name.replace("__", "/").replace("_dot_", "."): text for name, text in texts.items()}
    return [
        DeploymentFile(path, deployment_kind(path), read_deployment(deployment_kind(path), text))
        for path, text in sorted(paths.items())
    ]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("docker-compose.yml", "compose"),
        ("a/compose.prod.yaml", "compose"),
        ("charts/a/values-staging.yaml", "values"),
        ("charts/a/Chart.yaml", "chart"),
        ("charts/a/templates/deployment.yaml", "template"),
        ("k8s/sink.yaml", "manifest"),
        (".github/workflows/test.yml", "workflow"),
        ("services/sink/sink.env", "env"),
        ("src/main.py", ""),
    ],
)
def test_paths_tell_what_kind_of_deployment_file_they_are(path: str, kind: str) -> None:
    assert deployment_kind(path) == kind


def test_env_files_of_compose_services_are_below_their_own_settings() -> None:
    compose = "services:\n  sink:\n    build: sink\n    env_file: [sink/sink.env]\n    environment: {TOPIC: mine}\n"
    (running,) = bind_deployments(
        files(compose_dot_yaml=compose, sink__sink_dot_env="TOPIC=theirs\nMODE=fast\n"), ["sink"]
    )

    assert dict(running.settings) == {"TOPIC": "mine", "MODE": "fast"}
    assert [str(place) for place in running.places["MODE"]] == ["sink/sink.env:2"]


def test_each_service_of_a_values_file_is_a_deployment() -> None:
    values = "services:\n  a:\n    env: {TOPIC: one}\n  b:\n    env: {TOPIC: two}\n"
    running = bind_deployments(files(deploy__values_dot_yaml=values), ["services/a", "services/b"])

    assert [(one.root, one.settings["TOPIC"]) for one in running] == [("services/a", "one"), ("services/b", "two")]


def test_other_values_override_those_of_the_chart() -> None:
    values, staging = "env: {A: base, B: base}\n", "env: {B: staging}\n"
    texts = {"c__Chart_dot_yaml": "name: job\n", "c__values_dot_yaml": values, "c__values-staging_dot_yaml": staging}
    running = {one.name: dict(one.settings) for one in bind_deployments(files(**texts), ["job"])}

    assert running == {"c/values": {"A": "base", "B": "base"}, "c/values-staging": {"A": "base", "B": "staging"}}


def test_templates_that_are_no_yaml_are_read_by_line_and_filled_from_values() -> None:
    template = (
        "env:\n{{- if .Values.on }}\n- name: TOPIC\n  value: {{ .Values.topics.out | quote }}\n"
        '- name: MODE\n  value: "fast"\n{{- end }}\n'
    )
    texts = {
        "c__Chart_dot_yaml": "name: job\n",
        "c__values_dot_yaml": "on: true\ntopics: {out: results}\n",
        "c__templates__deployment_dot_yaml": template,
    }
    (running,) = bind_deployments(files(**texts), ["job"])

    assert dict(running.settings) == {"TOPIC": "results", "MODE": "fast"}


def test_containers_of_a_manifest_are_found_by_image() -> None:
    manifest = (
        "kind: Deployment\nmetadata: {name: x}\nspec:\n  template:\n    spec:\n      containers:\n"
        "      - image: registry.example.com/team/fraud-scorer:1.2\n        env:\n        - {name: TOPIC, value: scores}\n"
    )
    (running,) = bind_deployments(files(k8s__x_dot_yaml=manifest), ["services/fraud_scorer"])

    assert (running.root, dict(running.settings)) == ("services/fraud_scorer", {"TOPIC": "scores"})


def test_what_fits_no_job_stays_unbound() -> None:
    values = "configYaml:\n  PRODUCER_CONFIG: {TOPIC: out, SCHEMA_PATH: a.avsc}\n"
    (running,) = bind_deployments(files(charts__other__values_dot_yaml=values), ["job"])

    assert (running.root, running.configs[0][1].direction) == ("", "produces")


@pytest.mark.parametrize("name", ["DB_PASSWORD", "API_TOKEN", "aws_secret_access", "SSL_KEY", "credentials"])
def test_secrets_are_dropped_when_the_file_is_read(name: str) -> None:
    facts = read_deployment("compose", f"services:\n  a:\n    environment:\n      - {name}=hunter2\n")

    assert "hunter2" not in repr(facts)


def test_interpolated_values_are_known_by_their_default() -> None:
    compose = "services:\n  a:\n    build: a\n    environment:\n      - TOPIC=${T:-orders}\n      - HOST=${H}\n"
    (running,) = bind_deployments(files(compose_dot_yaml=compose), ["a"])

    assert dict(running.settings) == {"TOPIC": "orders", "HOST": ""}


@pytest.mark.parametrize(
    "text", ["a: [", "\tx: 1", "{{ bad", "a: &x [*x]", "", "- 1", "!!python/object:os.system x", "\x00"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_bad_files_give_facts_and_no_error(kind: str, text: str) -> None:
    facts = read_deployment(kind, text)

    assert load_deployment(dump_deployment(facts)) == facts
    assert isinstance(facts, DeploymentFacts)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS), st.lists(PIECES, max_size=40).map("".join))
def test_no_text_of_any_kind_breaks_reading_or_binding(kind: str, text: str) -> None:
    facts = read_deployment(kind, text)

    assert load_deployment(dump_deployment(facts)) == facts
    assert isinstance(bind_deployments([DeploymentFile("job/x", kind, facts)], ["job"]), list)


def test_each_edge_names_the_deployments_in_which_it_holds() -> None:
    service = "    build: ./step\n    environment: {TOPIC: %s}\n"
    found = map_of(
        {
            "step/Dockerfile": "FROM python",
            "step/main.py": 'import os\nfrom kafka import KafkaConsumer\n\nKafkaConsumer(os.environ["TOPIC"], "control")\n',
            "compose.yaml": "services:\n  atlas:\n" + service % "atlas" + "  ztf:\n" + service % "ztf",
        }
    )

    assert {link.endpoint.name: link.deployments for link in found.links} == {
        "atlas": ("compose:atlas",),
        "ztf": ("compose:ztf",),
        "control": ("compose:atlas", "compose:ztf"),
    }


CONSUMES = (
    'import os\nfrom kafka import KafkaConsumer\nfor message in KafkaConsumer(os.environ["TOPIC"]): print(message)\n'
)
STARTS = {
    "python": "exec python -u a.py",
    "faust": "cd /app && faust -A a worker -l info",
    "celery": "celery -A a worker",
    "uvicorn": "uvicorn a:app --port 80",
    "spark-submit": "spark-submit --packages x /opt/app/a.py",
}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(
    "command",
    [
        "./bin/run.sh",
        "[sh, -c, 'sleep 5 && bash /app/bin/run.sh']",
        "[/bin/bash, bin/run.sh]",
        'bash -c "/app/bin/run.sh"',
        "[/bin/sh, -lc, /app/bin/run.sh]",
    ],
)
def test_a_shell_script_that_is_started_stands_for_what_it_starts(start: str, command: str) -> None:
    compose = f"services:\n  one:\n    build: ./w\n    command: {command}\n    environment:\n      TOPIC: orders\n"
    files = {"w/a.py": CONSUMES, "w/b.py": CONSUMES.replace("TOPIC", "OTHER"), "w/Dockerfile": "FROM python\n"}

    found = map_of({**files, "w/bin/run.sh": f"#!/bin/sh\n{STARTS[start]}\n", "compose.yml": compose})

    links = {(link.job, str(link.endpoint), link.certainty, link.deployments) for link in found.links}
    assert ("a", "orders", "certain", ("compose:one",)) in links
    assert not [link for link in links if link[0] == "a" and link[1] != "orders"]


def test_what_an_entry_point_exports_is_a_setting_of_the_image() -> None:
    image = 'FROM python\nENTRYPOINT ["./start.sh"]\n'

    found = map_of({"w/a.py": CONSUMES, "w/Dockerfile": image, "w/start.sh": "export TOPIC=orders\nexec python a.py\n"})

    assert [(link.endpoint.name, str(link.proof[-1])) for link in found.links] == [("orders", "w/start.sh:1")]


def test_of_several_scripts_of_a_name_none_is_followed() -> None:
    compose = "services:\n  one:\n    image: thing\n    command: ./run.sh\n    environment:\n      TOPIC: orders\n"

    found = map_of({"x/run.sh": "python a.py", "y/run.sh": "python a.py", "z/a.py": CONSUMES, "compose.yml": compose})

    assert {link.endpoint.name for link in found.links} == {""}
