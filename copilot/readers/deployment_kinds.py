"""Which files tell how things are deployed? By name and folder, before anything is read."""

from __future__ import annotations

import posixpath
import re

_COMPOSE = re.compile(r"(docker-|podman-)?compose[\w.-]*\.ya?ml(\.j2|\.jinja2?)?\Z")
_VALUES = re.compile(r"(?:.*[_.-])?values(?:[_.-][\w.-]*)?\.(?:ya?ml(?:\.gotmpl|\.tpl|\.tftpl)?|tftpl|gotmpl)\Z")
_ENV = re.compile(r"(?:.*\.)?env(?:\.[\w.-]+)?(?:\.j2|\.jinja2?)?\Z|\.env[\w.-]*\Z")
_DOCKERFILE = re.compile(r"(?:[\w.-]+\.)?(?:Dockerfile|Containerfile)[\w.-]*\Z")
_ANSIBLE_TASKS = frozenset({"tasks", "handlers", "playbooks"})
_KUSTOMIZE = frozenset({"overlays", "overlay", "patches", "kustomize"})
_DAG = re.compile(r"(?:\A|/)(?:airflow/|dags?[/_])|_dag\.py\Z", re.IGNORECASE)
_YAML = (".yaml", ".yml")
FILLED_IN = "filled in "
"""Starts the kind of a configuration file that Ansible fills in; its format ends it."""
_FILLED_IN = re.compile(r"\.(ya?ml|json|toml|ini|cfg|conf|properties)\.(?:j2|jinja2?)\Z")
_FORMATS = {"yaml": "yaml", "yml": "yaml", "json": "yaml", "toml": "toml"}
_VARIABLES = re.compile(r"(?:.*[_-])?vars(?:[_-].*)?\.ya?ml\Z")
_SUPERVISOR = (".conf", ".ini", ".j2", ".jinja", ".jinja2", ".template", ".tmpl")
# Most files of most trees, told by one look.
_CODE = (
    ".py",
    ".java",
    ".scala",
    ".kt",
    ".go",
    ".rs",
    ".ts",
    ".tsx",
    ".js",
    ".c",
    ".h",
    ".cpp",
    ".md",
    ".avsc",
    ".sql",
)


def _is_inventory(folders: list[str], name: str) -> bool:
    stem, _, suffix = name.partition(".")
    is_named = stem in ("hosts", "inventory") or not {"inventory", "inventories"}.isdisjoint(folders)
    is_of_variables = not {"group_vars", "host_vars"}.isdisjoint(folders)
    return is_named and not is_of_variables and suffix in ("", "ini", "yml", "yaml")


def deployment_kind(path: str) -> str:
    """Returns what kind of deployment file a path is by its name, "" where it is none."""
    if path.endswith(_CODE):
        return "dag" if path.endswith(".py") and _DAG.search(path) else ""
    folder, name = posixpath.split(path)
    folders = folder.split("/")
    if _COMPOSE.match(name):
        return "compose"
    if _VALUES.match(name):
        return "values"
    if name.endswith(_YAML):
        return _yaml_kind(folders, name)
    if name.endswith(".json") and ("patch" in name or not _KUSTOMIZE.isdisjoint(folders)):
        return "manifest"
    if name == "Procfile" or name.startswith("Procfile."):
        return "procfile"
    if _DOCKERFILE.match(name):
        return "dockerfile"
    if name.endswith((".service", ".service.j2", ".service.jinja", ".service.jinja2")):
        return "systemd"
    if name.endswith((".tf", ".tfvars", ".tf.json")):
        return "terraform" if not name.endswith(".json") else ""
    if name.endswith((".tftpl", ".json.tpl", ".json.tmpl")):
        return "container template"
    if name.endswith((".sh", ".bash")):
        return "shell"
    if (name.startswith("supervisor") and name.endswith(_SUPERVISOR)) or "supervisor" in folders[-1:]:
        return "supervisor"
    if (suffix := _FILLED_IN.search(name)) and "templates" in folders:
        return FILLED_IN + _FORMATS.get(suffix[1], "ini")
    if name.endswith((".tpl", ".yaml.gotmpl")) and "templates" in folders:
        return "helpers" if name.startswith("_") else "template"
    if _ENV.match(name) and not name.endswith((".py", ".md", ".ts", ".js")):
        return "env"
    return "inventory" if _is_inventory(folders, name) else ""


def _yaml_kind(folders: list[str], name: str) -> str:
    if name in ("Chart.yaml", "Chart.yml"):
        return "chart"
    if name in ("kustomization.yaml", "kustomization.yml"):
        return "kustomization"
    if ".github" in folders:
        return "workflow" if folders[-1] == "workflows" else ""
    if {"group_vars", "host_vars", "vars"} & set(folders) or _VARIABLES.match(name):
        return "variables"
    if "defaults" in folders and "roles" in folders:
        return "variables"
    if not _ANSIBLE_TASKS.isdisjoint(folders) and (
        "roles" in folders or "ansible" in folders or "playbooks" in folders
    ):
        return "tasks"
    if "templates" in folders:
        return "template"
    # A service may be called inventory, too: what such a file says tells which of both it is.
    return "inventory or manifest" if _is_inventory(folders, name) else "manifest"
