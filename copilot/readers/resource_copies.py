"""Which copies of manifests run? Each container by itself, or once for each kustomization that leads to it.

Config maps are found by name: in the same kustomization, the same folder, or where only one in the tree has the name.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from copilot.readers.copies import Copy
from copilot.readers.deployment_facts import Setting, Unit
from copilot.readers.deployment_files import DeploymentFile, EnvFiles, below
from copilot.readers.deployment_scopes import NO_SCOPE, Layer, Scope, scope_of
from copilot.readers.json_patches import Operation, patched, patched_source, positions
from copilot.readers.kustomize_text import ANY_NAME, aimed
from copilot.readers.mounted_files import mounted

MAX_BASES = 20
_KUSTOMIZATION = ("kustomization.yaml", "kustomization.yml")
_Placed = tuple[str, Unit]


@dataclass
class _Bundle:
    """What a kustomization is made of: units with the layers over them, and the sources of settings by name."""

    units: list[_Placed] = field(default_factory=list)
    patches: list[_Placed] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    sources: list[_Placed] = field(default_factory=list)
    mounted: dict[str, _Placed] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def resource_copies(files: Mapping[str, DeploymentFile], env_files: EnvFiles) -> Iterator[Copy]:
    """Yields the containers of manifests, and of kustomizations that no other one builds on."""
    folders = {file.folder: file for path, file in sorted(files.items()) if posixpath.basename(path) in _KUSTOMIZATION}
    manifests = {path: file for path, file in sorted(files.items()) if file.kind == "manifest"}
    based_on = {
        below(folder, path) for folder, file in folders.items() for kind, path in file.facts.refers if kind == "base"
    }
    told: set[str] = set()
    for folder in folders:
        bundle = _bundle(folder, folders, manifests, 0)
        told |= bundle.files
        if folder not in based_on:
            yield from _of_bundle(folder, bundle, env_files)
    sources = _Sources(manifests, "source")
    mounted_files = _Sources(manifests, "file")
    for path, file in manifests.items():
        if path not in told:
            yield from _alone(file, sources, mounted_files, env_files)


def _bundle(
    folder: str, folders: Mapping[str, DeploymentFile], manifests: Mapping[str, DeploymentFile], depth: int
) -> _Bundle:
    bundle = _Bundle()
    file = folders.get(folder)
    if file is None or depth > MAX_BASES:
        return bundle
    for kind, written in file.facts.refers:
        path = below(folder, written)
        if path in folders and kind == "base":
            lower = _bundle(path, folders, manifests, depth + 1)
            bundle.units += lower.units
            bundle.patches += lower.patches
            bundle.operations += lower.operations
            bundle.sources += lower.sources
            bundle.mounted |= lower.mounted
            bundle.files |= lower.files
        elif path in manifests:
            bundle.files.add(path)
            for unit in manifests[path].facts.units:
                _put(bundle, path, unit, kind)
    for unit in file.facts.units:
        if unit.kind == "operation":
            _patch(bundle, file.path, unit, manifests)
        else:
            _put(bundle, file.path, unit, unit.kind)
    return bundle


def _patch(bundle: _Bundle, path: str, patch: Unit, manifests: Mapping[str, DeploymentFile]) -> None:
    """Adds an operation, or those of the file that a patch names; that may hold a patch of the other kind, too."""
    aim, kind = patch.name, next(iter(patch.hints), "")
    if not patch.takes:
        bundle.operations.append(Operation(path, patch, aim, kind))
    for written in patch.takes:
        file = below(posixpath.dirname(path), written)
        bundle.files.add(file)
        for unit in manifests[file].facts.units if file in manifests else ():
            if unit.kind == "operation":
                bundle.operations.append(Operation(file, unit, aim, kind))
            else:
                _put(bundle, file, aimed(unit, aim) if unit.kind == "" else unit, "patch")


def _put(bundle: _Bundle, path: str, unit: Unit, kind: str) -> None:
    if unit.kind == "file":
        bundle.mounted[unit.name] = (path, unit)
    elif unit.kind == "source":
        bundle.sources.append((path, unit))
    elif kind == "patch":
        bundle.patches.append((path, unit))
    else:
        bundle.units.append((path, unit))


def _of_bundle(folder: str, bundle: _Bundle, env_files: EnvFiles) -> Iterator[Copy]:
    sources: dict[str, list[Layer]] = {}
    for path, source in bundle.sources:
        found = sources.setdefault(source.name, [])
        if source.context == "replace":
            found.clear()
        found += [*env_files.layers(posixpath.dirname(path), source.takes), (path, source.settings)]
    for _, source in bundle.sources:
        sources[source.name] += patched_source(source, bundle.operations)
    scope = _referred(sources)
    for (path, unit), position in zip(bundle.units, positions(bundle.units), strict=True):
        over = [(at, patch) for at, patch in bundle.patches if _is_same(unit, patch)]
        takes = [name for one in (unit, *(patch for _, patch in over)) for name in one.takes]
        taken = [layer for name in dict.fromkeys(takes) for layer in sources.get(name, ())]
        own, *changed = patched(path, unit, position, bundle.operations)
        mounts = mounted(unit, path, bundle.mounted, env_files)
        layers = (*mounts, *taken, own, *((at, patch.settings) for at, patch in over), *changed)
        yield Copy(unit, path, f"{folder}:{unit.name}", layers, unit.hints, scope, stated=((path, unit),))


def _is_same(unit: Unit, patch: Unit) -> bool:
    """Tells whether a patch is one of the unit's: the same container of the same resource."""
    if not patch.hints or not unit.hints or unit.hints[0] != patch.hints[0]:
        return False
    return patch.hints[-1] in (unit.hints[-1], ANY_NAME)


