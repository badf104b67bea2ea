"""Helm: templates filled from each set of values, one job deployed many times, environments kept apart."""

from __future__ import annotations

import pytest

from copilot.readers.deployment_reader import read_deployment
from copilot.readers.go_template import read_template
from copilot.readers.yaml_text import read_yaml
from tests.readers.deploying import deployed, places, settings

CONTAINER = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "scorer.fullname" . }}
  labels: {{- include "scorer.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  template:
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          env:
"""
CHART = {"c/Chart.yaml": "name: scorer\n"}


def run(env: str, values: str, **more: str) -> dict[str, dict[str, str]]:
    texts = {**CHART, "c/values.yaml": values, "c/templates/deployment.yaml": CONTAINER + env}
    return settings(deployed({**texts, **more}, ["services/scorer"]))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("{{ .Values.topics.out | quote }}", "scores"),
        ("{{ .Values.topics.missing | default .Values.topics.out }}", "scores"),
        ('{{ .Values.topics.missing | default "spare" | quote }}', "spare"),
        ('{{ default "spare" .Values.topics.out }}', "scores"),
        ('{{ required "a topic" .Values.topics.out }}', "scores"),
        ('{{ printf "%s-%s" .Values.prefix .Values.topics.out }}', "eu-scores"),
        ("{{ .Values.prefix }}.{{ .Values.topics.out }}", "eu.scores"),
        ('{{ index .Values "topics" "out" }}', "scores"),
        ("{{ $.Values.topics.out }}", "scores"),
        ("{{ .Values.topics.missing }}", ""),
        ("{{ .Release.Name }}-scores", ""),
    ],
)
def test_references_to_values_are_filled_in(value: str, text: str) -> None:
    env = f"            - name: TOPIC\n              value: {value}\n"

    assert run(env, "prefix: eu\ntopics: {out: scores}\n") == {"c/values": {"TOPIC": text}}


def test_the_proof_leads_from_the_template_to_the_values_that_hold() -> None:
    env = "            - name: TOPIC\n              value: {{ .Values.topic }}\n"
    texts = {
        **CHART,
        "c/values.yaml": "a: b\ntopic: base\n",
        "c/values-prod.yaml": "\n\ntopic: prod\n",
        "c/templates/deployment.yaml": CONTAINER + env,
    }
    running = deployed(texts, ["scorer"])

    assert settings(running) == {"c/values": {"TOPIC": "base"}, "c/values-prod": {"TOPIC": "prod"}}
    assert places(running["c/values-prod"], "TOPIC") == ["c/templates/deployment.yaml:17", "c/values-prod.yaml:3"]


@pytest.mark.parametrize(
    ("condition", "values", "is_there"),
    [
        (".Values.a", "a: true\n", True),
        (".Values.a", "a: false\n", False),
        (".Values.a", "b: x\n", False),
        (".Values.a.enabled", "a: {enabled: true}\n", True),
        (".Values.a", "a: {b: c}\n", True),
        ("not .Values.a", "a: false\n", True),
        ("and .Values.a (not .Values.b)", "a: x\nb: false\n", True),
        ("or .Values.a .Values.b", "b: false\n", False),
        ('eq .Values.a "x"', "a: x\n", True),
        ('ne .Values.a "x"', "a: x\n", False),
        ('and .Values.a (eq .Values.b "y")', "a: x\nb: z\n", False),
        (".Values.a | default true", "b: x\n", True),
        (".Release.IsInstall", "b: x\n", True),
        (".Values.apiToken", "b: x\n", True),
    ],
)
def test_a_setting_is_there_unless_its_condition_does_not_hold(condition: str, values: str, is_there: bool) -> None:
    env = (
        f"            {{{{- if {condition} }}}}\n            - name: TOPIC\n              value: x\n            {{{{- end }}}}\n"
        "            - name: MODE\n              value: fast\n"
    )

    assert ("TOPIC" in run(env, values)["c/values"]) is is_there


def test_the_branch_that_holds_is_taken() -> None:
    branch = "            - name: TOPIC\n              value: {0}\n"
    env = (
        '            {{- if eq .Values.env "prod" }}\n'
        + branch.format("p")
        + '            {{- else if eq .Values.env "staging" }}\n'
        + branch.format("s")
        + "            {{- else }}\n"
        + branch.format("d")
        + "            {{- end }}\n"
    )
    more = {"c/values-prod.yaml": "env: prod\n", "c/values-staging.yaml": "env: staging\n"}

    assert run(env, "env: dev\n", **more) == {
        "c/values": {"TOPIC": "d"},
        "c/values-prod": {"TOPIC": "p"},
        "c/values-staging": {"TOPIC": "s"},
    }


def test_a_choice_within_one_text_is_unknown() -> None:
    env = "            - name: TOPIC\n              value: {{ if .Values.a }}x{{ else }}y{{ end }}\n"

    assert run(env, "a: true\n") == {"c/values": {"TOPIC": ""}}


def test_a_workload_that_is_switched_off_is_no_deployment() -> None:
    template = (
        "{{- if .Values.worker.enabled }}\n"
        + CONTAINER
        + "            - name: TOPIC\n              value: x\n{{- end }}\n"
    )
    texts = {
        **CHART,
        "c/values.yaml": "worker: {enabled: false}\n",
        "c/values-prod.yaml": "worker: {enabled: true}\n",
        "c/templates/worker.yaml": template,
    }

    assert settings(deployed(texts, ["scorer"])) == {"c/values-prod": {"TOPIC": "x"}}


def test_blocks_with_a_dot_of_their_own_are_read_in_it() -> None:
    env = (
        "            {{- with .Values.kafka }}\n            - name: TOPIC\n              value: {{ .topic }}\n"
        "            {{- end }}\n"
    )

    assert run(env, "kafka: {topic: scores}\n") == {"c/values": {"TOPIC": "scores"}}


@pytest.mark.parametrize(
    ("env", "values"),
    [
        ("            {{- toYaml .Values.env | nindent 12 }}\n", "env: [{name: TOPIC, value: scores}]\n"),
        (
            "            - name: A\n              value: b\n            {{- toYaml .Values.env | nindent 12 }}\n",
            "env: [{name: TOPIC, value: scores}]\n",
        ),
        (
            "            {{- range $key, $value := .Values.env }}\n            - name: {{ $key }}\n"
            "              value: {{ $value | quote }}\n            {{- end }}\n",
            "env: {TOPIC: scores}\n",
        ),
        (
            "            {{- range .Values.env }}\n            - name: {{ .name }}\n"
            "              value: {{ .value }}\n            {{- end }}\n",
            "env: [{name: TOPIC, value: scores}]\n",
        ),
    ],
)
def test_settings_that_the_values_list_are_put_in(env: str, values: str) -> None:
    assert run(env, values)["c/values"]["TOPIC"] == "scores"


def test_config_maps_of_the_chart_give_what_containers_take_from_them() -> None:
    env = (
        "            - name: TOPIC\n              valueFrom:\n                configMapKeyRef:\n"
        "                  name: '{{ include \"scorer.fullname\" . }}-a'\n                  key: out-topic\n"
        '          envFrom:\n            - configMapRef:\n                name: {{ include "scorer.fullname" . }}-b\n'
    )
    maps = (
        'kind: ConfigMap\nmetadata:\n  name: \'{{ include "scorer.fullname" . }}-a\'\ndata:\n  out-topic: "{{ .Values.topic }}"\n'
        '---\nkind: ConfigMap\nmetadata:\n  name: {{ include "scorer.fullname" . }}-b\ndata:\n  MODE: fast\n'
    )

    assert run(env, "topic: scores\n", **{"c/templates/configmap.yaml": maps}) == {
        "c/values": {"TOPIC": "scores", "MODE": "fast"}
    }


def test_one_job_deployed_five_times_is_five_deployments() -> None:
    template = (
        "{{- range $name, $worker := .Values.workers }}\n---\nkind: Deployment\nmetadata:\n  name: scorer-{{ $name }}\n"
        "spec:\n  template:\n    spec:\n      containers:\n      - name: scorer\n        image: x/scorer\n        env:\n"
        "        - name: TOPIC\n          value: {{ $worker.topic }}\n        - name: KIND\n          value: {{ $name }}\n"
        "{{- end }}\n"
    )
    values = "workers:\n" + "".join(f"  w{number}: {{topic: t{number}}}\n" for number in range(5))
    running = settings(deployed({**CHART, "c/values.yaml": values, "c/templates/d.yaml": template}, ["scorer"]))

    assert running == {f"c/values:w{number}": {"TOPIC": f"t{number}", "KIND": f"w{number}"} for number in range(5)}


def test_two_workloads_of_a_chart_are_told_by_their_templates() -> None:
    env = "            - name: TOPIC\n              value: {}\n"
    texts = {
        **CHART,
        "c/values.yaml": "a: x\n",
        "c/templates/deployment_a.yaml": CONTAINER + env.format("a"),
        "c/templates/deployment_b.yaml": CONTAINER + env.format("b"),
    }

    assert settings(deployed(texts, ["scorer"])) == {
        "c/values:deployment_a": {"TOPIC": "a"},
        "c/values:deployment_b": {"TOPIC": "b"},
    }


def test_values_kept_elsewhere_belong_to_the_chart_that_they_are_named_like() -> None:
    env = "            - name: TOPIC\n              value: {{ .Values.topic }}\n"
    texts = {
        **CHART,
        "c/values.yaml": "topic: ''\n",
        "c/templates/deployment.yaml": CONTAINER + env,
        "ci/production/scorer_eu_helm_values.tftpl": "topic: ${prefix}eu\n",
        "ci/staging/scorer-values.yaml": "topic: staging\n",
    }

    assert settings(deployed(texts, ["scorer"])) == {
        "c/values": {"TOPIC": ""},
        "ci/production/scorer_eu_helm_values": {"TOPIC": ""},
        "ci/staging/scorer-values": {"TOPIC": "staging"},
    }


def test_a_template_that_is_no_yaml_even_with_holes_is_read_by_line() -> None:
    template = "env:\n- name: TOPIC\n  value: {{ .Values.topic }}\n  bad: [\n"

    facts = read_deployment("template", template)

    assert facts.units[0].settings == (("TOPIC", ("env", ".Values.topic", None, 3), 3),)


@pytest.mark.parametrize(
    "text",
    [
        "{{",
        "{{ end }}{{ end }}",
        "{{ range }}",
        "{{ if }}x",
        "{{ | }}",
        "{{ ( }}",
        "a: {{ printf }}",
        "{{/* x */}}",
        "{{ $ }}",
        "{{ with .Values.a }}" * 100,
        "{{ .Values." + "a." * 500 + "b }}",
    ],
)
def test_odd_templates_give_text_and_no_error(text: str) -> None:
    assert isinstance(read_template(text).text, str)


def test_lines_keep_their_numbers() -> None:
    text = "a: 1\n{{- if .Values.x }}\n{{/* a\ncomment */}}\nb: {{ .Values.y }}\n{{- end }}\n"

    (root,) = read_yaml(read_template(text).text)

    assert {key: entry.line for key, entry in root.value.items()} == {"a": 1, "b": 5}
