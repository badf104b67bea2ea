"""How the program of a base repository is run: which function makes a record, which one takes it, with which schemas."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from copilot.errors import WrongUsage

FLOWS_FILE = "flows.toml"


@dataclass(frozen=True, slots=True)
class Flow:
    """Records on the way from one function to another.

    `producer` and `consumer` are "file:function"; the producer gets an input and returns the record, the consumer gets the decoded
    record. `schema` is the file that the producer encodes with, or "file.py:NAME" of a literal, where `record` is the name of the
    record; `reader` is the consumer's, "" where it takes the writer's.
    `paths` are folders that imports are looked up in; `inputs` are JSON texts.
    """

    name: str
    producer: str
    consumer: str
    schema: str
    reader: str
    producer_job: str
    consumer_job: str
    paths: tuple[str, ...]
    inputs: tuple[str, ...]
    decoder: str = "fastavro"
    is_single: bool = False
    """The consumer decodes with its own schema alone, as if the writer had used it."""
    record: str = ""
    keeps_for_ever: bool = False
    """No record ever leaves what this consumer reads."""


def read_flows(folder: Path, say: Callable[[str], str]) -> tuple[Flow, ...]:
    """Returns the flows of a base repository's folder, in the words of the case; raises WrongUsage."""
    path = folder / FLOWS_FILE
    try:
        tables = tomllib.loads(say(path.read_text("utf-8")))
        return tuple(
            Flow(
                name=name,
                producer=it["producer"],
                consumer=it["consumer"],
                schema=it["schema"],
                reader=it.get("reader", ""),
                producer_job=it["producer_job"],
                consumer_job=it["consumer_job"],
                paths=tuple(it.get("paths", ())),
                inputs=tuple(json.dumps(value) for value in it["inputs"]),
                decoder=it.get("decoder", "fastavro"),
                is_single=bool(it.get("is_single", False)),
                record=it.get("record", ""),
                keeps_for_ever=bool(it.get("keeps_for_ever", False)),
            )
            for name, it in tables["flows"].items()
        )
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(f"The flows of a base repository can't be read: {error!r}.", where=path) from None
