"""Which copies do Terraform's modules run? Each unit once for each file of variables, modules filled in by who calls them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from copilot.domain.source import Span
from copilot.readers.copies import Copy
from copilot.readers.deployment_facts import Setting, Unit
from copilot.readers.deployment_files import DeploymentFile, below
from copilot.readers.deployment_scopes import MAX_PASSES, Layer, Scope, for_item, scope_of, settings_in
from copilot.readers.facts import Config
from copilot.readers.manifests import SPREAD
from copilot.readers.values import Value

MAX_ENVIRONMENTS = 20
MAX_MODULES = 6
MAX_ITEMS = 60
_MAPPING = "aws_lambda_event_source_mapping."
_KINDS = {"aws_sqs_queue.": "queue", "aws_kinesis_stream.": "stream", "aws_dynamodb_table.": "table"}
_AUTOMATIC = ("terraform.tfvars", ".auto.tfvars")
_NAMES = (
    "function_name",
    "name",
    "family",
    "filename",
    "source_dir",
    "source_path",
    "s3_key",
    "service_name",
    "service",
)


def module_copies(files: Mapping[str, DeploymentFile]) -> Iterator[Copy]:
    """Yields the tasks and functions of modules that no other one calls, and of those that they call."""
    members: dict[str, list[DeploymentFile]] = {}
    for _, file in sorted(files.items()):
        if file.kind == "terraform":
            members.setdefault(file.folder, []).append(file)
    modules = _Modules(
        {folder: [file for file in found if file.path.endswith(".tf")] for folder, found in members.items()},
        {path: file for path, file in files.items() if file.kind == "container template"},
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
            yield from modules.copies(folder, given, title, "", (), 0)


@dataclass(frozen=True, slots=True)
class _Modules:
    """The modules of a tree by folder; `code` are their files, `templates` those that tasks are filled in from, by path."""

    code: Mapping[str, list[DeploymentFile]]
    templates: Mapping[str, DeploymentFile]

    def units(self, folder: str) -> list[tuple[DeploymentFile, Unit]]:
        """Returns the units of a module with their files."""
        return [(file, unit) for file in self.code.get(folder, ()) for unit in file.facts.units]

    def copies(
        self, folder: str, given: list[Layer], title: str, via: str, around: tuple[str, ...], depth: int
    ) -> Iterator[Copy]:
        """Yields what a module runs with the variables that it is given, and what the modules run that it calls.

        `via` are the calls that lead here, `around` the names of all of them, nearest first.
        """
        scope = self.scope(folder, given, depth)
        for file, unit in self.units(folder):
            for item in scope.items(unit.each)[:MAX_ITEMS] if unit.each else [""]:
                own = unit.name + (f"[{item}]" if item else "")
                name = f"{via}/{own}" if via and unit.kind == "module" else via or f"{file.stem}:{own}"
                called = (*filter(None, (item, unit.name if unit.kind == "module" else "")), *around)
                if unit.kind != "module":
                    yield from self._running(file, unit, item, name + title, scope, called)
                elif depth < MAX_MODULES:
                    handed = _handed(file, unit, scope, item)
                    yield from self.copies(below(folder, unit.base), [handed], title, name, called, depth + 1)

    def _running(
        self, file: DeploymentFile, unit: Unit, item: str, name: str, scope: Scope, around: tuple[str, ...]
    ) -> Iterator[Copy]:
        """Yields what a resource runs: itself, or the containers of the template that it is filled in from."""
        named = [scope.texts.get(f"{start}.{name}", "") for start in (unit.base, "var") for name in _NAMES]
        stems = [posixpath.splitext(posixpath.basename(name))[0] for name in named]
        # Where a module runs one thing, what it is called with tells more than the name in it, which all of its calls share.
        is_all = sum(one.kind != "module" for _, one in self.units(file.folder)) == 1
        own = (*stems, *around, *unit.hints) if around and is_all else (*unit.hints, *stems, *around)
        listed = (item, *own, posixpath.basename(file.folder))
        hints = tuple(dict.fromkeys(name for name in listed if name))
        fed = unit._replace(configs=tuple(self._fed(file.folder, unit, scope)))
        templates = [self.templates[path] for one in unit.takes if (path := below(file.folder, one)) in self.templates]
        # A template that runs nothing by itself may be a chart's values, which are read as such.
        if not templates and (unit.settings or unit.image or not unit.takes):
            yield Copy(fed, file.path, name, ((file.path, unit.settings),), hints, scope, item=item)
        start = f"template.{unit.base}."
        for template in templates:
            given = [(one[0][len(start) :], *one[1:]) for one in file.facts.variables if one[0].startswith(start)]
            handed = [(file.path, [(key, for_item(value, item), line) for key, value, line in given])]
            filled = _with_wholes(scope_of(handed, scope), handed)
            for number, inner in enumerate(template.facts.units):
                layers = ((file.path, unit.settings), (template.path, inner.settings))
                # The first container is what the task is about, the others stand beside it.
                yield Copy(
                    inner, template.path, name, layers, inner.hints if number else (*inner.hints, *hints), filled
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
        scope = _with_wholes(scope_of([*own, *given]), [*own, *given])
        outputs: list[Layer] = []
        for file, unit in self.units(folder):
            if unit.kind == "module" and depth < MAX_MODULES:
                inner = self.scope(below(folder, unit.base), [_handed(file, unit, scope, "")], depth + 1)
                told = {name: text for name, text in inner.texts.items() if name.startswith("output.")}
                outputs += [
                    (place.path, [(f"module.{unit.name}.{name.partition('.')[2]}", ("s", text), place.first_line)])
                    for name, text in told.items()
                    for place in inner.places[name][:1]
                ]
        return _with_wholes(scope_of([*own, *given, *outputs]), [*own, *given]) if outputs else scope


def _with_wholes(scope: Scope, layers: Iterable[Layer]) -> Scope:
    """Returns a scope in which a variable that is the whole of a mapping, or takes one over, has its keys."""
    wholes = [(name, whole) for name, whole, _ in _wholes(layers) if name not in scope.texts]
    texts, places = dict(scope.texts), dict(scope.places)
    for _ in range(MAX_PASSES if wholes else 0):
        before = len(texts)
        for name, whole in wholes:
            for key in [key for key in texts if key.startswith(f"{whole}.")]:
                own = name + key[len(whole) :]
                if own not in texts:
                    texts[own], places[own] = texts[key], places[key]
        if len(texts) == before:
            break
    return Scope(texts, places) if len(texts) > len(scope.texts) else scope


def _named(value: Value, scope: Scope) -> Value:
    """Returns the name that a reference stands for, or the reference where that isn't known."""
    known = scope.texts.get(value[1], "") if value is not None and value[0] == "env" else ""
    return ("s", known) if known else value


def _handed(file: DeploymentFile, unit: Unit, scope: Scope, item: str) -> Layer:
    """Returns the arguments of a call of a module, as texts; `item` is the one of those that it is repeated for."""
    own = [(name, for_item(value, item), line) for name, value, line in unit.settings]
    found = settings_in(scope, [(file.path, own)])
    places = {
        name: found.places[name][-1] if found.places[name] else Span(file.path, unit.line, unit.line)
        for name in found.texts
    }
    settings: list[Setting] = [
        (name, ("s", text), places[name].first_line) for name, text in found.texts.items() if text
    ]
    for name, whole, line in _wholes([(file.path, own)]):
        below_it = [key for key in scope.texts if key.startswith(f"{whole}.")] if not found.texts.get(name) else ()
        settings += [(name + key[len(whole) :], ("s", scope.texts[key]), line) for key in below_it]
    return (file.path, settings)


def _wholes(layers: Iterable[Layer]) -> Iterator[tuple[str, str, int]]:
    """Yields (name, other name, line) of what is, or takes over, all that stands under another name."""
    for _, settings in layers:
        for name, value, line in settings:
            if value is not None and value[0] == "env":
                yield name.removesuffix(f".{SPREAD}"), str(value[1]), line
