"""What do the references in deployment files stand for? Variables of charts, plays and modules, and the settings they give.

A scope is one set of values: a chart with one of its values files, an Ansible role in one environment. The same unit read in two
scopes is two deployments.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from copilot.domain.source import Span
from copilot.readers.deployment_facts import MARK, MAX_SETTINGS, Setting
from copilot.readers.manifests import PASSED_ON, SPREAD
from copilot.readers.values import Surroundings, Value, resolve

MAX_PASSES = 4
Layer = tuple[str, Sequence[Setting]]
"""A file's path and the settings it gives."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Variables with their texts, and the places that set them."""

    texts: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)

    def below(self, path: str) -> Iterator[tuple[str, str, tuple[Span, ...]]]:
        """Yields (name, text, places) of the settings that a mapping, or a list of {name, value}, of variables holds."""
        start = path + "."
        names = {name: text for name, text in self.texts.items() if name.startswith(start)}
        for name, text in names.items():
            head, _, last = name.rpartition(".")
            if last == "name" and f"{head}.value" in names:
                yield text, names[f"{head}.value"], self.places[f"{head}.value"]
            elif head == path and not last.isdigit():
                yield last, text, self.places[name]
            elif head == path and "=" in text:
                key, _, value = text.partition("=")
                yield key, value, self.places[name]

    def whole(self, path: str) -> Iterator[tuple[str, str, tuple[Span, ...]]]:
        """Yields (keys, text, places) of all that lies below a path, each key with `MARK` before it, numbers with "#"."""
        start = path + "."
        for name, text in self.texts.items():
            if name.startswith(start):
                keys = (f"#{key}" if key.isdigit() else key for key in name[len(start) :].split("."))
                yield "".join(f"{MARK}{key}" for key in keys), text, self.places[name]

    def items(self, path: str) -> list[str]:
        """Returns the keys of a mapping, or the numbers of a list's items."""
        start = path + "."
        return list(
            dict.fromkeys(name[len(start) :].partition(".")[0] for name in self.texts if name.startswith(start))
        )


NO_SCOPE = Scope()


def scope_of(layers: Iterable[Layer], below: Scope = NO_SCOPE) -> Scope:
    """Returns the scope of variables in layers, lowest first, which may refer to each other."""
    texts, places = dict(below.texts), dict(below.places)
    waiting: dict[str, tuple[str, Value, int]] = {}
    for path, settings in layers:
        for name, value, line in settings:
            # Most variables are plain texts, and charts have many.
            if value is not None and value[0] == "s":
                texts[name], places[name] = value[1], (Span(path, line, line),)
                waiting.pop(name, None)
            else:
                waiting[name] = (path, value, line)
                texts.pop(name, None)
    for _ in range(MAX_PASSES if waiting else 0):
        known = dict(texts)
        for name, (path, value, line) in list(waiting.items()):
            found = resolve(value, Surroundings(path, known, _no_module, places))
            if found and found[0].text:
                texts[name] = found[0].text
                places[name] = tuple(dict.fromkeys((Span(path, line, line), *found[0].proof)))
                del waiting[name]
        if len(known) == len(texts):
            break
    return Scope(texts, places)


def settings_in(scope: Scope, layers: Iterable[Layer], item: str = "") -> Scope:
    """Returns the settings of layers, lowest first, as they are in a scope; "" is the text of what nobody here knows.

    `item` stands for the `*` in paths: the item of a range that the unit is repeated for.
    """
    texts: dict[str, str] = {}
    places: dict[str, tuple[Span, ...]] = {}
    known = ChainMap(texts, dict(scope.texts))
    for path, settings in layers:
        for name, value, line in settings[:MAX_SETTINGS]:
            here = Span(path, line, line)
            value = for_item(value, item) if item else value
            if name == SPREAD:
                for key, text, proof in scope.below(value[1]) if value is not None else ():
                    texts[key], places[key] = text, (here, *proof)
                continue
            found = resolve(value, Surroundings(path, known, _no_module, scope.places))
            is_passed_on = value is not None and value[0] == "env" and value[2] == PASSED_ON
            if found and is_passed_on and not found[0].text:
                continue
            if name.startswith(MARK) and not (found and found[0].text) and value is not None and value[0] == "env":
                for key, text, proof in scope.whole(str(value[1])):
                    texts[name + key], places[name + key] = text, (here, *proof)
            texts[name] = found[0].text if found else ""
            places[name] = tuple(dict.fromkeys((here, *(found[0].proof if found else ()))))
    return Scope(texts, places)


def for_item(value: Value, item: str) -> Value:
    """Returns a value with an item of a range put in where its paths leave that open."""
    if value is None or not item:
        return value
    if value[0] == "env":
        name = str(value[1])
        if name.endswith(".*#"):
            return ("s", item)
        return ("env", name.replace(".*", f".{item}"), for_item(value[2], item), *value[3:])
    return ("cat", tuple(for_item(part, item) for part in value[1])) if value[0] == "cat" else value


def _no_module(module: str, name: str) -> None:
    return None
