"""Prints how many pairs of schemas are judged a second, beside the libraries that parse or compare them, in the same run.

Processor time, best of three rounds, from JSON text with nothing cached. "Small" pairs have 8 to 13 fields, "big" ones 300 and
more at several depths; the new schema of each adds and drops a field. Of "broken" pairs one more field has another type, so that
the rules' reasons and the models of all decoders are asked for. Run it with the virtual environment's Python.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import fastavro
from avro.compatibility import ReaderWriterCompatibilityChecker
from avro.schema import parse as avro_parse

from copilot.formats.avro.judge import judge
from copilot.formats.avro.rules import Walk
from copilot.formats.avro.strict import read_text

ROUNDS = 3
SMALL_PAIRS, BIG_PAIRS = 1000, 30
BIG_GROUPS = 30
Pair = tuple[str, str]


def record(source: random.Random, name: str, count: int, inner: int = 0) -> dict[str, Any]:
    """Returns a record of plain, nullable, repeated and enumerated fields, with `inner` records below it."""
    fields: list[dict[str, Any]] = []
    for number in range(count):
        kind = source.choice(["string", "long", "int", "double", "boolean", "null", "null", "items", "time", "enum"])
        type: Any = kind
        if kind == "null":
            type = ["null", source.choice(["string", "long", "double"])]
        elif kind == "items":
            type = {"type": "array", "items": "string"}
        elif kind == "time":
            type = {"type": "long", "logicalType": "timestamp-millis"}
        elif kind == "enum":
            type = {"type": "enum", "name": f"{name}E{number}", "symbols": ["A", "B", "C"]}
        field = {"name": f"field_{number}", "type": type, "doc": "What this field is for."}
        fields.append({**field, "default": None} if kind == "null" else field)
    for number in range(inner):
        below = record(source, f"{name}G{number}", source.randint(8, 13))
        type = source.choice([below, ["null", below], {"type": "array", "items": below}])
        fields.append({"name": f"group_{number}", "type": type})
    return {"type": "record", "name": name, "namespace": "bench.events", "fields": fields}


def pairs(count: int, inner: int) -> list[Pair]:
    """Returns (reader, writer) as JSON texts."""
    source = random.Random(7)
    found: list[Pair] = []
    for _ in range(count):
        old = record(source, "Event", source.randint(8, 13), inner)
        new = json.loads(json.dumps(old))
        new["fields"].append({"name": "added", "type": ["null", "string"], "default": None})
        new["fields"].pop(source.randrange(8))
        found.append((json.dumps(new), json.dumps(old)))
    return found


def rate(work: Callable[[Pair], object], among: list[Pair]) -> float:
    """Returns pairs a second of processor time."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for pair in among:
            work(pair)
        best = min(best, time.process_time() - begun)
    return len(among) / best


def registry_answer(pair: Pair) -> object:
    return Walk(as_registry=True).reasons(read_text(pair[0]), read_text(pair[1]), "")


def avro_answer(pair: Pair) -> object:
    return ReaderWriterCompatibilityChecker().get_compatibility(avro_parse(pair[0]), avro_parse(pair[1]))


def parse_only(pair: Pair) -> object:
    return [fastavro.parse_schema(json.loads(text)) for text in pair]


def broken(pair: Pair) -> Pair:
    """Returns the pair with another type for one of the new schema's fields."""
    new = json.loads(pair[0])
    field = new["fields"][0]
    new["fields"][0] = {"name": field["name"], "type": "int" if field["type"] == "string" else "string"}
    return json.dumps(new), pair[1]


def row(name: str, ours: float, theirs: float, floor: float) -> str:
    return f"{name:<34}{ours:>10.0f}{theirs:>10.0f}{ours / theirs:>8.1f}{floor:>16.0f}{ours / floor:>8.2f}"


def main() -> None:
    """Prints the table."""
    print(f"{'pairs a second':<34}{'ours':>10}{'avro':>10}{'x avro':>8}{'fastavro parse':>16}{'of it':>8}")
    for name, among in (("small", pairs(SMALL_PAIRS, 0)), ("big", pairs(BIG_PAIRS, BIG_GROUPS))):
        theirs, floor = rate(avro_answer, among[: len(among) // 5]), rate(parse_only, among)
        print(row(f"{name}, the registry's answer", rate(registry_answer, among), theirs, floor))
        print(row(f"{name}, with four decoders", rate(lambda pair: judge(*pair), among), theirs, floor))
        worse = [broken(pair) for pair in among]
        theirs, floor = rate(avro_answer, worse[: len(worse) // 5]), rate(parse_only, worse)
        print(row(f"{name}, broken, with four decoders", rate(lambda pair: judge(*pair), worse), theirs, floor))
        parsed = [(read_text(reader), read_text(writer)) for reader, writer in among]
        begun = time.process_time()
        for reader, writer in parsed:
            Walk(as_registry=True).reasons(reader, writer, "")
        print(f"{name + ', check alone, parsed':<34}{len(parsed) / (time.process_time() - begun):>10.0f}")


if __name__ == "__main__":
    main()
