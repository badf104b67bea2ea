"""Builds a repository of any size that looks like a pipeline of many services: what does reading cost when it grows?

The same arguments give the same commits. One service is ten files: a schema, an image, a deployment, five modules of which two
touch the pipeline, a test and a text; every fifth schema was changed in a later commit.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

FILES_PER_SERVICE = 10
FIELDS = ("event_id", "user_id", "value", "weight", "source", "label", "observed_at", "batch")
WORDS = (
    "window",
    "merge",
    "weight",
    "shard",
    "cursor",
    "offset",
    "batch",
    "metric",
    "retry",
    "limit",
    "bucket",
    "tally",
)
FIRST_COMMIT = 1_735_689_600
DAY_SECONDS = 86_400


def generate(folder: Path, file_count: int, seed: int = 7) -> None:
    """Builds the repository in `folder`, which must not exist; `file_count` is rounded down to whole services."""
    init(folder)
    write(folder, _stream(file_count // FILES_PER_SERVICE, random.Random(seed)))


def init(folder: Path) -> None:
    """Makes an empty repository."""
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--initial-branch=main", "--template=")


def write(folder: Path, commits: Iterable[bytes]) -> None:
    """Writes commits to the repository, and checks the last one out."""
    with tempfile.TemporaryFile() as stream:
        stream.writelines(commits)
        stream.write(b"done\n")
        stream.seek(0)
        _git(folder, "fast-import", "--quiet", "--done", stdin=stream)
    _git(folder, "read-tree", "--reset", "-u", "main")


def change_files(folder: Path, count: int, note: str) -> None:
    """Commits a change of `count` Python files, one of each service from the first on."""
    for number in range(count):
        with (folder / service_root(number) / "run.py").open("a") as module:
            module.write(f"# {note}\n")
    _git(folder, "-c", "user.name=B", "-c", "user.email=b@example.com", "commit", "--quiet", "-a", "-m", note)


def _stream(services: int, chance: random.Random) -> Iterator[bytes]:
    added = [file for number in range(services) for file in service(number, chance).items()]
    yield from commit("Add the services", FIRST_COMMIT, added)
    for number in range(0, services, 5):
        path = f"{service_root(number)}/schemas/event.avsc"
        yield from commit(
            f"Tag the events of {service_root(number)}",
            FIRST_COMMIT + DAY_SECONDS,
            [(path, event_schema(number, "tag"))],
        )


def commit(message: str, at: int, files: list[tuple[str, str]]) -> Iterator[bytes]:
    yield b"commit refs/heads/main\ncommitter B <b@example.com> %d +0000\n" % at
    yield _data(message)
    for path, text in files:
        yield f"M 100644 inline {path}\n".encode() + _data(text)


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n" % len(content) + content + b"\n"


def service_root(number: int) -> str:
    return f"teams/team{number % 12:02}/service{number:03}"


def service(number: int, chance: random.Random) -> dict[str, str]:
    root = service_root(number)
    plain = {f"{root}/{WORDS[(number + index) % len(WORDS)]}.py": plain_module(chance) for index in range(3)}
    return {
        f"{root}/schemas/event.avsc": event_schema(number),
        f"{root}/Dockerfile": f'FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "run.py"]\nLABEL service={number}\n',
        f"{root}/deployment.yaml": _deployment(number),
        f"{root}/run.py": _RUN.replace("SERVICE", f"service{number:03}"),
        f"{root}/records.py": _records(chance),
        f"{root}/tests/test_records.py": _TEST,
        f"{root}/README.md": f"# service{number:03}\n\n{' '.join(chance.choices(WORDS, k=60))}\n",
        **plain,
    }


def event_schema(number: int, *more: str) -> str:
    fields = [{"name": name, "type": ["null", "double"], "default": None} for name in (*FIELDS[2:], *more)]
    keys = [{"name": name, "type": "string"} for name in FIELDS[:2]]
    schema = {"type": "record", "name": f"Event{number}", "namespace": "bench", "fields": [*keys, *fields]}
    return json.dumps(schema, indent=2) + "\n"


def _deployment(number: int) -> str:
    # Each service reads what the one before it writes, so the map has long chains to follow.
    names = {"INPUT_TOPIC": f"events-{number:03}", "OUTPUT_TOPIC": f"events-{number + 1:03}", "BROKERS": "kafka:9092"}
    lines = "".join(f"            - name: {name}\n              value: {value}\n" for name, value in names.items())
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: service{number:03}\nspec:\n  template:\n    spec:\n"
        f"      containers:\n        - name: service{number:03}\n          env:\n{lines}"
    )


def _records(chance: random.Random) -> str:
    read = "".join(f'        "{name}": event["{name}"],\n' for name in chance.sample(FIELDS[2:], 4))
    return (
        "def to_event(event, now_ms):\n    return {\n"
        f'        "event_id": event["event_id"],\n        "user_id": event["user_id"],\n{read}    }}\n'
    )


def plain_module(chance: random.Random) -> str:
    functions = []
    for index in range(16):
        first, second = chance.sample(WORDS, 2)
        functions.append(
            f"def {first}_{second}_{index}({first}, {second}=None):\n"
            f'    """Returns the {first} of each {second}."""\n'
            f"    found = {{}}\n    for key, entry in enumerate({first}):\n        if entry is None or entry == {second}:\n"
            f'            continue\n        found[f"{{key}}-{second}"] = entry * {chance.randint(2, 9)}\n    return found\n'
        )
    return "import json\nimport os\n\n\n" + "\n\n".join(functions)


_RUN = '''"""Runs SERVICE."""

import io
import os
import time
from pathlib import Path

from confluent_kafka import Consumer, Producer
from fastavro import schemaless_reader, schemaless_writer
from fastavro.schema import load_schema

from records import to_event

SCHEMA = load_schema(Path(__file__).parent / "schemas" / "event.avsc")


def main():
    consumer = Consumer({"bootstrap.servers": os.environ["BROKERS"], "group.id": "SERVICE"})
    producer = Producer({"bootstrap.servers": os.environ["BROKERS"]})
    consumer.subscribe([os.environ["INPUT_TOPIC"]])
    while True:
        message = consumer.poll(1.0)
        if message is None:
            continue
        event = schemaless_reader(io.BytesIO(message.value()), SCHEMA)
        out = io.BytesIO()
        schemaless_writer(out, SCHEMA, to_event(event, time.time()))
        producer.produce(os.environ["OUTPUT_TOPIC"], key=event["user_id"], value=out.getvalue())


main()
'''
_TEST = """from records import to_event


def test_the_id_is_kept():
    event = dict.fromkeys(("event_id", "user_id", "value", "weight", "source", "label", "observed_at", "batch"))

    assert to_event({**event, "event_id": "e"}, 0)["event_id"] == "e"
"""


def _git(folder: Path, *arguments: str, stdin: IO[bytes] | None = None) -> None:
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=folder, stdin=stdin, check=True, env={**os.environ, **settings})


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2500)