class _Sources:
    """The config maps of all manifests by name, or the files in them."""

    def __init__(self, manifests: Mapping[str, DeploymentFile], kind: str) -> None:
        self._by_name: dict[str, list[_Placed]] = {}
        for path, file in manifests.items():
            for unit in file.facts.units:
                if unit.kind == kind:
                    self._by_name.setdefault(unit.name, []).append((path, unit))

    def named(self, name: str, folder: str) -> _Placed | None:
        """Returns the one that a manifest in a folder names."""
        # One that says nothing may be a chart's that is kept beside the rest.
        all_of_it = self._by_name.get(name, [])
        found = [one for one in all_of_it if one[1].settings or one[1].takes] or all_of_it
        near = [one for one in found if posixpath.dirname(one[0]) == folder]
        return (near or found)[0] if len(near) == 1 or len(found) == 1 else None

    def layer(self, name: str, folder: str) -> Layer | None:
        """Returns the settings of a config map that a manifest in a folder names."""
        found = self.named(name, folder)
        return (found[0], found[1].settings) if found is not None else None

    def mounted(self, unit: Unit, folder: str) -> dict[str, _Placed]:
        """Returns the files that a unit of a manifest in a folder mounts."""
        starts = tuple(source for _, source in unit.mounts)
        names = [name for name in self._by_name if name.startswith(starts)] if starts else []
        return {name: found for name in names if (found := self.named(name, folder)) is not None}


def _alone(file: DeploymentFile, sources: _Sources, mounted_files: _Sources, env_files: EnvFiles) -> Iterator[Copy]:
    variables = scope_of([(file.path, file.facts.variables)])
    running = [unit for unit in file.facts.units if unit.kind == ""]
    for unit in running:
        names = [*unit.takes, *_referred_maps(unit)]
        found = {name: layer for name in names if (layer := sources.layer(name, file.folder)) is not None}
        taken = [found[name] for name in unit.takes if name in found]
        scope = _referred({name: [layer] for name, layer in found.items()}, variables)
        name = f"{file.stem}:{unit.name}" if unit.name else file.stem
        # A file with one container is about that one: its own name and its folder may tell the job.
        is_alone = len(running) == 1
        hints = (*unit.hints, posixpath.basename(file.stem)) if is_alone else unit.hints
        mounts = mounted(unit, file.path, mounted_files.mounted(unit, file.folder), env_files)
        layers = (*mounts, *taken, (file.path, unit.settings))
        beside = file.folder if is_alone else None
        yield Copy(unit, file.path, name, layers, hints, scope, stated=((file.path, unit),), beside=beside)


def _referred_maps(unit: Unit) -> list[str]:
    """Returns the config maps that single settings of a unit refer to."""
    names = (str(value[1]) for _, value, _ in unit.settings if value is not None and value[0] == "env")
    return [name.rpartition("/")[0] for name in names if name.startswith("configmap/")]


def _referred(sources: Mapping[str, list[Layer]], variables: Scope = NO_SCOPE) -> Scope:
    """Returns the scope in which a config map's keys are found as "configmap/NAME/KEY"."""
    named: list[tuple[str, list[Setting]]] = [
        (path, [(f"{source}/{name}", value, line) for name, value, line in settings])
        for source, layers in sources.items()
        for path, settings in layers
    ]
    return scope_of(named, variables)
