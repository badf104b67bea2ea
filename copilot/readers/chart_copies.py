"""Which copies of a chart's units run? Its templates, or the services that its values name, once for each set of values.

The chart's own values are one set; every other values file laid over them is another, named after that file: so what staging and
production set stays apart.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from copilot.readers.conditions import standing
from copilot.readers.copies import Copy
from copilot.readers.deployed_jobs import telling_words
from copilot.readers.deployment_facts import Unit
from copilot.readers.deployment_files import DeploymentFile, EnvFiles
from copilot.readers.deployment_scopes import Layer, Scope, scope_of
from copilot.readers.go_template import VALUES
from copilot.readers.manifests import SPREAD
from copilot.readers.mounted_files import Files, mounted
from copilot.readers.named_templates import with_included
from copilot.readers.values import Surroundings, resolve

MAX_SETS = 60
MAX_ITEMS = 60
_BASE = ("values.yaml", "values.yml")
_NAMED = re.compile(r"\{([^{}]+)\}")
_TEMPLATES = ("template", "helpers")
_NO_NAME = frozenset(
    {"values", "helm", "chart", "charts", "templates", "deploy", "deployment", "environments", "env", "ci"}
)


@dataclass
class _Chart:
    """A chart: its folder, its name, its own values, other sets of values, and its templates."""

    folder: str
    name: str = ""
    base: DeploymentFile | None = None
    sets: list[DeploymentFile] = field(default_factory=list)
    templates: list[DeploymentFile] = field(default_factory=list)


def chart_copies(files: Mapping[str, DeploymentFile], env_files: EnvFiles) -> Iterator[Copy]:
    """Yields what charts and values files run."""
    charts = _charts(files)
    for chart in charts:
        overlays: list[DeploymentFile | None] = [*chart.sets[:MAX_SETS]]
        for overlay in [None, *overlays] if chart.base or not overlays else overlays:
            yield from _of_set(chart, overlay, env_files)


def _charts(files: Mapping[str, DeploymentFile]) -> list[_Chart]:
    charts: dict[str, _Chart] = {}
    for file in files.values():
        if file.kind == "chart":
            charts[file.folder] = _Chart(file.folder, file.facts.chart)
    strays: list[DeploymentFile] = []
    for path, file in sorted(files.items()):
        if file.kind not in ("values", *_TEMPLATES):
            continue
        folder = _chart_above(file.folder, charts)
        if folder is None and file.kind in _TEMPLATES:
            head = f"{file.folder}/".partition("templates/")[0].strip("/")
            charts.setdefault(head, _Chart(head)).templates.append(file)
        elif folder is None:
            strays.append(file)
        elif file.kind in _TEMPLATES:
            charts[folder].templates.append(file)
        elif file.folder == folder and posixpath.basename(path) in _BASE:
            charts[folder].base = file
        else:
            charts[folder].sets.append(file)
    return [*charts.values(), *_with_strays(charts, strays)]


def _chart_above(folder: str, charts: Mapping[str, _Chart]) -> str | None:
    while folder:
        if folder in charts:
            return folder
        folder = posixpath.dirname(folder)
    return "" if "" in charts else None


def _with_strays(charts: Mapping[str, _Chart], strays: list[DeploymentFile]) -> Iterator[_Chart]:
    """Gives values files that lie elsewhere to the chart that they are named like; yields those that fit none, alone."""
    named: dict[tuple[str, ...], list[_Chart]] = {}
    for chart in charts.values():
        for name in {chart.name, posixpath.basename(chart.folder)} - {""}:
            found = named.setdefault(telling_words(name), [])
            if chart not in found:
                found.append(chart)
    alone: dict[str, _Chart] = {}
    for file in strays:
        fitting = _fitting(file, named)
        if fitting is not None:
            fitting.sets.append(file)
        elif posixpath.basename(file.path) in _BASE:
            alone.setdefault(file.folder, _Chart(file.folder)).base = file
        else:
            alone.setdefault(file.folder, _Chart(file.folder)).sets.append(file)
    yield from alone.values()


def _fitting(file: DeploymentFile, named: Mapping[tuple[str, ...], list[_Chart]]) -> _Chart | None:
    for name in names_of_values(file.path):
        words = telling_words(name)
        for length in range(len(words), 0, -1):
            found = named.get(words[:length], [])
            if found:
                return found[0] if len(found) == 1 else None
    return None


def names_of_values(path: str) -> list[str]:
    """Returns the names that a values file's own name and folders give: "scribe" of `prod/scribe-values.yaml`."""
    *folders, name = path.split("/")
    stem = re.sub(r"(?:[_.-]?helm)?[_.-]?values[_.-]?", "", re.sub(r"(?:\.(?:ya?ml|tftpl|gotmpl|tpl))+\Z", "", name))
    return [one for one in (stem, *reversed(folders)) if one and one.lower() not in _NO_NAME]


