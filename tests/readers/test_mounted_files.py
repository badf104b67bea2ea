"""Files that a deployment puts into a container: what the code loads from their paths is what that deployment says."""

from __future__ import annotations

import textwrap

import pytest

from tests.readers.sockets import map_of

READS_YAML = """
    import yaml
    from kafka import KafkaConsumer

    with open("/etc/app/config.yaml") as file:
        config = yaml.safe_load(file)

    for message in KafkaConsumer(config["kafka"]["topic"]):
        print(message)
    """
WORKLOAD = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: sink
    spec:
      template:
        spec:
          containers:
            - name: sink
              image: registry/sink
              volumeMounts:
                - {name: config, mountPath: /etc/app}
          volumes:
            - name: config
              configMap: {name: sink-config}
    """
CONFIG_MAP = """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: sink-config
    data:
      config.yaml: |
        kafka:
          topic: orders
    """
GENERATES = "resources: [../base]\nconfigMapGenerator:\n- name: sink-config\n  files: [{}]\n"


def topics(texts: dict[str, str]) -> set[tuple[str, str, tuple[str, ...]]]:
    """The endpoints of a tree: their name (or "?" and the variable), certainty, and deployments."""
    found = map_of({path: textwrap.dedent(text) for path, text in texts.items()})
    return {
        (link.endpoint.name or f"?{link.endpoint.variable}", link.certainty, link.deployments) for link in found.links
    }


def run(workload: str = WORKLOAD, config_map: str = CONFIG_MAP, code: str = READS_YAML, **more: str) -> set[object]:
    texts = {"sink/Dockerfile": "", "sink/main.py": code, "k8s/map.yaml": config_map, "k8s/sink.yaml": workload}
    return {*topics({**texts, **more})}


def test_a_file_of_a_mounted_config_map_is_what_the_code_loads() -> None:
    assert run() == {("orders", "certain", ("k8s/sink:sink",))}


def test_the_proof_leads_to_the_line_of_the_config_map() -> None:
    texts = {"sink/Dockerfile": "", "sink/main.py": READS_YAML, "k8s/map.yaml": CONFIG_MAP, "k8s/sink.yaml": WORKLOAD}

    (link,) = map_of({path: textwrap.dedent(text) for path, text in texts.items()}).links

    assert "k8s/map.yaml:9" in [str(span) for span in link.proof]


@pytest.mark.parametrize(
    ("mount", "items"),
    [
        ("mountPath: /etc/app/config.yaml, subPath: config.yaml", ""),
        ("mountPath: /etc/app/config.yaml, subPath: c", ", items: [{key: config.yaml, path: c}]"),
        ("mountPath: /etc", ", items: [{key: config.yaml, path: app/config.yaml}]"),
    ],
)
def test_a_mount_says_which_file_has_which_path(mount: str, items: str) -> None:
    workload = WORKLOAD.replace("mountPath: /etc/app", mount).replace("sink-config}", f"sink-config{items}}}")

    assert run(workload) == {("orders", "certain", ("k8s/sink:sink",))}


def test_projected_volumes_are_followed() -> None:
    workload = WORKLOAD.replace(
        "configMap: {name: sink-config}", "projected: {sources: [{configMap: {name: sink-config}}]}"
    )

    assert run(workload) == {("orders", "certain", ("k8s/sink:sink",))}


def test_a_mounted_file_comes_before_the_one_in_the_repository() -> None:
    found = run(code=READS_YAML.replace("/etc/app/", ""), **{"sink/config.yaml": "kafka: {topic: local}\n"})

    # The file lies under /etc in the container, and the code takes it from where it runs.
    assert found == {("local", "certain", ("k8s/sink:sink",))}
    workload = WORKLOAD.replace("/etc/app", "/app")
    code = READS_YAML.replace("/etc/app/", "")
    assert run(workload, code=code, **{"sink/config.yaml": "kafka: {topic: local}\n"}) == {
        ("orders", "certain", ("k8s/sink:sink",))
    }


def test_a_path_beside_the_code_is_the_one_that_is_mounted_there() -> None:
    code = READS_YAML.replace(
        'open("/etc/app/config.yaml")', 'open(os.path.join(os.path.dirname(__file__), "config.yaml"))'
    )
    workload = WORKLOAD.replace("mountPath: /etc/app", "mountPath: /srv/sink/config.yaml, subPath: config.yaml")

    assert run(workload, code=f"    import os\n{code}", **{"sink/config.yaml": "kafka: {topic: local}\n"}) == {
        ("orders", "certain", ("k8s/sink:sink",))
    }


def test_the_path_may_be_a_setting_of_the_same_deployment() -> None:
    code = READS_YAML.replace('open("/etc/app/config.yaml")', 'open(os.environ["CONFIG"])')
    workload = WORKLOAD.replace(
        "image: registry/sink", "image: registry/sink\n              env: [{name: CONFIG, value: /etc/app/config.yaml}]"
    )

    assert run(workload, code=f"    import os\n{code}") == {("orders", "certain", ("k8s/sink:sink",))}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        (
            "app.ini",
            "[kafka]\n        topic = orders",
            "import configparser\n\nparser = configparser.ConfigParser()\n"
            'parser.read("/etc/app/app.ini")\ntopic = parser.get("kafka", "topic")',
        ),
        ("app.json", '{"topic": "orders"}', 'import json\n\ntopic = json.load(open("/etc/app/app.json"))["topic"]'),
        (
            "app.toml",
            '[kafka]\n        topic = "orders"',
            'import tomllib\n\ntopic = tomllib.load(open("/etc/app/app.toml", "rb"))["kafka"]["topic"]',
        ),
        (
            "app.env",
            "TOPIC=orders",
            'import os\nfrom dotenv import load_dotenv\n\nload_dotenv("/etc/app/app.env")\ntopic = os.environ["TOPIC"]',
        ),
        (
            "app.yaml",
            "kafka: {topic: orders}",
            "import yaml\nfrom pathlib import Path\n\n"
            'topic = yaml.safe_load(Path("/etc/app/app.yaml").read_text())["kafka"]["topic"]',
        ),
    ],
)
def test_files_of_each_kind_are_read(name: str, content: str, code: str) -> None:
    config_map = f"kind: ConfigMap\nmetadata:\n  name: sink-config\ndata:\n  {name}: |\n    {content.replace('        ', '    ')}\n"
    code = f"from kafka import KafkaConsumer\n{code}\n\nfor message in KafkaConsumer(topic):\n    print(message)\n"

    assert run(config_map=config_map, code=code) == {("orders", "certain", ("k8s/sink:sink",))}


def test_secrets_in_a_mounted_file_are_not_kept() -> None:
    config_map = CONFIG_MAP + "          password: hunter2\n"

    assert "hunter2" not in repr(
        map_of({"k8s/map.yaml": textwrap.dedent(config_map), "k8s/sink.yaml": textwrap.dedent(WORKLOAD)})
    )


def test_what_a_chart_mounts_is_filled_from_each_set_of_values() -> None:
    template = CONFIG_MAP.replace("sink-config", '{{ include "sink.name" . }}-config').replace(
        "topic: orders", "topic: {{ .Values.topic | quote }}"
    )
    texts = {
        "c/Chart.yaml": "name: sink\n",
        "c/values.yaml": "topic: orders\n",
        "c/values-eu.yaml": "topic: orders.eu\n",
        "c/templates/map.yaml": template,
        "c/templates/sink.yaml": WORKLOAD.replace("sink-config", '{{ include "sink.name" . }}-config'),
        "sink/Dockerfile": "",
        "sink/main.py": READS_YAML,
    }

    assert topics(texts) == {
        ("orders", "certain", ("c/values:sink",)),
        ("orders.eu", "certain", ("c/values-eu:sink",)),
    }


@pytest.mark.parametrize(
    "data",
    [
        "config.yaml: |\n{{ toYaml .Values.config | indent 4 }}",
        "config.yaml: |-\n    {{- toYaml .Values.config | nindent 4 }}",
        "config.yaml: {{ toYaml .Values.config | quote }}",
    ],
)
def test_a_file_may_be_a_whole_part_of_the_values(data: str) -> None:
    texts = {
        "c/Chart.yaml": "name: sink\n",
        "c/values.yaml": "config:\n  kafka:\n    topic: orders\n",
        "c/templates/map.yaml": f"kind: ConfigMap\nmetadata:\n  name: sink-config\ndata:\n  {data}\n",
        "c/templates/sink.yaml": WORKLOAD,
        "sink/Dockerfile": "",
        "sink/main.py": READS_YAML,
    }

    assert topics(texts) == {("orders", "certain", ("c/values:sink",))}


@pytest.mark.parametrize("get", ['.Files.Get "files/config.yaml"', 'tpl (.Files.Get "files/config.yaml") .'])
def test_a_chart_may_mount_a_file_of_its_own(get: str) -> None:
    texts = {
        "c/Chart.yaml": "name: sink\n",
        "c/values.yaml": "a: b\n",
        "c/files/config.yaml": "kafka:\n  topic: orders\n",
        "c/templates/map.yaml": (
            "kind: ConfigMap\nmetadata:\n  name: sink-config\ndata:\n"
            f"  config.yaml: |-\n    {{{{ {get} | nindent 4 }}}}\n"
        ),
        "c/templates/sink.yaml": WORKLOAD,
        "sink/Dockerfile": "",
        "sink/main.py": READS_YAML,
    }

    assert topics(texts) == {("orders", "certain", ("c/values:sink",))}


def test_a_kustomization_may_generate_the_config_map_from_files() -> None:
    texts = {
        "k/base/kustomization.yaml": "resources: [sink.yaml]\n",
        "k/base/sink.yaml": WORKLOAD,
        "k/eu/kustomization.yaml": GENERATES.format("config.yaml=eu.yaml"),
        "k/eu/eu.yaml": "kafka: {topic: orders.eu}\n",
        "k/us/kustomization.yaml": GENERATES.format("config.yaml"),
        "k/us/config.yaml": "kafka: {topic: orders.us}\n",
        "sink/Dockerfile": "",
        "sink/main.py": READS_YAML,
    }

    assert topics(texts) == {("orders.eu", "certain", ("k/eu:sink",)), ("orders.us", "certain", ("k/us:sink",))}


@pytest.mark.parametrize(
    ("mounts", "more"),
    [
        ("volumes: [./conf/prod.yaml:/etc/app/config.yaml:ro]", ""),
        ("volumes: [{type: bind, source: ./conf/prod.yaml, target: /etc/app/config.yaml}]", ""),
        ("volumes: [./mounted:/etc/app]", ""),
        ("configs: [{source: app, target: /etc/app/config.yaml}]", "configs: {app: {file: conf/prod.yaml}}"),
    ],
)
def test_a_compose_service_takes_the_files_that_it_mounts(mounts: str, more: str) -> None:
    texts = {
        "docker-compose.yml": f"services:\n  sink:\n    build: sink\n    {mounts}\n{more}\n",
        "conf/prod.yaml": "kafka: {topic: orders}\n",
        "mounted/config.yaml": "kafka: {topic: orders}\n",
        "sink/config.yaml": "kafka: {topic: local}\n",
        "sink/Dockerfile": "",
        "sink/main.py": READS_YAML,
    }

    assert topics(texts) == {("orders", "certain", ("docker-compose:sink",))}


def test_a_config_map_that_says_nothing_does_not_hide_one_of_the_same_name() -> None:
    config_map = "kind: ConfigMap\nmetadata:\n  name: topics\ndata:\n  KAFKA_TOPIC_2_KEY: orders.eu\n"
    workload = (
        "kind: Deployment\nmetadata:\n  name: sink\nspec:\n  containers:\n  - name: sink\n    image: x/sink\n    env:\n"
        "    - name: TOPIC\n      valueFrom: {configMapKeyRef: {name: topics, key: KAFKA_TOPIC_2_KEY}}\n"
    )
    code = (
        "import os\nfrom kafka import KafkaConsumer\n\n"
        "for message in KafkaConsumer(os.environ['TOPIC']):\n    print(message)\n"
    )
    templated = config_map.replace("orders.eu", "{{ .Values.topic }}")

    assert run(workload, config_map, code, **{"k8s/map-helm.yaml": templated}) == {
        ("orders.eu", "certain", ("k8s/sink:sink",))
    }
