"""What an overlay of Kustomize lays over its base: patches of both kinds, written in it or in files, and config maps."""

from __future__ import annotations

import time

import pytest

from copilot.readers.deployment_reader import read_deployment
from copilot.readers.kustomize_text import says_operations
from tests.readers.deploying import deployed, places, settings

BASE = """kind: Deployment
metadata: {name: scorer}
spec:
  template:
    spec:
      containers:
        - name: scorer
          args: [--group, g1]
          env:
            - {name: IN, value: orders}
            - {name: OUT, value: scores}
        - name: sidecar
          env:
            - {name: IN, value: other}
"""
ENV = "/spec/template/spec/containers/0/env"


def _overlay(kustomization: str, **files: str) -> dict[str, dict[str, str]]:
    texts = {
        "k/base/kustomization.yaml": "resources: [deployment.yaml]\n",
        "k/base/deployment.yaml": BASE,
        "k/overlays/prod/kustomization.yaml": f"resources: [../../base]\n{kustomization}",
        **{f"k/overlays/prod/{name.replace('__', '.')}": text for name, text in files.items()},
    }
    return settings(deployed(texts, ["scorer"]))


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        (f"op: replace, path: {ENV}/0/value, value: orders.eu", {"IN": "orders.eu"}),
        (f"op: replace, path: {ENV}/1, value: {{name: OUT, value: scores.eu}}", {"OUT": "scores.eu"}),
        (f"op: add, path: {ENV}/-, value: {{name: MODE, value: fast}}", {"MODE": "fast"}),
        (f"op: remove, path: {ENV}/1", {"OUT": None}),
        (f"op: replace, path: {ENV}, value: [{{name: IN, value: eu}}]", {"IN": "eu", "OUT": None}),
        ("op: replace, path: /spec/template/spec/containers/0/args, value: [--group, g2]", {"--group": "g2"}),
        (f"op: replace, path: {ENV}/7/value, value: nothing", {}),
        ("op: replace, path: /spec/replicas, value: 3", {}),
        ("op: test, path: /spec, value: 3", {}),
    ],
)
def test_an_operation_of_a_json_patch_changes_what_its_path_leads_to(
    operation: str, changed: dict[str, str | None]
) -> None:
    patch = f"patches:\n  - target: {{kind: Deployment, name: scorer}}\n    patch: |-\n      - {{{operation}}}\n"
    expected = {"--group": "g1", "IN": "orders", "OUT": "scores"} | changed

    assert _overlay(patch)["k/overlays/prod:scorer"] == {k: v for k, v in expected.items() if v is not None}


@pytest.mark.parametrize(
    ("target", "is_for"),
    [
        ("{kind: Deployment, name: scorer}", True),
        ("{kind: Deployment}", True),
        ("{name: sco.*}", True),
        ("{kind: Deployment, name: writer}", False),
        ("{kind: ConfigMap, name: scorer}", False),
        ("{name: '['}", False),
    ],
)
def test_operations_change_the_resources_that_their_target_names(target: str, is_for: bool) -> None:
    patch = f"patches:\n  - target: {target}\n    patch: '[{{op: replace, path: {ENV}/0/value, value: eu}}]'\n"

    assert (_overlay(patch)["k/overlays/prod:scorer"]["IN"] == "eu") is is_for


def test_operations_in_a_file_of_yaml_or_json_are_found_and_told_with_their_line() -> None:
    patches = f'[\n{{"op": "replace", "path": "{ENV}/0/value", "value": "eu"}}]'
    texts = {
        "k/base/kustomization.yaml": "resources: [deployment.yaml]\n",
        "k/base/deployment.yaml": BASE,
        "k/overlays/a/kustomization.yaml": "bases: [../../base]\npatches: [{path: env.json, target: {name: scorer}}]\n",
        "k/overlays/a/env.json": patches,
        "k/overlays/b/kustomization.yaml": "bases: [../../base]\npatchesJson6902:\n  - {path: p.yaml, target: {name: scorer}}\n",
        "k/overlays/b/p.yaml": f"- op: add\n  path: {ENV}/-\n  value: {{name: MODE, value: fast}}\n",
    }
    running = deployed(texts, ["scorer"])

    assert settings(running)["k/overlays/a:scorer"] == {"--group": "g1", "IN": "eu", "OUT": "scores"}
    assert places(running["k/overlays/a:scorer"], "IN") == ["k/overlays/a/env.json:2"]
    assert places(running["k/overlays/b:scorer"], "MODE") == ["k/overlays/b/p.yaml:3"]


