"""Builds a monorepo in which pipelines are a small part: does what a map costs follow the pipelines, or all the files?

Of every thousand files 200 are Python and 5 schemas, each with a service around it; the rest are libraries, other languages,
data and texts. There is a commit for every 50 files; the same arguments give the same commits. 100,000 files take a minute.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from generate import FIRST_COMMIT, WORDS, commit, event_schema, init, plain_module, service, service_root, write

FILES_PER_SCHEMA = 200
FILES_PER_COMMIT = 50
PYTHON_SHARE = 0.2
CHANGED_PER_COMMIT = 4
HOUR_SECONDS = 3600
_FOREIGN = (
    ("java", "{}.java"),
    ("go", "{}.go"),
    ("web", "{}.ts"),
    ("docs", "{}.md"),
    ("data", "{}.json"),
    ("infra", "{}.yaml"),
)


def build_monorepo(folder: Path, file_count: int, seed: int = 11) -> None:
    """Builds the repository in `folder`, which must not exist, with its files checked out."""
    init(folder)
    write(folder, _stream(file_count, random.Random(seed)))


def _stream(file_count: int, chance: random.Random) -> Iterator[bytes]:
    services = max(1, file_count // FILES_PER_SCHEMA)
    files = {path: text for number in range(services) for path, text in service(number, chance).items()}
    python = sum(path.endswith(".py") for path in files)
    libraries = [
        f"libs/lib{number % (services * 2):04}/{_name(number)}.py"
        for number in range(int(file_count * PYTHON_SHARE) - python)
    ]
    files.update({path: plain_module(chance) for path in libraries})
    for number in range(file_count - len(files)):
        folder, name = _FOREIGN[number % len(_FOREIGN)]
        files[f"{folder}/part{number % 997:03}/{name.format(_name(number))}"] = _prose(folder, chance)
    yield from commit("Add everything", FIRST_COMMIT, list(files.items()))
    for number in range(1, file_count // FILES_PER_COMMIT):
        changed = [_evolved(number, services)] if number % 4 == 0 else []
        changed += [
            (path, plain_module(chance)) for path in chance.sample(libraries, min(CHANGED_PER_COMMIT, len(libraries)))
        ]
        yield from commit(f"Work on it, number {number}", FIRST_COMMIT + number * HOUR_SECONDS, changed)


def _evolved(number: int, services: int) -> tuple[str, str]:
    """Returns a schema with as many more fields as it was changed before."""
    which = number // 4 % services
    more = tuple(f"added_{step}" for step in range(1 + number // 4 // services))
    return f"{service_root(which)}/schemas/event.avsc", event_schema(which, *more)


def _name(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]}_{number:05}"


def _prose(folder: str, chance: random.Random) -> str:
    lines = [" ".join(chance.choices(WORDS, k=8)) for _ in range(20)]
    if folder == "data":
        return '{"lines": [\n  "' + '",\n  "'.join(lines) + '"\n]}\n'
    if folder == "infra":
        return "lines:\n" + "".join(f"  - {line}\n" for line in lines)
    return "".join(f"// {line}\n" for line in lines)


if __name__ == "__main__":
    build_monorepo(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
