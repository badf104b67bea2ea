"""Is everything there that code of a patch names: modules that it begins to import, their names, schemas of a new program?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Set
from pathlib import PurePosixPath

from copilot.domain.evidence import Finding
from copilot.domain.patch import FileChange, Patch
from copilot.domain.python_text import parsed_python
from copilot.domain.source import Span
from copilot.ports import Bench, Case

_MISSING = "syntax.missing-file"
_QUOTED = re.compile(r"""["']([\w./-]+\.\w+)["']""")
_FROM = re.compile(r"\s*from\s+([\w.]+)\s+import\b")


def missing_findings(case: Case, bench: Bench) -> Iterator[Finding]:
    """Yields what code of a patch needs of the repository, and that is not there after it.

    These are modules that it begins to import, and schemas whose paths a new program names.
    """
    suffixes = tuple(suffix for format in bench.formats.values() for suffix in format.suffixes)
    brought = {change.path for patch in case.patches for change in patch.changes if change.after is not None}
    for patch in case.patches:
        after = {change.path: change.after for change in patch.changes}
        paths = {entry.path for entry in bench.tree.snapshot.entries} - after.keys()
        paths |= {path for path, text in after.items() if text is not None}
        for change in patch.changes:
            if not change.path.endswith(".py") or change.after is None:
                continue
            yield from _missing_names(patch, change, after)
            known = _imported(change.before or "")
            for module, line in _imported(change.after).items():
                if module not in known and _is_missing(module, change.path, paths, brought):
                    message = f"{change.path} imports {module}, and no file is that module."
                    span = Span(change.path, line, line)
                    yield Finding(_MISSING, "error", message, span, phase=patch.phase, fix="Bring the module along.")
            for named in dict.fromkeys(_QUOTED.findall(change.after)) if change.before is None else ():
                if named.endswith(suffixes) and not any(it == named or it.endswith(f"/{named}") for it in paths):
                    message = f"{change.path} names {named}, and no such file is there."
                    span = Span(change.path, 1, 1)
                    yield Finding(_MISSING, "error", message, span, phase=patch.phase, fix="Bring the schema along.")


def _missing_names(patch: Patch, change: FileChange, after: Mapping[str, str | None]) -> Iterator[Finding]:
    """Yields the names that a file imports from a module which the patch brings, and which that does not have."""
    folder = change.path.rpartition("/")[0]
    tree = parsed_python(change.after or "")
    for node in ast.walk(tree) if tree else ():
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        path = next((it for it in _paths_of(node.module, folder) if after.get(it) is not None), "")
        bound = _bound(after.get(path) or "") if path else None
        for name in node.names:
            if bound is not None and name.name != "*" and name.name not in bound:
                text = f"{change.path} imports {name.name} from {path}, which has no such name."
                span = Span(change.path, node.lineno, node.lineno)
                yield Finding(_MISSING, "error", text, span, phase=patch.phase, fix="Bring the name along.")


def _paths_of(module: str, folder: str) -> Iterator[str]:
    """Yields where a module may lie: beside the file, or below a folder above it."""
    parts = folder.split("/") if folder else []
    for depth in range(len(parts), -1, -1):
        yield "/".join((*parts[:depth], f"{module.replace('.', '/')}.py"))


def _bound(text: str) -> set[str] | None:
    """Returns the names that a module binds, None where it can't be parsed or takes over all names of another."""
    tree = parsed_python(text)
    names: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.alias(name="*"):
                return None
            case ast.alias(name=name, asname=other):
                names.add(other or name)
    return names if tree else None


def _imported(text: str) -> dict[str, int]:
    """Returns the modules that a file imports names from, with their lines, relative ones with their dots."""
    found: dict[str, int] = {}
    for line, words in enumerate(text.splitlines(), 1):
        match = _FROM.match(words)
        if match:
            found.setdefault(match[1], line)
    return found


def _is_missing(module: str, path: str, paths: Set[str], brought: Set[str]) -> bool:
    """Tells whether a module should lie in the folder of a file, or above it, and does not.

    It should where its package is there, or where another phase brings it; all else may be somebody else's.
    """
    folders = PurePosixPath(path).parts[:-1]
    names = [name for name in module.split(".") if name]
    dots = len(module) - len(module.lstrip("."))
    depths = [len(folders) - dots + 1] if dots else range(len(folders), -1, -1)
    stems = ["/".join((*folders[:depth], *names)) for depth in depths if names and depth >= 0]
    if any(f"{stem}.py" in paths or f"{stem}/__init__.py" in paths or _holds(paths, stem) for stem in stems):
        return False
    packages = [stem.rpartition("/")[0] for stem in stems] if len(names) > 1 or dots else []
    return any(f"{stem}.py" in brought for stem in stems) or any(_holds(paths, package) for package in packages)


def _holds(paths: Set[str], folder: str) -> bool:
    return bool(folder) and any(path.startswith(f"{folder}/") for path in paths)
