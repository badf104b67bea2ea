"""The deployment files of a tree, and the env files among them, which others name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copilot.readers.deployment_facts import DeploymentFacts
from copilot.readers.deployment_scopes import NO_SCOPE, Layer, Scope, scope_of


@dataclass(frozen=True, slots=True)
class DeploymentFile:
    """A deployment file and what it says."""

    path: str
    kind: str
    facts: DeploymentFacts

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    @property
    def stem(self) -> str:
        return posixpath.splitext(self.path)[0]


class EnvFiles:
    """The env files of a tree, found by the paths that units name."""

    def __init__(self, files: Mapping[str, DeploymentFile]) -> None:
        self._files = {path: file for path, file in files.items() if file.kind == "env"}
        self._by_name: dict[str, list[str]] = {}
        for path in sorted(self._files):
            self._by_name.setdefault(posixpath.basename(path), []).append(path)
        self.taken: set[str] = set()

    def layer(self, folder: str, path: str) -> Layer | None:
        """Returns what an env file sets; one named by a machine's own path is found by its name, where only one has it."""
        exact = below(folder, path)
        named = self._by_name.get(posixpath.basename(path), [])
        found = exact if exact in self._files else named[0] if len(named) == 1 and path.startswith("/") else ""
        if not found:
            return None
        self.taken.add(found)
        return (found, self._files[found].facts.units[0].settings) if self._files[found].facts.units else None

    def layers(self, folder: str, paths: tuple[str, ...]) -> tuple[Layer, ...]:
        """Returns what env files set, in their order."""
        found = (self.layer(folder, path) for path in paths)
        return tuple(layer for layer in found if layer is not None)

    def beside(self, folder: str) -> Scope:
        """Returns the variables of the `.env` file of a folder."""
        path = posixpath.join(folder, ".env")
        file = self._files.get(path)
        if file is None or not file.facts.units:
            return NO_SCOPE
        self.taken.add(path)
        return scope_of([(path, file.facts.units[0].settings)])

    def not_taken(self) -> Iterator[DeploymentFile]:
        """Yields the env files that no unit names."""
        for path, file in sorted(self._files.items()):
            if path not in self.taken and file.facts.units:
                yield file


def below(folder: str, path: str) -> str:
    """Returns the path in the tree of a path that is written in a folder's file."""
    return posixpath.normpath(posixpath.join("/", folder, path)).strip("/")