@pytest.mark.parametrize("key", ["patchesStrategicMerge", "patches"])
def test_a_strategic_merge_patch_may_be_written_in_the_kustomization(key: str) -> None:
    item = "- |-" if key == "patchesStrategicMerge" else "- patch: |-"
    patch = (
        f"{key}:\n  {item}\n      kind: Deployment\n      metadata: {{name: scorer}}\n      spec: {{template: {{spec: "
        "{containers: [{name: scorer, env: [{name: IN, value: eu}]}]}}}\n"
    )

    assert _overlay(patch)["k/overlays/prod:scorer"]["IN"] == "eu"


def test_a_patch_with_a_target_is_for_its_targets_whatever_name_it_has_itself() -> None:
    patch = "patches:\n  - path: env.yaml\n    target: {kind: Deployment}\n"
    file = BASE.replace("name: scorer}", "name: any}").replace("value: orders", "value: eu")

    assert _overlay(patch, env__yaml=file)["k/overlays/prod:scorer"]["IN"] == "eu"


GENERATED = """configMapGenerator:
  - name: settings
    literals: [IN=orders, OUT=scores]
"""
TAKES = """kind: Deployment
metadata: {name: scorer}
spec: {template: {spec: {containers: [{name: scorer, envFrom: [{configMapRef: {name: settings}}]}]}}}
"""


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        ("behavior: merge\n    literals: [IN=eu]", {"IN": "eu", "OUT": "scores"}),
        ("behavior: replace\n    literals: [IN=eu]", {"IN": "eu"}),
        ("behavior: merge\n    envs: [eu.env]", {"IN": "eu.env", "OUT": "scores"}),
    ],
)
def test_a_generated_config_map_is_merged_or_replaced_by_the_overlay(overlay: str, expected: dict[str, str]) -> None:
    texts = {
        "k/base/kustomization.yaml": f"resources: [deployment.yaml]\n{GENERATED}",
        "k/base/deployment.yaml": TAKES,
        "k/prod/kustomization.yaml": f"resources: [../base]\nconfigMapGenerator:\n  - name: settings\n    {overlay}\n",
        "k/prod/eu.env": "IN=eu.env\n",
    }

    assert settings(deployed(texts, ["scorer"]))["k/prod:scorer"] == expected


def test_an_operation_may_change_a_config_map() -> None:
    texts = {
        "k/base/kustomization.yaml": "resources: [all.yaml]\n",
        "k/base/all.yaml": TAKES + "---\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {IN: orders, a/b: x}\n",
        "k/prod/kustomization.yaml": "resources: [../base]\npatches:\n  - target: {kind: ConfigMap, name: settings}\n"
        "    patch: |-\n      - {op: replace, path: /data/IN, value: eu}\n      - {op: add, path: /data/a~1b, value: y}\n",
    }

    assert settings(deployed(texts, ["scorer"]))["k/prod:scorer"] == {"IN": "eu", "a/b": "y"}


@pytest.mark.parametrize(
    "text", ["patches: [{patch: '- op: ['}]", "patches: [{patch: 7}, x]\npatchesJson6902: y", "[]"]
)
def test_what_is_no_patch_gives_nothing(text: str) -> None:
    assert read_deployment("kustomization", text).units == ()


def test_a_long_resource_definition_is_told_from_operations_in_no_time() -> None:
    text = ("\n" * 5 + " " * 40 + "description: how much there is\n") * 6000

    started = time.process_time()

    assert not says_operations(text)
    assert says_operations(text + '[{"op" : "add"}]\n')
    for short in ('[\n  {\n    "op": "add"\n  }\n]', "- op: add", "-  {op: add}"):
        assert says_operations(short)
    assert time.process_time() - started < 1
