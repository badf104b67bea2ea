"""What does a deployment file say? Compose files, Helm charts and values, Kubernetes manifests, env files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from copilot.readers.configs import ConfigTable, key_word
from copilot.readers.deployment_facts import MAX_VALUE, DeploymentFacts, Unit, is_secret
from copilot.readers.values import Value
from copilot.readers.yaml_text import Entry, NotYaml, read_yaml, templated_pairs

MAX_SCALARS = 2000
_ENVIRONMENT_KEYS = frozenset(
    {"ENV", "ENVIRONMENT", "ENVVARIABLES", "ENVVARS", "EXTRAENV", "EXTRAENVVARS", "VARIABLES", "ENV_VARS"}
)
_GENERIC = frozenset(
    {"services", "spec", "template", "containers", "initContainers", "config", "configYaml", "values", "global", "app"}
    | {
        "deployment",
        "deployments",
        "jobTemplate",
        "data",
        "main",
        "settings",
        "step",
        "steps",
        "kafka",
        "consumers",
        "producers",
    }
)
_COMPOSE = re.compile(r"(docker-)?compose[\w.-]*\.ya?ml\Z")
_VALUES = re.compile(r"values[\w.-]*\.ya?ml\Z")
_INTERPOLATION = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}")


def deployment_kind(path: str) -> str:
    """Returns what kind of deployment file a path is by its name, "" where it is none."""
    folder, name = posixpath.split(path)
    if name.endswith((".yaml", ".yml")):
        if _COMPOSE.match(name):
            return "compose"
        if name in ("Chart.yaml", "Chart.yml"):
            return "chart"
        if _VALUES.match(name):
            return "values"
        if "templates" in folder.split("/"):
            return "template"
        return "" if folder.startswith(".github") else "manifest"
    return "env" if name == ".env" or name.endswith(".env") or name.startswith(".env.") else ""


def read_deployment(kind: str, text: str) -> DeploymentFacts:
    """Returns the facts of a deployment file; never raises for what stands in it."""
    if kind == "env":
        settings = tuple(_env_file(text))
        return DeploymentFacts((Unit("", (), 1, settings, ()),) if settings else ())
    if kind == "manifest" and not ("kind:" in text or "TOPIC" in text or "topic" in text):
        return DeploymentFacts()
    if kind == "template" and "{{" in text:
        return _templated(text)
    try:
        documents = read_yaml(text)
    except NotYaml as error:
        if "{{" in text:
            return _templated(text)
        return DeploymentFacts(gap=(error.line, str(error)))
    roots = [document for document in documents if isinstance(document.value, dict)]
    if kind == "chart":
        return DeploymentFacts(chart=_text(roots[0].value.get("name")) if roots else "")
    if kind == "compose":
        return DeploymentFacts(tuple(unit for root in roots for unit in _compose(root)))
    units = _Units()
    for root in roots:
        metadata = root.value.get("metadata")
        name = _text(metadata.value.get("name")) if metadata is not None and isinstance(metadata.value, dict) else ""
        units.walk(root, (name,) if name and "kind" in root.value else ())
    scalars = tuple(_scalars(roots[0], ""))[:MAX_SCALARS] if kind == "values" and roots else ()
    return DeploymentFacts(units.units(), scalars=scalars)


class _Units:
    """Collects the units of a values file or a manifest: blocks of environment and configs, by the names above them."""

    def __init__(self) -> None:
        self._settings: dict[tuple[str, ...], list[tuple[str, Value, int]]] = {}
        self._tables: dict[tuple[str, ...], ConfigTable] = {}
        self._lines: dict[tuple[str, ...], int] = {}

    def walk(self, entry: Entry, hints: tuple[str, ...]) -> None:
        """Reads a mapping or list and all below it."""
        if isinstance(entry.value, list):
            for item in entry.value:
                self.walk(item, hints)
        if not isinstance(entry.value, dict):
            return
        below = hints
        if "image" in entry.value or "env" in entry.value:
            names = (_text(entry.value.get("name")), _image(entry.value.get("image")))
            below = tuple(dict.fromkeys((*(name for name in names if name and "{{" not in name), *hints)))
        is_config_map = _text(entry.value.get("kind")) == "ConfigMap"
        for key, item in entry.value.items():
            is_environment = key_word(key) in _ENVIRONMENT_KEYS or (is_config_map and key == "data")
            pairs = list(_environment(item)) if is_environment else []
            if pairs:
                self._settings.setdefault(below, []).extend(pairs)
                self._lines.setdefault(below, item.line)
            elif isinstance(item.value, dict) and _is_settings(item.value):
                self._lines.setdefault(below, item.line)
                put_config(self._tables.setdefault(below, ConfigTable()), key, item)
            else:
                self.walk(item, below if key in _GENERIC or not isinstance(item.value, dict) else (key, *below))

    def units(self) -> tuple[Unit, ...]:
        """Returns the units in the order of their lines."""
        return tuple(
            Unit(
                hints[0] if hints else "",
                hints,
                line,
                tuple(self._settings.get(hints, ())),
                tuple(self._tables[hints].configs()) if hints in self._tables else (),
            )
            for hints, line in sorted(self._lines.items(), key=lambda entry: (entry[1], entry[0]))
        )


def put_config(table: ConfigTable, role: str, entry: Entry) -> int:
    """Adds a mapping of settings, with the mappings in it, to a table of configs."""
    index = table.add(entry.line, role)
    for key, item in entry.value.items():
        if is_secret(key):
            continue
        if isinstance(item.value, dict):
            table.put(index, key, ("dict", put_config(table, key, item)), item.line)
        elif isinstance(item.value, list):
            items = tuple(("s", part.value) for part in item.value if isinstance(part.value, str))
            table.put(index, key, ("list", items), item.line)
        else:
            table.put(index, key, ("split", ("s", item.value), ",") if item.value else None, item.line)
    return index


def _is_settings(entries: dict[str, Entry]) -> bool:
    keys = {key_word(key) for key in entries}
    return bool(keys & {"TOPIC", "TOPICS", "TOPIC_STRATEGY", "SCHEMA_PATH"}) or {"CLASS", "PARAMS"} <= keys


def _environment(entry: Entry) -> Iterator[tuple[str, Value, int]]:
    """Yields the settings of a list of {name, value}, a list of "NAME=value", or a mapping."""
    if isinstance(entry.value, dict):
        for name, item in entry.value.items():
            if isinstance(item.value, str):
                yield from _setting(name, item.value, item.line)
    elif isinstance(entry.value, list):
        for item in entry.value:
            if isinstance(item.value, dict) and "name" in item.value:
                yield from _setting(_text(item.value["name"]), _text(item.value.get("value")), item.line)
            elif isinstance(item.value, str) and "=" in item.value:
                name, _, text = item.value.partition("=")
                yield from _setting(name, text, item.line)


def _setting(name: str, text: str, line: int) -> Iterator[tuple[str, Value, int]]:
    if not is_secret(name) and len(text) <= MAX_VALUE:
        # What the file itself interpolates is known by its default only.
        yield name.strip(), ("s", _INTERPOLATION.sub(lambda match: match[2] or "", text)), line


def _compose(root: Entry) -> Iterator[Unit]:
    services = root.value.get("services")
    if services is None or not isinstance(services.value, dict):
        return
    for name, service in services.value.items():
        if not isinstance(service.value, dict):
            continue
        build = service.value.get("build")
        context, dockerfile = "", ""
        if build is not None:
            parts = build.value if isinstance(build.value, dict) else {"context": build}
            context, dockerfile = _text(parts.get("context")) or ".", _text(parts.get("dockerfile"))
        environment = service.value.get("environment")
        yield Unit(
            name,
            tuple(dict.fromkeys(hint for hint in (name, _image(service.value.get("image"))) if hint)),
            service.line,
            tuple(_environment(environment)) if environment is not None else (),
            (),
            context,
            dockerfile,
            _words(service.value.get("command")),
            tuple(_words(service.value.get("env_file")).split()),
        )


def _templated(text: str) -> DeploymentFacts:
    settings = tuple(
        (name, ("setting", value) if is_reference else ("s", value), line)
        for name, value, is_reference, line in templated_pairs(text)
        if not is_secret(name) and len(value) <= MAX_VALUE
    )
    return DeploymentFacts((Unit("", (), settings[0][2], settings, ()),) if settings else ())


def _env_file(text: str) -> Iterator[tuple[str, Value, int]]:
    for number, line in enumerate(text.splitlines(), 1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            yield from _setting(name, value.strip().strip("\"'"), number)


def _scalars(entry: Entry, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(entry.value, dict):
        for key, item in entry.value.items():
            if not is_secret(key):
                yield from _scalars(item, f"{path}.{key}" if path else key)
    elif isinstance(entry.value, str) and entry.value and len(entry.value) <= MAX_VALUE:
        yield path, entry.value


def _image(entry: Entry | None) -> str:
    if entry is not None and isinstance(entry.value, dict):
        entry = entry.value.get("repository")
    return _text(entry).rpartition("/")[2].partition(":")[0]


def _text(entry: Entry | None) -> str:
    return entry.value if entry is not None and isinstance(entry.value, str) else ""


def _words(entry: Entry | None) -> str:
    if entry is not None and isinstance(entry.value, list):
        return " ".join(
            _text(item) or (_text(item.value.get("path")) if isinstance(item.value, dict) else "")
            for item in entry.value
        )
    return _text(entry)
