"""Tables that something loads a topic into: which loader it is decides what a change of the schema does to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copilot.domain.source import Span

Loader = Literal["iceberg", "bigquery", "snowflake", "delta"]


@dataclass(frozen=True, slots=True, order=True)
class Sink:
    """A table by the name that it is called here; `subject` or `topic` says what is loaded, "" for what is not said."""

    name: str
    loader: Loader
    subject: str
    topic: str
    owner: str
    span: Span
