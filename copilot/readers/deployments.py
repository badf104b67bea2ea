"""Which copies of which jobs run with which settings? Units of deployment files, bound to the jobs of the code.

A compose service is bound by the folder it is built from; everything else by its names (service, container, image, chart,
folder) against the names of job folders, compared without case, dashes and underscores. What fits no job stays unbound.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from copilot.domain.pipeline import Deployment
from copilot.domain.source import Gap, Span
from copilot.readers.deployment_facts import (
    DEPLOYMENT_KIND,
    DeploymentFacts,
    Unit,
    dump_deployment,
    is_secret,
    load_deployment,
)
from copilot.readers.deployment_reader import deployment_kind, read_deployment
from copilot.readers.facts import Config
from copilot.readers.jobs import is_test_path, plain_name
from copilot.readers.store import FactStore
from copilot.readers.values import Surroundings, resolve

_NO_SETTINGS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Running:
    """One running copy of a job: its settings with the lines that set them, and the configs that its files state.

    `root` is the job's root, "" where no job fits.
    """

    root: str
    name: str
    path: str
    line: int
    settings: Mapping[str, str]
    places: Mapping[str, Span]
    configs: tuple[Config, ...]

    def deployment(self, job: str) -> Deployment:
        """Returns the noun for the map."""
        kept = tuple(sorted((name, value) for name, value in self.settings.items() if value and not is_secret(name)))
        return Deployment(job, self.name, kept, Span(self.path, self.line, self.line))


@dataclass(frozen=True, slots=True)
class DeploymentFile:
    """A deployment file and what it says."""

    path: str
    kind: str
    facts: DeploymentFacts

    @property
    def chart_folder(self) -> str:
        """The folder of the chart that the file belongs to."""
        folder = posixpath.dirname(self.path)
        head, found, _ = f"{folder}/".partition("/templates/")
        return head if found and self.kind == "template" else folder


def read_deployment_files(store: FactStore) -> list[DeploymentFile]:
    """Returns the deployment files of the tree that are not there for tests only."""
    kinds: dict[str, list[str]] = {}
    for path in store.entries:
        kind = deployment_kind(path)
        if kind and not is_test_path(path):
            kinds.setdefault(kind, []).append(path)
    files: list[DeploymentFile] = []
    for kind, paths in sorted(kinds.items()):
        found = store.derive(f"{DEPLOYMENT_KIND}-{kind}", paths, partial(_facts_of, kind))
        for path, data in found.items():
            facts = load_deployment(data) or DeploymentFacts()
            if facts.gap is not None:
                store.gaps.add(Gap(Span(path, facts.gap[0], facts.gap[0]), facts.gap[1]))
            files.append(DeploymentFile(path, kind, facts))
    return sorted(files, key=lambda file: file.path)


def built_folders(files: Iterable[DeploymentFile]) -> frozenset[str]:
    """Returns the folders that compose services are built from."""
    return frozenset(
        _built_from(file, unit) for file in files if file.kind == "compose" for unit in file.facts.units
    ) - {""}


def _facts_of(kind: str, text: str) -> bytes:
    return dump_deployment(read_deployment(kind, text))


def bind_deployments(files: list[DeploymentFile], roots: Iterable[str]) -> list[Running]:
    """Returns what runs, each bound to a job's root where one fits; units that concern no job and no topic are left out."""
    by_name: dict[str, str] = {}
    for root in sorted(roots, key=lambda root: (-root.count("/"), root), reverse=True):
        by_name.setdefault(plain_name(posixpath.splitext(root)[0] if root.endswith(".py") else root), root)
    known_roots = frozenset(roots)
    charts = {file.chart_folder: file.facts.chart for file in files if file.kind == "chart"}
    env_files = {file.path: file for file in files if file.kind == "env"}
    scalars, base_units = _chart_values(files)
    running: list[Running] = []
    for file in files:
        for unit in file.facts.units if file.kind != "env" else ():
            folder = file.chart_folder
            names = (*unit.hints, charts.get(folder, ""), folder if folder in charts else "")
            root = _built_from(file, unit) if unit.context else ""
            if root not in known_roots:
                root = next((by_name[plain] for name in names if (plain := plain_name(name)) in by_name), "")
            layers = [base_units[folder, unit.hints]] if _overrides(file, unit, base_units) else []
            layers += [
                (env_files[path].path, env_files[path].facts.units[0])
                for path in _env_paths(file, unit)
                if path in env_files
            ]
            bound = _running(file, unit, root, [*layers, (file.path, unit)], scalars.get(folder, _NO_SETTINGS))
            if root or any("topic" in name.lower() for name in bound.settings) or bound.configs:
                running.append(bound)
    return running


def _running(
    file: DeploymentFile, unit: Unit, root: str, layers: list[tuple[str, Unit]], scalars: Mapping[str, str]
) -> Running:
    settings: dict[str, str] = {}
    places: dict[str, Span] = {}
    for path, layer in layers:
        around = Surroundings(path, scalars, lambda module, name: None)
        for name, value, line in layer.settings:
            texts = resolve(value, around)
            settings[name] = texts[0].text if texts else ""
            places[name] = Span(path, line, line)
    configs = {config.role: config for _, layer in layers for config in layer.configs}
    stem = posixpath.splitext(file.path)[0]
    name = f"{stem}:{unit.name}" if unit.name else stem
    return Running(root, name, file.path, unit.line, settings, places, tuple(configs[role] for role in sorted(configs)))


def _chart_values(
    files: list[DeploymentFile],
) -> tuple[dict[str, dict[str, str]], dict[tuple[str, tuple[str, ...]], tuple[str, Unit]]]:
    scalars: dict[str, dict[str, str]] = {}
    base: dict[tuple[str, tuple[str, ...]], tuple[str, Unit]] = {}
    for file in files:
        if file.kind == "values" and posixpath.basename(file.path) in ("values.yaml", "values.yml"):
            scalars[file.chart_folder] = dict(file.facts.scalars)
            base.update({(file.chart_folder, unit.hints): (file.path, unit) for unit in file.facts.units})
    return scalars, base


def _overrides(file: DeploymentFile, unit: Unit, base: Mapping[tuple[str, tuple[str, ...]], tuple[str, Unit]]) -> bool:
    found = base.get((file.chart_folder, unit.hints))
    return file.kind == "values" and found is not None and found[0] != file.path


def _built_from(file: DeploymentFile, unit: Unit) -> str:
    """Returns the folder that a compose service is built from: the Dockerfile's own, where that lies deeper."""
    if not unit.context or "://" in unit.context:
        return ""
    context = _below(posixpath.dirname(file.path), unit.context)
    dockerfile = posixpath.dirname(_below(context, unit.dockerfile)) if unit.dockerfile else context
    return dockerfile if dockerfile.startswith(context) else context


def _env_paths(file: DeploymentFile, unit: Unit) -> list[str]:
    return [_below(posixpath.dirname(file.path), path) for path in unit.env_files]


def _below(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, path)).strip("/")
