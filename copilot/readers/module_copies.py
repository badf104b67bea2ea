"""Which copies do Terraform's modules run? Each unit once for each file of variables, modules filled in by who calls them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.domain.source import Span
from copilot.readers.copies import Copy
from copilot.readers.deployment_facts import Setting, Unit
from copilot.readers.deployment_files import DeploymentFile, below
from copilot.readers.deployment_scopes import Layer, Scope, scope_of, settings_in
from copilot.readers.facts import Config
from copilot.readers.values import Value

MAX_ENVIRONMENTS = 20
MAX_MODULES = 6
_MAPPING = "aws_lambda_event_source_mapping."
_KINDS = {"aws_sqs_queue.": "queue", "aws_kinesis_stream.": "stream", "aws_dynamodb_table.": "table"}
_AUTOMATIC = ("terraform.tfvars", ".auto.tfvars")
_NAMES = ("function_name", "name", "family", "filename", "source_dir", "source_path", "s3_key", "service_name")


def module_copies(files: Mapping[str, DeploymentFile]) -> Iterator[Copy]:
    """Yields the tasks and functions of modules that no other one calls, and of those that they call."""
    members: dict[str, list[DeploymentFile]] = {}
    for _, file in sorted(files.items()):
        if file.kind == "terraform":
            members.setdefault(file.folder, []).append(file)
    modules = _Modules(
        {folder: [file for file in found if file.path.endswith(".tf")] for folder, found in members.items()}
    )
    called = {
        below(folder, unit.base) for folder in members for _, unit in modules.units(folder) if unit.kind == "module"
    }
    for folder, found in members.items():
        if folder in called or not modules.code[folder]:
            continue
        variables = [file for file in found if not file.path.endswith(".tf")]
        for other, more in members.items():
            if other.startswith(f"{folder}/") and not modules.code[other]:
                variables += more
        automatic = [file for file in variables if file.path.endswith(_AUTOMATIC)]
        chosen: list[DeploymentFile | None] = [file for file in variables if file not in automatic]
        for one in chosen[:MAX_ENVIRONMENTS] or [None]:
            given: list[Layer] = [(file.path, file.facts.variables) for file in [*automatic, *([one] if one else [])]]
            title = f" ({posixpath.basename(one.stem)})" if one else ""
            yield from modules.copies(folder, given, title, "", 0)


@dataclass(frozen=True, slots=True)
class _Modules:
    """The modules of a tree by folder; `code` are their files."""

    code: Mapping[str, list[DeploymentFile]]

    def units(self, folder: str) -> list[tuple[DeploymentFile, Unit]]:
        """Returns the units of a module with their files."""
        return [(file, unit) for file in self.code.get(folder, ()) for unit in file.facts.units]

    def copies(self, folder: str, given: list[Layer], title: str, via: str, depth: int) -> Iterator[Copy]:
        """Yields what a module runs with the variables that it is given, and what the modules run that it calls."""
        scope = self.scope(folder, given, depth)
        for file, unit in self.units(folder):
            if unit.kind == "module":
                if depth < MAX_MODULES:
                    handed = _handed(file, unit, scope)
                    yield from self.copies(
                        below(folder, unit.base), [handed], title, f"{file.stem}:{unit.name}", depth + 1
                    )
                continue
            names = [scope.texts.get(f"{unit.base}.{name}", "") for name in _NAMES]
            stems = [posixpath.splitext(posixpath.basename(name))[0] for name in names]
            hints = tuple(dict.fromkeys(name for name in (*unit.hints, *stems, posixpath.basename(folder)) if name))
            yield Copy(
                unit._replace(configs=tuple(self._fed(folder, unit, scope))),
                file.path,
                (via or f"{file.stem}:{unit.name}") + title,
                ((file.path, unit.settings),),
                hints,
                scope,
            )

    def _fed(self, folder: str, unit: Unit, scope: Scope) -> Iterator[Config]:
        """Yields what feeds a function, by name where it is known: its own trigger, and the mappings that name the function."""
        for config in unit.configs:
            yield config._replace(topics=_named(config.topics, scope))
        for file in self.code.get(folder, ()):
            told = {name: (value, line) for name, value, line in file.facts.variables if name.startswith(_MAPPING)}
            for name, (source, line) in told.items():
                label = name.removesuffix(".event_source_arn")
                function, _ = told.get(f"{label}.function_name", (None, 0))
                is_ours = function is not None and str(function[1]).rpartition(".")[0] == unit.base
                if label != name and is_ours and source is not None and source[0] == "env":
                    kind = next((kind for start, kind in _KINDS.items() if source[1].startswith(start)), "")
                    if kind:
                        yield Config(f"{label}:{kind}", "consumes", _named(source, scope), None, None, line)

    def scope(self, folder: str, given: list[Layer], depth: int) -> Scope:
        """Returns the variables, locals and names of resources of a module, with what the modules give back that it calls."""
        own = [(file.path, file.facts.variables) for file in self.code.get(folder, ())]
        scope = scope_of([*own, *given])
        outputs: list[Layer] = []
        for file, unit in self.units(folder):
            if unit.kind == "module" and depth < MAX_MODULES:
                inner = self.scope(below(folder, unit.base), [_handed(file, unit, scope)], depth + 1)
                told = {name: text for name, text in inner.texts.items() if name.startswith("output.")}
                outputs += [
                    (place.path, [(f"module.{unit.name}.{name.partition('.')[2]}", ("s", text), place.first_line)])
                    for name, text in told.items()
                    for place in inner.places[name][:1]
                ]
        return scope_of([*own, *given, *outputs]) if outputs else scope


def _named(value: Value, scope: Scope) -> Value:
    """Returns the name that a reference stands for, or the reference where that isn't known."""
    known = scope.texts.get(value[1], "") if value is not None and value[0] == "env" else ""
    return ("s", known) if known else value


def _handed(file: DeploymentFile, unit: Unit, scope: Scope) -> Layer:
    """Returns the arguments of a call of a module, as texts."""
    found = settings_in(scope, [(file.path, unit.settings)])
    places = {
        name: found.places[name][-1] if found.places[name] else Span(file.path, unit.line, unit.line)
        for name in found.texts
    }
    settings: list[Setting] = [
        (name, ("s", text), places[name].first_line) for name, text in found.texts.items() if text
    ]
    return (file.path, settings)
