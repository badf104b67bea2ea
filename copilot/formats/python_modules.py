"""Which files do the names of a Python file lead to: modules that it imports from, schema files that it opens?

Files are known by path, as texts. Where code runs is not where it stands, so a module or a file is the one with the fitting end of
its path that is nearest to the file that names it.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

HOPS_MAX = 8
"""Files that a name is followed through, one to the next."""


@dataclass(frozen=True, slots=True)
class Beside:
    """The file at `path` and the texts, by path, of those that it may refer to."""

    path: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    hops: int = 0

    def at(self, path: str) -> Beside:
        """Returns the same files as seen from one of them."""
        return Beside(path, self.texts, self.hops + 1)

    def imported(self, module: ast.Module, name: str) -> Iterator[tuple[str, str]]:
        """Yields (file, name in it) for what the module calls `name`; the name in it is "" where it is the file itself."""
        if self.hops >= HOPS_MAX:
            return
        for node in module.body:
            for dotted, inside in _named_by(node, name):
                file = self._module(dotted)
                if file:
                    yield file, inside

    def ending(self, tail: str) -> str:
        """Returns the file whose path ends like this one, the nearest of several, "" where none does or two are as near."""
        folder = posixpath.dirname(self.path)
        parts = posixpath.normpath(tail).split("/")
        while parts and parts[0] in ("", ".", ".."):
            parts = parts[1:]
        end = "/" + "/".join(parts)
        near = sorted((-_shared(folder, path), path) for path in self.texts if parts and f"/{path}".endswith(end))
        is_told = len(near) == 1 or (len(near) > 1 and near[0][0] != near[1][0])
        return near[0][1] if is_told else ""

    def _module(self, dotted: str) -> str:
        dots = len(dotted) - len(dotted.lstrip("."))
        tail = dotted.lstrip(".").replace(".", "/")
        ends = (f"{tail}.py" if tail else "", posixpath.join(tail, "__init__.py"))
        if not dots:
            return next((file for end in ends if (file := self.ending(end)) and file != self.path), "")
        folder = self.path
        for _ in range(dots):
            folder = posixpath.dirname(folder)
        return next((file for end in ends if end and (file := posixpath.join(folder, end)) in self.texts), "")


def _named_by(node: ast.stmt, name: str) -> Iterator[tuple[str, str]]:
    """Yields (module, name in it) for what an import calls `name`; the name in it is "" where it is the module itself."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, "") for alias in node.names if (alias.asname or alias.name) == name)
    elif isinstance(node, ast.ImportFrom):
        origin = "." * node.level + (node.module or "")
        for alias in node.names:
            if (alias.asname or alias.name) == name:
                yield f"{origin}{'' if origin.endswith('.') else '.'}{alias.name}", ""
                yield origin, alias.name
            elif alias.name == "*":
                yield origin, name


def _shared(folder: str, path: str) -> int:
    """Returns how many of the folders around a file are those of `folder`."""
    shared = 0
    for ours, theirs in zip(folder.split("/"), posixpath.dirname(path).split("/"), strict=False):
        if ours != theirs:
            break
        shared += 1
    return shared