def _of_set(chart: _Chart, overlay: DeploymentFile | None, env_files: EnvFiles) -> Iterator[Copy]:
    """Yields what runs under one set of values: each workload of the templates, and services that only the values name."""
    files = [file for file in (chart.base, overlay) if file is not None]
    named = [file for file in chart.templates if file.kind == "helpers"]
    values = scope_of([(file.path, file.facts.variables) for file in (*files, *named)], _release(chart))
    stated = [(file.path, unit) for file in files for unit in file.facts.units if unit.kind == ""]
    running = [(file, unit) for file in chart.templates for unit in file.facts.units if unit.kind == ""]
    included = {unit.name: (file.path, unit) for file in named for unit in file.facts.units}
    sources = {
        unit.name: with_included(file.path, unit.settings, included, values)
        for file in chart.templates
        for stated_unit in file.facts.units
        if stated_unit.kind == "source" and (unit := standing(stated_unit, values)) is not None
    }
    mounts = {
        unit.name: (file.path, unit._replace(takes=tuple(f"/{chart.folder}/{path}" for path in unit.takes)))
        for file in chart.templates
        for stated_unit in file.facts.units
        if stated_unit.kind == "file" and (unit := standing(stated_unit, values)) is not None
    }
    put_in = {part for _, unit in running for path in _spread_paths(unit) for part in path.split(".")}
    common = [
        (path, unit)
        for path, unit in stated
        if running and not (unit.settings and unit.name and unit.name not in put_in)
    ]
    each = _Set(chart, (overlay or chart.base), values, sources, included, mounts, env_files)
    for file, unit in running:
        for item in values.items(unit.each)[:MAX_ITEMS] if unit.each else [""]:
            there = standing(unit, values, item)
            if there is not None:
                yield each.workload(file, there, common, item, len(running))
    served: dict[tuple[str, ...], list[tuple[str, Unit]]] = {}
    for path, unit in stated:
        if (path, unit) not in common:
            served.setdefault(unit.hints if unit.name else (), []).append((path, unit))
    for units in served.values():
        yield each.service(units)


@dataclass(frozen=True)
class _Set:
    """A chart with one set of its values; `shown` is the file that they are named after."""

    chart: _Chart
    shown: DeploymentFile | None
    values: Scope
    sources: Mapping[str, list[Layer]]
    included: Mapping[str, tuple[str, Unit]]
    mounts: Files
    env_files: EnvFiles

    def workload(self, file: DeploymentFile, unit: Unit, common: list[tuple[str, Unit]], item: str, count: int) -> Copy:
        """Returns one workload of a template."""
        named = [
            (path, [(f"{source}/{name}", value, line) for name, value, line in settings])
            for source, layers in self.sources.items()
            for path, settings in layers
        ]
        taken = [layer for name in unit.takes for layer in self.sources.get(name, ())]
        own = item or unit.name or (posixpath.basename(file.stem) if count > 1 else "")
        # Values come first: what a template puts in is what they hold.
        own_layers = with_included(file.path, unit.settings, self.included, self.values)
        mounts = mounted(unit, file.path, self.mounts, self.env_files)
        layers = (*mounts, *((path, one.settings) for path, one in common), *taken, *own_layers)
        scope = scope_of(named, self.values)
        return Copy(
            unit,
            file.path,
            self._name(file, own),
            layers,
            self._hints(unit, item),
            scope,
            item=item,
            stated=tuple(common),
        )

    def service(self, units: list[tuple[str, Unit]]) -> Copy:
        """Returns a service that the values state."""
        path, unit = units[-1]
        layers = tuple((at, one.settings) for at, one in units)
        name = self._name(None, unit.name)
        return Copy(unit, path, name, layers, self._hints(unit, ""), self.values, stated=tuple(units))

    def _name(self, file: DeploymentFile | None, own: str) -> str:
        named_after = self.shown or file
        stem = named_after.stem if named_after is not None else self.chart.folder
        return f"{stem}:{own}" if own else stem

    def _hints(self, unit: Unit, item: str) -> tuple[str, ...]:
        around = Surroundings(self.chart.folder, self.values.texts, lambda module, name: None)
        images = [text.text for text in resolve(unit.image, around) if text.text]
        image = self.values.texts.get(f"{VALUES}.image.repository", "")
        hints = [_NAMED.sub(lambda named: self.values.texts.get(named[1], named[0]), hint) for hint in unit.hints]
        names = [item, *hints, *images, image, self.chart.name, posixpath.basename(self.chart.folder)]
        own = names_of_values(self.shown.path)[:1] if self.shown is not None else []
        return tuple(dict.fromkeys(name for name in [*names, *own] if name))


def _spread_paths(unit: Unit) -> list[str]:
    return [str(value[1]) for name, value, _ in unit.settings if name == SPREAD and value is not None]


def _release(chart: _Chart) -> Scope:
    return Scope({".Chart.Name": chart.name}, {".Chart.Name": ()}) if chart.name else Scope()
