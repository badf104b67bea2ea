"""What a chart's named templates give lands where they are put in, under each set of values."""

from __future__ import annotations

import textwrap

from tests.readers.deploying import deployed, places, settings

CHART = "name: scorer\n"
VALUES = "prefix: shop\nextra: false\n"


def _deployment(container: str) -> str:
    head = "kind: Deployment\nmetadata: {name: x}\nspec:\n  template:\n    spec:\n      containers:\n"
    return head + textwrap.indent(textwrap.dedent(container), "        ")


def _chart(helpers: str, container: str, **more: str) -> dict[str, str]:
    return {
        "c/Chart.yaml": CHART,
        "c/values.yaml": VALUES,
        "c/values-prod.yaml": "prefix: prod\nextra: true\n",
        "c/templates/_helpers.tpl": textwrap.dedent(helpers),
        "c/templates/deployment.yaml": _deployment(container),
        **more,
    }


def test_a_named_template_that_gives_a_topic_is_filled_from_each_set_of_values() -> None:
    helpers = """\
        {{- define "s.in" -}}
        {{- printf "%s.orders" .Values.prefix -}}
        {{- end -}}
        {{- define "s.out" }}{{ .Values.prefix }}.scores{{ end }}
        """
    container = """\
        - name: scorer
          env:
            - name: IN
              value: {{ include "s.in" . | quote }}
            - name: OUT
              value: {{ template "s.out" . }}
        """
    running = deployed(_chart(helpers, container), ["scorer"])

    assert settings(running) == {
        "c/values:scorer": {"IN": "shop.orders", "OUT": "shop.scores"},
        "c/values-prod:scorer": {"IN": "prod.orders", "OUT": "prod.scores"},
    }
    assert places(running["c/values-prod:scorer"], "IN") == [
        "c/templates/deployment.yaml:10",
        "c/templates/_helpers.tpl:1",
        "c/values-prod.yaml:1",
    ]


def test_a_named_template_that_gives_a_block_of_environment_is_laid_where_it_stands() -> None:
    helpers = """\
        {{- define "s.env" -}}
        - name: IN
          value: {{ .Values.prefix }}.orders
        {{- if .Values.extra }}
        - name: OUT
          value: scores
        {{- end }}
        {{- end -}}
        """
    container = """\
        - name: scorer
          env:
            - name: IN
              value: before
            {{- include "s.env" . | nindent 12 }}
            - name: MODE
              value: fast
        """

    assert settings(deployed(_chart(helpers, container), ["scorer"])) == {
        "c/values:scorer": {"IN": "shop.orders", "MODE": "fast"},
        "c/values-prod:scorer": {"IN": "prod.orders", "MODE": "fast", "OUT": "scores"},
    }


def test_a_named_template_may_give_the_key_of_the_environment_too() -> None:
    helpers = """\
        {{- define "s.env" -}}
        env:
          - name: IN
            value: {{ .Values.prefix }}.orders
        {{- end -}}
        {{- define "s.probes" -}}
        livenessProbe: {initialDelaySeconds: 5}
        {{- end -}}
        """
    container = """\
        - name: scorer
          image: scorer
          {{- include "s.env" . | nindent 10 }}
          {{- include "s.probes" . | nindent 10 }}
        """

    assert settings(deployed(_chart(helpers, container), ["scorer"])) == {
        "c/values:scorer": {"IN": "shop.orders"},
        "c/values-prod:scorer": {"IN": "prod.orders"},
    }


def test_a_config_map_may_be_filled_and_named_by_named_templates() -> None:
    helpers = """\
        {{- define "s.name" -}}
        {{ .Release.Name }}-scorer
        {{- end -}}
        {{- define "s.settings" -}}
        IN: {{ .Values.prefix }}.orders
        OUT: scores
        {{- end -}}
        """
    config_map = """\
        kind: ConfigMap
        metadata:
          name: {{ include "s.name" . }}-env
        data:
          {{- include "s.settings" . | nindent 2 }}
        """
    container = """\
        - name: scorer
          envFrom:
            - configMapRef:
                name: {{ include "s.name" . }}-env
        """
    texts = _chart(helpers, container) | {"c/templates/config.yaml": textwrap.dedent(config_map)}

    assert settings(deployed(texts, ["scorer"])) == {
        "c/values:scorer": {"IN": "shop.orders", "OUT": "scores"},
        "c/values-prod:scorer": {"IN": "prod.orders", "OUT": "scores"},
    }


def test_a_container_that_a_named_template_names_is_the_job_of_that_name() -> None:
    helpers = """\
        {{- define "s.name" -}}
        {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}-writer
        {{- end -}}
        """
    container = """\
        - name: {{ include "s.name" . }}
          env: [{name: IN, value: orders}]
        """
    running = deployed(_chart(helpers, container), ["scorer", "scorer_writer"])

    assert {one.root for one in running.values()} == {"scorer_writer"}


def test_named_templates_that_put_in_each_other_end() -> None:
    helpers = """\
        {{- define "s.env" -}}
        {{ include "s.env" . }}
        {{- end -}}
        {{- define "s.never" -}}
        {{- if .Values.x }}
        """
    container = """\
        - name: scorer
          env:
            {{- include "s.env" . | nindent 12 }}
            - name: TOPIC
              value: {{ include "s.env" . }}
        """

    assert settings(deployed(_chart(helpers, container), ["scorer"]))["c/values:scorer"] == {"TOPIC": ""}


def test_a_store_beside_the_container_of_a_job_is_not_the_job() -> None:
    container = """\
        - name: scorer
          env: [{name: IN, value: orders}]
        - name: "{{ .Values.app }}-redis"
          env: [{name: IN, value: orders}]
        """
    texts = _chart("", container) | {"c/values.yaml": "app: scorer\n", "c/values-prod.yaml": ""}
    running = deployed(texts, ["scorer"])

    assert [name for name, one in running.items() if one.root] == ["c/values:scorer", "c/values-prod:scorer"]
