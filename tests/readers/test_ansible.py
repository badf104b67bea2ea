"""Ansible: plays with their variables, roles that plays run, and the files that their tasks fill in and put somewhere."""

from __future__ import annotations

import pytest

from tests.readers.deploying import deployed, places, settings
from tests.readers.sockets import map_of

PYTHON = {"sink/main.py": "sink"}
TASKS = """- name: variables
  template:
    src: app.env.j2
    dest: /etc/app/app.env
- name: service
  block:
    - ansible.builtin.template:
        src: app.service.j2
        dest: /etc/systemd/system/app.service
"""
ROLE = {
    "roles/app/tasks/main.yml": TASKS,
    "roles/app/templates/app.env.j2": "TOPIC={{ topic }}\nMODE={{ mode | default('fast') }}\n",
    "roles/app/templates/app.service.j2": (
        "[Service]\nEnvironmentFile=/etc/app/app.env\nExecStart=/opt/app/bin/python -m sink.main\n"
    ),
}
UNIT = "roles/app/templates/app.service"
PLAY = """- hosts: consumers
  vars:
    topic: orders
  tasks:
    - name: run
      community.docker.docker_container:
        name: sink
        image: x/sink
        env:
          TOPIC: "{{ topic }}"
"""


def run(texts: dict[str, str]) -> dict[str, dict[str, str]]:
    return settings(deployed(texts, ["sink"], PYTHON))


@pytest.mark.parametrize("suffix", [".j2", ".jinja", ".jinja2"])
def test_a_service_has_the_env_file_that_its_role_fills_in_for_each_environment(suffix: str) -> None:
    role = {path.replace(".j2", suffix): text.replace(".j2", suffix) for path, text in ROLE.items()}
    texts = {**role, "group_vars/prod.yml": "topic: orders\n", "group_vars/dev.yml": "topic: orders-dev\n"}

    assert run(texts) == {
        f"{UNIT} (prod)": {"TOPIC": "orders", "MODE": "fast"},
        f"{UNIT} (dev)": {"TOPIC": "orders-dev", "MODE": "fast"},
    }


def test_each_play_that_has_a_role_deploys_it_with_its_own_variables() -> None:
    site = (
        "- hosts: eu\n  vars:\n    topic: orders.eu\n  roles: [app]\n"
        "- hosts: us\n  vars_files: [vars/us.yml]\n  roles:\n    - role: app\n      vars: {mode: slow}\n"
        "- hosts: ap\n  tasks:\n    - include_role:\n        name: app\n      vars: {topic: orders.ap}\n"
    )
    running = deployed({**ROLE, "site.yml": site, "vars/us.yml": "topic: orders.us\n"}, ["sink"], PYTHON)

    assert settings(running) == {
        f"{UNIT} (eu)": {"TOPIC": "orders.eu", "MODE": "fast"},
        f"{UNIT} (us)": {"TOPIC": "orders.us", "MODE": "slow"},
        f"{UNIT} (ap)": {"TOPIC": "orders.ap", "MODE": "fast"},
    }
    assert places(running[f"{UNIT} (us)"], "TOPIC") == ["roles/app/templates/app.env.j2:1", "vars/us.yml:1"]


def test_plays_for_the_same_hosts_are_told_apart_by_where_they_stand() -> None:
    texts = {
        "a.yml": "- hosts: localhost\n  vars: {topic: a}\n  roles: [app]\n",
        "b.yml": "- hosts: localhost\n  vars: {topic: b}\n  roles: [app]\n",
    }

    assert {name: one["TOPIC"] for name, one in run({**ROLE, **texts}).items()} == {
        f"{UNIT} (a:1)": "a",
        f"{UNIT} (b:1)": "b",
    }


@pytest.mark.parametrize("path", ["deploy.yml", "ansible/deploy.yml", "playbooks/deploy.yml"])
def test_a_play_runs_containers_with_its_variables(path: str) -> None:
    assert run({path: PLAY}) == {f"{path.partition('.')[0]}:sink": {"TOPIC": "orders"}}


def test_the_files_of_variables_that_a_play_names_lie_beside_it() -> None:
    play = PLAY.replace("vars:\n    topic: orders", "vars_files:\n    - vars/prod.yml")

    assert run({"ansible/deploy.yml": play, "ansible/vars/prod.yml": "topic: orders\n"}) == {
        "ansible/deploy:sink": {"TOPIC": "orders"}
    }


def test_each_play_of_a_file_has_its_own_variables() -> None:
    other = PLAY.replace("consumers", "others").replace("orders", "returns").replace("name: sink", "name: back")

    assert run({"deploy.yml": PLAY + other}) == {
        "deploy:sink": {"TOPIC": "orders"},
        "deploy:back": {"TOPIC": "returns"},
    }


def test_a_program_that_a_task_starts_has_the_environment_of_task_and_play() -> None:
    play = (
        "- hosts: a\n  environment: {MODE: slow}\n  tasks:\n    - name: run\n      shell: python -m sink.main --to {{ out }}\n"
        "      environment:\n        TOPIC: orders\n      vars: {x: y}\n"
    )

    running = settings(deployed({"deploy.yml": play}, ["sink"], PYTHON, busy=["sink"]))

    assert running == {"deploy:run": {"MODE": "slow", "TOPIC": "orders", "--to": ""}}


