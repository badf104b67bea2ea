"""What does a kustomization lay over the resources it is made of? Patches, operations of JSON patches, and generated config maps.

An operation is a unit of kind "operation": its name is the (pattern of the) name of the resource that it targets, its hints the
kind, `base` the path of what it changes; `takes` is the file that holds the operations, where it isn't written here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from copilot.readers.commands import options_of, setting
from copilot.readers.config_map_files import CONFIG_MAP
from copilot.readers.deployment_facts import MAX_UNITS, DeploymentFacts, Setting, Unit
from copilot.readers.interpolation import kubernetes_text
from copilot.readers.manifests import command_words, environment_of
from copilot.readers.yaml_text import Entry, NotYaml, items_of, read_yaml, text_of

ANY_NAME = ".*"
_BASES = ("bases", "resources", "components")
# What is blank is never parted in two ways: a definition of 500 KB took three seconds, most of its lines being deep in.
_OPERATIONS = re.compile(r"""^[ \t]*+(?:-[ \t]*+)?(?:[{\[][ \t]*+)*+["']?op["']?[ \t]*+:""", re.MULTILINE)
_ReadManifest = Callable[[str], DeploymentFacts]


def read_kustomization(text: str, manifest: _ReadManifest) -> DeploymentFacts:
    """Returns what a kustomization is made of; `manifest` reads the patches that are written in it."""
    refers: list[tuple[str, str]] = []
    units: list[Unit] = []
    for root in (document for document in read_yaml(text) if isinstance(document.value, dict)):
        refers += (("base", text_of(item)) for key in _BASES for item in _items(root, key) if text_of(item))
        for patch in _items(root, "patchesStrategicMerge"):
            if "\n" in text_of(patch):
                units += _inline_patch(patch, "", manifest)
            elif text_of(patch):
                refers.append(("patch", text_of(patch)))
        for patch in (*_items(root, "patches"), *_items(root, "patchesJson6902")):
            if isinstance(patch.value, dict):
                units += _patch(patch, manifest)
        for one in items_of(root.value.get("configMapGenerator")):
            units += (_generated(one), *_generated_files(one))
    return DeploymentFacts(tuple(units[:MAX_UNITS]), refers=tuple(refers))


def says_operations(text: str) -> bool:
    """Tells, cheaply, whether a file may hold the operations of a JSON patch."""
    return _OPERATIONS.search(text) is not None


def operations(text: str, line: int = 0) -> Iterator[Unit]:
    """Yields the operations of a JSON patch, which may be YAML; `line` is the one above its first."""
    for document in read_yaml(text):
        for item in document.value if isinstance(document.value, list) else ():
            if isinstance(item.value, dict) and text_of(item.value.get("op")) in ("add", "replace", "remove"):
                yield _operation(item, line)


def _items(root: Entry, key: str) -> list[Entry]:
    entry = root.value.get(key)
    return entry.value if entry is not None and isinstance(entry.value, list) else []


def _patch(patch: Entry, manifest: _ReadManifest) -> Iterator[Unit]:
    """Yields a patch with its target; what a file holds is told by the file."""
    target = patch.value.get("target")
    of = target.value if target is not None and isinstance(target.value, dict) else {}
    name, kind = text_of(of.get("name")), text_of(of.get("kind"))
    aim = name or (ANY_NAME if of else "")
    written, file = patch.value.get("patch"), text_of(patch.value.get("path"))
    if file:
        yield Unit(aim, (kind,), patch.line, kind="operation", takes=(file,))
    elif written is not None and says_operations(text_of(written)):
        try:
            for one in operations(text_of(written), written.line):
                yield one._replace(name=aim, hints=(kind,))
        except NotYaml:
            return
    else:
        yield from _inline_patch(written, aim, manifest)


def _inline_patch(entry: Entry | None, aim: str, manifest: _ReadManifest) -> Iterator[Unit]:
    if entry is None or not text_of(entry):
        return
    for unit in manifest(text_of(entry)).units:
        settings = tuple((name, value, entry.line + line) for name, value, line in unit.settings)
        yield aimed(unit, aim)._replace(line=entry.line + unit.line, settings=settings, kind=unit.kind or "patch")


def aimed(patch: Unit, aim: str) -> Unit:
    """Returns a patch for the resources whose name fits a pattern, instead of the one that it names."""
    return patch._replace(hints=(*patch.hints[:-1], aim)) if aim and patch.hints else patch


def _operation(item: Entry, above: int) -> Unit:
    """Returns an operation: what it sets stands under the names of variables, and under "" where it is one value alone."""
    path, word = text_of(item.value.get("path")), text_of(item.value["op"])
    value = item.value.get("value") if word != "remove" else None
    found: list[Setting] = []
    if value is not None and path.endswith(("/args", "/command")):
        found += options_of(command_words(value), value.line, kubernetes_text)
    elif value is not None and isinstance(value.value, str):
        found.append(setting("", value.value, value.line, kubernetes_text))
    elif value is not None:
        is_one = isinstance(value.value, dict) and "name" in value.value
        found += environment_of(Entry([value], value.line) if is_one else value, kubernetes_text)
    lines = tuple((name, one, above + line) for name, one, line in found)
    return Unit("", (), above + item.line, lines, kind="operation", base=path, context=word)


def _generated_files(generator: Entry) -> Iterator[Unit]:
    """Yields the files that a config map is made of: paths, or "key=path"."""
    for item in _items(generator, "files"):
        key, _, path = text_of(item).rpartition("=")
        name = f"{CONFIG_MAP}{text_of(generator.value.get('name'))}/{key or posixpath.basename(path)}"
        yield Unit(name, (), item.line, kind="file", takes=(path,))


def _generated(generator: Entry) -> Unit:
    literals = generator.value.get("literals")
    settings = tuple(environment_of(literals, kubernetes_text)) if literals is not None else ()
    takes = (*_items(generator, "envs"), *((generator.value["env"],) if "env" in generator.value else ()))
    name, behavior = (text_of(generator.value.get(key)) for key in ("name", "behavior"))
    return Unit(
        f"{CONFIG_MAP}{name}",
        (),
        generator.line,
        settings,
        kind="source",
        takes=tuple(map(text_of, takes)),
        context=behavior,
    )
