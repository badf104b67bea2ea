"""Which code may read or write records in ways that nothing here knows? Installed frameworks of no table, and templates of Python.

Each is a gap: an edge of the map may be missing there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from copilot.domain.source import Gap, Span
from copilot.readers.facts import FileFacts
from copilot.readers.libraries import is_foreign, library_of
from copilot.readers.modules import Modules
from copilot.readers.store import FactStore
from copilot.readers.words import sign_of_endpoints

_CLIENT = re.compile(r"(?:^|[a-z0-9_])(?:Consumer|Producer)$|^(?:Consumer|Producer)Base$")
_OTHERS = frozenset({"channels", "django_plotly_dash", "opentelemetry"})
"""Packages whose consumers take requests, or watch clients: none of them reads records."""
_TEMPLATE = re.compile(r"\.py\.(?:j2|jinja2?|tmpl|tpl|template|mako)$")


def unknown_clients(facts: Mapping[str, FileFacts], modules: Modules, store: FactStore) -> Iterator[Gap]:
    """Yields a gap for each class called like a consumer or producer that comes from a package which no table has."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path, one in facts.items():
        for module, name in sorted({*_imported(one), *_inherited(one)}):
            if _CLIENT.search(name) and _is_installed(path, module, name, modules):
                found.setdefault(path, []).append((module, name))
    texts = store.text(sorted(found)) if found else {}
    for path, listed in found.items():
        for module, name in listed:
            line = _line_of(texts.get(path, ""), rf"^\s*(?:from|import)\b.*\b{re.escape(module.partition('.')[0])}\b")
            what = "reads" if "Consumer" in name else "writes"
            reason = f"{name} comes from the package {module.partition('.')[0]}, which is not known: what it {what} is not told"
            yield Gap(Span(path, line, line), reason)


def templates_of_code(paths: Iterable[str], store: FactStore) -> Iterator[Gap]:
    """Yields a gap for each template of a Python file that seems to read or write records."""
    asked = [path for path in paths if _TEMPLATE.search(path)]
    for path, text in (store.text(asked) if asked else {}).items():
        if sign := sign_of_endpoints(text):
            line = text.count("\n", 0, text.index(sign)) + 1
            yield Gap(Span(path, line, line), "is a template of Python, which is not read")


def _is_installed(path: str, module: str, name: str, modules: Modules) -> bool:
    is_told = module.startswith(".") or is_foreign(module) or library_of(f"{module}.{name}")
    if not module or is_told or module.partition(".")[0] in _OTHERS:
        return False
    return not any(modules.file_of(path, it) for it in (module, f"{module}.{name}", module.partition(".")[0]))


def _imported(facts: FileFacts) -> Iterator[tuple[str, str]]:
    yield from ((module, name) for _, module, name in facts.imports if name)


def _inherited(facts: FileFacts) -> Iterator[tuple[str, str]]:
    bases: Iterator[Any] = (base for _, listed in facts.bases for base in listed)
    for base in bases:
        match base:
            case ("name", str(module), str(name)):
                yield module, name


def _line_of(text: str, pattern: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 1