def test_a_chore_that_a_task_runs_is_no_job() -> None:
    assert run({"deploy.yml": "- hosts: a\n  tasks:\n  - command: python -m sink.main tables\n"}) == {}


def test_what_a_vault_holds_is_not_kept() -> None:
    play = PLAY.replace("topic: orders", "topic: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162")

    assert run({"deploy.yml": play}) == {"deploy:sink": {"TOPIC": ""}}


def test_the_code_loads_the_configuration_that_a_role_fills_in() -> None:
    code = (
        "import yaml\nfrom kafka import KafkaConsumer\n\nconfig = yaml.safe_load(open('/etc/app/config.yaml'))\n"
        "for message in KafkaConsumer(config['kafka']['topic']):\n    print(message)\n"
    )
    texts = {
        "sink/Dockerfile": "",
        "sink/main.py": code,
        "roles/app/tasks/main.yml": TASKS.replace("app.env.j2", "config.yaml.j2").replace("app.env", "config.yaml"),
        "roles/app/templates/config.yaml.j2": "kafka:\n  topic: {{ topic }}\n",
        UNIT + ".j2": "[Service]\nExecStart=/opt/app/bin/python -m sink.main\n",
        "group_vars/eu.yml": "topic: orders.eu\n",
        "group_vars/us.yml": "topic: orders.us\n",
    }

    found = {(link.endpoint.name, link.certainty, link.deployments) for link in map_of(texts).links}

    assert found == {
        ("orders.eu", "certain", (f"{UNIT} (eu)",)),
        ("orders.us", "certain", (f"{UNIT} (us)",)),
    }


@pytest.mark.parametrize(
    ("inventories", "names"),
    [
        ({"hosts.ini": "[eu]\nhost1\n\n[eu:vars]\ntopic=orders.eu\n\n[us:vars]\ntopic = orders.us\n"}, ("eu", "us")),
        (
            {
                "hosts.yml": (
                    "all:\n  children:\n    eu:\n      hosts: {host1: {}}\n      vars: {topic: orders.eu}\n"
                    "    us:\n      vars: {topic: orders.us}\n"
                )
            },
            ("eu", "us"),
        ),
        (
            {
                "inventories/eu/hosts": "[all:vars]\ntopic=orders.eu\n",
                "inventories/us/hosts.yml": "all:\n  vars:\n    topic: orders.us\n",
            },
            ("eu", "us"),
        ),
        (
            {"inventory/eu.ini": "[all:vars]\ntopic=orders.eu\n", "inventory/us.ini": "[all:vars]\ntopic=orders.us\n"},
            ("eu", "us"),
        ),
    ],
)
def test_inventories_say_what_holds_for_their_groups(inventories: dict[str, str], names: tuple[str, str]) -> None:
    assert {name: one["TOPIC"] for name, one in run({**ROLE, **inventories}).items()} == {
        f"{UNIT} ({name})": f"orders.{name}" for name in names
    }


MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata: {name: inventory}
spec:
  template:
    spec:
      containers:
        - {name: inventory, image: x/inventory, env: [{name: TOPIC, value: orders}]}
"""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("k8s/inventory/deployment.yaml", MANIFEST),
        ("k8s/inventory.yaml", MANIFEST),
        ("charts/inventory/templates/deployment.yaml", MANIFEST),
        ("inventory/Dockerfile", "FROM python\nENV TOPIC=orders\nCMD python -m inventory.main\n"),
        ("inventory/Procfile", "worker: TOPIC=orders python -m inventory.main\n"),
        ("roles/inventory/tasks/main.yml", "- shell: python -m inventory.main\n  environment: {TOPIC: orders}\n"),
        ("playbooks/inventory/deploy.yml", PLAY.replace("sink", "inventory")),
    ],
)
def test_a_service_that_is_called_inventory_is_deployed_like_any_other(path: str, text: str) -> None:
    texts = {path: text, "charts/inventory/Chart.yaml": "name: inventory\n"}

    running = deployed(texts, ["inventory"], {"inventory/main.py": "inventory"}, busy=["inventory"])

    assert [(one.root, one.settings["TOPIC"]) for one in running.values()] == [("inventory", "orders")]


@pytest.mark.parametrize("path", ["playbooks/inventory/prod.yml", "ansible/tasks/hosts.yml", "inventory/prod"])
def test_an_inventory_is_one_by_what_it_says(path: str) -> None:
    groups = "all:\n  children:\n    eu:\n      vars: {topic: orders.eu}\n"

    assert {one["TOPIC"] for one in run({**ROLE, path: groups}).values()} == {"orders.eu"}


@pytest.mark.parametrize("name", ["Makefile", "LICENSE"])
def test_other_files_of_a_folder_called_inventory_are_no_gaps(name: str) -> None:
    assert map_of({f"inventory/{name}": "build:\n\tpython -m build\n: {\n"}).gaps == ()
