"""Which copies do Ansible's roles run? Each unit once for each environment whose variables it refers to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from copilot.readers.copies import Copy
from copilot.readers.deployment_facts import Unit
from copilot.readers.deployment_files import DeploymentFile, EnvFiles
from copilot.readers.deployment_scopes import Layer, scope_of
from copilot.readers.values import Value

MAX_ENVIRONMENTS = 20
_FOR_ALL = frozenset({"all", "defaults", "main", "vars", "common", "default"})


def ansible_copies(files: Mapping[str, DeploymentFile], env_files: EnvFiles) -> Iterator[Copy]:
    """Yields what the tasks and templates of roles run, once for each environment that sets what they refer to."""
    variables = [file for path, file in sorted(files.items()) if file.kind == "variables"]
    for path, file in sorted(files.items()):
        is_in_role = "/templates/" in f"/{path}" and file.kind in ("systemd", "compose", "supervisor", "env")
        if file.kind != "tasks" and not is_in_role:
            continue
        role = _role_of(path)
        for unit in file.facts.units:
            if file.kind == "tasks" and not unit.settings:
                continue
            names = _referred(unit)
            for environment, layers in _environments(role, variables, names).items():
                taken = env_files.layers(file.folder, unit.takes)
                where = f"{file.stem}:{unit.name}" if unit.name else file.stem
                title = f"{where} ({environment})" if environment else where
                hints = (*unit.hints, posixpath.basename(file.stem).partition(".")[0], posixpath.basename(role))
                own: tuple[Layer, ...] = (*taken, (path, unit.settings))
                yield Copy(unit, path, title, own, hints, scope_of(layers))


def _role_of(path: str) -> str:
    """Returns the folder of the role that a file belongs to: what stands above its tasks or templates."""
    head = path
    while head and posixpath.basename(head) not in ("tasks", "templates", "handlers", "playbooks"):
        head = posixpath.dirname(head)
    return posixpath.dirname(head)


def _environments(role: str, variables: list[DeploymentFile], names: set[str]) -> dict[str, list[Layer]]:
    """Returns the layers of variables by environment, "" where none sets what the unit refers to."""
    lowest: list[Layer] = []
    highest: list[Layer] = []
    found: dict[str, list[Layer]] = {}
    for file in variables:
        layer = (file.path, file.facts.variables)
        if file.path.startswith(f"{role}/"):
            (highest if "/vars/" in file.path[len(role) :] else lowest).append(layer)
        elif "roles" not in file.path.split("/"):
            environment = environment_of(file.path)
            if environment and names.isdisjoint(name for name, _, _ in file.facts.variables):
                continue
            found.setdefault(environment, []).append(layer)
    shared = found.pop("", [])
    own = dict(list(found.items())[:MAX_ENVIRONMENTS])
    return {name: [*lowest, *shared, *layers, *highest] for name, layers in (own or {"": []}).items()}


def environment_of(path: str) -> str:
    """Returns the environment that a file of variables is for: its inventory or group, "" where it is for all."""
    folders = path.split("/")
    at = next((index for index, folder in enumerate(folders) if folder in ("group_vars", "host_vars")), -1)
    if at < 0:
        return ""
    above = folders[at - 1] if {"inventories", "inventory", "environments"} & set(folders[:at]) else ""
    group = posixpath.splitext(folders[at + 1])[0] if at + 1 < len(folders) else ""
    parts = [
        part for part in (above, "" if group in _FOR_ALL else group) if part not in ("", "inventories", "inventory")
    ]
    return "/".join(parts)


def _referred(unit: Unit) -> set[str]:
    """Returns the variables that the settings of a unit refer to."""
    names: set[str] = set()
    waiting: list[Value] = [value for _, value, _ in unit.settings]
    while waiting:
        value = waiting.pop()
        if value is not None and value[0] == "env":
            names.add(str(value[1]))
            waiting.append(value[2])
        elif value is not None and value[0] == "cat":
            waiting += value[1]
    return names
