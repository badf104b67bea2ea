"""Which copies of units run, and with which layers of settings? Compose files with their overrides, and files of lines.

A `Copy` is one unit in one scope, not bound to a job yet. The layers go from what an image sets by itself up to what the unit
sets; each family of deployment files has its own way to say what lies under what.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.readers.deployment_facts import Unit
from copilot.readers.deployment_files import DeploymentFile, EnvFiles, below
from copilot.readers.deployment_scopes import NO_SCOPE, Layer, Scope
from copilot.readers.mounted_files import mounted

MAX_EXTENDS = 5
MAX_COPIES = 5000
_MAIN_COMPOSE = re.compile(r"(docker-|podman-)?compose\.ya?ml\Z")
_LINE_KINDS = frozenset({"procfile", "shell", "supervisor", "workflow", "systemd", "dag"})


@dataclass(frozen=True, slots=True)
class Copy:
    """One running copy of a unit: the file that states it, its name, its layers of settings, and the scope that they refer to.

    `stated` are the units whose configs it has, lowest first. `hints` are names to bind it by, best first. `folder` is the
    folder that it is built from, None where nothing tells, `near` the one where its programs are looked for first. `item` is
    the item of a range that it is repeated for. `is_script` holds for commands of scripts and workflows: most of those run no
    job. `beside` is the folder whose job it is, where no name tells otherwise.
    """

    unit: Unit
    path: str
    name: str
    layers: tuple[Layer, ...]
    hints: tuple[str, ...]
    scope: Scope = NO_SCOPE
    folder: str | None = None
    near: str = ""
    item: str = ""
    stated: tuple[tuple[str, Unit], ...] = ()
    is_script: bool = False
    beside: str | None = None


def compose_copies(files: Mapping[str, DeploymentFile], env_files: EnvFiles) -> Iterator[Copy]:
    """Yields the services of compose files; those that only override another file's are laid over it."""
    composes = {path: file for path, file in files.items() if file.kind == "compose"}
    mains = {
        file.folder: file for path, file in sorted(composes.items()) if _MAIN_COMPOSE.match(posixpath.basename(path))
    }
    for path, file in sorted(composes.items()):
        main = mains.get(file.folder)
        over = [
            other
            for other in composes.values()
            if main is file and ".override." in other.path and other.folder == file.folder
        ]
        for unit in file.facts.units:
            own: list[tuple[str, Unit]] = [(path, unit), *_same_service(over, unit)]
            if main is not None and main is not file and not unit.context and len(unit.hints) < 2:
                under = _same_service([main], unit)
                if under and ".override." in path:
                    continue
                own = [*under, *own]
            yield _service(own, composes, env_files)


def _same_service(files: list[DeploymentFile], unit: Unit) -> list[tuple[str, Unit]]:
    return [(file.path, one) for file in files for one in file.facts.units if one.name == unit.name]


def _service(own: list[tuple[str, Unit]], composes: Mapping[str, DeploymentFile], env_files: EnvFiles) -> Copy:
    chain = [step for path, unit in own for step in _extended(path, unit, composes, 0)]
    path, unit = own[-1] if ".override." not in own[-1][0] else own[0]
    layers: list[Layer] = []
    folder: str | None = None
    for at, one in chain:
        layers += [*mounted(one, at, {}, env_files), *env_files.layers(posixpath.dirname(at), one.takes)]
        layers.append((at, one.settings))
        folder = built_from(at, one) if one.context else folder
    programs = next((one.programs for _, one in reversed(chain) if one.programs), ())
    hints = tuple(dict.fromkeys(hint for _, one in reversed(chain) for hint in one.hints))
    stem = posixpath.splitext(path)[0]
    return Copy(
        unit._replace(programs=programs),
        path,
        f"{stem}:{unit.name}",
        tuple(layers),
        hints,
        env_files.beside(posixpath.dirname(path)),
        folder,
        near=folder or "",
    )


def _extended(path: str, unit: Unit, composes: Mapping[str, DeploymentFile], depth: int) -> list[tuple[str, Unit]]:
    """Returns a service with those that it extends, lowest first."""
    if not unit.base or depth >= MAX_EXTENDS:
        return [(path, unit)]
    name, _, service = unit.base.partition("#")
    file = composes.get(below(posixpath.dirname(path), name) if name else path)
    base = next((one for one in file.facts.units if one.name == service), None) if file is not None else None
    if file is None or base is None:
        return [(path, unit)]
    return [*_extended(file.path, base, composes, depth + 1), (path, unit)]


def built_from(path: str, unit: Unit) -> str | None:
    """Returns the folder that a compose service is built from: the Dockerfile's own, where that lies deeper."""
    if not unit.context or "://" in unit.context or "$" in unit.context:
        return None
    context = below(posixpath.dirname(path), unit.context)
    dockerfile = posixpath.dirname(below(context, unit.dockerfile)) if unit.dockerfile else context
    return dockerfile if dockerfile.startswith(context) else context


def line_copies(files: Mapping[str, DeploymentFile], env_files: EnvFiles) -> Iterator[Copy]:
    """Yields the processes of Procfiles, systemd units, supervisord, scripts and workflows."""
    for path, file in sorted(files.items()):
        if file.kind not in _LINE_KINDS or "/templates/" in f"/{path}":
            continue
        name = posixpath.basename(file.stem)
        for unit in file.facts.units:
            if unit.kind == "source" or (file.kind == "shell" and not unit.settings and not unit.configs):
                continue
            layers = (*env_files.layers(file.folder, unit.takes), (path, unit.settings))
            is_named = file.kind in ("systemd", "procfile", "supervisor")
            # What a command deploys has a name of its own, unlike what it starts by itself.
            hints = (*unit.hints, name) if is_named else unit.hints if unit.configs or unit.name else ()
            scope = env_files.beside(file.folder) if file.kind == "procfile" else NO_SCOPE
            own = unit.name or (str(unit.line) if file.kind == "shell" else "")
            title = f"{file.stem}:{own}" if own else file.stem
            near = file.folder if file.kind == "procfile" else below("", unit.context) if unit.context else ""
            folder = file.folder if file.kind == "shell" and unit.context == "." else None
            is_script = file.kind in ("shell", "workflow", "dag")
            yield Copy(unit, path, title, layers, hints, scope, folder, near=near, is_script=is_script)
