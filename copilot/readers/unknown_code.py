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
_OTHERS = frozenset(
    {"channels", "django_plotly_dash", "opentelemetry", "testcontainers", "moto", "localstack", "ddtrace", "sentry_sdk"}
    | {"health_check", "botocore", "elasticapm", "newrelic", "pytest_kafka"}
)
"""Packages whose consumers take requests, that watch clients, or stand in for a broker in tests: none of them reads records."""
_STUBS = ("_", "mypy_boto3_", "types_", "aws_cdk", "pulumi", "diagrams")
_BROKER = re.compile(
    r"(?:^|[._])(?:kafka|pubsub|rabbitmq|amqp|kinesis|sqs|nats|pulsar|mqtt|message_?bus|event_?bus)(?=[._]|$)"
)
FRAMEWORKS = frozenset(
    {"aiomqtt", "arroyo", "arq", "asyncio_mqtt", "dramatiq", "hop", "huey", "kq", "lightbus", "nameko", "nsq", "paho"}
    | {"pathway", "procrastinate", "propan", "rq", "stomp", "streamz", "taskiq"}
)
"""Packages that are there to pass on records or tasks, and that no table has; `words` has a sign of each."""
_NO_CLIENT = re.compile(r"(?:Error|Exception|Warning|Config|Settings|Timeout)$|^[A-Z_]+$|^__")
_NO_CLIENTS = re.compile(r"\.(?:errors?|exceptions?|constants|types|version|admin|testing|mocks?)$")
_TEMPLATE = re.compile(r"\.py\.(?:j2|jinja2?|tmpl|tpl|template|mako)$")


def unknown_clients(facts: Mapping[str, FileFacts], modules: Modules, store: FactStore) -> Iterator[Gap]:
    """Yields a gap for what looks like a client and comes from a package which no table has: one for each package in a file.

    Such is a class called like a consumer or producer, what a package called after a broker gives, and some known frameworks.
    """
    found: dict[str, dict[str, str]] = {}
    for path, one in facts.items():
        named = sorted({*_imported(one), *_inherited(one)}, key=lambda it: (not _CLIENT.search(it[1]), it))
        for module, name in named:
            if _may_pass_on(module, name) and _is_installed(path, module, name, modules):
                found.setdefault(path, {}).setdefault(module.partition(".")[0], name)
    texts = store.text(sorted(found)) if found else {}
    for path, listed in found.items():
        for package, name in listed.items():
            line = _line_of(texts.get(path, ""), rf"^\s*(?:from|import)\b.*\b{re.escape(package)}\b")
            what = "reads" if "Consumer" in name else "writes" if "Producer" in name else "reads and writes"
            reason = f"{name} comes from the package {package}, which is not known: what it {what} is not told"
            yield Gap(Span(path, line, line), reason)


def _may_pass_on(module: str, name: str) -> bool:
    """Tells whether a name of a package may be a client, by its own name, or by that of the package."""
    if _CLIENT.search(name):
        return True
    if _NO_CLIENT.search(name) or _NO_CLIENTS.search(module) or module.startswith(_STUBS):
        return False
    return module.partition(".")[0] in FRAMEWORKS or bool(_BROKER.search(f"{module}.{name}"))


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
    for _, module, name in facts.imports:
        if name or module.partition(".")[0] in FRAMEWORKS:
            yield module, name or module


def _inherited(facts: FileFacts) -> Iterator[tuple[str, str]]:
    bases: Iterator[Any] = (base for _, listed in facts.bases for base in listed)
    for base in bases:
        match base:
            case ("name", str(module), str(name)):
                yield module, name


def _line_of(text: str, pattern: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 1
