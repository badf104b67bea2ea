"""Which copies do Ansible's plays and roles run? Each unit once for each play, and each environment whose variables it refers to.

What a role puts into an env file or a configuration file is what its services take from there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from copilot.readers.ansible_text import PLACED, PLAY
from copilot.readers.copies import Copy
from copilot.readers.deployment_facts import Setting, Unit
from copilot.readers.deployment_files import DeploymentFile, EnvFiles, below
from copilot.readers.deployment_kinds import FILLED_IN
from copilot.readers.deployment_scopes import Layer, scope_of
from copilot.readers.mounted_files import put_at
from copilot.readers.values import Value

MAX_ENVIRONMENTS = 20
_FOR_ALL = frozenset({"all", "defaults", "main", "vars", "common", "default"})
_IN_ROLE = frozenset({"systemd", "compose", "supervisor", "env"})
_Play = tuple[DeploymentFile, Unit]


def ansible_copies(files: Mapping[str, DeploymentFile], env_files: EnvFiles) -> Iterator[Copy]:
    """Yields what plays, and the tasks and templates of roles, run."""
    variables = [one for _, file in sorted(files.items()) for one in _variables_of(file)]
    plays = [
        (file, unit)
        for file in files.values()
        if file.kind == "tasks"
        for unit in file.facts.units
        if unit.kind == PLAY
    ]
    roles: dict[str, _Role] = {}
    for path, file in sorted(files.items()):
        is_template = "/templates/" in f"/{path}"
        if file.kind == "tasks" or (is_template and (file.kind in _IN_ROLE or file.kind.startswith(FILLED_IN))):
            roles.setdefault(_role_of(path), _Role(_role_of(path))).add(file)
    for role in roles.values():
        yield from role.copies(files, variables, plays, env_files)


class _Variables(NamedTuple):
    """Variables in the file at `path`; `environment` is the inventory or group that they are for, None where others name it."""

    path: str
    environment: str | None
    settings: tuple[Setting, ...]


def _variables_of(file: DeploymentFile) -> Iterator[_Variables]:
    if file.kind == "variables":
        environment = environment_of(file.path) if _is_inventory(file.path) else None
        yield _Variables(file.path, environment, file.facts.variables)
    for group in file.facts.units if file.kind == "inventory" else ():
        # A file for each environment, or a folder: the group stands below it.
        path = posixpath.join(file.folder, "group_vars", group.name)
        of_group = environment_of(path)
        stem = posixpath.basename(file.stem)
        is_named = stem not in ("hosts", "inventory", *of_group.split("/"))
        yield _Variables(file.path, "/".join(filter(None, (stem if is_named else "", of_group))), group.settings)


@dataclass
class _Role:
    """The files of one role, or of the folder of a playbook."""

    folder: str
    running: list[tuple[DeploymentFile, Unit]] = field(default_factory=list)
    placed: list[tuple[DeploymentFile, Unit]] = field(default_factory=list)

    def add(self, file: DeploymentFile) -> None:
        """Adds a file of it."""
        for unit in file.facts.units:
            if unit.kind == PLACED:
                self.placed.append((file, unit))
            elif unit.kind in ("", "source") and (file.kind != "tasks" or unit.settings or unit.programs):
                self.running.append((file, unit))

    def copies(
        self,
        files: Mapping[str, DeploymentFile],
        variables: list[_Variables],
        plays: list[_Play],
        env_files: EnvFiles,
    ) -> Iterator[Copy]:
        """Yields what runs, once for each play that has the role, and each environment."""
        name = posixpath.basename(self.folder)
        put = list(self._put(files))
        taken_here = {path for _, path, file in put if file.kind == "env"}
        for file, unit in self.running:
            if file.path in taken_here and any(one.takes for _, one in self.running if one is not unit):
                continue
            own = [*self._taken(file, unit, put, env_files), (file.path, unit.settings)]
            stem = posixpath.basename(file.stem).partition(".")[0]
            where = f"{file.stem}:{unit.name}" if unit.name else file.stem
            hints = tuple(one for one in (*unit.hints, stem, name) if one)
            for title, layers in self._scopes(files, variables, _plays_of(file, unit, name, plays), _referred(own)):
                shown = f"{where} ({title})" if title else where
                # Most of the commands of tasks are chores, as those of scripts are.
                is_command = file.kind == "tasks" and not unit.hints
                yield Copy(unit, file.path, shown, tuple(own), hints, scope_of(layers), is_script=is_command)

    def _put(self, files: Mapping[str, DeploymentFile]) -> Iterator[tuple[str, str, DeploymentFile]]:
        """Yields (where, path, file) of the templates that tasks put somewhere."""
        for stated, unit in self.placed:
            for source in unit.takes:
                for folder in (posixpath.join(self.folder, "templates"), self.folder, stated.folder):
                    path = below(folder, source)
                    if path in files:
                        yield posixpath.join("/", unit.base), path, files[path]
                        break

    def _taken(
        self, file: DeploymentFile, unit: Unit, put: list[tuple[str, str, DeploymentFile]], env_files: EnvFiles
    ) -> Iterator[Layer]:
        """Yields what a unit has from files: env files that it names, and what else the role puts on the machine."""
        for named in unit.takes:
            base = posixpath.basename(named)
            ours = [path for at, path, one in put if one.kind == "env" and posixpath.basename(at) == base]
            yield from env_files.layers("", (ours[0],)) if ours else env_files.layers(file.folder, (named,))
        for at, path, one in put:
            for content in one.facts.units if one.kind.startswith(FILLED_IN) else ():
                yield put_at(at, path, content)

    def _scopes(
        self, files: Mapping[str, DeploymentFile], variables: list[_Variables], plays: list[_Play], names: set[str]
    ) -> Iterator[tuple[str, list[Layer]]]:
        """Yields the layers of variables for each play and environment, with what tells them apart."""
        lowest, shared, found, highest = self._environments(variables, names)
        chosen: list[tuple[str, list[Layer]]] = [("", [])]
        if plays:
            are_apart = len({unit.name for _, unit in plays}) == len(plays)
            chosen = [
                (
                    unit.name if are_apart else f"{file.stem}:{unit.line}",
                    [*_files_of(file, unit, files), (file.path, unit.settings)],
                )
                for file, unit in plays
            ]
        told: set[str] = set()
        for hosts, of_play in chosen:
            matching = {name: layers for name, layers in found.items() if name.rpartition("/")[2] == hosts} or found
            for name, layers in (matching or {"": []}).items():
                parts = [part for part in (name, hosts if len(chosen) > 1 and hosts != name else "") if part]
                title = ", ".join(parts)
                if title not in told:
                    told.add(title)
                    yield title, [*lowest, *shared, *layers, *of_play, *highest]

    def _environments(
        self, variables: list[_Variables], names: set[str]
    ) -> tuple[list[Layer], list[Layer], dict[str, list[Layer]], list[Layer]]:
        """Returns the role's defaults, what holds everywhere, the variables of each environment, and the role's own."""
        lowest: list[Layer] = []
        highest: list[Layer] = []
        found: dict[str, list[Layer]] = {}
        for one in variables:
            if one.environment is None:
                in_role = one.path[len(self.folder) :] if one.path.startswith(f"{self.folder}/") else ""
                if in_role and "roles" in self.folder.split("/"):
                    (highest if "/vars/" in in_role else lowest).append((one.path, one.settings))
            elif not one.environment or not names.isdisjoint(name for name, _, _ in one.settings):
                found.setdefault(one.environment, []).append((one.path, one.settings))
        shared = found.pop("", [])
        return lowest, shared, dict(list(found.items())[:MAX_ENVIRONMENTS]), highest


def _plays_of(file: DeploymentFile, unit: Unit, role: str, plays: list[_Play]) -> list[_Play]:
    """Returns the plays that run a unit: the one that it stands in, or those that have its role."""
    if unit.base and any(one is file for one, _ in plays):
        return [(one, play) for one, play in plays if one is file and play.base == unit.base][:1]
    return [(one, play) for one, play in plays if role in play.hints]


def _files_of(file: DeploymentFile, play: Unit, files: Mapping[str, DeploymentFile]) -> Iterator[Layer]:
    """Yields the variables of the files that a play names."""
    for named in play.takes:
        found = files.get(below(file.folder, named))
        if found is not None and found.kind == "variables":
            yield found.path, found.facts.variables


def _role_of(path: str) -> str:
    """Returns the folder of the role that a file belongs to: what stands above its tasks or templates."""
    head = path
    while head and posixpath.basename(head) not in ("tasks", "templates", "handlers", "playbooks"):
        head = posixpath.dirname(head)
    return posixpath.dirname(head or path)


def _is_inventory(path: str) -> bool:
    return not {"group_vars", "host_vars"}.isdisjoint(path.split("/"))


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


def _referred(layers: Iterable[Layer]) -> set[str]:
    """Returns the variables that settings refer to."""
    names: set[str] = set()
    waiting: list[Value] = [value for _, settings in layers for _, value, _ in settings]
    while waiting:
        value = waiting.pop()
        if value is not None and value[0] == "env":
            names.add(str(value[1]))
            waiting.append(value[2])
        elif value is not None and value[0] == "cat":
            waiting += value[1]
    return names
